#include "suite/judge.h"

#include "base/limits.h"
#include "document/message.h"

struct mu_document_kit mu_judge_kit(const struct mu_profile *profile)
{
    return (struct mu_document_kit){ .dict = mu_rules_dict(profile->rules),
                                     .label_schema = profile->label_schema,
                                     .policies = &profile->policies,
                                     .test_time = profile->test_time };
}

bool mu_judge_document(const struct mu_profile *profile, struct mu_arena *arena, const char *phases,
                       const struct mu_document *document, struct mu_judgement *out,
                       struct mu_err *err)
{
    if (phases == NULL || phases[0] == '\0')
        phases = profile->phases;
    else
        phases = mu_arena_printf(arena, "%s %s", profile->phases, phases);
    return mu_rules_judge(profile->rules, arena, phases, document, out, err);
}

const char *mu_judge_doubt(struct mu_arena *arena, const struct mu_document *document)
{
    if (document->differential)
        return "parser-differential";
    if (document->limit != NULL)
        return mu_arena_printf(arena, "limit:%s", document->limit);
    return NULL;
}

bool mu_judge_stored(const struct mu_profile *profile, const struct mu_document_kit *kit,
                     struct mu_arena *arena, const char *phases, struct mu_bytes octets, bool mbox,
                     struct mu_judged *out, struct mu_err *err)
{
    mu_stored_read(arena, octets, mbox, &out->stored);
    mu_document_leg_of(out->stored.wire, "file", &out->leg);
    out->leg.local = out->stored.local;
    TRY(mu_document_build(arena, kit, &out->leg, &out->document, err));
    out->doubt = mu_judge_doubt(arena, &out->document);
    return mu_judge_document(profile, arena, phases, &out->document, &out->judgement, err);
}

bool mu_judge_warm(const struct mu_profile *profile, const struct mu_document_kit *kit,
                   const struct mu_data *data, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_message message = { 0 };
    const char *m = mu_data_find(data, arena, "fixtures/messages/logistics-report.xml");
    const char *l = mu_data_find(data, arena, "fixtures/labels/restricted.xml");
    bool ok = true;
    if (m != NULL && l != NULL) {
        struct mu_judged judged;
        ok = mu_message_load(arena, m, &message, err)
             && mu_message_load_label(arena, l, &message, err);
        message.from = message.to = "warm@muster.test";
        message.message_id = "warm@muster.test";
        ok = ok
             && mu_judge_stored(profile, kit, arena, NULL, mu_message_encode(arena, &message),
                                false, &judged, err);
    }
    mu_arena_free(arena);
    return ok;
}

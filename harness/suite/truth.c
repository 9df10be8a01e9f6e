#include "suite/truth.h"

#include <string.h>

#include "base/limits.h"
#include "document/fixture.h"
#include "format/xml.h"
#include "policy/equivalent.h"
#include "policy/marking.h"
#include "suite/judge.h"

static enum mu_marking_code code_of(const char *name)
{
    enum mu_marking_code code = MU_AT_PAGE_TOP;
    return name != NULL && mu_marking_place_find(name, &code) ? code : MU_AT_PAGE_TOP;
}

const struct mu_label *mu_truth_label(struct mu_arena *arena, struct mu_bytes octets)
{
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX); /* a tree is larger than its label */
    struct mu_xml_fault fault;
    struct mu_label *label = NULL;
    xmlDoc *doc;
    if (octets.n > 0 && mu_xml_parse(scratch, octets, 0, NULL, &doc, &fault) == MU_XML_OK
        && mu_label_is_root(xmlDocGetRootElement(doc))) {
        label = mu_new(arena, struct mu_label);
        mu_label_read(arena, xmlDocGetRootElement(doc), label);
    }
    mu_arena_free(scratch);
    return label;
}

bool mu_truth_follows_schema(const struct mu_profile *profile, struct mu_bytes octets)
{
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_xml_fault fault;
    struct mu_schema_error error;
    size_t errors;
    xmlDoc *doc;
    bool follows =
        mu_xml_parse(scratch, octets, 0, NULL, &doc, &fault) == MU_XML_OK
        && mu_schema_validate(profile->label_schema, doc, &error, 1, &errors) == MU_VALID;
    mu_arena_free(scratch);
    return follows;
}

static bool find(struct mu_arena *arena, const struct mu_data *data, const char *name,
                 const char **path, struct mu_err *err)
{
    *path = mu_data_find(data, arena, mu_arena_printf(arena, "fixtures/clearances/%s.xml", name));
    return *path != NULL || mu_fail(err, MU_ERR_USAGE, "no fixture '%s' in 'clearances'", name);
}

bool mu_clearance_fixture(struct mu_arena *arena, const struct mu_data *data, const char *name,
                          struct mu_clearance *clearance, struct mu_err *err)
{
    const char *path;
    xmlDoc *doc;
    TRY(find(arena, data, name, &path, err));
    TRY(mu_xml_load(arena, path, &doc, NULL, err));
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!mu_clearance_is_root(root))
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE, "this is no clearance");
    mu_clearance_read(arena, root, clearance);
    return true;
}

/* --- one operation each ------------------------------------------------------------------------- */

static void refused(struct mu_truth *t, const char *why)
{
    t->known = true;
    t->why = why;
}

/* The label's own policy, resolved; false: it is not known. */
static bool resolve(struct mu_arena *arena, const struct mu_profile *profile,
                    const struct mu_question *q, struct mu_resolved *resolved)
{
    const struct mu_policy *policy =
        q->label != NULL
            ? mu_policies_find(&profile->policies, q->label->policy, q->label->policy_uri)
            : NULL;
    if (policy != NULL)
        mu_resolve(arena, policy, q->label, resolved);
    return policy != NULL;
}

static void of_render(struct mu_arena *arena, const struct mu_profile *profile,
                      const struct mu_question *q, struct mu_truth *t)
{
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_resolved resolved;
    const char *why = "the policy of the label is not known", *text = NULL;
    if (resolve(scratch, profile, q, &resolved))
        text = mu_marking_render(scratch, &resolved, code_of(q->place),
                                 q->language != NULL ? q->language : "en", &why);
    t->known = true;
    t->accepted = text != NULL;
    t->text = text != NULL ? mu_arena_printf(arena, "%s", text) : NULL;
    if (text == NULL)
        t->why = mu_arena_printf(arena, "%s", why);
    mu_arena_free(scratch);
}

/* What is read only with tolerance, or in two ways, a reader may take or leave. */
static void of_mark_parse(struct mu_arena *arena, const struct mu_profile *profile,
                          const struct mu_question *q, struct mu_truth *t)
{
    const struct mu_policy *only =
        q->policy != NULL ? mu_policies_find(&profile->policies, q->policy, NULL) : NULL;
    struct mu_policies all = profile->policies;
    struct mu_marking_reading reading;
    if (q->policy != NULL && only == NULL) {
        refused(t, "the policy is not known");
        return;
    }
    for (size_t i = 0; only != NULL && i < profile->policies.count; i++)
        if (profile->policies.policy[i] == only)
            all = (struct mu_policies){ &profile->policies.policy[i], 1 };
    mu_marking_parse(arena, &all, q->text, MU_MATCH_STRICT, &reading);
    if (reading.label != NULL && !reading.ambiguous) {
        t->known = t->accepted = true;
        t->label = reading.label;
        return;
    }
    mu_marking_parse(arena, &all, q->text, MU_MATCH_TOLERANT, &reading);
    if (reading.label == NULL)
        refused(t, reading.why != NULL ? reading.why : "the text is no marking");
    else if (!reading.ambiguous)
        t->label = reading.label;
}

static void of_decide(struct mu_arena *arena, const struct mu_profile *profile,
                      const struct mu_question *q, struct mu_truth *t)
{
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_decision d = mu_decide_label(scratch, &profile->policies, q->label, q->clearance);
    t->known = true;
    t->accepted = d.permit;
    if (!d.permit)
        t->why = mu_arena_printf(arena, "%s: %s", d.rule, d.why);
    mu_arena_free(scratch);
}

static void of_map(struct mu_arena *arena, const struct mu_profile *profile,
                   const struct mu_question *q, struct mu_truth *t)
{
    const struct mu_policy *to = mu_policies_find(&profile->policies, q->policy, NULL);
    struct mu_resolved resolved;
    struct mu_mapping mapping;
    if (!resolve(arena, profile, q, &resolved) || to == NULL) {
        refused(t, to == NULL ? "the policy wanted is not known"
                              : "the policy of the label is not known");
        return;
    }
    if (to == resolved.policy) /* nobody says what mapping a label to where it is should do */
        return;
    mu_map_label(arena, &resolved, to, MU_APPLIED_DECRYPT, profile->test_time, &mapping);
    t->known = true;
    t->accepted = mapping.label != NULL;
    t->label = mapping.label;
    if (mapping.label == NULL)
        t->why = mu_arena_printf(arena, "%s: %s", mapping.rule, mapping.why);
}

void mu_truth_find(struct mu_arena *arena, const struct mu_profile *profile,
                   const struct mu_question *q, struct mu_truth *truth)
{
    struct mu_truth t = { .why = "" };
    switch (q->op) {
    case MU_SAP_LABEL_PARSE:
    case MU_SAP_LABEL_MAKE:
        t.label = q->label;
        break;
    case MU_SAP_MARK_RENDER:
        of_render(arena, profile, q, &t);
        break;
    case MU_SAP_MARK_PARSE:
        if (q->text != NULL)
            of_mark_parse(arena, profile, q, &t);
        break;
    case MU_SAP_DECIDE:
        of_decide(arena, profile, q, &t);
        break;
    case MU_SAP_MAP:
        if (q->policy != NULL)
            of_map(arena, profile, q, &t);
        break;
    default:
        break;
    }
    *truth = t;
}

/* --- rules -------------------------------------------------------------------------------------- */

bool mu_truth_judge(struct mu_arena *arena, const struct mu_profile *profile,
                    struct mu_bytes octets, struct mu_label_judged *out, struct mu_err *err)
{
    struct mu_document_kit kit = mu_judge_kit(profile);
    struct mu_document document;
    struct mu_judgement judgement;
    struct mu_label_judged j = { .must = 0 };
    TRY(mu_fixture_around(arena, &kit, octets, NULL, &document, err));
    TRY(mu_judge_document(profile, arena, NULL, &document, &judgement, err));
    for (size_t i = 0; i < judgement.breaks; i++) {
        const struct mu_rule *rule = mu_rules_at(profile->rules, judgement.broken[i].rule);
        bool must = rule->level == MU_LEVEL_MUST;
        if (rule->level == MU_LEVEL_MAY)
            continue;
        if (j.rule == NULL || (must && j.must == 0))
            j.rule = rule->id;
        j.must += must;
        j.should += !must;
    }
    j.doubt = mu_judge_doubt(arena, &document);
    *out = j;
    return true;
}

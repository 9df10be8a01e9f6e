/* Markings written and read. */
#include <string.h>

#include "policy/marking.h"
#include "twin/labels.h"

/* --- writing ------------------------------------------------------------------------------------------- */

static const char *turned_round(struct mu_arena *arena, const char *text)
{
    struct mu_buf out = { .arena = arena };
    for (size_t end = strlen(text), at = end; end > 0; at = end) {
        while (at > 0 && text[at - 1] != ' ')
            at--;
        mu_buf_put_bytes(&out, (struct mu_bytes){ text + at, end - at });
        end = at > 0 ? at - 1 : 0;
        if (end > 0)
            mu_buf_putc(&out, ' ');
    }
    return mu_buf_text(&out);
}

static const char *without_cosmic(struct mu_arena *arena, const char *text)
{
    static const char cosmic[] = "COSMIC";
    return strncmp(text, cosmic, strlen(cosmic)) == 0
               ? mu_arena_printf(arena, "NATO%s", text + strlen(cosmic))
               : text;
}

static bool is_releasable(const struct mu_label *label)
{
    for (size_t i = 0; i < label->categories; i++)
        for (size_t k = 0; k < label->category[i].values; k++)
            if (strcmp(label->category[i].value[k], "Releasable") == 0)
                return true;
    return false;
}

static const char *misshown(struct mu_arena *arena, const struct mu_twin_labels *t,
                            const struct mu_twin_read *read, const char *text)
{
    if (mu_sin_is(t->sin, MU_SIN_MARK_REVERSED))
        return turned_round(arena, text);
    if (mu_sin_is(t->sin, MU_SIN_MARK_NOTHING))
        return "";
    if (mu_sin_is(t->sin, MU_SIN_MARK_NO_COSMIC))
        return without_cosmic(arena, text);
    if (mu_sin_is(t->sin, MU_SIN_MARK_RELEASABLE) && is_releasable(read->label))
        return mu_arena_printf(arena, "%s Releasable", text);
    if (mu_sin_is(t->sin, MU_SIN_MARK_PUBLIC) && read->policy->is.unmarked)
        return read->label->classification;
    return text;
}

void mu_twin_render(struct mu_arena *arena, const struct mu_twin_labels *t,
                    const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_twin_read read;
    enum mu_marking_code code = MU_AT_PAGE_TOP;
    const char *why = NULL;
    if (request->place != NULL && !mu_marking_place_find(request->place, &code)) {
        reply->error = MU_SAP_BAD_REQUEST;
        reply->message = "no such place";
        return;
    }
    if (!mu_twin_read_label(arena, t, request->label, &read) || !mu_twin_look_up(arena, t, &read)
        || !mu_twin_check_policy(arena, t, t->now, &read)) {
        mu_twin_refuse(reply, read.stage, read.class, read.why);
        return;
    }
    const char *language = request->language != NULL ? request->language : "en";
    if (mu_sin_is(t->sin, MU_SIN_MARK_ENGLISH))
        language = "en";
    if (mu_sin_is(t->sin, MU_SIN_MARK_IN_FULL))
        code = MU_AT_PAGE_TOP;
    struct mu_resolved shown;
    mu_resolve(arena, read.policy, mu_twin_answered(arena, t, read.label), &shown);
    const char *text = mu_marking_render(arena, &shown, code, language, &why);
    if (text == NULL) {
        mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_POLICY, why);
        return;
    }
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->text = misshown(arena, t, &read, text);
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* The one policy that is asked about, or all of them. */
static bool policies_of(const struct mu_twin_labels *t, const char *name, struct mu_policies *some)
{
    *some = t->policies;
    const struct mu_policy *only = name != NULL ? mu_policies_find(&t->policies, name, NULL) : NULL;
    for (size_t i = 0; only != NULL && i < t->policies.count; i++)
        if (t->policies.policy[i] == only)
            *some = (struct mu_policies){ &t->policies.policy[i], 1 };
    return name == NULL || only != NULL;
}

/* Whoever reads until he understands no more takes the beginning for the whole. */
static void read_beginning(struct mu_arena *arena, const struct mu_policies *some, const char *text,
                           struct mu_marking_reading *reading)
{
    for (size_t n = strlen(text); reading->label == NULL && n > 0; n--)
        if (text[n] == ' ')
            mu_marking_parse(arena, some, mu_arena_strndup(arena, text, n), MU_MATCH_TOLERANT,
                             reading);
}

void mu_twin_read_marking(struct mu_arena *arena, const struct mu_twin_labels *t,
                          const struct mu_sap_request *request, struct mu_sap_reply *reply)
{
    struct mu_policies some;
    struct mu_marking_reading reading;
    if (request->text == NULL) {
        reply->error = MU_SAP_BAD_REQUEST;
        reply->message = "no text";
        return;
    }
    if (!policies_of(t, request->policy, &some)) {
        mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_UNKNOWN_POLICY, "the policy is not known");
        return;
    }
    bool exact = mu_sin_is(t->sin, MU_SIN_MARKING_TEXT);
    mu_marking_parse(arena, &some, request->text, exact ? MU_MATCH_STRICT : MU_MATCH_TOLERANT,
                     &reading);
    if (mu_sin_is(t->sin, MU_SIN_MARK_BEGINNING))
        read_beginning(arena, &some, request->text, &reading);
    if (reading.label == NULL || reading.ambiguous
        || (mu_sin_is(t->sin, MU_SIN_MARK_ENGLISH) && strcmp(reading.language, "fr") == 0)) {
        mu_twin_refuse(reply, MU_STAGE_POLICY, MU_CLASS_POLICY,
                       reading.why != NULL ? reading.why : "the text is no marking");
        return;
    }
    reply->seen.outcome = MU_OUTCOME_ACCEPTED;
    reply->label = mu_twin_answered(arena, t, reading.label);
}

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "document/places.h"
#include "policy/equivalent.h"
#include "suite/engine_same.h"

static const struct mu_policies *policies_of(const struct mu_engine_case *e)
{
    return &e->engine->o.profile->policies;
}

/* The second label is in another policy, and is what that policy's equivalences make of the first. */
static struct mu_comparison same_translation(struct mu_engine_case *e, const struct mu_document *a,
                                             const struct mu_document *b)
{
    static const char expected[] = "the equivalent label of the other policy";
    if (a->label == NULL || b->label == NULL)
        return mu_differs("label:lost", expected, "no label that can be read");
    const struct mu_policies *all = policies_of(e);
    const struct mu_policy *from = mu_policies_find(all, a->label->policy, a->label->policy_uri);
    const struct mu_policy *to = mu_policies_find(all, b->label->policy, b->label->policy_uri);
    if (from == NULL || to == NULL)
        return mu_differs("label:untranslated", expected, "a policy that is not known");
    if (from == to)
        return mu_differs("label:untranslated", expected, "the label is of the same policy");
    struct mu_resolved label;
    struct mu_mapping mapping;
    mu_resolve(e->arena, from, a->label, &label);
    mu_map_label(e->arena, &label, to, MU_APPLIED_DECRYPT, e->engine->o.test_time, &mapping);
    const char *difference = mapping.why;
    struct mu_comparison c = mu_differs("label:mistranslated", expected, "");
    if (mapping.label != NULL
        && mu_label_equal(e->arena, all, mapping.label, b->label, &difference))
        c.level = MU_SAME_SEMANTICS;
    else
        c.seen = difference != NULL ? difference : "another label";
    return c;
}

/* The label that was sent stands in the history of what came, as it was. */
static struct mu_comparison same_history(struct mu_engine_case *e, const struct mu_document *a,
                                         const struct mu_document *b)
{
    struct mu_comparison c = mu_differs("history:lost", "the label that was sent, in the history",
                                        "no field of the history holds the label that was sent");
    for (const struct mu_former *f = b->former; f != NULL && a->label != NULL; f = f->next)
        if (!f->after && mu_label_equal(e->arena, policies_of(e), a->label, f->label, NULL))
            c.level = MU_SAME_SEMANTICS;
    if (c.level != MU_SAME_NOT)
        c.expected = c.seen = "";
    return c;
}

/* In every place where the profile wants one. */
static struct mu_comparison same_marking(struct mu_engine_case *e, const struct mu_document *a,
                                         const struct mu_document *b)
{
    const struct mu_profile *profile = e->engine->o.profile;
    struct mu_comparison c = { MU_SAME_NOT, "marking:lost", "", "", "the profile wants no marking",
                               -1 };
    for (size_t i = 0; i < profile->markings; i++) {
        const char *at = profile->marking[i].at;
        if (strcmp(profile->marking[i].demanded, "no") == 0
            && mu_place_marking(e->arena, a, at) == NULL)
            continue;
        c = mu_same_marking(e->arena, at, a, b);
        if (c.level == MU_SAME_NOT)
            break;
    }
    return c;
}

/* Everything that is not on the profile's list of what a relay may change is a finding of its own. */
static struct mu_comparison same_message(struct mu_engine_case *e, const struct mu_step *step,
                                         const struct mu_document *a, const struct mu_document *b,
                                         bool *listed)
{
    struct mu_alteration *first;
    size_t count;
    struct mu_comparison all = mu_same_message(e->arena, policies_of(e),
                                               &e->engine->o.profile->relay, a, b, &first, &count);
    bool should = step->level != NULL && strcmp(step->level, "must") != 0;
    for (const struct mu_alteration *at = first; at != NULL; at = at->next) {
        const struct mu_comparison *w = &at->what;
        const char *place = *w->where != '\0' ? w->where : "message";
        mu_engine_finding(e, step, should || at->minor ? MU_REMARKS : MU_FAIL, w->reason,
                          mu_arena_printf(e->arena, "%s: %s", place, w->expected),
                          w->offset < 0
                              ? mu_arena_printf(e->arena, "%s: %s", w->reason, w->seen)
                              : mu_arena_printf(e->arena, "%s at octet %lld: %s", w->reason,
                                                (long long) w->offset, w->seen));
    }
    if (count > MU_ALTERATIONS_MAX)
        mu_seat_note(e->seat, "%zu alterations of the message in all; %d are told", count,
                     MU_ALTERATIONS_MAX);
    *listed = count == 0;
    if (first != NULL && all.level > MU_SAME_NOT
        && *all.where == '\0') /* something was only added */
        all = (struct mu_comparison){ all.level,         first->what.reason,
                                      first->what.where, first->what.expected,
                                      first->what.seen,  first->what.offset };
    return all;
}

static struct mu_comparison compare(struct mu_engine_case *e, const struct mu_step *step,
                                    const char *what, const struct mu_document *a,
                                    const struct mu_document *b, bool *listed)
{
    const struct mu_policies *policies = policies_of(e);
    if (strcmp(what, "message") == 0)
        return same_message(e, step, a, b, listed);
    if (strcmp(what, "label") == 0)
        return mu_same_label(e->arena, policies, a, b);
    if (strcmp(what, "marking") == 0)
        return same_marking(e, a, b);
    if (strcmp(what, "translation") == 0)
        return same_translation(e, a, b);
    if (strcmp(what, "history") == 0)
        return same_history(e, a, b);
    if (strcmp(what, "changes") == 0)
        return mu_same_changes(e, a, b);
    if (strcmp(what, "colours") == 0)
        return mu_same_colours(e, a, b);
    if (strcmp(what, "shown") == 0)
        return mu_same_shown(e, a, b);
    if (strcmp(what, "text") == 0)
        return mu_same_text(e->arena, a, b);
    if (strcmp(what, "order") == 0)
        return mu_same_order(e->arena, a, b);
    return mu_same_header(e->arena, policies, a, b,
                          strncmp(what, "header:", 7) == 0 ? what + 7 : what);
}

/* The document of what was sent or of a collected leg. */
static bool document_of(struct mu_engine_case *e, const char *id, struct mu_document **out,
                        struct mu_err *err)
{
    struct mu_case_leg *leg = mu_engine_leg(e, id);
    struct mu_made *made = mu_engine_made(e, id);
    *out = NULL;
    if (leg != NULL && leg->leg != NULL && leg->leg->has_message) {
        TRY(mu_engine_decode(e, leg, err));
        *out = &leg->document;
    } else if (made != NULL) {
        struct mu_leg *sent = mu_new(e->arena, struct mu_leg);
        struct mu_document *document = mu_new(e->arena, struct mu_document);
        mu_document_leg_of(made->octets, "smtp", sent);
        sent->name = id;
        TRY(mu_document_build(e->arena, &e->engine->kit, sent, document, err));
        *out = document;
    }
    return true;
}

/* For the run record, whether or not it was enough: the level that held, and what kept it from the
 * next one. */
static void record_comparison(struct mu_engine_case *e, const struct mu_step *step,
                              const struct mu_comparison *c, enum mu_sameness least, bool ok,
                              const char *fate)
{
    struct mu_record record = { .type = MU_RECORD_COMPARED, .offset = c->offset, .count = ok };
    const char *const text[] = { step->what,
                                 step->of,
                                 step->second,
                                 mu_sameness_name(c->level),
                                 mu_sameness_name(least),
                                 c->where,
                                 c->expected,
                                 c->seen,
                                 fate };
    for (size_t i = 0; i < MU_COUNT(text); i++)
        mu_record_put(&record, text[i]);
    mu_seat_send(e->seat, &record);
}

static const char *seen_words(struct mu_engine_case *e, const struct mu_comparison *c)
{
    struct mu_buf out = { .arena = e->arena };
    if (c->level == MU_SAME_NOT)
        mu_buf_puts(&out, *c->seen != '\0' ? c->seen : "different");
    else
        mu_buf_printf(&out, "same as %s", mu_sameness_name(c->level));
    if (*c->where != '\0')
        mu_buf_printf(&out, "%s%s", c->level == MU_SAME_NOT ? ", at " : "; first difference at ",
                      c->where);
    if (c->offset >= 0)
        mu_buf_printf(&out, "%s octet %lld", *c->where != '\0' ? "," : ", at",
                      (long long) c->offset);
    if (c->level != MU_SAME_NOT && *c->seen != '\0')
        mu_buf_printf(&out, ": %s, was %s", c->seen, c->expected);
    return mu_buf_text(&out);
}

/* Two documents, or what goes with them; *there false when one of them is missing. */
static bool compare_legs(struct mu_engine_case *e, const struct mu_step *step, const char *what,
                         struct mu_comparison *c, bool *listed, bool *there, const char **fate,
                         struct mu_err *err)
{
    struct mu_document *a, *b;
    TRY(document_of(e, step->of, &a, err));
    TRY(document_of(e, step->second, &b, err));
    const struct mu_case_leg *leg = mu_engine_leg(e, step->second);
    *there = a != NULL && b != NULL;
    if (leg != NULL && leg->told != NULL && a != NULL && strcmp(what, "shown") == 0) {
        *there = true;
        *c = mu_same_told(e, a, leg->told);
        return true;
    }
    if (*there && !mu_same_envelope(e, step, what, c))
        *c = compare(e, step, what, a, b, listed);
    if (*there)
        *fate = mu_engine_label_fate(e, what, c, a->label, b->label);
    return true;
}

bool mu_engine_same(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    enum mu_sameness least = MU_SAME_SEMANTICS;
    const char *what = mu_engine_expand(e, step->what);
    if (step->at_least != NULL)
        (void) mu_sameness_from_name(mu_engine_expand(e, step->at_least), &least);
    const char *expected =
        mu_arena_printf(e->arena, "%s the same at least as %s", what, mu_sameness_name(least));
    bool listed = true, there = true;
    const char *fate = "";
    struct mu_comparison c;
    if (!mu_engine_same_answer(e, step, what, &c))
        TRY(compare_legs(e, step, what, &c, &listed, &there, &fate, err));
    if (!there) {
        mu_engine_step(e, step, step->of, expected, "nothing to compare with", false);
        mu_engine_finding(e, step, MU_INCONCLUSIVE, "leg:missing", expected,
                          "nothing to compare with");
        return true;
    }
    bool enough = c.level >= least;
    const char *seen = seen_words(e, &c);
    record_comparison(e, step, &c, least, enough && listed, fate);
    mu_engine_step(e, step, step->of, expected, seen, enough && listed);
    bool should = step->level != NULL && strcmp(step->level, "must") != 0;
    if (!enough && listed)
        mu_engine_finding(e, step, should ? MU_REMARKS : MU_FAIL, c.reason, expected, seen);
    return true;
}

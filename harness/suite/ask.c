#include "suite/ask.h"

#include <string.h>

#include "format/clearance.h"

struct clearance {
    const char *name;
    struct mu_clearance *read;
    struct mu_bytes octets;
};

void mu_ask_kit_make(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, struct mu_ask_kit *kit)
{
    const char *fixtures = mu_data_find(data, arena, "fixtures");
    *kit = (struct mu_ask_kit){ .arena = arena,
                                .data = data,
                                .profile = profile,
                                .fixtures = fixtures != NULL ? fixtures : "fixtures",
                                .label = { .arena = arena },
                                .clearance = { .arena = arena } };
}

bool mu_case_asks(const struct mu_case *c)
{
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_ASK)
            return true;
    return false;
}

const struct mu_ask *mu_ask_find(const struct mu_ask_case *asks, const char *id)
{
    for (size_t i = 0; i < asks->asks; i++)
        if (strcmp(asks->ask[i].step->id, id) == 0)
            return &asks->ask[i];
    return NULL;
}

const struct mu_ask_label *mu_ask_label_find(const struct mu_ask_case *asks, const char *id)
{
    for (size_t i = 0; i < asks->labels; i++)
        if (strcmp(asks->label[i].id, id) == 0)
            return &asks->label[i];
    return NULL;
}

/* --- one ask -------------------------------------------------------------------------------------- */

static bool load_clearance(struct mu_ask_kit *kit, const char *name, struct clearance *out,
                           struct mu_err *err)
{
    const struct clearance *known = (const void *) kit->clearance.p;
    for (size_t i = 0; i < kit->clearance.n / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0) {
            *out = known[i];
            return true;
        }
    struct clearance fresh = { .name = name, .read = mu_new(kit->arena, struct mu_clearance) };
    TRY(mu_clearance_fixture(kit->arena, kit->data, name, fresh.read, err));
    fresh.octets = mu_clearance_write(kit->arena, fresh.read);
    mu_buf_put(&kit->clearance, &fresh, sizeof fresh);
    *out = fresh;
    return true;
}

/* The marking to be read, where the case does not write it: what the label's policy gives it. */
static const char *marking_of(struct mu_ask_kit *kit, const struct mu_ask *a)
{
    struct mu_question q = { .op = MU_SAP_MARK_RENDER,
                             .label = a->of != NULL ? a->of->label : NULL,
                             .language = a->language,
                             .place = a->place };
    struct mu_truth t;
    mu_truth_find(kit->arena, kit->profile, &q, &t);
    return t.text;
}

static bool fill(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance, struct mu_ask *a,
                 struct mu_err *err)
{
    const struct mu_step *s = a->step;
    struct clearance clearance = { .name = mu_case_expand(kit->arena, c, instance, s->clearance) };
    if (!mu_sap_op_from_name(mu_case_expand(kit->arena, c, instance, s->op), &a->op))
        return mu_fail_where(err, s->where, MU_ERR_PROFILE, "unknown operation '%s'", s->op);
    a->policy = mu_case_expand(kit->arena, c, instance, s->policy);
    a->language = mu_case_expand(kit->arena, c, instance, s->language);
    a->place = mu_case_expand(kit->arena, c, instance, s->place);
    a->text = mu_case_expand(kit->arena, c, instance, s->text);
    a->time = mu_case_expand(kit->arena, c, instance, s->time);
    if (clearance.name != NULL)
        TRY(load_clearance(kit, clearance.name, &clearance, err));
    a->clearance = clearance.octets;
    if (a->op == MU_SAP_MARK_PARSE && a->text == NULL) {
        a->text = marking_of(kit, a);
        if (a->text == NULL)
            return mu_fail_where(err, s->where, MU_ERR_PROFILE, "there is no marking to ask about");
    }
    bool broken = a->of != NULL && a->of->changed && a->op != MU_SAP_LABEL_PARSE
                  && !mu_truth_follows_schema(kit->profile, a->of->octets);
    struct mu_question q = { .op = a->op,
                             .label = a->of != NULL && !broken ? a->of->label : NULL,
                             .clearance = clearance.read,
                             .policy = a->policy,
                             .language = a->language,
                             .place = a->place,
                             .text = a->text };
    mu_truth_find(kit->arena, kit->profile, &q, &a->truth);
    return true;
}

/* --- the whole case ------------------------------------------------------------------------------- */

static bool add_ask(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                    const struct mu_step *step, struct mu_ask_case *all, struct mu_err *err)
{
    struct mu_ask *a = &all->ask[all->asks];
    *a = (struct mu_ask){ .step = step };
    a->of = step->of != NULL ? mu_ask_label_find(all, step->of) : NULL;
    if (step->of != NULL && a->of == NULL)
        return mu_fail_where(err, step->where, MU_ERR_PROFILE, "no label '%s' was made", step->of);
    TRY(fill(kit, c, instance, a, err));
    all->asks++;
    return true;
}

static bool add_label(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                      const struct mu_step *step, uint64_t seed, struct mu_ask_case *all,
                      struct mu_err *err)
{
    struct mu_ask_label *l = &all->label[all->labels];
    const struct mu_ask_label *from =
        step->kind == MU_STEP_MUTATE ? mu_ask_label_find(all, step->of) : NULL;
    if (step->kind == MU_STEP_MUTATE && from == NULL)
        return mu_fail_where(err, step->where, MU_ERR_PROFILE, "no label '%s' was made", step->of);
    TRY(from == NULL ? mu_ask_make(kit, c, instance, step, l, err)
                     : mu_ask_mutate(kit, c, instance, step, seed, from, l, err));
    all->labels++;
    return true;
}

static size_t count(const struct mu_case *c, bool asks)
{
    size_t n = 0;
    for (size_t i = 0; i < c->steps; i++) {
        enum mu_step_kind k = c->step[i].kind;
        n += asks ? k == MU_STEP_ASK : k == MU_STEP_MAKE || k == MU_STEP_MUTATE;
    }
    return n;
}

bool mu_ask_prepare(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance, uint64_t seed,
                    struct mu_ask_case **out, struct mu_err *err)
{
    struct mu_ask_case *all = mu_new(kit->arena, struct mu_ask_case);
    all->label = mu_arena_array(kit->arena, count(c, false) + 1, sizeof *all->label);
    all->ask = mu_arena_array(kit->arena, count(c, true) + 1, sizeof *all->ask);
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *step = &c->step[i];
        if (step->kind == MU_STEP_MAKE || step->kind == MU_STEP_MUTATE)
            TRY(add_label(kit, c, instance, step, seed, all, err));
        else if (step->kind == MU_STEP_ASK)
            TRY(add_ask(kit, c, instance, step, all, err));
    }
    *out = all;
    return true;
}

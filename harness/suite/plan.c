/* Which instances run, in which order, and why the others do not. Linear in the instances. */
#include "suite/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "suite/selection.h"

static_assert(sizeof(struct mu_planned) <= 32, "a planned case costs at most 32 bytes");

#define CHAIN_MAX 8 /* controls of controls; more is a circle */

struct instance {
    enum mu_selected selected;
    bool runs;
    int32_t slot; /* place in the plan; -1: none yet */
};

struct planner {
    struct mu_arena *arena;
    struct mu_arena
        *scratch; /* gone when the plan is made: what is kept costs 32 bytes a case     */
    const struct mu_suite *suite;
    const struct mu_sut *sut;
    const struct mu_selection *selection;
    const char **barred;        /* of a case: why this SUT cannot run it; NULL                */
    bool *is_control;           /* of a case: others name it                                  */
    struct instance **instance; /* of a case: its instances                                   */
    struct mu_plan plan;
};

/* The first capability that a case needs and the SUT does not claim; NULL: it claims them all. */
static const char *unclaimed(const struct mu_sut *sut, const struct mu_case *c)
{
    for (size_t i = 0; i < c->capabilities; i++)
        if (!mu_sut_claims(sut, c->capability[i]))
            return c->capability[i];
    return NULL;
}

/* Why this SUT cannot run a case at all; NULL when it can. */
static const char *bar(const struct planner *p, const struct mu_case *c)
{
    const struct mu_sut_role *role = mu_sut_role_find(p->sut, c->role);
    const char *name = mu_role_name(c->role);
    if (c->off != NULL)
        return mu_arena_printf(p->arena, "rule:off(%s)", c->off);
    if (role == NULL)
        return mu_arena_printf(p->arena, "role:missing(%s)", name);
    const char *missing = unclaimed(p->sut, c);
    if (missing != NULL && !p->sut->unclaimed)
        return mu_arena_printf(p->arena, "cap:missing(%s:%s)", name, missing);
    return c->needs_observe && role->observe < 0 && role->observe_adapter < 0 ? "observe:missing"
                                                                              : NULL;
}

/* The control's instance that belongs to instance `i` of `c`; NULL when there is none. */
static struct instance *control_of(const struct planner *p, const struct mu_case *c, size_t i,
                                   size_t *number)
{
    int64_t n = mu_case_control_instance(c, i);
    if (n < 0)
        return NULL;
    *number = (size_t) n;
    return &p->instance[c->control_case->index][n];
}

/* A message of the instance goes to somebody whom the SUT does not have; NULL: to nobody such. */
static const char *no_recipient(const struct planner *p, const struct mu_case *c, size_t i)
{
    const struct mu_sut_role *role = mu_sut_role_find(p->sut, c->role);
    for (size_t k = 0; role != NULL && k < c->steps; k++) {
        const char *const all[] = { c->step[k].to, c->step[k].also };
        for (size_t n = 0; n < MU_COUNT(all); n++) {
            const char *to = all[n] != NULL ? mu_case_expand(p->scratch, c, i, all[n]) : NULL;
            if (to != NULL && mu_sut_recipient(role, to) == NULL)
                return to;
        }
    }
    return NULL;
}

/* Can it run: the SUT can, nobody removed it, and so for its control. */
static bool usable(const struct planner *p, const struct mu_case *c, size_t i, unsigned depth)
{
    if (depth > CHAIN_MAX || p->barred[c->index] != NULL
        || p->instance[c->index][i].selected == MU_SELECTED_REMOVED
        || no_recipient(p, c, i) != NULL)
        return false;
    size_t number;
    return c->control == NULL
           || (control_of(p, c, i, &number) != NULL
               && usable(p, c->control_case, number, depth + 1));
}

/* Mark it and the chain of its controls. */
static void take(struct planner *p, const struct mu_case *c, size_t i)
{
    struct instance *self = &p->instance[c->index][i];
    while (self != NULL && !self->runs) {
        self->runs = true;
        p->plan.ins++;
        self = control_of(p, c, i, &i);
        c = c->control_case;
    }
}

/* Every instance's part in the selection; every term must match something. */
static bool select_all(struct planner *p, struct mu_err *err)
{
    uint64_t all = 0;
    for (size_t k = 0; k < p->suite->count; k++) {
        const struct mu_case *c = p->suite->cases[k];
        p->instance[k] = mu_arena_array(p->scratch, c->instances, sizeof *p->instance[k]);
        p->barred[k] = bar(p, c);
        if (c->control_case != NULL)
            p->is_control[c->control_case->index] = true;
        uint64_t mask = mu_selection_case(p->selection, p->arena, c);
        all |= mask;
        for (size_t i = 0; i < c->instances; i++) {
            uint64_t matched = mu_selection_instance(p->selection, c, i, mask);
            all |= matched;
            p->instance[k][i] =
                (struct instance){ mu_selection_decide(p->selection, matched), false, -1 };
        }
    }
    return mu_selection_check(p->selection, all, err);
}

static const char *reason(const struct planner *p, const struct mu_case *c, size_t i)
{
    if (p->instance[c->index][i].selected != MU_SELECTED_YES)
        return "filtered";
    if (p->barred[c->index] != NULL)
        return p->barred[c->index];
    const char *to = no_recipient(p, c, i);
    if (to != NULL)
        return mu_arena_printf(p->arena, "recipient:missing(%s)", to);
    return mu_arena_printf(p->arena, "control:out(%s)", c->control);
}

/* Decide on every instance, then list those that are left out. */
static void sort_out(struct planner *p)
{
    size_t total = 0;
    for (size_t k = 0; k < p->suite->count; k++) {
        const struct mu_case *c = p->suite->cases[k];
        total += c->instances;
        for (size_t i = 0; i < c->instances; i++)
            if (p->instance[k][i].selected == MU_SELECTED_YES && usable(p, c, i, 0))
                take(p, c, i);
    }
    p->plan.out = mu_arena_array(p->arena, total - p->plan.ins, sizeof *p->plan.out);
    for (size_t k = 0; k < p->suite->count; k++) {
        const struct mu_case *c = p->suite->cases[k];
        const char *shared = NULL; /* one string for instances that are out for the same reason */
        for (size_t i = 0; i < c->instances; i++) {
            if (p->instance[k][i].runs)
                continue;
            const char *why = reason(p, c, i);
            if (shared == NULL || strcmp(shared, why) != 0)
                shared = why;
            p->plan.out[p->plan.outs++] =
                (struct mu_left_out){ (uint32_t) k, (uint32_t) i, shared };
        }
    }
}

/* Put an instance into the plan, after its control. */
static int32_t place(struct planner *p, const struct mu_case *c, size_t i, size_t *next)
{
    struct instance *self = &p->instance[c->index][i];
    if (self->slot >= 0)
        return self->slot;
    size_t number;
    int32_t control = -1;
    if (control_of(p, c, i, &number) != NULL)
        control = place(p, c->control_case, number, next);
    self->slot = (int32_t) *next;
    p->plan.in[(*next)++] = (struct mu_planned){
        .case_index = c->index,
        .instance = (uint32_t) i,
        .control = control,
        .flags = (c->exclusive ? MU_PLANNED_EXCLUSIVE : 0)
                 | (unclaimed(p->sut, c) != NULL ? MU_PLANNED_UNCLAIMED : 0),
    };
    return self->slot;
}

static void put_in_order(struct planner *p)
{
    size_t next = 0;
    p->plan.in = mu_arena_array(p->arena, p->plan.ins, sizeof *p->plan.in);
    for (int exclusive = 0; exclusive <= 1; exclusive++)
        for (int control = 1; control >= 0; control--)
            for (size_t k = 0; k < p->suite->count; k++) {
                const struct mu_case *c = p->suite->cases[k];
                if (c->exclusive != (exclusive == 1) || p->is_control[k] != (control == 1))
                    continue;
                for (size_t i = 0; i < c->instances; i++)
                    if (p->instance[k][i].runs)
                        place(p, c, i, &next);
            }
    assert(next == p->plan.ins);
}

static void pin(struct mu_arena *arena, struct mu_plan *plan)
{
    struct mu_buf names = { .arena = arena };
    char name[MU_NAME_TEXT];
    for (size_t i = 0; i < plan->ins; i++) {
        const struct mu_planned *in = &plan->in[i];
        mu_case_name(plan->suite->cases[in->case_index], in->instance, name);
        mu_buf_printf(&names, "%s\n", name);
    }
    mu_digest_text(mu_buf_bytes(&names), plan->digest);
}

/* The first that is out although it was selected; when none was selected, the first. */
static const struct mu_left_out *first_wanted(const struct mu_plan *plan)
{
    for (size_t i = 0; i < plan->outs; i++)
        if (strcmp(plan->out[i].reason, "filtered") != 0)
            return &plan->out[i];
    return plan->out;
}

static bool make(struct planner *p, struct mu_err *err)
{
    size_t cases = p->suite->count;
    p->barred = mu_arena_array(p->arena, cases, sizeof *p->barred);
    p->is_control = mu_arena_array(p->scratch, cases, sizeof *p->is_control);
    p->instance = mu_arena_array(p->scratch, cases, sizeof *p->instance);
    TRY(select_all(p, err));
    sort_out(p);
    if (p->plan.ins == 0) {
        const struct mu_left_out *first = first_wanted(&p->plan);
        return mu_fail(err, MU_ERR_USAGE, "nothing is left to run; '%s' is out by '%s'",
                       p->suite->cases[first->case_index]->id, first->reason);
    }
    put_in_order(p);
    pin(p->scratch, &p->plan);
    return true;
}

bool mu_plan_make(struct mu_arena *arena, const struct mu_suite *suite, const struct mu_sut *sut,
                  const struct mu_selection *selection, struct mu_plan *plan, struct mu_err *err)
{
    struct planner p = { .arena = arena,
                         .scratch = mu_arena_new((size_t) 1 << 30),
                         .suite = suite,
                         .sut = sut,
                         .selection = selection,
                         .plan = { .suite = suite } };
    bool ok = make(&p, err);
    mu_arena_free(p.scratch);
    if (ok)
        *plan = p.plan;
    return ok;
}

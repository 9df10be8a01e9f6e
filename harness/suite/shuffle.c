/* The order of cases that ask an adapter: by seed and test time, controls first, so that no order tells
 * an answer. By the seed alone the n-th answer of the last run would be right in the next one, too. */
#include <assert.h>
#include <string.h>

#include "suite/plan.h"

struct shuffle {
    const struct mu_plan *plan;
    uint32_t *order; /* old numbers of asked items, in their new order */
    size_t count;
    bool *placed, *is_control; /* by old number */
    uint64_t state;
};

/* splitmix64: a number below n; which cases come first is no secret, only not the suite's order. */
static size_t below(struct shuffle *s, size_t n)
{
    uint64_t x = s->state += 0x9e3779b97f4a7c15U;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return (size_t) ((x ^ x >> 31) % n);
}

static bool is_asked(const struct mu_plan *plan, size_t i)
{
    return mu_role_is_asked(plan->suite->cases[plan->in[i].case_index]->role);
}

/* An item behind its control, and that behind its own. */
static void place(struct shuffle *s, int32_t i)
{
    if (i < 0 || s->placed[i])
        return;
    s->placed[i] = true;
    place(s, s->plan->in[i].control);
    s->order[s->count++] = (uint32_t) i;
}

static void place_all(struct shuffle *s, uint32_t *item, size_t items, bool controls)
{
    size_t n = 0;
    for (size_t i = 0; i < s->plan->ins; i++)
        if (is_asked(s->plan, i) && s->is_control[i] == controls)
            item[n++] = (uint32_t) i;
    assert(n <= items);
    for (size_t left = n; left > 0; left--) {
        size_t k = below(s, left);
        place(s, (int32_t) item[k]);
        item[k] = item[left - 1];
    }
}

void mu_plan_shuffle(struct mu_arena *arena, struct mu_plan *plan, uint64_t seed, int64_t test_time)
{
    struct shuffle s = { .plan = plan, .state = seed ^ (uint64_t) test_time << 32 };
    size_t n = plan->ins;
    uint32_t *item = mu_arena_array(arena, n + 1, sizeof *item);
    uint32_t *place_of = mu_arena_array(arena, n + 1, sizeof *place_of);
    struct mu_planned *in = mu_arena_array(arena, n + 1, sizeof *in);
    s.order = mu_arena_array(arena, n + 1, sizeof *s.order);
    s.placed = mu_arena_array(arena, n + 1, sizeof *s.placed);
    s.is_control = mu_arena_array(arena, n + 1, sizeof *s.is_control);
    plan->seed = seed;
    for (size_t i = 0; i < n; i++)
        if (plan->in[i].control >= 0)
            s.is_control[plan->in[i].control] = true;
    place_all(&s, item, n, true);
    place_all(&s, item, n, false);
    for (size_t i = 0, k = 0; i < n; i++) { /* items of other roles stay where they are */
        item[i] = is_asked(plan, i) ? s.order[k++] : (uint32_t) i;
        place_of[item[i]] = (uint32_t) i;
    }
    for (size_t i = 0; i < n; i++) {
        in[i] = plan->in[item[i]];
        if (in[i].control >= 0)
            in[i].control = (int32_t) place_of[in[i].control];
    }
    plan->in = in;
}

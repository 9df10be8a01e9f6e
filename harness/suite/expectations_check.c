/* An expectation file against the suite that it speaks of. */
#include <string.h>

#include "base/names.h"
#include "suite/plan.h"

/* Left out by choice, and not because the system cannot. */
static bool is_chosen(const char *reason)
{
    return strcmp(reason, "filtered") == 0 || strcmp(reason, MU_SHARD_REASON) == 0
           || strncmp(reason, "control:out(", 12) == 0;
}

/* One instance of the suite, in the plan (reason NULL) or out of it. */
static void take(struct mu_expectations *all, const struct mu_case *c, size_t instance,
                 const char *reason)
{
    char name[MU_NAME_TEXT];
    mu_case_name(c, instance, name);
    all->instances++;
    for (size_t i = 0; i < all->expects; i++) {
        struct mu_expect *e = &all->expect[i];
        if (!mu_name_matches(name, e->name))
            continue;
        e->named++;
        e->idle = e->idle && reason != NULL && is_chosen(reason);
        e->elsewhere = e->elsewhere || (reason != NULL && strcmp(reason, MU_SHARD_REASON) == 0);
    }
}

static const char *known_case(const void *self, size_t i)
{
    const struct mu_suite *suite = self;
    return i < suite->count ? suite->cases[i]->id : NULL;
}

/* The instance of `c` that was probably meant. */
static const char *nearest_instance(struct mu_arena *arena, const struct mu_case *c,
                                    const char *wanted)
{
    const char **name = mu_arena_array(arena, c->instances + 1, sizeof *name);
    for (size_t i = 0; i < c->instances; i++) {
        char text[MU_NAME_TEXT];
        mu_case_name(c, i, text);
        name[i] = mu_arena_strndup(arena, text, strlen(text));
    }
    const char *nearest = mu_name_nearest_in(wanted, name, c->instances);
    return nearest != NULL ? nearest : name[0];
}

static bool no_case(struct mu_arena *arena, const struct mu_suite *suite, const struct mu_expect *e,
                    struct mu_err *err)
{
    const char *id = mu_arena_strndup(arena, e->name, strcspn(e->name, "[*?"));
    const struct mu_case *c = mu_suite_find(suite, id);
    const char *nearest =
        c != NULL ? nearest_instance(arena, c, e->name) : mu_name_nearest(id, known_case, suite);
    if (nearest == NULL)
        return mu_fail_where(err, e->where, MU_ERR_PROFILE, "no case of the suite fits '%s'",
                             e->name);
    return mu_fail_where(err, e->where, MU_ERR_PROFILE,
                         "no case of the suite fits '%s', did you mean '%s'?", e->name, nearest);
}

bool mu_expectations_check(struct mu_arena *arena, struct mu_expectations *all,
                           const struct mu_plan *plan, struct mu_err *err)
{
    all->cases = plan->suite->count;
    for (size_t i = 0; i < all->expects; i++)
        all->expect[i].idle = true;
    for (size_t i = 0; i < plan->ins; i++)
        take(all, plan->suite->cases[plan->in[i].case_index], plan->in[i].instance,
             (plan->in[i].flags & MU_PLANNED_ELSEWHERE) != 0 ? MU_SHARD_REASON : NULL);
    for (size_t i = 0; i < plan->outs; i++)
        take(all, plan->suite->cases[plan->out[i].case_index], plan->out[i].instance,
             plan->out[i].reason);
    for (size_t i = 0; i < all->expects; i++)
        if (all->expect[i].named == 0)
            return no_case(arena, plan->suite, &all->expect[i], err);
    return true;
}

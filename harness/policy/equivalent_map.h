/* equivalent_map.h - one label on its way into another policy; shared by equivalent*.c only. */
#ifndef MU_POLICY_EQUIVALENT_MAP_H
#define MU_POLICY_EQUIVALENT_MAP_H

#include "policy/equivalent.h"

struct mu_map_run {
    struct mu_arena *arena;
    const struct mu_resolved *label;
    const struct mu_policy *from, *to;
    unsigned applied;
    int64_t test_time;
    uint32_t classification; /* in `to` */
    uint64_t *present;       /* values of `to`                                           */
    uint64_t *limited;       /* tag sets of `from` whose permissive values left a limit  */
    uint64_t *by_set;        /* tag sets of `from` that were mapped as a whole           */
    uint32_t *origin; /* by tag set of `to`: what its permissive values come from; 0: nothing yet */
    struct mu_mapping *out;
};

static inline size_t mu_map_words(size_t bits)
{
    return bits / 64 + 1;
}

/* A refusal as one statement: return mu_map_refuse(m, "EQV-06", "..."). */
bool mu_map_refuse(struct mu_map_run *m, const char *rule, const char *fmt, ...) MU_PRINTF(3, 4);

/* A name as it may be shown. */
const char *mu_map_shown(const struct mu_map_run *m, const char *name);

/* Each value of the label, once its classification is mapped; no limit may be lost by it. */
bool mu_map_values(struct mu_map_run *m);

/* Then what the equivalences add (EQV-05). */
bool mu_map_required(struct mu_map_run *m);

#endif

/*
 * high_water.h - how high a run goes: the label of a whole that is made of every label which the plan
 * sends, one a policy, rolled up by the policy engine. It marks the reports of the run.
 */
#ifndef MU_SUITE_HIGH_WATER_H
#define MU_SUITE_HIGH_WATER_H

#include "suite/plan.h"

struct mu_high_water {
    const struct mu_policy *policy;
    const char *marking; /* as people see it                                                    */
    const char *classification;
    int64_t rank; /* hierarchy of the classification in its policy             */
    const char *colour, *text_colour; /* "#rrggbb"; NULL: the policy has none                     */
    const char
        *decision; /* the rules leave the whole to people, and why: of the highest parts alone */
};

/* In the order of the profile's policies; those whose labels show no marking are left out. `mark` in
 * the arena; *count 0 when the plan sends no label that is known. A fixture that cannot be read is the
 * engine's to report: here it is passed over. */
void mu_high_water(struct mu_arena *arena, const struct mu_data *data,
                   const struct mu_profile *profile, const struct mu_plan *plan,
                   struct mu_high_water **mark, size_t *count);

#endif

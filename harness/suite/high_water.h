/*
 * high_water.h - how high a run goes: the label of a whole that is made of every label which the plan
 * sends, one a policy, rolled up by the policy engine. It marks the reports of the run.
 */
#ifndef MU_SUITE_HIGH_WATER_H
#define MU_SUITE_HIGH_WATER_H

#include "suite/plan.h"

struct mu_high_water {
    const struct mu_policy *policy;
    const struct mu_label *label;
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

/* The labels that it is made of, so that more can be added. */
struct mu_high_parts;
struct mu_high_parts *mu_high_parts(struct mu_arena *arena, const struct mu_data *data,
                                    const struct mu_profile *profile, const struct mu_plan *plan);
void mu_high_water_of(struct mu_arena *arena, const struct mu_high_parts *parts,
                      struct mu_high_water **mark, size_t *count);

/* A label that came in, as numbers of its policy; `values` as text, and what is no number of a value there is
 * passed over. True: the marks are others now. What the marks dominate changes nothing and is not kept, so a
 * run grows by as many as there are steps up. */
bool mu_high_water_raise(struct mu_arena *arena, struct mu_high_parts *parts, uint32_t policy,
                         uint32_t classification, const char *values, struct mu_high_water **mark,
                         size_t *count);

#endif

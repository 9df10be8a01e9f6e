/* decide.h - access and equivalence as the twin has them, guard and adapter alike, with the defects of
 * its sins. */
#ifndef MU_TWIN_DECIDE_H
#define MU_TWIN_DECIDE_H

#include "policy/decide.h"
#include "policy/equivalent.h"
#include "twin/sin.h"

/* `label` NULL: there is none that is understood. */
struct mu_decision mu_twin_decide(struct mu_arena *arena, const struct mu_policies *policies,
                                  const struct mu_resolved *label,
                                  const struct mu_clearance *clearance, const struct mu_sin *sin);

/* A gateway's mapping: equivalences that are meant for reception. `now` is Unix time. */
void mu_twin_map(struct mu_arena *arena, const struct mu_resolved *label,
                 const struct mu_policy *to, int64_t now, const struct mu_sin *sin,
                 struct mu_mapping *mapping);

#endif

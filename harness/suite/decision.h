/* decision.h - what the policies of a profile say of a label fixture and a clearance fixture: the truth
 * that cases of release and refusal are held to. */
#ifndef MU_SUITE_DECISION_H
#define MU_SUITE_DECISION_H

#include "policy/decide.h"
#include "suite/profile.h"

/* `label` and `clearance` name fixtures. A label of another policy is mapped into the clearance's
 * first, as a gateway does; one that cannot be mapped is denied. False: a fixture cannot be read. */
bool mu_suite_decide(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, const char *label, const char *clearance,
                     struct mu_decision *decision, struct mu_err *err) MU_MUST_USE;

#endif

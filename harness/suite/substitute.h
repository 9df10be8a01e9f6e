/* substitute.h - a case that sends a message of somebody's own instead of the one that it makes. */
#ifndef MU_SUITE_SUBSTITUTE_H
#define MU_SUITE_SUBSTITUTE_H

#include "suite/plan.h"

/* The one case of the plan that no other planned case has for its control; MU_ERR_USAGE when there are
 * several. */
bool mu_plan_only_case(const struct mu_plan *plan, const struct mu_case **only,
                       struct mu_err *err) MU_MUST_USE;

/* In `suite`, the case sends the octets of the file `path` (operator message.file) in place of its last
 * message that a step sends; the suite's digest covers them. MU_ERR_USAGE: it sends none. */
bool mu_case_send_file(struct mu_arena *arena, struct mu_suite *suite, const struct mu_case *of,
                       const char *path, struct mu_err *err) MU_MUST_USE;

#endif

/* write.h - what a sinner writes by the data of its row: a mutation operator, a spoiled message, the
 * bad fixture of a rule. */
#ifndef MU_TWIN_WRITE_H
#define MU_TWIN_WRITE_H

#include "document/message.h"
#include "twin/sin.h"

/* Before encoding; a virtuous twin, or a sin of another kind, leaves the message alone. `fixtures` is
 * the folder of fixtures. False: the operator cannot be applied to this message. */
bool mu_twin_write_message(struct mu_arena *arena, const struct mu_sin *sin, const char *fixtures,
                           struct mu_message *message, struct mu_err *err) MU_MUST_USE;

/* After it. */
bool mu_twin_write_octets(struct mu_arena *arena, const struct mu_sin *sin, const char *fixtures,
                          struct mu_bytes *octets, struct mu_err *err) MU_MUST_USE;

/* "rules/rfc7444/SIO-09.fail.eml", below `fixtures`: a message or a label that breaks the rule; NULL when
 * it has none. */
const char *mu_twin_bad_fixture(struct mu_arena *arena, const char *fixtures, const char *rule);

#endif

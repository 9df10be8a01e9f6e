/* binary_inside.h - what reading and writing share: problems, and the names that one lacv has. */
#ifndef MU_POLICY_BINARY_INSIDE_H
#define MU_POLICY_BINARY_INSIDE_H

#include "policy/binary.h"

void mu_binary_note(struct mu_arena *arena, struct mu_binary *found, enum mu_binary_kind kind,
                    const char *fmt, ...) MU_PRINTF(4, 5);

/* The first value with the lacv whose name is another than that of `value`; MU_NONE: there is none. */
uint32_t mu_binary_other_value(const struct mu_policy *policy, enum mu_tag_type type,
                               uint32_t value);

/* The first classification that has the lacv of `class` and another name; MU_NONE. */
uint32_t mu_binary_other_class(const struct mu_policy *policy, uint32_t class);

/* Tag type and encoding of the syntaxes; false for MU_ESS_OTHER_FORM. */
bool mu_binary_form(enum mu_ess_form form, enum mu_tag_type *type, bool *list);

#endif

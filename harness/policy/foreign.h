/*
 * foreign.h - what one policy says of another, looked up in that other: which of its entries are
 * meant, whether they exist, whether they are one. For equivalent.c and equivalence_check.c.
 *
 * Functions that return a sentence return NULL when all is well; text of files in it is safe.
 */
#ifndef MU_POLICY_FOREIGN_H
#define MU_POLICY_FOREIGN_H

#include <stdarg.h>

#include "policy/spif.h"

/* A name as it may be shown; "(none)" for NULL. */
const char *mu_foreign_shown(struct mu_arena *arena, const char *name);

/* A sentence, cut between characters where it is too long. */
const char *mu_foreign_sentence(struct mu_arena *arena, const char *fmt, va_list args)
    MU_PRINTF(2, 0);

/* Is entry `equivalent` of from's equivalentPolicies (MU_NONE: an undeclared policyRef) the policy
 * `to`: the same OID and the same name? */
bool mu_foreign_is(const struct mu_policy *from, uint32_t equivalent, const struct mu_policy *to);

/* The one classification of that lacv. */
const char *mu_foreign_classification(struct mu_arena *arena, const struct mu_policy *to,
                                      int64_t lacv, uint32_t *classification);

/* The tag set of a set map or of a reference; by OID where there is one, by name otherwise. */
const char *mu_foreign_set(struct mu_arena *arena, const struct mu_policy *to, const char *id,
                           const char *name, uint32_t *set);

/* The one value that a reference with a lacv names. Values of one lacv and one name are told apart
 * by `classification` (MU_NONE: the first of them); such with different names are a collision. */
const char *mu_foreign_value(struct mu_arena *arena, const struct mu_policy *to,
                             const struct mu_foreign_ref *ref, uint32_t classification,
                             uint32_t *value);

/* All values that a group of a requiredCategory names: one with a lacv; without, all of the set
 * and type that are not obsolete and that `classification` does not exclude. Never empty when all
 * is well. */
const char *mu_foreign_values(struct mu_arena *arena, const struct mu_policy *to,
                              const struct mu_foreign_ref *ref, uint32_t classification,
                              const uint32_t **value, size_t *values);

/* Would going from `classification` to `there` of the policy `to` and back by an equivalence of
 * `to`, in whichever direction it may be used, end below? *back is where (EQV-07, SPF-12). */
bool mu_foreign_lowers(const struct mu_policy *from, uint32_t classification,
                       const struct mu_policy *to, uint32_t there, uint32_t *back);

#endif

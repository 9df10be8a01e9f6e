/*
 * decide.h - clearances, and whether one is enough for a label: deny unless permitted.
 *
 * ADatP-4774.1 3.11.4 and Figure 15 (labels.md 4.4, DEC-01..06): the classification must be listed
 * (hierarchy plays no part), restrictive values must be a subset, of each permissive category one
 * value must be common, informative ones and the privacy mark play no part; another policy, an
 * unknown name or any other doubt denies.
 */
#ifndef MU_POLICY_DECIDE_H
#define MU_POLICY_DECIDE_H

#include "format/clearance.h"
#include "policy/resolve.h"

/* A clearance looked up in its policy, once. */
struct mu_cleared {
    const struct mu_policy *policy;
    struct mu_class_set classifications;
    uint64_t *values; /* one bit a value of the policy; never of one that takes a user's words */
    struct mu_names *words; /* which words it lists: mu_words_have() */
    const char *doubt;      /* what was not understood, for people; NULL */
    bool foreign;           /* it is of another policy, by name or OID: it grants nothing here */
};

/* Never fails. What a clearance names and the policy does not know grants nothing and is `doubt`. */
void mu_cleared_make(struct mu_arena *arena, const struct mu_policy *policy,
                     const struct mu_clearance *clearance, struct mu_cleared *out);

struct mu_decision {
    bool permit;
    const char *rule; /* "DEC-01" .. "DEC-05": what denied; NULL when permitted */
    const char *why;  /* one sentence; "" when permitted                      */
};

/* `label` NULL: there was none, or its policy is unknown; `clearance` NULL: nil. Both deny (XEP-0258:
 * nil label, nil clearance). */
struct mu_decision mu_decide(struct mu_arena *arena, const struct mu_resolved *label,
                             const struct mu_cleared *clearance);

/* From what was read to the decision: the policy is found, label and clearance are resolved. */
struct mu_decision mu_decide_label(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_label *label,
                                   const struct mu_clearance *clearance);

#endif

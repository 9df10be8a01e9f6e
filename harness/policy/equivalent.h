/*
 * equivalent.h - a label in the terms of another policy. ADatP-4774.1 3.6, 4.2 rules 1 to 5;
 * labels.md 4.6, EQV-01..09.
 */
#ifndef MU_POLICY_EQUIVALENT_H
#define MU_POLICY_EQUIVALENT_H

#include "policy/resolve.h"

struct mu_mapping {
    struct mu_label
        *label;       /* root alternativeConfidentialityLabel (EQV-02); NULL: refused          */
    const char *rule; /* why not: "EQV-04" (not in this direction), "EQV-05", "EQV-06", ...    */
    const char *why;  /* one sentence; NULL when mapped                                        */
    size_t discarded; /* values dropped because the policy allows it (action="discard")        */
    size_t added;     /* values that the equivalences require                                  */
};

/*
 * Map `label` into `to`. `applied` is what is being done: MU_APPLIED_ENCRYPT by an originator,
 * MU_APPLIED_DECRYPT by a gateway or recipient; equivalences for the other direction do not count.
 *
 * Refused, with the rule and a sentence, never decided in silence:
 *   SPF-06     the label's policy knows the target's OID under another name
 *   EQV-06     it declares no equivalence with the target; no or several different equivalents of
 *              the classification; a value without a rule, both mapped and discarded, of free text,
 *              or of a lacv that means several values; a permissive category of which nothing is
 *              left (a context that allows release may go when the release set stays); limits
 *              that a reader must all satisfy in one permissive set, where one is enough
 *   EQV-04     an equivalent, but not in this direction
 *   EQV-05     what the equivalence requires is not there, or is there too often
 *   EQV-07     the equivalent classification comes back as a lower one
 *   SEM-..     the label is not valid under its own policy, or the result not under the target at
 *              `test_time`: the rule of the first finding
 * An informative value without a rule is no refusal: it is dropped and counted as discarded. A
 * privacy mark stays when the target has it.
 *
 * Originator, creation and review times are the label's (its succession's time where it has no
 * review time, so that somebody looks again); a successor is not carried over.
 */
void mu_map_label(struct mu_arena *arena, const struct mu_resolved *label,
                  const struct mu_policy *to, unsigned applied, int64_t test_time,
                  struct mu_mapping *out);

/* Which of several labels a consumer of `policies` uses (rules 3 and 4): the originator label when
 * its policy is known, otherwise the first alternative whose policy is. NULL: none, or several
 * originator labels that differ. */
const struct mu_label *mu_label_choose(const struct mu_policies *policies,
                                       const struct mu_label *const *label, size_t count);

/*
 * What is wrong with what a set of policies says of each other: an undeclared policyRef, or a
 * policy under another name (SPF-06); an entry that the target does not have or has twice, or a
 * round trip that lowers a level (SPF-12); a classification without an equivalent (SPF-13, `must`
 * when the target has an equivalence to it: where neither side has, there may be none).
 */
struct mu_equivalence_defect {
    const char *rule;
    bool must;                      /* false: worth saying              */
    const struct mu_policy *policy; /* whose file it is                 */
    uint32_t line;                  /* in that file; 0: as a whole      */
    const char *what;               /* one sentence; foreign text in it is safe */
};

/* In the order of the policies; how many. Equivalences with a policy that is not at hand are left
 * alone, but for the undeclared ones. */
size_t mu_policies_equivalence_defects(struct mu_arena *arena, const struct mu_policies *policies,
                                       struct mu_equivalence_defect **defect);

#endif

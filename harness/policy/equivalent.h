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

/* Map `label` into `to`. `applied` is what is being done: MU_APPLIED_ENCRYPT by an originator,
 * MU_APPLIED_DECRYPT by a gateway or recipient; equivalences for the other direction do not count.
 * The result is valid under `to` at `test_time` or the mapping is refused. Originator, creation and
 * review times are the label's. */
void mu_map_label(struct mu_arena *arena, const struct mu_resolved *label,
                  const struct mu_policy *to, unsigned applied, int64_t test_time,
                  struct mu_mapping *out);

/* Which of several labels a consumer of `policies` uses (rules 3 and 4): the originator label when its
 * policy is known, otherwise the first alternative whose policy is. NULL: none. */
const struct mu_label *mu_label_choose(const struct mu_policies *policies,
                                       const struct mu_label *const *label, size_t count);

#endif

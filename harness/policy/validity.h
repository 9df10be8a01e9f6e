/* validity.h - is a label valid under its policy? ADatP-4774.1 3.3, 3.4; labels.md 4.3, SEM-01..13. */
#ifndef MU_POLICY_VALIDITY_H
#define MU_POLICY_VALIDITY_H

#include "policy/resolve.h"

/* One thing that is wrong. */
struct mu_invalidity {
    const char *rule;  /* "SEM-05"                                                       */
    bool must;         /* false: worth saying, the label stays valid                     */
    const char *what;  /* one sentence; foreign text in it is safe                       */
    uint32_t category; /* of the label; MU_NONE: the label as a whole                    */
    uint32_t position; /* of the value in the category; MU_NONE: the category as a whole */
};

struct mu_validity_report {
    struct mu_invalidity *finding; /* in the order of the label */
    size_t findings;
    bool valid;
};

/* `test_time` (Unix time) stands for now. Obsolete names are allowed in labels that were created
 * before the policy was (SEM-11). Unknown policy: one finding, SEM-01. */
void mu_validate(struct mu_arena *arena, const struct mu_policies *policies,
                 const struct mu_label *label, int64_t test_time, struct mu_validity_report *out);

/* The same for a label that is resolved already. */
void mu_validate_resolved(struct mu_arena *arena, const struct mu_resolved *label,
                          int64_t test_time, struct mu_validity_report *out);

#endif

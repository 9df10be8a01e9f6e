/*
 * dominate.h - the label of a whole that is made of labelled parts (roll-up), and whether one label
 * dominates another. ADatP-4774.1 4.4 rules 1 to 9; labels.md 4.5, DEC-07..11.
 */
#ifndef MU_POLICY_DOMINATE_H
#define MU_POLICY_DOMINATE_H

#include "policy/resolve.h"

struct mu_rollup {
    struct mu_label *label; /* NULL: policy decision */
    const char *decision;   /* why a human (or system high) must decide; NULL when the rules did */
    /* Rules 5 and 6 dropped a permissive category: where its absence means no limit, the result is
     * less restrictive in dissemination than a part. */
    bool widened;
};

/* Classification by hierarchy (rule 3), permissive values common to all (rules 4 to 6), union of the
 * restrictive (rule 7) and informative ones (rule 8), validated again (rule 9). Parts of different or
 * unknown policies are a policy decision (rules 1, 2). `count` of 0 is one, too. Commutative,
 * associative and idempotent where no policy decision is involved. */
void mu_rollup(struct mu_arena *arena, const struct mu_policies *policies,
               const struct mu_label *const *part, size_t count, int64_t test_time,
               struct mu_rollup *out);

enum mu_order { MU_ORDER_EQUAL, MU_ORDER_ABOVE, MU_ORDER_BELOW, MU_ORDER_NONE /* incomparable */ };
const char *mu_order_name(enum mu_order order); /* "equal" "above" "below" "incomparable" */

/* In which respects `a` restricts at least as much as `b`; both understood in full, of one policy. */
struct mu_cover {
    bool classification, restrictive, permissive;
};
struct mu_cover mu_label_cover(struct mu_arena *arena, const struct mu_resolved *a,
                               const struct mu_resolved *b);

/*
 * How `a` stands to `b`: above when it restricts at least as much in each respect (hierarchy;
 * restrictive values a superset; of each permissive set of b a category with a subset of its values)
 * and more in one. Different policies are incomparable.
 */
enum mu_order mu_label_order(struct mu_arena *arena, const struct mu_resolved *a,
                             const struct mu_resolved *b);

#endif

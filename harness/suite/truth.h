/* truth.h - what our own policies and rules say about a question that an adapter is asked: what its
 * answer is compared with, and what the linter holds the cases to. */
#ifndef MU_SUITE_TRUTH_H
#define MU_SUITE_TRUTH_H

#include "policy/decide.h"
#include "suite/profile.h"

struct mu_question {
    enum mu_sap_op op;
    const struct mu_label *label;         /* NULL: none, or one that cannot be read */
    const struct mu_clearance *clearance; /* decide                                 */
    const char *policy;           /* map: name of the policy wanted; mark.parse: of the text */
    const char *language, *place; /* mark.render; NULL: "en", "page-top"    */
    const char *text;             /* mark.parse                             */
};

struct mu_truth {
    bool known;                   /* our policies alone say whether it is accepted          */
    bool accepted;                /* decide: permitted                                      */
    const char *why;              /* why not, one sentence; ""                              */
    const struct mu_label *label; /* that the answer must mean; NULL: no label is to come   */
    const char *text;             /* mark.render: the marking; NULL                         */
};

/* Never fails. Whether a label is accepted as a label is a matter of rules: mu_truth_judge(). A label of
 * another policy than the clearance's is denied, as ADatP-4774.1 3.11.4 has it; mapping it first is
 * another operation. */
void mu_truth_find(struct mu_arena *arena, const struct mu_profile *profile,
                   const struct mu_question *question, struct mu_truth *truth);

/* The label in these octets; NULL: there is none that can be read. */
const struct mu_label *mu_truth_label(struct mu_arena *arena, struct mu_bytes octets);

/* Does it follow the schema of labels? What does not is not decided on, mapped or shown: whatever cannot
 * be evaluated denies (ADatP-4774.1 3.11.4). */
bool mu_truth_follows_schema(const struct mu_profile *profile, struct mu_bytes octets);

/* What the profile's rules say of a label. */
struct mu_label_judged {
    size_t must, should; /* rules of that level that it breaks                     */
    const char *rule;    /* the first of the higher level that was broken; NULL    */
    const char *doubt;   /* a limit of ours, two readings: nothing is said; NULL   */
};
bool mu_truth_judge(struct mu_arena *arena, const struct mu_profile *profile,
                    struct mu_bytes octets, struct mu_label_judged *out,
                    struct mu_err *err) MU_MUST_USE;

/* fixtures/clearances/<name>.xml */
bool mu_clearance_fixture(struct mu_arena *arena, const struct mu_data *data, const char *name,
                          struct mu_clearance *clearance, struct mu_err *err) MU_MUST_USE;

#endif

/* selection.h - what plan.c asks of a selection: masks with one bit a term, a case's part made once. */
#ifndef MU_SUITE_SELECTION_H
#define MU_SUITE_SELECTION_H

#include "suite/plan.h"

/* Terms that match every instance of the case. */
uint64_t mu_selection_case(const struct mu_selection *s, struct mu_arena *arena,
                           const struct mu_case *c);

/* ... and those that match this instance by its name. */
uint64_t mu_selection_instance(const struct mu_selection *s, const struct mu_case *c,
                               size_t instance, uint64_t matched);

enum mu_selected {
    MU_SELECTED_NO, /* not asked for; comes in as a control of one that is */
    MU_SELECTED_YES,
    MU_SELECTED_REMOVED, /* a '-' term says no                                  */
};
enum mu_selected mu_selection_decide(const struct mu_selection *s, uint64_t matched);

/* MU_ERR_USAGE naming the first term that is not in `matched`, the union over the suite. */
bool mu_selection_check(const struct mu_selection *s, uint64_t matched,
                        struct mu_err *err) MU_MUST_USE;

#endif

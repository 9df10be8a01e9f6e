/* case.h - what a run says of one case: which rules were broken, and which messages came in. */
#ifndef MU_REPORT_CASE_H
#define MU_REPORT_CASE_H

#include "base/arena.h"
#include "base/err.h"

struct mu_run_case {
    const char *profile, *test_time; /* of the run */
    const char **broken;             /* ids of the rules that broke on its legs */
    size_t brokens;
    const char **received; /* files of the messages that came in, below the run's folder */
    size_t receiveds;
    const char *sent; /* file of the last message that went out, below the run's folder; NULL */
    const char *verdict, *reason;
};

/* The last attempt of the instance `name` in the run stream `run`; `path` is for messages.
 * MU_ERR_USAGE: no run, or no verdict of such a case. */
bool mu_run_case_read(struct mu_arena *arena, int run, const char *path, const char *name,
                      struct mu_run_case *out, struct mu_err *err) MU_MUST_USE;

#endif

/* case.h - what a run says of one case: which rules were broken, and which messages came in. */
#ifndef MU_REPORT_CASE_H
#define MU_REPORT_CASE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* A file of the evidence, below the run's folder or in its cases.tar. */
struct mu_run_file {
    const char *path;
    int64_t at, octets; /* at 0: a file of its own */
};

struct mu_run_case {
    const char *profile, *test_time; /* of the run */
    const char **broken;             /* ids of the rules that broke on its legs */
    size_t brokens;
    struct mu_run_file *received; /* messages that came in */
    size_t receiveds;
    struct mu_run_file sent; /* the last message that went out; .path NULL: none did */
    const char *verdict, *reason;
};

/* The last attempt of the instance `name` in the run stream `run`; `path` is for messages.
 * MU_ERR_USAGE: no run, or no verdict of such a case. */
bool mu_run_case_read(struct mu_arena *arena, int run, const char *path, const char *name,
                      struct mu_run_case *out, struct mu_err *err) MU_MUST_USE;

/* Its octets, at most `max`; `run` is the folder, "" for a file that is of none. MU_ERR_USAGE: it is not to
 * be had. */
bool mu_run_file_read(struct mu_arena *arena, const char *run, const struct mu_run_file *file,
                      size_t max, struct mu_bytes *out, struct mu_err *err) MU_MUST_USE;

#endif

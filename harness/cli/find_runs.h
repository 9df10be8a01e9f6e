/* find_runs.h - folders of runs, named one by one or by a folder above them. */
#ifndef MU_CLI_FIND_RUNS_H
#define MU_CLI_FIND_RUNS_H

#include "base/arena.h"
#include "base/err.h"
#include "report/history.h"

struct mu_found_runs {
    struct mu_history_stream *run; /* paths as they were named, with what was found below */
    size_t n;
};

/* Every run at or below the folders, in the order of their names; symbolic links below them are not
 * followed, and nothing is looked for below a run. The descriptors are closed with the arena.
 * MU_ERR_USAGE: a folder cannot be read, or there is no run in it; MU_ERR_LIMIT: too many. */
bool mu_find_runs(struct mu_arena *arena, const char *const *folder, size_t count,
                  struct mu_found_runs *found, struct mu_err *err) MU_MUST_USE;

#endif

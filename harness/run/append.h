/*
 * append.h - one more line behind the end of a run that is over: what people say of its verdicts. Nobody
 * else may write meanwhile, what is there is proved against the chain first, and a line that could not be
 * written whole is taken off again.
 */
#ifndef MU_RUN_APPEND_H
#define MU_RUN_APPEND_H

#include "run/journal.h"

struct mu_appending {
    struct mu_journal journal;
    int dir, lock;
    int64_t end; /* of what stood there before */
};

/* The lock of a run folder: a run that goes on has it. `shared`: for a reader, and none when the folder
 * has no lock file or is not ours to write to. *lock -1: there is none. */
bool mu_run_lock(int dir, const char *name, bool shared, int *lock, struct mu_err *err) MU_MUST_USE;

/* MU_ERR_USAGE: the run goes on, has no end, is torn or corrupt, or there is none. */
bool mu_append_open(struct mu_appending *appending, struct mu_arena *arena, const char *run,
                    struct mu_err *err) MU_MUST_USE;

/* Sync what was written with mu_journal_begin() and _end(); `keep` false: nothing was. */
bool mu_append_close(struct mu_appending *appending, bool keep, struct mu_err *err) MU_MUST_USE;

#endif

/* sandbox.h - what a job may still do, taken away in two steps. */
#ifndef MU_RUN_SANDBOX_H
#define MU_RUN_SANDBOX_H

#include <sys/types.h>

#include "base/err.h"

/* How far jobs are shut in; the level reached is recorded in every run. */
enum mu_isolation {
    MU_ISOLATION_NONE, /* in process where a case needs no reception: for debuggers; never green */
    MU_ISOLATION_FORK, /* forked and limited, no system-call filter                              */
    MU_ISOLATION_FULL, /* forked, limited, sealed                                                */
};

const char *mu_isolation_name(enum mu_isolation isolation);
bool mu_isolation_from_name(const char *name, enum mu_isolation *isolation);

/* Build the filter once, in the coordinator; each job loads the exported program. */
bool mu_sandbox_prepare(struct mu_err *err) MU_MUST_USE;

/* At birth: memory, CPU seconds, file size, descriptors, no core file, die with `parent`. A job that
 * is there for the whole run, `lasting`, has no limit of CPU seconds: its cases have deadlines. */
bool mu_sandbox_limits(pid_t parent, bool lasting, struct mu_err *err) MU_MUST_USE;

/*
 * Before the first byte from outside is read: a system-call filter that leaves read, write, poll,
 * memory, clocks, memory files and exit on descriptors already open. Opening files is refused,
 * because libraries look for some and manage without; connect, fork, exec and the rest kill.
 */
bool mu_sandbox_seal(struct mu_err *err) MU_MUST_USE;

#endif

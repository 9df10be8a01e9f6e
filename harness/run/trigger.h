/* trigger.h - start a third-party program with nothing but its input and output files in its hands. */
#ifndef MU_RUN_TRIGGER_H
#define MU_RUN_TRIGGER_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"

/* Spawn argv[0] (looked up in PATH) in its own process group, `input` on its standard input, both
 * outputs into a fresh memory file *output. */
bool mu_trigger(char **argv, char **environment, struct mu_bytes input, pid_t *pid, int *output,
                struct mu_err *err) MU_MUST_USE;

/* Our children at the moment; returns how many stand in `pid`. */
size_t mu_children(pid_t *pid, size_t room);

/* Kill every process that has been re-parented to us and is none of `known`: what commands left
 * behind by daemonising. Needs PR_SET_CHILD_SUBREAPER. */
void mu_sweep(const pid_t *known, size_t count);

#endif

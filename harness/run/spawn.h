/* spawn.h - start a third-party program with nothing in its hands but what it is given. */
#ifndef MU_RUN_SPAWN_H
#define MU_RUN_SPAWN_H

#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"

#define MU_SPAWN_FDS 5

struct mu_spawn {
    char **argv, **environment;
    int fd[MU_SPAWN_FDS]; /* what it finds at 0, 1, ...; -1: nothing */
    bool limited;         /* mu_confine_limits()                     */
    const char *work;     /* mu_confine(); NULL: it may write wherever we may */
    const char *const *writable;
};

/* Find argv[0] in PATH and run it in a process group of its own, with signals as they are by default;
 * it dies with us. False with errno's sentence when it cannot be run at all. */
bool mu_spawn(const struct mu_spawn *how, pid_t *pid, struct mu_err *err) MU_MUST_USE;

/* A memory file that holds `input` and is read from its start; programs that want a file and no
 * pipe can open it as /dev/stdin. */
bool mu_spawn_input(struct mu_bytes input, int *fd, struct mu_err *err) MU_MUST_USE;

/* A memory file that grows with each write, whoever else writes to it. */
bool mu_spawn_output(int *fd, struct mu_err *err) MU_MUST_USE;

#endif

#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "run/confine.h"

bool mu_spawn_input(struct mu_bytes input, int *out, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0)
        return mu_fail_sys(err, "cannot make a memory file");
    TRY(mu_file_write_all(file, input, err));
    if (lseek(file, 0, SEEK_SET) != 0)
        return mu_fail_sys(err, "cannot go back to the start of a memory file");
    *out = mu_fd_take(&file);
    return true;
}

bool mu_spawn_output(int *out, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int file = memfd_create("output", MFD_CLOEXEC);
    if (file < 0 || fcntl(file, F_SETFL, O_APPEND) != 0)
        return mu_fail_sys(err, "cannot make a memory file");
    *out = mu_fd_take(&file);
    return true;
}

/* --- the child ------------------------------------------------------------------------------------ */

/* Descriptors are lifted above their places first, so that no move can step on one that has yet to
 * go. Whatever else is open ends with the exec. */
static bool place(const struct mu_spawn *how, struct mu_err *err)
{
    int lifted[MU_SPAWN_FDS];
    for (int i = 0; i < MU_SPAWN_FDS; i++) {
        lifted[i] = how->fd[i] < 0 ? -1 : fcntl(how->fd[i], F_DUPFD_CLOEXEC, MU_SPAWN_FDS);
        if (how->fd[i] >= 0 && lifted[i] < 0)
            return mu_fail_sys(err, "cannot lift a descriptor");
    }
    if (close_range(0, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot close what it must not inherit");
    for (int i = 0; i < MU_SPAWN_FDS; i++)
        if (lifted[i] >= 0 && dup2(lifted[i], i) != i) /* which does not end with the exec */
            return mu_fail_sys(err, "cannot place a descriptor");
    return true;
}

static void default_signals(void)
{
    sigset_t none;
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL); /* fails for two that have no other */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool become(const struct mu_spawn *how, pid_t parent, struct mu_err *err)
{
    setpgid(0, 0);
    default_signals();
    TRY(place(how, err));
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        return mu_fail_sys(err, "cannot tie it to us");
    if (how->limited)
        TRY(mu_confine_limits(err));
    if (how->work != NULL)
        TRY(mu_confine(how->work, how->writable, err));
    execvpe(how->argv[0], how->argv, how->environment);
    if (errno == EACCES)
        return mu_fail_sys(err, "cannot start '%s' (chmod +x, or its interpreter in front?)",
                           how->argv[0]);
    return mu_fail_sys(err, "cannot start '%s'", how->argv[0]);
}

bool mu_spawn(const struct mu_spawn *how, pid_t *pid, struct mu_err *err)
{
    int trouble[2]; /* says why there is no program; is empty when there is one */
    if (pipe2(trouble, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        struct mu_err why;
        int say = fcntl(trouble[1], F_DUPFD_CLOEXEC, MU_SPAWN_FDS); /* no place is trodden on */
        (void) become(how, parent, &why);
        _exit(write(say, &why, sizeof why) == (ssize_t) sizeof why ? 126 : 127);
    }
    close(trouble[1]);
    MU_CLEANUP(mu_fd_close) int from = trouble[0];
    if (child < 0)
        return mu_fail_sys(err, "cannot fork");
    setpgid(child, child); /* both sides do it, so neither can be late */
    struct mu_err why;
    ssize_t n;
    while ((n = read(from, &why, sizeof why)) < 0 && errno == EINTR)
        ;
    if (n == 0) {
        *pid = child;
        return true;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    if (n != (ssize_t) sizeof why)
        return mu_fail(err, MU_ERR_IO, "cannot start '%s'", how->argv[0]);
    *err = why;
    return false;
}

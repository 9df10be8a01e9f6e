#include "run/trigger.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* A memory file that holds `input` and is read from its start; programs that want a file and no
 * pipe can open it as /dev/stdin. */
static bool make_input(struct mu_bytes input, int *out, struct mu_err *err)
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

/* 0, or why it cannot be started, as errno. */
static int spawn(char **argv, char **environment, int input, int output, pid_t *child)
{
    posix_spawn_file_actions_t action;
    posix_spawnattr_t attribute;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&action);
    posix_spawn_file_actions_adddup2(&action, input, 0);
    posix_spawn_file_actions_adddup2(&action, output, 1);
    posix_spawn_file_actions_adddup2(&action, output, 2);
    posix_spawnattr_init(&attribute);
    posix_spawnattr_setflags(&attribute, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
                                             | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attribute, 0);
    posix_spawnattr_setsigmask(&attribute, &none);
    posix_spawnattr_setsigdefault(&attribute, &all);
    int rc = posix_spawnp(child, argv[0], &action, &attribute, argv, environment);
    posix_spawnattr_destroy(&attribute);
    posix_spawn_file_actions_destroy(&action);
    return rc;
}

bool mu_trigger(char **argv, char **environment, struct mu_bytes input, pid_t *pid, int *output,
                struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int in = -1;
    MU_CLEANUP(mu_fd_close) int out = memfd_create("command", MFD_CLOEXEC);
    if (out < 0 || fcntl(out, F_SETFL, O_APPEND) != 0)
        return mu_fail_sys(err, "cannot make a memory file");
    TRY(make_input(input, &in, err));
    errno = spawn(argv, environment, in, out, pid);
    if (errno != 0)
        return mu_fail_sys(err, "cannot start '%s'", argv[0]);
    *output = mu_fd_take(&out);
    return true;
}

static bool is_known(pid_t pid, const pid_t *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (known[i] == pid)
            return true;
    return false;
}

size_t mu_children(pid_t *pid, size_t room)
{
    char path[64], text[8192];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long) getpid());
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    text[n > 0 ? n : 0] = '\0';
    size_t count = 0;
    for (char *p = text, *end; *p != '\0' && count < room; p = end) {
        pid_t child = (pid_t) strtol(p, &end, 10);
        if (end == p)
            break;
        pid[count++] = child;
    }
    return count;
}

/* One pass over our children; returns whether a stranger was among them. */
static bool sweep_once(const pid_t *known, size_t count)
{
    pid_t child[512];
    size_t children = mu_children(child, MU_COUNT(child));
    bool found = false;
    for (size_t i = 0; i < children; i++) {
        if (is_known(child[i], known, count))
            continue;
        int status;
        kill(child[i], SIGKILL);
        while (waitpid(child[i], &status, 0) < 0 && errno == EINTR)
            ;
        found = true;
    }
    return found;
}

void mu_sweep(const pid_t *known, size_t count)
{
    /* Killing a parent hands its children to us: go round until none is left. */
    for (int round = 0; round < 32 && sweep_once(known, count); round++)
        ;
}

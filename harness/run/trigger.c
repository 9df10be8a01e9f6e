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

bool mu_trigger(char **argv, char **environment, pid_t *pid, int *output, struct mu_err *err)
{
    int file = memfd_create("command", MFD_CLOEXEC);
    if (file < 0 || fcntl(file, F_SETFL, O_APPEND) != 0)
        return mu_fail_sys(err, "cannot make a memory file");

    posix_spawn_file_actions_t action;
    posix_spawnattr_t attribute;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&action);
    posix_spawn_file_actions_addopen(&action, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&action, file, 1);
    posix_spawn_file_actions_adddup2(&action, file, 2);
    posix_spawnattr_init(&attribute);
    posix_spawnattr_setflags(&attribute, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
                                             | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attribute, 0);
    posix_spawnattr_setsigmask(&attribute, &none);
    posix_spawnattr_setsigdefault(&attribute, &all);
    pid_t child;
    int rc = posix_spawnp(&child, argv[0], &action, &attribute, argv, environment);
    posix_spawnattr_destroy(&attribute);
    posix_spawn_file_actions_destroy(&action);
    if (rc != 0) {
        close(file);
        errno = rc;
        return mu_fail_sys(err, "cannot start '%s'", argv[0]);
    }
    *pid = child;
    *output = file;
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

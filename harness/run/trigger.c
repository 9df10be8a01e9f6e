#include "run/trigger.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "run/spawn.h"

bool mu_trigger(char **argv, char **environment, struct mu_bytes input, pid_t *pid, int *output,
                struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int in = -1;
    MU_CLEANUP(mu_fd_close) int out = -1;
    TRY(mu_spawn_output(&out, err));
    TRY(mu_spawn_input(input, &in, err));
    struct mu_spawn how = { .argv = argv,
                            .environment = environment,
                            .fd = { in, out, out, -1, -1 } };
    TRY(mu_spawn(&how, pid, err));
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

/*
 * Whether somebody listens at a port of the loopback, for a job that is sealed and may not dial: a process of
 * ours dials. All that the job can say to it is a number, all that it says back is yes or no.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/adapter.h"
#include "net/dial.h"

static bool listens(struct mu_arena *arena, uint16_t port, uint32_t wait_ms)
{
    struct mu_address address;
    struct mu_err err;
    MU_CLEANUP(mu_fd_close) int fd = -1;
    return mu_address_parse(mu_arena_printf(arena, "127.0.0.1:%u", port), &address, &err)
           && mu_dial_start(&address, &fd, &err)
           && mu_dial_finish(fd, mu_clock_ms() + wait_ms, &err);
}

/* Until the job has gone. */
static void serve(int fd, uint32_t wait_ms)
{
    uint16_t port;
    while (recv(fd, &port, sizeof port, 0) == (ssize_t) sizeof port) {
        struct mu_arena *arena = mu_arena_new(MU_MIB);
        char there = (char) listens(arena, port, wait_ms);
        mu_arena_free(arena);
        if (send(fd, &there, 1, MSG_NOSIGNAL) != 1)
            return;
    }
}

bool mu_knocker_start(struct mu_knocker *k, uint32_t wait_ms, struct mu_err *err)
{
    int pair[2];
    *k = (struct mu_knocker){ .fd = -1 };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return mu_fail_sys(err, "cannot make a socket");
    k->pid = fork();
    if (k->pid == 0) {
        close(pair[0]);
        serve(pair[1], wait_ms);
        _exit(0);
    }
    close(pair[1]);
    k->fd = pair[0];
    return k->pid > 0 || mu_fail_sys(err, "cannot fork");
}

void mu_knocker_end(struct mu_knocker *k)
{
    mu_fd_close(&k->fd);
    k->fd = -1;
    while (k->pid > 0 && waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    k->pid = 0;
}

bool mu_knock(void *self, uint16_t port, bool *there)
{
    const struct mu_knocker *k = self;
    char said;
    if (send(k->fd, &port, sizeof port, MSG_NOSIGNAL) != (ssize_t) sizeof port
        || recv(k->fd, &said, 1, 0) != 1)
        return false;
    *there = said != 0;
    return true;
}

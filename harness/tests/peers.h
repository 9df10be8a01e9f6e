/* peers.h - for tests of conversations: a scripted peer in a child process, always reaped. */
#ifndef MU_TESTS_PEERS_H
#define MU_TESTS_PEERS_H

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "net/stream.h"

/* Run `peer` on one end of a socket pair in a child; returns the other end. */
static inline int peer_start(pid_t *child, void (*peer)(int fd, const void *script),
                             const void *script)
{
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    *child = fork();
    ck_assert_int_ge(*child, 0);
    if (*child == 0) {
        signal(SIGPIPE, SIG_IGN);
        close(pair[0]);
        peer(pair[1], script);
        _exit(0);
    }
    close(pair[1]);
    return pair[0];
}

/* End the child whatever it is doing. */
static inline void peer_stop(pid_t child)
{
    int status;
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
}

static inline void peer_write(int fd, struct mu_bytes data)
{
    while (data.n > 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n <= 0)
            return;
        data = mu_bytes_from(data, (size_t) n);
    }
}

/* Wait for the other side to hang up, reading whatever comes. */
static inline void peer_drain(int fd)
{
    char rest[4096];
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    while (poll(&pfd, 1, -1) == 1 && read(fd, rest, sizeof rest) > 0)
        ;
}

#endif

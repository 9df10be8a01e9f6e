#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "core/seat.h"

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(MU_PACKET_FDS * sizeof(int))];
};

bool mu_packet_send_fds(int socket, const void *data, size_t size, const int *fd, size_t fds)
{
    assert(fds <= MU_PACKET_FDS);
    struct iovec iov = { (void *) (uintptr_t) data, size };
    union control control = { .room = { 0 } };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
    if (fds > 0) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(fds * sizeof *fd);
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(fds * sizeof *fd);
        memcpy(CMSG_DATA(c), fd, fds * sizeof *fd);
    }
    ssize_t n;
    do
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t) size;
}

bool mu_packet_send(int socket, const void *data, size_t size, int fd)
{
    return mu_packet_send_fds(socket, data, size, &fd, fd >= 0 ? 1 : 0);
}

/* The descriptors of one control message into `fd`; what there is no room for is closed. */
static size_t take_fds(struct cmsghdr *c, int *fd, size_t room)
{
    size_t n = 0, count = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fd;
    for (size_t i = 0; i < count; i++) {
        int one;
        memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
        if (n < room)
            fd[n++] = one;
        else
            close(one);
    }
    return n;
}

ssize_t mu_packet_receive_fds(int socket, void *data, size_t size, int flags, int *fd, size_t *fds)
{
    struct iovec iov = { data, size };
    union control control;
    struct msghdr message = { .msg_iov = &iov,
                              .msg_iovlen = 1,
                              .msg_control = control.room,
                              .msg_controllen = sizeof control.room };
    size_t room = *fds;
    ssize_t n;
    do
        n = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    *fds = 0;
    if (n < 0)
        return n;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            *fds += take_fds(c, fd + *fds, room - *fds);
    if ((message.msg_flags & MSG_TRUNC) != 0) {
        for (size_t i = 0; i < *fds; i++)
            close(fd[i]);
        *fds = 0;
        return (ssize_t) size + 1; /* longer than any packet of ours */
    }
    return n;
}

ssize_t mu_packet_receive(int socket, void *data, size_t size, int flags, int *fd)
{
    size_t fds = 1;
    int got = -1;
    ssize_t n = mu_packet_receive_fds(socket, data, size, flags, &got, &fds);
    *fd = fds == 1 ? got : -1;
    return n;
}

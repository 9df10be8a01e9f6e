#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

bool mu_dial_start(const struct mu_address *address, int *fd, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close)
    int s = socket(address->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        return mu_fail_sys(err, "cannot make a socket");
    (void) setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    if (connect(s, (const struct sockaddr *) &address->sa, address->size) != 0
        && errno != EINPROGRESS)
        return mu_fail_sys(err, "cannot connect to '%s'", address->text);
    *fd = mu_fd_take(&s);
    return true;
}

bool mu_dial_finish(int fd, uint64_t deadline_ms, struct mu_err *err)
{
    struct pollfd pfd = { .fd = fd, .events = POLLOUT };
    int n;
    do {
        int left = mu_clock_left(deadline_ms);
        n = poll(&pfd, 1, left);
        if (n == 0 && mu_clock_left(deadline_ms) == 0)
            return mu_fail(err, MU_ERR_DEADLINE, "peer did not take the connection in time");
    } while (n == 0 || (n < 0 && errno == EINTR));
    if (n < 0)
        return mu_fail_sys(err, "cannot wait for the connection");
    int why = 0;
    socklen_t size = sizeof why;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
        return mu_fail_sys(err, "cannot ask how the connection went");
    errno = why;
    return why == 0 || mu_fail_sys(err, "cannot connect");
}

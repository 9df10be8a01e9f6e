#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/file.h"

#define BACKLOG 256 /* a relay may open a connection a message */

union socket_name {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static uint16_t port_of(const union socket_name *name)
{
    return ntohs(name->v6.sin6_family == AF_INET6 ? name->v6.sin6_port : name->v4.sin_port);
}

bool mu_listen(const struct mu_address *address, int *fd, uint16_t *port, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close)
    int s = socket(address->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        return mu_fail_sys(err, "cannot make a socket");
    union socket_name bound = { .v6 = { .sin6_family = AF_UNSPEC } };
    socklen_t size = sizeof bound;
    (void) setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (address->sa.ss_family == AF_INET6)
        (void) setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int));
    if (bind(s, (const struct sockaddr *) &address->sa, address->size) != 0
        || listen(s, BACKLOG) != 0 || getsockname(s, &bound.any, &size) != 0)
        return mu_fail_sys(err, "cannot listen at '%s'", address->text);
    *port = port_of(&bound);
    *fd = mu_fd_take(&s);
    return true;
}

bool mu_listen_accept(int listener, int *fd, struct mu_err *err)
{
    int s = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (s < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED && errno != EPROTO
            && errno != ENETDOWN && errno != EHOSTUNREACH && errno != ENETUNREACH)
            return mu_fail_sys(err, "cannot accept a connection");
        *fd = -1;
        return true;
    }
    /* A dialogue of seven replies took 48 ms until the accepting side said this. */
    (void) setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    *fd = s;
    return true;
}

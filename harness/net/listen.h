/* listen.h - sockets that accept, at addresses of the SUT file or wherever the kernel likes. */
#ifndef MU_NET_LISTEN_H
#define MU_NET_LISTEN_H

#include "core/endpoint.h"

/* Bind and listen; non-blocking, close-on-exec. *port is the one that was bound, also when the
 * address said 0. */
bool mu_listen(const struct mu_address *address, int *fd, uint16_t *port,
               struct mu_err *err) MU_MUST_USE;

/* The next connection; *fd is -1 when none waits. Trouble of one connection (ECONNABORTED, EPROTO)
 * counts as none; MU_ERR_IO is trouble of the listener or of ours. */
bool mu_listen_accept(int listener, int *fd, struct mu_err *err) MU_MUST_USE;

#endif

/* dial.h - connecting sockets without waiting, and waiting for them where there is a deadline. */
#ifndef MU_NET_DIAL_H
#define MU_NET_DIAL_H

#include "core/endpoint.h"

/* A socket on its way; non-blocking, close-on-exec. MU_ERR_IO with errno when it cannot even start. */
bool mu_dial_start(const struct mu_address *address, int *fd, struct mu_err *err) MU_MUST_USE;

/* Wait until it stands. MU_ERR_IO with errno when the peer or the network refused,
 * MU_ERR_DEADLINE when nothing came. The caller still owns `fd`. */
bool mu_dial_finish(int fd, uint64_t deadline_ms, struct mu_err *err) MU_MUST_USE;

#endif

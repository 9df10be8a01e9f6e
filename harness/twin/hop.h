/* hop.h - the twin as a client: one message to one server over mutual TLS. */
#ifndef MU_TWIN_HOP_H
#define MU_TWIN_HOP_H

#include "core/adapter.h"

struct mu_hop {
    struct mu_address address;
    const char *tls_name;
    const struct mu_tls *tls;
};

/* Deliver; `seen` says what the server did. False: the hop could not even be tried. */
bool mu_hop_deliver(struct mu_arena *arena, const struct mu_hop *hop,
                    const struct mu_submission *submission, struct mu_observation *seen,
                    struct mu_err *err) MU_MUST_USE;

/* The TLS profile that the twin follows as server and client: TLS 1.3 only, as FMN Spiral 5 asks. */
const struct mu_tls_profile *mu_twin_tls_profile(void);

#endif

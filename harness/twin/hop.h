/* hop.h - the twin as a client: one message to one server over mutual TLS. */
#ifndef MU_TWIN_HOP_H
#define MU_TWIN_HOP_H

#include "core/adapter.h"
#include "twin/twin.h"

struct mu_hop {
    struct mu_address address;
    const char *tls_name;
    const struct mu_tls *tls;
    const struct mu_sin *sin; /* NULL: none */
};

/* Deliver; `seen` says what the server did, *dsn (may be NULL) whether it takes RFC 3461's parameters;
 * they are left out where it does not. False: the hop could not even be tried. */
bool mu_hop_deliver(struct mu_arena *arena, const struct mu_hop *hop,
                    const struct mu_submission *submission, struct mu_observation *seen, bool *dsn,
                    struct mu_err *err) MU_MUST_USE;

/* A TLS context as the twin makes it, and as its sin has it: TLS 1.3 only, as FMN Spiral 5 asks, and
 * both sides proved. `pki` is the folder of identities. */
bool mu_twin_tls(struct mu_arena *arena, const struct mu_twin_trust *trust, bool server,
                 const struct mu_sin *sin, struct mu_tls **tls, struct mu_err *err) MU_MUST_USE;

#endif

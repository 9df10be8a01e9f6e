/*
 * tls.h - TLS contexts and what can be said about alerts.
 *
 * A context is made before the first fork from PEM files and a profile's row of the parameter
 * table, and shared by every job. Files are read once an arena: a second context over the same
 * certificates costs a tenth of the first, because decoding keys is the dear part.
 *
 * The harness observes: mu_tls_new() makes contexts that look at the peer's chain, write down the
 * first thing wrong with it (tls.verified) and let the handshake end, so that a bad peer can be
 * seen acting badly. What must be safe, such as the twin, takes mu_tls_new_strict(): no callback
 * stands in the way of verification there.
 */
#ifndef MU_NET_TLS_H
#define MU_NET_TLS_H

#include "core/adapter.h"
#include "core/observation.h"

/* Fit for mu_adapter.prepare. MU_ERR_PROFILE with the file when a certificate, key or list cannot be
 * used; MU_ERR_TLS when the library does not know what the profile asks for. */
bool mu_tls_new(struct mu_arena *arena, const struct mu_tls_need *need, struct mu_tls **tls,
                struct mu_err *err) MU_MUST_USE;

/* The same, refusing peers whose chain, name or revocation status does not hold; but for what
 * need->lax leaves out. */
bool mu_tls_new_strict(struct mu_arena *arena, const struct mu_tls_need *need, struct mu_tls **tls,
                       struct mu_err *err) MU_MUST_USE;

/* Does the alert speak about a certificate (RFC 8446 6.2)? */
bool mu_tls_alert_is_certificate(int alert);

/* "unknown_ca"; "alert 77" is not there: "unassigned". */
const char *mu_tls_alert_name(int number);

/* What a TLS failure means in the closed vocabulary: REFUSED with stage and class when the peer sent
 * an alert, CLOSED or SILENT otherwise. `err` is what the stream said. */
void mu_tls_observe(const struct mu_tls_facts *facts, const struct mu_err *err,
                    struct mu_observation *seen);

#endif

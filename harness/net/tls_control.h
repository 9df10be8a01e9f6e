/*
 * tls_control.h - mutual TLS of the control plane: the harness and an adapter in another enclave.
 *
 * TLS 1.3 only; the application protocol muster-sap/1 on both sides; both sides show a certificate;
 * no tickets, so that each connection authenticates anew; no early data, which could be replayed; the
 * keys are never logged. A peer is whom we expect when its certificate holds, was issued by the PKI of
 * the control plane (net/pki.h) and names the URI wanted, or when its key is one of those pinned:
 * a pinned key needs no authority of ours, and where pins are given, no other key will do. All else that
 * is asked for (URI, name, dates, purpose) must hold in any case.
 *
 * Whatever does not hold is one sentence that says which check failed and what was there, because the
 * one who has to mend it sits in another country with a telephone. The refusing side also sends an alert.
 * In TLS 1.3 the side that dialled learns of a refusal only when it reads: mu_control_explain() makes
 * the same kind of sentence of that.
 */
#ifndef MU_NET_TLS_CONTROL_H
#define MU_NET_TLS_CONTROL_H

#include <openssl/x509.h>

#include "core/endpoint.h"
#include "net/pki.h"
#include "net/stream.h"
#include "net/tls.h"

/* Before the first fork. `anchors` NULL: only pinned keys will do. */
bool mu_control_new(struct mu_arena *arena, const struct mu_identity *identity, const char *anchors,
                    bool server, struct mu_tls **tls, struct mu_err *err) MU_MUST_USE;

/* Handshake on a stream that has said nothing yet. `peer` is kept while the stream lives. MU_ERR_TLS
 * with the sentence, also when the peer fell silent or hung up. */
bool mu_control_start(struct mu_stream *s, const struct mu_tls *tls,
                      const struct mu_control_peer *peer, struct mu_err *err) MU_MUST_USE;

/* Reading or writing failed with `err`: if that was the peer's refusal, say so as MU_ERR_TLS. */
void mu_control_explain(const struct mu_stream *s, struct mu_err *err);

/* Does the first certificate in a PEM file name this URI? */
bool mu_control_names(struct mu_arena *arena, const char *path, const char *uri, bool *named,
                      struct mu_err *err) MU_MUST_USE;

/* The pin of a key; false when it cannot be written as DER. */
bool mu_tls_pin(const X509 *x, char pin[MU_PIN_TEXT]);

#endif

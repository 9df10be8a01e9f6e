/* sap_tls.h - SAP/1 over mutual TLS: an adapter in another enclave (net/tls_control.h). */
#ifndef MU_PROTO_SAP_TLS_H
#define MU_PROTO_SAP_TLS_H

#include "core/sap.h"
#include "net/stream.h"

/* Who we are and whom we trust: harness.chain.pem, harness.key and ca.pem of `pki`. */
bool mu_sap_tls_prepare(struct mu_arena *arena, const char *pki, bool server, struct mu_tls **tls,
                        struct mu_err *err) MU_MUST_USE;

/* Handshake on opening->in, a socket that stands or is on its way, by `deadline_ms`. MU_ERR_TLS with the
 * sentence, MU_ERR_IO when there was no connection. */
bool mu_sap_tls_open(struct mu_arena *arena, const struct mu_sap_opening *opening,
                     uint64_t deadline_ms, struct mu_stream **stream,
                     struct mu_err *err) MU_MUST_USE;

#endif

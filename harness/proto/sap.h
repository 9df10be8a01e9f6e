/* sap.h - the harness's side of SAP/1 (core/sap.h, docs/adapter-protocol.md). */
#ifndef MU_PROTO_SAP_H
#define MU_PROTO_SAP_H

#include "core/sap.h"

extern const struct mu_sap_calls mu_sap_calls;

/* The questions of an adapter-N.jsonl in their order, each with its answer; at most `room`. MU_ERR_PEER: a
 * line that no run writes, or more than that. */
bool mu_sap_stored_read(struct mu_arena *arena, struct mu_bytes lines, struct mu_sap_stored *out,
                        size_t room, size_t *n, struct mu_err *err) MU_MUST_USE;

/* Is it what a request asks? */
bool mu_sap_stored_asks(struct mu_arena *arena, const struct mu_sap_stored *stored,
                        const struct mu_sap_request *request);

#endif

/*
 * sap_record.h - what an adapter and its harness said to each other, in a file, and an adapter made of it.
 *
 * A record is JSON Lines: first what it is and whose nonce the run had, then each line that went one way
 * or the other, as text, with the milliseconds since the first. A replay answers a request as the
 * record did: it finds it by what it asks (its members in any order, without id and deadline), which is
 * the same in a run with the same nonce. Handshake probes it answers itself.
 */
#ifndef MU_PROTO_SAP_RECORD_H
#define MU_PROTO_SAP_RECORD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define MU_SAP_RECORD_SCHEMA "muster-adapter-record/1"

/* What stands in the first line. `hello` is the first line of the harness, of which run, nonce and
 * harness are told. One line with its LF. */
void mu_sap_record_head(struct mu_buf *out, struct mu_bytes hello, const char *version,
                        char *const *command);

/* One line of either side, without its LF. */
void mu_sap_record_line(struct mu_buf *out, bool harness, uint64_t ms, struct mu_bytes line);

struct mu_sap_replay;

/* Before the seal: what the JSON reader wants to open. */
void mu_sap_replay_start(void);

/* Read a record. MU_ERR_PROFILE with file and line for what is none. */
bool mu_sap_replay_load(struct mu_arena *arena, struct mu_bytes record, const char *name,
                        struct mu_sap_replay **replay, struct mu_err *err) MU_MUST_USE;

/* Be the adapter until bye or the end of the input; what is not found is said to `say` (standard
 * error), a line each. */
bool mu_sap_replay_serve(struct mu_sap_replay *replay, int in, int out, int say,
                         struct mu_err *err) MU_MUST_USE;

#endif

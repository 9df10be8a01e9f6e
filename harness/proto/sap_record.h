/*
 * sap_record.h - what an adapter and its harness said to each other, in a file, and an adapter made of it.
 *
 * A record is JSON Lines and holds one run: each life of the adapter begins with a line that says what
 * this is, the number of the life, and whose nonce the run has; then each line that went one way or the
 * other, as text, with the milliseconds since the life began; at last how it ended. Lives that go on at
 * the same time stand between each other; each line says whose it is.
 *
 * A replay answers a request as the record did: it finds it by what it asks (its members in any order,
 * without id and deadline), which is the same in a run with the same nonce. Handshake probes it answers
 * itself. It plays one life: what that life left without an answer gets none, and when all that it was
 * asked has been asked, the replay ends as the life did.
 */
#ifndef MU_PROTO_SAP_RECORD_H
#define MU_PROTO_SAP_RECORD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define MU_SAP_RECORD_SCHEMA "muster-adapter-record/1"
#define MU_SAP_RECORD_MARK   "{\"schema\":" /* how the first line of a life begins, and no other */

/* The first line of life `life`, from 1. `hello` is the first line of the harness, of which run and nonce
 * are told; `place` tells two runs with one nonce apart. Each of these is one line with its LF. */
void mu_sap_record_head(struct mu_buf *out, uint32_t life, struct mu_bytes hello, const char *place,
                        const char *version, char *const *command);

/* One line of either side, without its LF; `half`: it has none. */
void mu_sap_record_line(struct mu_buf *out, uint32_t life, bool harness, uint64_t ms,
                        struct mu_bytes line, bool half);

/* One side has hung up, and the other was still there. */
void mu_sap_record_closed(struct mu_buf *out, uint32_t life, bool harness, uint64_t ms);

/* The adapter is gone, with the status of waitpid(2). */
void mu_sap_record_ended(struct mu_buf *out, uint32_t life, uint64_t ms, int status);

/* A member that is text, of a head or a hello, in `arena`; "" where there is none. */
const char *mu_sap_record_member(struct mu_arena *arena, struct mu_bytes line, const char *name);

struct mu_sap_replay;

/* Before the seal: what the JSON reader wants to open. */
void mu_sap_replay_start(void);

/* Read a record to play its life `life`, from 1. MU_ERR_PROFILE with file and line for what is none. */
bool mu_sap_replay_load(struct mu_arena *arena, struct mu_bytes record, const char *name,
                        uint32_t life, struct mu_sap_replay **replay,
                        struct mu_err *err) MU_MUST_USE;

/* Be the adapter until bye, the end of the input, or the end of the life, whose exit status *status is; what
 * is not found is said to `say` (standard error), a line each. */
bool mu_sap_replay_serve(struct mu_sap_replay *replay, int in, int out, int say, int *status,
                         struct mu_err *err) MU_MUST_USE;

#endif

/*
 * token.h - the name under which a message is known on its way: recipient, return path, Message-ID.
 *
 * "mu" + case index, attempt, message number, check, in lower-case hexadecimal; 20 bytes, safe in
 * any mailbox name. The check is keyed with the run, so that mail of an earlier run is "unclaimed"
 * and never taken for this run's.
 */
#ifndef MU_CORE_TOKEN_H
#define MU_CORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define MU_TOKEN_BYTES 20
#define MU_TOKEN_TEXT  (MU_TOKEN_BYTES + 1)

struct mu_token {
    uint32_t index;  /* of the planned case, below 2^24          */
    uint8_t attempt; /* 1 is the first                           */
    uint8_t message; /* number of the message within the attempt */
};

/* The key of a run's tokens and salts: made of the nonce that was given, or else of its id. */
uint64_t mu_token_run_key(const char *nonce, const char *run_id);

void mu_token_write(uint64_t run_key, struct mu_token token, char text[MU_TOKEN_TEXT]);

/* Find the first token of this run in foreign bytes (a mailbox, a header block). */
bool mu_token_find(uint64_t run_key, struct mu_bytes where, struct mu_token *token);

#endif

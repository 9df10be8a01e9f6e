/* digest.h - SHA-256 (FIPS 180-4): the one digest of the house. The only file below net/ and
 * format/ that knows OpenSSL. */
#ifndef MU_BASE_DIGEST_H
#define MU_BASE_DIGEST_H

#include "base/bytes.h"

#define MU_DIGEST_BYTES 32
#define MU_DIGEST_TEXT  65 /* hexadecimal with its NUL */

void mu_digest(struct mu_bytes data, unsigned char out[MU_DIGEST_BYTES]);

/* Lower-case hexadecimal. */
void mu_digest_text(struct mu_bytes data, char out[MU_DIGEST_TEXT]);

/* SHA-256 over several pieces, as if they stood in a row. */
void mu_digest_pieces(const struct mu_bytes *piece, size_t count,
                      unsigned char out[MU_DIGEST_BYTES]);

/* HMAC-SHA-256 (RFC 2104): a digest that says nothing to whoever does not have the key. */
struct mu_digest_key {
    unsigned char inner[64], outer[64]; /* one block each: the key with its two masks */
};
void mu_digest_key(struct mu_bytes key, struct mu_digest_key *out);
void mu_digest_keyed(const struct mu_digest_key *key, struct mu_bytes data,
                     unsigned char out[MU_DIGEST_BYTES]);

#endif

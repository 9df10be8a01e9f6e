/* digest.h - SHA-256 (FIPS 180-4): the one digest of the house. The only file below net/ and
 * format/ that knows OpenSSL. */
#ifndef MU_BASE_DIGEST_H
#define MU_BASE_DIGEST_H

#include "base/bytes.h"
#include "base/err.h"

#define MU_DIGEST_BYTES 32
#define MU_DIGEST_TEXT  65 /* hexadecimal with its NUL */

void mu_digest(struct mu_bytes data, unsigned char out[MU_DIGEST_BYTES]);

/* Lower-case hexadecimal. */
void mu_digest_text(struct mu_bytes data, char out[MU_DIGEST_TEXT]);

/* SHA-256 over several pieces, as if they stood in a row. */
void mu_digest_pieces(const struct mu_bytes *piece, size_t count,
                      unsigned char out[MU_DIGEST_BYTES]);

/* Over the first `max` octets of an open file (negative: all of them), read in pieces; *octets: how many there
 * were. Its offset is not used. */
bool mu_digest_file(int fd, int64_t max, char out[MU_DIGEST_TEXT], int64_t *octets,
                    struct mu_err *err) MU_MUST_USE;

#endif

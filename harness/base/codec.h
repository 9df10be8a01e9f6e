/* codec.h - base64 (RFC 4648), hexadecimal, percent-encoding: strict readers that say where. */
#ifndef MU_BASE_CODEC_H
#define MU_BASE_CODEC_H

#include "base/arena.h"
#include "base/bytes.h"

/* What is wrong with a base64 text, if anything. */
enum mu_base64_defect {
    MU_BASE64_OK,
    MU_BASE64_CHARACTER, /* a byte outside the alphabet: white space, - or _, anything else */
    MU_BASE64_PADDING,   /* length no multiple of four, or = where none may stand           */
    MU_BASE64_BITS,      /* the unused bits of the last group are not zero (RFC 4648 3.5)   */
};

const char *mu_base64_defect_name(enum mu_base64_defect defect);

/*
 * Decode `text` strictly: RFC 4648 section 4 alphabet, padded, nothing else. OK fills *out (in
 * `arena`); otherwise *at is the offset of the first offending byte and *out what a tolerant reader
 * makes of it (bytes outside the alphabet skipped, missing padding forgiven, the first = is the end).
 */
enum mu_base64_defect mu_base64_read(struct mu_arena *arena, struct mu_bytes text,
                                     struct mu_bytes *out, size_t *at);

/* Padded, without line breaks. */
struct mu_bytes mu_base64_write(struct mu_arena *arena, struct mu_bytes data);

/* The same behind what `out` holds. */
void mu_base64_put(struct mu_buf *out, struct mu_bytes data);

/* Lower-case hexadecimal, NUL-terminated; `out` has room for 2n + 1. */
void mu_hex_write(const unsigned char *data, size_t n, char *out);

/* The value of a hexadecimal digit in either case, or -1. */
int mu_hex_digit(char c);

/* hex.n / 2 octets to `out`; false when it is no such text. */
bool mu_hex_read(struct mu_bytes hex, unsigned char *out);

#endif

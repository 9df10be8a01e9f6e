/* utf8.h - strict UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
#ifndef MU_BASE_UTF8_H
#define MU_BASE_UTF8_H

#include <stdint.h>

#include "base/bytes.h"

/*
 * The code point that starts at `b.p` in *code; returns its length 1 to 4, or 0 when the bytes
 * there are not UTF-8 (then one byte is the unit to skip). `b` is not empty.
 */
size_t mu_utf8_read(struct mu_bytes b, uint32_t *code);

/* Write `code` to `out` (room for 4); returns the length. */
size_t mu_utf8_write(uint32_t code, char *out);

/* Offset of the first byte that is not UTF-8; SIZE_MAX when all of it is. */
size_t mu_utf8_defect(struct mu_bytes b);

/* U+FDD0..FDEF and the last two of each plane: code points that are no characters. */
static inline int mu_utf8_noncharacter(uint32_t code)
{
    return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

#endif

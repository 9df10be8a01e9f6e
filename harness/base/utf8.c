#include "base/utf8.h"

size_t mu_utf8_read(struct mu_bytes b, uint32_t *code)
{
    /* The least code point that may take 2, 3, 4 bytes. */
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char first = (unsigned char) b.p[0];
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    size_t n = first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (n == 0 || n > b.n)
        return 0;
    uint32_t c = first & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char) b.p[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (next & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

size_t mu_utf8_write(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char) code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char) (0xc0 | code >> 6);
        out[1] = (char) (0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char) (0xe0 | code >> 12);
        out[1] = (char) (0x80 | (code >> 6 & 0x3f));
        out[2] = (char) (0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char) (0xf0 | code >> 18);
    out[1] = (char) (0x80 | (code >> 12 & 0x3f));
    out[2] = (char) (0x80 | (code >> 6 & 0x3f));
    out[3] = (char) (0x80 | (code & 0x3f));
    return 4;
}

/* Eight bytes of US-ASCII at `i`? */
static bool eight_ascii(struct mu_bytes b, size_t i)
{
    uint64_t word;
    if (b.n - i < sizeof word)
        return false;
    memcpy(&word, b.p + i, sizeof word);
    return (word & 0x8080808080808080U) == 0;
}

size_t mu_utf8_defect(struct mu_bytes b)
{
    for (size_t i = 0; i < b.n;) {
        uint32_t code;
        if (eight_ascii(b, i)) {
            i += 8;
            continue;
        }
        size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
        if (n == 0)
            return i;
        i += n;
    }
    return SIZE_MAX;
}

#include "base/codec.h"

#include <assert.h>
#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* clang-format off */
static const unsigned char sextet[256] = { /* 0..63, or 64 for a byte outside the alphabet */
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};
/* clang-format on */

/* Whole groups up to the first that holds anything but the alphabet; returns how much text they are. */
static size_t read_groups(struct mu_bytes text, char *data)
{
    const unsigned char *p = (const unsigned char *) text.p;
    size_t i = 0;
    for (; text.n - i >= 4; i += 4) {
        uint32_t a = sextet[p[i]], b = sextet[p[i + 1]], c = sextet[p[i + 2]], d = sextet[p[i + 3]];
        if ((a | b | c | d) > 63)
            break;
        uint32_t group = a << 18 | b << 12 | c << 6 | d;
        *data++ = (char) (group >> 16);
        *data++ = (char) (group >> 8);
        *data++ = (char) group;
    }
    return i;
}

const char *mu_base64_defect_name(enum mu_base64_defect defect)
{
    static const char *const name[] = {
        [MU_BASE64_OK] = "ok",
        [MU_BASE64_CHARACTER] = "base64 character",
        [MU_BASE64_PADDING] = "base64 padding",
        [MU_BASE64_BITS] = "base64 bits",
    };
    assert((size_t) defect < MU_COUNT(name));
    return name[defect];
}

struct reader {
    enum mu_base64_defect defect;
    size_t at;
};

static void note(struct reader *r, enum mu_base64_defect defect, size_t at)
{
    if (r->defect == MU_BASE64_OK) {
        r->defect = defect;
        r->at = at;
    }
}

/* How many = a strict text may end in, given how many letters stand before them. */
static size_t padding_for(size_t count)
{
    static const size_t padding[] = { 0, SIZE_MAX, 2, 1 };
    return padding[count % 4];
}

enum mu_base64_defect mu_base64_read(struct mu_arena *arena, struct mu_bytes text,
                                     struct mu_bytes *out, size_t *at)
{
    struct reader r = { MU_BASE64_OK, 0 };
    char *data = mu_arena_alloc(arena, text.n / 4 * 3 + 4);
    size_t begin = read_groups(text, data);
    size_t n = begin / 4 * 3, count = begin, padding = 0;
    uint32_t group = 0;

    for (size_t i = begin; i < text.n; i++) {
        uint32_t six = sextet[(unsigned char) text.p[i]];
        if (six > 63) {
            if (text.p[i] != '=')
                note(&r, MU_BASE64_CHARACTER, i);
            else if (++padding > padding_for(count))
                note(&r, MU_BASE64_PADDING, i);
            continue;
        }
        if (padding > 0) { /* RFC 2045 6.8: the data ended with the first = */
            note(&r, MU_BASE64_PADDING, i);
            continue;
        }
        group = group << 6 | six;
        if (++count % 4 == 0) {
            data[n++] = (char) (group >> 16);
            data[n++] = (char) (group >> 8);
            data[n++] = (char) group;
            group = 0;
        }
    }
    if (count % 4 == 2) {
        data[n++] = (char) (group >> 4);
        if ((group & 0xf) != 0)
            note(&r, MU_BASE64_BITS, text.n - 1 - padding);
    } else if (count % 4 == 3) {
        data[n++] = (char) (group >> 10);
        data[n++] = (char) (group >> 2);
        if ((group & 0x3) != 0)
            note(&r, MU_BASE64_BITS, text.n - 1 - padding);
    }
    if (padding != padding_for(count))
        note(&r, MU_BASE64_PADDING, text.n > 0 ? text.n - 1 : 0);
    *out = (struct mu_bytes){ data, n };
    if (r.defect != MU_BASE64_OK)
        *at = r.at;
    return r.defect;
}

static char *write_group(char *to, uint32_t group)
{
    to[0] = alphabet[group >> 18];
    to[1] = alphabet[group >> 12 & 63];
    to[2] = alphabet[group >> 6 & 63];
    to[3] = alphabet[group & 63];
    return to + 4;
}

static void write_text(struct mu_bytes data, char *to)
{
    const unsigned char *p = (const unsigned char *) data.p;
    size_t i = 0;
    for (; i + 3 <= data.n; i += 3)
        to = write_group(to, (uint32_t) p[i] << 16 | (uint32_t) p[i + 1] << 8 | p[i + 2]);
    if (i == data.n)
        return;
    uint32_t last = (uint32_t) p[i] << 16 | (i + 1 < data.n ? (uint32_t) p[i + 1] << 8 : 0);
    write_group(to, last);
    to[3] = '=';
    if (i + 1 == data.n)
        to[2] = '=';
}

static size_t text_size(struct mu_bytes data)
{
    return (data.n + 2) / 3 * 4;
}

struct mu_bytes mu_base64_write(struct mu_arena *arena, struct mu_bytes data)
{
    char *text = mu_arena_alloc(arena, text_size(data) + 1);
    write_text(data, text);
    return (struct mu_bytes){ text, text_size(data) };
}

void mu_base64_put(struct mu_buf *out, struct mu_bytes data)
{
    write_text(data, mu_buf_grow(out, text_size(data)));
}

void mu_hex_write(const unsigned char *data, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[data[i] >> 4];
        out[2 * i + 1] = digit[data[i] & 15];
    }
    out[2 * n] = '\0';
}

int mu_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool mu_hex_read(struct mu_bytes hex, unsigned char *out)
{
    int bad = 0; /* looked at once: digests are read by the hundred thousand */
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        int high = mu_hex_digit(hex.p[i]), low = mu_hex_digit(hex.p[i + 1]);
        bad |= high | low;
        out[i / 2] = (unsigned char) ((unsigned) high << 4 | (unsigned) low);
    }
    return bad >= 0 && hex.n % 2 == 0;
}

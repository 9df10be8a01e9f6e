#include "base/codec.h"

#include <assert.h>
#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0..63, or -1 for a byte outside the alphabet. */
static int sextet(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
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

/* How many = a strict text may end in, given how many sextets stand before them. */
static size_t padding_for(size_t sextets)
{
    static const size_t padding[] = { 0, SIZE_MAX, 2, 1 };
    return padding[sextets % 4];
}

enum mu_base64_defect mu_base64_read(struct mu_arena *arena, struct mu_bytes text,
                                     struct mu_bytes *out, size_t *at)
{
    struct reader r = { MU_BASE64_OK, 0 };
    char *data = mu_arena_alloc(arena, text.n / 4 * 3 + 4);
    size_t n = 0, sextets = 0, padding = 0;
    uint32_t group = 0;

    for (size_t i = 0; i < text.n; i++) {
        int six = sextet((unsigned char) text.p[i]);
        if (six < 0) {
            if (text.p[i] != '=')
                note(&r, MU_BASE64_CHARACTER, i);
            else if (++padding > padding_for(sextets))
                note(&r, MU_BASE64_PADDING, i);
            continue;
        }
        if (padding > 0) { /* RFC 2045 6.8: the data ended with the first = */
            note(&r, MU_BASE64_PADDING, i);
            continue;
        }
        group = group << 6 | (uint32_t) six;
        if (++sextets % 4 == 0) {
            data[n++] = (char) (group >> 16);
            data[n++] = (char) (group >> 8);
            data[n++] = (char) group;
            group = 0;
        }
    }
    if (sextets % 4 == 2) {
        data[n++] = (char) (group >> 4);
        if ((group & 0xf) != 0)
            note(&r, MU_BASE64_BITS, text.n - 1 - padding);
    } else if (sextets % 4 == 3) {
        data[n++] = (char) (group >> 10);
        data[n++] = (char) (group >> 2);
        if ((group & 0x3) != 0)
            note(&r, MU_BASE64_BITS, text.n - 1 - padding);
    }
    if (padding != padding_for(sextets))
        note(&r, MU_BASE64_PADDING, text.n > 0 ? text.n - 1 : 0);
    *out = (struct mu_bytes){ data, n };
    if (r.defect != MU_BASE64_OK)
        *at = r.at;
    return r.defect;
}

struct mu_bytes mu_base64_write(struct mu_arena *arena, struct mu_bytes data)
{
    char *text = mu_arena_alloc(arena, (data.n + 2) / 3 * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < data.n; i += 3) {
        size_t left = data.n - i;
        uint32_t group = (uint32_t) (unsigned char) data.p[i] << 16;
        if (left > 1)
            group |= (uint32_t) (unsigned char) data.p[i + 1] << 8;
        if (left > 2)
            group |= (unsigned char) data.p[i + 2];
        text[n++] = alphabet[group >> 18];
        text[n++] = alphabet[group >> 12 & 63];
        text[n++] = left > 1 ? alphabet[group >> 6 & 63] : '=';
        text[n++] = left > 2 ? alphabet[group & 63] : '=';
    }
    return (struct mu_bytes){ text, n };
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

#include <stdlib.h>

#include "format/ber.h"

void mu_ber_put(struct mu_buf *out, enum mu_ber_class class, bool constructed, unsigned tag,
                struct mu_bytes content)
{
    mu_buf_putc(out, (char) ((unsigned) class << 6 | (constructed ? 0x20U : 0U) | tag));
    if (content.n < 0x80)
        mu_buf_putc(out, (char) content.n);
    else {
        unsigned octets = 1;
        while (content.n >> 8 * octets != 0)
            octets++;
        mu_buf_putc(out, (char) (0x80 | octets));
        while (octets-- > 0)
            mu_buf_putc(out, (char) (content.n >> 8 * octets & 0xff));
    }
    mu_buf_put_bytes(out, content);
}

void mu_ber_put_integer(struct mu_buf *out, int64_t value)
{
    char octet[sizeof value];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < sizeof octet; i++)
        octet[i] = (char) (bits >> 8 * (sizeof octet - 1 - i) & 0xff);
    size_t skip = 0; /* octets that only repeat the sign of the next */
    while (skip + 1 < sizeof octet
           && ((octet[skip] == 0 && (octet[skip + 1] & 0x80) == 0)
               || ((unsigned char) octet[skip] == 0xff && (octet[skip + 1] & 0x80) != 0)))
        skip++;
    mu_ber_put(out, MU_BER_UNIVERSAL, false, MU_BER_INTEGER,
               (struct mu_bytes){ octet + skip, sizeof octet - skip });
}

struct mu_bytes mu_ber_bits_content(struct mu_arena *arena, const uint64_t *number, size_t numbers)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < numbers; i++)
        bits = number[i] + 1 > bits ? number[i] + 1 : bits;
    size_t octets = 1 + (size_t) (bits + 7) / 8;
    char *octet = mu_arena_alloc(arena, octets);
    octet[0] = (char) (8 * (octets - 1) - bits);
    for (size_t i = 0; i < numbers; i++) {
        char *in = &octet[1 + number[i] / 8];
        *in = (char) (*in | 0x80 >> number[i] % 8);
    }
    return (struct mu_bytes){ octet, octets };
}

int mu_ber_compare(struct mu_bytes a, struct mu_bytes b)
{
    size_t both = a.n < b.n ? a.n : b.n;
    int order = both > 0 ? memcmp(a.p, b.p, both) : 0;
    if (order != 0)
        return order;
    for (struct mu_bytes rest = mu_bytes_from(a.n > b.n ? a : b, both); rest.n > 0;
         rest = mu_bytes_from(rest, 1))
        if (*rest.p != 0)
            return a.n > b.n ? 1 : -1;
    return 0;
}

static int by_octets(const void *a, const void *b)
{
    return mu_ber_compare(*(const struct mu_bytes *) a, *(const struct mu_bytes *) b);
}

void mu_ber_put_set_of(struct mu_buf *out, enum mu_ber_class class, unsigned tag,
                       struct mu_bytes *element, size_t elements)
{
    struct mu_buf content = { .arena = out->arena };
    if (elements > 1)
        qsort(element, elements, sizeof *element, by_octets);
    for (size_t i = 0; i < elements; i++)
        mu_buf_put_bytes(&content, element[i]);
    mu_ber_put(out, class, true, tag, mu_buf_bytes(&content));
}

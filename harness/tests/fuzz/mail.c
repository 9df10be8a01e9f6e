/* A message: every place lies in it, parts lie in their parents, and reading loses no octet of a header. */
#include "format/mail.h"

#include "tests/fuzz/fuzz.h"

static void fuzz_start(void)
{
}

static void check_header(struct mu_bytes input, const struct mu_header *h)
{
    HOLDS(h->offset <= input.n && h->octets <= input.n - h->offset && h->octets > 0);
    struct mu_bytes whole = mu_bytes_slice(input, h->offset, h->octets);
    HOLDS(fuzz_inside(h->name, whole) && fuzz_inside(h->raw, whole));
    HOLDS(h->value_offset + h->raw.n == h->offset + h->octets);
    HOLDS(h->value.n <= h->raw.n && h->lines > 0 && h->longest_line <= h->octets);
    HOLDS(h->key == NULL || strlen(h->key) == h->name.n);
    HOLDS(mu_bytes_equal(mu_bytes_trim(h->value), h->value));
    HOLDS(memchr(h->value.n > 0 ? h->value.p : "", '\n', h->value.n) == NULL);
}

static size_t check_part(struct mu_arena *arena, struct mu_bytes input, const struct mu_part *part)
{
    size_t entities = 1, from = part->body_offset;
    HOLDS(part->offset <= from && from <= input.n && part->body.n <= input.n - from);
    HOLDS(part->body.n == 0 || part->body.p == input.p + from);
    HOLDS(part->headers <= MU_HEADERS_MAX && part->type != NULL && part->encoding != NULL);
    HOLDS(part->longest_line <= input.n && part->lines <= input.n);
    for (size_t i = 0; i < part->headers; i++)
        check_header(input, &part->header[i]);
    for (size_t i = 0; i < part->parts; i++) {
        const struct mu_part *child = &part->part[i];
        HOLDS(child->offset >= from
              && (child->body.n == 0 || fuzz_inside(child->body, part->body)));
        HOLDS(i == 0 || child->offset >= part->part[i - 1].body_offset + part->part[i - 1].body.n);
        entities += check_part(arena, input, child);
    }
    struct mu_bytes decoded = mu_part_decode(arena, part);
    HOLDS(decoded.n <= part->body.n);
    return entities;
}

static size_t octets_of(struct mu_bytes input, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < input.n; i++)
        count += input.p[i] == c;
    return count;
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    const struct mu_mail *mail = mu_mail_read(arena, input);
    struct mu_bytes top = mail->top.body;
    HOLDS(check_part(arena, input, &mail->top) <= MU_PARTS_MAX);
    HOLDS(mail->top.body_offset + top.n == input.n);
    HOLDS(mail->nul == octets_of(input, '\0'));
    HOLDS(mail->bare_lf <= octets_of(input, '\n') && mail->bare_cr <= octets_of(input, '\r'));
    for (size_t i = 0; i < mail->defects; i++)
        HOLDS(mail->defect[i].offset <= input.n && mail->defect[i].count > 0);
    for (size_t i = 0; i < mail->top.headers; i++) {
        int64_t strict = 0, tolerant = 0;
        struct mu_bytes value = mail->top.header[i].value;
        bool good = mu_mail_date(value, false, &strict);
        HOLDS(!good || (mu_mail_date(value, true, &tolerant) && tolerant == strict));
        size_t at = 0;
        HOLDS(!mu_mail_has_encoded_word(value, &at) || at < value.n);
    }
}

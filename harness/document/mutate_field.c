/* Operators on how a header field is written: what RFC 5322 allows and hardly anybody expects, and
 * what it forbids and some readers forgive. */
#include "document/mutate_ops.h"

#include "base/codec.h"
#include "base/limits.h"

/* The places of a field where a space stands outside quoted strings, or a fold: a fold may stand there. */
static size_t blank_of(const struct mu_mutation *m, const struct mu_header *header)
{
    size_t *at = mu_arena_array(m->arena, header->raw.n + 1, sizeof *at), places = 0;
    bool quoted = false;
    for (size_t i = 0; i + 2 < header->raw.n; i++) {
        if (header->raw.p[i] == '"')
            quoted = !quoted;
        bool fold = header->raw.p[i] == '\r' && header->raw.p[i + 1] == '\n';
        if (fold && !quoted)
            at[places++] = i;
    }
    return places > 0 ? header->value_offset + at[mu_edit_choose(m, places)]
                      : mu_edit_value_end(header);
}

/* RFC 5322 4.2 (obs-FWS): a continuation line of nothing but white space. Some readers take it for the
 * empty line that ends the header. */
MU_OCTETS(mu_mutate_header_fold_blank)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    *message = mu_edit_splice(m->arena, *message, blank_of(m, header), 0, MU_BYTES("\r\n \t "));
    return true;
}

/* RFC 5322 4.5 (obs-optional): white space between the name and the colon. */
MU_OCTETS(mu_mutate_header_space_colon)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    *message =
        mu_edit_splice(m->arena, *message, header->offset + header->name.n, 0, MU_BYTES(" "));
    return true;
}

/* RFC 5322 1.2.2: names are the same in any letter case. */
MU_OCTETS(mu_mutate_header_case)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    char *name = mu_bytes_dup(m->arena, header->name);
    size_t letters = 0, chosen = mu_edit_choose(m, 1 << 16) | 1; /* the first letter always */
    for (char *p = name; *p != '\0'; p++)
        if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
            *p = (char) ((chosen >> (letters++ % 16) & 1) != 0 ? *p ^ 0x20 : *p);
    if (mu_bytes_equal(mu_bytes_of(name), header->name))
        return mu_fail(err, MU_ERR_PROFILE, "the name has no letter");
    *message =
        mu_edit_splice(m->arena, *message, header->offset, header->name.n, mu_bytes_of(name));
    return true;
}

/* The first field of that name leaves the header: *field is what it was, *rest the message without it. */
static bool take_out(const struct mu_mutation *m, struct mu_bytes message, struct mu_bytes *field,
                     struct mu_bytes *rest, struct mu_err *err)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, message, m->on, &header, err));
    *field = mu_bytes_slice(message, header->offset, header->octets);
    *rest = mu_edit_splice(m->arena, message, header->offset, header->octets, MU_BYTES(""));
    return true;
}

MU_OCTETS(mu_mutate_header_to_body)
{
    struct mu_bytes field, rest;
    TRY(take_out(m, *message, &field, &rest, err));
    size_t body = mu_mail_read(m->arena, rest)->top.body_offset;
    *message = mu_edit_splice(m->arena, rest, body, 0, field);
    return true;
}

MU_OCTETS(mu_mutate_header_to_top)
{
    struct mu_bytes field, rest;
    TRY(take_out(m, *message, &field, &rest, err));
    if (mu_bytes_equal(mu_bytes_slice(*message, 0, field.n), field))
        return mu_fail(err, MU_ERR_PROFILE, "field '%s' is the first one", m->on);
    *message = mu_edit_splice(m->arena, rest, 0, 0, field);
    return true;
}

/* An RFC 5322 comment at the end of the value. */
MU_OCTETS(mu_mutate_header_comment)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    const char *text = m->value[0] != '\0' ? m->value : "EXERCISE";
    if (strpbrk(text, "()\\") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in a comment", text);
    const char *comment = mu_arena_printf(m->arena, " (%s)", text);
    *message =
        mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, mu_bytes_of(comment));
    return true;
}

/* Bytes that the value says in hexadecimal digits, in the middle of the field's value. */
bool mu_edit_hex(const struct mu_mutation *m, struct mu_bytes *octets, struct mu_err *err)
{
    struct mu_buf out = { .arena = m->arena };
    size_t n = strlen(m->value);
    for (size_t i = 0; i + 1 < n; i += 2) {
        int high = mu_hex_digit(m->value[i]), low = mu_hex_digit(m->value[i + 1]);
        if (high < 0 || low < 0)
            break;
        mu_buf_putc(&out, (char) (high << 4 | low));
    }
    if (n == 0 || n % 2 != 0 || out.n != n / 2)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' are no octets in hexadecimal digits", m->value);
    *octets = mu_buf_bytes(&out);
    return true;
}

MU_OCTETS(mu_mutate_header_octets)
{
    const struct mu_header *header;
    struct mu_bytes octets;
    TRY(mu_edit_hex(m, &octets, err));
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    *message = mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, octets);
    return true;
}

/* The field has so many octets in all; its lines stay short. In a parameter list an unknown parameter
 * takes them (RFC 7444 4: it is ignored, so the label means what it meant). */
MU_OCTETS(mu_mutate_header_size)
{
    const struct mu_header *header;
    size_t octets;
    TRY(mu_edit_number(m, 1, 0, &octets, err));
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    bool list = strncmp(header->key, "sio-label", 9) == 0;
    struct mu_bytes open = list ? MU_BYTES(";\r\n x-filler=\"") : MU_BYTES("\r\n ");
    struct mu_bytes close = list ? MU_BYTES("\"") : MU_BYTES("");
    size_t fixed = header->octets + open.n + close.n;
    if (octets < fixed + 100)
        return mu_fail(err, MU_ERR_PROFILE, "field of %zu octets cannot be made %zu octets long",
                       header->octets, octets);
    struct mu_buf out = { .arena = m->arena };
    mu_buf_put_bytes(&out, open);
    for (size_t left = octets - fixed; left > 0;) {
        size_t fill = left > 80 ? 70 : left; /* never a rest that only a fold could fill */
        mu_edit_fill(&out, fill);
        left -= fill;
        if (left > 0)
            mu_buf_puts(&out, "\r\n ");
        left -= left > 0 ? 3 : 0;
    }
    mu_buf_put_bytes(&out, close);
    *message = mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, mu_buf_bytes(&out));
    return true;
}

/* The whole header block has so many octets: one more field of many lines stands at its end. */
MU_OCTETS(mu_mutate_header_block)
{
    static const char name[] = "X-Exercise:";
    size_t octets, line = 72, frame = 3; /* blank and line end of each */
    TRY(mu_edit_number(m, 1, 0, &octets, err));
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    size_t body = mail->top.body_offset;
    if (mail->top.headers == 0 || octets < body + sizeof name + 1 + 2 * (line + frame))
        return mu_fail(err, MU_ERR_PROFILE, "header of %zu octets cannot be made %zu octets long",
                       body, octets);
    const struct mu_header *last = &mail->top.header[mail->top.headers - 1];
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, name);
    for (size_t left = octets - body - sizeof name + 1; left > 0;) {
        size_t fill = left >= 2 * (line + frame) ? line : left - frame;
        mu_buf_putc(&out, ' ');
        mu_edit_fill(&out, fill);
        mu_buf_puts(&out, "\r\n");
        left -= fill + frame;
    }
    *message =
        mu_edit_splice(m->arena, *message, last->offset + last->octets, 0, mu_buf_bytes(&out));
    return true;
}

#include "document/mutate_ops.h"

#include "base/limits.h"
#include "base/names.h"
#include "document/encode.h"

static bool drop(const struct mu_mutation *m, const char *key, struct mu_bytes *message,
                 struct mu_err *err)
{
    const struct mu_header *first;
    TRY(mu_edit_header(m, *message, key, &first, err));
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    struct mu_buf out = { .arena = m->arena };
    size_t from = 0;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *header = &mail->top.header[i];
        if (header->key == NULL || strcmp(header->key, key) != 0)
            continue;
        mu_buf_put_bytes(&out, mu_bytes_slice(*message, from, header->offset - from));
        from = header->offset + header->octets;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(*message, from));
    *message = mu_buf_bytes(&out);
    return true;
}

MU_OCTETS(mu_mutate_header_drop)
{
    return drop(m, m->on, message, err);
}

MU_OCTETS(mu_mutate_date_drop)
{
    return drop(m, "date", message, err);
}

/* The second field: of a label fixture, with a given value, or the same again. */
static bool second_field(const struct mu_mutation *m, const char *key, const char *value,
                         const struct mu_header *header, struct mu_bytes message,
                         struct mu_bytes *field, struct mu_err *err)
{
    if (value[0] == '\0') {
        *field = mu_bytes_slice(message, header->offset, header->octets);
        return true;
    }
    if (strcmp(key, "sio-label") == 0 && mu_name_is_id(value))
        return mu_edit_sio_of(m, value, field, err);
    struct mu_buf out = { .arena = m->arena };
    mu_buf_put_bytes(&out, header->name);
    mu_buf_printf(&out, ": %s\r\n", value);
    *field = mu_buf_bytes(&out);
    return true;
}

static bool duplicate(const struct mu_mutation *m, const char *key, struct mu_bytes *message,
                      struct mu_err *err)
{
    static const char before[] = "first:";
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, key, &header, err));
    bool first = strncmp(m->value, before, sizeof before - 1) == 0;
    const char *value = first ? m->value + sizeof before - 1 : m->value;
    struct mu_bytes field;
    TRY(second_field(m, key, value, header, *message, &field, err));
    size_t at = first ? header->offset : header->offset + header->octets;
    *message = mu_edit_splice(m->arena, *message, at, 0, field);
    return true;
}

MU_OCTETS(mu_mutate_header_duplicate)
{
    return duplicate(m, m->on, message, err);
}

MU_OCTETS(mu_mutate_from_duplicate)
{
    return duplicate(m, "from", message, err);
}

MU_OCTETS(mu_mutate_header_rename)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    if (m->value[0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs the new name in 'value'");
    *message =
        mu_edit_splice(m->arena, *message, header->offset, header->name.n, mu_bytes_of(m->value));
    return true;
}

MU_OCTETS(mu_mutate_header_set)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    const char *value = mu_arena_printf(m->arena, " %s", m->value);
    *message = mu_edit_splice(m->arena, *message, header->value_offset,
                              mu_edit_value_end(header) - header->value_offset, mu_bytes_of(value));
    return true;
}

MU_OCTETS(mu_mutate_header_add)
{
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    if (m->on[0] == '\0' || mail->top.headers == 0)
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs a header field in 'on'");
    const struct mu_header *last = &mail->top.header[mail->top.headers - 1];
    struct mu_buf field = { .arena = m->arena };
    mu_buf_printf(&field, "%s: ", m->on);
    for (const char *p = m->value; *p != '\0'; p++) { /* folded behind each semicolon */
        bool fold = p[0] == ';' && p[1] == ' ';
        mu_buf_puts(&field, fold ? ";\r\n" : (char[]){ *p, '\0' });
    }
    mu_buf_puts(&field, "\r\n");
    *message =
        mu_edit_splice(m->arena, *message, last->offset + last->octets, 0, mu_buf_bytes(&field));
    return true;
}

/* Parameters of the field; those of a MIME field begin after the first semicolon. */
static void parameters_of(const struct mu_mutation *m, const struct mu_header *header,
                          struct mu_parameters *list)
{
    bool mime = strncmp(header->key, "content-", 8) == 0;
    size_t skip = mime ? mu_bytes_find(header->raw, MU_BYTES(";"), 0) + 1 : 0;
    mu_parameters_read(m->arena, mu_bytes_from(header->raw, skip), header->value_offset + skip,
                       list);
}

MU_OCTETS(mu_mutate_header_refold)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    const char *name = m->value[0] != '\0' ? m->value : "label";
    struct mu_parameters list;
    parameters_of(m, header, &list);
    const struct mu_parameter *p = mu_parameter_find(&list, name);
    if (p == NULL || !p->quoted || p->value.n < 2)
        return mu_fail(err, MU_ERR_PROFILE, "field '%s' has no quoted parameter '%s' to fold",
                       m->on, name);
    /* Behind the byte before the middle: between two bytes of one quoted string. */
    size_t at = mu_parameter_offset(p, p->value.n / 2 - 1) + 1;
    *message = mu_edit_splice(m->arena, *message, at, 0, MU_BYTES("\r\n "));
    return true;
}

static struct mu_bytes encoded(const struct mu_mutation *m, struct mu_bytes value)
{
    struct mu_buf out = { .arena = m->arena };
    mu_encode_words(&out,
                    mu_bytes_slice(value, 0, 30)); /* one word: a fold would be a fault more */
    return mu_buf_bytes(&out);
}

MU_OCTETS(mu_mutate_header_encode_word)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    if (strcmp(m->on, "sio-label") != 0) {
        struct mu_buf out = { .arena = m->arena };
        mu_buf_putc(&out, ' ');
        mu_buf_put_bytes(&out, encoded(m, header->value));
        *message =
            mu_edit_splice(m->arena, *message, header->value_offset,
                           mu_edit_value_end(header) - header->value_offset, mu_buf_bytes(&out));
        return true;
    }
    const char *name = m->value[0] != '\0' ? m->value : "marking";
    struct mu_parameters list;
    parameters_of(m, header, &list);
    const struct mu_parameter *p = mu_parameter_find(&list, name);
    if (p == NULL || p->value.n == 0)
        return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no parameter '%s'", name);
    return mu_edit_set_parameter(m, message, name, encoded(m, p->value), true, err);
}

MU_OCTETS(mu_mutate_header_append_8bit)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    struct mu_bytes octets = m->value[0] != '\0' ? mu_bytes_of(m->value) : MU_BYTES("\xE9");
    size_t at = mu_edit_value_end(header);
    struct mu_parameters list = { 0 };
    if (strcmp(m->on, "sio-label") == 0)
        parameters_of(m, header, &list);
    /* In a parameter list, inside the first quoted string: the list itself stays well-formed. */
    for (size_t i = 0; i < list.parameters; i++)
        if (list.parameter[i].quoted && list.parameter[i].value.n > 0) {
            at = mu_parameter_offset(&list.parameter[i], list.parameter[i].value.n - 1) + 1;
            break;
        }
    *message = mu_edit_splice(m->arena, *message, at, 0, octets);
    return true;
}

MU_OCTETS(mu_mutate_header_long_line)
{
    static const char parameter[] = " x-filler=\"";
    const struct mu_header *header;
    size_t octets;
    TRY(mu_edit_number(m, 80, 1200, &octets, err));
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    struct mu_buf out = { .arena = m->arena };
    /* RFC 7444 4: unknown parameters are ignored, so the label means what it meant. */
    bool list =
        strncmp(header->key, "sio-label", 9) == 0 || strcmp(header->key, "content-type") == 0;
    mu_buf_puts(&out, list ? ";\r\n" : "\r\n ");
    if (list)
        mu_buf_puts(&out, parameter);
    mu_edit_fill(&out, octets - (list ? sizeof parameter : 1));
    if (list)
        mu_buf_putc(&out, '"');
    *message = mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, mu_buf_bytes(&out));
    return true;
}

/* One line, however long: what a writer does that knows nothing of RFC 2231 and of 998 octets. The
 * label's segments become one value again. */
MU_OCTETS(mu_mutate_header_unfold)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, m->on, &header, err));
    struct mu_buf out = { .arena = m->arena };
    struct mu_parameters list = { 0 };
    if (strcmp(m->on, "sio-label") == 0)
        parameters_of(m, header, &list);
    for (size_t i = 0; i < list.parameters; i++) {
        const struct mu_parameter *p = &list.parameter[i];
        const char *quote = p->quoted ? "\"" : "";
        mu_buf_printf(&out, "%s %s=%s", i > 0 ? ";" : "", p->name, quote);
        mu_buf_put_bytes(&out, p->value);
        mu_buf_puts(&out, quote);
    }
    if (list.parameters == 0) {
        mu_buf_putc(&out, ' ');
        mu_buf_put_bytes(&out, header->value);
    }
    *message = mu_edit_splice(m->arena, *message, header->value_offset,
                              mu_edit_value_end(header) - header->value_offset, mu_buf_bytes(&out));
    return true;
}

#include "document/mutate_ops.h"

static bool is_named(const struct mu_item *item, const char *name)
{
    return mu_bytes_equal_nocase(item->name, mu_bytes_of(name));
}

static bool need_on(const struct mu_mutation *m, struct mu_err *err)
{
    if (m->on[0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs a parameter in 'on'");
    return true;
}

MU_OCTETS(mu_mutate_sio_parameter_drop)
{
    const struct mu_header *header;
    struct mu_items items;
    TRY(need_on(m, err));
    TRY(mu_edit_items(m, *message, &header, &items, err));
    struct mu_buf out = { .arena = m->arena };
    size_t kept = 0;
    for (size_t i = 0; i < items.items; i++) {
        if (is_named(&items.item[i], m->on))
            continue;
        mu_buf_puts(&out, kept > 0 ? ";\r\n " : "");
        mu_buf_put_bytes(&out, items.item[i].text);
        kept++;
    }
    if (kept == items.items)
        return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no parameter '%s'", m->on);
    if (items.items == 0 || kept == 0)
        return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has only the parameter '%s'", m->on);
    size_t from = items.item[0].offset;
    *message = mu_edit_splice(m->arena, *message, from, mu_edit_value_end(header) - from,
                              mu_buf_bytes(&out));
    return true;
}

/* RFC 7444 4: colours are tokens, the other parameters quoted strings. */
static bool is_quoted(const char *name)
{
    static const char *const token[] = { "fgcolor", "bgcolor", "new-fgcolor", "new-bgcolor" };
    for (size_t i = 0; i < MU_COUNT(token); i++)
        if (strcmp(token[i], name) == 0)
            return false;
    return true;
}

MU_OCTETS(mu_mutate_sio_parameter_set)
{
    TRY(need_on(m, err));
    const struct mu_header *header;
    struct mu_items items;
    TRY(mu_edit_items(m, *message, &header, &items, err));
    for (size_t i = 0; i < items.items; i++)
        if (is_named(&items.item[i], m->on))
            return mu_edit_set_parameter(m, message, m->on, mu_bytes_of(m->value), is_quoted(m->on),
                                         err);
    return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no parameter '%s'", m->on);
}

MU_OCTETS(mu_mutate_sio_parameter_add)
{
    TRY(need_on(m, err));
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, "sio-label", &header, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, ";\r\n ");
    mu_buf_put_bytes(&out,
                     mu_edit_parameter(m->arena, m->on, mu_bytes_of(m->value), is_quoted(m->on)));
    *message = mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, mu_buf_bytes(&out));
    return true;
}

/* The last of at least two segments. */
static bool last_segment(const struct mu_mutation *m, struct mu_bytes message,
                         const struct mu_item **last, struct mu_err *err)
{
    const char *name = mu_edit_on(m, "label");
    const struct mu_header *header;
    struct mu_items items;
    TRY(mu_edit_items(m, message, &header, &items, err));
    const struct mu_item *found = NULL;
    for (size_t i = 0; i < items.items; i++)
        if (is_named(&items.item[i], name) && items.item[i].section > 0)
            found = &items.item[i];
    if (found == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "parameter '%s' of SIO-Label has no second segment",
                       name);
    *last = found;
    return true;
}

static size_t digits_of(const struct mu_item *item)
{
    size_t at = item->section_offset - item->offset, n = 0;
    while (at + n < item->text.n && item->text.p[at + n] >= '0' && item->text.p[at + n] <= '9')
        n++;
    return n;
}

MU_OCTETS(mu_mutate_sio_segment_gap)
{
    const struct mu_item *last;
    TRY(last_segment(m, *message, &last, err));
    const char *number = mu_arena_printf(m->arena, "%ld", last->section + 1);
    *message = mu_edit_splice(m->arena, *message, last->section_offset, digits_of(last),
                              mu_bytes_of(number));
    return true;
}

MU_OCTETS(mu_mutate_sio_segment_duplicate)
{
    const struct mu_item *last;
    TRY(last_segment(m, *message, &last, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, ";\r\n ");
    mu_buf_put_bytes(&out, last->text);
    *message =
        mu_edit_splice(m->arena, *message, last->offset + last->text.n, 0, mu_buf_bytes(&out));
    return true;
}

MU_OCTETS(mu_mutate_sio_segment_leading_zero)
{
    const struct mu_item *last;
    TRY(last_segment(m, *message, &last, err));
    *message = mu_edit_splice(m->arena, *message, last->section_offset, 0, MU_BYTES("0"));
    return true;
}

/* RFC 7444 5: what the label was, put behind the SIO-Label. */
MU_OCTETS(mu_mutate_sio_history_add)
{
    const struct mu_header *header;
    struct mu_bytes was;
    TRY(mu_edit_header(m, *message, "sio-label", &header, err));
    TRY(mu_edit_sio_of(m, m->value, &was, err));
    struct mu_bytes colon = MU_BYTES(":");
    struct mu_buf field = { .arena = m->arena };
    mu_buf_puts(&field, "SIO-Label-History:");
    mu_parameter_write(&field, "change", mu_bytes_of(mu_edit_on(m, "replace")), false, true);
    mu_parameter_write(&field, "changed-by", MU_BYTES("gateway.muster.test"), false, false);
    mu_parameter_write(&field, "changed-at", MU_BYTES("Mon, 23 Nov 2026 10:00:00 +0000"), true,
                       false);
    mu_buf_puts(&field, ";"); /* then the parameters of the fixture's own field */
    mu_buf_put_bytes(&field, mu_bytes_from(was, mu_bytes_find(was, colon, 0) + 1));
    *message = mu_edit_splice(m->arena, *message, header->offset + header->octets, 0,
                              mu_buf_bytes(&field));
    return true;
}

MU_OCTETS(mu_mutate_sio_trailing_semicolon)
{
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, "sio-label", &header, err));
    *message = mu_edit_splice(m->arena, *message, mu_edit_value_end(header), 0, MU_BYTES(";"));
    return true;
}

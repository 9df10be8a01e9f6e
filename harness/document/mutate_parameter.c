/* Operators on the RFC 2231 form of a SIO-Label's parameters: legal ones that few expect, and those
 * that leave two readings. */
#include "document/mutate_ops.h"

#include "base/codec.h"
#include "base/limits.h"
#include "base/names.h"

static bool is_named(const struct mu_item *item, const char *name)
{
    return mu_bytes_equal_nocase(item->name, mu_bytes_of(name));
}

/* The first item of the parameter, and the decoded parameter itself. */
static bool find(const struct mu_mutation *m, struct mu_bytes message, const char *name,
                 const struct mu_item **item, const struct mu_parameter **parameter,
                 struct mu_err *err)
{
    const struct mu_header *header;
    struct mu_items items;
    struct mu_parameters list;
    TRY(mu_edit_items(m, message, &header, &items, err));
    mu_parameters_read(m->arena, header->raw, header->value_offset, &list);
    *parameter = mu_parameter_find(&list, name);
    for (size_t i = 0; i < items.items && *parameter != NULL; i++)
        if (is_named(&items.item[i], name)) {
            struct mu_item *found = mu_new(m->arena, struct mu_item);
            *found = items.item[i];
            *item = found;
            return true;
        }
    return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no parameter '%s'", name);
}

/* The whole parameter as `name*=` and the value as it is given: charset, language, percent signs. */
MU_OCTETS(mu_mutate_sio_parameter_extended)
{
    const char *name = mu_edit_on(m, "marking");
    const struct mu_item *item;
    const struct mu_parameter *p;
    TRY(mu_edit_need_value(m, err));
    TRY(find(m, *message, name, &item, &p, err));
    if (p->segments > 1)
        return mu_fail(err, MU_ERR_PROFILE, "parameter '%s' stands in segments", name);
    const char *text = mu_arena_printf(m->arena, "%s*=%s", name, m->value);
    *message = mu_edit_splice(m->arena, *message, item->offset, item->text.n, mu_bytes_of(text));
    return true;
}

/* Octets in the middle of the value, as they are. */
MU_OCTETS(mu_mutate_sio_parameter_octets)
{
    const char *name = mu_edit_on(m, "marking");
    const struct mu_item *item;
    const struct mu_parameter *p;
    struct mu_bytes octets;
    TRY(mu_edit_hex(m, &octets, err));
    TRY(find(m, *message, name, &item, &p, err));
    if (p->value.n < 2)
        return mu_fail(err, MU_ERR_PROFILE, "parameter '%s' is too short", name);
    size_t at = mu_parameter_offset(p, p->value.n / 2 - 1) + 1;
    *message = mu_edit_splice(m->arena, *message, at, 0, octets);
    return true;
}

/* RFC 2045 5.1: names of parameters are the same in any letter case. Each segment gets its own. */
MU_OCTETS(mu_mutate_sio_parameter_case)
{
    const char *name = mu_edit_on(m, "label");
    const struct mu_header *header;
    struct mu_items items;
    TRY(mu_edit_items(m, *message, &header, &items, err));
    char *copy = mu_bytes_dup(m->arena, *message);
    size_t letters = 0, chosen = mu_edit_choose(m, 1 << 16) | 1; /* the first letter always */
    for (size_t i = 0; i < items.items; i++)
        for (size_t k = 0; is_named(&items.item[i], name) && k < items.item[i].name.n; k++) {
            char *p = &copy[items.item[i].offset + k];
            if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z' && (chosen >> (letters++ % 16) & 1) != 0)
                *p ^= 0x20;
        }
    if (letters == 0)
        return mu_fail(err, MU_ERR_PROFILE, "SIO-Label has no parameter '%s'", name);
    message->p = copy;
    return true;
}

static void put_percent(struct mu_buf *out, struct mu_bytes value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char) value.p[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (plain)
            mu_buf_putc(out, (char) c);
        else
            mu_buf_printf(out, "%%%02X", c);
    }
}

/* A second form of the same parameter beside the first. */
static bool put_beside(const struct mu_mutation *m, struct mu_bytes *message,
                       const struct mu_item *item, struct mu_bytes text, struct mu_err *err)
{
    (void) err;
    struct mu_buf out = { .arena = m->arena };
    mu_buf_put_bytes(&out, text);
    mu_buf_puts(&out, ";\r\n ");
    *message = mu_edit_splice(m->arena, *message, item->offset, 0, mu_buf_bytes(&out));
    return true;
}

/* What the second form says: the value given, or the same again. */
static struct mu_bytes beside_value(const struct mu_mutation *m, const struct mu_parameter *p)
{
    return m->value[0] != '\0' ? mu_bytes_of(m->value) : p->value;
}

MU_OCTETS(mu_mutate_sio_parameter_beside_starred)
{
    const char *name = mu_edit_on(m, "marking");
    const struct mu_item *item;
    const struct mu_parameter *p;
    TRY(find(m, *message, name, &item, &p, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_printf(&out, "%s*=utf-8''", name);
    put_percent(&out, beside_value(m, p));
    return put_beside(m, message, item, mu_buf_bytes(&out), err);
}

/* A label beside the label may be that of a fixture. */
MU_OCTETS(mu_mutate_sio_parameter_beside_plain)
{
    const char *name = mu_edit_on(m, "label");
    const struct mu_item *item;
    const struct mu_parameter *p;
    struct mu_message other;
    TRY(find(m, *message, name, &item, &p, err));
    struct mu_bytes value = beside_value(m, p);
    if (strcmp(name, "label") == 0 && mu_name_is_id(m->value)) {
        TRY(mu_edit_label_fixture(m, m->value, &other, err));
        value = mu_base64_write(m->arena, mu_label_write(m->arena, other.label));
    }
    struct mu_buf out = { .arena = m->arena };
    mu_buf_printf(&out, "%s=\"", name);
    mu_buf_put_bytes(&out, value);
    mu_buf_puts(&out, "\"");
    return put_beside(m, message, item, mu_buf_bytes(&out), err);
}

/* --- segments ----------------------------------------------------------------------------------------- */

/* The segments of one parameter, at least two. */
static bool segments_of(const struct mu_mutation *m, struct mu_bytes message, const char *name,
                        struct mu_items *segments, struct mu_err *err)
{
    const struct mu_header *header;
    struct mu_items items;
    TRY(mu_edit_items(m, message, &header, &items, err));
    *segments = (struct mu_items){ .item = mu_arena_array(m->arena, items.items + 1,
                                                          sizeof *segments->item) };
    for (size_t i = 0; i < items.items; i++)
        if (is_named(&items.item[i], name) && items.item[i].section >= 0)
            segments->item[segments->items++] = items.item[i];
    return segments->items >= 2
           || mu_fail(err, MU_ERR_PROFILE, "parameter '%s' of SIO-Label has no second segment",
                      name);
}

/* RFC 2231 3: segments may stand in any order. Two of them change places. */
MU_OCTETS(mu_mutate_sio_segment_reorder)
{
    struct mu_items s;
    TRY(segments_of(m, *message, mu_edit_on(m, "label"), &s, err));
    size_t first = mu_edit_choose(m, s.items - 1);
    const struct mu_item *a = &s.item[first], *b = &s.item[first + 1];
    struct mu_bytes before = b->text;
    *message = mu_edit_splice(m->arena, *message, b->offset, b->text.n, a->text);
    *message = mu_edit_splice(m->arena, *message, a->offset, a->text.n, before);
    return true;
}

MU_OCTETS(mu_mutate_sio_segment_drop_first)
{
    struct mu_items s;
    TRY(segments_of(m, *message, mu_edit_on(m, "label"), &s, err));
    *message = mu_edit_splice(m->arena, *message, s.item[0].offset,
                              s.item[1].offset - s.item[0].offset, MU_BYTES(""));
    return true;
}

/* RFC 2231 4.1: the first segment with its charset and percent-encoded, the others as they were. */
MU_OCTETS(mu_mutate_sio_segment_extended)
{
    const char *name = mu_edit_on(m, "label");
    struct mu_items s;
    TRY(segments_of(m, *message, name, &s, err));
    size_t open = mu_bytes_find(s.item[0].text, MU_BYTES("\""), 0);
    size_t close =
        open == SIZE_MAX ? SIZE_MAX : mu_bytes_find(s.item[0].text, MU_BYTES("\""), open + 1);
    if (close == SIZE_MAX || s.item[0].section != 0)
        return mu_fail(err, MU_ERR_PROFILE, "the first segment of '%s' is no quoted string", name);
    struct mu_buf out = { .arena = m->arena };
    mu_buf_printf(&out, "%s*0*=utf-8''", name);
    put_percent(&out, mu_bytes_slice(s.item[0].text, open + 1, close - open - 1));
    *message =
        mu_edit_splice(m->arena, *message, s.item[0].offset, s.item[0].text.n, mu_buf_bytes(&out));
    return true;
}

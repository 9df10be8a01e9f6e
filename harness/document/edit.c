#include "document/mutate_ops.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/names.h"
#include "document/encode.h"

struct mu_bytes mu_edit_splice(struct mu_arena *arena, struct mu_bytes message, size_t at,
                               size_t length, struct mu_bytes insert)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(message, 0, at));
    mu_buf_put_bytes(&out, insert);
    mu_buf_put_bytes(&out, mu_bytes_from(message, at + length));
    return mu_buf_bytes(&out);
}

bool mu_edit_header(const struct mu_mutation *m, struct mu_bytes message, const char *key,
                    const struct mu_header **header, struct mu_err *err)
{
    if (key[0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs a header field in 'on'");
    const struct mu_mail *mail = mu_mail_read(m->arena, message);
    const struct mu_header *found = mu_header_find(&mail->top, key);
    if (found == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no header field '%s'", key);
    *header = found;
    return true;
}

size_t mu_edit_value_end(const struct mu_header *header)
{
    size_t n = header->raw.n;
    if (n > 0 && header->raw.p[n - 1] == '\n')
        n--;
    if (n > 0 && header->raw.p[n - 1] == '\r')
        n--;
    return header->value_offset + n;
}

/* End of the item that starts at `at`: the semicolon outside quoted strings, or the end. */
static size_t item_end(struct mu_bytes value, size_t at)
{
    bool quoted = false;
    for (; at < value.n; at++) {
        char c = value.p[at];
        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ';' && !quoted)
            break;
    }
    return at < value.n ? at : value.n;
}

static void name_item(struct mu_item *item)
{
    size_t n = 0;
    while (n < item->text.n && strchr("*= \t\r\n", item->text.p[n]) == NULL)
        n++;
    item->name = mu_bytes_slice(item->text, 0, n);
    item->section = -1;
    if (n + 1 >= item->text.n || item->text.p[n] != '*' || item->text.p[n + 1] < '0'
        || item->text.p[n + 1] > '9')
        return;
    item->section_offset = item->offset + n + 1;
    item->section = 0;
    for (n++; n < item->text.n && item->text.p[n] >= '0' && item->text.p[n] <= '9'; n++)
        if (item->section < 100000)
            item->section = item->section * 10 + (item->text.p[n] - '0');
}

bool mu_edit_items(const struct mu_mutation *m, struct mu_bytes message,
                   const struct mu_header **header, struct mu_items *items, struct mu_err *err)
{
    TRY(mu_edit_header(m, message, "sio-label", header, err));
    struct mu_bytes value = (*header)->raw;
    size_t room = 1;
    for (size_t i = 0; i < value.n; i++)
        room += value.p[i] == ';';
    struct mu_items found = { .item = mu_arena_array(m->arena, room, sizeof *found.item) };
    for (size_t at = 0; at <= value.n && found.items < room;) {
        size_t end = item_end(value, at);
        struct mu_bytes text = mu_bytes_trim(mu_bytes_slice(value, at, end - at));
        at = end + 1;
        if (text.n == 0)
            continue;
        struct mu_item *item = &found.item[found.items++];
        item->text = text;
        item->offset = (*header)->value_offset + (size_t) (text.p - value.p);
        name_item(item);
    }
    *items = found;
    return true;
}

struct mu_bytes mu_edit_parameter(struct mu_arena *arena, const char *name, struct mu_bytes value,
                                  bool quote)
{
    struct mu_buf out = { .arena = arena };
    mu_parameter_write(&out, name, value, quote, true);
    return mu_bytes_trim(mu_buf_bytes(&out));
}

bool mu_edit_set_parameter(const struct mu_mutation *m, struct mu_bytes *message, const char *name,
                           struct mu_bytes value, bool quote, struct mu_err *err)
{
    const struct mu_header *header;
    struct mu_items items;
    TRY(mu_edit_items(m, *message, &header, &items, err));
    struct mu_buf out = { .arena = m->arena };
    size_t from = 0;
    bool written = false;
    for (size_t i = 0; i < items.items; i++) {
        const struct mu_item *item = &items.item[i];
        if (!mu_bytes_equal_nocase(item->name, mu_bytes_of(name)))
            continue;
        /* The separator before a dropped item goes with it: the first one always stays. */
        size_t start = written ? items.item[i - 1].offset + items.item[i - 1].text.n : item->offset;
        mu_buf_put_bytes(&out, mu_bytes_slice(*message, from, start - from));
        if (!written)
            mu_buf_put_bytes(&out, mu_edit_parameter(m->arena, name, value, quote));
        written = true;
        from = item->offset + item->text.n;
    }
    if (!written) {
        from = mu_edit_value_end(header);
        mu_buf_put_bytes(&out, mu_bytes_slice(*message, 0, from));
        mu_buf_puts(&out, ";\r\n ");
        mu_buf_put_bytes(&out, mu_edit_parameter(m->arena, name, value, quote));
    }
    mu_buf_put_bytes(&out, mu_bytes_from(*message, from));
    *message = mu_buf_bytes(&out);
    return true;
}

bool mu_edit_number(const struct mu_mutation *m, size_t least, size_t otherwise, size_t *number,
                    struct mu_err *err)
{
    if (m->value[0] == '\0' && otherwise > 0) {
        *number = otherwise;
        return true;
    }
    char *end;
    errno = 0;
    unsigned long long value = strtoull(m->value, &end, 10);
    if (m->value[0] < '0' || m->value[0] > '9' || *end != '\0' || errno != 0
        || value > MU_MESSAGE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is no number of octets up to %zu", m->value,
                       MU_MESSAGE_MAX);
    if (value < least)
        return mu_fail(err, MU_ERR_PROFILE, "%llu octets are too few: at least %zu are needed",
                       value, least);
    *number = (size_t) value;
    return true;
}

const char *mu_edit_on(const struct mu_mutation *m, const char *otherwise)
{
    return m->on[0] != '\0' ? m->on : otherwise;
}

bool mu_edit_need_value(const struct mu_mutation *m, struct mu_err *err)
{
    return m->value[0] != '\0' || mu_fail(err, MU_ERR_PROFILE, "the operator needs a 'value'");
}

void mu_edit_fill(struct mu_buf *out, size_t n)
{
    while (n-- > 0)
        mu_buf_putc(out, 'x');
}

bool mu_edit_label_fixture(const struct mu_mutation *m, const char *name,
                           struct mu_message *message, struct mu_err *err)
{
    if (!mu_name_is_id(name))
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is no name of a label fixture", name);
    const char *path = mu_arena_printf(m->arena, "%s/labels/%s.xml", m->fixtures, name);
    *message = (struct mu_message){ 0 };
    return mu_message_load_label(m->arena, path, message, err);
}

bool mu_edit_sio_of(const struct mu_mutation *m, const char *name, struct mu_bytes *field,
                    struct mu_err *err)
{
    struct mu_message message;
    TRY(mu_edit_label_fixture(m, name, &message, err));
    struct mu_buf out = { .arena = m->arena };
    mu_encode_sio(&out, &message);
    *field = mu_buf_bytes(&out);
    return true;
}

static const struct mu_part *plain_leaf(const struct mu_part *part)
{
    if (part->parts == 0) {
        bool plain = strcmp(part->encoding, "7bit") == 0 || strcmp(part->encoding, "8bit") == 0
                     || strcmp(part->encoding, "binary") == 0;
        return plain ? part : NULL;
    }
    for (size_t i = 0; i < part->parts; i++) {
        const struct mu_part *found = plain_leaf(&part->part[i]);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool text_part(const struct mu_mutation *m, struct mu_bytes message,
                      const struct mu_part **part, struct mu_err *err)
{
    *part = plain_leaf(&mu_mail_read(m->arena, message)->top);
    return *part != NULL
           || mu_fail(err, MU_ERR_PROFILE, "message has no part with encoding '7bit' or '8bit'");
}

bool mu_edit_text_start(const struct mu_mutation *m, struct mu_bytes message, size_t *at,
                        struct mu_err *err)
{
    const struct mu_part *part;
    TRY(text_part(m, message, &part, err));
    *at = part->body_offset;
    return true;
}

bool mu_edit_text_end(const struct mu_mutation *m, struct mu_bytes message, size_t *at,
                      bool *at_line_start, struct mu_err *err)
{
    const struct mu_part *part;
    TRY(text_part(m, message, &part, err));
    *at = part->body_offset + part->body.n;
    *at_line_start = part->body.n == 0 || part->body.p[part->body.n - 1] == '\n';
    return true;
}

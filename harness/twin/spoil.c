#include "twin/spoil.h"

#include <string.h>

#include "format/mail.h"
#include "format/parameter.h"

/* --- fields ----------------------------------------------------------------------------------------- */

static bool is(const struct mu_header *header, const char *key)
{
    return header->key != NULL && strcmp(header->key, key) == 0;
}

/* What a relay passes on that knows of nothing but mail itself. */
static bool is_plain(const struct mu_header *header)
{
    static const char *const plain[] = { "received",    "from",       "sender",
                                         "reply-to",    "to",         "cc",
                                         "bcc",         "date",       "message-id",
                                         "subject",     "sio-label",  "sio-label-history",
                                         "in-reply-to", "references", "mime-version" };
    if (header->key == NULL)
        return false;
    if (strncmp(header->key, "content-", 8) == 0)
        return true;
    for (size_t i = 0; i < MU_COUNT(plain); i++)
        if (is(header, plain[i]))
            return true;
    return false;
}

/* The message with another text in place of each field `key`: what `instead` puts. NULL: each field
 * that is not plain. */
static struct mu_bytes each_field(struct mu_arena *arena, struct mu_bytes message, const char *key,
                                  void (*instead)(struct mu_buf *out,
                                                  const struct mu_header *header,
                                                  struct mu_bytes field))
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    struct mu_buf out = { .arena = arena };
    size_t done = 0;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (key != NULL ? !is(h, key) : is_plain(h))
            continue;
        mu_buf_put_bytes(&out, mu_bytes_slice(message, done, h->offset - done));
        instead(&out, h, mu_bytes_slice(message, h->offset, h->octets));
        done = h->offset + h->octets;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(message, done));
    return mu_buf_bytes(&out);
}

static void another_id(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    (void) header, (void) field;
    mu_buf_puts(out, "Message-ID: <rewritten@twin.muster.test>\r\n");
}

MU_SPOIL(mu_spoil_message_id)
{
    return each_field(arena, message, "message-id", another_id);
}

static void nothing(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    (void) out, (void) header, (void) field;
}

MU_SPOIL(mu_spoil_history_drop)
{
    return each_field(arena, message, "sio-label-history", nothing);
}

MU_SPOIL(mu_spoil_fields_drop)
{
    return each_field(arena, message, NULL, nothing);
}

#define CUT_OCTETS 6 /* of a value that are left */

static void cut_value(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    struct mu_bytes value = header->value;
    if (value.n <= CUT_OCTETS) {
        mu_buf_put_bytes(out, field);
        return;
    }
    mu_buf_put_bytes(out, header->name);
    mu_buf_puts(out, ": ");
    mu_buf_put_bytes(out, mu_bytes_trim(mu_bytes_slice(value, 0, CUT_OCTETS)));
    mu_buf_puts(out, "\r\n");
}

MU_SPOIL(mu_spoil_fields_cut)
{
    return each_field(arena, message, NULL, cut_value);
}

static void and_history(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    (void) header;
    mu_buf_put_bytes(out, field);
    mu_buf_puts(out, "SIO-Label-History: change=add; changed-by=\"twin.muster.test\";\r\n"
                     " changed-at=\"Mon, 23 Nov 2026 10:15:00 +0000\"; new-marking=\"X\"\r\n");
}

MU_SPOIL(mu_spoil_history_invent)
{
    return each_field(arena, message, "sio-label", and_history);
}

/* The field, and what its parameters mean in a field of their own, line ends and all. */
static void and_decoded(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    struct mu_parameters list;
    mu_parameters_read(out->arena, header->raw, header->value_offset, &list);
    mu_buf_put_bytes(out, field);
    for (size_t i = 0; i < list.parameters; i++) {
        if (mu_bytes_find(list.parameter[i].value, MU_BYTES("\n"), 0) == SIZE_MAX)
            continue;
        mu_buf_printf(out, "X-%s: ", list.parameter[i].name);
        mu_buf_put_bytes(out, list.parameter[i].value);
        mu_buf_puts(out, "\r\n");
    }
}

MU_SPOIL(mu_spoil_inject)
{
    return each_field(arena, each_field(arena, message, "sio-label-history", and_decoded),
                      "sio-label", and_decoded);
}

/* The field says that it was changed by somebody else. */
static void another_editor(struct mu_buf *out, const struct mu_header *header,
                           struct mu_bytes field)
{
    (void) field;
    size_t at = mu_bytes_find(header->raw, MU_BYTES("changed-by="), 0);
    size_t value = at != SIZE_MAX ? at + strlen("changed-by=") : 0;
    mu_buf_puts(out, "SIO-Label-History:");
    mu_buf_put_bytes(out, mu_bytes_slice(header->raw, 0, value));
    mu_buf_puts(out, "\"nobody@twin.muster.test\"");
    size_t end = mu_bytes_find(header->raw, MU_BYTES(";"), value);
    mu_buf_put_bytes(out, end != SIZE_MAX ? mu_bytes_from(header->raw, end) : MU_BYTES("\r\n"));
}

MU_SPOIL(mu_spoil_history_edit)
{
    return each_field(arena, message, "sio-label-history", another_editor);
}

/* SIO-Label with those of its parameters that are named, NULL behind the last. */
static void put_parameters(struct mu_buf *out, const struct mu_header *header,
                           const char *const *known)
{
    struct mu_parameters list;
    bool first = true;
    mu_parameters_read(out->arena, header->raw, header->value_offset, &list);
    mu_buf_puts(out, "SIO-Label:");
    for (; *known != NULL; known++) {
        const struct mu_parameter *p = mu_parameter_find(&list, *known);
        if (p == NULL)
            continue;
        mu_parameter_write(out, p->name, p->value, p->quoted, first);
        first = false;
    }
    mu_buf_puts(out, "\r\n");
}

static void known_only(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    (void) field;
    static const char *const known[] = { "marking", "fgcolor", "bgcolor", "type", "label", NULL };
    put_parameters(out, header, known);
}

static void colourless(struct mu_buf *out, const struct mu_header *header, struct mu_bytes field)
{
    (void) field;
    static const char *const known[] = { "marking", "type", "label", NULL };
    put_parameters(out, header, known);
}

MU_SPOIL(mu_spoil_colours)
{
    return each_field(arena, message, "sio-label", colourless);
}

/* "Subject: (NATO RESTRICTED) x" loses what stands in brackets. */
static void unmarked_subject(struct mu_buf *out, const struct mu_header *header,
                             struct mu_bytes field)
{
    struct mu_bytes value = header->value;
    const char *pair = value.n > 0 && value.p[0] == '[' ? "[]" : "()";
    size_t end = value.n > 0 && value.p[0] == pair[0]
                     ? mu_bytes_find(value, (struct mu_bytes){ pair + 1, 1 }, 0)
                     : SIZE_MAX;
    if (end == SIZE_MAX) {
        mu_buf_put_bytes(out, field);
        return;
    }
    mu_buf_puts(out, "Subject: ");
    mu_buf_put_bytes(out, mu_bytes_trim(mu_bytes_from(value, end + 1)));
    mu_buf_puts(out, "\r\n");
}

MU_SPOIL(mu_spoil_subject)
{
    return each_field(arena, message, "subject", unmarked_subject);
}

MU_SPOIL(mu_spoil_unknown_parameters)
{
    return each_field(arena, message, "sio-label", known_only);
}

/* Every field but the trace fields in the opposite order. */
MU_SPOIL(mu_spoil_header_order)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    struct mu_buf out = { .arena = arena };
    size_t n = mail->top.headers, end = 0;
    for (size_t i = 0; i < n; i++)
        if (is(&mail->top.header[i], "received"))
            mu_buf_put_bytes(&out, mu_bytes_slice(message, mail->top.header[i].offset,
                                                  mail->top.header[i].octets));
    for (size_t i = n; i > 0; i--) {
        const struct mu_header *h = &mail->top.header[i - 1];
        if (!is(h, "received"))
            mu_buf_put_bytes(&out, mu_bytes_slice(message, h->offset, h->octets));
        if (h->offset + h->octets > end)
            end = h->offset + h->octets;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(message, end));
    return mu_buf_bytes(&out);
}

/* --- text ------------------------------------------------------------------------------------------- */

/* The message with another text in place of each line of its body: what `instead` puts for a line with
 * its line end. */
static struct mu_bytes each_line(struct mu_arena *arena, struct mu_bytes message,
                                 void (*instead)(struct mu_buf *out, struct mu_bytes line))
{
    size_t body = mu_mail_read(arena, message)->top.body_offset;
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(message, 0, body));
    for (size_t at = body; at < message.n;) {
        size_t end = mu_bytes_find(message, MU_BYTES("\n"), at);
        end = end == SIZE_MAX ? message.n : end + 1;
        instead(&out, mu_bytes_slice(message, at, end - at));
        at = end;
    }
    return mu_buf_bytes(&out);
}

static void cut_line(struct mu_buf *out, struct mu_bytes line)
{
    mu_buf_put_bytes(out, mu_bytes_slice(line, 0, 900));
    if (line.n > 900)
        mu_buf_puts(out, "\r\n");
}

MU_SPOIL(mu_spoil_long_lines)
{
    return each_line(arena, message, cut_line);
}

static void wrap_line(struct mu_buf *out, struct mu_bytes line)
{
    for (size_t at = 0; at < line.n; at += 76) {
        struct mu_bytes piece = mu_bytes_slice(line, at, 76);
        mu_buf_put_bytes(out, piece);
        if (at + piece.n < line.n)
            mu_buf_puts(out, "\r\n");
    }
}

MU_SPOIL(mu_spoil_wrap_lines)
{
    return each_line(arena, message, wrap_line);
}

static void stuff_line(struct mu_buf *out, struct mu_bytes line)
{
    if (line.n > 0 && line.p[0] == '.')
        mu_buf_putc(out, '.');
    mu_buf_put_bytes(out, line);
}

MU_SPOIL(mu_spoil_stuff_dots)
{
    return each_line(arena, message, stuff_line);
}

static void strip_line(struct mu_buf *out, struct mu_bytes line)
{
    mu_buf_put_bytes(out, line.n > 0 && line.p[0] == '.' ? mu_bytes_from(line, 1) : line);
}

MU_SPOIL(mu_spoil_strip_dots)
{
    return each_line(arena, message, strip_line);
}

static void harden_line(struct mu_buf *out, struct mu_bytes line)
{
    bool soft = line.n >= 3 && memcmp(line.p + line.n - 3, "=\r\n", 3) == 0;
    mu_buf_put_bytes(out, mu_bytes_slice(line, 0, soft ? line.n - 3 : line.n));
    if (soft)
        mu_buf_puts(out, "\r\n");
}

MU_SPOIL(mu_spoil_soft_breaks)
{
    return each_line(arena, message, harden_line);
}

static void lower_octets(struct mu_buf *out, struct mu_bytes line)
{
    for (size_t i = 0; i < line.n; i++)
        mu_buf_putc(out, (char) (line.p[i] & 0x7f));
}

MU_SPOIL(mu_spoil_eight_bit)
{
    return each_line(arena, message, lower_octets);
}

/* The first and the last leaf that is a text; NULL: none. */
static void find_texts(const struct mu_part *part, const struct mu_part **first,
                       const struct mu_part **last)
{
    if (part->parts == 0 && strncmp(part->type, "text/", 5) == 0) {
        *first = *first != NULL ? *first : part;
        *last = part;
    }
    for (size_t i = 0; i < part->parts; i++)
        find_texts(&part->part[i], first, last);
}

static struct mu_bytes without_first_line(struct mu_arena *arena, struct mu_bytes message,
                                          const struct mu_part *part)
{
    size_t at = (size_t) (part->body.p - message.p);
    size_t end = mu_bytes_find(message, MU_BYTES("\n"), at);
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(message, 0, at));
    mu_buf_put_bytes(&out, mu_bytes_from(message, end < message.n ? end + 1 : message.n));
    return mu_buf_bytes(&out);
}

MU_SPOIL(mu_spoil_first_line)
{
    const struct mu_part *first = NULL, *last = NULL;
    find_texts(&mu_mail_read(arena, message)->top, &first, &last);
    return first != NULL ? without_first_line(arena, message, first) : message;
}

MU_SPOIL(mu_spoil_other_text)
{
    const struct mu_part *first = NULL, *last = NULL;
    find_texts(&mu_mail_read(arena, message)->top, &first, &last);
    return first != last ? without_first_line(arena, message, last) : message;
}

MU_SPOIL(mu_spoil_truncate)
{
    size_t most = mu_mail_read(arena, message)->top.body_offset + 300;
    if (message.n <= most)
        return message;
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, mu_bytes_slice(message, 0, most));
    mu_buf_puts(&out, "\r\n");
    return mu_buf_bytes(&out);
}

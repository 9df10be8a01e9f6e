/* Operators on the parts of a message: what stands below its header is anybody's text. */
#include "document/mutate_ops.h"

#include "base/limits.h"
#include "document/encode.h"

static const struct mu_part *part_at(const struct mu_part *part, const char *path)
{
    for (size_t i = 0; i < part->parts; i++) {
        if (strcmp(part->part[i].path, path) == 0)
            return &part->part[i];
        const struct mu_part *found = part_at(&part->part[i], path);
        if (found != NULL)
            return found;
    }
    return NULL;
}

MU_OCTETS(mu_mutate_part_sio_label)
{
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    const char *path = mu_edit_on(m, "1.1");
    const struct mu_part *part = part_at(&mail->top, path);
    if (part == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no body part '%s' inside another", path);
    struct mu_bytes field;
    TRY(mu_edit_sio_of(m, m->value, &field, err));
    *message = mu_edit_splice(m->arena, *message, part->offset, 0, field);
    return true;
}

/* `part` (header and content) becomes the last part of the message's multipart. */
static bool append_part(const struct mu_mutation *m, struct mu_bytes part, struct mu_bytes *message,
                        struct mu_err *err)
{
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    if (mail->top.parts == 0)
        return mu_fail(err, MU_ERR_PROFILE, "message is no multipart");
    const struct mu_part *last = &mail->top.part[mail->top.parts - 1];
    const struct mu_part *first = &mail->top.part[0];
    /* The delimiter line stands before the first part; it ends in CRLF. */
    size_t line = first->offset >= 2 ? first->offset - 2 : 0;
    while (line > 0 && message->p[line - 1] != '\n')
        line--;
    struct mu_bytes delimiter = mu_bytes_slice(*message, line, first->offset - line);
    if (delimiter.n < 4 || memcmp(delimiter.p, "--", 2) != 0)
        return mu_fail(err, MU_ERR_PROFILE, "message has no delimiter before its first part");
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, "\r\n");
    mu_buf_put_bytes(&out, delimiter);
    mu_buf_put_bytes(&out, part);
    *message =
        mu_edit_splice(m->arena, *message, last->body_offset + last->body.n, 0, mu_buf_bytes(&out));
    return true;
}

MU_OCTETS(mu_mutate_part_add)
{
    const char *type = mu_edit_on(m, "text/plain; charset=us-ascii");
    TRY(mu_edit_need_value(m, err));
    const char *part = mu_arena_printf(m->arena, "Content-Type: %s\r\n\r\n%s", type, m->value);
    return append_part(m, mu_bytes_of(part), message, err);
}

/* A message of its own, with a label of its own, is attached. */
MU_OCTETS(mu_mutate_part_message)
{
    struct mu_bytes field;
    TRY(mu_edit_sio_of(m, m->value, &field, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, "Content-Type: message/rfc822\r\n\r\n"
                      "From: <attached@sender.muster.test>\r\n"
                      "Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
                      "Message-ID: <attached.1@sender.muster.test>\r\n"
                      "Subject: EXERCISE attached message\r\n");
    mu_buf_put_bytes(&out, field);
    mu_buf_puts(&out, "\r\nEXERCISE attached text");
    return append_part(m, mu_buf_bytes(&out), message, err);
}

/* Multiparts in multiparts, each with one part, and a text in the innermost. */
MU_OCTETS(mu_mutate_part_depth)
{
    size_t depth;
    TRY(mu_edit_number(m, 1, 100, &depth, err));
    if (depth > MU_PARTS_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "more than %d parts in parts", MU_PARTS_MAX);
    struct mu_buf out = { .arena = m->arena };
    for (size_t i = 0; i < depth; i++)
        mu_buf_printf(&out,
                      "Content-Type: multipart/mixed; boundary=\"deep%zu.\"\r\n\r\n"
                      "--deep%zu.\r\n",
                      i, i);
    mu_buf_puts(&out, "Content-Type: text/plain\r\n\r\nEXERCISE");
    for (size_t i = depth; i > 0; i--)
        mu_buf_printf(&out, "\r\n--deep%zu.--", i - 1);
    return append_part(m, mu_buf_bytes(&out), message, err);
}

/* --- first line -------------------------------------------------------------------------------------- */

/* One line more at the start of the first plain text: a marking as people write it. */
MU_OCTETS(mu_mutate_text_first_line)
{
    size_t at;
    TRY(mu_edit_need_value(m, err));
    TRY(mu_edit_text_start(m, *message, &at, err));
    const char *line = mu_arena_printf(m->arena, "%s\r\n\r\n", m->value);
    *message = mu_edit_splice(m->arena, *message, at, 0, mu_bytes_of(line));
    return true;
}

/* As a message looks that was cut off on the way: RFC 2046 5.1.1 ends with a boundary. */
MU_OCTETS(mu_mutate_part_unclosed)
{
    const struct mu_mail *mail = mu_mail_read(m->arena, *message);
    if (mail->top.boundary.n == 0 || !mail->top.closed)
        return mu_fail(err, MU_ERR_PROFILE, "message is no multipart with a closing boundary");
    struct mu_buf line = { .arena = m->arena };
    mu_buf_puts(&line, "\r\n--");
    mu_buf_put_bytes(&line, mail->top.boundary);
    mu_buf_puts(&line, "--");
    size_t at = mu_bytes_find(*message, mu_buf_bytes(&line), mail->top.body_offset);
    *message = mu_bytes_slice(*message, 0, at + 2);
    return true;
}

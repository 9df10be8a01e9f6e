#include "document/mutate_ops.h"

#include "base/file.h"
#include "base/limits.h"
#include "core/end_of_data.h"

/* The first CRLF of the header or of the body, as `on` says. */
static bool first_line_end(const struct mu_mutation *m, struct mu_bytes message, size_t *at,
                           struct mu_err *err)
{
    const char *on = mu_edit_on(m, "body");
    size_t from = 0;
    if (strcmp(on, "body") == 0)
        from = mu_mail_read(m->arena, message)->top.body_offset;
    else if (strcmp(on, "header") != 0)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is neither 'header' nor 'body'", on);
    size_t found = mu_bytes_find(message, MU_BYTES("\r\n"), from);
    if (found == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "message has no line end in its %s", on);
    *at = found;
    return true;
}

MU_OCTETS(mu_mutate_message_bare_lf)
{
    size_t at;
    TRY(first_line_end(m, *message, &at, err));
    *message = mu_edit_splice(m->arena, *message, at, 1, MU_BYTES(""));
    return true;
}

MU_OCTETS(mu_mutate_message_nul)
{
    size_t at;
    TRY(first_line_end(m, *message, &at, err));
    *message = mu_edit_splice(m->arena, *message, at, 0, (struct mu_bytes){ "", 1 });
    return true;
}

MU_OCTETS(mu_mutate_message_bare_cr)
{
    size_t at;
    TRY(first_line_end(m, *message, &at, err));
    *message = mu_edit_splice(m->arena, *message, at + 1, 1, MU_BYTES(""));
    return true;
}

/* Whole lines at the end of the first plain text; `lines` ends in CRLF. */
static bool append_lines(const struct mu_mutation *m, struct mu_bytes *message,
                         struct mu_bytes lines, struct mu_err *err)
{
    size_t at;
    bool at_line_start;
    TRY(mu_edit_text_end(m, *message, &at, &at_line_start, err));
    struct mu_buf out = { .arena = m->arena };
    if (!at_line_start)
        mu_buf_puts(&out, "\r\n");
    mu_buf_put_bytes(&out, lines);
    if (!at_line_start)
        out.n -= 2; /* the line end that follows belongs to the boundary; RFC 2046 5.1.1 */
    *message = mu_edit_splice(m->arena, *message, at, 0, mu_buf_bytes(&out));
    return true;
}

static void put_line(struct mu_buf *out, size_t octets)
{
    mu_edit_fill(out, octets);
    mu_buf_puts(out, "\r\n");
}

MU_OCTETS(mu_mutate_message_long_line)
{
    size_t octets;
    TRY(mu_edit_number(m, 1, 1200, &octets, err));
    struct mu_buf line = { .arena = m->arena };
    put_line(&line, octets);
    return append_lines(m, message, mu_buf_bytes(&line), err);
}

MU_OCTETS(mu_mutate_message_dot_lines)
{
    return append_lines(m, message, MU_BYTES(".\r\n..\r\n.EXERCISE\r\n"), err);
}

MU_OCTETS(mu_mutate_message_octets)
{
    size_t octets;
    TRY(mu_edit_number(m, 1, 0, &octets, err));
    size_t need = octets - message->n;
    if (octets < message->n || (need > 0 && need < 3))
        return mu_fail(err, MU_ERR_PROFILE, "message of %zu octets cannot be padded to %zu",
                       message->n, octets);
    struct mu_buf lines = { .arena = m->arena };
    while (need > 0) {
        size_t line = need < 78 ? need : 78;
        if (need - line == 1 || need - line == 2)
            line -= 3; /* no line is shorter than one octet and its CRLF */
        put_line(&lines, line - 2);
        need -= line;
    }
    return append_lines(m, message, mu_buf_bytes(&lines), err);
}

/* The octets of `text` with each hole filled; {to} is what the field To of `message` says. */
static struct mu_bytes fill_holes(const struct mu_mutation *m, struct mu_bytes message,
                                  struct mu_bytes text)
{
    static const char *const field[] = { "to", "from", "message-id" };
    const struct mu_mail *mail = mu_mail_read(m->arena, message);
    struct mu_buf out = { .arena = m->arena };
    for (size_t at = 0; at < text.n;) {
        const struct mu_header *filled = NULL;
        for (size_t i = 0; i < MU_COUNT(field) && text.p[at] == '{' && filled == NULL; i++) {
            size_t n = strlen(field[i]);
            if (mu_bytes_equal(mu_bytes_slice(text, at + 1, n), mu_bytes_of(field[i]))
                && mu_bytes_equal(mu_bytes_slice(text, at + 1 + n, 1), MU_BYTES("}")))
                filled = mu_header_find(&mail->top, field[i]);
        }
        if (filled != NULL)
            mu_buf_put_bytes(&out, filled->value);
        else
            mu_buf_putc(&out, text.p[at]);
        at += filled != NULL ? mu_bytes_find(text, MU_BYTES("}"), at) + 1 - at : 1;
    }
    return mu_buf_bytes(&out);
}

MU_OCTETS(mu_mutate_message_file)
{
    struct mu_bytes text;
    const char *path = mu_file_join(m->arena, m->fixtures, m->value);
    TRY(mu_file_read(m->arena, path, MU_MESSAGE_MAX, &text, err));
    *message = fill_holes(m, *message, text);
    return true;
}

/* What only a careless reader takes for the end of the mail, inside the text. */
MU_OCTETS(mu_mutate_message_false_end)
{
    struct mu_bytes octets;
    size_t at;
    bool at_line_start;
    if (!mu_end_of_data(m->value, &octets))
        return mu_fail(err, MU_ERR_PROFILE, "'%s' is no name of a false end of data", m->value);
    TRY(mu_edit_text_end(m, *message, &at, &at_line_start, err));
    struct mu_buf out = { .arena = m->arena };
    mu_buf_puts(&out, "EXERCISE before");
    mu_buf_put_bytes(&out, octets);
    mu_buf_puts(&out, at_line_start ? "EXERCISE behind\r\n" : "EXERCISE behind");
    *message = mu_edit_splice(m->arena, *message, at, 0, mu_buf_bytes(&out));
    return true;
}

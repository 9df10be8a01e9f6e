/* How a message, and the label inside it, falls into pieces that can be taken away. */
#include "document/shrink_pieces.h"

#include <stdlib.h>

#include "base/limits.h"
#include "document/mutate_ops.h"
#include "format/mail.h"
#include "format/sio.h"

static void add(struct mu_pieces *p, size_t at, size_t end)
{
    if (end <= at)
        return;
    if (p->pieces == p->room) {
        struct mu_piece *more = mu_arena_array(p->arena, p->room * 2 + 64, sizeof *more);
        if (p->pieces > 0)
            memcpy(more, p->piece, p->pieces * sizeof *more);
        p->piece = more;
        p->room = p->room * 2 + 64;
    }
    p->piece[p->pieces++] = (struct mu_piece){ at, end - at };
}

/* --- how a message falls into pieces ------------------------------------------------------------------ */

static size_t line_start(struct mu_bytes b, size_t at)
{
    while (at > 0 && b.p[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(struct mu_bytes b, size_t at)
{
    const char *end = at < b.n ? memchr(b.p + at, '\n', b.n - at) : NULL;
    return end != NULL ? (size_t) (end - b.p) + 1 : b.n;
}

/* A part with the delimiter line before it. */
static void split_parts(struct mu_pieces *p, const struct mu_part *part, struct mu_bytes message)
{
    for (size_t i = 0; i < part->parts; i++) {
        const struct mu_part *child = &part->part[i];
        size_t end = (size_t) (child->body.p - message.p) + child->body.n;
        if (part->boundary.n > 0 && child->offset > 0)
            add(p, line_start(message, child->offset - 1), line_end(message, end));
        split_parts(p, child, message);
    }
}

static void parts(struct mu_pieces *p, const struct mu_mail *mail)
{
    split_parts(p, &mail->top, mail->bytes);
}

static void fields(struct mu_pieces *p, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++)
        add(p, mail->top.header[i].offset, mail->top.header[i].offset + mail->top.header[i].octets);
}

static void lines(struct mu_pieces *p, const struct mu_mail *mail)
{
    for (size_t at = mail->top.body_offset, end; at < mail->bytes.n; at = end) {
        end = line_end(mail->bytes, at);
        add(p, at, end);
    }
}

/* Between semicolons outside quoted strings; each with the semicolon behind it, the last with the one
 * before it. */
static void parameters(struct mu_pieces *p, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        size_t start = h->value_offset, end = mu_edit_value_end(h), before = start;
        bool quoted = false;
        for (size_t at = start; at < end; at++) {
            char c = mail->bytes.p[at];
            if (quoted && c == '\\')
                at++;
            else if (c == '"')
                quoted = !quoted;
            else if (c == ';' && !quoted) {
                add(p, start, at + 1);
                before = at;
                start = at + 1;
            }
        }
        if (before > h->value_offset)
            add(p, before, end);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Words of the header with the white space before them, folds included: what follows a field's name
 * stays a field. */
static void words(struct mu_pieces *p, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        size_t end = mu_edit_value_end(h);
        for (size_t at = h->value_offset, start = at; at < end; start = at) {
            while (at < end && is_blank(mail->bytes.p[at]))
                at++;
            while (at < end && !is_blank(mail->bytes.p[at]))
                at++;
            add(p, start, at);
        }
    }
}

static void add_octets(struct mu_pieces *p, struct mu_bytes text, size_t at, size_t end)
{
    for (; at < end; at++)
        if (text.p[at] != '\r' && text.p[at] != '\n')
            add(p, at, at + 1);
}

static void octets(struct mu_pieces *p, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++)
        add_octets(p, mail->bytes, mail->top.header[i].value_offset,
                   mu_edit_value_end(&mail->top.header[i]));
    add_octets(p, mail->bytes, mail->top.body_offset, mail->bytes.n);
}

/* --- how a label falls into pieces ---------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct mu_piece *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->n > y->n ? -1 : x->n < y->n;
}

/* The attributes of the tag that ends at `end`; each with the white space before it. */
static void attributes(struct mu_pieces *p, size_t at, size_t end)
{
    const char *x = p->text.p;
    while (at < end && !is_blank(x[at]))
        at++;
    while (at < end) {
        size_t start = at;
        while (at < end && x[at] != '"' && x[at] != '\'')
            at++;
        const char *close = at < end ? memchr(x + at + 1, x[at], end - at - 1) : NULL;
        if (close == NULL)
            return;
        at = (size_t) (close - x) + 1;
        add(p, start, at);
    }
}

/* Elements with what is in them, attributes, comments; by their brackets, for the XML is well-formed. */
static void elements(struct mu_pieces *p)
{
    struct mu_bytes x = p->text;
    size_t open[MU_XML_DEPTH_MAX], depth = 0;
    for (size_t at = 0; at < x.n; at++) {
        if (x.p[at] != '<')
            continue;
        bool comment = mu_bytes_equal(mu_bytes_slice(x, at, 4), MU_BYTES("<!--"));
        size_t end = mu_bytes_find(x, comment ? MU_BYTES("-->") : MU_BYTES(">"), at);
        if (end == SIZE_MAX)
            break;
        end += comment ? 3 : 1;
        if (x.p[at + 1] == '/') {
            if (depth > 0)
                add(p, open[--depth], end);
        } else if (comment || x.p[at + 1] == '?' || x.p[end - 2] == '/') {
            add(p, at, end);
        } else if (depth < MU_XML_DEPTH_MAX) {
            open[depth++] = at;
        }
        if (!comment && x.p[at + 1] != '/')
            attributes(p, at, end);
        at = end - 1;
    }
    if (p->pieces > 0)
        qsort(p->piece, p->pieces, sizeof *p->piece, by_place);
}

/* --- the ways to cut ----------------------------------------------------------------------------------- */

/* NULL: the XML of the label. */
static void (*const cut_of[MU_CUTS])(struct mu_pieces *p, const struct mu_mail *mail) = {
    parts, fields, lines, parameters, NULL, words, octets
};

void mu_pieces_cut(struct mu_arena *arena, size_t cut, struct mu_bytes message,
                   struct mu_pieces *pieces)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    *pieces = (struct mu_pieces){ .arena = arena, .text = message };
    if (cut_of[cut] != NULL) {
        cut_of[cut](pieces, mail);
        return;
    }
    const struct mu_header *header = mu_header_find(&mail->top, "sio-label");
    struct mu_sio sio;
    if (header == NULL)
        return;
    mu_sio_read(arena, header, &sio);
    if (sio.kind != MU_SIO_XML || sio.base64 != MU_BASE64_OK)
        return;
    pieces->text = sio.decoded;
    pieces->label = true;
    elements(pieces);
}

struct mu_bytes mu_pieces_without(struct mu_arena *arena, struct mu_bytes message,
                                  const struct mu_pieces *pieces, size_t first, size_t count)
{
    struct mu_buf out = { .arena = arena };
    size_t done = 0;
    for (size_t i = first; i < first + count; i++) {
        const struct mu_piece *s = &pieces->piece[i];
        if (s->at > done)
            mu_buf_put_bytes(&out, mu_bytes_slice(pieces->text, done, s->at - done));
        if (s->at + s->n > done)
            done = s->at + s->n;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(pieces->text, done));
    struct mu_mutation m = { .arena = arena, .on = "", .value = "" };
    struct mu_err err;
    if (pieces->label) /* it has such a field, or it would not be cut this way */
        return mu_edit_set_parameter(&m, &message, "label",
                                     mu_base64_write(arena, mu_buf_bytes(&out)), true, &err)
                   ? message
                   : MU_BYTES("");
    return mu_buf_bytes(&out);
}

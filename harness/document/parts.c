#include "document/node.h"

#include <stdint.h>

#include "base/limits.h"
#include "base/utf8.h"

/* A line with something in it, and its 1-based number. */
struct line {
    struct mu_bytes text;
    uint64_t number;
};

/* The line that starts at `at`, without its line end; *next is where the following one starts. */
static struct mu_bytes line_at(struct mu_bytes body, size_t at, size_t *next)
{
    const char *lf = memchr(body.p + at, '\n', body.n - at);
    size_t end = lf != NULL ? (size_t) (lf - body.p) : body.n;
    *next = lf != NULL ? end + 1 : body.n;
    if (end > at && body.p[end - 1] == '\r')
        end--;
    return mu_bytes_slice(body, at, end - at);
}

static bool first_line(struct mu_bytes body, struct line *line)
{
    size_t next = 0;
    for (uint64_t number = 1; next < body.n; number++) {
        struct mu_bytes text = line_at(body, next, &next);
        if (mu_bytes_trim(text).n == 0)
            continue;
        *line = (struct line){ text, number };
        return true;
    }
    return false;
}

static bool last_line(struct mu_bytes body, struct line *line)
{
    struct mu_bytes trimmed = mu_bytes_trim(body);
    if (trimmed.n == 0)
        return false;
    size_t end = (size_t) (trimmed.p - body.p) + trimmed.n;
    const char *lf = memrchr(body.p, '\n', end);
    size_t start = lf != NULL ? (size_t) (lf - body.p) + 1 : 0, next;
    uint64_t number = 1;
    for (size_t at = 0; at < start; number++) {
        lf = memchr(body.p + at, '\n', start - at);
        at = (size_t) (lf - body.p) + 1;
    }
    *line = (struct line){ line_at(body, start, &next), number };
    return true;
}

/* ISO 8859-1 is the one other charset old mail clients still write; the rest stays as bytes. */
static struct mu_bytes to_utf8(struct mu_arena *arena, struct mu_bytes text,
                               struct mu_bytes charset)
{
    if (!mu_bytes_equal_nocase(charset, MU_BYTES("iso-8859-1")))
        return text;
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < text.n; i++) {
        char code[4];
        mu_buf_put(&out, code, mu_utf8_write((unsigned char) text.p[i], code));
    }
    return mu_buf_bytes(&out);
}

static void put_line(struct mu_node *t, xmlNode *node, const char *name, struct line line,
                     struct mu_bytes charset)
{
    xmlNode *element = mu_node_element(t, node, t->m, name);
    mu_node_number(t, element, "n", line.number);
    struct mu_bytes shown = mu_bytes_slice(line.text, 0, MU_TEXT_MAX);
    mu_node_text(t, element, to_utf8(t->arena, shown, charset), (size_t) 2 * MU_TEXT_MAX);
}

static void remember(struct mu_document *document, struct mu_arena *arena,
                     const struct mu_part *part, struct mu_bytes decoded)
{
    struct mu_body *body = mu_new(arena, struct mu_body);
    *body = (struct mu_body){ part, decoded, document->body };
    document->body = body;
}

/* A leaf: its content decoded, digested, and the first and last words of a text. */
static void leaf(struct mu_node *t, xmlNode *node, const struct mu_part *part, bool top)
{
    struct mu_bytes decoded = mu_part_decode(t->arena, part);
    remember(t->document, t->arena, part, decoded);
    mu_node_number(t, node, "decoded-octets", decoded.n);
    mu_node_digest(t, node, decoded);
    if (!top)
        mu_node_headers(t, node, part, false);
    struct line line;
    if (strncmp(part->type, "text/", 5) != 0 || !first_line(decoded, &line))
        return;
    put_line(t, node, "first-line", line, part->charset);
    if (last_line(decoded, &line))
        put_line(t, node, "last-line", line, part->charset);
}

static void part_facts(struct mu_node *t, xmlNode *node, const struct mu_part *part)
{
    mu_node_word(t, node, "path", part->path);
    mu_node_foreign(t, node, "type", mu_bytes_of(part->type));
    if (part->charset.n > 0)
        mu_node_foreign(t, node, "charset", part->charset);
    mu_node_foreign(t, node, "encoding", mu_bytes_of(part->encoding));
    mu_node_number(t, node, "offset", part->offset);
    mu_node_number(t, node, "body-offset", part->body_offset);
    mu_node_number(t, node, "octets", part->body.n);
    mu_node_number(t, node, "lines", part->lines);
    mu_node_number(t, node, "longest-line", part->longest_line);
    mu_node_flag(t, node, "closed", part->closed);
}

/* The message's own headers stand below m:message, not in part 1. Depth is bounded by the scan. */
static void part_tree(struct mu_node *t, xmlNode *parent, const struct mu_part *part, bool top)
{
    xmlNode *node = mu_node_element(t, parent, t->m, "part");
    part_facts(t, node, part);
    if (part->parts == 0) {
        leaf(t, node, part, top);
        return;
    }
    if (!top)
        mu_node_headers(t, node, part, false);
    for (size_t i = 0; i < part->parts; i++)
        part_tree(t, node, &part->part[i], false);
}

static void defects(struct mu_node *t, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->defects; i++) {
        const struct mu_defect *d = &mail->defect[i];
        xmlNode *node = mu_node_element(t, t->root, t->m, "defect");
        mu_node_word(t, node, "kind", d->kind);
        mu_node_number(t, node, "offset", d->offset);
        mu_node_number(t, node, "count", d->count);
        if (d->part[0] != '\0')
            mu_node_word(t, node, "part", d->part);
        size_t n = strlen(d->kind);
        if (n > 6 && strcmp(d->kind + n - 6, "-limit") == 0)
            t->document->limit = d->kind;
    }
}

void mu_node_mail(struct mu_node *t, const struct mu_mail *mail)
{
    defects(t, mail);
    mu_node_headers(t, t->root, &mail->top, true);
    if (t->kit == NULL || !t->kit->labels_only)
        part_tree(t, t->root, &mail->top, true);
}

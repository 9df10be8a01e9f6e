/* One carrier against another: fields, labels, markings, texts. Whole messages: same_message.c. */
#include "document/same.h"

#include "document/places.h"

#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "core/words.h"
#include "document/same_inside.h"
#include "format/infoset.h"
#include "format/sio.h"
#include "policy/resolve.h"

static const char *const name[] = { "different", "semantics", "infoset", "value", "octets" };

const char *mu_sameness_name(enum mu_sameness sameness)
{
    return mu_word(name, MU_COUNT(name), (int) sameness);
}

bool mu_sameness_from_name(const char *text, enum mu_sameness *sameness)
{
    int i = mu_word_find(name, MU_COUNT(name), text);
    if (i >= 0)
        *sameness = (enum mu_sameness) i;
    return i >= 0;
}

struct mu_comparison mu_comparison_of(enum mu_sameness level, const char *reason)
{
    return (struct mu_comparison){
        .level = level, .reason = reason, .where = "", .expected = "", .seen = "", .offset = -1
    };
}

struct mu_comparison mu_comparison_lost(const char *reason, const char *expected, const char *seen)
{
    struct mu_comparison c = mu_comparison_of(MU_SAME_NOT, reason);
    c.expected = expected;
    c.seen = seen;
    return c;
}

/* --- octets ---------------------------------------------------------------------------------------- */

size_t mu_bytes_differ(struct mu_bytes a, struct mu_bytes b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i])
        i++;
    return i;
}

static const char *excerpt(struct mu_arena *arena, struct mu_bytes b, size_t at)
{
    if (at >= b.n)
        return "the end";
    struct mu_buf out = { .arena = arena };
    mu_buf_putc(&out, '\'');
    mu_text_safe(&out, mu_bytes_slice(b, at, MU_EXCERPT_MAX), MU_TEXT_LINE, MU_EXCERPT_MAX);
    mu_buf_puts(&out, b.n - at > MU_EXCERPT_MAX ? "'..." : "'");
    return mu_buf_text(&out);
}

void mu_comparison_bytes(struct mu_arena *arena, struct mu_comparison *c, struct mu_bytes a,
                         struct mu_bytes b, size_t at)
{
    c->expected = excerpt(arena, a, at);
    c->seen = excerpt(arena, b, at);
}

/* --- header fields ----------------------------------------------------------------------------------- */

static bool has_parameters(const char *key)
{
    static const char *const list[] = { "sio-label", "sio-label-history", "content-type",
                                        "content-disposition" };
    for (size_t i = 0; key != NULL && i < MU_COUNT(list); i++)
        if (strcmp(list[i], key) == 0)
            return true;
    return false;
}

/* The word before the parameters and the parameters themselves. */
static struct mu_bytes split(struct mu_arena *arena, const struct mu_header *h,
                             struct mu_parameters *list)
{
    size_t word = 0, at = 0;
    if (strncmp(h->key, "content-", 8) == 0) {
        size_t semicolon = mu_bytes_find(h->raw, MU_BYTES(";"), 0);
        word = semicolon == SIZE_MAX ? h->raw.n : semicolon;
        at = semicolon == SIZE_MAX ? h->raw.n : semicolon + 1;
    }
    mu_parameters_read(arena, mu_bytes_from(h->raw, at), h->value_offset + at, list);
    return mu_bytes_trim((struct mu_bytes){ h->raw.p, word });
}

/* New defects are a difference: what a tolerant reader mends, another one does not. */
static bool is_new_defect(unsigned before, unsigned after)
{
    return (after & ~before & ~(unsigned) (MU_PARAMETER_LOWER_HEX | MU_PARAMETER_QUOTED)) != 0;
}

/* The first parameter that is not the same; but for `except`, which may be NULL. */
static bool same_parameters(struct mu_arena *arena, const struct mu_parameters *a,
                            const struct mu_parameters *b, const char *except,
                            struct mu_comparison *c)
{
    for (size_t i = 0; i < a->parameters; i++) {
        const struct mu_parameter *x = &a->parameter[i], *y = mu_parameter_find(b, x->name);
        if (except != NULL && y != NULL && strcmp(x->name, except) == 0)
            continue;
        if (y != NULL && mu_bytes_equal(x->value, y->value)
            && !is_new_defect(x->defects, y->defects))
            continue;
        c->where =
            mu_arena_printf(arena, "%s; %s", c->where, mu_text_line(arena, mu_bytes_of(x->name)));
        struct mu_bytes none = { "", 0 }, value = y != NULL ? y->value : none;
        size_t at = mu_bytes_differ(x->value, value);
        mu_comparison_bytes(arena, c, x->value, value, at);
        if (y == NULL)
            c->seen = "no such parameter";
        else
            c->offset = (int64_t) mu_parameter_offset(y, at);
        return false;
    }
    if (a->parameters == b->parameters && !is_new_defect(a->defects, b->defects))
        return true;
    c->expected = mu_arena_printf(arena, "%zu parameters", a->parameters);
    c->seen = mu_arena_printf(arena, "%zu parameters", b->parameters);
    return false;
}

/* The XML of a label, for comparing; NULL when it has none that can be read. */
static const xmlNode *label_tree(struct mu_arena *arena, const struct mu_sio *sio)
{
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if (sio->kind != MU_SIO_XML || sio->base64 != MU_BASE64_OK
        || mu_xml_parse(arena, sio->decoded, 0, NULL, &doc, &fault) != MU_XML_OK)
        return NULL;
    return xmlDocGetRootElement(doc);
}

static bool same_meaning(struct mu_arena *arena, const struct mu_policies *policies,
                         const xmlNode *x, const xmlNode *y, const char **difference)
{
    static const struct mu_policies none;
    struct mu_label a, b;
    if (!mu_label_is_root(x) || !mu_label_is_root(y))
        return false;
    mu_label_read(arena, x, &a);
    mu_label_read(arena, y, &b);
    return mu_label_equal(arena, policies != NULL ? policies : &none, &a, &b, difference);
}

/* Labels whose octets differ: the infoset, else the meaning. */
static void same_trees(struct mu_arena *arena, const struct mu_policies *policies,
                       const struct mu_sio *a, const struct mu_sio *b, struct mu_comparison *c)
{
    const xmlNode *x = label_tree(arena, a), *y = label_tree(arena, b);
    if (x == NULL || y == NULL)
        return;
    struct mu_infoset_difference d;
    if (mu_infoset_same(arena, x, y, &d)) {
        c->level = MU_SAME_INFOSET;
        return;
    }
    c->where = mu_arena_printf(arena, "%s %s", c->where, d.path);
    c->expected = d.first;
    c->seen = d.second;
    /* three octets of XML stand in four of base64 */
    c->offset = (int64_t) mu_parameter_offset(b->label, d.offset / 3 * 4);
    const char *difference = NULL;
    if (same_meaning(arena, policies, x, y, &difference)) {
        c->level = MU_SAME_SEMANTICS;
    } else if (difference != NULL) {
        c->expected = "a label of the same meaning";
        c->seen = difference;
    }
}

/* The label parameters of two fields; c->where names the field. */
static void same_labels(struct mu_arena *arena, const struct mu_policies *policies,
                        const struct mu_sio *a, const struct mu_sio *b, struct mu_comparison *c)
{
    struct mu_bytes x = a->label->value, y = b->label->value;
    bool strict = a->base64 == MU_BASE64_OK && b->base64 == MU_BASE64_OK;
    bool defect = is_new_defect(a->label->defects, b->label->defects);
    if (!defect && (mu_bytes_equal(x, y) || (strict && mu_bytes_equal(a->decoded, b->decoded)))
        && a->kind == b->kind) {
        c->level = MU_SAME_VALUE;
        return;
    }
    size_t at = mu_bytes_differ(x, y);
    mu_comparison_bytes(arena, c, x, y, at);
    c->offset = (int64_t) mu_parameter_offset(b->label, at);
    if (strict)
        same_trees(arena, policies, a, b, c);
    else if (b->base64 != MU_BASE64_OK) {
        c->offset = (int64_t) b->base64_offset;
        c->seen = "base64 that is not strict";
    }
}

static void same_lists(struct mu_arena *arena, const struct mu_policies *policies,
                       const struct mu_header *a, const struct mu_header *b,
                       struct mu_comparison *c)
{
    struct mu_parameters x, y;
    struct mu_comparison list = *c;
    struct mu_bytes p = split(arena, a, &x), q = split(arena, b, &y);
    if (!mu_bytes_equal_nocase(p, q))
        return;
    bool label = strcmp(a->key, "sio-label") == 0 && mu_parameter_find(&x, "label") != NULL
                 && mu_parameter_find(&y, "label") != NULL;
    if (same_parameters(arena, &x, &y, label ? "label" : NULL, &list))
        list.level = MU_SAME_VALUE;
    if (list.level == MU_SAME_VALUE && label) {
        struct mu_sio s, t;
        mu_sio_read(arena, a, &s);
        mu_sio_read(arena, b, &t);
        list.level = MU_SAME_NOT;
        same_labels(arena, policies, &s, &t, &list);
    }
    if (list.level == MU_SAME_VALUE) /* keep what differs in the octets */
        c->level = MU_SAME_VALUE;
    else
        *c = list;
}

struct mu_comparison mu_same_field(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_header *a, const struct mu_header *b)
{
    struct mu_comparison c = mu_comparison_of(MU_SAME_OCTETS, "header:altered");
    bool named = mu_bytes_equal(a->name, b->name);
    if (named && mu_bytes_equal(a->raw, b->raw))
        return c;
    size_t at = mu_bytes_differ(a->raw, b->raw);
    c.where = mu_text_line(arena, b->name);
    c.offset = (int64_t) (named ? b->value_offset + at : b->offset);
    mu_comparison_bytes(arena, &c, named ? a->raw : a->name, named ? b->raw : b->name,
                        named ? at : 0);
    c.level = mu_bytes_equal(a->value, b->value) ? MU_SAME_VALUE : MU_SAME_NOT;
    if (c.level == MU_SAME_NOT && has_parameters(a->key))
        same_lists(arena, policies, a, b, &c);
    return c;
}

static const struct mu_header *header_of(const struct mu_document *d, const char *key)
{
    return d->mail != NULL ? mu_header_find(&d->mail->top, key) : NULL;
}

struct mu_comparison mu_same_header(struct mu_arena *arena, const struct mu_policies *policies,
                                    const struct mu_document *a, const struct mu_document *b,
                                    const char *key)
{
    const struct mu_header *x = header_of(a, key), *y = header_of(b, key);
    if (x == NULL || y == NULL)
        return mu_comparison_lost("header:lost", "the header field", "the header field is missing");
    return mu_same_field(arena, policies, x, y);
}

/* --- label, marking ---------------------------------------------------------------------------------- */

struct mu_comparison mu_same_label(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_document *a, const struct mu_document *b)
{
    const struct mu_header *x = header_of(a, "sio-label"), *y = header_of(b, "sio-label");
    if (y == NULL)
        return mu_comparison_lost("label:lost", "the label", "no label that can be read");
    if (x == NULL)
        return mu_comparison_lost("label:invented", "no label", "a label where none was sent");
    bool lost = a->label != NULL && b->label == NULL;
    struct mu_comparison c = mu_same_field(arena, policies, x, y);
    c.reason = lost ? "label:lost" : "label:altered";
    if (c.level >= MU_SAME_VALUE)
        return c;
    struct mu_sio s, t;
    mu_sio_read(arena, x, &s);
    mu_sio_read(arena, y, &t);
    if (s.label == NULL || t.label == NULL)
        return c;
    c.level = MU_SAME_NOT;
    c.where = "SIO-Label";
    same_labels(arena, policies, &s, &t, &c);
    /* Labels of several fields, the first readable one counts: what the document says of them. */
    if (c.level == MU_SAME_NOT && a->label != NULL && b->label != NULL && policies != NULL
        && mu_label_equal(arena, policies, a->label, b->label, NULL))
        c.level = MU_SAME_SEMANTICS;
    return c;
}

struct mu_comparison mu_same_marking(struct mu_arena *arena, const char *at,
                                     const struct mu_document *a, const struct mu_document *b)
{
    const char *x = mu_place_marking(arena, a, at), *y = mu_place_marking(arena, b, at);
    if (x != NULL && y == NULL)
        return mu_comparison_lost("marking:lost", x,
                                  mu_arena_printf(arena, "no marking in %s", at));
    if (x == NULL && y != NULL)
        return mu_comparison_lost("marking:altered", "no marking", y);
    struct mu_comparison c = mu_comparison_of(MU_SAME_OCTETS, "marking:altered");
    if (x == NULL || strcmp(x, y) == 0)
        return c;
    bool sio = strcmp(at, "sio-label") == 0;
    const struct mu_header *h = header_of(b, at);
    c.level = MU_SAME_NOT;
    c.where = sio ? "SIO-Label; marking" : at;
    c.expected = x;
    c.seen = y;
    c.offset = h != NULL ? (int64_t) h->offset : -1;
    return c;
}

/* --- text -------------------------------------------------------------------------------------------- */

struct mu_comparison mu_same_leaf(struct mu_arena *arena, const struct mu_part *a,
                                  const struct mu_part *b)
{
    struct mu_comparison c = mu_comparison_of(MU_SAME_OCTETS, "part:altered");
    size_t at = mu_bytes_differ(a->body, b->body);
    if (at == a->body.n && at == b->body.n)
        return c;
    c.where = mu_arena_printf(arena, "part %s", b->path);
    c.offset = (int64_t) (b->body_offset + at);
    mu_comparison_bytes(arena, &c, a->body, b->body, at);
    struct mu_bytes p = mu_part_decode(arena, a), q = mu_part_decode(arena, b);
    c.level = mu_bytes_equal(p, q) ? MU_SAME_VALUE : MU_SAME_NOT;
    if (c.level == MU_SAME_NOT)
        mu_comparison_bytes(arena, &c, p, q, mu_bytes_differ(p, q));
    return c;
}

static const struct mu_part *text_part(const struct mu_part *part)
{
    while (part->parts > 0)
        part = &part->part[0];
    return part;
}

struct mu_comparison mu_same_text(struct mu_arena *arena, const struct mu_document *a,
                                  const struct mu_document *b)
{
    if (a->mail == NULL || b->mail == NULL)
        return mu_comparison_lost("text:lost", "a message", "no message");
    struct mu_comparison c =
        mu_same_leaf(arena, text_part(&a->mail->top), text_part(&b->mail->top));
    c.reason = "text:altered";
    return c;
}

struct mu_comparison mu_same_order(struct mu_arena *arena, const struct mu_document *a,
                                   const struct mu_document *b)
{
    if (a->mail == NULL || b->mail == NULL)
        return mu_comparison_lost("text:lost", "a message", "no message");
    struct mu_comparison c = mu_comparison_of(MU_SAME_VALUE, "header:reordered");
    const struct mu_part *x = &a->mail->top, *y = &b->mail->top;
    size_t i = x->headers, j = y->headers;
    while (i > 0 && j > 0 && mu_bytes_equal_nocase(x->header[i - 1].name, y->header[j - 1].name)) {
        i--;
        j--;
    }
    if (i == 0)
        return c;
    c.level = MU_SAME_NOT;
    c.where = mu_text_line(arena, x->header[i - 1].name);
    c.expected = mu_arena_printf(arena, "%s as field %zu from below", c.where, x->headers - i + 1);
    c.seen = j > 0 ? mu_text_line(arena, y->header[j - 1].name) : "no field more";
    c.offset = j > 0 ? (int64_t) y->header[j - 1].offset : 0;
    return c;
}

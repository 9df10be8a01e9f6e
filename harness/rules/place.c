#include <stdlib.h>

#include "base/text_safe.h"
#include "rules/engine.h"

#define NAME_SHOWN 64 /* bytes of an element's name in a path */

static bool is_ours(const xmlNode *node)
{
    return node->ns != NULL
           && (mu_xml_is(node, MU_MESSAGE_NS, NULL) || mu_xml_is(node, MU_HEADER_NS, NULL)
               || mu_xml_is(node, MU_PARAMETER_NS, NULL));
}

/* Only our own elements carry offsets on the wire: an attribute of that name in a label is foreign. */
int64_t mu_place_offset(const xmlNode *node)
{
    for (; node != NULL && node->type == XML_ELEMENT_NODE; node = node->parent)
        for (const xmlAttr *a = is_ours(node) ? node->properties : NULL; a != NULL; a = a->next)
            if (a->ns == NULL && strcmp((const char *) a->name, "offset") == 0
                && a->children != NULL && a->children->content != NULL)
                return strtoll((const char *) a->children->content, NULL, 10);
    return -1;
}

static bool is_twin(const xmlNode *a, const xmlNode *b)
{
    return b->type == XML_ELEMENT_NODE && xmlStrEqual(a->name, b->name)
           && (a->ns == NULL) == (b->ns == NULL)
           && (a->ns == NULL || xmlStrEqual(a->ns->href, b->ns->href));
}

/* /m:message/m:label[2]/slab:Policy; positions only where a name alone is not enough. */
static void put_path(struct mu_buf *out, const xmlNode *node)
{
    if (node == NULL || node->type != XML_ELEMENT_NODE)
        return;
    put_path(out, node->parent); /* as deep as the document: MU_XML_DEPTH_MAX */
    mu_buf_putc(out, '/');
    if (node->ns != NULL && node->ns->prefix != NULL) {
        mu_text_safe(out, mu_bytes_of((const char *) node->ns->prefix), MU_TEXT_LINE, NAME_SHOWN);
        mu_buf_putc(out, ':');
    }
    mu_text_safe(out, mu_bytes_of((const char *) node->name), MU_TEXT_LINE, NAME_SHOWN);
    size_t position = 1, after = 0;
    for (const xmlNode *n = node->prev; n != NULL; n = n->prev)
        position += is_twin(node, n);
    for (const xmlNode *n = node->next; n != NULL && after == 0; n = n->next)
        after += is_twin(node, n);
    if (position + after > 1)
        mu_buf_printf(out, "[%zu]", position);
}

struct mu_place mu_place_of(struct mu_arena *arena, const xmlNode *node)
{
    struct mu_buf path = { .arena = arena };
    put_path(&path, node);
    return (struct mu_place){ mu_place_offset(node), mu_buf_text(&path) };
}

/* The texts below an element, apart from each other: 'SECRET NATO', not 'SECRETNATO'. */
static struct mu_bytes texts_of(struct mu_arena *arena, const xmlNode *top)
{
    struct mu_buf out = { .arena = arena };
    if (top->type != XML_ELEMENT_NODE)
        return mu_xml_text(arena, top);
    for (const xmlNode *n = top->children; n != NULL; n = mu_xml_following(top, n))
        if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) {
            mu_buf_put_bytes(&out, mu_xml_text(arena, n));
            mu_buf_putc(&out, ' ');
        }
    return mu_buf_bytes(&out);
}

const char *mu_place_seen(struct mu_arena *arena, const xmlNode *node)
{
    struct mu_buf out = { .arena = arena };
    const char *flat = mu_collapse(arena, texts_of(arena, node));
    mu_text_safe(&out, mu_bytes_of(flat), MU_TEXT_XML, MU_TEXT_MAX / 8);
    if (out.n > 0)
        return mu_buf_text(&out);
    /* An element without text says what it has to say in attributes. */
    struct mu_buf all = { .arena = arena };
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        const char *value = mu_xml_attribute(arena, node, (const char *) a->name);
        mu_buf_printf(&all, "%s%s=\"", all.n > 0 ? " " : "", (const char *) a->name);
        mu_buf_puts(&all, value == NULL ? "" : value);
        mu_buf_putc(&all, '"');
    }
    mu_text_safe(&out, mu_buf_bytes(&all), MU_TEXT_XML, MU_TEXT_MAX / 8);
    return mu_buf_text(&out);
}

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

/* A number of our own; an attribute of that name in a label is foreign. */
static int64_t number_of(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = is_ours(node) ? node->properties : NULL; a != NULL; a = a->next)
        if (a->ns == NULL && strcmp((const char *) a->name, name) == 0 && a->children != NULL
            && a->children->content != NULL)
            return strtoll((const char *) a->children->content, NULL, 10);
    return -1;
}

/* The nearest element around that knows where on the wire it is. */
static const xmlNode *placed(const xmlNode *node)
{
    while (node != NULL && node->type == XML_ELEMENT_NODE && number_of(node, "offset") < 0)
        node = node->parent;
    return node != NULL && node->type == XML_ELEMENT_NODE ? node : NULL;
}

int64_t mu_place_offset(const xmlNode *node)
{
    const xmlNode *at = placed(node);
    return at != NULL ? number_of(at, "offset") : -1;
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
    const xmlNode *at = placed(node);
    struct mu_place place = { -1, 0, mu_buf_text(&path) };
    if (at != NULL) {
        int64_t octets = mu_xml_is(at, MU_HEADER_NS, NULL) ? number_of(at, "octets") : 1;
        place.offset = number_of(at, "offset");
        place.octets = octets > 0 ? octets : 1;
    }
    return place;
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

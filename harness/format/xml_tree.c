#include "format/xml.h"
#include "format/xml_parser.h"

size_t mu_xml_offset(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE ? (size_t) (uintptr_t) node->_private : 0;
}

static bool is_text(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

struct mu_bytes mu_xml_text(struct mu_arena *arena, const xmlNode *node)
{
    /* Nearly all texts are one node: a copy takes what they need, a buffer would take much more. */
    const xmlNode *one = is_text(node) ? node : node->children;
    if (one != NULL && is_text(one) && (one == node || one->next == NULL) && one->content != NULL) {
        size_t n = strlen((const char *) one->content);
        return (struct mu_bytes){ mu_arena_strndup(arena, (const char *) one->content, n), n };
    }
    /* An attribute's text hangs below it like an element's; there is nothing deeper. */
    struct mu_buf out = { .arena = arena };
    uint32_t depth = 0;
    for (xmlNode *n = node->children; n != NULL; n = mu_xml_step(node, n, &depth)) {
        if (is_text(n) && n->content != NULL)
            mu_buf_puts(&out, (const char *) n->content);
    }
    return mu_buf_bytes(&out);
}

const char *mu_xml_attribute(struct mu_arena *arena, const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (a->ns == NULL && strcmp((const char *) a->name, name) == 0)
            return mu_xml_text(arena, (const xmlNode *) a).p; /* a mu_buf: NUL-terminated */
    }
    return NULL;
}

static const char *namespace_of(const xmlNode *node)
{
    return node->ns != NULL && node->ns->href != NULL ? (const char *) node->ns->href : "";
}

bool mu_xml_is(const xmlNode *node, const char *ns, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE
           && (name == NULL || strcmp((const char *) node->name, name) == 0)
           && (ns == NULL || strcmp(namespace_of(node), ns) == 0);
}

static xmlNode *first_from(xmlNode *node, const char *ns, const char *name)
{
    while (node != NULL && !mu_xml_is(node, ns, name))
        node = node->next;
    return node;
}

/* A name without a namespace is a name of our own vocabulary: that of the node we stand on. */
xmlNode *mu_xml_child(const xmlNode *node, const char *ns, const char *name)
{
    return first_from(node->children, ns != NULL || name == NULL ? ns : namespace_of(node), name);
}

const xmlNode *mu_xml_following(const xmlNode *top, const xmlNode *node)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != top && node->next == NULL)
        node = node->parent;
    return node == top ? NULL : node->next;
}

xmlNode *mu_xml_next(const xmlNode *node, const char *ns, const char *name)
{
    return first_from(node->next, ns != NULL || name == NULL ? ns : namespace_of(node), name);
}

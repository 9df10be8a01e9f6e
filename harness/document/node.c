#include "document/node.h"

#include <assert.h>
#include <libxml/dict.h>
#include <stdio.h>

#include "base/text_safe.h"

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

xmlDoc *mu_node_doc(struct mu_arena *arena, const struct mu_document_kit *kit)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    assert(doc != NULL);
    mu_arena_defer(arena, free_doc, doc);
    doc->dict = xmlDictCreateSub(kit != NULL ? kit->dict : NULL);
    assert(doc->dict != NULL);
    return doc;
}

void mu_node_append(xmlNode *parent, xmlNode *child)
{
    child->parent = parent;
    child->prev = parent->last;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->children = child;
    parent->last = child;
}

static xmlChar *intern(const struct mu_node *t, const char *name)
{
    const xmlChar *interned = xmlDictLookup(t->doc->dict, BAD_CAST name, -1);
    assert(interned != NULL);
    return (xmlChar *) interned;
}

xmlNode *mu_node_element(struct mu_node *t, xmlNode *parent, xmlNs *ns, const char *name)
{
    xmlNode *node = xmlNewDocNodeEatName(t->doc, ns, intern(t, name), NULL);
    assert(node != NULL);
    mu_node_append(parent, node);
    return node;
}

void mu_node_text(struct mu_node *t, xmlNode *node, struct mu_bytes text, size_t max)
{
    if (text.n == 0)
        return;
    t->scratch.n = 0;
    mu_text_safe(&t->scratch, text, MU_TEXT_XML, max);
    xmlNode *child = xmlNewDocTextLen(t->doc, BAD_CAST t->scratch.p, (int) t->scratch.n);
    assert(child != NULL);
    mu_node_append(node, child);
}

void mu_node_child_text(struct mu_node *t, xmlNode *parent, const char *name, struct mu_bytes text)
{
    if (text.n > 0)
        mu_node_text(t, mu_node_element(t, parent, t->m, name), text, text.n);
}

void mu_node_word(struct mu_node *t, xmlNode *node, const char *name, const char *word)
{
    if (word == NULL)
        return;
    xmlAttr *attribute = xmlNewNsPropEatName(node, NULL, intern(t, name), BAD_CAST word);
    assert(attribute != NULL);
}

void mu_node_foreign(struct mu_node *t, xmlNode *node, const char *name, struct mu_bytes word)
{
    t->scratch.n = 0;
    mu_text_safe(&t->scratch, word, MU_TEXT_LINE, 1000);
    mu_buf_putc(&t->scratch, '\0');
    mu_node_word(t, node, name, t->scratch.p);
}

void mu_node_number(struct mu_node *t, xmlNode *node, const char *name, uint64_t number)
{
    char digits[21];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = (char) ('0' + number % 10);
        number /= 10;
    } while (number > 0);
    mu_node_word(t, node, name, at);
}

void mu_node_flag(struct mu_node *t, xmlNode *node, const char *name, bool flag)
{
    mu_node_word(t, node, name, flag ? "true" : "false");
}

static xmlNode *following(xmlNode *node, const xmlNode *top)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != top && node->next == NULL)
        node = node->parent;
    return node == top ? NULL : node->next;
}

/* The offsets that the parser left in the original go to the copy: both trees have one shape. */
static void copy_offsets(xmlNode *from, xmlNode *to)
{
    xmlNode *a = from, *b = to;
    while (a != NULL && b != NULL) {
        if (a->type == XML_ELEMENT_NODE)
            b->_private = a->_private;
        a = following(a, from);
        b = following(b, to);
    }
    assert(a == NULL && b == NULL);
}

void mu_node_graft(struct mu_node *t, xmlNode *parent, xmlNode *root)
{
    xmlNode *copy = xmlDocCopyNode(root, t->doc, 1);
    assert(copy != NULL);
    mu_node_append(parent, copy);
    copy_offsets(root, copy);
}

const char *mu_node_validity(enum mu_validity validity)
{
    static const char *const word[] = {
        [MU_VALID] = "true",
        [MU_INVALID] = "false",
        [MU_VALIDITY_UNKNOWN] = "unknown",
    };
    return word[validity];
}

bool mu_node_is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return name[0] >= 'a' && name[0] <= 'z' && n <= 64 && name[n] == '\0';
}

void mu_node_start(struct mu_node *t, struct mu_arena *arena, const struct mu_document_kit *kit,
                   struct mu_document *document)
{
    xmlDoc *doc = mu_node_doc(arena, kit);
    *t = (struct mu_node){
        .arena = arena,
        .kit = kit,
        .document = document,
        .doc = doc,
        .scratch = { .arena = arena },
    };
    t->sio_end = &t->sio;
    t->history_end = &t->history;
    t->root = xmlNewDocNodeEatName(doc, NULL, intern(t, "message"), NULL);
    assert(t->root != NULL);
    xmlDocSetRootElement(doc, t->root);
    t->m = xmlNewNs(t->root, BAD_CAST MU_MESSAGE_NS, BAD_CAST "m");
    t->h = xmlNewNs(t->root, BAD_CAST MU_HEADER_NS, BAD_CAST "h");
    t->p = xmlNewNs(t->root, BAD_CAST MU_PARAMETER_NS, BAD_CAST "p");
    assert(t->m != NULL && t->h != NULL && t->p != NULL);
    t->root->ns = t->m;
    document->doc = doc;
}

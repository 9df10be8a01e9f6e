#include "document/node.h"

#include <assert.h>
#include <libxml/dict.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "base/digest.h"
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

/* Nodes are made by hand, as libxml2's own parser makes them: a document has some hundred, and the
 * library's calls would look through each text again for what mu_text_safe() leaves in none. */
static void *new_node(size_t size)
{
    void *node = xmlMalloc(size);
    if (node == NULL)
        abort();
    return memset(node, 0, size);
}

/* A short text stands inside its node, where those of elements have their attributes. */
static xmlNode *new_text(const struct mu_node *t, struct mu_bytes text)
{
    xmlNode *node = new_node(sizeof *node);
    node->type = XML_TEXT_NODE;
    node->name = xmlStringText;
    node->doc = t->doc;
    if (text.n < 2 * sizeof(void *)) {
        node->content = (xmlChar *) &node->properties;
        memcpy(node->content, text.p, text.n);
        return node;
    }
    node->content = xmlStrndup(BAD_CAST text.p, (int) text.n);
    if (node->content == NULL)
        abort();
    return node;
}

xmlNode *mu_node_element(struct mu_node *t, xmlNode *parent, xmlNs *ns, const char *name)
{
    xmlNode *node = new_node(sizeof *node);
    node->type = XML_ELEMENT_NODE;
    node->name = intern(t, name);
    node->ns = ns;
    node->doc = t->doc;
    mu_node_append(parent, node);
    return node;
}

void mu_node_text(struct mu_node *t, xmlNode *node, struct mu_bytes text, size_t max)
{
    if (text.n == 0)
        return;
    t->scratch.n = 0;
    mu_text_safe(&t->scratch, text, MU_TEXT_XML, max);
    mu_node_append(node, new_text(t, mu_buf_bytes(&t->scratch)));
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
    xmlAttr *attribute = new_node(sizeof *attribute), **end = &node->properties;
    attribute->type = XML_ATTRIBUTE_NODE;
    attribute->name = intern(t, name);
    attribute->parent = node;
    attribute->doc = t->doc;
    attribute->children = attribute->last = new_text(t, mu_bytes_of(word));
    attribute->children->parent = (xmlNode *) attribute;
    for (; *end != NULL; end = &(*end)->next)
        attribute->prev = *end;
    *end = attribute;
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

void mu_node_digest(struct mu_node *t, xmlNode *node, struct mu_bytes octets)
{
    char digest[MU_DIGEST_TEXT];
    if (t->kit != NULL && t->kit->undigested)
        return;
    mu_digest_text(octets, digest);
    mu_node_word(t, node, "sha256", digest);
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

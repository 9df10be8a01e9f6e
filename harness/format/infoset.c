#include "format/infoset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/xml.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

enum kind { ELEMENT, ATTRIBUTE, TEXT, INSTRUCTION };

/* One line of the canonical form. */
struct item {
    enum kind kind;
    uint32_t depth;    /* of the element that it is, or belongs to    */
    const char *name;  /* {namespace}local, or the target; "" of text */
    const char *value; /* "" of an element                            */
    const xmlNode *of; /* that element                                */
};

struct form {
    struct mu_arena *arena;
    struct mu_buf items; /* struct item in a row */
    struct mu_buf text;  /* gathered, and not yet an item */
    const xmlNode *text_of;
    uint32_t depth;                      /* of the element that is open       */
    bool blank[MU_XML_DEPTH_MAX + 2];    /* does white space count no further? */
    bool preserve[MU_XML_DEPTH_MAX + 2]; /* xml:space                          */
};

static bool is_text(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

static bool is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static const char *name_of(struct mu_arena *arena, const xmlNs *ns, const xmlChar *local)
{
    const char *uri = ns != NULL && ns->href != NULL ? (const char *) ns->href : "";
    return mu_arena_printf(arena, "{%s}%s", uri, (const char *) local);
}

static void add(struct form *f, enum kind kind, uint32_t depth, const char *name, const char *value,
                const xmlNode *of)
{
    struct item item = { kind, depth, name, value, of };
    mu_buf_put(&f->items, &item, sizeof item);
}

static void end_text(struct form *f)
{
    if (f->text_of == NULL)
        return;
    const char *text = mu_arena_strndup(f->arena, mu_buf_text(&f->text), f->text.n);
    if (!(f->blank[f->depth] && is_blank(text)))
        add(f, TEXT, f->depth, "", text, f->text_of);
    f->text.n = 0;
    f->text_of = NULL;
}

/* xsi:type="p:Name": the prefix is as good as any other that means the same namespace. */
static const char *type_name(struct form *f, const xmlNode *element, const char *value)
{
    const char *colon = strchr(value, ':'), *local = colon != NULL ? colon + 1 : value;
    const char *prefix =
        colon != NULL ? mu_arena_strndup(f->arena, value, (size_t) (colon - value)) : NULL;
    const xmlNs *ns = xmlSearchNs(element->doc, (xmlNode *) (uintptr_t) element, BAD_CAST prefix);
    return ns == NULL ? value : name_of(f->arena, ns, BAD_CAST local);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct item *) a)->name, ((const struct item *) b)->name);
}

static void add_attributes(struct form *f, const xmlNode *element)
{
    size_t first = f->items.n;
    for (const xmlAttr *a = element->properties; a != NULL; a = a->next) {
        struct mu_bytes value = mu_xml_text(f->arena, (const xmlNode *) a);
        const char *name = name_of(f->arena, a->ns, a->name);
        const char *text = mu_bytes_dup(f->arena, value);
        if (strcmp(name, "{" XSI "}type") == 0)
            text = type_name(f, element, text);
        if (strcmp(name, "{http://www.w3.org/XML/1998/namespace}space") == 0)
            f->preserve[f->depth] = strcmp(text, "preserve") == 0;
        add(f, ATTRIBUTE, f->depth, name, text, element);
    }
    qsort(f->items.p + first, (f->items.n - first) / sizeof(struct item), sizeof(struct item),
          by_name);
}

/* Nothing but elements, and white space between them? */
static bool holds_elements_only(const xmlNode *element)
{
    bool elements = false;
    for (const xmlNode *n = element->children; n != NULL; n = n->next) {
        elements = elements || n->type == XML_ELEMENT_NODE;
        if (is_text(n) && !is_blank((const char *) n->content))
            return false;
    }
    return elements;
}

static void open_element(struct form *f, const xmlNode *element)
{
    add(f, ELEMENT, f->depth, name_of(f->arena, element->ns, element->name), "", element);
    f->preserve[f->depth] = f->depth > 0 && f->preserve[f->depth - 1];
    add_attributes(f, element);
    f->blank[f->depth] = !f->preserve[f->depth] && holds_elements_only(element);
}

static uint32_t depth_of(const xmlNode *top, const xmlNode *element)
{
    uint32_t depth = 0;
    for (; element != top && element != NULL; element = element->parent)
        depth++;
    return depth;
}

static void take(struct form *f, const xmlNode *top, const xmlNode *node)
{
    if (node->type == XML_COMMENT_NODE)
        return;
    const xmlNode *of = node->type == XML_ELEMENT_NODE ? node : node->parent;
    if (!is_text(node) || f->text_of != of)
        end_text(f);
    f->depth = depth_of(top, of);
    assert(f->depth <= MU_XML_DEPTH_MAX);
    if (node->type == XML_ELEMENT_NODE) {
        open_element(f, node);
    } else if (is_text(node)) {
        f->text_of = of;
        mu_buf_puts(&f->text, node->content != NULL ? (const char *) node->content : "");
    } else if (node->type == XML_PI_NODE) {
        const char *value = node->content != NULL ? (const char *) node->content : "";
        add(f, INSTRUCTION, f->depth, (const char *) node->name, value, of);
    }
}

static size_t canonical(struct mu_arena *arena, const xmlNode *top, const struct item **item)
{
    struct form *f = mu_new(arena, struct form);
    f->arena = f->items.arena = f->text.arena = arena;
    for (const xmlNode *n = top; n != NULL; n = mu_xml_following(top, n))
        take(f, top, n);
    end_text(f);
    *item = (const struct item *) (const void *) f->items.p;
    return f->items.n / sizeof(struct item);
}

static bool same_item(const struct item *a, const struct item *b)
{
    return a->kind == b->kind && a->depth == b->depth && strcmp(a->name, b->name) == 0
           && strcmp(a->value, b->value) == 0;
}

static const char *shown(struct mu_arena *arena, const struct item *item)
{
    static const char *const word[] = { "element", "attribute", "text", "instruction" };
    if (item == NULL)
        return "nothing";
    const char *local = strrchr(item->name, '}');
    local = local != NULL ? local + 1 : item->name;
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, word[item->kind]);
    if (*local != '\0') {
        mu_buf_putc(&out, ' ');
        mu_text_safe(&out, mu_bytes_of(local), MU_TEXT_LINE, MU_ID_MAX);
    }
    if (item->kind == ELEMENT)
        return mu_buf_text(&out);
    mu_buf_puts(&out, " '");
    mu_text_safe(&out, mu_bytes_of(item->value), MU_TEXT_LINE, MU_EXCERPT_MAX);
    mu_buf_putc(&out, '\'');
    return mu_buf_text(&out);
}

/* "/root/child[2]": a number where more than one of the name stand there. */
static const char *path_of(struct mu_arena *arena, const xmlNode *node)
{
    const char *path = "";
    for (; node != NULL && node->type == XML_ELEMENT_NODE; node = node->parent) {
        unsigned before = 0, after = 0;
        for (const xmlNode *n = node->prev; n != NULL; n = n->prev)
            before += mu_xml_is(n, NULL, (const char *) node->name);
        for (const xmlNode *n = node->next; n != NULL && after == 0; n = n->next)
            after += mu_xml_is(n, NULL, (const char *) node->name);
        const char *name = mu_text_line(arena, mu_bytes_of((const char *) node->name));
        path = before + after == 0 ? mu_arena_printf(arena, "/%s%s", name, path)
                                   : mu_arena_printf(arena, "/%s[%u]%s", name, before + 1, path);
    }
    return path;
}

bool mu_infoset_same(struct mu_arena *arena, const xmlNode *first, const xmlNode *second,
                     struct mu_infoset_difference *difference)
{
    const struct item *a, *b;
    size_t as = canonical(arena, first, &a), bs = canonical(arena, second, &b), i = 0;
    while (i < as && i < bs && same_item(&a[i], &b[i]))
        i++;
    if (i == as && i == bs)
        return true;
    if (difference == NULL)
        return false;
    const struct item *x = i < as ? &a[i] : NULL, *y = i < bs ? &b[i] : NULL;
    const xmlNode *there = y != NULL ? y->of : second;
    *difference = (struct mu_infoset_difference){ .path = path_of(arena, x != NULL ? x->of : there),
                                                  .first = shown(arena, x),
                                                  .second = shown(arena, y),
                                                  .offset = mu_xml_offset(there) };
    return false;
}

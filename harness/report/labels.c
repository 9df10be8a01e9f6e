/* Label and marking of every leg side by side, from the message documents. */
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "report/evidence.h"

#define MESSAGE_NS "urn:muster:message:1"
#define HEADER_NS  "urn:muster:header:1"
#define ROWS_MAX   100         /* facts shown of all labels of a case; a label has about ten */
#define VALUE_MAX  600         /* bytes shown of one */
#define XML_MAX    MU_TEXT_MAX /* bytes shown of a label as XML */

struct leg {
    struct mu_detail *detail;
    size_t column;
    const char *at; /* which carrier: "sio-label" */
};

static bool is(const xmlNode *node, const char *ns, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL
           && xmlStrEqual(node->ns->href, BAD_CAST ns)
           && (name == NULL || xmlStrEqual(node->name, BAD_CAST name));
}

static const char *safe(struct mu_arena *arena, const char *text, size_t max)
{
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, mu_bytes_trim(mu_bytes_of(text)), MU_TEXT_XML, max);
    return mu_buf_text(&out);
}

static const char *attribute(struct mu_arena *arena, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    const char *text = value == NULL ? "" : safe(arena, (const char *) value, VALUE_MAX);
    xmlFree(value);
    return text;
}

/* The first row of that name whose cell is free, so that the second marking of one leg meets the
 * second marking of the other. */
static struct mu_label_row *row_for(const struct leg *leg, const char *name)
{
    struct mu_label_row **at = &leg->detail->row;
    for (; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0 && (*at)->cell[leg->column] == NULL)
            return *at;
    if (leg->detail->rows++ >= ROWS_MAX)
        return NULL;
    *at = mu_new(leg->detail->arena, struct mu_label_row);
    (*at)->name = name;
    return *at;
}

static void put(const struct leg *leg, const char *name, const char *value)
{
    struct mu_arena *arena = leg->detail->arena;
    struct mu_label_row *row = row_for(leg, mu_arena_printf(arena, "%s: %s", leg->at, name));
    if (row != NULL)
        row->cell[leg->column] = value;
}

/* "Releasable To: GenericValue": a value of a category is known by the category's tag. */
static const char *name_of(struct mu_arena *arena, const xmlNode *node)
{
    const char *tag = "";
    for (const xmlNode *up = node->parent; up != NULL && *tag == '\0'; up = up->parent)
        if (up->type == XML_ELEMENT_NODE)
            tag = attribute(arena, up, "TagName");
    const char *name = safe(arena, (const char *) node->name, MU_ID_MAX);
    return *tag == '\0' ? name : mu_arena_printf(arena, "%s: %s", tag, name);
}

static void put_attributes(const struct leg *leg, const xmlNode *node)
{
    struct mu_arena *arena = leg->detail->arena;
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        const char *name = safe(arena, (const char *) a->name, MU_ID_MAX);
        put(leg, mu_arena_printf(arena, "%s @%s", name_of(arena, node), name),
            attribute(arena, node, (const char *) a->name));
    }
}

static void put_tree(const struct leg *leg, xmlNode *node)
{
    struct mu_arena *arena = leg->detail->arena;
    if (is(node, MESSAGE_NS, NULL)) /* our own facts about the label */
        return;
    put_attributes(leg, node);
    if (xmlFirstElementChild(node) == NULL) {
        xmlChar *text = xmlNodeGetContent(node);
        put(leg, name_of(arena, node), safe(arena, (const char *) text, VALUE_MAX));
        xmlFree(text);
    }
    for (xmlNode *child = xmlFirstElementChild(node); child != NULL;
         child = xmlNextElementSibling(child))
        put_tree(leg, child);
}

/* The octets of an element without the indentation that it has in its document. */
static const char *element_text(struct mu_arena *arena, xmlNode *node)
{
    struct mu_buf text = { .arena = arena };
    xmlBuffer *buffer = xmlBufferCreate();
    xmlNodeDump(buffer, node->doc, node, 0, 0);
    const char *all = (const char *) xmlBufferContent(buffer);
    const char *last = strrchr(all, '\n');
    size_t indent = last == NULL ? 0 : strspn(last + 1, " ");
    for (const char *at = all; *at != '\0'; at++) {
        mu_buf_putc(&text, *at);
        if (*at == '\n')
            at += strspn(at + 1, " ") < indent ? strspn(at + 1, " ") : indent;
    }
    xmlBufferFree(buffer);
    return safe(arena, mu_buf_text(&text), XML_MAX);
}

static const char *colour(struct mu_arena *arena, const xmlNode *facts, const char *name)
{
    const char *text = attribute(arena, facts, name);
    return mu_colour_plain(text) ? text : "";
}

/* What a user would see: the first marking of the facts, which is the English one where there is one. */
static void understand(struct mu_arena *arena, const xmlNode *facts, struct mu_label_seen *seen)
{
    seen->known = strcmp(attribute(arena, facts, "known"), "true") == 0;
    seen->valid = strcmp(attribute(arena, facts, "valid"), "true") == 0;
    seen->policy = attribute(arena, facts, "policy");
    seen->colour = colour(arena, facts, "colour");
    seen->text_colour = colour(arena, facts, "text-colour");
    for (const xmlNode *node = facts->children; node != NULL; node = node->next) {
        if (!is(node, MESSAGE_NS, "marking") || *seen->marking != '\0')
            continue;
        xmlChar *text = xmlNodeGetContent(node);
        seen->marking = safe(arena, (const char *) text, VALUE_MAX);
        xmlFree(text);
    }
}

static void note_understood(const struct leg *leg, struct mu_label_seen *seen, const char *name,
                            const char *value)
{
    struct mu_pair **tail = &seen->understood;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = mu_new(leg->detail->arena, struct mu_pair);
    (*tail)->name = mu_arena_printf(leg->detail->arena, "%s: %s", leg->at, name);
    (*tail)->value = *value != '\0' ? value : "not known to the policy";
}

/* One row a value, under the tag name as the label has it. */
static void understand_category(const struct leg *leg, const xmlNode *category,
                                struct mu_label_seen *seen)
{
    struct mu_arena *arena = leg->detail->arena;
    const char *tag = attribute(arena, category, "set");
    for (const xmlNode *node = category->children; node != NULL; node = node->next) {
        if (is(node, MESSAGE_NS, "written")) {
            xmlChar *text = xmlNodeGetContent(node);
            tag = safe(arena, (const char *) text, VALUE_MAX);
            xmlFree(text);
        } else if (is(node, MESSAGE_NS, "value"))
            note_understood(leg, seen, mu_arena_printf(arena, "%s: GenericValue", tag),
                            attribute(arena, node, "name"));
    }
}

/* What the policy engine made of the parts of the label, each under the name of the part. */
static void understand_parts(const struct leg *leg, const xmlNode *facts,
                             struct mu_label_seen *seen)
{
    struct mu_arena *arena = leg->detail->arena;
    note_understood(leg, seen, "PolicyIdentifier", seen->policy);
    note_understood(leg, seen, "Classification", attribute(arena, facts, "classification"));
    note_understood(leg, seen, "marking", seen->marking);
    for (const xmlNode *node = facts->children; node != NULL; node = node->next)
        if (is(node, MESSAGE_NS, "category"))
            understand_category(leg, node, seen);
}

static void see_label(const struct leg *leg, xmlNode *label)
{
    struct mu_arena *arena = leg->detail->arena;
    struct mu_label_seen **last = &leg->detail->leg[leg->column].label, *seen;
    while (*last != NULL)
        last = &(*last)->next;
    seen = *last = mu_new(arena, struct mu_label_seen);
    seen->at = leg->at;
    seen->marking = seen->policy = seen->colour = seen->text_colour = seen->xml = "";
    for (xmlNode *child = xmlFirstElementChild(label); child != NULL;
         child = xmlNextElementSibling(child)) {
        if (is(child, MESSAGE_NS, "facts")) {
            understand(arena, child, seen);
            understand_parts(leg, child, seen);
        } else if (!is(child, MESSAGE_NS, NULL) && *seen->xml == '\0')
            seen->xml = element_text(arena, child);
    }
}

static void put_label(struct leg *leg, const xmlNode *label)
{
    struct mu_arena *arena = leg->detail->arena;
    leg->at = attribute(arena, label, "at");
    put(leg, "syntax", attribute(arena, label, "syntax"));
    see_label(leg, (xmlNode *) (uintptr_t) label);
    for (xmlNode *child = xmlFirstElementChild((xmlNode *) (uintptr_t) label); child != NULL;
         child = xmlNextElementSibling(child))
        put_tree(leg, child);
}

/* Parameters of SIO-Label (RFC 7444) that are text: marking, colours, type. */
static void put_parameters(struct leg *leg, const xmlNode *header)
{
    struct mu_arena *arena = leg->detail->arena;
    leg->at = safe(arena, (const char *) header->name, MU_ID_MAX);
    for (const xmlNode *p = header->children; p != NULL; p = p->next) {
        if (p->type != XML_ELEMENT_NODE)
            continue;
        xmlChar *text = xmlNodeGetContent(p);
        const char *value = safe(arena, (const char *) text, VALUE_MAX);
        xmlFree(text);
        if (*value != '\0')
            put(leg, safe(arena, (const char *) p->name, MU_ID_MAX), value);
    }
}

static void put_malformed(struct leg *leg, const xmlNode *node)
{
    struct mu_arena *arena = leg->detail->arena;
    leg->at = attribute(arena, node, "at");
    const char *offset = attribute(arena, node, "offset");
    put(leg, "cannot be read",
        mu_arena_printf(arena, "%s%s%s", attribute(arena, node, "why"),
                        *offset != '\0' ? ", octet " : "", offset));
}

static void add_leg(struct mu_detail *detail, const char *file, const xmlNode *message)
{
    struct leg leg = { .detail = detail, .column = detail->legs, .at = "" };
    struct mu_label_leg *shown = &detail->leg[detail->legs++];
    shown->file = file;
    shown->leg = attribute(detail->arena, message, "leg");
    shown->carrier = attribute(detail->arena, message, "carrier");
    shown->sha256 = attribute(detail->arena, message, "sha256");
    shown->intended = strncmp(file, "intended-", strlen("intended-")) == 0;
    shown->sent = strcmp(attribute(detail->arena, message, "collected"), "true") != 0;
    for (const xmlNode *node = message->children; node != NULL; node = node->next) {
        if (is(node, HEADER_NS, NULL) && xmlStrncmp(node->name, BAD_CAST "sio-label", 9) == 0)
            put_parameters(&leg, node);
        else if (is(node, MESSAGE_NS, "label"))
            put_label(&leg, node);
        else if (is(node, MESSAGE_NS, "malformed"))
            put_malformed(&leg, node);
    }
}

static void free_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

void mu_detail_add_document(struct mu_detail *detail, const char *file, struct mu_bytes xml)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    MU_CLEANUP(free_doc) xmlDoc *doc = NULL;
    if (mu_bytes_find(xml, MU_BYTES("<!DOCTYPE"), 0) == SIZE_MAX)
        doc = xmlReadMemory(xml.p, (int) xml.n, "message", NULL, options);
    xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
    if (root == NULL || !is(root, MESSAGE_NS, "message")) {
        mu_detail_problem(detail, file, "is not a message document");
        return;
    }
    if (detail->legs < MU_LABEL_LEGS)
        add_leg(detail, file, root);
}

/* What the harness sent is the first column: all others are compared with it. */
static void put_sent_first(struct mu_detail *detail)
{
    size_t sent = 0;
    while (sent < detail->legs && !detail->leg[sent].sent)
        sent++;
    if (sent == 0 || sent == detail->legs)
        return;
    struct mu_label_leg leg = detail->leg[0];
    detail->leg[0] = detail->leg[sent];
    detail->leg[sent] = leg;
    for (struct mu_label_row *row = detail->row; row != NULL; row = row->next) {
        const char *cell = row->cell[0];
        row->cell[0] = row->cell[sent];
        row->cell[sent] = cell;
    }
}

/* What was understood of the label that came last: that which a reader has in the end. */
static void put_understood(struct mu_detail *detail)
{
    const struct mu_label_seen *last = NULL;
    for (size_t i = 0; i < detail->legs; i++)
        if (detail->leg[i].label != NULL && !detail->leg[i].intended)
            last = detail->leg[i].label;
    for (; last != NULL; last = last->next)
        for (const struct mu_pair *p = last->understood; p != NULL; p = p->next) {
            struct mu_label_row *row = detail->row;
            while (row != NULL && (row->understood != NULL || strcmp(row->name, p->name) != 0))
                row = row->next;
            if (row != NULL)
                row->understood = p->value;
        }
}

void mu_detail_compare(struct mu_detail *detail)
{
    put_sent_first(detail);
    put_understood(detail);
    for (struct mu_label_row *row = detail->row; row != NULL; row = row->next)
        for (size_t i = 1; i < detail->legs; i++) {
            const char *a = row->cell[0], *b = row->cell[i];
            row->other[i] = a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
            row->differs = row->differs || row->other[i];
        }
    for (struct mu_label_row *row = detail->row; row != NULL; row = row->next) {
        row->misunderstood = row->understood != NULL && row->cell[0] != NULL
                             && strcasecmp(row->understood, row->cell[0]) != 0;
        row->differs = row->differs || row->misunderstood;
    }
}

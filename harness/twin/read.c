#include "twin/read.h"

#include <string.h>

#include "base/limits.h"
#include "format/label.h"

/* --- the field ------------------------------------------------------------------------------------- */

static const struct mu_header *count_in(const struct mu_part *part, bool last, size_t *count)
{
    const struct mu_header *found = NULL;
    *count = 0;
    for (size_t i = 0; i < part->headers; i++) {
        const struct mu_header *h = &part->header[i];
        if (h->key == NULL || strcmp(h->key, "sio-label") != 0)
            continue;
        if ((*count)++ == 0 || last)
            found = h;
    }
    return found;
}

/* A label of a part below, taken for that of the whole. */
static const struct mu_header *look_below(const struct mu_part *part, size_t *count)
{
    const struct mu_header *found = NULL;
    for (size_t i = 0; i < part->parts && found == NULL; i++) {
        found = count_in(&part->part[i], false, count);
        if (found == NULL)
            found = look_below(&part->part[i], count);
    }
    return found;
}

const struct mu_header *mu_twin_label_field(const struct mu_mail *mail, const struct mu_sin *sin,
                                            size_t *count)
{
    bool last = mu_sin_is(sin, MU_SIN_LAST_LABEL);
    const struct mu_header *found = count_in(&mail->top, last, count);
    if (found == NULL && mu_sin_is(sin, MU_SIN_PART_LABEL))
        found = look_below(&mail->top, count);
    if (found != NULL && (last || mu_sin_is(sin, MU_SIN_ACCEPT_DUPLICATE)))
        *count = 1;
    return found;
}

/* What a receiver may forgive: hex digits in lower case, and the trailing semicolon that RFC 7444
 * has in an example of its own. */
#define FORGIVEN_PARAMETER MU_PARAMETER_LOWER_HEX
#define FORGIVEN_LIST      MU_LIST_EMPTY

static const char *parameter_defect(const struct mu_sio *sio, const struct mu_sin *sin)
{
    unsigned forgiven = FORGIVEN_PARAMETER | (sin != NULL ? sin->overlooks : 0);
    if (mu_sin_is(sin, MU_SIN_ENCODED_WORD))
        forgiven |= MU_PARAMETER_ENCODED_WORD;
    for (size_t i = 0; i < sio->list.parameters; i++) {
        unsigned defects = sio->list.parameter[i].defects & ~forgiven;
        for (unsigned bit = 1; bit != 0 && defects != 0; bit <<= 1)
            if ((defects & bit) != 0)
                return mu_parameter_defect_name(bit);
    }
    return NULL;
}

static bool known_parameter(const char *name)
{
    static const char *const known[] = { "marking", "fgcolor", "bgcolor", "type", "label" };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strcmp(known[i], name) == 0)
            return true;
    return false;
}

const char *mu_twin_field_defect(const struct mu_sio *sio, const struct mu_sin *sin)
{
    unsigned lists = FORGIVEN_LIST | (mu_sin_is(sin, MU_SIN_COMMENT) ? MU_LIST_COMMENT : 0);
    if (mu_sin_is(sin, MU_SIN_ANY_FIELD))
        return NULL;
    if ((sio->list.defects & ~lists) != 0)
        return "the field is no parameter list";
    const char *why = parameter_defect(sio, sin);
    if (why != NULL)
        return why;
    for (size_t i = 0; i < sio->list.parameters; i++)
        if (mu_sin_is(sin, MU_SIN_UNKNOWN_PARAMETER)
            && !known_parameter(sio->list.parameter[i].name))
            return "a parameter that this guard does not know";
    if ((sio->label != NULL) != (sio->type != NULL) && !mu_sin_is(sin, MU_SIN_NO_TYPE))
        return "type and label do not come together";
    if (sio->marking == NULL && sio->label == NULL)
        return "neither marking nor label";
    return sio->marking == NULL && (sio->fgcolor != NULL || sio->bgcolor != NULL)
               ? "colours without a marking"
               : NULL;
}

/* --- the octets of the label ------------------------------------------------------------------------ */

/* <!ENTITY name "value">: its two texts; false when there is none from `at` on. */
static bool next_entity(struct mu_bytes subset, size_t *at, struct mu_bytes *name,
                        struct mu_bytes *value)
{
    size_t begin = mu_bytes_find(subset, MU_BYTES("<!ENTITY "), *at);
    if (begin == SIZE_MAX)
        return false;
    begin += strlen("<!ENTITY ");
    size_t space = mu_bytes_find(subset, MU_BYTES(" "), begin);
    size_t open = mu_bytes_find(subset, MU_BYTES("\""), begin);
    size_t close = open == SIZE_MAX ? SIZE_MAX : mu_bytes_find(subset, MU_BYTES("\""), open + 1);
    if (space == SIZE_MAX || close == SIZE_MAX)
        return false;
    *name = mu_bytes_slice(subset, begin, space - begin);
    *value = mu_bytes_slice(subset, open + 1, close - open - 1);
    *at = close;
    return true;
}

static struct mu_bytes replace(struct mu_arena *arena, struct mu_bytes text, struct mu_bytes what,
                               struct mu_bytes by)
{
    struct mu_buf out = { .arena = arena };
    size_t at = 0, found;
    while ((found = mu_bytes_find(text, what, at)) != SIZE_MAX) {
        mu_buf_put_bytes(&out, mu_bytes_slice(text, at, found - at));
        mu_buf_put_bytes(&out, by);
        at = found + what.n;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(text, at));
    return mu_buf_bytes(&out);
}

/* The document type declaration obeyed, as parsers do that were never told not to. */
static struct mu_bytes obey_doctype(struct mu_arena *arena, struct mu_bytes xml)
{
    size_t begin = mu_bytes_find(xml, MU_BYTES("<!DOCTYPE"), 0);
    size_t end = begin == SIZE_MAX ? SIZE_MAX : mu_bytes_find(xml, MU_BYTES("]>"), begin);
    if (end == SIZE_MAX)
        return xml;
    struct mu_bytes subset = mu_bytes_slice(xml, begin, end - begin);
    struct mu_bytes rest = mu_bytes_from(xml, end + 2), name, value;
    while (rest.n > 0 && rest.p[0] != '<')
        rest = mu_bytes_from(rest, 1);
    for (size_t at = 0; next_entity(subset, &at, &name, &value);) {
        const char *reference = mu_arena_printf(arena, "&%.*s;", (int) name.n, name.p);
        rest = replace(arena, rest, mu_bytes_of(reference), value);
    }
    return rest;
}

/* --- its tree --------------------------------------------------------------------------------------- */

static void remove_node(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* Of a text in several pieces the first alone, or those that are no CDATA section. */
static void cut_texts(xmlNode *element, bool first_only)
{
    bool seen = false;
    for (xmlNode *n = element->children, *next; n != NULL; n = next) {
        next = n->next;
        if (n->type == XML_ELEMENT_NODE)
            cut_texts(n, first_only);
        else if (first_only ? seen : n->type == XML_CDATA_SECTION_NODE)
            remove_node(n);
        else
            seen = seen || n->type == XML_TEXT_NODE;
    }
}

/* Every element of the root's namespace moves into that of labels. */
static void adopt(xmlNode *node, const xmlNs *foreign, xmlNs *ours)
{
    if (node->ns == foreign)
        xmlSetNs(node, ours);
    for (xmlNode *n = node->children; n != NULL; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            adopt(n, foreign, ours);
}

static void adopt_root(xmlNode *root)
{
    if (root->ns != NULL && strcmp((const char *) root->ns->href, MU_SLAB_NS) == 0)
        return;
    adopt(root, root->ns, xmlNewNs(root, BAD_CAST MU_SLAB_NS, BAD_CAST "adopted"));
}

static void ignore_root_case(xmlNode *root)
{
    static const char *const name[] = { MU_LABEL_ORIGINATOR, MU_LABEL_ALTERNATIVE };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        if (mu_bytes_equal_nocase(mu_bytes_of((const char *) root->name), mu_bytes_of(name[i])))
            xmlNodeSetName(root, BAD_CAST name[i]);
}

static bool is_ours(const xmlNode *node)
{
    return node->ns != NULL && strcmp((const char *) node->ns->href, MU_SLAB_NS) == 0;
}

static bool has_extension(const xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        if (a->ns != NULL)
            return true;
    for (const xmlNode *n = node->children; n != NULL; n = n->next)
        if (n->type == XML_ELEMENT_NODE && (!is_ours(n) || has_extension(n)))
            return true;
    return false;
}

static void misread(xmlNode *root, const struct mu_sin *sin)
{
    if (mu_sin_is(sin, MU_SIN_FIRST_TEXT) || mu_sin_is(sin, MU_SIN_NO_CDATA))
        cut_texts(root, mu_sin_is(sin, MU_SIN_FIRST_TEXT));
    if (mu_sin_is(sin, MU_SIN_ANY_NAMESPACE))
        adopt_root(root);
    if (mu_sin_is(sin, MU_SIN_ANY_ROOT_CASE))
        ignore_root_case(root);
}

/* Larger or deeper than is read here, or no XML at all. */
static enum mu_class class_of(const struct mu_xml_fault *fault)
{
    static const char *const size[] = { "size", "depth", "elements", "attributes", "namespaces" };
    for (size_t i = 0; fault->result == MU_XML_GATE && i < MU_COUNT(size); i++)
        if (strcmp(fault->limit, size[i]) == 0)
            return MU_CLASS_LIMIT;
    return MU_CLASS_MALFORMED;
}

const xmlNode *mu_twin_label_tree(struct mu_arena *arena, struct mu_bytes octets,
                                  const struct mu_sin *sin, enum mu_class *class, const char **why)
{
    xmlDoc *doc;
    struct mu_xml_fault fault;
    struct mu_bytes xml = mu_sin_is(sin, MU_SIN_DOCTYPE) ? obey_doctype(arena, octets) : octets;
    *class = MU_CLASS_SCHEMA;
    *why = NULL;
    if (octets.n > 4096 && mu_sin_is(sin, MU_SIN_SHORT_LABEL)) {
        *why = "a label of more than 4,096 octets";
        *class = MU_CLASS_LIMIT;
        return NULL;
    }
    if (mu_xml_parse(arena, xml, 0, NULL, &doc, &fault) != MU_XML_OK) {
        *why = mu_arena_printf(arena, "%s", fault.why);
        *class = class_of(&fault);
        return NULL;
    }
    xmlNode *root = xmlDocGetRootElement(doc);
    misread(root, sin);
    if (!mu_label_is_root(root))
        *why = "the root is no confidentiality label";
    else if (mu_sin_is(sin, MU_SIN_EXTENSION) && has_extension(root))
        *why = "an element or attribute that this guard does not know";
    return *why == NULL ? root : NULL;
}

const xmlNode *mu_twin_label_root(struct mu_arena *arena, const struct mu_sio *sio,
                                  const struct mu_sin *sin, const char **why)
{
    bool untyped = sio->type == NULL && mu_sin_is(sin, MU_SIN_NO_TYPE);
    enum mu_class class;
    *why = NULL;
    if (sio->kind != MU_SIO_XML && !untyped)
        *why = "no label of a type that this guard knows";
    else if (sio->base64 != MU_BASE64_OK && (sin == NULL || sin->base64 != sio->base64))
        *why = mu_base64_defect_name(sio->base64);
    return *why == NULL ? mu_twin_label_tree(arena, sio->decoded, sin, &class, why) : NULL;
}

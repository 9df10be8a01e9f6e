#include "document/node.h"

#include <assert.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/sio.h"

#define SCHEMA_ERRORS 8 /* shown of one label */

static const char *role_of(const xmlNode *root)
{
    static const struct {
        const char *name, *role;
    } row[] = {
        { "originatorConfidentialityLabel", "originator" },
        { "alternativeConfidentialityLabel", "alternative" },
        { "metadataConfidentialityLabel", "metadata" },
        { "ConfidentialityLabel", "legacy" }, /* kept for backwards compatibility only */
    };
    if (!mu_label_is_root(root))
        return "unknown";
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp((const char *) root->name, row[i].name) == 0)
            return row[i].role;
    return "unknown";
}

static void malformed(struct mu_node *t, const char *why, struct mu_bytes words, size_t offset)
{
    xmlNode *node = mu_node_element(t, t->root, t->m, "malformed");
    mu_node_word(t, node, "at", "sio-label");
    mu_node_word(t, node, "why", why);
    mu_node_number(t, node, "offset", offset);
    mu_node_text(t, node, words, MU_TEXT_MAX);
}

/* Limits that say how much, not what: passing one says nothing about the label's rightness. */
static bool is_measure(const char *limit)
{
    static const char *const measure[] = { "size", "depth", "elements", "attributes",
                                           "namespaces" };
    for (size_t i = 0; i < MU_COUNT(measure); i++)
        if (strcmp(measure[i], limit) == 0)
            return true;
    return false;
}

static void refused(struct mu_node *t, const struct mu_parameter *label,
                    const struct mu_xml_fault *fault)
{
    const char *why = "not well-formed";
    if (fault->result == MU_XML_GATE) {
        why = mu_arena_printf(t->arena, "gate %s", fault->limit);
        if (is_measure(fault->limit) && t->document->limit == NULL)
            t->document->limit = fault->limit;
    } else if (fault->result == MU_XML_DIFFERENTIAL) {
        why = "differential";
        t->document->differential = true;
    }
    /* Three octets of XML stand in four of base64. */
    size_t at = fault->offset / 3 * 4;
    malformed(t, why, mu_bytes_of(fault->why), mu_parameter_offset(label, at));
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

static void schema_errors(struct mu_node *t, xmlNode *node, const struct mu_schema_error *error,
                          size_t shown)
{
    for (size_t i = 0; i < shown; i++) {
        xmlNode *element = mu_node_element(t, node, t->m, "schema-error");
        if (error[i].node != NULL && error[i].node->type == XML_ELEMENT_NODE)
            mu_node_number(t, element, "offset", mu_xml_offset(error[i].node));
        mu_node_text(t, element, mu_bytes_of(error[i].message), MU_TEXT_MAX);
    }
}

static void validate(struct mu_node *t, xmlNode *node, xmlDoc *doc)
{
    static const char *const word[] = {
        [MU_VALID] = "true",
        [MU_INVALID] = "false",
        [MU_VALIDITY_UNKNOWN] = "unknown",
    };
    enum mu_validity validity = MU_VALIDITY_UNKNOWN;
    struct mu_schema_error error[SCHEMA_ERRORS];
    size_t errors = 0;
    if (t->kit != NULL && t->kit->label_schema != NULL)
        validity = mu_schema_validate(t->kit->label_schema, doc, error, SCHEMA_ERRORS, &errors);
    mu_node_word(t, node, "schema-valid", word[validity]);
    schema_errors(t, node, error, errors < SCHEMA_ERRORS ? errors : SCHEMA_ERRORS);
}

static xmlNode *label_element(struct mu_node *t, const struct mu_node_sio *entry)
{
    xmlNode *node = mu_node_element(t, t->root, t->m, "label");
    mu_node_word(t, node, "at", "sio-label");
    mu_node_number(t, node, "header", entry->header->index);
    mu_node_number(t, node, "offset", mu_parameter_offset(entry->sio->label, 0));
    mu_node_number(t, node, "octets", entry->sio->decoded.n);
    return node;
}

static void set_marking(struct mu_node *t, const struct mu_parameter *marking)
{
    struct mu_buf text = { .arena = t->arena };
    mu_text_safe(&text, marking->value, MU_TEXT_XML, MU_TEXT_MAX);
    t->document->marking = mu_buf_text(&text);
}

/* The first label that a receiver could take for the message's own. */
static void set_label(struct mu_node *t, const struct mu_node_sio *entry, const char *role,
                      const xmlNode *root)
{
    bool own = strcmp(role, "originator") == 0 || strcmp(role, "legacy") == 0;
    if (!own || t->document->label != NULL)
        return;
    t->document->label = mu_new(t->arena, struct mu_label);
    mu_label_read(t->arena, root, t->document->label);
    if (entry->sio->marking != NULL)
        set_marking(t, entry->sio->marking);
}

static void graft(struct mu_node *t, const struct mu_node_sio *entry)
{
    const struct mu_sio *sio = entry->sio;
    struct mu_xml_fault fault = { 0 };
    xmlDoc *doc = NULL;
    if (mu_xml_parse(t->arena, sio->decoded, 0, t->kit != NULL ? t->kit->dict : NULL, &doc, &fault)
        != MU_XML_OK) {
        refused(t, sio->label, &fault);
        return;
    }
    xmlNode *root = xmlDocGetRootElement(doc);
    const char *role = role_of(root);
    xmlNode *node = label_element(t, entry);
    mu_node_word(t, node, "syntax", mu_label_is_root(root) ? "adatp-4774" : "unknown");
    mu_node_word(t, node, "role", role);
    validate(t, node, doc);
    xmlNode *copy = xmlDocCopyNode(root, t->doc, 1);
    assert(copy != NULL);
    mu_node_append(node, copy);
    copy_offsets(root, copy);
    set_label(t, entry, role, root);
}

/* Label types whose content is not read here: it stays known by its size. */
static void opaque(struct mu_node *t, const struct mu_node_sio *entry)
{
    static const char *const word[] = {
        [MU_SIO_NONE] = "none", [MU_SIO_ESS] = "ess", [MU_SIO_X411] = "x411",
        [MU_SIO_XML] = "xml",   [MU_SIO_URI] = "uri", [MU_SIO_UNKNOWN] = "unknown",
    };
    xmlNode *node = mu_node_element(t, t->root, t->m, "opaque");
    mu_node_word(t, node, "at", "sio-label");
    mu_node_number(t, node, "header", entry->header->index);
    mu_node_word(t, node, "type", word[entry->sio->kind]);
    mu_node_number(t, node, "octets", entry->sio->decoded.n);
}

static void one(struct mu_node *t, const struct mu_node_sio *entry)
{
    const struct mu_sio *sio = entry->sio;
    t->document->label_found = true;
    if (sio->marking != NULL && t->document->marking == NULL)
        set_marking(t, sio->marking);
    if (sio->label == NULL)
        return;
    if (sio->base64 != MU_BASE64_OK)
        malformed(t, mu_base64_defect_name(sio->base64), MU_BYTES(""), sio->base64_offset);
    else if (sio->decoded.n == 0)
        malformed(t, "empty", MU_BYTES(""), sio->label->offset);
    else if (sio->kind == MU_SIO_XML)
        graft(t, entry);
    else
        opaque(t, entry);
}

void mu_node_labels(struct mu_node *t)
{
    for (const struct mu_node_sio *entry = t->sio; entry != NULL; entry = entry->next)
        one(t, entry);
}

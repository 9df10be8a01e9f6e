#include "document/node.h"

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/ess.h"
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
    enum mu_validity validity = MU_VALIDITY_UNKNOWN;
    struct mu_schema_error error[SCHEMA_ERRORS];
    size_t errors = 0;
    if (t->kit != NULL && t->kit->label_schema != NULL)
        validity = mu_schema_validate(t->kit->label_schema, doc, error, SCHEMA_ERRORS, &errors);
    mu_node_word(t, node, "schema-valid", mu_node_validity(validity));
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

/* The first label that a receiver could take for the message's own: the originator's, or where there is
 * none the alternative that a gateway wrote (ADatP-4774.1 4.2 rules 3, 4). */
static void set_label(struct mu_node *t, const struct mu_node_sio *entry, const char *role,
                      const struct mu_label *label)
{
    struct mu_document *d = t->document;
    bool own = strcmp(role, "originator") == 0 || strcmp(role, "legacy") == 0;
    bool spare = d->label != NULL && strcmp(d->label->root, MU_LABEL_ALTERNATIVE) == 0;
    if (!own && strcmp(role, "alternative") != 0)
        return;
    if (d->label != NULL && !(own && spare))
        return;
    d->label = mu_new(t->arena, struct mu_label);
    *d->label = *label;
    if (entry->sio->marking != NULL)
        set_marking(t, entry->sio->marking);
}

static void graft(struct mu_node *t, struct mu_node_sio *entry)
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
    mu_node_graft(t, node, root);
    if (!mu_label_is_root(root))
        return;
    struct mu_label *label = mu_new(t->arena, struct mu_label);
    mu_label_read(t->arena, root, label);
    entry->label = label;
    mu_node_facts(t, node, label);
    set_label(t, entry, role, label);
}

/* What the octets of an ESS or X.411 label are: strict DER, other BER, or in which way neither. */
static void encoding(struct mu_node *t, xmlNode *node, const struct mu_sio *sio)
{
    struct mu_ess ess;
    enum mu_ess_syntax syntax = sio->kind == MU_SIO_ESS ? MU_ESS_LABEL : MU_ESS_X411;
    if (sio->kind != MU_SIO_ESS && sio->kind != MU_SIO_X411)
        return;
    mu_ess_read(t->arena, sio->decoded, syntax, &ess);
    const struct mu_ber_report *report = &ess.report;
    const char *word = report->defects == 0              ? "der"
                       : report->worst == MU_BER_NOT_DER ? "ber"
                       : report->worst == MU_BER_WRONG   ? "wrong"
                                                         : "unreadable";
    mu_node_word(t, node, "encoding", word);
    struct mu_buf words = { .arena = t->arena };
    for (size_t i = 0; i < report->defects; i++)
        mu_buf_printf(&words, "%s%s", i > 0 ? " " : "", mu_ber_defect_name(report->defect[i].kind));
    if (report->defects > 0)
        mu_node_word(t, node, "defects", mu_buf_text(&words));
}

/* Label types whose content is not read here: it stays known by its size and encoding. */
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
    encoding(t, node, entry->sio);
}

static void one(struct mu_node *t, struct mu_node_sio *entry)
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

/* --- history ---------------------------------------------------------------------------------------- */

/* What the label of a history field says. It is told by its facts alone: rules about the label of a
 * message are not about labels that it had. What cannot be read is no former label. */
static void former(struct mu_node *t, const struct mu_node_sio *entry, const char *name, bool after)
{
    const struct mu_parameter *p = mu_parameter_find(&entry->sio->list, name);
    const struct mu_parameter *change = mu_parameter_find(&entry->sio->list, "change");
    struct mu_xml_fault fault;
    struct mu_bytes decoded;
    size_t at;
    xmlDoc *doc;
    if (p == NULL || mu_base64_read(t->arena, p->value, &decoded, &at) != MU_BASE64_OK
        || mu_xml_parse(t->arena, decoded, 0, NULL, &doc, &fault) != MU_XML_OK
        || !mu_label_is_root(xmlDocGetRootElement(doc)))
        return;
    struct mu_former *f = mu_new(t->arena, struct mu_former);
    f->label = mu_new(t->arena, struct mu_label);
    f->change = change != NULL ? mu_text_line(t->arena, change->value) : "";
    f->after = after;
    mu_label_read(t->arena, xmlDocGetRootElement(doc), f->label);
    const struct mu_former **end = &t->document->former;
    while (*end != NULL)
        end = (const struct mu_former **) (uintptr_t) & (*end)->next;
    *end = f;
    xmlNode *node = mu_node_element(t, t->root, t->m, "former");
    mu_node_number(t, node, "header", entry->header->index);
    mu_node_number(t, node, "offset", mu_parameter_offset(p, 0));
    mu_node_word(t, node, "change", f->change);
    mu_node_word(t, node, "when", after ? "after" : "before");
    mu_node_facts(t, node, f->label);
}

void mu_node_labels(struct mu_node *t)
{
    for (struct mu_node_sio *entry = t->sio; entry != NULL; entry = entry->next)
        one(t, entry);
    for (const struct mu_node_sio *entry = t->history; entry != NULL; entry = entry->next) {
        former(t, entry, "label", false);
        former(t, entry, "new-label", true);
    }
}

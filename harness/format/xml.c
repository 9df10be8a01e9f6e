#include "format/xml.h"

#include <libxml/catalog.h>
#include <libxml/xmlerror.h>
#include <malloc.h>
#include <stdio.h>

#include "base/limits.h"
#include "format/xml_parser.h"

static xmlParserInput *deny(const char *url, const char *id, xmlParserCtxt *ctxt)
{
    (void) url;
    (void) id;
    (void) ctxt;
    return NULL;
}

static void quiet(void *self, const char *format, ...)
{
    (void) self;
    (void) format;
}

void mu_xml_start(void)
{
    mu_xml_memory();
    xmlInitParser();
    xmlSetExternalEntityLoader(deny);
    xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
    xmlSetGenericErrorFunc(NULL, quiet);
    /* glibc would give the top of the heap back after every tree and fault it in again. */
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}

/* The second opinion: what the parser made of the bytes. */
static void count(const xmlDoc *doc, struct mu_gate_counts *counts, bool *forged)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    uint32_t depth = 1;
    for (xmlNode *node = root; node != NULL; node = mu_xml_step(root, node, &depth)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        counts->elements++;
        counts->depth = depth > counts->depth ? depth : counts->depth;
        for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
            counts->attributes++;
        for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next)
            if (ns->href != NULL && strncmp((const char *) ns->href, "urn:muster:", 11) == 0)
                *forged = true;
    }
}

static bool agree(const xmlDoc *doc, const struct mu_gate_counts *gate)
{
    struct mu_gate_counts tree = { 0 };
    bool forged = false;
    count(doc, &tree, &forged);
    return !forged && tree.elements == gate->elements && tree.attributes == gate->attributes
           && tree.depth == gate->depth;
}

static enum mu_xml_result fail(struct mu_xml_fault *fault, enum mu_xml_result result,
                               const char *limit, const char *why, size_t offset)
{
    *fault = (struct mu_xml_fault){ .result = result, .limit = limit, .offset = offset };
    mu_xml_cut(fault->why, sizeof fault->why, why);
    return result;
}

enum mu_xml_result mu_xml_parse(struct mu_arena *arena, struct mu_bytes xml, unsigned gate_allow,
                                xmlDict *dict, xmlDoc **doc, struct mu_xml_fault *fault)
{
    struct mu_gate_counts counts;
    struct mu_gate_fault gate;
    if (!mu_gate(xml, gate_allow, &counts, &gate)) {
        bool syntax = strcmp(gate.limit, "syntax") == 0;
        return fail(fault, syntax ? MU_XML_MALFORMED : MU_XML_GATE, syntax ? NULL : gate.limit,
                    gate.why, gate.offset);
    }
    struct mu_xml_refusal refusal;
    xmlDoc *tree;
    if (!mu_xml_read(arena, xml, NULL, dict, &tree, &refusal))
        return fail(fault, refusal.doctype ? MU_XML_DIFFERENTIAL : MU_XML_MALFORMED, NULL,
                    refusal.why, refusal.offset);
    if (!agree(tree, &counts))
        return fail(fault, MU_XML_DIFFERENTIAL, NULL, "two readers of the same bytes disagree", 0);
    *doc = tree;
    return MU_XML_OK;
}

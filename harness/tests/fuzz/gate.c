/*
 * The gate against libxml2 with all its doors open: whatever the gate lets through and libxml2 can read
 * holds what the gate counted, and nothing that the gate promises to keep out.
 */
#include "format/gate.h"

#include <libxml/parser.h>

#include "format/xml.h"
#include "tests/fuzz/fuzz.h"

static void be_silent(void *self, xmlError *error)
{
    (void) self;
    (void) error;
}

static void fuzz_start(void)
{
    mu_xml_start();
    xmlSetStructuredErrorFunc(NULL, be_silent);
}

static bool is_ours(const xmlChar *uri)
{
    return uri != NULL && strncmp((const char *) uri, "urn:muster:", 11) == 0;
}

static void count(struct mu_gate_counts *seen, const xmlNode *node, uint32_t depth)
{
    seen->elements++;
    seen->depth = depth > seen->depth ? depth : seen->depth;
    HOLDS(node->ns == NULL || !is_ours(node->ns->href));
    for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next)
        HOLDS(!is_ours(ns->href));
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        seen->attributes++;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        HOLDS(child->type != XML_PI_NODE && child->type != XML_DTD_NODE
              && child->type != XML_ENTITY_REF_NODE);
        if (child->type == XML_ELEMENT_NODE)
            count(seen, child, depth + 1);
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_gate_counts counts = { 0 }, seen = { 0 };
    struct mu_gate_fault fault;
    (void) arena;
    if (!mu_gate(input, 0, &counts, &fault)) {
        HOLDS(fault.limit != NULL && fuzz_is_sentence(fault.why) && fault.offset <= input.n);
        return;
    }
    HOLDS(counts.depth <= MU_XML_DEPTH_MAX && counts.elements <= MU_XML_ELEMENTS_MAX);
    xmlDoc *doc =
        xmlReadMemory(input.p, (int) input.n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOENT);
    if (doc == NULL)
        return;
    HOLDS(doc->intSubset == NULL && doc->extSubset == NULL);
    for (const xmlNode *node = doc->children; node != NULL; node = node->next)
        HOLDS(node->type == XML_ELEMENT_NODE || node->type == XML_COMMENT_NODE);
    count(&seen, xmlDocGetRootElement(doc), 1);
    HOLDS(seen.elements == counts.elements && seen.attributes == counts.attributes
          && seen.depth == counts.depth);
    xmlFreeDoc(doc);
}

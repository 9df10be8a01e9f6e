/* xml.h - for the targets that end in a label: what must hold of a tree that came through the gate. */
#ifndef MU_TESTS_FUZZ_XML_H
#define MU_TESTS_FUZZ_XML_H

#include "format/clearance.h"
#include "format/xml.h"
#include "tests/fuzz/fuzz.h"

static inline xmlNode *fuzz_parse(struct mu_arena *arena, struct mu_bytes xml)
{
    xmlDoc *doc;
    struct mu_xml_fault fault;
    enum mu_xml_result result = mu_xml_parse(arena, xml, 0, NULL, &doc, &fault);
    if (result == MU_XML_OK)
        return xmlDocGetRootElement(doc);
    HOLDS(result != MU_XML_DIFFERENTIAL); /* the gate overlooked something */
    HOLDS(fuzz_is_sentence(fault.why) && fault.offset <= xml.n);
    return NULL;
}

/* The label says the same after it was written and read, and is then written in the same octets. */
static inline void fuzz_label(struct mu_arena *arena, const xmlNode *root)
{
    struct mu_label label, again;
    const char *difference = NULL;
    mu_label_read(arena, root, &label);
    struct mu_bytes written = mu_label_write(arena, &label);
    if (written.n > MU_XML_MAX)
        return;
    xmlNode *second = fuzz_parse(arena, written);
    HOLDS(second != NULL && mu_label_is_root(second));
    mu_label_read(arena, second, &again);
    HOLDS(mu_label_same(arena, &label, &again, &difference));
    HOLDS(mu_bytes_equal(mu_label_write(arena, &again), written));
}

static inline void fuzz_clearance(struct mu_arena *arena, const xmlNode *root)
{
    struct mu_clearance clearance, again;
    mu_clearance_read(arena, root, &clearance);
    struct mu_bytes written = mu_clearance_write(arena, &clearance);
    xmlNode *second = written.n <= MU_XML_MAX ? fuzz_parse(arena, written) : NULL;
    HOLDS(second != NULL || written.n > MU_XML_MAX);
    if (second == NULL)
        return;
    mu_clearance_read(arena, second, &again);
    HOLDS(mu_bytes_equal(mu_clearance_write(arena, &again), written));
}

/* Labels and clearances anywhere in the tree: they are signed, wrapped and succeeded. */
static inline void fuzz_tree(struct mu_arena *arena, size_t size, const xmlNode *root)
{
    for (const xmlNode *node = root; node != NULL; node = mu_xml_following(root, node)) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        HOLDS(mu_xml_offset(node) < size);
        if (mu_label_is_root(node))
            fuzz_label(arena, node);
        else if (mu_clearance_is_root(node))
            fuzz_clearance(arena, node);
    }
}

#endif

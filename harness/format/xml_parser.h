/* xml_parser.h - the hardened call of libxml2, for xml.c and xml_load.c. Private to format. */
#ifndef MU_FORMAT_XML_PARSER_H
#define MU_FORMAT_XML_PARSER_H

#include <libxml/parser.h>

#include "base/arena.h"
#include "base/bytes.h"

/* Why there is no tree: the first thing that was wrong. */
struct mu_xml_refusal {
    bool doctype;    /* the bytes hold a DTD: nothing of it was read  */
    const char *why; /* one sentence, safe; lives in the arena        */
    size_t offset;   /* about there                                   */
};

/*
 * Bytes into a tree; true only when they are well-formed, namespace-well-formed, XML 1.0 and
 * without any DTD. *doc is deferred to `arena`. `name` becomes doc->URL, NULL: none. `dict` holds
 * shared names, NULL: none.
 */
bool mu_xml_read(struct mu_arena *arena, struct mu_bytes xml, const char *name, xmlDict *dict,
                 xmlDoc **doc, struct mu_xml_refusal *refusal);

/* The next node of the walk in document order below `top`, NULL after the last. *depth follows. */
xmlNode *mu_xml_step(const xmlNode *top, xmlNode *node, uint32_t *depth);

/* Copy `text` to fixed memory, cut at a character of UTF-8. */
void mu_xml_cut(char *out, size_t size, const char *text);

/* Before anything else of libxml2: where it takes its memory from. */
void mu_xml_memory(void);

#endif

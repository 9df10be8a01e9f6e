/*
 * xml.h - the one way into libxml2: hardened parsing of foreign bytes, strict loading of the
 * operator's files, schemas. Nothing here reads a file or a network on behalf of a document.
 *
 * Every element parsed here knows the byte offset of its `<` (mu_xml_offset), kept in
 * node->_private. Documents belong to the arena they were parsed into.
 */
#ifndef MU_FORMAT_XML_H
#define MU_FORMAT_XML_H

#include <libxml/tree.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "format/gate.h"

/* Once a process, before anything else of libxml2: refuses external entities, catalogs, noise on
 * stderr; sets malloc so that large trees are not trimmed away after each message. */
void mu_xml_start(void);

enum mu_xml_result {
    MU_XML_OK,
    MU_XML_GATE,         /* the gate said no; fault.limit names the limit                    */
    MU_XML_MALFORMED,    /* not well-formed or not namespace-well-formed (gate: "syntax")    */
    MU_XML_DIFFERENTIAL, /* gate and tree disagree about what was there: hostile             */
};

struct mu_xml_fault {
    enum mu_xml_result result;
    const char *limit; /* GATE only */
    char why[200];     /* one sentence; may quote foreign text, already made safe */
    size_t offset;
};

/* Foreign bytes into a tree. `dict` is shared names (xmlDict *) or NULL. *doc is deferred to
 * `arena`. Anything but MU_XML_OK fills *fault and leaves *doc alone. */
enum mu_xml_result mu_xml_parse(struct mu_arena *arena, struct mu_bytes xml, unsigned gate_allow,
                                xmlDict *dict, xmlDoc **doc, struct mu_xml_fault *fault);

/* A file that the operator wrote: DTDs and entities refused, size and depth capped, errors with
 * file:line:column. `path` is also the name in messages. *text (may be NULL) gets the bytes. */
bool mu_xml_load(struct mu_arena *arena, const char *path, xmlDoc **doc, struct mu_bytes *text,
                 struct mu_err *err) MU_MUST_USE;

/* The same from bytes; `name` for messages. */
bool mu_xml_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name, xmlDoc **doc,
                       struct mu_err *err) MU_MUST_USE;

/* Byte offset of the element's `<`; 0 when unknown. */
size_t mu_xml_offset(const xmlNode *node);

/* The operator's place of an element: file, line, column. `doc` must come from mu_xml_load*. */
struct mu_where mu_xml_where(const xmlNode *node);

/* The place of an attribute of `node` (its name's first byte); of the element when not found. */
struct mu_where mu_xml_where_attribute(const xmlNode *node, const char *attribute);

/* The string value of a node, all text and CDATA below it, comments and PIs skipped; in `arena`. */
struct mu_bytes mu_xml_text(struct mu_arena *arena, const xmlNode *node);

/* The attribute without a namespace, in `arena`; NULL when absent. */
const char *mu_xml_attribute(struct mu_arena *arena, const xmlNode *node, const char *name);

/* First child element, next sibling element; `name` NULL means any; the namespace is the node's
 * own when `ns` is NULL. */
xmlNode *mu_xml_child(const xmlNode *node, const char *ns, const char *name);
xmlNode *mu_xml_next(const xmlNode *node, const char *ns, const char *name);

/* What follows `node` in document order below the element `top`; NULL past the last. */
const xmlNode *mu_xml_following(const xmlNode *top, const xmlNode *node);
bool mu_xml_is(const xmlNode *node, const char *ns, const char *name);

/* A compiled schema; compile once, before the fork. Belongs to the arena. It may include and import
 * files of its own folder by their plain names; nothing else is ever fetched. */
struct mu_schema;

bool mu_schema_load(struct mu_arena *arena, const char *path, struct mu_schema **schema,
                    struct mu_err *err) MU_MUST_USE;

enum mu_validity { MU_VALID, MU_INVALID, MU_VALIDITY_UNKNOWN /* the library broke: never valid */ };

/* What libxml2's three-valued result means; `reported`: it named an error on the way. */
enum mu_validity mu_validity_of(int result, bool reported);

struct mu_schema_error {
    const xmlNode *node; /* where; NULL when the library did not say */
    uint32_t line;       /* as the library says it, when there is no node; 0: unknown */
    char message[300];   /* cleaned of namespace noise, one sentence */
};

/* Up to `room` errors; *errors is how many were found in all. */
enum mu_validity mu_schema_validate(struct mu_schema *schema, xmlDoc *doc,
                                    struct mu_schema_error *error, size_t room, size_t *errors);

/* The same on a sub-tree that is the root of `doc` or below it (copied by the callee if needed). */
enum mu_validity mu_schema_validate_element(struct mu_schema *schema, xmlNode *element,
                                            struct mu_schema_error *error, size_t room,
                                            size_t *errors);

/* Validate an operator's document: false with file:line:column, the first error as one sentence,
 * and the nearest known name where one was misspelt ("did you mean 'send'?"). */
bool mu_schema_check(struct mu_schema *schema, xmlDoc *doc, struct mu_err *err) MU_MUST_USE;

#endif

/*
 * node.h - nodes of a message document, made fast and always fit to be serialised.
 *
 * Inside document/ only. Names are interned in the document's sub-dictionary; foreign text enters
 * through text_safe; nothing is linked by xmlAddChild, which would merge and search. A failed
 * allocation of libxml2 ends the process, as it does in the arena.
 */
#ifndef MU_DOCUMENT_NODE_H
#define MU_DOCUMENT_NODE_H

#include "document/document.h"

/* A SIO-Label or SIO-Label-History of the message's own header, kept until its label is read. */
struct mu_node_sio {
    const struct mu_header *header;
    const struct mu_sio *sio;
    const struct mu_label *label; /* what the field carries; NULL when it was not read */
    struct mu_node_sio *next;
};

struct mu_marking_reading;

struct mu_node {
    struct mu_arena *arena;
    const struct mu_document_kit *kit;
    struct mu_document *document;
    xmlDoc *doc;
    xmlNode *root;
    xmlNs *m, *h, *p;
    struct mu_node_sio *sio, **sio_end; /* in their order */
    struct mu_node_sio *history, **history_end;
    struct mu_buf scratch;
    const char *marking; /* read last, and what it says; marks.c */
    struct mu_marking_reading *reading;
};

/* A document with its m:message; the xmlDoc is deferred to the arena. */
void mu_node_start(struct mu_node *t, struct mu_arena *arena, const struct mu_document_kit *kit,
                   struct mu_document *document);

/* An xmlDoc deferred to `arena`, whose dictionary is a child of the kit's. */
xmlDoc *mu_node_doc(struct mu_arena *arena, const struct mu_document_kit *kit);

/* Append `child` to `parent`. */
void mu_node_append(xmlNode *parent, xmlNode *child);

xmlNode *mu_node_element(struct mu_node *t, xmlNode *parent, xmlNs *ns, const char *name);

/* Element content: at most `max` bytes are shown. */
void mu_node_text(struct mu_node *t, xmlNode *node, struct mu_bytes text, size_t max);

/* A child of namespace m with `text` in it; none when `text` is empty. */
void mu_node_child_text(struct mu_node *t, xmlNode *parent, const char *name, struct mu_bytes text);

/* Attributes: words of ours, foreign words made safe as one line (NULL: no attribute), numbers. */
void mu_node_word(struct mu_node *t, xmlNode *node, const char *name, const char *word);
void mu_node_foreign(struct mu_node *t, xmlNode *node, const char *name, struct mu_bytes word);
void mu_node_number(struct mu_node *t, xmlNode *node, const char *name, uint64_t number);
void mu_node_flag(struct mu_node *t, xmlNode *node, const char *name, bool flag);

/* @sha256 of `octets`, unless nobody asks for it. */
void mu_node_digest(struct mu_node *t, xmlNode *node, struct mu_bytes octets);

/* A copy of a foreign tree below `parent`; its elements keep their offsets. */
void mu_node_graft(struct mu_node *t, xmlNode *parent, xmlNode *root);

const char *mu_node_validity(enum mu_validity validity); /* "true", "false", "unknown" */

/* Can `name` be the name of an h: or p: element: [a-z][a-z0-9-]{0,63}? */
bool mu_node_is_name(const char *name);

/* The chapters of a message document; each appends to t->root. */
void mu_node_tls(struct mu_node *t, const struct mu_tls_facts *tls);
void mu_node_dialogue(struct mu_node *t, const struct mu_leg *leg);
void mu_node_envelope(struct mu_node *t, const struct mu_envelope *envelope);
void mu_node_headers(struct mu_node *t, xmlNode *parent, const struct mu_part *part, bool top);
void mu_node_mail(struct mu_node *t, const struct mu_mail *mail);
void mu_node_labels(struct mu_node *t);
void mu_node_marks(struct mu_node *t);

/* m:facts: what a label means under the policies of the kit; nothing when it has none. */
void mu_node_facts(struct mu_node *t, xmlNode *parent, const struct mu_label *label);

#endif

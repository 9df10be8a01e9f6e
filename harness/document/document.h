/*
 * document.h - the message document: everything said on one leg, decoded into one XML tree.
 *
 * Namespaces urn:muster:message:1 (m), urn:muster:header:1 (h), urn:muster:parameter:1 (p); the
 * vocabulary is docs/message-document.md. Foreign text stands in element content, made safe; the
 * few foreign words in attributes are one safe line. Nothing is thrown away: what could not be
 * decoded is m:malformed or m:defect.
 */
#ifndef MU_DOCUMENT_DOCUMENT_H
#define MU_DOCUMENT_DOCUMENT_H

#include <libxml/tree.h>

#include "core/facts.h"
#include "format/label.h"
#include "format/mail.h"
#include "format/xml.h"
#include "policy/spif.h"

#define MU_MESSAGE_NS   "urn:muster:message:1"
#define MU_HEADER_NS    "urn:muster:header:1"
#define MU_PARAMETER_NS "urn:muster:parameter:1"

/* What is the same for every document of a run; made once, before the fork. */
struct mu_document_kit {
    xmlDict *dict; /* names shared with the rules; each document makes a sub-dictionary */
    struct mu_schema *label_schema;     /* ADatP-4774; NULL: labels are not validated */
    struct mu_schema *policy_schema;    /* SPIF; NULL: policy files are not validated */
    const struct mu_policies *policies; /* NULL: nothing is said of what labels mean */
    int64_t test_time;                  /* what policies take for now, Unix time     */
    bool undigested;                    /* nobody asks for digests of message and parts */
    bool labels_only; /* nor for anything but m:message, m:label, m:malformed, m:opaque */
};

/* A label of SIO-Label-History: what the field says was there before or after a change. */
struct mu_former {
    const char *change; /* safe text; "" when absent */
    bool after;         /* new-label; false: label   */
    struct mu_label *label;
    const struct mu_former *next;
};

/* The content of a leaf with its transfer encoding undone. */
struct mu_body {
    const struct mu_part *part;
    struct mu_bytes decoded;
    const struct mu_body *next;
};

struct mu_document {
    xmlDoc *doc; /* deferred to the arena */
    const struct mu_leg *leg;
    const struct mu_mail *mail;     /* NULL when no message came */
    const char *limit;              /* a limit of ours that the SUT's bytes passed; NULL */
    bool differential;              /* gate and tree disagreed about a label */
    struct mu_label *label;         /* the first readable SIO-Label's originator label, or else its
                                   alternative one; NULL */
    const char *marking;            /* and its marking parameter, safe text; NULL */
    bool label_found;               /* a carrier of a label is there */
    const struct mu_former *former; /* labels of the history, newest field first */
    const struct mu_body *body;     /* every leaf, last first */
    struct mu_policy *policy;       /* of a policy file that could be loaded; NULL */
};

bool mu_document_build(struct mu_arena *arena, const struct mu_document_kit *kit,
                       const struct mu_leg *leg, struct mu_document *document,
                       struct mu_err *err) MU_MUST_USE;

/* A ready message document (a .message.xml fixture, evidence). The leg is empty. */
bool mu_document_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                      struct mu_document *document, struct mu_err *err) MU_MUST_USE;

/* A document of the evidence built again from the octets of its message (NULL: none came): only what is
 * known of the conversation is taken from what was `stored`. *differs: the first octet that
 * came out otherwise; -1: none. */
bool mu_document_again(struct mu_arena *arena, const struct mu_document_kit *kit,
                       struct mu_bytes stored, const char *name, const struct mu_bytes *message,
                       struct mu_document *document, int64_t *differs,
                       struct mu_err *err) MU_MUST_USE;

/* A leg without facts around a stored message: .eml files. */
void mu_document_leg_of(struct mu_bytes message, const char *carrier, struct mu_leg *leg);

/* As evidence: indented XML. */
struct mu_bytes mu_document_write(struct mu_arena *arena, const struct mu_document *document);

/* The part of `path`; NULL when there is none. */
const struct mu_part *mu_document_part(const struct mu_document *document, const char *path);

/* The decoded body of a leaf, kept since the document was built; empty for a multipart. For rule
 * functions that search bytes. */
struct mu_bytes mu_document_body(const struct mu_document *document, const struct mu_part *part);

#endif

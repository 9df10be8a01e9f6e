/*
 * policy.h - a policy file as a message document, for the rules of xmlspif.sch.
 *
 * m:message carrier="file" holds one m:policy: facts as attributes, what the schema said as
 * m:schema-error, what other policies at hand say differently as m:disagreement, and the SPIF itself.
 * Every element knows its place in the file (mu_xml_where). The vocabulary is
 * docs/message-document.md.
 */
#ifndef MU_DOCUMENT_POLICY_H
#define MU_DOCUMENT_POLICY_H

#include "document/document.h"

/* From a file. An error: it is not well-formed, is no SPIF at all, or passes a limit. A file of another schema version
 * becomes an m:policy without a tree: nothing can be said of what is in it.
 *
 * document->policy is NULL where mu_policy_load() refuses the file; *refused says why then. NULL may be
 * passed for it. */
bool mu_document_policy(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                        struct mu_document *document, struct mu_err *refused,
                        struct mu_err *err) MU_MUST_USE;

/* What the policies at hand say differently of each other: m:disagreement in the document of the one
 * that says so, and @peers in all. `document` has `count` documents; those of no loaded policy are
 * passed over. */
void mu_document_policy_peers(struct mu_arena *arena, struct mu_document *const *document,
                              size_t count);

#endif

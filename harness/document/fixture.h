/* fixture.h - rule fixtures as message documents, by the ending of their names: .message.xml is one,
 * .label.xml is a label that travels in a plain message with the marking that its policy gives it,
 * .spif.xml is a policy file, anything else is a message as on the wire. */
#ifndef MU_DOCUMENT_FIXTURE_H
#define MU_DOCUMENT_FIXTURE_H

#include "document/document.h"

bool mu_fixture_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                     struct mu_document *document, struct mu_err *err) MU_MUST_USE;

/* The octets of a label, as such a plain message carries them; its marking, NULL: the one
 * that its policy gives it. */
bool mu_fixture_around(struct mu_arena *arena, const struct mu_document_kit *kit,
                       struct mu_bytes label, const char *marking, struct mu_document *document,
                       struct mu_err *err) MU_MUST_USE;

#endif

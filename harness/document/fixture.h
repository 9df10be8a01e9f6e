/* fixture.h - rule fixtures as message documents, by the ending of their names: .message.xml is one,
 * .label.xml is a label that travels in a plain message, anything else is a message as on the wire. */
#ifndef MU_DOCUMENT_FIXTURE_H
#define MU_DOCUMENT_FIXTURE_H

#include "document/document.h"

bool mu_fixture_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                     struct mu_document *document, struct mu_err *err) MU_MUST_USE;

#endif

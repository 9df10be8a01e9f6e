/* read.h - the label of a message as the twin reads it: one way for all who look at it, with the
 * misreadings of its sins. */
#ifndef MU_TWIN_READ_H
#define MU_TWIN_READ_H

#include "core/observation.h"
#include "format/mail.h"
#include "format/sio.h"
#include "format/xml.h"
#include "twin/sin.h"

/* The field that counts as the label of the message, and how many there are of it. */
const struct mu_header *mu_twin_label_field(const struct mu_mail *mail, const struct mu_sin *sin,
                                            size_t *count);

/* What is wrong with the field as RFC 7444 and RFC 2231 have it; NULL: nothing. */
const char *mu_twin_field_defect(const struct mu_sio *sio, const struct mu_sin *sin);

/* The root of a label in these octets; NULL with *why and its class when there is none to rely on. */
const xmlNode *mu_twin_label_tree(struct mu_arena *arena, struct mu_bytes octets,
                                  const struct mu_sin *sin, enum mu_class *class, const char **why);

/* The same of a field; NULL and *why when there is none to rely on. */
const xmlNode *mu_twin_label_root(struct mu_arena *arena, const struct mu_sio *sio,
                                  const struct mu_sin *sin, const char **why);

#endif

/*
 * places.h - where a marking can stand in a message: the words of profile.xml, for writing and for
 * reading.
 *
 *   sio-label       the marking parameter of SIO-Label
 *   keywords        a phrase of Keywords (RFC 5322 3.6.5)
 *   first-line      the first line of the first text
 *   subject         in brackets at either end of the subject
 *   header:NAME     the whole value of a header field
 */
#ifndef MU_DOCUMENT_PLACES_H
#define MU_DOCUMENT_PLACES_H

#include "document/document.h"
#include "document/message.h"

bool mu_place_known(const char *at);
const char *mu_place_nearest(const char *at); /* NULL: none is near */

/* Write the marking there. `at` is known; the row of fields has room for one more. */
void mu_places_add(struct mu_places *places, const char **field, const char *at);

/* The marking that a message shows there, safe text; NULL when it shows none. In a place where other
 * text may stand, too, it is one that a policy of the kit reads as a marking. */
const char *mu_place_marking(struct mu_arena *arena, const struct mu_document *document,
                             const char *at);

#endif

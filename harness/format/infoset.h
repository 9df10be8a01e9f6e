/*
 * infoset.h - do two XML documents say the same to everybody who reads XML?
 *
 * Both are brought into one canonical form, item by item, and the items are compared. The form is that
 * of Canonical XML 1.0 without comments, with three differences that are meant:
 *
 *   prefixes    names are written {namespace}local, so that another prefix, or a declaration that
 *               stands elsewhere, is no difference; the value of xsi:type is a name as well
 *   white space text between the elements of an element that holds nothing but elements does not
 *               count, unless xml:space="preserve" is in force; any other text counts as it is
 *   prolog      what stands outside the root element does not count
 *
 * Attributes are sorted by namespace and name. CDATA sections and character references are text;
 * comments are left out and do not split the text around them; processing instructions count.
 */
#ifndef MU_FORMAT_INFOSET_H
#define MU_FORMAT_INFOSET_H

#include <libxml/tree.h>

#include "base/arena.h"

/* The first item that differs, for people: everything in it is one safe line. */
struct mu_infoset_difference {
    const char *path;           /* "/originatorConfidentialityLabel/ConfidentialityInformation" */
    const char *first, *second; /* "element Classification", "text 'SECRET'", "nothing"         */
    size_t offset; /* in the second document: of the element where it differs, as mu_xml_offset() */
};

/* Both come from mu_xml_parse(), which bounds their depth and size. *difference (may be NULL) is
 * filled when they are not the same. */
bool mu_infoset_same(struct mu_arena *arena, const xmlNode *first, const xmlNode *second,
                     struct mu_infoset_difference *difference);

#endif

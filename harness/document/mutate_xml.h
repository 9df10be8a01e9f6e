/* mutate_xml.h - the label of a message as the bytes of its XML; inside document/ only. */
#ifndef MU_DOCUMENT_MUTATE_XML_H
#define MU_DOCUMENT_MUTATE_XML_H

#include "document/mutate.h"

/* Where an element stands in the XML. */
struct mu_element {
    size_t start;          /* of its '<'                                                      */
    size_t name_end;       /* behind its name: attributes begin here                          */
    size_t tag_end;        /* of the '>' or "/>" of its start tag                             */
    size_t text, text_end; /* up to the first end tag: the text of an element without children */
};

/* The decoded label of the first SIO-Label, or the octets themselves (m->bare); false with a sentence when
 * there is none. */
bool mu_edit_label(const struct mu_mutation *m, struct mu_bytes message, struct mu_bytes *xml,
                   struct mu_err *err);

/* That label becomes `xml`, in a field encoded anew. */
bool mu_edit_set_label(const struct mu_mutation *m, struct mu_bytes *message, struct mu_bytes xml,
                       struct mu_err *err);

/* The first element of that local name; "": the root. */
bool mu_edit_element(const struct mu_mutation *m, struct mu_bytes xml, const char *name,
                     struct mu_element *element, struct mu_err *err);

/* "Element@Attribute" of `on`; an empty element is the root. */
bool mu_edit_attribute_on(const struct mu_mutation *m, const char **element, const char **attribute,
                          struct mu_err *err);

/* The attribute `name` within a tag: from the blank before it to behind its closing quote. */
bool mu_edit_attribute(struct mu_bytes xml, const struct mu_element *element, const char *name,
                       size_t *at, size_t *octets);

/* A copy of `text` in which a chosen letter looks the same and is another one. */
bool mu_edit_homoglyph(const struct mu_mutation *m, struct mu_bytes text, struct mu_bytes *out,
                       struct mu_err *err);

/* A character that is not seen: m->value as its number in hexadecimal digits, or a chosen one. */
bool mu_edit_invisible(const struct mu_mutation *m, struct mu_bytes *octets, struct mu_err *err);

#endif

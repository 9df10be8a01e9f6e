/* label_inside.h - the pieces that the two syntaxes of ADatP-4774 share: labels and clearances. */
#ifndef MU_FORMAT_LABEL_INSIDE_H
#define MU_FORMAT_LABEL_INSIDE_H

#include "format/label.h"

/* Text of an element, or an attribute without a namespace, collapsed; NULL when there is none. */
const char *mu_label_token(struct mu_arena *arena, const xmlNode *node);
const char *mu_label_token_attribute(struct mu_arena *arena, const xmlNode *node, const char *name);

/* The Category elements below `node` (may be NULL), in order. */
void mu_label_read_categories(struct mu_arena *arena, const xmlNode *node,
                              struct mu_category **category, size_t *categories);

/* Elements in the default namespace, texts escaped. An attribute or element whose text is NULL is
 * left out. */
void mu_label_put_attribute(struct mu_buf *out, const char *name, const char *value);
void mu_label_put_element(struct mu_buf *out, const char *name, const char *attribute,
                          const char *attribute_value, const char *text);
void mu_label_put_category(struct mu_buf *out, const struct mu_category *category);

#endif

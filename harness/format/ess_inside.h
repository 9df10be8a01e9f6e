/* ess_inside.h - SecurityCategories, which labels and clearances share (RFC 2634 3.2, RFC 5755 4.4.6). */
#ifndef MU_FORMAT_ESS_INSIDE_H
#define MU_FORMAT_ESS_INSIDE_H

#include "format/ess.h"

/* The SET OF SecurityCategory `e`. */
void mu_ess_read_categories(struct mu_bytes all, const struct mu_ber *e,
                            struct mu_ess_category **category, size_t *categories,
                            struct mu_ber_report *report);

bool mu_ess_put_categories(struct mu_buf *out, const struct mu_ess_category *category,
                           size_t categories, struct mu_err *err) MU_MUST_USE;

/* OBJECT IDENTIFIER with this tag; MU_ERR_USAGE. */
bool mu_ess_put_oid(struct mu_buf *out, enum mu_ber_class class, unsigned tag, const char *text,
                    struct mu_err *err) MU_MUST_USE;

#endif

/* clearance.h - ADatP-4774 confidentiality clearances (Edition A Version 1, Appendix 2 Annex A): the
 * abstract clearance, read from a tree and written as XML. */
#ifndef MU_FORMAT_CLEARANCE_H
#define MU_FORMAT_CLEARANCE_H

#include "format/label.h"

#define MU_SCLR_NS "urn:nato:stanag:4774:confidentialityclearance:1:0"

struct mu_clearance {
    const char *policy;     /* PolicyIdentifier, collapsed; NULL when absent */
    const char *policy_uri; /* NULL when absent                              */
    const char *
        *classification; /* ClassificationList, collapsed: explicit, nothing below is implied */
    size_t classifications;
    struct mu_category *category;
    size_t categories;
};

bool mu_clearance_is_root(const xmlNode *node);

/* Read what is there, as mu_label_read does. */
void mu_clearance_read(struct mu_arena *arena, const xmlNode *root, struct mu_clearance *clearance);

/* XML without a prolog. */
struct mu_bytes mu_clearance_write(struct mu_arena *arena, const struct mu_clearance *clearance);

#endif

/*
 * label.h - ADatP-4774 confidentiality labels (Edition A Version 1, Appendix 1): the abstract
 * label, read from a tree and written as XML. Policies come elsewhere; nothing here orders
 * anything.
 *
 * Texts are full string values: comments, processing instructions and CDATA sections inside a value
 * do not split it. White space is collapsed where the type collapses it (tokens, URIs, dates), and
 * kept where it does not (privacy mark, tag names, category values, originator). Case stays.
 */
#ifndef MU_FORMAT_LABEL_H
#define MU_FORMAT_LABEL_H

#include <libxml/tree.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define MU_SLAB_NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"

#define MU_LABEL_ORIGINATOR  "originatorConfidentialityLabel"
#define MU_LABEL_ALTERNATIVE "alternativeConfidentialityLabel"

struct mu_category {
    const char *type; /* "RESTRICTIVE", "PERMISSIVE", "INFORMATIVE"; NULL when absent */
    const char *tag_name;
    const char *uri;    /* NULL when absent */
    const char **value; /* texts in order: GenericValue, and what should have been one
                           (IntegerValue, BitStringValue); written back as GenericValue */
    size_t values;
};

struct mu_label {
    const char *root;   /* "originatorConfidentialityLabel", ... */
    const char *policy; /* PolicyIdentifier, white space collapsed; NULL when absent */
    const char *policy_uri;
    const char *classification; /* collapsed; NULL when absent */
    const char *privacy_mark;
    struct mu_category *category;
    size_t categories;
    const char *originator, *originator_type;
    const char *created;    /* CreationDateTime as written */
    const char *review;     /* @ReviewDateTime */
    const char *succession; /* SuccessionDateTime; NULL */
    struct mu_label *successor;
};

/* Is the element one of the four global label elements, exact name and namespace? */
bool mu_label_is_root(const xmlNode *node);

/* Read what is there; absent things are NULL, of repeated ones the first counts. Never fails:
 * validity is the rules' matter. */
void mu_label_read(struct mu_arena *arena, const xmlNode *root, struct mu_label *label);

/* XML without a prolog, default-namespace form, no white space between elements. */
struct mu_bytes mu_label_write(struct mu_arena *arena, const struct mu_label *label);

/* XML Schema part 2, 4.3.6: whiteSpace="collapse". NULL stays NULL. */
const char *mu_label_collapse(struct mu_arena *arena, const char *text);

/* Do two labels say the same? Policy, classification, privacy mark and categories as sets, compared
 * after white space collapse and ASCII case folding (ADatP-4774 p 5-2); times, URIs and originator
 * are no part of it. *difference (may be NULL) names the first one, for people; foreign text in it
 * is safe: "classification: 'SECRET' / 'RESTRICTED'", "category: PERMISSIVE 'Only' 'SWE' / absent".
 */
bool mu_label_same(struct mu_arena *arena, const struct mu_label *a, const struct mu_label *b,
                   const char **difference);

#endif

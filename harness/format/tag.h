/*
 * tag.h - the attributes of one tag as they stand in the bytes, for scanners that must not be
 * fooled by quotes: the gate, and the places of attributes in the operator's files. Private to
 * format.
 */
#ifndef MU_FORMAT_TAG_H
#define MU_FORMAT_TAG_H

#include "base/bytes.h"

enum mu_tag_step {
    MU_TAG_ATTRIBUTE,
    MU_TAG_END,    /* no more attributes: *at is where `>`, `/>` or `?>` begins    */
    MU_TAG_BROKEN, /* no tag of XML 1.0: *at is the byte that cannot stand there   */
};

/* Offset past the name (XML 1.0 [5], taken widely) that begins at `at`; `at` when there is none. */
size_t mu_tag_name(struct mu_bytes xml, size_t at);

/* The next attribute from *at on, which stands after the name or the last attribute. `name` and
 * `value` are borrowed from `xml`; the value is what stands between the quotes. */
enum mu_tag_step mu_tag_next(struct mu_bytes xml, size_t *at, struct mu_bytes *name,
                             struct mu_bytes *value);

#endif

/* same_inside.h - what the two halves of comparing share. */
#ifndef MU_DOCUMENT_SAME_INSIDE_H
#define MU_DOCUMENT_SAME_INSIDE_H

#include "document/same.h"

/* Nothing differs yet. */
struct mu_comparison mu_comparison_of(enum mu_sameness level, const char *reason);
struct mu_comparison mu_comparison_lost(const char *reason, const char *expected, const char *seen);

/* Index of the first octet that differs; the length of the shorter when there is none. */
size_t mu_bytes_differ(struct mu_bytes a, struct mu_bytes b);

/* What stands on either side from there on. */
void mu_comparison_bytes(struct mu_arena *arena, struct mu_comparison *c, struct mu_bytes a,
                         struct mu_bytes b, size_t at);

#endif

/*
 * shrink.h - the smallest message that still has a property: a rule breaks, a parser stumbles.
 *
 * Removal only, coarse first: parts, header fields, lines, parameters, elements and attributes of the
 * label, words, octets; each in chunks that halve, again and again until nothing more can go. What is
 * left is minimal: without any one of its pieces the property is gone (delta debugging, Zeller and
 * Hildebrandt 2002). Line ends and field names are never cut through, so that people can read it.
 */
#ifndef MU_DOCUMENT_SHRINK_H
#define MU_DOCUMENT_SHRINK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

struct mu_shrink {
    bool (*keeps)(void *self, struct mu_bytes message); /* has the message the property? */
    void *self;
    uint64_t deadline_ms; /* of mu_clock_ms(); 0: none */
    size_t trials_max;    /* how often `keeps` may be asked */
    bool words;           /* single octets stay where their word does: each trial is dear */
};

struct mu_shrunk {
    struct mu_bytes message;
    size_t trials;
    bool minimal; /* false: trials or time ran out first */
};

/* `message` must have the property. Memory of a trial is freed after it; the result is in `arena`. */
void mu_shrink_message(struct mu_arena *arena, struct mu_bytes message,
                       const struct mu_shrink *shrink, struct mu_shrunk *out);

#endif

/*
 * same.h - how far two messages, or two carriers in them, say the same, on four levels:
 *
 *   octets     as they stood on the wire
 *   value      a header field unfolded; a parameter list put together (RFC 2231) and compared as a
 *              set, since its order means nothing (RFC 2045 5.1); a part with its transfer encoding
 *              undone; a label's octets behind strict base64
 *   infoset    the XML of two labels, see format/infoset.h
 *   semantics  what two labels mean under the policies at hand
 *
 * A level includes those below it. What keeps two from the next level is named: where, and what
 * stood there on either side, as one safe line each.
 */
#ifndef MU_DOCUMENT_SAME_H
#define MU_DOCUMENT_SAME_H

#include "document/document.h"

enum mu_sameness {
    MU_SAME_NOT,
    MU_SAME_SEMANTICS,
    MU_SAME_INFOSET,
    MU_SAME_VALUE,
    MU_SAME_OCTETS,
    MU_SAMENESSES,
};

/* "different", "semantics", "infoset", "value", "octets". */
const char *mu_sameness_name(enum mu_sameness sameness);
bool mu_sameness_from_name(const char *name, enum mu_sameness *sameness);

struct mu_comparison {
    enum mu_sameness level;
    const char *reason;          /* reason code where the level is too low: "label:altered" */
    const char *where;           /* of the first difference: "SIO-Label", "part 1.2"; "" none */
    const char *expected, *seen; /* what stood there on either side; "" */
    int64_t offset;              /* its octet in the second message; -1 when unknown */
};

/* Two header fields of one name. `policies` may be NULL: then no label has semantics. */
struct mu_comparison mu_same_field(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_header *a, const struct mu_header *b);

/* The first field of a key; "header:lost" when one of them is not there. */
struct mu_comparison mu_same_header(struct mu_arena *arena, const struct mu_policies *policies,
                                    const struct mu_document *a, const struct mu_document *b,
                                    const char *key);

/* The labels that SIO-Label carries, whatever stands beside them. */
struct mu_comparison mu_same_label(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_document *a, const struct mu_document *b);

/* The markings in one place of places.h. */
struct mu_comparison mu_same_marking(struct mu_arena *arena, const char *at,
                                     const struct mu_document *a, const struct mu_document *b);

/* One leaf: its octets, or what they are when decoded. */
struct mu_comparison mu_same_leaf(struct mu_arena *arena, const struct mu_part *a,
                                  const struct mu_part *b);

/* The first part with text. */
struct mu_comparison mu_same_text(struct mu_arena *arena, const struct mu_document *a,
                                  const struct mu_document *b);

/* Fields may be put on top; those that were sent keep their order below them. */
struct mu_comparison mu_same_order(struct mu_arena *arena, const struct mu_document *a,
                                   const struct mu_document *b);

/* --- a whole message, under the list of what a relay may change -------------------------------------- */

enum mu_relay_act { MU_RELAY_ADD, MU_RELAY_REMOVE, MU_RELAY_CHANGE, MU_RELAY_ENCODE };

/* One row of the list; of several that fit a field the first counts. */
struct mu_relay_may {
    enum mu_relay_act act;
    const char *field;        /* glob over names in lower case; of ENCODE: "parts" */
    bool anywhere;            /* ADD: not only above what was there */
    enum mu_sameness keeping; /* CHANGE: the level that must still hold */
    const char *because;
};

struct mu_relay {
    const struct mu_relay_may *may;
    size_t mays;
};

/* What the standards allow a relay of which nothing else is said. */
const struct mu_relay *mu_relay_default(void);

/* Something that is not on the list. reason: "header:added" "header:removed" "header:altered"
 * "header:misplaced" "header:reordered" "part:added" "part:removed" "part:altered"
 * "part:reencoded". */
struct mu_alteration {
    struct mu_comparison what;
    bool minor; /* the standard says SHOULD NOT */
    struct mu_alteration *next;
};

/*
 * The whole of `b`, which came out, against `a`, which was sent: fields in order, then parts. The
 * level is the lowest at which anything that was sent is still there. *alteration gets at most
 * MU_ALTERATIONS_MAX, in their order; *alterations counts them all.
 */
struct mu_comparison mu_same_message(struct mu_arena *arena, const struct mu_policies *policies,
                                     const struct mu_relay *relay, const struct mu_document *a,
                                     const struct mu_document *b, struct mu_alteration **alteration,
                                     size_t *alterations);

#endif

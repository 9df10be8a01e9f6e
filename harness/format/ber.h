/*
 * ber.h - ASN.1 in BER and DER (ITU-T X.690), walked octet by octet: what the syntax allows, where it
 * strays from DER, where it breaks. For the small structures that labels and clearances are.
 *
 * Offsets count from the first octet of the input. Reading goes in two passes: mu_ber_check() looks
 * at the whole input once and reports; a reader then takes elements from what is known to be whole.
 * Nothing is trusted in the second pass either: every length is checked again.
 */
#ifndef MU_FORMAT_BER_H
#define MU_FORMAT_BER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

enum mu_ber_class { MU_BER_UNIVERSAL, MU_BER_APPLICATION, MU_BER_CONTEXT, MU_BER_PRIVATE };

/* Universal tags that we meet. */
enum mu_ber_tag {
    MU_BER_END = 0,
    MU_BER_INTEGER = 2,
    MU_BER_BITS = 3,
    MU_BER_OCTETS = 4,
    MU_BER_OID = 6,
    MU_BER_UTF8 = 12,
    MU_BER_SEQUENCE = 16,
    MU_BER_SET = 17,
    MU_BER_PRINTABLE = 19,
};

/* How bad a defect is. */
enum mu_ber_weight {
    MU_BER_NOT_DER, /* legal BER that DER forbids                                       */
    MU_BER_WRONG,   /* breaks the definition of the type; the rest can be read          */
    MU_BER_FATAL,   /* nothing can be read: no octet of it may be believed              */
};

enum mu_ber_defect_kind {
    MU_BER_OK,
    /* encoding */
    MU_BER_EMPTY,
    MU_BER_TRUNCATED, /* ends before the element does, or an element is longer than what holds it */
    MU_BER_TOO_LARGE,
    MU_BER_TOO_DEEP,
    MU_BER_BAD_TAG,
    MU_BER_BAD_LENGTH,
    MU_BER_BAD_END,
    MU_BER_TRAILING,
    MU_BER_INDEFINITE,
    MU_BER_LONG_LENGTH,
    MU_BER_LONG_TAG,
    MU_BER_PIECES,
    MU_BER_BAD_PIECES,
    MU_BER_ORDER,
    MU_BER_DEFAULT,
    MU_BER_UNUSED_BITS,
    MU_BER_ZERO_BITS,
    MU_BER_BAD_INTEGER,
    MU_BER_BAD_OID,
    MU_BER_BAD_BITS,
    /* labels and clearances */
    MU_BER_NO_TYPE,
    MU_BER_UNKNOWN_MEMBER,
    MU_BER_DUPLICATE,
    MU_BER_NO_POLICY,
    MU_BER_NO_MEMBERS,
    MU_BER_CLASS_RANGE,
    MU_BER_MARK_EMPTY,
    MU_BER_MARK_LONG,
    MU_BER_MARK_TYPE,
    MU_BER_MARK_CHARACTER,
    MU_BER_NO_CATEGORIES,
    MU_BER_MANY_CATEGORIES,
    MU_BER_BAD_CATEGORY,
    MU_BER_BAD_TAG_SET,
    MU_BER_MANY_VALUES,
    MU_BER_TAGGED,
    /* certificates */
    MU_BER_BAD_CERTIFICATE,
    MU_BER_SEVERAL,
    MU_BER_OBSOLETE_OID,
    MU_BER_CRITICAL,
};

const char *mu_ber_defect_name(enum mu_ber_defect_kind kind);   /* "not-der-order" */
const char *mu_ber_defect_clause(enum mu_ber_defect_kind kind); /* "X.690 10.3"    */
enum mu_ber_weight mu_ber_defect_weight(enum mu_ber_defect_kind kind);

struct mu_ber_defect {
    enum mu_ber_defect_kind kind;
    size_t offset;
};

/* What was found; at most MU_DEFECTS_MAX are kept. Start with { .arena = arena }. */
struct mu_ber_report {
    struct mu_arena *arena;
    struct mu_ber_defect *defect;
    size_t defects, left_off;
    enum mu_ber_weight worst; /* of those found; meaningless while there are none */
};

void mu_ber_note(struct mu_ber_report *report, enum mu_ber_defect_kind kind, size_t offset);
bool mu_ber_has(const struct mu_ber_report *report, enum mu_ber_defect_kind kind);
bool mu_ber_fatal(const struct mu_ber_report *report);

/* One element; the four places are offsets into the input. */
struct mu_ber {
    enum mu_ber_class class;
    bool constructed, indefinite, long_length, long_tag;
    uint32_t tag;
    size_t at;    /* its first octet                                      */
    size_t first; /* its first content octet                              */
    size_t last;  /* behind its content                                   */
    size_t past;  /* behind it: `last`, or the end-of-contents after that */
};

/* A row of elements: all[at] .. all[end - 1]. */
struct mu_ber_cursor {
    struct mu_bytes all;
    size_t at, end;
};

static inline struct mu_ber_cursor mu_ber_start(struct mu_bytes all)
{
    return (struct mu_ber_cursor){ all, 0, all.n };
}

/* What stands in a constructed element. */
static inline struct mu_ber_cursor mu_ber_inside(struct mu_bytes all, const struct mu_ber *e)
{
    return (struct mu_ber_cursor){ all, e->first, e->last };
}

static inline struct mu_bytes mu_ber_content(struct mu_bytes all, const struct mu_ber *e)
{
    return mu_bytes_slice(all, e->first, e->last - e->first);
}

static inline struct mu_bytes mu_ber_whole(struct mu_bytes all, const struct mu_ber *e)
{
    return mu_bytes_slice(all, e->at, e->past - e->at);
}

static inline bool mu_ber_is(const struct mu_ber *e, enum mu_ber_class class, uint32_t tag)
{
    return e->class == class && e->tag == tag;
}

/* Take the next element. False at the end (MU_BER_OK) or at a fatal defect, which stays at the
 * cursor. `why` may be NULL. */
bool mu_ber_next(struct mu_ber_cursor *in, struct mu_ber *e, enum mu_ber_defect_kind *why);

/* Look at all of `all`: one element, everything in it well-formed down to MU_BER_DEPTH_MAX, nothing
 * behind it. Reports fatal defects and what is not DER about tags and lengths. False: fatal. */
bool mu_ber_check(struct mu_bytes all, struct mu_ber_report *report);

/* Text of an OBJECT IDENTIFIER, "2.25.3"; NULL when it is none (MU_BER_BAD_OID is reported). Arcs up
 * to 128 bits, which UUIDs under 2.25 need. */
const char *mu_ber_oid(struct mu_bytes all, const struct mu_ber *e, struct mu_ber_report *report);

/* INTEGER; INT64_MIN or INT64_MAX where 64 bits do not hold it. False: it is none (reported). */
bool mu_ber_integer(struct mu_bytes all, const struct mu_ber *e, int64_t *value,
                    struct mu_ber_report *report);

/* Octets of a string type, the pieces of a constructed one joined (X.690 8.21, 8.6.4); false: broken
 * (MU_BER_BAD_PIECES is reported). */
bool mu_ber_string(struct mu_bytes all, const struct mu_ber *e, struct mu_bytes *out,
                   struct mu_ber_report *report);

/* The numbers of the bits that are set, ascending; false: it is no BIT STRING, or has more set bits
 * than MU_ESS_VALUES_MAX (both reported). `named`: the definition names bits, so DER wants no zero
 * bits at the end (X.690 11.2.2). */
bool mu_ber_bits(struct mu_bytes all, const struct mu_ber *e, bool named, uint64_t **number,
                 size_t *numbers, struct mu_ber_report *report);

/* --- writing DER ------------------------------------------------------------------------------------- */

/* Identifier, shortest length, content; tags up to 30. */
void mu_ber_put(struct mu_buf *out, enum mu_ber_class class, bool constructed, unsigned tag,
                struct mu_bytes content);
void mu_ber_put_integer(struct mu_buf *out, int64_t value);

/* Content octets of a BIT STRING with these bits set, no zero bits at the end. */
struct mu_bytes mu_ber_bits_content(struct mu_arena *arena, const uint64_t *number, size_t numbers);

/* Content octets of an OBJECT IDENTIFIER; false: the text is none. */
bool mu_ber_oid_content(struct mu_arena *arena, const char *text, struct mu_bytes *content);

/* SET OF: the elements in the order that DER wants (X.690 11.6). Sorts `element` in place. */
void mu_ber_put_set_of(struct mu_buf *out, enum mu_ber_class class, unsigned tag,
                       struct mu_bytes *element, size_t elements);

/* Do two encodings stand in DER order? X.690 11.6: the shorter is padded with zeros. */
int mu_ber_compare(struct mu_bytes a, struct mu_bytes b);

#endif

/*
 * marking.h - from a label to the marking that people see, and back. ADatP-4774.1 3.5 and 4774
 * Tables 17, 18; labels.md 4.7, 5.1, MRK-01..16, NAT-10, NAT-11, PUB-03.
 */
#ifndef MU_POLICY_MARKING_H
#define MU_POLICY_MARKING_H

#include "policy/resolve.h"

/* One place of enum mu_marking_code (PAGE_TOP, PAGE_BOTTOM, FIRST_LINE, LAST_LINE, SUBJECT,
 * PORTION, WATERMARK, ...) in one language ("en", "fr"; falls back to the phrase without a
 * language, then to "en", then to the name). A place for which the policy has no phrases at all
 * falls back to PAGE_TOP; PORTION does not. It gives what stands between the parentheses: the
 * mark of the classification, and restrictive values by their own portion phrase ("-A") or as
 * "-ATOMAL". "" for a label of a policy whose labels are unmarked (PUB-03). NULL with *why (may
 * be NULL) when there is no marking: unknown classification or value, or no portion phrase. */
const char *mu_marking_render(struct mu_arena *arena, const struct mu_resolved *label,
                              enum mu_marking_code place, const char *language, const char **why);

/* What files and requests call the places: "page-top" (the first) and so on; NULL past the last.
 * *code may be NULL. There are fewer than MU_PLACE_NAMES. */
#define MU_PLACE_NAMES 16
const char *mu_marking_place_at(size_t i, enum mu_marking_code *code);
/* False: there is no such place. */
bool mu_marking_place_find(const char *name, enum mu_marking_code *code);

struct mu_colours {
    const char *foreground, *background; /* "#rrggbb"; NULL where the policy has no colour */
};

/* SPIF @color is the background; the foreground is black or white, whichever is easier to read. */
struct mu_colours mu_marking_colours(struct mu_arena *arena, const struct mu_resolved *label);

/* A colour of SPIF or RFC 7444, by name or number, as "#rrggbb"; NULL: it is none. */
const char *mu_colour_hex(struct mu_arena *arena, struct mu_bytes colour);

enum mu_marking_match {
    MU_MATCH_STRICT, /* the text is, byte for byte, what a label is rendered as, in some language */
    MU_MATCH_TOLERANT /* letter case, white space, accents, order of lists and of tag sets aside  */
};

struct mu_marking_reading {
    struct mu_label *label; /* canonical; NULL when the text is no marking               */
    const struct mu_policy *policy;
    const char *language; /* of the phrases; "" when they do not tell, "mul" for several */
    bool ambiguous;       /* what is shown can be read as another label, too; the first is given */
    const char *why;      /* what could not be read, one sentence; NULL                */
    size_t at;            /* and its byte offset in the text                           */
};

/*
 * Policies are tried in order; the reading that gets furthest tells why when none fits.
 * parse(render(x)) is x, for every valid label whose values are all displayed. What no marking
 * shows is supplied where a rule asks for it: the context, Releasable, a hidden value that the
 * classification requires; other hidden values, and empty markings but those of an unmarked
 * policy, cannot be read back. Words of the user's (userInput) are read where a prefix or phrase
 * stands before them. Portion marks are no markings. Invisible characters and look-alikes never
 * match.
 *
 * Bounds: MU_MARKING_MAX bytes; MU_MARKING_STEPS_MAX look-ups a policy, whatever the text; a
 * state from which there was no way on is not tried again.
 */
void mu_marking_parse(struct mu_arena *arena, const struct mu_policies *policies, const char *text,
                      enum mu_marking_match match, struct mu_marking_reading *out);

/* Make the phrases of the policies ready once, before the fork, so that no reading does it
 * again. */
void mu_marking_prepare(struct mu_arena *arena, const struct mu_policies *policies);

/* Do two markings say the same: equal as sets of phrases, in any language (MRK-15)? */
bool mu_marking_same(struct mu_arena *arena, const struct mu_policies *policies, const char *a,
                     const char *b);

/* --- portions ----------------------------------------------------------------------------- */

struct mu_portion {
    struct mu_bytes mark;    /* "(NS)" as it stands in the text       */
    size_t offset;           /* of the parenthesis                    */
    uint32_t classification; /* in the policy of `label`; MU_NONE: no portion mark (MRK-02) */
    struct mu_label *label;  /* what the mark says; NULL when unknown */
};

/* The portion marks of a text, at most MU_PORTIONS_MAX: parentheses at the start of a paragraph,
 * line or list item, of at most MU_PORTION_MAX bytes in one line, with upper case letters,
 * digits, hyphens, slashes and spaces in them that begin like a mark; a full marking counts,
 * too. Unknown ones are those that begin with the mark of a classification ("NS-FOO") or differ
 * in one letter from it ("XS"), and are neither a word of a policy ("EU") nor a common
 * abbreviation. Returns how many. */
size_t mu_portions_find(struct mu_arena *arena, const struct mu_policies *policies,
                        struct mu_bytes text, struct mu_portion **portion);

#endif

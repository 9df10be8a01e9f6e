/*
 * marking.h - from a label to the marking that people see, and back. ADatP-4774.1 3.5 and 4774 Tables
 * 17, 18; labels.md 4.7, 5.1, MRK-01..16, NAT-10, NAT-11, PUB-03.
 */
#ifndef MU_POLICY_MARKING_H
#define MU_POLICY_MARKING_H

#include "policy/resolve.h"

/* One place of enum mu_marking_code (PAGE_TOP, PAGE_BOTTOM, FIRST_LINE, LAST_LINE, SUBJECT, PORTION,
 * WATERMARK, ...) in one language ("en", "fr"; falls back to the phrase without a language, then to
 * "en", then to the name). A place for which the policy has no phrases at all falls back to PAGE_TOP,
 * except PORTION. "" for a label of a policy whose labels are unmarked (PUB-03). NULL with *why when
 * there is no marking: unknown classification or value, or no portion phrase. */
const char *mu_marking_render(struct mu_arena *arena, const struct mu_resolved *label,
                              enum mu_marking_code place, const char *language, const char **why);

struct mu_colours {
    const char *foreground, *background; /* "#rrggbb"; NULL where the policy has no colour */
};

/* SPIF @color is the background; the foreground is black or white, whichever is easier to read. */
struct mu_colours mu_marking_colours(struct mu_arena *arena, const struct mu_resolved *label);

enum mu_marking_match {
    MU_MATCH_STRICT, /* the text is, byte for byte, what a label is rendered as, in some language */
    MU_MATCH_TOLERANT /* letter case, white space, accents, order of lists and of tag sets aside  */
};

struct mu_marking_reading {
    struct mu_label *label; /* canonical; NULL when the text is no marking               */
    const struct mu_policy *policy;
    const char *language; /* of the phrases; "" when they do not tell                  */
    bool ambiguous;       /* more than one label has this marking; the first is given  */
    const char *why;      /* what could not be read, one sentence; NULL                */
    size_t at;            /* and its byte offset in the text                           */
};

/* Policies are tried in order; the reading that gets furthest tells why when none fits. parse(render(x))
 * is x, for every valid label whose values are all displayed. */
void mu_marking_parse(struct mu_arena *arena, const struct mu_policies *policies, const char *text,
                      enum mu_marking_match match, struct mu_marking_reading *out);

/* Do two markings say the same: equal as sets of phrases, in any language (MRK-15)? */
bool mu_marking_same(struct mu_arena *arena, const struct mu_policies *policies, const char *a,
                     const char *b);

/* --- portions ---------------------------------------------------------------------------------------- */

struct mu_portion {
    struct mu_bytes mark;    /* "(NS)" as it stands in the text       */
    size_t offset;           /* of the parenthesis                    */
    uint32_t classification; /* in the policy; MU_NONE: no portion mark of it (MRK-02) */
    struct mu_label *label;  /* what the mark says; NULL when unknown */
};

/* The portion marks of a text: parentheses at the start of a paragraph, line or list item whose
 * content is upper case letters, digits, hyphens, slashes and spaces, and begins like a mark. A full marking in
 * parentheses counts, too. Returns how many. */
size_t mu_portions_find(struct mu_arena *arena, const struct mu_policies *policies,
                        struct mu_bytes text, struct mu_portion **portion);

#endif

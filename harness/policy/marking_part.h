/*
 * marking_part.h - what is shown of one thing of a policy, and which things of a label are shown.
 * Behind marking.h.
 */
#ifndef MU_POLICY_MARKING_PART_H
#define MU_POLICY_MARKING_PART_H

#include "policy/marking.h"

/* A thing of the policy that has markings. */
enum mu_part_kind {
    MU_PART_SPIF,    /* the SPIF: what stands round the whole marking */
    MU_PART_POLICY,  /* securityPolicyId                              */
    MU_PART_CLASSES, /* securityClassifications                       */
    MU_PART_CLASS,
    MU_PART_PRIVACY,
    MU_PART_TAG,
    MU_PART_VALUE,
};

struct mu_part {
    enum mu_part_kind kind;
    uint32_t index; /* of a class, privacy mark, tag or value */
};

/* Is the byte part of a word: a letter, a digit, or of a character that is not ASCII? */
static inline bool mu_is_word(char c)
{
    unsigned char u = (unsigned char) c;
    return u >= 0x80 || (u >= '0' && u <= '9') || ((u | 0x20) >= 'a' && (u | 0x20) <= 'z');
}

static inline bool mu_part_same(struct mu_part a, struct mu_part b)
{
    return a.kind == b.kind && a.index == b.index;
}

const struct mu_markings *mu_part_markings(const struct mu_policy *policy, struct mu_part part);

/* What is shown of it as itself, with its own prefix and suffix; "" for nothing. Of a value with
 * userInput: what stands before the user's words (`after`, may be NULL: and what stands after). */
const char *mu_part_text(struct mu_arena *arena, const struct mu_policy *policy,
                         struct mu_part part, enum mu_marking_code place, const char *language,
                         const char **after);

/* Put a text behind another: as it is written, and a space where two words would meet. */
void mu_marking_join(struct mu_buf *out, const char *text);

/* Prefix, text and suffix joined, white space collapsed. */
const char *mu_marking_frame(struct mu_arena *arena, const char *prefix, const char *text,
                             const char *suffix);

/* Its text in place of the policy's name (replacePolicy); of MU_PART_POLICY the name itself. */
const char *mu_part_owner_text(struct mu_arena *arena, const struct mu_policy *policy,
                               struct mu_part part, enum mu_marking_code place,
                               const char *language);

/* portionMarking; NULL: it has none. */
const char *mu_part_portion(const struct mu_policy *policy, struct mu_part part,
                            const char *language);

/* Has it a replacePolicy phrase? Does one of its phrases suppress the name of the
 * classification? */
bool mu_part_replaces(const struct mu_policy *policy, struct mu_part part);
bool mu_part_hides_class(const struct mu_policy *policy, struct mu_part part,
                         enum mu_marking_code place);

/* "" where there is none. */
const char *mu_part_qualifier(const struct mu_policy *policy, struct mu_part part,
                              enum mu_qualifier_kind kind, enum mu_marking_code place,
                              const char *language);

/* The place itself where the policy has phrases for it, PAGE_TOP otherwise. */
enum mu_marking_code mu_marking_place(const struct mu_policy *policy, enum mu_marking_code place);

/* The places that a marking is read at: every one but PORTION and INPUT_TITLE. */
#define MU_MARKING_PLACES 9
extern const enum mu_marking_code mu_marking_places[MU_MARKING_PLACES];

/* Whether a label's values are shown is decided by the label as a whole. */
struct mu_shown {
    struct mu_part owner;         /* whose text stands first              */
    uint32_t context;             /* the context value; MU_NONE: none     */
    uint32_t *value;              /* that are shown, in policy order      */
    struct mu_resolved_value *of; /* and where each stands in the label   */
    size_t values;
    bool class_hidden;
};

void mu_marking_shown(struct mu_arena *arena, const struct mu_resolved *r,
                      enum mu_marking_code place, struct mu_shown *out);

/* Value of the policy's context set that says that there is a Releasable To (NAT-03, NAT-11); the
 * value of the release set that has the context's name (Table 17). MU_NONE: none. */
uint32_t mu_marking_releasable(const struct mu_policy *policy);
uint32_t mu_marking_release_of(const struct mu_policy *policy, uint32_t context, uint32_t class);

/* The user's words of a value with userInput, white space collapsed. */
const char *mu_marking_input(struct mu_arena *arena, const struct mu_label *label,
                             const struct mu_resolved_value *value);

#endif

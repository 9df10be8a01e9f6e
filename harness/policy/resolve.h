/*
 * resolve.h - a label whose names have been looked up in its policy: what validity, decision,
 * dominance, marking and equivalence work on.
 */
#ifndef MU_POLICY_RESOLVE_H
#define MU_POLICY_RESOLVE_H

#include "policy/spif.h"

/* One value of one category of the label. */
struct mu_resolved_value {
    uint32_t value;              /* MU_NONE: the policy has none of that name, set and type */
    uint32_t category, position; /* where it stands in the label */
    bool ambiguous;              /* several values of that name fit the classification */
    bool repeated; /* the label has this value already; of a user's words: these words */
};

struct mu_resolved_category {
    uint32_t set; /* by the OID of the URI where that is known, by name otherwise; MU_NONE */
    enum mu_tag_type type;
    bool type_known;       /* @Type is one of the three words                             */
    bool type_fits;        /* and the set has a tag of that type                          */
    bool renamed;          /* the set was found by its OID and has another name           */
    bool contradiction;    /* name and OID are both known and mean different sets         */
    bool again;            /* an earlier category of the label has the same set and type  */
    uint32_t first, count; /* its values                                               */
};

struct mu_resolved {
    const struct mu_policy *policy;
    const struct mu_label *label;
    uint32_t classification;               /* MU_NONE: unknown or absent */
    struct mu_resolved_category *category; /* one a category of the label */
    struct mu_resolved_value *value;
    size_t values;
    uint64_t *present; /* one bit a value of the policy: the known values that the label has */
    uint32_t
        *held[3]; /* by type, one a tag set: how many different known values of it the label has */
    struct mu_names *words; /* of users: mu_words_have(); NULL: it has none */
    uint64_t *sets[3]; /* one bit a tag set, by type: the label has a category of it, even empty */
    bool named;        /* name and OID of the label's policy are those of `policy` */
    bool doubt;        /* something was not understood: a decision must deny */
};

/* Which tag set a category of a label or clearance means. */
struct mu_set_found {
    uint32_t set;       /* by the OID of the URI where that is known, by name otherwise; MU_NONE */
    bool renamed;       /* the set was found by its OID and has another name                     */
    bool contradiction; /* the name is known, and the OID is not that of a set of this name      */
};
struct mu_set_found mu_resolve_set(const struct mu_policy *policy,
                                   const struct mu_category *category);

/* Never fails: what is unknown is MU_NONE. `policy` is the label's own. */
void mu_resolve(struct mu_arena *arena, const struct mu_policy *policy,
                const struct mu_label *label, struct mu_resolved *r);

static inline bool mu_bit(const uint64_t *bits, uint32_t i)
{
    return (bits[i / 64] >> i % 64 & 1) != 0;
}

static inline void mu_bit_set(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= (uint64_t) 1 << i % 64;
}

/* The words of users (userInput) among names, kept by set and type: what a label or clearance has of
 * them. Words too long for a key are never had. */
void mu_words_add(struct mu_names *words, uint32_t set, enum mu_tag_type type, const char *text,
                  bool fold);
bool mu_words_have(const struct mu_names *words, uint32_t set, enum mu_tag_type type,
                   const char *text, bool fold);

/* The label again, in one form: names as the policy writes them, URIs given, categories in the order
 * of the policy with their values sorted and each once, unknown ones after them by name; white space
 * and letter case as the policy has them. Times, originator and root stay. Idempotent; labels that
 * mean the same have the same, but for the letter case of what the policy does not know. A label of
 * an unknown policy (NULL) is only composed (NFC), collapsed and sorted. */
struct mu_label *mu_label_canonical(struct mu_arena *arena, const struct mu_policy *policy,
                                    const struct mu_label *label);

/* Do two labels mean the same under the policies at hand? Names compare as their policy says; with
 * none, as they are written after NFC and white space. *difference (may be NULL) names the first
 * thing that differs, for people. */
bool mu_label_equal(struct mu_arena *arena, const struct mu_policies *policies,
                    const struct mu_label *a, const struct mu_label *b, const char **difference);

/* The label that a resolved set of values stands for: canonical, root originatorConfidentialityLabel,
 * no times. For roll-up, mapping and marking, which make labels. */
struct mu_label *mu_label_of_values(struct mu_arena *arena, const struct mu_policy *policy,
                                    uint32_t classification, const uint64_t *present,
                                    const char *privacy_mark);

#endif

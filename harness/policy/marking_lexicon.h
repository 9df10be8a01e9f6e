/*
 * marking_lexicon.h - the phrases of a policy sorted for reading. They are what rendering can
 * show, made by the same functions, so that reading knows no other words. Behind marking.h.
 */
#ifndef MU_POLICY_MARKING_LEXICON_H
#define MU_POLICY_MARKING_LEXICON_H

#include "policy/marking_part.h"

/* Text as it is compared: case folded, accents dropped, white space collapsed. */
struct mu_plain {
    const char *p;
    size_t n;
    uint32_t *at; /* of byte i in the original; n + 1 of them. NULL where it was not asked for */
};

void mu_plain_make(struct mu_arena *arena, struct mu_bytes text, bool offsets,
                   struct mu_plain *out);

/* Does a word begin or end between i - 1 and i? */
bool mu_plain_edge(const struct mu_plain *text, size_t i);

/* A phrase of the policy. */
struct mu_saying {
    const char *text; /* plain */
    size_t n;
    const char *exact; /* as it is shown */
    struct mu_part part;
    bool owner;         /* it stands in place of the policy's name           */
    uint64_t languages; /* that show it so: bits of mu_lexicon.language      */
    const char *after;  /* userInput: plain text behind the user's words, "" */
    uint32_t order;
};

/* A qualifier, plain. */
struct mu_affix {
    const char *text;
    size_t n;
    uint64_t languages;
};

/* What stands round the values of a tag, or round the marking, by enum mu_qualifier_kind; each
 * text once, longest first, "" among them where there is none in some language or place. */
struct mu_frame {
    struct mu_affix *affix[3];
    size_t affixes[3];
};

struct mu_lexicon {
    const struct mu_policy *policy;
    const char *language[64];
    size_t languages;
    struct mu_saying *saying; /* sorted by text, then by order */
    size_t sayings;
    struct mu_frame *tag; /* one a tag */
    struct mu_frame whole;
    uint64_t *hidden;  /* one bit a value: nothing of it is ever shown          */
    uint64_t *visible; /* and: it is shown as a value, not in place of the name */
    bool hides_class;  /* some phrase has suppressClassName   */
    bool no_owner;     /* the policy's name may show nothing  */
    enum mu_marking_code place[MU_MARKING_PLACES];
    size_t places; /* that show different things           */
};

struct mu_lexicon *mu_lexicon_new(struct mu_arena *arena, const struct mu_policy *policy);

/* The sayings that are the beginning of text from `at` on and end where a word does: up to `max`
 * runs of equal texts, longest first. Each look-up counts one in *steps. */
struct mu_match {
    uint32_t first, count;
    uint32_t n; /* bytes of the text */
};

size_t mu_lexicon_match(const struct mu_lexicon *lexicon, const struct mu_plain *text, size_t at,
                        struct mu_match *match, size_t max, size_t *steps);

/* Does the text from `at` on begin with the affix, and does a word end behind it? */
bool mu_plain_starts(const struct mu_plain *text, size_t at, const char *start, size_t n);

#endif

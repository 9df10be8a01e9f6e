/*
 * marking_descent.h - reading one marking under one policy: the descent over its phrases, and
 * what a complete reading stands for. Behind marking.h.
 */
#ifndef MU_POLICY_MARKING_DESCENT_H
#define MU_POLICY_MARKING_DESCENT_H

#include "policy/marking_lexicon.h"

/* One value that was read. */
struct mu_item {
    const struct mu_saying *saying;
    uint64_t languages; /* of its qualifiers                           */
    size_t from, to;    /* userInput: the user's words, in plain text  */
    bool unsure;        /* other values show the same                  */
};

/* How far reading has come, and what it looked for there. */
enum mu_expected { MU_EXPECT_OWNER, MU_EXPECT_CLASS, MU_EXPECT_VALUE, MU_EXPECT_SUFFIX };

struct mu_descent {
    struct mu_arena *scratch;
    const struct mu_lexicon *lexicon;
    struct mu_bytes original;
    struct mu_plain text;
    enum mu_marking_match how;

    const struct mu_saying *owner, *privacy, *class; /* NULL: not shown */
    uint64_t frame;                                  /* languages of what stands round all */
    struct mu_item *item;
    size_t items, room;

    size_t steps, endings;
    uint64_t *dead; /* states that lead nowhere: an open hash */
    size_t dead_room, dead_count;

    size_t far;
    enum mu_expected expected;
    const char *refusal; /* why a complete reading is no marking; NULL */

    struct mu_label *label; /* the first that fits */
    uint64_t languages;
    bool ambiguous;
};

/* Fills d->label, or d->far, d->expected and d->refusal. */
void mu_descent_run(struct mu_descent *d);

/* Were there too many look-ups? */
bool mu_descent_exhausted(const struct mu_descent *d);

/* A complete reading: take it, refuse it, or find that it is a second one. True: enough is
 * known. */
bool mu_descent_settle(struct mu_descent *d);

/* Set the values that no marking shows and a label with these needs: what the classification and
 * the values require and hide, the context, and with a release set its Releasable and itself. */
void mu_marking_imply(const struct mu_lexicon *lexicon, uint32_t class, uint64_t *present);

/* What is wrong with the text before any policy is asked: too long, no UTF-8, something
 * invisible. NULL: nothing. */
const char *mu_marking_defect(struct mu_arena *arena, struct mu_bytes text, size_t *at);

/* One marking under one policy; mu_marking_parse is made of it. `plain` is mu_plain_make() of the text. Returns how far it got;
 * out->label is NULL with *why and *at when it is none. `scratch` may be freed afterwards. */
size_t mu_lexicon_read(struct mu_arena *arena, struct mu_arena *scratch,
                       const struct mu_lexicon *lexicon, struct mu_bytes text,
                       const struct mu_plain *plain, enum mu_marking_match match,
                       struct mu_marking_reading *out);

#endif

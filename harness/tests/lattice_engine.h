/* lattice_engine.h - from the points of lattice_oracle.h to what the engine takes, and back. */
#ifndef MU_TESTS_LATTICE_ENGINE_H
#define MU_TESTS_LATTICE_ENGINE_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "lattice_oracle.h"
#include "policy/decide.h"

/* Ways to write the same (ADatP-4774 p 5-2, labels.md L74-40, L74-41). */
enum spelling { PLAIN, SMALL, WITH_URIS, SPACED, SPELLINGS };

static const char *spell(struct mu_arena *arena, const char *name, enum spelling how)
{
    if (how == SPACED)
        return mu_arena_printf(arena, " \n%s\t ", name);
    if (how != SMALL)
        return name;
    char *copy = mu_arena_strndup(arena, name, strlen(name));
    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char) *p < 0x80)
            *p = (char) tolower((unsigned char) *p);
    }
    return copy;
}

static const char *oid_uri(struct mu_arena *arena, const char *oid, enum spelling how)
{
    return how == WITH_URIS ? mu_arena_printf(arena, "urn:oid:%s", oid) : NULL;
}

static struct mu_category category_of(struct mu_arena *arena, const struct tag *tag, uint64_t bits,
                                      enum spelling how)
{
    struct mu_category category = { .type = tag->type,
                                    .tag_name = spell(arena, tag->name, how),
                                    .uri = oid_uri(arena, tag->oid, how) };
    category.value = (const char **) mu_arena_array(arena, tag->words, sizeof(char *));
    for (size_t i = 0; i < tag->words; i++) {
        size_t which = how == WITH_URIS ? tag->words - 1 - i : i; /* and backwards */
        if ((bits & BIT(which)) != 0)
            category.value[category.values++] = spell(arena, tag->word[which].name, how);
    }
    return category;
}

static struct mu_category *categories_of(struct mu_arena *arena, const struct point *x,
                                         enum spelling how, size_t *count)
{
    struct mu_category *category = mu_arena_array(arena, SETS, sizeof(*category));
    *count = 0;
    for (int i = 0; i < SETS; i++) {
        int which = how == WITH_URIS ? SETS - 1 - i : i;
        if (x->has[which] != 0)
            category[(*count)++] = category_of(arena, &x->in->tag[which], x->has[which], how);
    }
    return category;
}

static struct mu_label *label_of(struct mu_arena *arena, const struct point *x, enum spelling how)
{
    struct mu_label *label = mu_new(arena, struct mu_label);
    enum spelling token = how == SPACED ? PLAIN : how; /* tokens are collapsed when they are read */
    label->root = "originatorConfidentialityLabel";
    label->policy = spell(arena, x->in->name, token);
    label->policy_uri = oid_uri(arena, x->in->oid, how);
    label->classification = spell(arena, x->in->level[x->level].name, token);
    if (x->in == &eu && x->level == TS && how == SMALL) /* a small accent, or none */
        label->classification = (x->has[RELEASE] & BIT(DEU)) != 0 ? "très secret ue/eu top secret"
                                                                  : "tres secret ue/eu top secret";
    label->privacy_mark = x->in == &nato && how == SPACED ? "CLEAR" : NULL; /* decides nothing */
    label->category = categories_of(arena, x, how, &label->categories);
    label->created = x->old ? "2025-12-31T23:59:59Z" : "2026-01-01T00:00:00Z";
    label->review = "2036-01-01T00:00:00Z";
    label->originator = "desk@exercise.invalid";
    label->originator_type = "rfc822Name";
    return label;
}

static struct mu_clearance clearance_of(struct mu_arena *arena, const struct point *x,
                                        enum spelling how)
{
    struct mu_clearance out = { .policy = x->in->name,
                                .policy_uri = oid_uri(arena, x->in->oid, how) };
    out.classification = (const char **) mu_arena_array(arena, LEVELS, sizeof(char *));
    for (unsigned i = 0; i < LEVELS; i++) {
        if ((x->levels >> i & 1) != 0)
            out.classification[out.classifications++] = x->in->level[i].name;
    }
    out.category = categories_of(arena, x, how, &out.categories);
    return out;
}

/* --- back ------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool category_into(const struct mu_category *category, struct point *x)
{
    int set = 0;
    while (set < SETS
           && !(same_text(category->tag_name, x->in->tag[set].name)
                && same_text(category->type, x->in->tag[set].type)))
        set++;
    if (set == SETS || x->has[set] != 0 || category->values == 0)
        return false;
    const struct tag *tag = &x->in->tag[set];
    for (size_t i = 0; i < category->values; i++) {
        size_t word = 0;
        while (word < tag->words && !same_text(category->value[i], tag->word[word].name))
            word++;
        if (word == tag->words || (x->has[set] & BIT(word)) != 0)
            return false;
        x->has[set] |= BIT(word);
    }
    return true;
}

/* The number of a rule: 5 of "SEM-05"; 0 when it is none of `family`. */
static unsigned number_of(const char *rule, const char *family)
{
    size_t n = strlen(family);
    return rule != NULL && strncmp(rule, family, n) == 0 ? (unsigned) strtoul(rule + n, NULL, 10)
                                                         : 0;
}

/* The point that a label of the engine is; false unless every name is the policy's own, to the letter,
 * no category occurs twice or is empty, and no value occurs twice. */
static bool point_of(const struct mu_label *label, struct point *x)
{
    *x = (struct point){ .in = same_text(label->policy, nato.name) ? &nato : &eu };
    if (!same_text(label->policy, x->in->name))
        return false;
    while (x->level < LEVELS && !same_text(label->classification, x->in->level[x->level].name))
        x->level++;
    bool good = x->level < LEVELS;
    for (size_t i = 0; good && i < label->categories; i++)
        good = category_into(&label->category[i], x);
    return good;
}

static bool same_point(const struct point *a, const struct point *b)
{
    return a->in == b->in && a->level == b->level && memcmp(a->has, b->has, sizeof(a->has)) == 0;
}

/* For people; the text stands until the second next call. */
static const char *describe(const struct point *x)
{
    static char text[2][1024];
    static int turn;
    char *out = text[turn = !turn];
    size_t n = (size_t) snprintf(out, sizeof(text[0]), "%s %s%s", x->in->name,
                                 x->in->level[x->level].name, x->old ? " (old)" : "");
    for (int i = 0; i < SETS; i++) {
        const struct tag *tag = &x->in->tag[i];
        for (size_t w = 0; x->has[i] != 0 && w < tag->words && n < sizeof(text[0]); w++) {
            if ((x->has[i] & BIT(w)) != 0)
                n += (size_t) snprintf(out + n, sizeof(text[0]) - n, ", %s=%s", tag->name,
                                       tag->word[w].name);
        }
    }
    return out;
}

#endif

/*
 * lattice_oracle.h - a second opinion on labels of two exercise policies, for test_lattice.c.
 *
 * Nothing here knows the engine: the rules were written from ADatP-4774 Appendix 2 and ADatP-4774.1
 * 3.3, 3.5, 3.6, 3.11.4 and 4.2, for these two policies and no others.
 */
#ifndef MU_TESTS_LATTICE_ORACLE_H
#define MU_TESTS_LATTICE_ORACLE_H

#include "lattice_tables.h"

/* A label or, with `levels`, a clearance. */
struct point {
    const struct domain *in;
    unsigned level;
    unsigned levels; /* of a clearance: one bit a level, no level implies another */
    uint64_t has[SETS];
    bool old; /* created before the policy was */
};

static inline bool several(uint64_t bits)
{
    return (bits & (bits - 1)) != 0;
}

/* --- validity: ADatP-4774.1 3.3, 3.4; one bit for each broken rule SEM-nn ---------------------------- */

#define SEM(n) (1U << (n))

static unsigned unknown_values(const struct point *x)
{
    for (int i = 0; i < SETS; i++) {
        if ((x->has[i] & ~x->in->tag[i].known) != 0)
            return SEM(4);
    }
    return 0;
}

/* Classifications at which a value may not stand. */
static bool nato_excluded(const struct point *x)
{
    const uint64_t *has = x->has;
    if (x->level == TS) /* the one context of COSMIC is NATO; no nation has it (NAT-13) */
        return (has[CONTEXT] & CONTEXTS & ~BIT(NATO)) != 0
               || (has[RELEASE] & (NATIONS | BIT(COALITION))) != 0 || has[ADMINISTRATIVE] != 0;
    uint64_t low = x->level <= R ? BIT(ATOMAL) | BIT(CRYPTO) : 0; /* NAT-12 */
    if (x->level == U)
        low |= BIT(BOHEMIA);
    return (has[DESIGNATORS] & low) != 0 || (x->level != U && has[ADMINISTRATIVE] != 0);
}

static unsigned nato_faults(const struct point *x, bool in_2026)
{
    const uint64_t *has = x->has;
    uint64_t context = has[CONTEXT] & CONTEXTS, release = has[RELEASE] & nato.tag[RELEASE].known;
    unsigned faults = unknown_values(x);
    if (nato_excluded(x))
        faults |= SEM(5);
    if (context == 0 || several(context)) /* NAT-01, NAT-02 */
        faults |= SEM(7);
    if (release != 0 && (has[CONTEXT] & BIT(RELEASABLE)) == 0) /* NAT-03 */
        faults |= SEM(8);
    if ((release & ~CONTEXTS) != 0 && (release & CONTEXTS) == 0)
        faults |= SEM(8);
    if (has[RELEASE] != 0 && !several(release)) /* NAT-05 */
        faults |= SEM(10);
    if ((has[DESIGNATORS] & BIT(VINTAGE)) != 0 && !x->old)
        faults |= SEM(11);
    if ((has[RELEASE] & BIT(COALITION)) != 0 && !in_2026)
        faults |= SEM(12);
    return faults;
}

static unsigned eu_faults(const struct point *x)
{
    unsigned faults = unknown_values(x);
    if (x->level == U && (x->has[DESIGNATORS] != 0 || (x->has[RELEASE] & EU_PARTY) != 0))
        faults |= SEM(5);
    if (x->level != U && x->has[ADMINISTRATIVE] != 0) /* LIMITE is no classification */
        faults |= SEM(5);
    if (x->level != U && (x->has[RELEASE] & OF_EU) == 0)
        faults |= SEM(7);
    return faults;
}

static unsigned faults_of(const struct point *x, bool in_2026)
{
    return x->in == &nato ? nato_faults(x, in_2026) : eu_faults(x);
}

/* --- decision: ADatP-4774.1 3.11.4, Figure 15; one bit for each reason DEC-nn to deny ---------------- */

static unsigned reasons_to_deny(const struct point *label, const struct point *clearance)
{
    unsigned reasons = 0;
    if (label->in != clearance->in)
        return 1U << 4;
    if ((clearance->levels >> label->level & 1) == 0)
        reasons |= 1U << 1;
    for (int i = 0; i < SETS; i++) {
        const char *type = label->in->tag[i].type;
        uint64_t asked = label->has[i], held = clearance->has[i];
        if (type == NULL || asked == 0 || strcmp(type, "INFORMATIVE") == 0)
            continue;
        if ((asked & ~label->in->tag[i].known) != 0)
            reasons |= 1U << 5;
        if (strcmp(type, "RESTRICTIVE") == 0 && (asked & ~held) != 0)
            reasons |= 1U << 2;
        if (strcmp(type, "PERMISSIVE") == 0 && (asked & held) == 0)
            reasons |= 1U << 3;
    }
    return reasons;
}

/* --- equivalence: ADatP-4774.1 3.6; false when nothing says the same over there ---------------------- */

/* Of NATO's words the EU knows CRYPTO and most parties; a context may go, a limit to readers may not. */
static bool nato_to_eu(const struct point *x, struct point *out)
{
    *out = (struct point){ .in = &eu, .level = x->level, .old = x->old };
    out->has[DESIGNATORS] = x->has[DESIGNATORS] == BIT(CRYPTO) ? BIT(EU_CRYPTO) : 0;
    out->has[RELEASE] = x->has[RELEASE] & EU_SHARED;
    return x->level != U && (x->has[DESIGNATORS] & ~BIT(CRYPTO)) == 0 && x->has[ONLY] == 0
           && eu_faults(out) == 0;
}

/* All of the EU is more than NATO can name; its Council is nearest. */
static bool eu_to_nato(const struct point *x, struct point *out)
{
    *out = (struct point){ .in = &nato, .level = x->level, .old = x->old };
    out->has[CONTEXT] = BIT(NATO) | BIT(RELEASABLE);
    out->has[DESIGNATORS] = x->has[DESIGNATORS] == BIT(EU_CRYPTO) ? BIT(CRYPTO) : 0;
    out->has[RELEASE] = x->has[RELEASE] & EU_SHARED;
    if ((x->has[RELEASE] & BIT(EU)) != 0)
        out->has[RELEASE] |= BIT(COUNCIL);
    return x->level != U && (x->has[DESIGNATORS] & ~BIT(EU_CRYPTO)) == 0
           && nato_faults(out, true) == 0;
}

static bool has_equivalent(const struct point *x, struct point *out)
{
    return x->in == &nato ? nato_to_eu(x, out) : eu_to_nato(x, out);
}

/* How many values of a label that has an equivalent have none themselves. */
static size_t dropped(const struct point *x)
{
    uint64_t lost = x->in == &nato ? x->has[RELEASE] & ~EU_SHARED : 0;
    size_t n = 0;
    for (int i = 0; i < PARTIES; i++)
        n += (lost >> i & 1) + (x->has[CONTEXT] >> i & 1);
    return n;
}

/* --- markings: ADatP-4774.1 3.5, ADatP-4774 Tables 17 and 18 ----------------------------------------- */

/* What the values of a set show: those that are never shown, and in a release list the context, aside
 * (App 2-7: it always holds the context). */
static uint64_t shown_of(const struct point *x, int set)
{
    uint64_t shown = x->has[set] & x->in->tag[set].known & ~x->in->tag[set].silent;
    return set == RELEASE ? shown & ~(x->has[CONTEXT] & CONTEXTS) : shown;
}

/* `at` behind `text`; NULL when something else stands there. */
static const char *past(const char *at, const char *text)
{
    size_t n = strlen(text);
    return strncmp(at, text, n) == 0 ? at + n : NULL;
}

/* Behind one of the words, the longest that fits; it is taken from *left. */
static const char *past_one(const char *at, const struct tag *tag, bool french, uint64_t *left)
{
    const char *best = NULL;
    size_t which = 0;
    for (size_t i = 0; i < tag->words; i++) {
        const char *word = french ? tag->word[i].fr : tag->word[i].en;
        const char *end = (*left & BIT(i)) != 0 ? past(at, word) : NULL;
        if (end != NULL && (best == NULL || end > best)) {
            best = end;
            which = i;
        }
    }
    if (best != NULL)
        *left &= ~BIT(which);
    return best;
}

/* Behind the list of a set: its words in any order (MRK-15). */
static const char *past_set(const char *at, const struct tag *tag, bool french, uint64_t left)
{
    at = past(at, tag->before[french]);
    while (at != NULL && left != 0) {
        at = past_one(at, tag, french, &left);
        if (at != NULL && left != 0)
            at = past(at, tag->between);
    }
    return at != NULL ? past(at, tag->after[french]) : NULL;
}

/* Behind what stands first: owner, context, level. */
static const char *past_head(const char *at, const struct point *x, bool french)
{
    const struct word *level = &x->in->level[x->level];
    if (x->in == &nato) {
        uint64_t context = x->has[CONTEXT] & CONTEXTS;
        at = past(at, x->level == TS ? "COSMIC" : "NATO"); /* NAT-10 */
        if (at != NULL && x->level != TS && (context & ~BIT(NATO)) != 0) {
            at = past(at, "/");
            for (int i = 0; at != NULL && i < RELEASABLE; i++) {
                if (context == BIT(i))
                    at = past(at, party[i].name);
            }
        }
        at = at != NULL ? past(at, " ") : NULL;
    }
    return at != NULL ? past(at, french ? level->fr : level->en) : NULL;
}

/* Is the text the marking of the label? */
static bool is_marking_of(const char *text, const struct point *x, bool french)
{
    const char *at = past_head(text, x, french);
    for (int i = 0; at != NULL && i < SETS; i++) {
        uint64_t shown = shown_of(x, i);
        if (shown != 0 && at != text)
            at = past(at, " ");
        if (shown != 0 && at != NULL)
            at = past_set(at, &x->in->tag[i], french, shown);
    }
    return at != NULL && *at == '\0';
}

/* The label that a reader of the marking must think of: where readers are named, the context is one of
 * them and allows it; where nobody of the EU is named, "EU", which is not shown, makes the only valid
 * label. False when there is no marking to read. */
static bool read_back(const struct point *x, struct point *out)
{
    uint64_t context = x->has[CONTEXT] & CONTEXTS, shown = shown_of(x, RELEASE);
    *out = *x;
    if (x->in == &eu) {
        out->has[RELEASE] = shown | (x->level != U && (shown & OF_EU) == 0 ? BIT(EU) : 0);
        return x->level != U || x->has[ADMINISTRATIVE] != 0;
    }
    out->has[CONTEXT] = context | (shown != 0 ? BIT(RELEASABLE) : 0);
    out->has[RELEASE] = shown != 0 ? shown | context : 0;
    return true;
}

#endif

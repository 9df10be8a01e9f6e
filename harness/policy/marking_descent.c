/*
 * From a marking to its label: recursive descent over the phrases of a policy, the longest first.
 *
 *   marking  = [prefix] [owner] [privacy mark] [classification] *group [suffix]
 *   group    = [prefix of the tag] value *(separator value) [suffix of the tag]
 *
 * What is bounded: a place in the text from which no group (of a tag: no value) leads to an end
 * is remembered and not tried again, so the work is tags times places times 8 phrases, whatever
 * the text; look-ups, values and complete readings are counted on top (base/limits.h).
 */
#include "policy/marking_descent.h"

#include "base/limits.h"
#include "policy/names.h"

#define PHRASES 8 /* phrases that begin another at one place: the longest so many are tried */

static bool groups(struct mu_descent *d, size_t at, uint32_t last);

/* --- states that lead nowhere ------------------------------------------------------------- */

static uint64_t state_of(bool list, uint32_t tag, size_t at)
{
    return ((uint64_t) (at + 1) << 33 | (uint64_t) list << 32 | tag);
}

static uint64_t *slot_of(const struct mu_descent *d, uint64_t state)
{
    size_t i = (size_t) ((state * 0x9e3779b97f4a7c15U) >> 20) & (d->dead_room - 1);
    while (d->dead[i] != 0 && d->dead[i] != state)
        i = (i + 1) & (d->dead_room - 1);
    return &d->dead[i];
}

static bool is_dead(const struct mu_descent *d, uint64_t state)
{
    return *slot_of(d, state) != 0;
}

static void bury(struct mu_descent *d, uint64_t state)
{
    if (2 * d->dead_count >= d->dead_room) {
        uint64_t *old = d->dead;
        size_t room = d->dead_room;
        d->dead_room = room * 2;
        d->dead = mu_arena_array(d->scratch, d->dead_room, sizeof *d->dead);
        for (size_t i = 0; i < room; i++)
            if (old[i] != 0)
                *slot_of(d, old[i]) = old[i];
    }
    uint64_t *slot = slot_of(d, state);
    d->dead_count += *slot == 0;
    *slot = state;
}

static void revive_all(struct mu_descent *d)
{
    memset(d->dead, 0, d->dead_room * sizeof *d->dead);
    d->dead_count = 0;
}

/* --- small steps -------------------------------------------------------------------------- */

static void note(struct mu_descent *d, size_t at, enum mu_expected expected)
{
    if (at > d->far || (at == d->far && expected > d->expected)) {
        d->far = at;
        d->expected = expected;
    }
}

bool mu_descent_exhausted(const struct mu_descent *d)
{
    return d->steps > MU_MARKING_STEPS_MAX;
}

static size_t skip_space(const struct mu_descent *d, size_t at)
{
    return at < d->text.n && d->text.p[at] == ' ' ? at + 1 : at;
}

/* One separator at `at`; its length, 0: there is none. The policy's own, and those that people
 * write. */
static size_t separator_at(const struct mu_descent *d, size_t at, const struct mu_frame *frame)
{
    static const char *const common[] = { ",", "/", "and" };
    for (size_t i = 0; i < MU_COUNT(common); i++)
        if (mu_plain_edge(&d->text, at)
            && mu_plain_starts(&d->text, at, common[i], strlen(common[i])))
            return strlen(common[i]);
    for (size_t i = 0; i < frame->affixes[MU_SEPARATOR]; i++) {
        const struct mu_affix *s = &frame->affix[MU_SEPARATOR][i];
        if (s->n > 0 && mu_plain_edge(&d->text, at) && mu_plain_starts(&d->text, at, s->text, s->n))
            return s->n;
    }
    return 0;
}

static size_t skip(const struct mu_descent *d, size_t at, const struct mu_frame *frame)
{
    for (size_t n = 1; n > 0 && at < d->text.n;) {
        at = skip_space(d, at);
        n = separator_at(d, at, frame);
        at += n;
    }
    return at;
}

/* --- groups ------------------------------------------------------------------------------- */

/* Was it written exactly like this? Where letter case tells two values apart, that decides. */
static bool is_exact(struct mu_descent *d, const struct mu_saying *s, size_t at, size_t n)
{
    size_t from = d->text.at[at], to = d->text.at[at + n];
    struct mu_bytes text = mu_bytes_slice(d->original, from, to - from);
    return text.n >= strlen(s->exact) && memcmp(text.p, s->exact, strlen(s->exact)) == 0;
}

static int fitness(struct mu_descent *d, const struct mu_saying *s, size_t at, size_t n)
{
    const struct mu_value *v = &d->lexicon->policy->value[s->part.index];
    bool excluded = d->class != NULL && mu_class_in(&v->excluded, d->class->part.index);
    return 2 * is_exact(d, s, at, n) + !excluded;
}

static bool is_value_of(const struct mu_descent *d, const struct mu_saying *s, uint32_t tag)
{
    return s->part.kind == MU_PART_VALUE && !s->owner
           && d->lexicon->policy->value[s->part.index].tag == tag;
}

/* Of the values of the tag that show this phrase the one that fits best, first in the policy. */
static const struct mu_saying *pick(struct mu_descent *d, uint32_t tag, const struct mu_match *m,
                                    size_t at, bool *unsure)
{
    const struct mu_policy *p = d->lexicon->policy;
    const struct mu_saying *best = NULL;
    int best_fitness = 0;
    *unsure = false;
    for (uint32_t i = 0; i < m->count; i++) {
        const struct mu_saying *s = &d->lexicon->saying[m->first + i];
        if (!is_value_of(d, s, tag))
            continue;
        int fit = m->count > 1 ? fitness(d, s, at, m->n) : 0;
        if (best == NULL || fit > best_fitness) {
            best = s;
            best_fitness = fit;
            *unsure = false;
        } else if (fit == best_fitness
                   && !mu_key_same(p->value[s->part.index].name, p->value[best->part.index].name,
                                   p->is.fold)) {
            *unsure = true;
        }
    }
    return best;
}

static bool list(struct mu_descent *d, uint32_t tag, size_t at);

/* Behind a value: another one, or the end of the group. */
static bool go_on(struct mu_descent *d, uint32_t tag, size_t at)
{
    const struct mu_frame *frame = &d->lexicon->tag[tag];
    size_t next = skip(d, at, frame), end = skip_space(d, at);
    note(d, at, MU_EXPECT_VALUE);
    if (next > at && next < d->text.n && list(d, tag, next))
        return true;
    for (size_t i = 0; i < frame->affixes[MU_SUFFIX]; i++) {
        const struct mu_affix *suffix = &frame->affix[MU_SUFFIX][i];
        struct mu_item *item = &d->item[d->items - 1];
        uint64_t languages = item->languages;
        if (suffix->n > 0 && !mu_plain_starts(&d->text, end, suffix->text, suffix->n)) {
            note(d, end, MU_EXPECT_SUFFIX);
            continue;
        }
        item->languages &= suffix->languages;
        if (groups(d, suffix->n > 0 ? end + suffix->n : at, tag))
            return true;
        item->languages = languages;
    }
    return false;
}

/* May the user's words end here? At a separator or suffix of the tag, where another group
 * begins, and where the marking ends. */
static bool words_may_end(const struct mu_descent *d, uint32_t tag, size_t at)
{
    const struct mu_lexicon *l = d->lexicon;
    const struct mu_frame *frame = &l->tag[tag];
    if (at >= d->text.n || separator_at(d, at, frame) > 0)
        return true;
    for (size_t i = 0; i < frame->affixes[MU_SUFFIX]; i++) {
        const struct mu_affix *a = &frame->affix[MU_SUFFIX][i];
        if (a->n > 0 && mu_plain_starts(&d->text, skip_space(d, at), a->text, a->n))
            return true;
    }
    for (size_t t = 0; d->text.p[at] == ' ' && t < l->policy->tags; t++)
        for (size_t i = 0; i < l->tag[t].affixes[MU_PREFIX]; i++) {
            const struct mu_affix *a = &l->tag[t].affix[MU_PREFIX][i];
            if (a->n > 0 && mu_plain_starts(&d->text, at + 1, a->text, a->n))
                return true;
        }
    return false;
}

/* userInput: the shortest words first; a value is no longer than a key. */
static bool take_words(struct mu_descent *d, uint32_t tag, size_t at)
{
    struct mu_item *item = &d->item[d->items - 1];
    const char *after = item->saying->after;
    item->from = skip_space(d, at);
    for (size_t end = item->from + 1; end <= d->text.n && end - item->from < MU_KEY_MAX; end++) {
        size_t behind = after[0] != '\0' ? skip_space(d, end) : end;
        if (mu_descent_exhausted(d))
            return true;
        d->steps++;
        if (!mu_plain_edge(&d->text, end) || d->text.p[end - 1] == ' ')
            continue;
        if (after[0] != '\0' ? !mu_plain_starts(&d->text, behind, after, strlen(after))
                             : !words_may_end(d, tag, end))
            continue;
        item->to = end;
        if (go_on(d, tag, behind + strlen(after)))
            return true;
    }
    return false;
}

static bool take(struct mu_descent *d, uint32_t tag, const struct mu_saying *s, bool unsure,
                 size_t end)
{
    d->item[d->items++] =
        (struct mu_item){ .saying = s, .languages = s->languages, .unsure = unsure };
    bool enough = d->lexicon->policy->value[s->part.index].input ? take_words(d, tag, end)
                                                                 : go_on(d, tag, end);
    d->items--;
    return enough;
}

/* Values of the tag from `at` on. */
static bool list(struct mu_descent *d, uint32_t tag, size_t at)
{
    struct mu_match match[PHRASES];
    size_t endings = d->endings;
    bool unsure;
    if (mu_descent_exhausted(d) || is_dead(d, state_of(true, tag, at)) || d->items == d->room)
        return mu_descent_exhausted(d);
    size_t n = mu_lexicon_match(d->lexicon, &d->text, at, match, PHRASES, &d->steps);
    for (size_t i = 0; i < n; i++) {
        const struct mu_saying *s = pick(d, tag, &match[i], at, &unsure);
        if (s != NULL && take(d, tag, s, unsure, at + match[i].n))
            return true;
    }
    for (size_t i = 0; i < d->lexicon->sayings && d->lexicon->saying[i].n == 0; i++)
        if (is_value_of(d, &d->lexicon->saying[i], tag)
            && take(d, tag, &d->lexicon->saying[i], false, at))
            return true;
    if (endings == d->endings)
        bury(d, state_of(true, tag, at));
    return false;
}

/* Words of the user's that nothing introduces could be anything: they are not read. */
static bool is_introduced(const struct mu_descent *d, uint32_t tag, size_t prefix, size_t at)
{
    struct mu_match match[PHRASES];
    size_t steps = 0;
    if (prefix > 0)
        return true;
    size_t n = mu_lexicon_match(d->lexicon, &d->text, at, match, PHRASES, &steps);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < match[i].count; k++)
            if (is_value_of(d, &d->lexicon->saying[match[i].first + k], tag))
                return true;
    return false;
}

static bool group(struct mu_descent *d, uint32_t tag, size_t at)
{
    const struct mu_frame *frame = &d->lexicon->tag[tag];
    for (size_t i = 0; i < frame->affixes[MU_PREFIX]; i++) {
        const struct mu_affix *prefix = &frame->affix[MU_PREFIX][i];
        if (prefix->n > 0 && !mu_plain_starts(&d->text, at, prefix->text, prefix->n))
            continue;
        if (!is_introduced(d, tag, prefix->n, at))
            continue;
        uint64_t languages = d->frame;
        d->frame &= prefix->languages;
        if (prefix->n > 0)
            note(d, skip_space(d, at + prefix->n), MU_EXPECT_VALUE);
        if (list(d, tag, skip_space(d, at + prefix->n)))
            return true;
        d->frame = languages;
    }
    return false;
}

static bool at_end(const struct mu_descent *d, size_t at)
{
    const struct mu_frame *whole = &d->lexicon->whole;
    for (size_t i = 0; i < whole->affixes[MU_SUFFIX]; i++) {
        const struct mu_affix *suffix = &whole->affix[MU_SUFFIX][i];
        if (suffix->n == d->text.n - at && memcmp(d->text.p + at, suffix->text, suffix->n) == 0)
            return true;
    }
    return false;
}

/* Groups from `at` on, up to the end; `last` is the tag of the one before. */
static bool groups(struct mu_descent *d, size_t at, uint32_t last)
{
    size_t endings = d->endings;
    if (at_end(d, skip_space(d, at)) && (++d->endings, mu_descent_settle(d)))
        return true;
    size_t next = skip(d, at, &d->lexicon->whole);
    if (mu_descent_exhausted(d) || next == d->text.n || is_dead(d, state_of(false, last, next)))
        return mu_descent_exhausted(d);
    note(d, next, MU_EXPECT_VALUE);
    for (uint32_t tag = 0; tag < d->lexicon->policy->tags; tag++)
        if (tag != last && group(d, tag, next))
            return true;
    if (endings == d->endings)
        bury(d, state_of(false, last, next));
    return false;
}

/* --- the head ----------------------------------------------------------------------------- */

static bool class(struct mu_descent *d, size_t at)
{
    struct mu_match match[PHRASES];
    size_t n = mu_lexicon_match(d->lexicon, &d->text, at, match, PHRASES, &d->steps);
    note(d, at, MU_EXPECT_CLASS);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < match[i].count; k++) {
            const struct mu_saying *s = &d->lexicon->saying[match[i].first + k];
            if (s->part.kind != MU_PART_CLASS || s->owner)
                continue;
            revive_all(d);
            d->class = s;
            if (groups(d, at + match[i].n, MU_NONE))
                return true;
        }
    revive_all(d);
    d->class = NULL;
    return d->lexicon->hides_class && groups(d, at, MU_NONE);
}

static bool privacy(struct mu_descent *d, size_t at)
{
    struct mu_match match[PHRASES];
    size_t n = 0;
    if (d->lexicon->policy->privacy_marks > 0)
        n = mu_lexicon_match(d->lexicon, &d->text, at, match, PHRASES, &d->steps);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < match[i].count; k++) {
            d->privacy = &d->lexicon->saying[match[i].first + k];
            if (d->privacy->part.kind == MU_PART_PRIVACY
                && class(d, skip(d, at + match[i].n, &d->lexicon->whole)))
                return true;
        }
    d->privacy = NULL;
    return class(d, at);
}

static bool owner(struct mu_descent *d, size_t at)
{
    struct mu_match match[PHRASES];
    size_t n = mu_lexicon_match(d->lexicon, &d->text, at, match, PHRASES, &d->steps);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < match[i].count; k++) {
            d->owner = &d->lexicon->saying[match[i].first + k];
            if (d->owner->owner && privacy(d, skip(d, at + match[i].n, &d->lexicon->whole)))
                return true;
        }
    d->owner = NULL;
    return d->lexicon->no_owner && privacy(d, at);
}

void mu_descent_run(struct mu_descent *d)
{
    const struct mu_frame *whole = &d->lexicon->whole;
    for (size_t i = 0; i < whole->affixes[MU_PREFIX]; i++) {
        const struct mu_affix *prefix = &whole->affix[MU_PREFIX][i];
        d->frame = prefix->languages;
        if ((prefix->n == 0 || mu_plain_starts(&d->text, 0, prefix->text, prefix->n))
            && owner(d, skip_space(d, prefix->n)))
            return;
    }
}

/* The phrases of a policy, made comparable and sorted for reading. */
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "format/unicode.h"
#include "policy/marking_lexicon.h"

/* --- plain text --------------------------------------------------------------------------- */

/* Length of the white space at `i`; 0: there is none. */
static size_t space_at(struct mu_bytes text, size_t i)
{
    unsigned char c = (unsigned char) text.p[i];
    uint32_t code;
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    size_t n = mu_utf8_read(mu_bytes_from(text, i), &code);
    return n > 0 && mu_unicode_is_space(code) ? n : 0;
}

static size_t word_end(struct mu_bytes text, size_t i)
{
    while (i < text.n && mu_is_word(text.p[i]) && space_at(text, i) == 0)
        i++;
    return i;
}

static struct mu_bytes lower(struct mu_arena *arena, struct mu_bytes word)
{
    char *out = mu_bytes_dup(arena, word);
    for (size_t i = 0; i < word.n; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char) (out[i] | 0x20);
    return (struct mu_bytes){ out, word.n };
}

/* A letter that only folding makes ASCII (long s, ligatures) stays what it is: it looks like
 * another and is none. */
static struct mu_bytes plain_word(struct mu_arena *arena, struct mu_bytes word)
{
    if (mu_unicode_is_ascii(word))
        return lower(arena, word);
    struct mu_bytes bare = mu_unicode_bare(arena, mu_unicode_nfc(arena, word));
    struct mu_bytes folded = mu_unicode_bare(arena, mu_unicode_fold(arena, bare));
    return mu_unicode_is_ascii(folded) ? lower(arena, bare) : folded;
}

struct plain_writer {
    struct mu_buf out;
    uint32_t *at;
    size_t room;
};

static void put(struct plain_writer *w, struct mu_bytes bytes, size_t from, bool exact)
{
    for (size_t i = 0; w->at != NULL && i < bytes.n; i++) {
        size_t k = w->out.n + i;
        if (k + 1 >= w->room) {
            uint32_t *more = mu_arena_array(w->out.arena, 2 * w->room, sizeof *more);
            memcpy(more, w->at, w->room * sizeof *more);
            w->at = more;
            w->room *= 2;
        }
        w->at[k] = (uint32_t) (exact ? from + i : from);
    }
    mu_buf_put_bytes(&w->out, bytes);
}

void mu_plain_make(struct mu_arena *arena, struct mu_bytes text, bool offsets, struct mu_plain *out)
{
    struct plain_writer w = { .out = { .arena = arena }, .room = text.n + 2 };
    if (offsets)
        w.at = mu_arena_array(arena, w.room, sizeof *w.at);
    size_t end = 0; /* of what is no space */
    for (size_t i = 0, n; i < text.n; i += n) {
        n = space_at(text, i);
        if (n > 0)
            continue;
        if (end < i && w.out.n > 0)
            put(&w, MU_BYTES(" "), end, true);
        n = mu_is_word(text.p[i]) ? word_end(text, i) - i : 1;
        struct mu_bytes piece = mu_bytes_slice(text, i, n);
        struct mu_bytes plain = mu_is_word(text.p[i]) ? plain_word(arena, piece) : piece;
        put(&w, plain, i, plain.n == n);
        end = i + n;
    }
    if (offsets)
        w.at[w.out.n] = (uint32_t) end;
    *out = (struct mu_plain){ .p = mu_buf_text(&w.out), .n = w.out.n, .at = w.at };
}

bool mu_plain_edge(const struct mu_plain *text, size_t i)
{
    return i == 0 || i >= text->n || !mu_is_word(text->p[i - 1]) || !mu_is_word(text->p[i]);
}

bool mu_plain_starts(const struct mu_plain *text, size_t at, const char *start, size_t n)
{
    return n <= text->n - at && memcmp(text->p + at, start, n) == 0 && mu_plain_edge(text, at + n);
}

static const char *plain_of(struct mu_arena *arena, const char *text)
{
    struct mu_plain plain;
    mu_plain_make(arena, mu_bytes_of(text), false, &plain);
    return plain.p;
}

/* --- gathering ---------------------------------------------------------------------------- */

struct gather {
    struct mu_arena *arena;
    struct mu_lexicon *lexicon;
    size_t room;
};

/* Of no policy: what is shown for it is shown for every language that has nothing of its own. */
#define ANY_LANGUAGE "-"

static void add_language(struct mu_lexicon *l, const char *language)
{
    for (size_t i = 0; i < l->languages; i++)
        if (strcasecmp(l->language[i], language) == 0)
            return;
    if (language[0] != '\0' && l->languages < MU_COUNT(l->language) - 1)
        l->language[l->languages++] = language;
}

static void add_languages(struct mu_lexicon *l, struct mu_part part)
{
    const struct mu_markings *m = mu_part_markings(l->policy, part);
    for (size_t i = 0; i < m->phrases; i++)
        add_language(l, m->phrase[i].language);
    for (size_t i = 0; i < m->qualifiers; i++)
        add_language(l, m->qualifier[i].language);
}

/* Languages in which the part has words of its own; "en" is what others fall back to. */
static uint64_t languages_of(const struct mu_lexicon *l, struct mu_part part)
{
    const struct mu_markings *m = mu_part_markings(l->policy, part);
    uint64_t bits = 0;
    for (size_t k = 0; k < l->languages; k++) {
        for (size_t i = 0; i < m->phrases; i++)
            if (strcasecmp(m->phrase[i].language, l->language[k]) == 0)
                bits |= (uint64_t) 1 << k;
        for (size_t i = 0; i < m->qualifiers; i++)
            if (strcasecmp(m->qualifier[i].language, l->language[k]) == 0)
                bits |= (uint64_t) 1 << k;
    }
    return bits;
}

/* Every language of the policy and one that it has not; bit `languages` is that one's. */
static uint64_t all_languages(const struct mu_lexicon *l)
{
    return ((uint64_t) 2 << l->languages) - 1;
}

static void add_saying(struct gather *g, const struct mu_saying *saying, size_t since)
{
    struct mu_lexicon *l = g->lexicon;
    for (size_t i = since; i < l->sayings; i++) {
        struct mu_saying *s = &l->saying[i];
        if (s->owner == saying->owner && strcmp(s->exact, saying->exact) == 0
            && strcmp(s->after, saying->after) == 0) {
            s->languages |= saying->languages;
            return;
        }
    }
    if (l->sayings == g->room) {
        size_t room = g->room * 2 + 64;
        struct mu_saying *more = mu_arena_array(g->arena, room, sizeof *more);
        if (l->sayings > 0)
            memcpy(more, l->saying, l->sayings * sizeof *more);
        l->saying = more;
        g->room = room;
    }
    struct mu_saying *s = &l->saying[l->sayings];
    *s = *saying;
    s->text = plain_of(g->arena, s->exact);
    s->n = strlen(s->text);
    s->order = (uint32_t) l->sayings++;
}

/* What the part shows in one place and one language; `bits`: the languages that it stands for. */
static void add_text(struct gather *g, struct mu_part part, enum mu_marking_code place,
                     const char *language, uint64_t bits, size_t since)
{
    const struct mu_policy *p = g->lexicon->policy;
    bool input = part.kind == MU_PART_VALUE && p->value[part.index].input;
    struct mu_saying s = { .part = part, .languages = bits, .after = "" };
    if (part.kind != MU_PART_POLICY && part.kind != MU_PART_SPIF && part.kind != MU_PART_CLASSES) {
        const char *after;
        s.exact = mu_part_text(g->arena, p, part, place, language, &after);
        s.after = input ? plain_of(g->arena, after) : "";
        bool shown = s.exact[0] != '\0' || input;
        if (shown)
            add_saying(g, &s, since);
        if (shown && part.kind == MU_PART_VALUE)
            mu_bit_set(g->lexicon->visible, part.index);
    }
    s.owner = true;
    s.after = "";
    if (part.kind != MU_PART_POLICY && !mu_part_replaces(p, part))
        return;
    s.exact = mu_part_owner_text(g->arena, p, part, place, language);
    if (s.exact[0] != '\0')
        add_saying(g, &s, since);
    else
        g->lexicon->no_owner = true;
}

/* Which of its phrases and qualifiers count at a place: two places with one answer show the
 * same. */
static uint64_t signature(const struct mu_markings *m, enum mu_marking_code place)
{
    uint64_t bits = 0;
    size_t k = 0;
    for (size_t i = 0; i < m->phrases; i++)
        bits |= (uint64_t) ((m->phrase[i].codes & place) != 0) << k++ % 64;
    for (size_t i = 0; i < m->qualifiers; i++)
        bits |= (uint64_t) ((m->qualifier[i].codes & place) != 0) << k++ % 64;
    return bits;
}

/* Has one of the places before `i` shown the same already? */
static bool seen_place(const struct mu_lexicon *l, const struct mu_markings *m, size_t i)
{
    for (size_t k = 0; m->phrases + m->qualifiers <= 64 && k < i; k++)
        if (signature(m, l->place[k]) == signature(m, l->place[i]))
            return true;
    return false;
}

static void add_part(struct gather *g, struct mu_part part)
{
    struct mu_lexicon *l = g->lexicon;
    uint64_t own = languages_of(l, part);
    size_t since = l->sayings;
    for (size_t i = 0; i < l->places; i++) {
        if (seen_place(l, mu_part_markings(l->policy, part), i))
            continue;
        for (size_t k = 0; k < l->languages; k++)
            if ((own >> k & 1) != 0)
                add_text(g, part, l->place[i], l->language[k], (uint64_t) 1 << k, since);
        add_text(g, part, l->place[i], ANY_LANGUAGE, all_languages(l) & ~own, since);
    }
    if (part.kind == MU_PART_VALUE && l->sayings == since)
        mu_bit_set(l->hidden, part.index);
    for (size_t i = 0; i < l->places; i++)
        l->hides_class = l->hides_class || mu_part_hides_class(l->policy, part, l->place[i]);
}

static int compare_affix(const void *a, const void *b)
{
    const struct mu_affix *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->text, y->text);
}

static void add_affix(struct gather *g, struct mu_frame *frame, enum mu_qualifier_kind kind,
                      const char *text, uint64_t bits)
{
    struct mu_affix *affix = frame->affix[kind];
    text = plain_of(g->arena, text);
    for (size_t i = 0; i < frame->affixes[kind]; i++)
        if (strcmp(affix[i].text, text) == 0) {
            affix[i].languages |= bits;
            return;
        }
    affix[frame->affixes[kind]++] =
        (struct mu_affix){ .text = text, .n = strlen(text), .languages = bits };
}

static void add_frame(struct gather *g, struct mu_part part, struct mu_frame *frame)
{
    struct mu_lexicon *l = g->lexicon;
    uint64_t own = languages_of(l, part);
    size_t count = mu_part_markings(l->policy, part)->qualifiers + 1;
    for (int kind = MU_PREFIX; kind <= MU_SEPARATOR; kind++) {
        enum mu_qualifier_kind q = (enum mu_qualifier_kind) kind;
        frame->affix[kind] = mu_arena_array(g->arena, count, sizeof *frame->affix[kind]);
        for (size_t i = 0; i < l->places; i++) {
            for (size_t k = 0; k < l->languages; k++)
                if ((own >> k & 1) != 0)
                    add_affix(g, frame, q,
                              mu_part_qualifier(l->policy, part, q, l->place[i], l->language[k]),
                              (uint64_t) 1 << k);
            add_affix(g, frame, q, mu_part_qualifier(l->policy, part, q, l->place[i], ANY_LANGUAGE),
                      all_languages(l) & ~own);
        }
        qsort(frame->affix[kind], frame->affixes[kind], sizeof *frame->affix[kind], compare_affix);
    }
}

static int compare_saying(const void *a, const void *b)
{
    const struct mu_saying *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* Calls `add` for each part of the policy, in its order. */
static void each_part(const struct mu_policy *p, void (*add)(void *object, struct mu_part part),
                      void *object)
{
    const struct {
        enum mu_part_kind kind;
        size_t count;
    } row[] = {
        { MU_PART_SPIF, 1 },
        { MU_PART_POLICY, 1 },
        { MU_PART_CLASSES, 1 },
        { MU_PART_CLASS, p->classifications },
        { MU_PART_PRIVACY, p->privacy_marks },
        { MU_PART_TAG, p->tags },
        { MU_PART_VALUE, p->values },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        for (uint32_t k = 0; k < row[i].count; k++)
            add(object, (struct mu_part){ row[i].kind, k });
}

static void add_languages_of(void *object, struct mu_part part)
{
    add_languages(object, part);
}

static void add_sayings_of(void *object, struct mu_part part)
{
    struct gather *g = object;
    if (part.kind == MU_PART_TAG)
        add_frame(g, part, &g->lexicon->tag[part.index]);
    else
        add_part(g, part);
}

static void add_places(struct mu_lexicon *l)
{
    for (size_t i = 0; i < MU_COUNT(mu_marking_places); i++) {
        enum mu_marking_code place = mu_marking_place(l->policy, mu_marking_places[i]);
        size_t k = 0;
        while (k < l->places && l->place[k] != place)
            k++;
        if (k == l->places)
            l->place[l->places++] = place;
    }
}

struct mu_lexicon *mu_lexicon_new(struct mu_arena *arena, const struct mu_policy *policy)
{
    struct mu_lexicon *l = mu_new(arena, struct mu_lexicon);
    struct gather g = { .arena = arena, .lexicon = l };
    l->policy = policy;
    l->tag = mu_arena_array(arena, policy->tags + 1, sizeof *l->tag);
    l->hidden = mu_arena_array(arena, policy->values / 64 + 1, sizeof *l->hidden);
    l->visible = mu_arena_array(arena, policy->values / 64 + 1, sizeof *l->visible);
    add_places(l);
    each_part(policy, add_languages_of, l);
    each_part(policy, add_sayings_of, &g);
    add_frame(&g, (struct mu_part){ MU_PART_SPIF, 0 }, &l->whole);
    if (l->sayings > 0)
        qsort(l->saying, l->sayings, sizeof *l->saying, compare_saying);
    return l;
}

/* --- looking up --------------------------------------------------------------------------- */

/* The first saying that is not before the text. */
static uint32_t lower_bound(const struct mu_lexicon *l, const char *text, size_t n)
{
    size_t from = 0, to = l->sayings;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        const struct mu_saying *s = &l->saying[mid];
        int order = memcmp(s->text, text, s->n < n ? s->n : n);
        if (order < 0 || (order == 0 && s->n < n))
            from = mid + 1;
        else
            to = mid;
    }
    return (uint32_t) from;
}

size_t mu_lexicon_match(const struct mu_lexicon *l, const struct mu_plain *text, size_t at,
                        struct mu_match *match, size_t max, size_t *steps)
{
    size_t found = 0;
    for (size_t end = at + 1; end <= text->n; end++) {
        if (!mu_plain_edge(text, end) || (end < text->n && text->p[end - 1] == ' '))
            continue;
        size_t n = end - at;
        uint32_t first = lower_bound(l, text->p + at, n), count = 0;
        ++*steps;
        if (first == l->sayings || l->saying[first].n < n
            || memcmp(l->saying[first].text, text->p + at, n) != 0)
            break; /* nothing begins like this */
        while (first + count < l->sayings && l->saying[first + count].n == n
               && memcmp(l->saying[first + count].text, text->p + at, n) == 0)
            count++;
        if (count == 0)
            continue;
        size_t keep = found < max ? found : max - 1; /* of too many the shortest goes */
        memmove(match + 1, match, keep * sizeof *match);
        match[0] = (struct mu_match){ .first = first, .count = count, .n = (uint32_t) n };
        found = keep + 1;
    }
    return found;
}

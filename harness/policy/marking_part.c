/* What is shown of one thing of a policy: its phrases and qualifiers, by place and language. */
#include <strings.h>

#include "format/unicode.h"
#include "policy/marking_part.h"

/* The codes that are places; the others say how something is shown. */
#define PLACES                                                                                     \
    (MU_AT_PAGE_TOP | MU_AT_PAGE_BOTTOM | MU_AT_DOCUMENT_START | MU_AT_DOCUMENT_END                \
     | MU_AT_FIRST_LINE | MU_AT_LAST_LINE | MU_AT_SUBJECT | MU_AT_X_HEADER | MU_AT_PORTION         \
     | MU_AT_INPUT_TITLE | MU_AT_WATERMARK)

const enum mu_marking_code mu_marking_places[MU_MARKING_PLACES] = {
    MU_AT_PAGE_TOP, MU_AT_PAGE_BOTTOM, MU_AT_FIRST_LINE,     MU_AT_LAST_LINE,    MU_AT_SUBJECT,
    MU_AT_X_HEADER, MU_AT_WATERMARK,   MU_AT_DOCUMENT_START, MU_AT_DOCUMENT_END,
};

const struct mu_markings *mu_part_markings(const struct mu_policy *p, struct mu_part part)
{
    switch (part.kind) {
    case MU_PART_SPIF:
        return &p->markings;
    case MU_PART_POLICY:
        return &p->id_markings;
    case MU_PART_CLASSES:
        return &p->class_markings;
    case MU_PART_CLASS:
        return &p->classification[part.index].markings;
    case MU_PART_PRIVACY:
        return &p->privacy_mark[part.index].markings;
    case MU_PART_TAG:
        return &p->tag[part.index].markings;
    case MU_PART_VALUE:
        return &p->value[part.index].markings;
    }
    return &p->markings;
}

/* What stands for it where it has no phrase. A privacy mark is shown by its phrase only. */
static const char *name_of(struct mu_arena *arena, const struct mu_policy *p, struct mu_part part)
{
    switch (part.kind) {
    case MU_PART_POLICY: /* ADatP-4774.1 3.5: in capitals */
        return mu_bytes_dup(arena, mu_unicode_upper(arena, mu_bytes_of(p->name)));
    case MU_PART_CLASS:
        return p->classification[part.index].name;
    case MU_PART_PRIVACY:
        return p->privacy_mark[part.index].name;
    case MU_PART_VALUE:
        return p->value[part.index].name;
    case MU_PART_SPIF:
    case MU_PART_CLASSES:
    case MU_PART_TAG:
        break;
    }
    return "";
}

/* No place given: everywhere but in a portion, whose marks must be given as such. */
static bool applies(unsigned codes, enum mu_marking_code place)
{
    return (codes & PLACES) == 0 ? place != MU_AT_PORTION : (codes & place) != 0;
}

/* 3: the language asked for ("en" asks for "en-GB", too), 2: none, 1: English, 0: another. */
static int language_rank(const char *have, const char *want)
{
    size_t n = strlen(want);
    if (have[0] == '\0')
        return 2;
    if (n > 0 && strncasecmp(have, want, n) == 0 && (have[n] == '\0' || have[n] == '-'))
        return 3;
    return strncasecmp(have, "en", 2) == 0 && (have[2] == '\0' || have[2] == '-') ? 1 : 0;
}

/* The phrase for the place in the language, or in the one that it falls back to (rank `least`). */
static const struct mu_phrase *choose(const struct mu_markings *m, enum mu_marking_code place,
                                      const char *language, bool replaces, int least)
{
    const struct mu_phrase *best = NULL;
    int best_rank = 2 * least - 1;
    for (size_t i = 0; i < m->phrases; i++) {
        const struct mu_phrase *phrase = &m->phrase[i];
        if (((phrase->codes & MU_AT_POLICY) != 0) != replaces || !applies(phrase->codes, place))
            continue;
        int rank = 2 * language_rank(phrase->language, language) + ((phrase->codes & place) != 0);
        if (rank > best_rank) {
            best = phrase;
            best_rank = rank;
        }
    }
    return best;
}

/* A place for which it has no phrase shows what the top of the page does. */
static enum mu_marking_code place_of(const struct mu_markings *m, enum mu_marking_code place,
                                     bool replaces)
{
    return place == MU_AT_PORTION || choose(m, place, "", replaces, 0) != NULL ? place
                                                                               : MU_AT_PAGE_TOP;
}

static unsigned codes_at(const struct mu_markings *m, enum mu_marking_code place)
{
    unsigned codes = 0;
    for (size_t i = 0; i < m->phrases; i++)
        if ((m->phrase[i].codes & MU_AT_POLICY) == 0 && applies(m->phrase[i].codes, place))
            codes |= m->phrase[i].codes;
    return codes;
}

bool mu_part_replaces(const struct mu_policy *policy, struct mu_part part)
{
    const struct mu_markings *m = mu_part_markings(policy, part);
    for (size_t i = 0; i < m->phrases; i++)
        if ((m->phrase[i].codes & MU_AT_POLICY) != 0)
            return true;
    return false;
}

bool mu_part_hides_class(const struct mu_policy *policy, struct mu_part part,
                         enum mu_marking_code place)
{
    const struct mu_markings *m = mu_part_markings(policy, part);
    for (size_t i = 0; i < m->phrases; i++)
        if ((m->phrase[i].codes & MU_AT_NO_CLASS) != 0 && applies(m->phrase[i].codes, place))
            return true;
    return false;
}

static const char *collapsed(struct mu_arena *arena, const char *text)
{
    return mu_bytes_dup(arena, mu_unicode_collapse(arena, mu_bytes_of(text)));
}

/* The phrase or name alone; "" for nothing. */
static const char *own_text(struct mu_arena *arena, const struct mu_policy *policy,
                            struct mu_part part, enum mu_marking_code place, const char *language)
{
    const struct mu_markings *m = mu_part_markings(policy, part);
    bool named = part.kind != MU_PART_PRIVACY && part.kind != MU_PART_SPIF;
    place = place_of(m, place, false);
    unsigned codes = codes_at(m, place);
    if ((codes & MU_AT_NO_MARKING) != 0)
        return "";
    const struct mu_phrase *phrase = choose(m, place, language, false, 1);
    if (phrase != NULL && phrase->text != NULL)
        return collapsed(arena, phrase->text);
    /* Only replacePolicy: its place is at the beginning. */
    bool elsewhere = phrase == NULL && (codes_at(m, place) == 0 && mu_part_replaces(policy, part));
    if ((codes & MU_AT_NO_NAME) != 0 || (phrase == NULL && !named) || elsewhere)
        return "";
    return collapsed(arena, name_of(arena, policy, part));
}

void mu_marking_join(struct mu_buf *out, const char *text)
{
    if (out->n > 0 && mu_is_word(out->p[out->n - 1]) && mu_is_word(text[0]))
        mu_buf_putc(out, ' ');
    mu_buf_puts(out, text);
}

const char *mu_marking_frame(struct mu_arena *arena, const char *prefix, const char *text,
                             const char *suffix)
{
    struct mu_buf out = { .arena = arena };
    mu_marking_join(&out, prefix);
    mu_marking_join(&out, text);
    mu_marking_join(&out, suffix);
    return collapsed(arena, mu_buf_text(&out));
}

static const struct mu_qualifier *choose_qualifier(const struct mu_markings *m,
                                                   enum mu_qualifier_kind kind,
                                                   enum mu_marking_code place, const char *language)
{
    const struct mu_qualifier *best = NULL;
    int best_rank = 1; /* one in another language is none */
    for (size_t i = 0; i < m->qualifiers; i++) {
        const struct mu_qualifier *q = &m->qualifier[i];
        if (q->kind != kind || ((q->codes & PLACES) != 0 && (q->codes & place) == 0))
            continue;
        int rank = 2 * language_rank(q->language, language) + ((q->codes & place) != 0);
        if (rank > best_rank) {
            best = q;
            best_rank = rank;
        }
    }
    return best;
}

const char *mu_part_qualifier(const struct mu_policy *policy, struct mu_part part,
                              enum mu_qualifier_kind kind, enum mu_marking_code place,
                              const char *language)
{
    const struct mu_markings *m = mu_part_markings(policy, part);
    const struct mu_qualifier *q = choose_qualifier(m, kind, place, language);
    if (q == NULL) /* in the field they are given for pageTop and meant for the bottom, too */
        q = choose_qualifier(m, kind, MU_AT_PAGE_TOP, language);
    return q != NULL ? q->text : "";
}

const char *mu_part_text(struct mu_arena *arena, const struct mu_policy *policy,
                         struct mu_part part, enum mu_marking_code place, const char *language,
                         const char **after)
{
    bool input = part.kind == MU_PART_VALUE && policy->value[part.index].input;
    const char *text = own_text(arena, policy, part, place, language);
    const char *prefix = mu_part_qualifier(policy, part, MU_PREFIX, place, language);
    const char *suffix = mu_part_qualifier(policy, part, MU_SUFFIX, place, language);
    if (after != NULL)
        *after = suffix;
    if (input)
        return mu_marking_frame(arena, prefix, text, "");
    return text[0] == '\0' ? "" : mu_marking_frame(arena, prefix, text, suffix);
}

const char *mu_part_owner_text(struct mu_arena *arena, const struct mu_policy *policy,
                               struct mu_part part, enum mu_marking_code place,
                               const char *language)
{
    const struct mu_markings *m = mu_part_markings(policy, part);
    if (!mu_part_replaces(policy, part))
        return mu_part_text(arena, policy, part, place, language, NULL);
    place = place_of(m, place, true);
    const struct mu_phrase *phrase = choose(m, place, language, true, 1);
    if (phrase == NULL) /* another language or place is better than the name that it replaces */
        phrase = choose(m, place, language, true, 0);
    for (size_t i = 0; phrase == NULL && i < m->phrases; i++)
        if ((m->phrase[i].codes & MU_AT_POLICY) != 0)
            phrase = &m->phrase[i];
    if (phrase == NULL || (phrase->codes & MU_AT_NO_MARKING) != 0)
        return "";
    return collapsed(arena, phrase->text != NULL ? phrase->text : name_of(arena, policy, part));
}

const char *mu_part_portion(const struct mu_policy *policy, struct mu_part part,
                            const char *language)
{
    const struct mu_phrase *phrase =
        choose(mu_part_markings(policy, part), MU_AT_PORTION, language, false, 0);
    return phrase != NULL && phrase->text != NULL && phrase->text[0] != '\0' ? phrase->text : NULL;
}

static bool has_phrase_at(const struct mu_markings *m, enum mu_marking_code place)
{
    for (size_t i = 0; i < m->phrases; i++)
        if ((m->phrase[i].codes & place) != 0)
            return true;
    return false;
}

enum mu_marking_code mu_marking_place(const struct mu_policy *p, enum mu_marking_code place)
{
    bool has = has_phrase_at(&p->markings, place) || has_phrase_at(&p->id_markings, place)
               || has_phrase_at(&p->class_markings, place);
    for (size_t i = 0; !has && i < p->classifications; i++)
        has = has_phrase_at(&p->classification[i].markings, place);
    for (size_t i = 0; !has && i < p->values; i++)
        has = has_phrase_at(&p->value[i].markings, place);
    return has || place == MU_AT_PORTION ? place : MU_AT_PAGE_TOP;
}

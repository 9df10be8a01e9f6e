/* Portion marks: "(NS)" at the beginning of a paragraph, line or list item. */
#include "base/limits.h"
#include "base/utf8.h"
#include "policy/marking_descent.h"

/* What a portion mark may consist of, plain: of a classification, or of a value that has its
 * own. */
struct mark {
    const char *text;
    size_t n;
    struct mu_part part;
};

struct marks {
    const struct mu_lexicon *lexicon;
    struct mark *mark;
    size_t marks;
};

struct search {
    struct mu_arena *arena, *scratch;
    const struct mu_policies *policies;
    struct marks *of; /* one a policy */
    struct mu_portion *portion;
    size_t portions, room, uses;
};

static void add_marks(struct mu_arena *arena, struct marks *m, struct mu_part part)
{
    const struct mu_markings *markings = mu_part_markings(m->lexicon->policy, part);
    for (size_t i = 0; i < markings->phrases; i++) {
        const struct mu_phrase *phrase = &markings->phrase[i];
        struct mu_plain plain;
        if ((phrase->codes & MU_AT_PORTION) == 0 || phrase->text == NULL)
            continue;
        mu_plain_make(arena, mu_bytes_of(phrase->text), false, &plain);
        if (plain.n > 0)
            m->mark[m->marks++] = (struct mark){ .text = plain.p, .n = plain.n, .part = part };
    }
}

static bool is_designator(const struct mu_policy *p, uint32_t value)
{
    return p->tag[p->value[value].tag].type == MU_TAG_RESTRICTIVE;
}

static void find_marks(struct mu_arena *arena, const struct mu_policy *p, struct marks *m)
{
    size_t room = 0;
    for (uint32_t i = 0; i < p->classifications; i++)
        room += p->classification[i].markings.phrases;
    for (uint32_t i = 0; i < p->values; i++)
        room += p->value[i].markings.phrases;
    m->lexicon = p->lexicon != NULL ? p->lexicon : mu_lexicon_new(arena, p);
    m->mark = mu_arena_array(arena, room + 1, sizeof *m->mark);
    for (uint32_t i = 0; i < p->classifications; i++)
        add_marks(arena, m, (struct mu_part){ MU_PART_CLASS, i });
    for (uint32_t i = 0; i < p->values; i++)
        if (is_designator(p, i))
            add_marks(arena, m, (struct mu_part){ MU_PART_VALUE, i });
}

/* --- one mark ----------------------------------------------------------------------------- */

#define DESIGNATORS_MAX 16 /* in one portion mark */

/* Designators up to the end: as their own portion phrase has it, or a hyphen, slash or space and
 * what the page shows. */
static bool read_designators(const struct marks *m, const struct mu_plain *text, size_t at,
                             size_t depth, uint64_t *present)
{
    const struct mu_policy *p = m->lexicon->policy;
    struct mu_match match[4];
    size_t steps = 0;
    if (at == text->n)
        return true;
    if (depth == DESIGNATORS_MAX)
        return false;
    for (size_t i = 0; i < m->marks; i++) {
        const struct mark *mark = &m->mark[i];
        if (mark->part.kind != MU_PART_VALUE || mark->n > text->n - at
            || memcmp(text->p + at, mark->text, mark->n) != 0
            || !read_designators(m, text, at + mark->n, depth + 1, present))
            continue;
        mu_bit_set(present, mark->part.index);
        return true;
    }
    if (strchr("-/ ", text->p[at]) == NULL)
        return false;
    size_t n = mu_lexicon_match(m->lexicon, text, at + 1, match, MU_COUNT(match), &steps);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < match[i].count; k++) {
            const struct mu_saying *s = &m->lexicon->saying[match[i].first + k];
            if (s->part.kind != MU_PART_VALUE || s->owner || !is_designator(p, s->part.index)
                || !read_designators(m, text, at + 1 + match[i].n, depth + 1, present))
                continue;
            mu_bit_set(present, s->part.index);
            return true;
        }
    return false;
}

/* A portion mark of the policy; `begun`: it begins with that of a classification. */
static bool read_mark(struct search *s, const struct marks *m, const struct mu_plain *text,
                      struct mu_portion *out, bool *begun)
{
    const struct mu_policy *p = m->lexicon->policy;
    for (size_t i = 0; i < m->marks; i++) {
        const struct mark *mark = &m->mark[i];
        if (mark->part.kind != MU_PART_CLASS || mark->n > text->n
            || memcmp(text->p, mark->text, mark->n) != 0)
            continue;
        *begun = *begun || strchr("-/ ", text->p[mark->n]) != NULL;
        uint64_t *present = mu_arena_array(s->scratch, p->values / 64 + 1, sizeof *present);
        if (!read_designators(m, text, mark->n, 0, present))
            continue;
        mu_marking_imply(m->lexicon, mark->part.index, present);
        out->classification = mark->part.index;
        out->label = mu_label_of_values(s->arena, p, mark->part.index, present, NULL);
        return true;
    }
    return false;
}

/* Not everything in capitals is a mark: what differs in one letter from one is taken for a wrong
 * one, unless it is a word of the policy's own ("EU") or one of these. */
static const char *const ordinary[] = { "au", "us", "ms", "mr", "no", "nb", "nl", "nz",
                                        "ny", "un", "ps", "cs", "as", "is", "np", "nt",
                                        "ac", "dc", "pc", "tc", "hr", "fr", "vs", "ng" };

static bool is_near(const struct mu_plain *text, const struct mark *mark)
{
    size_t other = 0;
    for (size_t i = 0; text->n == mark->n && i < mark->n; i++)
        other += text->p[i] != mark->text[i];
    return mark->n >= 2 && text->n == mark->n && other == 1;
}

static bool is_word_of(const struct mu_lexicon *l, const struct mu_plain *text)
{
    for (size_t i = 0; i < l->sayings; i++) {
        const struct mu_plain saying = { .p = l->saying[i].text, .n = l->saying[i].n };
        size_t at = 0;
        for (const char *found; (found = strstr(saying.p + at, text->p)) != NULL; at++) {
            at = (size_t) (found - saying.p);
            if (mu_plain_edge(&saying, at) && mu_plain_edge(&saying, at + text->n))
                return true;
        }
    }
    return false;
}

static bool is_wrong_mark(const struct search *s, const struct mu_plain *text)
{
    bool near = false;
    for (size_t i = 0; i < MU_COUNT(ordinary); i++)
        if (strcmp(text->p, ordinary[i]) == 0)
            return false;
    for (size_t i = 0; i < s->policies->count; i++)
        for (size_t k = 0; k < s->of[i].marks; k++)
            near = near
                   || (s->of[i].mark[k].part.kind == MU_PART_CLASS
                       && is_near(text, &s->of[i].mark[k]));
    for (size_t i = 0; near && i < s->policies->count; i++)
        if (is_word_of(s->of[i].lexicon, text))
            return false;
    return near;
}

/* Upper case letters, digits, hyphens, slashes and spaces, and it begins with a letter. */
static bool is_shaped(struct mu_bytes content)
{
    for (size_t i = 0; i < content.n; i++) {
        char c = content.p[i];
        if (!(c >= 'A' && c <= 'Z') && (i == 0 || strchr("0123456789-/ ", c) == NULL || c == '\0'))
            return false;
    }
    return content.n > 0;
}

/* A full marking is long enough to be told from words, whatever its letter case. */
static bool read_marking(struct search *s, struct mu_bytes content, struct mu_portion *out)
{
    struct mu_marking_reading reading;
    struct mu_plain plain;
    size_t at;
    if (content.n < 5 || mu_marking_defect(s->scratch, content, &at) != NULL)
        return false;
    mu_plain_make(s->scratch, content, true, &plain);
    for (size_t i = 0; i < s->policies->count; i++) {
        const struct mu_policy *p = s->policies->policy[i];
        if (p->is.unmarked)
            continue;
        mu_lexicon_read(s->arena, s->scratch, s->of[i].lexicon, content, &plain, MU_MATCH_TOLERANT,
                        &reading);
        if (reading.label == NULL)
            continue;
        out->label = reading.label;
        out->classification = mu_policy_classification(p, reading.label->classification);
        return true;
    }
    return false;
}

/* Does any policy know a phrase that begins like this? Cheap: most parentheses end here. */
static bool may_be_marking(const struct search *s, const struct mu_plain *text)
{
    struct mu_match match[1];
    size_t steps = 0;
    for (size_t i = 0; i < s->policies->count; i++)
        if (mu_lexicon_match(s->of[i].lexicon, text, 0, match, 1, &steps) > 0)
            return true;
    return false;
}

/* Fills *out and returns true when the content is a mark, or looks like one. */
static bool read_content(struct search *s, struct mu_bytes content, struct mu_portion *out)
{
    struct mu_plain text;
    bool begun = false;
    mu_plain_make(s->scratch, content, false, &text);
    out->classification = MU_NONE;
    for (size_t i = 0; is_shaped(content) && i < s->policies->count; i++)
        if (read_mark(s, &s->of[i], &text, out, &begun))
            return true;
    return (may_be_marking(s, &text) && read_marking(s, content, out))
           || (is_shaped(content) && (begun || is_wrong_mark(s, &text)));
}

/* --- where marks may stand ---------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t skip_blank(struct mu_bytes text, size_t at)
{
    while (at < text.n && is_blank(text.p[at]))
        at++;
    return at;
}

/* A number, a letter or a Roman number; its length. */
static size_t counter(struct mu_bytes text, size_t at)
{
    static const char *const letters[] = { "0123456789", "ivxIVX" };
    size_t n = 0;
    for (size_t i = 0; n == 0 && i < MU_COUNT(letters); i++)
        while (at + n < text.n && text.p[at + n] != '\0' && strchr(letters[i], text.p[at + n]))
            n++;
    if (n == 0 && at < text.n && (text.p[at] | 0x20) >= 'a' && (text.p[at] | 0x20) <= 'z')
        n = 1;
    return n <= 4 ? n : 0;
}

/* "1.", "2.1", "a)", "(a)", "(iv)": its length; 0: none is here. */
static size_t numbered(struct mu_bytes text, size_t at)
{
    bool open = text.p[at] == '(';
    size_t end = at + open, n = counter(text, end), dots = 0;
    for (; n > 0 && end + n < text.n; n = counter(text, end)) {
        end += n;
        if (text.p[end] == ')')
            return end + 1 - at;
        if (open || text.p[end] != '.')
            break;
        dots++;
        end++;
    }
    return dots > 0 && end < text.n && is_blank(text.p[end]) ? end - at : 0;
}

/* What stands before a list item, a heading or a quotation; its length, 0: nothing. */
static size_t list_mark(struct mu_bytes text, size_t at)
{
    static const char *const sign[] = { "-", "*", "+", "#", ">", "\xe2\x80\xa2", "\xe2\x80\x93" };
    for (size_t i = 0; i < MU_COUNT(sign); i++) {
        struct mu_bytes want = mu_bytes_of(sign[i]);
        if (mu_bytes_equal(mu_bytes_slice(text, at, want.n), want))
            return want.n;
    }
    return at < text.n ? numbered(text, at) : 0;
}

/* The end of the parentheses that open at `at`; SIZE_MAX: they do not close in this line. */
static size_t close_of(struct mu_bytes text, size_t at)
{
    for (size_t i = at + 1; i < text.n && i - at <= MU_PORTION_MAX; i++) {
        if (text.p[i] == ')')
            return i;
        if (strchr("(\r\n", text.p[i]) != NULL)
            break; /* a NUL ends it, too */
    }
    return SIZE_MAX;
}

static void keep(struct search *s, const struct mu_portion *portion)
{
    if (s->portions == s->room) {
        struct mu_portion *more = mu_arena_array(s->arena, 2 * s->room + 16, sizeof *more);
        if (s->portions > 0)
            memcpy(more, s->portion, s->portions * sizeof *more);
        s->portion = more;
        s->room = 2 * s->room + 16;
    }
    s->portion[s->portions++] = *portion;
}

#define SCRATCH_USES 16 /* texts that share one scratch arena: a new one for each would cost more */

static bool find_in(struct search *s, struct mu_bytes content, struct mu_portion *portion)
{
    unsigned char first = content.n >= 2 ? (unsigned char) content.p[0] : '\0';
    if (first < 0x80 && !((first | 0x20) >= 'a' && (first | 0x20) <= 'z'))
        return false;
    if (s->uses++ % SCRATCH_USES == 0) {
        mu_arena_free(s->scratch);
        s->scratch = mu_arena_new(512 * MU_MIB);
    }
    return read_content(s, content, portion);
}

/* A mark at `at`: kept. False: there is none. */
static bool find_mark(struct search *s, struct mu_bytes text, size_t at)
{
    size_t end = at < text.n && text.p[at] == '(' ? close_of(text, at) : SIZE_MAX;
    if (end == SIZE_MAX)
        return false;
    struct mu_portion portion = { .mark = mu_bytes_slice(text, at, end + 1 - at), .offset = at };
    if (!find_in(s, mu_bytes_trim(mu_bytes_slice(text, at + 1, end - at - 1)), &portion))
        return false;
    keep(s, &portion);
    return true;
}

#define LIST_MARKS_MAX 4 /* before one mark: "> - 1. a)" */

static void find_in_line(struct search *s, struct mu_bytes text, size_t at)
{
    for (size_t i = 0; i <= LIST_MARKS_MAX; i++) {
        at = skip_blank(text, at);
        if (find_mark(s, text, at))
            return;
        size_t n = list_mark(text, at);
        if (n == 0)
            return;
        at += n;
    }
}

size_t mu_portions_find(struct mu_arena *arena, const struct mu_policies *policies,
                        struct mu_bytes text, struct mu_portion **portion)
{
    struct mu_arena *own = mu_arena_new(512 * MU_MIB);
    struct search s = { .arena = arena,
                        .policies = policies,
                        .of = mu_arena_array(own, policies->count + 1, sizeof *s.of) };
    for (size_t i = 0; i < policies->count; i++)
        find_marks(own, policies->policy[i], &s.of[i]);
    for (size_t at = 0; at < text.n && s.portions < MU_PORTIONS_MAX;) {
        find_in_line(&s, text, at);
        while (at < text.n && text.p[at] != '\n' && text.p[at] != '\r')
            at++;
        at++;
    }
    mu_arena_free(s.scratch);
    mu_arena_free(own);
    *portion = s.portion;
    return s.portions;
}

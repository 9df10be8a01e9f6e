/* From a marking to its label: which policy reads it, and what is said when none does. */
#include "policy/marking.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "format/unicode.h"
#include "policy/marking_descent.h"

/* --- what is said about it ---------------------------------------------------------------- */

static struct mu_bytes word_at(struct mu_bytes text, size_t at)
{
    size_t end = at;
    while (end < text.n && end - at < 60 && text.p[end] != ' ')
        end++;
    while (end < text.n && ((unsigned char) text.p[end] & 0xc0) == 0x80)
        end++;
    return mu_bytes_slice(text, at, end - at);
}

static const char *reason(const struct mu_descent *d, struct mu_arena *arena, size_t at)
{
    static const char *const nothing[] = {
        [MU_EXPECT_OWNER] = "no beginning of a marking",
        [MU_EXPECT_CLASS] = "no classification",
        [MU_EXPECT_VALUE] = "nothing that may stand here",
        [MU_EXPECT_SUFFIX] = "nothing that may stand here",
    };
    const char *policy = d->lexicon->policy->name;
    struct mu_bytes word = word_at(d->original, at);
    const char *shown = mu_text_line(arena, word);
    if (mu_descent_exhausted(d))
        return mu_arena_printf(arena, "more than %d look-ups in %s", MU_MARKING_STEPS_MAX, policy);
    if (word.n == 0)
        return mu_arena_printf(arena, "the marking of %s ends too early", policy);
    if (mu_unicode_lookalike(d->scratch, word))
        return mu_arena_printf(arena, "'%s' has letters that only look like others", shown);
    return mu_arena_printf(arena, "'%s' is %s in %s", shown, nothing[d->expected], policy);
}

/* One language that all of it is in; "" for all, "mul" (ISO 639-2) for several at once. */
static const char *language_of(const struct mu_lexicon *l, uint64_t languages)
{
    const char *found = NULL;
    for (size_t i = 0; i < l->languages; i++) {
        if ((languages >> i & 1) == 0)
            continue;
        if (found != NULL)
            return "";
        found = l->language[i];
    }
    return found != NULL ? found : languages == 0 ? "mul" : "";
}

size_t mu_lexicon_read(struct mu_arena *arena, struct mu_arena *scratch,
                       const struct mu_lexicon *lexicon, struct mu_bytes text,
                       const struct mu_plain *plain, enum mu_marking_match match,
                       struct mu_marking_reading *out)
{
    struct mu_descent d = { .scratch = scratch,
                            .lexicon = lexicon,
                            .original = text,
                            .text = *plain,
                            .how = match,
                            .dead_room = 256 };
    d.dead = mu_arena_array(scratch, d.dead_room, sizeof *d.dead);
    d.room = text.n < MU_MARKING_ITEMS_MAX ? text.n : MU_MARKING_ITEMS_MAX;
    d.item = mu_arena_array(scratch, d.room + 1, sizeof *d.item);
    mu_descent_run(&d);
    *out = (struct mu_marking_reading){ .policy = lexicon->policy, .language = "" };
    if (d.label != NULL) {
        d.label->policy_uri = NULL; /* so that the copy gets one of its own */
        out->label = mu_label_canonical(arena, lexicon->policy, d.label);
        out->language = language_of(lexicon, d.languages);
        out->ambiguous = d.ambiguous;
        return text.n + 2;
    }
    out->at = d.refusal != NULL ? 0 : d.text.at[d.far];
    out->why = d.refusal != NULL ? mu_bytes_dup(arena, mu_bytes_of(d.refusal))
                                 : reason(&d, arena, out->at);
    return d.refusal != NULL ? text.n + 1 : d.far;
}

static size_t first_invisible(struct mu_bytes text)
{
    uint32_t code;
    for (size_t i = 0, n; i<text.n; i += n> 0 ? n : 1) {
        n = mu_utf8_read(mu_bytes_from(text, i), &code);
        if (n == 0 || mu_unicode_is_invisible(mu_bytes_slice(text, i, n)))
            return i;
    }
    return 0;
}

const char *mu_marking_defect(struct mu_arena *arena, struct mu_bytes text, size_t *at)
{
    *at = mu_utf8_defect(text);
    if (*at != SIZE_MAX)
        return "the text is no UTF-8";
    *at = MU_MARKING_MAX;
    if (text.n > MU_MARKING_MAX)
        return mu_arena_printf(arena, "a marking has at most %zu bytes, this has %zu",
                               MU_MARKING_MAX, text.n);
    *at = 0;
    if (mu_unicode_has_loose_mark(arena, text))
        return "there are marks on letters that are no accents";
    if (!mu_unicode_is_invisible(text))
        return NULL;
    *at = first_invisible(text);
    return mu_arena_printf(arena, "there is an invisible character: '%s'",
                           mu_text_line(arena, mu_bytes_slice(text, *at, 4)));
}

/* PUB-03: no text at all is the marking of a policy whose labels are unmarked. */
static void parse_nothing(struct mu_arena *arena, const struct mu_policies *policies,
                          struct mu_marking_reading *out)
{
    static const uint64_t none[1] = { 0 };
    for (size_t i = 0; i < policies->count; i++) {
        const struct mu_policy *p = policies->policy[i];
        if (!p->is.unmarked || p->classifications == 0)
            continue;
        if (out->label != NULL) {
            out->ambiguous = true;
            continue;
        }
        uint64_t *present = mu_arena_array(arena, p->values / 64 + 1, sizeof *none);
        *out = (struct mu_marking_reading){
            .label = mu_label_of_values(arena, p, 0, present, NULL),
            .policy = p,
            .language = "",
            .ambiguous = p->classifications > 1,
        };
    }
    if (out->label == NULL)
        out->why = "the text is empty";
}

static void parse_policies(struct mu_arena *arena, struct mu_arena *scratch,
                           const struct mu_policies *policies, struct mu_bytes text,
                           enum mu_marking_match match, struct mu_marking_reading *out)
{
    size_t best = 0;
    struct mu_plain plain;
    mu_plain_make(scratch, text, true, &plain);
    for (size_t i = 0; i < policies->count; i++) {
        struct mu_marking_reading reading;
        const struct mu_policy *p = policies->policy[i];
        if (p->is.unmarked)
            continue;
        const struct mu_lexicon *l = p->lexicon != NULL ? p->lexicon : mu_lexicon_new(scratch, p);
        size_t far = mu_lexicon_read(arena, scratch, l, text, &plain, match, &reading) + 1;
        if (out->label != NULL && reading.label != NULL)
            out->ambiguous = true;
        if (far > best) {
            *out = reading;
            best = far;
        }
    }
    if (out->label == NULL)
        out->policy = NULL;
    if (best <= 1 && out->label == NULL && policies->count != 1
        && !mu_unicode_lookalike(scratch, word_at(text, 0)))
        out->why = "no policy at hand begins a marking like this";
}

void mu_marking_prepare(struct mu_arena *arena, const struct mu_policies *policies)
{
    for (size_t i = 0; i < policies->count; i++)
        policies->policy[i]->lexicon = mu_lexicon_new(arena, policies->policy[i]);
}

void mu_marking_parse(struct mu_arena *arena, const struct mu_policies *policies, const char *text,
                      enum mu_marking_match match, struct mu_marking_reading *out)
{
    struct mu_bytes bytes = mu_bytes_of(text);
    struct mu_arena *scratch = mu_arena_new(512 * MU_MIB);
    *out = (struct mu_marking_reading){ .language = "" };
    out->why = mu_marking_defect(arena, bytes, &out->at);
    struct mu_bytes rest =
        match == MU_MATCH_STRICT || out->why != NULL ? bytes : mu_unicode_collapse(scratch, bytes);
    if (out->why == NULL && rest.n == 0)
        parse_nothing(arena, policies, out);
    else if (out->why == NULL)
        parse_policies(arena, scratch, policies, bytes, match, out);
    mu_arena_free(scratch);
}

/* --- comparing ---------------------------------------------------------------------------- */

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* What stands between the separators, plain, sorted, each once, as one text with line feeds. */
static const char *phrases_of(struct mu_arena *arena, const char *text)
{
    struct mu_plain plain;
    mu_plain_make(arena, mu_bytes_of(text), false, &plain);
    char *p = mu_bytes_dup(arena, (struct mu_bytes){ plain.p, plain.n });
    for (char *and = p; (and = strstr(and, " and ")) != NULL;)
        for (size_t i = 0; i < 4; i++)
            *and++ = ',';
    const char **phrase = mu_arena_array(arena, plain.n + 2, sizeof *phrase);
    size_t count = 0;
    for (char *rest = p, *one; (one = strsep(&rest, ",/;")) != NULL;) {
        struct mu_bytes trimmed = mu_bytes_trim(mu_bytes_of(one));
        if (trimmed.n > 0)
            phrase[count++] = mu_bytes_dup(arena, trimmed);
    }
    if (count > 0)
        qsort(phrase, count, sizeof *phrase, compare_text);
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(phrase[i - 1], phrase[i]) != 0)
            mu_buf_printf(&out, "%s\n", phrase[i]);
    return mu_buf_text(&out);
}

bool mu_marking_same(struct mu_arena *arena, const struct mu_policies *policies, const char *a,
                     const char *b)
{
    struct mu_marking_reading left, right;
    if (strcmp(a, b) == 0) /* mostly, and reading them costs more than all else of a message */
        return true;
    mu_marking_parse(arena, policies, a, MU_MATCH_TOLERANT, &left);
    mu_marking_parse(arena, policies, b, MU_MATCH_TOLERANT, &right);
    if (left.label != NULL && right.label != NULL)
        return left.policy == right.policy
               && mu_bytes_equal(mu_label_write(arena, left.label),
                                 mu_label_write(arena, right.label));
    return strcmp(phrases_of(arena, a), phrases_of(arena, b)) == 0;
}

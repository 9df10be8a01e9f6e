#include "format/schema_words.h"

#include <ctype.h>

#include "base/text_safe.h"

#define MESSAGE_MAX 2000 /* bytes of one message that are read; values in it are foreign */

static const char *copy(struct mu_arena *arena, const char *p, const char *end)
{
    return mu_arena_strndup(arena, p, (size_t) (end - p));
}

/* "{urn:x}name" is "name". */
static const char *bare(const char *name, const char *end)
{
    const char *close = *name == '{' ? memchr(name, '}', (size_t) (end - name)) : NULL;
    return close != NULL ? close + 1 : name;
}

/* After `lead` comes "{urn:x}name'": the name, and *p behind the quote; NULL when not so. */
static const char *quoted(struct mu_arena *arena, const char **p, const char *lead)
{
    size_t n = strlen(lead);
    if (strncmp(*p, lead, n) != 0)
        return NULL;
    const char *begin = *p + n, *end = strchr(begin, '\'');
    if (end == NULL)
        return NULL;
    *p = end + 1;
    return copy(arena, bare(begin, end), end);
}

static void add_choice(struct mu_arena *arena, struct mu_schema_words *w, const char *begin,
                       const char *end)
{
    if (w->choices % 16 == 0) {
        const char **more = mu_arena_array(arena, w->choices + 16, sizeof *more);
        if (w->choices > 0)
            memcpy(more, w->choice, w->choices * sizeof *more);
        w->choice = more;
    }
    w->choice[w->choices++] = copy(arena, begin, end);
}

/* "... Expected is one of ( {urn:x}a, {urn:x}b, ##other{urn:x}* )." */
static void expected(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    const char *p = strstr(rest, "Expected is ");
    p = p != NULL ? strstr(p, "( ") : NULL;
    for (p = p != NULL ? p + 2 : NULL; p != NULL;) {
        const char *end = p + strcspn(p, ", )");
        /* A comma inside a namespace name is part of it. */
        const char *close = *p == '{' ? strchr(p, '}') : NULL;
        if (close != NULL)
            end = close + strcspn(close, ", )");
        p = bare(p, end);
        if (end > p && *p != '#' && *p != '*')
            add_choice(arena, w, p, end);
        p = strncmp(end, ", ", 2) == 0 ? end + 2 : NULL;
    }
}

/* "{'a', 'b'}." */
static void enumeration(struct mu_arena *arena, const char *p, struct mu_schema_words *w)
{
    for (p = strchr(p, '\''); p != NULL;) {
        const char *end = strpbrk(p + 1, "'");
        if (end == NULL)
            return;
        add_choice(arena, w, p + 1, end);
        p = strncmp(end, "', '", 4) == 0 ? end + 3 : NULL;
    }
}

static const char *choices(struct mu_arena *arena, const struct mu_schema_words *w)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < w->choices; i++)
        mu_buf_printf(&out, "%s'%s'", i == 0 ? "" : ", ", w->choice[i]);
    return mu_buf_text(&out);
}

static const char *with_choices(struct mu_arena *arena, const struct mu_schema_words *w,
                                const char *sentence)
{
    if (w->choices == 0)
        return sentence;
    return mu_arena_printf(arena, "%s; expected is %s%s", sentence, w->choices > 1 ? "one of " : "",
                           choices(arena, w));
}

static void not_expected(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    expected(arena, rest, w);
    w->unknown = MU_SCHEMA_ELEMENT;
    w->sentence = with_choices(
        arena, w, mu_arena_printf(arena, "element '%s' is not expected here", w->element));
}

static void missing_child(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    expected(arena, rest, w);
    w->sentence = with_choices(
        arena, w, mu_arena_printf(arena, "element '%s' lacks a child element", w->element));
}

static void no_root(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    (void) rest;
    w->unknown = MU_SCHEMA_ROOT;
    w->sentence =
        mu_arena_printf(arena, "element '%s' cannot be the root of this document", w->element);
}

/* "The attribute 'x' is not allowed." and "... is required but missing." */
static void about_attribute(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    const char *name = quoted(arena, &rest, "The attribute '");
    w->attribute = name != NULL ? name : w->attribute;
    bool missing = strncmp(rest, " is required", 12) == 0;
    w->unknown = missing ? MU_SCHEMA_NOTHING : MU_SCHEMA_ATTRIBUTE;
    w->sentence = mu_arena_printf(arena,
                                  missing ? "element '%s' lacks the attribute '%s'"
                                          : "element '%s' has no attribute '%s'",
                                  w->element, w->attribute != NULL ? w->attribute : "");
    if (missing)
        w->attribute = NULL; /* it stands nowhere */
}

static const char *last(const char *text, const char *needle)
{
    const char *found = NULL;
    for (const char *p = text; (p = strstr(p, needle)) != NULL; p++)
        found = p;
    return found;
}

static const char *owner(struct mu_arena *arena, const struct mu_schema_words *w)
{
    if (w->attribute == NULL)
        return mu_arena_printf(arena, "element '%s'", w->element);
    return mu_arena_printf(arena, "attribute '%s' of element '%s'", w->attribute, w->element);
}

/* "The value 'x' is not an element of the set {'a', 'b'}." */
static void not_in_set(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    const char *set = last(rest, "' is not an element of the set {");
    w->unknown = MU_SCHEMA_VALUE;
    w->value = copy(arena, rest + strlen("The value '"), set);
    enumeration(arena, set + strlen("' is not an element of the set {"), w);
    w->sentence = mu_arena_printf(arena, "%s is '%s', which is not one of %s", owner(arena, w),
                                  w->value, choices(arena, w));
}

/* "'x' is not a valid value of the union type '{urn:x}t'." */
static void not_of_type(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    const char *type = last(rest, "' is not a valid value of the ");
    w->unknown = MU_SCHEMA_VALUE;
    w->value = copy(arena, rest + 1, type);
    const char *quote = strchr(type + 1, '\'');
    const char *name = quote != NULL ? quoted(arena, &quote, "'") : NULL;
    w->sentence = name != NULL ? mu_arena_printf(arena, "%s is '%s', which is no %s",
                                                 owner(arena, w), w->value, name)
                               : mu_arena_printf(arena, "%s is '%s', which is not of its type",
                                                 owner(arena, w), w->value);
}

static void other(struct mu_arena *arena, const char *rest, struct mu_schema_words *w)
{
    size_t n = strlen(rest);
    while (n > 0 && rest[n - 1] == '.')
        n--;
    char *text = mu_arena_strndup(arena, rest, n);
    if (isupper((unsigned char) text[0]) && islower((unsigned char) text[1]))
        text[0] = (char) tolower((unsigned char) text[0]);
    w->sentence =
        w->element == NULL ? text : mu_arena_printf(arena, "%s: %s", owner(arena, w), text);
}

/* What libxml2 2.9.14 says; `holds` must occur in it, after `begins`. The first row that fits. */
static const struct {
    const char *begins, *holds;
    void (*say)(struct mu_arena *arena, const char *rest, struct mu_schema_words *w);
} form[] = {
    { "This element is not expected.", "", not_expected },
    { "Missing child element(s).", "", missing_child },
    { "No matching global declaration", "", no_root },
    { "The attribute '", "' is not allowed.", about_attribute },
    { "The attribute '", "' is required but missing.", about_attribute },
    { "The value '", "' is not an element of the set {", not_in_set },
    { "'", "' is not a valid value of the ", not_of_type },
};

void mu_schema_words(struct mu_arena *arena, const char *message, struct mu_schema_words *words)
{
    struct mu_buf safe = { .arena = arena };
    struct mu_bytes text = mu_bytes_trim(mu_bytes_of(message != NULL ? message : ""));
    mu_text_safe(&safe, text, MU_TEXT_LINE, MESSAGE_MAX);
    const char *p = mu_buf_text(&safe);
    *words = (struct mu_schema_words){ .element = quoted(arena, &p, "Element '") };
    if (words->element != NULL)
        words->attribute = quoted(arena, &p, ", attribute '");
    if (strncmp(p, ": ", 2) == 0)
        p += 2;
    const char *facet_end = strncmp(p, "[facet '", 8) == 0 ? strstr(p, "] ") : NULL;
    p = facet_end != NULL ? facet_end + 2 : p;
    for (size_t i = 0; words->element != NULL && i < MU_COUNT(form); i++) {
        size_t n = strlen(form[i].begins);
        if (strncmp(p, form[i].begins, n) == 0
            && strstr(p + (n > 1 ? n : 0), form[i].holds) != NULL) {
            form[i].say(arena, p, words);
            return;
        }
    }
    other(arena, p, words);
}

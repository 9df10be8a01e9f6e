/* A selection: terms of the form key:glob; what they match, and whether each matches anything. */
#include "suite/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/names.h"
#include "suite/read.h"

static const char *const key_name[] = { "id",    "clause",     "doc", "level", "role",
                                        "class", "importance", "tag", "rule",  "sin" };
enum key { ID, CLAUSE, DOC, LEVEL, ROLE, CLASS, IMPORTANCE, TAG, RULE, SIN, KEYS };

struct term {
    const char *text; /* as the operator wrote it */
    const char *glob;
    enum key key;
    bool remove;
};

struct mu_selection {
    struct term term[MU_TERMS_MAX];
    size_t terms;
    uint64_t positive[KEYS]; /* terms of a key that add: one of them must match */
    uint64_t negative;       /* terms that remove */
    uint64_t by_instance;    /* terms over names: they differ between instances of one case */
};

static bool read_term(struct mu_arena *arena, const char *text, struct term *term,
                      struct mu_err *err)
{
    const char *p = *text == '-' || *text == '+' ? text + 1 : text;
    const char *colon = strchr(p, ':');
    if (colon == NULL || colon[1] == '\0')
        return mu_fail(err, MU_ERR_USAGE, "term '%s' is not of the form key:value, like 'id:%s'",
                       text, colon == NULL ? p : "*");
    const char *key = mu_arena_strndup(arena, p, (size_t) (colon - p));
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(key_name[i], key) == 0) {
            *term = (struct term){ text, colon + 1, (enum key) i, *text == '-' };
            return true;
        }
    const char *nearest = mu_name_nearest_in(key, key_name, KEYS);
    if (nearest != NULL)
        return mu_fail(err, MU_ERR_USAGE, "unknown key '%s' in '%s', did you mean '%s'?", key, text,
                       nearest);
    return mu_fail(err, MU_ERR_USAGE, "unknown key '%s' in '%s'", key, text);
}

bool mu_selection_parse(struct mu_arena *arena, const char *text, struct mu_selection **selection,
                        struct mu_err *err)
{
    const char **word;
    size_t count = mu_words_split(arena, text, &word);
    if (count > MU_TERMS_MAX)
        return mu_fail(err, MU_ERR_USAGE, "a selection has at most %d terms", MU_TERMS_MAX);
    struct mu_selection *s = mu_new(arena, struct mu_selection);
    for (size_t i = 0; i < count; i++) {
        struct term *term = &s->term[i];
        TRY(read_term(arena, word[i], term, err));
        uint64_t bit = UINT64_C(1) << i;
        *(term->remove ? &s->negative : &s->positive[term->key]) |= bit;
        s->by_instance |= term->key == ID ? bit : 0;
    }
    s->terms = count;
    *selection = s;
    return true;
}

/* "RFC 7444" -> "RFC-7444", so that a term needs no quotes. */
static const char *hyphened(struct mu_arena *arena, const char *text)
{
    char *copy = mu_arena_strndup(arena, text, strlen(text));
    for (char *p = copy; *p != '\0'; p++)
        if (*p == ' ')
            *p = '-';
    return copy;
}

static bool any_word(struct mu_arena *arena, const char *list, const char *glob)
{
    const char **word;
    size_t count = mu_words_split(arena, list, &word);
    for (size_t i = 0; i < count; i++)
        if (mu_name_matches(word[i], glob))
            return true;
    return false;
}

static bool matches_requirement(struct mu_arena *arena, const struct mu_requirement *r,
                                const struct term *term)
{
    if (term->key == RULE)
        return r->rule != NULL && mu_name_matches(r->rule, term->glob);
    const char *document = hyphened(arena, r->document);
    if (term->key == DOC)
        return mu_name_matches(document, term->glob);
    return mu_name_matches(mu_arena_printf(arena, "%s/%s", document, hyphened(arena, r->clause)),
                           term->glob);
}

/* Does a term match what is the same for all instances of the case? */
static bool matches_case(struct mu_arena *arena, const struct mu_case *c, const struct term *term)
{
    switch (term->key) {
    case LEVEL:
        return mu_name_matches(mu_level_name(c->level), term->glob);
    case ROLE:
        return mu_name_matches(mu_role_name(c->role), term->glob);
    case CLASS:
        return mu_name_matches(mu_case_class_name(c->class), term->glob);
    case IMPORTANCE:
        return mu_name_matches(mu_importance_name(c->importance), term->glob);
    case TAG:
        return any_word(arena, c->tags, term->glob);
    case SIN:
        return any_word(arena, c->sins, term->glob);
    case ID:
        return mu_name_matches(c->id, term->glob);
    default:
        for (size_t i = 0; i < c->requirements; i++)
            if (matches_requirement(arena, &c->requirement[i], term))
                return true;
        return false;
    }
}

uint64_t mu_selection_case(const struct mu_selection *s, struct mu_arena *arena,
                           const struct mu_case *c)
{
    uint64_t matched = 0;
    for (size_t i = 0; i < s->terms; i++)
        if (matches_case(arena, c, &s->term[i]))
            matched |= UINT64_C(1) << i;
    return matched;
}

uint64_t mu_selection_instance(const struct mu_selection *s, const struct mu_case *c,
                               size_t instance, uint64_t matched)
{
    uint64_t open = s->by_instance & ~matched;
    if (open == 0 || c->axes == 0)
        return matched;
    char name[MU_NAME_TEXT];
    mu_case_name(c, instance, name);
    for (size_t i = 0; i < s->terms; i++)
        if ((open >> i & 1) != 0 && mu_name_matches(name, s->term[i].glob))
            matched |= UINT64_C(1) << i;
    return matched;
}

enum mu_selected mu_selection_decide(const struct mu_selection *s, uint64_t matched)
{
    if ((matched & s->negative) != 0)
        return MU_SELECTED_REMOVED;
    for (size_t k = 0; k < KEYS; k++)
        if (s->positive[k] != 0 && (matched & s->positive[k]) == 0)
            return MU_SELECTED_NO;
    return MU_SELECTED_YES;
}

bool mu_selection_check(const struct mu_selection *s, uint64_t matched, struct mu_err *err)
{
    for (size_t i = 0; i < s->terms; i++)
        if ((matched >> i & 1) == 0)
            return mu_fail(err, MU_ERR_USAGE, "term '%s' matches no case of the suite",
                           s->term[i].text);
    return true;
}

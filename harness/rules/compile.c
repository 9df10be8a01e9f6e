#include <assert.h>

#include "format/unicode.h"
#include "rules/expression.h"
#include "rules/functions.h"

/* Names are interned, so their address is their hash. */
static size_t slot_of(const struct mu_rule_set *set, const char *name)
{
    uintptr_t key = (uintptr_t) name;
    return (size_t) ((key >> 2) * 0x9e3779b97f4a7c15u >> 32) & (set->buckets - 1);
}

static struct mu_bucket *bucket_at(const struct mu_rule_set *set, const char *name)
{
    size_t i = slot_of(set, name);
    while (set->bucket[i].name != NULL && set->bucket[i].name != name)
        i = (i + 1) & (set->buckets - 1);
    return &set->bucket[i];
}

const struct mu_bucket *mu_dispatch_find(const struct mu_rule_set *set, const char *name)
{
    const struct mu_bucket *bucket = bucket_at(set, name);
    return bucket->name == NULL ? NULL : bucket;
}

static const char *last_name(const struct mu_path *path)
{
    return path->step[path->steps - 1].name;
}

/* Patterns of which any rule is evaluated. In such a one every context counts: the first that matches
 * a node keeps it from the others. */
static const bool *live_patterns(struct mu_rule_set *set)
{
    const struct mu_scope *scope = set->scopes.item;
    const struct mu_check *check = set->checks.item;
    struct mu_rule *const *rule = set->rules.item;
    bool *live = mu_arena_array(set->arena, set->patterns + 1, sizeof *live);
    for (size_t i = 0; i < set->scopes.count; i++)
        for (size_t k = scope[i].check; k < scope[i].check + scope[i].checks; k++)
            if (!rule[check[k].rule]->waived && !rule[check[k].rule]->left_out)
                live[scope[i].pattern] = true;
    return live;
}

/* Paths are in the order of their scopes already, so filling in order keeps it in each bucket. */
static void fill(struct mu_rule_set *set)
{
    const struct mu_path *path = set->paths.item;
    const struct mu_scope *scope = set->scopes.item;
    const bool *live = live_patterns(set);
    size_t next = 0;
    for (size_t i = 0; i < set->paths.count; i++) {
        if (!live[scope[path[i].scope].pattern])
            continue;
        struct mu_bucket *bucket = bucket_at(set, last_name(&path[i]));
        bucket->name = last_name(&path[i]);
        bucket->count++;
    }
    for (size_t i = 0; i < set->buckets; i++) {
        set->bucket[i].first = next;
        next += set->bucket[i].count;
        set->bucket[i].count = 0;
    }
    for (size_t i = 0; i < set->paths.count; i++) {
        if (!live[scope[path[i].scope].pattern])
            continue;
        struct mu_bucket *bucket = bucket_at(set, last_name(&path[i]));
        set->order[bucket->first + bucket->count++] = &path[i];
    }
}

bool mu_rules_compile(struct mu_rule_set *set, int64_t test_time, struct mu_err *err)
{
    TRY(mu_unicode_start(err));
    set->test_time = test_time;
    set->buckets = 16;
    while (set->buckets < set->paths.count * 4)
        set->buckets *= 2;
    set->bucket = mu_arena_array(set->arena, set->buckets, sizeof *set->bucket);
    set->order = mu_arena_array(set->arena, set->paths.count + 1, sizeof *set->order);
    fill(set);
    set->compiled = true;
    return true;
}

void mu_rules_select(struct mu_rule_set *set, const bool *wanted)
{
    assert(set->compiled);
    struct mu_rule *const *rule = set->rules.item;
    for (size_t i = 0; i < set->rules.count; i++)
        rule[i]->left_out = !wanted[i];
    memset(set->bucket, 0, set->buckets * sizeof *set->bucket);
    fill(set);
}

/* Any attribute, or this one? */
static bool reaches_attribute(const char *c, const char *name)
{
    if (strncmp(c, "attribute", 9) == 0)
        return true;
    if (*c != '@')
        return false;
    c += 1 + strspn(c + 1, " \t\r\n");
    return *c == '*' || strncmp(c, "node", 4) == 0 || strncmp(c, name, strlen(name)) == 0;
}

static bool reaches_element(const char *c, const char *name)
{
    return strchr("*.$", *c) != NULL || strncmp(c, "::", 2) == 0 || strncmp(c, "//", 2) == 0
           || strncmp(c, name, strlen(name)) == 0;
}

/* Outside of string literals; a point between digits is part of a number. `own`: do attributes of the
 * context node count? They are what stands before every step and predicate. */
static bool reaches(const char *expression, const char *name, bool own)
{
    char quote = '\0';
    for (const char *c = expression; *c != '\0'; c++) {
        if (quote != '\0') {
            quote = *c == quote ? '\0' : quote;
            continue;
        }
        own = own || strchr("[/:", *c) != NULL;
        if (*c == '\'' || *c == '"')
            quote = *c;
        else if (name[0] == '@' ? own && reaches_attribute(c, name + 1) : reaches_element(c, name))
            return true;
    }
    return false;
}

/* The {select}s of a text for people. */
static bool shows(struct mu_arena *arena, const char *text, const char *name, bool own)
{
    for (const char *open; (open = strchr(text, '{')) != NULL; text = open + 1) {
        size_t n = strcspn(open, "}");
        if (reaches(mu_arena_strndup(arena, open, n), name, own))
            return true;
    }
    return false;
}

/* Can an element that the rule is about be one of ours, not one of a label or policy? */
static bool is_about_ours(const struct mu_rule_set *set, size_t rule)
{
    const struct mu_check *check = set->checks.item;
    const struct mu_path *path = set->paths.item;
    for (size_t i = 0; i < set->paths.count; i++)
        for (size_t k = 0; k < set->checks.count; k++)
            if (check[k].rule == rule && check[k].scope == path[i].scope
                && mu_namespace_is_ours(path[i].step[path[i].steps - 1].space))
                return true;
    return false;
}

static bool sees(const struct mu_rule_set *set, const struct mu_rule *r, const char *name, bool own)
{
    return reaches(r->context, name, true) || reaches(r->test, name, own)
           || shows(set->arena, r->text, name, own) || shows(set->arena, r->hint, name, own);
}

bool mu_rules_may_see(const struct mu_rule_set *set, const char *name)
{
    struct mu_rule *const *rule = set->rules.item;
    const struct mu_let *let = set->lets.item;
    for (size_t i = 0; name[0] == '@' && i < set->lets.count; i++)
        if (reaches(let[i].text, name, true))
            return true;
    for (size_t i = 0; i < set->rules.count; i++) {
        const struct mu_rule *r = rule[i];
        if (r->assertion && !r->waived && !r->left_out && sees(set, r, name, true)
            && (name[0] != '@' || sees(set, r, name, false) || is_about_ours(set, i)))
            return true;
    }
    return false;
}

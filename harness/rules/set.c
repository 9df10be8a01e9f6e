#include "rules/engine.h"

#include <assert.h>

#include "policy/marking.h"
#include "rules/functions.h"

static const char *const level_name[] = {
    [MU_LEVEL_MAY] = "may",
    [MU_LEVEL_SHOULD] = "should",
    [MU_LEVEL_MUST] = "must",
};

const char *mu_level_name(enum mu_level level)
{
    assert((size_t) level < MU_COUNT(level_name));
    return level_name[level];
}

bool mu_level_from_name(const char *name, enum mu_level *level)
{
    for (size_t i = 0; i < MU_COUNT(level_name); i++)
        if (strcmp(name, level_name[i]) == 0) {
            *level = (enum mu_level) i;
            return true;
        }
    return false;
}

void *mu_list_add(struct mu_arena *arena, struct mu_list *list, size_t size)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        void *item = mu_arena_array(arena, room, size);
        if (list->count > 0)
            memcpy(item, list->item, list->count * size);
        list->item = item;
        list->room = room;
    }
    return (char *) list->item + size * list->count++;
}

static void free_dict(void *dict)
{
    xmlDictFree(dict);
}

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

struct mu_rule_set *mu_rules_new(struct mu_arena *arena)
{
    struct mu_rule_set *set = mu_new(arena, struct mu_rule_set);
    set->arena = arena;
    set->dict = xmlDictCreate();
    assert(set->dict != NULL);
    mu_arena_defer(arena, free_dict, set->dict);
    set->message = (const char *) xmlDictLookup(set->dict, BAD_CAST "message", -1);

    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    assert(doc != NULL);
    mu_arena_defer(arena, free_doc, doc);
    set->blank = xmlNewDocNode(doc, NULL, BAD_CAST "blank", NULL);
    assert(set->blank != NULL);
    xmlDocSetRootElement(doc, set->blank);
    return set;
}

xmlDict *mu_rules_dict(const struct mu_rule_set *set)
{
    return set->dict;
}

void mu_rules_use(struct mu_rule_set *set, const struct mu_policies *policies)
{
    set->policies = *policies;
    mu_marking_prepare(set->arena, policies);
}

size_t mu_rules_count(const struct mu_rule_set *set)
{
    return set->rules.count;
}

const struct mu_rule *mu_rules_at(const struct mu_rule_set *set, size_t i)
{
    assert(i < set->rules.count);
    return ((struct mu_rule *const *) set->rules.item)[i];
}

struct mu_rule *mu_rules_find(const struct mu_rule_set *set, const char *id)
{
    struct mu_rule *const *rule = set->rules.item;
    for (size_t i = 0; i < set->rules.count; i++)
        if (strcmp(rule[i]->id, id) == 0)
            return rule[i];
    return NULL;
}

const char *mu_rules_phase_at(const struct mu_rule_set *set, size_t i)
{
    const char *const *name = set->phases.item;
    return i < set->phases.count ? name[i] : NULL;
}

bool mu_phase_number(struct mu_rule_set *set, const char *id, size_t *number)
{
    const char *const *name = set->phases.item;
    for (*number = 0; *number < set->phases.count; (*number)++)
        if (strcmp(name[*number], id) == 0)
            return true;
    if (*number == MU_PHASES_MAX)
        return false;
    const char **kept = mu_list_add(set->arena, &set->phases, sizeof(const char *));
    *kept = id;
    return true;
}

bool mu_rule_is_on(const struct mu_rule *rule, const char *phases)
{
    struct mu_bytes all = mu_bytes_of(phases);
    const char *at = rule->phases;
    if (*at == '\0')
        return true;
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        struct mu_bytes word = { at, strcspn(at, " ") };
        for (size_t i = mu_bytes_find(all, word, 0); i < all.n; i = mu_bytes_find(all, word, i + 1))
            if ((i == 0 || all.p[i - 1] == ' ')
                && (i + word.n == all.n || all.p[i + word.n] == ' '))
                return true;
        at += word.n;
    }
    return false;
}

bool mu_rules_has_phase(const struct mu_rule_set *set, const char *phase)
{
    const char *const *name = set->phases.item;
    for (size_t i = 0; i < set->phases.count; i++)
        if (strcmp(name[i], phase) == 0)
            return true;
    return false;
}

const char *mu_collapse(struct mu_arena *arena, struct mu_bytes text)
{
    char *out = mu_arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (strchr(" \t\r\n", text.p[i]) == NULL)
            out[n++] = text.p[i];
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

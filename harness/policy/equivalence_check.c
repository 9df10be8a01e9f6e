/* Whether policies agree in what they say of each other (SPF-06, SPF-12, SPF-13). */
#include "policy/equivalent.h"
#include "policy/foreign.h"
#include "policy/names.h"

struct check {
    struct mu_arena *arena;
    const struct mu_policies *policies;
    const struct mu_policy *from; /* whose file is being read */
    struct mu_equivalence_defect *defect;
    size_t count, room;
};

static void MU_PRINTF(5, 6)
    note(struct check *k, const char *rule, bool must, uint32_t line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *what = mu_foreign_sentence(k->arena, fmt, args);
    va_end(args);
    if (k->count == k->room) {
        size_t room = k->room * 2 + 16;
        struct mu_equivalence_defect *more = mu_arena_array(k->arena, room, sizeof *more);
        if (k->count > 0)
            memcpy(more, k->defect, k->count * sizeof *more);
        k->defect = more;
        k->room = room;
    }
    k->defect[k->count++] = (struct mu_equivalence_defect){
        .rule = rule,
        .must = must,
        .policy = k->from,
        .line = line,
        .what = what,
    };
}

static const char *shown(const struct check *k, const char *name)
{
    return mu_foreign_shown(k->arena, name);
}

/* The policy that an entry means, when it is at hand; an undeclared one is told. */
static const struct mu_policy *target(struct check *k, uint32_t equivalent, uint32_t line,
                                      const char *of)
{
    if (equivalent == MU_NONE) {
        note(k, "SPF-06", true, line,
             "'%s' names a policy that equivalentPolicies does not declare", shown(k, of));
        return NULL;
    }
    const char *id = k->from->equivalent[equivalent].id;
    const struct mu_policy *to = id != NULL ? mu_policies_by_id(k->policies, id) : NULL;
    return to != NULL && mu_foreign_is(k->from, equivalent, to) ? to : NULL;
}

static void check_required(struct check *k, const struct mu_policy *to, const char *of,
                           const struct mu_foreign_required *required, size_t requireds)
{
    for (size_t i = 0; i < requireds; i++)
        for (size_t g = 0; g < required[i].groups; g++) {
            const uint32_t *value;
            size_t values;
            const struct mu_foreign_ref *ref = &required[i].group[g];
            const char *why = mu_foreign_values(k->arena, to, ref, MU_NONE, &value, &values);
            if (why != NULL)
                note(k, "SPF-12", true, ref->line,
                     "the equivalence of '%s' requires what is not there: %s", shown(k, of), why);
        }
}

static void check_classification(struct check *k, uint32_t classification)
{
    const struct mu_classification *c = &k->from->classification[classification];
    for (size_t i = 0; i < c->maps; i++) {
        const struct mu_class_map *map = &c->map[i];
        const struct mu_policy *to = target(k, map->policy, map->line, c->name);
        uint32_t there, back;
        if (to == NULL)
            continue;
        const char *why = mu_foreign_classification(k->arena, to, map->lacv, &there);
        if (why != NULL)
            note(k, "SPF-12", true, map->line, "the equivalent of '%s' cannot be found: %s",
                 shown(k, c->name), why);
        else if (mu_foreign_lowers(k->from, classification, to, there, &back))
            note(k, "SPF-12", true, map->line,
                 "'%s' becomes '%s' of '%s', which comes back as '%s'", shown(k, c->name),
                 shown(k, to->classification[there].name), shown(k, to->name),
                 shown(k, k->from->classification[back].name));
        check_required(k, to, c->name, map->required, map->requireds);
    }
}

static bool speaks_of(const struct mu_policy *to, const struct mu_policy *from, int64_t lacv)
{
    for (size_t i = 0; i < to->classifications; i++)
        for (size_t j = 0; j < to->classification[i].maps; j++) {
            const struct mu_class_map *map = &to->classification[i].map[j];
            if (map->lacv == lacv && mu_foreign_is(to, map->policy, from))
                return true;
        }
    return false;
}

/* Where neither side knows an equivalent there may be none (NATO UNCLASSIFIED and the
 * European Union). Obsolete classifications are in no new label and need none. */
static void check_complete(struct check *k, const struct mu_policy *to)
{
    for (size_t i = 0; i < k->from->classifications; i++) {
        const struct mu_classification *c = &k->from->classification[i];
        size_t n = 0;
        for (size_t j = 0; j < c->maps; j++)
            n += mu_foreign_is(k->from, c->map[j].policy, to);
        if (n == 0 && !c->obsolete)
            note(k, "SPF-13", speaks_of(to, k->from, c->lacv), c->line,
                 "'%s' has no equivalent in '%s'", shown(k, c->name), shown(k, to->name));
    }
}

static void check_value(struct check *k, const struct mu_value *value)
{
    for (size_t i = 0; i < value->maps; i++) {
        const struct mu_category_map *map = &value->map[i];
        const struct mu_policy *to = target(k, map->policy, map->to.line, value->name);
        uint32_t there;
        if (to == NULL || map->discard)
            continue;
        const char *why = mu_foreign_value(k->arena, to, &map->to, MU_NONE, &there);
        if (why != NULL)
            note(k, "SPF-12", true, map->to.line, "the equivalent of '%s' cannot be found: %s",
                 shown(k, value->name), why);
    }
}

/* The set is the same elsewhere and values go by their names: those that are missing there are just
 * not mapped, but one name at least should be known. */
static bool shares_name(const struct check *k, const struct mu_tag_set *s,
                        const struct mu_policy *to, uint32_t set)
{
    for (uint32_t t = s->first; t < s->first + s->count; t++) {
        const struct mu_tag *tag = &k->from->tag[t];
        for (uint32_t v = tag->first; v < tag->first + tag->count; v++)
            if (mu_policy_value(to, set, tag->type, k->from->value[v].name) != MU_NONE)
                return true;
    }
    return false;
}

static void check_set(struct check *k, const struct mu_tag_set *s)
{
    for (size_t i = 0; i < s->maps; i++) {
        const struct mu_set_map *map = &s->map[i];
        const struct mu_policy *to = target(k, map->policy, s->line, s->name);
        uint32_t set;
        if (to == NULL)
            continue;
        const char *why = mu_foreign_set(k->arena, to, map->id, map->name, &set);
        if (why != NULL)
            note(k, "SPF-12", true, s->line, "the equivalent of tag set '%s' cannot be found: %s",
                 shown(k, s->name), why);
        else if (!shares_name(k, s, to, set))
            note(k, "SPF-12", true, s->line, "tag set '%s' of '%s' shares no value with '%s'",
                 shown(k, to->set[set].name), shown(k, to->name), shown(k, s->name));
        check_required(k, to, s->name, map->required, map->requireds);
    }
}

static void check_declared(struct check *k, const struct mu_equivalent_policy *e, uint32_t i)
{
    const struct mu_policy *to = e->id != NULL ? mu_policies_by_id(k->policies, e->id) : NULL;
    if (to == NULL)
        return;
    if (!mu_foreign_is(k->from, i, to)) {
        note(k, "SPF-06", true, 0, "the policy %s is declared as '%s' and calls itself '%s'",
             shown(k, e->id), shown(k, e->name), shown(k, to->name));
        return;
    }
    check_complete(k, to);
    check_required(k, to, to->name, e->required, e->requireds);
}

size_t mu_policies_equivalence_defects(struct mu_arena *arena, const struct mu_policies *policies,
                                       struct mu_equivalence_defect **defect)
{
    struct check k = { .arena = arena, .policies = policies };
    for (size_t p = 0; p < policies->count; p++) {
        k.from = policies->policy[p];
        for (uint32_t i = 0; i < k.from->equivalents; i++)
            check_declared(&k, &k.from->equivalent[i], i);
        for (uint32_t i = 0; i < k.from->classifications; i++)
            check_classification(&k, i);
        for (size_t i = 0; i < k.from->values; i++)
            check_value(&k, &k.from->value[i]);
        for (size_t i = 0; i < k.from->sets; i++)
            check_set(&k, &k.from->set[i]);
    }
    *defect = k.defect;
    return k.count;
}

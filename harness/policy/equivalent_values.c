/* The values of a label in another policy, and what the equivalences add to them. */
#include "policy/equivalent_map.h"
#include "policy/foreign.h"

static bool has(const struct mu_map_run *m, uint32_t value)
{
    return mu_bit(m->present, value);
}

static enum mu_tag_type type_of(const struct mu_policy *policy, const struct mu_value *value)
{
    return policy->tag[value->tag].type;
}

/* Of a permissive set one value is enough, so values that a reader must all satisfy, those of
 * several sets and restrictive ones, must not meet there: the result would let in more than each. */
static bool keep_apart(struct mu_map_run *m, const struct mu_value *from, const struct mu_value *to)
{
    bool permissive = type_of(m->from, from) == MU_TAG_PERMISSIVE;
    uint32_t value = (uint32_t) (from - m->from->value);
    uint32_t origin = permissive ? from->set : (uint32_t) m->from->sets + value;
    uint32_t *held = &m->origin[to->set];
    if (*held != 0 && *held != origin + 1)
        return mu_map_refuse(m, "EQV-06", "'%s' would join another limit in '%s'",
                             mu_map_shown(m, from->name),
                             mu_map_shown(m, m->to->set[to->set].name));
    *held = origin + 1;
    return true;
}

/* A permissive value stays a limit when it becomes something that decisions look at. */
static bool put(struct mu_map_run *m, const struct mu_value *from, uint32_t to)
{
    enum mu_tag_type type = type_of(m->to, &m->to->value[to]);
    if (type == MU_TAG_PERMISSIVE)
        TRY(keep_apart(m, from, &m->to->value[to]));
    mu_bit_set(m->present, to);
    if (type_of(m->from, from) == MU_TAG_PERMISSIVE
        && (type == MU_TAG_PERMISSIVE || type == MU_TAG_RESTRICTIVE))
        mu_bit_set(m->limited, from->set);
    return true;
}

struct value_maps {
    size_t uses, discards, others; /* usable, usable and action="discard", for other directions */
};

static struct value_maps count_maps(const struct mu_map_run *m, const struct mu_value *value)
{
    struct value_maps n = { 0 };
    for (size_t i = 0; i < value->maps; i++) {
        const struct mu_category_map *map = &value->map[i];
        if (!mu_foreign_is(m->from, map->policy, m->to))
            continue;
        if ((map->applied & m->applied) == 0)
            n.others++;
        else if (map->discard)
            n.discards++;
        else
            n.uses++;
    }
    return n;
}

static bool map_by_entries(struct mu_map_run *m, const struct mu_value *value)
{
    for (size_t i = 0; i < value->maps; i++) {
        const struct mu_category_map *map = &value->map[i];
        uint32_t to = MU_NONE;
        if (!mu_foreign_is(m->from, map->policy, m->to) || (map->applied & m->applied) == 0)
            continue;
        const char *why = mu_foreign_value(m->arena, m->to, &map->to, m->classification, &to);
        if (why == NULL && m->to->value[to].input)
            why = "free text has no equivalent";
        if (why != NULL)
            return mu_map_refuse(m, "EQV-06", "'%s' cannot be mapped: %s",
                                 mu_map_shown(m, value->name), why);
        TRY(put(m, value, to));
    }
    return true;
}

/* By name in the set that is the same set elsewhere. */
static bool map_by_set(struct mu_map_run *m, const struct mu_value *value,
                       const struct mu_set_map *map)
{
    enum mu_tag_type type = type_of(m->from, value);
    uint32_t set = MU_NONE;
    const char *why = mu_foreign_set(m->arena, m->to, map->id, map->name, &set);
    if (why != NULL)
        return mu_map_refuse(m, "EQV-06", "'%s' cannot be mapped: %s", mu_map_shown(m, value->name),
                             why);
    bool ambiguous = false;
    uint32_t to = mu_policy_value_for(m->to, set, type, value->name, m->classification, &ambiguous);
    if (to == MU_NONE || ambiguous || m->to->value[to].input)
        return mu_map_refuse(m, "EQV-06", "tag set '%s' of '%s' has %s value '%s'",
                             mu_map_shown(m, m->to->set[set].name), mu_map_shown(m, m->to->name),
                             to == MU_NONE ? "no such"
                             : ambiguous   ? "more than one"
                                           : "a free-text",
                             mu_map_shown(m, value->name));
    TRY(put(m, value, to));
    mu_bit_set(m->by_set, value->set);
    return true;
}

static const struct mu_set_map *set_map_of(const struct mu_map_run *m, uint32_t set)
{
    const struct mu_tag_set *s = &m->from->set[set];
    for (size_t i = 0; i < s->maps; i++)
        if (mu_foreign_is(m->from, s->map[i].policy, m->to))
            return &s->map[i];
    return NULL;
}

/* Table 7: informative values play no part in a decision, so losing one widens nothing. */
static bool map_value(struct mu_map_run *m, const struct mu_value *value)
{
    bool informative = type_of(m->from, value) == MU_TAG_INFORMATIVE;
    struct value_maps n = count_maps(m, value);
    const struct mu_set_map *set = set_map_of(m, value->set);
    if (n.uses > 0 && n.discards > 0)
        return mu_map_refuse(m, "EQV-06", "'%s' is both mapped and discarded",
                             mu_map_shown(m, value->name));
    bool mapped = true;
    if (n.discards > 0) {
        m->out->discarded++;
        return true;
    }
    if (value->input)
        mapped = mu_map_refuse(m, "EQV-06", "free text '%s' has no equivalent",
                               mu_map_shown(m, value->name));
    else if (n.uses > 0)
        mapped = map_by_entries(m, value);
    else if (n.others > 0)
        mapped = mu_map_refuse(m, "EQV-04", "'%s' has no equivalent in this direction",
                               mu_map_shown(m, value->name));
    else if (set != NULL)
        mapped = map_by_set(m, value, set);
    else
        mapped = mu_map_refuse(
            m, "EQV-06", "'%s' of '%s' has no equivalent in '%s'", mu_map_shown(m, value->name),
            mu_map_shown(m, m->from->set[value->set].name), mu_map_shown(m, m->to->name));
    if (mapped || !informative)
        return mapped;
    m->out->rule = m->out->why = NULL;
    m->out->discarded++;
    return true;
}

/* The context says whose information it is; who may have it besides is said by the release set,
 * which always holds the context, too (ADatP-4774 App 2-4, 2-7). So a context that allows release
 * may be dropped when the release set left a limit. */
static bool context_may_go(const struct mu_map_run *m)
{
    const struct mu_conventions *is = &m->from->is;
    if (is->context == MU_NONE || is->release == MU_NONE || !mu_bit(m->limited, is->release))
        return false;
    uint32_t releasable = mu_policy_value(m->from, is->context, MU_TAG_PERMISSIVE, "Releasable");
    return releasable != MU_NONE && mu_bit(m->label->present, releasable);
}

/* A permissive category of which nothing is left would let everyone in. */
static bool keep_limits(struct mu_map_run *m)
{
    const uint64_t *sets = m->label->sets[MU_TAG_PERMISSIVE];
    for (uint32_t s = 0; s < m->from->sets; s++)
        if (mu_bit(sets, s) && !mu_bit(m->limited, s)
            && !(s == m->from->is.context && context_may_go(m)))
            return mu_map_refuse(m, "EQV-06", "nothing would be left of the limit '%s'",
                                 mu_map_shown(m, m->from->set[s].name));
    return true;
}

/* In the order of the policy, so that each spelling of a label meets the same refusal first. */
bool mu_map_values(struct mu_map_run *m)
{
    for (size_t w = 0; w < mu_map_words(m->from->values); w++)
        for (uint64_t rest = m->label->present[w]; rest != 0; rest &= rest - 1) {
            uint32_t v = (uint32_t) (w * 64) + (uint32_t) __builtin_ctzll(rest);
            TRY(map_value(m, &m->from->value[v]));
        }
    return keep_limits(m);
}

/* --- what the equivalences require besides (EQV-05) ------------------------------------------- */

static void add(struct mu_map_run *m, uint32_t value)
{
    m->out->added += !has(m, value);
    mu_bit_set(m->present, value);
}

/* The values of `to` that one group of a requirement names; false: refused. */
static bool required_values(struct mu_map_run *m, const struct mu_foreign_ref *group,
                            const uint32_t **value, size_t *values)
{
    const char *why = mu_foreign_values(m->arena, m->to, group, m->classification, value, values);
    return why == NULL
           || mu_map_refuse(m, "EQV-05", "what the equivalence requires is not there: %s", why);
}

/* onlyOne, oneOrMore: the first of the group where the label has none of it. */
static bool add_one(struct mu_map_run *m, const struct mu_foreign_required *required)
{
    uint32_t first = MU_NONE;
    size_t there = 0;
    for (size_t g = 0; g < required->groups; g++) {
        const uint32_t *value;
        size_t values;
        TRY(required_values(m, &required->group[g], &value, &values));
        first = first == MU_NONE ? value[0] : first;
        for (size_t i = 0; i < values; i++)
            there += has(m, value[i]);
    }
    if (there > 1 && required->operation == MU_ONLY_ONE)
        return mu_map_refuse(
            m, "EQV-05", "the equivalence allows one value of a group, the label has %zu", there);
    if (there == 0 && first != MU_NONE)
        add(m, first);
    return true;
}

static bool add_all(struct mu_map_run *m, const struct mu_foreign_required *required)
{
    for (size_t g = 0; g < required->groups; g++) {
        const uint32_t *value;
        size_t values;
        TRY(required_values(m, &required->group[g], &value, &values));
        for (size_t i = 0; i < values; i++)
            add(m, value[i]);
    }
    return true;
}

static bool add_list(struct mu_map_run *m, bool all, const struct mu_foreign_required *list,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((list[i].operation == MU_ALL) == all)
            TRY((all ? add_all : add_one)(m, &list[i]));
    return true;
}

static bool add_of_policy(struct mu_map_run *m, bool all)
{
    for (uint32_t i = 0; i < m->from->equivalents; i++)
        if (mu_foreign_is(m->from, i, m->to))
            TRY(add_list(m, all, m->from->equivalent[i].required,
                         m->from->equivalent[i].requireds));
    return true;
}

static bool add_of_classification(struct mu_map_run *m, bool all)
{
    const struct mu_classification *c = &m->from->classification[m->label->classification];
    for (size_t i = 0; i < c->maps; i++)
        if (mu_foreign_is(m->from, c->map[i].policy, m->to)
            && (c->map[i].applied & m->applied) != 0)
            TRY(add_list(m, all, c->map[i].required, c->map[i].requireds));
    return true;
}

static bool add_of_sets(struct mu_map_run *m, bool all)
{
    for (uint32_t s = 0; s < m->from->sets; s++) {
        if (!mu_bit(m->by_set, s))
            continue;
        const struct mu_set_map *map = set_map_of(m, s);
        TRY(add_list(m, all, map->required, map->requireds));
    }
    return true;
}

/* Those with a choice come last: what the others add may satisfy them. */
bool mu_map_required(struct mu_map_run *m)
{
    for (int all = 1; all >= 0; all--) {
        TRY(add_of_policy(m, all));
        TRY(add_of_classification(m, all));
        TRY(add_of_sets(m, all));
    }
    return true;
}

#include "twin/decide.h"

#include "format/label.h"

/* --- access -------------------------------------------------------------------------------------------- */

/* Of what the clearance lists. */
static int64_t highest_of(const struct mu_policy *p, const struct mu_class_set *listed)
{
    int64_t highest = INT64_MIN;
    for (uint32_t i = 0; i < p->classifications; i++)
        if (mu_class_in(listed, i) && p->classification[i].hierarchy > highest)
            highest = p->classification[i].hierarchy;
    return highest;
}

/* The classifications from `least` up to `most` of the hierarchy. */
static void list_between(const struct mu_policy *p, struct mu_class_set *listed, int64_t least,
                         int64_t most)
{
    for (uint32_t i = 0; i < p->classifications; i++)
        if (p->classification[i].hierarchy >= least && p->classification[i].hierarchy <= most)
            listed->bit[i / 64] |= (uint64_t) 1 << i % 64;
}

static void misread_levels(const struct mu_policy *p, struct mu_class_set *listed,
                           const struct mu_sin *sin)
{
    int64_t highest = highest_of(p, listed);
    if (mu_sin_is(sin, MU_SIN_IMPLY_LOWER))
        list_between(p, listed, INT64_MIN, highest);
    if (mu_sin_is(sin, MU_SIN_ANY_LEVEL))
        list_between(p, listed, INT64_MIN, INT64_MAX);
    if (mu_sin_is(sin, MU_SIN_HIGHEST_LEVEL)) {
        *listed = (struct mu_class_set){ { 0 } };
        list_between(p, listed, highest, highest);
    }
}

static void clear_all(const struct mu_policy *p, struct mu_cleared *c, enum mu_tag_type type)
{
    for (uint32_t v = 0; v < p->values; v++)
        if (p->tag[p->value[v].tag].type == type)
            mu_bit_set(c->values, v);
}

/* How many values of that type the label has, and how many of them the clearance. */
static void count_values(const struct mu_resolved *label, const struct mu_cleared *c,
                         enum mu_tag_type type, size_t *all, size_t *held)
{
    *all = *held = 0;
    for (size_t i = 0; i < label->values; i++) {
        const struct mu_resolved_value *v = &label->value[i];
        if (label->category[v->category].type != type)
            continue;
        (*all)++;
        *held += v->value != MU_NONE && mu_bit(c->values, v->value);
    }
}

/* A category that is not found limits nothing. */
static void clear_renamed(const struct mu_resolved *label, struct mu_cleared *c)
{
    for (size_t i = 0; i < label->values; i++)
        if (label->category[label->value[i].category].renamed && label->value[i].value != MU_NONE)
            mu_bit_set(c->values, label->value[i].value);
}

/* What a sinner gives the clearance beside what it lists. */
static void misread_values(const struct mu_policy *p, const struct mu_resolved *label,
                           struct mu_cleared *c, const struct mu_sin *sin)
{
    size_t all, held;
    if (mu_sin_is(sin, MU_SIN_ANY_RESTRICTIVE))
        clear_all(p, c, MU_TAG_RESTRICTIVE);
    if (mu_sin_is(sin, MU_SIN_RENAMED))
        clear_renamed(label, c);
    count_values(label, c, MU_TAG_RESTRICTIVE, &all, &held);
    if (mu_sin_is(sin, MU_SIN_ONE_RESTRICTIVE) && held > 0)
        clear_all(p, c, MU_TAG_RESTRICTIVE);
    count_values(label, c, MU_TAG_PERMISSIVE, &all, &held);
    if (mu_sin_is(sin, MU_SIN_ANY_PERMISSIVE) || (mu_sin_is(sin, MU_SIN_ONE_CATEGORY) && held > 0))
        clear_all(p, c, MU_TAG_PERMISSIVE);
}

/* What a sinner asks of a clearance that nobody should; NULL: nothing. */
static const char *misasks(const struct mu_resolved *label, const struct mu_cleared *c,
                           const struct mu_sin *sin)
{
    size_t all, held;
    count_values(label, c, MU_TAG_INFORMATIVE, &all, &held);
    if (mu_sin_is(sin, MU_SIN_COUNT_INFORMATIVE) && held < all)
        return "an informative category is not in the clearance";
    count_values(label, c, MU_TAG_PERMISSIVE, &all, &held);
    if (mu_sin_is(sin, MU_SIN_EVERY_PERMISSIVE) && held < all)
        return "a permissive value is not in the clearance";
    if (mu_sin_is(sin, MU_SIN_COUNT_PRIVACY_MARK) && label->label->privacy_mark != NULL)
        return "the privacy mark is not in the clearance";
    return NULL;
}

static struct mu_decision deny(const char *rule, const char *why)
{
    return (struct mu_decision){ .rule = rule, .why = why };
}

struct mu_decision mu_twin_decide(struct mu_arena *arena, const struct mu_policies *policies,
                                  const struct mu_resolved *label,
                                  const struct mu_clearance *clearance, const struct mu_sin *sin)
{
    static const struct mu_decision permit = { true, NULL, "" };
    struct mu_cleared cleared;
    const struct mu_policy *p =
        mu_policies_find(policies, clearance->policy, clearance->policy_uri);
    if (mu_sin_is(sin, MU_SIN_IGNORE_CLEARANCE)
        || (mu_sin_is(sin, MU_SIN_POLICY_MISMATCH) && label != NULL && label->policy != p))
        return permit;
    if (p == NULL)
        return deny("DEC-05", "the policy of the clearance is not known");
    mu_cleared_make(arena, p, clearance, &cleared);
    if (label != NULL && label->policy == p) {
        misread_levels(p, &cleared.classifications, sin);
        misread_values(p, label, &cleared, sin);
        const char *why = misasks(label, &cleared, sin);
        if (why != NULL)
            return deny("DEC-05", why);
    }
    struct mu_decision decision = mu_decide(arena, label, &cleared);
    return !decision.permit && mu_sin_is(sin, MU_SIN_PERMIT_DOUBT)
                   && strcmp(decision.rule, "DEC-05") == 0
               ? permit
               : decision;
}

/* --- equivalence --------------------------------------------------------------------------------------- */

/* EQV-08 broken: a classification of the same name is taken for the same level. */
static void by_name(const struct mu_label *from, const struct mu_policy *to, struct mu_label *label)
{
    if (mu_policy_classification(to, from->classification) != MU_NONE)
        label->classification = from->classification;
}

/* EQV-07 broken: the level below the equivalent one. */
static void lower(const struct mu_policy *to, struct mu_label *label)
{
    uint32_t from = mu_policy_classification(to, label->classification), below = MU_NONE;
    for (uint32_t i = 0; from != MU_NONE && i < to->classifications; i++)
        if (to->classification[i].hierarchy < to->classification[from].hierarchy
            && (below == MU_NONE
                || to->classification[i].hierarchy > to->classification[below].hierarchy))
            below = i;
    if (below != MU_NONE)
        label->classification = to->classification[below].name;
}

/* EQV-06 broken: what has no equivalent is left out in silence. */
static void map_without(struct mu_arena *arena, const struct mu_resolved *label,
                        const struct mu_policy *to, int64_t now, struct mu_mapping *mapping)
{
    struct mu_label less = *label->label;
    struct mu_resolved resolved;
    size_t kept = 0;
    less.category = mu_arena_array(arena, less.categories + 1, sizeof *less.category);
    for (size_t i = 0; i < label->label->categories; i++)
        if (label->category[i].type != MU_TAG_RESTRICTIVE)
            less.category[kept++] = label->label->category[i];
    less.categories = kept;
    mu_resolve(arena, label->policy, &less, &resolved);
    mu_map_label(arena, &resolved, to, MU_APPLIED_DECRYPT, now, mapping);
}

void mu_twin_map(struct mu_arena *arena, const struct mu_resolved *label,
                 const struct mu_policy *to, int64_t now, const struct mu_sin *sin,
                 struct mu_mapping *mapping)
{
    bool any = mu_sin_is(sin, MU_SIN_ANY_DIRECTION);
    mu_map_label(arena, label, to, any ? MU_APPLIED_ENCRYPT : MU_APPLIED_DECRYPT, now, mapping);
    if (mapping->label == NULL && any)
        mu_map_label(arena, label, to, MU_APPLIED_DECRYPT, now, mapping);
    if (mapping->label == NULL && mu_sin_is(sin, MU_SIN_DROP_UNMAPPABLE))
        map_without(arena, label, to, now, mapping);
    if (mapping->label == NULL)
        return;
    if (mu_sin_is(sin, MU_SIN_TRANSLATE_BY_NAME))
        by_name(label->label, to, mapping->label);
    if (mu_sin_is(sin, MU_SIN_TRANSLATE_LOWER))
        lower(to, mapping->label);
    if (mu_sin_is(sin, MU_SIN_TRANSLATE_ORIGINATOR))
        mapping->label->root = MU_LABEL_ORIGINATOR;
}

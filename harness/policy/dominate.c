#include "policy/dominate.h"

#include "base/text_safe.h"
#include "policy/names.h"
#include "policy/validity.h"

const char *mu_order_name(enum mu_order order)
{
    static const char *const name[] = { "equal", "above", "below", "incomparable" };
    return name[order];
}

static void undecided(struct mu_rollup *out, const char *why)
{
    *out = (struct mu_rollup){ .decision = why };
}

/* What has been rolled up so far. Values stand as the first of their name: which of several a name
 * means depends on the classification, and that is only known at the end. */
struct whole {
    const struct mu_policy *policy;
    uint32_t classification;
    uint64_t *present; /* values of the result */
    const char *privacy_mark;
    bool marks_differ;
    bool tied; /* two classifications of one rank */
};

static enum mu_tag_type type_of(const struct mu_policy *p, uint32_t value)
{
    return p->tag[p->value[value].tag].type;
}

static int64_t rank(const struct mu_policy *p, uint32_t class)
{
    return p->classification[class].hierarchy;
}

static bool is_word(const struct mu_resolved *label, size_t i)
{
    uint32_t value = label->value[i].value;
    return value != MU_NONE && label->policy->value[value].input;
}

/* Without what stands for the words of users. */
static uint64_t *heads(struct mu_arena *arena, const struct mu_resolved *label)
{
    const struct mu_policy *p = label->policy;
    uint64_t *bits = mu_arena_array(arena, p->values / 64 + 1, sizeof *bits);
    for (size_t i = 0; i < label->values; i++)
        if (label->value[i].value != MU_NONE && !is_word(label, i))
            mu_bit_set(bits, p->value[label->value[i].value].head);
    return bits;
}

/* Union of restrictive and informative values, intersection of permissive ones. */
static void add_part(struct mu_arena *arena, struct whole *w, const struct mu_resolved *part)
{
    const struct mu_policy *p = w->policy;
    const uint64_t *other = heads(arena, part);
    if (rank(p, part->classification) > rank(p, w->classification)) {
        w->classification = part->classification;
        w->tied = false; /* what was tied below it does not matter any more */
    } else if (part->classification != w->classification
               && rank(p, part->classification) == rank(p, w->classification)) {
        w->tied = true;
    }
    for (uint32_t v = 0; v < p->values; v++) {
        bool here = mu_bit(w->present, v), there = mu_bit(other, v);
        bool keep = type_of(p, v) == MU_TAG_PERMISSIVE ? here && there : here || there;
        if (keep != here)
            w->present[v / 64] ^= (uint64_t) 1 << v % 64;
    }
    bool same_mark = mu_key_same(w->privacy_mark, part->label->privacy_mark, p->is.fold);
    if (same_mark && strcmp(part->label->privacy_mark, w->privacy_mark) < 0)
        w->privacy_mark = part->label->privacy_mark; /* of several spellings, whoever comes first */
    w->marks_differ =
        w->marks_differ
        || (!same_mark && (w->privacy_mark != NULL || part->label->privacy_mark != NULL));
}

/* Does `present` hold a value of the permissive set? */
static bool holds(const struct mu_policy *p, const uint64_t *present, uint32_t set)
{
    for (uint32_t t = 0; t < p->set[set].count; t++) {
        const struct mu_tag *tag = &p->tag[p->set[set].first + t];
        for (uint32_t v = 0; tag->type == MU_TAG_PERMISSIVE && v < tag->count; v++)
            if (mu_bit(present, tag->first + v))
                return true;
    }
    return false;
}

/* Some part limits itself to values of a set, and the whole does not. */
static bool is_widened(const struct whole *w, const struct mu_resolved *part, size_t count)
{
    for (uint32_t set = 0; set < w->policy->sets; set++) {
        bool limited = false;
        for (size_t i = 0; i < count; i++)
            limited = limited || mu_bit(part[i].sets[MU_TAG_PERMISSIVE], set);
        if (limited && !holds(w->policy, w->present, set))
            return true;
    }
    return false;
}

/* Words of a user's own can be collected, but nobody can say what two of them have in common. */
static bool has_input(const struct mu_resolved *label)
{
    for (size_t i = 0; i < label->values; i++)
        if (is_word(label, i)
            && type_of(label->policy, label->value[i].value) != MU_TAG_INFORMATIVE)
            return true;
    return false;
}

/* A permissive category without values lets nobody in. Rule 5 drops what has no value in common, and
 * then all would be let in. */
static bool is_closed(const struct mu_resolved *label)
{
    for (uint32_t i = 0; i < label->label->categories; i++) {
        const struct mu_resolved_category *c = &label->category[i];
        if (c->type == MU_TAG_PERMISSIVE && label->held[c->type][c->set] == 0)
            return true;
    }
    return false;
}

static bool resolve_parts(struct mu_arena *arena, const struct mu_policies *policies,
                          const struct mu_label *const *part, size_t count, struct mu_resolved *out,
                          struct mu_rollup *result)
{
    const struct mu_policy *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct mu_policy *p =
            mu_policies_find(policies, part[i]->policy, part[i]->policy_uri);
        if (p == NULL || (first != NULL && p != first)) {
            undecided(result, p == NULL ? "a part is labelled under a policy that is not known"
                                        : "the parts are labelled under different policies");
            return false;
        }
        first = p;
        mu_resolve(arena, p, part[i], &out[i]);
        if (out[i].doubt || has_input(&out[i]) || is_closed(&out[i])) {
            undecided(result,
                      !out[i].doubt && is_closed(&out[i])
                          ? "a part has a permissive category without values: it is for nobody"
                          : "a part has a label that cannot be understood in full");
            return false;
        }
    }
    return true;
}

/* The informative words of users, which no value of the policy stands for. */
static struct mu_label *with_words(struct mu_arena *arena, struct mu_label *label,
                                   const struct mu_resolved *part, size_t count)
{
    struct mu_buf list = { .arena = arena };
    size_t added = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < part[i].values; k++) {
            const struct mu_resolved_value *v = &part[i].value[k];
            const struct mu_category *from = &part[i].label->category[v->category];
            if (!is_word(&part[i], k))
                continue;
            struct mu_category own = *from;
            own.value = mu_arena_array(arena, 1, sizeof *own.value);
            own.value[0] = from->value[v->position];
            own.values = 1;
            mu_buf_put(&list, &own, sizeof own);
            added++;
        }
    struct mu_category *all = mu_arena_array(arena, label->categories + added + 1, sizeof *all);
    if (label->categories > 0)
        memcpy(all, label->category, label->categories * sizeof *all);
    if (added > 0)
        memcpy(all + label->categories, list.p, added * sizeof *all);
    label->category = all;
    label->categories += added;
    return mu_label_canonical(arena, part[0].policy, label);
}

/* Rule 9: the result is checked as any other label. */
static void conclude(struct mu_arena *arena, const struct whole *w, const struct mu_resolved *part,
                     size_t count, int64_t test_time, struct mu_rollup *out)
{
    struct mu_validity_report report;
    struct mu_resolved resolved;
    struct mu_label *label = mu_label_of_values(arena, w->policy, w->classification, w->present,
                                                w->marks_differ ? NULL : w->privacy_mark);
    label = with_words(arena, label, part, count);
    mu_resolve(arena, w->policy, label, &resolved);
    mu_validate_resolved(arena, &resolved, test_time, &report);
    if (resolved.doubt) { /* a name can mean several values under another classification */
        undecided(out, "the result could not be understood in full");
        return;
    }
    for (size_t i = 0; i < report.findings; i++)
        if (report.finding[i].must) {
            undecided(out, mu_arena_printf(arena, "the result would not be valid: %s",
                                           report.finding[i].what));
            return;
        }
    *out = (struct mu_rollup){ .label = label, .widened = is_widened(w, part, count) };
}

void mu_rollup(struct mu_arena *arena, const struct mu_policies *policies,
               const struct mu_label *const *part, size_t count, int64_t test_time,
               struct mu_rollup *out)
{
    struct mu_resolved *resolved = mu_arena_array(arena, count + 1, sizeof *resolved);
    if (count == 0) {
        undecided(out, "there is no part");
        return;
    }
    if (!resolve_parts(arena, policies, part, count, resolved, out))
        return;
    struct whole w = { .policy = resolved[0].policy,
                       .classification = resolved[0].classification,
                       .present = heads(arena, &resolved[0]),
                       .privacy_mark = part[0]->privacy_mark };
    for (size_t i = 1; i < count; i++)
        add_part(arena, &w, &resolved[i]);
    if (w.tied)
        undecided(out, "two parts have different classifications of one rank");
    else
        conclude(arena, &w, resolved, count, test_time, out);
}

/* --- order -------------------------------------------------------------------------------------------------- */

static const char *written(const struct mu_resolved *label, size_t i)
{
    const struct mu_resolved_value *v = &label->value[i];
    return label->label->category[v->category].value[v->position];
}

/* Has `all` each of the words that `some` has of that type? Where `all` is to be the wider one, only
 * the sets count that it has, too. */
static bool has_words(const struct mu_resolved *all, const struct mu_resolved *some,
                      enum mu_tag_type type)
{
    for (size_t i = 0; i < some->values; i++) {
        const struct mu_resolved_category *c = &some->category[some->value[i].category];
        if (is_word(some, i) && c->type == type
            && (type == MU_TAG_RESTRICTIVE || mu_bit(all->sets[type], c->set))
            && (all->words == NULL
                || !mu_words_have(all->words, c->set, type, written(some, i),
                                  all->policy->is.fold)))
            return false;
    }
    return true;
}

struct mu_cover mu_label_cover(struct mu_arena *arena, const struct mu_resolved *a,
                               const struct mu_resolved *b)
{
    const struct mu_policy *p = a->policy;
    const uint64_t *mine = heads(arena, a), *other = heads(arena, b);
    const uint64_t *limits = b->sets[MU_TAG_PERMISSIVE];
    /* Of two classifications of one rank neither is the stricter one. */
    struct mu_cover cover = { a->classification == b->classification
                                  || rank(p, a->classification) > rank(p, b->classification),
                              true, true };
    for (uint32_t v = 0; v < p->values; v++) {
        enum mu_tag_type type = type_of(p, v);
        bool here = mu_bit(mine, v), there = mu_bit(other, v);
        if (type == MU_TAG_RESTRICTIVE && there && !here)
            cover.restrictive = false;
        /* A value more of a set that b has, too, widens; a set that b lacks narrows. */
        if (type == MU_TAG_PERMISSIVE && here && !there && mu_bit(limits, p->value[v].set))
            cover.permissive = false;
    }
    for (uint32_t set = 0; set < p->sets; set++)
        if (mu_bit(limits, set) && !mu_bit(a->sets[MU_TAG_PERMISSIVE], set))
            cover.permissive = false;
    cover.restrictive = cover.restrictive && has_words(a, b, MU_TAG_RESTRICTIVE);
    cover.permissive = cover.permissive && has_words(b, a, MU_TAG_PERMISSIVE);
    return cover;
}

static bool covers(struct mu_arena *arena, const struct mu_resolved *a, const struct mu_resolved *b)
{
    struct mu_cover cover = mu_label_cover(arena, a, b);
    return cover.classification && cover.restrictive && cover.permissive;
}

enum mu_order mu_label_order(struct mu_arena *arena, const struct mu_resolved *a,
                             const struct mu_resolved *b)
{
    if (a->policy != b->policy || a->doubt || b->doubt)
        return MU_ORDER_NONE;
    bool above = covers(arena, a, b), below = covers(arena, b, a);
    if (above && below)
        return MU_ORDER_EQUAL;
    return above ? MU_ORDER_ABOVE : below ? MU_ORDER_BELOW : MU_ORDER_NONE;
}

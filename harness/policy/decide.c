#include "policy/decide.h"

#include "base/text_safe.h"
#include "policy/names.h"

static void doubt(struct mu_arena *arena, struct mu_cleared *out, const char *what,
                  const char *name)
{
    if (out->doubt == NULL)
        out->doubt = mu_arena_printf(arena, "%s '%s' of the clearance is unknown", what,
                                     name != NULL ? mu_text_line(arena, mu_bytes_of(name)) : "");
}

/* A clearance names no classification beside its values: it has every value of that name. */
static void grant(struct mu_arena *arena, struct mu_cleared *out, const struct mu_category *c)
{
    const struct mu_policy *p = out->policy;
    enum mu_tag_type type;
    struct mu_set_found found = mu_resolve_set(p, c);
    uint32_t set = found.set;
    bool typed = c->type != NULL && mu_tag_type_from_name(c->type, &type);
    if (set == MU_NONE || found.contradiction || !typed) {
        doubt(arena, out, "category", c->tag_name);
        return;
    }
    for (size_t i = 0; i < c->values; i++) {
        uint32_t value = mu_policy_value(p, set, type, c->value[i]);
        if (p->set[set].input[type] != MU_NONE)
            mu_words_add(out->words, set, type, c->value[i], p->is.fold);
        else if (value == MU_NONE)
            doubt(arena, out, "value", c->value[i]);
        for (; value != MU_NONE; value = p->value[value].same_name)
            if (!p->value[value].input)
                mu_bit_set(out->values, value);
    }
}

void mu_cleared_make(struct mu_arena *arena, const struct mu_policy *policy,
                     const struct mu_clearance *clearance, struct mu_cleared *out)
{
    *out = (struct mu_cleared){ .policy = policy,
                                .values = mu_arena_array(arena, policy->values / 64 + 1,
                                                         sizeof *out->values) };
    out->foreign = !mu_policy_is(policy, clearance->policy, clearance->policy_uri);
    if (out->foreign) {
        doubt(arena, out, "policy", clearance->policy);
        return;
    }
    size_t values = 0;
    for (size_t i = 0; i < clearance->categories; i++)
        values += clearance->category[i].values;
    out->words = mu_names_new(arena, values);
    for (size_t i = 0; i < clearance->classifications; i++) {
        uint32_t class = mu_policy_classification(policy, clearance->classification[i]);
        if (class == MU_NONE)
            doubt(arena, out, "classification", clearance->classification[i]);
        else
            out->classifications.bit[class / 64] |= (uint64_t) 1 << class % 64;
    }
    for (size_t i = 0; i < clearance->categories; i++)
        grant(arena, out, &clearance->category[i]);
}

/* --- the decision -------------------------------------------------------------------------------------- */

static struct mu_decision deny(const char *rule, const char *why)
{
    return (struct mu_decision){ .permit = false, .rule = rule, .why = why };
}

static const char *value_text(struct mu_arena *arena, const struct mu_resolved *label,
                              const struct mu_resolved_value *v)
{
    const struct mu_category *c = &label->label->category[v->category];
    return mu_arena_printf(arena, "%s '%s'", mu_text_line(arena, mu_bytes_of(c->tag_name)),
                           mu_text_line(arena, mu_bytes_of(c->value[v->position])));
}

/* What users write is compared as it is written: the clearance must list the same words. */
static bool in_clearance(const struct mu_cleared *c, const struct mu_resolved *label,
                         const struct mu_resolved_value *v)
{
    const struct mu_policy *p = c->policy;
    if (v->value == MU_NONE || !p->value[v->value].input)
        return v->value != MU_NONE && mu_bit(c->values, v->value);
    const struct mu_resolved_category *r = &label->category[v->category];
    return mu_words_have(c->words, r->set, r->type,
                         label->label->category[v->category].value[v->position], p->is.fold);
}

static struct mu_decision restrictive(struct mu_arena *arena, const struct mu_resolved *label,
                                      const struct mu_cleared *c)
{
    for (size_t i = 0; i < label->values; i++) {
        const struct mu_resolved_value *v = &label->value[i];
        if (label->category[v->category].type == MU_TAG_RESTRICTIVE && !in_clearance(c, label, v))
            return deny("DEC-02", mu_arena_printf(arena, "the clearance lacks %s",
                                                  value_text(arena, label, v)));
    }
    return (struct mu_decision){ .permit = true };
}

/* Per tag set, so that two categories of one set are one; an empty one has nothing in common. */
static struct mu_decision permissive(struct mu_arena *arena, const struct mu_resolved *label,
                                     const struct mu_cleared *c)
{
    const struct mu_policy *p = label->policy;
    uint64_t *met = mu_arena_array(arena, p->sets / 64 + 1, sizeof *met);
    for (size_t i = 0; i < label->values; i++) {
        const struct mu_resolved_value *v = &label->value[i];
        const struct mu_resolved_category *r = &label->category[v->category];
        if (r->type == MU_TAG_PERMISSIVE && in_clearance(c, label, v))
            mu_bit_set(met, r->set);
    }
    for (uint32_t i = 0; i < label->label->categories; i++) {
        const struct mu_resolved_category *r = &label->category[i];
        if (r->type == MU_TAG_PERMISSIVE && !mu_bit(met, r->set))
            return deny("DEC-03",
                        mu_arena_printf(arena, "the clearance has none of the values of %s",
                                        mu_text_line(arena, mu_bytes_of(p->set[r->set].name))));
    }
    return (struct mu_decision){ .permit = true, .why = "" };
}

struct mu_decision mu_decide(struct mu_arena *arena, const struct mu_resolved *label,
                             const struct mu_cleared *clearance)
{
    if (label == NULL)
        return deny("DEC-05", "there is no label of a known policy");
    if (clearance == NULL)
        return deny("DEC-05", "there is no clearance");
    if (label->policy != clearance->policy || clearance->foreign)
        return deny("DEC-04", "label and clearance are of different policies");
    if (label->doubt)
        return deny("DEC-05", "the label cannot be understood in full");
    if (!mu_class_in(&clearance->classifications, label->classification))
        return deny(
            "DEC-01",
            mu_arena_printf(
                arena, "the clearance does not list '%s'",
                mu_text_line(
                    arena,
                    mu_bytes_of(label->policy->classification[label->classification].name))));
    struct mu_decision decision = restrictive(arena, label, clearance);
    return decision.permit ? permissive(arena, label, clearance) : decision;
}

struct mu_decision mu_decide_label(struct mu_arena *arena, const struct mu_policies *policies,
                                   const struct mu_label *label,
                                   const struct mu_clearance *clearance)
{
    struct mu_resolved resolved;
    struct mu_cleared cleared;
    const struct mu_policy *of_label =
        label != NULL ? mu_policies_find(policies, label->policy, label->policy_uri) : NULL;
    const struct mu_policy *of_clearance =
        clearance != NULL ? mu_policies_find(policies, clearance->policy, clearance->policy_uri)
                          : NULL;
    if (of_label != NULL && clearance != NULL && of_clearance != of_label)
        return deny("DEC-04", "label and clearance are of different policies");
    if (of_label != NULL)
        mu_resolve(arena, of_label, label, &resolved);
    if (of_clearance != NULL)
        mu_cleared_make(arena, of_clearance, clearance, &cleared);
    return mu_decide(arena, of_label != NULL ? &resolved : NULL,
                     of_clearance != NULL ? &cleared : NULL);
}

/* One form for every label that means the same. */
#include <stdlib.h>

#include "base/text_safe.h"
#include "policy/names.h"
#include "policy/resolve.h"

/* A category on its way into the canonical label. */
struct entry {
    uint32_t set; /* MU_NONE: unknown, sorted by type and name */
    enum mu_tag_type type;
    const char *type_name, *name, *uri, *key;
    struct mu_category *category;
};

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static int compare_entry(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    int order = strcmp(x->type_name, y->type_name);
    return order != 0 ? order : strcmp(x->key, y->key);
}

/* Unknown things fold only where the policy does; without a policy nothing folds. */
static const char *flat(struct mu_arena *arena, const struct mu_policy *policy, const char *text)
{
    if (text == NULL)
        return "";
    const char *key = mu_key_text(arena, text, policy != NULL && policy->is.fold);
    return key[0] != '\0' ? key : mu_label_collapse(arena, text);
}

/* Sorted, each once. */
static size_t unique(const char **value, size_t count)
{
    size_t kept = 0;
    qsort(value, count, sizeof *value, compare_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(value[kept - 1], value[i]) != 0)
            value[kept++] = value[i];
    return kept;
}

static const char *value_name(struct mu_arena *arena, const struct mu_resolved *r,
                              const struct mu_resolved_value *v)
{
    const char *written = r->label->category[v->category].value[v->position];
    if (v->value == MU_NONE || r->policy->value[v->value].input)
        return mu_label_collapse(arena, written);
    return mu_label_collapse(arena, r->policy->value[v->value].name);
}

static struct entry entry_of(struct mu_arena *arena, const struct mu_resolved *r, uint32_t i)
{
    const struct mu_resolved_category *c = &r->category[i];
    struct mu_category *from = &r->label->category[i];
    bool known = c->type_fits && !c->contradiction;
    return (struct entry){
        .set = known ? c->set : MU_NONE,
        .type = c->type,
        .type_name = from->type != NULL ? from->type : "",
        .name = known ? r->policy->set[c->set].name : from->tag_name,
        .uri = known ? mu_arena_printf(arena, "urn:oid:%s", r->policy->set[c->set].id) : from->uri,
        .key = known ? "" : flat(arena, r->policy, from->tag_name),
        .category = from,
    };
}

/* The entries from `first` on that are one category: their values together. */
static size_t merge(struct mu_arena *arena, const struct mu_resolved *r, const struct entry *entry,
                    size_t count, struct mu_category *out)
{
    size_t n = 1, room = 0;
    while (n < count && compare_entry(&entry[0], &entry[n]) == 0)
        n++;
    for (size_t i = 0; i < n; i++)
        room += entry[i].category->values;
    *out = (struct mu_category){ .type = entry[0].category->type,
                                 .tag_name = entry[0].name,
                                 .uri = entry[0].uri,
                                 .value = mu_arena_array(arena, room + 1, sizeof *out->value) };
    for (size_t i = 0; i < n; i++) {
        size_t index = (size_t) (entry[i].category - r->label->category);
        const struct mu_resolved_category *c = &r->category[index];
        for (uint32_t k = 0; k < c->count; k++)
            out->value[out->values++] = value_name(arena, r, &r->value[c->first + k]);
    }
    out->values = unique(out->value, out->values);
    return n;
}

static void canonical_categories(struct mu_arena *arena, const struct mu_resolved *r,
                                 struct mu_label *out)
{
    size_t count = r->label->categories;
    struct entry *entry = mu_arena_array(arena, count + 1, sizeof *entry);
    for (uint32_t i = 0; i < count; i++)
        entry[i] = entry_of(arena, r, i);
    qsort(entry, count, sizeof *entry, compare_entry);
    out->category = mu_arena_array(arena, count + 1, sizeof *out->category);
    out->categories = 0;
    for (size_t i = 0; i < count;)
        i += merge(arena, r, entry + i, count - i, &out->category[out->categories++]);
}

/* A policy without entries: nothing is known, everything is sorted as it is. */
static const struct mu_policy *blank_policy(struct mu_arena *arena, const struct mu_label *label)
{
    struct mu_policy *p = mu_new(arena, struct mu_policy);
    p->name = label->policy != NULL ? label->policy : "";
    p->id = "";
    p->names = mu_names_new(arena, 0);
    return p;
}

struct mu_label *mu_label_canonical(struct mu_arena *arena, const struct mu_policy *policy,
                                    const struct mu_label *label)
{
    struct mu_label *out = mu_new(arena, struct mu_label);
    struct mu_resolved r;
    mu_resolve(arena, policy != NULL ? policy : blank_policy(arena, label), label, &r);
    *out = *label;
    out->policy = mu_label_collapse(arena, label->policy);
    out->classification = mu_label_collapse(arena, label->classification);
    out->privacy_mark = mu_label_collapse(arena, label->privacy_mark);
    if (policy != NULL && mu_key_same(label->policy, policy->name, policy->is.fold))
        out->policy = mu_label_collapse(arena, policy->name);
    if (policy != NULL && label->policy_uri == NULL)
        out->policy_uri = mu_arena_printf(arena, "urn:oid:%s", policy->id);
    if (r.classification != MU_NONE)
        out->classification =
            mu_label_collapse(arena, policy->classification[r.classification].name);
    for (size_t i = 0; policy != NULL && i < policy->privacy_marks; i++)
        if (mu_key_same(label->privacy_mark, policy->privacy_mark[i].name, policy->is.fold))
            out->privacy_mark = mu_label_collapse(arena, policy->privacy_mark[i].name);
    canonical_categories(arena, &r, out);
    return out;
}

bool mu_label_equal(struct mu_arena *arena, const struct mu_policies *policies,
                    const struct mu_label *a, const struct mu_label *b, const char **difference)
{
    const struct mu_policy *p = mu_policies_find(policies, a->policy, a->policy_uri);
    const struct mu_policy *q = mu_policies_find(policies, b->policy, b->policy_uri);
    if (p != q || p == NULL)
        return mu_label_same(arena, a, b, difference);
    return mu_label_same(arena, mu_label_canonical(arena, p, a), mu_label_canonical(arena, p, b),
                         difference);
}

/* --- from values to a label ------------------------------------------------------------------------------ */

static size_t values_in(const struct mu_tag *tag, const uint64_t *present)
{
    size_t n = 0;
    for (uint32_t v = 0; v < tag->count; v++)
        n += mu_bit(present, tag->first + v);
    return n;
}

static void put_tag(struct mu_arena *arena, const struct mu_policy *p, const struct mu_tag *tag,
                    const uint64_t *present, struct mu_label *out)
{
    size_t count = values_in(tag, present);
    if (count == 0)
        return;
    struct mu_category *c = &out->category[out->categories++];
    *c = (struct mu_category){ .type = mu_tag_type_name(tag->type),
                               .tag_name = p->set[tag->set].name,
                               .value = mu_arena_array(arena, count, sizeof *c->value) };
    for (uint32_t v = 0; v < tag->count; v++)
        if (mu_bit(present, tag->first + v))
            c->value[c->values++] = p->value[tag->first + v].name;
}

struct mu_label *mu_label_of_values(struct mu_arena *arena, const struct mu_policy *policy,
                                    uint32_t classification, const uint64_t *present,
                                    const char *privacy_mark)
{
    struct mu_label label = {
        .root = "originatorConfidentialityLabel",
        .policy = policy->name,
        .classification =
            classification != MU_NONE ? policy->classification[classification].name : NULL,
        .privacy_mark = privacy_mark,
        .category = mu_arena_array(arena, policy->tags + 1, sizeof *label.category),
    };
    for (size_t i = 0; i < policy->tags; i++)
        put_tag(arena, policy, &policy->tag[i], present, &label);
    return mu_label_canonical(arena, policy, &label);
}

/* One form for every label that means the same. */
#include <stdlib.h>

#include "base/text_safe.h"
#include "policy/names.h"
#include "policy/resolve.h"

/* A category on its way into the canonical label. */
struct entry {
    uint32_t set; /* MU_NONE: unknown, sorted by type, name and URI */
    enum mu_tag_type type;
    const char *type_name, *name, *uri, *key;
    struct mu_category *category;
};

struct text {
    const char *text, *key;
};

static int compare_text(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : strcmp(x->text, y->text);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static int compare_entry(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    int order = strcmp(x->type_name, y->type_name);
    if (order == 0)
        order = strcmp(x->key, y->key);
    return order != 0 ? order : strcmp(or_empty(x->uri), or_empty(y->uri));
}

/* NFC, white space collapsed; what is too long for a name is collapsed as XML does. NULL stays. */
static const char *plain(struct mu_arena *arena, const char *text)
{
    const char *key = text != NULL ? mu_key_text(arena, text, false) : "";
    return key[0] != '\0' ? key : mu_label_collapse(arena, text);
}

/* What equal texts have in common: folded only where the policy does. */
static const char *flat(struct mu_arena *arena, const struct mu_policy *policy, const char *text)
{
    const char *key = text != NULL ? mu_key_text(arena, text, policy->is.fold) : "";
    return key[0] != '\0' ? key : or_empty(mu_label_collapse(arena, text));
}

/* Sorted, each once: the first of several spellings. */
static size_t unique(struct text *text, size_t count, const char **out)
{
    size_t kept = 0;
    qsort(text, count, sizeof *text, compare_text);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(text[i - 1].key, text[i].key) != 0)
            out[kept++] = text[i].text;
    return kept;
}

static const char *value_name(struct mu_arena *arena, const struct mu_resolved *r,
                              const struct mu_resolved_value *v)
{
    if (v->value == MU_NONE || r->policy->value[v->value].input)
        return plain(arena, r->label->category[v->category].value[v->position]);
    return plain(arena, r->policy->value[v->value].name);
}

/* Put together by hand: every label that is compared has some. */
static const char *urn(struct mu_arena *arena, const char *oid)
{
    static const char prefix[] = "urn:oid:";
    size_t n = strlen(oid);
    char *text = mu_arena_alloc(arena, sizeof prefix + n);
    memcpy(text, prefix, sizeof prefix - 1);
    memcpy(text + sizeof prefix - 1, oid, n + 1);
    return text;
}

static struct entry entry_of(struct mu_arena *arena, const struct mu_resolved *r, uint32_t i)
{
    const struct mu_resolved_category *c = &r->category[i];
    struct mu_category *from = &r->label->category[i];
    bool known = c->type_fits && !c->contradiction;
    return (struct entry){
        .set = known ? c->set : MU_NONE,
        .type = c->type,
        .type_name = or_empty(mu_label_collapse(arena, from->type)),
        .name = plain(arena, known ? r->policy->set[c->set].name : from->tag_name),
        .uri = known ? urn(arena, r->policy->set[c->set].id) : mu_label_collapse(arena, from->uri),
        .key = known ? "" : flat(arena, r->policy, from->tag_name),
        .category = from,
    };
}

/* The values of a category from which they are known by their place in the label. */
static size_t add_values(struct mu_arena *arena, const struct mu_resolved *r,
                         const struct mu_category *category, struct text *text)
{
    const struct mu_resolved_category *c = &r->category[category - r->label->category];
    for (uint32_t k = 0; k < c->count; k++) {
        text[k].text = value_name(arena, r, &r->value[c->first + k]);
        text[k].key = flat(arena, r->policy, text[k].text);
    }
    return c->count;
}

/* The entries from `first` on that are one category: their values together. */
static size_t merge(struct mu_arena *arena, const struct mu_resolved *r, const struct entry *entry,
                    size_t count, struct mu_category *out)
{
    size_t n = 0, room = 0, values = 0;
    const char *name = entry[0].name;
    for (; n < count && compare_entry(&entry[0], &entry[n]) == 0; n++) {
        room += entry[n].category->values;
        if (strcmp(or_empty(entry[n].name), or_empty(name)) < 0)
            name = entry[n].name;
    }
    *out = (struct mu_category){ .type = entry[0].type_name,
                                 .tag_name = name,
                                 .uri = entry[0].uri,
                                 .value = mu_arena_array(arena, room + 1, sizeof *out->value) };
    if (entry[0].category->type == NULL)
        out->type = NULL;
    struct text *text = mu_arena_array(arena, room + 1, sizeof *text);
    for (size_t i = 0; i < n; i++)
        values += add_values(arena, r, entry[i].category, text + values);
    out->values = unique(text, values, out->value);
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

static void canonical_policy(struct mu_arena *arena, const struct mu_policy *policy,
                             struct mu_label *out)
{
    const char *oid = mu_policy_oid(out->policy_uri);
    if (mu_key_same(out->policy, policy->name, policy->is.fold))
        out->policy = plain(arena, policy->name);
    if (out->policy_uri == NULL || (oid != NULL && strcmp(oid, policy->id) == 0))
        out->policy_uri = urn(arena, policy->id);
    for (size_t i = 0; i < policy->privacy_marks; i++)
        if (mu_key_same(out->privacy_mark, policy->privacy_mark[i].name, policy->is.fold)) {
            out->privacy_mark = plain(arena, policy->privacy_mark[i].name);
            return;
        }
}

struct mu_label *mu_label_canonical(struct mu_arena *arena, const struct mu_policy *policy,
                                    const struct mu_label *label)
{
    struct mu_label *out = mu_new(arena, struct mu_label);
    struct mu_resolved r;
    mu_resolve(arena, policy != NULL ? policy : blank_policy(arena, label), label, &r);
    *out = *label;
    out->policy = plain(arena, label->policy);
    out->policy_uri = mu_label_collapse(arena, label->policy_uri);
    out->classification = plain(arena, label->classification);
    out->privacy_mark = plain(arena, label->privacy_mark);
    if (policy != NULL)
        canonical_policy(arena, policy, out);
    if (r.classification != MU_NONE)
        out->classification = plain(arena, r.policy->classification[r.classification].name);
    canonical_categories(arena, &r, out);
    return out;
}

/* --- comparing ------------------------------------------------------------------------------------------- */

/* Two canonical labels on their way. */
struct pair {
    struct mu_arena *arena;
    bool fold;
    const char **difference; /* NULL: nobody asks */
};

static const char *shown(struct mu_arena *arena, const char *text)
{
    return text == NULL ? "absent"
                        : mu_arena_printf(arena, "'%s'", mu_text_line(arena, mu_bytes_of(text)));
}

/* Texts longer than a name may be have no key, and are the same only as they are. */
static bool is_same(const struct pair *p, const char *what, const char *a, const char *b)
{
    if (a == b || (a != NULL && b != NULL && strcmp(a, b) == 0) || mu_key_same(a, b, p->fold))
        return true;
    if (p->difference != NULL)
        *p->difference =
            mu_arena_printf(p->arena, "%s: %s / %s", what, shown(p->arena, a), shown(p->arena, b));
    return false;
}

static bool is_same_category(const struct pair *p, const struct mu_category *a,
                             const struct mu_category *b)
{
    TRY(is_same(p, "category", a->tag_name, b->tag_name) && is_same(p, "type", a->type, b->type));
    TRY(is_same(p, "OID of the category", a->uri, b->uri));
    for (size_t i = 0; i < a->values || i < b->values; i++)
        TRY(is_same(p, "value", i < a->values ? a->value[i] : NULL,
                    i < b->values ? b->value[i] : NULL));
    return true;
}

static bool is_same_label(const struct pair *p, const struct mu_label *a, const struct mu_label *b)
{
    TRY(is_same(p, "policy", a->policy, b->policy));
    TRY(is_same(p, "OID of the policy", a->policy_uri, b->policy_uri));
    TRY(is_same(p, "classification", a->classification, b->classification));
    TRY(is_same(p, "privacy mark", a->privacy_mark, b->privacy_mark));
    for (size_t i = 0; i < a->categories && i < b->categories; i++)
        TRY(is_same_category(p, &a->category[i], &b->category[i]));
    size_t least = a->categories < b->categories ? a->categories : b->categories;
    return a->categories == b->categories
           || is_same(p, "category",
                      least < a->categories ? or_empty(a->category[least].tag_name) : NULL,
                      least < b->categories ? or_empty(b->category[least].tag_name) : NULL);
}

bool mu_label_equal(struct mu_arena *arena, const struct mu_policies *policies,
                    const struct mu_label *a, const struct mu_label *b, const char **difference)
{
    const struct mu_policy *policy = mu_policies_find(policies, a->policy, a->policy_uri);
    struct pair p = { arena, policy != NULL && policy->is.fold, difference };
    const struct mu_label *x = mu_label_canonical(arena, policy, a);
    const struct mu_label *y = mu_label_canonical(arena, policy, b);
    const char *words = "";
    if (policy != mu_policies_find(policies, b->policy, b->policy_uri)) {
        if (difference != NULL)
            *difference = mu_arena_printf(arena, "policy: %s / %s", shown(arena, a->policy),
                                          shown(arena, b->policy));
        return false;
    }
    if (is_same_label(&p, x, y))
        return true;
    /* Where the difference is one of words, it can be told better. */
    if (difference != NULL && !mu_label_same(arena, x, y, &words))
        *difference = words;
    return false;
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
                               .uri = urn(arena, p->set[tag->set].id),
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

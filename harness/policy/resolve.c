#include "policy/resolve.h"

#include "policy/names.h"

static size_t words_of(size_t bits)
{
    return bits / 64 + 1;
}

/* By the OID where that is known, by name otherwise: the same OID has had two names (NAT-14). Names
 * and OIDs that a policy gives to two sets are told apart by the other of the two. */
struct mu_set_found mu_resolve_set(const struct mu_policy *p, const struct mu_category *c)
{
    const char *oid = mu_policy_oid(c->uri);
    uint32_t by_name = c->tag_name != NULL ? mu_policy_set(p, c->tag_name) : MU_NONE;
    if (oid == NULL || (by_name != MU_NONE && strcmp(p->set[by_name].id, oid) == 0))
        return (struct mu_set_found){ .set = by_name };
    uint32_t by_id = mu_policy_set_id(p, oid);
    if (by_name == MU_NONE)
        return (struct mu_set_found){ .set = by_id, .renamed = by_id != MU_NONE };
    if (by_id != MU_NONE && mu_key_same(p->set[by_id].name, c->tag_name, p->is.fold))
        return (struct mu_set_found){ .set = by_id };
    /* An OID that is not known beside a name that is: the label means another set, or a wrong one. */
    return (struct mu_set_found){ .set = by_id != MU_NONE ? by_id : by_name,
                                  .contradiction = true };
}

static void resolve_set(const struct mu_policy *p, const struct mu_category *c,
                        struct mu_resolved_category *out)
{
    struct mu_set_found found = mu_resolve_set(p, c);
    out->set = found.set;
    out->renamed = found.renamed;
    out->contradiction = found.contradiction;
    out->type_known = c->type != NULL && mu_tag_type_from_name(c->type, &out->type);
    out->type_fits = out->type_known && out->set != MU_NONE && p->set[out->set].typed[out->type];
}

/* Is this the first time that the label has these words of a user's? */
static bool new_words(struct mu_arena *arena, struct mu_resolved *r,
                      const struct mu_resolved_category *c, const char *text)
{
    size_t room = 0;
    for (size_t i = 0; r->words == NULL && i < r->label->categories; i++)
        room += r->label->category[i].values;
    if (r->words == NULL)
        r->words = mu_names_new(arena, room);
    if (mu_words_have(r->words, c->set, c->type, text, r->policy->is.fold))
        return false;
    mu_words_add(r->words, c->set, c->type, text, r->policy->is.fold);
    return true;
}

static void resolve_value(struct mu_arena *arena, struct mu_resolved *r,
                          const struct mu_resolved_category *c, const char *name,
                          struct mu_resolved_value *out)
{
    if (!c->type_fits)
        return;
    out->value =
        mu_policy_value_for(r->policy, c->set, c->type, name, r->classification, &out->ambiguous);
    if (out->value == MU_NONE) /* userInput: any text stands for what takes the user's words */
        out->value = r->policy->set[c->set].input[c->type];
    if (out->value == MU_NONE)
        return;
    bool word = r->policy->value[out->value].input;
    out->repeated = word ? !new_words(arena, r, c, name) : mu_bit(r->present, out->value);
    if (c->type != MU_TAG_UNUSED && !out->repeated)
        r->held[c->type][c->set]++;
    mu_bit_set(r->present, out->value);
}

static void resolve_category(struct mu_arena *arena, struct mu_resolved *r, uint32_t i)
{
    const struct mu_category *from = &r->label->category[i];
    struct mu_resolved_category *c = &r->category[i];
    c->first = (uint32_t) r->values;
    c->count = (uint32_t) from->values;
    resolve_set(r->policy, from, c);
    if (c->type_fits && c->type != MU_TAG_UNUSED) {
        c->again = mu_bit(r->sets[c->type], c->set);
        mu_bit_set(r->sets[c->type], c->set);
    }
    r->doubt = r->doubt || !c->type_fits || c->contradiction;
    for (uint32_t k = 0; k < from->values; k++) {
        struct mu_resolved_value *v = &r->value[r->values++];
        *v = (struct mu_resolved_value){ .value = MU_NONE, .category = i, .position = k };
        resolve_value(arena, r, c, from->value[k], v);
        /* What is informative plays no part in a decision, so it cannot make one doubtful. */
        bool matters = !c->type_fits || c->type != MU_TAG_INFORMATIVE;
        r->doubt = r->doubt || (matters && (v->value == MU_NONE || v->ambiguous));
    }
}

void mu_resolve(struct mu_arena *arena, const struct mu_policy *policy,
                const struct mu_label *label, struct mu_resolved *r)
{
    size_t values = 0, sets = words_of(policy->sets), bits = words_of(policy->values) + 3 * sets;
    for (size_t i = 0; i < label->categories; i++)
        values += label->category[i].values;
    r->policy = policy;
    r->label = label;
    r->classification = mu_policy_classification(policy, label->classification);
    r->category = mu_arena_array(arena, label->categories + 1, sizeof *r->category);
    r->value = mu_arena_array(arena, values + 1, sizeof *r->value);
    r->values = 0;
    r->present = mu_arena_array(arena, bits + 3 * policy->sets, sizeof *r->present);
    uint32_t *held = (uint32_t *) (r->present + bits); /* behind the bits: one array is cheaper */
    for (size_t i = 0; i < MU_COUNT(r->sets); i++) {
        r->sets[i] = r->present + words_of(policy->values) + i * sets;
        r->held[i] = held + i * policy->sets;
    }
    r->words = NULL;
    /* The policy was found by one of name and OID: does the other speak of it, too? */
    r->named = mu_policy_is(policy, label->policy, label->policy_uri);
    r->doubt = r->classification == MU_NONE || !r->named;
    for (uint32_t i = 0; i < label->categories; i++)
        resolve_category(arena, r, i);
}

static uint32_t scope_of(uint32_t set, enum mu_tag_type type)
{
    return set * 4 + (uint32_t) type;
}

void mu_words_add(struct mu_names *words, uint32_t set, enum mu_tag_type type, const char *text,
                  bool fold)
{
    struct mu_key key;
    if (mu_key_make(&key, text, fold))
        mu_names_add(words, scope_of(set, type), &key, 0);
}

bool mu_words_have(const struct mu_names *words, uint32_t set, enum mu_tag_type type,
                   const char *text, bool fold)
{
    struct mu_key key;
    return mu_key_make(&key, text, fold)
           && mu_names_find(words, scope_of(set, type), &key) != UINT32_MAX;
}

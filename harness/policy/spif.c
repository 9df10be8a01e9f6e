/* Looking things up in a loaded policy. */
#include "policy/spif_load.h"

#include <stdio.h>

static const char *const type_name[] = {
    [MU_TAG_RESTRICTIVE] = "RESTRICTIVE",
    [MU_TAG_PERMISSIVE] = "PERMISSIVE",
    [MU_TAG_INFORMATIVE] = "INFORMATIVE",
    [MU_TAG_UNUSED] = "",
};

const char *mu_tag_type_name(enum mu_tag_type type)
{
    return type_name[type];
}

bool mu_tag_type_from_name(const char *name, enum mu_tag_type *type)
{
    for (size_t i = 0; i < MU_TAG_UNUSED; i++)
        if (type_name[i][0] == name[0] && strcmp(type_name[i], name) == 0) {
            *type = (enum mu_tag_type) i;
            return true;
        }
    return false;
}

static uint32_t find(const struct mu_policy *policy, uint32_t scope, const char *name, bool fold)
{
    return name != NULL ? mu_names_find_name(policy->names, scope, name, fold) : MU_NONE;
}

uint32_t mu_policy_classification(const struct mu_policy *policy, const char *name)
{
    return find(policy, MU_SCOPE_CLASS, name, policy->is.fold);
}

uint32_t mu_policy_classification_lacv(const struct mu_policy *policy, int64_t lacv)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long) lacv);
    return find(policy, MU_SCOPE_CLASS_LACV, text, false);
}

uint32_t mu_policy_set(const struct mu_policy *policy, const char *name)
{
    return find(policy, MU_SCOPE_SET, name, policy->is.fold);
}

uint32_t mu_policy_set_id(const struct mu_policy *policy, const char *id)
{
    return find(policy, MU_SCOPE_SET_ID, id, false);
}

uint32_t mu_policy_value(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                         const char *name)
{
    return find(policy, mu_scope_value(set, type, false), name, policy->is.fold);
}

uint32_t mu_policy_value_lacv(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                              const char *lacv)
{
    return find(policy, mu_scope_value(set, type, true), mu_spif_lacv(lacv), false);
}

uint32_t mu_policy_value_for(const struct mu_policy *policy, uint32_t set, enum mu_tag_type type,
                             const char *name, uint32_t classification, bool *ambiguous)
{
    uint32_t first = mu_policy_value(policy, set, type, name), chosen = MU_NONE;
    if (ambiguous != NULL)
        *ambiguous = false;
    if (first == MU_NONE || policy->value[first].same_name == MU_NONE)
        return first;
    for (uint32_t i = first; i != MU_NONE; i = policy->value[i].same_name) {
        if (classification != MU_NONE && mu_class_in(&policy->value[i].excluded, classification))
            continue;
        if (chosen == MU_NONE)
            chosen = i;
        else if (ambiguous != NULL)
            *ambiguous = true;
    }
    return chosen != MU_NONE ? chosen : first;
}

/* ITU-T X.660: three arcs at the top, at least one below. */
static bool is_oid(const char *text)
{
    if (text[0] < '0' || text[0] > '2' || text[1] != '.')
        return false;
    for (text++; *text == '.';) {
        size_t digits = strspn(++text, "0123456789");
        if (digits == 0)
            return false;
        text += digits;
    }
    return *text == '\0';
}

const char *mu_policy_oid(const char *uri)
{
    static const char prefix[] = "urn:oid:";
    if (uri == NULL
        || (strncmp(uri, prefix, sizeof prefix - 1) != 0
            && !mu_bytes_start_nocase(mu_bytes_of(uri), MU_BYTES("urn:oid:"))))
        return NULL;
    const char *oid = uri + sizeof prefix - 1;
    return is_oid(oid) ? oid : NULL;
}

bool mu_policy_is(const struct mu_policy *policy, const char *name, const char *uri)
{
    if (!mu_key_same(name, policy->name, policy->is.fold))
        return false;
    if (uri == NULL || (policy->uri != NULL && strcmp(uri, policy->uri) == 0))
        return true;
    const char *oid = mu_policy_oid(uri);
    return oid != NULL && strcmp(oid, policy->id) == 0;
}

const struct mu_policy *mu_policies_by_id(const struct mu_policies *all, const char *id)
{
    for (size_t i = 0; id != NULL && i < all->count; i++)
        if (strcmp(all->policy[i]->id, id) == 0)
            return all->policy[i];
    return NULL;
}

const struct mu_policy *mu_policies_find(const struct mu_policies *all, const char *name,
                                         const char *uri)
{
    const struct mu_policy *policy = mu_policies_by_id(all, mu_policy_oid(uri));
    for (size_t i = 0; policy == NULL && i < all->count; i++)
        if (mu_key_same(all->policy[i]->name, name, all->policy[i]->is.fold))
            policy = all->policy[i];
    return policy;
}

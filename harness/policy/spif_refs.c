/* The second pass over a SPIF: what refers to classifications, tag sets, values and other policies. */
#include "base/text_safe.h"
#include "policy/spif_load.h"

/* The values of a lacv, all of those that share it: their number, and they. One list for all who
 * refer to them, however many share a lacv. */
static const uint32_t *values_of(struct mu_spif_load *l, uint32_t first)
{
    const struct mu_value *value = l->policy->value;
    if (l->sharing[first] != NULL)
        return l->sharing[first];
    uint32_t count = 0, n = 1;
    for (uint32_t i = first; i != MU_NONE; i = value[i].same_lacv)
        count++;
    uint32_t *list = mu_arena_array(l->arena, (size_t) count + 1, sizeof *list);
    list[0] = count;
    for (uint32_t i = first; i != MU_NONE; i = value[i].same_lacv)
        list[n++] = i;
    l->sharing[first] = list;
    return list;
}

static bool read_ref(struct mu_spif_load *l, const xmlNode *node, struct mu_category_ref *ref)
{
    bool enumerated;
    *ref = (struct mu_category_ref){ .set = MU_NONE,
                                     .all = mu_spif_flag(l, node, "all"),
                                     .lacv = mu_xml_attribute(l->arena, node, "lacv"),
                                     .line = mu_xml_where(node).line };
    TRY(mu_spif_need(l, node, "tagSetRef", &ref->set_name));
    TRY(mu_spif_type(l, node, &ref->type, &enumerated));
    ref->set = mu_policy_set(l->policy, ref->set_name);
    if (ref->set == MU_NONE || ref->all || ref->lacv == NULL)
        return true;
    uint32_t first = mu_policy_value_lacv(l->policy, ref->set, ref->type, ref->lacv);
    if (first != MU_NONE) {
        const uint32_t *list = values_of(l, first);
        ref->values = list[0];
        ref->value = list + 1;
    }
    return true;
}

/* @operation is required in one copy of the schema and optional in another: absent is onlyOne. */
static bool read_operation(struct mu_spif_load *l, const xmlNode *node, enum mu_operation *out)
{
    static const char *const word[] = { "onlyOne", "oneOrMore", "all" };
    const char *text = mu_xml_attribute(l->arena, node, "operation");
    *out = MU_ONLY_ONE;
    for (size_t i = 0; text != NULL && i < MU_COUNT(word); i++)
        if (strcmp(word[i], text) == 0) {
            *out = (enum mu_operation) i;
            return true;
        }
    return text == NULL
           || mu_fail_where(l->err, mu_xml_where_attribute(node, "operation"), MU_ERR_PROFILE,
                            "unknown operation '%s'", mu_text_line(l->arena, mu_bytes_of(text)));
}

static bool read_required(struct mu_spif_load *l, const xmlNode *node, struct mu_required **list,
                          size_t *count)
{
    *list = mu_arena_array(l->arena, mu_spif_count(node, "requiredCategory") + 1, sizeof **list);
    *count = 0;
    for (xmlNode *e = mu_spif_first(node, "requiredCategory"); e != NULL;
         e = mu_spif_next(e, "requiredCategory")) {
        struct mu_required *r = &(*list)[(*count)++];
        TRY(read_operation(l, e, &r->operation));
        r->group =
            mu_arena_array(l->arena, mu_spif_count(e, "categoryGroup") + 1, sizeof *r->group);
        for (xmlNode *g = mu_spif_first(e, "categoryGroup"); g != NULL;
             g = mu_spif_next(g, "categoryGroup"))
            TRY(read_ref(l, g, &r->group[r->groups++]));
    }
    return true;
}

/* --- other policies ----------------------------------------------------------------------------------- */

static bool read_foreign(struct mu_spif_load *l, const xmlNode *node, const char *set,
                         struct mu_foreign_ref *ref)
{
    bool enumerated, by_id = strcmp(set, "tagSetId") == 0;
    const char *name;
    TRY(mu_spif_need(l, node, set, &name));
    *ref = (struct mu_foreign_ref){ .set_id = by_id ? name : NULL,
                                    .set_name = by_id ? NULL : name,
                                    .line = mu_xml_where(node).line };
    if (!mu_spif_flag(l, node, "all"))
        ref->lacv = mu_xml_attribute(l->arena, node, "lacv");
    return mu_spif_type(l, node, &ref->type, &enumerated);
}

static bool read_foreign_required(struct mu_spif_load *l, const xmlNode *node,
                                  struct mu_foreign_required **list, size_t *count)
{
    *list = mu_arena_array(l->arena, mu_spif_count(node, "requiredCategory") + 1, sizeof **list);
    *count = 0;
    for (xmlNode *e = mu_spif_first(node, "requiredCategory"); e != NULL;
         e = mu_spif_next(e, "requiredCategory")) {
        struct mu_foreign_required *r = &(*list)[(*count)++];
        TRY(read_operation(l, e, &r->operation));
        r->group =
            mu_arena_array(l->arena, mu_spif_count(e, "categoryGroup") + 1, sizeof *r->group);
        for (xmlNode *g = mu_spif_first(e, "categoryGroup"); g != NULL;
             g = mu_spif_next(g, "categoryGroup"))
            TRY(read_foreign(l, g, "tagSetRef", &r->group[r->groups++]));
    }
    return true;
}

static bool read_equivalents(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *list = mu_spif_first(root, "equivalentPolicies");
    p->equivalent = mu_arena_array(l->arena, mu_spif_count(list, "equivalentPolicy") + 1,
                                   sizeof *p->equivalent);
    for (xmlNode *e = mu_spif_first(list, "equivalentPolicy"); e != NULL;
         e = mu_spif_next(e, "equivalentPolicy")) {
        struct mu_equivalent_policy *q = &p->equivalent[p->equivalents++];
        TRY(mu_spif_need(l, e, "name", &q->name) && mu_spif_need(l, e, "id", &q->id));
        struct mu_key key;
        if (mu_key_make(&key, q->name, p->is.fold)) /* of two of one name, the first */
            mu_names_add(p->names, MU_SCOPE_POLICY, &key, (uint32_t) (q - p->equivalent));
        TRY(read_foreign_required(l, e, &q->required, &q->requireds));
    }
    return true;
}

static bool read_policy_ref(struct mu_spif_load *l, const xmlNode *node, uint32_t *out)
{
    const char *name;
    TRY(mu_spif_need(l, node, "policyRef", &name));
    struct mu_key key;
    *out = mu_key_make(&key, name, l->policy->is.fold)
               ? mu_names_find(l->policy->names, MU_SCOPE_POLICY, &key)
               : MU_NONE;
    return true;
}

static bool read_applied(struct mu_spif_load *l, const xmlNode *node, unsigned *out)
{
    static const char *const word[] = { "", "encrypt", "decrypt", "both" }; /* enum mu_applied */
    const char *text;
    TRY(mu_spif_need(l, node, "applied", &text));
    for (unsigned i = 1; i < MU_COUNT(word); i++)
        if (strcmp(word[i], text) == 0) {
            *out = i;
            return true;
        }
    return mu_fail_where(l->err, mu_xml_where_attribute(node, "applied"), MU_ERR_PROFILE,
                         "'%s' is none of encrypt, decrypt, both",
                         mu_text_line(l->arena, mu_bytes_of(text)));
}

/* --- each kind of entry --------------------------------------------------------------------------------- */

static bool refer_class(struct mu_spif_load *l, const xmlNode *node, struct mu_classification *c)
{
    c->map = mu_arena_array(l->arena, mu_spif_count(node, "equivalentClassification") + 1,
                            sizeof *c->map);
    for (xmlNode *e = mu_spif_first(node, "equivalentClassification"); e != NULL;
         e = mu_spif_next(e, "equivalentClassification")) {
        struct mu_class_map *map = &c->map[c->maps++];
        map->line = mu_xml_where(e).line;
        TRY(read_policy_ref(l, e, &map->policy) && read_applied(l, e, &map->applied));
        TRY(mu_spif_number(l, e, "lacv", INT64_MIN, &map->lacv));
        TRY(read_foreign_required(l, e, &map->required, &map->requireds));
    }
    return read_required(l, node, &c->required, &c->requireds);
}

/* A classification that is unknown excludes nothing and is never met; SPF-05 tells of it. */
static void read_classes(struct mu_spif_load *l, const xmlNode *node, struct mu_value *v)
{
    for (xmlNode *e = mu_spif_first(node, "excludedClass"); e != NULL;
         e = mu_spif_next(e, "excludedClass")) {
        uint32_t class = mu_policy_classification(l->policy, mu_xml_text(l->arena, e).p);
        v->excludes = true;
        if (class != MU_NONE)
            v->excluded.bit[class / 64] |= (uint64_t) 1 << class % 64;
    }
}

static bool read_value_maps(struct mu_spif_load *l, const xmlNode *node, struct mu_value *v)
{
    v->map = mu_arena_array(l->arena, mu_spif_count(node, "equivalentSecCategoryTag") + 1,
                            sizeof *v->map);
    for (xmlNode *e = mu_spif_first(node, "equivalentSecCategoryTag"); e != NULL;
         e = mu_spif_next(e, "equivalentSecCategoryTag")) {
        struct mu_category_map *map = &v->map[v->maps++];
        const char *action = mu_xml_attribute(l->arena, e, "action");
        map->discard = action != NULL && strcmp(action, "discard") == 0;
        TRY(read_policy_ref(l, e, &map->policy) && read_applied(l, e, &map->applied));
        TRY(read_foreign(l, e, "tagSetId", &map->to));
    }
    return true;
}

static bool refer_value(struct mu_spif_load *l, const xmlNode *node, struct mu_value *v)
{
    const char *class = mu_xml_attribute(l->arena, node, "requiredClass");
    read_classes(l, node, v);
    if (class != NULL)
        v->required_class = mu_policy_classification(l->policy, class);
    v->required_unknown = class != NULL && v->required_class == MU_NONE;
    v->exclusion =
        mu_arena_array(l->arena, mu_spif_count(node, "excludedCategory") + 1, sizeof *v->exclusion);
    for (xmlNode *e = mu_spif_first(node, "excludedCategory"); e != NULL;
         e = mu_spif_next(e, "excludedCategory"))
        TRY(read_ref(l, e, &v->exclusion[v->exclusions++]));
    TRY(read_required(l, node, &v->required, &v->requireds));
    v->demands = v->obsolete || v->excludes || class != NULL || v->requireds > 0
                 || v->exclusions > 0 || v->not_before != INT64_MIN || v->not_after != INT64_MAX;
    return read_value_maps(l, node, v);
}

static bool refer_set(struct mu_spif_load *l, const xmlNode *node, struct mu_tag_set *set)
{
    set->map = mu_arena_array(l->arena, mu_spif_count(node, "equivalentSecurityCategoryTagSet") + 1,
                              sizeof *set->map);
    for (xmlNode *e = mu_spif_first(node, "equivalentSecurityCategoryTagSet"); e != NULL;
         e = mu_spif_next(e, "equivalentSecurityCategoryTagSet")) {
        struct mu_set_map *map = &set->map[set->maps++];
        map->name = mu_xml_attribute(l->arena, e, "name");
        map->id = mu_xml_attribute(l->arena, e, "id");
        TRY(read_policy_ref(l, e, &map->policy));
        TRY(read_foreign_required(l, e, &map->required, &map->requireds));
    }
    return true;
}

/* The elements come in the order in which the first pass numbered them. */
bool mu_spif_refer(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    size_t class = 0, set = 0, value = 0;
    TRY(read_equivalents(l, root));
    const xmlNode *list = mu_spif_first(root, "securityClassifications");
    for (xmlNode *e = mu_spif_first(list, "securityClassification"); e != NULL;
         e = mu_spif_next(e, "securityClassification"))
        TRY(refer_class(l, e, &p->classification[class ++]));
    list = mu_spif_first(root, "securityCategoryTagSets");
    for (xmlNode *s = mu_spif_first(list, "securityCategoryTagSet"); s != NULL;
         s = mu_spif_next(s, "securityCategoryTagSet")) {
        TRY(refer_set(l, s, &p->set[set++]));
        for (xmlNode *t = mu_spif_first(s, "securityCategoryTag"); t != NULL;
             t = mu_spif_next(t, "securityCategoryTag"))
            for (xmlNode *v = mu_spif_first(t, "tagCategory"); v != NULL;
                 v = mu_spif_next(v, "tagCategory"))
                TRY(refer_value(l, v, &p->value[value++]));
    }
    return true;
}

/* From the tree of a SPIF to struct mu_policy: names, numbers, tags and values. */
#include "policy/spif_load.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "format/datetime.h"

#define XMLSPIF_SLIP "http://www.xmslpif.org/spif" /* a slip of the pen that is met in the field */

size_t mu_spif_count(const xmlNode *node, const char *name)
{
    size_t n = 0;
    for (const xmlNode *e = mu_spif_first(node, name); e != NULL; e = mu_spif_next(e, name))
        n++;
    return n;
}

bool mu_spif_need(struct mu_spif_load *l, const xmlNode *node, const char *name, const char **out)
{
    const char *value = mu_xml_attribute(l->arena, node, name);
    if (value == NULL)
        return mu_fail_where(l->err, mu_xml_where(node), MU_ERR_PROFILE,
                             "element '%s' has no attribute '%s'", node->name, name);
    *out = value;
    return true;
}

bool mu_spif_number(struct mu_spif_load *l, const xmlNode *node, const char *name, int64_t absent,
                    int64_t *out)
{
    const char *text = mu_xml_attribute(l->arena, node, name);
    if (text == NULL && absent != INT64_MIN) {
        *out = absent;
        return true;
    }
    TRY(mu_spif_need(l, node, name, &text));
    const char *trimmed = mu_label_collapse(l->arena, text);
    char *end;
    long long value = strtoll(trimmed, &end, 10);
    size_t sign = *trimmed == '-' || *trimmed == '+', most = 18; /* digits that surely fit */
    if (*trimmed == '\0' || *end != '\0' || strlen(trimmed) > sign + most)
        return mu_fail_where(l->err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                             "'%s' of '%s' is no number: '%s'", name, node->name,
                             mu_text_line(l->arena, mu_bytes_of(text)));
    *out = value;
    return true;
}

bool mu_spif_flag(struct mu_spif_load *l, const xmlNode *node, const char *name)
{
    const char *text = mu_label_collapse(l->arena, mu_xml_attribute(l->arena, node, name));
    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

bool mu_spif_type(struct mu_spif_load *l, const xmlNode *node, enum mu_tag_type *type,
                  bool *enumerated)
{
    static const struct {
        const char *tag, *sort;
        enum mu_tag_type type;
    } row[] = {
        { "restrictive", NULL, MU_TAG_RESTRICTIVE },
        { "permissive", NULL, MU_TAG_PERMISSIVE },
        { "enumerated", "restrictive", MU_TAG_RESTRICTIVE },
        { "enumerated", "permissive", MU_TAG_PERMISSIVE },
        { "enumerated", NULL, MU_TAG_RESTRICTIVE },
        { "tagType7", NULL, MU_TAG_INFORMATIVE },
        { "notApplicable", NULL, MU_TAG_UNUSED },
    };
    const char *tag, *sort = mu_xml_attribute(l->arena, node, "enumType");
    const char *encoding = mu_xml_attribute(l->arena, node, "tag7Encoding");
    TRY(mu_spif_need(l, node, "tagType", &tag));
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].tag, tag) == 0
            && (row[i].sort == NULL || (sort != NULL && strcmp(row[i].sort, sort) == 0))) {
            *type = row[i].type;
            *enumerated = strcmp(tag, "enumerated") == 0
                          || (row[i].type == MU_TAG_INFORMATIVE && encoding != NULL
                              && strcmp(encoding, "securityAttributes") == 0);
            return true;
        }
    return mu_fail_where(l->err, mu_xml_where_attribute(node, "tagType"), MU_ERR_PROFILE,
                         "unknown tag type '%s'", mu_text_line(l->arena, mu_bytes_of(tag)));
}

const char *mu_spif_lacv(const char *text)
{
    const char *p = text + strspn(text, " \t\r\n");
    size_t n = strspn(p, "0123456789");
    if (n == 0 || p[n + strspn(p + n, " \t\r\n")] != '\0')
        return text;
    while (*p == '0' && n-- > 1)
        p++;
    return p;
}

/* --- names ------------------------------------------------------------------------------------------ */

/* Add under `name`; the number that stood there already, MU_NONE when it is new. */
static uint32_t add_name(struct mu_spif_load *l, uint32_t scope, const char *name, bool fold,
                         uint32_t number)
{
    return mu_names_add_name(l->policy->names, scope, name, fold, number);
}

/* A value of a name or lacv that is there already goes to the end of its chain. */
static void chain(struct mu_spif_load *l, uint32_t first, uint32_t added, bool lacv)
{
    if (first == MU_NONE)
        return;
    if (!lacv)
        l->policy->value[added].head = first;
    uint32_t *last = &l->last[lacv][first];
    struct mu_value *before = &l->policy->value[*last > 0 ? *last : first];
    *(lacv ? &before->same_lacv : &before->same_name) = added;
    *last = added;
}

/* --- classifications -------------------------------------------------------------------------------- */

static bool read_classification(struct mu_spif_load *l, const xmlNode *node,
                                struct mu_classification *c)
{
    TRY(mu_spif_need(l, node, "name", &c->name));
    TRY(mu_spif_number(l, node, "lacv", INT64_MIN, &c->lacv));
    TRY(mu_spif_number(l, node, "hierarchy", INT64_MIN, &c->hierarchy));
    c->color = mu_xml_attribute(l->arena, node, "color");
    c->obsolete = mu_spif_flag(l, node, "obsolete");
    c->line = mu_xml_where(node).line;
    return mu_spif_markings(l, node, &c->markings);
}

static bool read_classifications(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *list = mu_spif_first(root, "securityClassifications");
    size_t count = mu_spif_count(list, "securityClassification");
    if (count == 0)
        return mu_fail_where(l->err, mu_xml_where(list != NULL ? list : root), MU_ERR_PROFILE,
                             "the policy has no classification");
    p->classification = mu_arena_array(l->arena, count, sizeof *p->classification);
    const xmlNode *e = mu_spif_first(list, "securityClassification");
    for (; e != NULL; e = mu_spif_next(e, "securityClassification")) {
        uint32_t i = (uint32_t) p->classifications++;
        struct mu_classification *c = &p->classification[i];
        TRY(read_classification(l, e, c));
        add_name(l, MU_SCOPE_CLASS, c->name, p->is.fold, i);
        add_name(l, MU_SCOPE_CLASS_LACV, mu_arena_printf(l->arena, "%lld", (long long) c->lacv),
                 false, i);
    }
    return mu_spif_markings(l, list, &p->class_markings);
}

/* --- tag sets, tags, values -------------------------------------------------------------------------- */

static bool read_window(struct mu_spif_load *l, const xmlNode *node, const char *name,
                        int64_t absent, int64_t *out)
{
    const char *text = mu_xml_attribute(l->arena, node, name);
    struct mu_instant t;
    *out = absent;
    if (text == NULL)
        return true;
    if (!mu_datetime_read(mu_bytes_of(text), &t))
        return mu_fail_where(l->err, mu_xml_where_attribute(node, name), MU_ERR_PROFILE,
                             "'%s' is no date and time: '%s'", name,
                             mu_text_line(l->arena, mu_bytes_of(text)));
    *out = t.seconds;
    return true;
}

static bool read_value(struct mu_spif_load *l, const xmlNode *node, uint32_t tag)
{
    struct mu_policy *p = l->policy;
    uint32_t i = (uint32_t) p->values++, set = p->tag[tag].set;
    enum mu_tag_type type = p->tag[tag].type;
    struct mu_value *v = &p->value[i];
    *v = (struct mu_value){ .tag = tag,
                            .set = set,
                            .head = i,
                            .same_name = MU_NONE,
                            .same_lacv = MU_NONE,
                            .required_class = MU_NONE,
                            .line = mu_xml_where(node).line };
    TRY(mu_spif_need(l, node, "name", &v->name));
    TRY(mu_spif_need(l, node, "lacv", &v->lacv));
    v->obsolete = mu_spif_flag(l, node, "obsolete");
    v->input = mu_xml_attribute(l->arena, node, "userInput") != NULL;
    TRY(read_window(l, node, "notBefore", INT64_MIN, &v->not_before));
    TRY(read_window(l, node, "notAfter", INT64_MAX, &v->not_after));
    uint32_t twin = add_name(l, mu_scope_value(set, type, false), v->name, p->is.fold, i);
    chain(l, twin, i, false);
    chain(l, add_name(l, mu_scope_value(set, type, true), mu_spif_lacv(v->lacv), false, i), i,
          true);
    p->set[set].values[type]++;
    p->set[set].names[type] += twin == MU_NONE;
    if (v->input && p->set[set].input[type] == MU_NONE)
        p->set[set].input[type] = i;
    return mu_spif_markings(l, node, &v->markings);
}

/* "unbounded" and what is absent is `absent`. */
static bool read_selection(struct mu_spif_load *l, const xmlNode *node, const char *name,
                           uint32_t absent, uint32_t *out)
{
    const char *text = mu_xml_attribute(l->arena, node, name);
    int64_t value = absent;
    if (text != NULL && strcmp(text, "unbounded") != 0)
        TRY(mu_spif_number(l, node, name, absent, &value));
    *out = value < 0 ? 0 : value > UINT32_MAX ? UINT32_MAX : (uint32_t) value;
    return true;
}

static bool read_tag(struct mu_spif_load *l, const xmlNode *node, uint32_t set)
{
    struct mu_policy *p = l->policy;
    uint32_t i = (uint32_t) p->tags++;
    struct mu_tag *tag = &p->tag[i];
    const char *name = mu_xml_attribute(l->arena, node, "name");
    *tag = (struct mu_tag){ .name = name != NULL ? name : "",
                            .set = set,
                            .first = (uint32_t) p->values,
                            .line = mu_xml_where(node).line };
    TRY(mu_spif_type(l, node, &tag->type, &tag->enumerated));
    p->set[set].typed[tag->type] = true;
    TRY(read_selection(l, node, "minSelection", 0, &tag->least));
    TRY(read_selection(l, node, "maxSelection", UINT32_MAX, &tag->most));
    if (mu_spif_flag(l, node, "singleSelection"))
        tag->most = 1;
    for (xmlNode *e = mu_spif_first(node, "tagCategory"); e != NULL;
         e = mu_spif_next(e, "tagCategory"))
        TRY(read_value(l, e, i));
    tag->count = (uint32_t) p->values - tag->first;
    return mu_spif_markings(l, node, &tag->markings);
}

static bool read_set(struct mu_spif_load *l, const xmlNode *node)
{
    struct mu_policy *p = l->policy;
    uint32_t i = (uint32_t) p->sets++;
    struct mu_tag_set *set = &p->set[i];
    set->first = (uint32_t) p->tags;
    for (size_t t = 0; t < MU_COUNT(set->input); t++)
        set->input[t] = MU_NONE;
    set->line = mu_xml_where(node).line;
    TRY(mu_spif_need(l, node, "name", &set->name));
    TRY(mu_spif_need(l, node, "id", &set->id));
    add_name(l, MU_SCOPE_SET, set->name, p->is.fold, i);
    add_name(l, MU_SCOPE_SET_ID, set->id, false, i);
    for (xmlNode *e = mu_spif_first(node, "securityCategoryTag"); e != NULL;
         e = mu_spif_next(e, "securityCategoryTag"))
        TRY(read_tag(l, e, i));
    set->count = (uint32_t) p->tags - set->first;
    return true;
}

static bool count_sets(struct mu_spif_load *l, const xmlNode *list, size_t *sets, size_t *tags,
                       size_t *values)
{
    const xmlNode *set = mu_spif_first(list, "securityCategoryTagSet");
    for (; set != NULL; set = mu_spif_next(set, "securityCategoryTagSet")) {
        *sets += 1;
        const xmlNode *tag = mu_spif_first(set, "securityCategoryTag");
        for (; tag != NULL; tag = mu_spif_next(tag, "securityCategoryTag")) {
            *tags += 1;
            *values += mu_spif_count(tag, "tagCategory");
        }
    }
    if (*values > MU_POLICY_VALUES_MAX)
        return mu_fail_where(l->err, mu_xml_where(list), MU_ERR_LIMIT, "more than %d categories",
                             MU_POLICY_VALUES_MAX);
    if (*tags > MU_POLICY_TAGS_MAX || *sets > MU_POLICY_TAGS_MAX)
        return mu_fail_where(l->err, mu_xml_where(list), MU_ERR_LIMIT, "more than %d %s",
                             MU_POLICY_TAGS_MAX, *tags > MU_POLICY_TAGS_MAX ? "tags" : "tag sets");
    return true;
}

/* Before anything else is looked at: what passes a limit is for nobody to judge. */
static bool check_limits(struct mu_spif_load *l, const xmlNode *root)
{
    static const struct {
        const char *list, *entry, *many;
        size_t most;
    } row[] = {
        { "securityClassifications", "securityClassification", "classifications", MU_CLASSES_MAX },
        { "equivalentPolicies", "equivalentPolicy", "equivalent policies",
          MU_POLICY_EQUIVALENTS_MAX },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const xmlNode *list = mu_spif_first(root, row[i].list);
        if (mu_spif_count(list, row[i].entry) > row[i].most)
            return mu_fail_where(l->err, mu_xml_where(list), MU_ERR_LIMIT, "more than %zu %s",
                                 row[i].most, row[i].many);
    }
    return true;
}

static bool read_sets(struct mu_spif_load *l, const xmlNode *list)
{
    for (xmlNode *e = mu_spif_first(list, "securityCategoryTagSet"); e != NULL;
         e = mu_spif_next(e, "securityCategoryTagSet"))
        TRY(read_set(l, e));
    return true;
}

/* --- the rest ---------------------------------------------------------------------------------------- */

static bool read_privacy_marks(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *list = mu_spif_first(root, "privacyMarks");
    p->privacy_mark =
        mu_arena_array(l->arena, mu_spif_count(list, "privacyMark") + 1, sizeof *p->privacy_mark);
    for (xmlNode *e = mu_spif_first(list, "privacyMark"); e != NULL;
         e = mu_spif_next(e, "privacyMark")) {
        struct mu_privacy_mark *mark = &p->privacy_mark[p->privacy_marks++];
        TRY(mu_spif_need(l, e, "name", &mark->name));
        mark->obsolete = mu_spif_flag(l, e, "obsolete");
        TRY(mu_spif_markings(l, e, &mark->markings));
    }
    return list == NULL || mu_spif_markings(l, list, &p->privacy_markings);
}

#define SPIF_EXTENSIONS_NS "urn:nato:stanag:4774:spif:extensions:1:0"

/* ADatP-4774.1 Figure 2 qualifies the attributes with the SPIF's namespace, real files with the
 * extension's own: both are read, and plain ones. */
static const char *membership_name(struct mu_spif_load *l, const xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        if (strcmp((const char *) a->name, "name") == 0)
            return mu_xml_text(l->arena, (const xmlNode *) a).p;
    return "";
}

static void read_membership(struct mu_spif_load *l, const xmlNode *node, struct mu_membership *m)
{
    size_t count = 0;
    const xmlNode *e = mu_xml_child(node, SPIF_EXTENSIONS_NS, "member");
    for (; e != NULL; e = mu_xml_next(e, SPIF_EXTENSIONS_NS, "member"))
        count++;
    m->name = membership_name(l, node);
    m->member = mu_arena_array(l->arena, count + 1, sizeof *m->member);
    for (e = mu_xml_child(node, SPIF_EXTENSIONS_NS, "member"); e != NULL;
         e = mu_xml_next(e, SPIF_EXTENSIONS_NS, "member"))
        m->member[m->members++] = membership_name(l, e);
}

static void read_memberships(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *extensions = mu_spif_first(root, "extensions"), *e;
    const xmlNode *list =
        extensions != NULL ? mu_xml_child(extensions, SPIF_EXTENSIONS_NS, "memberships") : NULL;
    if (list == NULL)
        return;
    size_t count = 0;
    for (e = mu_xml_child(list, SPIF_EXTENSIONS_NS, "membership"); e != NULL;
         e = mu_xml_next(e, SPIF_EXTENSIONS_NS, "membership"))
        count++;
    p->membership = mu_arena_array(l->arena, count + 1, sizeof *p->membership);
    for (e = mu_xml_child(list, SPIF_EXTENSIONS_NS, "membership"); e != NULL;
         e = mu_xml_next(e, SPIF_EXTENSIONS_NS, "membership"))
        read_membership(l, e, &p->membership[p->memberships++]);
}

/* --- conventions -------------------------------------------------------------------------------------- */

struct known {
    const char *id, *context, *release, *only, *designators, *administrative;
    bool nato, unmarked;
};

/* ADatP-4774 Appendix 2: the two policies whose prose is known. */
static const struct known known[] = {
    { "1.3.26.1.3.1", "1.3.26.1.4.4", "1.3.26.1.4.2", "1.3.26.1.4.5", "1.3.26.1.4.1",
      "1.3.26.1.4.3", true, false },
    { "1.3.6.1.4.1.31778.12.2.1", NULL, NULL, NULL, NULL, NULL, false, true },
};

static const struct known *known_policy(const char *id)
{
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strcmp(known[i].id, id) == 0)
            return &known[i];
    return NULL;
}

static const xmlNode *conventions(const xmlNode *root)
{
    const xmlNode *extensions = mu_spif_first(root, "extensions");
    return extensions != NULL ? mu_xml_child(extensions, MU_POLICY_NS, "conventions") : NULL;
}

/* Known before any name is added. */
static bool read_case(struct mu_spif_load *l, const xmlNode *root)
{
    const xmlNode *node = conventions(root);
    const char *word = node != NULL ? mu_xml_attribute(l->arena, node, "case") : NULL;
    l->policy->is.fold = l->how != MU_CASE_OF_POLICY ? l->how == MU_CASE_INSENSITIVE
                                                     : known_policy(l->policy->id) != NULL;
    if (word == NULL || l->how != MU_CASE_OF_POLICY)
        return true;
    l->policy->is.fold = strcmp(word, "insensitive") == 0;
    if (l->policy->is.fold || strcmp(word, "sensitive") == 0)
        return true;
    return mu_fail_where(l->err, mu_xml_where_attribute(node, "case"), MU_ERR_PROFILE,
                         "'%s' is neither 'insensitive' nor 'sensitive'",
                         mu_text_line(l->arena, mu_bytes_of(word)));
}

static uint32_t set_by_id(const struct mu_policy *p, const char *id)
{
    return id != NULL ? mu_policy_set_id(p, id) : MU_NONE;
}

static const xmlNode *first_alias(const xmlNode *root)
{
    const xmlNode *extensions = mu_spif_first(root, "extensions");
    return extensions != NULL ? mu_xml_child(extensions, MU_POLICY_NS, "alias") : NULL;
}

static bool read_aliases(struct mu_spif_load *l, const xmlNode *root)
{
    for (const xmlNode *e = first_alias(root); e != NULL;
         e = mu_xml_next(e, MU_POLICY_NS, "alias")) {
        const char *of, *name;
        TRY(mu_spif_need(l, e, "classification", &of) && mu_spif_need(l, e, "name", &name));
        uint32_t class = mu_policy_classification(l->policy, of);
        if (class == MU_NONE)
            return mu_fail_where(l->err, mu_xml_where_attribute(e, "classification"),
                                 MU_ERR_PROFILE, "unknown classification '%s'",
                                 mu_text_line(l->arena, mu_bytes_of(of)));
        uint32_t taken = add_name(l, MU_SCOPE_CLASS, name, l->policy->is.fold, class);
        if (taken != MU_NONE && taken != class)
            return mu_fail_where(l->err, mu_xml_where_attribute(e, "name"), MU_ERR_PROFILE,
                                 "'%s' is the name of another classification",
                                 mu_text_line(l->arena, mu_bytes_of(name)));
    }
    return true;
}

static bool read_conventions(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_conventions *is = &l->policy->is;
    const struct known *row = known_policy(l->policy->id);
    const struct {
        const char *attribute, *id;
        uint32_t *set;
    } named[] = {
        { "context", row != NULL ? row->context : NULL, &is->context },
        { "release", row != NULL ? row->release : NULL, &is->release },
        { "only", row != NULL ? row->only : NULL, &is->only },
        { "designators", row != NULL ? row->designators : NULL, &is->designators },
        { "administrative", row != NULL ? row->administrative : NULL, &is->administrative },
    };
    const xmlNode *node = conventions(root);
    is->nato = (row != NULL && row->nato) || (node != NULL && mu_spif_flag(l, node, "nato"));
    is->document = node != NULL && mu_spif_flag(l, node, "document");
    is->unmarked =
        (row != NULL && row->unmarked) || (node != NULL && mu_spif_flag(l, node, "unmarked"));
    for (size_t i = 0; i < MU_COUNT(named); i++) {
        const char *name =
            node != NULL ? mu_xml_attribute(l->arena, node, named[i].attribute) : NULL;
        *named[i].set =
            name != NULL ? mu_policy_set(l->policy, name) : set_by_id(l->policy, named[i].id);
        if (name != NULL && *named[i].set == MU_NONE)
            return mu_fail_where(l->err, mu_xml_where_attribute(node, named[i].attribute),
                                 MU_ERR_PROFILE, "unknown tag set '%s'",
                                 mu_text_line(l->arena, mu_bytes_of(name)));
    }
    return read_aliases(l, root);
}

static bool count_aliases(struct mu_spif_load *l, const xmlNode *root, size_t *aliases)
{
    for (const xmlNode *e = first_alias(root); e != NULL; e = mu_xml_next(e, MU_POLICY_NS, "alias"))
        if (++*aliases > MU_POLICY_ALIASES_MAX)
            return mu_fail_where(l->err, mu_xml_where(e), MU_ERR_LIMIT, "more than %d aliases",
                                 MU_POLICY_ALIASES_MAX);
    return true;
}

/* --- the whole ----------------------------------------------------------------------------------------- */

bool mu_policy_version_known(const char *schema_version)
{
    static const char *const known_version[] = { "1.0", "2.0", "2.1" };
    for (size_t i = 0; i < MU_COUNT(known_version); i++)
        if (strcmp(known_version[i], schema_version) == 0)
            return true;
    return false;
}

static bool check_root(struct mu_spif_load *l, const xmlNode *root)
{
    const char *ns = root->ns != NULL ? (const char *) root->ns->href : "";
    if (strcmp((const char *) root->name, "SPIF") != 0 || strcmp(ns, MU_SPIF_NS) != 0)
        return mu_fail_where(l->err, mu_xml_where(root), MU_ERR_PROFILE,
                             "the root is no SPIF of namespace '%s'%s", MU_SPIF_NS,
                             strcmp(ns, XMLSPIF_SLIP) == 0 ? ", its namespace is misspelt" : "");
    TRY(mu_spif_need(l, root, "schemaVersion", &l->policy->schema_version));
    if (mu_policy_version_known(l->policy->schema_version))
        return true;
    return mu_fail_where(l->err, mu_xml_where_attribute(root, "schemaVersion"), MU_ERR_PROFILE,
                         "unsupported version %s of the SPIF schema; 1.0, 2.0 and 2.1 are known",
                         mu_text_line(l->arena, mu_bytes_of(l->policy->schema_version)));
}

static bool read_head(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *id = mu_spif_first(root, "securityPolicyId");
    const xmlNode *other = mu_spif_first(root, "defaultSecurityPolicyId");
    if (id == NULL)
        return mu_fail_where(l->err, mu_xml_where(root), MU_ERR_PROFILE,
                             "the policy has no securityPolicyId");
    TRY(mu_spif_need(l, id, "name", &p->name) && mu_spif_need(l, id, "id", &p->id));
    const char *uri = mu_arena_printf(l->arena, "urn:oid:%s", p->id);
    p->uri = mu_policy_oid(uri) != NULL ? uri : NULL;
    p->default_name = other != NULL ? mu_xml_attribute(l->arena, other, "name") : NULL;
    p->default_id = other != NULL ? mu_xml_attribute(l->arena, other, "id") : NULL;
    const char *version = mu_xml_attribute(l->arena, root, "version");
    p->version = version != NULL ? version : "1";
    p->created = mu_xml_attribute(l->arena, root, "creationDate");
    p->originator = mu_xml_attribute(l->arena, root, "originatorDN");
    if (p->created == NULL || !mu_gentime_read(mu_bytes_of(p->created), &p->created_at))
        p->created_at = INT64_MIN;
    TRY(read_window(l, root, "notBefore", INT64_MIN, &p->not_before));
    TRY(read_window(l, root, "notAfter", INT64_MAX, &p->not_after));
    TRY(mu_spif_markings(l, id, &p->id_markings));
    TRY(read_case(l, root));
    return mu_spif_markings(l, root, &p->markings);
}

static bool load(struct mu_spif_load *l, const xmlNode *root)
{
    struct mu_policy *p = l->policy;
    const xmlNode *list = mu_spif_first(root, "securityCategoryTagSets");
    size_t sets = 0, tags = 0, values = 0, aliases = 0;
    TRY(check_root(l, root) && check_limits(l, root));
    TRY(count_sets(l, list, &sets, &tags, &values) && count_aliases(l, root, &aliases));
    TRY(read_head(l, root));
    p->set = mu_arena_array(l->arena, sets + 1, sizeof *p->set);
    p->tag = mu_arena_array(l->arena, tags + 1, sizeof *p->tag);
    p->value = mu_arena_array(l->arena, values + 1, sizeof *p->value);
    for (size_t i = 0; i < MU_COUNT(l->last); i++)
        l->last[i] = mu_arena_array(l->arena, values + 1, sizeof *l->last[i]);
    l->sharing = mu_arena_array(l->arena, values + 1, sizeof *l->sharing);
    size_t others = mu_spif_count(mu_spif_first(root, "equivalentPolicies"), "equivalentPolicy");
    size_t classes =
        mu_spif_count(mu_spif_first(root, "securityClassifications"), "securityClassification");
    /* All of them have two names, one of which is a number or OID, and each takes two places. */
    p->names = mu_names_new(l->arena, 4 * (classes + sets + values) + 2 * aliases + others);
    TRY(read_classifications(l, root) && read_sets(l, list) && read_privacy_marks(l, root));
    read_memberships(l, root);
    return read_conventions(l, root) && mu_spif_refer(l, root);
}

bool mu_policy_load_case(struct mu_arena *arena, struct mu_bytes text, const char *name,
                         enum mu_policy_case how, struct mu_policy **policy, struct mu_err *err)
{
    struct mu_spif_load l = {
        .arena = arena, .policy = mu_new(arena, struct mu_policy), .how = how, .err = err
    };
    TRY(mu_xml_load_bytes(arena, text, name, &l.policy->doc, err));
    l.policy->path = mu_arena_strndup(arena, name, strlen(name));
    mu_digest_text(text, l.policy->digest);
    TRY(load(&l, xmlDocGetRootElement(l.policy->doc)));
    *policy = l.policy;
    return true;
}

bool mu_policy_load_bytes(struct mu_arena *arena, struct mu_bytes text, const char *name,
                          struct mu_policy **policy, struct mu_err *err)
{
    return mu_policy_load_case(arena, text, name, MU_CASE_OF_POLICY, policy, err);
}

bool mu_policy_load(struct mu_arena *arena, const char *path, struct mu_policy **policy,
                    struct mu_err *err)
{
    struct mu_bytes text;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    return mu_policy_load_bytes(arena, text, path, policy, err);
}

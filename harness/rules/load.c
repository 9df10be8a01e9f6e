#include <assert.h>

#include "base/names.h"
#include "rules/engine.h"

/* "SIO-09": letters, digits, - _ and ., a letter first, so that it is an xs:ID as well. */
static bool is_rule_id(const char *id)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_.";
    size_t n = strlen(id);
    return n > 0 && n <= MU_ID_MAX && strspn(id, allowed) == n && strspn(id, allowed + 52) == 0;
}

static bool check_rule(struct mu_rule_set *set, const xmlNode *node, const char *id,
                       struct mu_err *err)
{
    struct mu_where where = mu_xml_where_attribute(node, "id");
    if (!is_rule_id(id))
        return mu_fail_where(
            err, where, MU_ERR_PROFILE,
            "'%.70s' is no id of a rule: letters, digits, '-', '_' and '.', at most "
            "%d, a letter first",
            id, MU_ID_MAX);
    const struct mu_rule *other = mu_rules_find(set, id);
    if (other != NULL)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "rule '%s' is already in %s, line %u", id,
                             other->file, other->line);
    if (set->rules.count == MU_RULES_MAX)
        return mu_fail_where(err, where, MU_ERR_LIMIT, "more than %d rules", MU_RULES_MAX);
    return true;
}

bool mu_rule_add(struct mu_rule_set *set, const struct mu_rule_file *file, const xmlNode *node,
                 const char *level_name, struct mu_rule **out, struct mu_err *err)
{
    const char *id = mu_xml_attribute(set->arena, node, "id");
    const char *level = mu_xml_attribute(set->arena, node, level_name);
    TRY(check_rule(set, node, id, err));
    struct mu_rule *rule = mu_new(set->arena, struct mu_rule);
    if (!mu_level_from_name(level, &rule->written))
        return mu_fail_where(err, mu_xml_where_attribute(node, level_name), MU_ERR_PROFILE,
                             "'%.60s' is no level: must, should or may", level);
    rule->id = id;
    rule->level = rule->written;
    rule->see = mu_collapse(set->arena, mu_bytes_of(mu_xml_attribute(set->arena, node, "see")));
    rule->document = file->document;
    rule->file = file->name;
    rule->phases = "";
    rule->hint = "";
    rule->line = mu_xml_where(node).line;
    struct mu_rule **kept = mu_list_add(set->arena, &set->rules, sizeof(struct mu_rule *));
    *kept = *out = rule;
    return true;
}

/* The root decides which of the two kinds of file it is. */
static bool load_tree(struct mu_rule_set *set, const char *name, const xmlDoc *doc,
                      struct mu_err *err)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    struct mu_rule_file *file = mu_new(set->arena, struct mu_rule_file);
    assert(!set->compiled);
    file->set = set;
    file->name = mu_arena_strndup(set->arena, name, strlen(name));
    struct mu_rule_file **kept =
        mu_list_add(set->arena, &set->files, sizeof(struct mu_rule_file *));
    *kept = file;
    if (mu_xml_is(root, MU_SCHEMATRON_NS, "schema"))
        return mu_schematron_load(set, file, root, err);
    if (mu_xml_is(root, MU_BEHAVIOUR_NS, "behaviour"))
        return mu_behaviour_load(set, file, root, err);
    return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE,
                         "'%.60s' is no rule file: the root is 'schema' of namespace '%s' or "
                         "'behaviour' of '%s'",
                         (const char *) root->name, MU_SCHEMATRON_NS, MU_BEHAVIOUR_NS);
}

bool mu_rules_load(struct mu_rule_set *set, const char *path, struct mu_err *err)
{
    xmlDoc *doc;
    TRY(mu_xml_load(set->arena, path, &doc, NULL, err));
    return load_tree(set, path, doc, err);
}

bool mu_rules_load_bytes(struct mu_rule_set *set, struct mu_bytes text, const char *name,
                         struct mu_err *err)
{
    xmlDoc *doc;
    TRY(mu_xml_load_bytes(set->arena, text, name, &doc, err));
    return load_tree(set, name, doc, err);
}

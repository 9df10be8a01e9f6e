#include "rules/engine.h"

static const struct mu_element element[] = {
    { "behaviour", "document!", "rule", false },
    { "rule", "id! level! see! phase", "hint", true },
    { "hint", "", "", true },
};

/* The phases that the rule is in, if any: it is off where the profile asks for none of them. */
static bool read_phases(struct mu_rule_set *set, const xmlNode *node, struct mu_rule *rule,
                        struct mu_err *err)
{
    const char *list = mu_xml_attribute(set->arena, node, "phase");
    rule->phases = list != NULL ? mu_collapse(set->arena, mu_bytes_of(list)) : "";
    for (const char *at = rule->phases; *at != '\0'; at += strspn(at, " ")) {
        size_t n = strcspn(at, " "), number;
        if (!mu_phase_number(set, mu_arena_strndup(set->arena, at, n), &number))
            return mu_fail_where(err, mu_xml_where_attribute(node, "phase"), MU_ERR_PROFILE,
                                 "more than %d phases", MU_PHASES_MAX);
        at += n;
    }
    return true;
}

/* Requirements that no document can show to hold; cases name them in their requirements. */
bool mu_behaviour_load(struct mu_rule_set *set, struct mu_rule_file *file, xmlNode *root,
                       struct mu_err *err)
{
    static const struct mu_vocabulary vocabulary = { .ns = MU_BEHAVIOUR_NS,
                                                     .element = element,
                                                     .elements = MU_COUNT(element) };
    TRY(mu_vocabulary_check(set->arena, &vocabulary, root, err));
    file->document =
        mu_collapse(set->arena, mu_bytes_of(mu_xml_attribute(set->arena, root, "document")));
    for (xmlNode *node = mu_xml_child(root, NULL, "rule"); node != NULL;
         node = mu_xml_next(node, NULL, "rule")) {
        struct mu_rule *rule;
        struct mu_buf text = { .arena = set->arena };
        TRY(mu_rule_add(set, file, node, "level", &rule, err));
        for (const xmlNode *child = node->children; child != NULL; child = child->next)
            if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
                mu_buf_puts(&text, (const char *) child->content);
        TRY(read_phases(set, node, rule, err));
        rule->text = mu_collapse(set->arena, mu_buf_bytes(&text));
        if (*rule->text == '\0')
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "rule '%s' has no text",
                                 rule->id);
        const xmlNode *hint = mu_xml_child(node, NULL, "hint");
        if (hint != NULL)
            rule->hint = mu_collapse(set->arena, mu_xml_text(set->arena, hint));
    }
    return true;
}

#include "rules/engine.h"

static const struct mu_element element[] = {
    { "behaviour", "document!", "rule", false },
    { "rule", "id! level! see!", "hint", true },
    { "hint", "", "", true },
};

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

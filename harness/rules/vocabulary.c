#include <string.h>

#include "base/names.h"
#include "rules/engine.h"

#define WORDS_MAX 24

/* The i-th word of a space separated list, without its ! mark, as an array of names. */
static size_t split(struct mu_arena *arena, const char *list, const char **word)
{
    size_t count = 0;
    for (list += strspn(list, " "); *list != '\0' && count < WORDS_MAX; list += strspn(list, " ")) {
        size_t n = strcspn(list, " ");
        word[count++] = mu_arena_strndup(arena, list, list[n - 1] == '!' ? n - 1 : n);
        list += n;
    }
    return count;
}

static bool in_list(const char *list, const char *word, bool *required)
{
    size_t n = strlen(word);
    for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
        size_t m = strcspn(list, " ");
        bool mark = list[m - 1] == '!';
        if (m - mark == n && memcmp(list, word, n) == 0) {
            *required = mark;
            return true;
        }
        list += m;
    }
    return false;
}

static const char *guess(struct mu_arena *arena, const char *list, const char *name)
{
    const char *word[WORDS_MAX];
    const char *nearest = mu_name_nearest_in(name, word, split(arena, list, word));
    return nearest == NULL ? "" : mu_arena_printf(arena, ", did you mean '%s'?", nearest);
}

static const char *refusal(const struct mu_vocabulary *v, const char *name)
{
    for (size_t i = 0; i < v->refusals; i++)
        if (strcmp(v->refused[i].name, name) == 0)
            return v->refused[i].why;
    return NULL;
}

static bool check_attributes(struct mu_arena *arena, const struct mu_vocabulary *v,
                             const struct mu_element *element, const xmlNode *node,
                             struct mu_err *err)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        const char *name = (const char *) a->name, *why = refusal(v, name);
        bool required;
        if (a->ns == NULL && in_list(element->attributes, name, &required))
            continue;
        struct mu_where where = mu_xml_where_attribute(node, name);
        if (a->ns == NULL && why != NULL)
            return mu_fail_where(err, where, MU_ERR_PROFILE, "attribute '%.60s' is refused: %s",
                                 name, why);
        return mu_fail_where(err, where, MU_ERR_PROFILE, "unknown attribute '%.60s' of '%s'%s",
                             name, element->name, guess(arena, element->attributes, name));
    }
    const char *word[WORDS_MAX];
    size_t words = split(arena, element->attributes, word);
    for (size_t i = 0; i < words; i++) {
        bool required = false;
        const char *value = mu_xml_attribute(arena, node, word[i]);
        if (value != NULL && *value == '\0')
            return mu_fail_where(err, mu_xml_where_attribute(node, word[i]), MU_ERR_PROFILE,
                                 "attribute '%s' of '%s' is empty", word[i], element->name);
        if (value == NULL && in_list(element->attributes, word[i], &required) && required)
            return mu_fail_where(err, mu_xml_where(node), MU_ERR_PROFILE, "'%s' has no '%s'",
                                 element->name, word[i]);
    }
    return true;
}

static bool is_blank(const xmlNode *node)
{
    const char *text = (const char *) node->content;
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static bool check_child(struct mu_arena *arena, const struct mu_vocabulary *v,
                        const struct mu_element *element, const xmlNode *child, struct mu_err *err)
{
    bool required;
    const char *name = (const char *) child->name;
    if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
        if (element->text || is_blank(child))
            return true;
        return mu_fail_where(err, mu_xml_where(child->parent), MU_ERR_PROFILE,
                             "'%s' may hold no text", element->name);
    }
    if (child->type != XML_ELEMENT_NODE)
        return true;
    struct mu_where where = mu_xml_where(child);
    if (refusal(v, name) != NULL)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "element '%.60s' is refused: %s", name,
                             refusal(v, name));
    if (child->ns == NULL || strcmp((const char *) child->ns->href, v->ns) != 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "element '%.60s' is not of namespace '%s'",
                             name, v->ns);
    if (!in_list(element->children, name, &required))
        return mu_fail_where(err, where, MU_ERR_PROFILE, "'%.60s' may not stand in '%s'%s", name,
                             element->name, guess(arena, element->children, name));
    return mu_vocabulary_check(arena, v, child, err);
}

/* The depth of recursion is that of the operator's file, MU_OPERATOR_DEPTH_MAX at most. */
bool mu_vocabulary_check(struct mu_arena *arena, const struct mu_vocabulary *v, const xmlNode *root,
                         struct mu_err *err)
{
    for (size_t i = 0; i < v->elements; i++) {
        const struct mu_element *element = &v->element[i];
        if (!mu_xml_is(root, v->ns, element->name))
            continue;
        TRY(check_attributes(arena, v, element, root, err));
        for (const xmlNode *child = root->children; child != NULL; child = child->next)
            TRY(check_child(arena, v, element, child, err));
        return true;
    }
    return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE, "unknown element '%.60s'",
                         (const char *) root->name);
}

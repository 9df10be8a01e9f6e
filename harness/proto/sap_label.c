/* The abstract label as JSON. core/sap_ops.c has the same members for the docs and the schema. */
#include "proto/sap_value.h"

#include "base/limits.h"

/* Members that are one text of the label each. */
static const struct {
    const char *name;
    size_t at;
} text_row[] = {
    { "classification", offsetof(struct mu_label, classification) },
    { "privacy_mark", offsetof(struct mu_label, privacy_mark) },
    { "created", offsetof(struct mu_label, created) },
    { "review", offsetof(struct mu_label, review) },
    { "originator", offsetof(struct mu_label, originator) },
    { "originator_type", offsetof(struct mu_label, originator_type) },
    { "succession", offsetof(struct mu_label, succession) },
    { "root", offsetof(struct mu_label, root) },
};

static const char **text_at(struct mu_label *label, size_t at)
{
    return (const char **) (void *) ((char *) label + at);
}

static const char *text_of(const struct mu_label *label, size_t at)
{
    return *(const char *const *) (const void *) ((const char *) label + at);
}

/* --- reading ------------------------------------------------------------------------------------ */

static bool read_policy(const json_t *value, struct mu_label *label, bool *unknown,
                        struct mu_err *err)
{
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "'policy' of a label is no object");
    json_object_foreach((json_t *) (uintptr_t) value, name, member)
    {
        if (strcmp(name, "name") == 0)
            TRY(mu_sap_read_text(member, name, &label->policy, err));
        else if (strcmp(name, "uri") == 0)
            TRY(mu_sap_read_text(member, name, &label->policy_uri, err));
        else
            *unknown = true;
    }
    return true;
}

static bool read_values(struct mu_arena *arena, const json_t *value, struct mu_category *category,
                        struct mu_err *err)
{
    if (!json_is_array(value))
        return mu_fail(err, MU_ERR_PEER, "'values' of a category is no array");
    category->values = json_array_size(value);
    category->value = mu_arena_array(arena, category->values + 1, sizeof(char *));
    for (size_t i = 0; i < category->values; i++)
        TRY(mu_sap_read_text(json_array_get(value, i), "values", &category->value[i], err));
    return true;
}

static bool read_category(struct mu_arena *arena, const json_t *value, struct mu_category *category,
                          bool *unknown, struct mu_err *err)
{
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "a category of a label is no object");
    json_object_foreach((json_t *) (uintptr_t) value, name, member)
    {
        if (strcmp(name, "tag") == 0)
            TRY(mu_sap_read_text(member, name, &category->tag_name, err));
        else if (strcmp(name, "type") == 0)
            TRY(mu_sap_read_text(member, name, &category->type, err));
        else if (strcmp(name, "uri") == 0)
            TRY(mu_sap_read_text(member, name, &category->uri, err));
        else if (strcmp(name, "values") == 0)
            TRY(read_values(arena, member, category, err));
        else
            *unknown = true;
    }
    return true;
}

static bool read_categories(struct mu_arena *arena, const json_t *value, struct mu_label *label,
                            bool *unknown, struct mu_err *err)
{
    if (!json_is_array(value))
        return mu_fail(err, MU_ERR_PEER, "'categories' of a label is no array");
    label->categories = json_array_size(value);
    label->category = mu_arena_array(arena, label->categories + 1, sizeof *label->category);
    for (size_t i = 0; i < label->categories; i++)
        TRY(read_category(arena, json_array_get(value, i), &label->category[i], unknown, err));
    return true;
}

static bool read_member(struct mu_arena *arena, const char *name, const json_t *value,
                        struct mu_label *label, bool *unknown, struct mu_err *err)
{
    for (size_t i = 0; i < MU_COUNT(text_row); i++)
        if (strcmp(text_row[i].name, name) == 0)
            return mu_sap_read_text(value, name, text_at(label, text_row[i].at), err);
    if (strcmp(name, "policy") == 0)
        return read_policy(value, label, unknown, err);
    if (strcmp(name, "categories") == 0)
        return read_categories(arena, value, label, unknown, err);
    *unknown = true;
    return true;
}

/* A label without its successor, which is *next then. */
static bool read_one(struct mu_arena *arena, const json_t *value, struct mu_label *label,
                     const json_t **next, bool *unknown, struct mu_err *err)
{
    const char *name;
    json_t *member;
    *next = NULL;
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "a label that is no object");
    json_object_foreach((json_t *) (uintptr_t) value, name, member)
    {
        if (strcmp(name, "successor") == 0)
            *next = member;
        else
            TRY(read_member(arena, name, member, label, unknown, err));
    }
    return true;
}

bool mu_sap_read_label(struct mu_arena *arena, const json_t *value, struct mu_label **label,
                       bool *unknown, struct mu_err *err)
{
    struct mu_label *first = NULL, **to = &first;
    while (value != NULL) {
        *to = mu_new(arena, struct mu_label);
        TRY(read_one(arena, value, *to, &value, unknown, err));
        to = &(*to)->successor;
    }
    *label = first;
    return true;
}

static void free_json(void *value)
{
    json_decref(value);
}

bool mu_sap_label_of(struct mu_arena *arena, struct mu_bytes json, struct mu_label **label,
                     bool *unknown, struct mu_err *err)
{
    json_error_t why;
    json_t *value = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &why);
    if (value == NULL)
        return mu_fail(err, MU_ERR_PEER, "not JSON: %.100s", why.text);
    mu_arena_defer(arena, free_json, value); /* the label's texts stand in it */
    return mu_sap_read_label(arena, value, label, unknown, err);
}

/* --- writing ------------------------------------------------------------------------------------ */

static void put_category(struct mu_json *j, const struct mu_category *category)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "tag", category->tag_name);
    mu_json_text(j, "type", category->type);
    mu_json_text(j, "uri", category->uri);
    mu_json_open(j, "values", '[');
    for (size_t i = 0; i < category->values; i++)
        mu_json_text(j, NULL, category->value[i]);
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

/* The name of the element goes without saying for most labels, and for what is inside one. */
static bool is_plain_root(const struct mu_label *label, bool successor)
{
    return label->root == NULL || successor || strcmp(label->root, MU_LABEL_ORIGINATOR) == 0;
}

/* Up to where a successor stands. */
static void put_one(struct mu_json *j, const char *name, const struct mu_label *label,
                    bool successor)
{
    mu_json_open(j, name, '{');
    if (label->policy != NULL || label->policy_uri != NULL) {
        mu_json_open(j, "policy", '{');
        mu_json_text(j, "name", label->policy);
        mu_json_text(j, "uri", label->policy_uri);
        mu_json_close(j, '}');
    }
    for (size_t i = 0; i < MU_COUNT(text_row); i++) {
        if (text_row[i].at != offsetof(struct mu_label, root) || !is_plain_root(label, successor))
            mu_json_text(j, text_row[i].name, text_of(label, text_row[i].at));
    }
    if (label->categories > 0) {
        mu_json_open(j, "categories", '[');
        for (size_t i = 0; i < label->categories; i++)
            put_category(j, &label->category[i]);
        mu_json_close(j, ']');
    }
}

void mu_sap_put_label(struct mu_json *j, const char *name, const struct mu_label *label)
{
    size_t open = 0;
    for (; label != NULL; label = label->successor, open++)
        put_one(j, open == 0 ? name : "successor", label, open > 0);
    while (open-- > 0)
        mu_json_close(j, '}');
}

#include "document/mutate_ops.h"

/* A copy that may be changed: fixtures are shared by the cases of a batch. */
static bool own_label(const struct mu_mutation *m, struct mu_message *message, struct mu_err *err)
{
    if (message->label == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no label");
    struct mu_label *label = mu_new(m->arena, struct mu_label);
    *label = *message->label;
    label->category = mu_arena_array(m->arena, label->categories + 1, sizeof *label->category);
    if (label->categories > 0)
        memcpy(label->category, message->label->category,
               label->categories * sizeof *label->category);
    message->label = label;
    return true;
}

MU_ABSTRACT(mu_mutate_label_classification_set)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->classification = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_policy_set)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->policy = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_policy_uri_set)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->policy_uri = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_drop)
{
    (void) m;
    if (message->label == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no label");
    message->label = NULL;
    return true;
}

MU_ABSTRACT(mu_mutate_label_root_set)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->root = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_review_drop)
{
    TRY(own_label(m, message, err));
    if (message->label->review == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "label has no ReviewDateTime");
    message->label->review = NULL;
    return true;
}

MU_ABSTRACT(mu_mutate_label_created_drop)
{
    TRY(own_label(m, message, err));
    if (message->label->created == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "label has no CreationDateTime");
    message->label->created = NULL;
    return true;
}

MU_ABSTRACT(mu_mutate_label_category_type_set)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    struct mu_label *label = message->label;
    for (size_t i = 0; i < label->categories; i++)
        if (m->on[0] == '\0' || strcmp(label->category[i].tag_name, m->on) == 0) {
            label->category[i].type = m->value;
            return true;
        }
    return mu_fail(err, MU_ERR_PROFILE, "label has no category '%s'", m->on);
}

static struct mu_category *category_of(const struct mu_mutation *m, struct mu_message *message,
                                       struct mu_err *err)
{
    struct mu_label *label = message->label;
    for (size_t i = 0; i < label->categories; i++)
        if (label->category[i].tag_name != NULL && strcmp(label->category[i].tag_name, m->on) == 0)
            return &label->category[i];
    mu_fail(err, MU_ERR_PROFILE, "label has no category '%s'", m->on);
    return NULL;
}

MU_ABSTRACT(mu_mutate_label_value_add)
{
    TRY(mu_edit_need_value(m, err));
    TRY(own_label(m, message, err));
    struct mu_category *c = category_of(m, message, err);
    TRY(c != NULL);
    const char **value = mu_arena_array(m->arena, c->values + 1, sizeof *value);
    if (c->values > 0)
        memcpy(value, c->value, c->values * sizeof *value);
    value[c->values++] = m->value;
    c->value = value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_value_drop)
{
    TRY(own_label(m, message, err));
    struct mu_category *c = category_of(m, message, err);
    TRY(c != NULL);
    const char **value = mu_arena_array(m->arena, c->values + 1, sizeof *value);
    size_t kept = 0;
    for (size_t i = 0; i < c->values; i++)
        if (m->value[0] != '\0' && strcmp(c->value[i], m->value) != 0)
            value[kept++] = c->value[i];
    if (kept == c->values)
        return mu_fail(err, MU_ERR_PROFILE, "category '%s' has no value '%s'", m->on, m->value);
    c->value = value;
    c->values = kept;
    return true;
}

MU_ABSTRACT(mu_mutate_label_category_drop)
{
    TRY(own_label(m, message, err));
    struct mu_category *c = category_of(m, message, err);
    TRY(c != NULL);
    struct mu_label *label = message->label;
    size_t at = (size_t) (c - label->category);
    memmove(c, c + 1, (label->categories - at - 1) * sizeof *c);
    label->categories--;
    return true;
}

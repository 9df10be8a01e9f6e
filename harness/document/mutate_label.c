#include "document/mutate_ops.h"

#include "base/file.h"
#include "base/limits.h"
#include "format/sio.h"

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

static bool need_value(const struct mu_mutation *m, struct mu_err *err)
{
    if (m->value[0] == '\0')
        return mu_fail(err, MU_ERR_PROFILE, "the operator needs a 'value'");
    return true;
}

MU_ABSTRACT(mu_mutate_label_classification_set)
{
    TRY(need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->classification = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_policy_set)
{
    TRY(need_value(m, err));
    TRY(own_label(m, message, err));
    message->label->policy = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_label_policy_uri_set)
{
    TRY(need_value(m, err));
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
    TRY(need_value(m, err));
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
    TRY(need_value(m, err));
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
    TRY(need_value(m, err));
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

MU_ABSTRACT(mu_mutate_marking_set)
{
    TRY(need_value(m, err));
    message->marking = m->value;
    return true;
}

MU_ABSTRACT(mu_mutate_marking_drop)
{
    (void) m;
    if (message->marking == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "message has no marking");
    message->marking = message->fgcolor = message->bgcolor = NULL;
    return true;
}

static bool set_xml(const struct mu_mutation *m, struct mu_bytes *message, struct mu_bytes xml,
                    struct mu_err *err)
{
    return mu_edit_set_parameter(m, message, "label", mu_base64_write(m->arena, xml), true, err);
}

/* Put into the encoded label: an abstract label has no place for what the standard prohibits. */
MU_OCTETS(mu_mutate_label_classification_uri_set)
{
    TRY(need_value(m, err));
    const struct mu_header *header;
    TRY(mu_edit_header(m, *message, "sio-label", &header, err));
    struct mu_sio sio;
    mu_sio_read(m->arena, header, &sio);
    static const char tag[] = "<Classification";
    size_t at = SIZE_MAX;
    if (sio.decoded.n > 0)
        at = mu_bytes_find(sio.decoded, mu_bytes_of(tag), 0);
    if (at == SIZE_MAX)
        return mu_fail(err, MU_ERR_PROFILE, "label has no Classification");
    if (strpbrk(m->value, "<&\"") != NULL)
        return mu_fail(err, MU_ERR_PROFILE, "'%s' cannot stand in an attribute", m->value);
    const char *attribute = mu_arena_printf(m->arena, " URI=\"%s\"", m->value);
    struct mu_bytes xml =
        mu_edit_splice(m->arena, sio.decoded, at + sizeof tag - 1, 0, mu_bytes_of(attribute));
    return set_xml(m, message, xml, err);
}

MU_OCTETS(mu_mutate_label_raw)
{
    TRY(need_value(m, err));
    struct mu_bytes xml;
    const char *path = mu_file_join(m->arena, m->fixtures, m->value);
    TRY(mu_file_read(m->arena, path, MU_OPERATOR_FILE_MAX, &xml, err));
    return set_xml(m, message, xml, err);
}

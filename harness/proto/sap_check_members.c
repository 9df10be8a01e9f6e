/* Objects of the wire held to the tables of core/sap_ops.c. */
#include <string.h>

#include "proto/sap_check_inside.h"

static bool is_bytes(const json_t *value)
{
    bool b64 = json_is_string(json_object_get(value, "b64"));
    bool blob = json_is_string(json_object_get(value, "blob"))
                && json_is_integer(json_object_get(value, "len"));
    return json_is_object(value) && (b64 || blob)
           && json_object_size(value) == (b64 ? (size_t) 1 : 2);
}

static bool is_octets(const json_t *value)
{
    return json_is_string(json_object_get(value, "syntax"))
           && is_bytes(json_object_get(value, "data"));
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_integer(value);
}

static bool is_flag(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_any_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_digest(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && strncmp(text, "sha256:", 7) == 0 && strlen(text) == 71
           && strspn(text + 7, "0123456789abcdef") == 64;
}

static bool is_outcome(const json_t *value)
{
    enum mu_outcome ignored;
    const char *text = json_string_value(value);
    return text != NULL && mu_sap_outcome_from_name(text, &ignored);
}

static bool is_stage(const json_t *value)
{
    enum mu_stage ignored;
    const char *text = json_string_value(value);
    return text != NULL && mu_stage_from_name(text, &ignored);
}

static bool is_class(const json_t *value)
{
    enum mu_class ignored;
    const char *text = json_string_value(value);
    return text != NULL && mu_class_from_name(text, &ignored);
}

static bool is_decision(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && (strcmp(text, "permit") == 0 || strcmp(text, "deny") == 0);
}

static const struct {
    const char *type;
    bool (*is)(const json_t *value);
} type_row[] = {
    { "text", is_text },         { "time", is_text },
    { "number", is_number },     { "flag", is_flag },
    { "digest", is_digest },     { "bytes", is_bytes },
    { "octets", is_octets },     { "label", is_any_object },
    { "outcome", is_outcome },   { "stage", is_stage },
    { "class", is_class },       { "decision", is_decision },
    { "object", is_any_object }, { "any object", is_any_object },
};

static bool is_one(const char *type, const json_t *value)
{
    for (size_t i = 0; i < MU_COUNT(type_row); i++)
        if (strcmp(type_row[i].type, type) == 0)
            return type_row[i].is(value);
    return true;
}

/* "list of text": every element is one. */
static bool is_of(const char *type, const json_t *value)
{
    static const char list[] = "list of ";
    if (strncmp(type, list, sizeof list - 1) != 0)
        return is_one(type, value);
    const char *of = type + sizeof list - 1;
    const char *one = strcmp(of, "numbers") == 0   ? "number"
                      : strcmp(of, "objects") == 0 ? "any object"
                                                   : of;
    const json_t *element;
    size_t i;
    if (!json_is_array(value))
        return false;
    json_array_foreach(value, i, element) if (!is_one(one, element)) return false;
    return true;
}

/* " accepted delivered ..."; "" for a type that is no word. */
static const char *words_of(struct mu_talk *t, const char *type)
{
    struct mu_buf out = { .arena = t->arena };
    for (int i = 0; i < MU_OUTCOMES && strcmp(type, "outcome") == 0; i++)
        if (mu_sap_outcome_name((enum mu_outcome) i) != NULL)
            mu_buf_printf(&out, " %s", mu_sap_outcome_name((enum mu_outcome) i));
    for (int i = 0; i < MU_STAGES && strcmp(type, "stage") == 0; i++)
        mu_buf_printf(&out, " %s", mu_stage_name((enum mu_stage) i));
    for (int i = 0; i < MU_CLASSES && strcmp(type, "class") == 0; i++)
        mu_buf_printf(&out, " %s", mu_class_name((enum mu_class) i));
    return mu_buf_text(&out);
}

static bool is_not(struct mu_talk *t, const char *name, const char *where, const char *type)
{
    const char *words = words_of(t, type);
    if (*words != '\0')
        return mu_talk_no(t, "'%s' of '%s' is unknown; known are%s", name, where, words);
    return mu_talk_no(t, "'%s' of '%s' is not of type %s", name, where, type);
}

static const struct mu_sap_field *find(const struct mu_sap_field *field, const char *name)
{
    for (; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

/* What is inside of a member. */
static bool inside(struct mu_talk *t, const struct mu_sap_field *field, json_t *value,
                   const char **unknown)
{
    const struct mu_sap_field *inner =
        strcmp(field->type, "label") == 0 ? mu_sap_label_members() : field->inner;
    const char *odd = NULL;
    json_t *element;
    size_t i;
    if (inner == NULL)
        return true;
    if (json_is_object(value))
        TRY(mu_sap_members(t, value, inner, field->name, &odd));
    json_array_foreach(value, i, element) TRY(
        mu_sap_members(t, element, inner, field->name, odd == NULL ? &odd : &(const char *){ 0 }));
    if (*unknown == NULL)
        *unknown = odd;
    return true;
}

bool mu_sap_members(struct mu_talk *t, const json_t *object, const struct mu_sap_field *field,
                    const char *where, const char **unknown)
{
    const char *name;
    json_t *value;
    *unknown = NULL;
    for (const struct mu_sap_field *f = field; f->name != NULL; f++)
        if (f->required && json_object_get(object, f->name) == NULL)
            return mu_talk_no(t, "'%s' has no member '%s'", where, f->name);
    json_object_foreach((json_t *) (uintptr_t) object, name, value)
    {
        const struct mu_sap_field *f = find(field, name);
        if (f == NULL && strncmp(name, "x-", 2) == 0)
            continue;
        if (f == NULL && *unknown == NULL)
            *unknown = name;
        if (f == NULL)
            continue;
        if (!is_of(f->type, value))
            return is_not(t, name, where, f->type);
        TRY(inside(t, f, value, unknown));
    }
    return true;
}

/* JSON Schema of the lines of SAP/1. */
#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "core/sap.h"
#include "proto/sap_tables.h"
#include "proto/sap_tables_inside.h"

/* What each type is; those that are not here have members of their own. */
static const struct {
    const char *type, *schema;
} type_row[] = {
    { "text", "{\"type\":\"string\"}" },
    { "time", "{\"type\":\"string\"}" },
    { "number", "{\"type\":\"integer\",\"minimum\":0}" },
    { "flag", "{\"type\":\"boolean\"}" },
    { "digest", "{\"type\":\"string\",\"pattern\":\"^sha256:[0-9a-f]{64}$\"}" },
    { "bytes", "{\"$ref\":\"#/$defs/bytes\"}" },
    { "octets", "{\"$ref\":\"#/$defs/octets\"}" },
    { "label", "{\"$ref\":\"#/$defs/label\"}" },
    { "outcome", "{\"$ref\":\"#/$defs/outcome\"}" },
    { "stage", "{\"$ref\":\"#/$defs/stage\"}" },
    { "class", "{\"$ref\":\"#/$defs/class\"}" },
    { "decision", "{\"enum\":[\"permit\",\"deny\",\"allow\"]}" },
    { "any object", "{\"type\":\"object\"}" },
    { "list of text", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
    { "list of numbers", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}" },
    { "list of octets", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/octets\"}}" },
};

enum strictness { CLOSED, OPEN }; /* may there be members that nobody knows? */

static void put_object(struct mu_json *j, const struct mu_sap_field *first,
                       const struct mu_sap_field *second, const char *op, enum strictness strict);

static void put_field(struct mu_json *j, const struct mu_sap_field *field, enum strictness strict)
{
    for (size_t i = 0; i < MU_COUNT(type_row); i++)
        if (strcmp(type_row[i].type, field->type) == 0) {
            mu_json_raw(j, field->name, type_row[i].schema);
            return;
        }
    mu_json_open(j, field->name, '{');
    if (strcmp(field->type, "list of objects") == 0) {
        mu_json_text(j, "type", "array");
        mu_json_open(j, "items", '{');
        put_object(j, field->inner, NULL, NULL, strict);
        mu_json_close(j, '}');
    } else {
        put_object(j, field->inner, NULL, NULL, strict);
    }
    mu_json_close(j, '}');
}

/* The members of an object schema that is open already. `op`: the one word that member "op" may be. */
static void put_object(struct mu_json *j, const struct mu_sap_field *first,
                       const struct mu_sap_field *second, const char *op, enum strictness strict)
{
    const struct mu_sap_field *const set[] = { first, second };
    mu_json_text(j, "type", "object");
    mu_json_open(j, "properties", '{');
    for (size_t s = 0; s < MU_COUNT(set); s++)
        for (const struct mu_sap_field *f = set[s]; f != NULL && f->name != NULL; f++) {
            if (op == NULL || strcmp(f->name, "op") != 0) {
                put_field(j, f, strict);
                continue;
            }
            mu_json_open(j, "op", '{');
            mu_json_text(j, "const", op);
            mu_json_close(j, '}');
        }
    mu_json_close(j, '}');
    mu_json_open(j, "required", '[');
    for (size_t s = 0; s < MU_COUNT(set); s++)
        for (const struct mu_sap_field *f = set[s]; f != NULL && f->name != NULL; f++)
            if (f->required)
                mu_json_text(j, NULL, f->name);
    mu_json_close(j, ']');
    if (strict == CLOSED) {
        mu_json_raw(j, "patternProperties", "{\"^x-\":true}");
        mu_json_bool(j, "additionalProperties", false);
    }
}

static void put_definition(struct mu_json *j, const char *name, const struct mu_sap_field *fields,
                           enum strictness strict)
{
    mu_json_open(j, name, '{');
    put_object(j, fields, NULL, NULL, strict);
    mu_json_close(j, '}');
}

static void put_words(struct mu_json *j, const char *name, enum mu_sap_words words)
{
    mu_json_open(j, name, '{');
    mu_sap_put_words(j, "enum", words);
    mu_json_close(j, '}');
}

/* {"b64":...} up to so many octets, or {"blob":...,"len":...}. */
static void put_bytes(struct mu_json *j)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"b64\":{\"type\":\"string\","
             "\"maxLength\":%zu,\"pattern\":\"^[A-Za-z0-9+/]*={0,2}$\"}},\"required\":[\"b64\"],"
             "\"additionalProperties\":false},{\"type\":\"object\",\"properties\":{\"blob\":{"
             "\"type\":\"string\",\"pattern\":\"^sha256:[0-9a-f]{64}$\"},\"len\":{\"type\":"
             "\"integer\",\"minimum\":0,\"maximum\":%zu}},\"required\":[\"blob\",\"len\"],"
             "\"additionalProperties\":false}]}",
             (MU_SAP_INLINE_MAX + 2) / 3 * 4, MU_SAP_BLOB_MAX);
    mu_json_raw(j, "bytes", text);
}

static const struct mu_sap_field octets[] = {
    { "syntax", "text", "", true, NULL },
    { "data", "bytes", "", true, NULL },
    { .name = NULL },
};

static void put_definitions(struct mu_json *j)
{
    char name[64];
    put_bytes(j);
    put_definition(j, "octets", octets, CLOSED);
    put_definition(j, "label", mu_sap_label_members(), OPEN);
    put_words(j, "outcome", MU_SAP_OUTCOME_WORDS);
    put_words(j, "stage", MU_SAP_STAGE_WORDS);
    put_words(j, "class", MU_SAP_CLASS_WORDS);
    put_definition(j, "event", mu_sap_event_members(), OPEN);
    put_definition(j, "reply", mu_sap_reply_members(), OPEN);
    for (int i = 0; i < MU_SAP_OPS; i++) {
        const struct mu_sap_op_row *op = mu_sap_op((enum mu_sap_op) i);
        snprintf(name, sizeof name, "request.%s", op->name);
        mu_json_open(j, name, '{');
        put_object(j, mu_sap_request_members(), op->param, op->name, CLOSED);
        mu_json_close(j, '}');
        snprintf(name, sizeof name, "result.%s", op->name);
        put_definition(j, name, op->result, OPEN);
    }
}

static void put_reference(struct mu_json *j, const char *kind, const char *name)
{
    char text[96];
    snprintf(text, sizeof text, "#/$defs/%s%s", kind, name);
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "$ref", text);
    mu_json_close(j, '}');
}

struct mu_bytes mu_sap_schema_json(struct mu_arena *arena)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    mu_json_text(&j, "$id", "urn:muster:sap:1");
    mu_json_text(&j, "title", "One line of SAP/1: a request, a reply or an event");
    mu_json_open(&j, "anyOf", '[');
    put_reference(&j, "", "event");
    put_reference(&j, "", "reply");
    for (int i = 0; i < MU_SAP_OPS; i++)
        put_reference(&j, "request.", mu_sap_op((enum mu_sap_op) i)->name);
    mu_json_close(&j, ']');
    mu_json_open(&j, "$defs", '{');
    put_definitions(&j);
    mu_json_close(&j, '}');
    mu_json_close(&j, '}');
    return mu_sap_indented(arena, mu_buf_bytes(&out));
}

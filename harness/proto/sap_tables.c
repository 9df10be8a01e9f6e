#include "proto/sap_tables.h"

#include <assert.h>
#include <jansson.h>

#include "base/json.h"
#include "base/limits.h"
#include "core/sap.h"
#include "proto/sap_tables_inside.h"

struct mu_bytes mu_sap_indented(struct mu_arena *arena, struct mu_bytes json)
{
    struct mu_buf out = { .arena = arena };
    json_t *value = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    assert(value != NULL);
    char *text = json_dumps(value, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    json_decref(value);
    mu_buf_puts(&out, text);
    mu_buf_putc(&out, '\n');
    free(text);
    return mu_buf_bytes(&out);
}

/* "a b|c" as an array. */
static void put_words(struct mu_json *j, const char *name, const char *words)
{
    mu_json_open(j, name, '[');
    for (size_t n; *words != '\0'; words += n + (words[n] != '\0')) {
        n = strcspn(words, " ");
        mu_json_bytes(j, NULL, (struct mu_bytes){ words, n });
    }
    mu_json_close(j, ']');
}

static void put_roles(struct mu_json *j, unsigned roles)
{
    mu_json_open(j, "roles", '[');
    for (unsigned bit = 1; bit < MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((roles & bit) != 0)
            mu_json_text(j, NULL, mu_sap_role_name(bit));
    mu_json_close(j, ']');
}

static void put_fields(struct mu_json *j, const char *name, const struct mu_sap_field *field)
{
    mu_json_open(j, name, '[');
    for (; field->name != NULL; field++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", field->name);
        mu_json_text(j, "type", field->type);
        if (field->required)
            mu_json_bool(j, "required", true);
        if (field->summary[0] != '\0')
            mu_json_text(j, "summary", field->summary);
        if (field->inner != NULL)
            put_fields(j, "members", field->inner);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_pair(struct mu_json *j, const char *name, const char *summary)
{
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "name", name);
    mu_json_text(j, "summary", summary);
    mu_json_close(j, '}');
}

static void put_pairs(struct mu_json *j, const char *name, const struct mu_sap_field *row)
{
    mu_json_open(j, name, '[');
    for (; row->name != NULL; row++)
        put_pair(j, row->name, row->summary);
    mu_json_close(j, ']');
}

static void put_operations(struct mu_json *j)
{
    mu_json_open(j, "operations", '[');
    for (int i = 0; i < MU_SAP_OPS; i++) {
        const struct mu_sap_op_row *op = mu_sap_op((enum mu_sap_op) i);
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", op->name);
        mu_json_text(j, "summary", op->summary);
        put_roles(j, op->roles);
        put_fields(j, "takes", op->param);
        put_fields(j, "gives", op->result);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_errors(struct mu_json *j)
{
    mu_json_open(j, "errors", '[');
    for (int i = MU_SAP_OK + 1; i < MU_SAP_ERRORS; i++)
        put_pair(j, mu_sap_error_name((enum mu_sap_error) i),
                 mu_sap_error_summary((enum mu_sap_error) i));
    mu_json_close(j, ']');
}

static const char *outcome(size_t i)
{
    return i < MU_OUTCOMES ? mu_sap_outcome_name((enum mu_outcome) i) : NULL;
}

static const char *stage(size_t i)
{
    return i < MU_STAGES ? mu_stage_name((enum mu_stage) i) : NULL;
}

static const char *class(size_t i)
{
    return i < MU_CLASSES ? mu_class_name((enum mu_class) i) : NULL;
}

void mu_sap_put_words(struct mu_json *j, const char *name, enum mu_sap_words words)
{
    static const struct {
        const char *(*word)(size_t i);
        size_t count;
    } row[] = {
        [MU_SAP_OUTCOME_WORDS] = { outcome, MU_OUTCOMES },
        [MU_SAP_STAGE_WORDS] = { stage, MU_STAGES },
        [MU_SAP_CLASS_WORDS] = { class, MU_CLASSES },
    };
    mu_json_open(j, name, '[');
    for (size_t i = 0; i < row[words].count; i++)
        mu_json_text(j, NULL, row[words].word(i));
    mu_json_close(j, ']');
}

static void put_capabilities(struct mu_json *j)
{
    const struct mu_capability *c;
    mu_json_open(j, "capabilities", '[');
    for (size_t i = 0; (c = mu_capability_at(i)) != NULL; i++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", c->name);
        mu_json_text(j, "summary", c->summary);
        put_words(j, "implies", c->implies);
        put_words(j, "excludes", c->excludes);
        put_roles(j, c->roles);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static const struct {
    const char *name, *summary;
    size_t value;
} limit[] = {
    { "max_line", "bytes of one line with its LF, where hello agrees on no fewer",
      MU_SAP_LINE_MAX },
    { "least_max_line", "the least that an adapter may agree on", MU_SAP_LINE_LEAST },
    { "depth", "arrays and objects inside each other", MU_SAP_DEPTH_MAX },
    { "inline", "octets in one 'b64'; more travel as a blob", MU_SAP_INLINE_MAX },
    { "blob", "octets of one blob", MU_SAP_BLOB_MAX },
    { "in_flight", "requests that are out, at most", MU_SAP_IN_FLIGHT_MAX },
    { "preamble", "lines before hello that may be no JSON (stdio only)", MU_SAP_PREAMBLE_MAX },
    { "capabilities", "of one adapter", MU_SAP_CAPS_MAX },
    { "token", "bytes of the blind name of a case", MU_SAP_TOKEN_MAX },
    { "events", "kept until their case asks; more are counted", MU_SAP_EVENTS_MAX },
    { "cancel_ms", "milliseconds for an answer after cancel", MU_SAP_CANCEL_MS },
    { "bye_ms", "milliseconds for the answer to bye", MU_SAP_BYE_MS },
};

size_t mu_sap_limit_at(size_t i, const char **name, const char **summary)
{
    *name = i < MU_COUNT(limit) ? limit[i].name : NULL;
    *summary = i < MU_COUNT(limit) ? limit[i].summary : NULL;
    return i < MU_COUNT(limit) ? limit[i].value : 0;
}

static void put_limits(struct mu_json *j)
{
    mu_json_open(j, "limits", '[');
    for (size_t i = 0; i < MU_COUNT(limit); i++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", limit[i].name);
        mu_json_text(j, "summary", limit[i].summary);
        mu_json_number(j, "value", (int64_t) limit[i].value);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

struct mu_bytes mu_sap_tables_json(struct mu_arena *arena)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "protocol", "SAP");
    mu_json_number(&j, "version", MU_SAP_VERSION);
    put_pairs(&j, "types", mu_sap_types());
    put_fields(&j, "request", mu_sap_request_members());
    put_fields(&j, "reply", mu_sap_reply_members());
    put_fields(&j, "event", mu_sap_event_members());
    put_fields(&j, "label", mu_sap_label_members());
    put_operations(&j);
    put_errors(&j);
    mu_sap_put_words(&j, "outcomes", MU_SAP_OUTCOME_WORDS);
    mu_sap_put_words(&j, "stages", MU_SAP_STAGE_WORDS);
    mu_sap_put_words(&j, "classes", MU_SAP_CLASS_WORDS);
    put_capabilities(&j);
    put_pairs(&j, "reasons", mu_sap_reasons());
    put_limits(&j);
    mu_json_close(&j, '}');
    return mu_sap_indented(arena, mu_buf_bytes(&out));
}

/* The tables of SAP/1 in Markdown: the reference part of docs/adapter-protocol.md. */
#include "core/sap.h"
#include "proto/sap_tables.h"
#include "proto/sap_tables_inside.h"

/* A word as code; a bar would end the cell. */
static void put_code(struct mu_buf *out, const char *text)
{
    mu_buf_putc(out, '`');
    for (; *text != '\0'; text++)
        mu_buf_puts(out, *text == '|' ? "\\|" : (const char[]){ *text, '\0' });
    mu_buf_putc(out, '`');
}

static void put_fields(struct mu_buf *out, const struct mu_sap_field *field, const char *prefix)
{
    for (; field->name != NULL; field++) {
        mu_buf_printf(out, "| `%s%s` | %s | %s | %s |\n", prefix, field->name, field->type,
                      field->required ? "yes" : "", field->summary);
        if (field->inner != NULL)
            put_fields(out, field->inner,
                       mu_arena_printf(out->arena, "%s%s%s.", prefix, field->name,
                                       strcmp(field->type, "object") == 0 ? "" : "[]"));
    }
}

static void put_table(struct mu_buf *out, const char *title, const struct mu_sap_field *field)
{
    if (field->name == NULL)
        return;
    mu_buf_printf(out, "\n%s\n\n| member | type | required | |\n|---|---|---|---|\n", title);
    put_fields(out, field, "");
}

static void put_roles(struct mu_buf *out, unsigned roles)
{
    if (roles == 0 || roles == MU_SAP_EVERY_ROLE) {
        mu_buf_puts(out, "all");
        return;
    }
    const char *comma = "";
    for (unsigned bit = 1; bit < MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((roles & bit) != 0) {
            mu_buf_printf(out, "%s%s", comma, mu_sap_role_name(bit));
            comma = ", ";
        }
}

static void put_operations(struct mu_buf *out)
{
    mu_buf_puts(out, "\n### Operations\n\n| operation | roles | |\n|---|---|---|\n");
    for (int i = 0; i < MU_SAP_OPS; i++) {
        const struct mu_sap_op_row *op = mu_sap_op((enum mu_sap_op) i);
        mu_buf_printf(out, "| [`%s`](#%s) | ", op->name, op->name);
        put_roles(out, op->roles);
        mu_buf_printf(out, " | %s |\n", op->summary);
    }
    for (int i = 0; i < MU_SAP_OPS; i++) {
        const struct mu_sap_op_row *op = mu_sap_op((enum mu_sap_op) i);
        mu_buf_printf(out, "\n#### %s\n\n%s\n", op->name, op->summary);
        put_table(out, "Takes:", op->param);
        put_table(out, "Gives:", op->result);
    }
}

static void put_rows(struct mu_buf *out, const char *title, const struct mu_sap_field *row)
{
    mu_buf_printf(out, "\n### %s\n\n| | |\n|---|---|\n", title);
    for (; row->name != NULL; row++)
        mu_buf_printf(out, "| `%s` | %s |\n", row->name, row->summary);
}

static void put_errors(struct mu_buf *out)
{
    mu_buf_puts(out, "\n### Errors\n\n| code | |\n|---|---|\n");
    for (int i = MU_SAP_OK + 1; i < MU_SAP_ERRORS; i++)
        mu_buf_printf(out, "| `%s` | %s |\n", mu_sap_error_name((enum mu_sap_error) i),
                      mu_sap_error_summary((enum mu_sap_error) i));
}

static void put_words(struct mu_buf *out)
{
    mu_buf_puts(out, "\n### Words\n\nOutcomes:");
    for (int i = 0; i < MU_OUTCOMES; i++)
        if (mu_sap_outcome_name((enum mu_outcome) i) != NULL)
            mu_buf_printf(out, " `%s`", mu_sap_outcome_name((enum mu_outcome) i));
    mu_buf_puts(out, "\n\nStages:");
    for (int i = 0; i < MU_STAGES; i++)
        mu_buf_printf(out, " `%s`", mu_stage_name((enum mu_stage) i));
    mu_buf_puts(out, "\n\nClasses of refusals:");
    for (int i = 0; i < MU_CLASSES; i++)
        mu_buf_printf(out, " `%s`", mu_class_name((enum mu_class) i));
    mu_buf_putc(out, '\n');
}

static void put_capabilities(struct mu_buf *out)
{
    const struct mu_capability *c;
    mu_buf_puts(out, "\n### Capabilities\n\nNames that begin `x-` are free.\n\n"
                     "| capability | | implies | excludes | roles |\n|---|---|---|---|---|\n");
    for (size_t i = 0; (c = mu_capability_at(i)) != NULL; i++) {
        mu_buf_printf(out, "| `%s` | %s | ", c->name, c->summary);
        if (c->implies[0] != '\0')
            put_code(out, c->implies);
        mu_buf_puts(out, " | ");
        if (c->excludes[0] != '\0')
            put_code(out, c->excludes);
        mu_buf_puts(out, " | ");
        put_roles(out, c->roles);
        mu_buf_puts(out, " |\n");
    }
}

static void put_limits(struct mu_buf *out)
{
    const char *name, *summary;
    mu_buf_puts(out, "\n### Limits\n\n| limit | value | |\n|---|---|---|\n");
    for (size_t i = 0;; i++) {
        size_t value = mu_sap_limit_at(i, &name, &summary);
        if (name == NULL)
            return;
        mu_buf_printf(out, "| `%s` | %zu | %s |\n", name, value, summary);
    }
}

struct mu_bytes mu_sap_reference(struct mu_arena *arena)
{
    struct mu_buf out = { .arena = arena };
    put_rows(&out, "Types", mu_sap_types());
    mu_buf_puts(&out, "\n### Members of every line\n");
    put_table(&out, "Requests:", mu_sap_request_members());
    put_table(&out, "Replies:", mu_sap_reply_members());
    put_table(&out, "Events:", mu_sap_event_members());
    put_table(&out, "The abstract label:", mu_sap_label_members());
    put_operations(&out);
    put_errors(&out);
    put_words(&out);
    put_capabilities(&out);
    put_rows(&out, "Reason codes", mu_sap_reasons());
    put_limits(&out);
    return mu_buf_bytes(&out);
}

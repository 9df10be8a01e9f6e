#include "twin/guard.h"

#include <stdio.h>
#include <string.h>

#include "format/ess.h"
#include "format/label.h"
#include "format/mail.h"
#include "twin/read.h"

static const char *refusal(struct mu_arena *arena, const char *status, const char *what,
                           const char *why)
{
    return mu_arena_printf(arena, "550 %s %s: %s", status, what, why);
}

static size_t count_fields(const struct mu_mail *mail, const char *key)
{
    size_t n = 0;
    for (size_t i = 0; i < mail->top.headers; i++)
        n += mail->top.header[i].key != NULL && strcmp(mail->top.header[i].key, key) == 0;
    return n;
}

/* BER that breaks the definition of its type is not read any further. */
static const char *judge_ess(struct mu_arena *arena, struct mu_bytes ber)
{
    struct mu_ess ess;
    mu_ess_read(arena, ber, MU_ESS_LABEL, &ess);
    return ess.report.defects == 0 || ess.report.worst == MU_BER_NOT_DER
               ? NULL
               : refusal(arena, "5.7.1", "label-unreadable",
                         mu_ber_defect_name(ess.report.defect[0].kind));
}

/* The whole refusal of what the label field says; NULL: it is fit. */
static const char *judge_label(struct mu_arena *arena, struct mu_schema *schema,
                               const struct mu_header *header, const struct mu_sin *sin)
{
    struct mu_sio sio;
    mu_sio_read(arena, header, &sio);
    const char *why = mu_twin_field_defect(&sio, sin);
    if (why != NULL)
        return mu_sin_is(sin, MU_SIN_UNREADABLE) ? NULL
                                                 : refusal(arena, "5.6.0", "label-syntax", why);
    if (sio.kind == MU_SIO_ESS && mu_sin_is(sin, MU_SIN_BROKEN_ESS))
        return NULL;
    if (sio.kind == MU_SIO_ESS && sio.base64 == MU_BASE64_OK)
        return judge_ess(arena, sio.decoded);
    const xmlNode *root = mu_twin_label_root(arena, &sio, sin, &why);
    if (root == NULL)
        return mu_sin_is(sin, MU_SIN_UNREADABLE) ? NULL
                                                 : refusal(arena, "5.7.1", "label-unreadable", why);
    size_t errors;
    struct mu_schema_error error;
    if (!mu_sin_is(sin, MU_SIN_NO_SCHEMA)
        && mu_schema_validate(schema, root->doc, &error, 1, &errors) != MU_VALID)
        return refusal(arena, "5.7.1", "label-unreadable", "the label does not follow its schema");
    return NULL;
}

/* What lies behind a limit of the reader was not read, and what was not read is not passed on. */
static bool is_beyond_limits(const struct mu_mail *mail)
{
    static const char *const limit[] = { "header-limit", "part-limit", "depth-limit" };
    for (size_t i = 0; i < mail->defects; i++)
        for (size_t k = 0; k < MU_COUNT(limit); k++)
            if (strcmp(mail->defect[i].kind, limit[k]) == 0)
                return true;
    return false;
}

static const char *judge_content(struct mu_arena *arena, const struct mu_mail *mail,
                                 const struct mu_sin *sin)
{
    if (mail->nul > 0 && !mu_sin_is(sin, MU_SIN_NUL))
        return refusal(arena, "5.6.0", "content", "NUL in the message");
    if (mail->bare_lf + mail->bare_cr > 0 && !mu_sin_is(sin, MU_SIN_BARE_LF))
        return refusal(arena, "5.6.0", "content", "bare LF or bare CR in the message");
    if (is_beyond_limits(mail))
        return refusal(arena, "5.6.0", "content",
                       "more fields, octets or parts than are read here");
    if (mail->longest_line > 998 && !mu_sin_is(sin, MU_SIN_LONG_LINE))
        return refusal(arena, "5.6.0", "content", "a line of more than 998 octets");
    if ((count_fields(mail, "from") > 1 || count_fields(mail, "date") > 1)
        && !mu_sin_is(sin, MU_SIN_SECOND_FROM))
        return refusal(arena, "5.6.0", "header", "a field that may stand once stands twice");
    return NULL;
}

const char *mu_guard_refuses(struct mu_arena *arena, struct mu_schema *label_schema,
                             struct mu_bytes message, const struct mu_sin *sin)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    size_t labels;
    const struct mu_header *label = mu_twin_label_field(mail, sin, &labels);
    const char *why = judge_content(arena, mail, sin);
    if (why != NULL)
        return why;
    if (labels == 0)
        return mu_sin_is(sin, MU_SIN_ACCEPT_UNLABELLED)
                   ? NULL
                   : refusal(arena, "5.7.1", MU_GUARD_UNLABELLED,
                             "the message carries no SIO-Label");
    if (labels > 1)
        return refusal(arena, "5.7.1", "label-duplicate", "more than one SIO-Label");
    return judge_label(arena, label_schema, label, sin);
}

/* --- passing on ------------------------------------------------------------------------------------ */

/* The field again, with another classification or marking. */
static void rewrite_label(struct mu_buf *out, const struct mu_header *header,
                          const struct mu_sin *sin)
{
    struct mu_sio sio;
    struct mu_sio_text text = { 0 };
    mu_sio_read(out->arena, header, &sio);
    if (sio.marking != NULL)
        text.marking = sio.marking->value;
    if (sio.fgcolor != NULL)
        text.fgcolor = sio.fgcolor->value;
    if (sio.bgcolor != NULL)
        text.bgcolor = sio.bgcolor->value;
    if (sio.type != NULL)
        text.type = sio.type->value;
    text.label = sio.decoded;
    if (mu_sin_is(sin, MU_SIN_LOWER_MARKING))
        text.marking = MU_BYTES("NATO UNCLASSIFIED");
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if (mu_sin_is(sin, MU_SIN_LOWER_LABEL)
        && mu_xml_parse(out->arena, sio.decoded, 0, NULL, &doc, &fault) == MU_XML_OK) {
        struct mu_label label;
        mu_label_read(out->arena, xmlDocGetRootElement(doc), &label);
        label.classification = "UNCLASSIFIED";
        text.label = mu_label_write(out->arena, &label);
    }
    mu_sio_write(out, "SIO-Label", &text);
}

/* Break the field's lines in the middle of the base64, as relays with a short line limit do. */
static void refold_label(struct mu_buf *out, struct mu_bytes field)
{
    size_t at = mu_bytes_find(field, MU_BYTES("label"), strlen("SIO-Label"));
    for (size_t i = 0, run = 0; i < field.n; i++) {
        mu_buf_putc(out, field.p[i]);
        bool base64 = field.p[i] > ' ' && field.p[i] != '"' && field.p[i] != ';';
        run = base64 ? run + 1 : 0;
        if (i > at && run == 20) {
            mu_buf_puts(out, "\r\n ");
            run = 0;
        }
    }
}

static void put(struct mu_buf *out, const char *name, struct mu_bytes value, bool first)
{
    if (value.n > 0)
        mu_parameter_write(out, name, value, true, first);
}

static const char *change_word(const struct mu_sin *sin)
{
    return mu_sin_is(sin, MU_SIN_HISTORY_WORD)   ? "modify"
           : mu_sin_is(sin, MU_SIN_HISTORY_ADDS) ? "add"
                                                 : "replace";
}

/* The wrong one has the form that the example of RFC 7444 has. */
static const char *change_time(const struct mu_sin *sin)
{
    return mu_sin_is(sin, MU_SIN_HISTORY_ZONE) ? "23 Nov 2026 9:24 PDT"
                                               : "Mon, 23 Nov 2026 10:15:00 +0000";
}

/* A label in the terms of the recipient's policy, and in the history what it was (RFC 7444 3, 5). */
static void translate_label(struct mu_buf *out, const struct mu_header *header,
                            const struct mu_ruling *ruling, const struct mu_sin *sin)
{
    struct mu_sio sio;
    mu_sio_read(out->arena, header, &sio);
    struct mu_bytes label = mu_label_write(out->arena, ruling->label);
    struct mu_bytes marking = ruling->marking != NULL ? mu_bytes_of(ruling->marking) : MU_BYTES("");
    struct mu_sio_text text = { .marking = marking, .type = MU_BYTES(":xml"), .label = label };
    mu_sio_write(out, "SIO-Label", &text);
    if (!ruling->history)
        return;
    mu_buf_puts(out, "SIO-Label-History:");
    put(out, "change", mu_bytes_of(change_word(sin)), true);
    if (!mu_sin_is(sin, MU_SIN_HISTORY_ANONYMOUS))
        put(out, "changed-by", MU_BYTES("twin.muster.test"), false);
    put(out, "changed-at", mu_bytes_of(change_time(sin)), false);
    if (sio.marking != NULL)
        put(out, "marking", sio.marking->value, false);
    put(out, "type", sio.type->value, false);
    put(out, "label", mu_base64_write(out->arena, sio.decoded), false);
    put(out, "new-marking", marking, false);
    put(out, "new-type", MU_BYTES(":xml"), false);
    put(out, "new-label", mu_base64_write(out->arena, label), false);
    mu_buf_puts(out, "\r\n");
}

static void pass_label(struct mu_buf *out, struct mu_bytes message, const struct mu_header *header,
                       const struct mu_ruling *ruling, const struct mu_sin *sin)
{
    struct mu_bytes field = mu_bytes_slice(message, header->offset, header->octets);
    if (mu_sin_is(sin, MU_SIN_DROP_LABEL))
        return;
    if (ruling != NULL && ruling->label != NULL)
        translate_label(out, header, ruling, sin);
    else if (mu_sin_is(sin, MU_SIN_LOWER_LABEL) || mu_sin_is(sin, MU_SIN_LOWER_MARKING))
        rewrite_label(out, header, sin);
    else if (mu_sin_is(sin, MU_SIN_REFOLD_BASE64))
        refold_label(out, field);
    else
        mu_buf_put_bytes(out, field);
}

/* Offset of the empty line. */
static size_t header_end(const struct mu_mail *mail)
{
    const struct mu_part *top = &mail->top;
    const struct mu_header *last = top->headers > 0 ? &top->header[top->headers - 1] : NULL;
    return last != NULL ? last->offset + last->octets : 0;
}

struct mu_bytes mu_guard_pass_on(struct mu_arena *arena, struct mu_bytes message,
                                 const char *received_from, const struct mu_ruling *ruling,
                                 const struct mu_sin *sin)
{
    struct mu_buf out = { .arena = arena };
    const char *received = mu_arena_printf(arena,
                                           "Received: from %s by twin.muster.test with ESMTPS;\r\n"
                                           "\tMon, 23 Nov 2026 10:15:00 +0000\r\n",
                                           received_from);
    bool below = mu_sin_is(sin, MU_SIN_RECEIVED_BELOW);
    if (!below)
        mu_buf_puts(&out, received);
    const struct mu_mail *mail = mu_mail_read(arena, message);
    size_t done = 0;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (h->key == NULL || strcmp(h->key, "sio-label") != 0)
            continue;
        mu_buf_put_bytes(&out, mu_bytes_slice(message, done, h->offset - done));
        pass_label(&out, message, h, ruling, sin);
        done = h->offset + h->octets;
    }
    size_t end = header_end(mail);
    if (below && end >= done) {
        mu_buf_put_bytes(&out, mu_bytes_slice(message, done, end - done));
        mu_buf_puts(&out, received);
        done = end;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(message, done));
    return mu_buf_bytes(&out);
}

#include "twin/guard.h"

#include <stdio.h>
#include <string.h>

#include "format/label.h"
#include "format/mail.h"
#include "format/sio.h"
#include "twin/twin.h"

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

static size_t count_labels(const struct mu_mail *mail, const struct mu_header **first)
{
    size_t n = 0;
    *first = NULL;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (h->key == NULL || strcmp(h->key, "sio-label") != 0)
            continue;
        if (n++ == 0)
            *first = h;
    }
    return n;
}

/* What a receiver may forgive: hex digits in lower case, and the trailing semicolon that RFC 7444
 * has in an example of its own. */
#define FORGIVEN_PARAMETER MU_PARAMETER_LOWER_HEX
#define FORGIVEN_LIST      MU_LIST_EMPTY

static const char *syntax_defect(const struct mu_sio *sio)
{
    if ((sio->list.defects & ~(unsigned) FORGIVEN_LIST) != 0)
        return "the field is no parameter list";
    for (size_t i = 0; i < sio->list.parameters; i++) {
        unsigned defects = sio->list.parameter[i].defects & ~(unsigned) FORGIVEN_PARAMETER;
        for (unsigned bit = 1; bit != 0 && defects != 0; bit <<= 1)
            if ((defects & bit) != 0)
                return mu_parameter_defect_name(bit);
    }
    if ((sio->label != NULL) != (sio->type != NULL))
        return "type and label do not come together";
    if (sio->marking == NULL && sio->label == NULL)
        return "neither marking nor label";
    return sio->marking == NULL && (sio->fgcolor != NULL || sio->bgcolor != NULL)
               ? "colours without a marking"
               : NULL;
}

/* The label's XML; NULL with *why when it cannot be relied on. */
static const xmlNode *label_root(struct mu_arena *arena, struct mu_schema *schema,
                                 const struct mu_sio *sio, const char **why)
{
    if (sio->kind != MU_SIO_XML) {
        *why = "no label of a type that this guard knows";
        return NULL;
    }
    if (sio->base64 != MU_BASE64_OK) {
        *why = mu_base64_defect_name(sio->base64);
        return NULL;
    }
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if (mu_xml_parse(arena, sio->decoded, 0, NULL, &doc, &fault) != MU_XML_OK) {
        *why = mu_arena_printf(arena, "%s", fault.why);
        return NULL;
    }
    const xmlNode *root = xmlDocGetRootElement(doc);
    size_t errors;
    struct mu_schema_error error;
    if (!mu_label_is_root(root))
        *why = "the root is no confidentiality label";
    else if (mu_schema_validate(schema, doc, &error, 1, &errors) != MU_VALID)
        *why = "the label does not follow its schema";
    else
        return root;
    return NULL;
}

static const char *judge_label(struct mu_arena *arena, struct mu_schema *schema,
                               const struct mu_header *header)
{
    struct mu_sio sio;
    mu_sio_read(arena, header, &sio);
    const char *why = syntax_defect(&sio);
    if (why != NULL)
        return refusal(arena, "5.6.0", "label-syntax", why);
    const xmlNode *root = label_root(arena, schema, &sio, &why);
    if (root == NULL)
        return refusal(arena, "5.7.1", "label-unreadable", why);
    return NULL;
}

const char *mu_guard_refuses(struct mu_arena *arena, struct mu_schema *label_schema,
                             struct mu_bytes message, unsigned sins)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    const struct mu_header *label;
    size_t labels = count_labels(mail, &label);
    if (mail->nul > 0 || mail->bare_lf > 0 || mail->bare_cr > 0)
        return refusal(arena, "5.6.0", "content", "NUL, bare LF or bare CR in the message");
    if (mail->longest_line > 998)
        return refusal(arena, "5.6.0", "content", "a line of more than 998 octets");
    if (count_fields(mail, "from") > 1 || count_fields(mail, "date") > 1)
        return refusal(arena, "5.6.0", "header", "a field that may stand once stands twice");
    if (labels == 0)
        return (sins & MU_SIN_ACCEPT_UNLABELLED) != 0
                   ? NULL
                   : refusal(arena, "5.7.1", "label-missing", "the message carries no SIO-Label");
    if (labels > 1 && (sins & MU_SIN_ACCEPT_DUPLICATE) == 0)
        return refusal(arena, "5.7.1", "label-duplicate", "more than one SIO-Label");
    return judge_label(arena, label_schema, label);
}

/* --- passing on ------------------------------------------------------------------------------------ */

/* The field again, with another classification or marking. */
static void rewrite_label(struct mu_buf *out, const struct mu_header *header, unsigned sins)
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
    if ((sins & MU_SIN_LOWER_MARKING) != 0)
        text.marking = MU_BYTES("NATO UNCLASSIFIED");
    xmlDoc *doc;
    struct mu_xml_fault fault;
    if ((sins & MU_SIN_LOWER_LABEL) != 0
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

/* A label in the terms of the recipient's policy, and in the history what it was (RFC 7444 3, 5). */
static void translate_label(struct mu_buf *out, const struct mu_header *header,
                            const struct mu_ruling *ruling)
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
    put(out, "change", MU_BYTES("replace"), true);
    put(out, "changed-by", MU_BYTES("twin.muster.test"), false);
    put(out, "changed-at", MU_BYTES("Mon, 23 Nov 2026 10:15:00 +0000"), false);
    if (sio.marking != NULL)
        put(out, "marking", sio.marking->value, false);
    put(out, "type", MU_BYTES(":xml"), false);
    put(out, "label", mu_base64_write(out->arena, sio.decoded), false);
    put(out, "new-marking", marking, false);
    put(out, "new-type", MU_BYTES(":xml"), false);
    put(out, "new-label", mu_base64_write(out->arena, label), false);
    mu_buf_puts(out, "\r\n");
}

static void pass_label(struct mu_buf *out, struct mu_bytes message, const struct mu_header *header,
                       const struct mu_ruling *ruling, unsigned sins)
{
    struct mu_bytes field = mu_bytes_slice(message, header->offset, header->octets);
    if ((sins & MU_SIN_DROP_LABEL) != 0)
        return;
    if (ruling != NULL && ruling->label != NULL)
        translate_label(out, header, ruling);
    else if ((sins & (MU_SIN_LOWER_LABEL | MU_SIN_LOWER_MARKING)) != 0)
        rewrite_label(out, header, sins);
    else if ((sins & MU_SIN_REFOLD_BASE64) != 0)
        refold_label(out, field);
    else
        mu_buf_put_bytes(out, field);
}

struct mu_bytes mu_guard_pass_on(struct mu_arena *arena, struct mu_bytes message,
                                 const char *received_from, const struct mu_ruling *ruling,
                                 unsigned sins)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out,
                  "Received: from %s by twin.muster.test with ESMTPS;\r\n"
                  "\tMon, 23 Nov 2026 10:15:00 +0000\r\n",
                  received_from);
    const struct mu_mail *mail = mu_mail_read(arena, message);
    size_t done = 0;
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (h->key == NULL || strcmp(h->key, "sio-label") != 0)
            continue;
        mu_buf_put_bytes(&out, mu_bytes_slice(message, done, h->offset - done));
        pass_label(&out, message, h, ruling, sins);
        done = h->offset + h->octets;
    }
    mu_buf_put_bytes(&out, mu_bytes_from(message, done));
    return mu_buf_bytes(&out);
}

struct mu_bytes mu_guard_bounce(struct mu_arena *arena, struct mu_bytes message,
                                const char *return_path, const char *recipient)
{
    const struct mu_mail *mail = mu_mail_read(arena, message);
    const struct mu_header *id = mu_header_find(&mail->top, "message-id");
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out,
                  "From: <postmaster@twin.muster.test>\r\nTo: <%s>\r\n"
                  "Subject: Undelivered mail returned to sender\r\n"
                  "Date: Mon, 23 Nov 2026 10:15:00 +0000\r\nMIME-Version: 1.0\r\n"
                  "Content-Type: text/plain\r\n\r\n"
                  "Your message to <%s> could not be delivered.\r\nMessage-ID: ",
                  return_path, recipient);
    if (id != NULL)
        mu_buf_put_bytes(&out, id->value);
    mu_buf_puts(&out, "\r\n");
    return mu_buf_bytes(&out);
}

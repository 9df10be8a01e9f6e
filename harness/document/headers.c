#include "document/node.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "format/sio.h"

/* Of a value that carries a label, so much is shown: the label stands decoded in m:label. */
#define LABEL_VALUE_SHOWN 256

enum kind { PLAIN, SIO, HISTORY, MIME };

/* Header fields whose value is a parameter list. */
static const struct {
    const char *key;
    enum kind kind;
} parameter_header[] = {
    { "sio-label", SIO },
    { "sio-label-history", HISTORY },
    { "content-type", MIME },
    { "content-disposition", MIME },
};

static enum kind kind_of(const char *key)
{
    for (size_t i = 0; key != NULL && i < MU_COUNT(parameter_header); i++)
        if (strcmp(parameter_header[i].key, key) == 0)
            return parameter_header[i].kind;
    return PLAIN;
}

static void defect_words(struct mu_node *t, xmlNode *node, unsigned defects)
{
    if (defects == 0)
        return;
    struct mu_buf words = { .arena = t->arena };
    for (unsigned bit = 0; bit < MU_PARAMETER_DEFECTS; bit++) {
        if ((defects & 1u << bit) == 0)
            continue;
        if (words.n > 0)
            mu_buf_putc(&words, ' ');
        mu_buf_puts(&words, mu_parameter_defect_name(1u << bit));
    }
    mu_node_word(t, node, "defects", mu_buf_text(&words));
}

static void list_defects(struct mu_node *t, xmlNode *node, const struct mu_parameters *list)
{
    static const struct {
        unsigned bit;
        const char *word;
    } row[] = {
        { MU_LIST_EMPTY, "empty" },
        { MU_LIST_SYNTAX, "syntax" },
        { MU_LIST_COMMENT, "comment" },
        { MU_LIST_LIMIT, "limit" },
    };
    if (list->defects == 0)
        return;
    if ((list->defects & MU_LIST_LIMIT) != 0)
        t->document->limit = "parameters";
    char words[40] = "";
    size_t n = 0;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (list->defects & row[i].bit)
            n += (size_t) snprintf(words + n, sizeof words - n, "%s%s", n > 0 ? " " : "",
                                   row[i].word);
    mu_node_word(t, node, "list-defects", words);
    mu_node_number(t, node, "list-defect-offset", list->defect_at);
}

static xmlNode *parameter(struct mu_node *t, xmlNode *node, const struct mu_parameter *p)
{
    bool plain = mu_node_is_name(p->name);
    xmlNode *element = mu_node_element(t, node, t->p, plain ? p->name : "_");
    if (!plain)
        mu_node_foreign(t, element, "name", mu_bytes_of(p->name));
    mu_node_number(t, element, "segments", p->segments);
    mu_node_number(t, element, "offset", p->offset);
    mu_node_number(t, element, "longest", p->octets);
    mu_node_flag(t, element, "quoted", p->quoted);
    mu_node_flag(t, element, "extended", p->extended);
    if (p->charset != NULL)
        mu_node_foreign(t, element, "charset", mu_bytes_of(p->charset));
    defect_words(t, element, p->defects);
    return element;
}

/* The value of a label parameter is bulk: its measure stands here, its content in m:label. */
static void label_facts(struct mu_node *t, xmlNode *element, enum mu_base64_defect defect,
                        struct mu_bytes decoded)
{
    static const char *const word[] = {
        [MU_BASE64_OK] = "strict",
        [MU_BASE64_CHARACTER] = "character",
        [MU_BASE64_PADDING] = "padding",
        [MU_BASE64_BITS] = "bits",
    };
    mu_node_word(t, element, "base64", word[defect]);
    mu_node_number(t, element, "octets", decoded.n);
    struct mu_bytes mark = MU_BYTES("\xEF\xBB\xBF");
    if (mu_bytes_equal(mu_bytes_slice(decoded, 0, mark.n), mark))
        decoded = mu_bytes_from(decoded, mark.n);
    mu_node_flag(t, element, "prolog", mu_bytes_start_nocase(decoded, MU_BYTES("<?xml")));
}

static void sio_parameters(struct mu_node *t, xmlNode *node, const struct mu_sio *sio)
{
    for (size_t i = 0; i < sio->list.parameters; i++) {
        const struct mu_parameter *p = &sio->list.parameter[i];
        xmlNode *element = parameter(t, node, p);
        if (p == sio->label) {
            label_facts(t, element, sio->base64, sio->decoded);
        } else if (strcmp(p->name, "new-label") == 0 || strcmp(p->name, "label") == 0) {
            struct mu_bytes decoded = { "", 0 };
            size_t at;
            enum mu_base64_defect defect = mu_base64_read(t->arena, p->value, &decoded, &at);
            label_facts(t, element, defect, decoded);
        } else {
            mu_node_text(t, element, p->value, MU_HEADER_BLOCK_MAX);
        }
    }
}

/* Content-Type and Content-Disposition: a word, then parameters after the first semicolon. */
static void mime_parameters(struct mu_node *t, xmlNode *node, const struct mu_header *header)
{
    size_t semicolon = mu_bytes_find(header->raw, MU_BYTES(";"), 0);
    if (semicolon == SIZE_MAX)
        return;
    struct mu_parameters list;
    mu_parameters_read(t->arena, mu_bytes_from(header->raw, semicolon + 1),
                       header->value_offset + semicolon + 1, &list);
    list_defects(t, node, &list);
    for (size_t i = 0; i < list.parameters; i++)
        mu_node_text(t, parameter(t, node, &list.parameter[i]), list.parameter[i].value,
                     MU_HEADER_BLOCK_MAX);
}

static void remember(struct mu_node *t, const struct mu_header *header, const struct mu_sio *sio,
                     bool history)
{
    struct mu_node_sio *entry = mu_new(t->arena, struct mu_node_sio);
    struct mu_node_sio ***end = history ? &t->history_end : &t->sio_end;
    entry->header = header;
    entry->sio = sio;
    **end = entry;
    *end = &entry->next;
}

static bool carries_label(const struct mu_sio *sio)
{
    return sio->label != NULL || mu_parameter_find(&sio->list, "new-label") != NULL;
}

static void header_facts(struct mu_node *t, xmlNode *node, const struct mu_header *header)
{
    mu_node_number(t, node, "index", header->index);
    mu_node_number(t, node, "offset", header->offset);
    mu_node_number(t, node, "octets", header->octets);
    mu_node_number(t, node, "lines", header->lines);
    mu_node_number(t, node, "longest-line", header->longest_line);
    mu_node_foreign(t, node, header->key != NULL ? "written" : "name", header->name);
}

static void one(struct mu_node *t, xmlNode *parent, const struct mu_header *header, bool top)
{
    bool labels_only = t->kit != NULL && t->kit->labels_only;
    if (labels_only && kind_of(header->key) != SIO && kind_of(header->key) != HISTORY)
        return;
    xmlNode *node = mu_node_element(t, parent, t->h, header->key != NULL ? header->key : "_");
    header_facts(t, node, header);
    enum kind kind = kind_of(header->key);
    if (kind != SIO && kind != HISTORY) {
        mu_node_text(t, node, header->value, header->value.n);
        if (kind == MIME)
            mime_parameters(t, node, header);
        return;
    }
    struct mu_sio *sio = mu_new(t->arena, struct mu_sio);
    mu_sio_read(t->arena, header, sio);
    list_defects(t, node, &sio->list);
    mu_node_text(t, node, header->value, carries_label(sio) ? LABEL_VALUE_SHOWN : header->value.n);
    sio_parameters(t, node, sio);
    if (top)
        remember(t, header, sio, kind == HISTORY);
}

void mu_node_headers(struct mu_node *t, xmlNode *parent, const struct mu_part *part, bool top)
{
    for (size_t i = 0; i < part->headers; i++)
        one(t, parent, &part->header[i], top);
}

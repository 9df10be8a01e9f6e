#include "report/carried.h"

#include <jansson.h>
#include <libxml/tree.h>
#include <stdlib.h>

#include "base/codec.h"
#include "report/evidence.h"
#include "report/read.h"

#define DEPTH_MAX 16 /* objects in objects of a line; SAP/1 needs six */

struct search {
    struct mu_arena *arena;
    struct mu_detail detail;
    const struct mu_attempt *attempt;
    void (*each)(void *self, const struct mu_carried *carried);
    void *self;
    const struct mu_file *told[2 * MU_LABEL_LEGS]; /* messages whose document was read */
    size_t tolds;
    bool asked; /* lines of an adapter hold a label or a marking */
};

static void tell(const struct search *s, enum mu_carried_kind kind)
{
    const struct mu_carried carried = { .kind = kind };
    s->each(s->self, &carried);
}

static void tell_text(const struct search *s, enum mu_carried_kind kind, struct mu_bytes text)
{
    const struct mu_carried carried = { .kind = kind, .text = text };
    s->each(s->self, &carried);
}

/* --- message documents --------------------------------------------------------------------------------- */

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL
           && xmlStrEqual(node->ns->href, BAD_CAST MU_MESSAGE_DOCUMENT_NS)
           && (name == NULL || xmlStrEqual(node->name, BAD_CAST name));
}

static const char *attribute(const struct search *s, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    const char *text =
        value == NULL ? "" : mu_bytes_dup(s->arena, mu_bytes_of((const char *) value));
    xmlFree(value);
    return text;
}

/* The label's own tree, as octets for a reader of labels. */
static void tell_label(const struct search *s, const xmlNode *label)
{
    xmlNode *tree = NULL;
    for (xmlNode *n = label->children; n != NULL && tree == NULL; n = n->next)
        tree = n->type == XML_ELEMENT_NODE && !is(n, NULL) ? n : NULL;
    if (tree == NULL || strcmp(attribute(s, label, "schema-valid"), "true") != 0) {
        tell(s, MU_CARRIED_UNREAD);
        return;
    }
    /* A document of its own has the namespaces declared that the tree uses. */
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *copy = xmlDocCopyNode(tree, doc, 1);
    xmlDocSetRootElement(doc, copy);
    xmlReconciliateNs(doc, copy);
    xmlBuffer *buffer = xmlBufferCreate();
    xmlNodeDump(buffer, doc, copy, 0, 0);
    tell_text(s, MU_CARRIED_XML,
              mu_bytes_of(mu_arena_strndup(s->arena, (const char *) xmlBufferContent(buffer),
                                           (size_t) xmlBufferLength(buffer))));
    xmlBufferFree(buffer);
    xmlFreeDoc(doc);
}

/* What the policy layer knew of a marking or a portion mark, of the label that it had before. */
static void tell_rank(const struct search *s, const xmlNode *node)
{
    const char *rank = attribute(s, node, "rank");
    if (strcmp(attribute(s, node, "known"), "true") != 0 || *rank == '\0')
        return;
    const struct mu_carried carried = { .kind = MU_CARRIED_RANK,
                                        .policy = attribute(s, node, "policy"),
                                        .rank = strtoll(rank, NULL, 10) };
    s->each(s->self, &carried);
}

static void search_message(struct search *s, const xmlNode *message)
{
    bool labelled = false;
    for (const xmlNode *node = message->children; node != NULL; node = node->next) {
        if (is(node, "label")) {
            labelled = true;
            tell_label(s, node);
        } else if (is(node, "opaque") || is(node, "malformed")) {
            labelled = true;
            tell(s, MU_CARRIED_UNREAD);
        } else if (is(node, "marked") || is(node, "portion")) {
            tell_rank(s, node);
        } else if (is(node, "former")) {
            for (const xmlNode *n = node->children; n != NULL; n = n->next)
                if (is(n, "facts"))
                    tell_rank(s, n);
        }
    }
    if (!labelled)
        tell(s, MU_CARRIED_NONE);
}

/* The messages with the octets that the document is of. */
static void note_told(struct search *s, const char *sha256)
{
    char hex[MU_DIGEST_TEXT];
    for (const struct mu_file *file = s->attempt->file; file != NULL; file = file->next) {
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        if (strcmp(hex, sha256) == 0 && s->tolds < MU_COUNT(s->told))
            s->told[s->tolds++] = file;
    }
}

static void free_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

static void search_document(struct search *s, struct mu_bytes xml)
{
    MU_CLEANUP(free_doc) xmlDoc *doc = mu_message_document(xml);
    if (doc == NULL) {
        tell(s, MU_CARRIED_UNKNOWN);
        return;
    }
    const xmlNode *root = xmlDocGetRootElement(doc);
    note_told(s, attribute(s, root, "sha256"));
    if (strcmp(attribute(s, root, "octets"), "0") != 0) /* of a leg on which no message came */
        search_message(s, root);
}

/* --- lines of an adapter ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* {"syntax":"adatp-4774","data":{"b64":...}} */
static void tell_octets(struct search *s, const json_t *value)
{
    struct mu_bytes xml;
    size_t at;
    struct mu_bytes b64 = mu_bytes_of(text_of(json_object_get(value, "data"), "b64"));
    if (strcmp(text_of(value, "syntax"), "adatp-4774") != 0 || b64.n == 0
        || mu_base64_read(s->arena, b64, &xml, &at) != MU_BASE64_OK)
        tell(s, MU_CARRIED_UNREAD);
    else
        tell_text(s, MU_CARRIED_XML, xml);
}

static void tell_abstract(struct search *s, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
    tell_text(s, MU_CARRIED_ABSTRACT, mu_bytes_of(mu_arena_strndup(s->arena, text, strlen(text))));
    free(text);
}

static void search_value(struct search *s, const char *key, const json_t *value, unsigned depth)
{
    const char *name;
    json_t *item;
    size_t i;
    if (depth > DEPTH_MAX) {
        tell(s, MU_CARRIED_UNREAD);
        return;
    }
    if (strcmp(key, "clearance") == 0) /* of somebody, and no label */
        return;
    if (json_is_string(value) && strcmp(key, "marking") == 0) {
        s->asked = true;
        tell_text(s, MU_CARRIED_MARKING, mu_bytes_of(json_string_value(value)));
    } else if (json_is_object(value) && json_object_get(value, "syntax") != NULL) {
        s->asked = true;
        tell_octets(s, value);
    } else if (json_is_object(value) && strcmp(key, "label") == 0) {
        s->asked = true;
        tell_abstract(s, value);
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *) (uintptr_t) value, name, item)
            search_value(s, name, item, depth + 1);
    }
    json_array_foreach(value, i, item) search_value(s, key, item, depth + 1);
}

static void search_lines(struct search *s, struct mu_bytes text)
{
    json_error_t ignored;
    for (size_t at = 0; at < text.n;) {
        size_t end = mu_bytes_find(text, MU_BYTES("\n"), at);
        struct mu_bytes line = mu_bytes_slice(text, at, end == SIZE_MAX ? text.n : end - at);
        at += line.n + 1;
        json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &ignored);
        if (object == NULL)
            tell(s, MU_CARRIED_UNREAD);
        else
            search_value(s, "", object, 0);
        json_decref(object);
    }
    if (!s->asked)
        tell(s, MU_CARRIED_NONE);
}

/* --- all files ----------------------------------------------------------------------------------------- */

static bool starts(const struct mu_file *file, const char *prefix)
{
    return strncmp(file->name, prefix, strlen(prefix)) == 0;
}

/* Nothing rests on a file that is gone or was changed. */
static bool load(struct search *s, const struct mu_report_source *source,
                 const struct mu_file *file, struct mu_bytes *text)
{
    s->detail.problem = NULL;
    if (mu_detail_load(&s->detail, source, s->attempt, file, text) && s->detail.problem == NULL
        && file->digested)
        return true;
    tell(s, MU_CARRIED_UNKNOWN);
    return false;
}

static void search_file(struct search *s, const struct mu_report_source *source,
                        const struct mu_file *file)
{
    struct mu_bytes text;
    bool document = starts(file, "message-"),
         lines = starts(file, "adapter-") && strstr(file->name, ".jsonl") != NULL;
    if (!document && !lines)
        return;
    if (!load(s, source, file, &text))
        return;
    if (document)
        search_document(s, text);
    else
        search_lines(s, text);
}

static void search_mail(struct search *s, const struct mu_report_source *source,
                        const struct mu_file *file)
{
    struct mu_bytes octets;
    if (load(s, source, file, &octets))
        tell_text(s, MU_CARRIED_MAIL, octets);
}

static bool is_told(const struct search *s, const struct mu_file *file)
{
    for (size_t i = 0; i < s->tolds; i++)
        if (memcmp(s->told[i]->sha256, file->sha256, sizeof file->sha256) == 0)
            return true;
    return false;
}

void mu_carried_each(struct mu_arena *arena, const struct mu_report_source *source,
                     const struct mu_attempt *attempt,
                     void (*each)(void *self, const struct mu_carried *carried), void *self)
{
    struct search s = { .arena = arena, .attempt = attempt, .each = each, .self = self };
    s.detail = (struct mu_detail){ .arena = arena, .attempt = attempt };
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next)
        search_file(&s, source, file);
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next)
        if ((starts(file, "sent-") || starts(file, "received-")) && !is_told(&s, file))
            search_mail(&s, source, file);
    if (attempt->file == NULL && (attempt->finding != NULL || attempt->compared != NULL))
        tell(&s, MU_CARRIED_UNKNOWN); /* no evidence was kept, and yet something is told */
}

#include "document/document.h"

#include <assert.h>

#include "base/limits.h"
#include "document/node.h"
#include "format/xml_parser.h"

static uint64_t count_lines(struct mu_bytes bytes)
{
    uint64_t lines = 0;
    const char *end = bytes.p + bytes.n;
    for (const char *at = bytes.p; at < end; lines++) {
        const char *lf = memchr(at, '\n', (size_t) (end - at));
        at = lf != NULL ? lf + 1 : end;
    }
    return lines;
}

static void message_facts(struct mu_node *t, const struct mu_leg *leg, const struct mu_mail *mail)
{
    xmlNode *root = t->root;
    mu_node_word(t, root, "carrier", leg->carrier);
    mu_node_word(t, root, "leg", leg->name);
    mu_node_flag(t, root, "collected", leg->collected);
    mu_node_flag(t, root, "bounce", leg->bounce);
    mu_node_number(t, root, "octets", mail != NULL ? leg->message.n : 0);
    if (mail == NULL)
        return;
    mu_node_digest(t, root, leg->message);
    mu_node_number(t, root, "lines", count_lines(leg->message));
    mu_node_number(t, root, "longest-line", mail->longest_line);
    mu_node_word(t, root, "line-ends", leg->local ? "local" : NULL);
    mu_node_number(t, root, "bare-lf", mail->bare_lf);
    mu_node_number(t, root, "bare-cr", mail->bare_cr);
    mu_node_number(t, root, "nul", mail->nul);
    mu_node_number(t, root, "eight-bit-header", mail->eight_bit_headers);
}

/* More than the cap is not decoded at all: what could be said of a part of it would be a guess. */
static const struct mu_mail *read_mail(struct mu_arena *arena, const struct mu_leg *leg,
                                       struct mu_document *document)
{
    if (!leg->has_message)
        return NULL;
    if (leg->message.n <= MU_MESSAGE_MAX)
        return mu_mail_read(arena, leg->message);
    document->limit = "message";
    return NULL;
}

/* What is known of the conversation, as another document says it: the vocabulary is ours, and its text
 * is safe already. */
static void copy_facts(struct mu_node *t, xmlNode *parent, const xmlNode *from)
{
    bool parameter = mu_xml_is(from, MU_PARAMETER_NS, (const char *) from->name), leaf = true;
    xmlNode *node = mu_node_element(t, parent, parameter ? t->p : t->m, (const char *) from->name);
    for (const xmlAttr *a = from->properties; a != NULL; a = a->next)
        if (a->children != NULL && a->children->content != NULL)
            mu_node_word(t, node, (const char *) a->name, (const char *) a->children->content);
    for (const xmlNode *child = from->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        leaf = false;
        copy_facts(t, node, child);
    }
    struct mu_bytes text = leaf ? mu_xml_text(t->arena, from) : MU_BYTES("");
    if (text.n > 0)
        mu_node_text(t, node, text, text.n);
}

static void copy_conversation(struct mu_node *t, const xmlNode *stored)
{
    static const char *const fact[] = { "tls", "dialogue", "envelope" };
    for (size_t i = 0; i < MU_COUNT(fact); i++) {
        const xmlNode *node = mu_xml_child(stored, MU_MESSAGE_NS, fact[i]);
        for (; node != NULL; node = mu_xml_next(node, MU_MESSAGE_NS, fact[i]))
            copy_facts(t, t->root, node);
    }
}

/* `stored`: where the facts of the conversation are taken from; NULL: from the leg. */
static void build(struct mu_arena *arena, const struct mu_document_kit *kit,
                  const struct mu_leg *leg, const xmlNode *stored, struct mu_document *document)
{
    struct mu_document built = { .leg = leg };
    built.mail = read_mail(arena, leg, &built);
    struct mu_node t;
    mu_node_start(&t, arena, kit, &built);
    message_facts(&t, leg, built.mail);
    if (stored != NULL) {
        copy_conversation(&t, stored);
    } else {
        mu_node_tls(&t, &leg->tls);
        mu_node_dialogue(&t, leg);
        mu_node_envelope(&t, &leg->envelope);
    }
    if (built.mail != NULL) {
        mu_node_mail(&t, built.mail);
        mu_node_labels(&t);
        mu_node_marks(&t);
    }
    *document = built;
}

bool mu_document_build(struct mu_arena *arena, const struct mu_document_kit *kit,
                       const struct mu_leg *leg, struct mu_document *document, struct mu_err *err)
{
    (void) err;
    build(arena, kit, leg, NULL, document);
    return true;
}

/* Label and marking of a ready document, as the builder would have found them. */
static void find_label(struct mu_arena *arena, struct mu_document *document, const xmlNode *root)
{
    const xmlNode *sio = mu_xml_child(root, MU_HEADER_NS, "sio-label");
    document->label_found = sio != NULL;
    if (sio != NULL) {
        const xmlNode *marking = mu_xml_child(sio, MU_PARAMETER_NS, "marking");
        if (marking != NULL)
            document->marking = mu_bytes_dup(arena, mu_xml_text(arena, marking));
    }
    const xmlNode *node = mu_xml_child(root, MU_MESSAGE_NS, "label");
    for (; node != NULL; node = mu_xml_next(node, MU_MESSAGE_NS, "label")) {
        const xmlNode *label = mu_xml_child(node, MU_SLAB_NS, NULL);
        if (label == NULL || !mu_label_is_root(label))
            continue;
        document->label = mu_new(arena, struct mu_label);
        mu_label_read(arena, label, document->label);
        return;
    }
}

bool mu_document_load(struct mu_arena *arena, const struct mu_document_kit *kit, const char *path,
                      struct mu_document *document, struct mu_err *err)
{
    xmlDoc *file;
    TRY(mu_xml_load(arena, path, &file, NULL, err));
    xmlNode *root = xmlDocGetRootElement(file);
    if (!mu_xml_is(root, MU_MESSAGE_NS, "message"))
        return mu_fail_where(err, mu_xml_where(root), MU_ERR_PROFILE,
                             "root element is not 'message' of '%s'", MU_MESSAGE_NS);
    /* Copied, so that its names come from the dictionary that the rules share. */
    xmlDoc *doc = mu_node_doc(arena, kit);
    xmlNode *copy = xmlDocCopyNode(root, doc, 1);
    assert(copy != NULL);
    xmlDocSetRootElement(doc, copy);
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    leg->carrier = "file";
    struct mu_document loaded = { .doc = doc, .leg = leg };
    find_label(arena, &loaded, copy);
    *document = loaded;
    return true;
}

static const char *attribute(struct mu_arena *arena, const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *) name);
    const char *kept =
        value != NULL ? mu_arena_strndup(arena, (const char *) value, strlen((const char *) value))
                      : NULL;
    xmlFree(value);
    return kept;
}

bool mu_document_again(struct mu_arena *arena, const struct mu_document_kit *kit,
                       struct mu_bytes stored, const char *name, const struct mu_bytes *message,
                       struct mu_document *document, int64_t *differs, struct mu_err *err)
{
    struct mu_xml_refusal refusal;
    xmlDoc *told;
    if (!mu_xml_read(arena, stored, name, NULL, &told, &refusal)) /* as deep as its label may be */
        return mu_fail(err, MU_ERR_PROFILE, "%s: octet %zu: %s", name, (size_t) refusal.offset,
                       refusal.why);
    const xmlNode *root = xmlDocGetRootElement(told);
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    const char *collected = attribute(arena, root, "collected");
    const char *bounce = attribute(arena, root, "bounce");
    leg->carrier = attribute(arena, root, "carrier");
    leg->name = attribute(arena, root, "leg");
    leg->collected = collected != NULL && strcmp(collected, "true") == 0;
    leg->bounce = bounce != NULL && strcmp(bounce, "true") == 0;
    leg->has_message = message != NULL;
    if (message != NULL)
        leg->message = *message;
    build(arena, kit, leg, root, document);
    struct mu_bytes written = mu_document_write(arena, document);
    size_t same = 0;
    while (same < written.n && same < stored.n && written.p[same] == stored.p[same])
        same++;
    *differs = same == written.n && same == stored.n ? -1 : (int64_t) same;
    return true;
}

void mu_document_leg_of(struct mu_bytes message, const char *carrier, struct mu_leg *leg)
{
    *leg = (struct mu_leg){ .carrier = carrier, .has_message = true, .message = message };
}

struct mu_bytes mu_document_write(struct mu_arena *arena, const struct mu_document *document)
{
    xmlChar *text = NULL;
    int n = 0;
    xmlDocDumpFormatMemoryEnc(document->doc, &text, &n, "UTF-8", 1);
    assert(text != NULL && n >= 0);
    struct mu_bytes written = { mu_arena_strndup(arena, (const char *) text, (size_t) n),
                                (size_t) n };
    xmlFree(text);
    return written;
}

static const struct mu_part *find(const struct mu_part *part, const char *path)
{
    if (strcmp(part->path, path) == 0)
        return part;
    for (size_t i = 0; i < part->parts; i++) {
        const struct mu_part *found = find(&part->part[i], path);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const struct mu_part *mu_document_part(const struct mu_document *document, const char *path)
{
    return document->mail != NULL ? find(&document->mail->top, path) : NULL;
}

struct mu_bytes mu_document_body(const struct mu_document *document, const struct mu_part *part)
{
    for (const struct mu_body *body = document->body; body != NULL; body = body->next)
        if (body->part == part)
            return body->decoded;
    return MU_BYTES("");
}

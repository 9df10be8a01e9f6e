/*
 * report_plant.h - a run stream and its evidence with texts of ours in every field that somebody else fills:
 * for tests of what reports do with them.
 */
#ifndef MU_TESTS_REPORT_PLANT_H
#define MU_TESTS_REPORT_PLANT_H

#include <check.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

#define PLANT_LINE ((size_t) MU_MIB) /* octets of the long line of a transcript */

static struct mu_arena *arena;
static struct mu_err err;
static const char *plant_golden = MU_SOURCE_DIR "/reports/golden/first";

/* What is planted: in a text of the stream or of the steps, in XML, behind each line of a transcript. */
static struct mu_bytes plant_text, plant_xml, plant_line;

/* What elements of others' are called; NULL: as they are. */
static const char *plant_name;

/* Is the member of that event the harness's own word, and so left as it is? */
static bool (*plant_spares)(const char *event, const char *key);

/* What goes before the text of a member; NULL: nothing. */
static const char *(*plant_before)(const char *key, const char *text, size_t n);

/* What is done to an event besides; NULL: nothing. */
static void (*plant_event)(json_t *event);

static size_t plants;

static json_t *planted(const char *key, const char *text)
{
    struct mu_buf out = { .arena = arena };
    size_t id = strcspn(text, "[");
    if (plant_before != NULL)
        mu_buf_puts(&out, plant_before(key, text, id));
    mu_buf_put(&out, text, id);
    mu_buf_put_bytes(&out, plant_text);
    mu_buf_puts(&out, text + id);
    plants++;
    return json_stringn(out.p, out.n);
}

static json_t *plant(const char *event, const char *key, json_t *value)
{
    const char *name;
    json_t *item;
    size_t i;
    if (json_is_string(value))
        return plant_spares(event, key) ? json_incref(value)
                                        : planted(key, json_string_value(value));
    if (json_is_object(value)) {
        json_t *all = json_object();
        json_object_foreach(value, name, item)
            json_object_set_new(all, name, plant(event, name, item));
        return all;
    }
    if (json_is_array(value)) {
        json_t *all = json_array();
        json_array_foreach(value, i, item) json_array_append_new(all, plant(event, key, item));
        return all;
    }
    return json_incref(value);
}

/* The line again, with its place in the hash chain. */
static void chain(struct mu_buf *out, json_t *event, char head[65])
{
    json_object_del(event, "h");
    char *text = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
    struct mu_bytes body = { text, strlen(text) - 1 };
    const struct mu_bytes piece[] = { mu_bytes_of(head), MU_BYTES("\n"), body };
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest_pieces(piece, MU_COUNT(piece), digest);
    mu_hex_write(digest, sizeof digest, head);
    mu_buf_printf(out, "%.*s,\"h\":\"%s\"}\n", (int) body.n, body.p, head);
    free(text);
}

static struct mu_bytes hostile_stream(void)
{
    struct mu_buf out = { .arena = arena };
    struct mu_bytes all;
    char head[65] = "";
    ck_assert(
        mu_file_read(arena, mu_file_join(arena, plant_golden, "run.jsonl"), MU_MIB, &all, &err));
    for (size_t at = 0; at < all.n;) {
        size_t end = mu_bytes_find(all, MU_BYTES("\n"), at);
        json_t *line =
            json_loadb(all.p + at, (end == SIZE_MAX ? all.n : end) - at, JSON_ALLOW_NUL, NULL);
        if (line == NULL || end == SIZE_MAX)
            break; /* a torn tail */
        json_t *event = plant(json_string_value(json_object_get(line, "event")), "", line);
        if (plant_event != NULL)
            plant_event(event);
        chain(&out, event, head);
        json_decref(line);
        json_decref(event);
        at = end + 1;
    }
    return mu_buf_bytes(&out);
}

/* Of a message document what XML can hold: attributes and texts, in our elements and in theirs. */
static void plant_tree(xmlNode *node)
{
    for (xmlAttr *a = node->properties; a != NULL; a = a->next) {
        static const char *const keep[] = { "leg", "collected", "sha256", "known" };
        bool kept = false;
        for (size_t i = 0; i < MU_COUNT(keep); i++)
            kept = kept || xmlStrEqual(a->name, BAD_CAST keep[i]);
        if (kept)
            continue;
        xmlChar *value = xmlNodeListGetString(node->doc, a->children, 1);
        xmlSetProp(node, a->name,
                   BAD_CAST mu_arena_printf(arena, "%s%s", (const char *) value, plant_xml.p));
        xmlFree(value);
        plants++;
    }
    if (xmlFirstElementChild(node) == NULL) {
        xmlChar *escaped = xmlEncodeSpecialChars(node->doc, BAD_CAST plant_xml.p);
        xmlNodeAddContent(node, escaped);
        xmlFree(escaped);
    }
    for (xmlNode *child = xmlFirstElementChild(node); child != NULL;
         child = xmlNextElementSibling(child))
        plant_tree(child);
    if (plant_name != NULL && node->ns != NULL
        && !xmlStrEqual(node->ns->href, BAD_CAST "urn:muster:message:1")
        && xmlFirstElementChild(node) == NULL)
        xmlNodeSetName(node, BAD_CAST plant_name);
}

static struct mu_bytes hostile_document(struct mu_bytes xml)
{
    xmlChar *text;
    int n;
    xmlDoc *doc = xmlReadMemory(xml.p, (int) xml.n, "x", NULL, XML_PARSE_NONET);
    ck_assert(doc != NULL);
    plant_tree(xmlDocGetRootElement(doc));
    xmlDocDumpMemory(doc, &text, &n);
    struct mu_bytes out = { mu_arena_strndup(arena, (char *) text, (size_t) n), (size_t) n };
    xmlFree(text);
    xmlFreeDoc(doc);
    return out;
}

static struct mu_bytes hostile_steps(struct mu_bytes json)
{
    json_t *steps = json_loadb(json.p, json.n, 0, NULL), *event = plant("steps", "", steps);
    char *text = json_dumps(event, JSON_COMPACT);
    struct mu_bytes out = mu_bytes_of(mu_arena_strndup(arena, text, strlen(text)));
    free(text);
    json_decref(event);
    json_decref(steps);
    return out;
}

static struct mu_bytes hostile_transcript(struct mu_bytes text)
{
    struct mu_buf out = { .arena = arena };
    char *line = mu_arena_alloc(arena, PLANT_LINE);
    memset(line, 'A', PLANT_LINE);
    for (size_t at = 0; at < text.n;) {
        size_t end = mu_bytes_find(text, MU_BYTES("\n"), at);
        end = end == SIZE_MAX ? text.n : end;
        mu_buf_put(&out, text.p + at, end - at);
        mu_buf_put_bytes(&out, plant_line);
        mu_buf_puts(&out, "\xff\xfe\xed\xa0\x80\n"); /* no UTF-8: half a surrogate pair */
        at = end + 1;
    }
    mu_buf_puts(&out, "   99 <  ");
    mu_buf_put(&out, line, PLANT_LINE);
    mu_buf_put_bytes(&out, plant_line);
    mu_buf_putc(&out, '\n');
    return mu_buf_bytes(&out);
}

/* As octets that a dump shows around a place. */
static struct mu_bytes hostile_mail(struct mu_bytes mail)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_put_bytes(&out, mail);
    while (out.n < 4096)
        mu_buf_put_bytes(&out, plant_line);
    for (size_t at = 0; at + plant_line.n < out.n; at += plant_line.n)
        memcpy(out.p + at, plant_line.p, plant_line.n);
    return mu_buf_bytes(&out);
}

static int plant_evidence(void *self, const char *folder, const char *file)
{
    static const struct {
        const char *prefix;
        struct mu_bytes (*plant)(struct mu_bytes text);
    } row[] = {
        { "message-", hostile_document },     { "steps", hostile_steps },
        { "transcript", hostile_transcript }, { "sent-", hostile_mail },
        { "received-", hostile_mail },
    };
    (void) self;
    struct mu_bytes text;
    const char *path = mu_file_join(arena, mu_file_join(arena, plant_golden, folder), file);
    if (!mu_file_read(arena, path, MU_MIB, &text, &err))
        return -1;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strncmp(file, row[i].prefix, strlen(row[i].prefix)) == 0)
            text = row[i].plant(text);
    int fd = memfd_create("evidence", MFD_CLOEXEC);
    ck_assert(fd >= 0 && mu_file_write_all(fd, text, &err));
    return fd;
}

#endif

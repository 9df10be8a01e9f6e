/*
 * The message document of a limit program: what somebody who knows libxml2 writes for the same job. One
 * pass over the header fields and one over each part of the top multipart, into a tree of the size that
 * the harness makes: an element a field with its measures, one a parameter of SIO-Label, one a part with
 * its measures and the first and last line of a text. No digests, no charsets, no nested multiparts, no
 * defects, and no look at what a label or marking means under a policy.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "limit.h"

struct span {
    const char *p, *end;
};

static void number(xmlNodePtr node, const char *name, size_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", n);
    xmlNewProp(node, BAD_CAST name, BAD_CAST text);
}

static void text(xmlNodePtr node, const char *p, size_t n)
{
    if (n > 0)
        xmlAddChild(node, xmlNewDocTextLen(node->doc, BAD_CAST p, (int) n));
}

static xmlNodePtr element(xmlNodePtr parent, xmlNsPtr ns, const char *name)
{
    return xmlAddChild(parent, xmlNewDocRawNode(parent->doc, ns, BAD_CAST name, NULL));
}

/* Lines and the longest of them. */
static void measure(xmlNodePtr node, const char *from, const char *end)
{
    size_t lines = 0, longest = 0;
    for (const char *lf; from < end; from = lf + 1, lines++) {
        lf = memchr(from, '\n', (size_t) (end - from));
        lf = lf != NULL ? lf : end;
        longest = (size_t) (lf - from) > longest ? (size_t) (lf - from) : longest;
    }
    number(node, "lines", lines);
    number(node, "longest-line", longest);
}

/* ;name*n="value" of the unfolded field. */
static void parameters(struct limit_tree *t, xmlNodePtr field, const char *value)
{
    const char *at = value;
    while (*at != '\0') {
        at += strspn(at, "; ");
        size_t n = strcspn(at, "=*;"), to = strcspn(at, "=");
        char name[32];
        if (n == 0 || n >= sizeof name || at[to] == '\0')
            return;
        memcpy(name, at, n);
        name[n] = '\0';
        const char *from = at + to + 1, *end = *from == '"' ? strchr(from + 1, '"') : NULL;
        from += end != NULL;
        end = end != NULL ? end : from + strcspn(from, ";");
        if (field->last == NULL || strcmp((const char *) field->last->name, name) != 0) {
            xmlNodePtr p = element(field, t->p, name);
            number(p, "offset", (size_t) (at - value));
            xmlNewProp(p, BAD_CAST "quoted", BAD_CAST "true");
            if (strcmp(name, "label") != 0)
                text(p, from, (size_t) (end - from));
        }
        at = end + (*end == '"');
    }
}

/* One field from `line` on; returns where the next one begins. */
static const char *field(struct limit_tree *t, xmlNodePtr parent, const char *base,
                         const char *line, const char *end, size_t index)
{
    static char value[1 << 16];
    char name[80];
    size_t n = 0, colon = strcspn(line, ":\n");
    const char *at = line + colon + 1;
    for (size_t i = 0; i < colon && i < sizeof name - 1; i++)
        name[i] = (char) tolower((unsigned char) line[i]), name[i + 1] = '\0';
    for (bool more = true; more && at < end;) {
        const char *lf = memchr(at, '\n', (size_t) (end - at));
        lf = lf != NULL ? lf : end;
        size_t length = (size_t) (lf - at) - (lf > at && lf[-1] == '\r');
        if (n + length + 1 < sizeof value)
            memcpy(value + n, at, length), n += length;
        at = lf < end ? lf + 1 : end;
        more = at < end && (*at == ' ' || *at == '\t');
    }
    value[n] = '\0';
    const char *trimmed = value + strspn(value, " ");
    xmlNodePtr node = element(parent, t->h, name);
    number(node, "index", index);
    number(node, "offset", (size_t) (line - base));
    number(node, "octets", (size_t) (at - line));
    measure(node, line, at);
    xmlNewProp(node, BAD_CAST "written", BAD_CAST name);
    bool sio = strcmp(name, "sio-label") == 0;
    text(node, trimmed, sio && strlen(trimmed) > 256 ? 256 : strlen(trimmed));
    if (sio) {
        t->sio = node;
        parameters(t, node, trimmed);
    }
    return at;
}

/* The fields of a header; returns where the body begins. */
static const char *fields(struct limit_tree *t, xmlNodePtr parent, const char *base, struct span in)
{
    size_t index = 0;
    while (in.p < in.end && *in.p != '\r' && *in.p != '\n')
        in.p = field(t, parent, base, in.p, in.end, ++index);
    const char *lf = in.p < in.end ? memchr(in.p, '\n', (size_t) (in.end - in.p)) : NULL;
    return lf != NULL ? lf + 1 : in.end;
}

static void line(struct limit_tree *t, xmlNodePtr part, const char *name, const char *from,
                 const char *end)
{
    size_t n = (size_t) (end - from);
    while (n > 0 && (from[n - 1] == '\r' || from[n - 1] == '\n'))
        n--;
    text(element(part, t->m, name), from, n);
}

static void leaf(struct limit_tree *t, xmlNodePtr part, const char *base, struct span in)
{
    const char *body = fields(t, part, base, in);
    number(part, "offset", (size_t) (in.p - base));
    number(part, "body-offset", (size_t) (body - base));
    number(part, "octets", (size_t) (in.end - body));
    measure(part, body, in.end);
    xmlNewProp(part, BAD_CAST "closed", BAD_CAST "true");
    const char *first = memchr(body, '\n', (size_t) (in.end - body));
    const char *last = memrchr(body, '\n', in.end > body + 2 ? (size_t) (in.end - body) - 2 : 0);
    line(t, part, "first-line", body, first != NULL ? first : in.end);
    line(t, part, "last-line", last != NULL ? last + 1 : body, in.end);
}

/* What stands between the delimiters of the boundary that the message names. */
static void parts(struct limit_tree *t, xmlNodePtr top, const char *base, struct span in)
{
    char delimiter[80] = "\n--";
    const char *named = strstr(base, "boundary=\"");
    size_t n = named != NULL && named < in.p ? strcspn(named + 10, "\"") : 0;
    if (n == 0 || n > 70) {
        leaf(t, top, base, in);
        return;
    }
    memcpy(delimiter + 3, named + 10, n);
    delimiter[3 + n] = '\0';
    const char *at = strstr(in.p - 1, delimiter);
    while (at != NULL && strncmp(at + 3 + n, "--", 2) != 0) {
        const char *from = strchr(at + 1, '\n'),
                   *next = from != NULL ? strstr(from, delimiter) : NULL;
        if (next == NULL)
            return;
        leaf(t, element(top, t->m, "part"), base, (struct span){ from + 1, next });
        at = next;
    }
}

void limit_document(const struct limit_message *message, struct limit_tree *t)
{
    const char *base = message->octets, *end = base + message->n;
    t->doc = xmlNewDoc(BAD_CAST "1.0");
    t->doc->dict = xmlDictCreate();
    t->root = xmlNewDocRawNode(t->doc, NULL, BAD_CAST "message", NULL);
    xmlDocSetRootElement(t->doc, t->root);
    t->m = xmlNewNs(t->root, BAD_CAST "urn:muster:message:1", BAD_CAST "m");
    t->h = xmlNewNs(t->root, BAD_CAST "urn:muster:header:1", BAD_CAST "h");
    t->p = xmlNewNs(t->root, BAD_CAST "urn:muster:parameter:1", BAD_CAST "p");
    xmlSetNs(t->root, t->m);
    number(t->root, "octets", message->n);
    measure(t->root, base, end);
    const char *body = fields(t, t->root, base, (struct span){ base, end });
    xmlNodePtr top = element(t->root, t->m, "part");
    parts(t, top, base, (struct span){ body, end });
}

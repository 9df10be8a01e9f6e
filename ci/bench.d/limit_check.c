#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"

#define LABEL_MAX 65536
#define SHAPES    (sizeof shape / sizeof *shape)

struct limit_check {
    xmlSchemaValidCtxtPtr valid;
    xmlXPathContextPtr xpath;
    xmlXPathCompExprPtr *rule;
    long rules;
    unsigned char value[256]; /* of a base64 digit; 64: none */
    unsigned char label[LABEL_MAX];
};

/* Tests of the shipped rules that need no function of ours, on the element that their context names;
 * `rules` are taken in turn. The mix costs what the shipped rules cost: about 6,000 instructions a test. */
static const struct {
    enum { MESSAGE, LABEL, INFORMATION, SIO } on;
    const char *test;
} shape[] = {
    { MESSAGE, "@longest-line <= 998" },
    { LABEL, "count(s:ConfidentialityInformation) = 1" },
    { INFORMATION, "not(s:Category[not(@TagName)])" },
    { SIO, "p:marking or (p:type and p:label)" },
    { MESSAGE, "count(h:message-id) = 1" },
    { LABEL, "not(*[not(self::s:*)])" },
    { INFORMATION, "s:PolicyIdentifier/@URI or normalize-space(s:PolicyIdentifier) != ''" },
    { SIO, "count(preceding-sibling::h:sio-label) = 0" },
    { MESSAGE, "count(h:from) = 1 and count(h:date) = 1 and count(h:sender) < 2" },
    { LABEL, "not(s:CreationDateTime) or contains(s:CreationDateTime, 'T')" },
    { INFORMATION, "s:Classification[1]" },
    { SIO, "not(p:type) or p:type = ':xml' or p:type = ':ess' or p:type = ':x411'" },
    { MESSAGE, "not(m:part/m:part) or h:mime-version" },
    { LABEL, "not(@ReviewDateTime) or substring(@ReviewDateTime, 1, 4) >= 2000" },
    { INFORMATION, "count(s:Category/s:GenericValue[normalize-space(.) = '']) = 0" },
    { SIO, "normalize-space(p:marking) = p:marking" },
};

struct limit_message limit_read(const char *path)
{
    struct limit_message message = { malloc(1 << 20), 0 };
    FILE *f = fopen(path, "rb");
    if (f == NULL || message.octets == NULL)
        limit_die(path);
    message.n = fread(message.octets, 1, (1 << 20) - 1, f);
    message.octets[message.n] = '\0';
    fclose(f);
    return message;
}

static void quiet(void *self, const char *format, ...)
{
    (void) self;
    (void) format;
}

static void compile(struct limit_check *check, long rules)
{
    check->xpath = xmlXPathNewContext(NULL);
    check->rule = calloc((size_t) rules, sizeof *check->rule);
    check->rules = rules;
    if (check->xpath == NULL || check->rule == NULL
        || xmlXPathRegisterNs(check->xpath, BAD_CAST "s",
                              BAD_CAST "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0")
               != 0
        || xmlXPathRegisterNs(check->xpath, BAD_CAST "m", BAD_CAST "urn:muster:message:1") != 0
        || xmlXPathRegisterNs(check->xpath, BAD_CAST "h", BAD_CAST "urn:muster:header:1") != 0
        || xmlXPathRegisterNs(check->xpath, BAD_CAST "p", BAD_CAST "urn:muster:parameter:1") != 0)
        limit_die("cannot make an XPath context");
    xmlXPathContextSetCache(check->xpath, 1, -1, 0);
    for (long i = 0; i < rules; i++) {
        const char *text = shape[(size_t) i % SHAPES].test;
        check->rule[i] = xmlXPathCtxtCompile(check->xpath, BAD_CAST text);
        if (check->rule[i] == NULL)
            limit_die(text);
    }
}

struct limit_check *limit_check_new(const char *schema, long rules)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct limit_check *check = calloc(1, sizeof *check);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(schema);
    xmlSchemaPtr compiled = parser != NULL ? xmlSchemaParse(parser) : NULL;
    if (check == NULL || compiled == NULL)
        limit_die(schema);
    check->valid = xmlSchemaNewValidCtxt(compiled);
    xmlSchemaSetValidErrors(check->valid, quiet, quiet, NULL);
    memset(check->value, 64, sizeof check->value);
    for (unsigned char i = 0; i < 64; i++)
        check->value[(unsigned char) digit[i]] = i;
    compile(check, rules);
    return check;
}

/* Base64 from `p` to the closing quote; what is no digit ends it. */
static const char *decode(struct limit_check *check, const char *p, uint32_t *bits, unsigned *held,
                          size_t *n)
{
    for (unsigned char v; (v = check->value[(unsigned char) *p]) < 64; p++) {
        *bits = *bits << 6 | v;
        *held += 6;
        if (*held >= 8 && *n < LABEL_MAX) {
            *held -= 8;
            check->label[(*n)++] = (unsigned char) (*bits >> *held);
        }
    }
    return p;
}

/* The segments of the label parameter in the order of the header, as our writer leaves them. */
static size_t find_label(struct limit_check *check, const struct limit_message *message)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t n = 0;
    const char *p = strstr(message->octets, "\r\nSIO-Label:");
    const char *end = p != NULL ? strstr(message->octets, "\r\n\r\n") : NULL;
    while (p != NULL && (p = strstr(p, " label")) != NULL && p < end) {
        p = strchr(p, '"');
        if (p == NULL)
            break;
        p = decode(check, p + 1, &bits, &held, &n);
    }
    return n;
}

/* With the names of the tree's dictionary, so that the label can move into it. */
static xmlDocPtr parse(struct limit_check *check, size_t n, xmlDictPtr dict)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDictFree(parser->dict);
    parser->dict = dict;
    xmlDictReference(dict);
    xmlDocPtr doc = xmlCtxtReadMemory(parser, (const char *) check->label, (int) n, NULL, NULL,
                                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlFreeParserCtxt(parser);
    return doc;
}

void limit_check(struct limit_check *check, const struct limit_message *message)
{
    struct limit_tree tree;
    limit_document(message, &tree);
    size_t n = find_label(check, message);
    xmlDocPtr doc = parse(check, n, tree.doc->dict);
    if (doc == NULL || xmlSchemaValidateDoc(check->valid, doc) != 0)
        limit_die("the label of the message is not valid");
    xmlNodePtr label = xmlDocGetRootElement(doc);
    xmlUnlinkNode(label);
    xmlAddChild(xmlAddChild(tree.root, xmlNewDocRawNode(tree.doc, tree.m, BAD_CAST "label", NULL)),
                label);
    xmlNodePtr on[] = { tree.root, label, xmlFirstElementChild(label), tree.sio };
    check->xpath->doc = tree.doc;
    for (long i = 0; i < check->rules; i++) {
        check->xpath->node = on[shape[(size_t) i % SHAPES].on];
        if (xmlXPathCompiledEvalToBoolean(check->rule[i], check->xpath) != 1)
            limit_die(shape[(size_t) i % SHAPES].test);
    }
    xmlFreeDoc(doc);
    xmlFreeDoc(tree.doc);
}

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"

#define LABEL_MAX 65536

struct limit_check {
    xmlSchemaValidCtxtPtr valid;
    xmlXPathContextPtr xpath;
    xmlXPathCompExprPtr *rule;
    long rules;
    unsigned char value[256]; /* of a base64 digit; 64: none */
    unsigned char label[LABEL_MAX];
};

/* Rules of the shapes that labels are judged by; `rules` are taken in turn. */
static const char *const shape[] = {
    "boolean(self::s:originatorConfidentialityLabel)",
    "count(s:ConfidentialityInformation) = 1",
    "string-length(normalize-space(s:ConfidentialityInformation/s:PolicyIdentifier)) > 0",
    "not(s:ConfidentialityInformation/s:Category[not(@TagName) or not(@Type)])",
    "starts-with(s:ConfidentialityInformation/s:PolicyIdentifier/@URI, 'urn:')",
    "not(*[not(self::s:*)])",
    "not(s:CreationDateTime) or contains(s:CreationDateTime, 'T')",
    "not(@ReviewDateTime) or substring(@ReviewDateTime, 1, 4) >= 2000",
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
               != 0)
        limit_die("cannot make an XPath context");
    for (long i = 0; i < rules; i++) {
        const char *text = shape[(size_t) i % (sizeof shape / sizeof *shape)];
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

void limit_check(struct limit_check *check, const struct limit_message *message)
{
    size_t n = find_label(check, message);
    xmlDocPtr doc = xmlReadMemory((const char *) check->label, (int) n, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (doc == NULL || xmlSchemaValidateDoc(check->valid, doc) != 0)
        limit_die("the label of the message is not valid");
    check->xpath->doc = doc;
    check->xpath->node = xmlDocGetRootElement(doc);
    for (long i = 0; i < check->rules; i++)
        if (xmlXPathCompiledEvalToBoolean(check->rule[i], check->xpath) != 1)
            limit_die("the message breaks a rule");
    xmlFreeDoc(doc);
}

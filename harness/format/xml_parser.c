#include "format/xml_parser.h"

#include <ctype.h>
#include <libxml/parserInternals.h>
#include <stdio.h>

#include "base/text_safe.h"
#include "format/xml.h"

/* What the callbacks of one parse know; hangs on ctxt->_private. */
struct reading {
    struct mu_arena *arena;
    struct mu_bytes xml;
    struct mu_xml_refusal *refusal;
    bool failed;
};

/* xmlByteConsumed(), which would encode all that is left again for each element: only UTF-8 and
 * US-ASCII come here, where one byte outside is one byte inside. */
static size_t consumed(const xmlParserCtxt *ctxt, const struct reading *r)
{
    const xmlParserInput *in = ctxt->input;
    if (in == NULL)
        return 0;
    size_t at = in->consumed + (size_t) (in->cur - in->base);
    if (in->buf != NULL && in->buf->encoder != NULL)
        at = in->buf->rawconsumed - (size_t) (in->end - in->cur);
    return at < r->xml.n ? at : r->xml.n;
}

static size_t last_angle(const xmlParserCtxt *ctxt, const struct reading *r)
{
    const char *angle = memrchr(r->xml.p, '<', consumed(ctxt, r));
    return angle != NULL ? (size_t) (angle - r->xml.p) : 0;
}

/* Called when a start tag has been read up to its '>'; attribute values hold no raw '<'. */
static void start_element(void *self, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespaces, const xmlChar **declared,
                          int attributes, int defaulted, const xmlChar **attribute)
{
    xmlParserCtxt *ctxt = self;
    xmlNode *parent = ctxt->node;
    xmlSAX2StartElementNs(self, name, prefix, uri, namespaces, declared, attributes, defaulted,
                          attribute);
    if (ctxt->node != NULL && ctxt->node != parent)
        ctxt->node->_private = (void *) (uintptr_t) last_angle(ctxt, ctxt->_private);
}

static void refuse(struct reading *r, const char *why, size_t offset)
{
    if (r->failed)
        return;
    r->failed = true;
    r->refusal->why = why;
    r->refusal->offset = offset;
}

/* libxml2's sentences begin with a capital and end with a line feed; they quote foreign names. */
static const char *sentence(struct mu_arena *arena, const char *message)
{
    struct mu_bytes text = mu_bytes_trim(mu_bytes_of(message != NULL ? message : ""));
    if (text.n == 0)
        return "not well-formed";
    while (text.n > 0 && text.p[text.n - 1] == '.')
        text.n--;
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, text, MU_TEXT_LINE, 150);
    bool word = out.n > 1 && islower((unsigned char) out.p[1]);
    if (word)
        out.p[0] = (char) tolower((unsigned char) out.p[0]);
    return out.p;
}

static void note_error(void *self, xmlError *error)
{
    xmlParserCtxt *ctxt = self;
    struct reading *r = ctxt->_private;
    if (error->level >= XML_ERR_ERROR && !r->failed)
        refuse(r, sentence(r->arena, error->message), consumed(ctxt, r));
}

static void stop(xmlParserCtxt *ctxt)
{
    struct reading *r = ctxt->_private;
    r->refusal->doctype = true;
    refuse(r, "a document type declaration is not allowed", last_angle(ctxt, r));
    xmlStopParser(ctxt);
}

static void stop_doctype(void *self, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
    (void) name;
    (void) id;
    (void) uri;
    stop(self);
}

static void stop_entity(void *self, const xmlChar *name, int type, const xmlChar *id,
                        /* NOLINTNEXTLINE(readability-non-const-parameter): entityDeclSAXFunc */
                        const xmlChar *uri, xmlChar *content)
{
    (void) name;
    (void) type;
    (void) id;
    (void) uri;
    (void) content;
    stop(self);
}

static xmlParserCtxt *new_context(struct reading *r, xmlDict *dict)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (ctxt == NULL)
        abort();
    ctxt->_private = r;
    ctxt->sax->internalSubset = stop_doctype;
    ctxt->sax->externalSubset = stop_doctype;
    ctxt->sax->entityDecl = stop_entity;
    ctxt->sax->startElementNs = start_element;
    ctxt->sax->serror = note_error;
    if (dict != NULL) {
        xmlDictFree(ctxt->dict);
        ctxt->dict = xmlDictCreateSub(dict);
        if (ctxt->dict == NULL)
            abort();
        xmlDictSetLimit(ctxt->dict, XML_MAX_DICTIONARY_LIMIT);
    }
    return ctxt;
}

static void free_doc(void *doc)
{
    xmlFreeDoc(doc);
}

bool mu_xml_read(struct mu_arena *arena, struct mu_bytes xml, const char *name, xmlDict *dict,
                 xmlDoc **doc, struct mu_xml_refusal *refusal)
{
    struct reading r = { .arena = arena, .xml = xml, .refusal = refusal };
    *refusal = (struct mu_xml_refusal){ .why = "not well-formed" };
    if (xml.n == 0 || xml.n > INT_MAX) {
        refuse(&r, xml.n == 0 ? "there is nothing in it" : "too long", 0);
        return false;
    }
    xmlParserCtxt *ctxt = new_context(&r, dict);
    /* No NOBLANKS, no NOCDATA: bytes matter for signatures. Never NOENT, DTDLOAD, HUGE. */
    xmlDoc *tree = xmlCtxtReadMemory(ctxt, xml.p, (int) xml.n, name, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    bool right = tree != NULL && ctxt->wellFormed == 1 && ctxt->nsWellFormed == 1
                 && ctxt->errNo == XML_ERR_OK && !r.failed && tree->version != NULL
                 && strcmp((const char *) tree->version, "1.0") == 0;
    xmlFreeParserCtxt(ctxt);
    if (!right) {
        xmlFreeDoc(tree);
        return false;
    }
    mu_arena_defer(arena, free_doc, tree);
    *doc = tree;
    return true;
}

xmlNode *mu_xml_step(const xmlNode *top, xmlNode *node, uint32_t *depth)
{
    if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
        ++*depth;
        return node->children;
    }
    while (node != top && node->next == NULL) {
        node = node->parent;
        --*depth;
    }
    return node == top ? NULL : node->next;
}

void mu_xml_cut(char *out, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char) text[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(out, text, n);
    out[n] = '\0';
}

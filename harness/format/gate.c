#include "format/gate.h"

#include <assert.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/tag.h"

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)

enum fault {
    EMPTY,
    SIZE,
    NUL,
    START,
    UTF8,
    NONCHARACTER,
    ENCODING,
    VERSION,
    DOCTYPE,
    PI,
    DEPTH,
    ELEMENTS,
    ATTRIBUTES,
    NAMESPACES,
    REFERENCE,
    MUSTER,
    SYNTAX,
};

/* The sentence of SIZE, and the type of `declared` below. */
static_assert(MU_XML_MAX / MU_MIB == 1 && MU_XML_MAX % MU_MIB == 0,
              "the sentence below says 1 MiB");
static_assert(MU_XML_NAMESPACES_MAX <= UINT8_MAX, "declared[] counts in bytes");

static const struct {
    const char *limit, *why;
} sentence[] = {
    [EMPTY] = { "empty", "there is no XML, only nothing" },
    [SIZE] = { "size", "XML of more than 1 MiB" },
    [NUL] = { "nul", "a NUL byte" },
    [START] = { "start", "XML that does not begin with '<'" },
    [UTF8] = { "utf-8", "bytes that are not UTF-8" },
    [NONCHARACTER] = { "noncharacter", "a code point that is no character" },
    [ENCODING] = { "encoding", "an encoding declaration other than UTF-8" },
    [VERSION] = { "version", "an XML version other than 1.0" },
    [DOCTYPE] = { "doctype", "a document type or entity declaration" },
    [PI] = { "pi", "a processing instruction" },
    [DEPTH] = { "depth", "elements nested deeper than " TEXT(MU_XML_DEPTH_MAX) },
    [ELEMENTS] = { "elements", "more than " TEXT(MU_XML_ELEMENTS_MAX) " elements" },
    [ATTRIBUTES] = { "attributes",
                     "more than " TEXT(MU_XML_ATTRIBUTES_MAX) " attributes on one element" },
    [NAMESPACES] = { "namespaces",
                     "more than " TEXT(MU_XML_NAMESPACES_MAX) " namespace declarations in scope" },
    [REFERENCE] = { "namespace-reference", "a namespace written with character references" },
    [MUSTER] = { "urn:muster", "a namespace of the harness itself (urn:muster:)" },
    [SYNTAX] = { "syntax", "markup that is not XML" },
};

struct scan {
    struct mu_bytes xml;
    size_t at, begin; /* where we are; the first `<` */
    unsigned allow;
    struct mu_gate_counts counts;
    struct mu_gate_fault *fault;
    uint32_t depth, in_scope;               /* open elements, their namespace declarations */
    uint8_t declared[MU_XML_DEPTH_MAX + 1]; /* declarations of the open element at a depth */
};

static bool refuse(struct scan *s, enum fault fault, size_t offset)
{
    *s->fault = (struct mu_gate_fault){ sentence[fault].limit, sentence[fault].why, offset };
    return false;
}

/* ASCII is passed eight bytes at a time: labels hold little else. */
static bool strict_utf8(struct scan *s)
{
    const uint64_t high = 0x8080808080808080U;
    for (size_t i = 0; i < s->xml.n;) {
        uint64_t eight;
        if (i + sizeof eight <= s->xml.n) {
            memcpy(&eight, s->xml.p + i, sizeof eight);
            if ((eight & high) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(s->xml, i), &code);
        if (n == 0)
            return refuse(s, UTF8, i);
        if (mu_utf8_noncharacter(code))
            return refuse(s, NONCHARACTER, i);
        i += n;
    }
    return true;
}

/* Move past `end`, looked for `from` bytes after the present place. */
static bool skip_past(struct scan *s, size_t from, struct mu_bytes end)
{
    size_t found = mu_bytes_find(s->xml, end, s->at + from);
    if (found == SIZE_MAX)
        return refuse(s, SYNTAX, s->at);
    s->at = found + end.n;
    return true;
}

/* XML 1.0 [15]: "--" ends a comment, whatever follows. */
static bool comment(struct scan *s)
{
    TRY(skip_past(s, 4, MU_BYTES("--")));
    if (s->at >= s->xml.n || s->xml.p[s->at] != '>')
        return refuse(s, SYNTAX, s->at);
    s->at++;
    return true;
}

static bool cdata(struct scan *s)
{
    return skip_past(s, 9, MU_BYTES("]]>"));
}

static bool doctype(struct scan *s)
{
    return refuse(s, DOCTYPE, s->at);
}

static bool declared_right(struct scan *s, struct mu_bytes name, struct mu_bytes value)
{
    size_t offset = (size_t) (value.p - s->xml.p);
    if (mu_bytes_equal(name, MU_BYTES("version")) && !mu_bytes_equal(value, MU_BYTES("1.0")))
        return refuse(s, VERSION, offset);
    if (mu_bytes_equal(name, MU_BYTES("encoding"))
        && !mu_bytes_equal_nocase(value, MU_BYTES("utf-8"))
        && !mu_bytes_equal_nocase(value, MU_BYTES("us-ascii")))
        return refuse(s, ENCODING, offset);
    return true;
}

/* The XML declaration; what it lacks is the parser's business. */
static bool declaration(struct scan *s)
{
    struct mu_bytes name, value;
    enum mu_tag_step step;
    s->at += 5;
    while ((step = mu_tag_next(s->xml, &s->at, &name, &value)) == MU_TAG_ATTRIBUTE)
        TRY(declared_right(s, name, value));
    if (step == MU_TAG_BROKEN || s->xml.p[s->at] != '?')
        return refuse(s, SYNTAX, s->at);
    s->at += 2;
    return true;
}

static bool instruction(struct scan *s)
{
    struct mu_bytes head = mu_bytes_slice(s->xml, s->at, 6);
    if (s->at == s->begin && head.n == 6 && memcmp(head.p, "<?xml", 5) == 0
        && (head.p[5] == ' ' || head.p[5] == '\t' || head.p[5] == '\r' || head.p[5] == '\n'))
        return declaration(s);
    if ((s->allow & MU_GATE_ALLOW_PI) == 0)
        return refuse(s, PI, s->at);
    return skip_past(s, 2, MU_BYTES("?>"));
}

static void close_element(struct scan *s)
{
    s->in_scope -= s->declared[s->depth--];
}

static bool end_tag(struct scan *s)
{
    if (s->depth == 0)
        return refuse(s, SYNTAX, s->at);
    close_element(s);
    return skip_past(s, 2, MU_BYTES(">"));
}

/* References could spell urn:muster: where no byte search sees it; case and white space at the ends
 * would make another namespace, but who writes that means no good. */
static bool namespace_allowed(struct scan *s, struct mu_bytes value)
{
    size_t offset = (size_t) (value.p - s->xml.p);
    if (value.n > 0 && memchr(value.p, '&', value.n) != NULL)
        return refuse(s, REFERENCE, offset);
    if (mu_bytes_start_nocase(mu_bytes_trim(value), MU_BYTES("urn:muster:")))
        return refuse(s, MUSTER, offset);
    if (s->in_scope == MU_XML_NAMESPACES_MAX)
        return refuse(s, NAMESPACES, offset);
    s->in_scope++;
    s->declared[s->depth]++;
    return true;
}

static bool is_declaration(struct mu_bytes name)
{
    return name.n >= 5 && memcmp(name.p, "xmlns", 5) == 0 && (name.n == 5 || name.p[5] == ':');
}

static bool attributes(struct scan *s)
{
    struct mu_bytes name, value;
    enum mu_tag_step step;
    uint32_t count = 0;
    while ((step = mu_tag_next(s->xml, &s->at, &name, &value)) == MU_TAG_ATTRIBUTE) {
        if (value.n > 0 && memchr(value.p, '<', value.n) != NULL)
            return refuse(s, SYNTAX, (size_t) (value.p - s->xml.p));
        if (is_declaration(name))
            TRY(namespace_allowed(s, value));
        else if (++count > MU_XML_ATTRIBUTES_MAX)
            return refuse(s, ATTRIBUTES, (size_t) (name.p - s->xml.p));
    }
    if (step == MU_TAG_BROKEN || s->xml.p[s->at] == '?')
        return refuse(s, SYNTAX, s->at);
    s->counts.attributes += count;
    return true;
}

static bool start_tag(struct scan *s)
{
    size_t begin = s->at;
    if (s->depth == MU_XML_DEPTH_MAX)
        return refuse(s, DEPTH, begin);
    if (s->counts.elements == MU_XML_ELEMENTS_MAX)
        return refuse(s, ELEMENTS, begin);
    s->counts.elements++;
    s->declared[++s->depth] = 0;
    if (s->depth > s->counts.depth)
        s->counts.depth = s->depth;
    s->at = mu_tag_name(s->xml, begin + 1);
    if (s->at == begin + 1)
        return refuse(s, SYNTAX, begin);
    TRY(attributes(s));
    if (s->xml.p[s->at] == '/') {
        close_element(s);
        s->at++;
    }
    s->at++;
    return true;
}

/* What a `<` may begin; the first row that fits. */
static const struct {
    struct mu_bytes prefix;
    bool (*pass)(struct scan *s);
} markup[] = {
    { { "</", 2 }, end_tag }, { { "<!--", 4 }, comment },   { { "<![CDATA[", 9 }, cdata },
    { { "<!", 2 }, doctype }, { { "<?", 2 }, instruction }, { { "<", 1 }, start_tag },
};

static bool pass_markup(struct scan *s)
{
    size_t left = s->xml.n - s->at, i = 0;
    while (left < markup[i].prefix.n
           || memcmp(s->xml.p + s->at, markup[i].prefix.p, markup[i].prefix.n) != 0)
        i++;
    assert(i < MU_COUNT(markup)); /* the last row fits every '<' */
    return markup[i].pass(s);
}

static bool bytes_right(struct scan *s)
{
    struct mu_bytes xml = s->xml;
    if (xml.n == 0)
        return refuse(s, EMPTY, 0);
    if (xml.n > MU_XML_MAX)
        return refuse(s, SIZE, MU_XML_MAX);
    if (xml.n >= 3 && memcmp(xml.p, "\xef\xbb\xbf", 3) == 0)
        s->begin = 3;
    if (s->begin == xml.n || xml.p[s->begin] != '<')
        return refuse(s, START, s->begin);
    const char *nul = memchr(xml.p, '\0', xml.n);
    if (nul != NULL)
        return refuse(s, NUL, (size_t) (nul - xml.p));
    return strict_utf8(s);
}

bool mu_gate(struct mu_bytes xml, unsigned allow, struct mu_gate_counts *counts,
             struct mu_gate_fault *fault)
{
    struct scan s = { .xml = xml, .allow = allow, .fault = fault };
    TRY(bytes_right(&s));
    s.at = s.begin;
    const char *markup_at;
    while (s.at < xml.n && (markup_at = memchr(xml.p + s.at, '<', xml.n - s.at)) != NULL) {
        s.at = (size_t) (markup_at - xml.p);
        TRY(pass_markup(&s));
    }
    *counts = s.counts;
    return true;
}

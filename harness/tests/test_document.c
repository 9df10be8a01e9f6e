#include <check.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "document/document.h"
#include "document/message.h"
#include "format/sio.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;
static struct mu_document_kit kit;
static struct mu_err err;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(512 * MU_MIB);
    kit.dict = xmlDictCreate();
}

static void teardown(void)
{
    mu_arena_free(arena);
    xmlDictFree(kit.dict);
}

/* Whether `test` is true of the document. */
static bool holds(xmlDoc *doc, const char *test)
{
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(context, BAD_CAST "m", BAD_CAST MU_MESSAGE_NS);
    xmlXPathRegisterNs(context, BAD_CAST "h", BAD_CAST MU_HEADER_NS);
    xmlXPathRegisterNs(context, BAD_CAST "p", BAD_CAST MU_PARAMETER_NS);
    xmlXPathRegisterNs(context, BAD_CAST "slab", BAD_CAST MU_SLAB_NS);
    xmlXPathObject *result = xmlXPathEvalExpression(BAD_CAST test, context);
    ck_assert_msg(result != NULL, "'%s' is no XPath", test);
    bool value = xmlXPathCastToBoolean(result) != 0;
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return value;
}

static struct mu_document build_leg(const struct mu_leg *leg)
{
    struct mu_document document;
    ck_assert(mu_document_build(arena, &kit, leg, &document, &err));
    return document;
}

static struct mu_document build(struct mu_bytes message)
{
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    mu_document_leg_of(message, "file", leg);
    return build_leg(leg);
}

/* What is written parses again, namespaces and all, and says the same. */
static void check_parses_again(const struct mu_document *document)
{
    struct mu_bytes text = mu_document_write(arena, document);
    xmlDoc *again = xmlReadMemory(text.p, (int) text.n, "again.xml", NULL,
                                  XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR);
    ck_assert_msg(again != NULL, "does not parse:\n%.2000s", text.p);
    ck_assert(holds(again, "/m:message[@carrier]"));
    xmlFreeDoc(again);
}

static void check(const char *name, const struct mu_document *document, const char *test)
{
    if (holds(document->doc, test))
        return;
    ck_abort_msg("%s: not %s\n%s", name, test, mu_document_write(arena, document).p);
}

#define HEAD           "From: a@sender.invalid\r\nDate: Mon, 23 Nov 2026 10:15:00 +0000\r\n"
#define BYTES(literal) literal, sizeof(literal) - 1

/* One message a block of rows; `text` NULL: the same as above. */
static const struct {
    const char *text;
    size_t n;
    const char *test;
} mail[] = {
    { BYTES(HEAD "Subject: x\r\n\r\nfirst\r\n\r\nlast\r\n"),
      "/m:message[@carrier='file'][@octets=92][@lines=7][@bare-lf=0][string-length(@sha256)=64]" },
    { NULL, 0, "count(/m:message/h:*) = 3 and /m:message/h:subject = 'x'" },
    { NULL, 0, "/m:message/h:from[@index=1][@offset=0][@octets=24][@written='From'][@lines=1]" },
    { NULL, 0, "count(//m:part) = 1 and /m:message/m:part[@path='1'][@type='text/plain']" },
    { NULL, 0, "//m:part[@closed='true'][@decoded-octets=15][@lines=3]" },
    { NULL, 0, "//m:first-line[@n=1] = 'first' and //m:last-line[@n=3] = 'last'" },
    { NULL, 0, "not(//m:tls or //m:dialogue or //m:envelope or //m:label or //m:malformed)" },

    { BYTES(""), "/m:message[@octets=0]" },
    { BYTES("\r\n"), "/m:message[@octets=2] and count(//h:*) = 0" },
    { BYTES("X(bad)\x01Name: v\r\n\r\n"), "count(//h:*) = count(//h:_)" },
    { BYTES(HEAD "X(bad): v\r\n\r\n"), "/m:message/h:_[@name='X(bad)'] = 'v'" },
    { BYTES(HEAD "Subject: a\r\n\tb\r\n\r\n"), "//h:subject[@lines=2] = 'a b'" },
    { BYTES(HEAD "Subject: a\0b\x1b[31m\xff\xe2\x80\xae\r\n\r\n"),
      "//h:subject[contains(., '\\u{0000}')]" },
    { NULL, 0, "//h:subject[contains(., '\\xFF') and contains(., '\\u{202E}')]" },
    { NULL, 0, "/m:message[@nul=1][@eight-bit-header>0] and //m:defect[@kind='nul']" },
    { BYTES(HEAD "\r\nline\nbare\r\n"), "/m:message[@bare-lf=1] and //m:defect[@kind='bare-lf']" },
    { BYTES(HEAD "Content-Type: text/plain; charset=ISO-8859-1\r\n"
                 "Content-Transfer-Encoding: 8bit\r\n\r\nTR\xC8S\r\n"),
      "//m:first-line = 'TR\xC3\x88S' and //m:part/@charset = 'ISO-8859-1'" },
    { NULL, 0,
      "/m:message/h:content-type[starts-with(., 'text/plain')]/p:charset[@quoted='false'] = "
      "'ISO-8859-1'" },

    { BYTES(HEAD "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
                 "--b\r\nSIO-Label: marking=\"IN PART\"\r\n\r\none\r\n"
                 "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ntwo\r\n--b--\r\n"),
      "/m:message/m:part[@path='1'][@type='multipart/mixed'][@closed='true']/m:part[@path='1.1']" },
    { NULL, 0,
      "count(/m:message/h:sio-label) = 0 and //m:part[@path='1.1']/h:sio-label/p:marking = 'IN "
      "PART'" },
    { NULL, 0, "//m:part[@path='1.2'][@type='message/rfc822']/m:part/h:subject = 'in'" },
    { NULL, 0, "not(/m:message/m:part/h:*) and //m:part[@path='1.1']/m:first-line = 'one'" },
    { BYTES(HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n"),
      "//m:part[@path='1'][@closed='false'] and //m:defect[@kind='unclosed-boundary']" },

    { BYTES(HEAD "SIO-Label: marking=\"A\"; fgcolor=red; marking*2=\"B\";\r\n\r\n"),
      "//h:sio-label[contains(@list-defects, 'empty')][@list-defect-offset>0]" },
    { NULL, 0, "//h:sio-label/p:fgcolor[@quoted='false'][@segments=1] = 'red'" },
    { NULL, 0, "count(//h:sio-label/p:*[@defects]) > 0 and not(//m:label)" },
    { BYTES(HEAD "SIO-Label: marking*=utf-8''TR%C3%88S; x!y=1\r\n\r\n"),
      "//p:marking[@extended='true'][@charset='utf-8'] = 'TR\xC3\x88S' and //p:_[@name='x!y'] = "
      "'1'" },
    { BYTES(HEAD "SIO-Label: marking*=utf-8''A%0D%0AX-Evil:%20y\r\n\r\n"),
      "//p:marking[contains(@defects, 'control')] and not(//h:x-evil)" },
    { BYTES(HEAD "SIO-Label: marking=\"A\"; type=\":xml\"; label=\"****\"\r\n\r\n"),
      "//p:label[@base64='character'] and //m:malformed[@at='sio-label'][starts-with(@why, "
      "'base64')]" },
    { NULL, 0, "//m:malformed[@why='base64 character']/@offset = 107 and not(//m:label)" },
    { BYTES(HEAD "SIO-Label: type=\":xml\"; label=\"\"\r\n\r\n"), "//m:malformed[@why='empty']" },
    { BYTES(HEAD "SIO-Label: type=\":ess\"; label=\"MQYGASkCAQM=\"\r\n\r\n"),
      "//m:opaque[@at='sio-label'][@type='ess'][@octets=8] and //p:label = ''" },
    { BYTES(HEAD "SIO-Label: type=\"urn:x:y\"; label=\"MQYGASkCAQM=\"\r\n\r\n"),
      "//m:opaque[@type='uri']" },
    { BYTES(HEAD "SIO-Label-History: change=replace; new-marking=\"B\"; new-label=\"QUJD\"; "
                 "changed-by=x\r\n\r\n"),
      "//h:sio-label-history[p:new-label[@base64='strict'][@octets=3]]/p:new-marking = 'B'" },
};

static struct mu_bytes text_of(size_t i)
{
    while (mail[i].text == NULL)
        i--;
    return (struct mu_bytes){ mail[i].text, mail[i].n };
}

START_TEST(mail_becomes_facts)
{
    struct mu_document document = build(text_of((size_t) _i));
    check("mail", &document, mail[_i].test);
    check_parses_again(&document);
}
END_TEST

static struct mu_bytes labelled(struct mu_bytes xml)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, HEAD);
    struct mu_sio_text text = { MU_BYTES("MARK"), { 0 }, { 0 }, MU_BYTES(":xml"), xml };
    mu_sio_write(&out, "SIO-Label", &text);
    mu_buf_puts(&out, "\r\nbody\r\n");
    return mu_buf_bytes(&out);
}

#define ROOT "originatorConfidentialityLabel"
#define SLAB " xmlns='" MU_SLAB_NS "'"
#define INSIDE                                                                                     \
    "<ConfidentialityInformation><PolicyIdentifier>P</PolicyIdentifier>"                           \
    "<Classification>C</Classification></ConfidentialityInformation>"
#define CREATED "<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime>"

static const struct {
    const char *name;
    const char *xml;
    const char *test;
    bool label, differential;
    const char *limit;
} label[] = {
    { "good", "<" ROOT SLAB ">" INSIDE CREATED "</" ROOT ">",
      "/m:message/m:label[@at='sio-label'][@syntax='adatp-4774'][@role='originator']"
      "[@schema-valid='unknown']/slab:originatorConfidentialityLabel//slab:Classification = 'C'",
      true, false, NULL },
    { "alternative", "<alternativeConfidentialityLabel" SLAB "/>",
      "//m:label[@role='alternative'] and not(//m:malformed)", true, false, NULL },
    { "wrong root", "<label" SLAB "/>", "//m:label[@syntax='unknown'][@role='unknown']/slab:label",
      false, false, NULL },
    { "wrong namespace", "<" ROOT "/>", "//m:label[@role='unknown']/" ROOT, false, false, NULL },
    { "prefix m", "<m:" ROOT " xmlns:m='" MU_SLAB_NS "' xmlns:h='urn:x' h:a='1'/>",
      "//m:label/slab:originatorConfidentialityLabel", true, false, NULL },
    { "forged facts",
      "<" ROOT SLAB "><m:part xmlns:m='urn:muster:message:1' type='text/plain'/></" ROOT ">",
      "//m:malformed[@why='gate urn:muster'] and not(//m:label) and count(//m:part) = 1", false,
      false, NULL },
    { "forged by a reference",
      "<" ROOT SLAB "><m:part xmlns:m='urn:m&#117;ster:message:1' type='text/plain'/></" ROOT ">",
      "//m:malformed and not(//m:label) and count(//m:part) = 1", false, false, NULL },
    { "doctype", "<!DOCTYPE x [<!ENTITY e 'x'>]><" ROOT SLAB ">&e;</" ROOT ">",
      "//m:malformed[@why='gate doctype'][@offset>0] and not(//m:label)", false, false, NULL },
    { "not well-formed", "<" ROOT SLAB "><a></b></" ROOT ">",
      "//m:malformed[@why] and not(//m:label)", false, false, NULL },
    { "undeclared prefix", "<x:" ROOT "/>", "//m:malformed and not(//m:label)", false, false,
      NULL },
    { "garbage", "\xff\xfe\x00garbage", "//m:malformed", false, false, NULL },
    { "hostile text",
      "<" ROOT SLAB "><a b='&#9;&#10;\xE2\x80\xAE'>&#13;<![CDATA[]]]]><!-- x --></a></" ROOT ">",
      "//m:label//slab:a", true, false, NULL },
    { "twice the same id", "<" ROOT SLAB " xml:id='a'><b xml:id='a'/></" ROOT ">",
      "//m:label or //m:malformed", true, false, NULL },
};

START_TEST(labels_are_grafted_or_named)
{
    struct mu_document document = build(labelled(mu_bytes_of(label[_i].xml)));
    check(label[_i].name, &document, label[_i].test);
    check_parses_again(&document);
    ck_assert(document.label_found);
    ck_assert_str_eq(document.marking, "MARK");
    ck_assert_msg((document.label != NULL) == label[_i].label || _i == MU_COUNT(label) - 1, "%s",
                  label[_i].name);
    ck_assert_int_eq(document.differential, label[_i].differential);
    ck_assert_ptr_null(document.limit);
}
END_TEST

static struct mu_bytes deep(size_t n)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, "<" ROOT SLAB ">");
    for (size_t i = 0; i < n; i++)
        mu_buf_puts(&out, "<a>");
    for (size_t i = 0; i < n; i++)
        mu_buf_puts(&out, "</a>");
    mu_buf_puts(&out, "</" ROOT ">");
    return mu_buf_bytes(&out);
}

START_TEST(a_deep_label_passes_a_limit)
{
    struct mu_document document = build(labelled(deep(MU_XML_DEPTH_MAX + 1)));
    check("deep", &document, "//m:malformed[@why='gate depth']");
    ck_assert_str_eq(document.limit, "depth");
    document = build(labelled(deep(MU_XML_DEPTH_MAX - 2)));
    ck_assert_ptr_null(document.limit);
    check("less deep", &document, "//m:label//slab:a");
    check_parses_again(&document);
}
END_TEST

START_TEST(offsets_of_a_label_are_kept)
{
    const char *xml = "<" ROOT SLAB ">" INSIDE CREATED "</" ROOT ">";
    struct mu_document document = build(labelled(mu_bytes_of(xml)));
    xmlNode *node = mu_xml_child(xmlDocGetRootElement(document.doc), MU_MESSAGE_NS, "label");
    node = mu_xml_child(node, MU_SLAB_NS, ROOT);
    ck_assert_uint_eq(mu_xml_offset(node), 0);
    node = mu_xml_child(node, MU_SLAB_NS, "CreationDateTime");
    ck_assert_ptr_eq(xml + mu_xml_offset(node), strstr(xml, "<CreationDateTime"));
    ck_assert_ptr_eq(node->doc, document.doc);
    ck_assert_str_eq(document.label->classification, "C");
}
END_TEST

START_TEST(two_labels_are_both_there)
{
    struct mu_bytes one = labelled(MU_BYTES("<" ROOT SLAB ">" INSIDE "</" ROOT ">"));
    struct mu_buf two = { .arena = arena };
    mu_buf_puts(&two, "SIO-Label: marking=\"FIRST\"; type=\":xml\"; label=\"!\"\r\n");
    mu_buf_put_bytes(&two, one);
    struct mu_document document = build(mu_buf_bytes(&two));
    check("two", &document, "count(/m:message/h:sio-label) = 2 and count(//m:label) = 1");
    check("two", &document, "//m:malformed and //m:label/@header = //h:sio-label[2]/@index");
    ck_assert_ptr_nonnull(document.label);
    ck_assert_str_eq(document.marking, "MARK");
}
END_TEST

START_TEST(a_thousand_headers_are_all_there)
{
    struct mu_buf out = { .arena = arena };
    for (int i = 0; i < 999; i++)
        mu_buf_printf(&out, "X-%d: <&\"]]>\r\n", i);
    mu_buf_puts(&out, "Last: y\r\n\r\n");
    struct mu_document document = build(mu_buf_bytes(&out));
    check("many", &document, "count(/m:message/h:*) = 1000 and /m:message/h:last[@index=1000]");
    check_parses_again(&document);
    ck_assert_ptr_null(document.limit);

    mu_buf_puts(&out, "");
    struct mu_buf more = { .arena = arena };
    mu_buf_puts(&more, "One: more\r\n");
    mu_buf_put_bytes(&more, mu_buf_bytes(&out));
    document = build(mu_buf_bytes(&more));
    ck_assert_str_eq(document.limit, "header-limit");
    check("more", &document, "//m:defect[@kind='header-limit']");
}
END_TEST

/* Any bytes at all: cut, zeroed and bent copies of a good message. */
START_TEST(hostile_bytes_always_parse_again)
{
    struct mu_bytes good = labelled(MU_BYTES("<" ROOT SLAB ">" INSIDE CREATED "</" ROOT ">"));
    uint32_t state = (uint32_t) _i * 2654435761u + 1;
    char *bent = mu_bytes_dup(arena, good);
    for (int k = 0; k < 12; k++) {
        state = state * 1664525u + 1013904223u;
        size_t at = (state >> 8) % good.n;
        state = state * 1664525u + 1013904223u;
        bent[at] = (char) (state >> 16);
    }
    struct mu_document document = build((struct mu_bytes){ bent, good.n });
    check_parses_again(&document);
    document = build(mu_bytes_slice(good, 0, good.n * (size_t) _i / 200));
    check_parses_again(&document);
    char *zeroed = mu_arena_alloc(arena, 64);
    document = build((struct mu_bytes){ zeroed, 64 });
    check_parses_again(&document);
}
END_TEST

#define SAID(who, clear, ms, text)                                                                 \
    {                                                                                              \
        who, false, clear, ms,                                                                     \
        {                                                                                          \
            text, sizeof(text) - 1                                                                 \
        }                                                                                          \
    }

static struct mu_leg *dialogue_leg(bool collected)
{
    static const struct mu_utterance said[] = {
        SAID(MU_RECEIVED, true, 1, "220 ready"),
        SAID(MU_SENT, true, 2, "EHLO a b"),
        SAID(MU_RECEIVED, true, 3, "250-x"),
        SAID(MU_RECEIVED, true, 4, "250 STARTTLS"),
        { MU_SENT, true, false, 5, { "TLSv1.3 handshake done", 22 } },
        SAID(MU_SENT, false, 6, "mail FROM:<>"),
        SAID(MU_RECEIVED, false, 7, "550 5.7.1 label not dominated"),
        SAID(MU_RECEIVED, false, 8, "\0garbage"),
        SAID(MU_RECEIVED, false, 9, "250-unfinished"),
        SAID(MU_SENT, false, 9, "\x01\x02"),
    };
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    *leg = (struct mu_leg){ .carrier = "smtp", .name = "m", .collected = collected };
    leg->said = said;
    leg->says = MU_COUNT(said);
    return leg;
}

START_TEST(a_dialogue_is_commands_and_replies)
{
    static const char *const test[] = {
        "/m:message[@leg='m'][@octets=0][@collected='false']",
        "count(//m:command) = 3 and count(//m:reply) = 5 and count(//m:note) = 1",
        "//m:command[1][@verb='EHLO'][@at-ms=2][@clear='true'] = 'a b'",
        "//m:command[2][@verb='MAIL'][@clear='false'] = 'FROM:<>'",
        "//m:command[3][@verb='unknown']",
        "//m:reply[1][@code=220] = 'ready'",
        "//m:reply[2][@code=250][@lines=2][@at-ms=4] = 'x\nSTARTTLS'",
        "//m:reply[3][@code=550][@enhanced='5.7.1'] = '5.7.1 label not dominated'",
        "//m:reply[4][@malformed='true'][not(@code)] and //m:reply[5][@code=250]",
        "//m:note[@direction='sent'] = 'TLSv1.3 handshake done' and not(//m:part)",
    };
    struct mu_document document = build_leg(dialogue_leg(false));
    for (size_t i = 0; i < MU_COUNT(test); i++)
        check("dialogue", &document, test[i]);
    check_parses_again(&document);
    ck_assert_ptr_null(document.mail);
    ck_assert(!document.label_found);
    /* The same lines seen from the other side. */
    document = build_leg(dialogue_leg(true));
    check("other side", &document, "count(//m:command) = 6 and count(//m:reply[@malformed]) = 3");
}
END_TEST

static const uint16_t some_code[] = { 0x0304, 0x0017 };

static const struct mu_san san = { "dns", { "h\0st", 4 } };
static const struct mu_certificate peer[] = {
    { .subject = { "CN=leaf", 7 },
      .issuer = { "CN=ca", 5 },
      .not_before = "2026-01-01T00:00:00Z",
      .key = "EC P-256",
      .san = &san,
      .sans = 1 },
    { .subject = { "CN=ca", 5 } },
};
static const struct mu_bytes alpn = { "h2", 2 };
static const uint8_t none = 0;
static const struct mu_tls_offer offer = {
    some_code, 2, some_code, 2, some_code, 2, some_code, 2, some_code, 2, { "relay.invalid", 13 },
    &alpn,     1, &none,     1,
};

START_TEST(tls_and_envelope_are_facts)
{
    static const struct mu_bytes to[] = { { "b@y", 3 }, { "c@y", 3 } };
    static const struct mu_bytes to_said[] = { { "", 0 }, { "NOTIFY=NEVER  ORCPT", 19 } };
    struct mu_leg leg = {
        .carrier = "smtp",
        .collected = true,
        .bounce = true,
        .tls = { .used = true,
                 .complete = true,
                 .version = "TLSv1.3",
                 .server = true,
                 .alert = 42,
                 .verified = "ok",
                 .peer = peer,
                 .peers = 2,
                 .offer = &offer },
        .envelope = { .null_from = true,
                      .from_parameters = { "SIZE=12 b@d=1", 13 },
                      .to = to,
                      .to_parameters = to_said,
                      .tos = 2 },
    };
    static const char *const test[] = {
        "//m:tls[@version='TLSv1.3'][@server='true'][@alert=42][@verified='ok'][not(@failure)]",
        "//m:peer[@key='EC P-256'][not(@eku)]/m:subject = 'CN=leaf'",
        "//m:peer/m:san[@type='dns'] = 'h\\u{0000}st'",
        "count(//m:chain) = 1 and //m:offer[m:version='0304'][m:group='0017'][m:extension/@id=23]",
        "//m:offer[m:server-name='relay.invalid'][m:alpn='h2'][m:compression/@id=0]",
        "//m:envelope/m:from[@null='true'] = '' and //m:from-parameters/p:size = '12'",
        "//m:from-parameters/p:_[@name='b@d'] = '1'",
        "//m:to[@index=2] = 'c@y' and //m:to-parameters[@index=2][p:notify='NEVER']/p:orcpt = ''",
        "/m:message[@bounce='true']",
    };
    struct mu_document document = build_leg(&leg);
    for (size_t i = 0; i < MU_COUNT(test); i++)
        check("facts", &document, test[i]);
    check_parses_again(&document);
}
END_TEST

START_TEST(a_stored_document_is_loaded)
{
    struct mu_document built =
        build(labelled(MU_BYTES("<" ROOT SLAB ">" INSIDE CREATED "</" ROOT ">")));
    char path[] = "/tmp/muster-document-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    (void) close(fd);
    ck_assert(mu_file_replace(path, mu_document_write(arena, &built), 0600, &err));
    struct mu_document loaded;
    ck_assert(mu_document_load(arena, &kit, path, &loaded, &err));
    check("loaded", &loaded, "//m:label//slab:Classification = 'C'");
    ck_assert_str_eq(loaded.label->classification, "C");
    ck_assert_str_eq(loaded.marking, "MARK");
    ck_assert_ptr_null(loaded.mail);
    ck_assert(xmlDictOwns(loaded.doc->dict, xmlDocGetRootElement(loaded.doc)->name));
    ck_assert(mu_file_replace(path, MU_BYTES("<other/>"), 0600, &err));
    ck_assert(!mu_document_load(arena, &kit, path, &loaded, &err));
    ck_assert_int_eq(err.code, MU_ERR_PROFILE);
    unlink(path);
}
END_TEST

START_TEST(a_fixture_is_valid_and_its_parts_are_found)
{
    struct mu_message m = { 0 };
    ck_assert(mu_message_load(arena, FIXTURES "/messages/logistics-report.xml", &m, &err));
    ck_assert(mu_message_load_label(arena, FIXTURES "/labels/secret.xml", &m, &err));
    m.from = m.to = "a@b.invalid";
    m.message_id = "1@b.invalid";
    struct mu_bytes octets = mu_message_encode(arena, &m);
    struct mu_document document = build(octets);
    check("fixture", &document,
          "//m:label[@role='originator'] and not(//m:defect | //m:malformed)");
    check("fixture", &document,
          "count(//m:part) = 3 and //m:part[@path='1.2']/@encoding = 'base64'");
    check("fixture", &document,
          "//m:part[@path='1.2']/h:content-disposition/p:filename = 'stock-014.csv'");
    const struct mu_part *part = mu_document_part(&document, "1.2");
    ck_assert_ptr_nonnull(part);
    ck_assert(mu_bytes_find(mu_document_body(&document, part), MU_BYTES("diesel"), 0) != SIZE_MAX);
    ck_assert_uint_eq(mu_document_body(&document, mu_document_part(&document, "1")).n, 0);
    ck_assert_ptr_null(mu_document_part(&document, "1.9"));
}
END_TEST

START_TEST(label_fixtures_are_schema_valid)
{
    static const char *const name[] = { "unclassified",   "unclassified-releasable",
                                        "restricted",     "restricted-releasable",
                                        "confidential",   "secret",
                                        "secret-eu",      "eu-restricted",
                                        "tres-secret-eu", "succession",
                                        "no-review" };
    const char *xsd = MU_SOURCE_DIR "/profiles/schemas/adatp-4774.xsd";
    ck_assert_msg(mu_schema_load(arena, xsd, &kit.label_schema, &err), "%s", err.msg);
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        struct mu_message m = { 0 };
        const char *path = mu_arena_printf(arena, FIXTURES "/labels/%s.xml", name[i]);
        ck_assert(mu_message_load_label(arena, path, &m, &err));
        struct mu_document document = build(labelled(mu_label_write(arena, m.label)));
        check(name[i], &document, "//m:label[@schema-valid='true'][not(m:schema-error)]");
    }
    struct mu_document bad = build(labelled(MU_BYTES("<" ROOT SLAB ">" INSIDE "</" ROOT ">")));
    check("no creation date", &bad, "//m:label[@schema-valid='false']/m:schema-error != ''");
    check_parses_again(&bad);
    kit.label_schema = NULL;
}
END_TEST

/* Hostile names stay out of the dictionary that all documents share. */
START_TEST(names_stay_in_their_document)
{
    build(MU_BYTES(HEAD "X-Hostile-Name: y\r\n\r\n"));
    int before = xmlDictSize(kit.dict);
    build(labelled(MU_BYTES("<" ROOT SLAB "><hostile/></" ROOT ">")));
    ck_assert_int_eq(xmlDictSize(kit.dict), before);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("document");
    TCase *tc = tcase_create("document");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, mail_becomes_facts, 0, MU_COUNT(mail));
    tcase_add_loop_test(tc, labels_are_grafted_or_named, 0, MU_COUNT(label));
    tcase_add_test(tc, a_deep_label_passes_a_limit);
    tcase_add_test(tc, offsets_of_a_label_are_kept);
    tcase_add_test(tc, two_labels_are_both_there);
    tcase_add_test(tc, a_thousand_headers_are_all_there);
    tcase_add_loop_test(tc, hostile_bytes_always_parse_again, 0, 200);
    tcase_add_test(tc, a_dialogue_is_commands_and_replies);
    tcase_add_test(tc, tls_and_envelope_are_facts);
    tcase_add_test(tc, a_stored_document_is_loaded);
    tcase_add_test(tc, a_fixture_is_valid_and_its_parts_are_found);
    tcase_add_test(tc, label_fixtures_are_schema_valid);
    tcase_add_test(tc, names_stay_in_their_document);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include <check.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/xml.h"

#define S(literal) (literal), sizeof(literal) - 1

static struct mu_arena *arena;

static void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

/* Foreign bytes. */
static const struct {
    const char *name, *xml;
    size_t n;
    unsigned allow;
    enum mu_xml_result want;
    const char *says; /* limit of GATE; part of the sentence otherwise; NULL: anything */
} foreign[] = {
    { "plain", S("<a/>"), 0, MU_XML_OK, NULL },
    { "declared", S("<?xml version='1.0' encoding='UTF-8'?><a x='&#65;'>&lt;&#x263a;</a>"), 0,
      MU_XML_OK, NULL },
    { "ascii", S("<?xml version='1.0' encoding='US-ASCII'?><a>b<c/></a>"), 0, MU_XML_OK, NULL },
    { "bom", S("\xef\xbb\xbf<a/>"), 0, MU_XML_OK, NULL },
    { "quotes and comments", S("<a x='>'><!-- <b> --><![CDATA[<c>]]><d y=\"'\"/></a>"), 0,
      MU_XML_OK, NULL },
    { "xml attributes", S("<a xml:lang='en' xml:space='preserve'/>"), 0, MU_XML_OK, NULL },
    { "pi allowed", S("<a><?x y?></a>"), MU_GATE_ALLOW_PI, MU_XML_OK, NULL },
    { "relative namespace", S("<a xmlns='x'/>"), 0, MU_XML_OK, NULL },

    { "nothing", S(""), 0, MU_XML_GATE, "empty" },
    { "doctype", S("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), 0,
      MU_XML_GATE, "doctype" },
    { "forged facts", S("<a xmlns='urn:muster:message:1'/>"), 0, MU_XML_GATE, "urn:muster" },
    { "unclosed", S("<a><b></b>"), 0, MU_XML_MALFORMED, "premature end" },
    { "crossed tags", S("<a><b></a></b>"), 0, MU_XML_MALFORMED, "mismatch" },
    { "undeclared entity", S("<a>&b;</a>"), 0, MU_XML_MALFORMED, "entity 'b' not defined" },
    { "undeclared prefix", S("<b:a/>"), 0, MU_XML_MALFORMED, "namespace prefix b" },
    { "undeclared attribute prefix", S("<a b:x='1'/>"), 0, MU_XML_MALFORMED, "namespace prefix b" },
    { "bound xmlns", S("<a xmlns:xmlns='urn:x'/>"), 0, MU_XML_MALFORMED, NULL },
    { "empty prefix binding", S("<a xmlns:b=''/>"), 0, MU_XML_MALFORMED, NULL },
    { "two colons", S("<a:b:c xmlns:a='urn:x'/>"), 0, MU_XML_MALFORMED, NULL },
    { "attribute twice", S("<a x='1' x='2'/>"), 0, MU_XML_MALFORMED, "redefined" },
    { "attribute twice by namespace", S("<a xmlns:b='urn:x' xmlns:c='urn:x' b:x='' c:x=''/>"), 0,
      MU_XML_MALFORMED, NULL },
    { "two roots", S("<a/><b/>"), 0, MU_XML_MALFORMED, "extra content" },
    { "text after the root", S("<a/>x"), 0, MU_XML_MALFORMED, "extra content" },
    { "only a comment", S("<!-- x -->"), 0, MU_XML_MALFORMED, NULL },
    { "control character", S("<a>\x01</a>"), 0, MU_XML_MALFORMED, NULL },
    { "control by reference", S("<a>&#1;</a>"), 0, MU_XML_MALFORMED, NULL },
    { "cdata end in text", S("<a>]]></a>"), 0, MU_XML_MALFORMED, NULL },
    { "ascii that is not", S("<?xml version='1.0' encoding='US-ASCII'?><a>\xc3\xa9</a>"), 0,
      MU_XML_MALFORMED, NULL },
    { "version missing", S("<?xml encoding='UTF-8'?><a/>"), 0, MU_XML_MALFORMED, NULL },
    { "standalone maybe", S("<?xml version='1.0' standalone='maybe'?><a/>"), 0, MU_XML_MALFORMED,
      NULL },
    { "reserved pi", S("<a/><?xml version='1.0'?>"), MU_GATE_ALLOW_PI, MU_XML_MALFORMED, NULL },
    { "markup", S("<a x=1/>"), 0, MU_XML_MALFORMED, "markup" },
    { "hostile name is shown safely", S("<a><b\xe2\x80\xae></a>"), 0, MU_XML_MALFORMED, NULL },
};

START_TEST(each_foreign)
{
    xmlDoc *doc = NULL;
    struct mu_xml_fault fault = { .result = MU_XML_OK };
    enum mu_xml_result got =
        mu_xml_parse(arena, (struct mu_bytes){ foreign[_i].xml, foreign[_i].n }, foreign[_i].allow,
                     NULL, &doc, &fault);
    ck_assert_msg(got == foreign[_i].want, "%s: got %d, want %d (%s)", foreign[_i].name, (int) got,
                  (int) foreign[_i].want, fault.why);
    ck_assert_msg((doc != NULL) == (got == MU_XML_OK), "%s: doc", foreign[_i].name);
    ck_assert(fault.result == got);
    if (got == MU_XML_OK)
        return;
    const char *text = got == MU_XML_GATE ? fault.limit : fault.why;
    ck_assert_msg(fault.why[0] != '\0' && (got == MU_XML_GATE) == (fault.limit != NULL), "%s",
                  foreign[_i].name);
    ck_assert_msg(fault.offset <= foreign[_i].n, "%s: offset %zu", foreign[_i].name, fault.offset);
    ck_assert_msg(foreign[_i].says == NULL || strcasestr(text, foreign[_i].says) != NULL,
                  "%s: '%s'", foreign[_i].name, text);
    for (const char *p = fault.why; *p != '\0'; p++)
        ck_assert_msg((unsigned char) *p >= 0x20, "%s: control in '%s'", foreign[_i].name,
                      fault.why);
    ck_assert_msg(strstr(fault.why, "\xe2\x80\xae") == NULL, "%s", foreign[_i].name);
}
END_TEST

START_TEST(malformed_has_its_offset)
{
    static const char xml[] = "<a>\n<b>text</c></a>";
    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert(mu_xml_parse(arena, MU_BYTES(xml), 0, NULL, &doc, &fault) == MU_XML_MALFORMED);
    ck_assert_msg(fault.offset >= 11 && fault.offset <= 15, "%zu", fault.offset);
}
END_TEST

static void offsets_right(struct mu_bytes xml)
{
    xmlDoc *doc;
    struct mu_xml_fault fault = { .why = "" };
    ck_assert_msg(mu_xml_parse(arena, xml, 0, NULL, &doc, &fault) == MU_XML_OK, "%s", fault.why);
    const xmlNode *node = xmlDocGetRootElement(doc);
    size_t seen = 0;
    for (; node != NULL; seen++) {
        const char *at = xml.p + mu_xml_offset(node);
        ck_assert_msg(
            *at == '<'
                && strncmp(at + 1, (const char *) node->name, strlen((const char *) node->name))
                       == 0,
            "'%s' at '%.20s'", (const char *) node->name, at);
        const xmlNode *next = mu_xml_child(node, NULL, NULL);
        while (next == NULL && node != NULL) {
            next = mu_xml_next(node, NULL, NULL);
            node = node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
        }
        node = next;
    }
    ck_assert(seen > 3);
}

START_TEST(every_element_knows_its_offset)
{
    static const char *const head[] = { "", "\xef\xbb\xbf",
                                        "<?xml version='1.0' encoding='UTF-8'?>\n",
                                        "<?xml version='1.0' encoding='US-ASCII'?>\r\n",
                                        "<!-- <x> -->" };
    for (size_t i = 0; i < MU_COUNT(head); i++) {
        struct mu_buf xml = { .arena = arena };
        mu_buf_puts(&xml, head[i]);
        mu_buf_puts(&xml,
                    "<a1 x='>'>text<b1 y=\"a&lt;b\"\n  z='>>'/><![CDATA[<b2>]]><b3><c1></c1></b3>");
        /* Past libxml2's buffer steps, so that the input shrinks under way. */
        for (size_t n = 0; n < 2000; n++)
            mu_buf_printf(&xml, "\r\n<d%zu>some text to fill the line</d%zu>", n, n);
        mu_buf_puts(&xml, "</a1>");
        offsets_right(mu_buf_bytes(&xml));
    }
}
END_TEST

START_TEST(names_go_into_a_sub_dictionary)
{
    xmlDict *dict = xmlDictCreate();
    const xmlChar *shared = xmlDictLookup(dict, (const xmlChar *) "known", -1);
    int before = xmlDictSize(dict);
    struct mu_arena *inner = mu_arena_new(MU_MIB);
    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert(mu_xml_parse(inner, MU_BYTES("<known><unheard-of xml:lang='x'/></known>"), 0, dict,
                           &doc, &fault)
              == MU_XML_OK);
    ck_assert(xmlDocGetRootElement(doc)->name == shared);
    ck_assert_int_eq(xmlDictSize(dict), before);
    ck_assert(mu_xml_parse(inner, MU_BYTES("<known>"), 0, dict, &doc, &fault) == MU_XML_MALFORMED);
    mu_arena_free(inner);
    ck_assert_int_eq(xmlDictSize(dict), before);
    xmlDictFree(dict);
}
END_TEST

START_TEST(nothing_is_fetched)
{
    char name[] = "/tmp/mu-xml-XXXXXX";
    int fd = mkstemp(name);
    ck_assert(fd >= 0 && write(fd, "<a/>", 4) == 4);
    close(fd);
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    xmlDoc *doc = xmlCtxtReadFile(ctxt, name, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    ck_assert_msg(doc == NULL, "libxml2 opened a file by itself");
    xmlFreeParserCtxt(ctxt);
    unlink(name);
}
END_TEST

START_TEST(hostile_trees_end_in_an_answer)
{
    struct mu_buf deep = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        mu_buf_puts(&deep, "<a>");
    struct mu_buf text = { .arena = arena };
    mu_buf_puts(&text, "<a>");
    for (size_t i = 0; i + 32 < MU_XML_MAX; i += 16)
        mu_buf_puts(&text, "0123456789abcdef");
    mu_buf_puts(&text, "</a>");
    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert(mu_xml_parse(arena, mu_buf_bytes(&deep), 0, NULL, &doc, &fault) == MU_XML_GATE);
    ck_assert_str_eq(fault.limit, "depth");
    ck_assert(mu_xml_parse(arena, mu_buf_bytes(&text), 0, NULL, &doc, &fault) == MU_XML_OK);
    mu_buf_puts(&text, "0123456789abcdef0123456789abcdef");
    ck_assert(mu_xml_parse(arena, mu_buf_bytes(&text), 0, NULL, &doc, &fault) == MU_XML_GATE);
    ck_assert_str_eq(fault.limit, "size");
}
END_TEST

/* Walking and texts. */
START_TEST(accessors)
{
    static const char xml[] =
        "<a xmlns='urn:x' xmlns:p='urn:y' k='v&#10;w' p:k='other'> <!-- no -->"
        "<p:b/>SEC<!-- x --><![CDATA[R&]]><b>ET<c>!</c></b>\n<b/><d e=''/></a>";
    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert(mu_xml_parse(arena, MU_BYTES(xml), 0, NULL, &doc, &fault) == MU_XML_OK);
    xmlNode *a = xmlDocGetRootElement(doc);
    ck_assert_str_eq(mu_xml_text(arena, a).p, " SECR&ET!\n");
    ck_assert_str_eq(mu_xml_attribute(arena, a, "k"), "v\nw");
    ck_assert_ptr_null(mu_xml_attribute(arena, a, "none"));
    xmlNode *b = mu_xml_child(a, NULL, "b");
    ck_assert(b != NULL && mu_xml_is(b, "urn:x", "b") && !mu_xml_is(b, "urn:y", "b"));
    ck_assert(mu_xml_child(a, "urn:y", "b") == mu_xml_child(a, NULL, NULL));
    ck_assert_str_eq(mu_xml_text(arena, b).p, "ET!");
    xmlNode *second = mu_xml_next(b, NULL, "b");
    ck_assert(second != NULL && mu_xml_next(second, NULL, "b") == NULL);
    ck_assert_uint_eq(mu_xml_text(arena, second).n, 0);
    ck_assert_str_eq(mu_xml_attribute(arena, mu_xml_next(second, NULL, NULL), "e"), "");
    ck_assert(mu_xml_child(second, NULL, NULL) == NULL && !mu_xml_is(NULL, NULL, "x"));
    ck_assert(mu_xml_is(a, NULL, NULL) && !mu_xml_is(a->children, NULL, NULL));
    ck_assert_uint_eq(mu_xml_where(b).line, 0); /* a foreign document has no place in a file */
}
END_TEST

/* Files of the operator; says NULL: loads. */
static const struct {
    const char *name, *text;
    size_t n;
    enum mu_err_code code;
    const char *says;
} file[] = {
    { "good", S("<a xmlns='urn:muster:suite:1'>\n  <?x y?></a>"), MU_ERR_NONE, NULL },
    { "declared", S("<?xml version='1.0' encoding='utf-8'?>\n<a>\xc3\xa9</a>"), MU_ERR_NONE, NULL },
    { "empty", S(""), MU_ERR_PROFILE, "f.xml:1:1: there is nothing in it" },
    { "doctype", S("<?xml version='1.0'?>\n  <!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>"),
      MU_ERR_PROFILE, "f.xml:2:3: a document type declaration is not allowed" },
    { "external dtd", S("<!DOCTYPE a SYSTEM 'http://127.0.0.1/x'><a/>"), MU_ERR_PROFILE,
      "f.xml:1:1: a document type declaration is not allowed" },
    { "mismatch", S("<a>\n  <b>\n  </c>\n</a>"), MU_ERR_PROFILE,
      "f.xml:3:7: opening and ending tag" },
    { "unclosed", S("<a>\n<b/>\n"), MU_ERR_PROFILE, "f.xml:3:1: premature end of data" },
    { "not utf-8", S("<a>\n x\xff</a>"), MU_ERR_PROFILE, "f.xml:2:3: not UTF-8" },
    { "latin 1", S("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), MU_ERR_PROFILE,
      "f.xml:1:1: encoding 'ISO-8859-1' is not UTF-8" },
    { "nul", S("<a>\n\0</a>"), MU_ERR_PROFILE, "f.xml:2:" },
    { "nul behind the root", S("<a/>\n\0\0"), MU_ERR_PROFILE, "f.xml:2:1: a NUL byte" },
    { "nul, then more", S("<a/>\n\0<b/>"), MU_ERR_PROFILE, "f.xml:2:1: a NUL byte" },
    { "prefix", S("<a>\n <x:b/></a>"), MU_ERR_PROFILE, "f.xml:2:6: namespace prefix x" },
    { "version", S("<?xml version='1.1'?><a/>"), MU_ERR_PROFILE, "f.xml" },
};

START_TEST(each_file)
{
    xmlDoc *doc = NULL;
    struct mu_err err = { .code = MU_ERR_NONE };
    bool loads = mu_xml_load_bytes(arena, (struct mu_bytes){ file[_i].text, file[_i].n }, "f.xml",
                                   &doc, &err);
    char text[400] = "";
    if (!loads)
        mu_err_text(&err, text, sizeof text);
    ck_assert_msg(loads == (file[_i].says == NULL) && loads == (doc != NULL), "%s: %s",
                  file[_i].name, text);
    ck_assert_msg(err.code == file[_i].code, "%s: code %d", file[_i].name, (int) err.code);
    ck_assert_msg(loads || strncmp(text, file[_i].says, strlen(file[_i].says)) == 0, "%s: '%s'",
                  file[_i].name, text);
}
END_TEST

START_TEST(places_in_files)
{
    static const char text[] = "<a>\n  <b x='1'\n     y = '>' long='2'/><!--\n--><c/>\n</a>";
    xmlDoc *doc;
    struct mu_err err;
    ck_assert(mu_xml_load_bytes(arena, MU_BYTES(text), "f.xml", &doc, &err));
    const xmlNode *a = xmlDocGetRootElement(doc), *b = mu_xml_child(a, NULL, "b");
    const struct {
        struct mu_where got;
        uint32_t line, column;
    } row[] = {
        { mu_xml_where(a), 1, 1 },
        { mu_xml_where(b), 2, 3 },
        { mu_xml_where(mu_xml_child(a, NULL, "c")), 4, 4 },
        { mu_xml_where(a->children), 1, 1 },
        { mu_xml_where_attribute(b, "x"), 2, 6 },
        { mu_xml_where_attribute(b, "y"), 3, 6 },
        { mu_xml_where_attribute(b, "long"), 3, 14 },
        { mu_xml_where_attribute(b, "none"), 2, 3 },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        ck_assert_str_eq(row[i].got.input, "f.xml");
        ck_assert_msg(row[i].got.line == row[i].line && row[i].got.column == row[i].column,
                      "row %zu: %u:%u", i, row[i].got.line, row[i].got.column);
    }
}
END_TEST

START_TEST(files_have_limits)
{
    xmlDoc *doc;
    struct mu_err err;
    struct mu_buf deep = { .arena = arena };
    for (int i = 0; i <= MU_OPERATOR_DEPTH_MAX; i++)
        mu_buf_puts(&deep, "<a>\n");
    for (int i = 0; i <= MU_OPERATOR_DEPTH_MAX; i++)
        mu_buf_puts(&deep, "</a>");
    ck_assert(!mu_xml_load_bytes(arena, mu_buf_bytes(&deep), "f.xml", &doc, &err));
    ck_assert(err.code == MU_ERR_LIMIT && err.where.line == MU_OPERATOR_DEPTH_MAX + 1);
    char *huge = mu_arena_alloc(arena, MU_OPERATOR_FILE_MAX + 1);
    struct mu_bytes bytes = { huge, MU_OPERATOR_FILE_MAX + 1 };
    ck_assert(!mu_xml_load_bytes(arena, bytes, "f.xml", &doc, &err) && err.code == MU_ERR_LIMIT);
    ck_assert(!mu_xml_load(arena, "/nonexistent/f.xml", &doc, NULL, &err)
              && err.code == MU_ERR_USAGE);
    ck_assert(!mu_xml_load(arena, "/tmp", &doc, NULL, &err) && err.code == MU_ERR_USAGE);
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("xml");
    TCase *tc = tcase_create("xml");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_foreign, 0, MU_COUNT(foreign));
    tcase_add_test(tc, malformed_has_its_offset);
    tcase_add_test(tc, every_element_knows_its_offset);
    tcase_add_test(tc, names_go_into_a_sub_dictionary);
    tcase_add_test(tc, nothing_is_fetched);
    tcase_add_test(tc, hostile_trees_end_in_an_answer);
    tcase_add_test(tc, accessors);
    tcase_add_loop_test(tc, each_file, 0, MU_COUNT(file));
    tcase_add_test(tc, places_in_files);
    tcase_add_test(tc, files_have_limits);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/xml.h"

#define XS                                                                                         \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' "                        \
    "targetNamespace='urn:t' elementFormDefault='qualified'>\n"

static struct mu_arena *arena;
static char folder[64];

static void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
    snprintf(folder, sizeof folder, "/tmp/mu schema-XXXXXX"); /* paths may hold a space */
    ck_assert(mkdtemp(folder) != NULL);
}

static void tear_down(void)
{
    static const char *const name[] = { "main.xsd", "part.xsd", "other.xsd" };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        unlink(mu_file_join(arena, folder, name[i]));
    rmdir(folder);
    mu_arena_free(arena);
}

static const char *put(const char *name, const char *text)
{
    struct mu_err err;
    const char *path = mu_file_join(arena, folder, name);
    ck_assert(mu_file_replace(path, mu_bytes_of(text), 0600, &err));
    return path;
}

static const char main_xsd[] = XS
    "<xs:include schemaLocation='part.xsd'/><xs:import namespace='urn:o' "
    "schemaLocation='other.xsd'/>\n"
    "<xs:element name='suite'><xs:complexType><xs:sequence>"
    "<xs:element name='title' type='xs:string'/>"
    "<xs:element name='case' minOccurs='0' maxOccurs='9'><xs:complexType><xs:choice minOccurs='0' "
    "maxOccurs='2'><xs:element name='send'/><xs:element name='collect'/></xs:choice>"
    "<xs:attribute name='level' type='level'/><xs:attribute name='levels' type='levels'/>"
    "<xs:attribute name='either' type='either'/><xs:attribute name='n' type='xs:integer'/>"
    "</xs:complexType></xs:element><xs:any namespace='##other' minOccurs='0' maxOccurs='9'/>"
    "</xs:sequence><xs:attribute name='id' type='xs:ID' "
    "use='required'/></xs:complexType></xs:element>"
    "</xs:schema>";
static const char part_xsd[] =
    XS "<xs:simpleType name='level'><xs:restriction base='xs:token'><xs:enumeration value='must'/>"
       "<xs:enumeration value='should'/></xs:restriction></xs:simpleType>"
       "<xs:simpleType name='levels'><xs:list itemType='level'/></xs:simpleType>"
       "<xs:simpleType name='either'><xs:union memberTypes='level xs:integer'/></xs:simpleType>"
       "</xs:schema>";
static const char other_xsd[] =
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:o'>"
    "<xs:element name='extra' type='xs:integer'/></xs:schema>";

static struct mu_schema *load_good(void)
{
    struct mu_schema *schema;
    struct mu_err err;
    put("part.xsd", part_xsd);
    put("other.xsd", other_xsd);
    bool loaded = mu_schema_load(arena, put("main.xsd", main_xsd), &schema, &err);
    ck_assert_msg(loaded, "%s", loaded ? "" : err.msg);
    return schema;
}

#define SUITE "<suite xmlns='urn:t' id='a'>\n"

/* says NULL: valid. */
static const struct {
    const char *xml, *says;
} row[] = {
    { SUITE "<title/><case level='must' levels='must should' either='7'/></suite>", NULL },
    { SUITE "<title/><extra xmlns='urn:o'>5</extra></suite>", NULL },
    { SUITE "<tilte/></suite>",
      "f.xml:2:1: element 'tilte' is not expected here; expected is 'title'; "
      "did you mean 'title'?" },
    { SUITE "<title/><case><sned/></case></suite>",
      "f.xml:2:15: element 'sned' is not expected here; expected is one of 'send', 'collect'; did "
      "you "
      "mean 'send'?" },
    { SUITE "<title/>\n <case levle='must'/></suite>",
      "f.xml:3:8: element 'case' has no attribute 'levle'; did you mean 'level'?" },
    { SUITE "<title/><case\n level='mast'/></suite>",
      "f.xml:3:2: attribute 'level' of element 'case' is 'mast', which is not one of 'must', "
      "'should'; "
      "did you mean 'must'?" },
    { SUITE "<title/><case levels='must shuold'/></suite>",
      "f.xml:2:15: attribute 'levels' of element 'case' is 'shuold', which is not one of 'must', "
      "'should'; did you mean 'should'?" },
    { SUITE "<title/><case either='shoud'/></suite>",
      "f.xml:2:15: attribute 'either' of element 'case' is 'shoud', which is no either; did you "
      "mean "
      "'should'?" },
    { SUITE "<title/><case n='x'/></suite>",
      "f.xml:2:15: attribute 'n' of element 'case' is 'x', which is no xs:integer" },
    { SUITE "<title/><case id='x'/></suite>", "f.xml:2:15: element 'case' has no attribute 'id'" },
    { SUITE "<case/></suite>",
      "f.xml:2:1: element 'case' is not expected here; expected is 'title'" },
    { SUITE "</suite>", "f.xml:1:1: element 'suite' lacks a child element; expected is 'title'" },
    { "<suite xmlns='urn:t'><title/></suite>",
      "f.xml:1:1: element 'suite' lacks the attribute 'id'" },
    { "<siute xmlns='urn:t'/>",
      "f.xml:1:1: element 'siute' cannot be the root of this document; did you mean 'suite'?" },
    { "<suite/>", "f.xml:1:1: element 'suite' cannot be the root of this document" },
    { SUITE "<title/>words</suite>", "f.xml:1:1: element 'suite': character content other than" },
    { SUITE "<title><b/></title></suite>",
      "f.xml:2:1: element 'title': element content is not allowed" },
    { SUITE "<title/><extra xmlns='urn:o'>x</extra></suite>",
      "f.xml:2:9: element 'extra' is 'x', which is no xs:integer" },
    { SUITE "<title/><case level=\"' is not an element of the set {'a\"/></suite>",
      "f.xml:2:15: attribute 'level' of element 'case' is '' is not an element of the set {'a', "
      "which" },
};

START_TEST(each_check)
{
    struct mu_schema *schema = load_good();
    xmlDoc *doc;
    struct mu_err err;
    char text[400] = "";
    ck_assert(mu_xml_load_bytes(arena, mu_bytes_of(row[_i].xml), "f.xml", &doc, &err));
    bool valid = mu_schema_check(schema, doc, &err);
    if (!valid)
        mu_err_text(&err, text, sizeof text);
    ck_assert_msg(valid == (row[_i].says == NULL), "row %d: '%s'", _i, text);
    ck_assert_msg(valid || strncmp(text, row[_i].says, strlen(row[_i].says)) == 0, "row %d: '%s'",
                  _i, text);
    ck_assert_msg(strstr(row[_i].xml, "did") != NULL || valid
                      || (strstr(text, "did you") != NULL)
                             == (strstr(row[_i].says, "did you") != NULL),
                  "row %d: '%s'", _i, text);
}
END_TEST

/* What libxml2 answers, what it reported, what we make of it. */
START_TEST(three_values)
{
    static const struct {
        int result;
        bool reported;
        enum mu_validity want;
    } value[] = {
        { 0, false, MU_VALID },
        { 0, true, MU_VALIDITY_UNKNOWN },
        { 1, true, MU_INVALID },
        { 1871, true, MU_INVALID },
        { 1, false, MU_VALIDITY_UNKNOWN },
        { -1, false, MU_VALIDITY_UNKNOWN },
        { -1, true, MU_VALIDITY_UNKNOWN },
        { -7, true, MU_VALIDITY_UNKNOWN },
    };
    for (size_t i = 0; i < MU_COUNT(value); i++)
        ck_assert_msg(mu_validity_of(value[i].result, value[i].reported) == value[i].want,
                      "row %zu", i);
}
END_TEST

/* An entity reference in the tree is an internal error of the validator: never valid, and the next
 * document is judged as if nothing had been. */
START_TEST(a_broken_validator_is_no_verdict)
{
    struct mu_schema *schema = load_good();
    xmlDoc *doc, *good;
    struct mu_err err;
    struct mu_schema_error error[2];
    size_t errors = 9;
    ck_assert(mu_xml_load_bytes(arena, MU_BYTES(SUITE "<title/></suite>"), "f.xml", &doc, &err));
    ck_assert(mu_xml_load_bytes(arena, MU_BYTES(SUITE "<title/></suite>"), "f.xml", &good, &err));
    xmlNode *title = mu_xml_child(xmlDocGetRootElement(doc), NULL, "title");
    xmlAddChild(title, xmlNewReference(doc, (const xmlChar *) "b"));
    ck_assert(mu_schema_validate(schema, doc, error, 2, &errors) == MU_VALIDITY_UNKNOWN);
    ck_assert(!mu_schema_check(schema, doc, &err) && strstr(err.msg, "could not judge") != NULL);
    ck_assert(mu_schema_validate(schema, good, error, 2, &errors) == MU_VALID && errors == 0);
}
END_TEST

START_TEST(errors_are_counted_past_the_room)
{
    struct mu_schema *schema = load_good();
    xmlDoc *doc;
    struct mu_xml_fault fault;
    struct mu_schema_error error[2];
    size_t errors;
    ck_assert(mu_xml_parse(
                  arena, MU_BYTES(SUITE "<title/><case n='x'/><case n='y'/><case n='z'/></suite>"),
                  0, NULL, &doc, &fault)
              == MU_XML_OK);
    ck_assert(mu_schema_validate(schema, doc, error, 2, &errors) == MU_INVALID);
    ck_assert_uint_eq(errors, 3);
    ck_assert_str_eq(error[1].message,
                     "attribute 'n' of element 'case' is 'y', which is no xs:integer");
    ck_assert_uint_eq(mu_xml_offset(error[0].node), strlen(SUITE "<title/>"));
    ck_assert(mu_schema_validate(schema, doc, NULL, 0, &errors) == MU_INVALID && errors == 3);
}
END_TEST

START_TEST(a_sub_tree_is_judged_where_it_stands)
{
    struct mu_schema *schema = load_good();
    xmlDoc *doc;
    struct mu_xml_fault fault;
    struct mu_schema_error error[2];
    size_t errors;
    ck_assert(mu_xml_parse(arena,
                           MU_BYTES("<x><t:suite xmlns:t='urn:t' id='a'><t:title/></t:suite>"
                                    "<suite xmlns='urn:t' id='b'/></x>"),
                           0, NULL, &doc, &fault)
              == MU_XML_OK);
    xmlNode *first = mu_xml_child(xmlDocGetRootElement(doc), NULL, NULL);
    for (int i = 0; i < 3; i++) { /* ids of the same element do not collide with themselves */
        ck_assert(mu_schema_validate_element(schema, first, error, 2, &errors) == MU_VALID);
        ck_assert(
            mu_schema_validate_element(schema, mu_xml_next(first, NULL, NULL), error, 2, &errors)
            == MU_INVALID);
    }
    ck_assert_uint_eq(errors, 1);
    ck_assert_str_eq(error[0].message,
                     "element 'suite' lacks a child element; expected is 'title'");
}
END_TEST

static const struct {
    const char *name, *text, *says; /* says: after the folder */
} bad[] = {
    { "not xml", "<xs:schema", "/main.xsd:1:" },
    { "not a schema", "\n<a/>", "/main.xsd:2:1: not an XML schema" },
    { "doctype", "<!DOCTYPE a><a/>", "/main.xsd:1:1: a document type declaration" },
    { "unknown type", XS "<xs:element name='a' type='levle'/></xs:schema>", "/main.xsd:2:1: " },
    { "ambiguous",
      XS "<xs:complexType name='a'><xs:sequence><xs:element name='b' minOccurs='0'/>"
         "<xs:element name='b'/></xs:sequence></xs:complexType></xs:schema>",
      "/main.xsd:2:" },
    { "by network",
      XS "<xs:import namespace='urn:o' schemaLocation='http://127.0.0.1/x.xsd'/></xs:schema>",
      "/main.xsd:2:30: schemaLocation 'http://127.0.0.1/x.xsd' is not a plain file name" },
    { "from above", XS "<xs:include schemaLocation='../x.xsd'/></xs:schema>", "/main.xsd:2:13: " },
    { "absolute", XS "<xs:include schemaLocation='/etc/passwd'/></xs:schema>", "/main.xsd:2:13: " },
    { "missing", XS "<xs:include schemaLocation='none.xsd'/></xs:schema>", NULL },
    { "itself",
      XS "<xs:include schemaLocation='main.xsd'/><xs:element name='a' type='b'/></xs:schema>",
      "/main.xsd:2:" },
};

START_TEST(each_bad_schema)
{
    struct mu_schema *schema;
    struct mu_err err;
    char text[500], want[500];
    ck_assert_msg(!mu_schema_load(arena, put("main.xsd", bad[_i].text), &schema, &err), "%s",
                  bad[_i].name);
    mu_err_text(&err, text, sizeof text);
    snprintf(want, sizeof want, "%s%s", folder, bad[_i].says != NULL ? bad[_i].says : "");
    ck_assert_msg(bad[_i].says == NULL || strncmp(text, want, strlen(want)) == 0, "%s: '%s'",
                  bad[_i].name, text);
}
END_TEST

START_TEST(a_defect_in_a_part_names_the_part)
{
    struct mu_schema *schema;
    struct mu_err err;
    put("part.xsd", XS "\n<xs:simpleType name='level'><xs:restriction base='none'/></xs:simpleType>"
                       "</xs:schema>");
    put("other.xsd", other_xsd);
    ck_assert(!mu_schema_load(arena, put("main.xsd", main_xsd), &schema, &err));
    ck_assert_msg(strstr(err.where.input, "part.xsd") != NULL && err.where.line == 3, "%s:%u: %s",
                  err.where.input, err.where.line, err.msg);
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("schema");
    TCase *tc = tcase_create("schema");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_check, 0, MU_COUNT(row));
    tcase_add_test(tc, three_values);
    tcase_add_test(tc, a_broken_validator_is_no_verdict);
    tcase_add_test(tc, errors_are_counted_past_the_room);
    tcase_add_test(tc, a_sub_tree_is_judged_where_it_stands);
    tcase_add_loop_test(tc, each_bad_schema, 0, MU_COUNT(bad));
    tcase_add_test(tc, a_defect_in_a_part_names_the_part);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

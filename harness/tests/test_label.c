#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/label.h"
#include "format/xml.h"

#define NS      " xmlns='" MU_SLAB_NS "'"
#define POLICY  "<PolicyIdentifier>ACME</PolicyIdentifier>"
#define CLASS   "<Classification>GREEN</Classification>"
#define INFO    "<ConfidentialityInformation>" POLICY CLASS "</ConfidentialityInformation>"
#define CREATED "<CreationDateTime>2026-11-23T10:00:00Z</CreationDateTime>"
#define ROOT(inside)                                                                               \
    "<originatorConfidentialityLabel" NS ">" inside "</originatorConfidentialityLabel>"
#define LABEL(info)                                                                                \
    ROOT("<ConfidentialityInformation>" info "</ConfidentialityInformation>" CREATED)
#define CATEGORY(attributes, inside) "<Category " attributes ">" inside "</Category>"
#define TYPE                         "Type='PERMISSIVE' TagName='Releasable To'"
#define SUCCESSOR(inside)                                                                          \
    "<SuccessionHandling><SuccessionDateTime>2027-01-01T00:00:00Z</SuccessionDateTime>"            \
    "<SuccessorConfidentialityLabel>" inside                                                       \
    "</SuccessorConfidentialityLabel></SuccessionHandling>"

static struct mu_arena *arena;

static void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

static xmlNode *parse(const char *xml)
{
    xmlDoc *doc;
    struct mu_xml_fault fault = { .why = "" };
    enum mu_xml_result result =
        mu_xml_parse(arena, mu_bytes_of(xml), MU_GATE_ALLOW_PI, NULL, &doc, &fault);
    ck_assert_msg(result == MU_XML_OK, "%s: %.60s", fault.why, xml);
    return xmlDocGetRootElement(doc);
}

static struct mu_label read_label(const char *xml)
{
    struct mu_label label;
    mu_label_read(arena, parse(xml), &label);
    return label;
}

/* The traps of the label's grammar: what the schema lets pass, and what it refuses. */
static const struct {
    const char *name, *xml;
    enum mu_validity want;
} trap[] = {
    { "least", ROOT(INFO CREATED), MU_VALID },
    { "no review date, no succession", ROOT(INFO CREATED), MU_VALID },
    { "all roots: alternative",
      "<alternativeConfidentialityLabel" NS ">" INFO CREATED "</alternativeConfidentialityLabel>",
      MU_VALID },
    { "all roots: metadata",
      "<metadataConfidentialityLabel" NS ">" INFO CREATED "</metadataConfidentialityLabel>",
      MU_VALID },
    { "all roots: legacy", "<ConfidentialityLabel" NS ">" INFO CREATED "</ConfidentialityLabel>",
      MU_VALID },
    { "Id and review date",
      "<originatorConfidentialityLabel" NS " Id='x1' ReviewDateTime="
      "'2027-01-01T00:00:00Z'>" INFO CREATED "</originatorConfidentialityLabel>",
      MU_VALID },
    { "uri on classification", LABEL(POLICY "<Classification URI='urn:x'>A</Classification>"),
      MU_VALID },
    { "policy uri that is no oid", LABEL("<PolicyIdentifier URI='x'>A</PolicyIdentifier>" CLASS),
      MU_VALID },
    { "URL for URI", LABEL("<PolicyIdentifier URL='urn:oid:1.2'>A</PolicyIdentifier>" CLASS),
      MU_VALID },
    { "generic value", LABEL(POLICY CLASS CATEGORY(TYPE, "<GenericValue>A</GenericValue>")),
      MU_VALID },
    { "integer value", LABEL(POLICY CLASS CATEGORY(TYPE, "<IntegerValue>5</IntegerValue>")),
      MU_VALID },
    { "bit string value", LABEL(POLICY CLASS CATEGORY(TYPE, "<BitStringValue>01</BitStringValue>")),
      MU_VALID },
    { "empty generic value", LABEL(POLICY CLASS CATEGORY(TYPE, "<GenericValue/>")), MU_VALID },
    { "category without value", LABEL(POLICY CLASS CATEGORY(TYPE, "")), MU_VALID },
    { "empty tag name", LABEL(POLICY CLASS CATEGORY("Type='PERMISSIVE' TagName=''", "")),
      MU_VALID },
    { "type with space around", LABEL(POLICY CLASS CATEGORY("Type=' PERMISSIVE ' TagName='x'", "")),
      MU_VALID },
    { "date without zone", ROOT(INFO "<CreationDateTime>2026-11-23T10:00:00</CreationDateTime>"),
      MU_VALID },
    { "comment in a value", LABEL(POLICY "<Classification>GR<!-- x -->EEN</Classification>"),
      MU_VALID },
    { "cdata in a value", LABEL(POLICY "<Classification><![CDATA[GREEN]]></Classification>"),
      MU_VALID },
    { "pi in a value", LABEL(POLICY "<Classification>GR<?x y?>EEN</Classification>"), MU_VALID },
    { "privacy mark", LABEL(POLICY CLASS "<PrivacyMark>CLEAR</PrivacyMark>"), MU_VALID },
    { "originator", ROOT(INFO "<OriginatorID IDType='rfc822Name'>\na@b\n</OriginatorID>" CREATED),
      MU_VALID },
    { "foreign element last", ROOT(INFO CREATED "<x xmlns='urn:x'/>"), MU_VALID },
    { "foreign attribute on the root",
      "<originatorConfidentialityLabel" NS " xmlns:x='urn:x' x:y='z' v='1'>" INFO CREATED
      "</originatorConfidentialityLabel>",
      MU_VALID },
    { "foreign element in the information", LABEL(POLICY CLASS "<x xmlns='urn:x'/>"), MU_VALID },
    { "succession", ROOT(INFO CREATED SUCCESSOR(INFO CREATED)), MU_VALID },
    { "type named on a successor",
      "<originatorConfidentialityLabel" NS
      " xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>" INFO CREATED
      "<SuccessionHandling><SuccessionDateTime>2027-01-01T00:00:00Z</SuccessionDateTime>"
      "<SuccessorConfidentialityLabel i:type='ConfidentialityLabelType'>" INFO CREATED
      "</SuccessorConfidentialityLabel></SuccessionHandling></originatorConfidentialityLabel>",
      MU_VALID },

    { "wrong root",
      "<OriginatorConfidentialityLabel" NS ">" INFO CREATED "</OriginatorConfidentialityLabel>",
      MU_INVALID },
    { "no namespace",
      "<originatorConfidentialityLabel>" INFO CREATED "</originatorConfidentialityLabel>",
      MU_INVALID },
    { "no creation date", ROOT(INFO), MU_INVALID },
    { "no information", ROOT(CREATED), MU_INVALID },
    { "order", ROOT(CREATED INFO), MU_INVALID },
    { "order in the information", LABEL(CLASS POLICY), MU_INVALID },
    { "no policy", LABEL(CLASS), MU_INVALID },
    { "no classification", LABEL(POLICY), MU_INVALID },
    { "attribute on the information",
      ROOT("<ConfidentialityInformation x='y'>" POLICY CLASS
           "</ConfidentialityInformation>" CREATED),
      MU_INVALID },
    { "foreign attribute on the information",
      ROOT("<ConfidentialityInformation xmlns:x='urn:x' x:y='z'>" POLICY CLASS
           "</ConfidentialityInformation>" CREATED),
      MU_INVALID },
    { "lower-case type", LABEL(POLICY CLASS CATEGORY("Type='permissive' TagName='x'", "")),
      MU_INVALID },
    { "tagName", LABEL(POLICY CLASS CATEGORY("Type='PERMISSIVE' tagName='x'", "")), MU_INVALID },
    { "type", LABEL(POLICY CLASS CATEGORY("type='PERMISSIVE' TagName='x'", "")), MU_INVALID },
    { "blank classification", LABEL(POLICY "<Classification> \n </Classification>"), MU_INVALID },
    { "empty policy", LABEL("<PolicyIdentifier/>" CLASS), MU_INVALID },
    { "classification twice", LABEL(POLICY CLASS CLASS), MU_INVALID },
    { "privacy mark twice", LABEL(POLICY CLASS "<PrivacyMark/><PrivacyMark/>"), MU_INVALID },
    { "attribute on the privacy mark", LABEL(POLICY CLASS "<PrivacyMark x='y'/>"), MU_INVALID },
    { "two informations", ROOT(INFO INFO CREATED), MU_INVALID },
    { "originator without type", ROOT(INFO "<OriginatorID>a</OriginatorID>" CREATED), MU_INVALID },
    { "originator of another type",
      ROOT(INFO "<OriginatorID IDType='mail'>a</OriginatorID>" CREATED), MU_INVALID },
    { "Id with a hash",
      "<originatorConfidentialityLabel" NS " Id='#x'>" INFO CREATED
      "</originatorConfidentialityLabel>",
      MU_INVALID },
    { "date without time", ROOT(INFO "<CreationDateTime>2026-11-23</CreationDateTime>"),
      MU_INVALID },
    { "review date without time",
      "<originatorConfidentialityLabel" NS " ReviewDateTime='2026-11-23'>" INFO CREATED
      "</originatorConfidentialityLabel>",
      MU_INVALID },
    { "successor without creation date", ROOT(INFO CREATED SUCCESSOR(INFO)), MU_INVALID },
    { "misprinted successor",
      ROOT(INFO CREATED "<SuccessionHandling><SuccessionDateTime>2027-01-01T00:00:00Z"
                        "</SuccessionDateTime><successorConfidentialityLabel>" INFO CREATED
                        "</successorConfidentialityLabel></SuccessionHandling>"),
      MU_INVALID },
    { "successor with a review date",
      ROOT(INFO CREATED
           "<SuccessionHandling><SuccessionDateTime>"
           "2027-01-01T00:00:00Z</SuccessionDateTime><SuccessorConfidentialityLabel ReviewDateTime="
           "'2027-01-01T00:00:00Z'>" INFO CREATED
           "</SuccessorConfidentialityLabel></SuccessionHandling>"),
      MU_INVALID },
    { "abstract value", LABEL(POLICY CLASS CATEGORY(TYPE, "<CategoryValue>A</CategoryValue>")),
      MU_INVALID },
    { "integer that is none", LABEL(POLICY CLASS CATEGORY(TYPE, "<IntegerValue>x</IntegerValue>")),
      MU_INVALID },
    { "bits that are none",
      LABEL(POLICY CLASS CATEGORY(TYPE, "<BitStringValue>2</BitStringValue>")), MU_INVALID },
    { "foreign element first", ROOT("<x xmlns='urn:x'/>" INFO CREATED), MU_INVALID },
    { "unknown element of the standard", ROOT(INFO CREATED "<Extra/>"), MU_INVALID },
    { "text between", ROOT(INFO "text" CREATED), MU_INVALID },
};

START_TEST(each_trap)
{
    struct mu_schema *schema;
    struct mu_err err;
    struct mu_schema_error error[1] = { { .message = "" } };
    size_t errors;
    ck_assert(
        mu_schema_load(arena, MU_SOURCE_DIR "/profiles/schemas/adatp-4774.xsd", &schema, &err));
    enum mu_validity got =
        mu_schema_validate_element(schema, parse(trap[_i].xml), error, 1, &errors);
    ck_assert_msg(got == trap[_i].want, "%s: got %d, want %d: %s", trap[_i].name, (int) got,
                  (int) trap[_i].want, error[0].message);
}
END_TEST

START_TEST(roots)
{
    ck_assert(mu_label_is_root(parse("<originatorConfidentialityLabel" NS "/>")));
    ck_assert(mu_label_is_root(parse("<x:ConfidentialityLabel xmlns:x='" MU_SLAB_NS "'/>")));
    ck_assert(!mu_label_is_root(parse("<OriginatorConfidentialityLabel" NS "/>")));
    ck_assert(!mu_label_is_root(parse("<originatorConfidentialityLabel/>")));
    ck_assert(!mu_label_is_root(NULL));
}
END_TEST

START_TEST(reads_string_values)
{
    struct mu_label l = read_label(
        "<s:originatorConfidentialityLabel xmlns:s='" MU_SLAB_NS
        "' ReviewDateTime=' 2027-01-01T00:00:00Z '>"
        "<s:ConfidentialityInformation><s:PolicyIdentifier URI=' urn:oid:1.2 '> AC<!-- -->ME\n "
        "policy "
        "</s:PolicyIdentifier><s:Classification>TOP<?x y?>\t<![CDATA[ SECRET]]></s:Classification>"
        "<s:PrivacyMark> CLEAR </s:PrivacyMark><s:Category Type=' PERMISSIVE' TagName=' Releasable "
        "To'>"
        "<s:GenericValue> SWE</s:GenericValue><s:IntegerValue>5</s:IntegerValue></s:Category>"
        "<s:Category/></s:ConfidentialityInformation><s:OriginatorID "
        "IDType='rfc822Name'>\na@b</s:OriginatorID>"
        "<s:CreationDateTime>2026-11-23T10:00:00Z\n</s:CreationDateTime>"
        "<s:SuccessionHandling><s:SuccessionDateTime>2028-01-01T00:00:00Z</s:SuccessionDateTime>"
        "<s:SuccessorConfidentialityLabel><s:ConfidentialityInformation><s:PolicyIdentifier>P"
        "</s:PolicyIdentifier></s:ConfidentialityInformation></s:SuccessorConfidentialityLabel>"
        "</s:SuccessionHandling></s:originatorConfidentialityLabel>");
    const struct {
        const char *got, *want;
    } row[] = {
        { l.root, "originatorConfidentialityLabel" },
        { l.policy, "ACME policy" },
        { l.policy_uri, "urn:oid:1.2" },
        { l.classification, "TOP SECRET" },
        { l.privacy_mark, " CLEAR " },
        { l.category[0].type, "PERMISSIVE" },
        { l.category[0].tag_name, " Releasable To" },
        { l.category[0].value[0], " SWE" },
        { l.category[0].value[1], "5" },
        { l.originator, "\na@b" },
        { l.originator_type, "rfc822Name" },
        { l.created, "2026-11-23T10:00:00Z" },
        { l.review, "2027-01-01T00:00:00Z" },
        { l.succession, "2028-01-01T00:00:00Z" },
        { l.successor->policy, "P" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_msg(row[i].got != NULL && strcmp(row[i].got, row[i].want) == 0, "row %zu: '%s'",
                      i, row[i].got);
    ck_assert(l.categories == 2 && l.category[0].values == 2 && l.category[1].values == 0);
    ck_assert(l.category[1].type == NULL && l.category[1].tag_name == NULL);
    ck_assert(l.successor->created == NULL && l.successor->successor == NULL);
}
END_TEST

START_TEST(reads_what_is_not_there)
{
    struct mu_label l = read_label("<x/>");
    ck_assert(l.policy == NULL && l.classification == NULL && l.privacy_mark == NULL);
    ck_assert(l.categories == 0 && l.originator == NULL && l.created == NULL && l.review == NULL);
    ck_assert(l.succession == NULL && l.successor == NULL && l.policy_uri == NULL);
}
END_TEST

static const char *const written[] = {
    ROOT(INFO CREATED),
    "<metadataConfidentialityLabel" NS " ReviewDateTime='2027-01-01T00:00:00Z'>" INFO CREATED
    "</metadataConfidentialityLabel>",
    LABEL("<PolicyIdentifier URI='urn:oid:1.2'>A &amp; "
          "B</PolicyIdentifier><Classification>&lt;]]&gt;\xc3\xa9"
          "</Classification><PrivacyMark>a&#13;&#10;b\"'</PrivacyMark>" CATEGORY(
              "Type='RESTRICTIVE' TagName='a&quot;&#10;&#9;&lt;b' URI='urn:oid:1.3'",
              "<GenericValue>x</GenericValue><GenericValue/>")
              CATEGORY("Type='INFORMATIVE' TagName=''", "")),
    ROOT(INFO "<OriginatorID IDType='jID'>a@b/c</OriginatorID>" CREATED SUCCESSOR(
        INFO CREATED SUCCESSOR(INFO CREATED))),
    ROOT(INFO CREATED "<SuccessionHandling><SuccessionDateTime>2027</SuccessionDateTime>"
                      "</SuccessionHandling>"),
    "<originatorConfidentialityLabel" NS "/>",
};

/* What is written reads as the same label, and is written the same again. */
START_TEST(written_and_read_again)
{
    struct mu_label first = read_label(written[_i]);
    struct mu_bytes once = mu_label_write(arena, &first);
    struct mu_label second = read_label(mu_bytes_dup(arena, once));
    struct mu_bytes twice = mu_label_write(arena, &second);
    ck_assert_msg(mu_bytes_equal(once, twice), "%s\n%s", once.p, twice.p);
    ck_assert(mu_label_same(arena, &first, &second, NULL));
    ck_assert_str_eq(first.root, second.root);
    ck_assert((first.review == NULL) == (second.review == NULL));
    ck_assert((first.successor == NULL) == (second.successor == NULL));
    ck_assert(first.privacy_mark == NULL || strcmp(first.privacy_mark, second.privacy_mark) == 0);
    ck_assert(first.categories == second.categories);
    for (size_t i = 0; i < first.categories; i++)
        ck_assert_str_eq(first.category[i].tag_name, second.category[i].tag_name);
}
END_TEST

START_TEST(writes_compactly)
{
    const char *value[] = { "SWE" };
    struct mu_category category = { "PERMISSIVE", "Releasable To", NULL, value, 1 };
    struct mu_label label = { .policy = "ACME",
                              .classification = "GREEN",
                              .category = &category,
                              .categories = 1,
                              .created = "2026-11-23T10:00:00Z" };
    ck_assert_str_eq(mu_label_write(arena, &label).p,
                     "<originatorConfidentialityLabel xmlns=\"" MU_SLAB_NS "\">"
                     "<ConfidentialityInformation><PolicyIdentifier>ACME</PolicyIdentifier>"
                     "<Classification>GREEN</Classification><Category Type=\"PERMISSIVE\" "
                     "TagName=\"Releasable To\"><GenericValue>SWE</GenericValue></Category>"
                     "</ConfidentialityInformation><CreationDateTime>2026-11-23T10:00:00Z"
                     "</CreationDateTime></originatorConfidentialityLabel>");
}
END_TEST

#define TAG(tag, values) CATEGORY("Type='PERMISSIVE' TagName='" tag "'", values)
#define V(value)         "<GenericValue>" value "</GenericValue>"

static const struct {
    const char *name, *a, *b, *difference; /* NULL: the same */
} same[] = {
    { "itself", LABEL(POLICY CLASS), LABEL(POLICY CLASS), NULL },
    { "case and space", LABEL(POLICY CLASS TAG("A b", V("x Y"))),
      LABEL(
          "<PolicyIdentifier> acme </PolicyIdentifier><Classification>Green\n</Classification>" TAG(
              " a  B", V("X y "))),
      NULL },
    { "other dates", LABEL(POLICY CLASS), ROOT(INFO "<CreationDateTime>x</CreationDateTime>"),
      NULL },
    { "order of values", LABEL(POLICY CLASS TAG("A", V("x") V("y"))),
      LABEL(POLICY CLASS TAG("A", V("y") V("x") V("X"))), NULL },
    { "order and split of categories", LABEL(POLICY CLASS TAG("A", V("x") V("y")) TAG("B", V("z"))),
      LABEL(POLICY CLASS TAG("B", V("z")) TAG("A", V("y")) TAG("a", V("x"))), NULL },
    { "policy", LABEL(POLICY CLASS), LABEL("<PolicyIdentifier>NATO</PolicyIdentifier>" CLASS),
      "policy: 'ACME' / 'NATO'" },
    { "classification", LABEL(POLICY CLASS), LABEL(POLICY "<Classification>RED</Classification>"),
      "classification: 'GREEN' / 'RED'" },
    { "no classification", LABEL(POLICY CLASS), LABEL(POLICY), "classification: 'GREEN' / absent" },
    { "privacy mark", LABEL(POLICY CLASS), LABEL(POLICY CLASS "<PrivacyMark>CLEAR</PrivacyMark>"),
      "privacy mark: absent / 'CLEAR'" },
    { "a value lost", LABEL(POLICY CLASS TAG("A", V("x") V("y"))),
      LABEL(POLICY CLASS TAG("A", V("x"))), "category: PERMISSIVE 'A' 'y' / absent" },
    { "a value added", LABEL(POLICY CLASS TAG("A", V("x"))),
      LABEL(POLICY CLASS TAG("A", V("x") V("y"))), "category: absent / PERMISSIVE 'A' 'y'" },
    { "another type", LABEL(POLICY CLASS CATEGORY("Type='INFORMATIVE' TagName='A'", V("x"))),
      LABEL(POLICY CLASS TAG("A", V("x"))), "category: INFORMATIVE 'A' 'x' / absent" },
    { "another tag", LABEL(POLICY CLASS TAG("A", V("x"))), LABEL(POLICY CLASS TAG("B", V("x"))),
      "category: PERMISSIVE 'A' 'x' / absent" },
    { "emptied", LABEL(POLICY CLASS TAG("A", V("x"))), LABEL(POLICY CLASS TAG("A", "")),
      "category: absent / PERMISSIVE 'A' without values" },
    { "empty value is a value", LABEL(POLICY CLASS TAG("A", V(""))),
      LABEL(POLICY CLASS TAG("A", "")), "category: absent / PERMISSIVE 'A' without values" },
    { "border of tag and value", LABEL(POLICY CLASS TAG("A b", V("c"))),
      LABEL(POLICY CLASS TAG("A", V("b c"))), "category: absent / PERMISSIVE 'A' 'b c'" },
    { "integer values count", LABEL(POLICY CLASS TAG("A", "<IntegerValue>5</IntegerValue>")),
      LABEL(POLICY CLASS TAG("A", "<IntegerValue>6</IntegerValue>")),
      "category: PERMISSIVE 'A' '5' / absent" },
    { "homoglyph", LABEL(POLICY CLASS),
      LABEL(POLICY "<Classification>GR\xd0\x95"
                   "EN</Classification>"),
      "classification: 'GREEN' / 'GR\xd0\x95"
      "EN'" },
    { "shown safely", LABEL(POLICY CLASS),
      LABEL(POLICY "<Classification>\xe2\x80\xaeNEERG</Classification>"),
      "classification: 'GREEN' / '\\u{202E}NEERG'" },
};

START_TEST(each_same)
{
    struct mu_label a = read_label(same[_i].a), b = read_label(same[_i].b);
    const char *difference = "none";
    bool got = mu_label_same(arena, &a, &b, &difference);
    ck_assert_msg(got == (same[_i].difference == NULL), "%s: %s", same[_i].name, difference);
    ck_assert_msg(got == mu_label_same(arena, &b, &a, NULL), "%s: not symmetric", same[_i].name);
    ck_assert_msg(strcmp(difference, got ? "none" : same[_i].difference) == 0, "%s: '%s'",
                  same[_i].name, difference);
}
END_TEST

/* A label of nearly a mebibyte, made to make comparison slow: long tag names, many values. */
START_TEST(hostile_labels_compare_fast)
{
    struct mu_buf xml = { .arena = arena };
    mu_buf_puts(&xml, "<originatorConfidentialityLabel" NS "><ConfidentialityInformation>");
    for (int i = 0; i < 2; i++) {
        mu_buf_puts(&xml, "<Category Type='PERMISSIVE' TagName='");
        for (int j = 0; j < 200000; j++)
            mu_buf_putc(&xml, 'x');
        mu_buf_puts(&xml, "'>");
        for (int j = 0; j < 9000; j++)
            mu_buf_printf(&xml, V("%d"), j);
        mu_buf_puts(&xml, "</Category>");
    }
    mu_buf_puts(&xml, "</ConfidentialityInformation></originatorConfidentialityLabel>");
    struct mu_label a = read_label(mu_buf_text(&xml)), b = read_label(mu_buf_text(&xml));
    ck_assert(mu_label_same(arena, &a, &b, NULL));
    ck_assert_uint_eq(a.category[1].values, 9000);
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("label");
    TCase *tc = tcase_create("label");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_trap, 0, MU_COUNT(trap));
    tcase_add_test(tc, roots);
    tcase_add_test(tc, reads_string_values);
    tcase_add_test(tc, reads_what_is_not_there);
    tcase_add_loop_test(tc, written_and_read_again, 0, MU_COUNT(written));
    tcase_add_test(tc, writes_compactly);
    tcase_add_loop_test(tc, each_same, 0, MU_COUNT(same));
    tcase_add_test(tc, hostile_labels_compare_fast);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

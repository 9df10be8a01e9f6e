#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/clearance.h"
#include "format/xml.h"

#define SLAB "xmlns:s='" MU_SLAB_NS "'"
#define SCLR "xmlns:c='" MU_SCLR_NS "'"
#define ROOT(inside)                                                                               \
    "<c:ConfidentialityClearance " SCLR " " SLAB ">" inside "</c:ConfidentialityClearance>"
#define POLICY     "<s:PolicyIdentifier URI='urn:oid:1.2'>ACME</s:PolicyIdentifier>"
#define CLASS(n)   "<s:Classification>" n "</s:Classification>"
#define LIST(list) "<c:ClassificationList>" list "</c:ClassificationList>"
#define CATEGORY(type, name, values)                                                               \
    "<s:Category Type='" type "' TagName='" name "'>" values "</s:Category>"
#define V(value) "<s:GenericValue>" value "</s:GenericValue>"

static struct mu_arena *arena;

static void set_up(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

static xmlNode *parse(struct mu_bytes xml)
{
    xmlDoc *doc;
    struct mu_xml_fault fault = { .why = "" };
    enum mu_xml_result result = mu_xml_parse(arena, xml, MU_GATE_ALLOW_PI, NULL, &doc, &fault);
    ck_assert_msg(result == MU_XML_OK, "%s: %.60s", fault.why, xml.p);
    return xmlDocGetRootElement(doc);
}

static struct mu_clearance read_clearance(const char *xml)
{
    struct mu_clearance clearance;
    mu_clearance_read(arena, parse(mu_bytes_of(xml)), &clearance);
    return clearance;
}

/* One line of text for what was read: policy|uri|classes|categories. */
static const char *shown(const struct mu_clearance *c)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out, "%s|%s|", c->policy != NULL ? c->policy : "-",
                  c->policy_uri != NULL ? c->policy_uri : "-");
    for (size_t i = 0; i < c->classifications; i++)
        mu_buf_printf(&out, "%s,", c->classification[i]);
    for (size_t i = 0; i < c->categories; i++) {
        mu_buf_printf(&out, "|%s '%s':", c->category[i].type, c->category[i].tag_name);
        for (size_t j = 0; j < c->category[i].values; j++)
            mu_buf_printf(&out, " '%s'", c->category[i].value[j]);
    }
    return mu_buf_text(&out);
}

static const struct {
    const char *name, *xml, *want;
} row[] = {
    { "nothing", ROOT(""), "-|-|" },
    { "classes, explicit", ROOT(POLICY LIST(CLASS("GREEN") CLASS(" TOP\n RED "))),
      "ACME|urn:oid:1.2|GREEN,TOP RED," },
    { "string values", ROOT(LIST(CLASS("GR<!-- -->E<?x y?><![CDATA[E]]>N"))), "-|-|GREEN," },
    { "empty list", ROOT(POLICY LIST("")), "ACME|urn:oid:1.2|" },
    { "categories",
      ROOT(POLICY LIST(CLASS("GREEN")) CATEGORY("PERMISSIVE", "Releasable To", V("SWE") V(" A "))
               CATEGORY("RESTRICTIVE", "Only", "")),
      "ACME|urn:oid:1.2|GREEN,|PERMISSIVE 'Releasable To': 'SWE' ' A '|RESTRICTIVE 'Only':" },
    { "a list of the label's namespace is none",
      ROOT("<s:ClassificationList>" CLASS("GREEN") "</s:ClassificationList>"), "-|-|" },
    { "a class of the clearance's namespace is none",
      ROOT(LIST("<c:Classification>GREEN</c:Classification>")), "-|-|" },
    { "a class outside the list is none", ROOT(CLASS("GREEN")), "-|-|" },
    { "a policy of no namespace is none",
      ROOT("<PolicyIdentifier>ACME</PolicyIdentifier>" LIST(CLASS("GREEN"))), "-|-|GREEN," },
    { "the first list counts", ROOT(LIST(CLASS("GREEN")) LIST(CLASS("RED"))), "-|-|GREEN," },
    { "escapes",
      ROOT(POLICY LIST(CLASS("&lt;&amp;]]&gt;")) CATEGORY("x", "a&quot;&#10;b", V("\xc3\xa9"))),
      "ACME|urn:oid:1.2|<&]]>,|x 'a\"\nb': '\xc3\xa9'" },
};

START_TEST(each_row)
{
    struct mu_clearance c = read_clearance(row[_i].xml);
    ck_assert_msg(strcmp(shown(&c), row[_i].want) == 0, "%s: got %s, want %s", row[_i].name,
                  shown(&c), row[_i].want);
}
END_TEST

/* What is written reads as the same clearance, and is written the same again. */
START_TEST(written_and_read_again)
{
    struct mu_clearance first = read_clearance(row[_i].xml), second;
    struct mu_bytes once = mu_clearance_write(arena, &first);
    xmlNode *root = parse(once);
    ck_assert(mu_clearance_is_root(root));
    mu_clearance_read(arena, root, &second);
    ck_assert_str_eq(shown(&first), shown(&second));
    ck_assert(mu_bytes_equal(once, mu_clearance_write(arena, &second)));
}
END_TEST

START_TEST(writes_compactly)
{
    const char *name[] = { "GREEN", "RED" }, *value[] = { "SWE" };
    struct mu_category category = { "PERMISSIVE", "Only", "urn:oid:1.3", value, 1 };
    struct mu_clearance c = { .policy = "ACME",
                              .classification = name,
                              .classifications = 2,
                              .category = &category,
                              .categories = 1 };
    ck_assert_str_eq(mu_clearance_write(arena, &c).p,
                     "<sclr:ConfidentialityClearance xmlns:sclr=\"" MU_SCLR_NS
                     "\" xmlns=\"" MU_SLAB_NS "\"><PolicyIdentifier>ACME</PolicyIdentifier>"
                     "<sclr:ClassificationList><Classification>GREEN</Classification>"
                     "<Classification>RED</Classification></sclr:ClassificationList>"
                     "<Category Type=\"PERMISSIVE\" TagName=\"Only\" URI=\"urn:oid:1.3\">"
                     "<GenericValue>SWE</GenericValue></Category>"
                     "</sclr:ConfidentialityClearance>");
}
END_TEST

START_TEST(roots)
{
    static const struct {
        const char *xml;
        bool want;
    } root[] = {
        { ROOT(""), true },
        { "<ConfidentialityClearance xmlns='" MU_SCLR_NS "'/>", true },
        { "<ConfidentialityClearance xmlns='" MU_SLAB_NS "'/>", false },
        { "<confidentialityClearance xmlns='" MU_SCLR_NS "'/>", false },
        { "<ConfidentialityClearance/>", false },
    };
    for (size_t i = 0; i < MU_COUNT(root); i++)
        ck_assert_msg(mu_clearance_is_root(parse(mu_bytes_of(root[i].xml))) == root[i].want, "%s",
                      root[i].xml);
    ck_assert(!mu_clearance_is_root(NULL));
}
END_TEST

/* As many classes as the gate lets through. */
START_TEST(large)
{
    struct mu_buf xml = { .arena = arena };
    mu_buf_puts(&xml, "<c:ConfidentialityClearance " SCLR " " SLAB "><c:ClassificationList>");
    for (int i = 0; i < 20000; i++)
        mu_buf_printf(&xml, CLASS("%d"), i);
    mu_buf_puts(&xml, "</c:ClassificationList></c:ConfidentialityClearance>");
    struct mu_clearance c = read_clearance(mu_buf_text(&xml));
    ck_assert_uint_eq(c.classifications, 20000);
    ck_assert_str_eq(c.classification[19999], "19999");
}
END_TEST

int main(void)
{
    mu_xml_start();
    Suite *suite = suite_create("clearance");
    TCase *tc = tcase_create("clearance");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, written_and_read_again, 0, MU_COUNT(row));
    tcase_add_test(tc, writes_compactly);
    tcase_add_test(tc, roots);
    tcase_add_test(tc, large);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "rules/rules.h"

#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */

#define HEAD                                                                                       \
    "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>"                \
    "<s:title>RFC 0000: test</s:title>"                                                            \
    "<s:ns prefix='m' uri='urn:muster:message:1'/><s:ns prefix='h' uri='urn:muster:header:1'/>"    \
    "<s:ns prefix='r' uri='urn:muster:rules:1'/><s:ns prefix='x' uri='urn:x'/>\n"
#define FOOT          "\n</s:schema>"
#define RULE(context) "<s:pattern><s:rule context=\"" context "\">\n"
#define END           "\n</s:rule></s:pattern>"
#define ASSERT(id, test)                                                                           \
    "<s:assert id='" id "' role='must' see='1' test=\"" test "\">Text.</s:assert>"
#define ONE(context, test) HEAD RULE(context) ASSERT("A-1", test) END FOOT
#define CONTEXT(context)   ONE(context, "true()")
#define TEST(test)         ONE("x:a", test)

/* ---- files that must be refused: where and why ---- */

static const struct {
    const char *name, *text,
        *want; /* want: line:column: and what the sentence must hold, after a | */
} bad[] = {
    { "empty", "", "|" },
    { "not XML", "<s:schema", "|" },
    { "other root", "<schema/>", "1:1|'schema' is no rule file" },
    { "no title", "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'/>",
      "1:1|no 'title'" },
    { "title without colon",
      "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>\n"
      "<s:title>RFC 0000</s:title></s:schema>",
      "2:1|a colon" },
    { "query binding",
      "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'/>",
      "1:58|query binding" },
    { "no query binding", "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron'/>",
      "1:1|'schema' has no 'queryBinding'" },
    { "unknown element", HEAD "<s:patern/>" FOOT, "2:1|did you mean 'pattern'?" },
    { "unknown attribute",
      HEAD RULE("x:a") "<s:assert id='A' role='must' see='1' tset='1'/>" END FOOT,
      "3:38|unknown attribute 'tset' of 'assert', did you mean 'test'?" },
    { "include", HEAD "<s:include href='a.sch'/>" FOOT, "2:1|element 'include' is refused" },
    { "extends", HEAD RULE("x:a") "<s:extends rule='b'/>" END FOOT, "3:1|'extends' is refused" },
    { "abstract", HEAD "<s:pattern abstract='true'/>" FOOT, "2:12|abstract patterns" },
    { "xsl:key", HEAD "<k:key xmlns:k='http://www.w3.org/1999/XSL/Transform'/>" FOOT,
      "2:1|'key' is refused: xsl:key" },
    { "foreign element", HEAD "<a/>" FOOT, "2:1|'a' is not of namespace" },
    { "stray text", HEAD "<s:pattern>text</s:pattern>" FOOT, "2:1|'pattern' may hold no text" },
    { "no role", HEAD RULE("x:a") "<s:assert id='A' see='1' test='1'>T</s:assert>" END FOOT,
      "3:1|'assert' has no 'role'" },
    { "no see", HEAD RULE("x:a") "<s:assert id='A' role='must' test='1'>T</s:assert>" END FOOT,
      "3:1|has no 'see'" },
    { "no id", HEAD RULE("x:a") "<s:assert see='1' role='must' test='1'>T</s:assert>" END FOOT,
      "3:1|has no 'id'" },
    { "empty see",
      HEAD RULE("x:a") "<s:assert id='A' see='' role='must' test='1'>T</s:assert>" END FOOT,
      "3:18|attribute 'see' of 'assert' is empty" },
    { "bad role",
      HEAD RULE("x:a") "<s:assert id='A' role='shall' see='1' test='1'>T</s:assert>" END FOOT,
      "3:18|'shall' is no level" },
    { "bad id",
      HEAD RULE("x:a") "<s:assert id='1 A' role='must' see='1' test='1'>T</s:assert>" END FOOT,
      "3:11|'1 A' is no id" },
    { "no text",
      HEAD RULE("x:a") "<s:assert id='A' role='must' see='1' test='1'> </s:assert>" END FOOT,
      "3:1|'assert' has no text" },
    { "same id twice", HEAD RULE("x:a") ASSERT("A", "1") "\n" ASSERT("A", "1") END FOOT,
      "4:11|id 'A' is used twice" },
    { "id of a diagnostic",
      HEAD RULE("x:a") ASSERT("A", "1") END
      "<s:diagnostics><s:diagnostic id='A'>T</s:diagnostic></s:diagnostics>" FOOT,
      "4:51|id 'A' is used twice" },
    { "no such diagnostic",
      HEAD RULE(
          "x:a") "<s:assert id='A' role='must' see='1' diagnostics='d' test='1'>T</s:assert>" END
          FOOT,
      "3:38|no diagnostic 'd'" },
    { "unused diagnostic",
      HEAD "<s:diagnostics><s:diagnostic id='d'>T</s:diagnostic></s:diagnostics>" FOOT,
      "2:16|no rule uses diagnostic 'd'" },
    { "name in a diagnostic",
      HEAD "<s:diagnostics><s:diagnostic id='d'>T<s:name/></s:diagnostic></s:diagnostics>" FOOT,
      "2:38|'name' may not stand in 'diagnostic'" },
    { "no asserts", HEAD RULE("x:a") END FOOT, "2:12|'rule' has no 'assert'" },
    { "no such pattern", HEAD "<s:phase id='p'><s:active pattern='q'/></s:phase>" FOOT,
      "2:27|no pattern 'q'" },
    { "prefix twice", HEAD "<s:ns prefix='x' uri='urn:y'/>" FOOT, "2:7|declared twice" },
    /* contexts */
    { "no prefix", CONTEXT("a"), "2:20|'a' has no prefix" },
    { "unknown prefix", CONTEXT("y:a"), "2:20|prefix 'y' is not declared" },
    { "star", CONTEXT("x:a/*"), "2:20|ends in a name" },
    { "prefix star", CONTEXT("x:*"), "2:20|'x:*' is no name" },
    { "attribute", CONTEXT("x:a/@b"), "2:20|'@' may not stand in a context" },
    { "text()", CONTEXT("x:a/text()"), "2:20|'text' may not stand in a context" },
    { "axis", CONTEXT("ancestor::x:a"), "2:20|axis 'ancestor::'" },
    { "function", CONTEXT("id('a')"), "2:20|'id' may not stand in a context" },
    { "root", CONTEXT("/"), "2:20|may not stand in a context" },
    { "dangling |", CONTEXT("x:a |"), "2:20|may not stand in a context" },
    { "two names", CONTEXT("x:a x:b"), "2:20|may not stand in a context" },
    { "position", CONTEXT("x:a[1]"), "2:20|is a position" },
    { "computed position", CONTEXT("x:a[count(x:b) + 1]"), "2:20|is a position" },
    { "position()", CONTEXT("x:a[position() = 1]"), "2:20|is a position" },
    { "last()", CONTEXT("x:a[x:b[last()]]"), "2:20|is a position" },
    { "open predicate", CONTEXT("x:a[x:b"), "2:20|not closed" },
    { "open string", CONTEXT("x:a[@b='c]"), "2:20|not closed" },
    { "variable", CONTEXT("x:a[$v]"), "2:20|no let before this one is called 'v'" },
    { "relative m", CONTEXT("m:part"), "2:20|begin it with the message element" },
    { "deep m", CONTEXT("//m:part"), "2:20|begin it with the message element" },
    { "relative h", CONTEXT("x:a | h:subject"), "2:20|begin it with the message element" },
    { "shadowed",
      HEAD "<s:pattern><s:rule context='x:a'>" ASSERT(
          "A-1",
          "1") "</s:rule>\n<s:rule context='x:b/x:a'>" ASSERT("A-2",
                                                              "1") "</s:rule></s:pattern>" FOOT,
      "3:9|also the end of the context in line 2" },
    /* tests */
    { "key()", TEST("key('a', .)"), "3:40|function 'key()' is refused" },
    { "current()", TEST("current()/x:b"), "3:40|'current()' is refused" },
    { "document()", TEST("document('a.xml')"), "3:40|'document()' is refused" },
    { "id()", TEST("id('a')"), "3:40|'id()' is refused" },
    { "generate-id()", TEST("generate-id() = 'a'"), "3:40|'generate-id()' is refused" },
    { "system-property()", TEST("system-property('a')"), "3:40|'system-property()' is refused" },
    { "unknown function", TEST("string-lenght(.) = 1"), "3:40|did you mean 'string-length'?" },
    { "unknown r:", TEST("r:is-datetme(.)"),
      "3:40|unknown function 'r:is-datetme', did you mean 'is-datetime'?" },
    { "function of another namespace", TEST("x:now()"), "3:40|functions are in namespace" },
    { "too many arguments", TEST("r:now(1)"), "3:40|'r:now' takes 0 arguments, not 1" },
    { "too few arguments", TEST("r:after(.)"), "3:40|takes 2 to 3 arguments, not 1" },
    { "core arguments", TEST("contains(., 'a', 'b')"), "3:40|takes 2 arguments, not 3" },
    { "nested arguments", TEST("not(contains(concat('a', 'b')))"), "3:40|'contains' takes 2" },
    { "wrong type", TEST("count('a') = 1"), "3:40|wrong type" },
    { "wrong type of ours", TEST("r:distinct('a')"), "3:40|wrong type" },
    { "a pattern that is none", TEST("r:fits(., '[a')"), "3:40|cannot be used" },
    { "prefix in a test", TEST("y:b"), "3:40|prefix 'y' is not declared" },
    { "unknown variable", TEST("$a"), "3:40|no let before this one is called 'a'" },
    { "//m: in a test", TEST("count(//m:part) = 1"), "3:40|looks everywhere" },
    { "//h: after or", TEST("x:b or //h:subject"), "3:40|looks everywhere" },
    { "no XPath", TEST("x:b ="), "3:40|is no XPath 1.0 expression" },
    { "open bracket", TEST("not(x:b"), "3:40|not closed" },
    { "stray bracket", TEST("x:b)"), "3:40|closes nothing" },
    { "bad character", TEST("x:b # 1"), "3:40|'#' is no XPath" },
    { "bad operator", TEST("x:b x:c"), "3:40|is no XPath" },
    { "unclosed string", TEST("x:b = 'a"), "3:40|is no XPath" },
    { "vacuous", TEST("not(x:b) or x:b = '1'"), "3:40|holds where the thing is absent" },
    { "vacuous, turned round", TEST("x:b = '1' or not(x:b)"),
      "3:40|holds where the thing is absent" },
    /* lets */
    { "let of its own", HEAD RULE("x:a") "<s:let name='a' value='$a'/>" ASSERT("A", "$a") END FOOT,
      "3:17|no let before this one" },
    { "let twice",
      HEAD "<s:let name='a' value='1'/>" RULE("x:a") "<s:let name='a' value='1'/>" ASSERT("A", "$a")
          END FOOT,
      "3:8|let 'a' is already there" },
    { "let of another rule",
      HEAD RULE("x:a") "<s:let name='a' value='1'/>" ASSERT("A", "$a") END RULE("x:b")
          ASSERT("B", "$a") END FOOT,
      "5:38|no let before this one" },
    /* lists of behaviour rules */
    { "behaviour without document", "<behaviour xmlns='urn:muster:behaviour:1'/>",
      "1:1|has no 'document'" },
    { "behaviour level",
      "<behaviour xmlns='urn:muster:behaviour:1' document='D'>\n<rule id='A' level='shall' "
      "see='1'>T</rule></behaviour>",
      "2:14|'shall' is no level" },
    { "behaviour text",
      "<behaviour xmlns='urn:muster:behaviour:1' document='D'>\n<rule id='A' level='must' "
      "see='1'><hint>x</hint></rule></behaviour>",
      "2:1|rule 'A' has no text" },
    { "behaviour word",
      "<behaviour xmlns='urn:muster:behaviour:1' document='D'>\n<rule id='A' role='must' "
      "see='1'>T</rule></behaviour>",
      "2:14|unknown attribute 'role'" },
};

START_TEST(a_bad_file_is_refused_with_its_place)
{
    struct mu_err err = { 0 };
    char got[600], place[40];
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    bool loaded = mu_rules_load_bytes(set, mu_bytes_of(bad[_i].text), "f.sch", &err);
    const char *bar = strchr(bad[_i].want, '|');
    ck_assert_msg(!loaded, "%s: was accepted", bad[_i].name);
    mu_err_text(&err, got, sizeof got);
    snprintf(place, sizeof place, "f.sch:%.*s", (int) (bar - bad[_i].want), bad[_i].want);
    ck_assert_msg(strncmp(got, place, strlen(place)) == 0 && strstr(got, bar + 1) != NULL,
                  "%s: got '%s', want '%s'", bad[_i].name, got, bad[_i].want);
    mu_arena_free(arena);
}
END_TEST

/* ---- files that judge ---- */

#define D(text)                                                                                    \
    "<m:message xmlns:m='urn:muster:message:1' xmlns:h='urn:muster:header:1' xmlns:x='urn:x' "     \
    "xmlns:y='urn:y'>" text "</m:message>"

static const struct {
    const char *name, *rules, *phases, *document, *marks;
    const char *place, *seen, *hint; /* of the first break; NULL: not looked at */
} good[] = {
    { "holds", ONE("x:a", "@b"), "", D("<x:a b='1'/>"), "h", NULL, NULL, NULL },
    { "breaks", ONE("x:a", "@b"), "", D("<x:a>v  w\n</x:a>"), "b", "-1 /m:message/x:a 1/1", "v w",
      "" },
    { "texts of elements are seen apart", ONE("x:a", "@b"), "",
      D("<x:a><x:c>SECRET</x:c><x:d><x:e>NATO</x:e></x:d>, both<x:f/></x:a>"), "b", NULL,
      "SECRET NATO , both", NULL },
    { "attributes are seen where there is no text", ONE("x:a", "@b"), "", D("<x:a c='1' d=''/>"),
      "b", NULL, "c=\"1\" d=\"\"", "" },
    { "not applicable", ONE("x:a", "@b"), "", D("<x:b/>"), "-", NULL, NULL, NULL },
    { "same name, other namespace", ONE("x:a", "@b"), "", D("<y:a/><a/>"), "-", NULL, NULL, NULL },
    { "breaks once of three", ONE("x:a", "@b"), "", D("<x:a b='1'/><x:a/><x:a b='1'/>"), "b",
      "-1 /m:message/x:a[2] 1/1", NULL, NULL },
    { "more places than are kept", ONE("x:a", "@b"), "",
      D("<x:a/><x:a/><x:a/><x:a/><x:a/><x:a/><x:a/><x:a/><x:a/><x:a/>"), "b",
      "-1 /m:message/x:a[1] 8/10", NULL, NULL },
    { "offset of a header", ONE("/m:message/h:subject", ". = 'b'"), "",
      D("<h:subject offset='51'>a</h:subject>"), "b", "51 /m:message/h:subject 1/1", "a", NULL },
    { "offset of a label; its own are foreign", ONE("x:a", "@b"), "",
      D("<m:label offset='7'><x:c/><x:c offset='9'><x:a offset='1'/></x:c></m:label>"), "b",
      "7 /m:message/m:label/x:c[2]/x:a 1/1", NULL, NULL },
    { "what is seen is safe", ONE("x:a", "@b"), "", D("<x:a>&#x202E;&#x7f;</x:a>"), "b", NULL,
      "\\u{202E}\\u{007F}", NULL },
    /* contexts */
    { "root", ONE("/m:message", "x:a"), "", D("<x:a/>"), "h", NULL, NULL, NULL },
    { "the root only", ONE("/x:a", "false()"), "", D("<x:a/>"), "-", NULL, NULL, NULL },
    { "child", ONE("x:a/x:b", "false()"), "", D("<x:a><x:c><x:b/></x:c></x:a>"), "-", NULL, NULL,
      NULL },
    { "descendant", ONE("x:a//x:b", "false()"), "", D("<x:a><x:c><x:b/></x:c></x:a>"), "b", NULL,
      NULL, NULL },
    { "leading //", ONE("//x:b", "false()"), "", D("<x:a><x:b/></x:a>"), "b", NULL, NULL, NULL },
    { "backtracking", ONE("x:a/x:b//x:c", "false()"), "",
      D("<x:a><x:b><x:b><x:c/></x:b></x:b></x:a>"), "b", NULL, NULL, NULL },
    { "star", ONE("/m:message/*/x:b", "false()"), "", D("<x:a><x:b/></x:a>"), "b", NULL, NULL,
      NULL },
    { "alternatives", ONE("x:a | x:b", "@c"), "", D("<x:a c='1'/><x:b/>"), "b",
      "-1 /m:message/x:b 1/1", NULL, NULL },
    { "alternatives of one name fire once", ONE("x:a | x:b/x:a", "false()"), "",
      D("<x:b><x:a/></x:b>"), "b", "-1 /m:message/x:b/x:a 1/1", NULL, NULL },
    { "bar in a string", ONE("x:a[@b='|']", "false()"), "", D("<x:a b='|'/>"), "b", NULL, NULL,
      NULL },
    { "literal", ONE("x:a[@b='1']", "false()"), "",
      D("<x:a b='2'/><x:a b='10'/><x:a/><x:a x:b='1'/>"), "-", NULL, NULL, NULL },
    { "literal with an entity", ONE("x:a[@b='&lt;1']", "false()"), "", D("<x:a b='&#60;1'/>"), "b",
      NULL, NULL, NULL },
    { "empty literal", ONE("x:a[@b='']", "false()"), "", D("<x:a b=''/>"), "b", NULL, NULL, NULL },
    { "literal on an outer step", ONE("x:a[@b='1']/x:c", "false()"), "",
      D("<x:a b='2'><x:c/></x:a>"), "-", NULL, NULL, NULL },
    { "other predicates", ONE("x:a[x:b and not(@c)][starts-with(., 'v')]/x:b", "false()"), "",
      D("<x:a c='1'><x:b>v</x:b></x:a><x:a><x:b>w</x:b></x:a><x:a><x:b>v</x:b></x:a>"), "b",
      "-1 /m:message/x:a[3]/x:b 1/1", NULL, NULL },
    /* first match, reports */
    { "the first rule of a pattern wins",
      HEAD "<s:pattern><s:rule context='x:a | x:b'>" ASSERT(
          "A-1",
          "true()") "</s:rule><s:rule context='x:c'>" ASSERT("A-2",
                                                             "false()") "</s:rule></"
                                                                        "s:pattern>" RULE("x:a")
                                                                            ASSERT("A-3", "false()")
                                                                                END FOOT,
      "", D("<x:a/>"), "h-b", NULL, NULL, NULL },
    { "report",
      HEAD RULE("x:a") "<s:report id='A' role='may' see='1' test='@b'>T</s:report>"
                       "<s:report id='B' role='may' see='1' test='@c'>T</s:report>" END FOOT,
      "", D("<x:a b=''/>"), "bh", NULL, NULL, NULL },
    /* phases */
    { "phase not asked for",
      HEAD "<s:phase id='p'><s:active pattern='one'/></s:phase><s:pattern id='one'><s:rule "
           "context='x:a'>" ASSERT("A-1", "0") "</s:rule></s:pattern>" RULE("x:a")
               ASSERT("A-2", "0") END FOOT,
      "", D("<x:a/>"), "-b", NULL, NULL, NULL },
    { "phase asked for",
      HEAD "<s:phase id='p'><s:active pattern='one'/></s:phase><s:phase id='q'><s:active "
           "pattern='two'/></s:phase>"
           "<s:pattern id='one'><s:rule context='x:a'>" ASSERT(
               "A-1", "0") "</s:rule></s:pattern>"
                           "<s:pattern id='two'><s:rule context='x:a'>" ASSERT(
                               "A-2", "0") "</s:rule></s:pattern>" FOOT,
      " nowhere  p ", D("<x:a/>"), "b-", NULL, NULL, NULL },
    /* lets and texts */
    { "lets",
      HEAD "<s:let name='all' value='count(/m:message/x:a)'/>" RULE(
          "x:a") "<s:let name='n' value='string(@n)'/><s:let name='both' value=\"concat($n, '/', "
                 "$all)\"/>"
                 "<s:assert id='A' role='must' see='1' test=\"$both = '1/2'\" diagnostics='d'>No "
                 "<s:value-of select='$n'/>.</s:assert>" END
                 "<s:diagnostics><s:diagnostic id='d'> It is\n <s:value-of select='$both'/>, "
                 "<s:value-of select='name()'/>. </s:diagnostic></s:diagnostics>" FOOT,
      "", D("<x:a n='1'/><x:a n='2'/>"), "b", "-1 /m:message/x:a[2] 1/1", "2/2, x:a",
      "It is 2/2, x:a." },
    { "values in the text are seen",
      HEAD RULE("x:a") "<s:assert id='A' role='must' see='1' test='0'>No <s:name/> <s:value-of "
                       "select='@c'/>.</s:assert>" END FOOT,
      "", D("<x:a c=' 9 '>t</x:a>"), "b", NULL, "x:a, 9", "" },
    { "two diagnostics",
      HEAD RULE(
          "x:a") "<s:assert id='A' role='must' see='1' test='0' diagnostics='d e'>T</s:assert>" END
                 "<s:diagnostics><s:diagnostic id='d'>One.</s:diagnostic><s:diagnostic "
                 "id='e'>Two.</s:diagnostic></s:diagnostics>" FOOT,
      "", D("<x:a/>"), "b", NULL, NULL, "One. Two." },
    { "functions",
      HEAD RULE("x:a") ASSERT("A", "r:after(., r:now())") ASSERT("B", "r:offset(.) = 5") END FOOT,
      "", D("<m:label offset='5'><x:a>2026-11-23T10:15:01Z</x:a></m:label>"), "hh", NULL, NULL,
      NULL },
    { "not(X) and ..., report not(X) or ...",
      HEAD RULE("x:a") ASSERT(
          "A", "not(@b) and not(@c)") "<s:report id='B' role='must' see='1' test='not(@b) or "
                                      "@c'>T</s:report>" ASSERT("C", "not(@b) = true() or @c")
                                          END FOOT,
      "", D("<x:a/>"), "hbh", NULL, NULL, NULL },
    { "behaviour",
      "<behaviour xmlns='urn:muster:behaviour:1' document='D'><rule id='A' level='must' see='1'>T"
      "<hint>H</hint></rule></behaviour>",
      "", D(""), "-", NULL, NULL, NULL },
    { "no rules at all", HEAD FOOT, "", D("<x:a/>"), "", NULL, NULL, NULL },
};

static bool judge(struct mu_arena *arena, struct mu_rule_set *set, const char *phases,
                  const char *text, struct mu_judgement *out, struct mu_err *err)
{
    struct mu_document document = { 0 };
    ck_assert(mu_xml_load_bytes(arena, mu_bytes_of(text), "d.xml", &document.doc, err));
    return mu_rules_judge(set, arena, phases, &document, out, err);
}

static void load(struct mu_rule_set *set, const char *name, const char *text)
{
    char why[600];
    struct mu_err err = { 0 };
    bool loaded = mu_rules_load_bytes(set, mu_bytes_of(text), name, &err);
    mu_err_text(&err, why, sizeof why);
    ck_assert_msg(loaded, "%s", why);
}

START_TEST(a_good_file_judges)
{
    struct mu_err err = { 0 };
    struct mu_judgement got;
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, good[_i].name, good[_i].rules);
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    for (int twice = 0; twice < 2; twice++) { /* nothing of a document stays in the set */
        bool judged = judge(arena, set, good[_i].phases, good[_i].document, &got, &err);
        ck_assert_msg(judged, "%s: %s", good[_i].name, err.msg);
        ck_assert_msg(strcmp(got.mark, good[_i].marks) == 0, "%s: got '%s', want '%s'",
                      good[_i].name, got.mark, good[_i].marks);
    }
    const struct mu_break *b = got.broken;
    ck_assert_uint_eq(got.breaks > 0, strchr(got.mark, 'b') != NULL);
    if (good[_i].place != NULL) {
        char place[200];
        snprintf(place, sizeof place, "%lld %s %zu/%zu", (long long) b->place[0].offset,
                 b->place[0].path, b->places, b->count);
        ck_assert_str_eq(place, good[_i].place);
    }
    if (good[_i].seen != NULL)
        ck_assert_str_eq(b->seen, good[_i].seen);
    if (good[_i].hint != NULL)
        ck_assert_str_eq(b->hint, good[_i].hint);
    mu_arena_free(arena);
}
END_TEST

/* ---- limits: an error that names the rule, never a finding ---- */

#define BOMB "count(//*[count(//*[count(//*) &gt; 0]) &gt; 0]) &gt; 0"

static const struct {
    const char *name, *rules, *says;
} costly[] = {
    { "test", ONE("x:a", BOMB), "'A-1' needs more than" },
    { "report",
      HEAD RULE("x:a") "<s:report id='A-1' role='must' see='1' test='" BOMB
                       "'>T</s:report>" END FOOT,
      "'A-1' needs more than" },
    { "let", HEAD RULE("x:a") "<s:let name='v' value='" BOMB "'/>" ASSERT("A-1", "$v") END FOOT,
      "'A-1' needs more than" },
    { "outer let",
      HEAD "<s:let name='v' value='" BOMB "'/>" RULE("x:a") ASSERT("A-1", "$v") END FOOT,
      "'A-1' needs more than" },
    { "context", ONE("x:a[" BOMB "]", "1"), "'a context' needs more than" },
    { "hint",
      HEAD RULE("x:a") "<s:assert id='A-1' role='must' see='1' test='0'>T<s:value-of select='" BOMB
                       "'/></s:assert>" END FOOT,
      "'A-1' needs more than" },
};

static const char *large(struct mu_arena *arena)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, "<m:message xmlns:m='urn:muster:message:1' xmlns:x='urn:x'><x:a/>");
    for (int i = 0; i < 300; i++)
        mu_buf_puts(&out, "<x:b><x:c/></x:b>");
    mu_buf_puts(&out, "</m:message>");
    return mu_buf_text(&out);
}

START_TEST(a_bomb_is_an_error)
{
    struct mu_err err = { 0 };
    struct mu_judgement got = { 0 };
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "f.sch", costly[_i].rules);
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    ck_assert(!judge(arena, set, "", large(arena), &got, &err));
    ck_assert_int_eq(err.code, MU_ERR_LIMIT);
    ck_assert_msg(strstr(err.msg, costly[_i].says) != NULL, "%s: %s", costly[_i].name, err.msg);
    ck_assert_str_eq(err.where.input, "f.sch");
    ck_assert_ptr_null(got.mark);
    /* and the set is as good as before */
    ck_assert(judge(arena, set, "", D("<x:a/>"), &got, &err));
    mu_arena_free(arena);
}
END_TEST

/* opCount adds up over evaluations; without a reset everything fails after a while. */
START_TEST(many_cheap_evaluations_are_no_bomb)
{
    struct mu_err err = { 0 };
    struct mu_judgement got;
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(256 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "f.sch", ONE("x:b", "count(/m:message/*) = 301"));
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    for (int i = 0; i < 20; i++) {
        ck_assert(judge(arena, set, "", large(arena), &got, &err));
        ck_assert_str_eq(got.mark, "h");
    }
    mu_arena_free(arena);
}
END_TEST

/* ---- several files ---- */

START_TEST(two_files_bind_one_prefix_to_two_uris)
{
    static const char other[] =
        "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>"
        "<s:title>RFC 0001: other</s:title><s:ns prefix='x' uri='urn:y'/>"
        "<s:pattern><s:rule context='x:a'><s:assert id='B-1' role='should' see='2' "
        "test='x:b'>T</s:assert>"
        "</s:rule></s:pattern></s:schema>";
    struct mu_err err = { 0 };
    struct mu_judgement got;
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "one.sch", ONE("x:a", "x:b"));
    load(set, "two.sch", other);
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    ck_assert(judge(arena, set, "", D("<x:a><x:b/></x:a><y:a><x:b/></y:a>"), &got, &err));
    ck_assert_str_eq(got.mark, "hb");
    ck_assert(judge(arena, set, "", D("<x:a><y:b/></x:a><y:a><y:b/></y:a>"), &got, &err));
    ck_assert_str_eq(got.mark, "bh");
    ck_assert_str_eq(mu_rules_at(set, 1)->document, "RFC 0001");
    mu_arena_free(arena);
}
END_TEST

START_TEST(an_id_is_unique_over_the_set)
{
    struct mu_err err = { 0 };
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "one.sch", ONE("x:a", "x:b"));
    ck_assert(!mu_rules_load_bytes(set, MU_BYTES(ONE("x:a", "x:b")), "two.sch", &err));
    ck_assert_str_eq(err.msg, "rule 'A-1' is already in one.sch, line 3");
    mu_arena_free(arena);
}
END_TEST

START_TEST(what_the_set_tells)
{
    static const char text[] =
        HEAD "<s:phase id='p'><s:active pattern='one'/></s:phase><s:phase id='q'><s:active "
             "pattern='one'/></s:phase>"
             "<s:pattern id='one'>"
             "<s:rule context='x:a'>\n<s:assert id='A-1' role='must' see=' 4, 5 ' test='@b' "
             "diagnostics='d'>\n A <s:name/>\n is. </s:assert>"
             "</s:rule></s:pattern><s:diagnostics><s:diagnostic id='d'>Do <s:value-of "
             "select='@c'/>.</s:diagnostic></s:diagnostics>" FOOT;
    struct mu_err err = { 0 };
    struct mu_judgement got;
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "f.sch", text);
    const struct mu_rule *rule = mu_rules_at(set, 0);
    ck_assert_uint_eq(mu_rules_count(set), 1);
    ck_assert_str_eq(rule->text, "A {name()} is.");
    ck_assert_str_eq(rule->hint, "Do {@c}.");
    ck_assert_str_eq(rule->see, "4, 5");
    ck_assert_str_eq(rule->document, "RFC 0000");
    ck_assert_str_eq(rule->phases, "p q");
    ck_assert_str_eq(rule->context, "x:a");
    ck_assert_str_eq(rule->test, "@b");
    ck_assert_uint_eq(rule->line, 3);
    ck_assert(rule->assertion && rule->level == MU_LEVEL_MUST);
    ck_assert(mu_rules_has_phase(set, "q") && !mu_rules_has_phase(set, "r"));
    ck_assert_ptr_null(mu_rules_find(set, "A-2"));
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    ck_assert(judge(arena, set, "q", D("<x:a/>"), &got, &err));
    ck_assert_str_eq(got.mark, "b");
    ck_assert_str_eq(got.broken[0].expected, "A x:a is.");
    mu_rules_find(set, "A-1")->waived = true;
    ck_assert(judge(arena, set, "q", D("<x:a/>"), &got, &err));
    ck_assert_str_eq(got.mark, "-");
    ck_assert_uint_eq(got.breaks, 0);
    mu_arena_free(arena);
}
END_TEST

START_TEST(levels_have_names)
{
    enum mu_level level;
    for (int i = MU_LEVEL_MAY; i <= MU_LEVEL_MUST; i++) {
        ck_assert(mu_level_from_name(mu_level_name((enum mu_level) i), &level));
        ck_assert_int_eq(level, i);
    }
    ck_assert(!mu_level_from_name("shall", &level));
}
END_TEST

/* A document that shares the set's dictionary and one that does not are judged alike, also when
 * its names are in no dictionary at all. */
START_TEST(dictionaries_do_not_matter)
{
    static const char text[] = D("<x:a/><x:never-seen/>");
    struct mu_err err = { 0 };
    struct mu_judgement got;
    struct mu_xml_fault fault;
    struct mu_document document = { 0 };
    mu_xml_start();
    struct mu_arena *arena = mu_arena_new(64 * MU_MIB);
    struct mu_rule_set *set = mu_rules_new(arena);
    load(set, "f.sch", ONE("x:a | x:hand-made", "@b"));
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    static const char plain[] = "<q xmlns:x='urn:x'><x:a/><x:never-seen/></q>";
    ck_assert_int_eq(
        mu_xml_parse(arena, MU_BYTES(plain), 0, mu_rules_dict(set), &document.doc, &fault),
        MU_XML_OK);
    ck_assert(mu_rules_judge(set, arena, "", &document, &got, &err));
    ck_assert_str_eq(got.mark, "b");
    ck_assert(judge(arena, set, "", text, &got, &err));
    ck_assert_str_eq(got.mark, "b");
    xmlNode *root = xmlDocGetRootElement(document.doc);
    xmlNode *made = xmlNewNode(root->nsDef, BAD_CAST "hand-made");
    xmlAddChild(root, made);
    ck_assert(mu_rules_judge(set, arena, "", &document, &got, &err));
    ck_assert_uint_eq(got.broken[0].count, 2);
    mu_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules");
    TCase *tc = tcase_create("rules");
    tcase_set_timeout(tc, 20);
    tcase_add_loop_test(tc, a_bad_file_is_refused_with_its_place, 0, (int) MU_COUNT(bad));
    tcase_add_loop_test(tc, a_good_file_judges, 0, (int) MU_COUNT(good));
    tcase_add_loop_test(tc, a_bomb_is_an_error, 0, (int) MU_COUNT(costly));
    tcase_add_test(tc, many_cheap_evaluations_are_no_bomb);
    tcase_add_test(tc, two_files_bind_one_prefix_to_two_uris);
    tcase_add_test(tc, an_id_is_unique_over_the_set);
    tcase_add_test(tc, what_the_set_tells);
    tcase_add_test(tc, levels_have_names);
    tcase_add_test(tc, dictionaries_do_not_matter);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

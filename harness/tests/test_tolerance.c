/* What a phase tolerates: reports that take the breaks of a rule over. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "document/document.h"
#include "rules/rules.h"

#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */

#define HEAD                                                                                       \
    "<s:schema xmlns:s='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>"                \
    "<s:title>RFC 0000: test</s:title><s:ns prefix='m' uri='urn:muster:message:1'/>"               \
    "<s:ns prefix='x' uri='urn:x'/>\n"
#define FOOT  "\n</s:schema>"
#define PHASE "<s:phase id='p'><s:active pattern='t'/></s:phase>"
#define STRICT                                                                                     \
    "<s:pattern><s:rule context='x:a'>"                                                            \
    "<s:assert id='A-1' role='must' see='1' test='@b'>T</s:assert></s:rule></s:pattern>"
#define REPORT(of, context, test)                                                                  \
    "<s:pattern id='t'><s:rule context='" context "'><s:let name='let' value='string(@c)'/>\n"     \
    "<s:report id='A-2' role='should' see='1' tolerates='" of "' test=\"" test                     \
    "\">T</s:report></s:rule></s:pattern>"

static struct mu_arena *arena;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(64 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static bool load(struct mu_rule_set *set, const char *text, struct mu_err *err)
{
    return mu_rules_load_bytes(set, mu_bytes_of(text), "f.sch", err);
}

static const struct {
    const char *name, *text, *want; /* "line: sentence" */
} bad[] = {
    { "nothing", HEAD PHASE STRICT REPORT("A-3", "x:a", "1") FOOT,
      "3: 'A-2' cannot tolerate 'A-3': there is no such rule in this file" },
    { "itself", HEAD PHASE STRICT REPORT("A-2", "x:a", "1") FOOT,
      "3: 'A-2' cannot tolerate 'A-2': it is the rule itself" },
    { "elsewhere", HEAD PHASE STRICT REPORT("A-1", "x:b", "1") FOOT,
      "3: 'A-2' cannot tolerate 'A-1': its context is another one" },
    { "always", HEAD STRICT REPORT("A-1", "x:a", "1") FOOT,
      "3: 'A-2' cannot tolerate 'A-1': what is tolerated belongs to a phase" },
    { "an assert",
      HEAD "<s:pattern><s:rule context='x:a'><s:assert id='A' role='may' see='1' test='1' "
           "tolerates='B'>T</s:assert></s:rule></s:pattern>" FOOT,
      "2: unknown attribute 'tolerates' of 'assert'" },
};

START_TEST(a_tolerance_of_something_else_is_refused)
{
    struct mu_err err = { 0 };
    char got[300];
    ck_assert(!load(mu_rules_new(arena), bad[_i].text, &err));
    snprintf(got, sizeof got, "%u: %s", err.where.line, err.msg);
    ck_assert_msg(strcmp(got, bad[_i].want) == 0, "%s: %s", bad[_i].name, got);
}
END_TEST

#define D(text) "<m:message xmlns:m='urn:muster:message:1' xmlns:x='urn:x'>" text "</m:message>"

static const struct {
    const char *name, *test, *phases, *document, *marks;
    const char *first; /* place of the first break; NULL: none */
} good[] = {
    { "not where nobody asked for it", "@c", "", D("<x:a c=''/>"), "b-", "/m:message/x:a" },
    { "taken over, and heard", "@c", "p", D("<x:a c=''/>"), "hb", "/m:message/x:a" },
    { "another break is no matter of it", "@c", "p", D("<x:a/>"), "bh", "/m:message/x:a" },
    { "nothing breaks", "@c", "p", D("<x:a b='' c=''/>"), "hb", "/m:message/x:a" },
    { "node by node", "@c", "p", D("<x:a c=''/><x:a/>"), "bb", "/m:message/x:a[1]" },
    { "with lets of its own", "$let = '1'", "p", D("<x:a c='2'/><x:a c='1'/>"), "bb",
      "/m:message/x:a[1]" },
};

START_TEST(a_tolerance_takes_breaks_over)
{
    struct mu_err err = { 0 };
    struct mu_judgement got;
    xmlDoc *doc;
    struct mu_rule_set *set = mu_rules_new(arena);
    const char *text =
        mu_arena_printf(arena, HEAD PHASE STRICT REPORT("A-1", "x:a", "%s") FOOT, good[_i].test);
    ck_assert_msg(load(set, text, &err), "%s", err.msg);
    ck_assert(mu_rules_compile(set, TEST_TIME, &err));
    ck_assert_str_eq(mu_rules_find(set, "A-2")->tolerates, "A-1");
    ck_assert(mu_xml_load_bytes(arena, mu_bytes_of(good[_i].document), "d.xml", &doc, &err));
    struct mu_document document = { .doc = doc };
    ck_assert(mu_rules_judge(set, arena, good[_i].phases, &document, &got, &err));
    ck_assert_msg(strcmp(got.mark, good[_i].marks) == 0, "%s: %s", good[_i].name, got.mark);
    ck_assert_str_eq(got.broken[0].place[0].path, good[_i].first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tolerance");
    TCase *tc = tcase_create("tolerance");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_tolerance_of_something_else_is_refused, 0, MU_COUNT(bad));
    tcase_add_loop_test(tc, a_tolerance_takes_breaks_over, 0, MU_COUNT(good));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

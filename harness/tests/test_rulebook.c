/* The twin as a guard with the rules of a profile, and what its sins do to whatever a message has. */
#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "policy/marking.h"
#include "twin/rulebook.h"

#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */

#define RULES                                                                                      \
    "<sch:schema xmlns:sch='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt'>"            \
    "<sch:title>House: rules</sch:title>"                                                          \
    "<sch:ns prefix='m' uri='urn:muster:message:1'/>"                                              \
    "<sch:ns prefix='h' uri='urn:muster:header:1'/>"                                               \
    "<sch:ns prefix='r' uri='urn:muster:rules:1'/>"                                                \
    "<sch:phase id='demand'><sch:active pattern='wanted'/></sch:phase>"                            \
    "<sch:pattern><sch:rule context='/m:message/h:x-size'>"                                        \
    "<sch:assert id='X-1' role='must' see='house' test=\"r:fits(., '\\d+')\">A size is a number."  \
    "</sch:assert></sch:rule></sch:pattern>"                                                       \
    "<sch:pattern><sch:rule context='/m:message/h:x-note'>"                                        \
    "<sch:assert id='X-2' role='should' see='house' test=\"r:fits(., '[A-Z]+')\">Notes are loud."  \
    "</sch:assert></sch:rule></sch:pattern>"                                                       \
    "<sch:pattern id='wanted'><sch:rule context='/m:message[m:envelope/m:to]'>"                    \
    "<sch:assert id='X-3' role='must' see='house' test='h:x-size'>A message says its size."        \
    "</sch:assert></sch:rule></sch:pattern></sch:schema>"

static struct mu_arena *arena;
static struct mu_rule_set *rules;

static void load_rules(void)
{
    struct mu_err err;
    mu_xml_start();
    arena = mu_arena_new((size_t) 256 << 20);
    rules = mu_rules_new(arena);
    if (!mu_rules_load_bytes(rules, MU_BYTES(RULES), "house.sch", &err)
        || !mu_rules_compile(rules, TEST_TIME, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
}

static const struct {
    const char *phases, *header, *says; /* NULL: it may pass */
} row[] = {
    { "", "X-Size: 12\r\n", NULL },
    { "", "X-Size: big\r\n", "550 5.6.0 X-1: A size is a number." },
    { "", "X-Note: quiet\r\n", NULL }, /* should */
    { "", "", NULL },
    { "demand", "X-Size: 12\r\n", NULL },
    { "demand", "", "550 5.7.1 X-3: A message says its size." },
    { "demand", "X-Note: quiet\r\n", "550 5.7.1 X-3" },
};

START_TEST(what_breaks_a_must_is_refused)
{
    struct mu_rulebook book = { .rules = rules,
                                .phases = row[_i].phases,
                                .kit = { .dict = mu_rules_dict(rules), .test_time = TEST_TIME } };
    struct mu_bytes to = MU_BYTES("reader@bravo.test"), parameters = MU_BYTES("");
    struct mu_envelope envelope = {
        .from = MU_BYTES("sender@alfa.test"), .to = &to, .to_parameters = &parameters, .tos = 1
    };
    const char *text =
        mu_arena_printf(arena, "From: sender@alfa.test\r\n%s\r\nText.\r\n", row[_i].header);
    const char *refusal;
    struct mu_err err;
    ck_assert_msg(mu_rulebook_judge(arena, &book, mu_bytes_of(text), &envelope, &refusal, &err),
                  "%s", err.msg);
    ck_assert_int_eq(refusal == NULL, row[_i].says == NULL);
    if (refusal != NULL)
        ck_assert_msg(strncmp(refusal, row[_i].says, strlen(row[_i].says)) == 0, "%s", refusal);
}
END_TEST

int main(void)
{
    load_rules();
    Suite *suite = suite_create("rulebook");
    TCase *tc = tcase_create("rulebook");
    suite_add_tcase(suite, tc);
    tcase_add_loop_test(tc, what_breaks_a_must_is_refused, 0, MU_COUNT(row));
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(arena);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

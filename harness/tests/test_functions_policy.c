/* The XPath functions that ask policies: of labels, clearances and markings. */
#include "function_support.h"

/* What the shipped policies say. */
#define LABEL_OF(id, policy, class, rest)                                                          \
    "<l id='" id "'><s:originatorConfidentialityLabel><s:ConfidentialityInformation>"              \
    "<s:PolicyIdentifier>" policy                                                                  \
    "</s:PolicyIdentifier><s:Classification>" class "</s:Classification>" rest                     \
                                                    "</s:ConfidentialityInformation>"              \
                                                    "<s:CreationDateTime>2026-11-20T08:00:00Z</"   \
                                                    "s:CreationDateTime>"                          \
                                                    "</s:originatorConfidentialityLabel></l>"
#define CATEGORY(set, values)                                                                      \
    "<s:Category Type='PERMISSIVE' TagName='" set "'>" values "</s:Category>"
#define VALUE(text) "<s:GenericValue>" text "</s:GenericValue>"
#define CONTEXT     CATEGORY("Context", VALUE("NATO"))

static const char labels[] =
    "<all xmlns:s='" MU_SLAB_NS
    "' xmlns:c='urn:nato:stanag:4774:confidentialityclearance:1:0'>" LABEL_OF(
        "low", "NATO-EXERCISE", "RESTRICTED", CONTEXT)
        LABEL_OF("high", "NATO-EXERCISE", "secret", CONTEXT)
            LABEL_OF("bare", "NATO-EXERCISE", "SECRET", "")
                LABEL_OF("shared", "NATO-EXERCISE", "SECRET",
                         CATEGORY("Context", VALUE("NATO") VALUE("Releasable"))
                             CATEGORY("Releasable To", VALUE("NATO") VALUE("XAR") VALUE("SWE")))
                    LABEL_OF("mapped", "ARKANIA-EXERCISE", "SEALED",
                             CATEGORY("Release", VALUE("ARKANIA") VALUE("NATO")))
                        LABEL_OF("lower", "ARKANIA-EXERCISE", "GUARDED",
                                 CATEGORY("Release", VALUE("ARKANIA") VALUE("NATO")))
                            LABEL_OF("nobody", "NOBODY", "SECRET",
                                     "") "<c:ConfidentialityClearance><s:PolicyIdentifier>NATO-"
                                         "EXERCISE</s:PolicyIdentifier>"
                                         "<c:ClassificationList><s:Classification>RESTRICTED</"
                                         "s:Classification></c:ClassificationList>" CONTEXT
                                         "</c:ConfidentialityClearance></all>";

#define AT(id)    "//l[@id='" id "']/*"
#define CLEARANCE "//c:ConfidentialityClearance"

static const struct {
    const char *expression, *want;
} row[] = {
    { "r:valid(" AT("low") ")", "true" },
    { "r:valid(" AT("bare") ")", "false" },
    { "r:valid(" AT("nobody") ")", "false" },
    { "r:valid(//l)", "false" },
    { "r:valid(//none)", "false" },
    { "r:order(" AT("high") ", " AT("low") ")", "above" },
    { "r:order(" AT("low") ", " AT("high") ")", "below" },
    { "r:order(" AT("low") ", " AT("low") ")", "equal" },
    { "r:order(" AT("low") ", " AT("mapped") ")", "incomparable" },
    { "r:order(" AT("low") ", " AT("nobody") ")", "incomparable" },
    { "r:order(" AT("low") ", 'text')", "incomparable" },
    { "r:decide(" AT("low") ", " CLEARANCE ")", "true" },
    { "r:decide(" AT("high") ", " CLEARANCE ")", "false" },
    { "r:decide(" AT("mapped") ", " CLEARANCE ")", "false" },
    { "r:decide(" AT("nobody") ", " CLEARANCE ")", "false" },
    { "r:decide(//l, " CLEARANCE ")", "false" },
    { "r:decide(" AT("low") ", " AT("low") ")", "false" },
    { "r:decide(" AT("low") ", 'text')", "false" },
    { "r:marking(" AT("high") ", 'en')", "NATO SECRET" },
    { "r:marking(" AT("low") ", 'fr')", "NATO DIFFUSION RESTREINTE" },
    { "r:marking(" AT("nobody") ", 'en')", "" },
    { "r:marking-same('NATO RESTRICTED', 'NATO DIFFUSION RESTREINTE')", "true" },
    { "r:marking-same('NATO SECRET Releasable to Japan, Sweden', "
      "'NATO SECRET Releasable to Sweden, Japan')",
      "true" },
    { "r:marking-same('NATO RESTRICTED', 'NATO SECRET')", "false" },
    { "r:marking-same('', 'NATO SECRET')", "false" },
    { "r:equivalent(" AT("shared") ", " AT("mapped") ")", "true" },
    { "r:equivalent(" AT("shared") ", " AT("lower") ")", "false" },
    { "r:equivalent(" AT("low") ", " AT("mapped") ")", "false" },
    { "r:equivalent(" AT("shared") ", " AT("nobody") ")", "false" },
};

static void use_policies(struct mu_arena *arena, struct mu_rule_set *set)
{
    static const char *const name[] = { "nato-exercise", "arkania" };
    struct mu_err err;
    struct mu_policies policies = { .policy = mu_arena_array(arena, MU_COUNT(name),
                                                             sizeof *policies.policy) };
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        const char *path =
            mu_arena_printf(arena, MU_SOURCE_DIR "/profiles/policies/%s.xml", name[i]);
        ck_assert(mu_policy_load(arena, path, &policies.policy[policies.count++], &err));
    }
    mu_rules_use(set, &policies);
}

START_TEST(policies_are_asked)
{
    struct mu_err err;
    struct mu_arena *arena = mu_arena_new(256 * MU_MIB);
    struct mu_document message = { 0 };
    mu_xml_start();
    ck_assert(mu_unicode_start(&err));
    ck_assert(mu_xml_load_bytes(arena, MU_BYTES(labels), "test", &message.doc, &err));
    struct mu_rule_set *set = mu_rules_new(arena);
    set->test_time = TEST_TIME;
    use_policies(arena, set);
    struct mu_judging j = { .set = set, .arena = arena, .document = &message };
    const char *got = value_of(arena, &j, row[_i].expression);
    ck_assert_msg(got != NULL && strcmp(got, row[_i].want) == 0, "%s: got '%s', want '%s'",
                  row[_i].expression, got == NULL ? "(error)" : got, row[_i].want);
    mu_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("functions_policy");
    TCase *tc = tcase_create("functions_policy");
    tcase_add_loop_test(tc, policies_are_asked, 0, (int) MU_COUNT(row));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include <check.h>
#include <stdlib.h>

#include "binary_support.h"
#include "policy/decide.h"

static const char *shown_clearance(const struct mu_clearance *c)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_printf(&out, "%s %s:", c->policy, c->policy_uri);
    for (size_t i = 0; i < c->classifications; i++)
        mu_buf_printf(&out, " '%s'", c->classification[i]);
    show_categories(&out, c->category, c->categories);
    return mu_buf_text(&out);
}

static struct mu_clearance *clearance_through_der(const struct mu_policy *p,
                                                  const struct mu_clearance *clearance,
                                                  struct mu_binary *written,
                                                  struct mu_binary *found)
{
    struct mu_ess_clearance ess;
    struct mu_err err = { .msg = "" };
    struct mu_bytes der;
    bool done = mu_binary_write_clearance(arena, p, clearance, &ess, written, &err);
    ck_assert_msg(done, "%s", err.msg);
    ck_assert(mu_ess_clearance_write(arena, &ess, &der, &err));
    mu_ess_clearance_read(arena, der, &ess);
    ck_assert(ess.readable);
    return mu_binary_read_clearance(arena, &policies, &ess, found);
}

/* Bit n is the classification whose lacv is n: NATO's are those of RFC 5755, and so are their names. */
START_TEST(bits_are_classifications)
{
    const struct mu_policy *nato = policies.policy[1];
    uint64_t class[] = { 1, 2, 3, 4, 5, 9 };
    struct mu_ess_clearance ess = { .readable = true,
                                    .listed = true,
                                    .policy = nato->id,
                                    .class = class,
                                    .classes = MU_COUNT(class) };
    struct mu_binary found;
    struct mu_clearance *c = mu_binary_read_clearance(arena, &policies, &ess, &found);
    ck_assert_str_eq(shown_clearance(c),
                     mu_arena_printf(arena,
                                     "%s urn:oid:%s: 'UNCLASSIFIED' 'RESTRICTED' 'CONFIDENTIAL' "
                                     "'SECRET' 'TOP SECRET' 'lacv 9'",
                                     nato->name, nato->id));
    ck_assert_str_eq(problems(&found), mu_arena_printf(arena,
                                                       "classification: policy '%s' has no "
                                                       "classification 9",
                                                       nato->name));
}
END_TEST

/* No classList: unclassified(1), and only where the policy has a class 1. */
START_TEST(the_default)
{
    static const struct mu_bytes der = { "\x30\x04\x06\x02\x2a\x03", 6 };
    struct mu_ess_clearance ess;
    struct mu_binary found;
    mu_ess_clearance_read(arena, der, &ess);
    struct mu_clearance *c = mu_binary_read_clearance(arena, &policies, &ess, &found);
    ck_assert_str_eq(shown_clearance(c), "AWKWARD urn:oid:1.2.3: 'lacv 1'");
    ck_assert_str_eq(problems(&found), "classification: policy 'AWKWARD' has no classification 1");
}
END_TEST

/* What a clearance grants is the same after DER: every class and every value of each policy. */
START_TEST(generated_clearances)
{
    const struct mu_policy *p = policies.policy[1 + _i];
    srand((unsigned) _i + 5755);
    for (int n = 0; n < 300; n++) {
        uint64_t *present = random_values(p, n % 20 + 2);
        struct mu_label *label = mu_label_of_values(arena, p, 0, present, NULL);
        const char *class[MU_CLASSES_MAX];
        struct mu_clearance clearance = { .policy = p->name,
                                          .classification = class,
                                          .category = label->category,
                                          .categories = label->categories };
        for (size_t i = 0; i < p->classifications; i++)
            if (rand() % 2 == 0)
                class[clearance.classifications++] = p->classification[i].name;
        struct mu_binary written, found;
        struct mu_cleared before, after;
        struct mu_clearance *back = clearance_through_der(p, &clearance, &written, &found);
        ck_assert_str_eq(problems(&written), "");
        ck_assert_str_eq(problems(&found), "");
        mu_cleared_make(arena, p, &clearance, &before);
        mu_cleared_make(arena, p, back, &after);
        ck_assert(before.doubt == NULL && after.doubt == NULL);
        ck_assert(
            memcmp(&before.classifications, &after.classifications, sizeof before.classifications)
            == 0);
        ck_assert(memcmp(before.values, after.values, (p->values / 64 + 1) * sizeof *before.values)
                  == 0);
        tear_down();
        set_up();
    }
}
END_TEST

/* A name with two numbers is both in a clearance; an ambiguous number grants nothing. */
START_TEST(awkward_clearances)
{
    const char *class[] = { "MIDDLE", "LOW" }, *value[] = { "SAME", "SWE", "KFOR" };
    struct mu_category category = { "PERMISSIVE", "Release", NULL, value, 3 };
    struct mu_clearance clearance = { .policy = "AWKWARD",
                                      .classification = class,
                                      .classifications = 2,
                                      .category = &category,
                                      .categories = 1 };
    struct mu_binary written, found;
    struct mu_clearance *back =
        clearance_through_der(policies.policy[0], &clearance, &written, &found);
    ck_assert_str_eq(
        shown_clearance(back),
        "AWKWARD urn:oid:1.2.3: 'LOW' 'MIDDLE'|P 'Release' urn:oid:1.2.3.1: 'SAME' 'SAME' 'SWE'"
        "|P 'urn:oid:1.2.3.1' -: 'lacv 5'");
    ck_assert_str_eq(problems(&written),
                     "ambiguous: value 5 of tag set 'Release' is 'KFOR' or 'EU Council'");
    ck_assert(written.ambiguous && found.ambiguous);
    struct mu_cleared cleared;
    mu_cleared_make(arena, policies.policy[0], back, &cleared);
    ck_assert_ptr_nonnull(cleared.doubt);
    ck_assert(
        !mu_bit(cleared.values, mu_policy_value(policies.policy[0], 0, MU_TAG_PERMISSIVE, "KFOR")));
    ck_assert(
        mu_bit(cleared.values, mu_policy_value(policies.policy[0], 0, MU_TAG_PERMISSIVE, "SWE")));
}
END_TEST

int main(void)
{
    mu_xml_start();
    struct mu_arena *keep = mu_arena_new(512 * MU_MIB);
    load(keep);
    Suite *suite = suite_create("binary_clearance");
    TCase *tc = tcase_create("binary_clearance");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, bits_are_classifications);
    tcase_add_test(tc, the_default);
    tcase_add_loop_test(tc, generated_clearances, 0, MU_COUNT(file));
    tcase_add_test(tc, awkward_clearances);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(keep);
    return failed == 0 ? 0 : 1;
}

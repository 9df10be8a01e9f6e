/* How high a run goes: one roll-up a policy over every label that a plan sends. */
#include "suite/high_water.h"

#include "suite_support.h"

static struct mu_profile profile;
static struct mu_sut_role role = { .role = MU_ROLE_RECEIVER, .collect = -1, .observe = -1 };
static struct mu_sut sut = { .role = &role, .roles = 1 };

/* The marks of a plan that sends these fixtures: "NATO SECRET rank 4 of NATO-EXERCISE; ..." */
static const char *marks(const char *labels)
{
    struct mu_suite *suite = mu_new(arena, struct mu_suite);
    struct mu_plan *plan = mu_new(arena, struct mu_plan);
    struct mu_high_water *mark;
    struct mu_selection *all;
    size_t n;
    const char *text = mu_arena_printf(
        arena,
        "<suite xmlns='urn:muster:suite:1' id='s' revision='1'><case id='a' level='must' "
        "class='valid'>"
        "<title>T</title><why>W</why><requirement document='RFC 7444' clause='4'/><needs "
        "role='receiver'/>"
        "<axis name='label' values='%s'/><steps><make id='m' message='logistics-report' "
        "label='{label}'/>"
        "<send message='m'/><expect of='m' outcome='accepted'/></steps></case></suite>",
        labels);
    const char *path = file_of("suite.xml", mu_bytes_of(text));
    ck_assert_msg(mu_suite_load(arena, &data, &path, 1, suite, &err), "%s", error_text());
    ck_assert(mu_selection_parse(arena, "", &all, &err));
    ck_assert_msg(mu_plan_make(arena, suite, &sut, all, plan, &err), "%s", error_text());
    mu_high_water(arena, &data, &profile, plan, &mark, &n);
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < n; i++)
        mu_buf_printf(&out, "%s%s %s%s", i > 0 ? "; " : "", mark[i].marking, mark[i].colour,
                      mark[i].decision != NULL ? " (people decide)" : "");
    return mu_buf_text(&out);
}

static const struct {
    const char *labels, *want;
} row[] = {
    { "unclassified", "NATO UNCLASSIFIED #ffffff" },
    { "unclassified secret restricted", "NATO SECRET #ff0000" },
    /* restrictive values of different parts add up */
    { "secret secret-atomal", "NATO SECRET ATOMAL #ff0000" },
    /* what is releasable in one part alone is not releasable as a whole */
    { "restricted restricted-releasable", "NATO RESTRICTED #0000ff" },
    /* a value that goes with a low classification alone: the rules leave the whole to people */
    { "unclassified-staff secret secret-atomal", "NATO SECRET ATOMAL #ff0000 (people decide)" },
    /* one mark a policy, in the order of the profile; what shows no marking is left out */
    { "eu-restricted public secret", "NATO SECRET #ff0000; RESTREINT UE/EU RESTRICTED #0000ff" },
    { "public", "" },
    { "none", "" },
};

START_TEST(the_plan_says_how_high_it_goes)
{
    ck_assert_msg(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &profile, &err), "%s",
                  error_text());
    ck_assert_str_eq(marks(row[_i].labels), row[_i].want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("high_water");
    TCase *tc = tcase_create("high_water");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, the_plan_says_how_high_it_goes, 0, MU_COUNT(row));
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

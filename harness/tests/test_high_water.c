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

/* Numbers of a policy by names, for what a job tells. */
static bool raise(struct mu_high_parts *parts, const char *policy, const char *classification,
                  const char *values, struct mu_high_water **mark, size_t *n)
{
    uint32_t number = 0;
    while (strcmp(profile.policies.policy[number]->name, policy) != 0)
        number++;
    return mu_high_water_raise(
        arena, parts, number,
        mu_policy_classification(profile.policies.policy[number], classification), values, mark, n);
}

/* What comes in may only raise it; what is dominated, said before or out of range changes nothing. */
START_TEST(what_comes_in_raises_it)
{
    ck_assert(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &profile, &err));
    struct mu_plan plan = { .ins = 0 };
    struct mu_high_parts *parts = mu_high_parts(arena, &data, &profile, &plan);
    struct mu_high_water *mark;
    size_t n;
    mu_high_water_of(arena, parts, &mark, &n);
    ck_assert_uint_eq(n, 0);
    ck_assert(raise(parts, "NATO-EXERCISE", "RESTRICTED", "", &mark, &n));
    ck_assert(!raise(parts, "NATO-EXERCISE", "RESTRICTED", "", &mark, &n));
    ck_assert(!raise(parts, "NATO-EXERCISE", "UNCLASSIFIED", "", &mark, &n));
    ck_assert_uint_eq(n, 1);
    int64_t rank = mark[0].rank;
    ck_assert(raise(parts, "NATO-EXERCISE", "SECRET", "99999999 -1 x", &mark, &n));
    ck_assert(n == 1 && mark[0].rank > rank);
    ck_assert(raise(parts, "EU-EXERCISE", "RESTREINT UE/EU RESTRICTED", "", &mark, &n) && n == 2);
    ck_assert(!mu_high_water_raise(arena, parts, UINT32_MAX, 0, "", &mark, &n));
    ck_assert(!mu_high_water_raise(arena, parts, 0, UINT32_MAX, "", &mark, &n));
    ck_assert_uint_eq(n, 2);
}
END_TEST

/* However many labels come that are not dominated, a higher classification is never missed. */
START_TEST(no_flood_hides_it)
{
    ck_assert(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &profile, &err));
    struct mu_plan plan = { .ins = 0 };
    struct mu_high_parts *parts = mu_high_parts(arena, &data, &profile, &plan);
    struct mu_high_water *mark;
    size_t n;
    mu_high_water_of(arena, parts, &mark, &n);
    for (unsigned i = 0; i < 2 * MU_RAISES_MAX; i++)
        (void) raise(parts, "NATO-EXERCISE", "RESTRICTED",
                     mu_arena_printf(arena, "%u %u", i % 40, i), &mark, &n);
    int64_t rank = mark[0].rank;
    ck_assert(raise(parts, "NATO-EXERCISE", "SECRET", "", &mark, &n) && mark[0].rank > rank);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("high_water");
    TCase *tc = tcase_create("high_water");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, the_plan_says_how_high_it_goes, 0, MU_COUNT(row));
    tcase_add_test(tc, what_comes_in_raises_it);
    tcase_add_test(tc, no_flood_hides_it);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

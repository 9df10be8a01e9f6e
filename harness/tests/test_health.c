/* suite-health.json: what is written is read again, and an entry of another suite is stale. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "report/health.h"

static struct mu_arena *arena;
static const char *path;

static void set_up(void)
{
    arena = mu_arena_new(16 * MU_MIB);
    char *folder = mu_arena_printf(arena, "%s/muster-health-XXXXXX",
                                   getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = mu_file_join(arena, folder, "suite-health.json");
}

static void tear_down(void)
{
    unlink(path);
    rmdir(mu_file_dirname(arena, path));
    mu_arena_free(arena);
}

static void put(const char *profile, const char *suite)
{
    static const char *by[] = { "relay-keeps-label" };
    static const struct mu_health_row row = { "drop-label", "relay", by, 1 };
    static const struct mu_health_silent silent = { "TLS-16", "out of reach" };
    const struct mu_health_table sins = { &row, 1 }, none = { NULL, 0 };
    struct mu_health health = { .profile = profile,
                                .suite = suite,
                                .rules = "sha256:r",
                                .sins = { 1, 1, 0 },
                                .assertions = { 3, 2, 1 },
                                .silent = &silent,
                                .silents = 1 };
    struct mu_err err;
    ck_assert(mu_health_write(arena, path, &health, &sins, &none, &none, &err));
}

static const struct {
    const char *profile, *suite, *rules;
    enum mu_health_state state;
} row[] = {
    { "mail", "sha256:s", "sha256:r", MU_HEALTH_CURRENT },
    { "mail", "sha256:t", "sha256:r", MU_HEALTH_STALE },
    { "mail", "sha256:s", "sha256:q", MU_HEALTH_STALE },
    { "chat", "sha256:s", "sha256:r", MU_HEALTH_UNKNOWN },
};

START_TEST(an_entry_is_of_one_suite_and_its_rules)
{
    struct mu_health got = { .profile = row[_i].profile,
                             .suite = row[_i].suite,
                             .rules = row[_i].rules };
    struct mu_err err;
    put("mail", "sha256:s");
    ck_assert(mu_health_read(arena, path, &got, &err));
    ck_assert_int_eq(got.state, row[_i].state);
    if (got.state == MU_HEALTH_UNKNOWN)
        return;
    ck_assert_uint_eq(got.assertions.total, 3);
    ck_assert_uint_eq(got.assertions.killed, 2);
    ck_assert_uint_eq(got.assertions.excused, 1);
    ck_assert_uint_eq(got.silents, 1);
    ck_assert_str_eq(got.silent[0].what, "TLS-16");
    ck_assert_str_eq(got.silent[0].because, "out of reach");
}
END_TEST

/* Profiles stand by name, whatever the order in which they are measured, and each once. */
START_TEST(the_same_measures_give_the_same_bytes)
{
    struct mu_bytes first, second;
    struct mu_err err;
    put("mail", "sha256:s");
    put("chat", "sha256:c");
    ck_assert(mu_file_read(arena, path, MU_MIB, &first, &err));
    unlink(path);
    put("chat", "sha256:old");
    put("mail", "sha256:s");
    put("chat", "sha256:c");
    ck_assert(mu_file_read(arena, path, MU_MIB, &second, &err));
    ck_assert(mu_bytes_equal(first, second));
}
END_TEST

START_TEST(no_file_is_no_error_and_another_file_is)
{
    struct mu_health got = { .profile = "mail", .suite = "s", .rules = "r" };
    struct mu_err err;
    ck_assert(mu_health_read(arena, path, &got, &err));
    ck_assert_int_eq(got.state, MU_HEALTH_UNKNOWN);
    ck_assert(mu_health_read(arena, NULL, &got, &err));
    static const char *const bad[] = { "", "{", "[]", "{\"schema\": \"muster-run/1\"}",
                                       "{\"schema\": \"muster-health/1\", \"profiles\": 1}" };
    for (size_t i = 0; i < MU_COUNT(bad); i++) {
        ck_assert(mu_file_replace(path, mu_bytes_of(bad[i]), 0644, &err));
        ck_assert_msg(!mu_health_read(arena, path, &got, &err), "%s", bad[i]);
        ck_assert_int_eq(err.code, MU_ERR_PROFILE);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("health");
    TCase *tc = tcase_create("health");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, an_entry_is_of_one_suite_and_its_rules, 0, MU_COUNT(row));
    tcase_add_test(tc, the_same_measures_give_the_same_bytes);
    tcase_add_test(tc, no_file_is_no_error_and_another_file_is);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

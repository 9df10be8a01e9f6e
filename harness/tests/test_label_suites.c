/* The suites that ask adapters: how many there are of their cases, that our own library passes them
 * all, and what is seen of the mocks. */
#include "report/model.h"
#include "report/read.h"
#include "suite/suite.h"
#include "tests/program_support.h"

static const char *const profile[] = { "validator-4774", "policy-decide" };

#define TEST_TIME_TEXT "2026-11-23T10:15:00Z"

/* --- what there is --------------------------------------------------------------------------------- */

static void load(const char *name, struct mu_suite *suite)
{
    static struct mu_data data;
    static struct mu_profile p;
    struct mu_err err;
    ck_assert_int_eq(chdir(MU_SOURCE_DIR), 0);
    mu_xml_start();
    mu_data_init(arena, &data);
    if (!mu_profile_load(arena, &data, name, 1795428900, &p, &err)
        || !mu_suite_load(arena, &data, p.suite_file, p.suite_files, suite, &err))
        ck_abort_msg("%s", err.msg);
}

/* An invalid case has a control, and each of its axes that chooses a label is one of the control's. */
START_TEST(each_invalid_case_has_a_control)
{
    struct mu_suite s;
    size_t instances = 0, invalid = 0;
    load(profile[_i], &s);
    for (size_t i = 0; i < s.count; i++) {
        const struct mu_case *c = s.cases[i];
        instances += c->instances;
        if (c->class != MU_CLASS_INVALID_CASE)
            continue;
        const struct mu_case *control = c->control != NULL ? mu_suite_find(&s, c->control) : NULL;
        ck_assert_msg(control != NULL, "%s has no control", c->id);
        ck_assert_msg(control->class == MU_CLASS_VALID_CASE && control->role == c->role, "%s",
                      c->id);
        invalid += c->instances;
    }
    ck_assert_uint_ge(instances, 1200);
    ck_assert_uint_ge(invalid, 600);
}
END_TEST

/* --- runs -------------------------------------------------------------------------------------------- */

/* The SUT file of our own library, as a sinner where `sin` is given. */
static const char *sut_of(const char *sin, const char *in_flight)
{
    const char *text = text_of(MU_SOURCE_DIR "/fixtures/sut/muster-library/muster-library.xml");
    const char *command = mu_arena_printf(arena, "%s twin --sap%s%s", MU_PROGRAM,
                                          sin != NULL ? " --sin " : "", sin != NULL ? sin : "");
    const char *path = in_home(mu_arena_printf(arena, "%s.xml", sin != NULL ? sin : "virtuous"));
    text = changed(text, "muster twin --sap", command);
    text = changed(text, "<expectations file=\"muster-library.expect.xml\"/>", "");
    write_text(path, changed(text, "in-flight=\"32\"",
                             mu_arena_printf(arena, "in-flight=\"%s\"", in_flight)));
    return path;
}

static struct said run(const char *of, const char *sut, const char *select, const char *out)
{
    return MUSTER("run", "--profile", of, "--sut", sut, "--select", select, "--out", out,
                  "--test-time", TEST_TIME_TEXT, "--seed", "1");
}

static struct mu_result *result_of(const char *out)
{
    struct mu_err err;
    struct mu_result *result;
    int fd = open(mu_file_join(arena, out, "run.jsonl"), O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    if (!mu_result_read(arena, fd, NULL, &result, &err))
        ck_abort_msg("%s", err.msg);
    close(fd);
    return result;
}

START_TEST(our_own_library_passes_everything)
{
    const char *out = in_home(mu_arena_printf(arena, "out-%s", profile[_i]));
    struct said s = run(profile[_i], sut_of(NULL, "32"), "", out);
    check_said(profile[_i], s, MU_EXIT_OK, "^answer +all [0-9]+ cases that ran pass$");
    struct mu_result *r = result_of(out);
    ck_assert_uint_ge(r->count[MU_PASS], 1200);
    ck_assert_uint_eq(r->count[MU_FAIL] + r->count[MU_REMARKS] + r->count[MU_ERROR]
                          + r->count[MU_INCONCLUSIVE],
                      0);
}
END_TEST

/* --- mocks that answer ---------------------------------------------------------------------------- */

static const struct {
    const char *mock, *profile;
} golden[] = {
    { "lenient", "validator-4774" }, { "lenient", "policy-decide" }, { "strict", "validator-4774" },
    { "strict", "policy-decide" },   { "liar", "validator-4774" },   { "liar", "policy-decide" },
    { "noisy", "validator-4774" },
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* What the instances of each case ended in, sorted: "case: verdict reason x3". */
static const char *table_of(const struct mu_result *r)
{
    struct mu_buf out = { .arena = arena };
    size_t n = 0;
    for (const struct mu_instance *i = r->instance; i != NULL; i = i->next)
        n += i->final != NULL;
    const char **line = mu_arena_array(arena, n + 1, sizeof *line);
    n = 0;
    for (const struct mu_instance *i = r->instance; i != NULL; i = i->next)
        if (i->final != NULL)
            line[n++] = mu_arena_printf(arena, "%s: %s %s", i->of->id, mu_verdict_name(i->verdict),
                                        i->reason);
    qsort(line, n, sizeof *line, by_text);
    for (size_t i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && strcmp(line[i], line[i + same]) == 0;)
            same++;
        mu_buf_printf(&out, "%s x%zu\n", line[i], same);
    }
    return mu_buf_text(&out);
}

START_TEST(what_is_seen_of_a_mock)
{
    const char *name = mu_arena_printf(arena, "%s-%s", golden[_i].mock, golden[_i].profile);
    const char *path = mu_arena_printf(arena, MU_SOURCE_DIR "/reports/golden/mocks/%s.txt", name);
    const char *out = in_home(name);
    (void) run(golden[_i].profile, sut_of(golden[_i].mock, "32"), "importance:critical", out);
    const char *table = table_of(result_of(out));
    if (getenv("MU_UPDATE") != NULL)
        write_text(path, table);
    ck_assert_str_eq(table, text_of(path));
}
END_TEST

/* --- mocks that do not ------------------------------------------------------------------------------ */

/* What an adapter does to itself is never the system's: no fail, and a reason that names it. */
static const struct {
    const char *mock, *select, *reason;
} broken[] = {
    { "crasher", "id:refuses-doctype", "adapter:" },
    { "slow", "id:reads-label id:refuses-order id:refuses-id id:refuses-root",
      "timeout:label.parse" },
};

START_TEST(a_broken_adapter_is_no_failure)
{
    const char *out = in_home(broken[_i].mock);
    (void) run("validator-4774", sut_of(broken[_i].mock, "1"), broken[_i].select, out);
    struct mu_result *r = result_of(out);
    unsigned errors = 0;
    ck_assert_uint_eq(r->count[MU_FAIL], 0);
    for (const struct mu_instance *i = r->instance; i != NULL; i = i->next) {
        if (i->final == NULL || i->verdict != MU_ERROR)
            continue;
        ck_assert_msg(strncmp(i->reason, broken[_i].reason, strlen(broken[_i].reason)) == 0,
                      "%s: %s", i->name, i->reason);
        errors++;
    }
    ck_assert_uint_ge(errors, 1);
    ck_assert_uint_ge(r->count[MU_PASS], 1);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("label_suites");
    TCase *tc = tcase_create("label_suites");
    tcase_set_timeout(tc, 90);
    tcase_add_loop_test(tc, each_invalid_case_has_a_control, 0, MU_COUNT(profile));
    tcase_add_loop_test(tc, our_own_library_passes_everything, 0, MU_COUNT(profile));
    tcase_add_loop_test(tc, what_is_seen_of_a_mock, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, a_broken_adapter_is_no_failure, 0, MU_COUNT(broken));
    suite_add_tcase(s, tc);
    return run_tests(s);
}

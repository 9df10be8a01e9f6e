/* `muster diff`, `muster history` and `muster report --baseline`: what they say, where they write, how they end. */
#include "tests/compare_support.h"
#include "tests/program_support.h"

#define CASE "receiver-accepts-labelled"
#define FAILS                                                                                      \
    {                                                                                              \
        "\"event\":\"verdict\",\"case\":\"" CASE "\"", "\"verdict\":\"pass\",\"reason\":\"\"",     \
            "\"verdict\":\"fail\",\"reason\":\"timeout:accept\""                                   \
    }

static void make_dir(const char *name)
{
    struct mu_err err;
    ck_assert(mu_file_make_dir(in_home(name), 0755, &err));
}

/* runs/a is golden, runs/b fails a case under another version, c is like b; each a day later. */
static const struct {
    const char *name;
    struct edit edit[EDITS_MAX];
} run[] = {
    { "runs/a", { { NULL, NULL, NULL } } },
    { "runs/b",
      { FAILS,
        { "\"open\"", "3.7.11", "3.8.0" },
        { "\"open\"", "-23T10", "-24T10" },
        { "\"open\"", "-7f3a", "-7f3b" } } },
    { "runs/below/c",
      { FAILS,
        { "\"open\"", "3.7.11", "3.8.0" },
        { "\"open\"", "-23T10", "-25T10" },
        { "\"open\"", "-7f3a", "-7f3c" } } },
};

static void make_runs(void)
{
    static const char *const other[] = { "empty", "junk", "damaged" };
    for (size_t i = 0; i < MU_COUNT(run); i++) {
        make_dir(run[i].name);
        write_file(mu_file_join(arena, in_home(run[i].name), "run.jsonl"),
                   varied(arena, "first", run[i].edit));
    }
    for (size_t i = 0; i < MU_COUNT(other); i++)
        make_dir(other[i]);
    write_text(in_home("file"), "no folder");
    write_text(in_home("junk/run.jsonl"), "junk\n");
    write_text(in_home("damaged/run.jsonl"),
               changed(text_of(in_home("runs/a/run.jsonl")), "\"verdict\":\"pass\"",
                       "\"verdict\":\"fail\""));
    ck_assert(symlink(in_home("runs/a"), in_home("runs/below/link")) == 0 || errno == EEXIST);
}

static const struct {
    const char *line;
    int status;
    const char *says;
} row[] = {
    { "diff @/runs/a @/runs/a", 0, "^answer +nothing got worse$" },
    { "diff @/runs/a @/runs/b", 1, "^  1 pass -> fail: SUT changed$" },
    { "diff @/runs/b @/runs/a", 0, "^note +the new run started before the old one$" },
    { "diff @/runs/a @/runs/b -f json", 1,
      "\"causes\":\\[\\{\"kind\":\"sut\",\"what\":\"version\"" },
    { "diff @/runs/a @/runs/b -f html -o @/d.html", 1, "^report: .*/d\\.html$" },
    { "diff @/runs/a @/runs/b -f xml", 2, "wants one of 'text json html', not 'xml'" },
    { "diff @/runs/a", 2, "wants OLD NEW" },
    { "diff @/runs/a @/nowhere", 2, "cannot open the run '.*/nowhere': No such file" },
    { "diff @/runs/a @/file", 2, "cannot open the run '.*/file': Not a directory" },
    { "diff @/runs/a @/empty", 2, "cannot open the run '.*/empty': No such file" },
    { "diff @/runs/a @/junk", 3, "has no readable line" },
    { "diff @/runs/a @/damaged", 3, "^note +the new run is corrupt: only what stands before" },
    { "diff @/runs/a reports/golden/interrupted", 2,
      "^note +the two runs have no case in common$" },
    { "diff @/runs/a @/runs/b -o @/nowhere/x", 2, "cannot create '.*/nowhere/x': No such file" },
    { "history @/runs", 0,
      "^    PFF  first bad run 2 \\(3.8.0\\), last good run 1 \\(3.7.11\\): SUT changed" },
    { "history @/runs/below/c @/runs/b @/runs/a", 0, "^    PFF  first bad run 2 " },
    { "history @/runs @/runs/a @/junk", 0, "passed over '.*/junk': the run stream has no read" },
    { "history @/runs --case " CASE, 0, "^answer +bad since run 2 \\(3.8.0\\), good until run 1" },
    { "history @/runs --case nothing", 2, "no run knows a case 'nothing'" },
    { "history @/empty", 2, "there is no run in '.*/empty'" },
    { "history @/junk", 2, "holds a run that can be read" },
    { "history @/nowhere", 2, "cannot open the folder '.*/nowhere': No such file" },
    { "history @/runs -f json -o @/h.json", 0, "^report: .*/h\\.json$" },
    { "history @/runs -f html -o @/h.html", 0, "^report: .*/h\\.html$" },
    { "report @/runs/b --baseline @/runs/a -f text -o @/out", 0, "^answer " },
    { "report @/runs/a --baseline @/runs -f text -o @/out", 2, "no run of the baseline goes" },
    { "report @/runs/b --baseline @/empty -o @/out", 2, "there is no run in" },
};

START_TEST(what_they_say_and_how_they_end)
{
    static const struct {
        const char *file, *holds;
    } made[] = {
        { "d.html", CASE },
        { "h.html", "<svg class=\"trend\"" },
        { "h.json", "\"runs\":\"PFF\"" },
        { "out/summary.txt", "since    1 new since 20261123T101500Z-7f3a (3.7.11): " CASE },
    };
    make_runs();
    for (size_t i = 0; i < MU_COUNT(row); i++)
        check_said(row[i].line, muster_words(row[i].line), row[i].status, row[i].says);
    for (size_t i = 0; i < MU_COUNT(made); i++)
        ck_assert_msg(strstr(text_of(in_home(made[i].file)), made[i].holds) != NULL, "%s",
                      made[i].file);
}
END_TEST

/* What stands in a file is what goes to standard output, and again the same. */
START_TEST(a_file_holds_what_is_printed)
{
    static const char *const line[] = { "diff @/runs/a @/runs/b -f json",
                                        "history @/runs -f json" };
    make_runs();
    for (size_t i = 0; i < MU_COUNT(line); i++) {
        struct said printed = muster_words(line[i]);
        muster_words(mu_arena_printf(arena, "%s -o @/one.json", line[i]));
        ck_assert_str_eq(printed.out, text_of(in_home("one.json")));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compare command");
    TCase *tcase = tcase_create("compare command");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, what_they_say_and_how_they_end);
    tcase_add_test(tcase, a_file_holds_what_is_printed);
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}

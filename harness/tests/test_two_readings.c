/*
 * Two ways to one report: with every result in memory, and with none, from a stream that is read twice.
 * And two ways to one case of a page: through the sheet, or cast from a mould. Nobody can tell them apart.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/model.h"
#include "stream_support.h"

#define REPORTS MU_SOURCE_DIR "/reports"
#define GOLDEN  REPORTS "/golden"

#define OPEN                                                                                       \
    "{\"event\":\"open\",\"schema\":\"muster-run/1\",\"run\":\"r\",\"planned\":9,\"started\":"     \
    "\"2026-11-23T10:15:00Z\",\"profile\":{\"id\":\"p\"},\"sut\":{\"id\":\"s\"}"
#define RULE                                                                                       \
    "{\"event\":\"rule\",\"id\":\"R-1\",\"level\":\"must\",\"document\":\"D\",\"see\":\"1\","      \
    "\"text\":\"says\",\"assertion\":true"
#define START(name, attempt)                                                                       \
    "{\"event\":\"start\",\"case\":\"" name "\",\"attempt\":" attempt ",\"at_ms\":5,"              \
    "\"folder\":\"cases/" name "\""
#define FINDING(name, attempt)                                                                     \
    "{\"event\":\"finding\",\"case\":\"" name "\",\"attempt\":" attempt ",\"rule\":\"R-1\","       \
    "\"leg\":\"out\",\"seen\":\"x\",\"expected\":\"y\""
#define VERDICT(name, attempt, verdict, reason)                                                    \
    "{\"event\":\"verdict\",\"case\":\"" name "\",\"attempt\":" attempt ",\"verdict\":\"" verdict  \
    "\",\"reason\":\"" reason "\",\"rung\":\"tls\",\"ms\":12,\"legs\":[{\"leg\":\"out\","          \
    "\"held\":[\"R-1\"],\"broken\":[]}]"
#define SETTLED(name, as) "{\"event\":\"settled\",\"case\":\"" name "\",\"expectation\":\"" as "\""
#define CLOSE             "{\"event\":\"close\",\"counts\":{},\"exit\":0,\"ms\":9"

static const struct {
    const char *line[16];
} stream[] = {
    /* two at a time: the one that began later ends first */
    { { OPEN, RULE, START("a", "1"), START("b", "1"), FINDING("b", "1"), FINDING("a", "1"),
        VERDICT("b", "1", "fail", "rule:R-1"), START("c", "1"), VERDICT("a", "1", "pass", ""),
        VERDICT("c", "1", "fail", "rule:R-1"), CLOSE } },
    /* several attempts, and one whose last word never came */
    { { OPEN ",\"tries\":{\"fail\":2,\"final\":\"worst\"}", RULE, START("a", "1"),
        VERDICT("a", "1", "fail", "rule:R-1"), START("b", "1"), START("a", "2"),
        VERDICT("b", "1", "error", "job:exit-3"), VERDICT("a", "2", "pass", ""),
        SETTLED("a", "quarantined"), START("c", "1"), VERDICT("c", "1", "fail", "rule:R-1"),
        CLOSE } },
    /* an attempt that is begun again, and instances that were running when it ended */
    { { OPEN, RULE, START("a", "1"), FINDING("a", "1"), "{\"event\":\"resume\",\"at\":\"x\"",
        START("a", "1"), VERDICT("a", "1", "pass", ""), START("z", "1"), START("y", "1"),
        VERDICT("y", "1", "remarks", "rule:R-1") } },
    /* what nobody would write: a second verdict, one of a case that never began, settled twice */
    { { OPEN, VERDICT("a", "1", "pass", ""), VERDICT("a", "1", "fail", "rule:R-1"),
        VERDICT("\\u202e[x]", "1", "fail", "\\u0000<b>"), SETTLED("q", "as-expected"),
        SETTLED("q", "unexpected-pass"),
        "{\"event\":\"not-run\",\"case\":\"q\",\"reason\":\"cap:x\"",
        "{ \"event\" : \"not-run\" , \"case\" : \"blanks\" , \"reason\" : \"cap:x\"", CLOSE } },
    { { OPEN, CLOSE } },
};

static int stream_of(size_t i, struct mu_buf *text)
{
    struct stream s = { .text = { .arena = arena } };
    for (size_t k = 0; k < MU_COUNT(stream[i].line) && stream[i].line[k] != NULL; k++)
        add(&s, stream[i].line[k]);
    *text = s.text;
    return file_of(mu_buf_bytes(&s.text));
}

/* --- both ways ------------------------------------------------------------------------------------------ */

static struct mu_bytes content(int fd)
{
    struct mu_bytes text;
    ck_assert_msg(mu_file_read_fd(arena, fd, "report", 64 * MU_MIB, &text, &err), "%s", err.msg);
    close(fd);
    return text;
}

/* Of every format that can do without the whole, alone: then no other asks for it. */
static void compare(int run, const char *what)
{
    const struct mu_report_source source = { .run = run };
    struct mu_report_prepared *p;
    const struct mu_report_format *f;
    struct mu_result *result, *whole;
    unsigned streamed = 0;
    for (size_t i = 0; (f = mu_report_format_at(i)) != NULL; i++) {
        int one = memfd_create("one", MFD_CLOEXEC), two = memfd_create("two", MFD_CLOEXEC);
        struct mu_buf said[2] = { { .arena = arena }, { .arena = arena } };
        struct mu_chain chain;
        ck_assert_msg(mu_report_prepare(arena, f->name, REPORTS, &p, &err), "%s", err.msg);
        ck_assert(mu_report_load(arena, &source, &whole, &err));
        ck_assert_msg(mu_report_give(arena, p, &source, whole, one, &err), "%s", err.msg);
        const struct mu_report_wanted wanted = { p, two };
        ck_assert_msg(mu_report_make_all(arena, &wanted, 1, &source, &result, &err), "%s: %s",
                      f->name, err.msg);
        ck_assert_msg(mu_bytes_equal(content(one), content(two)), "%s, %s: not the same", what,
                      f->name);
        for (int brief = 0; brief < 2; brief++) {
            const struct mu_summary_style style = { .brief = brief == 1 };
            mu_report_summary(arena, whole, style, &said[0], &chain);
            mu_report_summary(arena, result, style, &said[1], &chain);
        }
        ck_assert_str_eq(mu_buf_text(&said[0]), mu_buf_text(&said[1]));
        streamed += result->instance == NULL && result->total > 0;
    }
    ck_assert(whole->total == 0 || whole->looks_back || streamed > 3);
}

START_TEST(one_reading_or_two_give_the_same_bytes)
{
    struct mu_buf text;
    int fd = stream_of((size_t) _i, &text);
    compare(fd, mu_arena_printf(arena, "stream %d", _i));
    close(fd);
    /* torn, and corrupt: a line before the last is another one */
    fd = file_of(mu_bytes_slice(mu_buf_bytes(&text), 0, text.n - 7));
    compare(fd, mu_arena_printf(arena, "stream %d torn", _i));
    close(fd);
    char *event = strstr(text.p, "\"event\":\"verdict\"");
    if (event != NULL)
        event[9] = 'V';
    fd = file_of(mu_buf_bytes(&text));
    compare(fd, mu_arena_printf(arena, "stream %d corrupt", _i));
    close(fd);
}
END_TEST

static const char *const golden[] = { "first", "interrupted", "hostile", "tries" };

START_TEST(golden_runs_give_the_same_bytes_either_way)
{
    const char *path = mu_arena_printf(arena, GOLDEN "/%s/run.jsonl", golden[_i]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert(fd >= 0);
    compare(fd, golden[_i]);
    close(fd);
}
END_TEST

/* What ends first comes first. */
START_TEST(results_stand_in_the_order_in_which_they_are_settled)
{
    struct mu_buf text, names = { .arena = arena };
    struct mu_result *result;
    int fd = stream_of(0, &text);
    ck_assert(mu_result_read(arena, fd, NULL, &result, &err));
    for (const struct mu_instance *i = result->instance; i != NULL; i = i->next)
        mu_buf_printf(&names, "%s%u", i->name, i->index);
    ck_assert_str_eq(mu_buf_text(&names), "b1a2c3");
    close(fd);
}
END_TEST

static bool cut(void *self, const struct mu_instance *instance, struct mu_err *why)
{
    (void) why;
    return instance == NULL || ftruncate(*(int *) self, 400) == 0;
}

/* Nobody gets the counts of one run with the results of another. */
START_TEST(a_stream_that_changes_between_the_readings_is_no_report)
{
    struct mu_buf text;
    struct mu_result *result;
    int fd = stream_of(0, &text);
    ck_assert(mu_result_count(arena, fd, NULL, &result, &err));
    ck_assert(ftruncate(fd, 400) == 0);
    ck_assert(!mu_result_again(result, fd, cut, &fd, &err));
    ck_assert_str_eq(err.msg, "the run stream was changed while it was read");
    close(fd);
}
END_TEST

/* --- moulds --------------------------------------------------------------------------------------------- */

/* Cases of every kind, some with names that no output method writes as they are. */
static int many(void)
{
    struct stream s = { .text = { .arena = arena } };
    static const char *const verdict[] = { "pass", "pass", "pass", "fail", "inconclusive" };
    static const char *const expected[] = { "as-expected", "quarantined", "new-failure" };
    add(&s, OPEN);
    add(&s, "{\"event\":\"case\",\"id\":\"k\",\"title\":\"A & B <c>\",\"role\":\"relay\","
            "\"level\":\"must\",\"class\":\"valid\",\"control\":\"k0\"");
    for (int i = 0; i < 700; i++) {
        const char *name = mu_arena_printf(arena, "%s%d%s", i % 7 == 0 ? "k[a=<&'\\\">" : "k[a=", i,
                                           i % 50 == 0 ? " \\u00e9]" : "]");
        const char *v = verdict[i % 5];
        if (i % 90 == 0)
            name = "k0";
        add(&s, mu_arena_printf(arena,
                                "{\"event\":\"start\",\"case\":\"%s\",\"attempt\":1,\"at_ms\":%d,"
                                "\"folder\":\"cases/%04d\"",
                                name, i, i + 1));
        add(&s,
            mu_arena_printf(arena,
                            "{\"event\":\"verdict\",\"case\":\"%s\",\"attempt\":1,\"verdict\":"
                            "\"%s\",\"reason\":\"%s\",\"rung\":\"tls\",\"ms\":%d,"
                            "\"expectation\":\"%s\"",
                            name, v, *v == 'p' ? "" : "rule:<R>", i * 37 % 5000, expected[i % 3]));
    }
    return file_of(mu_buf_bytes(&s.text));
}

static struct mu_bytes page_of(const char *format, const char *dir, int run)
{
    const struct mu_report_source source = { .run = run };
    struct mu_report_prepared *p;
    int out = memfd_create("page", MFD_CLOEXEC);
    ck_assert_msg(mu_report_prepare(arena, format, dir, &p, &err), "%s", err.msg);
    ck_assert_msg(mu_report_make(arena, p, &source, out, &err), "%s", err.msg);
    return content(out);
}

static const char *const part[] = { "html.page.xsl",  "html.case.xsl", "junit.page.xsl",
                                    "junit.case.xsl", "report.css",    "report.js" };

#define PROMISE MU_BYTES(" r:cases=\"alone\"")

/* Our sheets in a folder of their own: without their promise, or with `more` behind their first line. */
static char *sheets_of(char *dir, bool promise, const char *find, const char *put)
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
    for (size_t i = 0; i < MU_COUNT(part); i++) {
        struct mu_bytes text;
        struct mu_buf copy = { .arena = arena };
        ck_assert(mu_file_read(arena, mu_file_join(arena, REPORTS, part[i]), MU_MIB, &text, &err));
        size_t at = promise ? SIZE_MAX : mu_bytes_find(text, PROMISE, 0);
        size_t end = at == SIZE_MAX ? text.n : at;
        mu_buf_put_bytes(&copy, mu_bytes_slice(text, 0, end));
        mu_buf_put_bytes(&copy, mu_bytes_from(text, end + (at == SIZE_MAX ? 0 : PROMISE.n)));
        size_t here = mu_bytes_find(mu_buf_bytes(&copy), mu_bytes_of(find), 0);
        if (here != SIZE_MAX) {
            struct mu_bytes all = mu_buf_bytes(&copy);
            struct mu_buf changed = { .arena = arena };
            mu_buf_put_bytes(&changed, mu_bytes_slice(all, 0, here));
            mu_buf_puts(&changed, put);
            mu_buf_put_bytes(&changed, mu_bytes_from(all, here + strlen(find)));
            copy = changed;
        }
        ck_assert(
            mu_file_replace(mu_file_join(arena, dir, part[i]), mu_buf_bytes(&copy), 0644, &err));
    }
    return dir;
}

static void remove_sheets(const char *dir)
{
    for (size_t i = 0; i < MU_COUNT(part); i++)
        unlink(mu_file_join(arena, dir, part[i]));
    rmdir(dir);
}

START_TEST(what_is_cast_is_what_the_sheet_makes)
{
    static const char *const format[] = { "html", "junit" };
    char dir[] = "/tmp/muster-sheets-XXXXXX";
    int run = many();
    sheets_of(dir, false, "\x01", "");
    struct mu_bytes cast = page_of(format[_i], REPORTS, run);
    ck_assert(mu_bytes_equal(cast, page_of(format[_i], dir, run)));
    ck_assert(mu_bytes_find(cast, MU_BYTES("k[a=11]"), 0) != SIZE_MAX || _i == 0);
    remove_sheets(dir);
    close(run);
}
END_TEST

/* A sheet that does more with a value than to put it out is found out by the case that is tried. */
static const struct {
    const char *find, *put;
} lie[] = {
    { "time=\"{@seconds}\"", "time=\"{@ms div 1000}\"" },
    { "time=\"{@seconds}\"", "time=\"{string-length(@name)}\"" },
    { "time=\"{@seconds}\"", "time=\"{@index + 1}\"" },
};

START_TEST(a_sheet_that_breaks_its_promise_is_asked_each_time)
{
    char with[] = "/tmp/muster-sheets-XXXXXX", without[] = "/tmp/muster-sheets-XXXXXX";
    int run = many();
    sheets_of(with, true, lie[_i].find, lie[_i].put);
    sheets_of(without, false, lie[_i].find, lie[_i].put);
    ck_assert(mu_bytes_equal(page_of("junit", with, run), page_of("junit", without, run)));
    remove_sheets(with);
    remove_sheets(without);
    close(run);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("two readings");
    TCase *tc = tcase_create("two readings");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, one_reading_or_two_give_the_same_bytes, 0, (int) MU_COUNT(stream));
    tcase_add_loop_test(tc, golden_runs_give_the_same_bytes_either_way, 0, (int) MU_COUNT(golden));
    tcase_add_test(tc, results_stand_in_the_order_in_which_they_are_settled);
    tcase_add_test(tc, a_stream_that_changes_between_the_readings_is_no_report);
    tcase_add_loop_test(tc, what_is_cast_is_what_the_sheet_makes, 0, 2);
    tcase_add_loop_test(tc, a_sheet_that_breaks_its_promise_is_asked_each_time, 0,
                        (int) MU_COUNT(lie));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * The run stream as a report reads it: whole, torn, corrupt; what is wrong with a stylesheet; and
 * what long runs cost.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "report/report.h"
#include "rounds.h"
#include "stream_support.h"

#define REPORTS MU_SOURCE_DIR "/reports"

static bool summary(int run, struct mu_summary_style style, struct mu_buf *out)
{
    const struct mu_report_source source = { .run = run };
    struct mu_result *result;
    if (!mu_report_load(arena, &source, &result, &err))
        return false;
    mu_report_summary(arena, result, style, out, NULL);
    return true;
}

#define OPEN  "{\"event\":\"open\",\"schema\":\"muster-run/1\",\"run\":\"r\",\"planned\":2"
#define START "{\"event\":\"start\",\"case\":\"a\",\"attempt\":1,\"at_ms\":1"
#define PASS                                                                                       \
    "{\"event\":\"verdict\",\"case\":\"a\",\"attempt\":1,\"verdict\":\"pass\",\"reason\":\"\""
#define CLOSE                                                                                      \
    "{\"event\":\"close\",\"counts\":{\"pass\":1,\"not-run\":0},\"interrupted\":false,\"exit\":0," \
    "\"ms\":5"

static struct mu_buf whole_stream(void)
{
    struct stream s = { .text = { .arena = arena } };
    add(&s, OPEN);
    add(&s, START);
    add(&s, PASS);
    add(&s, CLOSE);
    return s.text;
}

/* What is done to the four lines, and what the chain says then. */
enum damage { NOTHING, CUT, FLIP, LATER, DROP_LINE, APPEND, DUPLICATE, NOT_JSON, LONG, EMPTY };

static const struct {
    const char *name;
    enum damage damage;
    size_t at; /* octet, or line */
    const char *text;
    enum mu_chain_state state;
    uint64_t lines;
    bool closed;
    const char *why;
} row[] = {
    { "whole", NOTHING, 0, NULL, MU_CHAIN_WHOLE, 4, true, "" },
    { "empty", EMPTY, 0, NULL, MU_CHAIN_WHOLE, 0, false, "" },
    { "torn in the last line", CUT, 9, NULL, MU_CHAIN_TORN, 3, false, "line 4 is not whole" },
    { "torn before the line end", CUT, 1, NULL, MU_CHAIN_TORN, 3, false, "line 4 is not whole" },
    { "a word was changed", FLIP, 30, NULL, MU_CHAIN_CORRUPT, 0, false, "line 1 is not as it was" },
    { "the last line was changed", LATER, 30, NULL, MU_CHAIN_CORRUPT, 3, false,
      "line 4 is not as" },
    { "a line is gone", DROP_LINE, 1, NULL, MU_CHAIN_CORRUPT, 1, false, "line 2 is not as it was" },
    { "garbage behind the end", APPEND, 0, "\xff\x01 garbage", MU_CHAIN_TORN, 4, true,
      "line 5 is not whole" },
    { "zeros behind the end", APPEND, 0, "{\"event\":\n", MU_CHAIN_TORN, 4, true, "line 5 is not" },
    { "no h", APPEND, 0, "{\"event\":\"note\"}\n", MU_CHAIN_TORN, 4, true, "line 5 is not whole" },
    { "a member twice", DUPLICATE, 0, "{\"event\":\"note\",\"event\":\"note\"", MU_CHAIN_TORN, 4,
      true, "line 5 is not whole" },
    { "no object", DUPLICATE, 0, "[1", MU_CHAIN_TORN, 4, true, "line 5 is not whole" },
    { "no event", DUPLICATE, 0, "{\"a\":1", MU_CHAIN_TORN, 4, true, "line 5 is not whole" },
    { "bad line before good ones", NOT_JSON, 0, "xx\n", MU_CHAIN_CORRUPT, 1, false,
      "line 2 is damaged and good lines follow it" },
    { "a line of 3 MiB before good ones", LONG, 0, NULL, MU_CHAIN_CORRUPT, 1, false,
      "line 2 is damaged" },
};

static size_t line_at(struct mu_bytes b, size_t line)
{
    size_t at = 0;
    while (line-- > 0)
        at = mu_bytes_find(b, MU_BYTES("\n"), at) + 1;
    return at;
}

static struct mu_bytes damaged(size_t i)
{
    struct mu_buf whole = whole_stream(), out = { .arena = arena };
    struct mu_bytes b = mu_buf_bytes(&whole);
    size_t second = line_at(b, 1);
    switch (row[i].damage) {
    case NOTHING:
        return b;
    case EMPTY:
        return MU_BYTES("");
    case CUT:
        return mu_bytes_slice(b, 0, b.n - row[i].at);
    case FLIP:
        whole.p[row[i].at] ^= 1;
        return b;
    case LATER:
        whole.p[line_at(b, 3) + row[i].at] ^= 1;
        return b;
    case DROP_LINE:
        mu_buf_put(&out, b.p, second);
        mu_buf_put_bytes(&out, mu_bytes_from(b, line_at(b, 2)));
        return mu_buf_bytes(&out);
    case APPEND:
        mu_buf_puts(&whole, row[i].text);
        return mu_buf_bytes(&whole);
    case DUPLICATE: {
        struct stream s = { .text = whole };
        memcpy(s.head, whole.p + whole.n - 67, 64);
        add(&s, row[i].text);
        return mu_buf_bytes(&s.text);
    }
    case NOT_JSON:
    case LONG:
        mu_buf_put(&out, b.p, second);
        for (size_t n = 0; row[i].damage == LONG && n < 3 * MU_MIB; n++)
            mu_buf_putc(&out, 'x');
        mu_buf_puts(&out, row[i].damage == LONG ? "\n" : row[i].text);
        mu_buf_put_bytes(&out, mu_bytes_from(b, second));
        return mu_buf_bytes(&out);
    }
    return b;
}

START_TEST(each_damage_is_named)
{
    struct mu_chain chain;
    struct mu_bytes text = damaged((size_t) _i);
    MU_CLEANUP(mu_fd_close) int fd = file_of(text);
    ck_assert(mu_report_check(arena, fd, &chain, &err));
    ck_assert_msg(chain.state == row[_i].state && chain.lines == row[_i].lines
                      && chain.closed == row[_i].closed,
                  "%s: state %d, %d lines, %s", row[_i].name, (int) chain.state, (int) chain.lines,
                  chain.why);
    ck_assert_msg(strncmp(chain.why, row[_i].why, strlen(row[_i].why)) == 0, "%s: %s", row[_i].name,
                  chain.why);
    ck_assert_msg(chain.octets + chain.rest == text.n, "%s: %d + %d of %zu", row[_i].name,
                  (int) chain.octets, (int) chain.rest, text.n);
}
END_TEST

/* Whatever is damaged, each format is written from what stands before, and says so. */
START_TEST(each_damage_gives_a_report)
{
    MU_CLEANUP(mu_fd_close) int fd = file_of(damaged((size_t) _i));
    struct mu_report_source source = { .run = fd };
    const struct mu_report_format *format;
    for (size_t i = 0; (format = mu_report_format_at(i)) != NULL; i++) {
        struct mu_report_prepared *p;
        struct mu_bytes out;
        MU_CLEANUP(mu_fd_close) int sink = memfd_create("out", MFD_CLOEXEC);
        ck_assert_msg(mu_report_prepare(arena, format->name, REPORTS, &p, &err), "%s", err.msg);
        bool made = mu_report_make(arena, p, &source, sink, &err);
        ck_assert_msg(made == (row[_i].lines > 0), "%s: %s", row[_i].name, err.msg);
        ck_assert(made || err.code == MU_ERR_PEER);
        ck_assert(mu_file_read_fd(arena, sink, "out", 16 * MU_MIB, &out, &err));
        bool bad = row[_i].state == MU_CHAIN_CORRUPT;
        bool says = mu_bytes_find(out, MU_BYTES("corrupt"), 0) != SIZE_MAX
                    && strcmp(format->name, "html") != 0;
        says |= mu_bytes_find(out, MU_BYTES("CORRUPT"), 0) != SIZE_MAX;
        ck_assert_msg(!made || says == bad, "%s: %s", row[_i].name, format->name);
    }
}
END_TEST

static const struct {
    const char *name, *first;
} refused[] = {
    { "no open", "{\"event\":\"note\",\"text\":\"x\"" },
    { "other schema", "{\"event\":\"open\",\"schema\":\"muster-run/2\"" },
    { "no schema", "{\"event\":\"open\"" },
};

START_TEST(a_stream_of_another_kind_is_refused)
{
    struct stream s = { .text = { .arena = arena } };
    struct mu_buf out = { .arena = arena };
    add(&s, refused[_i].first);
    MU_CLEANUP(mu_fd_close) int fd = file_of(mu_buf_bytes(&s.text));
    ck_assert_msg(!summary(fd, (struct mu_summary_style){ 0 }, &out), "%s", refused[_i].name);
    ck_assert_int_eq(err.code, MU_ERR_PEER);
}
END_TEST

/* What the plan left out is told of first, and is no case that was reached. */
START_TEST(cases_not_reached_are_counted)
{
    static const struct {
        bool closes;
        const char *says;
    } run[] = { { false, "1 planned cases not reached" }, { true, "1 pass" } };
    struct stream s = { .text = { .arena = arena } };
    struct mu_buf out = { .arena = arena };
    add(&s, OPEN);
    add(&s, "{\"event\":\"not-run\",\"case\":\"b\",\"reason\":\"filtered\"");
    add(&s, START);
    add(&s, PASS);
    if (run[_i].closes)
        add(&s, CLOSE);
    MU_CLEANUP(mu_fd_close) int fd = file_of(mu_buf_bytes(&s.text));
    ck_assert_msg(summary(fd, (struct mu_summary_style){ 0 }, &out), "%s", err.msg);
    ck_assert_msg(strstr(mu_buf_text(&out), run[_i].says) != NULL, "%s", mu_buf_text(&out));
    ck_assert(run[_i].closes == (strstr(mu_buf_text(&out), "not reached") == NULL));
}
END_TEST

/* A sheet of an organisation: what is wrong with it, before the seal or when it is applied. */
#define XSL "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>\n"
#define END "</xsl:stylesheet>"
static const struct {
    const char *name, *page;
    bool prepared, made;
    const char *says;
} sheet[] = {
    { "good",
      XSL "<xsl:template match='/'><a><xsl:comment>cases</xsl:comment></a></xsl:template>" END,
      true, true, "" },
    { "no mark", XSL "<xsl:template match='/'>x</xsl:template>" END, true, true, "" },
    { "not well-formed", XSL "<xsl:template>", false, false, "not well-formed" },
    { "doctype", "<!DOCTYPE x []>" XSL END, false, false, "DOCTYPE" },
    { "no sheet", "<a/>", false, false, "" },
    { "bad select", XSL "<xsl:template match='/'><xsl:value-of select='(('/></xsl:template>" END,
      false, false, "" },
    { "import", XSL "<xsl:import href='/etc/hostname'/>" END, false, false, "" },
    { "include", XSL "<xsl:include href='http://127.0.0.1/x.xsl'/>" END, false, false, "" },
    { "reads a file",
      XSL "<xsl:template match='/'><xsl:value-of select=\"document('/etc/hostname')\"/>"
          "</xsl:template>" END,
      true, false, "" },
    { "gives up",
      XSL "<xsl:template match='/'><xsl:message terminate='yes'>no</xsl:message>"
          "</xsl:template>" END,
      true, false, "no" },
    { "never ends",
      XSL "<xsl:template match='/' name='t'><xsl:call-template name='t'/>"
          "</xsl:template>" END,
      true, false, "" },
};

static void write_file(const char *dir, const char *name, const char *text)
{
    ck_assert(mu_file_replace(mu_file_join(arena, dir, name), mu_bytes_of(text), 0644, &err));
}

START_TEST(sheets_are_checked)
{
    char dir[] = "/tmp/muster-sheets-XXXXXX";
    struct mu_report_prepared *p;
    ck_assert(mkdtemp(dir) != NULL);
    write_file(dir, "own.page.xsl", sheet[_i].page);
    write_file(dir, "own.case.xsl", XSL END);
    write_file(dir, "report.css", "p { margin: 0 }");
    write_file(dir, "report.js", "'use strict';");
    bool prepared = mu_report_prepare(arena, "own", dir, &p, &err);
    static const char *const name[] = { "own.page.xsl", "own.case.xsl", "report.css", "report.js" };
    for (size_t i = 0; i < MU_COUNT(name); i++)
        unlink(mu_file_join(arena, dir, name[i]));
    rmdir(dir);
    ck_assert_msg(prepared == sheet[_i].prepared, "%s: %s", sheet[_i].name, err.msg);
    if (prepared) {
        struct mu_buf text = whole_stream();
        MU_CLEANUP(mu_fd_close) int fd = file_of(mu_buf_bytes(&text));
        MU_CLEANUP(mu_fd_close) int sink = memfd_create("out", MFD_CLOEXEC);
        struct mu_report_source source = { .run = fd };
        ck_assert_msg(mu_report_make(arena, p, &source, sink, &err) == sheet[_i].made, "%s: %s",
                      sheet[_i].name, err.msg);
    }
    ck_assert_msg(strstr(err.msg, sheet[_i].says) != NULL, "%s: %s", sheet[_i].name, err.msg);
}
END_TEST

START_TEST(an_unknown_format_is_a_usage_error)
{
    struct mu_report_prepared *p;
    ck_assert(!mu_report_prepare(arena, "htlm", REPORTS, &p, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
    ck_assert_str_eq(err.msg, "unknown format 'htlm', did you mean 'html'?");
    ck_assert(!mu_report_prepare(arena, "../evil", REPORTS, &p, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
    ck_assert_ptr_eq(mu_report_format_find("nothing"), NULL);
}
END_TEST

/* A synthetic run: one case in fifty fails. */
static int long_run(unsigned cases)
{
    struct stream s = { .text = { .arena = arena } };
    add(&s, OPEN);
    add(&s, "{\"event\":\"case\",\"id\":\"relay-keeps-label\",\"title\":\"A relayed message keeps "
            "its label\",\"role\":\"relay\",\"level\":\"must\",\"class\":\"valid\"");
    for (unsigned i = 0; i < cases; i++) {
        const char *name = mu_arena_printf(arena, "relay-keeps-label[label=l%u]", i);
        const char *fail = i % 50 == 7 ? "fail" : "pass";
        add(&s, mu_arena_printf(arena,
                                "{\"event\":\"start\",\"case\":\"%s\",\"attempt\":1,"
                                "\"at_ms\":%u,\"folder\":\"cases/%04u\"",
                                name, i, i));
        if (i % 50 == 7)
            add(&s,
                mu_arena_printf(arena,
                                "{\"event\":\"finding\",\"case\":\"%s\",\"attempt\":1,"
                                "\"leg\":\"out\",\"rule\":\"SIO-09\",\"level\":\"must\","
                                "\"expected\":\"base64\","
                                "\"seen\":\"a space after %u octets\",\"offset\":%u,\"count\":1",
                                name, i, i));
        add(&s,
            mu_arena_printf(
                arena,
                "{\"event\":\"verdict\",\"case\":\"%s\",\"attempt\":1,"
                "\"verdict\":\"%s\",\"reason\":\"%s\",\"rung\":\"marking\",\"expectation\":"
                "\"as-expected\",\"ms\":14,\"legs\":[{\"leg\":\"out\",\"held\":[\"SIO-01\",\"SIO-"
                "03\","
                "\"SIO-10\"],\"broken\":[]}],\"evidence\":{\"folder\":"
                "\"cases/%04u\",\"files\":[{\"name\":\"transcript-1.txt\",\"sha256\":\"%064u\","
                "\"octets\":812},{\"name\":\"sent-1.eml\",\"sha256\":\"%064u\",\"octets\":1812}]}",
                name, fail, *fail == 'f' ? "rule:SIO-09" : "", i, i, i));
    }
    return file_of(mu_buf_bytes(&s.text));
}

static unsigned lines_of(const struct mu_buf *text)
{
    unsigned n = 0;
    for (size_t i = 0; i < text->n; i++)
        n += text->p[i] == '\n';
    return n;
}

START_TEST(a_summary_fits_a_terminal)
{
    static const unsigned cases[] = { 1, 60, 500, ROUNDS(20000) };
    MU_CLEANUP(mu_fd_close) int fd = long_run(cases[_i]);
    for (int colour = 0; colour < 2; colour++) {
        struct mu_buf full = { .arena = arena }, brief = { .arena = arena };
        struct mu_summary_style style = { .colour = colour == 1 };
        ck_assert(summary(fd, style, &full));
        ck_assert_msg(lines_of(&full) <= 25, "%s", mu_buf_text(&full));
        ck_assert((strchr(mu_buf_text(&full), '\033') != NULL) == style.colour);
        style.brief = true;
        ck_assert(summary(fd, style, &brief));
        ck_assert_uint_eq(lines_of(&brief), 5);
        if (cases[_i] == 500) /* ten failures: each is named */
            for (unsigned i = 7; i < 500; i += 50)
                ck_assert(strstr(mu_buf_text(&full),
                                 mu_arena_printf(arena, "relay-keeps-label[label=l%u]", i))
                          != NULL);
    }
}
END_TEST

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* Budgets: report.html at most 3 MB for 5,000 instances and 15 MB for 25,000. Times are printed for
 * MU_BENCH and never tested. */
START_TEST(long_runs_stay_small)
{
    static const unsigned cases[] = { ROUNDS(5000), ROUNDS(25000) };
    static const size_t budget[] = { 3000000, 15000000 };
    const struct mu_report_format *format;
    MU_CLEANUP(mu_fd_close) int fd = long_run(cases[_i]);
    struct mu_report_source source = { .run = fd };
    teardown();
    setup();
    for (size_t i = 0; (format = mu_report_format_at(i)) != NULL; i++) {
        struct mu_report_prepared *p;
        struct rusage usage;
        MU_CLEANUP(mu_fd_close) int sink = memfd_create("out", MFD_CLOEXEC);
        ck_assert(mu_report_prepare(arena, format->name, REPORTS, &p, &err));
        double start = now();
        ck_assert_msg(mu_report_make(arena, p, &source, sink, &err), "%s", err.msg);
        double took = now() - start;
        off_t size = lseek(sink, 0, SEEK_END);
        getrusage(RUSAGE_SELF, &usage);
        if (getenv("MU_BENCH") != NULL)
            fprintf(stderr, "%u cases, %s: %.0f ms, %lld bytes, peak %ld KiB\n", cases[_i],
                    format->name, took * 1e3, (long long) size, usage.ru_maxrss);
        ck_assert_msg(strcmp(format->name, "html") != 0 || (size_t) size <= budget[_i],
                      "%u cases: %lld bytes", cases[_i], (long long) size);
        teardown();
        setup();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run stream");
    TCase *tc = tcase_create("run stream");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_damage_is_named, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, each_damage_gives_a_report, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, cases_not_reached_are_counted, 0, 2);
    tcase_add_loop_test(tc, a_stream_of_another_kind_is_refused, 0, MU_COUNT(refused));
    tcase_add_loop_test(tc, sheets_are_checked, 0, MU_COUNT(sheet));
    tcase_add_test(tc, an_unknown_format_is_a_usage_error);
    tcase_add_loop_test(tc, a_summary_fits_a_terminal, 0, 4);
    tcase_add_loop_test(tc, long_runs_stay_small, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

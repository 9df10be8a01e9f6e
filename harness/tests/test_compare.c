/*
 * Two runs side by side: golden streams against themselves with words changed, what each change is put
 * down to, and the bytes of all three forms (MU_UPDATE=1 rewrites them).
 */
#include <fcntl.h>
#include <stdio.h>

#include "base/utf8.h"
#include "compare_support.h"
#include "report/compare.h"
#include "report/formats.h"
#include "stream_support.h"

#define GOLDEN  MU_SOURCE_DIR "/reports/golden"
#define REPORTS MU_SOURCE_DIR "/reports"

static struct mu_result *load(struct mu_bytes text)
{
    struct mu_result *result;
    MU_CLEANUP(mu_fd_close) int fd = file_of(text);
    struct mu_report_source source = { .run = fd };
    ck_assert_msg(mu_report_load(arena, &source, &result, &err), "%s", err.msg);
    return result;
}

static const struct edit none[EDITS_MAX] = { { NULL, NULL, NULL } };

static struct mu_diff *diff_of(const char *old, const struct edit *before, const char *new,
                               const struct edit *after)
{
    return mu_compare(arena, load(varied(arena, old, before)), load(varied(arena, new, after)));
}

/* --- causes ------------------------------------------------------------------------------------------------ */

#define CASE "receiver-accepts-labelled"
#define FAILS                                                                                      \
    {                                                                                              \
        "\"event\":\"verdict\",\"case\":\"" CASE "\"", "\"verdict\":\"pass\",\"reason\":\"\"",     \
            "\"verdict\":\"fail\",\"reason\":\"timeout:accept\""                                   \
    }

/* What else was changed when CASE fails, and the causes that are named for it, in their order. */
static const struct {
    const char *name;
    struct edit edit[EDITS_MAX];
    const char *causes;
} row[] = {
    { "nothing", { FAILS }, "unstable" },
    { "test time alone", { FAILS, { "\"open\"", "T10:15:00Z", "T11:15:00Z" } }, "unstable" },
    { "version", { FAILS, { "\"open\"", "3.7.11", "3.8.0" } }, "sut" },
    { "claims", { FAILS, { "\"open\"", "starttls client", "dsn client" } }, "sut" },
    { "SUT file", { FAILS, { "\"open\"", "sha256:9e5e", "sha256:0000" } }, "sut" },
    { "build behind an adapter",
      { FAILS,
        { "\"ready\"", "\"Acme Guard\",\"version\":\"4\"", "\"Acme Guard\",\"version\":\"5\"" } },
      "sut" },
    { "adapter",
      { FAILS, { "\"ready\"", "\"version\":\"2.1\"", "\"version\":\"2.2\"" } },
      "environment" },
    { "suite", { FAILS, { "\"open\"", "sha256:f8eb", "sha256:0000" } }, "suite" },
    { "rules", { FAILS, { "\"open\"", "sha256:6c62", "sha256:0000" } }, "suite" },
    { "profile", { FAILS, { "\"open\"", "sha256:1900", "sha256:0000" } }, "suite" },
    { "policies", { FAILS, { "\"open\"", "sha256:5b3a", "sha256:0000" } }, "suite" },
    { "revision of the case",
      { FAILS,
        { "\"id\":\"" CASE "\"", "\"revision\":\"1\"", "\"revision\":\"2\"" },
        { "\"open\"", "3.7.11", "3.8.0" } },
      "suite sut" },
    { "revision of another case",
      { FAILS, { "\"id\":\"relay-keeps-label\"", "\"revision\":\"1\"", "\"revision\":\"2\"" } },
      "unstable" },
    { "harness",
      { FAILS, { "\"open\"", "\"muster\":\"0.1.0\"", "\"muster\":\"0.2.0\"" } },
      "environment" },
    { "library", { FAILS, { "\"open\"", "3.0.17", "3.0.18" } }, "environment" },
    { "isolation",
      { FAILS, { "\"open\"", "\"isolation\":\"full\"", "\"isolation\":\"none\"" } },
      "environment" },
    { "seed", { FAILS, { "\"open\"", "\"seed\":7", "\"seed\":8" } }, "environment" },
    { "all of it",
      { FAILS,
        { "\"open\"", "3.7.11", "3.8.0" },
        { "\"open\"", "sha256:f8eb", "sha256:0000" },
        { "\"open\"", "\"seed\":7", "\"seed\":8" } },
      "sut suite environment" },
    { "expectations, which are no cause of a verdict",
      { FAILS, { "\"open\"", "sha256:8082", "sha256:0000" } },
      "unstable" },
};

static const char *causes_of(const struct mu_change *change)
{
    struct mu_buf text = { .arena = arena };
    for (const struct mu_cause *c = change->cause; c != NULL; c = c->next)
        mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", mu_cause_word(c->kind));
    return mu_buf_text(&text);
}

START_TEST(a_change_is_put_down_to_what_differs)
{
    const struct mu_diff *diff = diff_of("first", none, "first", row[_i].edit);
    ck_assert_uint_eq(diff->failures, 1);
    ck_assert_uint_eq(diff->transitions, 1);
    ck_assert_uint_eq(diff->changed, 1);
    ck_assert_uint_eq(diff->same, 7);
    ck_assert_str_eq(diff->transition[0].first->name, CASE);
    ck_assert_msg(strcmp(causes_of(diff->transition[0].first), row[_i].causes) == 0,
                  "%s: '%s', not '%s'", row[_i].name, causes_of(diff->transition[0].first),
                  row[_i].causes);
}
END_TEST

/* Named by a rule that reads otherwise: more to the point than the digest of all rules. */
START_TEST(a_rule_that_was_changed_is_named)
{
    static const struct edit edit[EDITS_MAX] = {
        { "\"id\":\"SIO-09\"", "without white space", "without any white space" },
        { "\"event\":\"verdict\",\"case\":\"" CASE "\"", "\"verdict\":\"pass\",\"reason\":\"\"",
          "\"verdict\":\"fail\",\"reason\":\"rule:SIO-09\"" },
        { "\"open\"", "sha256:6c62", "sha256:0000" },
    };
    const struct mu_diff *diff = diff_of("first", none, "first", edit);
    const struct mu_cause *cause = diff->transition[0].first->cause;
    ck_assert_str_eq(cause->what, "rule SIO-09 was changed");
    ck_assert(cause->next == NULL);
    ck_assert_uint_eq(diff->gap.rules, 1);
}
END_TEST

START_TEST(a_run_is_the_same_as_itself)
{
    const struct mu_diff *diff = diff_of("tries", none, "tries", none);
    ck_assert(diff->identical);
    ck_assert_uint_eq(diff->same, 6);
    ck_assert_uint_eq(diff->changed + diff->added + diff->removed + diff->failures, 0);
    ck_assert(diff->gap.difference == NULL);
    ck_assert_str_eq(mu_diff_answer(diff), "nothing got worse");
}
END_TEST

/* --- where changes lead ---------------------------------------------------------------------------------- */

static const struct {
    const char *verdict; /* of CASE in the old and in the new run */
    const char *then;
    enum mu_way way;
    unsigned failures;
} way[] = {
    { "pass", "fail", MU_WAY_WORSE, 1 },         { "pass", "error", MU_WAY_WORSE, 1 },
    { "pass", "inconclusive", MU_WAY_WORSE, 1 }, { "pass", "remarks", MU_WAY_WORSE, 1 },
    { "fail", "pass", MU_WAY_BETTER, 0 },        { "fail", "error", MU_WAY_ASIDE, 0 },
    { "fail", "inconclusive", MU_WAY_ASIDE, 0 }, { "error", "fail", MU_WAY_WORSE, 1 },
    { "inconclusive", "fail", MU_WAY_WORSE, 1 }, { "remarks", "pass", MU_WAY_BETTER, 0 },
};

static void set_verdict(struct edit *edit, const char *verdict)
{
    edit[0] = (struct edit){ "\"event\":\"verdict\",\"case\":\"" CASE "\"",
                             "\"verdict\":\"pass\",\"reason\":\"\"", "" };
    edit[0].to = mu_arena_printf(arena, "\"verdict\":\"%s\",\"reason\":\"%s\"", verdict,
                                 strcmp(verdict, "pass") == 0 ? "" : "timeout:accept");
}

START_TEST(ways)
{
    struct edit before[EDITS_MAX] = { { NULL, NULL, NULL } };
    struct edit after[EDITS_MAX] = { { NULL, NULL, NULL } };
    set_verdict(before, way[_i].verdict);
    set_verdict(after, way[_i].then);
    const struct mu_diff *diff = diff_of("first", before, "first", after);
    ck_assert_uint_eq(diff->transitions, 1);
    ck_assert_uint_eq(diff->transition[0].way, way[_i].way);
    ck_assert_uint_eq(diff->failures, way[_i].failures);
}
END_TEST

/* An entry of the expectation file or a quarantine keeps the status; what is new and fails does not. */
START_TEST(what_turns_the_status)
{
    static const struct {
        struct edit before[EDITS_MAX], after[EDITS_MAX];
        unsigned failures;
    } status[] = {
        { { { NULL, NULL, NULL } },
          { FAILS, { "\"verdict\",\"case\":\"" CASE "\"", "\"as-expected\"", "\"quarantined\"" } },
          0 },
        { { { NULL, NULL, NULL } },
          { FAILS,
            { "\"verdict\",\"case\":\"" CASE "\"", "\"as-expected\"",
              "\"as-expected\",\"entry\":1" } },
          0 },
        { { { "\"case\":\"" CASE "\"", "", NULL } }, { FAILS }, 1 },
        { { { "\"case\":\"" CASE "\"", "", NULL } }, { { NULL, NULL, NULL } }, 0 },
        { { { NULL, NULL, NULL } }, { { "\"case\":\"" CASE "\"", "", NULL } }, 0 },
    };
    for (size_t i = 0; i < MU_COUNT(status); i++) {
        const struct mu_diff *diff = diff_of("first", status[i].before, "first", status[i].after);
        ck_assert_msg(diff->failures == status[i].failures, "%zu: %u", i, diff->failures);
    }
}
END_TEST

/* The worst stands first whatever the names are. */
START_TEST(transitions_are_ordered_by_how_bad_they_are)
{
    static const struct edit edit[EDITS_MAX] = {
        { "\"verdict\",\"case\":\"relay-keeps-label[label=secret]\"", "\"verdict\":\"fail\"",
          "\"verdict\":\"pass\"" },
        { "\"verdict\",\"case\":\"relay-keeps-label[label=restricted]\"", "\"verdict\":\"pass\"",
          "\"verdict\":\"error\"" },
        { "\"verdict\",\"case\":\"relay-notes-creation\"", "\"verdict\":\"remarks\"",
          "\"verdict\":\"inconclusive\"" },
        FAILS,
    };
    static const char *const order[] = { "pass fail", "pass error", "remarks inconclusive",
                                         "fail pass" };
    const struct mu_diff *diff = diff_of("first", none, "first", edit);
    ck_assert_uint_eq(diff->transitions, MU_COUNT(order));
    for (size_t i = 0; i < MU_COUNT(order); i++)
        ck_assert_str_eq(order[i],
                         mu_arena_printf(arena, "%s %s", mu_verdict_name(diff->transition[i].from),
                                         mu_verdict_name(diff->transition[i].to)));
}
END_TEST

/* --- speed -------------------------------------------------------------------------------------------------- */

/* A run of `n` cases; `ms` of case i is a + b (i mod 5), and for every tenth c more. */
static struct mu_bytes timed(unsigned n, unsigned a, unsigned c)
{
    struct mu_buf out = { .arena = arena };
    char head[MU_DIGEST_TEXT] = "";
    for (unsigned i = 0; i <= n; i++) {
        const char *line =
            i == 0 ? "{\"event\":\"open\",\"schema\":\"muster-run/1\",\"run\":\"r\""
                   : mu_arena_printf(arena,
                                     "{\"event\":\"verdict\",\"case\":\"c[%u]\",\"attempt\":1,"
                                     "\"verdict\":\"pass\",\"reason\":\"\",\"ms\":%u",
                                     i, a + i % 5 + (i % 10 == 0 ? c : 0));
        const struct mu_bytes piece[] = { mu_bytes_of(head), MU_BYTES("\n"), mu_bytes_of(line) };
        unsigned char digest[MU_DIGEST_BYTES];
        mu_digest_pieces(piece, MU_COUNT(piece), digest);
        mu_hex_write(digest, sizeof digest, head);
        mu_buf_printf(&out, "%s,\"h\":\"%s\"}\n", line, head);
    }
    return mu_buf_bytes(&out);
}

static const struct {
    unsigned n, before, after, tenth;
    bool significant;
} speed[] = {
    { 40, 20, 20, 0, false },   { 40, 20, 30, 0, true }, { 40, 30, 20, 0, true },
    { 40, 100, 105, 0, false }, /* certain, and it does not matter */
    { 40, 20, 20, 500, false }, /* a few outliers                  */
    { 10, 20, 40, 0, false },   /* too few to tell                 */
    { 11, 20, 40, 0, true },    { 40, 1, 2, 0, false },  { 40, 2, 4, 0, true },
};

START_TEST(speed_is_told_when_it_is_significant)
{
    const struct mu_diff *diff =
        mu_compare(arena, load(timed(speed[_i].n, speed[_i].before, 0)),
                   load(timed(speed[_i].n, speed[_i].after, speed[_i].tenth)));
    ck_assert(diff->pace != NULL && diff->pace->next == NULL);
    ck_assert_uint_eq(diff->pace->n, speed[_i].n);
    ck_assert_msg(diff->pace->significant == speed[_i].significant, "row %d", _i);
}
END_TEST

/* --- the three forms ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name; /* reports/golden/<name>.txt, .json, .html */
    const char *old, *new;
    struct edit edit[EDITS_MAX];
} golden[] = {
    { "diff-version",
      "first",
      "first",
      { FAILS,
        { "\"open\"", "3.7.11", "3.8.0" },
        { "\"open\"", "3T10:15", "4T10:15" },
        { "\"open\"", "ACME SECRET REL AAA, BBB\",\"classification\":\"SECRET\",\"rank\":3",
          "ACME TOP SECRET\",\"classification\":\"TOP SECRET\",\"rank\":4" },
        { "\"case\":\"receiver-wants-certificate\"", "", NULL },
        { "\"counts\"", "\"pass\":3", "\"pass\":1" } } },
    { "diff-other", "first", "tries", { { NULL, NULL, NULL } } },
    { "diff-hostile",
      "hostile",
      "hostile",
      { { "\"verdict\",\"case\":\"receiver-accepts-labelled[label=b]\"",
          "\"verdict\":\"remarks\",\"reason\":\"",
          "\"verdict\":\"fail\",\"reason\":\"<script>alert(1)</script>\\u202e\\n" },
        { "\"open\"", "\\u001b[31m1.0", "\\u001b[32m<b>2.0" },
        { "\"case\":\"receiver-accepts-labelled[label=a]\"", "label=a",
          "label=<img src=x onerror=alert(1)>\\u001b[2J\\nok" } } },
    { "diff-interrupted", "first", "interrupted", { { NULL, NULL, NULL } } },
};

static struct mu_bytes form_of(size_t i, const char *form)
{
    const struct mu_diff *diff = diff_of(golden[i].old, none, golden[i].new, golden[i].edit);
    struct mu_buf text = { .arena = arena };
    struct mu_sheets *sheets;
    struct mu_bytes page;
    if (strcmp(form, "txt") == 0)
        mu_compare_text(&text, diff, (struct mu_compare_style){ .colour = false });
    else if (strcmp(form, "json") == 0)
        mu_compare_json(&text, diff);
    if (strcmp(form, "html") != 0)
        return mu_buf_bytes(&text);
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("page", MFD_CLOEXEC);
    ck_assert_msg(mu_page_sheet_load(arena, REPORTS, "diff", &sheets, &err), "%s", err.msg);
    ck_assert_msg(mu_compare_page(sheets, diff, sink, &err), "%s", err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "page", 64 * MU_MIB, &page, &err));
    return page;
}

static const char *const form[] = { "txt", "json", "html" };

START_TEST(the_forms_are_those_stored)
{
    for (size_t i = 0; i < MU_COUNT(form); i++) {
        const char *path = mu_arena_printf(arena, GOLDEN "/%s.%s", golden[_i].name, form[i]);
        check_stored(path, form_of((size_t) _i, form[i]));
    }
}
END_TEST

static bool has(struct mu_bytes b, const char *what)
{
    return mu_bytes_find(b, mu_bytes_of(what), 0) != SIZE_MAX;
}

static size_t count(struct mu_bytes b, const char *what)
{
    size_t n = 0;
    for (size_t at = 0; (at = mu_bytes_find(b, mu_bytes_of(what), at)) != SIZE_MAX; at++)
        n++;
    return n;
}

/* Nothing that a system under test wrote is anything but text, in any form. */
START_TEST(hostile_text_is_harmless)
{
    static const char *const never[] = { "<img",    "<script", "onerror=alert(1)\"",
                                         " style=", "http://", "<link",
                                         "<iframe", "<base",   "]]>" };
    for (size_t f = 0; f < MU_COUNT(form); f++) {
        struct mu_bytes b = form_of((size_t) _i, form[f]);
        for (size_t i = 0; i < b.n;) {
            uint32_t code;
            size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
            bool bad = n == 0 || (code < 0x20 && code != '\n' && code != '\t')
                       || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f)
                       || (code >= 0x2028 && code <= 0x202e) || code == 0xfffe;
            ck_assert_msg(!bad, "%s: U+%04X at %zu", form[f], (unsigned) code, i);
            i += n;
        }
    }
    struct mu_bytes page = form_of((size_t) _i, "html");
    for (size_t i = 0; i < MU_COUNT(never); i++)
        ck_assert_msg(!has(page, never[i]), "%s: holds %s", golden[_i].name, never[i]);
    ck_assert(has(page, "content=\"default-src 'none'; style-src 'sha256-"));
    ck_assert_uint_eq(count(page, "<style"), 1);
    ck_assert_uint_eq(count(page, "EXERCISE - synthetic content only"), 2);
}
END_TEST

/* A line of the terminal begins with words of ours, and there are not more than 40. */
START_TEST(lines_are_ours_and_few)
{
    static const char *const begin[] = { "old ",   "new ",   "note ",     "differs ", "cases ",
                                         "names ", "speed ", "expected ", "answer ",  "  " };
    struct mu_bytes text = form_of((size_t) _i, "txt");
    ck_assert_uint_le(count(text, "\n"), 40);
    for (size_t at = 0; at < text.n;) {
        struct mu_bytes line = mu_bytes_from(text, at);
        bool ours = false;
        for (size_t i = 0; i < MU_COUNT(begin); i++)
            ours = ours || mu_bytes_start_nocase(line, mu_bytes_of(begin[i]));
        ck_assert_msg(ours, "%.*s", 60, line.p);
        at = mu_bytes_find(text, MU_BYTES("\n"), at) + 1;
    }
}
END_TEST

/* The banner is the higher one of both runs, whichever that is. */
START_TEST(the_higher_marking_counts)
{
    for (int turned = 0; turned < 2; turned++) {
        struct mu_result *run[2] = { load(varied(arena, "first", none)),
                                     load(varied(arena, "first", golden[0].edit)) };
        const struct mu_diff *diff = mu_compare(arena, run[turned], run[1 - turned]);
        ck_assert_str_eq(diff->mark->marking, "ACME TOP SECRET");
        ck_assert_str_eq(diff->mark->next->marking, "BOREAL LIMITED");
        ck_assert(diff->mark->next->next == NULL);
    }
    ck_assert_uint_eq(count(form_of(0, "html"), "ACME TOP SECRET"), 2);
}
END_TEST

START_TEST(other_profiles_are_said)
{
    static const struct edit edit[EDITS_MAX] = {
        { "\"open\"", "\"id\":\"mail-sio-4774\",\"version\"", "\"id\":\"mail-ess\",\"version\"" },
        { "\"case\":\"" CASE "\"", CASE, CASE "-too" },
        FAILS,
    };
    const struct mu_diff *diff = diff_of("first", none, "first", edit);
    ck_assert(diff->strangers);
    ck_assert_uint_eq(diff->common, 7);
    ck_assert_uint_eq(diff->failures, 0);
    ck_assert_msg(strstr(mu_diff_warning(diff, 0), "only the 7 cases of the same name") != NULL,
                  "%s", mu_diff_warning(diff, 0));
}
END_TEST

START_TEST(json_follows_its_schema)
{
    char said[400] = "";
    FILE *pipe =
        popen("python3 -c 'import jsonschema' 2>/dev/null || exit 77; cd " REPORTS
              " && python3 -W ignore -c 'import glob, json, jsonschema as j\n"
              "s = json.load(open(\"diff.schema.json\"))\n"
              "j.Draft202012Validator.check_schema(s)\n"
              "for n in glob.glob(\"golden/diff-*.json\"): j.validate(json.load(open(n)), s)\n"
              "print(\"valid\")' 2>&1 | tail -5",
              "r");
    ck_assert(pipe != NULL);
    size_t n = fread(said, 1, sizeof said - 1, pipe);
    said[n] = '\0';
    pclose(pipe);
    ck_assert_msg(strcmp(said, "valid\n") == 0 || *said == '\0', "%s", said);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compare");
    TCase *tc = tcase_create("compare");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, a_change_is_put_down_to_what_differs, 0, MU_COUNT(row));
    tcase_add_test(tc, a_rule_that_was_changed_is_named);
    tcase_add_test(tc, a_run_is_the_same_as_itself);
    tcase_add_loop_test(tc, ways, 0, MU_COUNT(way));
    tcase_add_test(tc, what_turns_the_status);
    tcase_add_test(tc, transitions_are_ordered_by_how_bad_they_are);
    tcase_add_loop_test(tc, speed_is_told_when_it_is_significant, 0, MU_COUNT(speed));
    tcase_add_loop_test(tc, the_forms_are_those_stored, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, hostile_text_is_harmless, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, lines_are_ours_and_few, 0, MU_COUNT(golden));
    tcase_add_test(tc, the_higher_marking_counts);
    tcase_add_test(tc, other_profiles_are_said);
    tcase_add_test(tc, json_follows_its_schema);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

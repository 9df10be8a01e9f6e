/*
 * Many runs: golden streams with words changed, in an order that is not theirs; since when a case is bad,
 * and the bytes of all three forms (MU_UPDATE=1 rewrites them).
 */
#include <fcntl.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>

#include "base/utf8.h"
#include "compare_support.h"
#include "report/formats.h"
#include "report/since.h"
#include "stream_support.h"

#define GOLDEN  MU_SOURCE_DIR "/reports/golden"
#define REPORTS MU_SOURCE_DIR "/reports"

#define CASE  "receiver-accepts-labelled"
#define OTHER "relay-keeps-label[label=restricted]"
#define SOUND "\"verdict\":\"pass\",\"reason\":\"\""

/* What happens to two cases in a run: P nothing, F fail, E error, N not run, '.' not in the run. */
struct plan {
    const char *version;
    char first, second;
};

/* A run that started on the given day. */
static struct mu_bytes run_of(const struct plan *plan, unsigned day)
{
    static const struct {
        char letter;
        const char *to;
    } end[] = {
        { 'F', "\"verdict\":\"fail\",\"reason\":\"timeout:accept\"" },
        { 'E', "\"verdict\":\"error\",\"reason\":\"job:exit-3\"" },
        { 'I', "\"verdict\":\"inconclusive\",\"reason\":\"control-failed\"" },
    };
    const char *const name[] = { CASE, OTHER };
    const char letter[] = { plan->first, plan->second };
    struct edit edit[EDITS_MAX] = {
        { "\"open\"", "3.7.11", plan->version },
        { "\"open\"", "2026-11-23T10", mu_arena_printf(arena, "2026-11-%02uT10", day) },
        { "\"open\"", "20261123T101500Z-7f3a", mu_arena_printf(arena, "run-%u", day) },
    };
    size_t n = 3;
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        if (letter[i] == '.')
            edit[n++] =
                (struct edit){ mu_arena_printf(arena, "\"case\":\"%s\"", name[i]), "", NULL };
        for (size_t k = 0; k < MU_COUNT(end); k++)
            if (letter[i] == end[k].letter)
                edit[n++] =
                    (struct edit){ mu_arena_printf(arena, "\"verdict\",\"case\":\"%s\"", name[i]),
                                   SOUND, end[k].to };
    }
    return varied(arena, "first", edit);
}

static struct mu_history_stream stream[16];

static struct mu_history *history_of(const struct plan *plan, size_t n, const char *follow)
{
    struct mu_history *h = mu_history_new(arena, follow);
    for (size_t i = 0; i < n; i++) { /* the last comes first */
        stream[n - 1 - i].path = mu_arena_printf(arena, "runs/%zu", i + 1);
        stream[n - 1 - i].fd = file_of(run_of(&plan[i], 1 + (unsigned) i));
    }
    mu_history_read(h, stream, n);
    for (size_t i = 0; i < n; i++)
        mu_fd_close(&stream[i].fd);
    return h;
}

/* --- since when ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *runs; /* a letter each; the version of run i is 1.i */
    unsigned first_bad, last_good, flips, good, judged;
    bool bad;
} row[] = {
    { "PPPP", 0, 4, 0, 4, 4, false }, { "PPFF", 3, 2, 1, 2, 4, true },
    { "FFFF", 1, 0, 0, 0, 4, true },  { "PFPF", 4, 3, 3, 2, 4, true },
    { "FFPP", 0, 4, 1, 2, 4, false }, { "PF.F", 2, 1, 1, 1, 3, true },
    { "P.FE", 3, 1, 1, 1, 3, true },  { "PEIF", 2, 1, 1, 1, 4, true },
    { "PFP.", 0, 3, 2, 2, 3, false }, { "...F", 4, 0, 0, 0, 1, true },
};

START_TEST(since_when)
{
    struct plan plan[4];
    for (size_t i = 0; i < 4; i++)
        plan[i] = (struct plan){ mu_arena_printf(arena, "1.%zu", i + 1), row[_i].runs[i], 'P' };
    const struct mu_history *h = history_of(plan, 4, NULL);
    const struct mu_history_case *of = mu_history_find(h, "mail-sio-4774", "relay-a", CASE);
    ck_assert(h->series->next == NULL);
    ck_assert_uint_eq(h->series->runs, 4);
    ck_assert_str_eq(of->letter, row[_i].runs);
    ck_assert_uint_eq(of->bad, row[_i].bad);
    ck_assert_uint_eq(of->flips, row[_i].flips);
    ck_assert_uint_eq(of->good, row[_i].good);
    ck_assert_uint_eq(of->judged, row[_i].judged);
    if (of->bad)
        ck_assert_uint_eq(of->first_bad->index, row[_i].first_bad);
    ck_assert_uint_eq(of->last_good != NULL ? of->last_good->index : 0, row[_i].last_good);
    ck_assert((of->cause != NULL) == (of->bad && of->last_good != NULL));
    if (of->cause != NULL) {
        ck_assert_uint_eq(of->cause->kind, MU_CAUSE_SUT);
        ck_assert_str_eq(of->cause->what, "version");
    }
}
END_TEST

/* Of the run between nothing is known: what differs is found between the good and the bad one. */
START_TEST(what_differs_is_found_between_the_good_and_the_bad_run)
{
    static const struct plan plan[] = { { "1.0", 'P', 'P' },
                                        { "2.0", '.', 'P' },
                                        { "2.0", 'F', 'F' } };
    const struct mu_history *h = history_of(plan, MU_COUNT(plan), NULL);
    const struct mu_history_case *of = mu_history_find(h, "mail-sio-4774", "relay-a", CASE);
    const struct mu_history_case *other = mu_history_find(h, "mail-sio-4774", "relay-a", OTHER);
    ck_assert_str_eq(of->cause->what, "version");
    ck_assert_uint_eq(other->cause->kind, MU_CAUSE_UNSTABLE);
}
END_TEST

START_TEST(a_run_counts_once_and_what_is_none_is_said)
{
    static const struct plan plan = { "1.0", 'P', 'P' };
    struct mu_bytes one = run_of(&plan, 1);
    struct mu_history *h = mu_history_new(arena, NULL);
    struct mu_history_stream s[] = { { "a", file_of(one) },
                                     { "b", file_of(one) },
                                     { "c", file_of(MU_BYTES("junk\n")) },
                                     { "d", file_of(MU_BYTES("")) } };
    mu_history_read(h, s, MU_COUNT(s));
    ck_assert_uint_eq(h->runs, 1);
    unsigned skipped = 0;
    for (const struct mu_history_skipped *k = h->skipped; k != NULL; k = k->next)
        skipped++;
    ck_assert_uint_eq(skipped, 3);
    for (size_t i = 0; i < MU_COUNT(s); i++)
        mu_fd_close(&s[i].fd);
}
END_TEST

/* --- the three forms ---------------------------------------------------------------------------------------- */

static const struct plan golden_plan[] = {
    { "3.7.9", 'P', 'P' }, { "3.7.10", 'P', 'E' }, { "3.7.11", 'P', 'P' },
    { "3.8.0", 'F', 'P' }, { "3.8.1", 'F', 'F' },  { "3.8.1", 'F', 'P' },
};

/* A series of six, one of a hostile system, and one that broke off. */
static struct mu_history *golden_history(const char *follow)
{
    static const struct edit none[EDITS_MAX] = { { NULL, NULL, NULL } };
    const size_t n = MU_COUNT(golden_plan);
    struct mu_history *h = mu_history_new(arena, follow);
    for (size_t i = 0; i < n; i++) {
        stream[i].path = mu_arena_printf(arena, "runs/%zu", i + 1);
        stream[i].fd = file_of(run_of(&golden_plan[i], 1 + (unsigned) i));
    }
    stream[n] =
        (struct mu_history_stream){ "runs/\033[2J<b>", file_of(varied(arena, "hostile", none)) };
    stream[n + 1] =
        (struct mu_history_stream){ "runs/tries", file_of(varied(arena, "tries", none)) };
    stream[n + 2] = (struct mu_history_stream){ "runs/junk\033[2J", file_of(MU_BYTES("junk\n")) };
    mu_history_read(h, stream, n + 3);
    for (size_t i = 0; i < n + 3; i++)
        mu_fd_close(&stream[i].fd);
    return h;
}

static struct mu_bytes form_of(const char *form, const char *follow)
{
    const struct mu_history *h = golden_history(follow);
    struct mu_buf text = { .arena = arena };
    struct mu_sheets *sheets;
    struct mu_bytes page;
    if (strcmp(form, "txt") == 0)
        mu_history_text(&text, h, (struct mu_compare_style){ .colour = false });
    else if (strcmp(form, "json") == 0)
        mu_history_json(&text, h);
    if (strcmp(form, "html") != 0)
        return mu_buf_bytes(&text);
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("page", MFD_CLOEXEC);
    ck_assert_msg(mu_page_sheet_load(arena, REPORTS, "history", &sheets, &err), "%s", err.msg);
    ck_assert_msg(mu_history_page(sheets, h, sink, &err), "%s", err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "page", 64 * MU_MIB, &page, &err));
    return page;
}

static const char *const form[] = { "txt", "json", "html" };
static const struct {
    const char *name, *follow;
} golden[] = { { "history", NULL }, { "history-case", CASE } };

START_TEST(the_forms_are_those_stored)
{
    for (size_t i = 0; i < MU_COUNT(golden); i++) {
        const char *path = mu_arena_printf(arena, GOLDEN "/%s.%s", golden[i].name, form[_i]);
        check_stored(path, form_of(form[_i], golden[i].follow));
    }
}
END_TEST

START_TEST(hostile_text_is_harmless)
{
    static const char *const never[] = { "<img",  "<script", " style=", "http://",
                                         "<link", "<iframe", "<base",   "]]>" };
    for (size_t f = 0; f < MU_COUNT(form); f++) {
        struct mu_bytes b = form_of(form[f], NULL);
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
    struct mu_bytes page = form_of("html", NULL);
    for (size_t i = 0; i < MU_COUNT(never); i++)
        ck_assert_msg(mu_bytes_find(page, mu_bytes_of(never[i]), 0) == SIZE_MAX, "%s", never[i]);
    ck_assert(mu_bytes_find(page, MU_BYTES("content=\"default-src 'none'; style-src 'sha256-"), 0)
              != SIZE_MAX);
}
END_TEST

START_TEST(json_follows_its_schema)
{
    char said[400] = "";
    FILE *pipe =
        popen("python3 -c 'import jsonschema' 2>/dev/null || exit 77; cd " REPORTS
              " && python3 -W ignore -c 'import glob, json, jsonschema as j\n"
              "s = json.load(open(\"history.schema.json\"))\n"
              "j.Draft202012Validator.check_schema(s)\n"
              "for n in glob.glob(\"golden/history*.json\"): j.validate(json.load(open(n)), s)\n"
              "print(\"valid\")' 2>&1 | tail -5",
              "r");
    ck_assert(pipe != NULL);
    size_t n = fread(said, 1, sizeof said - 1, pipe);
    said[n] = '\0';
    pclose(pipe);
    ck_assert_msg(strcmp(said, "valid\n") == 0 || *said == '\0', "%s", said);
}
END_TEST

/* --- a run against runs before it -------------------------------------------------------------------------- */

static struct mu_result *since_of(const struct plan *plan, size_t n, unsigned day, bool *found)
{
    static const struct edit none[EDITS_MAX] = { { NULL, NULL, NULL } };
    struct mu_result *result;
    MU_CLEANUP(mu_fd_close) int fd = file_of(run_of(&plan[n - 1], day));
    struct mu_report_source source = { .run = fd };
    ck_assert(mu_report_load(arena, &source, &result, &err));
    for (size_t i = 0; i < n; i++) { /* with the run itself */
        stream[i].path = mu_arena_printf(arena, "runs/%zu", i + 1);
        stream[i].fd = file_of(run_of(&plan[i], i + 1 == n ? day : 1 + (unsigned) i));
    }
    stream[n] = (struct mu_history_stream){ "runs/other", file_of(varied(arena, "tries", none)) };
    *found = mu_since_find(result, stream, n + 1, &err);
    for (size_t i = 0; i <= n; i++)
        mu_fd_close(&stream[i].fd);
    return result;
}

START_TEST(what_is_new_and_what_is_fixed)
{
    static const struct plan plan[] = {
        { "1", 'P', 'E' }, { "2", 'P', 'E' }, { "3", '.', 'I' }, { "4", 'F', 'P' }
    };
    bool found;
    const struct mu_result *m = since_of(plan, MU_COUNT(plan), 4, &found);
    const struct mu_since *since = m->since;
    ck_assert_msg(found, "%s", err.msg);
    ck_assert_str_eq(since->run, "run-3");
    ck_assert_uint_eq(since->runs, 3);
    ck_assert_uint_eq(since->fresh, 1);
    ck_assert_str_eq(since->new_one->instance->name, CASE);
    ck_assert_uint_eq(since->new_one->before, MU_PASS);
    ck_assert_str_eq(since->new_one->run, "run-2");
    ck_assert_uint_eq(since->fixed, 1);
    ck_assert_str_eq(since->fixed_one->instance->name, OTHER);
    ck_assert_uint_eq(since->fixed_one->before, MU_ERROR);
    ck_assert_str_eq(since->fixed_one->run, "run-1");
    for (const struct mu_issue *i = m->issue; i != NULL; i = i->next)
        ck_assert_str_eq(mu_since_first(m, i),
                         strcmp(i->reason, "timeout:accept") == 0 ? "run-4" : "run-1");
}
END_TEST

START_TEST(a_baseline_goes_before_the_run)
{
    static const struct plan plan[] = { { "1", 'P', 'P' }, { "2", 'P', 'P' } };
    bool found;
    const struct mu_result *m = since_of(plan + 1, 1, 2, &found);
    ck_assert(!found && err.code == MU_ERR_USAGE && m->since == NULL);
    ck_assert_msg(strstr(err.msg, "goes before this one") != NULL, "%s", err.msg);
}
END_TEST

static struct mu_bytes report_of(struct mu_result *m, const char *format)
{
    struct mu_report_source source = { .run = -1 };
    struct mu_report_prepared *prepared;
    struct mu_bytes out;
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("report", MFD_CLOEXEC);
    ck_assert(mu_report_prepare(arena, format, REPORTS, &prepared, &err));
    ck_assert_msg(mu_report_give(arena, prepared, &source, m, sink, &err), "%s", err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "report", 64 * MU_MIB, &out, &err));
    return out;
}

START_TEST(reports_say_what_is_new_and_fixed)
{
    static const struct plan plan[] = { { "3.8.0", 'P', 'E' }, { "3.8.1", 'F', 'P' } };
    static const struct {
        const char *format, *says;
    } said[] = {
        { "text", "since    1 new since run-1 (3.8.0): " CASE "; 1 fixed: " OTHER "\n" },
        { "html", "<strong>1</strong> new since run <code class=\"v\">run-1</code> (3.8.0): <a " },
        { "html", "run <code class=\"v\">run-2</code>, this one; in this run " },
        { "html", "run <code class=\"v\">run-1</code>; in this run " },
        { "json", "\"baseline\":{\"run\":\"run-1\"" },
        { "json", "\"fixed\":[{\"case\":\"" OTHER "\",\"verdict\":\"pass\",\"before\":\"error\"" },
        { "json", "\"first_seen\":\"run-2\"" },
        { "model", "<since run=\"run-1\"" },
    };
    bool found;
    struct mu_result *m = since_of(plan, MU_COUNT(plan), 2, &found);
    ck_assert(found);
    for (size_t i = 0; i < MU_COUNT(said); i++)
        ck_assert_msg(mu_bytes_find(report_of(m, said[i].format), mu_bytes_of(said[i].says), 0)
                          != SIZE_MAX,
                      "%s does not say %s", said[i].format, said[i].says);
    struct mu_bytes model = report_of(m, "model");
    xmlDoc *doc = xmlReadMemory(model.p, (int) model.n, "model.xml", NULL, XML_PARSE_NONET);
    xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(REPORTS "/model.xsd");
    xmlSchema *schema = xmlSchemaParse(parser);
    xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(schema);
    ck_assert_int_eq(xmlSchemaValidateDoc(valid, doc), 0);
    xmlSchemaFreeValidCtxt(valid);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    xmlFreeDoc(doc);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("history");
    TCase *tc = tcase_create("history");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, since_when, 0, MU_COUNT(row));
    tcase_add_test(tc, what_differs_is_found_between_the_good_and_the_bad_run);
    tcase_add_test(tc, a_run_counts_once_and_what_is_none_is_said);
    tcase_add_loop_test(tc, the_forms_are_those_stored, 0, MU_COUNT(form));
    tcase_add_test(tc, hostile_text_is_harmless);
    tcase_add_test(tc, json_follows_its_schema);
    tcase_add_test(tc, what_is_new_and_what_is_fixed);
    tcase_add_test(tc, a_baseline_goes_before_the_run);
    tcase_add_test(tc, reports_say_what_is_new_and_fixed);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * Reports from golden run streams: bytes compared with what is stored beside them (MU_UPDATE=1
 * rewrites), and each format held against an independent reader.
 */
#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "report/report.h"

#define GOLDEN  MU_SOURCE_DIR "/reports/golden"
#define REPORTS MU_SOURCE_DIR "/reports"

static struct mu_arena *arena;
static struct mu_err err;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static int evidence(void *self, const char *folder, const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", (const char *) self, folder, file);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* What `format` makes of the stream in `fd`. */
static struct mu_bytes make(const char *format, int fd, const char *dir)
{
    char self[512];
    struct mu_report_source source = { .run = fd, .evidence = evidence, .self = self };
    struct mu_report_prepared *prepared;
    struct mu_bytes out;
    snprintf(self, sizeof self, "%s", dir);
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("report", MFD_CLOEXEC);
    ck_assert_msg(mu_report_prepare(arena, format, REPORTS, &prepared, &err), "%s: %s", format,
                  err.msg);
    ck_assert_msg(mu_report_make(arena, prepared, &source, sink, &err), "%s: %s", format, err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "report", 256 * MU_MIB, &out, &err));
    return out;
}

static const char *const golden[] = { "first", "interrupted", "hostile", "tries", "altered" };

static struct mu_bytes make_golden(const char *format, const char *name)
{
    const char *dir = mu_file_join(arena, GOLDEN, name);
    MU_CLEANUP(mu_fd_close)
    int fd = open(mu_file_join(arena, dir, "run.jsonl"), O_RDONLY | O_CLOEXEC);
    ck_assert_msg(fd >= 0, "%s/run.jsonl", dir);
    return make(format, fd, dir);
}

START_TEST(golden_streams_give_the_stored_bytes)
{
    const struct mu_report_format *format;
    for (size_t i = 0; (format = mu_report_format_at(i)) != NULL; i++) {
        struct mu_bytes want, got = make_golden(format->name, golden[_i]);
        const char *path =
            mu_file_join(arena, mu_file_join(arena, GOLDEN, golden[_i]), format->file);
        if (getenv("MU_UPDATE") != NULL)
            ck_assert_msg(mu_file_replace(path, got, 0644, &err), "%s", err.msg);
        ck_assert_msg(mu_file_read(arena, path, 64 * MU_MIB, &want, &err), "%s", err.msg);
        ck_assert_msg(mu_bytes_equal(got, want),
                      "%s is not what is stored; MU_UPDATE=1 rewrites it", path);
        ck_assert_msg(mu_bytes_equal(got, make_golden(format->name, golden[_i])),
                      "%s: a second run gives other bytes", path);
    }
}
END_TEST

/* No report holds a control, invisible or direction-changing character, whatever the SUT said. */
START_TEST(no_hostile_character_survives)
{
    const struct mu_report_format *format = mu_report_format_at((size_t) _i);
    struct mu_bytes b = make_golden(format->name, "hostile");
    for (size_t i = 0; i < b.n;) {
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
        bool line_end = code == '\n' || (code == '\r' && i + 1 < b.n && b.p[i + 1] == '\n');
        bool bad = n == 0 || (code < 0x20 && !line_end && code != '\t')
                   || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f)
                   || (code >= 0x2028 && code <= 0x202e) || code == 0xfffe;
        ck_assert_msg(!bad, "%s: U+%04X at %zu", format->name, (unsigned) code, i);
        i += n;
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

/* Nothing but our own style and script, each once and as the policy allows it by digest. */
START_TEST(the_page_is_inert)
{
    static const char *const never[] = {
        "<img", "javascript:", " style=", "http://", "https://", "<link",  " src=\"",
        "]]>",  "<!--cases",   "<iframe", "<form",   "<object",  "<embed", "<base",
    };
    struct mu_bytes page = make_golden("html", golden[_i]);
    struct mu_bytes statement = make_golden("statement", golden[_i]);
    for (size_t i = 0; i < MU_COUNT(never); i++)
        ck_assert_msg(!has(page, never[i]) && !has(statement, never[i]), "%s: holds %s", golden[_i],
                      never[i]);
    ck_assert(has(statement, "content=\"default-src 'none'; style-src 'sha256-"));
    ck_assert_uint_eq(count(statement, "<script"), 0);
    ck_assert(has(page, "content=\"default-src 'none'; style-src 'sha256-"));
    ck_assert_uint_eq(count(page, "<script"), 1);
    ck_assert_uint_eq(count(page, "</script"), 1);
    ck_assert_uint_eq(count(page, "<style"), 1);
    ck_assert_uint_eq(count(page, "EXERCISE - synthetic content only"), 2);
}
END_TEST

START_TEST(style_and_script_are_those_that_the_policy_allows)
{
    static const char *const element[] = { "style", "script" };
    struct mu_bytes page = make_golden("html", golden[_i]);
    for (size_t i = 0; i < MU_COUNT(element); i++) {
        unsigned char digest[MU_DIGEST_BYTES];
        const char *begin = mu_arena_printf(arena, "<%s>", element[i]);
        size_t from = mu_bytes_find(page, mu_bytes_of(begin), 0) + strlen(begin);
        size_t to =
            mu_bytes_find(page, mu_bytes_of(mu_arena_printf(arena, "</%s>", element[i])), from);
        ck_assert(to != SIZE_MAX);
        mu_digest(mu_bytes_slice(page, from, to - from), digest);
        struct mu_bytes text = mu_base64_write(arena, (struct mu_bytes){ (char *) digest, 32 });
        ck_assert(has(page, mu_arena_printf(arena, "; %s-src 'sha256-%s'", element[i], text.p)));
    }
}
END_TEST

/* The marking of the run, in the colours of its policies, above and below; a policy without colours, too. */
START_TEST(the_page_is_marked)
{
    struct mu_bytes page = make_golden("html", "first");
    ck_assert_uint_eq(count(page,
                            "<td bgcolor=\"#c8102e\"><font color=\"#ffffff\">ACME SECRET REL AAA, "
                            "BBB</font>"),
                      2 + 2); /* the labels of the case that failed show it, too */
    ck_assert_uint_eq(count(page, "<td>BOREAL LIMITED</td>"), 2);
    page = make_golden("html", "tries"); /* a stream of before: no marking */
    ck_assert_uint_eq(count(page, "class=\"mark\""), 0);
}
END_TEST

/* What a test director looks for. */
START_TEST(the_page_says_it)
{
    static const char *const said[] = {
        "6 run of 6 applicable of 8 in the catalogue",
        "<caption>Sender by receiver <a class=\"csv\"",
        "<caption>Role by kind of case <a class=\"csv\"",
        "<caption>Document by role <a class=\"csv\"",
        "importance high",
        "Smallest reproducer",
        "muster shrink RUN-FOLDER 'relay-keeps-label[label=secret]'",
        "header.duplicate",
        "<code class=\"v\">secret</code>", /* the axis in the value of the mutation */
        "Octets at the place",
        "<mark>20</mark>",
        "The labels as XML",
        "<span class=\"end\">Muster receives</span>",
        "a store shows it to nobody",
        "not in force in this profile: SIO-25",
        "what was sent is kept, test_run",
        "works, though not claimed",
        "Probe 2.1",
        "slowest",
        "How to verify it",
    };
    struct mu_bytes page = make_golden("html", "first");
    for (size_t i = 0; i < MU_COUNT(said); i++)
        ck_assert_msg(has(page, said[i]), "the page does not say %s", said[i]);
}
END_TEST

/* What a run of today says more: labels as they were meant and understood, where they went, who broke. */
START_TEST(labels_and_adapters_are_told)
{
    static const char *const said[] = {
        "<th scope=\"col\">Intended<span class=\"leg\"> leg n</span></th>",
        "On the wire, changed on purpose<span class=\"leg\"> leg n, smtp</span>",
        "As understood<span class=\"leg\"> by the policy engine</span>",
        "<td class=\"meant other\"><span class=\"v\">UNCLASSIFIED</span></td>",
        "<strong>2</strong> lowered</a>",
        "<dt>Known</dt><dd><strong>GW-117</strong>, gateway team, until 2027-03-01",
        "<code class=\"v\">sha256:5d1c0e62</code>",
        "<strong>looker</strong> broken: <span class=\"v\">adapter:crash, signal 11</span>",
        "Clock of adapter looker less ours: -37 ms",
        "Cases without a clause",
        "optional cases alone",
        " attributed to relay",
        "data:text/csv;charset=utf-8,%22sender%22%2C%22receiver%22%2C%22worst%22%2C%22passed%22",
        "2 attempts came through one",
    };
    struct mu_bytes page = make_golden("html", "altered");
    for (size_t i = 0; i < MU_COUNT(said); i++)
        ck_assert_msg(has(page, said[i]), "the page does not say %s", said[i]);
}
END_TEST

/* What an accreditor signs says what it is about, what it is not about, and under which conditions. */
START_TEST(the_statement_says_it)
{
    static const struct {
        const char *of, *said;
    } row[] = {
        { "altered", "Conformance is not shown: 1 clause is violated in what was tested." },
        { "altered",
          "<strong>Muster Twin 0.1.0</strong>, build <code class=\"v\">sha256:5d1c0e62" },
        { "altered", "as <strong>relay</strong>, and about the 2 of 2 cases" },
        { "altered", "No other configurations, versions, builds, roles or options were tested" },
        { "altered", "Known to its owner: GW-117, gateway team, until 2027-03-01" },
        { "altered", "Labels, as relay: 2 lowered." },
        { "altered", "label.enforce</code> (no case asks for it)" },
        { "first", "(not as sender)" },
        { "first", "Requirements without a test" },
        { "interrupted", "Nothing is stated: the run did not end in good order." },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_msg(has(make_golden("statement", row[i].of), row[i].said),
                      "the statement of '%s' does not say %s", row[i].of, row[i].said);
}
END_TEST

/* Each link leads to something on the page, and no two things have one name. */
START_TEST(links_lead_somewhere)
{
    struct mu_bytes page = make_golden("html", golden[_i]);
    for (size_t at = 0; (at = mu_bytes_find(page, MU_BYTES("href=\"#"), at)) != SIZE_MAX; at++) {
        struct mu_bytes name = mu_bytes_from(page, at + sizeof "href=\"#" - 1);
        name = mu_bytes_slice(name, 0, mu_bytes_find(name, MU_BYTES("\""), 0));
        const char *id = mu_arena_printf(arena, " id=\"%.*s\"", (int) name.n, name.p);
        ck_assert_msg(count(page, id) == 1, "%s: %zu of%s", golden[_i], count(page, id), id);
    }
}
END_TEST

/* libxml2's HTML parser knows HTML 4; that it does not know <section> says nothing. */
START_TEST(the_page_parses_again)
{
    struct mu_bytes page = make_golden("html", golden[_i]);
    int worst = 0;
    htmlParserCtxt *context = htmlNewParserCtxt();
    htmlDocPtr doc = htmlCtxtReadMemory(context, page.p, (int) page.n, NULL, "UTF-8",
                                        HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    ck_assert(doc != NULL);
    const xmlError *last = xmlCtxtGetLastError(context);
    if (last != NULL && last->code != XML_HTML_UNKNOWN_TAG)
        worst = last->code;
    ck_assert_msg(worst == 0, "%s: %s line %d", golden[_i], last->message, last->line);
    xmlFreeDoc(doc);
    htmlFreeParserCtxt(context);
}
END_TEST

static void quiet(void *self, const char *fmt, ...) MU_PRINTF(2, 3);

static void quiet(void *self, const char *fmt, ...)
{
    char *text = self;
    va_list list;
    va_start(list, fmt);
    if (*text == '\0')
        vsnprintf(text, 300, fmt, list);
    va_end(list);
}

static void validate(const char *name, const char *schema, struct mu_bytes text)
{
    char said[300] = "";
    xmlDoc *doc = xmlReadMemory(text.p, (int) text.n, name, NULL, XML_PARSE_NONET);
    ck_assert_msg(doc != NULL, "%s is not well-formed", name);
    xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(schema);
    xmlSchema *compiled = xmlSchemaParse(parser);
    ck_assert_msg(compiled != NULL, "%s", schema);
    xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(compiled);
    xmlSchemaSetValidErrors(valid, quiet, quiet, said);
    ck_assert_msg(xmlSchemaValidateDoc(valid, doc) == 0, "%s: %s", name, said);
    xmlSchemaFreeValidCtxt(valid);
    xmlSchemaFree(compiled);
    xmlSchemaFreeParserCtxt(parser);
    xmlFreeDoc(doc);
}

START_TEST(xml_reports_are_valid)
{
    validate("junit.xml", REPORTS "/junit.xsd", make_golden("junit", golden[_i]));
    validate("model.xml", REPORTS "/model.xsd", make_golden("model", golden[_i]));
}
END_TEST

/* The output of a program that may be absent; NULL then. */
static const char *ask(const char *command)
{
    struct mu_buf out = { .arena = arena };
    char piece[4096];
    FILE *pipe = popen(command, "r");
    ck_assert(pipe != NULL);
    for (size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;)
        mu_buf_put(&out, piece, n);
    int status = pclose(pipe);
    return WIFEXITED(status) && WEXITSTATUS(status) == 77 ? NULL : mu_buf_text(&out);
}

START_TEST(prove_reads_the_tap)
{
    const char *said = ask("command -v prove >/dev/null || exit 77; prove -v -e cat " GOLDEN
                           "/first/results.tap " GOLDEN "/hostile/results.tap " GOLDEN
                           "/interrupted/results.tap 2>&1");
    if (said == NULL) {
        fputs("skipped: prove is not installed\n", stderr);
        return;
    }
    ck_assert_msg(strstr(said, "Parse errors") == NULL, "%s", said);
    ck_assert_msg(strstr(said, "Files=3, Tests=14") != NULL, "%s", said);
}
END_TEST

/* What people say of a verdict stands in every format, and the verdict of the run beside it. */
START_TEST(opinions_stand_beside_the_verdict)
{
    static const struct {
        const char *format, *has;
    } row[] = {
        { "text", "opinions 1 overridden, 1 disputed: relay-keeps-order fail (overridden: pass)" },
        { "text", "4 fail; 1 verdict is overridden, 1 disputed" },
        { "tap", "# overridden, pass instead of fail, by Test director at 2026" },
        { "tap", ": the line was dropped by the link (withdrawn since)\n" },
        { "tap", "not ok 5 - relay-keeps-order" },
        { "junit", "<property name=\"overridden\" value=\"1\"/>" },
        { "junit", "overridden, pass instead of fail, by Test director" },
        { "json", "\"kind\":\"override\",\"verdict\":\"pass\",\"by\":\"Test director\"" },
        { "json", "\"overridden\":1,\"disputed\":1," },
        { "html", "<h2 id=\"h-opinions\">Disputes and overrides</h2>" },
        { "html", "disputed or overridden</span></a>" },
        { "html", "overridden: pass</b>" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        ck_assert_msg(has(make_golden(row[i].format, "tries"), row[i].has), "%s: no '%s'",
                      row[i].format, row[i].has);
    ck_assert(!has(make_golden("html", "first"), "h-opinions"));
}
END_TEST

/* A line of TAP begins with words of ours: nothing that the SUT says can look like a result. */
START_TEST(tap_lines_are_ours)
{
    struct mu_bytes tap = make_golden("tap", "hostile");
    ck_assert_uint_eq(count(tap, "\nok "), 1);
    ck_assert_uint_eq(count(tap, "\nnot ok "), 1);
    for (size_t at = 0; at < tap.n;) {
        size_t end = mu_bytes_find(tap, MU_BYTES("\n"), at);
        struct mu_bytes line = mu_bytes_slice(tap, at, end - at);
        ck_assert(
            mu_bytes_start_nocase(line, MU_BYTES("ok ")) || line.p[0] == ' '
            || mu_bytes_start_nocase(line, MU_BYTES("not ok "))
            || mu_bytes_start_nocase(line, MU_BYTES("# overridden, remarks instead of fail, by "))
            || mu_bytes_equal(line, MU_BYTES("TAP version 13"))
            || mu_bytes_equal(line, MU_BYTES("1..2")));
        at = end + 1;
    }
}
END_TEST

START_TEST(json_follows_its_schema)
{
    const char *said =
        ask("python3 -c 'import jsonschema' 2>/dev/null || exit 77; cd " REPORTS
            " && python3 -W ignore -c 'import json, jsonschema as j\n"
            "s = json.load(open(\"results.schema.json\"))\n"
            "j.Draft202012Validator.check_schema(s)\n"
            "for n in (\"first\", \"hostile\", \"interrupted\"):\n"
            "    j.validate(json.load(open(\"golden/\" + n + \"/results.json\")), s)\n"
            "s = json.load(open(\"suite-health.schema.json\"))\n"
            "j.Draft202012Validator.check_schema(s)\n"
            "j.validate(json.load(open(\"suite-health.json\")), s)\n"
            "print(\"valid\")' 2>&1");
    if (said == NULL) {
        fputs("skipped: python3-jsonschema is not installed\n", stderr);
        return;
    }
    ck_assert_msg(strcmp(said, "valid\n") == 0, "%s", said);
}
END_TEST

/* What the page counts is what results.json counts. */
START_TEST(page_and_json_agree)
{
    struct mu_bytes page = make_golden("html", golden[_i]), text = make_golden("json", golden[_i]);
    json_error_t error;
    json_t *value, *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    const char *verdict;
    ck_assert_msg(root != NULL, "%s: %s", golden[_i], error.text);
    json_object_foreach(json_object_get(root, "counts"), verdict, value)
    {
        json_int_t n = json_integer_value(value);
        const char *key = mu_arena_printf(arena, "</b> %lld %s</span>", (long long) n, verdict);
        ck_assert_msg(has(page, key) == (n > 0), "%s: %s", golden[_i], key);
    }
    ck_assert_uint_eq(count(page, "</td><th scope=\"row\"><a href=\"#c"),
                      json_array_size(json_object_get(root, "results")));
    json_decref(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tc = tcase_create("report");
    size_t formats = 0;
    while (mu_report_format_at(formats) != NULL)
        formats++;
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, golden_streams_give_the_stored_bytes, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, no_hostile_character_survives, 0, (int) formats);
    tcase_add_loop_test(tc, the_page_is_inert, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, style_and_script_are_those_that_the_policy_allows, 0, MU_COUNT(golden));
    tcase_add_test(tc, the_page_is_marked);
    tcase_add_test(tc, the_page_says_it);
    tcase_add_test(tc, labels_and_adapters_are_told);
    tcase_add_test(tc, the_statement_says_it);
    tcase_add_loop_test(tc, links_lead_somewhere, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, the_page_parses_again, 0, MU_COUNT(golden));
    tcase_add_loop_test(tc, xml_reports_are_valid, 0, MU_COUNT(golden));
    tcase_add_test(tc, prove_reads_the_tap);
    tcase_add_test(tc, tap_lines_are_ours);
    tcase_add_test(tc, opinions_stand_beside_the_verdict);
    tcase_add_test(tc, json_follows_its_schema);
    tcase_add_loop_test(tc, page_and_json_agree, 0, MU_COUNT(golden));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

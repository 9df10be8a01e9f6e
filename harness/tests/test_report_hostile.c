/*
 * A system under test that writes nothing but attacks, in every field: each text of a run stream and of its
 * evidence gets all of them at its end. No report may be anything but a report of them.
 */
#include <fcntl.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <unistd.h>

#include "base/utf8.h"
#include "report/report.h"
#include "tests/report_plant.h"

#define REPORTS MU_SOURCE_DIR "/reports"
#define MARKER  "PWNED"

#ifdef MU_SANITIZE
#define VARIANTS 1 /* the second reads the same, and takes as long again */
#else
#define VARIANTS 2
#endif

/* No '[': it ends the id of a case in the name of its instances. The browser test looks for MARKER. */
#define ATTACKS                                                                                    \
    "``` `` ` " MARKER "](http://" MARKER ".invalid) <b>" MARKER "</b> @" MARKER " www." MARKER    \
    ".invalid ` ``` "                                                                              \
    "<script>window." MARKER "=1</script><img src=x onerror=\"window." MARKER "=2\">"              \
    "</script></style></title><svg onload=window." MARKER "=3>\"' onclick=" MARKER " style=x:y "   \
    "-->]]><!--cases--><!--cases:rows-->&lt;script&gt; javascript:" MARKER " \x1b]0;" MARKER       \
    "\x07\x1b(0 \xe2\x80\xae" MARKER "\xe2\x80\x8b\xef\xbb\xbf\xc2\x9b"                            \
    "31m"                                                                                          \
    " \xef\xbf\xbe \r\nnot ok 1 " MARKER "\n=HYPERLINK(\"https://" MARKER ".invalid\") %s%n"       \
    "\n::error title=" MARKER "::" MARKER "\n::set-output name=x::" MARKER "\n##(" MARKER          \
    ") https://" MARKER ".invalid a@" MARKER ".invalid **" MARKER "** | " MARKER " |\n\n# " MARKER \
    "\n\n```\n" MARKER "\n```\n<b>" MARKER "</b>\n;=1+1;@SUM(1)\t-1,\"\",%0A::warning::" MARKER

/* --- planting --------------------------------------------------------------------------------------- */

/* What the harness itself chose from a closed list, or proves. */
static bool is_ours(const char *event, const char *key)
{
    static const char *const ours[] = { "event",  "schema",      "h",        "verdict",
                                        "rung",   "sha256",      "folder",   "name",
                                        "colour", "text_colour", "isolation" };
    if (strcmp(event, "steps") == 0)
        return false;
    for (size_t i = 0; i < MU_COUNT(ours); i++)
        if (strcmp(ours[i], key) == 0)
            return true;
    return false;
}

static bool formulas; /* begin every text with one: spreadsheets look at the first character */

/* The same for the same text, so that what names a case still does; what names nothing may have brackets, too. */
static const char *before(const char *key, const char *text, size_t n)
{
    static const char *const way[] = { "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1" };
    static const char *const free_text[] = { "title", "text", "why", "expected", "seen", "hint" };
    size_t sum = 0;
    bool is_free = false;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned char) text[i];
    for (size_t i = 0; i < MU_COUNT(free_text); i++)
        is_free = is_free || strcmp(free_text[i], key) == 0;
    return mu_arena_printf(
        arena, "%s%s", formulas ? way[sum % MU_COUNT(way)] : "",
        is_free ? "` [" MARKER "](http://" MARKER ".invalid) ![" MARKER "](//x) ##[group]x" : "");
}

/* A hint almost as long as a line of the stream may be. */
static void lengthen(json_t *event)
{
    char *line = mu_arena_alloc(arena, PLANT_LINE + 1);
    memset(line, 'A', 3 * PLANT_LINE / 4);
    memcpy(line, "`" MARKER, sizeof "`" MARKER - 1);
    static bool done; /* one is enough, and takes its time */
    if (!done && json_object_get(event, "hint") != NULL)
        done = json_object_set_new(event, "hint", json_string(line)) == 0;
}

static void setup(void)
{
    plant_text = MU_BYTES(ATTACKS "\0behind NUL");
    plant_line = MU_BYTES(ATTACKS);
    plant_xml = MU_BYTES("<script>window." MARKER "=4</script>\" onload=\"" MARKER
                         "]]>--> \xe2\x80\xae \xc2\x9b"
                         "31m #ff0000\" bgcolor=\"");
    plant_spares = is_ours;
    plant_before = before;
    plant_event = lengthen;
    arena = mu_arena_new(1024 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static struct mu_result *load(int run, struct mu_report_source *source)
{
    struct mu_result *result;
    *source = (struct mu_report_source){ .run = run, .evidence = plant_evidence };
    ck_assert(mu_file_write_all(run, hostile_stream(), &err));
    ck_assert_msg(mu_report_load(arena, source, &result, &err), "%s", err.msg);
    return result;
}

static struct mu_bytes give(const char *format, const struct mu_report_source *source,
                            const struct mu_result *result)
{
    struct mu_report_prepared *prepared;
    struct mu_bytes out;
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("report", MFD_CLOEXEC);
    ck_assert_msg(mu_report_prepare(arena, format, REPORTS, &prepared, &err), "%s", err.msg);
    ck_assert_msg(mu_report_give(arena, prepared, source, result, sink, &err), "%s: %s", format,
                  err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "report", 256 * MU_MIB, &out, &err));
    return out;
}

static struct mu_bytes make(const char *format)
{
    struct mu_report_source source;
    MU_CLEANUP(mu_fd_close) int run = memfd_create("run", MFD_CLOEXEC);
    const struct mu_result *result = load(run, &source);
    return give(format, &source, result);
}

/* --- what must be true --------------------------------------------------------------------------------- */

static void check_plain(const char *format, struct mu_bytes b)
{
    ck_assert_msg(mu_bytes_find(b, MU_BYTES(MARKER), 0) != SIZE_MAX, "%s hides what was said",
                  format);
    ck_assert_msg(mu_bytes_find(b, MU_BYTES("corrupt"), 0) == SIZE_MAX, "the stream was not read");
    for (size_t i = 0; i < b.n;) {
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
        bool line_end = code == '\n' || (code == '\r' && i + 1 < b.n && b.p[i + 1] == '\n');
        bool bad = n == 0 || (code < 0x20 && !line_end && code != '\t')
                   || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f)
                   || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
                   || code == 0xfeff || code == 0xfffe;
        ck_assert_msg(!bad, "%s: U+%04X at %zu", format, (unsigned) code, i);
        i += n;
    }
    ck_assert_msg(b.n < 4 * MU_MIB, "%s: the long lines went in whole", format);
}

/* Of every format there is: whole UTF-8, nothing that a terminal obeys or an eye does not see. What
 * writers make stays beside the test for readers that are not ours (check_formats.py), plain and once more
 * with formulas. */
START_TEST(every_format_is_plain_text)
{
    const struct mu_report_format *format;
    struct mu_report_source source;
    const char *dir = mu_arena_printf(arena, "%s/%d", MU_HOSTILE_DIR, _i);
    formulas = _i == 1;
    MU_CLEANUP(mu_fd_close) int run = memfd_create("run", MFD_CLOEXEC);
    const struct mu_result *result = load(run, &source);
    ck_assert(mu_file_make_dir(MU_HOSTILE_DIR, 0755, &err) && mu_file_make_dir(dir, 0755, &err));
    for (size_t i = 0; (format = mu_report_format_at(i)) != NULL; i++) {
        struct mu_bytes b = give(format->name, &source, result);
        check_plain(format->name, b);
        if (strcmp(format->kind, "writer") == 0)
            ck_assert(mu_file_replace(mu_file_join(arena, dir, format->file), b, 0644, &err));
    }
    ck_assert_uint_gt(plants, 200);
}
END_TEST

static bool is_known(const xmlChar *name)
{
    static const char *const known[] = {
        "html",  "head",    "meta",    "title",  "style",      "script",   "body", "a",
        "abbr",  "article", "b",       "br",     "caption",    "code",     "dd",   "details",
        "div",   "dl",      "dt",      "em",     "figcaption", "figure",   "font", "h1",
        "h2",    "h3",      "h4",      "header", "i",          "kbd",      "li",   "main",
        "mark",  "nav",     "ol",      "p",      "pre",        "progress", "rect", "section",
        "span",  "strong",  "summary", "svg",    "table",      "tbody",    "td",   "th",
        "thead", "tr",      "ul",
    };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (xmlStrEqual(name, BAD_CAST known[i]))
            return true;
    return false;
}

/* The matrix for a spreadsheet: names of the system stand in it, every octet of them that could mean
 * something to a URL, a browser or a spreadsheet written as %XX. */
static bool is_csv(const xmlAttr *a, const char *value)
{
    static const char begin[] = "data:text/csv;charset=utf-8,%22";
    static const char plain[] =
        "%-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t n = sizeof begin - 1;
    return xmlStrEqual(a->name, BAD_CAST "href") && xmlHasProp(a->parent, BAD_CAST "download")
           && strncmp(value, begin, n) == 0 && strspn(value + n, plain) == strlen(value + n)
           && strstr(value, "%22%3D") == NULL;
}

static bool attribute_is_harmless(const xmlAttr *a, const char *value)
{
    if (is_csv(a, value))
        return true;
    bool link = xmlStrEqual(a->name, BAD_CAST "href");
    bool colour =
        xmlStrEqual(a->name, BAD_CAST "bgcolor") || xmlStrEqual(a->name, BAD_CAST "color");
    return xmlStrncmp(a->name, BAD_CAST "on", 2) != 0 && !xmlStrEqual(a->name, BAD_CAST "style")
           && !xmlStrEqual(a->name, BAD_CAST "src") && strstr(value, MARKER) == NULL
           && (!link || value[0] == '#') && (!colour || (value[0] == '#' && strlen(value) == 7));
}

/* The first thing in the tree that is not; NULL: there is none. */
static const char *harm(const xmlNode *node)
{
    const char *found = NULL;
    for (; node != NULL && found == NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (!is_known(node->name))
            return mu_arena_printf(arena, "<%s>", (const char *) node->name);
        for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
            xmlChar *value = xmlNodeListGetString(node->doc, a->children, 1);
            const char *text = value == NULL ? "" : (const char *) value;
            if (!attribute_is_harmless(a, text))
                found = mu_arena_printf(arena, "<%s %s=\"%.60s\">", (const char *) node->name,
                                        (const char *) a->name, text);
            xmlFree(value);
        }
        found = found != NULL ? found : harm(node->children);
    }
    return found;
}

static const char *harm_of(struct mu_bytes page)
{
    htmlDocPtr doc = htmlReadMemory(page.p, (int) page.n, NULL, "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    ck_assert(doc != NULL);
    const char *found = harm(xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    return found;
}

/* Another reader's tree of the page has our elements alone, and no attribute that holds what was planted.
 * The page stays beside the test for the browser. */
START_TEST(the_page_is_ours)
{
    struct mu_bytes page = make("html");
    const char *found = harm_of(page);
    ck_assert_msg(found == NULL, "%s", found);
    found = harm_of(make("statement"));
    ck_assert_msg(found == NULL, "statement: %s", found);
    ck_assert(mu_file_replace(MU_HOSTILE_PAGE, page, 0644, &err));
}
END_TEST

START_TEST(the_check_finds_harm)
{
    static const char *const bad[] = {
        "<p title='PWNED'>x</p>",
        "<img>",
        "<p onclick='x'>x</p>",
        "<a href='http://x'>x</a>",
        "<a download='m.csv' href='data:text/csv;charset=utf-8,%22%3D1'>x</a>",
        "<a download='m.csv' href='data:text/html,x'>x</a>",
        "<p style='x'>x</p>",
        "<table><tr><td bgcolor='red;'>x</td></tr></table>",
    };
    for (size_t i = 0; i < MU_COUNT(bad); i++)
        ck_assert_msg(harm_of(mu_bytes_of(bad[i])) != NULL, "%s", bad[i]);
    ck_assert(harm_of(MU_BYTES("<p title='x'>x</p>")) == NULL);
}
END_TEST

/* A line of TAP and of the summary begins with words of ours. */
START_TEST(lines_are_ours)
{
    static const char *const format[] = { "tap", "text" };
    struct mu_bytes b = make(format[_i]);
    ck_assert_uint_eq(mu_bytes_find(b, MU_BYTES("\nnot ok 1 " MARKER), 0), SIZE_MAX);
    ck_assert_uint_eq(mu_bytes_find(b, MU_BYTES("\n=HYPERLINK"), 0), SIZE_MAX);
    ck_assert_msg(_i == 0 || mu_bytes_find(b, MU_BYTES("##["), 0) == SIZE_MAX,
                  "a log reader takes it for a command");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_hostile");
    TCase *tc = tcase_create("report_hostile");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_format_is_plain_text, 0, VARIANTS);
    tcase_add_test(tc, the_page_is_ours);
    tcase_add_test(tc, the_check_finds_harm);
    tcase_add_loop_test(tc, lines_are_ours, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

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

/* No '[': it ends the id of a case in the name of its instances. The browser test looks for MARKER. */
#define ATTACKS                                                                                    \
    "<script>window." MARKER "=1</script><img src=x onerror=\"window." MARKER "=2\">"              \
    "</script></style></title><svg onload=window." MARKER "=3>\"' onclick=" MARKER " style=x:y "   \
    "-->]]><!--cases--><!--cases:rows-->&lt;script&gt; javascript:" MARKER " \x1b]0;" MARKER       \
    "\x07\x1b(0 \xe2\x80\xae" MARKER "\xe2\x80\x8b\xef\xbb\xbf\xc2\x9b"                            \
    "31m"                                                                                          \
    " \xef\xbf\xbe \r\nnot ok 1 " MARKER "\n=HYPERLINK(\"https://" MARKER ".invalid\") %s%n"

static bool is_ours(const char *event, const char *key);

static void setup(void)
{
    plant_text = MU_BYTES(ATTACKS "\0behind NUL");
    plant_line = MU_BYTES(ATTACKS);
    plant_xml = MU_BYTES("<script>window." MARKER "=4</script>\" onload=\"" MARKER
                         "]]>--> \xe2\x80\xae \xc2\x9b"
                         "31m #ff0000\" bgcolor=\"");
    plant_spares = is_ours;
    arena = mu_arena_new(1024 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* What the harness itself chose from a closed list, or proves. */
static bool is_ours(const char *event, const char *key)
{
    if (strcmp(event, "steps") == 0)
        return false;
    static const char *const ours[] = { "event",  "schema",      "h",        "verdict",
                                        "rung",   "sha256",      "folder",   "name",
                                        "colour", "text_colour", "isolation" };
    for (size_t i = 0; i < MU_COUNT(ours); i++)
        if (strcmp(ours[i], key) == 0)
            return true;
    return false;
}

static struct mu_bytes make(const char *format)
{
    struct mu_report_prepared *prepared;
    struct mu_bytes out;
    MU_CLEANUP(mu_fd_close) int run = memfd_create("run", MFD_CLOEXEC);
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("report", MFD_CLOEXEC);
    struct mu_report_source source = { .run = run, .evidence = plant_evidence };
    ck_assert(mu_file_write_all(run, hostile_stream(), &err));
    ck_assert_msg(mu_report_prepare(arena, format, REPORTS, &prepared, &err), "%s", err.msg);
    ck_assert_msg(mu_report_make(arena, prepared, &source, sink, &err), "%s: %s", format, err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "report", 256 * MU_MIB, &out, &err));
    return out;
}

/* --- what must be true --------------------------------------------------------------------------------- */

/* Of every format there is: whole UTF-8, nothing that a terminal obeys or an eye does not see. */
START_TEST(every_format_is_plain_text)
{
    const char *format = mu_report_format_at((size_t) _i)->name;
    struct mu_bytes b = make(format);
    ck_assert_uint_gt(plants, 200);
    ck_assert_msg(mu_bytes_find(b, MU_BYTES(MARKER), 0) != SIZE_MAX, "%s hides what was said",
                  format);
    for (size_t i = 0; i < b.n;) {
        uint32_t code;
        size_t n = mu_utf8_read(mu_bytes_from(b, i), &code);
        bool bad = n == 0 || (code < 0x20 && code != '\n' && code != '\t')
                   || (code >= 0x7f && code <= 0x9f) || (code >= 0x200b && code <= 0x200f)
                   || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
                   || code == 0xfeff || code == 0xfffe;
        ck_assert_msg(!bad, "%s: U+%04X at %zu", format, (unsigned) code, i);
        i += n;
    }
    ck_assert_msg(b.n < 4 * MU_MIB, "%s: the long lines went in whole", format);
}
END_TEST

static bool is_known(const xmlChar *name)
{
    static const char *const known[] = {
        "html",   "head",    "meta", "title",  "style",      "script", "body",    "a",
        "abbr",   "article", "b",    "br",     "caption",    "code",   "dd",      "details",
        "div",    "dl",      "dt",   "em",     "figcaption", "figure", "font",    "h1",
        "h2",     "h3",      "h4",   "header", "i",          "kbd",    "li",      "main",
        "mark",   "nav",     "ol",   "p",      "pre",        "rect",   "section", "span",
        "strong", "summary", "svg",  "table",  "tbody",      "td",     "th",      "thead",
        "tr",     "ul",
    };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (xmlStrEqual(name, BAD_CAST known[i]))
            return true;
    return false;
}

static bool attribute_is_harmless(const xmlAttr *a, const char *value)
{
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
    ck_assert(mu_file_replace(MU_HOSTILE_PAGE, page, 0644, &err));
}
END_TEST

START_TEST(the_check_finds_harm)
{
    static const char *const bad[] = {
        "<p title='PWNED'>x</p>", "<img>",
        "<p onclick='x'>x</p>",   "<a href='http://x'>x</a>",
        "<p style='x'>x</p>",     "<table><tr><td bgcolor='red;'>x</td></tr></table>",
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
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_hostile");
    TCase *tc = tcase_create("report_hostile");
    size_t formats = 0;
    while (mu_report_format_at(formats) != NULL)
        formats++;
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_format_is_plain_text, 0, (int) formats);
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

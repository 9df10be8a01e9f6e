/* m:facts, m:former, m:marked, m:portion, m:rollup, m:pages: messages and what is told of them. */
#include <check.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>

#include "base/limits.h"
#include "document/document.h"
#include "format/sio.h"
#include "format/unicode.h"
#include "policy/marking.h"

#define POLICIES  MU_SOURCE_DIR "/profiles/policies/"
#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */

static struct mu_arena *arena;
static struct mu_document_kit kit;
static struct mu_policies policies;
static struct mu_err err;

/* The shipped policies once, for all tests: they are forked. */
static void load_policies(struct mu_arena *of)
{
    static const char *const name[] = { "nato-exercise", "public", "eu-exercise", "arkania",
                                        "velmar" };
    mu_xml_start();
    policies.policy = mu_arena_array(of, MU_COUNT(name), sizeof *policies.policy);
    for (size_t i = 0; i < MU_COUNT(name); i++) {
        const char *path = mu_arena_printf(of, POLICIES "%s.xml", name[i]);
        if (!mu_policy_load(of, path, &policies.policy[policies.count++], &err))
            exit(1);
    }
    mu_marking_prepare(of, &policies);
}

static void setup(void)
{
    arena = mu_arena_new(1024 * MU_MIB);
    kit = (struct mu_document_kit){ .dict = xmlDictCreate(),
                                    .policies = &policies,
                                    .test_time = TEST_TIME };
}

static void teardown(void)
{
    mu_arena_free(arena);
    xmlDictFree(kit.dict);
}

/* --- messages ----------------------------------------------------------------------------------------- */

#define LABEL_OF(role, policy, class, rest)                                                        \
    "<" role "ConfidentialityLabel xmlns='" MU_SLAB_NS "' ReviewDateTime='2027-11-20T08:00:00Z'>"  \
    "<ConfidentialityInformation>"                                                                 \
    "<PolicyIdentifier>" policy                                                                    \
    "</PolicyIdentifier><Classification>" class "</Classification>" rest                           \
                                                "</ConfidentialityInformation>"                    \
                                                "<CreationDateTime>2026-11-20T08:00:00Z</"         \
                                                "CreationDateTime></" role "ConfidentialityLabel>"
#define LABEL(policy, class, rest) LABEL_OF("originator", policy, class, rest)
#define CATEGORY(type, set, values)                                                                \
    "<Category Type='" type "' TagName='" set "'>" values "</Category>"
#define VALUE(text)       "<GenericValue>" text "</GenericValue>"
#define CONTEXT           CATEGORY("PERMISSIVE", "Context", VALUE("NATO"))
#define NATO(class, rest) LABEL("NATO-EXERCISE", class, CONTEXT rest)
#define CRYPTO            CATEGORY("RESTRICTIVE", "Special Category Designators", VALUE("CRYPTO"))
#define EU(class)         LABEL("EU-EXERCISE", class, CATEGORY("PERMISSIVE", "Releasable To", VALUE("EU")))
#define ARKANIA(class, rest)                                                                       \
    LABEL("ARKANIA-EXERCISE", class, CATEGORY("PERMISSIVE", "Release", VALUE("ARKANIA")) rest)

struct letter {
    struct mu_bytes label, marking; /* n == 0: none */
    const char *subject, *content;  /* header fields of the content; NULL: plain text in UTF-8 */
    struct mu_bytes body;
    const char *more; /* header fields, whole */
};

static struct mu_bytes write_letter(const struct letter *l)
{
    struct mu_buf out = { .arena = arena };
    struct mu_sio_text sio = { .marking = l->marking, .label = l->label };
    mu_buf_puts(&out, "From: a@alfa.test\r\nTo: b@bravo.test\r\n");
    mu_buf_printf(&out, "Subject: %s\r\n", l->subject != NULL ? l->subject : "EXERCISE");
    if (l->label.n > 0)
        sio.type = MU_BYTES(":xml");
    if (l->label.n > 0 || l->marking.n > 0)
        mu_sio_write(&out, "SIO-Label", &sio);
    mu_buf_puts(&out, l->more != NULL ? l->more : "");
    mu_buf_puts(&out, l->content != NULL ? l->content : "Content-Type: text/plain\r\n");
    mu_buf_puts(&out, "\r\n");
    mu_buf_put(&out, l->body.p, l->body.n);
    return mu_buf_bytes(&out);
}

static struct mu_document build(struct mu_bytes message)
{
    struct mu_document document;
    struct mu_leg *leg = mu_new(arena, struct mu_leg);
    mu_document_leg_of(message, "file", leg);
    ck_assert(mu_document_build(arena, &kit, leg, &document, &err));
    return document;
}

/* --- what is told --------------------------------------------------------------------------------------- */

static const char *value_of(xmlDoc *doc, const char *path)
{
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathRegisterNs(context, BAD_CAST "m", BAD_CAST MU_MESSAGE_NS);
    xmlXPathObject *object = xmlXPathEvalExpression(BAD_CAST path, context);
    ck_assert_msg(object != NULL, "'%s' is no XPath", path);
    xmlChar *text = xmlXPathCastToString(object);
    const char *value = mu_arena_strndup(arena, (const char *) text, strlen((const char *) text));
    xmlFree(text);
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    return value;
}

static void check_value(const char *name, const struct mu_document *document, const char *path,
                        const char *want)
{
    const char *got = value_of(document->doc, path);
    if (strcmp(got, want) != 0)
        ck_abort_msg("%s: %s is '%s', not '%s'\n%.3000s", name, path, got, want,
                     mu_document_write(arena, document).p);
}

/* What is written parses again, and the same message gives the same octets. */
static void check_document(const char *name, struct mu_bytes message,
                           const struct mu_document *document)
{
    struct mu_bytes text = mu_document_write(arena, document);
    xmlDoc *again = xmlReadMemory(text.p, (int) text.n, "again.xml", NULL,
                                  XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR);
    ck_assert_msg(again != NULL, "%s: does not parse:\n%.2000s", name, text.p);
    xmlFreeDoc(again);
    struct mu_document second = build(message);
    ck_assert_msg(mu_bytes_equal(text, mu_document_write(arena, &second)), "%s: not the same twice",
                  name);
}

struct fact {
    const char *path, *want;
};

#define PLAIN(text) .body = LITERAL(text)
#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    const char *name;
    struct letter letter;
    struct fact fact[10];
} row[] = {
    { "no label, no marking",
      { PLAIN("The trucks leave at nine.\r\n") },
      { { "count(//m:facts | //m:marked | //m:portion | //m:rollup | //m:pages)", "0" } } },
    /* labels */
    { "a valid label",
      { .label = LITERAL(NATO("SECRET", CRYPTO)) },
      { { "//m:facts/@known", "true" },
        { "//m:facts/@valid", "true" },
        { "//m:facts/@policy", "NATO-EXERCISE" },
        { "//m:facts/@rank", "4" },
        { "//m:facts/@nato", "true" },
        { "//m:facts/@colour", "#ff0000" },
        { "//m:facts/m:marking[@language='fr']", "NATO SECRET CRYPTO" },
        { "//m:facts/m:portion-mark", "NS-CRYPTO" },
        { "//m:category[@kind='designators']/m:value/@excludes-class", "true" },
        { "count(//m:invalid)", "0" } } },
    { "an unknown policy",
      { .label = LITERAL(LABEL("NOBODY", "SECRET", "")) },
      { { "//m:facts/@known", "false" },
        { "//m:facts/@valid", "false" },
        { "//m:facts/m:invalid/@rule", "SEM-01" },
        { "count(//m:facts/@*)", "2" } } },
    { "unknown everything",
      { .label = LITERAL(LABEL("NATO-EXERCISE", "&#x202E;",
                               CATEGORY("NONE", "x", VALUE("y") VALUE("")) CATEGORY(
                                   "PERMISSIVE", "Context", VALUE("]]&gt;")) "<Category/>")) },
      { { "//m:facts/@valid", "false" },
        { "count(//m:facts/@classification | //m:facts/@rank | //m:facts/m:marking)", "0" },
        { "//m:category[1]/@known", "false" },
        { "//m:category[1]/@kind", "unknown" },
        { "//m:category[1]/m:value[1]/@known", "false" },
        { "//m:category[2]/m:value/m:written", "]]>" },
        { "count(//m:category)", "3" },
        { "//m:category[3]/m:invalid/@rule", "SEM-03" } } },
    { "a label with nothing in it",
      { .label = LITERAL("<originatorConfidentialityLabel xmlns='" MU_SLAB_NS "'/>") },
      { { "//m:facts/@known", "false" }, { "//m:facts/m:invalid/@rule", "SEM-01" } } },
    { "findings stand where they are",
      { .label = LITERAL(ARKANIA(
            "OPEN", CATEGORY("RESTRICTIVE", "Compartment", VALUE("HARBOUR") VALUE("LOST")))) },
      { { "//m:value[m:written='HARBOUR']/m:invalid/@rule", "SEM-05" },
        { "//m:value[m:written='LOST']/m:invalid/@rule", "SEM-04" },
        { "count(//m:invalid)", "2" } } },
    { "a limited tag",
      { .label = LITERAL(LABEL("VELMAR-EXERCISE", "INTERNAL",
                               CATEGORY("PERMISSIVE", "Release", VALUE("VELMAR"))
                                   CATEGORY("RESTRICTIVE", "Eyes", VALUE("Chancellor")))) },
      { { "//m:category[@set='Release']/@limited", "true" },
        { "//m:category[@set='Eyes']/@limited", "false" } } },
    /* markings */
    { "a marking that fits",
      { .label = LITERAL(NATO("RESTRICTED", "")), .marking = LITERAL("NATO DIFFUSION RESTREINTE") },
      { { "//m:marked/@at", "sio-label" },
        { "//m:marked/@known", "true" },
        { "//m:marked/@same", "true" },
        { "//m:marked/@language", "fr" },
        { "count(//m:marked/@abbreviated)", "0" } } },
    { "a marking that does not",
      { .label = LITERAL(NATO("RESTRICTED", "")), .marking = LITERAL("NATO SECRET") },
      { { "//m:marked/@same", "false" }, { "//m:marked/@classification", "SECRET" } } },
    { "nobody can say what the label is displayed as",
      { .label = LITERAL(NATO("LOFTY", "")), .marking = LITERAL("NATO SECRET") },
      { { "count(//m:marked)", "1" }, { "count(//m:marked/@same)", "0" } } },
    { "a portion mark for a marking",
      { .label = LITERAL(NATO("RESTRICTED", "")), .marking = LITERAL("(NR)") },
      { { "//m:marked/@abbreviated", "true" },
        { "//m:marked/@known", "false" },
        { "//m:marked/@same", "false" } } },
    { "a marking behind a NUL",
      { .label = LITERAL(NATO("SECRET", "")), .marking = LITERAL("NATO SECRET\0, not") },
      { { "//m:marked/@known", "false" }, { "//m:marked/@same", "false" } } },
    { "public information",
      { .label = LITERAL(LABEL("PUBLIC", "UNMARKED", "")),
        PLAIN("NATO UNCLASSIFIED\r\n\r\nRead this.\r\n") },
      { { "//m:facts/@unmarked", "true" },
        { "//m:marked/@at", "first-line" },
        { "//m:marked/@same", "false" },
        { "count(//m:facts/@colour)", "0" } } },
    { "subject and lines",
      { .label = LITERAL(NATO("RESTRICTED", "")),
        .subject = "[NATO RESTRICTED] Convoy (NATO SECRET)",
        PLAIN("NATO RESTRICTED\r\ntext\r\nNATO SECRET\r\n") },
      { { "count(//m:marked)", "4" },
        { "//m:marked[@at='subject'][1]/@same", "true" },
        { "//m:marked[@at='subject'][2]/@same", "false" },
        { "//m:marked[@at='first-line']/@same", "true" },
        { "//m:marked[@at='last-line']/@same", "false" } } },
    { "keywords: the whole field",
      { .label = LITERAL(NATO("SECRET", "")), .more = "Keywords: NATO SECRET\r\n" },
      { { "count(//m:marked)", "1" },
        { "//m:marked/@at", "keywords" },
        { "//m:marked/@known", "true" },
        { "//m:marked/@same", "true" } } },
    { "keywords: one phrase of several, and another field",
      { .more = "Keywords: EXERCISE, NATO RESTRICTED ,\r\n fuel\r\nKeywords: NATO SECRET\r\n" },
      { { "count(//m:marked)", "2" },
        { "//m:marked[1]", "NATO RESTRICTED" },
        { "//m:marked[2]", "NATO SECRET" } } },
    { "keywords: none is a marking",
      { .more = "Keywords: EXERCISE, , ,fuel\r\nKeywords:\r\n" },
      { { "count(//m:marked)", "0" } } },
    { "a subject of brackets",
      { .subject = "()(((]][[)", PLAIN("text\r\n") },
      { { "count(//m:marked)", "0" } } },
    { "two fields, each with the label of its own",
      { .label = LITERAL(NATO("SECRET", "")),
        .marking = LITERAL("NATO SECRET"),
        .more = "SIO-Label: marking=\"NATO RESTRICTED\"\r\n" },
      { { "count(//m:marked)", "2" },
        { "//m:marked[1]/@same", "true" },
        { "//m:marked[2]/@same", "false" } } },
    /* portions */
    { "portions roll up",
      { .label = LITERAL(NATO("RESTRICTED", "")),
        PLAIN("(NR) One.\r\n\r\n(NS-CRYPTO) Two.\r\n(NX) Three.\r\n") },
      { { "count(//m:portion)", "3" },
        { "//m:portion[1]/@above", "false" },
        { "//m:portion[2]/@above", "true" },
        { "//m:portion[3]/@known", "false" },
        { "//m:rollup/@classification", "SECRET" },
        { "//m:rollup/@order", "below" },
        { "//m:rollup/@classification-covered", "false" },
        { "//m:rollup/@restrictive-covered", "false" },
        { "//m:rollup/@restrictive", "true" },
        { "//m:rollup/@portions", "3" } } },
    { "portions of two policies",
      { PLAIN("(NS) One.\r\n(VI) Two.\r\n") },
      { { "//m:rollup/@decided", "false" },
        { "string-length(//m:rollup) > 0", "true" },
        { "count(//m:rollup/@order | //m:portion/@above)", "0" } } },
    { "no label to compare with",
      { PLAIN("(NS) One.\r\n") },
      { { "//m:rollup/@decided", "true" },
        { "//m:rollup/@permissive", "true" },
        { "//m:rollup/@restrictive", "false" },
        { "count(//m:rollup/@order)", "0" } } },
    { "portions in base64",
      { .content = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                   "Content-Transfer-Encoding: base64\r\n",
        PLAIN("KE5TKSBPbmUuDQo=\r\n") },
      { { "//m:portion", "(NS)" }, { "//m:portion/@at", "0" } } },
    { "portions in quoted-printable",
      { .content = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n",
        PLAIN("One.=0D=0A=28NS=29 Two=\r\n.\r\n") },
      { { "//m:portion", "(NS)" }, { "//m:portion/@at", "6" } } },
    { "parts in their order, text/html not",
      { .content = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
        PLAIN("--b\r\n\r\n(NR) One.\r\n--b\r\nContent-Type: text/html\r\n\r\n(NC) Two.\r\n"
              "--b\r\nContent-Type: text/plain\r\n\r\n(NS) Three.\r\n--b--\r\n") },
      { { "count(//m:portion)", "2" },
        { "//m:portion[1]/@part", "1.1" },
        { "//m:portion[2]/@part", "1.3" },
        { "//m:rollup/@rank", "4" } } },
    /* documents */
    { "pages",
      { .label = LITERAL(EU("SECRET UE/EU SECRET")),
        PLAIN("SECRET UE/EU SECRET\r\nRegistration number: EX-1\r\nDate: 23 November 2026\r\n"
              "Copy 1 of 2\r\nPage 1\r\n\fRESTREINT UE/EU RESTRICTED\r\nPage 2\r\n\f\r\n") },
      { { "//m:pages/@count", "2" },
        { "//m:pages/@marked", "1" },
        { "//m:pages/@numbered", "2" },
        { "//m:pages/@copies", "1" },
        { "//m:pages/@registered", "true" },
        { "//m:pages/@dated", "true" },
        { "//m:pages/@rank", "3" },
        { "//m:pages/@part", "1" } } },
    { "a document of another policy",
      { .label = LITERAL(NATO("SECRET", "")), PLAIN("NATO SECRET\r\n\fPage 2\r\n") },
      { { "count(//m:pages)", "0" } } },
    { "a text of form feeds",
      { .label = LITERAL(EU("SECRET UE/EU SECRET")), PLAIN("\f\f \f\r\n\f") },
      { { "count(//m:pages[@marked > 0 or @numbered > 0])", "0" } } },
};

START_TEST(what_is_told)
{
    struct mu_bytes message = write_letter(&row[_i].letter);
    struct mu_document document = build(message);
    for (size_t i = 0; i < MU_COUNT(row[_i].fact) && row[_i].fact[i].path != NULL; i++)
        check_value(row[_i].name, &document, row[_i].fact[i].path, row[_i].fact[i].want);
    check_document(row[_i].name, message, &document);
}
END_TEST

/* Without policies nothing is said of any of them. */
START_TEST(nothing_without_policies)
{
    struct mu_policies none = { .count = 0 };
    struct mu_bytes message = write_letter(&row[_i].letter);
    kit.policies = _i % 2 == 0 ? NULL : &none;
    struct mu_document document = build(message);
    check_value(row[_i].name, &document,
                "count(//m:facts | //m:marked | //m:portion | //m:rollup | //m:pages)", "0");
}
END_TEST

/* --- history --------------------------------------------------------------------------------------------- */

static const char *history(const char *name, struct mu_bytes label)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, "SIO-Label-History: change=replace; type=\":xml\";\r\n ");
    mu_buf_printf(&out, "%s=\"", name);
    struct mu_bytes base64 = mu_base64_write(arena, label);
    mu_buf_put(&out, base64.p, base64.n);
    mu_buf_puts(&out, "\"\r\n");
    return mu_buf_text(&out);
}

START_TEST(labels_of_the_past_are_told_apart)
{
    static const char old[] = NATO("SECRET", CRYPTO);
    struct letter letter = { .label = MU_BYTES(ARKANIA("SEALED", "")),
                             .more = history("label", MU_BYTES(old)) };
    struct mu_document document = build(write_letter(&letter));
    check_value("history", &document, "count(/m:message/m:label)", "1");
    check_value("history", &document, "/m:message/m:former/@change", "replace");
    check_value("history", &document, "/m:message/m:former/@when", "before");
    check_value("history", &document, "/m:message/m:former/m:facts/@policy", "NATO-EXERCISE");
    check_value("history", &document, "/m:message/m:label/m:facts/@policy", "ARKANIA-EXERCISE");
    ck_assert_ptr_nonnull(document.former);
    letter.more = history("new-label", MU_BYTES(old));
    document = build(write_letter(&letter));
    check_value("history", &document, "/m:message/m:former/@when", "after");
    letter.more = history("label", MU_BYTES("<not a label"));
    document = build(write_letter(&letter));
    check_value("history", &document, "count(/m:message/m:former)", "0");
}
END_TEST

/* --- more than anybody would write --------------------------------------------------------------------- */

static struct mu_bytes repeat(const char *before, const char *text, size_t n, const char *after)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, before);
    for (size_t i = 0; i < n; i++)
        mu_buf_puts(&out, text);
    mu_buf_puts(&out, after);
    return mu_buf_bytes(&out);
}

#define HEAD                                                                                       \
    "<originatorConfidentialityLabel xmlns='" MU_SLAB_NS "'><ConfidentialityInformation>"          \
    "<PolicyIdentifier>NATO-EXERCISE</PolicyIdentifier><Classification>SECRET</"                   \
    "Classification>" CONTEXT                                                                      \
    "<Category Type='RESTRICTIVE' TagName='Special Category Designators'>"
#define TAIL "</Category></ConfidentialityInformation></originatorConfidentialityLabel>"

START_TEST(many_values)
{
    struct letter known = { .label = repeat(HEAD, VALUE("CRYPTO"), 500, TAIL) };
    struct letter unknown = { .label = repeat(HEAD, VALUE("x"), 3000, TAIL) };
    struct mu_bytes message = write_letter(&known);
    struct mu_document document = build(message);
    check_value("500 values", &document, "count(//m:value[@known='true'])", "501");
    check_value("500 values", &document, "string(//m:facts/m:portion-mark)", "NS-CRYPTO");
    check_document("500 values", message, &document);
    document = build(write_letter(&unknown));
    check_value("3000 values", &document, "count(//m:value[m:invalid/@rule='SEM-04'])", "3000");
    check_value("3000 values", &document, "count(//m:facts/m:marking)", "0");
}
END_TEST

START_TEST(long_markings)
{
    struct letter letter = { .label = MU_BYTES(NATO("SECRET", "")),
                             .marking =
                                 repeat("NATO SECRET Releasable to ", "Sweden, ", 12500, "Japan") };
    struct mu_bytes message = write_letter(&letter);
    struct mu_document document = build(message);
    check_value("100 KB", &document, "//m:marked/@known", "false");
    check_value("100 KB", &document, "//m:marked/@same", "false");
    check_value("100 KB", &document, "string-length(//m:marked) < 5000", "true");
    check_document("100 KB", message, &document);
    letter = (struct letter){ .body = letter.marking };
    document = build(write_letter(&letter));
    check_value("a line of 100 KB", &document, "count(//m:marked)", "0");
}
END_TEST

START_TEST(many_portions)
{
    struct mu_bytes low = repeat("", "(NR) One.\r\n", 3000, "(NS) Last.\r\n");
    struct letter letter = { .label = MU_BYTES(NATO("RESTRICTED", "")), .body = low };
    struct mu_document document = build(write_letter(&letter));
    const char *most = mu_arena_printf(arena, "%d", MU_ROLLUP_MAX);
    check_value("3001 portions", &document, "count(//m:portion)", most);
    check_value("3001 portions", &document, "//m:rollup/@portions", "3001");
    check_value("3001 portions", &document, "//m:rollup/@rank", "4"); /* the last one, too */
}
END_TEST

START_TEST(many_pages)
{
    struct letter letter = { .label = MU_BYTES(EU("SECRET UE/EU SECRET")),
                             .body = repeat("", "SECRET UE/EU SECRET\f", MU_PAGES_MAX + 5, "x") };
    struct mu_document document = build(write_letter(&letter));
    check_value("pages", &document, "//m:pages/@count",
                mu_arena_printf(arena, "%d", MU_PAGES_MAX + 6));
    check_value("pages", &document, "//m:pages/@marked",
                mu_arena_printf(arena, "%d", MU_PAGES_MAX));
    letter.body = repeat("x\fy", "                ", 1 << 16, "");
    document = build(write_letter(&letter));
    check_value("blanks at the end", &document, "//m:pages/@count", "2");
}
END_TEST

int main(void)
{
    struct mu_arena *shared = mu_arena_new(256 * MU_MIB);
    if (!mu_unicode_start(&err))
        return EXIT_FAILURE;
    load_policies(shared);
    Suite *suite = suite_create("facts");
    TCase *tc = tcase_create("facts");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, what_is_told, 0, (int) MU_COUNT(row));
    tcase_add_loop_test(tc, nothing_without_policies, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, labels_of_the_past_are_told_apart);
    tcase_add_test(tc, many_values);
    tcase_add_test(tc, long_markings);
    tcase_add_test(tc, many_portions);
    tcase_add_test(tc, many_pages);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(shared);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

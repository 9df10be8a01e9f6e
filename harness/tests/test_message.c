#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "document/message.h"
#include "format/mail.h"
#include "format/sio.h"
#include "format/xml.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;
static struct mu_err err;

static void setup(void)
{
    mu_xml_start();
    arena = mu_arena_new(256 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static const char *const message_name[] = {
    "logistics-report", "medical-evacuation", "mobility-request",     "cis-incident",
    "hybrid-warning",   "informal-report",    "informal-alternative", "tms-exercise",
    "mmhs-copies",      "mmhs-longest",
};
static const char *const label_name[] = {
    "unclassified",   "unclassified-releasable",
    "restricted",     "restricted-releasable",
    "confidential",   "secret",
    "secret-eu",      "eu-restricted",
    "tres-secret-eu", "succession",
    "no-review",
};

static const char *why(void)
{
    static char text[400];
    mu_err_text(&err, text, sizeof text);
    return text;
}

static void load(const char *message, const char *label, struct mu_message *out)
{
    const char *path = mu_arena_printf(arena, FIXTURES "/messages/%s.xml", message);
    ck_assert_msg(mu_message_load(arena, path, out, &err), "%s", why());
    if (label != NULL) {
        path = mu_arena_printf(arena, FIXTURES "/labels/%s.xml", label);
        ck_assert_msg(mu_message_load_label(arena, path, out, &err), "%s", why());
    }
    out->from = "muster+0001s@sender.invalid";
    out->to = "muster+0001s@receiver.invalid";
    out->message_id = "0001.1@muster.invalid";
    out->date = 1795428900;
}

static size_t longest(struct mu_bytes text)
{
    size_t most = 0, start = 0;
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '\r' && text.p[i + 1] == '\n') {
            most = i - start > most ? i - start : most;
            start = i + 2;
        }
    return most;
}

START_TEST(every_pair_encodes_cleanly)
{
    struct mu_message m;
    const char *label = label_name[(size_t) _i / MU_COUNT(message_name)];
    const char *name = message_name[(size_t) _i % MU_COUNT(message_name)];
    load(name, label, &m);
    struct mu_bytes octets = mu_message_encode(arena, &m);
    ck_assert(mu_bytes_equal(octets, mu_message_encode(arena, &m)));

    const struct mu_mail *mail = mu_mail_read(arena, octets);
    ck_assert_msg(mail->defects == 0, "%s/%s: %s", name, label,
                  mail->defects > 0 ? mail->defect[0].kind : "");
    ck_assert_uint_eq(mail->bare_lf + mail->bare_cr + mail->nul + mail->eight_bit_headers, 0);
    struct mu_bytes header = mu_bytes_slice(octets, 0, mail->top.body_offset);
    ck_assert_msg(longest(header) <= 78, "%s/%s: header line of %zu octets", name, label,
                  longest(header));

    const struct mu_header *sio_label = mu_header_find(&mail->top, "sio-label");
    ck_assert_ptr_nonnull(sio_label);
    struct mu_sio sio;
    mu_sio_read(arena, sio_label, &sio);
    ck_assert_uint_eq(sio.list.defects, 0);
    ck_assert(mu_bytes_equal(sio.marking->value, mu_bytes_of(m.marking)));
    ck_assert(mu_bytes_equal(sio.fgcolor->value, mu_bytes_of(m.fgcolor)));
    ck_assert_int_eq(sio.kind, MU_SIO_XML);
    ck_assert_int_eq(sio.base64, MU_BASE64_OK);

    xmlDoc *doc;
    struct mu_xml_fault fault;
    ck_assert_int_eq(mu_xml_parse(arena, sio.decoded, 0, NULL, &doc, &fault), MU_XML_OK);
    struct mu_label read;
    mu_label_read(arena, xmlDocGetRootElement(doc), &read);
    const char *difference = NULL;
    ck_assert_msg(mu_label_same(arena, &read, m.label, &difference), "%s", difference);
    ck_assert_int_eq(read.review == NULL, m.label->review == NULL);
    ck_assert_int_eq(read.successor == NULL, m.label->successor == NULL);
}
END_TEST

static struct mu_bytes crlf(const char *before, struct mu_bytes text)
{
    struct mu_buf out = { .arena = arena };
    mu_buf_puts(&out, before);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n')
            mu_buf_putc(&out, '\r');
        mu_buf_putc(&out, text.p[i]);
    }
    return mu_buf_bytes(&out);
}

START_TEST(every_content_survives)
{
    struct mu_message m;
    load(message_name[_i], "tres-secret-eu", &m);
    struct mu_bytes octets = mu_message_encode(arena, &m);
    const struct mu_mail *mail = mu_mail_read(arena, octets);
    const struct mu_part *part = m.parts == 1 ? &mail->top : mail->top.part;
    ck_assert_uint_eq(m.parts == 1 ? 0 : m.parts, mail->top.parts);
    for (size_t i = 0; i < m.parts; i++) {
        const char *first =
            m.first_line && i == 0 ? "TR\xC3\x88S SECRET UE/EU TOP SECRET\r\n\r\n" : "";
        struct mu_bytes want = crlf(first, m.part[i].content);
        struct mu_bytes got = mu_part_decode(arena, &part[i]);
        ck_assert_msg(mu_bytes_equal(got, want), "%s part %zu:\n%.*s\nwant\n%.*s", message_name[_i],
                      i, (int) got.n, got.p, (int) want.n, want.p);
        bool coded = strcmp(part[i].encoding, "base64") == 0
                     || strcmp(part[i].encoding, "quoted-printable") == 0;
        ck_assert(!coded || part[i].longest_line <= 76);
    }
}
END_TEST

START_TEST(every_fixture_is_valid)
{
    struct mu_schema *schema;
    const char *xsd = MU_SOURCE_DIR "/profiles/schemas/message.xsd";
    ck_assert_msg(mu_schema_load(arena, xsd, &schema, &err), "%s", why());
    bool message = (size_t) _i < MU_COUNT(message_name);
    const char *path = message
                           ? mu_arena_printf(arena, FIXTURES "/messages/%s.xml", message_name[_i])
                           : mu_arena_printf(arena, FIXTURES "/labels/%s.xml",
                                             label_name[(size_t) _i - MU_COUNT(message_name)]);
    xmlDoc *doc;
    ck_assert_msg(mu_xml_load(arena, path, &doc, NULL, &err), "%s", why());
    ck_assert_msg(mu_schema_check(schema, doc, &err), "%s", why());
}
END_TEST

#define HTML "<html><body class='x'><p>Text.</p></body></html>\n"

/* Where a profile wants the marking, and nowhere else. */
START_TEST(the_marking_stands_where_it_is_wanted)
{
    static const char *const field[] = { "X-Mark", "X-Level" };
    static const struct {
        struct mu_places places;
        bool alternative;
        const char *has[3], *lacks[2];
    } row[] = {
        { { .label = true, .sio_label = true },
          false,
          { "marking=\"A<B\"", "label*0=" },
          { "Keywords: A<B" } },
        { { .label = true }, false, { "type=\":xml\"" }, { "A<B" } },
        { { .sio_label = true }, false, { "marking=\"A<B\"" }, { "label*0=" } },
        { { .keywords = true },
          false,
          { "\r\nKeywords: A<B\r\n", "\r\nKeywords: own\r\n" },
          { "SIO-Label" } },
        { { .subject = true }, false, { "\r\nSubject: S (A<B)\r\n" }, { "SIO-Label" } },
        { { .field = field, .fields = 2 },
          false,
          { "\r\nX-Mark: A<B\r\n", "\r\nX-Level: A<B\r\n" },
          { "SIO-Label" } },
        { { .first_line = true },
          false,
          { "multipart/mixed", "\r\n\r\nA<B\r\n\r\nText." },
          { "A&lt;B" } },
        { { .first_line = true },
          true,
          { "multipart/alternative", "\r\n\r\nA<B\r\n\r\nText.",
            "<body class='x'><p>A&lt;B</p><p>Text." },
          { "SIO-Label" } },
        { { .label = false }, false, { "Subject: S\r\n" }, { "A<B", "SIO-Label" } },
    };
    struct mu_body_part part[] = {
        { "text/plain", "7bit", NULL, MU_BYTES("Text.\n") },
        { "text/html", "7bit", NULL, MU_BYTES(HTML) },
    };
    struct mu_field own = { "Keywords", MU_BYTES("own") };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_message m;
        load("logistics-report", "restricted", &m);
        m.subject = "S";
        m.marking = "A<B";
        m.field = &own;
        m.fields = 1;
        m.part = part;
        m.parts = 2;
        m.places = &row[i].places;
        m.alternative = row[i].alternative;
        struct mu_bytes octets = mu_message_encode(arena, &m);
        for (size_t k = 0; k < 3 && row[i].has[k] != NULL; k++)
            ck_assert_msg(mu_bytes_find(octets, mu_bytes_of(row[i].has[k]), 0) != SIZE_MAX,
                          "row %zu lacks '%s':\n%.*s", i, row[i].has[k], (int) octets.n, octets.p);
        for (size_t k = 0; k < 2 && row[i].lacks[k] != NULL; k++)
            ck_assert_msg(mu_bytes_find(octets, mu_bytes_of(row[i].lacks[k]), 0) == SIZE_MAX,
                          "row %zu has '%s':\n%.*s", i, row[i].lacks[k], (int) octets.n, octets.p);
    }
}
END_TEST

START_TEST(a_long_subject_is_folded_or_encoded)
{
    static const struct {
        const char *subject, *wire;
    } row[] = {
        { "short", "Subject: short\r\n" },
        { "\xC3\xA9t\xC3\xA9", "Subject: =?utf-8?B?w6l0w6k=?=\r\n" },
        { "exercise exercise exercise exercise exercise exercise exercise exercise exercise",
          "Subject: exercise exercise exercise exercise exercise exercise exercise\r\n"
          " exercise exercise\r\n" },
        { "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
          "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9",
          "Subject: =?utf-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?=\r\n"
          " =?utf-8?B?w6nDqQ==?=\r\n" },
    };
    struct mu_message m;
    load("medical-evacuation", NULL, &m);
    m.subject = row[_i].subject;
    struct mu_bytes octets = mu_message_encode(arena, &m);
    ck_assert_msg(mu_bytes_find(octets, mu_bytes_of(row[_i].wire), 0) != SIZE_MAX,
                  "no '%s' in\n%.*s", row[_i].wire, (int) octets.n, octets.p);
}
END_TEST

#define MESSAGE(inside) "<message xmlns='urn:muster:fixture:1' id='x'>" inside "</message>"
#define LABEL(inside)   "<label xmlns='urn:muster:fixture:1' id='x'>" inside "</label>"
#define PART            "<part type='text/plain' encoding='7bit'>x</part>"

static const struct {
    const char *text, *says;
    bool label;
} bad[] = {
    { "", "", false },
    { "<message", "", false },
    { "<other/>", "root element is not 'message'", false },
    { MESSAGE(""), "message has no part", false },
    { MESSAGE("<subjct>x</subjct>" PART), "unknown element 'subjct'; did you mean 'subject'?",
      false },
    { MESSAGE("<field>x</field>" PART), "element 'field' has no attribute 'name'", false },
    { MESSAGE("<field name='a b'>x</field>" PART), "'a b' is no header field name", false },
    { MESSAGE("<part encoding='7bit'>x</part>"), "element 'part' has no attribute 'type'", false },
    { MESSAGE("<part type='text/plain'>x</part>"), "has no attribute 'encoding'", false },
    { MESSAGE("<part type='text/plain' encoding='8bits'>x</part>"),
      "unknown encoding '8bits'; did you mean '8bit'?", false },
    { MESSAGE("<part type='text/plain' encoding='7bit'>\xC3\xA9</part>"), "not US-ASCII", false },
    { LABEL(""), "neither a marking nor a label", true },
    { LABEL("<markin>x</markin>"), "did you mean 'marking'?", true },
    { MESSAGE(PART), "root element is not 'label'", true },
};

START_TEST(a_bad_fixture_is_refused)
{
    char path[] = "/tmp/muster-fixture-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert(mu_file_write_all(fd, mu_bytes_of(bad[_i].text), &err));
    close(fd);
    struct mu_message m = { .subject = "untouched" };
    bool done = bad[_i].label ? mu_message_load_label(arena, path, &m, &err)
                              : mu_message_load(arena, path, &m, &err);
    unlink(path);
    ck_assert_msg(!done, "'%s' was taken", bad[_i].text);
    ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL, "got '%s', want '%s'", err.msg,
                  bad[_i].says);
    ck_assert_int_eq(err.code, MU_ERR_PROFILE);
    ck_assert_str_eq(m.subject, "untouched");
}
END_TEST

START_TEST(a_missing_file_is_usage)
{
    struct mu_message m;
    ck_assert(!mu_message_load(arena, FIXTURES "/messages/absent.xml", &m, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("message");
    TCase *tc = tcase_create("message");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, every_pair_encodes_cleanly, 0,
                        MU_COUNT(message_name) * MU_COUNT(label_name));
    tcase_add_loop_test(tc, every_content_survives, 0, MU_COUNT(message_name));
    tcase_add_loop_test(tc, every_fixture_is_valid, 0,
                        MU_COUNT(message_name) + MU_COUNT(label_name));
    tcase_add_loop_test(tc, a_long_subject_is_folded_or_encoded, 0, 4);
    tcase_add_test(tc, the_marking_stands_where_it_is_wanted);
    tcase_add_loop_test(tc, a_bad_fixture_is_refused, 0, MU_COUNT(bad));
    tcase_add_test(tc, a_missing_file_is_usage);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

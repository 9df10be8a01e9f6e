/*
 * A marker in every field that a system under test, an adapter or a message fills, and in the octets of its
 * messages: a redacted report of any format has it in no form in which somebody could read it.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "report/model.h"
#include "report/report.h"
#include "tests/report_plant.h"

#define REPORTS MU_SOURCE_DIR "/reports"
#define MARKER  "zq7canaryx9kw" /* lower case: an element or an id may be called so */

static bool plant_adapters;
static struct mu_redaction payload = { .payload = true };

/* Fields that the operator, the profile or the harness fills. */
static bool is_ours(const char *event, const char *key)
{
    static const struct {
        const char *event, *theirs;
    } row[] = {
        { "finding", " expected seen hint places " },
        { "compared", " where expected seen " },
        { "adapter",
          " name version language build owner label_ceiling what caps roles lint status note " },
        { "late", " token envelope " },
        { "note", " text " },
        { "steps", " step of expected observed " },
    };
    const char *word = mu_arena_printf(arena, " %s ", key);
    if (!plant_adapters && strcmp(event, "adapter") == 0)
        return true;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].event, event) == 0)
            return strstr(row[i].theirs, word) == NULL;
    return true;
}

static void setup(void)
{
    arena = mu_arena_new(1024 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
    mu_digest_key(MU_BYTES("0123456789abcdef"), &payload.key);
    plant_golden = MU_SOURCE_DIR "/reports/golden/first";
    plant_adapters = true;
    plant_text = plant_line = plant_xml = MU_BYTES(MARKER);
    plant_name = MARKER;
    plant_spares = is_ours;
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static struct mu_bytes make(const char *format, const struct mu_redaction *redaction)
{
    struct mu_report_prepared *prepared;
    struct mu_bytes out;
    MU_CLEANUP(mu_fd_close) int run = memfd_create("run", MFD_CLOEXEC);
    MU_CLEANUP(mu_fd_close) int sink = memfd_create("report", MFD_CLOEXEC);
    struct mu_report_source source = { .run = run,
                                       .evidence = plant_evidence,
                                       .redaction = redaction };
    ck_assert(mu_file_write_all(run, hostile_stream(), &err));
    ck_assert_msg(mu_report_prepare(arena, format, REPORTS, &prepared, &err), "%s", err.msg);
    ck_assert_msg(mu_report_make(arena, prepared, &source, sink, &err), "%s: %s", format, err.msg);
    ck_assert(mu_file_read_fd(arena, sink, "report", 256 * MU_MIB, &out, &err));
    return out;
}

/* --- forms in which it could be read ------------------------------------------------------------------- */

/* An octet as hexadecimal or decimal digits, between these. */
static const struct {
    const char *what, *before, *behind;
    bool decimal;
} spelled[] = {
    { "hexadecimal", "", "", false },
    { "octets of a dump", "", " ", false },
    { "percent", "%", "", false },
    { "backslash", "\\x", "", false },
    { "JSON", "\\u00", "", false },
    { "decimal entities", "&#", ";", true },
    { "hexadecimal entities", "&#x", ";", false },
    { "numbers", "", ",", true },
};

static struct mu_bytes spell(size_t how, struct mu_bytes text)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < text.n; i++) {
        unsigned code = (unsigned char) text.p[i];
        mu_buf_puts(&out, spelled[how].before);
        if (spelled[how].decimal)
            mu_buf_printf(&out, "%u", code);
        else
            mu_buf_printf(&out, "%02x", code);
        mu_buf_puts(&out, spelled[how].behind);
    }
    return mu_buf_bytes(&out);
}

/* Of base64 what does not depend on the octets around; `shift` of them stand before it. */
static struct mu_bytes base64(struct mu_bytes text, size_t shift)
{
    char padded[64] = { 0 };
    ck_assert_uint_lt(text.n + shift, sizeof padded);
    memcpy(padded + shift, text.p, text.n);
    struct mu_bytes all = mu_base64_write(arena, (struct mu_bytes){ padded, text.n + shift });
    size_t from = shift == 0 ? 0 : 4, to = (text.n + shift) / 3 * 4;
    return mu_bytes_slice(all, from, to - from);
}

static bool has(struct mu_bytes lower, struct mu_bytes needle)
{
    return mu_bytes_find(lower, needle, 0) != SIZE_MAX;
}

/* What the marker was found as; NULL: nowhere. A short piece of it is enough. */
static const char *found(struct mu_bytes out)
{
    struct mu_bytes text = mu_bytes_slice(MU_BYTES(MARKER), 0, 8);
    char *lower = mu_arena_strndup(arena, out.p, out.n), back[8], wide[16];
    for (size_t i = 0; i < out.n; i++)
        lower[i] = (char) tolower((unsigned char) lower[i]);
    struct mu_bytes all = { lower, out.n };
    for (size_t i = 0; i < text.n; i++) {
        back[text.n - 1 - i] = wide[2 * i] = text.p[i];
        wide[2 * i + 1] = '\0';
    }
    if (has(all, text))
        return "text";
    if (has(all, (struct mu_bytes){ back, sizeof back }))
        return "text backwards";
    if (has(all, (struct mu_bytes){ wide, sizeof wide - 1 }))
        return "UTF-16";
    for (size_t i = 0; i < MU_COUNT(spelled); i++)
        if (has(all, spell(i, text)))
            return spelled[i].what;
    for (size_t shift = 0; shift < 3; shift++)
        if (has(out, base64(text, shift)))
            return "base64";
    return NULL;
}

/* The search finds what it looks for, or nothing that it does not find means anything. */
START_TEST(every_form_is_found)
{
    struct mu_bytes text = MU_BYTES("zq7canaryx9kw");
    for (size_t i = 0; i < MU_COUNT(spelled); i++)
        ck_assert_str_eq(found(spell(i, text)), spelled[i].what);
    for (size_t shift = 0; shift < 3; shift++)
        ck_assert_str_eq(found(mu_base64_write(
                             arena, mu_bytes_of(mu_arena_printf(arena, "%.*s" MARKER " and more",
                                                                (int) shift, "ab")))),
                         "base64");
    ck_assert_str_eq(found(MU_BYTES("wk9xyranac7qz")), "text backwards");
    ck_assert_str_eq(found(MU_BYTES("<b>ZQ7CANARYX9KW")), "text");
    ck_assert_str_eq(found(MU_BYTES("z\0q\0007\0c\0a\0n\0a\0r\0y\0")), "UTF-16");
    ck_assert_ptr_null(found(MU_BYTES("zq7 canary")));
}
END_TEST

/* --- what must be true --------------------------------------------------------------------------------- */

static void check_hidden(const char *format, const struct mu_redaction *redaction)
{
    static const char *const golden[] = { "first", "tries" };
    for (size_t i = 0; i < MU_COUNT(golden); i++) {
        plant_golden = mu_arena_printf(arena, MU_SOURCE_DIR "/reports/golden/%s", golden[i]);
        plants = 0;
        const char *form = found(make(format, redaction));
        ck_assert_uint_gt(plants, 10);
        ck_assert_msg(form == NULL, "%s of %s shows the marker as %s", format, golden[i], form);
    }
}

START_TEST(no_format_shows_the_payload)
{
    check_hidden(mu_report_format_at((size_t) _i)->name, &payload);
}
END_TEST

/* Without redaction the same search finds it: it was really planted. */
START_TEST(it_was_there)
{
    static const char *const shows[] = { "html", "json", "tap", "text", "junit", "model" };
    const char *form = found(make(shows[_i], NULL));
    ck_assert_msg(form != NULL && strcmp(form, "text") == 0, "%s", shows[_i]);
}
END_TEST

/* A ceiling that all cases are above hides what they say, and late mail and notes; what an adapter says of
 * itself is of no message. */
START_TEST(no_format_shows_what_is_above)
{
    static const unsigned char above[64] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    const struct mu_report_ceiling ceiling = { .policy = "ACME",
                                               .marking = "ACME RESTRICTED",
                                               .above = above,
                                               .instances = 8,
                                               .withheld = 8 };
    const struct mu_redaction redaction = { .key = payload.key, .ceiling = &ceiling };
    plant_adapters = false;
    check_hidden(mu_report_format_at((size_t) _i)->name, &redaction);
}
END_TEST

static void summarise(const struct mu_redaction *redaction, struct mu_buf *out)
{
    struct mu_result *result;
    MU_CLEANUP(mu_fd_close) int run = memfd_create("run", MFD_CLOEXEC);
    ck_assert(mu_file_write_all(run, hostile_stream(), &err));
    ck_assert(mu_result_read(arena, run, redaction, &result, &err));
    mu_report_summary(arena, result, (struct mu_summary_style){ .brief = false }, out, NULL);
}

START_TEST(the_summary_shows_nothing_either)
{
    struct mu_buf hidden = { .arena = arena }, shown = { .arena = arena };
    summarise(&payload, &hidden);
    summarise(NULL, &shown);
    ck_assert_ptr_null(found(mu_buf_bytes(&hidden)));
    ck_assert_ptr_nonnull(found(mu_buf_bytes(&shown)));
}
END_TEST

/* One key, one digest: two reports can be compared. Another key, another digest: nobody can try out what a
 * digest stands for. */
START_TEST(digests_are_keyed)
{
    struct mu_redaction other = { .payload = true };
    mu_digest_key(MU_BYTES("another key of 16"), &other.key);
    struct mu_bytes text = MU_BYTES("SECRET");
    const char *a = mu_redact_text(&payload, arena, text);
    ck_assert_str_eq(a, mu_redact_text(&payload, arena, text));
    ck_assert_str_ne(a, mu_redact_text(&other, arena, text));
    ck_assert_str_eq(mu_redact_text(&payload, arena, MU_BYTES("")), "");
    ck_assert_int_eq(
        strncmp(mu_redact_text(&payload, arena, MU_BYTES("x")), "[1 octet, hmac-sha256 ", 15), 0);
    struct mu_bytes one = make("json", &payload), two = make("json", &payload);
    ck_assert(mu_bytes_equal(one, two));
}
END_TEST

/* RFC 4231, test cases 1, 2 and 6. */
START_TEST(hmac_is_that_of_the_standard)
{
    static char longer[131], first[20];
    memset(longer, 0xaa, sizeof longer);
    memset(first, 0x0b, sizeof first);
    const struct {
        struct mu_bytes key, data;
        const char *hex;
    } row[] = {
        { { first, 20 },
          MU_BYTES("Hi There"),
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { MU_BYTES("Jefe"), MU_BYTES("what do ya want for nothing?"),
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { { longer, 131 },
          MU_BYTES("Test Using Larger Than Block-Size Key - Hash Key First"),
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        unsigned char digest[MU_DIGEST_BYTES];
        char hex[MU_DIGEST_TEXT];
        struct mu_digest_key key;
        mu_digest_key(row[i].key, &key);
        mu_digest_keyed(&key, row[i].data, digest);
        mu_hex_write(digest, sizeof digest, hex);
        ck_assert_str_eq(hex, row[i].hex);
    }
}
END_TEST

/* Where a place names fields that the message invented, only they are hidden. */
START_TEST(places_stay)
{
    static const struct {
        const char *place, *shown; /* "#": a digest */
    } row[] = {
        { "/m:message/h:sio-label/p:label @ 184", "/m:message/h:sio-label/p:label @ 184" },
        { "/m:message/h:subject[2] @ 12; /m:message/m:part[3]/h:" MARKER " @ 90",
          "/m:message/h:subject[2] @ 12; /m:message/m:part[3]/h:# @ 90" },
        { "SIO-Label; marking", "SIO-Label; marking" },
        { "part 1.2", "part 1.2" },
        { "4711", "#" },
        { MARKER "; label", "#; label" },
        { "SIO-Label /originatorConfidentialityLabel/" MARKER ":Classification",
          "SIO-Label /originatorConfidentialityLabel/#:Classification" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_buf out = { .arena = arena };
        const char *shown = mu_redact_place(&payload, arena, mu_bytes_of(row[i].place));
        for (const char *at = shown, *open; *at != '\0'; at++) {
            open = *at == '[' ? strstr(at, "octets, hmac-sha256 ") : NULL;
            bool digest = open != NULL && open < strchr(at, ']');
            mu_buf_putc(&out, digest ? '#' : *at);
            at = digest ? strchr(at, ']') : at;
        }
        ck_assert_str_eq(mu_buf_text(&out), row[i].shown);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_redact");
    TCase *tc = tcase_create("report_redact");
    size_t formats = 0;
    while (mu_report_format_at(formats) != NULL)
        formats++;
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_form_is_found);
    tcase_add_loop_test(tc, no_format_shows_the_payload, 0, (int) formats);
    tcase_add_loop_test(tc, it_was_there, 0, 6);
    tcase_add_loop_test(tc, no_format_shows_what_is_above, 0, (int) formats);
    tcase_add_test(tc, the_summary_shows_nothing_either);
    tcase_add_test(tc, digests_are_keyed);
    tcase_add_test(tc, hmac_is_that_of_the_standard);
    tcase_add_test(tc, places_stay);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

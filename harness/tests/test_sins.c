/* The table of sins: every row names one defect, and what it says by data can be done. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "document/message.h"
#include "document/mutate.h"
#include "format/xml.h"
#include "twin/guard.h"
#include "twin/write.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;
static struct mu_message letter;

static void set_up(void)
{
    struct mu_err err;
    arena = mu_arena_new(256 * MU_MIB);
    mu_xml_start();
    letter = (struct mu_message){ 0 };
    ck_assert(mu_message_load(arena, FIXTURES "/messages/logistics-report.xml", &letter, &err));
    ck_assert(mu_message_load_label(arena, FIXTURES "/labels/restricted.xml", &letter, &err));
    letter.from = "a@eu.test";
    letter.to = "b@nato.test";
    letter.message_id = "1@muster.test";
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

START_TEST(names_are_found_and_unique)
{
    const struct mu_sin *sin;
    size_t n = 0;
    for (; (sin = mu_sin_at(n)) != NULL; n++) {
        const struct mu_sin *found = mu_sin_find(arena, sin->name);
        bool family = sin->place == MU_SIN_BAD_FIXTURE;
        ck_assert_msg(found == (family ? NULL : sin), "%s", sin->name);
        for (size_t i = 0; i < n; i++)
            ck_assert_str_ne(sin->name, mu_sin_at(i)->name);
        ck_assert_uint_eq(strspn(sin->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                          strlen(sin->name));
        ck_assert(sin->roles != 0 && sin->roles < 64);
        ck_assert_str_ne(mu_sin_kind_name(sin->kind), "");
    }
    ck_assert_uint_ge(n, 80);
    ck_assert_ptr_null(mu_sin_find(arena, "drop-lable"));
    ck_assert_ptr_null(mu_sin_find(arena, "drop-label:SIO-01"));
}
END_TEST

START_TEST(a_family_takes_its_argument)
{
    const struct mu_sin *sin = mu_sin_find(arena, "bad-fixture:SIO-09");
    ck_assert_ptr_nonnull(sin);
    ck_assert_str_eq(sin->argument, "SIO-09");
    ck_assert_str_eq(sin->name, "bad-fixture:SIO-09");
    ck_assert_ptr_null(mu_sin_find(arena, "bad-fixture"));
}
END_TEST

/* How many ways a row has of saying what is done. */
static unsigned ways(const struct mu_sin *s)
{
    const struct mu_sin_tls *t = &s->tls;
    const bool way[] = {
        s->place != MU_SIN_BY_DATA,
        s->write.operator!= NULL,
        s->overlooks != 0,
        s->base64 != MU_BASE64_OK,
        s->rule != NULL,
        s->spoil != NULL,
        t->min_version != 0 || t->groups != NULL || t->alpn != NULL || t->lax != 0
            || t->identity != NULL || t->tickets != 0 || t->not_demanded,
    };
    unsigned n = 0;
    for (size_t i = 0; i < MU_COUNT(way); i++)
        n += way[i];
    return n;
}

START_TEST(a_row_is_one_defect)
{
    const struct mu_sin *sin;
    for (size_t i = 0; (sin = mu_sin_at(i)) != NULL; i++) {
        ck_assert_msg(ways(sin) == 1, "%s: %u", sin->name, ways(sin));
        for (size_t k = 0; k < i && sin->place != MU_SIN_BY_DATA; k++)
            ck_assert_int_ne(sin->place, mu_sin_at(k)->place);
    }
}
END_TEST

START_TEST(what_is_written_can_be_written)
{
    struct mu_bytes good = mu_message_encode(arena, &letter);
    const struct mu_sin *sin;
    for (size_t i = 0; (sin = mu_sin_at(i)) != NULL; i++) {
        if (sin->write.operator== NULL)
            continue;
        const struct mu_operator *o = mu_operator_find(sin->write.operator);
        ck_assert_msg(o != NULL, "%s: no operator '%s'", sin->name, sin->write.operator);
        /* only a sender has the message before it is encoded; an adapter's answer is none */
        unsigned passes_on = sin->roles & (MU_TWIN_RECEIVER | MU_TWIN_RELAY);
        ck_assert(o->when == MU_AFTER_ENCODING || passes_on == 0);
        if ((sin->roles & MU_TWIN_SENDER) == 0)
            continue;
        struct mu_message message = letter;
        struct mu_err err;
        bool ok = mu_twin_write_message(arena, sin, FIXTURES, &message, &err);
        ck_assert_msg(ok, "%s: %s", sin->name, err.msg);
        struct mu_bytes octets = mu_message_encode(arena, &message);
        ok = mu_twin_write_octets(arena, sin, FIXTURES, &octets, &err);
        ck_assert_msg(ok, "%s: %s", sin->name, err.msg);
        ck_assert_msg(!mu_bytes_equal(octets, good), "%s changes nothing", sin->name);
    }
}
END_TEST

#define PLAIN "From: a@b.test\r\nSubject: S\r\n"
#define EXTRA "X-Long: one two three\r\nX-Short: abc\r\n"
#define LABEL "SIO-Label: marking=X"
#define MADE                                                                                       \
    "SIO-Label-History: change=add; changed-by=\"twin.muster.test\";\r\n"                          \
    " changed-at=\"Mon, 23 Nov 2026 10:15:00 +0000\"; new-marking=\"X\"\r\n"

static const struct {
    const char *sin, *before, *after;
} spoil_row[] = {
    { "drop-fields", PLAIN EXTRA "Keywords: K\r\n\r\nA\r\n", PLAIN "\r\nA\r\n" },
    { "drop-fields", PLAIN EXTRA, PLAIN },
    { "cut-fields", PLAIN EXTRA "\r\nA\r\n", PLAIN "X-Long: one tw\r\nX-Short: abc\r\n\r\nA\r\n" },
    { "drop-first-line", PLAIN "\r\nA\r\nB\r\n", PLAIN "\r\nB\r\n" },
    { "drop-first-line", PLAIN "\r\nA", PLAIN "\r\n" },
    { "drop-first-line", PLAIN "Content-Type: image/png\r\n\r\nA\r\nB\r\n",
      PLAIN "Content-Type: image/png\r\n\r\nA\r\nB\r\n" },
    { "drop-first-line",
      PLAIN "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nA\r\nB\r\n--x--\r\n",
      PLAIN "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nB\r\n--x--\r\n" },
    { "unmark-subject", "Subject: (NATO SECRET) x\r\n\r\n", "Subject: x\r\n\r\n" },
    { "unmark-subject", "Subject: [NATO SECRET] x\r\n\r\n", "Subject: x\r\n\r\n" },
    { "unmark-subject", "Subject: (NATO\r\n\r\n", "Subject: (NATO\r\n\r\n" },
    { "drop-colours", LABEL "; fgcolor=red; bgcolor=white\r\n\r\n",
      "SIO-Label:\r\n marking=X\r\n\r\n" },
    { "invent-history", LABEL "\r\n\r\n", LABEL "\r\n" MADE "\r\n" },
    { "write-decoded", "SIO-Label: marking*=utf-8''a%0D%0AX-B:%201\r\n\r\n",
      "SIO-Label: marking*=utf-8''a%0D%0AX-B:%201\r\nX-marking: a\r\nX-B: 1\r\n\r\n" },
};

START_TEST(a_spoiler_changes_what_it_says)
{
    const struct mu_sin *sin = mu_sin_find(arena, spoil_row[_i].sin);
    ck_assert(sin != NULL && sin->spoil != NULL);
    struct mu_bytes got = sin->spoil(arena, mu_bytes_of(spoil_row[_i].before));
    ck_assert_msg(mu_bytes_equal(got, mu_bytes_of(spoil_row[_i].after)), "%s:\n%.*s", sin->name,
                  (int) got.n, got.p);
}
END_TEST

/* A message with something for every spoiler. */
#define HEAD                                                                                       \
    "Received: from b\r\nReceived: from a\r\nFrom: <a@eu.test>\r\nTo: <b@nato.test>\r\n"           \
    "Subject: (X) x\r\nKeywords: exercise-key\r\n"                                                 \
    "Message-ID: <1@eu.test>\r\nSIO-Label: marking*=utf-8''X%0D%0A; fgcolor=red; x-exercise=1\r\n" \
    "SIO-Label-History: change=add\r\nSIO-Label-History: change=add;\r\n changed-by=\"a\"; "       \
    "changed-at=\"b\"\r\n"                                                                         \
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define LINE                                                                                       \
    "0123456789012345678901234567890123456789012345678901234567890123456789 a very long line\r\n"

START_TEST(what_is_spoiled_is_spoiled_alone)
{
    struct mu_buf in = { .arena = arena };
    mu_buf_puts(&in, HEAD "--b\r\n\r\n.dot\r\nsoft=\r\nbreak\r\n\xc3\xa9\r\n--b\r\n\r\n" LINE);
    for (size_t i = 0; i < 1000; i++)
        mu_buf_putc(&in, 'x');
    mu_buf_puts(&in, "\r\n--b--\r\n");
    struct mu_bytes good = mu_buf_bytes(&in), plain = MU_BYTES("From: <a@eu.test>\r\n\r\n");
    const struct mu_sin *sin;
    size_t spoilers = 0;
    for (size_t i = 0; (sin = mu_sin_at(i)) != NULL; i++) {
        if (sin->spoil == NULL)
            continue;
        spoilers++;
        ck_assert_msg(!mu_bytes_equal(sin->spoil(arena, good), good), "%s", sin->name);
        ck_assert_msg(mu_bytes_equal(sin->spoil(arena, plain), plain), "%s", sin->name);
        (void) sin->spoil(arena, MU_BYTES(""));
    }
    ck_assert_uint_ge(spoilers, 10);
}
END_TEST

START_TEST(a_bad_fixture_is_found_and_written)
{
    static const char *const row[] = { "bad-fixture:SIO-09", "bad-fixture:L74-22" };
    struct mu_bytes good = mu_message_encode(arena, &letter);
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_bytes octets = good;
        struct mu_err err;
        const struct mu_sin *sin = mu_sin_find(arena, row[i]);
        ck_assert(mu_twin_write_octets(arena, sin, FIXTURES, &octets, &err));
        ck_assert(!mu_bytes_equal(octets, good));
    }
    struct mu_err err;
    const struct mu_sin *none = mu_sin_find(arena, "bad-fixture:NO-SUCH");
    ck_assert(!mu_twin_write_octets(arena, none, FIXTURES, &good, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "'NO-SUCH' has no bad message"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sins");
    TCase *tc = tcase_create("sins");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, names_are_found_and_unique);
    tcase_add_test(tc, a_family_takes_its_argument);
    tcase_add_test(tc, a_row_is_one_defect);
    tcase_add_test(tc, what_is_written_can_be_written);
    tcase_add_loop_test(tc, a_spoiler_changes_what_it_says, 0, MU_COUNT(spoil_row));
    tcase_add_test(tc, what_is_spoiled_is_spoiled_alone);
    tcase_add_test(tc, a_bad_fixture_is_found_and_written);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Operators on header fields: each does what it says and no more. */
#include "mutate_support.h"

static const struct mutate_row row[] = {
    { LOG, "header.drop", SIO, "", SIO, "From:", "SIO-Label:", NULL, NULL },
    { LOG, "header.drop", "date", "", "date", "From:", "Date:", NULL, NULL },
    { LOG, "header.duplicate", SIO, "", SIO, "SIO-Label:", NULL, "SECRET", NULL },
    { LOG, "header.duplicate", SIO, "unclassified", SIO, "NATO UNCLASSIFIED", NULL, "SECRET",
      NULL },
    { LOG, "header.duplicate", SIO, "first:unclassified", SIO, "NATO SECRET", NULL,
      "<Classification>UNCLASSIFIED", NULL },
    { LOG, "header.duplicate", "subject", "other text", "subject", "Subject: other text\r\n", NULL,
      NULL, NULL },
    { LOG, "header.rename", SIO, "X-Label", SIO, "\r\nX-Label:", "SIO-Label:", NULL, NULL },
    { LOG, "header.set", "subject", "new one", "subject", "Subject: new one\r\n",
      "logistic report 014", NULL, NULL },
    { LOG, "header.set", SIO, "marking=\"X\"", SIO, "SIO-Label: marking=\"X\"\r\n", ":xml", NULL,
      NULL },
    { LOG, "header.add", "SIO-Label-History", "change=add", "sio-label-history",
      "SIO-Label-History: change=add\r\n\r\n", NULL, NULL, NULL },
    { LOG, "header.refold", SIO, "marking", SIO, "\"NATO \r\n SECRET\"", NULL, NULL, NULL },
    { LOG, "header.encode-word", SIO, "", SIO, "marking=\"=?utf-8?B?TkFUTyBTRUNSRVQ=?=\"",
      "marking=\"NATO", NULL, NULL },
    { LOG, "header.encode-word", "keywords", "", "keywords", "Keywords: =?utf-8?B?", "Keywords: E",
      NULL, NULL },
    { LOG, "header.append-8bit", SIO, "", SIO, "NATO SECRET\xE9\"", NULL, NULL, NULL },
    { LOG, "header.append-8bit", "subject", "\xC3\xA9", "subject", "ALPHA\xC3\xA9\r\n", NULL, NULL,
      NULL },
    { LOG, "from.duplicate", "", "x@y.invalid", "from", "From: x@y.invalid\r\n", NULL, NULL, NULL },
    { LOG, "date.drop", "", "", "date", "From:", "Date:", NULL, NULL },
    { LOG, "header.octets", "subject", "C8", "subject", "ALPHA\xC8\r\n", NULL, NULL, NULL },
    { LOG, "header.octets", "subject", "0D0A5349", "subject", "ALPHA\r\nSI", NULL, NULL, NULL },
    { LOG, "header.comment", SIO, "", SIO, " (EXERCISE)\r\n", NULL, "SECRET", NULL },
    { LOG, "header.comment", "date", "from ALPHA", "date", " (from ALPHA)\r\n", NULL, NULL, NULL },
    { LOG, "header.space-colon", SIO, "", SIO, "\r\nSIO-Label :", "SIO-Label:", "SECRET", NULL },
    { LOG, "header.fold-blank", SIO, "", SIO, "\r\n \t \r\n ", NULL, "SECRET", NULL },
    { LOG, "header.fold-blank", "date", "", "date", "+0000\r\n \t \r\n", NULL, NULL, NULL },
    { LOG, "header.size", "subject", "2049", "subject", "x\r\n xxx", NULL, NULL, NULL },
};

START_TEST(each_operator_does_what_it_says_and_no_more)
{
    check_row(&row[_i], "secret");
}
END_TEST

static const struct mutate_refusal refused[] = {
    { LOG, "header.drop", "", "", "needs a header field" },
    { LOG, "header.drop", "absent", "", "no header field 'absent'" },
    { LOG, "header.duplicate", SIO, "absent", "absent.xml" },
    { LOG, "header.rename", SIO, "", "needs the new name" },
    { LOG, "header.add", "", "x", "needs a header field" },
    { LOG, "header.refold", SIO, "fgcolor", "no quoted parameter 'fgcolor'" },
    { LOG, "header.refold", "subject", "", "no quoted parameter 'label'" },
    { LOG, "header.encode-word", SIO, "absent", "no parameter 'absent'" },
    { LOG, "header.long-line", SIO, "x", "'x' is no number" },
    { LOG, "header.long-line", SIO, "12", "too few" },
    { LOG, "header.octets", "subject", "0", "no octets in hexadecimal" },
    { LOG, "header.octets", "subject", "0g", "no octets in hexadecimal" },
    { LOG, "header.comment", "date", "a (b)", "cannot stand in a comment" },
    { LOG, "header.size", SIO, "100", "cannot be made 100 octets long" },
    { LOG, "header.block", "", "100", "cannot be made 100 octets long" },
    { LOG, "header.to-top", "from", "", "is the first one" },
};

START_TEST(what_cannot_be_applied_says_so)
{
    check_refusal(&refused[_i]);
}
END_TEST

START_TEST(sizes_are_exact)
{
    static const struct {
        const char *name, *on, *value;
        size_t lines, longest, octets; /* of the field; 0: any */
    } size[] = {
        { "header.long-line", SIO, "998", 0, 998, 0 },
        { "header.long-line", "subject", "", 0, 1200, 0 },
        { "header.unfold", SIO, "", 1, 0, 0 },
        { "header.unfold", "subject", "", 1, 0, 0 },
        { "header.size", SIO, "2049", 0, 0, 2049 },
        { "header.size", SIO, "102401", 0, 0, 102401 },
        { "header.size", "subject", "102401", 0, 0, 102401 },
    };
    struct mu_bytes got = { NULL, 0 };
    for (size_t i = 0; i < MU_COUNT(size); i++) {
        ck_assert_msg(mutate(LOG, "secret", size[i].name, size[i].on, size[i].value, &got), "%s",
                      err.msg);
        const struct mu_header *h = mu_header_find(&mu_mail_read(arena, got)->top, size[i].on);
        ck_assert(size[i].lines == 0 || h->lines == size[i].lines);
        ck_assert(size[i].longest == 0 || h->longest_line == size[i].longest);
        ck_assert(size[i].octets == 0 || (h->octets == size[i].octets && h->longest_line < 100));
    }
    for (size_t n = 4000; n < 4300; n++) {
        const char *octets = mu_arena_printf(arena, "%zu", n);
        ck_assert(mutate(LOG, "secret", "header.size", "date", octets, &got));
        ck_assert_uint_eq(mu_header_find(&mu_mail_read(arena, got)->top, "date")->octets, n);
        ck_assert(mutate(LOG, "secret", "header.block", "", octets, &got));
        ck_assert_uint_eq(mu_mail_read(arena, got)->top.body_offset, n);
        ck_assert_uint_lt(mu_mail_read(arena, got)->longest_line, 200);
    }
}
END_TEST

START_TEST(fields_move_and_keep_their_octets)
{
    struct mu_bytes got = { NULL, 0 }, control = control_of(LOG, "secret");
    const struct mu_header *was = mu_header_find(&mu_mail_read(arena, control)->top, SIO);
    struct mu_bytes field = mu_bytes_slice(control, was->offset, was->octets);
    ck_assert(mutate(LOG, "secret", "header.to-top", SIO, "", &got));
    ck_assert_uint_eq(got.n, control.n);
    ck_assert_uint_eq(mu_bytes_find(got, field, 0), 0);
    ck_assert(mutate(LOG, "secret", "header.to-body", SIO, "", &got));
    const struct mu_mail *mail = mu_mail_read(arena, got);
    ck_assert_uint_eq(got.n, control.n);
    ck_assert_ptr_null(mu_header_find(&mail->top, SIO));
    ck_assert_uint_eq(mu_bytes_find(got, field, 0), mail->top.body_offset);
    ck_assert(mutate(LOG, "secret", "header.case", SIO, "", &got));
    was = mu_header_find(&mu_mail_read(arena, got)->top, SIO);
    ck_assert_ptr_nonnull(was);
    ck_assert(!mu_bytes_equal(was->name, MU_BYTES("SIO-Label")));
}
END_TEST

START_TEST(no_operator_is_without_a_test)
{
    static const char *const subject[] = { "header.", "from.", "date.", NULL };
    static const char *const elsewhere[] = { "header.long-line",
                                             "header.unfold",
                                             "header.to-top",
                                             "header.to-body",
                                             "header.case",
                                             "header.block",
                                             NULL };
    check_table(subject, row, MU_COUNT(row), elsewhere);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate_header");
    TCase *tc = tcase_create("mutate_header");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_operator_does_what_it_says_and_no_more, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, what_cannot_be_applied_says_so, 0, MU_COUNT(refused));
    tcase_add_test(tc, sizes_are_exact);
    tcase_add_test(tc, fields_move_and_keep_their_octets);
    tcase_add_test(tc, no_operator_is_without_a_test);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

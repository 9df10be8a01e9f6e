/* Operators on messages and their parts: each does what it says and no more. */
#include "mutate_support.h"

static const struct mutate_row row[] = {
    { LOG, "part.sio-label", "", "unclassified", "body",
      "986d\r\nSIO-Label:\r\n marking=\"NATO UNCLASSIFIED\"", NULL, NULL, NULL },
    { LOG, "part.sio-label", "1.2", "unclassified", "body",
      "986d\r\nSIO-Label:\r\n marking=\"NATO UNCLASSIFIED\"", NULL, NULL, NULL },
    { LOG, "part.unclosed", "", "", "body", NULL, "--\r\n", NULL, NULL },
    { MED, "message.bare-lf", "", "", "body", "EXERCISE EXERCISE EXERCISE\n\r\n", NULL, NULL,
      NULL },
    { MED, "message.bare-lf", "header", "", "from", "sender.invalid\nTo:", NULL, NULL, NULL },
    { MED, "message.long-line", "", "999", "body", NULL, NULL, NULL, NULL },
    { MED, "message.dot-lines", "", "", "body", "EXERCISE\r\n.\r\n..\r\n.EXERCISE\r\n", NULL, NULL,
      NULL },
    { LOG, "message.dot-lines", "", "", "body",
      "EXERCISE\r\n.\r\n..\r\n.EXERCISE\r\n\r\n--=_muster", NULL, NULL, NULL },
    { LOG, "part.add", "", "EXERCISE more", "body",
      "Content-Type: text/plain; charset=us-ascii\r\n\r\nEXERCISE more\r\n--=_muster", NULL, NULL,
      NULL },
    { LOG, "part.add", "text/html", "<p>EXERCISE</p>", "body", "text/html\r\n\r\n<p>", NULL, NULL,
      NULL },
    { LOG, "part.message", "", "unclassified", "body", "message/rfc822\r\n\r\nFrom:", NULL, NULL,
      NULL },
    { LOG, "part.depth", "", "3", "body", "--deep2.--\r\n--deep1.--\r\n--deep0.--\r\n--=_muster",
      "deep3", NULL, NULL },
    { LOG, "text.first-line", "", "NATO UNCLASSIFIED", "body",
      "\r\n\r\nNATO UNCLASSIFIED\r\n\r\nEXERCISE", NULL, NULL, NULL },
    { MED, "message.bare-cr", "", "", "body", "EXERCISE EXERCISE EXERCISE\r\r\n", NULL, NULL,
      NULL },
    { LOG, "message.false-end", "", "LF.LF", "body", "before\n.\nEXERCISE behind\r\n\r\n--", NULL,
      NULL, NULL },
    { MED, "message.false-end", "", "CRLF.CR", "body", "before\r\n.\rEXERCISE behind\r\n", NULL,
      NULL, NULL },
};

START_TEST(each_operator_does_what_it_says_and_no_more)
{
    check_row(&row[_i], "secret");
}
END_TEST

static const struct mutate_refusal refused[] = {
    { MED, "part.sio-label", "", "secret", "no body part '1.1'" },
    { LOG, "part.sio-label", "", "No Id", "no name of a label fixture" },
    { LOG, "message.nul", "foot", "", "neither 'header' nor 'body'" },
    { LOG, "message.octets", "", "10", "cannot be padded" },
    { LOG, "message.octets", "", "", "no number" },
    { LOG, "message.octets", "", "99999999999999999999", "no number" },
    { "mobility-request", "message.dot-lines", "", "", "no part with encoding" },
    { MED, "part.add", "", "x", "is no multipart" },
    { LOG, "part.add", "", "", "needs a 'value'" },
    { LOG, "part.depth", "", "100000", "more than 1000 parts" },
    { LOG, "message.false-end", "", "CRLF", "no name of a false end" },
    { "mobility-request", "text.first-line", "", "x", "no part with encoding" },
};

START_TEST(what_cannot_be_applied_says_so)
{
    check_refusal(&refused[_i]);
}
END_TEST

START_TEST(sizes_are_exact)
{
    struct mu_bytes got = { NULL, 0 }, control = control_of(LOG, "secret");
    for (size_t n = control.n + 3; n < control.n + 400; n++) {
        const char *size = mu_arena_printf(arena, "%zu", n);
        ck_assert_msg(mutate(LOG, "secret", "message.octets", "", size, &got), "%s", err.msg);
        ck_assert_uint_eq(got.n, n);
    }
    const struct mu_mail *mail = mu_mail_read(arena, got);
    ck_assert_uint_eq(mail->defects, 0);
    ck_assert_uint_le(mail->top.part[0].longest_line, 100);
    ck_assert(mutate(MED, "secret", "message.long-line", "", "999", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->top.longest_line, 999);
    ck_assert(mutate(MED, "secret", "message.nul", "", "", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->nul, 1);
    ck_assert(mutate(MED, "secret", "message.bare-lf", "header", "", &got));
    ck_assert_uint_eq(mu_mail_read(arena, got)->bare_lf, 1);
}
END_TEST

START_TEST(the_holes_of_a_file_are_filled)
{
    struct mu_bytes got;
    ck_assert_msg(mutate(LOG, "secret", "message.file", "", "messages/raw/with-holes.eml", &got),
                  "%s", err.msg);
    struct mu_bytes control = control_of(LOG, "secret");
    const struct mu_mail *mail = mu_mail_read(arena, control);
    struct mu_buf want = { .arena = arena };
    static const char *const field[] = { "to", "from", "message-id" };
    static const char *const name[] = { "To", "From", "Message-ID" };
    for (size_t i = 0; i < MU_COUNT(field); i++) {
        mu_buf_printf(&want, "%s: ", name[i]);
        mu_buf_put_bytes(&want, mu_header_find(&mail->top, field[i])->value);
        mu_buf_puts(&want, "\r\n");
    }
    mu_buf_puts(&want, "Subject: EXERCISE {other} {to\r\n\r\nEXERCISE from ");
    mu_buf_put_bytes(&want, mu_header_find(&mail->top, "from")->value);
    mu_buf_puts(&want, "\r\n");
    ck_assert_msg(mu_bytes_equal(got, mu_buf_bytes(&want)), "%.*s", (int) got.n, got.p);
    ck_assert(!mutate(LOG, "secret", "message.file", "", "absent.eml", &got));
}
END_TEST

START_TEST(no_operator_is_without_a_test)
{
    static const char *const subject[] = { "part.", "text.", "message.", NULL };
    static const char *const elsewhere[] = { "message.octets", "message.nul", "message.file",
                                             NULL };
    check_table(subject, row, MU_COUNT(row), elsewhere);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate_message");
    TCase *tc = tcase_create("mutate_message");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_operator_does_what_it_says_and_no_more, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, what_cannot_be_applied_says_so, 0, MU_COUNT(refused));
    tcase_add_test(tc, sizes_are_exact);
    tcase_add_test(tc, the_holes_of_a_file_are_filled);
    tcase_add_test(tc, no_operator_is_without_a_test);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

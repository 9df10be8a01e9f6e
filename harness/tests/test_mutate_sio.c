/* Operators on the parameters of a SIO-Label: each does what it says and no more. */
#include "mutate_support.h"

static const struct mutate_row row[] = {
    { LOG, "sio.parameter.drop", "marking", "", SIO, "SIO-Label:\r\n fgcolor=white;",
      "marking=", "SECRET", NULL },
    { LOG, "sio.parameter.drop", "type", "", SIO, "bgcolor=red;\r\n label*0=", ":xml", "SECRET",
      NULL },
    { LOG, "sio.parameter.drop", "label", "", SIO, "type=\":xml\"\r\n", "label*", NULL, NULL },
    { LOG, "sio.parameter.set", "fgcolor", "#12345", SIO, "fgcolor=#12345;", "fgcolor=white",
      "SECRET", NULL },
    { LOG, "sio.parameter.set", "type", ":other", SIO, "type=\":other\"", ":xml", "SECRET", NULL },
    { LOG, "sio.parameter.set", "label", "AAAA", SIO, "label=\"AAAA\"\r\n", "label*", NULL,
      "SECRET" },
    { LOG, "sio.parameter.add", "x", "1", SIO, ";\r\n x=\"1\"\r\n", NULL, "SECRET", NULL },
    { LOG, "sio.segment.gap", "", "", SIO, "label*0=", NULL, NULL, NULL },
    { LOG, "sio.segment.duplicate", "", "", SIO, "label*0=", NULL, NULL, NULL },
    { LOG, "sio.segment.leading-zero", "", "", SIO, ";\r\n label*0", NULL, NULL, NULL },
    { LOG, "sio.trailing-semicolon", "", "", SIO, "\";\r\nMIME-Version", NULL, "SECRET", NULL },
    { LOG, "base64.space", "", "", SIO, NULL, NULL, "SECRET", NULL },
    { LOG, "base64.padding", "", "", SIO, NULL, NULL, NULL, NULL },
    { LOG, "base64.url", "", "", SIO, NULL, "+", NULL, NULL },
    { LOG, "sio.parameter.extended", "", "utf-8''NATO%20SECRET%0D%0AX", SIO,
      "marking*=utf-8''NATO%20SECRET%0D%0AX;\r\n", "marking=", "SECRET", NULL },
    { LOG, "sio.parameter.octets", "", "00", SIO, NULL, NULL, "SECRET", NULL },
    { LOG, "sio.parameter.octets", "", "c8C9", SIO, "\xC8\xC9", NULL, "SECRET", NULL },
    { LOG, "sio.parameter.case", "", "", SIO, "Label*0=", NULL, "SECRET", NULL },
    { LOG, "sio.parameter.case", "type", "", SIO, "=\":xml\"", " type=", "SECRET", NULL },
    { LOG, "sio.parameter.beside-starred", "", "", SIO,
      "marking*=utf-8''NATO%20SECRET;\r\n marking=\"NATO SECRET\"", NULL, "SECRET", NULL },
    { LOG, "sio.parameter.beside-starred", "", "OTHER", SIO, "marking*=utf-8''OTHER;\r\n", NULL,
      "SECRET", NULL },
    { LOG, "sio.parameter.beside-plain", "", "AAAA", SIO, "label=\"AAAA\";\r\n label*0=", NULL,
      "SECRET", NULL },
    { LOG, "sio.parameter.beside-plain", "", "unclassified", SIO, "label=\"PG9yaW", NULL, "SECRET",
      "UNCLASSIFIED" },
    { LOG, "sio.segment.reorder", "", "", SIO, NULL, NULL, ">SECRET<", NULL },
    { LOG, "sio.segment.drop-first", "", "", SIO, "\r\n label*1=", "label*0=", NULL, ">SECRET<" },
    { LOG, "sio.segment.extended", "", "", SIO, "label*0*=utf-8''", "label*0=", ">SECRET<", NULL },
    { LOG, "base64.foreign", "", "", SIO, NULL, NULL, "SECRET", NULL },
    { LOG, "base64.truncate", "", "", SIO, "label", NULL, NULL,
      "</originatorConfidentialityLabel>" },
};

START_TEST(each_operator_does_what_it_says_and_no_more)
{
    check_row(&row[_i], "secret");
}
END_TEST

static const struct mutate_refusal refused[] = {
    { LOG, "sio.parameter.drop", "", "", "needs a parameter" },
    { LOG, "sio.parameter.drop", "absent", "", "no parameter 'absent'" },
    { LOG, "sio.parameter.set", "absent", "x", "no parameter 'absent'" },
    { LOG, "sio.segment.gap", "marking", "", "no second segment" },
    { LOG, "base64.space", "absent", "", "no base64" },
    { LOG, "base64.url", "marking", "", "neither + nor /" },
    { LOG, "sio.parameter.extended", "label", "x", "stands in segments" },
    { LOG, "sio.parameter.extended", "", "", "needs a 'value'" },
    { LOG, "sio.parameter.octets", "absent", "00", "no parameter 'absent'" },
    { LOG, "sio.parameter.case", "absent", "", "no parameter 'absent'" },
    { LOG, "sio.segment.reorder", "marking", "", "no second segment" },
    { LOG, "base64.bits", "marking", "", "no unused bits" },
};

START_TEST(what_cannot_be_applied_says_so)
{
    check_refusal(&refused[_i]);
}
END_TEST

/* What the defect operators must leave in the parameter list. */
static const struct {
    const char *name, *on, *value;
    unsigned label, list, marking; /* defects of the label, of the list, of the marking */
    enum mu_base64_defect base64;
} defect[] = {
    { "sio.segment.gap", "label", "", MU_PARAMETER_GAP, 0, 0, MU_BASE64_OK },
    { "sio.segment.duplicate", "label", "", MU_PARAMETER_DUPLICATE, 0, 0, MU_BASE64_OK },
    { "sio.segment.leading-zero", "label", "", MU_PARAMETER_LEADING_ZERO, 0, 0, MU_BASE64_OK },
    { "sio.trailing-semicolon", "", "", 0, MU_LIST_EMPTY, 0, MU_BASE64_OK },
    { "base64.space", "", "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "base64.url", "", "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "base64.padding", "", "", 0, 0, 0, MU_BASE64_PADDING },
    { "header.refold", SIO, "", 0, 0, 0, MU_BASE64_CHARACTER },
    { "header.encode-word", SIO, "", 0, 0, MU_PARAMETER_ENCODED_WORD, MU_BASE64_OK },
    { "header.append-8bit", SIO, "", 0, 0, MU_PARAMETER_EIGHT_BIT, MU_BASE64_OK },
    { "sio.parameter.octets", "marking", "E9", 0, 0, MU_PARAMETER_EIGHT_BIT, MU_BASE64_OK },
    { "sio.parameter.octets", "marking", "00", 0, 0, MU_PARAMETER_CONTROL, MU_BASE64_OK },
    { "sio.parameter.extended", "marking", "x-muster''NATO%20SECRET", 0, 0,
      MU_PARAMETER_UNKNOWN_CHARSET, MU_BASE64_OK },
    { "sio.parameter.extended", "marking", "utf-8''NATO%0D%0ASIO-Label:", 0, 0,
      MU_PARAMETER_CONTROL, MU_BASE64_OK },
    { "sio.parameter.extended", "marking", "utf-8''NATO%2", 0, 0, MU_PARAMETER_PERCENT,
      MU_BASE64_OK },
    { "sio.parameter.beside-starred", "marking", "", 0, 0, MU_PARAMETER_MIXED, MU_BASE64_OK },
    { "sio.parameter.beside-plain", "label", "", MU_PARAMETER_MIXED, 0, 0, MU_BASE64_OK },
    { "sio.segment.drop-first", "label", "", MU_PARAMETER_GAP, 0, 0, MU_BASE64_OK },
    { "sio.segment.reorder", "label", "", 0, 0, 0, MU_BASE64_OK },
    { "sio.segment.extended", "label", "", 0, 0, 0, MU_BASE64_OK },
    { "sio.parameter.case", "label", "", 0, 0, 0, MU_BASE64_OK },
    { "header.comment", SIO, "", 0, MU_LIST_COMMENT, 0, MU_BASE64_OK },
    { "header.fold-blank", SIO, "", 0, 0, 0, MU_BASE64_OK },
    { "header.case", SIO, "", 0, 0, 0, MU_BASE64_OK },
    { "header.size", SIO, "4000", 0, 0, 0, MU_BASE64_OK },
    { "base64.foreign", "", "", 0, 0, 0, MU_BASE64_CHARACTER },
};

START_TEST(each_defect_is_the_intended_one)
{
    struct mu_bytes got;
    ck_assert_msg(mutate(LOG, "secret", defect[_i].name, defect[_i].on, defect[_i].value, &got),
                  "%s", err.msg);
    struct mu_sio sio;
    mu_sio_read(arena, mu_header_find(&mu_mail_read(arena, got)->top, SIO), &sio);
    ck_assert_msg(sio.label != NULL && sio.marking != NULL, "%s", defect[_i].name);
    ck_assert_msg((sio.label->defects & defect[_i].label) == defect[_i].label
                      && (defect[_i].label != 0 || sio.label->defects == 0),
                  "%s: label defects %x", defect[_i].name, sio.label->defects);
    ck_assert_msg(sio.list.defects == defect[_i].list, "%s: list defects %x", defect[_i].name,
                  sio.list.defects);
    ck_assert_msg((sio.marking->defects & defect[_i].marking) == defect[_i].marking
                      && (defect[_i].marking != 0 || sio.marking->defects == 0),
                  "%s: marking defects %x", defect[_i].name, sio.marking->defects);
    ck_assert_msg(defect[_i].label != 0 || sio.base64 == defect[_i].base64, "%s: base64 %s",
                  defect[_i].name, mu_base64_defect_name(sio.base64));
}
END_TEST

START_TEST(history_is_told)
{
    struct mu_bytes got = { NULL, 0 };
    ck_assert_msg(mutate(LOG, "secret", "sio.history.add", "", "restricted", &got), "%s", err.msg);
    const struct mu_mail *mail = mu_mail_read(arena, got);
    const struct mu_header *history = mu_header_find(&mail->top, "sio-label-history");
    ck_assert_ptr_nonnull(history);
    struct mu_sio sio;
    mu_sio_read(arena, history, &sio);
    ck_assert_uint_eq(sio.list.defects, 0);
    ck_assert_int_eq(sio.base64, MU_BASE64_OK);
    ck_assert_uint_ne(mu_bytes_find(sio.decoded, MU_BYTES(">RESTRICTED<"), 0), SIZE_MAX);
}
END_TEST

/* Labels of all lengths: where there are unused bits, one of them is set. */
START_TEST(unused_bits_are_set)
{
    size_t set = 0;
    for (size_t n = 1200; n < 1203; n++) {
        struct mu_bytes got;
        struct mu_sio sio;
        const char *octets = mu_arena_printf(arena, "%zu", n);
        ck_assert_msg(mutate(LOG, "secret", "label.octets", "", octets, &got), "%s", err.msg);
        struct mu_mutation m = { arena, "", "", 1, FIXTURES, &policies, false };
        bool done = mu_operator_find("base64.bits")->octets(&m, &got, &err);
        mu_sio_read(arena, mu_header_find(&mu_mail_read(arena, got)->top, SIO), &sio);
        ck_assert_int_eq(sio.base64, done ? MU_BASE64_BITS : MU_BASE64_OK);
        ck_assert_uint_eq(sio.decoded.n, n);
        set += done;
    }
    ck_assert_uint_eq(set, 2);
}
END_TEST

START_TEST(no_operator_is_without_a_test)
{
    static const char *const subject[] = { "sio.", "base64.", NULL };
    static const char *const elsewhere[] = { "sio.history.add", "base64.bits", NULL };
    check_table(subject, row, MU_COUNT(row), elsewhere);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutate_sio");
    TCase *tc = tcase_create("mutate_sio");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_operator_does_what_it_says_and_no_more, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, what_cannot_be_applied_says_so, 0, MU_COUNT(refused));
    tcase_add_loop_test(tc, each_defect_is_the_intended_one, 0, MU_COUNT(defect));
    tcase_add_test(tc, history_is_told);
    tcase_add_test(tc, unused_bits_are_set);
    tcase_add_test(tc, no_operator_is_without_a_test);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

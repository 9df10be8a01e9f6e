/* What the twin decides of labels and clearances, what it translates, and what each sin changes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "document/message.h"
#include "document/mutate.h"
#include "format/sio.h"
#include "format/unicode.h"
#include "format/xml.h"
#include "twin/guard.h"
#include "twin/judge.h"
#include "twin/twin.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"
#define POLICIES MU_SOURCE_DIR "/profiles/policies/"
#define NOW      1795428900 /* 2026-11-23T10:15:00Z */

static struct mu_arena *arena;
static struct mu_judge judge;

static void set_up(void)
{
    static const char *const policy[] = { POLICIES "nato-exercise.xml", POLICIES "eu-exercise.xml",
                                          POLICIES "public.xml", POLICIES "velmar.xml" };
    struct mu_err err;
    arena = mu_arena_new(512 * MU_MIB);
    mu_xml_start();
    ck_assert(mu_unicode_start(&err));
    ck_assert_msg(
        mu_judge_load(arena, policy, MU_COUNT(policy), FIXTURES "/clearances", true, &judge, &err),
        "%s", err.msg);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

static const struct {
    const char *message, *label, *operator, * on, *value;
    const char *to;   /* local part */
    const char *says; /* in the refusal; NULL: it may pass */
    const char *sin;  /* NULL: none */
} row[] = {
    { NULL, "restricted", NULL, "", "", "muster", NULL, NULL },
    { NULL, "secret", NULL, "", "", "nato-secret", NULL, NULL },
    { NULL, "secret", NULL, "", "", "nato-restricted", "not-cleared", NULL },
    { NULL, "secret", NULL, "", "", "nato-restricted", NULL, "ignore-clearance" },
    { NULL, "restricted", NULL, "", "", "nato-gap", "not-cleared", NULL },
    { NULL, "restricted", NULL, "", "", "nato-gap", NULL, "imply-lower" },
    { NULL, "secret-bohemia", NULL, "", "", "nato-secret", "BOHEMIA", NULL },
    { NULL, "secret-bohemia", NULL, "", "", "nato-secret", NULL, "ignore-restrictive" },
    { NULL, "restricted", NULL, "", "", "other-nation", "Context", NULL },
    { NULL, "restricted", NULL, "", "", "other-nation", NULL, "ignore-permissive" },
    { NULL, "restricted", NULL, "", "", "eu-staff", "label-unmappable", NULL },
    { NULL, "restricted", NULL, "", "", "eu-staff", NULL, "ignore-policy-mismatch" },
    { NULL, "unclassified-staff", NULL, "", "", "nato-secret", NULL, NULL },
    { NULL, "unclassified-staff", NULL, "", "", "nato-secret", "informative", "count-informative" },
    { NULL, "restricted", "label.policy-uri.set", "", "urn:oid:2.25.1", "muster", "label-invalid",
      0 },
    { NULL, "restricted", "label.value.add", "Context", "ATLANTIS", "muster", "label-invalid",
      NULL },
    { NULL, "restricted", "marking.set", "", "NATO SECRET", "muster", "marking-conflict", NULL },
    { NULL, "restricted", "marking.set", "", "nato  restricted", "muster", NULL, NULL },
    { NULL, "restricted", "marking.set", "", "NATO DIFFUSION RESTREINTE", "muster", NULL, NULL },
    { NULL, "restricted", "marking.set", "", "nato  restricted", "muster", "marking-conflict",
      "compare-marking-text" },
    { NULL, "restricted-releasable", "marking.reorder", "", "", "muster", NULL, NULL },
    { NULL, "restricted-releasable", "marking.reorder", "", "", "muster", "marking-conflict",
      "compare-marking-text" },
    { NULL, "alternative-restricted", NULL, "", "", "nato-secret", NULL, NULL },
    { NULL, "alternative-restricted", NULL, "", "", "nato-secret", "label-missing",
      "ignore-alternative" },
    { NULL, "secret-releasable-atomal", NULL, "", "", "eu-staff", "ATOMAL", NULL },
    { NULL, "velmar-command", NULL, "", "", "nato-secret", "label-unmappable", NULL },
    { NULL, "velmar-command", NULL, "", "", "nato-secret", NULL, "translate-any-direction" },
    { NULL, "eu-secret-nato", NULL, "", "", "nato-restricted", "not-cleared", NULL },
    { "portion-report", "secret", NULL, "", "", "muster", NULL, NULL },
    { "portion-report", "confidential", NULL, "", "", "muster", "portions", NULL },
    { "portion-report", "confidential", NULL, "", "", "muster", NULL, "ignore-portions" },
    { NULL, "restricted", NULL, "", "", "nato-secret.x", NULL, NULL }, /* no such mailbox */
    { NULL, "restricted", "text.first-line", "", "NATO SECRET", "muster", "first line", NULL },
    { NULL, "restricted", "text.first-line", "", "NATO UNCLASSIFIED", "muster", "first line",
      NULL },
    { NULL, "restricted", "text.first-line", "", "nato restricted", "muster", NULL, NULL },
    { NULL, "restricted", "text.first-line", "", "SECRET PLACES", "muster", NULL, NULL },
    { NULL, "restricted", "header.set", "subject", "(NATO SECRET) x", "muster", "the subject",
      NULL },
    { NULL, "restricted", "header.set", "subject", "[NATO RESTRICTED] x", "muster", NULL, NULL },
    { NULL, "restricted", "header.set", "subject", "(NATO SECRET", "muster", NULL, NULL },
    { NULL, "restricted", "label.homoglyph", "", "", "muster", "label-invalid", NULL },
    { NULL, "restricted", "marking.homoglyph", "", "", "muster", "marking-conflict", NULL },
    { NULL, "restricted", "marking.invisible", "", "", "muster", "marking-conflict", NULL },
    { NULL, "restricted", "label.hide", "", "unclassified", "nato-restricted", NULL, NULL },
    { NULL, "secret", "label.hide", "", "unclassified", "nato-restricted", "not-cleared", NULL },
    { NULL, "secret", "label.comment", "", "", "nato-restricted", "not-cleared", NULL },
    { NULL, "secret", "label.comment", "", "", "nato-secret", NULL, NULL },
    { NULL, "secret", "label.cdata", "", "", "nato-restricted", "not-cleared", NULL },
    { NULL, "restricted", "text.first-line", "", "NATO SECRET", "muster", NULL,
      "ignore-first-line" },
    { NULL, "restricted", "text.first-line", "", "NATO SECRET", "muster", "line",
      "ignore-subject" },
    { NULL, "restricted", "header.set", "subject", "(NATO SECRET) x", "muster", NULL,
      "ignore-subject" },
};

static struct mu_message letter(const char *message, const char *label)
{
    struct mu_message m = { 0 };
    struct mu_err err;
    const char *path = mu_arena_printf(arena, FIXTURES "/messages/%s.xml",
                                       message != NULL ? message : "logistics-report");
    ck_assert_msg(mu_message_load(arena, path, &m, &err), "%s", err.msg);
    path = mu_arena_printf(arena, FIXTURES "/labels/%s.xml", label);
    ck_assert_msg(mu_message_load_label(arena, path, &m, &err), "%s", err.msg);
    m.from = "a@eu.test";
    m.to = "b@nato.test";
    m.message_id = "1@muster.test";
    return m;
}

static struct mu_ruling judged(struct mu_bytes message, const char *to, const char *sin)
{
    const char *address = mu_arena_printf(arena, "%s+0001r@nato.test", to);
    struct mu_bytes recipient = mu_bytes_of(address);
    struct mu_ruling ruling;
    mu_judge_message(arena, &judge, message, &recipient, 1, NOW,
                     sin != NULL ? mu_sin_find(arena, sin) : NULL, &ruling);
    return ruling;
}

START_TEST(each_message_is_released_or_refused)
{
    struct mu_message m = letter(row[_i].message, row[_i].label);
    struct mu_bytes octets = { NULL, 0 };
    struct mu_err err;
    if (row[_i].operator!= NULL) {
        struct mu_mutation change = { arena,    row[_i].on,      row[_i].value, 1,
                                      FIXTURES, &judge.policies, false };
        const struct mu_operator *op = mu_operator_find(row[_i].operator);
        if (op->octets != NULL)
            octets = mu_message_encode(arena, &m);
        bool done = op->octets != NULL ? op->octets(&change, &octets, &err)
                                       : op->abstract(&change, &m, &err);
        ck_assert_msg(done, "%s", err.msg);
    }
    if (octets.p == NULL)
        octets = mu_message_encode(arena, &m);
    struct mu_ruling got = judged(octets, row[_i].to, row[_i].sin);
    if (row[_i].says == NULL)
        ck_assert_msg(got.refusal == NULL, "%d: %s", _i, got.refusal);
    else
        ck_assert_msg(got.refusal != NULL && strstr(got.refusal, row[_i].says) != NULL, "%d: %s",
                      _i, got.refusal);
}
END_TEST

static const struct {
    const char *label, *to, *classification, *root, *marking;
    const char *sin; /* NULL: none */
} mapped_row[] = {
    { "secret-releasable", "eu-staff", "SECRET UE/EU SECRET", MU_LABEL_ALTERNATIVE,
      "SECRET UE/EU SECRET RELEASABLE TO Council of the EU, EEAS, NATO", NULL },
    { "eu-confidential-nato", "nato-secret", "CONFIDENTIAL", MU_LABEL_ALTERNATIVE,
      "NATO CONFIDENTIAL Releasable to Council of the EU", NULL },
    { "eu-confidential-nato", "nato-secret", "RESTRICTED", MU_LABEL_ALTERNATIVE,
      "NATO RESTRICTED Releasable to Council of the EU", "translate-lower" },
    { "eu-confidential-nato", "nato-secret", "CONFIDENTIAL", MU_LABEL_ORIGINATOR,
      "NATO CONFIDENTIAL Releasable to Council of the EU", "translate-originator" },
    { "velmar-confidential", "nato-secret", "RESTRICTED", MU_LABEL_ALTERNATIVE, NULL, NULL },
    { "velmar-confidential", "nato-secret", "CONFIDENTIAL", MU_LABEL_ALTERNATIVE, NULL,
      "translate-by-name" },
    { "public", "nato-secret", "UNCLASSIFIED", MU_LABEL_ALTERNATIVE, "NATO UNCLASSIFIED", NULL },
};

START_TEST(labels_are_written_in_the_recipients_policy)
{
    struct mu_message m = letter(NULL, mapped_row[_i].label);
    struct mu_bytes in = mu_message_encode(arena, &m);
    struct mu_ruling got = judged(in, mapped_row[_i].to, mapped_row[_i].sin);
    ck_assert_msg(got.refusal == NULL, "%s", got.refusal);
    ck_assert_ptr_nonnull(got.label);
    ck_assert_str_eq(got.label->classification, mapped_row[_i].classification);
    ck_assert_str_eq(got.label->root, mapped_row[_i].root);
    if (mapped_row[_i].marking != NULL)
        ck_assert_str_eq(got.marking, mapped_row[_i].marking);
    /* What leaves is again a message with one label, and the old one stands in its history. */
    struct mu_bytes out = mu_guard_pass_on(arena, in, "x.test", &got, 0);
    const struct mu_mail *mail = mu_mail_read(arena, out);
    const struct mu_header *history = mu_header_find(&mail->top, "sio-label-history");
    ck_assert_ptr_nonnull(history);
    ck_assert_uint_le(mail->longest_line, 998);
    struct mu_sio sio;
    mu_sio_read(arena, history, &sio);
    ck_assert_int_eq(sio.base64, MU_BASE64_OK);
    ck_assert(mu_bytes_equal(sio.decoded, mu_label_write(arena, m.label)));
}
END_TEST

START_TEST(mail_that_comes_home_gets_its_label_back)
{
    struct mu_message m = letter(NULL, "alternative-eu-secret");
    static const char *const was[] = { "secret-releasable", "restricted-releasable" };
    struct mu_message first = letter(NULL, was[0]);
    struct mu_err err;
    for (size_t i = 0; i < MU_COUNT(was); i++) {
        struct mu_bytes octets = mu_message_encode(arena, &m);
        struct mu_mutation change = { arena, "", was[i], 1, FIXTURES, &judge.policies, false };
        ck_assert(mu_operator_find("sio.history.add")->octets(&change, &octets, &err));
        struct mu_ruling got = judged(octets, "nato-secret", 0);
        ck_assert_msg(got.refusal == NULL, "%s", got.refusal);
        ck_assert(mu_label_equal(arena, &judge.policies, got.label, first.label, NULL));
        /* A history that does not fit the label is not believed: that label is mapped. */
        ck_assert_int_eq(strcmp(got.label->root, MU_LABEL_ORIGINATOR) == 0, i == 0);
    }
}
END_TEST

START_TEST(a_folder_that_cannot_be_read_is_named)
{
    struct mu_judge other;
    struct mu_err err;
    ck_assert(!mu_judge_load(arena, NULL, 0, "/nonexistent", false, &other, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "/nonexistent"));
    ck_assert(!mu_judge_load(arena, NULL, 0, FIXTURES "/labels", false, &other, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "no clearance"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judge");
    TCase *tc = tcase_create("judge");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_message_is_released_or_refused, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, labels_are_written_in_the_recipients_policy, 0, MU_COUNT(mapped_row));
    tcase_add_test(tc, mail_that_comes_home_gets_its_label_back);
    tcase_add_test(tc, a_folder_that_cannot_be_read_is_named);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The twin's judgement of a message, and what each sin does to one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "document/message.h"
#include "document/mutate.h"
#include "format/sio.h"
#include "twin/guard.h"
#include "twin/twin.h"

#define FIXTURES MU_SOURCE_DIR "/fixtures"

static struct mu_arena *arena;
static struct mu_schema *schema;
static struct mu_message letter;

static void set_up(void)
{
    struct mu_err err;
    arena = mu_arena_new(256 * MU_MIB);
    mu_xml_start();
    const char *path = MU_SOURCE_DIR "/profiles/schemas/adatp-4774.xsd";
    ck_assert(mu_schema_load(arena, path, &schema, &err));
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

static const struct mu_sin *sin_of(const char *name)
{
    const struct mu_sin *sin = name != NULL ? mu_sin_find(arena, name) : NULL;
    ck_assert(name == NULL || sin != NULL);
    return sin;
}

static const struct {
    const char *operator, * on, *value;
    const char *says; /* NULL: it may pass */
    const char *sin;  /* NULL: none */
} refusal_row[] = {
    { NULL, "", "", NULL, NULL },
    { "header.drop", "sio-label", "", "5.7.1 label-missing", NULL },
    { "header.drop", "sio-label", "", NULL, "accept-unlabelled" },
    { "header.duplicate", "sio-label", "secret", "5.7.1 label-duplicate", NULL },
    { "header.duplicate", "sio-label", "secret", NULL, "accept-duplicate-label" },
    { "base64.space", "", "", "label-unreadable: base64 character", NULL },
    { "base64.padding", "", "", "label-unreadable: base64 padding", NULL },
    { "sio.segment.gap", "label", "", "label-syntax: gap", NULL },
    { "sio.segment.duplicate", "label", "", "label-syntax: duplicate", NULL },
    { "sio.parameter.drop", "type", "", "label-syntax: type and label", NULL },
    { "sio.parameter.drop", "label", "", "label-syntax: type and label", NULL },
    { "sio.trailing-semicolon", "", "", NULL, NULL }, /* RFC 7444 has one in its own example */
    { "message.bare-lf", "", "", "5.6.0 content", NULL },
    { "message.nul", "", "", "5.6.0 content", NULL },
    { "message.long-line", "", "1200", "5.6.0 content", NULL },
    { "from.duplicate", "", "", "5.6.0 header", NULL },
    { "part.sio-label", "1.1", "secret", NULL, NULL },
    { "header.duplicate", "sio-label", "secret", NULL, "accept-last-label" },
    { "base64.space", "", "", NULL, "accept-base64-noise" },
    { "base64.space", "", "", "base64 character", "accept-base64-padding" },
    { "base64.padding", "", "", NULL, "accept-base64-padding" },
    { "sio.segment.gap", "label", "", NULL, "accept-segment-gap" },
    { "sio.segment.gap", "label", "", "gap", "accept-segment-duplicate" },
    { "sio.segment.duplicate", "label", "", NULL, "accept-segment-duplicate" },
    { "sio.segment.leading-zero", "label", "", NULL, "accept-segment-zero" },
    { "sio.parameter.drop", "type", "", NULL, "accept-untyped-label" },
    { "sio.parameter.add", "x-exercise", "1", "does not know", "refuse-unknown-parameter" },
    { "label.raw", "", "labels/raw/doctype.xml", NULL, "accept-doctype" },
    { "label.raw", "", "labels/raw/not-well-formed.xml", "label-unreadable", "accept-doctype" },
    { "label.raw", "", "labels/raw/not-well-formed.xml", NULL, "accept-unreadable-label" },
    { "label.raw", "", "labels/raw/wrong-order.xml", NULL, "accept-any-structure" },
    { "label.raw", "", "labels/raw/wrong-namespace.xml", NULL, "accept-any-namespace" },
    { "label.raw", "", "labels/raw/no-namespace.xml", NULL, "accept-any-namespace" },
    { "label.raw", "", "labels/raw/wrong-root.xml", NULL, "accept-root-case" },
    { "label.raw", "", "labels/raw/wrong-root.xml", "confidentiality", "accept-any-namespace" },
    { "label.raw", "", "labels/raw/many-categories.xml", "4,096", "refuse-long-label" },
    { "label.raw", "", "labels/raw/extension-element.xml", "not know", "refuse-extension" },
    { "message.bare-lf", "", "", NULL, "accept-bare-lf" },
    { "message.nul", "", "", NULL, "accept-nul" },
    { "message.long-line", "", "1200", NULL, "accept-long-line" },
    { "from.duplicate", "", "", NULL, "accept-second-from" },
    { "part.depth", "", "100", "more fields, octets or parts", NULL },
    { "header.block", "", "1100000", "more fields, octets or parts", "accept-unlabelled" },
    { "header.block", "", "102401", NULL, NULL },
    { "header.encode-word", "sio-label", "", "label-syntax: encoded-word", NULL },
    { "sio.parameter.beside-plain", "label", "AAAA", "label-syntax: mixed", NULL },
    { "sio.segment.reorder", "", "", NULL, NULL },
    { "sio.segment.extended", "", "", NULL, NULL },
    { "header.fold-blank", "sio-label", "", NULL, NULL },
    { "label.truncate", "", "", "label-unreadable", NULL },
    { "label.instruction", "", "", "label-unreadable", NULL }, /* the gate lets none in */
    { "header.comment", "sio-label", "", "no parameter list", NULL },
    { "header.comment", "sio-label", "", NULL, "accept-comment" },
    { "sio.parameter.beside-plain", "label", "AAAA", NULL, "accept-any-parameters" },
};

START_TEST(a_message_is_refused_for_its_reason)
{
    struct mu_err err;
    struct mu_bytes octets = mu_message_encode(arena, &letter);
    const char *name = refusal_row[_i].operator;
    struct mu_mutation m = { .arena = arena,
                             .on = refusal_row[_i].on,
                             .value = refusal_row[_i].value,
                             .fixtures = FIXTURES };
    if (name != NULL)
        ck_assert_msg(mu_operator_find(name)->octets(&m, &octets, &err), "%s: %s", name, err.msg);
    const char *got = mu_guard_refuses(arena, schema, octets, sin_of(refusal_row[_i].sin));
    const char *want = refusal_row[_i].says;
    ck_assert_msg((got == NULL) == (want == NULL), "%s: got %s", name,
                  got != NULL ? got : "a pass");
    if (want != NULL)
        ck_assert_msg(strstr(got, want) != NULL, "%s: got '%s', want '%s'", name, got, want);
}
END_TEST

START_TEST(garbage_is_refused_and_nothing_breaks)
{
    static const char *const garbage[] = { "",
                                           "\r\n",
                                           "\0\0\0",
                                           ":",
                                           "SIO-Label",
                                           "SIO-Label:\r\n\r\n",
                                           "SIO-Label: ;;;;\r\n\r\n",
                                           "SIO-Label: label*0=\"\r\n" };
    for (size_t i = 0; i < MU_COUNT(garbage); i++)
        ck_assert_ptr_nonnull(mu_guard_refuses(arena, schema, mu_bytes_of(garbage[i]), NULL));
}
END_TEST

static const struct {
    const char *sin;                      /* NULL: none */
    const char *marking, *classification; /* as they leave; NULL: no label */
} sin_row[] = {
    { NULL, "NATO RESTRICTED", "RESTRICTED" },
    { "drop-label", NULL, NULL },
    { "lower-label", "NATO RESTRICTED", "UNCLASSIFIED" },
    { "lower-marking", "NATO UNCLASSIFIED", "RESTRICTED" },
    { "refold-base64", "NATO RESTRICTED", "" }, /* "": there, and unreadable */
};

START_TEST(a_sin_does_one_thing)
{
    struct mu_bytes in = mu_message_encode(arena, &letter);
    struct mu_bytes out = mu_guard_pass_on(arena, in, "x.test", NULL, sin_of(sin_row[_i].sin));
    const struct mu_mail *mail = mu_mail_read(arena, out);
    const struct mu_header *h = mu_header_find(&mail->top, "sio-label");
    ck_assert(mu_header_find(&mail->top, "received") == &mail->top.header[0]);
    const struct mu_mail *before = mu_mail_read(arena, in);
    ck_assert(mu_bytes_equal(mail->top.body, before->top.body));
    ck_assert((h == NULL) == (sin_row[_i].marking == NULL));
    if (h == NULL)
        return;
    struct mu_sio sio;
    mu_sio_read(arena, h, &sio);
    ck_assert(mu_bytes_equal(sio.marking->value, mu_bytes_of(sin_row[_i].marking)));
    bool readable = sin_row[_i].classification[0] != '\0';
    ck_assert_int_eq(sio.base64 == MU_BASE64_OK, readable);
    if (readable)
        ck_assert(mu_bytes_find(sio.decoded, mu_bytes_of(sin_row[_i].classification), 0)
                  != SIZE_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tc = tcase_create("guard");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, a_message_is_refused_for_its_reason, 0, MU_COUNT(refusal_row));
    tcase_add_test(tc, garbage_is_refused_and_nothing_breaks);
    tcase_add_loop_test(tc, a_sin_does_one_thing, 0, MU_COUNT(sin_row));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include "format/sio.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"

/* MU_BYTES() is no constant expression. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static struct mu_arena *arena;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* The first field of `message`. */
static struct mu_sio read_field(struct mu_bytes message)
{
    struct mu_sio sio;
    const struct mu_mail *mail = mu_mail_read(arena, message);
    ck_assert_uint_ge(mail->top.headers, 1);
    mu_sio_read(arena, &mail->top.header[0], &sio);
    return sio;
}

static const struct {
    struct mu_bytes field;
    unsigned list;
    const char *marking; /* NULL: none */
    enum mu_sio_type kind;
    const char *decoded; /* NULL: whatever a tolerant reader makes of it */
    enum mu_base64_defect base64;
    size_t base64_offset;
} row[] = {
    { TEXT("SIO-Label:\r\n\r\n"), MU_LIST_EMPTY, NULL, MU_SIO_NONE, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: fgcolor=red\r\n\r\n"), 0, NULL, MU_SIO_NONE, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: marking=SECRET\r\n\r\n"), 0, "SECRET", MU_SIO_NONE, "", MU_BASE64_OK, 0 },
    { TEXT("sio-label: MARKING=\"A\"; Type=\":ess\"; LABEL=\"QUJD\"\r\n"), 0, "A", MU_SIO_ESS,
      "ABC", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\":x411\"\r\n"), 0, NULL, MU_SIO_X411, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\":XML\"\r\n"), 0, NULL, MU_SIO_UNKNOWN, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\"xml\"\r\n"), 0, NULL, MU_SIO_UNKNOWN, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\"\"\r\n"), 0, NULL, MU_SIO_UNKNOWN, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\"urn:\"\r\n"), 0, NULL, MU_SIO_UNKNOWN, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\"urn:a b\"\r\n"), 0, NULL, MU_SIO_UNKNOWN, "", MU_BASE64_OK, 0 },
    { TEXT("SIO-Label: type=\"urn:nato:stanag:4778:bindinginformation:1:0\"\r\n"), 0, NULL,
      MU_SIO_URI, "", MU_BASE64_OK, 0 },
    /* The octet that is wrong, through folds and segments. */
    { TEXT("SIO-Label: type=\":xml\"; label=\"QU_D\"\r\n"), 0, NULL, MU_SIO_XML, NULL,
      MU_BASE64_CHARACTER, 33 },
    { TEXT("SIO-Label: label=\"QUJD\r\n QUJD\"\r\n"), 0, NULL, MU_SIO_NONE, "ABCABC",
      MU_BASE64_CHARACTER, 24 },
    { TEXT("SIO-Label: label*1=\"QU-D\";\r\n label*0=\"QUJD\"\r\n"), 0, NULL, MU_SIO_NONE, NULL,
      MU_BASE64_CHARACTER, 22 },
    { TEXT("SIO-Label: label*0=\"QUJD\";\r\n label*1=\"QUI\"\r\n"), 0, NULL, MU_SIO_NONE, "ABCAB",
      MU_BASE64_PADDING, 40 },
    { TEXT("SIO-Label: label=\"QR==\"\r\n"), 0, NULL, MU_SIO_NONE, "A", MU_BASE64_BITS, 19 },
    /* Two labels glued: segments of other fields stay theirs. */
    { TEXT("SIO-Label: label*0=\"QUJD\";label*2=\"QUJD\"\r\n"), 0, NULL, MU_SIO_NONE, "ABCABC",
      MU_BASE64_OK, 0 },
};

START_TEST(a_field_is_read)
{
    struct mu_sio sio = read_field(row[_i].field);
    ck_assert_uint_eq(sio.list.defects, row[_i].list);
    ck_assert_int_eq(sio.marking != NULL, row[_i].marking != NULL);
    if (sio.marking != NULL)
        ck_assert(mu_bytes_equal(sio.marking->value, mu_bytes_of(row[_i].marking)));
    ck_assert_int_eq(sio.kind, row[_i].kind);
    ck_assert_int_eq(sio.base64, row[_i].base64);
    ck_assert_uint_eq(sio.base64_offset, row[_i].base64_offset);
    if (row[_i].decoded != NULL)
        ck_assert(mu_bytes_equal(sio.decoded, mu_bytes_of(row[_i].decoded)));
}
END_TEST

/* Fields like those in RFC 7444: one written plainly, and the same with everything RFC 2231 offers. */
#define PLAIN                                                                                      \
    "SIO-Label: marking=\"EXAMPLE CONFIDENTIAL\";\r\n fgcolor=black; bgcolor=red;\r\n"             \
    " type=\":ess\"; label=\"MQYGASkCAQM=\"\r\n\r\n"
#define EXTENDED                                                                                   \
    "SIO-Label: marking*=us-ascii'en'EXAMPLE%20CONFIDENTIAL;\r\n fgcolor = black ; bgcolor = red " \
    ";\r\n type=\":ess\"; label*0=\"MQYGASk\";\r\n label*1=\"CAQM=\"\r\n\r\n"

static void check_same(const struct mu_parameter *a, const struct mu_parameter *b)
{
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert(mu_bytes_equal(a->value, b->value));
    ck_assert_uint_eq(a->defects | b->defects, 0);
}

START_TEST(extended_and_plain_say_the_same)
{
    struct mu_sio a = read_field(MU_BYTES(PLAIN)), b = read_field(MU_BYTES(EXTENDED));
    ck_assert_uint_eq(a.list.defects | b.list.defects, 0);
    check_same(a.marking, b.marking);
    check_same(a.fgcolor, b.fgcolor);
    check_same(a.bgcolor, b.bgcolor);
    check_same(a.type, b.type);
    check_same(a.label, b.label);
    ck_assert(mu_bytes_equal(a.decoded, MU_BYTES("\x31\x06\x06\x01\x29\x02\x01\x03")));
    ck_assert(mu_bytes_equal(a.decoded, b.decoded));
}
END_TEST

START_TEST(a_semicolon_at_the_end_is_an_empty_parameter)
{
    struct mu_sio sio = read_field(MU_BYTES("SIO-Label: marking=\"EXAMPLE\"; type=\":xml\";\r\n"
                                            " label=\"PGEvPg==\";\r\n\r\n"));
    ck_assert_uint_eq(sio.list.defects, MU_LIST_EMPTY);
    ck_assert_uint_eq(sio.list.defect_at, 61);
    ck_assert(mu_bytes_equal(sio.decoded, MU_BYTES("<a/>")));
}
END_TEST

START_TEST(a_history_keeps_its_parameters)
{
    struct mu_sio sio = read_field(
        MU_BYTES("SIO-Label-History: label=\"QUJD\"; type=\":ess\";\r\n change=replace;\r\n"
                 " changed-by=a.example; changed-at=\"18 Feb 2013 9:24 PDT\";\r\n"
                 " new-label=\"QUJE\"; new-type=\":ess\"\r\n"));
    const struct mu_parameter *at = mu_parameter_find(&sio.list, "changed-at");
    int64_t seconds;
    ck_assert_uint_eq(sio.list.parameters, 7);
    ck_assert_uint_eq(sio.list.defects, 0);
    ck_assert(mu_bytes_equal(sio.decoded, MU_BYTES("ABC")));
    ck_assert_ptr_nonnull(mu_parameter_find(&sio.list, "new-label"));
    ck_assert(mu_mail_date(at->value, true, &seconds));
    ck_assert(!mu_mail_date(at->value, false, &seconds));
}
END_TEST

static const struct {
    struct mu_bytes value;
    bool good;
} color_row[] = {
    { TEXT("red"), true },      { TEXT("RED"), true },      { TEXT("fuschia"), true },
    { TEXT("fuchsia"), false }, { TEXT("orange"), true },   { TEXT("pink"), false },
    { TEXT("#00ffAA"), true },  { TEXT("#00ffA"), false },  { TEXT("#00ffAAB"), false },
    { TEXT("#00ffAG"), false }, { TEXT("00ffAAA"), false }, { TEXT(""), false },
    { TEXT("url(x)"), false },  { TEXT("red\0"), false },   { TEXT("expression(1)"), false },
};

START_TEST(colors_follow_the_grammar)
{
    ck_assert_int_eq(mu_sio_color(color_row[_i].value), color_row[_i].good);
}
END_TEST

START_TEST(a_field_is_written)
{
    struct mu_buf buf = { .arena = arena };
    struct mu_sio_text text = {
        .marking = MU_BYTES("TR\xc3\x88S SECRET"),
        .fgcolor = MU_BYTES("black"),
        .type = MU_BYTES(":xml"),
        .label = MU_BYTES("<label/>"),
    };
    mu_sio_write(&buf, "SIO-Label", &text);
    ck_assert_str_eq(mu_buf_text(&buf),
                     "SIO-Label:\r\n marking*=utf-8''TR%C3%88S%20SECRET;\r\n fgcolor=black;\r\n"
                     " type=\":xml\";\r\n label=\"PGxhYmVsLz4=\"\r\n");
}
END_TEST

static struct mu_bytes random_bytes(size_t most, bool text)
{
    size_t n = (size_t) rand() % most + 1;
    char *p = mu_arena_alloc(arena, n);
    for (size_t i = 0; i < n; i++)
        p[i] = text ? (char) (' ' + rand() % 95) : (char) rand();
    return (struct mu_bytes){ p, n };
}

static bool is_value(const struct mu_parameter *got, struct mu_bytes want)
{
    return got != NULL && mu_bytes_equal(got->value, want);
}

START_TEST(writing_and_reading_gives_the_label_again)
{
    srand(4774);
    for (int round = 0; round < 2000; round++) {
        struct mu_buf buf = { .arena = arena };
        struct mu_sio_text text = {
            .marking = random_bytes(200, round % 4 != 0),
            .fgcolor = MU_BYTES("#102030"),
            .bgcolor = MU_BYTES("white"),
            .type = MU_BYTES(":xml"),
            .label = random_bytes(round % 100 == 0 ? 20000 : 900, false),
        };
        mu_sio_write(&buf, "SIO-Label", &text);
        mu_buf_puts(&buf, "\r\n");
        const struct mu_mail *mail = mu_mail_read(arena, mu_buf_bytes(&buf));
        struct mu_sio sio;
        mu_sio_read(arena, &mail->top.header[0], &sio);
        bool same = is_value(sio.marking, text.marking) && is_value(sio.fgcolor, text.fgcolor)
                    && is_value(sio.bgcolor, text.bgcolor) && is_value(sio.type, text.type)
                    && mu_bytes_equal(sio.decoded, text.label) && sio.base64 == MU_BASE64_OK;
        if (!same || mail->defects > 0 || mail->longest_line > 78 || mail->top.headers != 1
            || sio.list.defects != 0 || sio.label->defects != 0)
            ck_abort_msg("round %d: %s", round, mu_buf_text(&buf));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sio");
    TCase *tcase = tcase_create("sio");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_field_is_read, 0, (int) MU_COUNT(row));
    tcase_add_test(tcase, extended_and_plain_say_the_same);
    tcase_add_test(tcase, a_semicolon_at_the_end_is_an_empty_parameter);
    tcase_add_test(tcase, a_history_keeps_its_parameters);
    tcase_add_loop_test(tcase, colors_follow_the_grammar, 0, (int) MU_COUNT(color_row));
    tcase_add_test(tcase, a_field_is_written);
    tcase_add_test(tcase, writing_and_reading_gives_the_label_again);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

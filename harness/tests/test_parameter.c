#include "format/parameter.h"

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

/* What is wrong with lists, and what the first parameter of each row is all the same. */
static const struct {
    struct mu_bytes raw;
    unsigned list; /* defects of the list */
    const char *name;
    struct mu_bytes value;
    unsigned defects; /* of the parameter */
} row[] = {
    { TEXT(""), MU_LIST_EMPTY, NULL, TEXT(""), 0 },
    { TEXT(" a=b\r\n"), 0, "a", TEXT("b"), 0 },
    { TEXT("A=\"b c\""), 0, "a", TEXT("b c"), 0 },
    { TEXT("a = \"b\" \r\n ; c=d"), 0, "a", TEXT("b"), 0 },
    { TEXT("a=\"b\\\"c\\\\d;e\""), 0, "a", TEXT("b\"c\\d;e"), 0 },
    { TEXT("a=\"b\r\n \tc\nd\""), 0, "a", TEXT("b \tcd"), 0 },
    { TEXT("a=b;"), MU_LIST_EMPTY, "a", TEXT("b"), 0 },
    { TEXT(";a=b"), MU_LIST_EMPTY, "a", TEXT("b"), 0 },
    { TEXT("a=b;;c=d"), MU_LIST_EMPTY, "a", TEXT("b"), 0 },
    { TEXT("nothing; a=b"), MU_LIST_SYNTAX, "a", TEXT("b"), 0 },
    { TEXT("=x; a=b"), MU_LIST_SYNTAX, "a", TEXT("b"), 0 },
    { TEXT("a=\"b\" junk;c=d"), MU_LIST_SYNTAX, "a", TEXT("b"), 0 },
    { TEXT("a=\"b"), MU_LIST_SYNTAX, "a", TEXT("b"), 0 },
    { TEXT("a=\"b\\"), MU_LIST_SYNTAX, "a", TEXT("b\\"), 0 },
    { TEXT("a*b=c"), MU_LIST_SYNTAX, "a*b", TEXT("c"), 0 },
    { TEXT("*0=c"), MU_LIST_SYNTAX, "*0", TEXT("c"), 0 },
    { TEXT("(x \\) (y)) a (z) = b(;)"), MU_LIST_COMMENT, "a", TEXT("b"), 0 },
    { TEXT("a=b (never ended"), MU_LIST_COMMENT, "a", TEXT("b"), 0 },
    { TEXT("a=b c"), 0, "a", TEXT("b c"), MU_PARAMETER_UNQUOTED },
    { TEXT("a="), 0, "a", TEXT(""), MU_PARAMETER_UNQUOTED },
    { TEXT("a=:ess"), 0, "a", TEXT(":ess"), MU_PARAMETER_UNQUOTED },
    { TEXT("a=\"\""), 0, "a", TEXT(""), 0 },
    { TEXT("a=1;A=2"), 0, "a", TEXT("1"), MU_PARAMETER_DUPLICATE },
    { TEXT("a*0=1;a*1=2"), 0, "a", TEXT("12"), 0 },
    { TEXT("a*1=2;A*0=1"), 0, "a", TEXT("12"), 0 }, /* any order is legal */
    { TEXT("a*0=1;a*2=2"), 0, "a", TEXT("12"), MU_PARAMETER_GAP },
    { TEXT("a*1=2"), 0, "a", TEXT("2"), MU_PARAMETER_GAP },
    { TEXT("a*0=1;a*1=2;a*1=3"), 0, "a", TEXT("12"), MU_PARAMETER_DUPLICATE },
    { TEXT("a*00=1;a*01=2"), 0, "a", TEXT("12"), MU_PARAMETER_LEADING_ZERO },
    { TEXT("a*99999999999=1"), 0, "a", TEXT("1"), MU_PARAMETER_GAP },
    { TEXT("a=0;a*0=1;a*1=2"), 0, "a", TEXT("12"), MU_PARAMETER_MIXED },
    { TEXT("a=0;a*=''1"), 0, "a", TEXT("1"), MU_PARAMETER_MIXED },
    { TEXT("a*=utf-8'fr'TR%C3%88S"), 0, "a", TEXT("TR\xc3\x88S"), 0 },
    { TEXT("a*0*=utf-8''TR%C3;a*1*=%88S;a*2=\" %20\""), 0, "a", TEXT("TR\xc3\x88S %20"), 0 },
    { TEXT("a*=US-ASCII'en'a%20b"), 0, "a", TEXT("a b"), 0 },
    { TEXT("a*=iso-8859-1''%E9%A4"), 0, "a", TEXT("\xc3\xa9\xc2\xa4"), 0 },
    { TEXT("a*=iso-8859-15''%E9%A4"), 0, "a", TEXT("\xc3\xa9\xe2\x82\xac"), 0 },
    { TEXT("a*=windows-1252''%80%E9"), 0, "a", TEXT("\xe2\x82\xac\xc3\xa9"), 0 },
    { TEXT("a*=windows-1252''%81"), 0, "a", TEXT("\xc2\x81"), MU_PARAMETER_CONTROL },
    { TEXT("a*=koi8-r''%C0"), 0, "a", TEXT("\xc0"), MU_PARAMETER_UNKNOWN_CHARSET },
    { TEXT("a*=us-ascii''%C3%88"), 0, "a", TEXT("\xc3\x88"), MU_PARAMETER_CHARSET },
    { TEXT("a*=b%20c"), 0, "a", TEXT("b c"), MU_PARAMETER_CHARSET },
    { TEXT("a*=utf-8'b"), 0, "a", TEXT("utf-8'b"), MU_PARAMETER_CHARSET },
    { TEXT("a*0=b;a*1*=c%20"), 0, "a", TEXT("bc "), MU_PARAMETER_CHARSET },
    { TEXT("a*0*=''b;a*1*=utf-8''c"), 0, "a", TEXT("butf-8''c"), MU_PARAMETER_CHARSET },
    { TEXT("a*=\"utf-8''b\""), 0, "a", TEXT("b"), MU_PARAMETER_QUOTED },
    { TEXT("a*=''%4"), 0, "a", TEXT("%4"), MU_PARAMETER_PERCENT },
    { TEXT("a*=''%zz%"), 0, "a", TEXT("%zz%"), MU_PARAMETER_PERCENT },
    { TEXT("a*=''%4a%4A"), 0, "a", TEXT("JJ"), MU_PARAMETER_LOWER_HEX },
    { TEXT("a*=utf-8''%E9"), 0, "a", TEXT("\xe9"), MU_PARAMETER_BAD_UTF8 },
    { TEXT("a*=utf-8''%C0%80"), 0, "a", TEXT("\xc0\x80"), MU_PARAMETER_BAD_UTF8 },
    { TEXT("a=\"\xc3\x88\""), 0, "a", TEXT("\xc3\x88"), MU_PARAMETER_EIGHT_BIT },
    { TEXT("a=\"\xe9\""), 0, "a", TEXT("\xe9"), MU_PARAMETER_EIGHT_BIT | MU_PARAMETER_BAD_UTF8 },
    { TEXT("a=\"=?utf-8?q?SECRET?=\""), 0, "a", TEXT("=?utf-8?q?SECRET?="),
      MU_PARAMETER_ENCODED_WORD },
    { TEXT("a*=utf-8''x%0D%0ASIO-Label:"), 0, "a", TEXT("x\r\nSIO-Label:"),
      MU_PARAMETER_UNQUOTED | MU_PARAMETER_CONTROL },
    { TEXT("a=\"b\0c\""), 0, "a", TEXT("b\0c"), MU_PARAMETER_CONTROL },
    { TEXT("a=\"b\rc\""), 0, "a", TEXT("b\rc"), MU_PARAMETER_CONTROL },
    { TEXT("\0=b;a=c"), MU_LIST_SYNTAX, "a", TEXT("c"), 0 },
};

START_TEST(a_list_is_read)
{
    struct mu_parameters list;
    mu_parameters_read(arena, row[_i].raw, 0, &list);
    ck_assert_uint_eq(list.defects, row[_i].list);
    if (row[_i].name == NULL) {
        ck_assert_uint_eq(list.parameters, 0);
        return;
    }
    ck_assert_uint_ge(list.parameters, 1);
    const struct mu_parameter *p = &list.parameter[0];
    ck_assert_str_eq(p->name, row[_i].name);
    ck_assert_msg(mu_bytes_equal(p->value, row[_i].value), "%.*s", (int) p->value.n, p->value.p);
    ck_assert_uint_eq(p->defects, row[_i].defects);
    ck_assert_ptr_eq(mu_parameter_find(&list, row[_i].name), p);
    ck_assert_ptr_null(mu_parameter_find(&list, "other"));
}
END_TEST

/* The octet at `at` of the first value is the one at `offset` of the text. */
static const struct {
    struct mu_bytes raw;
    size_t at, offset;
} place_row[] = {
    { TEXT(" a=bcd"), 2, 5 },
    { TEXT("a=\"b\\\"c\""), 1, 5 },
    { TEXT("a=\"b\\\"c\""), 2, 6 },
    { TEXT("a=\"bc\r\n de\""), 2, 7 },
    { TEXT("a=\"bc\r\n de\""), 4, 9 },
    { TEXT("a*1=\"de\";\r\n a*0=\"bc\""), 0, 17 },
    { TEXT("a*1=\"de\";\r\n a*0=\"bc\""), 3, 6 },
    { TEXT("a*=utf-8''b%20cd%C3%88e"), 1, 11 },
    { TEXT("a*=utf-8''b%20cd%C3%88e"), 3, 15 },
    { TEXT("a*=utf-8''b%20cd%C3%88e"), 5, 19 },
    { TEXT("a*=utf-8''b%20cd%C3%88e"), 6, 22 },
    { TEXT("a*=iso-8859-1''%E9f"), 2, 18 },
};

START_TEST(offsets_lead_back_to_the_wire)
{
    struct mu_parameters list;
    mu_parameters_read(arena, place_row[_i].raw, 1000, &list);
    size_t got = mu_parameter_offset(&list.parameter[0], place_row[_i].at);
    ck_assert_uint_eq(got, 1000 + place_row[_i].offset);
}
END_TEST

START_TEST(what_a_parameter_is_made_of_is_known)
{
    struct mu_parameters list;
    mu_parameters_read(arena, MU_BYTES(" x=1; b*0=\"12345\r\n 6\"; b*1=7; c*=UTF-8'en'x;;"), 100,
                       &list);
    ck_assert_uint_eq(list.parameters, 3);
    ck_assert_uint_eq(list.defect_at, 144);
    const struct mu_parameter *b = &list.parameter[1], *c = &list.parameter[2];
    ck_assert_uint_eq(b->segments, 2);
    ck_assert_uint_eq(b->offset, 106);
    ck_assert_uint_eq(b->octets, 5);
    ck_assert(!b->quoted && !b->extended && b->charset == NULL);
    ck_assert(c->extended && !c->quoted);
    ck_assert_str_eq(c->charset, "utf-8");
    ck_assert_str_eq(mu_parameter_defect_name(MU_PARAMETER_GAP), "gap");
    ck_assert_str_eq(mu_parameter_defect_name(MU_PARAMETER_CONTROL), "control");
    ck_assert_str_eq(mu_parameter_defect_name(MU_PARAMETER_QUOTED), "quoted-extended");
}
END_TEST

START_TEST(limits_hold)
{
    struct mu_buf names = { .arena = arena }, segments = { .arena = arena };
    for (size_t i = 0; i < MU_PARAMETERS_MAX + 5; i++)
        mu_buf_printf(&names, "%sp%zu=v", i > 0 ? ";" : "", i);
    for (size_t i = MU_SEGMENTS_MAX + 5; i-- > 0;) /* the worst order for a sort */
        mu_buf_printf(&segments, "p*%zu=v%s", i, i > 0 ? ";" : "");
    struct mu_parameters list;
    mu_parameters_read(arena, mu_buf_bytes(&names), 0, &list);
    ck_assert_uint_eq(list.parameters, MU_PARAMETERS_MAX);
    ck_assert_uint_eq(list.defects, MU_LIST_LIMIT);
    mu_parameters_read(arena, mu_buf_bytes(&segments), 0, &list);
    ck_assert_uint_eq(list.parameter[0].segments, MU_SEGMENTS_MAX);
    ck_assert_uint_eq(list.defects, MU_LIST_LIMIT);
}
END_TEST

static const struct {
    const char *name;
    struct mu_bytes value;
    bool quote, first;
    const char *want;
} write_row[] = {
    { "a", TEXT("b"), false, true, "\r\n a=b" },
    { "a", TEXT("b"), true, false, ";\r\n a=\"b\"" },
    { "a", TEXT("b c"), false, false, ";\r\n a=\"b c\"" },
    { "a", TEXT(""), false, false, ";\r\n a=\"\"" },
    { "a", TEXT("\"\\"), true, false, ";\r\n a=\"\\\"\\\\\"" },
    { "marking", TEXT("TR\xc3\x88S SECRET"), true, true,
      "\r\n marking*=utf-8''TR%C3%88S%20SECRET" },
    { "a", TEXT("b\r\nc"), true, false, ";\r\n a*=utf-8''b%0D%0Ac" },
    { "a", TEXT("\xe9"), true, false, ";\r\n a*=''%E9" },
    { "a", TEXT("1234567890123456789012345678901234567890123456789012345678901234567890123"), true,
      false,
      ";\r\n a*0=\"1234567890123456789012345678901234567890123456789012345678901234567890\""
      ";\r\n a*1=\"123\"" },
};

START_TEST(a_parameter_is_written)
{
    struct mu_buf buf = { .arena = arena };
    mu_parameter_write(&buf, write_row[_i].name, write_row[_i].value, write_row[_i].quote,
                       write_row[_i].first);
    ck_assert_str_eq(mu_buf_text(&buf), write_row[_i].want);
}
END_TEST

static const char *strange_line(const struct mu_buf *buf)
{
    size_t n = 0;
    for (size_t i = 0; i < buf->n; i++) {
        n = buf->p[i] == '\n' ? 0 : n + (buf->p[i] != '\r');
        if (n > 78)
            return "a line of more than 78 octets";
        if ((unsigned char) buf->p[i] > 127 || buf->p[i] == '\0')
            return "an octet that no header may hold";
    }
    return NULL;
}

static struct mu_bytes random_value(char *text, size_t most)
{
    static const char *const word[] = { "NATO", " ", "\"", "\\",           "TR\xc3\x88S",      "'",
                                        "%",    "*", ";",  "\xe2\x82\xac", "\xf0\x9f\x99\x82", "(",
                                        "=",    "a", "\t" };
    size_t n = 0, wanted = (size_t) rand() % most;
    int kind = rand() % 4; /* 0: ASCII words, 1: all words, 2: any octets, 3: letters */
    while (n < wanted) {
        const char *w = word[(size_t) rand() % MU_COUNT(word)];
        if (kind == 2)
            text[n++] = (char) rand();
        else if (kind == 3)
            text[n++] = (char) ('a' + rand() % 26);
        else if (kind == 1 || (unsigned char) w[0] < 128)
            while (*w != '\0')
                text[n++] = *w++;
    }
    return (struct mu_bytes){ text, n };
}

START_TEST(writing_and_reading_gives_the_value_again)
{
    static const unsigned harmless =
        MU_PARAMETER_CONTROL | MU_PARAMETER_BAD_UTF8 | MU_PARAMETER_ENCODED_WORD;
    char text[1024];
    srand(7444);
    for (int round = 0; round < 2000; round++) {
        struct mu_buf buf = { .arena = arena };
        struct mu_parameters list;
        struct mu_bytes value = random_value(text, round % 3 == 0 ? 900 : 90);
        mu_parameter_write(&buf, "marking", value, rand() % 2 == 0, true);
        mu_parameter_write(&buf, "x", MU_BYTES("y"), false, false);
        mu_parameters_read(arena, mu_buf_bytes(&buf), 0, &list);
        const struct mu_parameter *got = mu_parameter_find(&list, "marking");
        if (list.defects != 0 || list.parameters != 2 || got == NULL
            || !mu_bytes_equal(got->value, value) || (got->defects & ~harmless) != 0
            || strange_line(&buf) != NULL)
            ck_abort_msg("round %d: %s", round, mu_buf_text(&buf));
    }
}
END_TEST

START_TEST(hostile_lists_are_survived)
{
    static const char *const piece[] = { "a",     "*0", "*1", "*",    "=",  "\"", "\\",
                                         ";",     "(",  ")",  "%",    "%4", "''", "utf-8''",
                                         "\r\n ", "\n", "\r", "\xff", " " };
    srand((unsigned) _i);
    for (int round = 0; round < 300; round++) {
        char *exact = malloc(256); /* so that ASan sees a read past the end */
        size_t n = 0;
        for (int k = rand() % 40; k >= 0; k--) {
            const char *p = piece[(size_t) rand() % MU_COUNT(piece)];
            memcpy(exact + n, p, strlen(p));
            n += strlen(p);
        }
        exact = realloc(exact, n); /* never 0: no piece is empty */
        struct mu_parameters list;
        mu_parameters_read(arena, (struct mu_bytes){ exact, n }, 0, &list);
        for (size_t i = 0; i < list.parameters; i++) {
            const struct mu_parameter *p = &list.parameter[i];
            for (size_t at = 0; at < p->value.n; at++)
                if (mu_parameter_offset(p, at) > n + 3)
                    ck_abort_msg("%zu of %s: beyond the text", at, p->name);
        }
        free(exact);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parameter");
    TCase *tcase = tcase_create("parameter");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_list_is_read, 0, (int) MU_COUNT(row));
    tcase_add_loop_test(tcase, offsets_lead_back_to_the_wire, 0, (int) MU_COUNT(place_row));
    tcase_add_test(tcase, what_a_parameter_is_made_of_is_known);
    tcase_add_test(tcase, limits_hold);
    tcase_add_loop_test(tcase, a_parameter_is_written, 0, (int) MU_COUNT(write_row));
    tcase_add_test(tcase, writing_and_reading_gives_the_value_again);
    tcase_add_loop_test(tcase, hostile_lists_are_survived, 0, 20);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

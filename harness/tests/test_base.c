/* base/: text made safe, names, codecs, JSON, digests, files. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/names.h"
#include "base/text_safe.h"
#include "base/utf8.h"

static struct mu_arena *arena;

static void set_up(void)
{
    arena = mu_arena_new(64 * MU_MIB);
}

static void tear_down(void)
{
    mu_arena_free(arena);
}

/* A literal with NULs in it, usable in static tables. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static const struct {
    const char *name;
    struct mu_bytes in;
    enum mu_text_style style;
    const char *want;
} safe_row[] = {
    { "plain", TEXT("NATO RESTRICTED"), MU_TEXT_LINE, "NATO RESTRICTED" },
    { "accents stay", TEXT("TR\xc3\x88S"), MU_TEXT_LINE, "TR\xc3\x88S" },
    { "escape sequence", TEXT("\x1b[31mred"), MU_TEXT_LINE, "\\u{001B}[31mred" },
    { "NUL", TEXT("a\0b"), MU_TEXT_LINE, "a\\u{0000}b" },
    { "line ends in a line", TEXT("a\r\nb\tc"), MU_TEXT_LINE, "a\\r\\nb\\tc" },
    { "line ends in a block", TEXT("a\r\nb\tc"), MU_TEXT_BLOCK, "a\\r\nb\tc" },
    { "backslash", TEXT("a\\b"), MU_TEXT_LINE, "a\\\\b" },
    { "backslash in XML", TEXT("a\\b"), MU_TEXT_XML, "a\\b" },
    { "no UTF-8", TEXT("a\xff\x80z"), MU_TEXT_LINE, "a\\xFF\\x80z" },
    { "overlong", TEXT("\xc0\xaf"), MU_TEXT_LINE, "\\xC0\\xAF" },
    { "surrogate", TEXT("\xed\xa0\x80"), MU_TEXT_LINE, "\\xED\\xA0\\x80" },
    { "bidi override",
      TEXT("\xe2\x80\xae"
           "x"),
      MU_TEXT_LINE, "\\u{202E}x" },
    { "zero width", TEXT("SEC\xe2\x80\x8bRET"), MU_TEXT_LINE, "SEC\\u{200B}RET" },
    { "soft hyphen", TEXT("SEC\xc2\xadRET"), MU_TEXT_LINE, "SEC\\u{00AD}RET" },
    { "noncharacter", TEXT("\xef\xbf\xbf"), MU_TEXT_XML, "\\u{FFFF}" },
    { "C1 control",
      TEXT("\xc2\x9b"
           "31m"),
      MU_TEXT_LINE, "\\u{009B}31m" },
    { "empty", TEXT(""), MU_TEXT_LINE, "" },
    { "cut character at the end", TEXT("a\xe2\x82"), MU_TEXT_LINE, "a\\xE2\\x82" },
};

START_TEST(text_is_made_safe)
{
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, safe_row[_i].in, safe_row[_i].style, 1000);
    ck_assert_msg(strcmp(mu_buf_text(&out), safe_row[_i].want) == 0, "%s: got '%s', want '%s'",
                  safe_row[_i].name, mu_buf_text(&out), safe_row[_i].want);
}
END_TEST

START_TEST(long_text_is_counted)
{
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, MU_BYTES("abcdefgh"), MU_TEXT_LINE, 3);
    ck_assert_str_eq(mu_buf_text(&out), "abc... (5 more bytes)");
}
END_TEST

static const struct {
    const char *text;
    enum mu_base64_defect want;
    size_t at;
    const char *data;
} base64_row[] = {
    { "", MU_BASE64_OK, 0, "" },
    { "Zg==", MU_BASE64_OK, 0, "f" },
    { "Zm8=", MU_BASE64_OK, 0, "fo" },
    { "Zm9v", MU_BASE64_OK, 0, "foo" },
    { "Zm9vYg==", MU_BASE64_OK, 0, "foob" },
    { "Zm9 v", MU_BASE64_CHARACTER, 3, "foo" },
    { "Zm9v\r\n", MU_BASE64_CHARACTER, 4, "foo" },
    { "Zm8", MU_BASE64_PADDING, 2, "fo" },
    { "Zg=", MU_BASE64_PADDING, 2, "f" },
    { "Zg===", MU_BASE64_PADDING, 4, "f" },
    { "Zg==Zg==", MU_BASE64_PADDING, 4, "f" }, /* RFC 2045 6.8 */
    { "Zm9v=Zm9v", MU_BASE64_PADDING, 4, "foo" },
    { "Zh==", MU_BASE64_BITS, 1, "f" },
    { "_-8=", MU_BASE64_CHARACTER, 0, NULL },
    { "=", MU_BASE64_PADDING, 0, "" },
};

START_TEST(base64_is_read_strictly)
{
    struct mu_bytes out;
    size_t at = 0;
    const char *text = base64_row[_i].text;
    enum mu_base64_defect got = mu_base64_read(arena, mu_bytes_of(text), &out, &at);
    ck_assert_msg(got == base64_row[_i].want, "'%s': got %s", text, mu_base64_defect_name(got));
    ck_assert_msg(at == base64_row[_i].at, "'%s': at %zu", text, at);
    if (base64_row[_i].data != NULL)
        ck_assert(mu_bytes_equal(out, mu_bytes_of(base64_row[_i].data)));
}
END_TEST

START_TEST(base64_comes_back)
{
    for (size_t n = 0; n < 300; n++) {
        char data[300];
        for (size_t i = 0; i < n; i++)
            data[i] = (char) (i * 167 + n);
        struct mu_bytes in = { data, n }, out;
        size_t at;
        struct mu_bytes text = mu_base64_write(arena, in);
        ck_assert_int_eq(mu_base64_read(arena, text, &out, &at), MU_BASE64_OK);
        ck_assert(mu_bytes_equal(in, out));
    }
}
END_TEST

static const struct {
    const char *name, *want;
} name_row[] = {
    { "header.dorp", "header.drop" },
    { "sednder", "sender" },
    { "relya", "relay" },
    { "zzzzzzzz", NULL },
    { "", NULL },
    { "sender", "sender" },
};

START_TEST(the_nearest_name_is_found)
{
    static const char *const known[] = { "header.drop", "header.set", "sender", "receiver",
                                         "relay" };
    const char *got = mu_name_nearest_in(name_row[_i].name, known, MU_COUNT(known));
    ck_assert_pstr_eq(got, name_row[_i].want);
}
END_TEST

static const struct {
    const char *text, *glob;
    bool want;
} glob_row[] = {
    { "relay-keeps-label[label=secret]", "relay-*", true },
    { "abc", "a?c", true },
    { "abc", "a?", false },
    { "", "*", true },
    { "aXbXc", "a*X*c", true },
    { "abc", "", false },
    { "a*c", "a*c", true },
    { "aaaaab", "*a*a*b", true },
};

START_TEST(globs_match)
{
    ck_assert_int_eq(mu_name_matches(glob_row[_i].text, glob_row[_i].glob), glob_row[_i].want);
}
END_TEST

START_TEST(ids_are_plain)
{
    ck_assert(mu_name_is_id("relay-keeps-label") && mu_name_is_id("7"));
    ck_assert(!mu_name_is_id("") && !mu_name_is_id("-a") && !mu_name_is_id("A")
              && !mu_name_is_id("../x") && !mu_name_is_id("a b"));
    char longest[MU_ID_MAX + 2];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert(!mu_name_is_id(longest) && mu_name_is_id(longest + 1));
}
END_TEST

START_TEST(json_is_ascii)
{
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "a", "\"\\\n\x1b TR\xc3\x88S \xf0\x9f\x98\x80 \xff");
    mu_json_text(&j, "absent", NULL);
    mu_json_open(&j, "list", '[');
    mu_json_number(&j, NULL, -5);
    mu_json_bool(&j, NULL, true);
    mu_json_open(&j, NULL, '{');
    mu_json_close(&j, '}');
    mu_json_close(&j, ']');
    mu_json_bytes(&j, "nul", MU_BYTES("a\0b"));
    mu_json_close(&j, '}');
    ck_assert_str_eq(mu_buf_text(&out),
                     "{\"a\":\"\\\"\\\\\\u000a\\u001b TR\\u00c8S \\ud83d\\ude00 \\\\xFF\","
                     "\"list\":[-5,true,{}],\"nul\":\"a\\u0000b\"}");
}
END_TEST

START_TEST(digests_are_sha256)
{
    char text[MU_DIGEST_TEXT];
    mu_digest_text(MU_BYTES("abc"), text); /* FIPS 180-4, the example of one block */
    ck_assert_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    unsigned char whole[MU_DIGEST_BYTES], pieces[MU_DIGEST_BYTES];
    struct mu_bytes piece[] = { MU_BYTES("a"), MU_BYTES(""), MU_BYTES("bc") };
    mu_digest(MU_BYTES("abc"), whole);
    mu_digest_pieces(piece, 3, pieces);
    ck_assert_mem_eq(whole, pieces, sizeof whole);
}
END_TEST

START_TEST(files_are_read_whole_or_not_at_all)
{
    char path[] = "/tmp/muster-file-XXXXXX";
    int fd = mkstemp(path);
    struct mu_bytes got;
    struct mu_err err;
    ck_assert_int_eq(write(fd, "a\0b", 3), 3);
    close(fd);
    ck_assert(mu_file_read(arena, path, 3, &got, &err) && mu_bytes_equal(got, MU_BYTES("a\0b")));
    ck_assert(!mu_file_read(arena, path, 2, &got, &err) && err.code == MU_ERR_LIMIT);
    ck_assert(mu_file_replace(path, MU_BYTES("new"), 0600, &err));
    ck_assert(mu_file_read(arena, path, 100, &got, &err) && mu_bytes_equal(got, MU_BYTES("new")));
    unlink(path);
    ck_assert(!mu_file_read(arena, path, 3, &got, &err) && err.code == MU_ERR_USAGE);
    ck_assert(!mu_file_read(arena, "/tmp", 1 << 30, &got, &err) && err.code == MU_ERR_USAGE);
    ck_assert(!mu_file_read(arena, "/dev/zero", 3, &got, &err) && err.code == MU_ERR_USAGE);
    ck_assert(!mu_file_replace("/nonexistent/x", MU_BYTES("new"), 0600, &err));
}
END_TEST

START_TEST(errors_name_their_place)
{
    struct mu_err err;
    char text[300];
    struct mu_where where = { "profiles/a.xml", 12, 8 };
    ck_assert(!mu_fail_where(&err, where, MU_ERR_PROFILE, "unknown operator '%s'", "x"));
    mu_err_text(&err, text, sizeof text);
    ck_assert_str_eq(text, "profiles/a.xml:12:8: unknown operator 'x'");
    ck_assert(!mu_fail(&err, MU_ERR_USAGE, "no such thing"));
    mu_err_text(&err, text, sizeof text);
    ck_assert_str_eq(text, "no such thing");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tc = tcase_create("base");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, text_is_made_safe, 0, MU_COUNT(safe_row));
    tcase_add_test(tc, long_text_is_counted);
    tcase_add_loop_test(tc, base64_is_read_strictly, 0, MU_COUNT(base64_row));
    tcase_add_test(tc, base64_comes_back);
    tcase_add_loop_test(tc, the_nearest_name_is_found, 0, MU_COUNT(name_row));
    tcase_add_loop_test(tc, globs_match, 0, MU_COUNT(glob_row));
    tcase_add_test(tc, ids_are_plain);
    tcase_add_test(tc, json_is_ascii);
    tcase_add_test(tc, digests_are_sha256);
    tcase_add_test(tc, files_are_read_whole_or_not_at_all);
    tcase_add_test(tc, errors_name_their_place);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

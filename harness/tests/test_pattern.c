#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/pattern.h"

static struct mu_arena *arena;

static struct mu_pattern *pattern_of(const char *text)
{
    struct mu_pattern *pattern;
    struct mu_err err;
    ck_assert_msg(mu_pattern_parse(arena, mu_bytes_of(text), &pattern, &err), "%s: %s", text,
                  err.msg);
    return pattern;
}

static const struct {
    const char *pattern, *text;
    bool fits;
} row[] = {
    { "a", "a", true },
    { "a", "", false },
    { "a", "aa", false },
    { "abc", "abc", true },
    { "abc", "abd", false },
    { ".", "\xff", true },
    { "a.c", "abc", true },
    { "a?", "", true },
    { "a?", "aa", false },
    { "a*", "", true },
    { "a*b", "aaab", true },
    { "a+", "", false },
    { "a+", "aaa", true },
    { "a{3}", "aa", false },
    { "a{3}", "aaa", true },
    { "a{3}", "aaaa", false },
    { "a{2,4}", "a", false },
    { "a{2,4}", "aa", true },
    { "a{2,4}", "aaaa", true },
    { "a{2,4}", "aaaaa", false },
    { "a{0,2}", "", true },
    { "a{0,2}", "aa", true },
    { "a{0,2}", "aaa", false },
    { "a{0,}b", "aab", true },
    { "a{2,}", "a", false },
    { "a{2,}", "aaaaaa", true },
    { "(ab)*", "abab", true },
    { "(ab)*", "aba", false },
    { "(ab){2}", "abab", true },
    { "(a|b)c", "bc", true },
    { "(a|b)c", "abc", false },
    { "a|b|c", "c", true },
    { "a|bc", "bc", true },
    { "a|bc", "ac", false },
    { "(a|b){3}", "abb", true },
    { "(a*)*", "", true },
    { "(a*)*b", "aab", true },
    { "((a|b)+;)+", "ab;b;", true },
    { "((a|b)+;)+", "ab;;", false },
    { "[a-c]", "b", true },
    { "[a-c]", "d", false },
    { "[^a-c]", "d", true },
    { "[^a-c]", "b", false },
    { "[-a]", "-", true },
    { "[a-]", "-", true },
    { "[.]", "x", false },
    { "[\\]]", "]", true },
    { "\\.", ".", true },
    { "\\.", "x", false },
    { "\\d+", "0129", true },
    { "\\d+", "12a", false },
    { "0|[1-9]\\d*", "0", true },
    { "0|[1-9]\\d*", "10", true },
    { "0|[1-9]\\d*", "04", false },
    { "[A-Z]{3,8}(;[A-Z]{3,8})*", "SDM;KKZ;BRL", true },
    { "[A-Z]{3,8}(;[A-Z]{3,8})*", "SDM;KKZABCDEF", false },
    { "\xc3\x88", "\xc3\x88", true },
};

START_TEST(each_row)
{
    bool fits = mu_pattern_fits(arena, pattern_of(row[_i].pattern), mu_bytes_of(row[_i].text));
    ck_assert_msg(fits == row[_i].fits, "'%s' and '%s'", row[_i].pattern, row[_i].text);
}
END_TEST

static const struct {
    const char *pattern, *why;
} refused[] = {
    { "", "nothing stands here at character 1" },
    { "a|", "nothing stands here at character 3" },
    { "()", "nothing stands here at character 2" },
    { "(a", "not closed at character 3" },
    { "a)", "not opened at character 2" },
    { "[a", "does not end" },
    { "[]", "without an octet" },
    { "[z-a]", "backwards" },
    { "[\xc3\x88]", "ASCII" },
    { "*a", "only behind a backslash at character 1" },
    { "a\\", "behind the backslash" },
    { "\\w", "an escape that is not known" },
    { "a{", "a number is missing" },
    { "a{2", "does not end" },
    { "a{3,2}", "nothing can have" },
    { "a{0}", "nothing can have" },
    { "a{99999999999999999999}", "too many steps" },
    { "(((a{60}){60}){60}){60}", "too many steps" },
};

START_TEST(each_refused)
{
    struct mu_pattern *pattern;
    struct mu_err err;
    ck_assert(!mu_pattern_parse(arena, mu_bytes_of(refused[_i].pattern), &pattern, &err));
    ck_assert_msg(strstr(err.msg, refused[_i].why) != NULL, "%s: %s", refused[_i].pattern, err.msg);
}
END_TEST

START_TEST(brackets_inside_each_other_end)
{
    struct mu_buf text = { .arena = arena };
    struct mu_pattern *pattern;
    struct mu_err err;
    for (int i = 0; i < 100000; i++)
        mu_buf_putc(&text, '(');
    ck_assert(!mu_pattern_parse(arena, mu_buf_bytes(&text), &pattern, &err));
    ck_assert_ptr_nonnull(strstr(err.msg, "too many brackets"));
}
END_TEST

/* What takes a time without end when choices are tried one after the other. */
START_TEST(the_worst_text_takes_its_share)
{
    static const char *const worst[] = { "(a|a)*b", "(a*)*b", "a{0,60}a{60}", "((a|aa)+)+b" };
    struct mu_buf text = { .arena = arena };
    for (size_t i = 0; i < 100000; i++)
        mu_buf_putc(&text, 'a');
    uint64_t start = mu_clock_ms();
    for (size_t i = 0; i < MU_COUNT(worst); i++)
        ck_assert(!mu_pattern_fits(arena, pattern_of(worst[i]), mu_buf_bytes(&text)));
    ck_assert_uint_lt(mu_clock_ms() - start, 20000);
}
END_TEST

int main(void)
{
    arena = mu_arena_new((size_t) 256 << 20);
    Suite *suite = suite_create("pattern");
    TCase *tc = tcase_create("pattern");
    suite_add_tcase(suite, tc);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, each_refused, 0, MU_COUNT(refused));
    tcase_add_test(tc, brackets_inside_each_other_end);
    tcase_add_test(tc, the_worst_text_takes_its_share);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(arena);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

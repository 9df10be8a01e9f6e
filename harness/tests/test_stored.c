/* What a file holds and what goes over the wire, there and back. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/stored.h"

static struct mu_arena *arena;

/* clang-format off */
static const struct {
    const char *stored;
    bool mbox;
    const char *wire;
    bool local;
} row[] = {
    { "", false, "", false },
    { "no line", false, "no line", false },
    { "A: b\r\n\r\nc\r\n", false, "A: b\r\n\r\nc\r\n", false },
    { "A: b\n\nc\n", false, "A: b\r\n\r\nc\r\n", true },
    { "A: b\n\nc", false, "A: b\r\n\r\nc", true },
    { "\n", false, "\r\n", true },
    { "\n\n\n", false, "\r\n\r\n\r\n", true },
    { "A: b\n\r\nc\n", false, "A: b\n\r\nc\n", false },             /* both kinds: as it is      */
    { "A: b\r\n\nc\n", false, "A: b\r\n\nc\n", false },
    { "A: b\r c\nd\n", false, "A: b\r c\r\nd\r\n", true },           /* a bare CR ends nothing    */
    { ">From x\n>>From y\n> From z\n", false, ">From x\r\n>>From y\r\n> From z\r\n", true },
    { ">From x\n>>From y\n> From z\n", true, "From x\r\n>From y\r\n> From z\r\n", true },
    { "A: b\r\n\r\n>From x\r\n>Fro\r\n", true, "A: b\r\n\r\nFrom x\r\n>Fro\r\n", false },
};
/* clang-format on */

START_TEST(forms)
{
    struct mu_stored m;
    mu_stored_read(arena, mu_bytes_of(row[_i].stored), row[_i].mbox, &m);
    ck_assert_msg(mu_bytes_equal(m.wire, mu_bytes_of(row[_i].wire)), "%.*s", (int) m.wire.n,
                  m.wire.p);
    ck_assert_int_eq(m.local, row[_i].local);
    /* Each octet of the wire stands where it says, but for a CR that is not in the file. */
    for (size_t i = 0; i < m.wire.n; i++) {
        size_t at = mu_stored_offset(&m, i);
        ck_assert_uint_lt(at, m.stored.n);
        ck_assert_msg(m.stored.p[at] == m.wire.p[i] || (m.local && m.wire.p[i] == '\r'),
                      "octet %zu is not at %zu", i, at);
    }
    ck_assert_uint_eq(mu_stored_offset(&m, m.wire.n), m.stored.n);
}
END_TEST

/* Past the places that are remembered, too. */
START_TEST(long_message)
{
    struct mu_buf text = { .arena = arena };
    for (unsigned i = 0; i < 1000; i++)
        mu_buf_printf(&text, "%sline %u\n", i % 7 == 0 ? ">From " : "", i);
    struct mu_stored m;
    mu_stored_read(arena, mu_buf_bytes(&text), true, &m);
    for (size_t i = 0; i < m.wire.n; i++) {
        char c = m.stored.p[mu_stored_offset(&m, i)];
        ck_assert(c == m.wire.p[i] || m.wire.p[i] == '\r');
    }
}
END_TEST

START_TEST(separators)
{
    static const struct {
        const char *window;
        size_t at; /* SIZE_MAX: none */
    } find[] = {
        { "From a\n\nFrom b\n", 8 },
        { "From a\r\n\r\nFrom b\r\n", 10 },
        { "From a\nA: b\n\nx\n\nFrom b\n", 16 },
        { "From a\nA: b\nFrom b\n", SIZE_MAX },
        { "From a\n\n>From b\n", SIZE_MAX },
        { "From a\n\n From b\n", SIZE_MAX },
        { "From a\n\nFrom", SIZE_MAX },
        { "", SIZE_MAX },
        { "\nFrom ", SIZE_MAX },
        { "\n\nFrom ", 2 },
    };
    for (size_t i = 0; i < MU_COUNT(find); i++)
        ck_assert_msg(mu_mbox_find(mu_bytes_of(find[i].window)) == find[i].at, "row %zu", i);
    static const struct {
        const char *text;
        size_t n;
    } trim[] = { { "", 0 },       { "a\n", 2 },       { "a\n\n", 2 }, { "a\n\n\n", 3 },
                 { "\n\r\n", 1 }, { "a\r\n\r\n", 3 }, { "\n", 1 } };
    for (size_t i = 0; i < MU_COUNT(trim); i++)
        ck_assert_msg(mu_mbox_trim(mu_bytes_of(trim[i].text)) == trim[i].n, "row %zu", i);
    ck_assert(mu_mbox_is(MU_BYTES("From x")) && !mu_mbox_is(MU_BYTES("From:")));
    ck_assert(!mu_mbox_is(MU_BYTES("Fro")));
}
END_TEST

int main(void)
{
    arena = mu_arena_new((size_t) 64 << 20);
    TCase *tcase = tcase_create("stored");
    tcase_add_loop_test(tcase, forms, 0, MU_COUNT(row));
    tcase_add_test(tcase, long_message);
    tcase_add_test(tcase, separators);
    Suite *suite = suite_create("stored");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(arena);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * JSON of reports: what our own writers write is read without jansson, everything else with it, and
 * nobody can tell the difference but by the clock.
 */
#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "report/node.h"

static struct mu_arena *arena;
static struct mu_nodes *nodes, *others;

static void setup(void)
{
    arena = mu_arena_new(64 * MU_MIB);
    nodes = mu_new(arena, struct mu_nodes);
    others = mu_new(arena, struct mu_nodes);
    nodes->arena = others->arena = arena;
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static bool same(const struct mu_node *a, const struct mu_node *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->kind != b->kind || a->number != b->number || a->size != b->size
            || !mu_bytes_equal(a->name, b->name)
            || (a->kind == MU_NODE_TEXT && !mu_bytes_equal(a->text, b->text))
            || !same(a->first, b->first))
            return false;
    return a == b;
}

#define EIGHT "\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,"

static const struct {
    const char *json;
    size_t n;   /* 0: to its NUL */
    bool plain; /* read without jansson */
    bool good;
} row[] = {
    { "{\"event\":\"verdict\",\"ms\":12,\"legs\":[{\"held\":[\"A\",\"B\"]}],\"ok\":true}", 0, true,
      true },
    { "{}", 0, true, true },
    { "[]", 0, true, true },
    { "[[],{}]", 0, true, true },
    { "{\"a\":-1,\"b\":0,\"c\":false,\"d\":null}", 0, true, true },
    { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", 0, true, true },
    { "{\"a\":\"\\u00e9\\u20AC\\ud83d\\ude00 and more than eight letters behind it\"}", 0, true,
      true },
    { "{\"\\u0061\":1}", 0, true, true },
    { "{\"a\":123456789012345678}", 0, true, true },
    { "{\"a\":1234567890123456789}", 0, false, true },
    { "{\"a\":12345678901234567890}", 0, false, false },
    { "{\"a\":-0}", 0, false, true },
    { "{\"a\":1.5e3}", 0, false, true },
    { "{ \"a\" : 1 }", 0, false, true },
    { "{\"a\":\"\xc3\xa9\"}", 0, false, true },
    { "{\"a\":\"x\\u0000y\"}", 0, false, true },
    { "{\"a\":\"\x7f\"}", 0, false, true },
    { "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 0, false, true },
    { "{" EIGHT "\"a\":2}", 0, false, false },
    { "{\"a\":1,\"\\u0061\":2}", 0, false, false },
    { "{\"a\":{\"b\":1,\"b\":1}}", 0, false, false },
    { "{\"a\":01}", 0, false, false },
    { "{\"a\":-}", 0, false, false },
    { "{\"a\":+1}", 0, false, false },
    { "{\"a\":1,}", 0, false, false },
    { "{\"a\"}", 0, false, false },
    { "{\"a\":}", 0, false, false },
    { "{\"a\":1", 0, false, false },
    { "{\"a\":1}}", 0, false, false },
    { "{\"a\":1}{}", 0, false, false },
    { "{\"a\":tru}", 0, false, false },
    { "{\"a\":\"\\x\"}", 0, false, false },
    { "{\"a\":\"\\ud800\"}", 0, false, false },
    { "{\"a\":\"\\ude00\\ud800\"}", 0, false, false },
    { "{\"a\":\"\\u12\"}", 0, false, false },
    { "{\"a\":\"\x01\"}", 0, false, false },
    { "{\"a\":\"\xff\"}", 0, false, false },
    { "{\"a\":\"cut short", 0, false, false },
    { "{\"a\":\"\0\"}", sizeof "{\"a\":\"\0\"}" - 1, false, false },
    { "{\"a\":1}\0", sizeof "{\"a\":1}\0" - 1, false, false },
    { "\"text\"", 0, false, false },
    { "12", 0, false, false },
    { "", 0, false, false },
};

START_TEST(both_readers_make_the_same_of_a_line)
{
    size_t n = row[_i].n > 0 ? row[_i].n : strlen(row[_i].json);
    struct mu_bytes json = { row[_i].json, n };
    const struct mu_node *a = mu_node_read(nodes, json);
    const struct mu_node *b = mu_node_read_slowly(others, json);
    ck_assert_int_eq(a != NULL, row[_i].good);
    ck_assert_msg(same(a, b), "%s is read as two things", row[_i].json);
    ck_assert_int_eq(a != NULL && a->text.n > 0, row[_i].plain);
}
END_TEST

/* More members than are compared one with another, and more values than one block of nodes has. */
START_TEST(large_objects_and_arrays)
{
    struct mu_buf object = { .arena = arena }, array = { .arena = arena };
    for (int i = 0; i < 100; i++)
        mu_buf_printf(&object, "%s\"m%d\":\"v%d\"", i == 0 ? "{" : ",", i, i);
    mu_buf_puts(&object, "}");
    for (int i = 0; i < 5000; i++)
        mu_buf_printf(&array, "%s%d", i == 0 ? "[" : ",", i);
    mu_buf_puts(&array, "]");
    for (int round = 0; round < 2; round++) {
        const struct mu_node *a = mu_node_read(nodes, mu_buf_bytes(&object));
        ck_assert(same(a, mu_node_read_slowly(others, mu_buf_bytes(&object))));
        ck_assert_uint_eq(a->size, 100);
        ck_assert_str_eq(mu_node_get(a, "m99")->text.p, "v99");
        a = mu_node_read(nodes, mu_buf_bytes(&array));
        ck_assert(same(a, mu_node_read_slowly(others, mu_buf_bytes(&array))));
        ck_assert_uint_eq(a->size, 5000);
    }
}
END_TEST

START_TEST(members_of_what_is_no_object)
{
    const struct mu_node *array = mu_node_read(nodes, MU_BYTES("[{\"a\":1},\"a\"]"));
    ck_assert_ptr_null(mu_node_get(array, "a"));
    ck_assert_ptr_null(mu_node_get(NULL, "a"));
    ck_assert_ptr_null(mu_node_member(array));
    ck_assert_ptr_null(mu_node_first(mu_node_first(array)));
    ck_assert_ptr_null(mu_node_first(NULL));
    ck_assert_int_eq(mu_node_get(mu_node_first(array), "a")->number, 1);
    ck_assert_ptr_null(mu_node_get(mu_node_first(array), "b"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("node");
    TCase *tc = tcase_create("node");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, both_readers_make_the_same_of_a_line, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, large_objects_and_arrays);
    tcase_add_test(tc, members_of_what_is_no_object);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

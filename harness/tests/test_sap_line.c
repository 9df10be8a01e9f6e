/* JSON Lines, strictly: what one line may be, and lines through a socket. */
#include "tests/sap_peers.h"

static struct mu_arena *arena;

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

#define LINE(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define DEEP8 "[[[[[[[["

#define CUT_SHORT "an object that is cut short: the whole of it stands on one line"
#define NO_WORD   "a word that JSON does not have, such as NaN, True or None"
#define NOT_HERE  "no JSON: nothing else may be printed where the protocol is spoken"

/* The byte (from 1) where it is wrong; 0: it is not. */
static const struct {
    struct mu_bytes line;
    unsigned column;
    const char *says;
} row[] = {
    { LINE("{}"), 0, NULL },
    { LINE("{\"a\":1,\"A\":2}"), 0, NULL },
    { LINE("{\"a\":{\"b\":1},\"b\":2}"), 0, NULL },
    { LINE("{\"a\":\"\\u20ac \\ud83c\\udff7 \xe2\x80\xa8\"}"), 0, NULL },
    { LINE(" {\"a\" : 1 , \"b\":[ ]} "), 0, NULL },
    { LINE("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"), 0, NULL },
    { LINE("{\"a\":[" DEEP8 DEEP8 DEEP8 "[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), 0, NULL },
    { LINE(""), 1, "an empty line" },
    { LINE("   "), 3, "an empty line" },
    { LINE("[1]"), 1, "no object" },
    { LINE("\"a\""), 3, NOT_HERE },
    { LINE("{\"a\":1,\"a\":2}"), 10, "the same name twice" },
    { LINE("{\"a\":1,\"\\u0061\":2}"), 15, "the same name twice" },
    { LINE("{\"a\":{\"b\":1,\"b\":1}}"), 15, "the same name twice" },
    { LINE("{\"a\":NaN}"), 8, NO_WORD },
    { LINE("{\"a\":-Infinity}"), 6, NO_WORD },
    { LINE("{\"a\":01}"), 6, "no JSON" },
    { LINE("{\"a\":1e999}"), 10, "a number that is too large" },
    { LINE("{\"a\":99999999999999999999}"), 25, "a number that is too large" },
    { LINE("{\"a\":\"\\ud800\"}"), 13, "half a surrogate pair" },
    { LINE("{\"a\":\"\\ud800\\ud800\"}"), 19, "half a surrogate pair" },
    { LINE("{\"a\":\"\\udc00\"}"), 13, "half a surrogate pair" },
    { LINE("{\"a\":\"\\u0000\"}"), 13, "NUL in a string" },
    { LINE("{\"a\":\"\0\"}"), 6, "a control character in a string" },
    { LINE("{\"a\":\"\t\"}"), 6, "a control character in a string" },
    { LINE("{\"a\":1}\0"), 8, "something behind the object" },
    { LINE("{\"a\":1}{}"), 8, "something behind the object" },
    { LINE("{\"a\":1,}"), 8, "no JSON" },
    { LINE("{\"a\":1"), 6, CUT_SHORT },
    { LINE("{\"a\":1}\r"), 8, "CR: a line ends in LF alone" },
    { LINE("{\"a\":\"\xff\"}"), 7, "no UTF-8" },
    { LINE("{\"a\":\"\xc0\x80\"}"), 7, "no UTF-8" },
    { LINE("{\"a\":\"\xed\xa0\x80\"}"), 7, "no UTF-8" },
    { LINE("\xef\xbb\xbf{}"), 3, "a byte order mark: a line begins with its object" },
    { LINE("{\"a\":[" DEEP8 DEEP8 DEEP8 "[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), 37,
      "too many arrays and objects inside each other" },
    { LINE("{'a':1}"), 2, "a single quote: names and texts stand in double quotes" },
    { LINE("// {}"), 1, NOT_HERE },
    { LINE("checking the label"), 8, NOT_HERE },
    { LINE("{"), 1, CUT_SHORT },
    { LINE("{\"a\":"), 5, CUT_SHORT },
    { LINE("{\"a\":\"b"), 7, CUT_SHORT },
    { LINE("{\"a\":True}"), 9, NO_WORD },
    { LINE("{\"a\":None}"), 9, NO_WORD },
    { LINE("{\"a\" 1}"), 6, "no JSON" },
};

START_TEST(one_line)
{
    struct mu_err err = { .code = MU_ERR_NONE };
    json_t *object = NULL;
    bool ok = mu_sap_json(row[_i].line, 7, &object, &err);
    json_decref(object);
    ck_assert_msg(ok == (row[_i].column == 0), "row %d: %s", _i, ok ? "accepted" : err.msg);
    if (ok)
        return;
    ck_assert_int_eq(err.code, MU_ERR_PEER);
    ck_assert_str_eq(err.where.input, MU_SAP_FRAMING);
    ck_assert_uint_eq(err.where.line, 7);
    ck_assert_str_eq(err.msg, row[_i].says);
    ck_assert_msg(err.where.column == row[_i].column, "row %d: %s at %u", _i, err.msg,
                  err.where.column);
    ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_HELLO), "adapter:framing");
}
END_TEST

/* What is read fast is what jansson reads: for every octet that could stand anywhere, or be missing. */
static bool reads_the_same(struct mu_bytes line)
{
    json_error_t why;
    json_t *fast = mu_sap_json_plain(line);
    json_t *slow = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &why);
    bool same = fast == NULL || (json_is_object(slow) && json_equal(fast, slow));
    json_decref(fast);
    json_decref(slow);
    return same;
}

START_TEST(plain_lines)
{
    static const struct mu_bytes plain[] = {
        LINE("{}"),
        LINE("{\"id\":17,\"ok\":true,\"result\":{\"outcome\":\"accepted\",\"label\":{"
             "\"categories\":["
             "{\"tag\":\"T\",\"values\":[\"a\",\"b\"]},{}]},\"w\":[]}}"),
        LINE(" { \"a\" : [ 0 , 10 , false, null, [ 999999999999999999 ] ] , \"\" : \"\" , \"b\":{} "
             "} "),
    };
    struct mu_bytes line = plain[_i];
    json_t *object = mu_sap_json_plain(line);
    ck_assert_msg(object != NULL, "line %d is not plain", _i);
    json_decref(object);
    for (size_t at = 0; at < line.n; at++) {
        char *copy = mu_bytes_dup(arena, line);
        for (int c = 0; c < 256; c++) {
            copy[at] = (char) c;
            ck_assert_msg(reads_the_same((struct mu_bytes){ copy, line.n }), "octet %d at %zu", c,
                          at);
        }
        memmove(copy + at, line.p + at + 1, line.n - at - 1);
        ck_assert_msg(reads_the_same((struct mu_bytes){ copy, line.n - 1 }), "without %zu", at);
        ck_assert_msg(reads_the_same((struct mu_bytes){ line.p, at }), "up to %zu", at);
    }
}
END_TEST

START_TEST(not_plain)
{
    ck_assert_msg(reads_the_same(row[_i].line), "row %d", _i);
    if (row[_i].column != 0)
        ck_assert_ptr_null(mu_sap_json_plain(row[_i].line));
}
END_TEST

/* --- through a socket ----------------------------------------------------------------------------- */

struct flow {
    struct mu_bytes data;
    size_t piece;
};

static void play(int fd, const void *script)
{
    const struct flow *f = script;
    for (size_t at = 0; at < f->data.n; at += f->piece)
        peer_write(fd, mu_bytes_slice(f->data, at, f->piece));
}

static struct mu_sap_lines *lines_over(int fd)
{
    struct mu_sap_lines *lines = mu_new(arena, struct mu_sap_lines);
    struct mu_sap_wire wire;
    mu_sap_wire_descriptors(arena, fd, fd, &wire);
    mu_sap_lines_start(lines, arena, &wire);
    return lines;
}

START_TEST(lines_in_pieces)
{
    static const size_t piece[] = { 1, 3, 1000 };
    struct flow f = { MU_BYTES("{\"a\":1}\n\n{\"b\":2}\nrest"), piece[_i] };
    static const char *const wanted[] = { "{\"a\":1}", "", "{\"b\":2}" };
    struct mu_bytes line;
    struct mu_err err;
    bool there;
    pid_t child;
    struct mu_sap_lines *lines = lines_over(peer_start(&child, play, &f));
    for (size_t i = 0; i < MU_COUNT(wanted); i++) {
        ck_assert(mu_sap_line(lines, mu_clock_ms() + 5000, &line, &there, &err));
        ck_assert(there);
        ck_assert(mu_bytes_equal(line, mu_bytes_of(wanted[i])));
        ck_assert_uint_eq(lines->count, i + 1);
    }
    ck_assert(!mu_sap_line(lines, mu_clock_ms() + 5000, &line, &there, &err));
    ck_assert_int_eq(err.code, MU_ERR_CLOSED);
    ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_HELLO), "adapter:crash");
    peer_stop(child);
}
END_TEST

START_TEST(line_limit)
{
    static const struct {
        size_t n;
        bool fits;
    } size[] = { { MU_SAP_LINE_MAX - 1, true }, { MU_SAP_LINE_MAX, false } };
    struct mu_buf text = { .arena = arena };
    for (size_t n = 0; n < size[_i].n; n++)
        mu_buf_putc(&text, 'x');
    mu_buf_putc(&text, '\n');
    struct flow f = { mu_buf_bytes(&text), text.n };
    struct mu_bytes line;
    struct mu_err err = { .code = MU_ERR_NONE };
    bool there;
    pid_t child;
    struct mu_sap_lines *lines = lines_over(peer_start(&child, play, &f));
    ck_assert(mu_sap_line(lines, mu_clock_ms() + 5000, &line, &there, &err) == size[_i].fits);
    if (!size[_i].fits)
        ck_assert_str_eq(mu_sap_reason(&err, MU_SAP_HELLO), "adapter:framing");
    peer_stop(child);
}
END_TEST

/* A peer that waits until what it says is taken before it takes anything. */
static void talkative(int fd, const void *unused)
{
    (void) unused;
    static char line[100000];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 20; i++)
        peer_write(fd, (struct mu_bytes){ line, sizeof line });
    peer_drain(fd);
}

START_TEST(no_side_blocks_the_other)
{
    struct mu_bytes line;
    struct mu_err err = { .code = MU_ERR_NONE };
    bool there;
    pid_t child;
    struct mu_sap_lines *lines = lines_over(peer_start(&child, talkative, NULL));
    char *more = mu_buf_grow(&lines->out, 4 * MU_MIB);
    memset(more, 'y', 4 * MU_MIB);
    ck_assert_msg(mu_sap_flush(lines, mu_clock_ms() + 10000, &err), "%s", err.msg);
    for (int i = 0; i < 20; i++) {
        ck_assert(mu_sap_line(lines, mu_clock_ms() + 5000, &line, &there, &err) && there);
        ck_assert_uint_eq(line.n, 99999);
    }
    peer_stop(child);
}
END_TEST

static void deaf(int fd, const void *unused)
{
    (void) fd, (void) unused;
    poll(NULL, 0, -1);
}

START_TEST(deaf_and_silent_peers_end_at_the_deadline)
{
    struct mu_bytes line;
    struct mu_err err;
    bool there = true;
    pid_t child;
    struct mu_sap_lines *lines = lines_over(peer_start(&child, deaf, NULL));
    uint64_t began = mu_clock_ms();
    ck_assert(mu_sap_line(lines, 0, &line, &there, &err) && !there);
    ck_assert(mu_sap_line(lines, began + 100, &line, &there, &err) && !there);
    memset(mu_buf_grow(&lines->out, 4 * MU_MIB), 'y', 4 * MU_MIB);
    ck_assert(!mu_sap_flush(lines, mu_clock_ms() + 100, &err));
    ck_assert_int_eq(err.code, MU_ERR_DEADLINE);
    ck_assert_uint_ge(mu_clock_ms() - began, 200);
    ck_assert_uint_le(mu_clock_ms() - began, 5000);
    peer_stop(child);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sap_line");
    TCase *tc = tcase_create("lines");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, plain_lines, 0, 3);
    tcase_add_loop_test(tc, not_plain, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, one_line, 0, MU_COUNT(row));
    tcase_add_loop_test(tc, lines_in_pieces, 0, 3);
    tcase_add_loop_test(tc, line_limit, 0, 2);
    tcase_add_test(tc, no_side_blocks_the_other);
    tcase_add_test(tc, deaf_and_silent_peers_end_at_the_deadline);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

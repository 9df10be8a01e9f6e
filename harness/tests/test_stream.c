#include <poll.h>
#include <stdlib.h>

#include "net/dial.h"
#include "net/listen.h"
#include "tests/peers.h"

#define BYTES(literal)                                                                             \
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

/* What the peer sends, in pieces of `piece` octets, and whether it hangs up then. */
struct flow {
    struct mu_bytes data;
    size_t piece;
    bool stay;
};

static void play(int fd, const void *script)
{
    const struct flow *f = script;
    for (size_t at = 0; at < f->data.n; at += f->piece)
        peer_write(fd, mu_bytes_slice(f->data, at, f->piece));
    if (f->stay)
        peer_drain(fd);
}

static const struct {
    struct mu_bytes sent, line;
    enum mu_err_code code; /* of the first failure; MU_ERR_NONE: the line came                 */
} lines[] = {
    { BYTES("220 hello\r\n"), BYTES("220 hello"), MU_ERR_NONE },
    { BYTES("\r\n"), BYTES(""), MU_ERR_NONE },
    { BYTES("a\0b\r\nrest\r\n"), BYTES("a\0b"), MU_ERR_NONE },
    { BYTES("a\rb\r\n"), BYTES("a\rb"), MU_ERR_NONE },
    { BYTES("bare\n"), BYTES(""), MU_ERR_PEER },
    { BYTES("\n"), BYTES(""), MU_ERR_PEER },
    { BYTES(""), BYTES(""), MU_ERR_CLOSED },
    { BYTES("cut"), BYTES(""), MU_ERR_CLOSED },
    { BYTES("cut\r"), BYTES(""), MU_ERR_CLOSED },
};

START_TEST(strict_line)
{
    static const size_t piece[] = { 1, 2, 64 };
    for (size_t p = 0; p < MU_COUNT(piece); p++) {
        struct flow f = { lines[_i].sent, piece[p], false };
        struct mu_bytes got;
        struct mu_err err = { .code = MU_ERR_NONE };
        pid_t child;
        struct mu_stream *s =
            mu_stream_new(arena, peer_start(&child, play, &f), mu_clock_ms() + 5000);
        bool ok = mu_stream_line(s, &got, &err);
        ck_assert_int_eq(err.code, lines[_i].code);
        ck_assert(ok == (lines[_i].code == MU_ERR_NONE));
        ck_assert(!ok || mu_bytes_equal(got, lines[_i].line));
        peer_stop(child);
    }
}
END_TEST

START_TEST(line_limit)
{
    static const struct {
        size_t n;
        bool fits;
    } row[] = { { MU_LINE_MAX - 2, true }, { MU_LINE_MAX - 1, false }, { 100 * MU_KIB, false } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_buf text = { .arena = arena };
        for (size_t n = 0; n < row[i].n; n++)
            mu_buf_putc(&text, 'x');
        mu_buf_puts(&text, "\r\n");
        struct flow f = { mu_buf_bytes(&text), text.n, false };
        struct mu_bytes got;
        struct mu_err err = { .code = MU_ERR_NONE };
        pid_t child;
        struct mu_stream *s =
            mu_stream_new(arena, peer_start(&child, play, &f), mu_clock_ms() + 5000);
        ck_assert(mu_stream_line(s, &got, &err) == row[i].fits);
        ck_assert_int_eq(err.code, row[i].fits ? MU_ERR_NONE : MU_ERR_PEER);
        peer_stop(child);
    }
}
END_TEST

static void drip(int fd, const void *unused)
{
    (void) unused;
    while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
        poll(NULL, 0, 10);
}

START_TEST(dripping_and_silent_peers_end_at_the_deadline)
{
    static const struct flow silent = { { "", 0 }, 1, true };
    for (int dripping = 0; dripping < 2; dripping++) {
        pid_t child;
        struct mu_err err;
        struct mu_bytes got;
        uint64_t began = mu_clock_ms();
        int fd = peer_start(&child, dripping ? drip : play, &silent);
        struct mu_stream *s = mu_stream_new(arena, fd, began + 10000);
        s->operation_ms = 150;
        mu_stream_pace(s);
        ck_assert(!mu_stream_line(s, &got, &err));
        ck_assert_int_eq(err.code, MU_ERR_DEADLINE);
        ck_assert_uint_ge(mu_clock_ms() - began, 150);
        ck_assert_uint_lt(mu_clock_ms() - began, 1500);
        peer_stop(child);
    }
}
END_TEST

static const struct {
    struct mu_bytes wire, content, rest;
} contents[] = {
    { BYTES(".\r\n"), BYTES(""), BYTES("") },
    { BYTES("a\r\n.\r\n"), BYTES("a\r\n"), BYTES("") },
    { BYTES("a\r\n.\r\nQUIT\r\n"), BYTES("a\r\n"), BYTES("QUIT\r\n") },
    { BYTES("\r\n.\r\n"), BYTES("\r\n"), BYTES("") },
    { BYTES("..\r\n.\r\n"), BYTES(".\r\n"), BYTES("") },
    { BYTES("..a\r\n...\r\n.\r\n"), BYTES(".a\r\n..\r\n"), BYTES("") },
    { BYTES(".a\r\n.b\r\n.\r\n"), BYTES("a\r\nb\r\n"), BYTES("") },
    { BYTES("a\n.\nb\r\n.\r\n"), BYTES("a\n.\nb\r\n"), BYTES("") },
    { BYTES("a\n.\r\nb\r\n.\r\n"), BYTES("a\n.\r\nb\r\n"), BYTES("") },
    { BYTES("a\r.\rb\r\n.\r\n"), BYTES("a\r.\rb\r\n"), BYTES("") },
    { BYTES("a\r\n.\rb\r\n.\r\n"), BYTES("a\r\n\rb\r\n"), BYTES("") },
    { BYTES("a\r\n.\nb\r\n.\r\n"), BYTES("a\r\n\nb\r\n"), BYTES("") },
    { BYTES("a\r\n\0.\r\nb\r\n.\r\n"), BYTES("a\r\n\0.\r\nb\r\n"), BYTES("") },
    { BYTES("a\r\r\n.\r\n"), BYTES("a\r\r\n"), BYTES("") },
    { BYTES("\0\0\xff\r\n.\r\n"), BYTES("\0\0\xff\r\n"), BYTES("") },
};

START_TEST(content)
{
    for (size_t piece = 1; piece < 24; piece += 1) {
        struct flow f = { contents[_i].wire, piece, true };
        struct mu_content got;
        struct mu_err err;
        pid_t child;
        struct mu_stream *s =
            mu_stream_new(arena, peer_start(&child, play, &f), mu_clock_ms() + 5000);
        ck_assert(mu_stream_content(s, MU_MESSAGE_MAX, 0, &got, &err));
        ck_assert(mu_bytes_equal(got.octets, contents[_i].content));
        ck_assert_uint_eq(got.size, contents[_i].content.n);
        struct mu_bytes line;
        ck_assert(contents[_i].rest.n == 0 || mu_stream_line(s, &line, &err));
        peer_stop(child);
    }
}
END_TEST

START_TEST(content_goes_round)
{
    int pair[2];
    struct mu_err err;
    struct mu_content got;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct mu_stream *a = mu_stream_new(arena, pair[0], mu_clock_ms() + 5000);
    struct mu_stream *b = mu_stream_new(arena, pair[1], mu_clock_ms() + 5000);
    ck_assert(mu_stream_put_content(a, contents[_i].content, &err));
    ck_assert(mu_stream_put(a, MU_BYTES(".\r\n"), &err) && mu_stream_flush(a, &err));
    ck_assert(mu_stream_content(b, MU_MESSAGE_MAX, 0, &got, &err));
    ck_assert(mu_bytes_equal(got.octets, contents[_i].content));
}
END_TEST

START_TEST(content_past_the_limit)
{
    static const struct {
        size_t octets, max, kept;
    } row[] = { { 10, 10, 10 },
                { 11, 10, 10 },
                { 3 * MU_MIB, 10, 10 },
                { 3 * MU_MIB, MU_MIB, MU_MIB },
                { 3 * MU_MIB, 4 * MU_MIB, 3 * MU_MIB } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        char *text = mu_arena_alloc(arena, row[i].octets + 8);
        memset(text, 'x', row[i].octets);
        memcpy(text + row[i].octets - 2, "\r\n.\r\nNEXT\r\n", 8);
        struct flow f = { { text, row[i].octets + 3 }, 100000, true };
        struct mu_content got;
        struct mu_err err;
        pid_t child;
        struct mu_stream *s =
            mu_stream_new(arena, peer_start(&child, play, &f), mu_clock_ms() + 5000);
        ck_assert(mu_stream_content(s, row[i].max, 0, &got, &err));
        ck_assert_uint_eq(got.size, row[i].octets);
        ck_assert_uint_eq(got.octets.n, row[i].kept);
        peer_stop(child);
    }
}
END_TEST

START_TEST(content_cut_short)
{
    static const struct flow f = { { "a\r\n.\r", 5 }, 5, false };
    struct mu_content got;
    struct mu_err err;
    pid_t child;
    struct mu_stream *s = mu_stream_new(arena, peer_start(&child, play, &f), mu_clock_ms() + 5000);
    ck_assert(!mu_stream_content(s, MU_MESSAGE_MAX, 0, &got, &err));
    ck_assert_int_eq(err.code, MU_ERR_CLOSED);
    peer_stop(child);
}
END_TEST

START_TEST(puts_leave_together)
{
    int pair[2];
    char got[64];
    struct mu_err err;
    struct mu_bytes line;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    struct mu_stream *s = mu_stream_new(arena, pair[0], mu_clock_ms() + 5000);
    ck_assert(mu_stream_put(s, MU_BYTES("MAIL\r\n"), &err));
    ck_assert(mu_stream_put(s, MU_BYTES("RCPT\r\n"), &err));
    peer_write(pair[1], MU_BYTES("250\r\n"));
    ck_assert(mu_stream_line(s, &line, &err)); /* reading sends what was put */
    ck_assert_int_eq(read(pair[1], got, sizeof got), 12);
    close(pair[1]);
    ck_assert(mu_stream_put(s, MU_BYTES("QUIT\r\n"), &err));
    ck_assert(!mu_stream_flush(s, &err));
    ck_assert_int_eq(err.code, MU_ERR_CLOSED);
}
END_TEST

START_TEST(clear_bytes_before_tls_are_a_breach)
{
    int pair[2];
    struct mu_err err;
    struct mu_bytes line;
    struct mu_tls_start start = { .tls = NULL };
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct mu_stream *s = mu_stream_new(arena, pair[0], mu_clock_ms() + 5000);
    peer_write(pair[1], MU_BYTES("220 go\r\n250 injected\r\n"));
    ck_assert(mu_stream_line(s, &line, &err));
    ck_assert(!mu_stream_start_tls(s, &start, &err));
    ck_assert_int_eq(err.code, MU_ERR_PEER);
    ck_assert(mu_bytes_equal(mu_stream_discard(s), MU_BYTES("250 injected\r\n")));
    peer_write(pair[1], MU_BYTES("more"));
    ck_assert(mu_bytes_equal(mu_stream_discard(s), MU_BYTES("more")));
    ck_assert_uint_eq(mu_stream_discard(s).n, 0);
    close(pair[1]);
}
END_TEST

START_TEST(dials_what_listens)
{
    static const char *const text[] = { "127.0.0.1:0", "[::1]:0" };
    struct mu_address at, to;
    struct mu_err err;
    int listener, fd, accepted;
    uint16_t port;
    ck_assert(mu_address_parse(text[_i], &at, &err));
    if (!mu_listen(&at, &listener, &port, &err))
        return; /* no IPv6 here */
    ck_assert_uint_ne(port, 0);
    ck_assert(mu_listen_accept(listener, &accepted, &err) && accepted == -1);
    const char *there =
        mu_arena_printf(arena, "%.*s:%u", (int) strlen(text[_i]) - 2, text[_i], port);
    ck_assert(mu_address_parse(there, &to, &err));
    ck_assert(mu_dial_start(&to, &fd, &err));
    ck_assert(mu_dial_finish(fd, mu_clock_ms() + 1000, &err));
    ck_assert(mu_listen_accept(listener, &accepted, &err) && accepted >= 0);
    close(accepted);
    close(fd);
    close(listener);
    ck_assert(!mu_dial_start(&to, &fd, &err) || !mu_dial_finish(fd, mu_clock_ms() + 1000, &err));
    ck_assert_int_eq(err.code, MU_ERR_IO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stream");
    TCase *tc = tcase_create("stream");
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, strict_line, 0, (int) MU_COUNT(lines));
    tcase_add_test(tc, line_limit);
    tcase_add_test(tc, dripping_and_silent_peers_end_at_the_deadline);
    tcase_add_loop_test(tc, content, 0, (int) MU_COUNT(contents));
    tcase_add_loop_test(tc, content_goes_round, 0, (int) MU_COUNT(contents));
    tcase_add_test(tc, content_past_the_limit);
    tcase_add_test(tc, content_cut_short);
    tcase_add_test(tc, puts_leave_together);
    tcase_add_test(tc, clear_bytes_before_tls_are_a_breach);
    tcase_add_loop_test(tc, dials_what_listens, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

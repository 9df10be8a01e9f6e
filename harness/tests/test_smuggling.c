/* A second transaction hidden behind a false end of data: our client against servers that see one mail,
 * and against one that sees two. */
#include "core/end_of_data.h"
#include "proto/smtp.h"
#include "tests/smtp_peers.h"

struct careless {
    struct mu_bytes end; /* taken for the end besides CRLF.CRLF; empty: nothing else          */
    const char *answer;  /* to content                                                        */
    bool hangs_up;       /* after the answer                                                  */
};

/* What is left of `in` behind the nearest end of data; SIZE_MAX: it is not there yet. */
static size_t content_end(struct mu_bytes in, struct mu_bytes other)
{
    struct mu_bytes usual = MU_BYTES("\r\n.\r\n");
    size_t at = mu_bytes_find(in, usual, 0), end = at == SIZE_MAX ? SIZE_MAX : at + usual.n;
    size_t sooner = other.n > 0 ? mu_bytes_find(in, other, 0) : SIZE_MAX;
    if (sooner != SIZE_MAX && sooner + other.n < end)
        end = sooner + other.n;
    return end;
}

/* One command or one content; 0 when more octets are needed. */
static size_t obey(int fd, const struct careless *c, struct mu_bytes in, bool *data)
{
    if (*data) {
        size_t end = content_end(in, c->end);
        if (end == SIZE_MAX)
            return 0;
        *data = false;
        peer_write(fd, mu_bytes_of(c->answer));
        if (c->hangs_up)
            _exit(0);
        return end;
    }
    size_t line = mu_bytes_find(in, MU_BYTES("\r\n"), 0);
    if (line == SIZE_MAX)
        return 0;
    *data = mu_bytes_start_nocase(in, MU_BYTES("DATA"));
    bool quit = mu_bytes_start_nocase(in, MU_BYTES("QUIT"));
    peer_write(fd, *data  ? MU_BYTES("354 go\r\n")
                   : quit ? MU_BYTES("221 bye\r\n")
                          : MU_BYTES("250 ok\r\n"));
    return line + 2;
}

static void careless_server(int fd, const void *script)
{
    struct mu_buf in = { .arena = arena };
    bool data = false;
    peer_write(fd, MU_BYTES("220 hi\r\n"));
    for (size_t from = 0;;) {
        size_t used = obey(fd, script, mu_bytes_from(mu_buf_bytes(&in), from), &data);
        from += used;
        char chunk[4096];
        ssize_t n = used > 0 ? 0 : read(fd, chunk, sizeof chunk);
        if (used == 0 && n <= 0)
            _exit(0);
        mu_buf_put(&in, chunk, (size_t) n);
    }
}

static const struct {
    const char *name;
    const char *answer;
    bool careless, hangs_up;
    enum mu_outcome outcome;
} peer[] = {
    { "careful", "250 2.0.0 taken\r\n", false, false, MU_OUTCOME_ACCEPTED },
    { "careless", "250 2.0.0 taken\r\n", true, false, MU_OUTCOME_ALTERED },
    { "strict", "550 5.6.0 bare LF\r\n", false, false, MU_OUTCOME_REFUSED },
    { "strict and rude", "550 5.6.0 bare LF\r\n", false, true, MU_OUTCOME_REFUSED },
    { "rude", "250 2.0.0 taken\r\n", false, true, MU_OUTCOME_ACCEPTED },
};

START_TEST(one_mail_or_two)
{
    static const struct mu_endpoint endpoint = { .carrier = "smtp", .tls = MU_TLS_CLEAR };
    struct mu_opening opening = { .endpoint = &endpoint, .fd = -1, .helo = "us.test" };
    struct careless c = { .answer = peer[_i].answer, .hangs_up = peer[_i].hangs_up };
    const char *form;
    for (size_t i = 0; (form = mu_end_of_data_at(i)) != NULL; i++) {
        struct mu_submission inner = letter("Subject: inner\r\n\r\n.dot\r\n");
        struct mu_submission outer = letter("Subject: outer\r\n\r\nText\r\n");
        struct mu_observation seen;
        struct mu_bytes octets;
        struct mu_err err;
        pid_t child;
        ck_assert(mu_end_of_data(form, &octets));
        c.end = peer[_i].careless ? octets : MU_BYTES("");
        outer.end = form;
        outer.smuggled = &inner;
        struct mu_smtp_client *client = client_on(peer_start(&child, careless_server, &c), 2000);
        ck_assert(mu_smtp_open(client, &opening, NULL, &seen, &err));
        ck_assert(client->alive && mu_smtp_send(client, &outer, &seen, &err));
        ck_assert_msg(seen.outcome == peer[_i].outcome, "%s, %s: %s, %s", peer[_i].name, form,
                      mu_outcome_name(seen.outcome), seen.native);
        ck_assert(!client->alive); /* what a peer makes of the rest is unknown: no second mail */
        peer_stop(child);
    }
}
END_TEST

START_TEST(no_other_name_is_known)
{
    struct mu_bytes octets = MU_BYTES("x");
    ck_assert(!mu_end_of_data("CRLF.CRLF", &octets));
    ck_assert(!mu_end_of_data("", &octets));
    ck_assert_uint_eq(octets.n, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("smuggling");
    TCase *tc = tcase_create("smuggling");
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, one_mail_or_two, 0, MU_COUNT(peer));
    tcase_add_test(tc, no_other_name_is_known);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

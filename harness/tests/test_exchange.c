/* The built program against systems under test that misbehave, over real sockets of the loopback. */
#include "tests/mail_peers.h"
#include "tests/mail_sets.h"

#define OPERATION_MS 400
#define CASE_MS      2000

/* clang-format off */
static const char relaying_suite[] =
    "<case id=\"relays\" level=\"must\" class=\"unexpected\">\n"
    "  <title>Mail is relayed</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/>\n"
    "  <needs role=\"relay\"/>\n"
    "  <axis name=\"label\" values=\"@\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"{label}\"/><send message=\"m\"/>\n"
    "    <collect id=\"out\" of=\"m\"/><expect of=\"m\" outcome=\"#\"/></steps>\n"
    "</case>\n";

static const char sending_suite[] =
    "<case id=\"sends\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is sent</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/>\n"
    "  <needs role=\"sender\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"restricted\"/><trigger message=\"m\"/>\n"
    "    <collect id=\"out\" of=\"m\"/><expect of=\"m\" outcome=\"delivered\"/></steps>\n"
    "</case>\n";
/* clang-format on */

static const char *relay_role(int port, int collect, const char *settle)
{
    return mu_arena_printf(arena,
                           "<role name=\"relay\" settle=\"%s\"><deliver-to carrier=\"smtp\" "
                           "address=\"127.0.0.1:%d\" tls=\"none\"/><collect-at carrier=\"smtp\" "
                           "address=\"127.0.0.1:%d\" tls=\"none\"/>"
                           "<mail to=\"to+{token}@a.test\" from=\"from+{token}@b.test\"/></role>\n",
                           settle, port, collect);
}

static void setup(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* Check forks every test, and a fork is none */
}

/* --- receivers that misbehave --------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *name, *tls;
    unsigned at;      /* number of the reply that is replaced: greeting, EHLO, MAIL, RCPT, DATA, dot */
    const char *with; /* see peer_play() */
    const char *verdict;
} hostile[] = {
    { "virtuous", "none", 9, "", "pass" },
    { "silent after accept", "none", 0, "!silent", "fail timeout:session" },
    { "silent after EHLO", "none", 1, "!silent", "fail timeout:session" },
    { "silent after MAIL", "none", 2, "!silent", "fail timeout:envelope" },
    { "silent after DATA", "none", 4, "!silent", "fail timeout:content" },
    { "silent after the dot", "none", 5, "!silent", "fail timeout:after-content" },
    { "dripping", "none", 0, "!drip", "fail timeout:session" },
    { "closes at once", "none", 0, "!close", "fail outcome:closed" },
    { "closes after EHLO", "none", 1, "!close", "fail outcome:closed" },
    { "closes after MAIL", "none", 2, "!close", "fail outcome:closed" },
    { "closes after RCPT", "none", 3, "!close", "fail outcome:closed" },
    { "closes after DATA", "none", 4, "!close", "fail outcome:closed" },
    { "closes after the dot", "none", 5, "!close", "fail outcome:closed" },
    { "resets at once", "none", 0, "!reset", "fail outcome:closed" },
    { "resets after the dot", "none", 5, "!reset", "fail outcome:closed" },
    { "closes with 421", "none", 3, "421 4.3.2 going down\r\n", "fail outcome:" },
    { "garbage greeting", "none", 0, "\x16\x03\x01\xff\xfe what?\r\n", "fail outcome:" },
    { "NUL in a greeting", "none", 0, "!nul", "fail outcome:closed" },
    { "HTTP greeting", "none", 0, "HTTP/1.1 400 Bad Request\r\n\r\n", "fail outcome:" },
    { "endless reply", "none", 1, "!endless", "inconclusive limit:|fail outcome:" },
    { "line of a megabyte", "none", 1, "!megabyte", "inconclusive limit:|fail outcome:" },
    { "refuses in the greeting", "none", 0, "554 5.7.1 no\r\n", "fail outcome:refused" },
    { "refuses MAIL", "none", 2, "550 5.7.1 no\r\n", "fail outcome:refused" },
    { "refuses the mail", "none", 5, "550 5.7.1 no\r\n", "fail outcome:refused" },
    { "no STARTTLS", "starttls", 1, "250 peer.test\r\n", "fail outcome:" },
    { "refuses STARTTLS", "starttls", 2, "454 4.7.0 no\r\n", "fail outcome:" },
    { "closes after STARTTLS", "starttls", 2, "!close", "fail outcome:closed" },
    { "garbage for TLS", "starttls", 2, "220 go\r\nthis is no TLS record at all, is it?\r\n", "fail outcome:" },
    { "closes in the handshake", "starttls", 2, "220 go\r\n!close", "fail outcome:closed" },
    { "silent in the handshake", "starttls", 2, "220 go\r\n", "fail timeout:tls" },
    { "resets in the handshake", "starttls", 2, "220 go\r\n!reset", "fail outcome:closed" },
};
/* clang-format on */

START_TEST(hostile_receiver)
{
    int port, fd = peer_listen(&port);
    const char *suite = changed(accepting_suite, "@", "restricted");
    const char *dir = make_set(suite, OPERATION_MS, CASE_MS, receiver_role(port, hostile[_i].tls));
    struct peer_script script = { .tls = strcmp(hostile[_i].tls, "none") != 0,
                                  .at = hostile[_i].at,
                                  .with = hostile[_i].with,
                                  .from = 0 };
    pid_t peer = peer_fork(fd, &script, -1);
    uint64_t began = mu_clock_ms();
    struct said s = run_set(dir, "1");
    uint64_t ms = mu_clock_ms() - began;
    peer_end(peer);
    close(fd);
    int status = strcmp(hostile[_i].verdict, "pass") == 0   ? MU_EXIT_OK
                 : strchr(hostile[_i].verdict, '|') != NULL ? s.status
                                                            : MU_EXIT_FAILURES;
    check_said(
        hostile[_i].name, s, status,
        mu_arena_printf(arena, "^1/1 accepts[[]label=restricted[]]: (%s)", hostile[_i].verdict));
    ck_assert_msg(ms < CASE_MS + 3000, "%s: %d ms", hostile[_i].name, (int) ms);
    nothing_left();
}
END_TEST

/* Nobody there: the set-up is wrong while nothing has passed, and the SUT is when something has. */
START_TEST(nobody_there)
{
    int port, fd = peer_listen(&port);
    close(fd);
    const char *dir = make_set(changed(accepting_suite, "@", "restricted"), OPERATION_MS, CASE_MS,
                               receiver_role(port, "none"));
    check_said("nobody", run_set(dir, "1"), MU_EXIT_TROUBLE, "error network:refused");

    fd = peer_listen(&port);
    dir = make_set(changed(accepting_suite, "@", "restricted secret"), OPERATION_MS, CASE_MS,
                   receiver_role(port, "none"));
    struct peer_script script = { .at = 9, .connections = 1 };
    pid_t peer = peer_fork(fd, &script, -1);
    close(fd); /* the peer has the only one, and closes it with the first connection */
    check_said("gone", run_set(dir, "1"), MU_EXIT_FAILURES, "secret.*: fail network:refused");
    peer_end(peer);
    nothing_left();
}
END_TEST

/* --- relays ------------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *name, *labels, *jobs, *outcome;
    struct relay_script script;
    const char *settle; /* a SUT that queues: silence is proved by time, not by a marker */
    int status;
    const char *said, *stream;
} relaying[] = {
    { "one connection for three", "restricted secret eu-restricted", "3", "delivered", { .batch = 3 }, "0s", MU_EXIT_OK, "^3/3 .*: pass", "\"late\":0," },
    { "one at a time", "restricted secret", "1", "delivered", { .batch = 1 }, "0s", MU_EXIT_OK, "^2/2 .*: pass", "\"late\":0," },
    { "bounces", "restricted", "1", "bounced", { .batch = 1, .how = RELAY_BOUNCE }, "0s", MU_EXIT_OK, "^1/1 .*: pass", "\"verdict\":\"pass\"" },
    { "bounces what it should deliver", "restricted", "1", "delivered", { .batch = 1, .how = RELAY_BOUNCE }, "0s", MU_EXIT_FAILURES, "fail outcome:bounced", "bounced" },
    { "withholds", "restricted", "1", "delivered", { .batch = 1, .how = RELAY_WITHHOLD }, "0s", MU_EXIT_FAILURES, "fail outcome:withheld", "\"verdict\":\"fail\"" },
    { "delivers twice", "restricted", "1", "delivered", { .batch = 1, .how = RELAY_TWICE }, "300ms", MU_EXIT_OK, "^1/1 .*: pass", "\"event\":\"close\"" },
    { "delivers after the verdict", "restricted", "1", "refused", { .batch = 1, .how = RELAY_LATE }, "300ms", MU_EXIT_FAILURES, "late", "\"event\":\"late\",.*\"case\":\"relays[[]label=restricted[]]\"" },
    { "delivers what nobody sent", "restricted", "1", "delivered", { .batch = 1, .how = RELAY_FOREIGN }, "0s", MU_EXIT_FAILURES, "^1/1 .*: pass", "\"event\":\"late\",.*\"token\":\"\"" },
};
/* clang-format on */

START_TEST(relays)
{
    int port, collect, fd = peer_listen(&port);
    collect = peer_free_port();
    const char *suite = changed(relaying_suite, "@", relaying[_i].labels);
    suite = changed(suite, "#", relaying[_i].outcome);
    const char *dir = make_set(suite, 3000, 8000, relay_role(port, collect, relaying[_i].settle));
    struct relay_script script = relaying[_i].script;
    script.collect = collect;
    script.stream = mu_file_join(arena, dir, "out/run.jsonl");
    pid_t peer = relay_fork(fd, &script, arena);
    struct said s = run_set(dir, relaying[_i].jobs);
    peer_end(peer);
    close(fd);
    const char *stream = stream_of(dir, "out");
    /* The second copy may come before or after the verdict; only then is it late. */
    bool twice = script.how == RELAY_TWICE && s.status == MU_EXIT_FAILURES;
    check_said(relaying[_i].name, s, twice ? s.status : relaying[_i].status, relaying[_i].said);
    ck_assert_msg(matches(stream, relaying[_i].stream), "%s: nothing that matches '%s'",
                  relaying[_i].name, relaying[_i].stream);
    nothing_left();
}
END_TEST

/* --- an operator -------------------------------------------------------------------------------------- */

/* Wait until the file holds `text`; returns what it holds. */
static const char *wait_for(const char *path, const char *text)
{
    uint64_t deadline = mu_clock_ms() + 20000;
    for (;;) {
        const char *now = text_of(path);
        if (strstr(now, text) != NULL)
            return now;
        ck_assert_msg(mu_clock_left(deadline) > 0, "no '%s' in\n%s", text, now);
        poll(NULL, 0, 2);
    }
}

/* The value behind "  name     " of a prompt. */
static const char *prompted(const char *prompt, const char *name)
{
    const char *line = strstr(prompt, mu_arena_printf(arena, "\n  %-9s", name));
    ck_assert_msg(line != NULL, "no %s in the prompt:\n%s", name, prompt);
    line += 12;
    return mu_arena_strndup(arena, line, strcspn(line, "\n"));
}

START_TEST(operator_is_asked)
{
    const char *role = mu_arena_printf(
        arena,
        "<role name=\"sender\"><collect-at carrier=\"smtp\" address=\"127.0.0.1:%d\" "
        "tls-name=\"localhost\"/><trigger prompt=\"yes\" wait=\"20s\"/>"
        "<mail to=\"to+{token}@a.test\" from=\"clerk@b.test\"/></role>\n",
        peer_free_port());
    const char *dir = make_set(sending_suite, 5000, 20000, role);
    struct started run = start_run(dir, "1", "full", "--out", "out");
    wait_for(run.err, "\n  text     ");
    const char *prompt = wait_for(run.err, ".xml\n");
    struct said sent =
        MUSTER("twin", "send", "--connect", prompted(prompt, "server"), "--pki", in_home("pki"),
               "--to", prompted(prompt, "to"), "--from", prompted(prompt, "from"), "--subject",
               prompted(prompt, "subject"), "--message", prompted(prompt, "text"), "--label",
               prompted(prompt, "label"), "--marking", prompted(prompt, "marking"));
    check_said("send", sent, MU_EXIT_OK, NULL);
    check_said("run", end_program(run), MU_EXIT_OK, "^1/1 sends: pass");
    nothing_left();
}
END_TEST

START_TEST(interrupted_and_resumed)
{
    int port, ready[2], fd = peer_listen(&port);
    char byte;
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    const char *suite = changed(accepting_suite, "@", "restricted secret eu-restricted");
    const char *dir = make_set(suite, 20000, 30000, receiver_role(port, "none"));
    struct peer_script script = { .at = 2, .with = "!silent", .from = 1 };
    pid_t peer = peer_fork(fd, &script, ready[1]);
    struct started run = start_run(dir, "1", "full", "--out", "out");
    struct pollfd pfd = { .fd = ready[0], .events = POLLIN };
    ck_assert(poll(&pfd, 1, 20000) == 1 && read(ready[0], &byte, 1) == 1);
    ck_assert_int_eq(kill(run.pid, SIGINT), 0);
    check_said("interrupted", end_program(run), MU_EXIT_INTERRUPTED, "^1/3 .*restricted.*: pass");
    peer_end(peer);
    nothing_left();
    ck_assert(matches(stream_of(dir, "out"),
                      "\"event\":\"close\",.*\"pass\":1,.*\"interrupted\":true,.*\"exit\":6"));
    static const char *const report[] = { "report.html", "junit.xml", "results.json",
                                          "results.tap" };
    for (size_t i = 0; i < MU_COUNT(report); i++)
        ck_assert_msg(content_of(mu_arena_printf(arena, "%s/out/%s", dir, report[i])).n > 100, "%s",
                      report[i]);

    script = (struct peer_script){ .at = 9 };
    peer = peer_fork(fd, &script, -1);
    run = start_run(dir, "1", "full", "--resume", "out");
    check_said("resumed", end_program(run), MU_EXIT_OK, "^verdicts 3 pass");
    ck_assert(matches(stream_of(dir, "out"), "\"event\":\"resume\",.*\"kept\":1"));
    peer_end(peer);
    close(fd);
    nothing_left();
}
END_TEST

/* --- the same again ------------------------------------------------------------------------------------- */

/* Which case ended how, and what the run was made of. */
static const char *essence(const char *stream)
{
    struct mu_buf out = { .arena = arena };
    for (const char *line = stream; *line != '\0'; line += strcspn(line, "\n") + 1) {
        const char *text = mu_arena_strndup(arena, line, strcspn(line, "\n"));
        const char *from = strstr(text, "\"digests\""), *to = strstr(text, ",\"at_ms\"");
        if (from != NULL)
            mu_buf_printf(&out, "%.*s\n", (int) strcspn(from, "}"), from);
        else if (strstr(text, "{\"event\":\"verdict\"") == text && to != NULL)
            mu_buf_printf(&out, "%.*s\n", (int) (to - text), text);
    }
    return mu_bytes_dup(arena, mu_buf_bytes(&out));
}

START_TEST(same_again)
{
    static const char *const isolation[] = { "full", "full", "fork", "none" };
    int port, fd = peer_listen(&port);
    const char *suite = changed(accepting_suite, "@", "restricted secret eu-restricted");
    const char *dir = make_set(suite, 3000, 8000, receiver_role(port, "none"));
    struct peer_script script = { .at = 9 };
    pid_t peer = peer_fork(fd, &script, -1);
    const char *first = NULL;
    for (size_t i = 0; i < MU_COUNT(isolation); i++) {
        const char *out = mu_arena_printf(arena, "out%zu", i);
        struct said s = end_program(start_run(dir, "1", isolation[i], "--out", out));
        check_said(isolation[i], s, MU_EXIT_OK, "^verdicts 3 pass");
        ck_assert_msg(strchr(s.out, '\033') == NULL && strchr(s.err, '\033') == NULL
                          && strchr(s.err, '\r') == NULL,
                      "colour in spite of NO_COLOR");
        const char *now = essence(stream_of(dir, out));
        ck_assert_str_ne(now, "");
        if (first == NULL)
            first = now;
        ck_assert_str_eq(now, first);
    }
    peer_end(peer);
    close(fd);
    nothing_left();
}
END_TEST

/* Reports are functions of the run stream and its evidence. */
START_TEST(reports_again)
{
    static const char *const report[] = { "report.html", "junit.xml", "results.json",
                                          "results.tap" };
    int port, fd = peer_listen(&port);
    const char *dir = make_set(changed(accepting_suite, "@", "restricted secret"), OPERATION_MS,
                               CASE_MS, receiver_role(port, "none"));
    struct peer_script script = { .at = 5, .with = "550 5.7.1 no\r\n", .from = 1 };
    pid_t peer = peer_fork(fd, &script, -1);
    check_said("run", run_set(dir, "1"), MU_EXIT_FAILURES, "fail outcome:refused");
    peer_end(peer);
    close(fd);
    const char *out = mu_file_join(arena, dir, "out"), *again = mu_file_join(arena, dir, "again");
    check_said("again", MUSTER("report", out, "--out", again), MU_EXIT_OK, "^verdicts 1 pass");
    for (size_t i = 0; i < MU_COUNT(report); i++)
        ck_assert_msg(mu_bytes_equal(content_of(mu_file_join(arena, out, report[i])),
                                     content_of(mu_file_join(arena, again, report[i]))),
                      "%s differs", report[i]);
    nothing_left();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exchange");
    TCase *tcase = tcase_create("exchange");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, hostile_receiver, 0, (int) MU_COUNT(hostile));
    tcase_add_test(tcase, nobody_there);
    tcase_add_loop_test(tcase, relays, 0, (int) MU_COUNT(relaying));
    tcase_add_test(tcase, operator_is_asked);
    tcase_add_test(tcase, interrupted_and_resumed);
    tcase_add_test(tcase, same_again);
    tcase_add_test(tcase, reports_again);
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}

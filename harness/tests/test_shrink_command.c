/* `muster shrink`: of a file and of a case, and a folder that shows the fault by itself. */
#include "base/codec.h"
#include "tests/mail_peers.h"
#include "tests/program_support.h"

static const char head[] = "From: a@sender.invalid\r\nDate: Mon, 23 Nov 2026 10:15:00 +0000\r\n"
                           "Message-ID: <1@sender.invalid>\r\nSubject: convoy\r\n";

#define LABEL "SIO-Label: marking=A; type=\":ess\"; label=\"MQYGASkCAQM=\"\r\n"

/* A message that breaks no rule: the head, and a label of the profile's own policy. */
static void write_good(const char *path)
{
    struct mu_bytes label = content_of(MU_SOURCE_DIR "/fixtures/labels/raw/default-namespace.xml");
    write_text(
        path, mu_arena_printf(
                  arena, "%sSIO-Label: marking=\"NATO RESTRICTED\";\r\n type=\":xml\";\r\n", head));
    struct mu_buf text = { .arena = arena };
    mu_buf_puts(&text, text_of(path));
    struct mu_bytes coded = mu_base64_write(arena, mu_bytes_trim(label));
    for (size_t at = 0, n = 0; at < coded.n; at += 60, n++) {
        struct mu_bytes piece = mu_bytes_slice(coded, at, 60);
        mu_buf_printf(&text, " label*%zu=\"%.*s\"%s\r\n", n, (int) piece.n, piece.p,
                      at + 60 < coded.n ? ";" : "");
    }
    write_text(path, mu_buf_text(&text));
}

/* What breaks which rule, and what is left of it. */
static const struct shrinking {
    const char *rule;    /* asked for; NULL: whatever is broken */
    const char *message; /* behind the head */
    const char *says;
    const char *left; /* in the shrunk message */
} shrinking[] = {
    { NULL, LABEL "X: y\r\n" LABEL "\r\ntext\r\n", ": SIO-01: [0-9]+ octets became [0-9]{2} in ",
      "SIO-Label" },
    { "SIO-05",
      "X: y\r\nSIO-Label: fgcolor=red; type=\":ess\"; label=\"MQYGASkCAQM=\"\r\n\r\na\r\n",
      ": SIO-05: ", "fgcolor" },
    { "EML-01", "\r\nshort\r\n@\r\nshort\r\n", ": EML-01: [0-9]+ octets became 1[0-9]{3} in ",
      "aaaa" },
};

/* One "@" stands for a line of 1,200 octets. */
static const char *write_message(const char *name, const char *message)
{
    struct mu_buf text = { .arena = arena };
    mu_buf_puts(&text, head);
    for (; *message != '\0'; message++)
        for (int i = 0; i < (*message == '@' ? 1200 : 1); i++)
            mu_buf_putc(&text, *message == '@' ? 'a' : *message);
    write_text(in_home(name), mu_buf_text(&text));
    return in_home(name);
}

static struct said reproduce(const char *dir)
{
    const char *script = mu_file_join(arena, dir, "reproduce.sh");
    const char *arg[] = { script, NULL };
    return end_program(start_file("/bin/sh", arg));
}

static void use_this_program(void)
{
    setenv("MUSTER", MU_PROGRAM, 1);
}

START_TEST(a_file_shrinks_and_its_folder_shows_the_rule)
{
    const struct shrinking *row = &shrinking[_i];
    const char *dir = in_home(mu_arena_printf(arena, "shrunk-%d", _i));
    const char *file = write_message(mu_arena_printf(arena, "message-%d.eml", _i), row->message);
    struct said s = row->rule != NULL ? MUSTER("shrink", file, "--out", dir, "--rule", row->rule)
                                      : MUSTER("shrink", file, "--out", dir);
    check_said(row->says, s, MU_EXIT_OK, row->says);
    const char *left = text_of(mu_file_join(arena, dir, "message.eml"));
    ck_assert_msg(strstr(left, row->left) != NULL && strstr(left, "convoy") == NULL, "left: %s",
                  left);
    use_this_program();
    check_said(dir, reproduce(dir), MU_EXIT_FAILURES, "message.eml:[0-9]+: ");
    write_good(mu_file_join(arena, dir, "message.eml"));
    check_said(dir, reproduce(dir), MU_EXIT_OK, "1 without findings");
    check_said("again", MUSTER("shrink", file, "--out", dir), MU_EXIT_USAGE, "is there already$");
}
END_TEST

/* clang-format off */
static const char sending[] =
    "<case id=\"sends\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is sent</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/><needs role=\"sender\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"secret\"/><trigger message=\"m\"/>\n"
    "    <collect id=\"out\" of=\"m\"/><expect of=\"m\" outcome=\"delivered\"/><judge of=\"out\"/></steps>\n"
    "</case>\n";
/* clang-format on */

START_TEST(what_came_in_a_case_shrinks)
{
    const char *dir = make_profile("case", sending, 5000, 20000);
    write_text(
        mu_file_join(arena, dir, "sut.xml"),
        mu_arena_printf(
            arena,
            "<sut xmlns=\"urn:muster:sut:1\" id=\"s\" name=\"S\" version=\"1\" owner=\"A\">\n"
            "<role name=\"sender\"><collect-at carrier=\"smtp\" address=\"127.0.0.1:%d\" "
            "tls-name=\"localhost\"/><trigger command=\"'%s' twin send --connect {address} "
            "--pki '%s/pki' --to {to} --from {from} --message {message} --label {label} "
            "--marking {marking} --sin write-no-marking\" wait=\"20s\"/>"
            "<mail to=\"to+{token}@a.test\" from=\"clerk@b.test\"/></role>\n"
            "<server-identity certificate=\"%s/pki/server.chain.pem\" "
            "key=\"%s/pki/server.key\"/>\n"
            "<trust anchors=\"%s/pki/ca.pem\" crl=\"%s/pki/crl.pem\"/>\n</sut>\n",
            peer_free_port(), MU_PROGRAM, home, home, home, home, home));
    const char *run = mu_file_join(arena, dir, "out"), *shrunk = mu_file_join(arena, dir, "small");
    check_said(
        "run",
        MUSTER("run", "--profile", dir, "--sut", mu_file_join(arena, dir, "sut.xml"), "--out", run),
        MU_EXIT_FAILURES, "^1/1 sends: fail rule:");
    check_said("no such case", MUSTER("shrink", "--profile", dir, run, "sinds"), MU_EXIT_USAGE,
               "has no verdict of a case 'sinds'$");
    check_said("shrink", MUSTER("shrink", "--profile", dir, run, "sends", "--out", shrunk),
               MU_EXIT_OK, ": SIO-0[56]: ");
    use_this_program();
    check_said("reproduce", reproduce(shrunk), MU_EXIT_FAILURES, "SIO-0[56] must");
}
END_TEST

/* --- with the system under test ------------------------------------------------------------------------- */

/* clang-format off */
static const char refusing[] =
    "<case id=\"accepts\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is taken</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 7444\" clause=\"4\"/><needs role=\"receiver\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"secret\"/><send message=\"m\"/>\n"
    "    <expect of=\"m\" outcome=\"accepted\"/></steps></case>\n"
    "<case id=\"refuses\" level=\"must\" class=\"invalid\" control=\"accepts\">\n"
    "  <title>Two labels are refused</title><why>Each reader takes another one.</why>\n"
    "  <requirement document=\"RFC 7444\" clause=\"4\"/><needs role=\"receiver\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"secret\"/>\n"
    "    <mutate from=\"m\" id=\"n\" operator=\"header.duplicate\" on=\"sio-label\" value=\"restricted\"/>\n"
    "    <send message=\"n\"/><expect of=\"n\" outcome=\"refused\"/></steps></case>\n";
/* clang-format on */

static const char *receiver_sut(const char *dir, int port)
{
    const char *path = mu_file_join(arena, dir, "sut.xml");
    write_text(
        path, mu_arena_printf(
                  arena,
                  "<sut xmlns=\"urn:muster:sut:1\" id=\"s\" name=\"S\" version=\"1\" owner=\"A\">\n"
                  "<role name=\"receiver\"><deliver-to carrier=\"smtp\" address=\"127.0.0.1:%d\" "
                  "tls-name=\"localhost\" tls=\"none\"/>"
                  "<mail to=\"to+{token}@a.test\" from=\"from+{token}@b.test\"/></role>\n</sut>\n",
                  port));
    return path;
}

/* The peer takes whatever it is sent. */
START_TEST(what_a_case_sends_shrinks)
{
    int port, fd = peer_listen(&port);
    struct peer_script script = { .at = 9 };
    pid_t peer = peer_fork(fd, &script, -1);
    const char *dir = make_profile("refusing", refusing, 5000, 20000);
    const char *sut = receiver_sut(dir, port), *run = mu_file_join(arena, dir, "out");
    const char *shrunk = mu_file_join(arena, dir, "small");
    check_said("run", MUSTER("run", "--profile", dir, "--sut", sut, "--out", run), MU_EXIT_FAILURES,
               "refuses: fail outcome:accepted");
    check_said("not failed",
               MUSTER("shrink", "--profile", dir, run, "accepts", "--sut", sut, "--out", shrunk),
               MU_EXIT_USAGE, "case 'accepts' did not fail: pass$");
    check_said("shrink",
               MUSTER("shrink", "--profile", dir, run, "refuses", "--sut", sut, "--out", shrunk),
               MU_EXIT_OK, ": refuses: outcome:accepted: [0-9]+ octets became [0-9]+ in");
    struct mu_bytes left = content_of(mu_file_join(arena, shrunk, "message.eml"));
    ck_assert_uint_lt(left.n, 60);
    use_this_program();
    const char *script_file = mu_file_join(arena, shrunk, "reproduce.sh");
    const char *arg[] = { script_file, sut, NULL };
    check_said("reproduce", end_program(start_file("/bin/sh", arg)), MU_EXIT_FAILURES,
               "refuses: fail outcome:accepted");
    peer_end(peer);
    close(fd);
}
END_TEST

/* clang-format off */
static const struct refusal {
    const char *line;
    const char *said;
} refusal[] = {
    { "shrink --out @/never @/good.eml", "good.eml: the message does not break a rule$" },
    { "shrink --out @/never @/good.eml --rule EML-01", "good.eml: the message does not break EML-01$" },
    { "shrink --out @/never @/good.eml --rule EML-99", "the profile has no rule 'EML-99'$" },
    { "shrink --out @/never @/good.eml --rule SIO-16", "rule 'SIO-16' is shown by a case, not by a message$" },
    { "shrink @/nobody.eml", "cannot open '.*nobody.eml': No such file" },
    { "shrink @", "not a regular file$" },
    { "shrink @ case", "cannot open '.*run.jsonl': No such file" },
    { "shrink --out @/never @/good.eml --sut s", "--sut goes with the case of a run$" },
    { "shrink", "'muster shrink' wants FILE" },
};
/* clang-format on */

START_TEST(what_cannot_shrink_is_said)
{
    write_good(in_home("good.eml"));
    check_said(refusal[_i].line, muster_words(refusal[_i].line), MU_EXIT_USAGE, refusal[_i].said);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shrink command");
    TCase *tcase = tcase_create("shrink command");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_file_shrinks_and_its_folder_shows_the_rule, 0,
                        (int) MU_COUNT(shrinking));
    tcase_add_test(tcase, what_came_in_a_case_shrinks);
    tcase_add_test(tcase, what_a_case_sends_shrinks);
    tcase_add_loop_test(tcase, what_cannot_shrink_is_said, 0, (int) MU_COUNT(refusal));
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}

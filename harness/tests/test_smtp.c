/* Our SMTP client against scripted servers, our server against scripted clients and our client. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/pki.h"
#include "net/tls.h"
#include "proto/adapters.h"
#include "proto/smtp_server.h"
#include "tests/peers.h"

extern char **environ;

static char dir[64];
static struct mu_arena *arena;

static void remove_dir(void)
{
    pid_t child;
    const char *const argv[] = { "rm", "-rf", dir, NULL };
    if (posix_spawnp(&child, "rm", NULL, NULL, (char *const *) (uintptr_t) argv, environ) == 0)
        waitpid(child, NULL, 0);
}

static void make_pki(void)
{
    struct mu_err err;
    snprintf(dir, sizeof dir, "/tmp/muster-smtp-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    if (!mu_pki_new(dir, &err))
        ck_abort_msg("%s", err.msg);
}

static void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

static const struct mu_tls_profile profile = {
    .id = "test", .min_version = 0x0304, .max_version = 0x0304, .suites = "TLS_AES_128_GCM_SHA256"
};

static struct mu_tls *context(const char *name, bool server, bool strict)
{
    struct mu_tls_need need = { .profile = &profile,
                                .anchors = mu_arena_printf(arena, "%s/ca.pem", dir),
                                .server = server,
                                .ask = server,
                                .demand = server };
    struct mu_tls *tls;
    struct mu_err err;
    if (name != NULL) {
        need.identity.certificate = mu_arena_printf(arena, "%s/%s.chain.pem", dir, name);
        need.identity.key = mu_arena_printf(arena, "%s/%s.key", dir, name);
    }
    bool made =
        strict ? mu_tls_new_strict(arena, &need, &tls, &err) : mu_tls_new(arena, &need, &tls, &err);
    if (!made)
        ck_abort_msg("%s", err.msg);
    return tls;
}

/* --- the client --- */

#define CLOSE   "!close"   /* hang up instead                                                  */
#define SILENT  "!silent"  /* say nothing any more                                             */
#define DRIP    "!drip"    /* one octet at a time, for ever                                    */
#define ENDLESS "!endless" /* a reply without a last line                                      */

struct mood {
    const char *name;
    const char *reply[8]; /* greeting EHLO MAIL RCPT DATA dot RSET STARTTLS; NULL: the usual     */
    enum mu_outcome outcome;
    enum mu_stage stage;
    enum mu_class class;
    int code;
    bool alive;
};

enum step { GREETING, EHLO, MAIL, RCPT, DATA, DOT, RSET, STARTTLS };

static const char *const usual[] = { "220 hi\r\n", "250-me\r\n250-SIZE 1000\r\n250 8BITMIME\r\n",
                                     "250 ok\r\n", "250 ok\r\n",
                                     "354 go\r\n", "250 2.0.0 queued\r\n",
                                     "250 ok\r\n", "220 go\r\n" };

static void act(int fd, const char *reply)
{
    if (strcmp(reply, CLOSE) == 0)
        _exit(0);
    if (strcmp(reply, SILENT) == 0)
        peer_drain(fd);
    while (strcmp(reply, DRIP) == 0 && send(fd, "2", 1, MSG_NOSIGNAL) == 1)
        poll(NULL, 0, 10);
    while (strcmp(reply, ENDLESS) == 0 && send(fd, "250-more\r\n", 10, MSG_NOSIGNAL) == 10)
        ;
    if (reply[0] == '!')
        _exit(0);
    peer_write(fd, mu_bytes_of(reply));
}

static enum step step_of(struct mu_bytes line)
{
    static const char *const verb[] = {
        "", "EHLO", "MAIL", "RCPT", "DATA", "", "RSET", "STARTTLS"
    };
    for (size_t i = 1; i < MU_COUNT(verb); i++)
        if (verb[i][0] != '\0' && mu_bytes_start_nocase(line, mu_bytes_of(verb[i])))
            return (enum step) i;
    return GREETING;
}

static void scripted_server(int fd, const void *script)
{
    const struct mood *m = script;
    struct mu_stream *s = mu_stream_new(arena, fd, mu_clock_ms() + 10000);
    struct mu_bytes line;
    struct mu_content content;
    struct mu_err err;
    act(fd, m->reply[GREETING] != NULL ? m->reply[GREETING] : usual[GREETING]);
    while (mu_stream_line(s, &line, &err)) {
        enum step step = step_of(line);
        if (mu_bytes_start_nocase(line, MU_BYTES("HELO")))
            act(fd, "250 me\r\n");
        else if (step == GREETING)
            act(fd, mu_bytes_start_nocase(line, MU_BYTES("QUIT")) ? "221 bye\r\n" : "500 what\r\n");
        else
            act(fd, m->reply[step] != NULL ? m->reply[step] : usual[step]);
        if (step == DATA && (m->reply[DATA] == NULL || m->reply[DATA][0] == '3')) {
            if (!mu_stream_content(s, MU_MESSAGE_MAX, 0, &content, &err))
                _exit(1);
            act(fd, m->reply[DOT] != NULL ? m->reply[DOT] : usual[DOT]);
        }
    }
}

#define PIPE "250-me\r\n250 PIPELINING\r\n"

static const struct mood mood[] = {
    { "good", { NULL }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true },
    { "good, pipelined",
      { [EHLO] = PIPE },
      MU_OUTCOME_ACCEPTED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_NONE,
      250,
      true },
    { "HELO only",
      { [EHLO] = "502 5.5.1 what\r\n" },
      MU_OUTCOME_ACCEPTED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_NONE,
      250,
      true },
    { "no code text",
      { [MAIL] = "250\r\n" },
      MU_OUTCOME_ACCEPTED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_NONE,
      250,
      true },
    { "554 greeting",
      { "554 no\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_SESSION,
      MU_CLASS_OTHER,
      554,
      false },
    { "421 greeting",
      { "421 4.7.1 later\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_SESSION,
      MU_CLASS_POLICY,
      421,
      false },
    { "550 EHLO",
      { [EHLO] = "554 5.7.1 no\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_SESSION,
      MU_CLASS_POLICY,
      554,
      false },
    { "550 MAIL",
      { [MAIL] = "550 5.7.1 no\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_POLICY,
      550,
      true },
    { "550 MAIL pipelined",
      { [EHLO] = PIPE, [MAIL] = "550 5.7.1 no\r\n", [RCPT] = "503 no\r\n", [DATA] = "503 no\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_POLICY,
      550,
      true },
    { "550 RCPT",
      { [RCPT] = "550 5.1.1 who\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_ADDRESS,
      550,
      true },
    { "550 RCPT, 354",
      { [EHLO] = PIPE, [RCPT] = "550 5.1.1 who\r\n", [DOT] = "554 none\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_ADDRESS,
      550,
      true },
    { "450 RCPT",
      { [RCPT] = "450 try later\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_TEMPORARY,
      450,
      true },
    { "530 MAIL",
      { [MAIL] = "530 5.7.0 TLS first\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_AUTHENTICATION,
      530,
      true },
    { "552 MAIL",
      { [MAIL] = "552 too big\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_SIZE,
      552,
      true },
    { "550 DATA",
      { [DATA] = "554 5.6.0 no\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_CONTENT,
      MU_CLASS_CONTENT,
      554,
      true },
    { "250 DATA",
      { [DATA] = "250 what\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_CONTENT,
      MU_CLASS_PROTOCOL,
      250,
      false },
    { "550 dot",
      { [DOT] = "550-5.7.1 label\r\n550 5.7.1 not dominated\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_POLICY,
      550,
      true },
    { "421 dot",
      { [DOT] = "421 4.3.2 down\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_TEMPORARY,
      421,
      false },
    { "552 5.3.4 dot",
      { [DOT] = "554 5.3.4 big\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_SIZE,
      554,
      true },
    { "status of another class",
      { [DOT] = "550 4.7.1 odd\r\n" },
      MU_OUTCOME_REFUSED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_OTHER,
      550,
      true },
    { "silent greeting", { SILENT }, MU_OUTCOME_SILENT, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "silent EHLO",
      { [EHLO] = SILENT },
      MU_OUTCOME_SILENT,
      MU_STAGE_SESSION,
      MU_CLASS_NONE,
      0,
      false },
    { "silent dot",
      { [DOT] = SILENT },
      MU_OUTCOME_SILENT,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_NONE,
      0,
      false },
    { "drip", { DRIP }, MU_OUTCOME_SILENT, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "close greeting", { CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "close EHLO",
      { [EHLO] = CLOSE },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_NONE,
      0,
      false },
    { "close MAIL",
      { [MAIL] = CLOSE },
      MU_OUTCOME_CLOSED,
      MU_STAGE_ENVELOPE,
      MU_CLASS_NONE,
      0,
      false },
    { "close DATA",
      { [DATA] = CLOSE },
      MU_OUTCOME_CLOSED,
      MU_STAGE_CONTENT,
      MU_CLASS_NONE,
      0,
      false },
    { "close dot",
      { [DOT] = CLOSE },
      MU_OUTCOME_CLOSED,
      MU_STAGE_AFTER_CONTENT,
      MU_CLASS_NONE,
      0,
      false },
    { "garbage",
      { "\x16\x03\x01\xff\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "HTTP",
      { "HTTP/1.1 400 Bad\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "code 600",
      { "620 hi\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "code glued",
      { "2200 hi\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "empty line", { "\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "control character",
      { "220 a\x1b[2Jb\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "bare LF", { "220 hi\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "two codes",
      { [EHLO] = "250-me\r\n251 PIPELINING\r\n" },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
    { "endless",
      { [EHLO] = ENDLESS },
      MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION,
      MU_CLASS_PROTOCOL,
      0,
      false },
};

static struct mu_smtp_client *client_on(int fd, uint32_t operation_ms)
{
    struct mu_smtp_client *c = mu_new(arena, struct mu_smtp_client);
    c->said = mu_new(arena, struct mu_transcript);
    *c->said = (struct mu_transcript){ .arena = arena, .zero_ms = mu_clock_ms() };
    c->stream = mu_stream_new(arena, fd, mu_clock_ms() + 10000);
    c->stream->operation_ms = operation_ms;
    return c;
}

static const char *const one_recipient[] = { "b@y.test" };

static struct mu_submission letter(const char *content)
{
    return (struct mu_submission){
        .from = "a@x.test", .to = one_recipient, .tos = 1, .content = mu_bytes_of(content)
    };
}

static void check_seen(const char *name, const struct mu_observation *seen, const struct mood *want)
{
    ck_assert_msg(seen->outcome == want->outcome && seen->stage == want->stage
                      && seen->class == want->class && seen->code == want->code,
                  "%s: %s at %s, %s, %d: %s", name, mu_outcome_name(seen->outcome),
                  mu_stage_name(seen->stage), mu_class_name(seen->class), seen->code, seen->native);
}

START_TEST(client_observes)
{
    const struct mood *m = &mood[_i];
    static const struct mu_endpoint endpoint = { .carrier = "smtp", .tls = MU_TLS_CLEAR };
    struct mu_opening opening = { .endpoint = &endpoint, .fd = -1, .helo = "us.test" };
    struct mu_submission mail = letter("Subject: x\r\n\r\n.dot\r\n");
    struct mu_observation seen;
    struct mu_err err;
    pid_t child;
    struct mu_smtp_client *c = client_on(peer_start(&child, scripted_server, m), 300);
    ck_assert(mu_smtp_open(c, &opening, NULL, &seen, &err));
    ck_assert(c->alive == (seen.outcome == MU_OUTCOME_NONE));
    if (c->alive)
        ck_assert(mu_smtp_send(c, &mail, &seen, &err));
    check_seen(m->name, &seen, m);
    ck_assert_msg(c->alive == m->alive, "%s: alive %d", m->name, c->alive);
    if (c->alive && m->outcome == MU_OUTCOME_REFUSED && m->stage < MU_STAGE_AFTER_CONTENT)
        ck_assert(c->dirty && mu_smtp_send(c, &mail, &seen, &err));
    mu_smtp_quit(c);
    mu_smtp_quit(c);
    peer_stop(child);
}
END_TEST

START_TEST(client_needs_starttls)
{
    static const struct mood why[] = {
        { "not offered",
          { NULL },
          MU_OUTCOME_REFUSED,
          MU_STAGE_SESSION,
          MU_CLASS_PROTOCOL,
          0,
          false },
        { "refused",
          { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = "454 4.7.0 not now\r\n" },
          MU_OUTCOME_REFUSED,
          MU_STAGE_SESSION,
          MU_CLASS_AUTHENTICATION,
          454,
          false },
        { "clear bytes",
          { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = "220 go\r\n250 injected\r\n" },
          MU_OUTCOME_CLOSED,
          MU_STAGE_SESSION,
          MU_CLASS_PROTOCOL,
          0,
          false },
        { "no TLS behind it",
          { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = "220 go\r\n" },
          MU_OUTCOME_CLOSED,
          MU_STAGE_TLS,
          MU_CLASS_NONE,
          0,
          false },
    };
    static const struct mu_endpoint endpoint = { .tls_name = "localhost", .tls = MU_TLS_STARTTLS };
    struct mu_opening opening = { .endpoint = &endpoint, .fd = -1, .helo = "us.test" };
    struct mu_observation seen;
    struct mu_err err;
    pid_t child;
    opening.tls = context("sender", false, false);
    struct mu_smtp_client *c = client_on(peer_start(&child, scripted_server, &why[_i]), 2000);
    ck_assert(mu_smtp_open(c, &opening, NULL, &seen, &err));
    check_seen(why[_i].name, &seen, &why[_i]);
    ck_assert(!c->alive);
    peer_stop(child);
}
END_TEST

/* --- the server --- */

/* Everything the hooks were shown, as text: "f>t:content|". */
struct box {
    struct mu_buf got;
    struct mu_smtp_answer answer; /* to content                                               */
};

static bool put_in_box(void *self, struct mu_smtp_session *t, struct mu_smtp_answer *answer,
                       struct mu_err *err)
{
    struct box *box = self;
    (void) err;
    mu_buf_printf(&box->got, "%.*s>%zu:", (int) t->envelope.from.n, t->envelope.from.p,
                  t->envelope.tos);
    mu_buf_put_bytes(&box->got, t->content);
    mu_buf_putc(&box->got, '|');
    *answer = box->answer;
    return true;
}

static void blob(int fd, const void *script)
{
    const struct mu_bytes *b = script;
    peer_write(fd, *b);
    shutdown(fd, SHUT_WR);
    peer_drain(fd);
}

/* The codes of our replies in a row, last lines only. */
static const char *codes(const struct mu_transcript *said)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < said->says; i++)
        if (said->said[i].direction == MU_SENT && !said->said[i].ours
            && (said->said[i].text.n < 4 || said->said[i].text.p[3] != '-'))
            mu_buf_printf(&out, "%s%.3s", out.n > 0 ? " " : "", said->said[i].text.p);
    return mu_buf_text(&out);
}

#define B(literal)                                                                                 \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define E1   "EHLO c\r\n"
#define M1   "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"
#define GOOD E1 M1 "DATA\r\n"

static const struct {
    struct mu_bytes says;
    const char *codes;
    struct mu_bytes box;
    enum mu_outcome outcome;
    enum mu_stage stage;
} client[] = {
    { B(GOOD "x\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:x\r\n|"),
      MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "x\r\n.\r\n"), "220 250 250 250 354 250", B("a@x>1:x\r\n|"), MU_OUTCOME_CLOSED,
      MU_STAGE_AFTER_CONTENT },
    { B(""), "220", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n..\r\n.\r\nQUIT\r\n"),
      "220 250 250 250 354 250 221", B(">1:.\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "1\r\n.\r\n" M1 "DATA\r\n2\r\n.\r\n" M1 "DATA\r\n3\r\n.\r\nQUIT\r\n"),
      "220 250 250 250 354 250 250 250 354 250 250 250 354 250 221",
      B("a@x>1:1\r\n|a@x>1:2\r\n|a@x>1:3\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    /* sequence */
    { B("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nQUIT\r\n"), "220 503 503 503 221", B(""),
      MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B(E1 "MAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\nDATA\r\nRSET\r\nRCPT TO:<b@y>\r\nQUIT\r\n"),
      "220 250 250 503 554 250 503 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 M1 E1 "DATA\r\nQUIT\r\n"), "220 250 250 250 250 503 221", B(""), MU_OUTCOME_CLOSED,
      MU_STAGE_ENVELOPE },
    { B("NOOP\r\nnoop x\r\nVRFY a\r\nEXPN a\r\nHELP\r\nAUTH PLAIN\r\nBDAT 3 "
        "LAST\r\nSTARTTLS\r\nXYZ\r\n\r\nEHLO\r\nquit\r\n"),
      "220 250 250 252 502 502 502 502 502 500 500 501 221", B(""), MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION },
    /* arguments */
    { B(E1 "MAIL FROM: <a@x>\r\nMAIL FROM:a@x\r\nMAIL FROM:<a@x\r\nMAIL FROM:<a>\r\nMAIL "
           "FROM:<a@x>SIZE=1\r\nMAIL FROM:<a@x> \r\nQUIT\r\n"),
      "220 250 501 501 501 501 501 250 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 "MAIL FROM:<\"a>b\"@x> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q1\r\nRCPT "
           "TO:<@r,@s:b@y> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b@y\r\nRCPT TO:<>\r\nRCPT TO:<c@y> "
           "NOTIFY=NEVER,DELAY\r\nRCPT TO:<c@y> NOTIFY=\r\nQUIT\r\n"),
      "220 250 250 250 501 501 501 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 "MAIL FROM:<a@x> SIZE=99999999999999999999\r\nMAIL FROM:<a@x> SIZE=1001\r\nMAIL "
           "FROM:<a@x> SIZE=x\r\nMAIL FROM:<a@x> BODY=9BIT\r\nMAIL FROM:<a@x> RET=NO\r\nMAIL "
           "FROM:<a@x> X=1\r\nMAIL FROM:<a@x>  SIZE=1\r\nQUIT\r\n"),
      "220 250 552 552 501 501 501 555 501 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B(E1 "MAIL FROM:<\xc3\xa9@x>\r\nMAIL FROM:<\xc3\xa9@x> SMTPUTF8\r\nQUIT\r\n"),
      "220 250 553 250 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    /* what must not end content, or begin a second message */
    { B(GOOD "a\n.\nMAIL FROM:<e@x>\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221",
      B("a@x>1:a\n.\nMAIL FROM:<e@x>\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221",
      B("a@x>1:a\r.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\n.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221",
      B("a@x>1:a\n.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n.\rb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\r\n\rb\r\n|"),
      MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n\0.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221",
      B("a@x>1:a\r\n\0.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n.\n"), "220 250 250 250 354", B(""), MU_OUTCOME_CLOSED, MU_STAGE_CONTENT },
    /* broken lines */
    { B(E1 "MAIL FROM:<a@x>\nRCPT TO:<b@y>\r\n"), "220 250 500", B(""), MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION },
    { B(E1 "NO\0OP\r\nNOOP\rx\r\nQUIT\r\n"), "220 250 500 500 221", B(""), MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION },
    { B("X\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\n"
        "X\r\nX\r\nX\r\nQUIT\r\n"),
      "220 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 421",
      B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "220", B(""), MU_OUTCOME_CLOSED,
      MU_STAGE_SESSION },
};

static void serve(int fd, struct mu_smtp_server *server, struct box *box,
                  struct mu_transcript *said, struct mu_smtp_session *session)
{
    struct mu_err err;
    box->got.arena = arena;
    *said = (struct mu_transcript){ .arena = arena, .zero_ms = mu_clock_ms() };
    server->name = "us.test";
    server->self = box;
    server->on_content = put_in_box;
    struct mu_stream *s = mu_stream_new(arena, fd, mu_clock_ms() + 10000);
    s->operation_ms = 2000;
    if (!mu_smtp_serve(s, server, said, session, &err))
        ck_abort_msg("%s", err.msg);
}

START_TEST(server_answers)
{
    struct mu_smtp_server server = { .size_max = 1000 };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    pid_t child;
    serve(peer_start(&child, blob, &client[_i].says), &server, &box, &said, &session);
    ck_assert_str_eq(codes(&said), client[_i].codes);
    ck_assert_msg(mu_bytes_equal(mu_buf_bytes(&box.got), client[_i].box), "'%s'",
                  mu_buf_text(&box.got));
    ck_assert_msg(session.ended.outcome == client[_i].outcome
                      && session.ended.stage == client[_i].stage,
                  "%s at %s: %s", mu_outcome_name(session.ended.outcome),
                  mu_stage_name(session.ended.stage), session.ended.native);
    peer_stop(child);
}
END_TEST

START_TEST(server_limits)
{
    static const struct {
        const char *before, *fill;
        size_t times;
        const char *after, *codes_end;
    } row[] = {
        { GOOD, "xxxxxxxx\r\n", 101, ".\r\nQUIT\r\n", "354 552 221" },
        { GOOD, "xxxxxxxx\r\n", 100, ".\r\nQUIT\r\n", "354 250 221" },
        { GOOD, "xxxxxxxx\r\n", 1000000, ".\r\nQUIT\r\n", "354 552 221" },
        { E1 "MAIL FROM:<a@x>\r\n", "RCPT TO:<b@y>\r\n", 100, "QUIT\r\n", "250 250 221" },
        { E1 "MAIL FROM:<a@x>\r\n", "RCPT TO:<b@y>\r\n", 200, "QUIT\r\n", "452 452 221" },
        { "NOOP ", "x", 100000, "\r\n", "220 500" },
        { "NOOP ", "x", 8000, "\r\nQUIT\r\n", "220 250 221" },
        { E1 "MAIL FROM:<a@x> ENVID=", "x", 2000, "\r\nQUIT\r\n", "250 501 221" },
    };
    struct mu_smtp_server server = { .size_max = 1000 };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    struct mu_buf text = { .arena = arena };
    pid_t child;
    mu_buf_puts(&text, row[_i].before);
    for (size_t i = 0; i < row[_i].times; i++)
        mu_buf_puts(&text, row[_i].fill);
    mu_buf_puts(&text, row[_i].after);
    struct mu_bytes says = mu_buf_bytes(&text);
    serve(peer_start(&child, blob, &says), &server, &box, &said, &session);
    const char *got = codes(&said), *want = row[_i].codes_end;
    ck_assert_msg(strlen(got) >= strlen(want)
                      && strcmp(got + strlen(got) - strlen(want), want) == 0,
                  "%s", got);
    peer_stop(child);
}
END_TEST

START_TEST(server_misbehaves_as_scripted)
{
    static const struct {
        struct mu_script script;
        const char *codes;
        enum mu_outcome outcome; /* NONE: we hung up                                          */
        enum mu_stage stage;
    } row[] = {
        { { .refuse_at = MU_STAGE_SESSION, .refuse_code = 554, .refuse_text = "5.3.2 no" },
          "554 503 503 503 503 503 503 221",
          MU_OUTCOME_CLOSED,
          MU_STAGE_SESSION },
        { { .refuse_at = MU_STAGE_SESSION, .refuse_code = 421 },
          "421",
          MU_OUTCOME_NONE,
          MU_STAGE_SESSION },
        { { .refuse_at = MU_STAGE_ENVELOPE, .refuse_code = 450 },
          "220 250 450 503 503 500 500 221",
          MU_OUTCOME_CLOSED,
          MU_STAGE_ENVELOPE },
        { { .refuse_at = MU_STAGE_CONTENT, .refuse_code = 451 },
          "220 250 250 250 451 500 500 221",
          MU_OUTCOME_CLOSED,
          MU_STAGE_CONTENT },
        { { .refuse_at = MU_STAGE_AFTER_CONTENT, .refuse_code = 550 },
          "220 250 250 250 354 550 221",
          MU_OUTCOME_CLOSED,
          MU_STAGE_AFTER_CONTENT },
        { { .close_at = MU_STAGE_CONNECT }, "", MU_OUTCOME_NONE, MU_STAGE_CONNECT },
        { { .close_at = MU_STAGE_SESSION }, "", MU_OUTCOME_NONE, MU_STAGE_SESSION },
        { { .close_at = MU_STAGE_ENVELOPE }, "220 250", MU_OUTCOME_NONE, MU_STAGE_ENVELOPE },
        { { .close_at = MU_STAGE_CONTENT }, "220 250 250 250", MU_OUTCOME_NONE, MU_STAGE_CONTENT },
        { { .close_at = MU_STAGE_AFTER_CONTENT },
          "220 250 250 250 354",
          MU_OUTCOME_NONE,
          MU_STAGE_AFTER_CONTENT },
        { { .hide = "8BITMIME size" },
          "220 250 250 250 354 250 221",
          MU_OUTCOME_CLOSED,
          MU_STAGE_AFTER_CONTENT },
    };
    static const struct mu_bytes says = B(GOOD "x\r\n.\r\nQUIT\r\n");
    struct mu_smtp_server server = { .script = &row[_i].script };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    pid_t child;
    serve(peer_start(&child, blob, &says), &server, &box, &said, &session);
    ck_assert_str_eq(codes(&said), row[_i].codes); /* without DATA, x and . are commands */
    ck_assert_int_eq(session.ended.outcome, row[_i].outcome);
    ck_assert_int_eq(session.ended.stage, row[_i].stage);
    struct mu_buf text = { .arena = arena };
    mu_transcript_write(&text, said.said, said.says);
    ck_assert(row[_i].script.hide == NULL || strstr(mu_buf_text(&text), "8BITMIME") == NULL);
    peer_stop(child);
}
END_TEST

/* --- both, over TLS, through the adapters --- */

struct visit {
    struct mu_opening opening;
    const struct mu_submission *mail;
    size_t mails;
};

static void visit(int fd, const void *script)
{
    const struct visit *v = script;
    struct mu_observation seen;
    struct mu_err err;
    struct mu_smtp_client *c = client_on(fd, 2000);
    if (!mu_smtp_open(c, &v->opening, NULL, &seen, &err) || seen.outcome != MU_OUTCOME_NONE)
        _exit(2);
    for (size_t i = 0; i < v->mails; i++)
        if (!mu_smtp_send(c, &v->mail[i], &seen, &err) || seen.outcome != MU_OUTCOME_ACCEPTED)
            _exit(3);
    mu_smtp_quit(c);
}

/* A coordinator in this process: tokens of even cases are claimed by one socket. */
struct desk {
    int given;
    unsigned late, parts;
    char late_token[64];
};

static void desk(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd)
{
    struct desk *d = self;
    struct mu_token token;
    *fd = -1;
    answer->sys = 0;
    if (record->type == MU_RECORD_CLAIM
        && mu_token_find(7, mu_bytes_of(mu_record_text(record, 0)), &token) && token.index % 2 == 0)
        *fd = dup(d->given);
    if (record->type == MU_RECORD_LATE) {
        d->late++;
        snprintf(d->late_token, sizeof d->late_token, "%s", mu_record_text(record, 0));
    }
    d->parts += record->type == MU_RECORD_PART;
}

static const struct mu_adapter *adapter(const char *name)
{
    const struct mu_adapter *const *a = mu_adapters();
    while (strcmp((*a)->name, name) != 0)
        a++;
    return *a;
}

static struct mu_seat seat_at(struct desk *d, int pair[2])
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    *d = (struct desk){ .given = pair[1] };
    return (struct mu_seat){ .arena = arena,
                             .zero_ms = mu_clock_ms(),
                             .deadline_ms = mu_clock_ms() + 10000,
                             .operation_ms = 2000,
                             .run_key = 7,
                             .record_fd = -1,
                             .parcel_fd = pair[0],
                             .evidence_fd = -1,
                             .local = desk,
                             .self = d };
}

static const char *token_text(uint32_t index)
{
    char *text = mu_arena_alloc(arena, MU_TOKEN_TEXT);
    mu_token_write(7, (struct mu_token){ index, 1, 0 }, text);
    return text;
}

static struct mu_parcel *next_parcel(struct mu_seat *seat)
{
    struct mu_parcel *parcel;
    struct mu_err err;
    if (!mu_seat_next_parcel(seat, mu_clock_ms() + 50, &parcel, &err))
        ck_abort_msg("%s", err.msg);
    return parcel;
}

static const struct mu_endpoint at_us = { .carrier = "smtp",
                                          .tls_name = "localhost",
                                          .tls = MU_TLS_STARTTLS };

START_TEST(three_tokens_in_one_connection)
{
    const char *t2 = token_text(2), *t3 = token_text(3), *t4 = token_text(4);
    const char *to[3] = { mu_arena_printf(arena, "m+%ss@y.test", t2),
                          mu_arena_printf(arena, "m+%ss@y.test", t3), "fixed@y.test" };
    struct mu_submission mail[3];
    for (size_t i = 0; i < 3; i++) {
        mail[i] = letter("Subject: x\r\n\r\n..\r\n");
        mail[i].to = &to[i];
    }
    mail[1].from = "";
    mail[2].content = mu_bytes_of(
        mu_arena_printf(arena, "References: %s\r\nMessage-ID:\r\n <%s@x>\r\n\r\nx\r\n", t3, t4));
    struct visit v = { .mail = mail, .mails = 3 };
    v.opening = (struct mu_opening){ .endpoint = &at_us, .fd = -1, .helo = "c.test" };
    v.opening.tls = context("sender", false, true);
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    struct mu_err err;
    pid_t child;
    int fd = peer_start(&child, visit, &v);
    ck_assert(
        adapter("smtp")->serve(&seat, &at_us, context("server", true, false), NULL, fd, -1, &err));
    struct mu_parcel *first = next_parcel(&seat), *second = next_parcel(&seat);
    ck_assert_str_eq(first->token, t2);
    ck_assert_int_eq(first->seen.outcome, MU_OUTCOME_DELIVERED);
    ck_assert(first->leg.collected && !first->leg.bounce && first->leg.tls.client_certificate);
    ck_assert(mu_bytes_equal(first->leg.message, mail[0].content));
    ck_assert(mu_bytes_equal(first->leg.envelope.to[0], mu_bytes_of(to[0])));
    ck_assert_str_eq(second->token, t4);
    ck_assert_uint_gt(second->leg.says, 8);
    ck_assert_ptr_null(next_parcel(&seat));
    ck_assert(d.late == 1 && strcmp(d.late_token, t3) == 0);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void strict_server(int fd, const void *script)
{
    struct mu_smtp_server server = { .mode = MU_TLS_STARTTLS, .demand_tls = true };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    server.tls = script;
    serve(fd, &server, &box, &said, &session);
}

START_TEST(client_over_tls)
{
    static const struct {
        const char *client, *server, *host;
        bool skip, inject, strict;
        struct mood want;
    } row[] = {
        { "sender",
          "server",
          "localhost",
          false,
          false,
          false,
          { "good",
            { NULL },
            MU_OUTCOME_ACCEPTED,
            MU_STAGE_AFTER_CONTENT,
            MU_CLASS_NONE,
            250,
            true } },
        { "sender",
          "server",
          "localhost",
          true,
          false,
          false,
          { "clear",
            { NULL },
            MU_OUTCOME_REFUSED,
            MU_STAGE_ENVELOPE,
            MU_CLASS_AUTHENTICATION,
            530,
            true } },
        { "sender",
          "server",
          "localhost",
          false,
          true,
          false,
          { "injected",
            { NULL },
            MU_OUTCOME_ACCEPTED,
            MU_STAGE_AFTER_CONTENT,
            MU_CLASS_NONE,
            250,
            true } },
        { "client-expired",
          "server",
          "localhost",
          false,
          false,
          false,
          { "expired",
            { NULL },
            MU_OUTCOME_REFUSED,
            MU_STAGE_PEER_AUTH,
            MU_CLASS_AUTHENTICATION,
            0,
            false } },
        { "client-foreign",
          "server",
          "localhost",
          false,
          false,
          false,
          { "foreign",
            { NULL },
            MU_OUTCOME_REFUSED,
            MU_STAGE_PEER_AUTH,
            MU_CLASS_AUTHENTICATION,
            0,
            false } },
        { NULL,
          "server",
          "localhost",
          false,
          false,
          false,
          { "none",
            { NULL },
            MU_OUTCOME_REFUSED,
            MU_STAGE_PEER_AUTH,
            MU_CLASS_AUTHENTICATION,
            0,
            false } },
        { "sender",
          "server-wrong-host",
          "localhost",
          false,
          false,
          false,
          { "wrong host observed",
            { NULL },
            MU_OUTCOME_ACCEPTED,
            MU_STAGE_AFTER_CONTENT,
            MU_CLASS_NONE,
            250,
            true } },
        { "sender",
          "server-wrong-host",
          "localhost",
          false,
          false,
          true,
          { "wrong host",
            { NULL },
            MU_OUTCOME_CLOSED,
            MU_STAGE_TLS,
            MU_CLASS_PROTOCOL,
            0,
            false } },
        { "sender",
          "server-expired",
          "localhost",
          false,
          false,
          true,
          { "expired server",
            { NULL },
            MU_OUTCOME_CLOSED,
            MU_STAGE_TLS,
            MU_CLASS_PROTOCOL,
            0,
            false } },
    };
    struct mu_endpoint endpoint = {
        .carrier = "smtp", .tls_name = row[_i].host, .tls = MU_TLS_STARTTLS, .address.text = "pair"
    };
    struct mu_opening opening = { .endpoint = &endpoint,
                                  .helo = "c.test",
                                  .tls = context(row[_i].client, false, row[_i].strict),
                                  .skip_starttls = row[_i].skip,
                                  .inject = row[_i].inject };
    const struct mu_adapter *smtp = adapter("smtp");
    struct mu_submission mail = letter("Subject: \xc3\xa9\r\n\r\nx");
    struct mu_session *session;
    struct mu_observation seen;
    struct mu_err err;
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    pid_t child;
    opening.fd = peer_start(&child, strict_server, context(row[_i].server, true, true));
    ck_assert(smtp->open(&seat, &opening, &session, &seen, &err));
    if (seen.outcome == MU_OUTCOME_NONE)
        ck_assert(smtp->send(session, &mail, &seen, &err));
    check_seen(row[_i].want.name, &seen, &row[_i].want);
    const struct mu_leg *leg = smtp->leg(session);
    ck_assert(leg->tls.used == !row[_i].skip && leg->says > 4);
    smtp->close(session);
    smtp->close(session);
    peer_stop(child);
}
END_TEST

/* The server throws away what came in clear behind STARTTLS and remembers it. */
START_TEST(server_survives_injection)
{
    static const struct mu_bytes says = B("EHLO c\r\nSTARTTLS\r\nMAIL FROM:<e@x>\r\n");
    struct mu_smtp_server server = { .mode = MU_TLS_STARTTLS,
                                     .tls = context("server", true, false) };
    struct box box = { .answer = { 0, NULL } };
    struct mu_transcript said;
    struct mu_smtp_session session;
    pid_t child;
    serve(peer_start(&child, blob, &says), &server, &box, &said, &session);
    ck_assert_str_eq(codes(&said), "220 250 220");
    ck_assert(session.injected && session.stage == MU_STAGE_SESSION);
    ck_assert_int_eq(session.ended.stage, MU_STAGE_TLS);
    peer_stop(child);
}
END_TEST

/* A connection that brings no message is told to whoever runs alone. */
START_TEST(owner_hears_of_a_refused_certificate)
{
    struct visit v = { .mails = 0 };
    v.opening = (struct mu_opening){ .endpoint = &at_us, .fd = -1, .helo = "c.test" };
    v.opening.tls = context("sender", false, true);
    struct desk d;
    int pair[2];
    struct mu_seat seat = seat_at(&d, pair);
    struct mu_err err;
    pid_t child;
    int fd = peer_start(&child, visit, &v);
    ck_assert(adapter("smtp")->serve(&seat, &at_us, context("server-expired", true, false), NULL,
                                     fd, pair[1], &err));
    struct mu_parcel *parcel = next_parcel(&seat);
    ck_assert_ptr_nonnull(parcel);
    ck_assert_str_eq(parcel->token, "");
    ck_assert_int_eq(parcel->seen.outcome, MU_OUTCOME_REFUSED);
    ck_assert_int_eq(parcel->seen.stage, MU_STAGE_PEER_AUTH);
    ck_assert_int_eq(parcel->seen.class, MU_CLASS_AUTHENTICATION);
    ck_assert(!parcel->leg.has_message && parcel->leg.tls.alert == 45);
    ck_assert_ptr_nonnull(parcel->leg.tls.offer);
    peer_stop(child);
}
END_TEST

START_TEST(maildir_files)
{
    const struct {
        const char *file, *message;
        bool bounce, claimed;
    } row[] = {
        { mu_arena_printf(arena, "Return-Path: <>\nX: %s\n\na\nb", token_text(2)),
          mu_arena_printf(arena, "Return-Path: <>\r\nX: %s\r\n\r\na\r\nb", token_text(2)), true,
          true },
        { mu_arena_printf(arena, "To: %s\r\n\r\na\n", token_text(4)),
          mu_arena_printf(arena, "To: %s\r\n\r\na\n", token_text(4)), false, true },
        { "Subject: none\n\n", "", false, false },
        { "", "", false, false },
        { mu_arena_printf(arena, "Subject: other\n\n%s\n", token_text(2)), "", false, false },
    };
    static const struct mu_endpoint box = { .carrier = "maildir", .path = "box" };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct desk d;
        int pair[2];
        struct mu_seat seat = seat_at(&d, pair);
        struct mu_err err;
        FILE *file = tmpfile();
        ck_assert(fputs(row[i].file, file) >= 0 && fflush(file) == 0);
        ck_assert(adapter("maildir")->serve(&seat, &box, NULL, NULL, dup(fileno(file)), -1, &err));
        fclose(file);
        struct mu_parcel *parcel = next_parcel(&seat);
        ck_assert((parcel != NULL) == row[i].claimed && d.late == !row[i].claimed);
        if (parcel != NULL) {
            ck_assert(mu_bytes_equal(parcel->leg.message, mu_bytes_of(row[i].message)));
            ck_assert(parcel->leg.bounce == row[i].bounce);
            ck_assert_str_eq(parcel->leg.carrier, "maildir");
        }
    }
}
END_TEST

static TCase *new_case(const char *name)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 20);
    tcase_add_checked_fixture(tc, setup, teardown);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("smtp");
    TCase *clear = new_case("clear"), *tls = new_case("tls");
    tcase_add_loop_test(clear, client_observes, 0, (int) MU_COUNT(mood));
    tcase_add_loop_test(clear, server_answers, 0, (int) MU_COUNT(client));
    tcase_add_loop_test(clear, server_limits, 0, 8);
    tcase_add_loop_test(clear, server_misbehaves_as_scripted, 0, 11);
    tcase_add_test(clear, maildir_files);
    tcase_add_unchecked_fixture(tls, make_pki, remove_dir);
    tcase_add_loop_test(tls, client_needs_starttls, 0, 4);
    tcase_add_loop_test(tls, client_over_tls, 0, 9);
    tcase_add_test(tls, three_tokens_in_one_connection);
    tcase_add_test(tls, server_survives_injection);
    tcase_add_test(tls, owner_hears_of_a_refused_certificate);
    suite_add_tcase(suite, clear);
    suite_add_tcase(suite, tls);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Our SMTP client against scripted servers, our server against scripted clients. */
#include "tests/smtp_peers.h"

/* --- the client --- */

#define CLOSE   "!close"   /* hang up instead                                                  */
#define SILENT  "!silent"  /* say nothing any more                                             */
#define DRIP    "!drip"    /* one octet at a time, for ever                                    */
#define ENDLESS "!endless" /* a reply without a last line                                      */
#define GO_AWAY "!220"     /* "220 go", and hang up                                            */
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
    if (strcmp(reply, GO_AWAY) == 0)
        peer_write(fd, MU_BYTES("220 go\r\n"));
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

/* clang-format off */
static const struct mood mood[] = {
    { "good", { NULL }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true },
    { "good, pipelined", { [EHLO] = PIPE }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true },
    { "HELO only", { [EHLO] = "502 5.5.1 what\r\n" }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true },
    { "no code text", { [MAIL] = "250\r\n" }, MU_OUTCOME_ACCEPTED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 250, true },
    { "554 greeting", { "554 no\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_SESSION, MU_CLASS_OTHER, 554, false },
    { "421 greeting", { "421 4.7.1 later\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_SESSION, MU_CLASS_POLICY, 421, false },
    { "550 EHLO", { [EHLO] = "554 5.7.1 no\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_SESSION, MU_CLASS_POLICY, 554, false },
    { "550 MAIL", { [MAIL] = "550 5.7.1 no\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_POLICY, 550, true },
    { "550 MAIL pipelined", { [EHLO] = PIPE, [MAIL] = "550 5.7.1 no\r\n", [RCPT] = "503 no\r\n", [DATA] = "503 no\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_POLICY, 550, true },
    { "550 RCPT", { [RCPT] = "550 5.1.1 who\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_ADDRESS, 550, true },
    { "550 RCPT, 354", { [EHLO] = PIPE, [RCPT] = "550 5.1.1 who\r\n", [DOT] = "554 none\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_ADDRESS, 550, true },
    { "450 RCPT", { [RCPT] = "450 try later\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_TEMPORARY, 450, true },
    { "530 MAIL", { [MAIL] = "530 5.7.0 TLS first\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_AUTHENTICATION, 530, true },
    { "552 MAIL", { [MAIL] = "552 too big\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_ENVELOPE, MU_CLASS_SIZE, 552, true },
    { "550 DATA", { [DATA] = "554 5.6.0 no\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_CONTENT, MU_CLASS_CONTENT, 554, true },
    { "250 DATA", { [DATA] = "250 what\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_CONTENT, MU_CLASS_PROTOCOL, 250, false },
    { "550 dot", { [DOT] = "550-5.7.1 label\r\n550 5.7.1 not dominated\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_AFTER_CONTENT, MU_CLASS_POLICY, 550, true },
    { "421 dot", { [DOT] = "421 4.3.2 down\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_AFTER_CONTENT, MU_CLASS_TEMPORARY, 421, false },
    { "552 5.3.4 dot", { [DOT] = "554 5.3.4 big\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_AFTER_CONTENT, MU_CLASS_SIZE, 554, true },
    { "status of another class", { [DOT] = "550 4.7.1 odd\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_AFTER_CONTENT, MU_CLASS_OTHER, 550, true },
    { "silent greeting", { SILENT }, MU_OUTCOME_SILENT, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "silent EHLO", { [EHLO] = SILENT }, MU_OUTCOME_SILENT, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "silent dot", { [DOT] = SILENT }, MU_OUTCOME_SILENT, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 0, false },
    { "drip", { DRIP }, MU_OUTCOME_SILENT, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "close greeting", { CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "close EHLO", { [EHLO] = CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_NONE, 0, false },
    { "close MAIL", { [MAIL] = CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE, MU_CLASS_NONE, 0, false },
    { "close DATA", { [DATA] = CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_CONTENT, MU_CLASS_NONE, 0, false },
    { "close dot", { [DOT] = CLOSE }, MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT, MU_CLASS_NONE, 0, false },
    { "garbage", { "\x16\x03\x01\xff\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "HTTP", { "HTTP/1.1 400 Bad\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "code 600", { "620 hi\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "code glued", { "2200 hi\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "empty line", { "\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "control character", { "220 a\x1b[2Jb\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "bare LF", { "220 hi\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "two codes", { [EHLO] = "250-me\r\n251 PIPELINING\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
    { "endless", { [EHLO] = ENDLESS }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
};
/* clang-format on */

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
    /* clang-format off */
    static const struct mood why[] = {
        { "not offered", { NULL }, MU_OUTCOME_REFUSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
        { "refused", { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = "454 4.7.0 not now\r\n" }, MU_OUTCOME_REFUSED, MU_STAGE_SESSION, MU_CLASS_AUTHENTICATION, 454, false },
        { "clear bytes", { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = "220 go\r\n250 injected\r\n" }, MU_OUTCOME_CLOSED, MU_STAGE_SESSION, MU_CLASS_PROTOCOL, 0, false },
        { "no TLS behind it", { [EHLO] = "250-me\r\n250 STARTTLS\r\n", [STARTTLS] = GO_AWAY }, MU_OUTCOME_CLOSED, MU_STAGE_TLS, MU_CLASS_NONE, 0, false },
    };
    /* clang-format on */
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

#define E1   "EHLO c\r\n"
#define M1   "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"
#define GOOD E1 M1 "DATA\r\n"

/* clang-format off */
static const struct {
    struct mu_bytes says;
    const char *codes;
    struct mu_bytes box;
    enum mu_outcome outcome;
    enum mu_stage stage;
} client[] = {
    { B(GOOD "x\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:x\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "x\r\n.\r\n"), "220 250 250 250 354 250", B("a@x>1:x\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(""), "220", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n..\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B(">1:.\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "1\r\n.\r\n" M1 "DATA\r\n2\r\n.\r\n" M1 "DATA\r\n3\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 250 250 354 250 250 250 354 250 221", B("a@x>1:1\r\n|a@x>1:2\r\n|a@x>1:3\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    /* sequence */
    { B("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nQUIT\r\n"), "220 503 503 503 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B(E1 "MAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\nDATA\r\nRSET\r\nRCPT TO:<b@y>\r\nQUIT\r\n"), "220 250 250 503 554 250 503 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 M1 E1 "DATA\r\nQUIT\r\n"), "220 250 250 250 250 503 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B("NOOP\r\nnoop x\r\nVRFY a\r\nEXPN a\r\nHELP\r\nAUTH PLAIN\r\nBDAT 3 LAST\r\nSTARTTLS\r\nXYZ\r\n\r\nEHLO\r\nquit\r\n"), "220 250 250 252 502 502 502 502 502 500 500 501 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    /* arguments */
    { B(E1 "MAIL FROM: <a@x>\r\nMAIL FROM:a@x\r\nMAIL FROM:<a@x\r\nMAIL FROM:<a>\r\nMAIL FROM:<a@x>SIZE=1\r\nMAIL FROM:<a@x> \r\nQUIT\r\n"), "220 250 501 501 501 501 501 250 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 "MAIL FROM:<\"a>b\"@x> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q1\r\nRCPT TO:<@r,@s:b@y> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b@y\r\nRCPT TO:<>\r\nRCPT TO:<c@y> NOTIFY=NEVER,DELAY\r\nRCPT TO:<c@y> NOTIFY=\r\nQUIT\r\n"), "220 250 250 250 501 501 501 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    { B(E1 "MAIL FROM:<a@x> SIZE=99999999999999999999\r\nMAIL FROM:<a@x> SIZE=1001\r\nMAIL FROM:<a@x> SIZE=x\r\nMAIL FROM:<a@x> BODY=9BIT\r\nMAIL FROM:<a@x> RET=NO\r\nMAIL FROM:<a@x> X=1\r\nMAIL FROM:<a@x>  SIZE=1\r\nQUIT\r\n"), "220 250 552 552 501 501 501 555 501 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B(E1 "MAIL FROM:<\xc3\xa9@x>\r\nMAIL FROM:<\xc3\xa9@x> SMTPUTF8\r\nQUIT\r\n"), "220 250 553 250 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
    /* what must not end content, or begin a second message */
    { B(GOOD "a\n.\nMAIL FROM:<e@x>\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\n.\nMAIL FROM:<e@x>\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\r.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\n.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\n.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n.\rb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\r\n\rb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n\0.\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 250 221", B("a@x>1:a\r\n\0.\r\nb\r\n|"), MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    { B(GOOD "a\r\n.\n"), "220 250 250 250 354", B(""), MU_OUTCOME_CLOSED, MU_STAGE_CONTENT },
    /* broken lines */
    { B(E1 "MAIL FROM:<a@x>\nRCPT TO:<b@y>\r\n"), "220 250 500", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B(E1 "NO\0OP\r\nNOOP\rx\r\nQUIT\r\n"), "220 250 500 500 221", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B("X\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nX\r\nQUIT\r\n"), "220 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 500 421", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    { B("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "220", B(""), MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
};
/* clang-format on */

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
    /* clang-format off */
    static const struct {
        struct mu_script script;
        const char *codes;
        enum mu_outcome outcome; /* NONE: we hung up                                          */
        enum mu_stage stage;
    } row[] = {
        { { .refuse_at = MU_STAGE_SESSION, .refuse_code = 554, .refuse_text = "5.3.2 no" }, "554 503 503 503 503 503 503 221", MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
        { { .refuse_at = MU_STAGE_SESSION, .refuse_code = 421 }, "421", MU_OUTCOME_NONE, MU_STAGE_SESSION },
        { { .refuse_at = MU_STAGE_ENVELOPE, .refuse_code = 450 }, "220 250 450 503 503 500 500 221", MU_OUTCOME_CLOSED, MU_STAGE_ENVELOPE },
        { { .refuse_at = MU_STAGE_CONTENT, .refuse_code = 451 }, "220 250 250 250 451 500 500 221", MU_OUTCOME_CLOSED, MU_STAGE_CONTENT },
        { { .refuse_at = MU_STAGE_AFTER_CONTENT, .refuse_code = 550 }, "220 250 250 250 354 550 221", MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
        { { .close_at = MU_STAGE_CONNECT }, "", MU_OUTCOME_NONE, MU_STAGE_CONNECT },
        { { .close_at = MU_STAGE_SESSION }, "", MU_OUTCOME_NONE, MU_STAGE_SESSION },
        { { .close_at = MU_STAGE_ENVELOPE }, "220 250", MU_OUTCOME_NONE, MU_STAGE_ENVELOPE },
        { { .close_at = MU_STAGE_CONTENT }, "220 250 250 250", MU_OUTCOME_NONE, MU_STAGE_CONTENT },
        { { .close_at = MU_STAGE_AFTER_CONTENT }, "220 250 250 250 354", MU_OUTCOME_NONE, MU_STAGE_AFTER_CONTENT },
        { { .hide = "8BITMIME size" }, "220 250 250 250 354 250 221", MU_OUTCOME_CLOSED, MU_STAGE_AFTER_CONTENT },
    };
    /* clang-format on */
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
    tcase_add_unchecked_fixture(tls, make_pki, remove_dir);
    tcase_add_loop_test(tls, client_needs_starttls, 0, 4);
    tcase_add_test(tls, server_survives_injection);
    suite_add_tcase(suite, clear);
    suite_add_tcase(suite, tls);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

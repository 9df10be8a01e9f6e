/*
 * Frames that no harness sends and a broken one might. Each goes to a process of its own, behind a
 * greeting in good order. The adapter may refuse it (bad-request, limit) or end; it must not do what
 * was asked, must not fall silent, and must go on when it has refused. A run books what happens
 * here to the adapter, and never to the system under test.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "proto/sap_check_inside.h"

#define ECHO_HEAD "{\"id\":9,\"op\":\"probe\",\"kind\":\"clock\""
#define DEEP      ((size_t) 100000)
#define FLOOD     1000
#define SLOW      80 /* octets, one at a time */

/* --- what must come of it ------------------------------------------------------------------------- */

static bool is_refusal(struct mu_talk *t, const json_t *reply)
{
    return mu_talk_failed(t, reply, "bad-request limit unsupported precondition busy");
}

/* Is it as alive as before? */
static bool goes_on(struct mu_talk *t)
{
    json_t *result, *reply;
    json_t *request = mu_talk_request(t, "probe", "{s:s}", "kind", "clock");
    const char *sent = t->now->sent, *came = t->now->came;
    t->quiet = true; /* what is shown is the frame and its answer */
    bool alive = mu_talk_ask(t, request, &reply) && mu_talk_done(t, reply, &result);
    t->quiet = false;
    t->now->sent = sent;
    t->now->came = came;
    if (!alive)
        t->now->why = mu_arena_printf(t->arena, "it refused the frame, but then: %s", t->now->why);
    return alive;
}

/* A refusal, whatever its id, or the end. */
static bool refused_or_ended(struct mu_talk *t)
{
    json_t *reply;
    struct mu_bytes line;
    bool there;
    if (!mu_talk_line(t, t->task->wait_ms, &line, &there))
        return t->ended || mu_talk_no(t, "neither an answer nor an end in %u ms", t->task->wait_ms);
    TRY(mu_talk_parse(t, line, &reply));
    return is_refusal(t, reply) && goes_on(t);
}

bool mu_sap_try_hostile(struct mu_talk *t, const struct mu_sap_hostile *hostile)
{
    TRY(mu_try_greet(t));
    t->now->sent = t->now->came = "";
    if (hostile->make != NULL)
        return hostile->make(t);
    /* One that has hung up has ended: reading will tell. */
    enum mu_sap_checked_state state = t->now->state;
    if (!mu_talk_send(t, (struct mu_bytes){ hostile->frame, hostile->octets })) {
        t->now->state = state;
        t->now->why = "";
    }
    return refused_or_ended(t);
}

/* --- frames that are made ------------------------------------------------------------------------- */

/* `before`, n times `piece`, `after`. */
static bool send_many(struct mu_talk *t, const char *before, const char *piece, size_t n,
                      const char *after)
{
    struct mu_buf frame = { .arena = t->arena };
    mu_buf_puts(&frame, before);
    for (size_t i = 0; i < n; i++)
        mu_buf_puts(&frame, piece);
    mu_buf_puts(&frame, after);
    enum mu_sap_checked_state state = t->now->state;
    if (!mu_talk_send(t, mu_buf_bytes(&frame)) && t->now->state != state) {
        t->now->state = state; /* it need not take all of it: reading will tell */
        t->now->why = "";
    }
    return refused_or_ended(t);
}

static bool too_long(struct mu_talk *t)
{
    return send_many(t, ECHO_HEAD ",\"x-fill\":\"", "0123456789abcdef", 2 * MU_SAP_LINE_MAX / 16,
                     "\"}\n");
}

static bool deep(struct mu_talk *t)
{
    return send_many(t, ECHO_HEAD ",\"x-deep\":", "[", DEEP, "\n");
}

static bool deeper_than_allowed(struct mu_talk *t)
{
    struct mu_buf close = { .arena = t->arena };
    for (size_t i = 0; i < MU_SAP_DEPTH_MAX + 1; i++)
        mu_buf_putc(&close, ']');
    mu_buf_puts(&close, "}\n");
    return send_many(t, ECHO_HEAD ",\"x-deep\":", "[", MU_SAP_DEPTH_MAX + 1, mu_buf_text(&close));
}

static bool members(struct mu_talk *t)
{
    return send_many(t, ECHO_HEAD, ",\"x-same\":1", 1000, "}\n");
}

static bool long_name(struct mu_talk *t)
{
    return send_many(t, "{\"id\":9,\"op\":\"", "otter", 20000, "\"}\n");
}

/* One octet at a time is slow, and right: it must be answered. */
static bool slow(struct mu_talk *t)
{
    json_t *request = mu_talk_request(t, "probe", "{s:s}", "kind", "clock"), *reply, *result;
    struct mu_bytes line = mu_talk_write(t, request);
    size_t n = line.n < SLOW ? line.n : SLOW;
    for (size_t i = 0; i < line.n; i++) {
        struct timespec moment = { .tv_nsec = i < n ? 1000000 : 0 };
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
        TRY(mu_talk_send(t, mu_bytes_slice(line, i, 1)));
    }
    t->now->sent = "a request, one octet a millisecond";
    TRY(mu_talk_take(t, request, t->task->wait_ms, &reply));
    return mu_talk_done(t, reply, &result);
}

/* Half a line and the end. */
static bool cut(struct mu_talk *t)
{
    struct mu_bytes line;
    bool there;
    TRY(mu_talk_send(t, MU_BYTES(ECHO_HEAD)));
    mu_talk_hang_up(t);
    while (mu_talk_line(t, t->task->wait_ms, &line, &there)) {
        json_t *reply;
        TRY(mu_talk_parse(t, line, &reply) && is_refusal(t, reply));
    }
    return t->ended || mu_talk_no(t, "its input has ended and it has not");
}

/* Answers to one frame may be as many as it holds requests. */
static bool answers(struct mu_talk *t, size_t least, size_t most)
{
    size_t n = 0;
    struct mu_bytes line;
    bool there;
    while (n < most && mu_talk_line(t, t->task->wait_ms / (n < least ? 1 : 10), &line, &there)) {
        json_t *ignored;
        TRY(mu_talk_parse(t, line, &ignored));
        n++;
    }
    return n >= least || t->ended || mu_talk_no(t, "%zu answers came, of at least %zu", n, least);
}

static bool same_id(struct mu_talk *t)
{
    TRY(mu_talk_send(t, MU_BYTES(ECHO_HEAD "}\n" ECHO_HEAD "}\n")));
    return answers(t, 2, 2) && (t->ended || goes_on(t));
}

static bool cancel_self(struct mu_talk *t)
{
    TRY(mu_talk_send(t, MU_BYTES("{\"id\":9,\"op\":\"cancel\",\"of\":9}\n")));
    return answers(t, 1, 1) && (t->ended || goes_on(t));
}

static bool cancelled_id(struct mu_talk *t)
{
    TRY(mu_talk_send(
        t, MU_BYTES(ECHO_HEAD "}\n{\"id\":10,\"op\":\"cancel\",\"of\":9}\n" ECHO_HEAD "}\n")));
    return answers(t, 3, 3) && (t->ended || goes_on(t));
}

/* Far more than it said that it takes, and nobody reads meanwhile: it may refuse some as busy. */
static bool flood(struct mu_talk *t)
{
    struct mu_buf lines = { .arena = t->arena };
    for (int i = 0; i < FLOOD; i++)
        mu_buf_puts(&lines, ECHO_HEAD "}\n");
    TRY(mu_talk_send(t, mu_buf_bytes(&lines)));
    t->now->sent = "1000 requests at once";
    return answers(t, FLOOD, FLOOD) && (t->ended || goes_on(t));
}

/* --- the table ------------------------------------------------------------------------------------ */

#define ROW(id, clause, text, hint)                                                                \
    {                                                                                              \
        id, true, clause, text, hint                                                               \
    }
#define FRAME(octets)  (octets), sizeof(octets) - 1, NULL
#define MADE(function) NULL, 0, (function)
#define STRICT         "let a strict JSON reader decide before anything is done, and answer bad-request"

/* clang-format off */
static const struct mu_sap_hostile hostile[] = {
    { ROW("H01", "Lines", "a line that is no JSON is refused", STRICT), FRAME("zq fuchsia otter\n") },
    { ROW("H02", "Lines", "an empty line is refused", STRICT), FRAME("\n") },
    { ROW("H03", "Lines", "a line that holds a list is refused", STRICT), FRAME("[" ECHO_HEAD "}]\n") },
    { ROW("H04", "Lines", "a line that holds a text is refused", STRICT), FRAME("\"probe\"\n") },
    { ROW("H05", "Lines", "an object that is cut off is refused", STRICT), FRAME(ECHO_HEAD "\n") },
    { ROW("H06", "Lines", "two objects on a line are refused", STRICT), FRAME(ECHO_HEAD "}" ECHO_HEAD "}\n") },
    { ROW("H07", "Lines", "text behind an object is refused", STRICT), FRAME(ECHO_HEAD "} otter\n") },
    { ROW("H08", "Lines", "a name that stands twice is refused", STRICT), FRAME(ECHO_HEAD ",\"kind\":\"clock\"}\n") },
    { ROW("H09", "Lines", "NaN is refused", STRICT), FRAME(ECHO_HEAD ",\"x-n\":NaN}\n") },
    { ROW("H10", "Lines", "a comma too many is refused", STRICT), FRAME(ECHO_HEAD ",}\n") },
    { ROW("H11", "Lines", "half of a surrogate pair is refused", STRICT), FRAME(ECHO_HEAD ",\"x-s\":\"\\ud83d\"}\n") },
    { ROW("H12", "Lines", "octets that are no UTF-8 are refused", STRICT), FRAME(ECHO_HEAD ",\"x-u\":\"\xC3\x28\"}\n") },
    { ROW("H13", "Lines", "UTF-8 that is longer than it must be is refused", STRICT), FRAME(ECHO_HEAD ",\"x-u\":\"\xC0\xAF\"}\n") },
    { ROW("H14", "Lines", "a NUL in a line is refused", STRICT), FRAME(ECHO_HEAD ",\"x-z\":\"\0\"}\n") },
    { ROW("H15", "Lines", "a tab in a string is refused", STRICT), FRAME(ECHO_HEAD ",\"x-t\":\"\t\"}\n") },
    { ROW("H16", "Lines", "an escape that JSON has not is refused", STRICT), FRAME(ECHO_HEAD ",\"x-e\":\"\\x41\"}\n") },
    { ROW("H17", "Lines", "a byte order mark is refused", STRICT), FRAME("\xEF\xBB\xBF" ECHO_HEAD "}\n") },
    { ROW("H18", "Lines", "more than 32 brackets in each other are refused", "count the depth of a line: JSON readers allow more"), MADE(deeper_than_allowed) },
    { ROW("H19", "Lines", "100,000 brackets that are never closed are refused", "catch what a JSON reader throws on deep input"), MADE(deep) },
    { ROW("H20", "Lines", "a line longer than max_line is refused", "read at most max_line octets, then answer bad-request or limit and skip to the next LF, or end"), MADE(too_long) },
    { ROW("H21", "Lines", "the same name a thousand times is refused", STRICT), MADE(members) },
    { ROW("H22", "Lines", "a request without id is refused", "answer with \"id\":null, or end"), FRAME("{\"op\":\"probe\",\"kind\":\"clock\"}\n") },
    { ROW("H23", "Lines", "an id that is a text is refused", "ids are integers"), FRAME("{\"id\":\"9\",\"op\":\"probe\",\"kind\":\"clock\"}\n") },
    { ROW("H24", "Lines", "an id that is a fraction is refused", "ids are integers"), FRAME("{\"id\":9.5,\"op\":\"probe\",\"kind\":\"clock\"}\n") },
    { ROW("H25", "Lines", "a number that no integer holds is refused as id", "ids are integers up to 2^53-1"), FRAME("{\"id\":1e999,\"op\":\"probe\",\"kind\":\"clock\"}\n") },
    { ROW("H26", "Lines", "base64 that is none is refused", "let the base64 reader be strict"), FRAME("{\"id\":9,\"op\":\"probe\",\"kind\":\"echo\",\"data\":{\"b64\":\"QU*JD\"}}\n") },
    { ROW("H27", "Lines", "base64 without its padding is refused", "let the base64 reader be strict"), FRAME("{\"id\":9,\"op\":\"probe\",\"kind\":\"echo\",\"data\":{\"b64\":\"QQ\"}}\n") },
    { ROW("H28", "Operations", "an operation of 100,000 octets is refused", "names are looked up, never copied into fixed room"), MADE(long_name) },
    { ROW("H29", "Lines", "a request that comes octet by octet is answered", "read until LF, not what one read() gives"), MADE(slow) },
    { ROW("H30", "Lines", "half a line and the end: the adapter ends", "the end of input ends the program, whatever was read before"), MADE(cut) },
    { ROW("H31", "Lines", "two requests with one id do not stop it", "answer both, or refuse the second"), MADE(same_id) },
    { ROW("H32", "Asking", "a cancel of itself does not stop it", "answer it"), MADE(cancel_self) },
    { ROW("H33", "Asking", "the id of a cancelled request, used again, does not stop it", "answer each request once"), MADE(cancelled_id) },
    { ROW("H34", "Lines", "a thousand requests at once do not stop it", "answer them one by one, or refuse with busy"), MADE(flood) },
};
/* clang-format on */

size_t mu_sap_hostiles(void)
{
    return MU_COUNT(hostile);
}

const struct mu_sap_hostile *mu_sap_hostile_at(size_t i)
{
    return i < MU_COUNT(hostile) ? &hostile[i] : NULL;
}

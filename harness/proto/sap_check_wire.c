/* Lines, ids, pipelining: what holds for every operation. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/codec.h"
#include "base/limits.h"
#include "proto/sap_check_inside.h"

#define ID_MOST                                                                                    \
    (((json_int_t) 1 << 53) - 1) /* what a double holds exactly, and JavaScript with it */
#define MUCH (48 * MU_KIB)

json_t *mu_sap_octets(struct mu_talk *t, struct mu_bytes octets)
{
    struct mu_bytes text = mu_base64_write(t->arena, octets);
    return json_pack("{s:s%}", "b64", text.p, text.n);
}

/* --- probes --------------------------------------------------------------------------------------- */

static json_t *request_echo(struct mu_talk *t, struct mu_bytes octets)
{
    return mu_talk_request(t, "probe", "{s:s,s:o}", "kind", "echo", "data",
                           mu_sap_octets(t, octets));
}

static bool same_octets(struct mu_talk *t, const json_t *result, struct mu_bytes octets)
{
    const json_t *b64 = json_object_get(json_object_get(result, "data"), "b64");
    struct mu_bytes out, text = { json_string_value(b64), json_string_length(b64) };
    size_t at;
    if (text.p == NULL)
        return mu_talk_no(t, "the result has no data with b64");
    enum mu_base64_defect defect = mu_base64_read(t->arena, text, &out, &at);
    if (defect != MU_BASE64_OK)
        return mu_talk_no(t, "its base64 is wrong at %zu: %s", at, mu_base64_defect_name(defect));
    return mu_bytes_equal(out, octets)
           || mu_talk_no(t, "%zu octets came back of %zu, and not the same", out.n, octets.n);
}

static bool echo(struct mu_talk *t, struct mu_bytes octets)
{
    json_t *result;
    return mu_talk_result(t, request_echo(t, octets), &result) && same_octets(t, result, octets);
}

/* Every octet, then what text readers stumble over. */
static struct mu_bytes every_octet(struct mu_arena *arena)
{
    struct mu_buf all = { .arena = arena };
    for (int i = 0; i < 256; i++)
        mu_buf_putc(&all, (char) i);
    mu_buf_puts(&all, "\r\n\xE2\x80\xA8\xF0\x9F\x94\x92\r\n.\r\n");
    return mu_buf_bytes(&all);
}

bool mu_try_echo(struct mu_talk *t)
{
    return echo(t, every_octet(t->arena));
}

bool mu_try_echo_nothing(struct mu_talk *t)
{
    return echo(t, MU_BYTES(""));
}

bool mu_try_echo_much(struct mu_talk *t)
{
    char *much = mu_arena_alloc(t->arena, MUCH);
    for (size_t i = 0; i < MUCH; i++)
        much[i] = (char) (i * 167 % 251);
    return echo(t, (struct mu_bytes){ much, MUCH });
}

bool mu_try_odd_operation(struct mu_talk *t)
{
    const char *name = mu_arena_printf(t->arena, "zq-%.8s-otter", t->task->nonce);
    return mu_talk_refused(t, mu_talk_request(t, name, NULL), "unsupported");
}

bool mu_try_clock(struct mu_talk *t)
{
    json_t *result;
    TRY(mu_talk_result(t, mu_talk_request(t, "probe", "{s:s}", "kind", "clock"), &result));
    const json_t *now = json_object_get(result, "unix_ms");
    if (!json_is_integer(now))
        return mu_talk_no(t, "the result has no number 'unix_ms'");
    t->clock_ms = (int64_t) json_integer_value(now);
    return true;
}

bool mu_try_clock_right(struct mu_talk *t)
{
    struct timespec now;
    if (t->clock_ms == 0)
        return mu_talk_no(t, "it was not told");
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t skew = t->clock_ms - ((int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return (skew < MU_SAP_SKEW_MS && skew > -MU_SAP_SKEW_MS)
           || mu_talk_no(t, "its clock is %" PRId64 " ms from ours", skew);
}

bool mu_try_odd_probe(struct mu_talk *t)
{
    return mu_talk_refused(t, mu_talk_request(t, "probe", "{s:s}", "kind", "zq-fuchsia"),
                           "bad-request unsupported");
}

/* --- members -------------------------------------------------------------------------------------- */

bool mu_try_unknown_member(struct mu_talk *t)
{
    return mu_talk_refused(
        t, mu_talk_request(t, "probe", "{s:s,s:b}", "kind", "clock", "obligation", 1),
        "bad-request");
}

bool mu_try_free_member(struct mu_talk *t)
{
    json_t *result;
    return mu_talk_result(
        t, mu_talk_request(t, "probe", "{s:s,s:{s:b}}", "kind", "clock", "x-note", "any", 1),
        &result);
}

bool mu_try_missing_member(struct mu_talk *t)
{
    return mu_talk_refused(t, mu_talk_request(t, "probe", NULL), "bad-request");
}

bool mu_try_wrong_type(struct mu_talk *t)
{
    TRY(mu_talk_refused(t, mu_talk_request(t, "probe", "{s:i}", "kind", 7), "bad-request"));
    return mu_talk_refused(
        t, mu_talk_request(t, "probe", "{s:s,s:s}", "kind", "echo", "data", "AAAA"), "bad-request");
}

bool mu_try_no_operation(struct mu_talk *t)
{
    json_t *request = mu_talk_request(t, "probe", NULL);
    json_object_del(request, "op");
    return mu_talk_refused(t, request, "bad-request");
}

bool mu_try_operation_number(struct mu_talk *t)
{
    json_t *request = mu_talk_request(t, "probe", NULL);
    json_object_set_new(request, "op", json_integer(4));
    return mu_talk_refused(t, request, "bad-request");
}

bool mu_try_large_id(struct mu_talk *t)
{
    json_t *request = request_echo(t, MU_BYTES("id")), *result;
    json_object_set_new(request, "id", json_integer(ID_MOST));
    return mu_talk_result(t, request, &result);
}

bool mu_try_reply_members(struct mu_talk *t)
{
    json_t *reply;
    const char *unknown;
    TRY(mu_talk_ask(t, request_echo(t, MU_BYTES("a")), &reply));
    TRY(mu_sap_members(t, reply, mu_sap_reply_members(), "reply", &unknown));
    TRY(unknown == NULL || mu_talk_no(t, "the protocol knows no member '%.60s' here", unknown));
    TRY(mu_talk_ask(t, mu_talk_request(t, "probe", NULL), &reply));
    TRY(mu_sap_members(t, reply, mu_sap_reply_members(), "reply", &unknown));
    if (json_object_get(reply, "result") != NULL)
        return mu_talk_no(t, "a reply that is not ok has a result");
    const json_t *message = json_object_get(json_object_get(reply, "error"), "message");
    return json_is_string(message) || mu_talk_no(t, "the error has no message");
}

bool mu_try_hello_twice(struct mu_talk *t)
{
    json_t *hello =
        mu_talk_request(t, "hello", "{s:[i],s:{s:s,s:s},s:s,s:s,s:{s:i}}", "sap", MU_SAP_VERSION,
                        "harness", "name", "muster", "version", "check", "run", "check", "nonce",
                        t->task->nonce, "limits", "max_line", (int) MU_SAP_LINE_MAX);
    return mu_talk_refused(t, hello, "precondition bad-request");
}

/* --- lines ---------------------------------------------------------------------------------------- */

bool mu_try_pieces(struct mu_talk *t)
{
    json_t *request = request_echo(t, every_octet(t->arena)), *reply, *result;
    struct mu_bytes line = mu_talk_write(t, request);
    for (size_t at = 0; at < line.n; at += 100) {
        struct timespec moment = { .tv_nsec = 200000 };
        TRY(mu_talk_send(t, mu_bytes_slice(line, at, 100)));
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    }
    t->now->sent = "one request in pieces of 100 octets";
    TRY(mu_talk_take(t, request, t->task->wait_ms, &reply));
    return mu_talk_done(t, reply, &result);
}

bool mu_try_two_at_once(struct mu_talk *t)
{
    json_t *one = request_echo(t, MU_BYTES("one")), *two = request_echo(t, MU_BYTES("two"));
    json_t *reply, *result;
    struct mu_buf lines = { .arena = t->arena };
    if (t->in_flight < 2)
        return mu_talk_skip(t, "it takes one request at a time");
    mu_buf_put_bytes(&lines, mu_talk_write(t, one));
    mu_buf_put_bytes(&lines, mu_talk_write(t, two));
    TRY(mu_talk_send(t, mu_buf_bytes(&lines)));
    TRY(mu_talk_take(t, two, t->task->wait_ms, &reply) && mu_talk_done(t, reply, &result));
    TRY(same_octets(t, result, MU_BYTES("two")));
    TRY(mu_talk_take(t, one, t->task->wait_ms, &reply) && mu_talk_done(t, reply, &result));
    return same_octets(t, result, MU_BYTES("one"));
}

/* Order, white space and escapes are free in JSON. */
bool mu_try_other_json(struct mu_talk *t)
{
    json_t *request = mu_talk_request(t, "probe", NULL), *reply, *result;
    char line[160];
    int n = snprintf(line, sizeof line,
                     " { \"k\\u0069nd\" : \"\\u0065cho\",\t\"data\": {\"b64\" :\"QQ\\u003d=\"} , "
                     "\"op\":\"probe\", \"id\": %" JSON_INTEGER_FORMAT " } \n",
                     json_integer_value(json_object_get(request, "id")));
    TRY(mu_talk_send(t, (struct mu_bytes){ line, (size_t) n }));
    TRY(mu_talk_take(t, request, t->task->wait_ms, &reply) && mu_talk_done(t, reply, &result));
    return same_octets(t, result, MU_BYTES("A"));
}

/* As many as it says that it takes, in one write. */
static size_t many(const struct mu_talk *t)
{
    return t->in_flight < MU_SAP_CHECK_ASIDE ? t->in_flight : MU_SAP_CHECK_ASIDE;
}

static struct mu_bytes number_octets(struct mu_talk *t, size_t i)
{
    return mu_bytes_of(mu_arena_printf(t->arena, "%s %zu", t->task->nonce, i));
}

bool mu_try_pipeline(struct mu_talk *t)
{
    struct mu_buf lines = { .arena = t->arena };
    t->burst = mu_talk_keep(t, json_array());
    for (size_t i = 0; i < many(t); i++) {
        json_array_append(t->burst, request_echo(t, number_octets(t, i)));
        mu_buf_put_bytes(&lines, mu_talk_write(t, json_array_get(t->burst, i)));
    }
    TRY(mu_talk_send(t, mu_buf_bytes(&lines)));
    t->answers = mu_talk_keep(t, json_array());
    for (size_t i = many(t); i-- > 0;) { /* the last first: any order must do */
        json_t *reply;
        TRY(mu_talk_take(t, json_array_get(t->burst, i), t->task->wait_ms, &reply));
        json_array_insert(t->answers, 0, reply);
    }
    return true;
}

bool mu_try_own_data(struct mu_talk *t)
{
    json_t *result;
    if (json_array_size(t->answers) < many(t))
        return mu_talk_no(t, "there was not an answer to each");
    for (size_t i = 0; i < many(t); i++) {
        TRY(mu_talk_done(t, json_array_get(t->answers, i), &result));
        TRY(same_octets(t, result, number_octets(t, i)));
    }
    return true;
}

/* --- the end -------------------------------------------------------------------------------------- */

bool mu_try_unasked(struct mu_talk *t)
{
    size_t n = json_array_size(t->waiting);
    return n == 0 || mu_talk_no(t, "%zu replies came to what was not asked, or twice", n);
}

bool mu_try_bye(struct mu_talk *t)
{
    json_t *result;
    return mu_talk_result(t, mu_talk_request(t, "bye", NULL), &result);
}

bool mu_try_last_word(struct mu_talk *t)
{
    struct mu_bytes line;
    bool there;
    mu_talk_hang_up(t);
    if (mu_talk_line(t, t->task->wait_ms, &line, &there))
        return mu_talk_no(t, "a line came after the reply to bye");
    return t->ended || mu_talk_no(t, "it keeps its side open after bye");
}

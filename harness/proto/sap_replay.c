/* An adapter that says what another one has said. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "core/sap.h"
#include "proto/sap_line.h"
#include "proto/sap_replay.h"

void mu_sap_replay_start(void)
{
    json_object_seed(0);
}

/* --- finding -------------------------------------------------------------------------------------- */

static struct mu_replay_asked *in_life(struct mu_replay_asked *first, size_t life)
{
    while (first != NULL && first->life != life)
        first = first->next;
    return first;
}

/* Is this the life that is to be played? One that is asked what only a later one knows is that one: so several
 * replays of one record find theirs, and one that cannot count. */
static void settle(struct mu_sap_replay *r, struct mu_replay_asked *first)
{
    if (r->settled || first == NULL || r->at == r->lives)
        return;
    if (in_life(first, r->at) == NULL && first->life > r->at)
        r->at = first->life;
    r->settled = first->life == r->at && first->next == NULL;
}

/* One more of what the played life was asked. */
static void count(struct mu_sap_replay *r)
{
    if (r->at < r->lives && r->life[r->at].left > 0)
        r->life[r->at].left--;
}

/* The next reply; asked more often than the adapter was, the last one again. */
static struct mu_replay_reply *take(struct mu_replay_asked *asked)
{
    bool more = asked->taken >= asked->times;
    asked->taken++;
    if (asked->reply != NULL) {
        asked->latest = asked->reply;
        asked->reply = asked->reply->next;
        return asked->latest;
    }
    return more ? asked->latest : NULL;
}

/* An answer that is not given, because that life gave none: it ended, or the harness waited in vain. */
static bool withhold(struct mu_sap_replay *r, size_t life)
{
    const struct mu_replay_life *l = &r->life[life];
    if (l->ended && !l->closed && !r->doomed) {
        r->doomed = true;
        r->status = l->status;
    }
    return mu_replay_dies(l) || l->closed;
}

/* As the record has it: the life that is played, or else another one that was asked the same. NULL with
 * *never: this gets no answer. */
static struct mu_replay_reply *recorded(struct mu_sap_replay *r, struct mu_replay_asked *first,
                                        bool *never)
{
    struct mu_replay_asked *ours = in_life(first, r->at);
    struct mu_replay_reply *reply = NULL;
    *never = false;
    if (ours != NULL) {
        if (ours->taken < ours->times)
            count(r);
        reply = take(ours);
        *never = reply == NULL && withhold(r, r->at);
    }
    for (struct mu_replay_asked *a = first; a != NULL && reply == NULL && !*never; a = a->next)
        if (a != ours)
            reply = take(a);
    for (struct mu_replay_asked *a = first; a != NULL && reply == NULL && !*never; a = a->next)
        *never = withhold(r, a->life);
    return reply;
}

/* --- answering ------------------------------------------------------------------------------------ */

static json_t *failed(const char *code, const char *message)
{
    return json_pack("{s:b,s:{s:s,s:s}}", "ok", 0, "error", "code", code, "message", message);
}

static json_t *done(json_t *result)
{
    return json_pack("{s:b,s:o}", "ok", 1, "result", result);
}

static json_t *probe(const json_t *request)
{
    struct timespec now;
    json_t *data = json_object_get(request, "data");
    clock_gettime(CLOCK_REALTIME, &now);
    if (strcmp(mu_replay_text(request, "kind"), "clock") == 0)
        return done(
            json_pack("{s:I}", "unix_ms", (json_int_t) now.tv_sec * 1000 + now.tv_nsec / 1000000));
    if (strcmp(mu_replay_text(request, "kind"), "echo") == 0 && data != NULL)
        return done(json_pack("{s:O}", "data", data));
    return failed("bad-request", "a probe is an echo or a clock");
}

static void miss(struct mu_sap_replay *r, int say, const char *what)
{
    if (++r->missed <= MU_SAP_REPLAY_SAID)
        dprintf(say, "replay: the record has no answer to %.200s\n",
                mu_text_line(r->arena, mu_bytes_of(what)));
}

/*
 * A life that ends while much is in hand is played in the order of the record: a reply too early would let the
 * harness begin what it had not begun when that life ended, and what it begins is lost with it.
 */
static bool too_early(const struct mu_sap_replay *r, const struct mu_replay_asked *first,
                      const struct mu_replay_reply *reply)
{
    const struct mu_replay_life *life = &r->life[r->at];
    for (; first != NULL && first->life != r->at; first = first->next)
        ;
    return !r->loose && first != NULL && first->latest == reply && mu_replay_breaks(life)
           && reply->after > life->requests - life->left;
}

/* NULL: this gets no answer, or not yet, or only with cancel. */
static json_t *answer_recorded(struct mu_sap_replay *r, const json_t *request, enum mu_sap_op op,
                               int say)
{
    bool never;
    const char *what = mu_replay_question(r->arena, request);
    struct mu_replay_asked *first = mu_replay_find(r->known, what);
    settle(r, first);
    struct mu_replay_reply *reply = recorded(r, first, &never);
    if (reply != NULL && too_early(r, first, reply)) {
        json_t *copy = json_copy(reply->line);
        json_object_set(copy, "id", json_object_get(request, "id"));
        json_array_append_new(r->early, json_pack("[io]", (int) reply->after, copy));
        return NULL;
    }
    if (reply != NULL && !reply->late)
        return json_copy(reply->line);
    if (reply != NULL)
        json_object_set(r->held, mu_replay_id(r->arena, request, "id"), reply->line);
    if (reply != NULL || never)
        return NULL;
    miss(r, say, what);
    /* Whoever is only greeted is not told of policies, and need not be configured. */
    return failed(op == MU_SAP_CONFIGURE ? "unsupported" : "adapter-fault",
                  "the record has no answer to this");
}

static json_t *greeting(struct mu_sap_replay *r, const json_t *request, int say)
{
    r->foreign = r->nonce != NULL && strcmp(mu_replay_text(request, "nonce"), r->nonce) != 0;
    if (r->foreign)
        dprintf(say,
                "replay: the nonce of this run is not that of the record: little will be found\n");
    if (r->cut != 0)
        dprintf(say, "replay: %s:%u: the record is cut off here\n", r->name, r->cut);
    json_t *hello = r->life[r->at].hello;
    if (hello == NULL && r->at < r->lives && mu_replay_dies(&r->life[r->at]))
        return (void) withhold(r, r->at), NULL;
    for (size_t i = 0; i < r->lives && hello == NULL; i++)
        hello = r->life[i].hello;
    return hello != NULL ? json_copy(hello) : failed("adapter-fault", "the record has no greeting");
}

static json_t *answer_op(struct mu_sap_replay *r, const json_t *request, int say)
{
    enum mu_sap_op op;
    if (!mu_sap_op_from_name(mu_replay_text(request, "op"), &op)) {
        count(r);
        return failed("unsupported", "there is no such operation");
    }
    if (op == MU_SAP_CANCEL || op == MU_SAP_BYE)
        return done(json_object());
    if (op != MU_SAP_HELLO && op != MU_SAP_PROBE)
        return answer_recorded(r, request, op, say);
    count(r);
    return op == MU_SAP_HELLO ? greeting(r, request, say) : probe(request);
}

static void put_reply(struct mu_buf *out, json_t *reply, json_t *id)
{
    json_object_set(reply, "id", json_is_integer(id) ? id : json_null());
    char *text = json_dumps(reply, JSON_COMPACT);
    mu_buf_puts(out, text != NULL ? text : "{}");
    mu_buf_putc(out, '\n');
    free(text);
}

/* What was held until now. */
static void put_early(struct mu_sap_replay *r, struct mu_buf *out)
{
    const struct mu_replay_life *life = &r->life[r->at];
    uint32_t asked = life->requests - life->left;
    for (size_t i = 0; i < json_array_size(r->early);) {
        json_t *row = json_array_get(r->early, i), *reply = json_array_get(row, 1);
        if (!r->loose && json_integer_value(json_array_get(row, 0)) > asked) {
            i++;
            continue;
        }
        put_reply(out, reply, json_object_get(reply, "id"));
        json_array_remove(r->early, i);
    }
}

/* A reply that came after its cancel comes after its cancel. */
static void put_late(struct mu_sap_replay *r, const json_t *cancel, struct mu_buf *out)
{
    const char *of = mu_replay_id(r->arena, cancel, "of");
    json_t *held = json_object_get(r->held, of);
    if (held == NULL || strcmp(mu_replay_text(cancel, "op"), "cancel") != 0)
        return;
    json_t *reply = json_copy(held);
    put_reply(out, reply, json_object_get(cancel, "of"));
    json_object_del(r->held, of);
    json_decref(reply);
}

static void answer(struct mu_sap_replay *r, struct mu_bytes line, int say, struct mu_buf *out,
                   bool *bye)
{
    json_t *request = NULL, *reply;
    struct mu_err why;
    if (!mu_sap_json(line, 1, &request, &why))
        reply = failed("bad-request", why.msg);
    else if (!json_is_integer(json_object_get(request, "id")))
        reply = failed("bad-request", "a request has an id that is a number");
    else
        reply = answer_op(r, request, say);
    put_late(r, request, out);
    *bye = strcmp(mu_replay_text(request, "op"), "bye") == 0;
    if (reply != NULL)
        put_reply(out, reply, json_object_get(request, "id"));
    json_decref(reply);
    json_decref(request);
}

/* All that the life was asked has been asked: now comes what it said against the protocol, and its end. */
static void last_words(struct mu_sap_replay *r, struct mu_buf *out, bool *over)
{
    put_early(r, out);
    struct mu_replay_life *life = &r->life[r->at];
    if (r->at == r->lives || r->foreign)
        return;
    if (life->refused.p != NULL && life->requests - life->left >= life->refused_after) {
        mu_buf_put_bytes(out, life->refused);
        life->refused = (struct mu_bytes){ NULL, 0 };
    }
    *over = mu_replay_dies(life) && life->left == 0;
    r->status = *over ? life->status : r->status;
}

/* Nothing more is asked, and something is not answered: what is held goes out, or the end has come. */
static void stuck(struct mu_sap_replay *r, struct mu_buf *out, bool *over)
{
    *over = r->doomed && json_array_size(r->early) == 0;
    r->loose = true;
    put_early(r, out);
}

bool mu_sap_replay_serve(struct mu_sap_replay *replay, int in, int out, int say, int *status,
                         struct mu_err *err)
{
    struct mu_sap_wire wire;
    struct mu_sap_lines lines;
    bool over = false, bye = false;
    mu_sap_wire_descriptors(replay->arena, in, out, &wire);
    mu_sap_lines_start(&lines, replay->arena, &wire);
    while (!over && !bye) {
        struct mu_bytes line;
        bool there, held = replay->doomed || json_array_size(replay->early) > 0;
        uint64_t wait = held ? MU_SAP_REPLAY_STUCK_MS : MU_SAP_REPLAY_MS;
        if (!mu_sap_line(&lines, mu_clock_ms() + wait, &line, &there, err))
            return err->code == MU_ERR_CLOSED
                       ? mu_fail(err, MU_ERR_CLOSED, "the harness hung up without bye")
                       : false;
        if (!there && !held)
            return mu_fail(err, MU_ERR_DEADLINE, "the harness has said nothing for a day");
        if (there)
            answer(replay, line, say, &lines.out, &bye);
        else
            stuck(replay, &lines.out, &over);
        if (!bye && !over)
            last_words(replay, &lines.out, &over);
        if (over || bye || !mu_sap_has_line(&lines))
            TRY(mu_sap_flush(&lines, mu_clock_ms() + MU_SAP_REPLAY_MS, err));
    }
    *status = bye ? 0 : replay->status;
    return true;
}

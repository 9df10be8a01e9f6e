/* One case in hand of a job that serves an adapter, from request to request. */
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "suite/engine_serve.h"

static void free_arena(void *arena)
{
    mu_arena_free(arena);
}

/* What the adapter said unasked, beside what it answered: a line each, as it might have been said. */
static void keep_events(struct mu_server *s, struct mu_engine_case *e)
{
    static const char *const word[MU_SAP_EVENTS] = { "log", "evidence", "state", "warn" };
    struct mu_sap_event event;
    while (s->engine->o.sap->event(s->link, e->arena, e->blind, &event)) {
        struct mu_json j = { .out = &e->lines };
        if (event.kind == MU_SAP_WARN && event.text != NULL)
            mu_seat_note(
                s->seat, "adapter: %s",
                mu_text_line(e->arena, mu_bytes_slice(mu_bytes_of(mu_engine_foreign(e, event.text)),
                                                      0, 500)));
        if (!mu_seat_keeps(s->seat))
            continue;
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "ev", word[event.kind]);
        mu_json_text(&j, "name", event.name);
        mu_json_text(&j, "text", event.text);
        if (event.data.n > 0)
            mu_json_text(&j, "b64", mu_bytes_dup(e->arena, mu_base64_write(e->arena, event.data)));
        mu_json_close(&j, '}');
        mu_buf_puts(&e->lines, "\n");
    }
}

void mu_engine_keep_lines(struct mu_engine_case *e, const struct mu_sap_reply *reply)
{
    const struct mu_bytes line[] = { reply->asked, reply->answered };
    for (size_t i = 0; i < MU_COUNT(line); i++) {
        mu_buf_put_bytes(&e->lines, line[i]);
        if (line[i].n > 0)
            mu_buf_puts(&e->lines, "\n");
    }
}

static bool put(struct mu_server *s, struct mu_hand *h, struct mu_err *err)
{
    struct mu_sap_request request;
    struct mu_err why;
    mu_engine_request(h->e, h->ask, &request);
    h->deadline_ms = mu_clock_ms() + request.deadline_ms + MU_ASK_LATE_MS;
    return s->engine->o.sap->put(s->link, &request, &h->id, &why)
           || mu_server_broke(s, h->ask->op, &why, err);
}

static void drop(struct mu_server *s, struct mu_hand *h)
{
    mu_arena_free(h->arena);
    *h = (struct mu_hand){ .busy = false };
    s->hands--;
}

/* The case is told of, whatever the adapter makes of its end. */
static bool finish(struct mu_server *s, struct mu_hand *h, struct mu_err *err)
{
    struct mu_case_end end;
    struct mu_err why;
    if (s->broken == NULL)
        keep_events(s, h->e);
    if (s->broken == NULL && h->e->answers > 0
        && !s->engine->o.sap->end(s->link, h->e->blind, &why))
        TRY(mu_server_broke(s, MU_SAP_END, &why, err));
    TRY(mu_engine_keep_evidence(h->e, err));
    mu_engine_end_of(h->e, &end);
    mu_seat_case_done(s->seat, h->order.item, h->order.attempt, &end);
    drop(s, h);
    return true;
}

bool mu_hand_go_on(struct mu_server *s, struct mu_hand *h, struct mu_err *err)
{
    struct mu_engine_case *e = h->e;
    while (h->at < e->c->steps && !e->stop) {
        const struct mu_step *step = &e->c->step[h->at++];
        if (step->kind == MU_STEP_ASK) {
            h->ask = mu_ask_find(e->asks, step->id);
            return put(s, h, err);
        }
        TRY(mu_engine_step_run(e, step, err));
    }
    return finish(s, h, err);
}

static struct mu_hand *find(struct mu_server *s, uint64_t id)
{
    for (size_t i = 0; i < s->room; i++)
        if (s->hand[i].busy && s->hand[i].id == id)
            return &s->hand[i];
    return NULL;
}

bool mu_hand_take(struct mu_server *s, struct mu_arena *arena, const struct mu_sap_reply *reply,
                  struct mu_err *err)
{
    struct mu_hand *h = find(s, reply->id);
    if (h == NULL) { /* of nothing that was asked here */
        mu_arena_free(arena);
        return true;
    }
    mu_arena_defer(h->arena, free_arena, arena);
    mu_seat_case(s->seat, h->order.item, h->order.attempt);
    h->id = 0;
    if (reply->error == MU_SAP_DEADLINE)
        s->late = h->ask->op;
    mu_engine_keep_lines(h->e, reply);
    mu_engine_answered(h->e, h->ask, reply);
    return mu_hand_go_on(s, h, err);
}

/* The line that broke it lies with the case that was in hand: it may hold more than a sentence can say. */
static bool keep_refused(struct mu_server *s, struct mu_err *err)
{
    struct mu_bytes line = { "", 0 };
    if (s->link != NULL && mu_seat_keeps(s->seat))
        line = s->engine->o.sap->refused(s->link);
    return line.n == 0 || mu_seat_evidence(s->seat, MU_EVIDENCE_REFUSED, 1, line, err);
}

/* Of several nobody knows which one the adapter broke on: they come again, one at a time. */
bool mu_hands_lost(struct mu_server *s, struct mu_err *err)
{
    bool several = s->hands > 1;
    for (size_t i = 0; i < s->room; i++) {
        struct mu_hand *h = &s->hand[i];
        if (!h->busy)
            continue;
        if (several) {
            mu_seat_case_again(s->seat, h->order.item, h->order.attempt, s->broken);
            drop(s, h);
            continue;
        }
        mu_seat_case(s->seat, h->order.item, h->order.attempt);
        mu_engine_blame(h->e, s->broken, mu_engine_foreign(h->e, s->why));
        TRY(keep_refused(s, err) && finish(s, h, err));
    }
    return true;
}

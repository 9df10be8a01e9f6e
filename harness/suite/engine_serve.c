/*
 * A job that serves many cases over one adapter: orders in, requests out, replies judged as they come.
 *
 * Requests are collected and written in one go; replies come in any order and find their case by the
 * id of the request. A case asks one thing after the other; cases run side by side.
 */
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "suite/engine_serve.h"

/* --- the link ------------------------------------------------------------------------------------- */

/* What the run is called towards adapters: nothing that leads to the key of tokens. */
static const char *alias(struct mu_arena *arena, uint64_t run_key, const char *what)
{
    char text[MU_DIGEST_TEXT];
    mu_digest_text(
        mu_bytes_of(mu_arena_printf(arena, "%s %llx", what, (unsigned long long) run_key)), text);
    return mu_arena_strndup(arena, text, 24);
}

bool mu_server_broke(struct mu_server *s, enum mu_sap_op op, const struct mu_err *why,
                     struct mu_err *err)
{
    static const enum mu_err_code its[] = { MU_ERR_PEER, MU_ERR_CLOSED, MU_ERR_DEADLINE, MU_ERR_TLS,
                                            MU_ERR_IO };
    for (size_t i = 0; i < MU_COUNT(its); i++) {
        if (why->code != its[i])
            continue;
        s->broken = mu_arena_printf(s->seat->arena, "%s",
                                    mu_sap_reason(why, op < MU_SAP_OPS ? op : s->late));
        s->why = mu_sap_sentence(s->seat->arena, why);
        return true;
    }
    *err = *why;
    return false;
}

static bool open_link(struct mu_server *s, size_t p, struct mu_err *err)
{
    const struct mu_engine *engine = s->engine;
    const struct mu_engine_options *o = &engine->o;
    s->transcript.arena = s->seat->arena;
    struct mu_sap_opening opening = {
        .way = engine->program[p].way,
        .in = s->seat->adapter_in,
        .out = s->seat->adapter_out,
        .tls = engine->control[p].tls,
        .peer = &engine->control[p].peer,
        .suite = mu_arena_printf(s->seat->arena, "%s %s", o->suite->id, o->suite->revision),
        .suite_digest = mu_arena_printf(s->seat->arena, "sha256:%s", o->suite->digest),
        .run_id = alias(s->seat->arena, s->seat->run_key, "run"),
        .nonce = alias(s->seat->arena, s->seat->run_key, "nonce"),
        .operation_ms = o->profile->operation_ms,
        .allow_empty_caps = o->allow_empty_caps,
        .policy = engine->policy,
        .policies = o->profile->policies.count,
        .test_time = engine->test_time_text,
        .transcript = mu_seat_keeps(s->seat) ? &s->transcript : NULL,
    };
    struct mu_err why;
    if (o->sap->open(s->seat, &opening, &s->link, &s->hello, &why))
        return true;
    return mu_server_broke(s, MU_SAP_HELLO, &why, err);
}

/* --- cases that are asked for ------------------------------------------------------------------------ */

static bool claims(const struct mu_sap_hello *hello, const char *name)
{
    for (size_t i = 0; i < hello->caps; i++)
        if (!hello->cap[i].unsupported && strcmp(hello->cap[i].name, name) == 0)
            return true;
    return false;
}

/* What the SUT file says of the adapter, and the adapter does not; NULL: it is fit for the case. */
static const char *unfit(struct mu_server *s, const struct mu_engine_case *e, size_t item)
{
    const struct mu_case *c = e->c;
    bool tried_anyway = (s->engine->o.plan->in[item].flags & MU_PLANNED_UNCLAIMED) != 0;
    if ((s->hello.roles & mu_role_bit(c->role)) == 0)
        return mu_arena_printf(e->arena, "the adapter does not offer the role '%s'",
                               mu_role_name(c->role));
    for (size_t i = 0; i < c->capabilities && !tried_anyway; i++)
        if (!claims(&s->hello, c->capability[i]))
            return mu_arena_printf(e->arena, "the adapter does not claim '%s'", c->capability[i]);
    return NULL;
}

static struct mu_hand *free_hand(struct mu_server *s)
{
    for (size_t i = 0; i < s->room; i++)
        if (!s->hand[i].busy)
            return &s->hand[i];
    return NULL;
}

static bool begin(struct mu_server *s, const struct mu_order_case *order, struct mu_err *err)
{
    struct mu_hand *h = free_hand(s);
    *h = (struct mu_hand){ .busy = true, .order = *order };
    h->arena = mu_arena_new(MU_JOB_ARENA_MAX);
    h->e = mu_new(h->arena, struct mu_engine_case);
    s->hands++;
    mu_seat_case(s->seat, order->item, order->attempt);
    mu_engine_start(h->e, s->engine, s->seat, h->arena);
    mu_engine_start_asks(h->e, order->item, order->attempt);
    const char *why = unfit(s, h->e, order->item);
    if (why != NULL)
        mu_engine_blame(h->e, "adapter:capabilities", why);
    return mu_hand_go_on(s, h, err);
}

/* Another job wants to ask: its lines go over this link from now on. */
static bool attach(struct mu_server *s, int channel, struct mu_err *err)
{
    struct mu_err why;
    return s->engine->o.sap->attach(s->link, channel, &why)
           || mu_server_broke(s, MU_SAP_OPS, &why, err);
}

/* *ended: there will be no more. */
static bool take_orders(struct mu_server *s, bool *ended, struct mu_err *err)
{
    while (!*ended && s->broken == NULL && s->hands < s->room) {
        enum mu_order_kind kind;
        struct mu_order_case order;
        TRY(mu_seat_next_order(s->seat, &kind, &order, err));
        if (kind == MU_ORDER_IDLE)
            return true;
        if (kind == MU_ORDER_CASE)
            TRY(begin(s, &order, err));
        else if (kind == MU_ORDER_CHANNEL)
            TRY(attach(s, order.fd, err));
        else
            *ended = true;
    }
    return true;
}

/* --- the loop -------------------------------------------------------------------------------------- */

static bool take_replies(struct mu_server *s, struct mu_err *err)
{
    for (bool there = true; there && s->broken == NULL;) {
        struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
        struct mu_sap_reply reply;
        struct mu_err why;
        bool ok = s->engine->o.sap->next(s->link, arena, 0, &reply, &there, &why);
        if (!ok || !there) {
            mu_arena_free(arena);
            if (!ok)
                TRY(mu_server_broke(s, MU_SAP_OPS, &why, err));
            there = false;
            continue;
        }
        TRY(mu_hand_take(s, arena, &reply, err));
    }
    return true;
}

static uint64_t next_deadline(const struct mu_server *s)
{
    uint64_t next = s->seat->deadline_ms;
    for (size_t i = 0; i < s->room; i++)
        if (s->hand[i].busy && s->hand[i].deadline_ms < next)
            next = s->hand[i].deadline_ms;
    return next;
}

/* Write what was collected, then wait for whatever comes first; *channels: some may have said something. */
static bool wait_for_any(struct mu_server *s, size_t *channels, struct mu_err *err)
{
    const struct mu_sap_calls *sap = s->engine->o.sap;
    int fd[MU_SEAT_WAITS] = { sap->fd(s->link) };
    struct mu_err why;
    *channels = sap->channels(s->link, fd + 1, MU_COUNT(fd) - 1);
    if (!sap->flush(s->link, &why))
        return mu_server_broke(s, MU_SAP_OPS, &why, err);
    bool room = s->hands < s->room;
    return sap->ready(s->link)
           || mu_seat_wait(s->seat, room, fd, 1 + *channels, next_deadline(s), err);
}

static bool serve(struct mu_server *s, struct mu_err *err)
{
    struct mu_err why;
    size_t channels = 0;
    for (bool ended = false; s->broken == NULL;) {
        TRY(take_orders(s, &ended, err));
        if (ended && s->hands == 0 && channels == 0)
            return true;
        if (s->broken == NULL)
            TRY(wait_for_any(s, &channels, err));
        if (s->broken == NULL && channels > 0 && !s->engine->o.sap->relay(s->link, &why))
            TRY(mu_server_broke(s, MU_SAP_OPS, &why, err));
        TRY(take_replies(s, err));
    }
    return true;
}

bool mu_engine_serve(void *self, struct mu_seat *seat, size_t p, const char **broken,
                     struct mu_err *err)
{
    const struct mu_engine *engine = self;
    struct mu_server *s = mu_new(seat->arena, struct mu_server);
    *s = (struct mu_server){ .engine = engine, .seat = seat };
    TRY(seat->seal(seat, err));
    TRY(open_link(s, p, err));
    if (s->broken == NULL) {
        uint32_t room = engine->program[p].in_flight;
        s->room = s->hello.in_flight > 0 && s->hello.in_flight < room ? s->hello.in_flight : room;
        s->hand = mu_arena_array(seat->arena, s->room, sizeof *s->hand);
        TRY(mu_server_open(s, p, err));
    }
    if (s->broken == NULL) {
        mu_seat_ready(seat, (uint32_t) p, &s->hello);
        if (s->hello.outside != NULL)
            mu_seat_warn(seat, (uint32_t) p, s->hello.outside);
        TRY(serve(s, err));
    }
    if (s->broken == NULL)
        TRY(mu_server_close(s, p, err));
    if (s->broken != NULL) {
        mu_seat_warn(seat, (uint32_t) p, s->why);
        TRY(mu_hands_lost(s, err));
    }
    if (s->link != NULL && s->broken == NULL)
        engine->o.sap->close(s->link);
    *broken = s->broken;
    return true;
}

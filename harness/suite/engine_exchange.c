/*
 * Systems that exchange messages and are moved, or looked into, through an adapter: send makes a sender
 * send, await says what the user of a receiver sees, relay.stat what a relay kept back.
 *
 * The adapter belongs to another job; this one asks over a channel to it. What is judged is what came
 * over the wire and what the user sees, never what the adapter thinks of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "format/stored.h"
#include "suite/engine_case.h"

/* The link of this case to an adapter; NULL when it is not to be had, which the case is told. */
static bool link_to(struct mu_engine_case *e, int adapter, struct mu_sap_link **link,
                    struct mu_err *err)
{
    const struct mu_engine *engine = e->engine;
    struct mu_sap_hello hello;
    struct mu_err why;
    int fd;
    *link = e->channel[adapter];
    if (*link != NULL)
        return true;
    if (!mu_seat_channel(e->seat, (uint32_t) engine->program_of[adapter], &fd, &why)) {
        if (why.code != MU_ERR_IO) {
            *err = why;
            return false;
        }
        mu_engine_blame(e, "adapter:gone", mu_engine_foreign(e, why.msg));
        return true;
    }
    struct mu_buf *said = mu_new(e->arena, struct mu_buf);
    said->arena = e->arena;
    const struct mu_sap_opening opening = {
        .way = MU_SAP_CHANNEL,
        .in = fd,
        .out = fd,
        .operation_ms = engine->o.profile->operation_ms,
        .transcript = mu_seat_keeps(e->seat) ? said : NULL,
    };
    TRY(engine->o.sap->open(e->seat, &opening, link, &hello, err));
    e->channel[adapter] = *link;
    return true;
}

/* The link broke: the adapter's, never the system's. */
static bool broke(struct mu_engine_case *e, enum mu_sap_op op, const struct mu_err *why,
                  struct mu_err *err)
{
    if (why->code == MU_ERR_USAGE || why->code == MU_ERR_PROFILE || why->code == MU_ERR_LIMIT) {
        *err = *why;
        return false;
    }
    mu_engine_blame(e, mu_sap_reason(why, op), mu_engine_foreign(e, why->msg));
    return true;
}

static bool await_reply(struct mu_engine_case *e, struct mu_sap_link *link, enum mu_sap_op op,
                        uint64_t deadline_ms, struct mu_sap_reply *reply, bool *answered,
                        struct mu_err *err)
{
    const struct mu_sap_calls *sap = e->engine->o.sap;
    struct mu_err why;
    if (!sap->next(link, e->arena, deadline_ms, reply, answered, &why)) {
        *answered = false;
        return broke(e, op, &why, err);
    }
    if (!*answered)
        mu_engine_blame(e, mu_arena_printf(e->arena, "timeout:%s", mu_sap_op(op)->name),
                        "no answer");
    return true;
}

bool mu_engine_exchange_ask(struct mu_engine_case *e, const struct mu_step *step, int adapter,
                            struct mu_sap_request *request, struct mu_sap_reply *reply,
                            bool *answered, struct mu_err *err)
{
    const struct mu_sap_calls *sap = e->engine->o.sap;
    struct mu_sap_link *link;
    struct mu_err why;
    uint64_t id;
    *answered = false;
    TRY(link_to(e, adapter, &link, err));
    if (link == NULL)
        return true;
    request->token = e->blind;
    uint64_t deadline_ms = mu_clock_ms() + request->deadline_ms + (uint64_t) 2 * MU_SAP_CANCEL_MS;
    if (!sap->put(link, request, &id, &why) || !sap->flush(link, &why))
        return broke(e, request->op, &why, err);
    TRY(await_reply(e, link, request->op,
                    deadline_ms < e->seat->deadline_ms ? deadline_ms : e->seat->deadline_ms, reply,
                    answered, err));
    if (*answered)
        mu_engine_keep_lines(e, reply);
    if (*answered && reply->error != MU_SAP_OK) {
        mu_engine_not_done(e, step, reply, request->op);
        *answered = false;
    }
    return true;
}

const char *mu_engine_nonce(struct mu_engine_case *e, const struct mu_made *made)
{
    char text[MU_TOKEN_TEXT];
    struct mu_token token = e->seat->token;
    token.message = (uint8_t) made->number;
    mu_token_write(e->seat->run_key, token, text);
    return mu_arena_strndup(e->arena, text, strlen(text));
}

/* --- the parts that a system plays ---------------------------------------------------------------- */

bool mu_engine_exchange_send(struct mu_engine_case *e, const struct mu_step *step,
                             const struct mu_made *made, struct mu_err *err)
{
    const struct mu_message *m = &made->message;
    struct mu_sap_reply reply;
    bool answered;
    struct mu_sap_request request = {
        .op = MU_SAP_SEND,
        .deadline_ms = e->role->trigger_ms,
        .abstract = m->label,
        .from = m->from,
        .to = m->to,
        .subject = m->subject,
        .marking = m->marking,
        .nonce = mu_engine_nonce(e, made),
        .body = mu_message_text(e->arena, m),
    };
    TRY(mu_engine_exchange_ask(e, step, e->role->trigger_adapter, &request, &reply, &answered,
                               err));
    if (answered)
        mu_engine_step(
            e, step, made->id, "",
            mu_arena_printf(e->arena, "the adapter says: %s", mu_engine_seen(e, &reply.seen)),
            true);
    return true;
}

/* As if it had been delivered into a folder of ours, where the adapter shows the octets. */
static void arrived(struct mu_engine_case *e, struct mu_made *made,
                    const struct mu_sap_reply *reply)
{
    struct mu_parcel *parcel = mu_new(e->arena, struct mu_parcel);
    struct mu_sap_reply *told = mu_new(e->arena, struct mu_sap_reply);
    *told = *reply;
    parcel->seen = reply->seen;
    parcel->seen.outcome = MU_OUTCOME_DELIVERED;
    parcel->leg = (struct mu_leg){ .carrier = "sap", .collected = true };
    if (reply->octets.n > 0) {
        struct mu_stored stored;
        mu_stored_read(e->arena, reply->octets, false, &stored);
        mu_document_leg_of(stored.wire, "sap", &parcel->leg);
        parcel->leg.collected = true;
        parcel->leg.local = stored.local;
    }
    if (told->label != NULL)
        mu_engine_tell_mark(e, told->label);
    made->told = told;
    made->arrived = parcel;
    if (e->alls < MU_COUNT(e->all))
        e->all[e->alls++] = parcel;
}

bool mu_engine_exchange_await(struct mu_engine_case *e, struct mu_made *made, uint32_t wait_ms,
                              struct mu_err *err)
{
    static const struct mu_step step = { .kind = MU_STEP_COLLECT };
    struct mu_sap_request request = { .op = MU_SAP_AWAIT,
                                      .deadline_ms = wait_ms,
                                      .nonce = mu_engine_nonce(e, made),
                                      .to = made->message.to };
    struct mu_sap_reply reply;
    bool answered;
    TRY(mu_engine_exchange_ask(e, &step, e->role->observe_adapter, &request, &reply, &answered,
                               err));
    if (!answered)
        return true;
    enum mu_outcome outcome = reply.seen.outcome;
    if (outcome == MU_OUTCOME_DELIVERED || outcome == MU_OUTCOME_ACCEPTED)
        arrived(e, made, &reply);
    else if (outcome == MU_OUTCOME_BOUNCED)
        made->bounced = mu_new(e->arena, struct mu_parcel);
    made->withheld = outcome == MU_OUTCOME_WITHHELD || outcome == MU_OUTCOME_REFUSED;
    mu_engine_step(e, &step, made->id, "", mu_engine_seen(e, &reply.seen), true);
    return true;
}

bool mu_engine_exchange_stat(struct mu_engine_case *e, struct mu_made *made, struct mu_err *err)
{
    static const struct mu_step step = { .kind = MU_STEP_COLLECT };
    struct mu_sap_request request = { .op = MU_SAP_RELAY_STAT,
                                      .deadline_ms = e->seat->operation_ms,
                                      .nonce = mu_engine_nonce(e, made) };
    struct mu_sap_reply reply;
    bool answered;
    TRY(mu_engine_exchange_ask(e, &step, e->role->observe_adapter, &request, &reply, &answered,
                               err));
    for (size_t i = 0; answered && i < reply.passages; i++) {
        enum mu_outcome outcome = reply.passed[i].seen.outcome;
        if (strcmp(reply.passed[i].nonce, request.nonce) == 0)
            made->withheld = outcome == MU_OUTCOME_WITHHELD || outcome == MU_OUTCOME_REFUSED;
    }
    return true;
}

/* The adapters that opened what the case needed are still there, or it is theirs what the case saw. */
bool mu_engine_exchange_alive(struct mu_engine_case *e, struct mu_err *err)
{
    static const struct mu_step step = { .kind = MU_STEP_ASK };
    const struct mu_sut *sut = e->engine->o.sut;
    const struct mu_endpoint *const place[] = {
        e->role->deliver, e->role->collect >= 0 ? &sut->address[e->role->collect] : NULL
    };
    for (size_t i = 0; i < MU_COUNT(place) && e->verdict < MU_ERROR; i++) {
        struct mu_sap_request request = { .op = MU_SAP_PROBE,
                                          .deadline_ms = e->seat->operation_ms };
        struct mu_sap_reply reply;
        bool answered;
        bool again = i > 0 && place[0] != NULL && place[i] != NULL
                     && place[i]->opened_by == place[0]->opened_by;
        if (place[i] != NULL && place[i]->opened_by > 0 && !again)
            TRY(mu_engine_exchange_ask(e, &step, (int) place[i]->opened_by - 1, &request, &reply,
                                       &answered, err));
    }
    return true;
}

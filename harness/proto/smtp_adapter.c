/* The adapter "smtp": the client and the server of this folder, glued to the seat. */
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "net/dial.h"
#include "net/tls.h"
#include "proto/adapters.h"
#include "proto/delivery.h"
#include "proto/smtp_server.h"

#define OUR_NAME "muster.invalid" /* RFC 6761: resolves nowhere, so nobody takes us for real */

struct mu_session {
    struct mu_seat *seat;
    struct mu_transcript said;
    struct mu_smtp_client client; /* stream NULL: never connected                             */
    struct mu_buf keys;
    struct mu_leg leg;
};

/* What the network says about the way to the peer; everything else is trouble of ours. */
static bool observe_connect(const struct mu_err *err, struct mu_observation *seen)
{
    static const struct {
        int sys;
        enum mu_outcome outcome;
        enum mu_stage stage;
    } row[] = {
        { ECONNREFUSED, MU_OUTCOME_REFUSED, MU_STAGE_CONNECT },
        { ENETUNREACH, MU_OUTCOME_CLOSED, MU_STAGE_CONNECT },
        { EHOSTUNREACH, MU_OUTCOME_CLOSED, MU_STAGE_CONNECT },
        { ENETDOWN, MU_OUTCOME_CLOSED, MU_STAGE_CONNECT },
        { EHOSTDOWN, MU_OUTCOME_CLOSED, MU_STAGE_CONNECT },
        { ETIMEDOUT, MU_OUTCOME_SILENT, MU_STAGE_CONNECT },
        /* Linux answers a SYN that meets a RST with ECONNREFUSED: this one was connected. */
        { ECONNRESET, MU_OUTCOME_CLOSED, MU_STAGE_SESSION },
    };
    *seen = (struct mu_observation){ .stage = MU_STAGE_CONNECT };
    snprintf(seen->native, sizeof seen->native, "%s", err->msg);
    if (err->code == MU_ERR_DEADLINE)
        seen->outcome = MU_OUTCOME_SILENT;
    for (size_t i = 0; i < MU_COUNT(row) && err->code == MU_ERR_IO; i++)
        if (err->sys == row[i].sys) {
            seen->outcome = row[i].outcome;
            seen->stage = row[i].stage;
        }
    return seen->outcome != MU_OUTCOME_NONE;
}

static bool connect_session(struct mu_session *session, const struct mu_opening *opening,
                            struct mu_err *err)
{
    struct mu_seat *seat = session->seat;
    MU_CLEANUP(mu_fd_close) int fd = opening->fd;
    if (fd < 0)
        TRY(mu_seat_dial(seat, opening->endpoint_index, &fd, err));
    TRY(mu_dial_finish(fd, mu_seat_operation_deadline(seat), err));
    struct mu_stream *s = mu_stream_new(seat->arena, fd, seat->deadline_ms);
    fd = -1;
    s->operation_ms = seat->operation_ms;
    session->client = (struct mu_smtp_client){ .stream = s, .said = &session->said };
    mu_transcript_note(&session->said, MU_SENT, "connected to %s", opening->endpoint->address.text);
    return true;
}

static bool smtp_open(struct mu_seat *seat, const struct mu_opening *opening,
                      struct mu_session **session, struct mu_observation *seen, struct mu_err *err)
{
    struct mu_session *fresh = mu_new(seat->arena, struct mu_session);
    fresh->seat = seat;
    fresh->keys.arena = seat->arena;
    fresh->said = (struct mu_transcript){ .arena = seat->arena, .zero_ms = seat->zero_ms };
    if (!connect_session(fresh, opening, err)) {
        TRY(observe_connect(err, seen));
        mu_transcript_note(&fresh->said, MU_RECEIVED, "%s", err->msg);
    } else {
        TRY(mu_smtp_open(&fresh->client, opening, seat->key_log ? &fresh->keys : NULL, seen, err));
    }
    *session = fresh;
    return true;
}

static bool smtp_send(struct mu_session *session, const struct mu_submission *submission,
                      struct mu_observation *seen, struct mu_err *err)
{
    return mu_smtp_send(&session->client, submission, seen, err);
}

static bool smtp_alive(const struct mu_session *session)
{
    return session->client.alive;
}

static void keep_keys(struct mu_seat *seat, const struct mu_buf *keys)
{
    struct mu_err err;
    if (keys->n > 0 && !mu_seat_evidence(seat, MU_EVIDENCE_KEYS, 1, mu_buf_bytes(keys), &err))
        mu_seat_note(seat, "TLS keys are not kept: %s", err.msg);
}

static void smtp_close(struct mu_session *session)
{
    if (session->client.stream == NULL)
        return;
    mu_smtp_quit(&session->client);
    keep_keys(session->seat, &session->keys);
    session->keys.n = 0;
}

static const struct mu_leg *smtp_leg(const struct mu_session *session)
{
    /* The leg is a view that is made afresh; the session is ours. */
    struct mu_leg *leg = &((struct mu_session *) (uintptr_t) session)->leg;
    *leg = (struct mu_leg){
        .carrier = "smtp", .name = "", .said = session->said.said, .says = session->said.says
    };
    if (session->client.stream != NULL)
        leg->tls = session->client.stream->tls;
    return leg;
}

/* --- receptions --- */

static struct mu_leg leg_of(const struct mu_smtp_session *t)
{
    struct mu_leg leg = { .carrier = "smtp",
                          .name = "",
                          .collected = true,
                          .tls = t->stream->tls,
                          .envelope = t->envelope };
    leg.said = mu_smtp_dialogue(t, &leg.says);
    return leg;
}

static bool on_mail(void *self, struct mu_smtp_session *t, struct mu_smtp_answer *answer,
                    struct mu_err *err)
{
    (void) t;
    (void) answer;
    (void) err;
    mu_delivery_forget(self);
    return true;
}

static bool on_rcpt(void *self, struct mu_smtp_session *t, struct mu_smtp_answer *answer,
                    struct mu_err *err)
{
    (void) answer;
    return mu_delivery_claim(self, t->envelope.to[t->envelope.tos - 1], err);
}

static bool on_content(void *self, struct mu_smtp_session *t, struct mu_smtp_answer *answer,
                       struct mu_err *err)
{
    struct mu_delivery *d = self;
    (void) answer;
    if (d->claims == 0)
        TRY(mu_delivery_claim_content(d, t->content, t->envelope.null_from, err));
    struct mu_leg leg = leg_of(t);
    leg.bounce = t->envelope.null_from;
    leg.has_message = true;
    leg.message = t->content;
    return mu_delivery_hand_over(d, &leg, err);
}

/* The connection brought no message to anybody: whoever runs alone hears how it went. */
static bool tell_owner(struct mu_seat *seat, const struct mu_smtp_session *t, int owner,
                       struct mu_err *err)
{
    struct mu_parcel parcel = { .seen = t->ended, .leg = leg_of(t) };
    struct mu_err gone;
    if (mu_seat_hand_over(seat, owner, &parcel, &gone) || gone.code == MU_ERR_CLOSED)
        return true;
    *err = gone;
    return false;
}

static bool smtp_serve(struct mu_seat *seat, const struct mu_endpoint *endpoint,
                       const struct mu_tls *tls, const struct mu_script *script, int fd, int owner,
                       struct mu_err *err)
{
    struct mu_delivery *d = mu_new(seat->arena, struct mu_delivery);
    struct mu_buf keys = { .arena = seat->arena };
    struct mu_transcript said = { .arena = seat->arena, .zero_ms = seat->zero_ms };
    bool stripped = script != NULL && script->no_starttls;
    struct mu_smtp_server server = { .name = OUR_NAME,
                                     .tls = tls,
                                     .mode = tls != NULL ? endpoint->tls : MU_TLS_CLEAR,
                                     .script = script,
                                     .keys = seat->key_log ? &keys : NULL,
                                     .self = d,
                                     .on_mail = on_mail,
                                     .on_rcpt = on_rcpt,
                                     .on_content = on_content };
    /* Where the script takes STARTTLS away, a client that goes on in clear is to be seen doing it. */
    server.demand_tls = server.mode == MU_TLS_STARTTLS && !stripped;
    d->seat = seat;
    struct mu_stream *s = mu_stream_new(seat->arena, fd, seat->deadline_ms);
    s->operation_ms = seat->operation_ms;
    struct mu_smtp_session *t = mu_new(seat->arena, struct mu_smtp_session);
    bool served = mu_smtp_serve(s, &server, &said, t, err);
    mu_delivery_forget(d);
    keep_keys(seat, &keys);
    if (served && owner >= 0 && d->handed == 0 && d->late == 0)
        return tell_owner(seat, t, owner, err);
    return served;
}

const struct mu_adapter mu_smtp_adapter = {
    .name = "smtp",
    .summary = "Internet mail over SMTP (RFC 5321), in clear, with STARTTLS or over TLS",
    .prepare = mu_tls_new,
    .open = smtp_open,
    .send = smtp_send,
    .alive = smtp_alive,
    .close = smtp_close,
    .leg = smtp_leg,
    .serve = smtp_serve,
};

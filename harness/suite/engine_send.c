#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "suite/engine_case.h"

/* How long a missing message is waited for before a marker is sent after it: longer than any relay
 * that does not queue, much shorter than a deadline. */
#define MARKER_AFTER_MS 400

bool mu_engine_has_path(const struct mu_engine_case *e)
{
    return e->role->deliver != NULL && e->seat->parcel_fd >= 0;
}

/* --- what receptions bring -------------------------------------------------------------------- */

/* Octets that were changed and changed again have one token: what comes is the one that was sent. */
static bool is_draft(const struct mu_engine_case *e, const struct mu_made *made)
{
    for (size_t i = 0; i < e->mades && !made->sent; i++)
        if (e->made[i].number == made->number && e->made[i].sent)
            return true;
    return false;
}

static void take_parcel(struct mu_engine_case *e, struct mu_parcel *parcel)
{
    struct mu_token token;
    if (e->alls < MU_COUNT(e->all))
        e->all[e->alls++] = parcel;
    if (!parcel->leg.has_message
        || !mu_token_find(e->seat->run_key, mu_bytes_of(parcel->token), &token)) {
        if (e->looses < MU_COUNT(e->loose))
            e->loose[e->looses++] = parcel;
        return;
    }
    if (token.message >= MU_MARKER) {
        bool current = token.message == e->marker.number;
        e->marker_came = e->marker_came || (current && !parcel->leg.bounce);
        e->marker_bounced = e->marker_bounced || (current && parcel->leg.bounce);
        return;
    }
    for (size_t i = 0; i < e->mades; i++) {
        struct mu_made *made = &e->made[i];
        if (made->number != token.message || is_draft(e, made))
            continue;
        const struct mu_parcel **slot = parcel->leg.bounce ? &made->bounced : &made->arrived;
        if (*slot == NULL)
            *slot = parcel;
    }
}

bool mu_engine_pump(struct mu_engine_case *e, uint64_t deadline_ms,
                    bool (*done)(const struct mu_engine_case *e, const void *x), const void *x,
                    struct mu_err *err)
{
    while (!done(e, x)) {
        struct mu_parcel *parcel;
        TRY(mu_seat_next_parcel(e->seat, deadline_ms, &parcel, err));
        if (parcel == NULL)
            return true;
        take_parcel(e, parcel);
    }
    return true;
}

static bool never(const struct mu_engine_case *e, const void *x)
{
    (void) e, (void) x;
    return false;
}

/* Messages that the SUT took and that were not proved withheld may come out when the case is over. */
static uint32_t may_come(const struct mu_engine_case *e)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < e->mades; i++) {
        const struct mu_made *made = &e->made[i];
        bool taken = made->triggered || made->escaped || made->fate.outcome == MU_OUTCOME_ACCEPTED;
        if (taken && made->arrived == NULL && !made->withheld)
            bits |= 1U << made->number;
    }
    return bits;
}

bool mu_engine_last_look(struct mu_engine_case *e, struct mu_err *err)
{
    static const struct mu_step step = { .kind = MU_STEP_NOTHING_ELSE };
    mu_seat_close_parcels(e->seat, may_come(e));
    if (e->seat->parcel_fd < 0)
        return true;
    TRY(mu_engine_pump(e, 0, never, NULL, err));
    for (size_t i = 0; i < e->mades; i++) {
        const struct mu_made *made = &e->made[i];
        bool taken = made->triggered || made->fate.outcome == MU_OUTCOME_ACCEPTED;
        if (made->arrived != NULL && !made->consumed && (!taken || made->withheld))
            mu_engine_finding(e, &step, MU_FAIL, "delivered:unexpected",
                              "a refused message stays where it is",
                              mu_arena_printf(e->arena, "message '%s' was delivered", made->id));
    }
    return true;
}

/* --- sessions ----------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool can_go_on(const struct mu_engine_session *s, const struct mu_step *step,
                      const char *identity, const char *tls)
{
    return s->opened.outcome == MU_OUTCOME_NONE && !step->inject && step->host == NULL
           && same_text(s->identity, identity) && same_text(s->tls, tls)
           && s->adapter->alive(s->session);
}

static bool open_session(struct mu_engine_case *e, const struct mu_step *step, const char *identity,
                         const char *tls, struct mu_engine_session **out, struct mu_err *err)
{
    const struct mu_engine *engine = e->engine;
    const struct mu_endpoint *endpoint = e->role->deliver;
    if (e->sessions > 0) {
        struct mu_engine_session *last = &e->session[e->sessions - 1];
        if (can_go_on(last, step, identity, tls)) {
            *out = last;
            return true;
        }
        last->adapter->close(last->session);
    }
    if (e->sessions == MU_SESSIONS_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d connections in one case", MU_SESSIONS_MAX);
    if (e->session == NULL)
        e->session = mu_arena_array(e->arena, MU_SESSIONS_MAX, sizeof *e->session);
    struct mu_engine_session *s = &e->session[e->sessions++];
    *s = (struct mu_engine_session){ .adapter = mu_engine_adapter(engine, endpoint->carrier),
                                     .identity = identity,
                                     .tls = tls };
    struct mu_endpoint named = *endpoint;
    if (step->host != NULL)
        named.tls_name = step->host;
    bool clear = tls != NULL && strcmp(tls, "none") == 0;
    const char *profile = tls == NULL || clear ? engine->o.profile->tls.id : tls;
    struct mu_opening opening = {
        .endpoint = &named,
        .endpoint_index = e->role->deliver_index,
        .fd = -1,
        .tls = clear || endpoint->tls == MU_TLS_CLEAR
                   ? NULL
                   : mu_engine_tls_find(engine, identity != NULL ? identity : "", profile, false),
        .skip_starttls = clear,
        .inject = step->inject,
        .helo = "harness.muster.test",
    };
    TRY(s->adapter->open(e->seat, &opening, &s->session, &s->opened, err));
    *out = s;
    return true;
}

/* How far up the ladder an attempt got, by what ended it. */
static void reach_of(struct mu_engine_case *e, const struct mu_observation *seen, bool secured)
{
    static const enum mu_rung before[MU_STAGES] = {
        [MU_STAGE_TLS] = MU_RUNG_REACH,       [MU_STAGE_PEER_AUTH] = MU_RUNG_TLS,
        [MU_STAGE_SESSION] = MU_RUNG_REACH,   [MU_STAGE_ENVELOPE] = MU_RUNG_SESSION,
        [MU_STAGE_CONTENT] = MU_RUNG_SESSION, [MU_STAGE_AFTER_CONTENT] = MU_RUNG_SESSION,
        [MU_STAGE_LATER] = MU_RUNG_ACCEPT,
    };
    if (seen->outcome == MU_OUTCOME_ACCEPTED)
        mu_engine_reach(e, MU_RUNG_ACCEPT);
    else
        mu_engine_reach(e, before[seen->stage]);
    if (secured && e->rung < MU_RUNG_PEER_AUTH && seen->stage > MU_STAGE_PEER_AUTH)
        mu_engine_reach(e, MU_RUNG_PEER_AUTH);
}

static bool submit(struct mu_engine_case *e, struct mu_engine_session *s,
                   const struct mu_step *step, struct mu_made *made, struct mu_err *err)
{
    if (s->opened.outcome != MU_OUTCOME_NONE) {
        made->fate = s->opened;
        return true;
    }
    const char *const to[] = { made->message.to, mu_engine_also(e, made) };
    struct mu_submission submission = {
        .from = made->message.from,
        .to = to,
        .tos = to[1] != NULL ? 2 : 1,
        .content = made->octets,
        .ret = step->ret,
        .envid = step->envid,
        .notify = step->notify,
        .end = mu_engine_expand(e, step->end),
    };
    struct mu_submission inside;
    const struct mu_made *smuggled =
        step->smuggle != NULL ? mu_engine_made(e, step->smuggle) : NULL;
    if (smuggled != NULL) {
        inside = (struct mu_submission){ .from = smuggled->message.from,
                                         .to = &smuggled->message.to,
                                         .tos = 1,
                                         .content = smuggled->octets };
        submission.smuggled = &inside;
    }
    return s->adapter->send(s->session, &submission, &made->fate, err);
}

bool mu_engine_send(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_made *made = mu_engine_made(e, step->of);
    if (made == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "no message '%s' was made", step->of);
    const char *identity = mu_engine_expand(e, step->identity),
               *tls = mu_engine_expand(e, step->tls);
    struct mu_engine_session *s;
    TRY(open_session(e, step, identity, tls, &s, err));
    TRY(submit(e, s, step, made, err));
    made->sent = true;
    struct mu_made *inside = step->smuggle != NULL ? mu_engine_made(e, step->smuggle) : NULL;
    if (inside != NULL && made->fate.outcome == MU_OUTCOME_ALTERED)
        made->escaped = inside->escaped = true;
    reach_of(e, &made->fate, s->adapter->leg(s->session)->tls.complete);
    TRY(mu_seat_evidence(e->seat, MU_EVIDENCE_SENT, made->number, made->octets, err));
    const char *seen = mu_engine_seen(e, &made->fate);
    mu_engine_step(e, step, made->id, "", seen, true);
    /* Nobody there: while nothing has passed yet, the set-up is wrong; afterwards, the SUT is. */
    if (made->fate.stage == MU_STAGE_CONNECT
        && (made->fate.outcome == MU_OUTCOME_REFUSED || made->fate.outcome == MU_OUTCOME_CLOSED)) {
        if (e->role->deliver->opened_by > 0) /* it has said that somebody is there */
            mu_engine_blame(e, "adapter:endpoint", seen);
        else
            mu_engine_finding(e, step, e->engine->passed ? MU_FAIL : MU_ERROR, "network:refused",
                              "a connection", seen);
        e->stop = true;
    }
    return true;
}

bool mu_engine_trigger(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_made *made = mu_engine_made(e, step->of);
    if (made == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "no message '%s' was made", step->of);
    made->triggered = true;
    if (e->role->trigger_adapter >= 0)
        return mu_engine_exchange_send(e, step, made, err);
    mu_engine_step(e, step, made->id, "", "asked the system under test to send", true);
    return mu_seat_trigger(e->seat, made->number, err);
}

/* --- markers -------------------------------------------------------------------------------------- */

bool mu_engine_send_marker(struct mu_engine_case *e, bool *sent, struct mu_err *err)
{
    struct mu_made *marker = &e->marker;
    if (marker->octets.p != NULL && marker->number < 255)
        marker->number++;
    mu_engine_address(e, &marker->message, marker->number, NULL);
    marker->octets = mu_message_encode(e->arena, &marker->message);

    static const struct mu_step plain = { .kind = MU_STEP_NOTHING_ELSE };
    struct mu_engine_session *s;
    size_t opened = e->sessions;
    TRY(open_session(e, &plain, NULL, NULL, &s, err));
    TRY(submit(e, s, &plain, marker, err));
    /* A session that had ended meanwhile says nothing of the path: the marker goes over a new one. */
    if (e->sessions == opened && !s->adapter->alive(s->session)) {
        TRY(open_session(e, &plain, NULL, NULL, &s, err));
        TRY(submit(e, s, &plain, marker, err));
    }
    *sent = marker->fate.outcome == MU_OUTCOME_ACCEPTED;
    return true;
}

/* --- fate ----------------------------------------------------------------------------------------- */

static bool fate_known(const struct mu_engine_case *e, const void *x)
{
    const struct mu_made *made = x;
    return made->arrived != NULL || made->bounced != NULL || e->marker_came || e->marker_bounced;
}

bool mu_engine_fate(struct mu_engine_case *e, struct mu_made *made, uint32_t wait_ms,
                    struct mu_err *err)
{
    bool handed = made->triggered || made->fate.outcome == MU_OUTCOME_ACCEPTED;
    if (!handed || made->withheld)
        return true;
    if (e->role->observe_adapter >= 0 && e->role->role == MU_ROLE_RECEIVER)
        return made->told != NULL || mu_engine_exchange_await(e, made, wait_ms, err);
    if (e->seat->parcel_fd < 0)
        return true;
    uint64_t deadline = mu_clock_ms() + wait_ms;
    deadline = deadline < e->seat->deadline_ms ? deadline : e->seat->deadline_ms;
    /* A SUT that queues may let the marker overtake: then only time proves anything. */
    bool quick = mu_engine_has_path(e) && !made->triggered && e->role->settle_ms == 0
                 && wait_ms > MARKER_AFTER_MS;
    e->marker_came = false;
    TRY(mu_engine_pump(e, quick ? mu_clock_ms() + MARKER_AFTER_MS : deadline, fate_known, made,
                       err));
    if (quick && !fate_known(e, made)) {
        bool sent;
        TRY(mu_engine_send_marker(e, &sent, err));
        TRY(mu_engine_pump(e, deadline, fate_known, made, err));
    }
    made->withheld = made->arrived == NULL && made->bounced == NULL && e->marker_came;
    if (made->arrived == NULL && made->bounced == NULL && !made->withheld
        && e->role->observe_adapter >= 0)
        return mu_engine_exchange_stat(e, made, err);
    return true;
}

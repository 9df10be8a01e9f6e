#include "proto/sap.h"

#include "base/clock.h"
#include "core/seat.h"
#include "proto/sap_link.h"
#include "proto/sap_tls.h"

#define ROWS (MU_SAP_IN_FLIGHT_MAX + 64)

/* What breaks a link stays broken; what was too much of one thing does not break it. */
static bool keep(struct mu_sap_link *link, bool done, struct mu_err *err)
{
    if (done || err->code == MU_ERR_LIMIT)
        return done;
    mu_sap_blame(link, err);
    link->broken = *err;
    return false;
}

static bool still_good(const struct mu_sap_link *link, struct mu_err *err)
{
    if (link->broken.code == MU_ERR_NONE)
        return true;
    *err = link->broken;
    return false;
}

/* Replies that nobody asked for any more. */
static void drop_parked(void *object)
{
    struct mu_sap_link *link = object;
    for (; link->parked != NULL; link->parked = link->parked->next)
        json_decref(link->parked->object);
}

static struct mu_sap_link *new_link(struct mu_arena *arena, const struct mu_sap_opening *opening)
{
    struct mu_sap_link *link = mu_new(arena, struct mu_sap_link);
    *link = (struct mu_sap_link){
        .arena = arena,
        .way = opening->way,
        .in_flight = 1,
        .operation_ms = opening->operation_ms != 0 ? opening->operation_ms : MU_OPERATION_MS,
        .peer_line = MU_SAP_LINE_MAX,
        .pending = mu_arena_array(arena, ROWS, sizeof(struct mu_sap_pending)),
        .open_case = mu_arena_array(arena, MU_SAP_IN_FLIGHT_MAX, sizeof(struct mu_sap_open_case)),
        .transcript = opening->transcript,
    };
    link->parked_end = &link->parked;
    mu_arena_defer(arena, drop_parked, link);
    mu_sap_events_start(link);
    return link;
}

static bool open_link(struct mu_seat *seat, const struct mu_sap_opening *opening,
                      struct mu_sap_link **out, struct mu_sap_hello *hello, struct mu_err *err)
{
    struct mu_sap_link *link = new_link(seat->arena, opening);
    struct mu_sap_wire wire;
    TRY(mu_sap_wire_open(seat->arena, opening,
                         mu_clock_ms() + (uint64_t) link->operation_ms * MU_SAP_FIRST_TIMES, &wire,
                         err));
    mu_sap_lines_start(&link->lines, seat->arena, &wire);
    if (opening->way == MU_SAP_CHANNEL) {
        link->in_flight = MU_SAP_IN_FLIGHT_MAX;
        link->each_op = true; /* whoever holds the link opens and closes cases */
        *hello = (struct mu_sap_hello){ .in_flight = link->in_flight, .each_op = true };
    } else {
        TRY(mu_sap_shake(link, opening, hello, err));
    }
    *out = link;
    return true;
}

static bool put(struct mu_sap_link *link, const struct mu_sap_request *request, uint64_t *id,
                struct mu_err *err)
{
    return still_good(link, err) && keep(link, mu_sap_put(link, request, id, err), err);
}

static bool flush(struct mu_sap_link *link, struct mu_err *err)
{
    TRY(still_good(link, err));
    return keep(link, mu_sap_flush(&link->lines, mu_clock_ms() + link->operation_ms, err), err);
}

static void give_back(void *object)
{
    json_decref(object);
}

/* A reply that was parked while another was awaited. */
static bool unpark(struct mu_sap_link *link, json_t **object, struct mu_sap_pending *asked,
                   struct mu_bytes *line)
{
    struct mu_sap_parked *parked = link->parked;
    if (parked == NULL)
        return false;
    link->parked = parked->next;
    if (link->parked == NULL)
        link->parked_end = &link->parked;
    *object = parked->object;
    *asked = parked->asked;
    *line = parked->line;
    return true;
}

/* Neither an answer nor an answer to cancel: the request is told, and the link is done for. */
static bool tell_dead(struct mu_sap_link *link, struct mu_sap_reply *reply)
{
    struct mu_sap_pending asked;
    struct mu_err err;
    if (!mu_sap_dead(link, &asked))
        return false;
    mu_fail(&err, MU_ERR_DEADLINE, "the adapter answered neither %s nor cancel",
            mu_sap_op(asked.op)->name);
    err.where = (struct mu_where){ .input = mu_sap_op(asked.op)->timeout };
    link->broken = err;
    *reply = (struct mu_sap_reply){ .id = asked.id,
                                    .op = asked.op,
                                    .error = MU_SAP_DEADLINE,
                                    .message = "no answer, not even to cancel" };
    return asked.channel == MU_SAP_OURS;
}

static bool take(struct mu_sap_link *link, struct mu_arena *arena, uint64_t deadline_ms,
                 struct mu_sap_reply *reply, bool *there, struct mu_err *err)
{
    struct mu_sap_pending asked;
    struct mu_bytes line;
    json_t *object = NULL;
    *there = true;
    if (link->channels > 0)
        TRY(mu_sap_relay(link, err));
    if (!unpark(link, &object, &asked, &line))
        TRY(mu_sap_arrive(link, deadline_ms, &object, &asked, &line, err));
    if (object == NULL) {
        *there = tell_dead(link, reply);
        return true;
    }
    mu_arena_defer(arena, give_back, object);
    if (link->transcript != NULL) /* decoding may read on */
        line.p = mu_bytes_dup(arena, line);
    if (!mu_sap_decode(link, arena, object, &asked, reply, err))
        return mu_sap_refused(link, line);
    if (link->transcript != NULL) {
        reply->asked = mu_buf_bytes(&asked.line);
        reply->answered = line;
    }
    return true;
}

static bool next(struct mu_sap_link *link, struct mu_arena *arena, uint64_t deadline_ms,
                 struct mu_sap_reply *reply, bool *there, struct mu_err *err)
{
    TRY(still_good(link, err));
    return keep(link, take(link, arena, deadline_ms, reply, there, err), err);
}

static bool cancel(struct mu_sap_link *link, uint64_t id, struct mu_err *err)
{
    return still_good(link, err) && keep(link, mu_sap_cancel(link, id, err), err);
}

static bool end(struct mu_sap_link *link, const char *token, struct mu_err *err)
{
    return still_good(link, err) && keep(link, mu_sap_case_end(link, token, err), err);
}

static int fd(const struct mu_sap_link *link)
{
    return link->lines.wire.in;
}

static bool ready(const struct mu_sap_link *link)
{
    const struct mu_sap_lines *l = &link->lines;
    return link->parked != NULL
           || (l->begin < l->end && memchr(l->buffer + l->begin, '\n', l->end - l->begin) != NULL);
}

static struct mu_bytes refused(const struct mu_sap_link *link)
{
    return link->refused;
}

static bool attach(struct mu_sap_link *link, int channel, struct mu_err *err)
{
    return mu_sap_attach(link, channel, err);
}

static bool relay(struct mu_sap_link *link, struct mu_err *err)
{
    return still_good(link, err) && keep(link, mu_sap_relay(link, err), err);
}

/* An orderly end is worth half a second. */
static void say_bye(struct mu_sap_link *link)
{
    struct mu_arena *scratch = mu_arena_new(4 * MU_SAP_LINE_MAX);
    struct mu_err ignored;
    json_t *reply;
    struct mu_json j;
    struct mu_sap_pending *asked =
        mu_sap_begin(link, MU_SAP_BYE, mu_sap_op(MU_SAP_BYE)->name, MU_SAP_BYE_MS, &j, &ignored);
    (void) (asked != NULL && mu_sap_finish(link, asked, &j, &ignored)
            && mu_sap_await(link, scratch, asked, &reply, &ignored));
    mu_arena_free(scratch);
}

static void close_link(struct mu_sap_link *link)
{
    if (link->broken.code == MU_ERR_NONE && link->way != MU_SAP_CHANNEL)
        say_bye(link);
    mu_fail(&link->broken, MU_ERR_CLOSED, "the link was closed");
    link->lines.wire.close(link->lines.wire.self);
}

const struct mu_sap_calls mu_sap_calls = {
    .prepare = mu_sap_tls_prepare,
    .open = open_link,
    .put = put,
    .flush = flush,
    .next = next,
    .cancel = cancel,
    .end = end,
    .event = mu_sap_event,
    .fd = fd,
    .ready = ready,
    .refused = refused,
    .attach = attach,
    .channels = mu_sap_channels,
    .relay = relay,
    .close = close_link,
    .filter_input = mu_sap_filter_input,
    .filter_reply = mu_sap_filter_reply,
};

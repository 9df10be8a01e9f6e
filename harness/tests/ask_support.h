/* ask_support.h - an adapter that answers from a table, and the coordinator's end of the seat: everything
 * of a job that serves, without a process. */
#ifndef MU_TESTS_ASK_SUPPORT_H
#define MU_TESTS_ASK_SUPPORT_H

#include <sys/socket.h>

#include "ask_world.h"
#include "base/clock.h"
#include "core/host.h"
#include "suite/engine.h"
#include "suite/truth.h"

/* --- an adapter ------------------------------------------------------------------------------------ */

/* What was put, and what will come back. */
struct said {
    uint64_t id;
    struct mu_sap_request request;
    const char *token;
    struct mu_bytes label;
    struct said *next;
};

struct mu_sap_link {
    struct said *first; /* not yet answered, the last one first */
    size_t out, most;
    uint64_t ids;
};

/* How the adapter of a test answers; `ours` is the label that it was sent, as we read it. */
typedef void (*ask_mind)(const struct said *said, const struct mu_label *ours,
                         struct mu_sap_reply *reply);

static struct mu_sap_link ask_link;
static ask_mind ask_answer;
static enum mu_err_code ask_breaks; /* instead of the next answer */
static const struct said *ask_heard[64];
static size_t ask_heards;

static bool fake_open(struct mu_seat *seat, const struct mu_sap_opening *opening,
                      struct mu_sap_link **link, struct mu_sap_hello *hello, struct mu_err *e)
{
    (void) seat, (void) e;
    ck_assert_uint_eq(opening->policies, 2);
    ck_assert_str_eq(opening->test_time, "2026-11-23T10:15:00Z");
    ask_link = (struct mu_sap_link){ .ids = 5 };
    *link = &ask_link;
    *hello = ask_hello;
    return true;
}

static bool fake_put(struct mu_sap_link *link, const struct mu_sap_request *request, uint64_t *id,
                     struct mu_err *e)
{
    (void) e;
    struct said *said = mu_new(arena, struct said);
    *said = (struct said){ .id = *id = link->ids++,
                           .request = *request,
                           .token = mu_arena_printf(arena, "%s", request->token),
                           .label = { mu_bytes_dup(arena, request->label), request->label.n },
                           .next = link->first };
    link->first = said;
    link->most = ++link->out > link->most ? link->out : link->most;
    if (ask_heards < MU_COUNT(ask_heard))
        ask_heard[ask_heards++] = said;
    return true;
}

static bool fake_flush(struct mu_sap_link *link, struct mu_err *e)
{
    (void) link, (void) e;
    return true;
}

static bool fake_next(struct mu_sap_link *link, struct mu_arena *a, uint64_t deadline_ms,
                      struct mu_sap_reply *reply, bool *there, struct mu_err *e)
{
    (void) deadline_ms;
    struct said *said = link->first;
    *there = said != NULL;
    if (said == NULL)
        return true;
    if (ask_breaks != MU_ERR_NONE)
        return mu_fail(e, ask_breaks, "it is gone");
    link->first = said->next;
    link->out--;
    *reply = (struct mu_sap_reply){ .id = said->id,
                                    .op = said->request.op,
                                    .seen = { .outcome = MU_OUTCOME_ACCEPTED } };
    const struct mu_label *ours =
        said->request.abstract != NULL ? said->request.abstract : mu_truth_label(a, said->label);
    ask_answer(said, ours, reply);
    return true;
}

static bool fake_end(struct mu_sap_link *link, const char *token, struct mu_err *e)
{
    (void) link, (void) token, (void) e;
    return true;
}

static bool fake_event(struct mu_sap_link *link, struct mu_arena *a, const char *token,
                       struct mu_sap_event *event)
{
    (void) link, (void) a, (void) token, (void) event;
    return false;
}

static int fake_fd(const struct mu_sap_link *link)
{
    (void) link;
    return -1; /* poll() passes it by */
}

static bool fake_ready(const struct mu_sap_link *link)
{
    return link->first != NULL;
}

static struct mu_bytes fake_refused(const struct mu_sap_link *link)
{
    (void) link;
    return MU_BYTES("{");
}

static size_t fake_channels(const struct mu_sap_link *link, int *fd, size_t room)
{
    (void) link, (void) fd, (void) room;
    return 0;
}

static void fake_close(struct mu_sap_link *link)
{
    (void) link;
}

static const struct mu_sap_calls fake_calls = {
    .open = fake_open,
    .put = fake_put,
    .flush = fake_flush,
    .next = fake_next,
    .end = fake_end,
    .event = fake_event,
    .fd = fake_fd,
    .ready = fake_ready,
    .close = fake_close,
    .channels = fake_channels,
    .refused = fake_refused,
};

/* --- the coordinator -------------------------------------------------------------------------------- */

struct told {
    enum mu_verdict verdict;
    const char *reason, *attribution;
    unsigned times, again;
};

static struct told ask_told[64];
static const char *ask_broken;

static bool no_seal(struct mu_seat *seat, struct mu_err *e)
{
    (void) e;
    seat->sealed = true;
    return true;
}

static void send_orders(int socket, enum mu_order_kind kind, size_t items, unsigned attempt)
{
    struct mu_orders orders = { .kind = kind, .count = (uint32_t) items };
    for (size_t i = 0; i < items; i++) {
        orders.one[i].item = (uint32_t) i;
        orders.one[i].attempt = attempt;
    }
    size_t size = offsetof(struct mu_orders, one) + items * sizeof orders.one[0];
    ck_assert(mu_packet_send(socket, &orders, size, -1));
}

static void take_packets(int socket)
{
    static _Alignas(8) char packet[MU_RECORD_PACKET + sizeof(struct mu_record)];
    ssize_t n;
    int fd;
    while ((n = mu_packet_receive(socket, packet, MU_RECORD_PACKET, MSG_DONTWAIT, &fd)) > 0) {
        const struct mu_record *record;
        struct mu_bytes carried;
        for (size_t at = 0;
             mu_record_next((struct mu_bytes){ packet, (size_t) n }, &at, &record, &carried);) {
            if (record->type != MU_RECORD_DONE && record->type != MU_RECORD_AGAIN)
                continue;
            ck_assert_uint_lt(record->item, MU_COUNT(ask_told));
            struct told *told = &ask_told[record->item];
            if (record->type == MU_RECORD_AGAIN) {
                told->again++;
                continue;
            }
            told->verdict = (enum mu_verdict) record->verdict;
            told->reason = mu_arena_printf(arena, "%s", mu_record_text(record, 0));
            told->attribution = mu_arena_printf(arena, "%s", mu_record_text(record, 1));
            told->times++;
        }
    }
}

/* Plan everything with the adapter of `ask_hello` and serve it, as attempt `attempt`. */
static void ask_serve(unsigned attempt)
{
    struct mu_selection *all;
    ck_assert(mu_selection_parse(arena, "", &all, &err));
    ck_assert_msg(mu_plan_make(arena, &ask_suite, &ask_sut, all, &ask_plan, &err), "%s",
                  error_text());
    struct mu_engine_options options = { .data = &data,
                                         .profile = &ask_p,
                                         .sut = &ask_sut,
                                         .suite = &ask_suite,
                                         .plan = &ask_plan,
                                         .adapters = (const struct mu_adapter *const[]){ NULL },
                                         .test_time = TEST_TIME,
                                         .sap = &fake_calls };
    struct mu_engine *engine;
    int socket[2];
    ck_assert_msg(mu_engine_new(arena, &options, &engine, &err), "%s", error_text());
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, socket), 0);
    struct mu_seat seat = { .arena = arena,
                            .deadline_ms = mu_clock_ms() + 5000,
                            .operation_ms = 200,
                            .run_key = 77,
                            .record_fd = socket[1],
                            .parcel_fd = -1,
                            .evidence_fd = -1,
                            .serving = mu_seat_serving_new(arena),
                            .seal = no_seal };
    const struct mu_run_host *host = mu_engine_host(engine);
    ck_assert_uint_eq(host->programs, 1);
    memset(ask_told, 0, sizeof ask_told);
    send_orders(socket[0], MU_ORDER_CASE, ask_plan.ins, attempt);
    send_orders(socket[0], MU_ORDER_END, 1, 0);
    ck_assert_msg(host->serve(host->self, &seat, 0, &ask_broken, &err), "%s", error_text());
    mu_seat_flush(&seat);
    take_packets(socket[0]);
    close(socket[0]);
    close(socket[1]);
}

#endif

/* The seat of a job that serves many cases: records leave in packets, orders come in packets. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "core/host.h"
#include "core/seat_inside.h"

struct mu_seat_serving {
    uint32_t item, attempt; /* whom records belong to; MU_NO_ITEM: none */
    struct mu_orders order; /* the last packet that came ...            */
    size_t next;            /* ... and the first of it that was not yet taken */
    int fd;                 /* that came with it; -1 */
    size_t used;            /* of the packet */
    char packet[MU_RECORD_PACKET];
};

struct mu_seat_serving *mu_seat_serving_new(struct mu_arena *arena)
{
    struct mu_seat_serving *s = mu_new(arena, struct mu_seat_serving);
    s->item = MU_NO_ITEM;
    s->fd = -1;
    return s;
}

/* --- what it tells -------------------------------------------------------------------------------- */

void mu_seat_flush(struct mu_seat *seat)
{
    struct mu_seat_serving *s = seat->serving;
    if (s->used > 0 && !mu_packet_send(seat->record_fd, s->packet, s->used, -1))
        abort();
    s->used = 0;
}

static void put(struct mu_seat_serving *s, const void *data, size_t size)
{
    size_t padded = mu_record_pad(size);
    assert(s->used + padded <= sizeof s->packet);
    memcpy(s->packet + s->used, data, size);
    memset(s->packet + s->used + size, 0, padded - size);
    s->used += padded;
}

void mu_serving_collect(struct mu_seat *seat, const struct mu_record *record,
                        struct mu_bytes carried)
{
    struct mu_seat_serving *s = seat->serving;
    size_t size = mu_record_size(record);
    if (s->used + mu_record_pad(size) + mu_record_pad(carried.n) > sizeof s->packet)
        mu_seat_flush(seat);
    struct mu_record *placed = (struct mu_record *) (void *) (s->packet + s->used);
    put(s, record, size);
    placed->item = record->type == MU_RECORD_ADAPTER ? MU_NO_ITEM : s->item;
    placed->attempt = s->attempt;
    placed->carried = (uint32_t) carried.n;
    if (carried.n > 0)
        put(s, carried.p, carried.n);
}

/* Evidence goes along, in pieces that share packets with the records. */
void mu_serving_evidence(struct mu_seat *seat, struct mu_record *record, struct mu_bytes data)
{
    size_t at = 0;
    do {
        struct mu_bytes piece = mu_bytes_slice(data, at, MU_RECORD_CARRY);
        record->offset = (int64_t) at;
        record->octets = (int64_t) piece.n;
        mu_serving_collect(seat, record, piece);
        at += piece.n;
    } while (at < data.n);
}

void mu_seat_case(struct mu_seat *seat, uint32_t item, uint8_t attempt)
{
    struct mu_seat_serving *s = seat->serving;
    s->item = item;
    s->attempt = attempt;
    seat->token = (struct mu_token){ .index = item, .attempt = attempt };
    seat->seed = mu_seat_seed(seat->run_seed, item);
}

void mu_seat_case_done(struct mu_seat *seat, uint32_t item, uint8_t attempt,
                       const struct mu_case_end *end)
{
    mu_seat_case(seat, item, attempt);
    struct mu_record done = { .type = MU_RECORD_DONE, .verdict = end->verdict, .rung = end->rung };
    mu_record_put(&done, end->reason);
    mu_record_put(&done, end->attribution);
    mu_seat_send(seat, &done);
    seat->serving->item = MU_NO_ITEM;
}

void mu_seat_case_again(struct mu_seat *seat, uint32_t item, uint8_t attempt, const char *reason)
{
    struct mu_record again = { .type = MU_RECORD_AGAIN };
    mu_record_put(&again, reason);
    mu_seat_case(seat, item, attempt);
    mu_seat_send(seat, &again);
    seat->serving->item = MU_NO_ITEM;
}

void mu_seat_warn(struct mu_seat *seat, uint32_t program, const char *what)
{
    struct mu_record record = { .type = MU_RECORD_ADAPTER, .number = program };
    seat->serving->item = MU_NO_ITEM;
    mu_record_put(&record, "warned");
    mu_record_put(&record, "what");
    mu_record_put(&record, what);
    mu_seat_send(seat, &record);
}

void mu_seat_opened(struct mu_seat *seat, uint32_t program, uint32_t endpoint, uint16_t port)
{
    struct mu_record record = {
        .type = MU_RECORD_ADAPTER, .number = program, .count = endpoint, .offset = port
    };
    mu_record_put(&record, "opened");
    mu_seat_send(seat, &record);
}

void mu_seat_ready(struct mu_seat *seat, uint32_t program, const struct mu_sap_hello *hello)
{
    struct mu_record record;
    mu_record_hello(&record, program, hello);
    mu_seat_send(seat, &record);
    mu_seat_flush(seat);
}

/* --- what it is told ------------------------------------------------------------------------------ */

static bool sane(const struct mu_orders *order, ssize_t n, int fd)
{
    size_t head = offsetof(struct mu_orders, one);
    return n >= (ssize_t) head && order->count <= MU_ORDERS_MAX
           && (size_t) n == head + order->count * sizeof order->one[0]
           && (order->kind == MU_ORDER_CHANNEL) == (fd >= 0);
}

/* The next packet, when one is there. */
static bool receive(struct mu_seat *seat, bool *there, struct mu_err *err)
{
    struct mu_seat_serving *s = seat->serving;
    ssize_t n =
        mu_packet_receive(seat->record_fd, &s->order, sizeof s->order, MSG_DONTWAIT, &s->fd);
    *there = n >= 0;
    s->next = 0;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return true;
    if (n == 0) { /* without its coordinator a job has no reason to live */
        s->order = (struct mu_orders){ .kind = MU_ORDER_END, .count = 1 };
        return true;
    }
    if (!sane(&s->order, n, s->fd))
        return mu_fail(err, MU_ERR_IO, "the coordinator sent something that is no order");
    return true;
}

bool mu_seat_next_order(struct mu_seat *seat, enum mu_order_kind *kind, struct mu_order_case *order,
                        struct mu_err *err)
{
    struct mu_seat_serving *s = seat->serving;
    *kind = MU_ORDER_IDLE;
    if (s->next == s->order.count) {
        bool there;
        s->order.count = 0;
        TRY(receive(seat, &there, err));
        if (!there)
            return true;
    }
    *kind = (enum mu_order_kind) s->order.kind;
    *order = (struct mu_order_case){ .item = s->order.one[s->next].item,
                                     .attempt = (uint8_t) s->order.one[s->next].attempt,
                                     .fd = mu_fd_take(&s->fd) };
    s->next++;
    return true;
}

bool mu_seat_wait(struct mu_seat *seat, bool order, const int *fd, size_t fds, uint64_t deadline_ms,
                  struct mu_err *err)
{
    struct pollfd pfd[MU_SEAT_WAITS + 1];
    assert(fds <= MU_SEAT_WAITS);
    mu_seat_flush(seat);
    if (order && seat->serving->next < seat->serving->order.count)
        return true;
    pfd[0] = (struct pollfd){ .fd = seat->record_fd, .events = order ? POLLIN : 0 };
    for (size_t i = 0; i < fds; i++)
        pfd[1 + i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
    if (poll(pfd, 1 + fds, mu_clock_left(deadline_ms)) < 0 && errno != EINTR)
        return mu_fail_sys(err, "cannot wait for orders");
    return true;
}

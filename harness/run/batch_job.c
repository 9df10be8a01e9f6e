/* The inside of a batch job: it serves orders, in its sealed process, until it has done its share. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/batch_inside.h"

struct server {
    const struct mu_batch *batch;
    struct mu_batch_page *page;
    struct mu_seat *seat;
    uint64_t begun, flushed_ms;
    size_t used; /* of the packet */
    char packet[MU_REPLY_PACKET];
};

static void flush(struct server *s)
{
    if (s->used > 0 && !mu_packet_send(s->seat->record_fd, s->packet, s->used, -1))
        abort(); /* without its parent a job has no reason to live */
    s->used = 0;
    s->flushed_ms = mu_clock_ms();
}

static void reply(struct server *s, uint32_t kind, struct mu_bytes bytes)
{
    struct mu_reply head = { kind, (uint32_t) bytes.n };
    size_t padded = (bytes.n + 7) & ~(size_t) 7;
    if (sizeof head + padded > sizeof s->packet)
        abort(); /* a result that is larger than what was agreed on is a defect of ours */
    if (s->used + sizeof head + padded > sizeof s->packet)
        flush(s);
    memcpy(s->packet + s->used, &head, sizeof head);
    memcpy(s->packet + s->used + sizeof head, bytes.p, bytes.n);
    memset(s->packet + s->used + sizeof head + bytes.n, 0, padded - bytes.n);
    s->used += sizeof head + padded;
}

static bool split(struct server *s, struct mu_arena *arena, const struct mu_batch_item *item,
                  int64_t offset, uint32_t kind, struct mu_err *err)
{
    struct mu_batch_spans spans = { .next = -1 };
    TRY(s->batch->split(s->batch->self, arena, item, offset, &spans, err));
    reply(s, kind, (struct mu_bytes){ (const char *) &spans, sizeof spans });
    return true;
}

static bool make(struct server *s, struct mu_arena *arena, const struct mu_batch_item *item,
                 struct mu_err *err)
{
    struct mu_buf result = { .arena = arena };
    bool many = false;
    TRY(s->batch->make(s->batch->self, arena, item, &result, &many, err));
    if (many)
        return split(s, arena, item, 0, MU_REPLY_MANY, err);
    reply(s, MU_REPLY_RESULT, mu_buf_bytes(&result));
    return true;
}

static bool serve(struct server *s, const struct mu_order *order, const int *fd, struct mu_err *err)
{
    bool done = true;
    for (size_t i = 0; i < order->count && done; i++) {
        atomic_store_explicit(&s->page->begun, ++s->begun, memory_order_relaxed);
        struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
        struct mu_batch_item item = { .fd = fd[i],
                                      .number = order->one[i].number,
                                      .offset = order->one[i].offset,
                                      .octets = order->one[i].octets };
        done = order->one[i].split == 1 ? split(s, arena, &item, item.offset, MU_REPLY_SPANS, err)
                                        : make(s, arena, &item, err);
        mu_arena_free(arena);
        close(fd[i]);
        if (mu_clock_ms() - s->flushed_ms >= MU_BATCH_FLUSH_MS)
            flush(s);
    }
    return done;
}

/* Wait for an order only with empty hands: the parent may be waiting for what is in them. */
static ssize_t next_order(struct server *s, struct mu_order *order, int *fd, size_t *fds)
{
    size_t room = *fds;
    ssize_t n =
        mu_packet_receive_fds(s->seat->record_fd, order, sizeof *order, MSG_DONTWAIT, fd, fds);
    if (n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        return n;
    flush(s);
    *fds = room;
    return mu_packet_receive_fds(s->seat->record_fd, order, sizeof *order, 0, fd, fds);
}

static bool has_done_its_share(const struct server *s)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return s->begun >= MU_BATCH_RENEW
           || used.tv_sec * 1000 + used.tv_nsec / 1000000 >= MU_BATCH_CPU_MS;
}

bool mu_batch_serve(const struct mu_batch *batch, struct mu_batch_page *page, struct mu_seat *seat,
                    struct mu_err *err)
{
    static struct server s; /* its packet is too much for a stack */
    s = (struct server){ .batch = batch, .page = page, .seat = seat, .flushed_ms = mu_clock_ms() };
    TRY(seat->seal(seat, err));
    while (!has_done_its_share(&s)) {
        struct mu_order order;
        int fd[MU_PACKET_FDS];
        size_t fds = MU_COUNT(fd);
        ssize_t n = next_order(&s, &order, fd, &fds);
        if (n == 0)
            return true; /* there are no more */
        if (n != (ssize_t) sizeof order || order.count > MU_PACKET_FDS || fds != order.count)
            return mu_fail(err, MU_ERR_IO, "an order came without its files");
        TRY(serve(&s, &order, fd, err));
    }
    reply(&s, MU_REPLY_LEAVE, MU_BYTES(""));
    flush(&s);
    return true;
}

#include "net/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

/* Octets on their way in one direction: p[begin..end). */
struct pail {
    char *p;
    size_t begin, end;
};

static bool is_empty(const struct pail *pail)
{
    return pail->begin == pail->end;
}

static bool has_room(const struct pail *pail)
{
    return pail->end < MU_BRIDGE_BUFFER;
}

static void took(struct pail *pail, size_t n)
{
    pail->begin += n;
    if (is_empty(pail))
        pail->begin = pail->end = 0;
}

struct flow {
    struct mu_bridge *b;
    struct pail up, down; /* to the stream, and from it */
    bool moved;           /* something went on in this round                */
    bool out_ended;       /* the program has closed its output              */
    uint64_t deadline_ms; /* once the stream has ended                      */
};

static void stream_ended(struct flow *f)
{
    if (!f->b->peer_ended)
        f->deadline_ms = mu_clock_ms() + MU_BRIDGE_END_MS;
    f->b->peer_ended = true;
    f->moved = true;
}

static bool from_stream(struct flow *f, struct mu_err *err)
{
    size_t got;
    if (f->b->peer_ended || !has_room(&f->down))
        return true;
    if (!mu_stream_try_read(f->b->stream, f->down.p + f->down.end, MU_BRIDGE_BUFFER - f->down.end,
                            &got, err)) {
        stream_ended(f);
        return err->code == MU_ERR_CLOSED;
    }
    f->down.end += got;
    f->b->brought += got;
    f->moved = f->moved || got > 0;
    return true;
}

static bool to_stream(struct flow *f, struct mu_err *err)
{
    size_t sent;
    if (is_empty(&f->up))
        return true;
    if (f->b->peer_ended) { /* nobody is left to read it */
        took(&f->up, f->up.end - f->up.begin);
        return true;
    }
    struct mu_bytes data = { f->up.p + f->up.begin, f->up.end - f->up.begin };
    if (!mu_stream_try_write(f->b->stream, data, &sent, err)) {
        stream_ended(f);
        return err->code == MU_ERR_CLOSED;
    }
    took(&f->up, sent);
    f->b->sent += sent;
    f->moved = f->moved || sent > 0;
    return true;
}

static void close_input(struct mu_bridge *b)
{
    close(b->to);
    b->to = -1;
}

static void to_program(struct flow *f)
{
    struct mu_bridge *b = f->b;
    if (b->to >= 0 && !is_empty(&f->down)) {
        ssize_t n = write(b->to, f->down.p + f->down.begin, f->down.end - f->down.begin);
        if (n > 0)
            took(&f->down, (size_t) n);
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            close_input(b); /* it reads no more, but may still have something to say */
        f->moved = f->moved || n > 0 || b->to < 0;
    }
    if (b->to < 0)
        took(&f->down, f->down.end - f->down.begin);
    else if (b->peer_ended && is_empty(&f->down))
        close_input(b);
}

static void from_program(struct flow *f)
{
    if (f->out_ended || !has_room(&f->up))
        return;
    ssize_t n = read(f->b->from, f->up.p + f->up.end, MU_BRIDGE_BUFFER - f->up.end);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    f->out_ended = n <= 0;
    f->up.end += n > 0 ? (size_t) n : 0;
    f->moved = true;
}

/* Poll for whatever could go on; a descriptor of -1 is left out. */
static bool wait_for_any(const struct flow *f, struct mu_err *err)
{
    const struct mu_bridge *b = f->b;
    short events = (short) ((has_room(&f->down) ? POLLIN : 0) | (is_empty(&f->up) ? 0 : POLLOUT));
    struct pollfd row[] = {
        { .fd = b->peer_ended || events == 0 ? -1 : b->stream->fd, .events = events },
        { .fd = is_empty(&f->down) ? -1 : b->to, .events = POLLOUT },
        { .fd = f->out_ended || !has_room(&f->up) ? -1 : b->from, .events = POLLIN },
    };
    int left = b->peer_ended ? mu_clock_left(f->deadline_ms) : -1;
    return poll(row, MU_COUNT(row), left) >= 0 || errno == EINTR
           || mu_fail_sys(err, "cannot wait for both sides of a bridge");
}

static bool is_over(const struct flow *f)
{
    if (f->b->peer_ended && mu_clock_left(f->deadline_ms) == 0)
        return true;
    return f->out_ended && is_empty(&f->up);
}

/* What somebody has read ahead. */
static void take_buffered(struct flow *f)
{
    struct mu_stream *s = f->b->stream;
    f->down.end = s->end - s->begin; /* MU_STREAM_BUFFER is less than ours */
    memcpy(f->down.p, s->buffer + s->begin, f->down.end);
    s->begin = s->end;
    f->b->brought = f->down.end;
}

static void set_aside(int fd)
{
    (void) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool mu_bridge(struct mu_bridge *bridge, struct mu_err *err)
{
    struct mu_arena *arena = bridge->stream->arena;
    struct flow f = { .b = bridge,
                      .up = { .p = mu_arena_alloc(arena, MU_BRIDGE_BUFFER) },
                      .down = { .p = mu_arena_alloc(arena, MU_BRIDGE_BUFFER) } };
    take_buffered(&f);
    set_aside(bridge->to);
    set_aside(bridge->from);
    bool good = true;
    while (good && !is_over(&f)) {
        f.moved = false;
        good = from_stream(&f, err) && to_stream(&f, err);
        to_program(&f);
        from_program(&f);
        if (good && !f.moved && !is_over(&f))
            good = wait_for_any(&f, err);
    }
    if (bridge->to >= 0)
        close_input(bridge);
    return good;
}

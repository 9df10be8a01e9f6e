#include "proto/sap_line.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

#define FIRST_ROOM ((size_t) 64 * 1024)
#define AHEAD_MAX  (8 * MU_MIB) /* bytes read while we write: then the peer has to wait */

void mu_sap_lines_start(struct mu_sap_lines *lines, struct mu_arena *arena,
                        const struct mu_sap_wire *wire)
{
    *lines = (struct mu_sap_lines){
        .arena = arena,
        .wire = *wire,
        .out = { .arena = arena },
        .buffer = mu_arena_alloc(arena, FIRST_ROOM),
        .room = FIRST_ROOM,
        .max = MU_SAP_LINE_MAX,
    };
}

/* Room for at least one byte behind `end`. */
static void make_room(struct mu_sap_lines *l)
{
    size_t n = l->end - l->begin;
    if (l->end < l->room)
        return;
    char *to = l->buffer;
    if (n > l->room / 2) {
        l->room *= 2;
        to = mu_arena_alloc(l->arena, l->room);
    }
    memmove(to, l->buffer + l->begin, n);
    l->buffer = to;
    l->seen -= l->begin;
    l->begin = 0;
    l->end = n;
}

static bool fill(struct mu_sap_lines *l, size_t *got, struct mu_err *err)
{
    if (l->begin == l->end)
        l->begin = l->end = l->seen = 0;
    make_room(l);
    TRY(l->wire.read(l->wire.self, l->buffer + l->end, l->room - l->end, got, err));
    l->end += *got;
    return true;
}

/* Wait until `pfd` says something; *ready false when the deadline came first. */
static bool wait_for(struct pollfd *pfd, nfds_t count, uint64_t deadline_ms, bool *ready,
                     struct mu_err *err)
{
    for (;;) {
        int n = poll(pfd, count, mu_clock_left(deadline_ms));
        if (n < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the adapter");
        *ready = n > 0;
        if (n >= 0)
            return true;
    }
}

/* The peer cannot take more yet: wait until it can, and take what it says meanwhile. */
static bool wait_to_write(struct mu_sap_lines *l, uint64_t deadline_ms, struct mu_err *err)
{
    struct pollfd pfd[] = {
        { .fd = l->wire.out, .events = POLLOUT },
        { .fd = l->end - l->begin < AHEAD_MAX ? l->wire.in : -1, .events = POLLIN },
    };
    bool ready;
    size_t got;
    TRY(wait_for(pfd, MU_COUNT(pfd), deadline_ms, &ready, err));
    if (!ready)
        return mu_fail(err, MU_ERR_DEADLINE, "the adapter took no more requests in time");
    return pfd[1].revents == 0 || fill(l, &got, err);
}

bool mu_sap_flush(struct mu_sap_lines *lines, uint64_t deadline_ms, struct mu_err *err)
{
    struct mu_bytes left = mu_buf_bytes(&lines->out);
    lines->out.n = 0; /* also when it fails: nothing is sent twice */
    while (left.n > 0) {
        size_t sent;
        TRY(lines->wire.write(lines->wire.self, left, &sent, err));
        left = mu_bytes_from(left, sent);
        if (sent == 0)
            TRY(wait_to_write(lines, deadline_ms, err));
    }
    return true;
}

static const char *find_end(struct mu_sap_lines *l)
{
    const char *lf = l->seen < l->end ? memchr(l->buffer + l->seen, '\n', l->end - l->seen) : NULL;
    l->seen = lf != NULL ? (size_t) (lf - l->buffer) : l->end;
    return lf;
}

bool mu_sap_has_line(struct mu_sap_lines *lines)
{
    return find_end(lines) != NULL;
}

static bool too_long(const struct mu_sap_lines *l, struct mu_err *err)
{
    const struct mu_where where = { MU_SAP_FRAMING, l->count + 1, (uint32_t) l->max };
    return mu_fail_where(err, where, MU_ERR_PEER, "a line of more than %zu bytes", l->max);
}

/* Something into the buffer by the deadline; *more false when nothing came. */
static bool read_more(struct mu_sap_lines *l, uint64_t deadline_ms, bool *more, struct mu_err *err)
{
    struct pollfd pfd = { .fd = l->wire.in, .events = POLLIN };
    size_t got = 0;
    *more = true;
    if (deadline_ms != 0 && !l->wire.buffers) /* spares a read that finds nothing */
        TRY(wait_for(&pfd, 1, deadline_ms, more, err));
    while (*more) {
        TRY(fill(l, &got, err));
        if (got > 0)
            return true;
        *more = false;
        if (deadline_ms != 0)
            TRY(wait_for(&pfd, 1, deadline_ms, more, err));
    }
    return true;
}

bool mu_sap_line(struct mu_sap_lines *lines, uint64_t deadline_ms, struct mu_bytes *line,
                 bool *there, struct mu_err *err)
{
    const char *lf;
    while ((lf = find_end(lines)) == NULL) {
        if (lines->end - lines->begin >= lines->max)
            return too_long(lines, err);
        TRY(read_more(lines, deadline_ms, there, err));
        if (!*there)
            return true;
    }
    char *start = lines->buffer + lines->begin;
    *line = (struct mu_bytes){ start, (size_t) (lf - start) };
    if (line->n >= lines->max)
        return too_long(lines, err);
    lines->begin += line->n + 1;
    lines->seen = lines->begin;
    lines->count++;
    *there = true;
    return true;
}

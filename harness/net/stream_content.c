/* SMTP content on a stream: dots doubled on the way out, undone on the way in (RFC 5321 4.5.2). */
#include <assert.h>

#include "core/end_of_data.h"
#include "net/stream.h"

#define END_OF_DATA MU_BYTES("\r\n.\r\n")

#define TAIL 5 /* octets of an end of data that may have come before the rest of it */

/* The raw octets so far; past the limit only the last few are kept, to find the end of data. */
struct intake {
    struct mu_buf raw;
    size_t max;
    bool any_end;
    uint64_t dropped;
};

/* The first two octets of `raw` are a CRLF of ours: content starts at the beginning of a line, so a
 * dot there counts, and one search finds it like any other. */
static const struct mu_bytes LINE_START = { "\r\n", 2 };

static void reserve(struct mu_buf *raw, size_t room)
{
    if (raw->room >= room)
        return;
    char *p = mu_arena_alloc(raw->arena, room);
    if (raw->n > 0)
        memcpy(p, raw->p, raw->n);
    raw->p = p;
    raw->room = room;
}

static void drop_past_limit(struct intake *in)
{
    size_t keep = in->max + 2, tail = TAIL;
    if (in->raw.n <= keep + tail)
        return;
    in->dropped += in->raw.n - keep - tail;
    memmove(in->raw.p + keep, in->raw.p + in->raw.n - tail, tail);
    in->raw.n = keep + tail;
}

/* Where the end of data begins, from octet `from` on, and its octets; SIZE_MAX: it is not there. */
static size_t find_end(const struct intake *in, size_t from, struct mu_bytes *end)
{
    struct mu_bytes raw = mu_buf_bytes(&in->raw), other;
    const char *name;
    size_t first = mu_bytes_find(raw, END_OF_DATA, from);
    *end = END_OF_DATA;
    for (size_t i = 0; in->any_end && (name = mu_end_of_data_at(i)) != NULL; i++) {
        size_t at = mu_end_of_data(name, &other) ? mu_bytes_find(raw, other, from) : SIZE_MAX;
        if (at < first) {
            first = at;
            *end = other;
        }
    }
    return first;
}

/* Take `chunk` as far as the content goes: *used octets of it; true when the end of data is there. */
static bool take(struct intake *in, struct mu_bytes chunk, size_t *used)
{
    size_t before = in->raw.n;
    struct mu_bytes end;
    /* Growing by doubling would abandon as much as it keeps: past 1 MiB take it all at once. */
    if (before + chunk.n >= MU_MIB)
        reserve(&in->raw, in->max + MU_STREAM_BUFFER + 8);
    mu_buf_put_bytes(&in->raw, chunk);
    size_t at = find_end(in, before > TAIL ? before - TAIL : 0, &end);
    if (at == SIZE_MAX) {
        *used = chunk.n;
        drop_past_limit(in);
        return false;
    }
    *used = at + end.n - before;
    in->raw.n = at;
    mu_buf_put_bytes(&in->raw, LINE_START); /* the CRLF belongs to the content */
    return true;
}

/* Remove the dot behind each CRLF, in place. */
static size_t undo_dots(char *p, size_t n)
{
    static const char dot[] = "\r\n.";
    size_t to = 0, from = 0;
    for (;;) {
        const char *hit = memmem(p + from, n - from, dot, 3);
        size_t upto = hit != NULL ? (size_t) (hit - p) + 2 : n;
        if (to != from)
            memmove(p + to, p + from, upto - from);
        to += upto - from;
        if (hit == NULL)
            return to;
        from = upto + 1;
    }
}

bool mu_stream_content(struct mu_stream *s, size_t max, size_t expected, struct mu_content *content,
                       struct mu_err *err)
{
    struct intake in = { .raw = { .arena = s->arena }, .max = max, .any_end = s->any_end };
    if (expected > 0 && expected <= max)
        reserve(&in.raw, expected + expected / 64 + MU_STREAM_BUFFER + 8);
    mu_buf_put_bytes(&in.raw, LINE_START);
    for (bool done = false; !done;) {
        struct mu_bytes chunk;
        size_t used;
        TRY(mu_stream_more(s, &chunk, err));
        done = take(&in, chunk, &used);
        s->begin += used;
    }
    size_t n = undo_dots(in.raw.p, in.raw.n);
    assert(n >= 2);
    content->size = n - 2 + in.dropped;
    if (in.dropped > 0 && content->size <= max)
        content->size = max + 1; /* undone dots never bring back what was dropped */
    content->octets = mu_bytes_slice((struct mu_bytes){ in.raw.p + 2, n - 2 }, 0, max);
    return true;
}

bool mu_stream_put_content(struct mu_stream *s, struct mu_bytes content, struct mu_err *err)
{
    static const char dot[] = "\r\n.";
    size_t from = 0;
    if (content.n > 0 && content.p[0] == '.')
        TRY(mu_stream_put(s, MU_BYTES("."), err));
    for (;;) {
        const char *hit = memmem(content.p + from, content.n - from, dot, 3);
        size_t upto = hit != NULL ? (size_t) (hit - content.p) + 2 : content.n;
        TRY(mu_stream_put(s, (struct mu_bytes){ content.p + from, upto - from }, err));
        if (hit == NULL)
            return true;
        TRY(mu_stream_put(s, MU_BYTES("."), err));
        from = upto;
    }
}

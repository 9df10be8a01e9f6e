#include "report/read.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/limits.h"

/* The last member of a line: ,"h":"<64 hexadecimal digits>"} */
#define H_KEY  ",\"h\":\""
#define H_HEX  ((size_t) 64)
#define H_SIZE (sizeof H_KEY - 1 + H_HEX + 2)

void mu_run_reader_start(struct mu_run_reader *reader, struct mu_arena *arena, int fd)
{
    *reader = (struct mu_run_reader){ .fd = fd, .nodes = { .arena = arena } };
    reader->buffer = mu_arena_alloc(arena, MU_RUN_LINE_MAX);
}

/* More of the file behind buffer[n]; false at its end, or when the buffer is full. */
static bool fill(struct mu_run_reader *r)
{
    if (r->at > 0) {
        memmove(r->buffer, r->buffer + r->at, r->n - r->at);
        r->n -= r->at;
        r->at = 0;
    }
    while (r->n < MU_RUN_LINE_MAX) {
        ssize_t got = pread(r->fd, r->buffer + r->n, MU_RUN_LINE_MAX - r->n, (off_t) r->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            r->sys = errno;
        if (got <= 0)
            return false;
        r->n += (size_t) got;
        r->offset += (uint64_t) got;
        return true;
    }
    return false;
}

/* The next line without its LF; *whole is false for a last line without one, and for a piece of a
 * line that is longer than the buffer. False when nothing is left. */
static bool next_line(struct mu_run_reader *r, struct mu_bytes *line, bool *whole)
{
    size_t seen = 0;
    for (;;) {
        const char *start = r->buffer + r->at;
        const char *lf = memchr(start + seen, '\n', r->n - r->at - seen);
        if (lf != NULL) {
            *line = (struct mu_bytes){ start, (size_t) (lf - start) };
            *whole = true;
            r->at += line->n + 1;
            return true;
        }
        seen = r->n - r->at;
        if (!fill(r))
            break;
    }
    *line = (struct mu_bytes){ r->buffer + r->at, r->n - r->at };
    *whole = false;
    r->at = r->n;
    return line->n > 0;
}

/* Where the h of a line stands; false when the line does not end in one. */
static bool find_h(struct mu_bytes line, struct mu_bytes *body, struct mu_bytes *h)
{
    if (line.n <= H_SIZE)
        return false;
    *body = (struct mu_bytes){ line.p, line.n - H_SIZE };
    *h = mu_bytes_slice(line, body->n + sizeof H_KEY - 1, H_HEX);
    if (memcmp(line.p + body->n, H_KEY, sizeof H_KEY - 1) != 0)
        return false;
    for (size_t i = 0; i < h->n; i++)
        if (mu_hex_digit(h->p[i]) < 0)
            return false;
    return memcmp(h->p + H_HEX, "\"}", 2) == 0;
}

/* An object with an event. */
static const struct mu_node *parse(struct mu_run_reader *r, struct mu_bytes line)
{
    const struct mu_node *object = mu_node_read(&r->nodes, line);
    const struct mu_node *event = mu_node_get(object, "event");
    return event != NULL && event->kind == MU_NODE_TEXT ? object : NULL;
}

static bool chained(const char *previous, struct mu_bytes body, struct mu_bytes h)
{
    const struct mu_bytes piece[] = { mu_bytes_of(previous), MU_BYTES("\n"), body };
    unsigned char digest[MU_DIGEST_BYTES];
    char text[MU_DIGEST_TEXT];
    mu_digest_pieces(piece, MU_COUNT(piece), digest);
    mu_hex_write(digest, sizeof digest, text);
    return mu_bytes_equal(mu_bytes_of(text), h);
}

/* Does a line that the journal could have written follow? Then the bad one was no torn tail. */
static bool good_follows(struct mu_run_reader *r)
{
    struct mu_bytes line, body, h;
    bool whole, found = false;
    while (next_line(r, &line, &whole)) {
        if (found || !whole || !find_h(line, &body, &h))
            continue;
        found = parse(r, line) != NULL;
    }
    return found;
}

static bool stop(struct mu_run_reader *r, bool changed)
{
    struct mu_chain *c = &r->chain;
    bool corrupt = good_follows(r) || changed;
    c->state = corrupt ? MU_CHAIN_CORRUPT : MU_CHAIN_TORN;
    c->rest = r->offset - c->octets;
    snprintf(c->why, sizeof c->why,
             changed   ? "line %" PRIu64 " is not as it was written: its hash does not fit"
             : corrupt ? "line %" PRIu64 " is damaged and good lines follow it"
                       : "line %" PRIu64 " is not whole: the writer was interrupted",
             c->lines + 1);
    r->done = true;
    return false;
}

bool mu_run_read(struct mu_run_reader *r, struct mu_run_event *event)
{
    struct mu_bytes line, body, h;
    bool whole;
    if (r->done)
        return false;
    if (!next_line(r, &line, &whole)) {
        r->done = true;
        return false;
    }
    if (!whole || !find_h(line, &body, &h))
        return stop(r, false);
    const struct mu_node *object = parse(r, line);
    if (object == NULL)
        return stop(r, false);
    if (!chained(r->chain.head, body, h))
        return stop(r, true);

    struct mu_chain *c = &r->chain;
    c->lines++;
    c->octets += line.n + 1;
    memcpy(c->head, h.p, H_HEX);
    *event = (struct mu_run_event){ .object = object, .line = c->lines, .end = c->octets };
    event->name = mu_event_text(object, "event");
    c->closed = strcmp(event->name, "close") == 0 || (c->closed && mu_event_opinion(object));
    return true;
}

bool mu_report_check(struct mu_arena *arena, int run, struct mu_chain *chain, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(arena, struct mu_run_reader);
    struct mu_run_event event;
    mu_run_reader_start(reader, arena, run);
    while (mu_run_read(reader, &event))
        continue;
    if (reader->sys != 0) {
        errno = reader->sys;
        return mu_fail_sys(err, "cannot read the run stream");
    }
    *chain = reader->chain;
    return true;
}

bool mu_event_opinion(const struct mu_node *object)
{
    const struct mu_node *kind = mu_node_get(object, "kind");
    return strcmp(mu_event_text(object, "event"), "note") == 0 && kind != NULL
           && kind->kind == MU_NODE_TEXT;
}

struct mu_bytes mu_event_bytes(const struct mu_node *object, const char *name)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_TEXT ? value->text : MU_BYTES("");
}

const char *mu_event_text(const struct mu_node *object, const char *name)
{
    return mu_event_bytes(object, name).p;
}

const char *mu_event_kept(struct mu_arena *arena, const struct mu_node *object, const char *name)
{
    return mu_bytes_dup(arena, mu_event_bytes(object, name));
}

int64_t mu_event_number(const struct mu_node *object, const char *name, int64_t otherwise)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_NUMBER ? value->number : otherwise;
}

bool mu_event_true(const struct mu_node *object, const char *name)
{
    const struct mu_node *value = mu_node_get(object, name);
    return value != NULL && value->kind == MU_NODE_TRUE;
}

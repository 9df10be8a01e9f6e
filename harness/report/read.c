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

static void drop_object(void *object)
{
    struct mu_run_reader *reader = object;
    json_decref(reader->object);
    reader->object = NULL;
}

static void drop_kept(void *object)
{
    struct mu_run_reader *reader = object;
    for (size_t i = 0; i < MU_LEGS_KEPT; i++)
        json_decref(reader->kept[i].array);
}

void mu_run_reader_start(struct mu_run_reader *reader, struct mu_arena *arena, int fd)
{
    *reader = (struct mu_run_reader){ .fd = fd, .arena = arena };
    reader->buffer = mu_arena_alloc(arena, MU_RUN_LINE_MAX);
    reader->spliced = mu_arena_alloc(arena, MU_RUN_LINE_MAX);
    mu_arena_defer(arena, drop_kept, reader);
    mu_arena_defer(arena, drop_object, reader);
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

static json_t *parse(struct mu_bytes line)
{
    json_error_t ignored;
    json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &ignored);
    if (object != NULL && json_is_string(json_object_get(object, "event")))
        return object;
    json_decref(object);
    return NULL;
}

#define LEGS ",\"legs\":["

/* Where the value of the member "legs" stands, when it is a member of the line's own object: nothing
 * before it opens another one. Within a string its quotes would be escaped. */
static bool find_legs(struct mu_bytes line, struct mu_bytes *legs)
{
    size_t at = mu_bytes_find(line, MU_BYTES(LEGS), 0);
    if (at == SIZE_MAX || memchr(line.p + 1, '{', at - 1) != NULL)
        return false;
    size_t from = at + sizeof LEGS - 2, depth = 0, i = from;
    for (bool text = false; i < line.n; i++) {
        char c = line.p[i];
        if (text && c == '\\')
            i++;
        else if (c == '"')
            text = !text;
        else if (!text && c == '[')
            depth++;
        else if (!text && c == ']' && --depth == 0)
            break;
    }
    *legs = mu_bytes_slice(line, from, i + 1 - from);
    return i < line.n;
}

static struct mu_legs_kept *kept_of(struct mu_run_reader *r, struct mu_bytes legs)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < legs.n; i++)
        h = (h ^ (unsigned char) legs.p[i]) * UINT64_C(0x100000001b3);
    return &r->kept[(h ^ h >> 32) % MU_LEGS_KEPT];
}

static void keep(struct mu_run_reader *r, struct mu_legs_kept *kept, struct mu_bytes legs,
                 json_t *array)
{
    if (!json_is_array(array) || legs.n > MU_LEGS_ROOM)
        return;
    if (kept->text == NULL)
        kept->text = mu_arena_alloc(r->arena, MU_LEGS_ROOM);
    memcpy(kept->text, legs.p, legs.n);
    kept->n = legs.n;
    json_decref(kept->array);
    kept->array = json_incref(array);
}

/* The line without the legs that are known, and these put back. */
static json_t *parse_rest(struct mu_run_reader *r, struct mu_bytes line, struct mu_bytes legs,
                          json_t *array)
{
    size_t before = (size_t) (legs.p - line.p) - (sizeof LEGS - 2);
    struct mu_bytes behind = mu_bytes_from(line, (size_t) (legs.p - line.p) + legs.n);
    memcpy(r->spliced, line.p, before);
    memcpy(r->spliced + before, behind.p, behind.n);
    json_t *object = parse((struct mu_bytes){ r->spliced, before + behind.n });
    bool twice = object != NULL && json_object_get(object, "legs") != NULL;
    if (object != NULL && !twice)
        json_object_set(object, "legs", array);
    if (!twice)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *parse_line(struct mu_run_reader *r, struct mu_bytes line)
{
    struct mu_bytes legs;
    if (!find_legs(line, &legs))
        return parse(line);
    struct mu_legs_kept *kept = kept_of(r, legs);
    if (kept->array != NULL && mu_bytes_equal((struct mu_bytes){ kept->text, kept->n }, legs))
        return parse_rest(r, line, legs, kept->array);
    json_t *object = parse(line);
    keep(r, kept, legs, json_object_get(object, "legs"));
    return object;
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
        json_t *object = parse(line);
        found = object != NULL;
        json_decref(object);
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
    drop_object(r);
    if (r->done)
        return false;
    if (!next_line(r, &line, &whole)) {
        r->done = true;
        return false;
    }
    if (!whole || !find_h(line, &body, &h))
        return stop(r, false);
    r->object = parse_line(r, line);
    if (r->object == NULL)
        return stop(r, false);
    if (!chained(r->chain.head, body, h))
        return stop(r, true);

    struct mu_chain *c = &r->chain;
    c->lines++;
    c->octets += line.n + 1;
    memcpy(c->head, h.p, H_HEX);
    *event = (struct mu_run_event){ .object = r->object, .line = c->lines, .end = c->octets };
    event->name = mu_event_text(r->object, "event");
    c->closed = strcmp(event->name, "close") == 0 || (c->closed && mu_event_opinion(r->object));
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

bool mu_event_opinion(const json_t *object)
{
    return strcmp(mu_event_text(object, "event"), "note") == 0
           && json_is_string(json_object_get(object, "kind"));
}

struct mu_bytes mu_event_bytes(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return MU_BYTES("");
    return (struct mu_bytes){ json_string_value(value), json_string_length(value) };
}

const char *mu_event_text(const json_t *object, const char *name)
{
    return mu_event_bytes(object, name).p;
}

int64_t mu_event_number(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool mu_event_true(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

#include "run/stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/limits.h"

void mu_stream_start(struct mu_stream_reader *reader, struct mu_arena *arena, int fd)
{
    *reader = (struct mu_stream_reader){ .fd = fd };
    reader->buffer = mu_arena_alloc(arena, MU_RUN_LINE_MAX);
}

/* More of the file behind buffer[n]; false at its end, or when the buffer is full. */
static bool fill(struct mu_stream_reader *r)
{
    memmove(r->buffer, r->buffer + r->at, r->n - r->at);
    r->n -= r->at;
    r->at = 0;
    while (r->n < MU_RUN_LINE_MAX) {
        ssize_t got = pread(r->fd, r->buffer + r->n, MU_RUN_LINE_MAX - r->n, (off_t) r->offset);
        if (got < 0 && errno == EINTR)
            continue;
        r->sys = got < 0 ? errno : r->sys;
        if (got <= 0)
            return false;
        r->n += (size_t) got;
        r->offset += (uint64_t) got;
        return true;
    }
    return false;
}

/* The next line; *whole is false for one without a line feed, or a piece of one that is too long. */
static bool next_line(struct mu_stream_reader *r, struct mu_bytes *line, bool *whole)
{
    size_t seen = 0;
    for (bool more = true; more;) {
        const char *start = r->buffer + r->at;
        size_t n = r->n - r->at;
        const char *lf = n > seen ? memchr(start + seen, '\n', n - seen) : NULL;
        *whole = lf != NULL;
        *line = (struct mu_bytes){ start, lf != NULL ? (size_t) (lf - start) : n };
        seen = n;
        more = lf == NULL && fill(r);
    }
    line->p = r->buffer + r->at; /* it may have moved */
    r->at += line->n + *whole;
    return line->n > 0 || *whole;
}

static json_t *parse(struct mu_bytes line)
{
    json_error_t why;
    json_t *event = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (json_is_string(json_object_get(event, "event"))
        && json_is_string(json_object_get(event, "h")))
        return event;
    json_decref(event);
    return NULL;
}

/* Does the line continue the chain? `h` becomes its value. */
static bool chain_holds(struct mu_bytes line, char h[MU_DIGEST_TEXT])
{
    static const char mark[] = ",\"h\":\"";
    size_t tail = sizeof mark - 1 + MU_DIGEST_TEXT - 1 + 2; /* ,"h":"...64..."} */
    if (line.n < tail || memcmp(line.p + line.n - tail, mark, sizeof mark - 1) != 0)
        return false;
    struct mu_bytes piece[] = { mu_bytes_of(h), MU_BYTES("\n"), { line.p, line.n - tail } };
    unsigned char raw[MU_DIGEST_BYTES];
    char digest[MU_DIGEST_TEXT];
    mu_digest_pieces(piece, MU_COUNT(piece), raw);
    mu_hex_write(raw, sizeof raw, digest);
    if (memcmp(line.p + line.n - tail + sizeof mark - 1, digest, MU_DIGEST_TEXT - 1) != 0)
        return false;
    memcpy(h, digest, sizeof digest);
    return true;
}

/* A bad line followed by a good one is no torn end. */
static bool good_follows(struct mu_stream_reader *r)
{
    struct mu_bytes line;
    bool whole;
    while (next_line(r, &line, &whole)) {
        json_t *event = whole ? parse(line) : NULL;
        json_decref(event);
        if (event != NULL)
            return true;
    }
    return false;
}

bool mu_stream_next(struct mu_stream_reader *r, struct mu_bytes *line, json_t **event)
{
    bool whole;
    *event = NULL;
    if (r->rest || !next_line(r, line, &whole))
        return false;
    bool chained = whole && chain_holds(*line, r->h);
    *event = chained ? parse(*line) : NULL;
    if (*event == NULL) {
        r->rest = true;
        r->corrupt = chained || good_follows(r);
        return false;
    }
    r->lines++;
    r->end += line->n + 1;
    return true;
}

json_t *mu_stream_again(int fd, uint64_t offset, size_t size, char *room)
{
    size_t n = 0;
    while (n < size) {
        ssize_t got = pread(fd, room + n, size - n, (off_t) (offset + n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return NULL;
        n += (size_t) got;
    }
    return parse((struct mu_bytes){ room, size });
}

const char *mu_stream_text(const json_t *event, const char *name)
{
    const char *text = json_string_value(json_object_get(event, name));
    return text != NULL ? text : "";
}

bool mu_stream_opinion(const json_t *event)
{
    return strcmp(mu_stream_text(event, "event"), "note") == 0
           && json_is_string(json_object_get(event, "kind"));
}

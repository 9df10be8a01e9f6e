#include "run/stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/limits.h"

void mu_stream_start(struct mu_stream_reader *reader, struct mu_arena *arena, int fd)
{
    *reader = (struct mu_stream_reader){ .lines = 0 };
    mu_lines_start(&reader->in, arena, fd);
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
    struct mu_bytes body, told;
    char digest[MU_DIGEST_TEXT];
    if (!mu_lines_split(line, &body, &told))
        return false;
    mu_lines_chain(h, body, digest);
    if (!mu_bytes_equal(told, mu_bytes_of(digest)))
        return false;
    memcpy(h, digest, sizeof digest);
    return true;
}

/* A bad line followed by a good one is no torn end. */
static bool good_follows(struct mu_stream_reader *r)
{
    struct mu_bytes line;
    bool whole;
    while (mu_lines_next(&r->in, &line, &whole)) {
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
    if (r->rest || !mu_lines_next(&r->in, line, &whole))
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

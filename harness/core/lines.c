#include "core/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/limits.h"

/* The last member of a line: ,"h":"<64 hexadecimal digits>"} */
#define H_KEY  ",\"h\":\""
#define H_HEX  ((size_t) MU_DIGEST_TEXT - 1)
#define H_SIZE (sizeof H_KEY - 1 + H_HEX + 2)

void mu_lines_start(struct mu_lines *lines, struct mu_arena *arena, int fd)
{
    *lines = (struct mu_lines){ .fd = fd, .buffer = mu_arena_alloc(arena, MU_RUN_LINE_MAX) };
}

/* More of the file behind buffer[n]; false at its end, or when the buffer is full. */
static bool fill(struct mu_lines *l)
{
    if (l->at > 0) {
        memmove(l->buffer, l->buffer + l->at, l->n - l->at);
        l->n -= l->at;
        l->at = 0;
    }
    while (l->n < MU_RUN_LINE_MAX) {
        ssize_t got = pread(l->fd, l->buffer + l->n, MU_RUN_LINE_MAX - l->n, (off_t) l->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            l->sys = errno;
        if (got <= 0)
            return false;
        l->n += (size_t) got;
        l->offset += (uint64_t) got;
        return true;
    }
    return false;
}

bool mu_lines_next(struct mu_lines *l, struct mu_bytes *line, bool *whole)
{
    size_t seen = 0;
    for (;;) {
        const char *start = l->buffer + l->at;
        const char *lf = memchr(start + seen, '\n', l->n - l->at - seen);
        if (lf != NULL) {
            *line = (struct mu_bytes){ start, (size_t) (lf - start) };
            *whole = true;
            l->at += line->n + 1;
            return true;
        }
        seen = l->n - l->at;
        if (!fill(l))
            break;
    }
    *line = (struct mu_bytes){ l->buffer + l->at, l->n - l->at };
    *whole = false;
    l->at = l->n;
    return line->n > 0;
}

bool mu_lines_split(struct mu_bytes line, struct mu_bytes *body, struct mu_bytes *h)
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

void mu_lines_chain(const char *previous, struct mu_bytes body, char h[MU_DIGEST_TEXT])
{
    const struct mu_bytes piece[] = { mu_bytes_of(previous), MU_BYTES("\n"), body };
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest_pieces(piece, MU_COUNT(piece), digest);
    mu_hex_write(digest, sizeof digest, h);
}

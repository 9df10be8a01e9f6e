#include "format/stored.h"

#define STEP 64 /* lines from one remembered place to the next */

static const struct mu_bytes from = { "From ", 5 };

/* --- an mbox -------------------------------------------------------------------------------------- */

static bool begins(struct mu_bytes text, struct mu_bytes with)
{
    return text.n >= with.n && memcmp(text.p, with.p, with.n) == 0;
}

bool mu_mbox_is(struct mu_bytes start)
{
    return begins(start, from);
}

size_t mu_mbox_find(struct mu_bytes window)
{
    size_t at = 0;
    while ((at = mu_bytes_find(window, MU_BYTES("\nFrom "), at)) != SIZE_MAX) {
        bool empty = (at >= 1 && window.p[at - 1] == '\n')
                     || (at >= 2 && window.p[at - 1] == '\r' && window.p[at - 2] == '\n');
        if (empty)
            return at + 1;
        at++;
    }
    return SIZE_MAX;
}

size_t mu_mbox_trim(struct mu_bytes text)
{
    size_t n = text.n;
    if (n >= 2 && text.p[n - 1] == '\n' && text.p[n - 2] == '\n')
        return n - 1;
    if (n >= 3 && memcmp(text.p + n - 3, "\n\r\n", 3) == 0)
        return n - 2;
    return n;
}

/* ">From ", ">>From ": one ">" is the mbox's. */
static bool is_quoted(struct mu_bytes line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == '>')
        n++;
    return n > 0 && begins(mu_bytes_from(line, n), from);
}

/* --- line by line --------------------------------------------------------------------------------- */

/* What a line of the stored form is in the other: without so many bytes at its beginning, with so many
 * more at its end. */
struct change {
    size_t n; /* of the stored line with its line end */
    size_t off, on;
};

static struct change change_at(const struct mu_stored *m, size_t at)
{
    struct mu_bytes rest = mu_bytes_from(m->stored, at);
    const char *lf = memchr(rest.p, '\n', rest.n);
    struct change c = { .n = lf != NULL ? (size_t) (lf - rest.p) + 1 : rest.n };
    c.off = m->mbox && is_quoted(mu_bytes_slice(rest, 0, c.n));
    c.on = m->local && lf != NULL;
    return c;
}

static void put_line(struct mu_buf *out, const struct mu_stored *m, size_t at, struct change c)
{
    const char *line = m->stored.p + at;
    mu_buf_put(out, line + c.off, c.n - c.off - c.on);
    if (c.on > 0)
        mu_buf_put(out, "\r\n", 2);
}

static void convert(struct mu_arena *arena, struct mu_stored *m)
{
    size_t number = 0, lines = 1;
    for (const char *p = m->stored.p, *end = p + m->stored.n;
         p < end && (p = memchr(p, '\n', (size_t) (end - p))) != NULL; p++)
        lines++;
    struct mu_buf out = { .arena = arena, .room = m->stored.n + lines + 1 }; /* once, for all */
    out.p = mu_arena_alloc(arena, out.room);
    m->line = mu_arena_array(arena, lines / STEP + 1, sizeof *m->line);
    for (size_t at = 0; at < m->stored.n; number++) {
        if (number % STEP == 0)
            m->line[m->lines++] = (struct mu_stored_line){ at, out.n };
        struct change c = change_at(m, at);
        put_line(&out, m, at, c);
        at += c.n;
    }
    m->wire = mu_buf_bytes(&out);
}

/* Every LF alone, and at least one. */
static bool is_local(struct mu_bytes text)
{
    const char *lf = memchr(text.p, '\n', text.n);
    return lf != NULL && (lf == text.p || lf[-1] != '\r')
           && mu_bytes_find(text, MU_BYTES("\r\n"), 0) == SIZE_MAX;
}

void mu_stored_read(struct mu_arena *arena, struct mu_bytes stored, bool mbox,
                    struct mu_stored *out)
{
    *out = (struct mu_stored){ .stored = stored, .wire = stored, .mbox = mbox };
    out->local = stored.n > 0 && is_local(stored);
    if (out->local || (mbox && mu_bytes_find(stored, MU_BYTES(">From "), 0) != SIZE_MAX))
        convert(arena, out);
}

size_t mu_stored_offset(const struct mu_stored *m, size_t wire)
{
    if (m->lines == 0)
        return wire;
    size_t low = 0, high = m->lines;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (m->line[middle].wire <= wire)
            low = middle;
        else
            high = middle;
    }
    struct mu_stored_line at = m->line[low];
    while (at.stored < m->stored.n) {
        struct change c = change_at(m, at.stored);
        size_t n = c.n - c.off + c.on;
        if (wire < at.wire + n) {
            size_t in_line = wire - at.wire + c.off;
            return at.stored + (in_line < c.n ? in_line : c.n - 1);
        }
        at.stored += c.n;
        at.wire += n;
    }
    return m->stored.n;
}

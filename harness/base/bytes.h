/*
 * bytes.h - what came from outside: a pointer and a length, never a C string.
 *
 * Wire data may hold NUL, bare LF and invalid UTF-8. Keep it as struct mu_bytes until a parser has
 * said what it is; the type is the reminder. Borrowed unless a comment says otherwise.
 */
#ifndef MU_BASE_BYTES_H
#define MU_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"

struct mu_bytes {
    const char *p;
    size_t n;
};

#define MU_BYTES(literal) ((struct mu_bytes){ (literal), sizeof(literal) - 1 })

static inline struct mu_bytes mu_bytes_of(const char *s)
{
    return (struct mu_bytes){ s, strlen(s) };
}

static inline bool mu_bytes_equal(struct mu_bytes a, struct mu_bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The bytes from `at` on; empty past the end. */
static inline struct mu_bytes mu_bytes_from(struct mu_bytes b, size_t at)
{
    if (at >= b.n) /* b.p may be NULL: nothing is added to it then */
        return (struct mu_bytes){ b.n > 0 ? b.p + b.n : b.p, 0 };
    return (struct mu_bytes){ b.p + at, b.n - at };
}

/* At most `n` bytes from `at` on. */
static inline struct mu_bytes mu_bytes_slice(struct mu_bytes b, size_t at, size_t n)
{
    b = mu_bytes_from(b, at);
    return (struct mu_bytes){ b.p, b.n < n ? b.n : n };
}

/* Offset of the first `needle` at or after `from`; SIZE_MAX when there is none. */
size_t mu_bytes_find(struct mu_bytes haystack, struct mu_bytes needle, size_t from);

/* ASCII letters compare equal in either case; other bytes must be the same. */
bool mu_bytes_equal_nocase(struct mu_bytes a, struct mu_bytes b);
bool mu_bytes_start_nocase(struct mu_bytes b, struct mu_bytes prefix);

/* Without the spaces, tabs, CRs and LFs at both ends. */
struct mu_bytes mu_bytes_trim(struct mu_bytes b);

/* A NUL-terminated copy; bytes after an embedded NUL are in it, too, so callers know b.n. */
static inline char *mu_bytes_dup(struct mu_arena *arena, struct mu_bytes b)
{
    return mu_arena_strndup(arena, b.p, b.n);
}

/*
 * A growing byte string in an arena. Growing abandons the old block to the arena, so the waste is
 * at most the final size. Start with { .arena = arena }.
 */
struct mu_buf {
    struct mu_arena *arena;
    char *p; /* NUL after p[n-1] whenever anything was put */
    size_t n, room;
};

void mu_buf_put(struct mu_buf *buf, const void *data, size_t n);
void mu_buf_puts(struct mu_buf *buf, const char *s);
void mu_buf_putc(struct mu_buf *buf, char c);
void mu_buf_put_bytes(struct mu_buf *buf, struct mu_bytes b);
/* Room for `n` more bytes, which the caller writes; they count at once. */
char *mu_buf_grow(struct mu_buf *buf, size_t n);
void mu_buf_printf(struct mu_buf *buf, const char *fmt, ...) MU_PRINTF(2, 3);

static inline struct mu_bytes mu_buf_bytes(const struct mu_buf *buf)
{
    return (struct mu_bytes){ buf->p != NULL ? buf->p : "", buf->n };
}

/* "" when nothing was put. */
static inline const char *mu_buf_text(const struct mu_buf *buf)
{
    return buf->p != NULL ? buf->p : "";
}

#endif

#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

size_t mu_bytes_find(struct mu_bytes haystack, struct mu_bytes needle, size_t from)
{
    if (from > haystack.n || haystack.n == 0)
        return haystack.n == 0 && needle.n == 0 && from == 0 ? 0 : SIZE_MAX;
    const char *at = memmem(haystack.p + from, haystack.n - from, needle.p, needle.n);
    return at != NULL ? (size_t) (at - haystack.p) : SIZE_MAX;
}

static unsigned char fold(char c)
{
    return (unsigned char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool mu_bytes_start_nocase(struct mu_bytes b, struct mu_bytes prefix)
{
    if (b.n < prefix.n)
        return false;
    for (size_t i = 0; i < prefix.n; i++)
        if (fold(b.p[i]) != fold(prefix.p[i]))
            return false;
    return true;
}

bool mu_bytes_equal_nocase(struct mu_bytes a, struct mu_bytes b)
{
    return a.n == b.n && mu_bytes_start_nocase(a, b);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct mu_bytes mu_bytes_trim(struct mu_bytes b)
{
    while (b.n > 0 && is_space(b.p[b.n - 1]))
        b.n--;
    while (b.n > 0 && is_space(b.p[0])) {
        b.p++;
        b.n--;
    }
    return b;
}

static void make_room(struct mu_buf *buf, size_t more)
{
    assert(buf->arena != NULL);
    if (buf->room - buf->n > more)
        return;
    size_t room = buf->room < 128 ? 256 : buf->room * 2;
    while (room - buf->n <= more)
        room *= 2;
    char *p = mu_arena_alloc(buf->arena, room);
    if (buf->n > 0)
        memcpy(p, buf->p, buf->n);
    buf->p = p;
    buf->room = room;
}

void mu_buf_put(struct mu_buf *buf, const void *data, size_t n)
{
    make_room(buf, n);
    if (n > 0)
        memcpy(buf->p + buf->n, data, n);
    buf->n += n;
    buf->p[buf->n] = '\0';
}

char *mu_buf_grow(struct mu_buf *buf, size_t n)
{
    make_room(buf, n);
    char *p = buf->p + buf->n;
    buf->n += n;
    buf->p[buf->n] = '\0';
    return p;
}

void mu_buf_puts(struct mu_buf *buf, const char *s)
{
    mu_buf_put(buf, s, strlen(s));
}

void mu_buf_putc(struct mu_buf *buf, char c)
{
    make_room(buf, 1);
    buf->p[buf->n++] = c;
    buf->p[buf->n] = '\0';
}

void mu_buf_put_bytes(struct mu_buf *buf, struct mu_bytes b)
{
    mu_buf_put(buf, b.p, b.n);
}

void mu_buf_printf(struct mu_buf *buf, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    make_room(buf, (size_t) n);
    vsnprintf(buf->p + buf->n, (size_t) n + 1, fmt, again);
    va_end(again);
    buf->n += (size_t) n;
}

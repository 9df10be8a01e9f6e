#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double from the first to the last size: zeroing 64 KB would cost an arena that is needed for
 * a few names more than all else. */
#define FIRST_BLOCK ((size_t) 4 * 1024)
#define LAST_BLOCK  ((size_t) 64 * 1024)

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *object;
};

struct mu_arena {
    struct block *block;
    struct deferred *deferred;
    size_t left;
};

static MU_NORETURN void out_of_memory(void)
{
    fputs("muster: out of memory\n", stderr);
    abort();
}

static void *must_calloc(size_t size)
{
    void *p = calloc(1, size);
    if (p == NULL)
        out_of_memory();
    return p;
}

struct mu_arena *mu_arena_new(size_t limit)
{
    struct mu_arena *arena = must_calloc(sizeof *arena);
    arena->left = limit;
    return arena;
}

void mu_arena_free(struct mu_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct deferred *d = arena->deferred; d != NULL; d = d->next)
        d->fn(d->object);
    for (struct block *b = arena->block, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

void *mu_arena_alloc(struct mu_arena *arena, size_t size)
{
    if (size > arena->left || size > SIZE_MAX / 2)
        out_of_memory();
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

    struct block *b = arena->block;
    if (b == NULL || size > b->size - b->used) {
        size_t room = b == NULL ? FIRST_BLOCK : b->size < LAST_BLOCK / 2 ? 2 * b->size : LAST_BLOCK;
        if (room < size)
            room = size;
        b = must_calloc(sizeof *b + room);
        b->size = room;
        b->next = arena->block;
        arena->block = b;
    }
    void *p = b->bytes + b->used;
    b->used += size;
    arena->left -= size < arena->left ? size : arena->left;
    return p;
}

void *mu_arena_array(struct mu_arena *arena, size_t count, size_t size)
{
    assert(size != 0);
    size_t all; /* a division to see whether it fits would cost more than the rest of this */
    if (__builtin_mul_overflow(count, size, &all))
        out_of_memory();
    return mu_arena_alloc(arena, all);
}

char *mu_arena_strndup(struct mu_arena *arena, const char *s, size_t n)
{
    char *copy = mu_arena_alloc(arena, n + 1);
    memcpy(copy, s, n);
    return copy;
}

/* Most texts are short, and then are formatted once. */
char *mu_arena_printf(struct mu_arena *arena, const char *fmt, ...)
{
    char brief[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(brief, sizeof brief, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    if ((size_t) n < sizeof brief)
        return mu_arena_strndup(arena, brief, (size_t) n);

    char *s = mu_arena_alloc(arena, (size_t) n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t) n + 1, fmt, ap);
    va_end(ap);
    return s;
}

void mu_arena_defer(struct mu_arena *arena, void (*fn)(void *object), void *object)
{
    struct deferred *d = mu_new(arena, struct deferred);
    *d = (struct deferred){ .next = arena->deferred, .fn = fn, .object = object };
    arena->deferred = d;
}

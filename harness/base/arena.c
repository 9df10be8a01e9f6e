#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t) 64 * 1024)

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
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
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
    if (count > SIZE_MAX / size)
        out_of_memory();
    return mu_arena_alloc(arena, count * size);
}

char *mu_arena_strndup(struct mu_arena *arena, const char *s, size_t n)
{
    char *copy = mu_arena_alloc(arena, n + 1);
    memcpy(copy, s, n);
    return copy;
}

char *mu_arena_printf(struct mu_arena *arena, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);

    char *s = mu_arena_alloc(arena, (size_t) n + 1);
    vsnprintf(s, (size_t) n + 1, fmt, again);
    va_end(again);
    return s;
}

void mu_arena_defer(struct mu_arena *arena, void (*fn)(void *object), void *object)
{
    struct deferred *d = mu_new(arena, struct deferred);
    *d = (struct deferred){ .next = arena->deferred, .fn = fn, .object = object };
    arena->deferred = d;
}

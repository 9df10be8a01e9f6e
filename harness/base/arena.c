#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer what was not handed out is out of bounds, with a gap behind each piece: in one block
 * the next piece would hide an octet too many. */
#ifdef MU_SANITIZE
#include <sanitizer/asan_interface.h>
#define GAP                     ((size_t) 16)
#define CLOSE_OFF(memory, size) ASAN_POISON_MEMORY_REGION(memory, size)
#define HAND_OUT(memory, size)  ASAN_UNPOISON_MEMORY_REGION(memory, size)
#else
#define GAP                     ((size_t) 0)
#define CLOSE_OFF(memory, size) ((void) 0)
#define HAND_OUT(memory, size)  ((void) (size))
#endif

/* The first block is small: zeroing 64 KB would cost an arena that is needed for a few names more than
 * all else. */
#define FIRST_BLOCK ((size_t) 4 * 1024)
#define LAST_BLOCK  ((size_t) 64 * 1024)

/* Blocks of both sizes that nobody has at the moment: whoever makes an arena for each message or case gets
 * the same ones again, and they are cleared only as far as they were used. Given back to malloc each time
 * they would make it tidy up all of its small pieces as often. Tools that watch over memory must see
 * blocks come and go. */
#ifdef MU_SANITIZE
#define SPARE_LAST  ((size_t) 0)
#define SPARE_FIRST ((size_t) 0)
#else
#define SPARE_LAST  ((size_t) 16)
#define SPARE_FIRST ((size_t) 128) /* two for each of 64 cases in hand */
#endif

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

struct spares {
    struct block *block;
    size_t count, most, size; /* of one block: its room */
};

static struct spares spare_first = { .most = SPARE_FIRST, .size = FIRST_BLOCK };
static struct spares spare_last = { .most = SPARE_LAST, .size = LAST_BLOCK };

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

static struct block *take_spare(struct spares *spares)
{
    struct block *b = spares->block;
    if (b != NULL) {
        spares->block = b->next;
        spares->count--;
    }
    return b;
}

/* A large one serves for a small one, too: it saves the second block. */
static struct block *new_block(size_t room)
{
    struct block *b = room <= LAST_BLOCK ? take_spare(&spare_last) : NULL;
    if (b == NULL && room <= FIRST_BLOCK)
        b = take_spare(&spare_first);
    if (b != NULL)
        return b;
    b = must_calloc(sizeof *b + room);
    b->size = room;
    return b;
}

static void free_block(struct block *b)
{
    struct spares *spares = b->size == LAST_BLOCK ? &spare_last : &spare_first;
    if (b->size != spares->size || spares->count == spares->most) {
        free(b);
        return;
    }
    memset(b->bytes, 0, b->used);
    b->used = 0;
    b->next = spares->block;
    spares->block = b;
    spares->count++;
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
        free_block(b);
    }
    free(arena);
}

void *mu_arena_alloc(struct mu_arena *arena, size_t size)
{
    if (size > arena->left || size > SIZE_MAX / 2)
        out_of_memory();
    size_t wanted = size;
    size = ((size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)) + GAP;

    struct block *b = arena->block;
    if (b == NULL || size > b->size - b->used) {
        size_t room = b == NULL ? FIRST_BLOCK : LAST_BLOCK;
        if (room < size)
            room = size;
        b = new_block(room);
        b->next = arena->block;
        arena->block = b;
        CLOSE_OFF(b->bytes, room);
    }
    void *p = b->bytes + b->used;
    HAND_OUT(p, wanted);
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
    if (n > 0) /* nothing may be nowhere */
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

#include "report/table.h"

#include <stdint.h>

#define FIRST_ROOM ((size_t) 64) /* slots; a power of two */

/* FNV-1a, 64 bits. */
static size_t hash(struct mu_bytes name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char) name.p[i]) * UINT64_C(0x100000001b3);
    return (size_t) (h ^ (h >> 32));
}

/* The slot that holds `name`, or the empty one where it belongs. */
static size_t probe(const struct mu_table *table, struct mu_bytes name)
{
    size_t i = hash(name) & (table->room - 1);
    while (table->slot[i] != NULL && !mu_bytes_equal(mu_bytes_of(*table->slot[i]), name))
        i = (i + 1) & (table->room - 1);
    return i;
}

void *mu_table_find(const struct mu_table *table, struct mu_bytes name)
{
    if (table->room == 0)
        return NULL;
    return (void *) (uintptr_t) table->slot[probe(table, name)];
}

static void grow(struct mu_table *table, struct mu_arena *arena)
{
    struct mu_table old = *table;
    table->room = old.room == 0 ? FIRST_ROOM : old.room * 2;
    table->slot = mu_arena_array(arena, table->room, sizeof(*table->slot));
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i] != NULL)
            table->slot[probe(table, mu_bytes_of(*old.slot[i]))] = old.slot[i];
}

void mu_table_add(struct mu_table *table, struct mu_arena *arena, void *row)
{
    const char *const *named = row;
    if (2 * (table->count + 1) > table->room)
        grow(table, arena);
    table->slot[probe(table, mu_bytes_of(*named))] = named;
    table->count++;
}

const char *mu_table_word(struct mu_table *words, struct mu_arena *arena, struct mu_bytes text)
{
    const char **word = mu_table_find(words, text);
    if (word == NULL) {
        word = mu_arena_alloc(arena, sizeof(*word));
        *word = mu_bytes_dup(arena, text);
        mu_table_add(words, arena, word);
    }
    return *word;
}

#include "report/table.h"

#include <stdint.h>
#include <string.h>

#define FIRST_ROOM ((size_t) 64) /* slots; a power of two */

/* Eight octets at a time: names are long, and looked up for each member of each line. */
static size_t hash(struct mu_bytes name)
{
    uint64_t h = name.n, piece;
    for (; name.n >= sizeof piece; name = mu_bytes_from(name, sizeof piece)) {
        memcpy(&piece, name.p, sizeof piece);
        h = (h ^ piece) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    piece = 0;
    if (name.n > 0)
        memcpy(&piece, name.p, name.n);
    h = (h ^ piece) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t) (h ^ h >> 32);
}

/* The slot that holds `name`, or the empty one where it belongs. */
static struct mu_slot *probe(const struct mu_table *table, struct mu_bytes name, size_t h)
{
    size_t i = h & (table->room - 1);
    while (table->slot[i].row != NULL
           && !(table->slot[i].hash == h && mu_bytes_equal(mu_bytes_of(*table->slot[i].row), name)))
        i = (i + 1) & (table->room - 1);
    return &table->slot[i];
}

void *mu_table_find(const struct mu_table *table, struct mu_bytes name)
{
    if (table->room == 0)
        return NULL;
    return (void *) (uintptr_t) probe(table, name, hash(name))->row;
}

static void grow(struct mu_table *table, struct mu_arena *arena)
{
    struct mu_table old = *table;
    table->room = old.room == 0 ? FIRST_ROOM : old.room * 2;
    table->slot = mu_arena_array(arena, table->room, sizeof(*table->slot));
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i].row != NULL)
            *probe(table, mu_bytes_of(*old.slot[i].row), old.slot[i].hash) = old.slot[i];
}

void mu_table_add(struct mu_table *table, struct mu_arena *arena, void *row)
{
    const char *const *named = row;
    struct mu_bytes name = mu_bytes_of(*named);
    size_t h = hash(name);
    if (2 * (table->count + 1) > table->room)
        grow(table, arena);
    *probe(table, name, h) = (struct mu_slot){ named, h };
    table->count++;
}

/* Rows behind the gap move up until one stands where it belongs. */
void mu_table_remove(struct mu_table *table, struct mu_bytes name)
{
    const size_t mask = table->room - 1;
    size_t gap = (size_t) (probe(table, name, hash(name)) - table->slot), i = gap;
    table->count--;
    for (;;) {
        table->slot[gap].row = NULL;
        size_t home;
        do {
            i = (i + 1) & mask;
            if (table->slot[i].row == NULL)
                return;
            home = table->slot[i].hash & mask;
        } while (((i - home) & mask) < ((i - gap) & mask));
        table->slot[gap] = table->slot[i];
        gap = i;
    }
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

/*
 * table.h - a hash table of rows by name, and words kept once.
 *
 * A row is any struct whose first member is `const char *name`. Keys come from hostile text, so the
 * hash is keyed by nothing and the worst case is a slow report, bounded by the job's deadline.
 */
#ifndef MU_REPORT_TABLE_H
#define MU_REPORT_TABLE_H

#include "base/bytes.h"

struct mu_slot {
    const char *const *row; /* NULL: empty */
    size_t hash;            /* of its name */
};

struct mu_table {
    struct mu_slot *slot;
    size_t count, room;
};

/* The row of that name; NULL when there is none. */
void *mu_table_find(const struct mu_table *table, struct mu_bytes name);

/* `row` must not be in it yet. */
void mu_table_add(struct mu_table *table, struct mu_arena *arena, void *row);

/* Take out the row of that name, which must be in it. */
void mu_table_remove(struct mu_table *table, struct mu_bytes name);

/* The one copy of `text`; `words` holds them all. */
const char *mu_table_word(struct mu_table *words, struct mu_arena *arena, struct mu_bytes text);

#endif

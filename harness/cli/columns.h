/* columns.h - a table on a terminal: columns as wide as what stands in them, the last one free. A
 * column that is empty in every row is left out. Text is foreign: it is made safe here. */
#ifndef MU_CLI_COLUMNS_H
#define MU_CLI_COLUMNS_H

#include "base/bytes.h"

#define MU_COLUMNS_MAX 10

struct mu_columns {
    struct mu_arena *arena;
    const char *const *head; /* NULL-terminated titles, at most MU_COLUMNS_MAX */
    const char *(*row)[MU_COLUMNS_MAX];
    size_t rows, room;
};

void mu_columns_start(struct mu_columns *table, struct mu_arena *arena, const char *const *head);

/* One text a column, NULL for an empty one. */
void mu_columns_row(struct mu_columns *table, const char *const *cell);

void mu_columns_print(const struct mu_columns *table);

#endif

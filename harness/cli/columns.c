#include "cli/columns.h"

#include <stdio.h>

#include "base/text_safe.h"
#include "format/unicode.h"

static size_t count_of(const struct mu_columns *table)
{
    size_t n = 0;
    while (n < MU_COLUMNS_MAX && table->head[n] != NULL)
        n++;
    return n;
}

void mu_columns_start(struct mu_columns *table, struct mu_arena *arena, const char *const *head)
{
    *table = (struct mu_columns){ .arena = arena, .head = head };
}

void mu_columns_row(struct mu_columns *table, const char *const *cell)
{
    if (table->rows == table->room) {
        size_t room = table->room == 0 ? 16 : table->room * 2;
        const char *(*row)[MU_COLUMNS_MAX] = mu_arena_array(table->arena, room, sizeof *row);
        if (table->rows > 0)
            memcpy(row, table->row, table->rows * sizeof *row);
        table->row = row;
        table->room = room;
    }
    const char **made = table->row[table->rows++];
    for (size_t i = 0; i < count_of(table); i++)
        made[i] = cell[i] != NULL ? mu_text_line(table->arena, mu_bytes_of(cell[i])) : "";
}

static size_t width_of(const char *text)
{
    return mu_unicode_columns(mu_bytes_of(text));
}

static void print_line(const char *const *cell, const size_t *width, size_t columns)
{
    size_t pending = 2; /* blanks due before the next text */
    for (size_t i = 0; i < columns; i++) {
        if (width[i] == 0)
            continue;
        if (cell[i][0] != '\0')
            printf("%*s%s", (int) pending, "", cell[i]);
        pending = (cell[i][0] != '\0' ? 0 : pending) + width[i] - width_of(cell[i]) + 2;
    }
    putchar('\n');
}

void mu_columns_print(const struct mu_columns *table)
{
    size_t columns = count_of(table), width[MU_COLUMNS_MAX] = { 0 };
    for (size_t i = 0; i < columns; i++) {
        for (size_t r = 0; r < table->rows; r++) {
            size_t w = width_of(table->row[r][i]);
            width[i] = w > width[i] ? w : width[i];
        }
        size_t title = width_of(table->head[i]);
        if (width[i] > 0 && width[i] < title)
            width[i] = title;
    }
    print_line(table->head, width, columns);
    for (size_t r = 0; r < table->rows; r++)
        print_line(table->row[r], width, columns);
}

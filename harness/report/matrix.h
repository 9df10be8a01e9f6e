/* matrix.h - results counted in rows and columns: for the page and for matrix.csv. */
#ifndef MU_REPORT_MATRIX_H
#define MU_REPORT_MATRIX_H

#include "report/model.h"

#define MU_MATRIX_SIDE 24 /* rows or columns; roles and documents are few */

struct mu_matrix_cell {
    unsigned count[MU_VERDICTS], total;
    unsigned opinions; /* of its cases, those whose verdict is disputed or overridden */
    enum mu_verdict worst;
    int rung; /* where the worst case stopped, the lowest of them; -1: none ran */
    const struct mu_instance *
        example; /* the first of the worst; NULL: none ran, and of no use where instances are forgotten */
    const char *attribution; /* of the worst; "several" when they differ */
};

struct mu_matrix {
    struct mu_arena *arena;
    const char *row[MU_MATRIX_SIDE], *column[MU_MATRIX_SIDE];
    size_t rows, columns;
    struct mu_matrix_cell cell[MU_MATRIX_SIDE][MU_MATRIX_SIDE];
};

/* Roles by kind of case; the first column is "all". */
struct mu_matrix *mu_matrix_of_roles(struct mu_arena *arena);
void mu_matrix_count_role(struct mu_matrix *matrix, const struct mu_instance *instance);

/* Names of rows and columns are borrowed. What finds no place shares the last one. */
void mu_matrix_count(struct mu_matrix *matrix, const char *row, const char *column,
                     const struct mu_instance *instance);

#endif

/* Matrices of the page: roles by kind of case, and documents by role. */
#include <string.h>

#include "report/matrix.h"
#include "report/xml.h"

static void add_cell(struct mu_model_tree *t, const struct mu_matrix_cell *cell)
{
    unsigned ran = cell->total - cell->count[MU_NOT_RUN];
    mu_model_open(t, "cell");
    if (cell->total > 0) {
        mu_model_set(t, "verdict", mu_verdict_name(cell->worst));
        mu_model_number(t, "passed", (int64_t) cell->count[MU_PASS] + cell->count[MU_REMARKS]);
        mu_model_number(t, "ran", (int64_t) ran);
        mu_model_number(t, "total", (int64_t) cell->total);
    }
    if (ran > 0) {
        mu_model_number(t, "rung", cell->rung);
        mu_model_set(t, "rung-name", mu_rung_name((enum mu_rung) cell->rung));
    }
    mu_model_close(t);
}

static void add_matrix(struct mu_model_tree *t, const struct mu_matrix *x, const char *of,
                       const char *by)
{
    mu_model_open(t, "matrix");
    mu_model_set(t, "of", of);
    mu_model_set(t, "by", by);
    for (size_t k = 0; k < x->columns; k++)
        mu_model_text(t, "column", x->column[k]);
    for (size_t r = 0; r < x->rows; r++) {
        mu_model_open(t, "row");
        mu_model_text(t, "name", x->row[r]);
        for (size_t k = 0; k < x->columns; k++)
            add_cell(t, &x->cell[r][k]);
        mu_model_close(t);
    }
    mu_model_close(t);
}

/* A case counts once under each document that it names. */
static void count_documents(struct mu_matrix *x, const struct mu_instance *instance)
{
    for (const struct mu_clause *c = instance->of->clause; c != NULL; c = c->next) {
        const struct mu_clause *before = instance->of->clause;
        while (before != c && strcmp(before->document, c->document) != 0)
            before = before->next;
        if (before == c)
            mu_matrix_count(x, c->document, instance->of->role, instance);
    }
}

void mu_model_matrices(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    struct mu_matrix *roles = mu_matrix_of_roles(arena),
                     *documents = mu_new(arena, struct mu_matrix);
    documents->arena = arena;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        mu_matrix_count_role(roles, i);
        if (*i->of->role != '\0')
            count_documents(documents, i);
    }
    if (roles->rows > 0)
        add_matrix(t, roles, "role", "kind of case");
    if (documents->rows > 0)
        add_matrix(t, documents, "document", "role");
}

/* Matrices: roles by kind of case, and documents by role. A cell holds the worst word of its cases. */
#include <string.h>

#include "report/xml.h"

#define SIDE_MAX 24 /* rows or columns; roles and documents are few */

struct cell {
    unsigned count[MU_VERDICTS], total;
    unsigned opinions; /* of its cases, those whose verdict is disputed or overridden */
    enum mu_verdict worst;
    int rung; /* where the worst case stopped, the lowest of them; -1: none ran */
};

struct matrix {
    const char *row[SIDE_MAX], *column[SIDE_MAX];
    size_t rows, columns;
    struct cell cell[SIDE_MAX][SIDE_MAX];
};

static size_t place_of(const char **name, size_t *names, const char *wanted)
{
    for (size_t i = 0; i < *names; i++)
        if (strcmp(name[i], wanted) == 0)
            return i;
    if (*names == SIDE_MAX)
        return SIDE_MAX - 1; /* whatever else there is shares the last place */
    name[*names] = wanted;
    return (*names)++;
}

static void count(struct matrix *x, const char *row, const char *column,
                  const struct mu_instance *instance)
{
    size_t r = place_of(x->row, &x->rows, row), k = place_of(x->column, &x->columns, column);
    struct cell *cell = &x->cell[r][k];
    int rung = instance->final != NULL ? (int) instance->final->rung : -1;
    if (cell->total == 0)
        cell->rung = -1;
    cell->total++;
    cell->count[instance->verdict]++;
    cell->opinions += mu_instance_override(instance) != NULL || mu_instance_disputed(instance);
    if (instance->final == NULL)
        return;
    if (cell->rung < 0 || mu_verdict_worst(cell->worst, instance->verdict) != cell->worst)
        cell->rung = rung;
    else if (instance->verdict == cell->worst && instance->verdict > MU_REMARKS)
        cell->rung = rung < cell->rung ? rung : cell->rung;
    else if (instance->verdict == cell->worst)
        cell->rung = rung > cell->rung ? rung : cell->rung;
    cell->worst = mu_verdict_worst(cell->worst, instance->verdict);
}

static void add_cell(struct mu_model_tree *t, const struct cell *cell)
{
    unsigned ran = cell->total - cell->count[MU_NOT_RUN];
    mu_model_open(t, "cell");
    if (cell->total > 0) {
        mu_model_set(t, "verdict", mu_verdict_name(cell->worst));
        mu_model_number(t, "passed", (int64_t) cell->count[MU_PASS] + cell->count[MU_REMARKS]);
        mu_model_number(t, "ran", (int64_t) ran);
        mu_model_number(t, "total", (int64_t) cell->total);
    }
    if (cell->opinions > 0)
        mu_model_number(t, "opinions", (int64_t) cell->opinions);
    if (ran > 0) {
        mu_model_number(t, "rung", cell->rung);
        mu_model_set(t, "rung-name", mu_rung_name((enum mu_rung) cell->rung));
    }
    mu_model_close(t);
}

static void add_matrix(struct mu_model_tree *t, const struct matrix *x, const char *of,
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
static void count_documents(struct matrix *x, const struct mu_instance *instance)
{
    for (const struct mu_clause *c = instance->of->clause; c != NULL; c = c->next) {
        const struct mu_clause *before = instance->of->clause;
        while (before != c && strcmp(before->document, c->document) != 0)
            before = before->next;
        if (before == c)
            count(x, c->document, instance->of->role, instance);
    }
}

void mu_model_matrices(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    struct matrix *roles = mu_new(arena, struct matrix), *documents = mu_new(arena, struct matrix);
    static const char *const class[] = { "all", "valid", "unexpected", "invalid" };
    for (size_t i = 0; i < MU_COUNT(class); i++)
        place_of(roles->column, &roles->columns, class[i]);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        if (*i->of->role == '\0')
            continue;
        count(roles, i->of->role, "all", i);
        count(roles, i->of->role, *i->of->class != '\0' ? i->of->class : "other", i);
        count_documents(documents, i);
    }
    if (roles->rows > 0)
        add_matrix(t, roles, "role", "kind of case");
    if (documents->rows > 0)
        add_matrix(t, documents, "document", "role");
}

/* A cell holds the worst word of its cases, and where they stopped. */
#include "report/matrix.h"

#include <string.h>

static size_t place_of(const char **name, size_t *names, const char *wanted)
{
    for (size_t i = 0; i < *names; i++)
        if (strcmp(name[i], wanted) == 0)
            return i;
    if (*names == MU_MATRIX_SIDE)
        return MU_MATRIX_SIDE - 1;
    name[*names] = wanted;
    return (*names)++;
}

/* A copy is made when the worst becomes worse, at most once a verdict: instances may be forgotten. */
static void attribute(struct mu_matrix *x, struct mu_matrix_cell *cell,
                      const struct mu_instance *instance, bool worse)
{
    const char *attribution = instance->final->attribution;
    if (worse)
        cell->attribution = mu_arena_strndup(x->arena, attribution, strlen(attribution));
    else if (strcmp(cell->attribution, attribution) != 0)
        cell->attribution = "several";
}

void mu_matrix_count(struct mu_matrix *x, const char *row, const char *column,
                     const struct mu_instance *instance)
{
    size_t r = place_of(x->row, &x->rows, row), k = place_of(x->column, &x->columns, column);
    struct mu_matrix_cell *cell = &x->cell[r][k];
    int rung = instance->final != NULL ? (int) instance->final->rung : -1;
    if (cell->total == 0) {
        cell->rung = -1;
        cell->attribution = "";
    }
    cell->total++;
    cell->count[instance->verdict]++;
    cell->opinions += mu_instance_override(instance) != NULL || mu_instance_disputed(instance);
    if (instance->final == NULL)
        return;
    bool worse = cell->rung < 0 || instance->verdict > cell->worst;
    bool same = !worse && instance->verdict == cell->worst;
    if (worse || same)
        attribute(x, cell, instance, worse);
    if (worse) {
        cell->example = instance;
        cell->rung = rung;
    } else if (same && instance->verdict > MU_REMARKS)
        cell->rung = rung < cell->rung ? rung : cell->rung;
    else if (same)
        cell->rung = rung > cell->rung ? rung : cell->rung;
    cell->worst = mu_verdict_worst(cell->worst, instance->verdict);
}

struct mu_matrix *mu_matrix_of_roles(struct mu_arena *arena)
{
    static const char *const class[] = { "all", "valid", "unexpected", "invalid" };
    struct mu_matrix *x = mu_new(arena, struct mu_matrix);
    x->arena = arena;
    for (size_t i = 0; i < MU_COUNT(class); i++)
        place_of(x->column, &x->columns, class[i]);
    return x;
}

void mu_matrix_count_role(struct mu_matrix *x, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    if (*of->role == '\0')
        return;
    mu_matrix_count(x, of->role, "all", instance);
    mu_matrix_count(x, of->role, *of->class != '\0' ? of->class : "other", instance);
}

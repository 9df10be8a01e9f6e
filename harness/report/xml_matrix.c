/* Matrices: who sent by who received, roles by kind of case, and documents by role. A cell holds the worst
 * word of its cases. */
#include <stdio.h>
#include <string.h>

#include "report/xml.h"

#define SIDE_MAX 24 /* rows or columns; roles and documents are few */

struct cell {
    unsigned count[MU_VERDICTS], total;
    enum mu_verdict worst;
    int rung; /* where the worst case stopped, the lowest of them; -1: none ran */
    const struct mu_instance *example; /* the first of the worst; NULL: none ran */
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
    if (instance->final == NULL)
        return;
    if (cell->example == NULL || mu_verdict_worst(cell->worst, instance->verdict) != cell->worst)
        cell->example = instance;
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
    if (ran > 0) {
        mu_model_number(t, "rung", cell->rung);
        mu_model_set(t, "rung-name", mu_rung_name((enum mu_rung) cell->rung));
        mu_model_number(t, "index", (int64_t) cell->example->index);
        mu_model_set(t, "attribution", cell->example->final->attribution);
    }
    mu_model_close(t);
}

/* --- the matrix for a spreadsheet, as what follows the comma of a data: link --------------------------- */

static void put_link(struct mu_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        bool plain = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z')
                     || (*text >= 'A' && *text <= 'Z') || strchr("-._", *text) != NULL;
        if (plain)
            mu_buf_putc(out, *text);
        else
            mu_buf_printf(out, "%%%02X", (unsigned char) *text);
    }
}

/* A field of CSV. What a spreadsheet would take for a formula becomes text. */
static void put_field(struct mu_buf *out, const char *text, const char *end)
{
    put_link(out, strchr("=+-@", *text) != NULL && *text != '\0' ? "\"'" : "\"");
    for (; *text != '\0'; text++) {
        const char one[] = { *text, *text == '"' ? '"' : '\0', '\0' };
        put_link(out, one);
    }
    put_link(out, "\"");
    put_link(out, end);
}

static void put_row(struct mu_buf *out, const struct matrix *x, size_t r, size_t k)
{
    const struct cell *cell = &x->cell[r][k];
    char number[64];
    if (cell->total == 0)
        return;
    put_field(out, x->row[r], ",");
    put_field(out, x->column[k], ",");
    put_field(out, mu_verdict_name(cell->worst), ",");
    snprintf(number, sizeof number, "%u,%u,%u,%d,", cell->count[MU_PASS] + cell->count[MU_REMARKS],
             cell->total - cell->count[MU_NOT_RUN], cell->total, cell->rung < 0 ? 0 : cell->rung);
    put_link(out, number);
    put_field(out, cell->example != NULL ? cell->example->final->attribution : "", "\r\n");
}

static void add_csv(struct mu_model_tree *t, struct mu_arena *arena, const struct matrix *x,
                    const char *of, const char *by)
{
    struct mu_buf out = { .arena = arena };
    put_field(&out, of, ",");
    put_field(&out, by, ",");
    put_link(&out, "worst,passed,ran,total,rung,attributed to\r\n");
    for (size_t r = 0; r < x->rows; r++)
        for (size_t k = 0; k < x->columns; k++)
            put_row(&out, x, r, k);
    mu_model_text(t, "csv", mu_buf_text(&out));
}

/* --- matrices --------------------------------------------------------------------------------------------- */

static void add_matrix(struct mu_model_tree *t, struct mu_arena *arena, const struct matrix *x,
                       const char *of, const char *by)
{
    if (x->rows == 0)
        return;
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
    add_csv(t, arena, x, of, by);
    mu_model_close(t);
}

/* Who sends to whom, of the roles that exchange messages. */
static void count_pair(struct matrix *x, const char *sut, const char *through,
                       const struct mu_instance *instance)
{
    static const char ours[] = "Muster";
    const char *role = instance->of->role;
    if (strcmp(role, "receiver") == 0)
        count(x, ours, sut, instance);
    else if (strcmp(role, "sender") == 0)
        count(x, sut, ours, instance);
    else if (strcmp(role, "relay") == 0)
        count(x, ours, through, instance);
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
    struct matrix *pairs = mu_new(arena, struct matrix);
    static const char *const class[] = { "all", "valid", "unexpected", "invalid" };
    const char *sut = mu_result_sut_name(m);
    const char *through = mu_arena_printf(arena, "Muster, through %s", sut);
    for (size_t i = 0; i < MU_COUNT(class); i++)
        place_of(roles->column, &roles->columns, class[i]);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        if (*i->of->role == '\0')
            continue;
        count_pair(pairs, sut, through, i);
        count(roles, i->of->role, "all", i);
        count(roles, i->of->role, *i->of->class != '\0' ? i->of->class : "other", i);
        count_documents(documents, i);
    }
    add_matrix(t, arena, pairs, "sender", "receiver");
    add_matrix(t, arena, roles, "role", "kind of case");
    add_matrix(t, arena, documents, "document", "role");
}

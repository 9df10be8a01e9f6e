/* Matrices: who sent by who received, roles by kind of case, and documents by role. A cell holds the worst
 * word of its cases. */
#include <string.h>

#include "report/csv.h"
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
    if (cell->opinions > 0)
        mu_model_number(t, "opinions", (int64_t) cell->opinions);
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

static void put_row(struct mu_csv *csv, const struct mu_matrix *x, size_t r, size_t k)
{
    const struct mu_matrix_cell *cell = &x->cell[r][k];
    mu_csv_text(csv, x->row[r]);
    mu_csv_text(csv, x->column[k]);
    mu_csv_text(csv, mu_verdict_name(cell->worst));
    mu_csv_number(csv, (int64_t) cell->count[MU_PASS] + cell->count[MU_REMARKS]);
    mu_csv_number(csv, (int64_t) cell->total - cell->count[MU_NOT_RUN]);
    mu_csv_number(csv, (int64_t) cell->total);
    mu_csv_number(csv, cell->rung < 0 ? 0 : cell->rung);
    mu_csv_text(csv, cell->attribution);
    mu_csv_end(csv);
}

static void add_csv(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_matrix *x,
                    const char *of, const char *by)
{
    const char *const head[] = {
        of, by, "worst", "passed", "ran", "total", "rung", "attributed to"
    };
    struct mu_buf text = { .arena = arena }, link = { .arena = arena };
    struct mu_csv csv = { .out = &text };
    mu_csv_head(&csv, head, MU_COUNT(head));
    for (size_t r = 0; r < x->rows; r++)
        for (size_t k = 0; k < x->columns; k++)
            if (x->cell[r][k].total > 0)
                put_row(&csv, x, r, k);
    put_link(&link, mu_buf_text(&text));
    mu_model_text(t, "csv", mu_buf_text(&link));
}

/* --- matrices --------------------------------------------------------------------------------------------- */

static void add_matrix(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_matrix *x,
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
static void count_pair(struct mu_matrix *x, const char *sut, const char *through,
                       const struct mu_instance *instance)
{
    static const char ours[] = "Muster";
    const char *role = instance->of->role;
    if (strcmp(role, "receiver") == 0)
        mu_matrix_count(x, ours, sut, instance);
    else if (strcmp(role, "sender") == 0)
        mu_matrix_count(x, sut, ours, instance);
    else if (strcmp(role, "relay") == 0)
        mu_matrix_count(x, ours, through, instance);
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

static struct mu_matrix *new_matrix(struct mu_arena *arena)
{
    struct mu_matrix *x = mu_new(arena, struct mu_matrix);
    x->arena = arena;
    return x;
}

void mu_model_matrices(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    struct mu_matrix *roles = mu_matrix_of_roles(arena), *documents = new_matrix(arena),
                     *pairs = new_matrix(arena);
    const char *sut = mu_result_sut_name(m);
    const char *through = mu_arena_printf(arena, "Muster, through %s", sut);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        if (*i->of->role == '\0')
            continue;
        count_pair(pairs, sut, through, i);
        mu_matrix_count_role(roles, i);
        count_documents(documents, i);
    }
    add_matrix(t, arena, pairs, "sender", "receiver");
    add_matrix(t, arena, roles, "role", "kind of case");
    add_matrix(t, arena, documents, "document", "role");
}

/*
 * matrix.csv: who sent, who received, and how that went; a line a cell. The system under test stands where
 * its role puts it, Muster on the other side.
 */
#include <string.h>

#include "report/csv.h"
#include "report/formats.h"
#include "report/matrix.h"

static const char *const head[] = { "profile",  "sender", "relay",   "receiver",
                                    "role",     "kind",   "verdict", "passed",
                                    "ran",      "total",  "rung",    "attribution",
                                    "opinions", "run",    "state",   "marking" };

/* Where the system under test stands; a role that is asked, not sent to, has the one that asks before it. */
static const struct {
    const char *role;
    int place; /* of sender, relay, receiver */
} stands[] = { { "sender", 0 }, { "relay", 1 }, { "receiver", 2 } };

struct columns {
    struct mu_matrix *roles;
    const char *marking;
};

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct mu_csv csv = { .out = &out->buf };
    struct columns *own = mu_new(out->buf.arena, struct columns);
    own->roles = mu_matrix_of_roles(out->buf.arena);
    own->marking = mu_result_marking(out->buf.arena, m);
    out->self = own;
    mu_csv_head(&csv, head, MU_COUNT(head));
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct columns *own = out->self;
    (void) m;
    mu_matrix_count_role(own->roles, instance);
}

static void put_sides(struct mu_csv *csv, const struct mu_result *m, const char *role)
{
    const char *sut = mu_pair_value(m->sut, "id");
    const char *side[] = { "Muster", "", sut };
    for (size_t i = 0; i < MU_COUNT(stands); i++)
        if (strcmp(stands[i].role, role) == 0) {
            side[0] = stands[i].place == 0 ? sut : "Muster";
            side[1] = stands[i].place == 1 ? sut : "";
            side[2] = stands[i].place == 2 ? sut : "Muster";
        }
    for (size_t i = 0; i < MU_COUNT(side); i++)
        mu_csv_text(csv, side[i]);
}

static void put_run(struct mu_csv *csv, const struct mu_result *m, const char *marking)
{
    mu_csv_text(csv, m->run);
    mu_csv_text(csv, mu_run_state_name(m->state));
    mu_csv_text(csv, marking);
    mu_csv_end(csv);
}

static void put_cell(struct mu_csv *csv, const struct mu_matrix_cell *cell)
{
    mu_csv_text(csv, mu_verdict_name(cell->worst));
    mu_csv_number(csv, (int64_t) cell->count[MU_PASS] + cell->count[MU_REMARKS]);
    mu_csv_number(csv, (int64_t) cell->total - cell->count[MU_NOT_RUN]);
    mu_csv_number(csv, (int64_t) cell->total);
    mu_csv_text(csv, cell->rung >= 0 ? mu_rung_name((enum mu_rung) cell->rung) : "");
    mu_csv_text(csv, cell->attribution);
    mu_csv_number(csv, (int64_t) cell->opinions);
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    const struct columns *own = out->self;
    const struct mu_matrix *x = own->roles;
    const struct mu_matrix_cell no = {
        .total = 1, .worst = MU_ERROR, .rung = -1, .attribution = ""
    };
    struct mu_csv csv = { .out = &out->buf };
    const char *profile = mu_pair_value(m->profile, "id");
    for (size_t r = 0; r < x->rows; r++)
        for (size_t k = 0; k < x->columns; k++) {
            if (x->cell[r][k].total == 0)
                continue;
            mu_csv_text(&csv, profile);
            put_sides(&csv, m, x->row[r]);
            mu_csv_text(&csv, x->row[r]);
            mu_csv_text(&csv, x->column[k]);
            put_cell(&csv, &x->cell[r][k]);
            put_run(&csv, m, own->marking);
        }
    if (m->state == MU_RUN_COMPLETE)
        return;
    mu_csv_text(&csv, profile); /* so that nobody takes part of a run for all of it */
    put_sides(&csv, m, "");
    mu_csv_text(&csv, "");
    mu_csv_text(&csv, "the run is complete");
    put_cell(&csv, &no);
    put_run(&csv, m, own->marking);
}

const struct mu_writer mu_writer_matrix = { begin, each, end };

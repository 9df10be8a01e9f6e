/*
 * evidence.h - what the evidence folder of one attempt says, read when its case is written and
 * forgotten with the arena it was read into. Files are held against the digests of the run stream;
 * one that is gone, altered or unreadable becomes a problem that the report shows, never a failure.
 */
#ifndef MU_REPORT_EVIDENCE_H
#define MU_REPORT_EVIDENCE_H

#include "report/model.h"

#define MU_LABEL_LEGS 6 /* legs shown side by side; a case has two or three */

struct mu_step_row {
    int64_t at_ms;
    const char *step, *of, *expected, *observed;
    bool ok;
    struct mu_step_row *next;
};

struct mu_line_row {
    const char *at_ms; /* "" when the line has none */
    const char *way;   /* "sent", "received", "note" */
    const char *text;
    struct mu_line_row *next;
};

struct mu_transcript_shown {
    const char *file;
    struct mu_line_row *line;
    unsigned left_out; /* lines past MU_REPORT_SHOWN_MAX bytes */
    struct mu_transcript_shown *next;
};

/* One fact of label or marking on every leg; NULL where the leg does not have it. */
struct mu_label_row {
    const char *name;
    const char *cell[MU_LABEL_LEGS];
    bool differs; /* from the first leg */
    struct mu_label_row *next;
};

struct mu_label_leg {
    const char *leg, *carrier, *file;
    bool sent; /* by the harness */
};

struct mu_problem {
    const char *file, *text;
    struct mu_problem *next;
};

struct mu_detail {
    struct mu_arena *arena;
    struct mu_step_row *step;
    struct mu_transcript_shown *transcript;
    struct mu_label_leg leg[MU_LABEL_LEGS];
    size_t legs;
    struct mu_label_row *row;
    size_t rows;
    struct mu_problem *problem;
};

void mu_detail_read(struct mu_arena *arena, const struct mu_report_source *source,
                    const struct mu_attempt *attempt, struct mu_detail *detail);

/* One message document (labels.c): its label and marking become a column of `detail`. */
void mu_detail_add_document(struct mu_detail *detail, const char *file, struct mu_bytes xml);

/* Mark the rows that differ, once all documents are in. */
void mu_detail_compare(struct mu_detail *detail);

void mu_detail_problem(struct mu_detail *detail, const char *file, const char *text);

#endif

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
    const char *
        understood; /* by the policy engine, of the last leg with a label; NULL: nothing to understand */
    bool other[MU_LABEL_LEGS], misunderstood; /* than on the first leg */
    bool differs;                             /* any of these          */
    struct mu_label_row *next;
};

/* A label as it stands on a leg, and what our policy engine understands: what a user would see. */
struct mu_label_seen {
    const char *at;      /* which carrier: "sio-label"                                   */
    const char *marking; /* "" where the label is not understood                         */
    const char *policy, *colour, *text_colour; /* colours "#rrggbb" or ""                        */
    const char *xml;            /* as it stood, safe                                            */
    bool known, valid;          /* the policy is known; the label is valid under it             */
    struct mu_pair *understood; /* what was understood, by the name of the row it belongs to */
    struct mu_label_seen *next;
};

struct mu_label_leg {
    const char *leg, *carrier, *file, *sha256;
    bool sent;     /* by the harness */
    bool intended; /* neither sent nor received, but what the case meant */
    struct mu_label_seen *label;
};

/* A few lines around an octet. Each line is in three pieces: before it, itself, behind it. */
struct mu_hex_row {
    int64_t offset;
    const char *hex[3], *text[3];
    struct mu_hex_row *next;
};

struct mu_hex_view {
    const char *file, *leg, *what; /* what: the rule or the comparison that names the place */
    int64_t offset;
    struct mu_hex_row *row;
    struct mu_hex_view *next;
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
    struct mu_hex_view *hex;
};

void mu_detail_read(struct mu_arena *arena, const struct mu_report_source *source,
                    const struct mu_attempt *attempt, struct mu_detail *detail);

/* The file's bytes; false when it cannot be shown, which is then a problem. */
bool mu_detail_load(struct mu_detail *detail, const struct mu_report_source *source,
                    const struct mu_attempt *attempt, const struct mu_file *file,
                    struct mu_bytes *out);

/* Names come from the stream: only what the journal itself would write is asked for, and linked to. */
bool mu_evidence_is_plain(const char *path);

/* The octets around `offset` of a leg's message (hex.c); `what` names the place. Nothing is added
 * where the leg has no file. */
void mu_detail_hex(struct mu_detail *detail, const struct mu_report_source *source,
                   const struct mu_attempt *attempt, const char *leg, const char *what,
                   int64_t offset);

/* One message document (labels.c): its label and marking become a column of `detail`. */
void mu_detail_add_document(struct mu_detail *detail, const char *file, struct mu_bytes xml);

/* Mark the rows that differ, once all documents are in. */
void mu_detail_compare(struct mu_detail *detail);

void mu_detail_problem(struct mu_detail *detail, const char *file, const char *text);

#endif

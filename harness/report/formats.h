/* formats.h - the table of formats and the two ways to write one: by C, or by stylesheets. */
#ifndef MU_REPORT_FORMATS_H
#define MU_REPORT_FORMATS_H

#include "report/model.h"

/*
 * Where a writer in C writes to. What it puts into `buf` leaves for `fd` whenever that is large enough;
 * once that failed nothing more is written, and mu_out_finish() says why.
 */
struct mu_out {
    int fd;
    struct mu_buf buf, spare;
    void *self; /* of the writer, made in begin */
    const struct mu_event_words *words;
    bool lost; /* a piece could not be written, and why */
    struct mu_err why;
};

void mu_out_flush(struct mu_out *out);

/* A text that lives until the next one is made so. */
const char *mu_out_line(struct mu_out *out, const char *fmt, ...) MU_PRINTF(2, 3);

/* What people said of a verdict after the run, a line each; "" nothing. Lives until the next one. */
const char *mu_out_opinions(struct mu_out *out, const struct mu_instance *instance);

bool mu_out_finish(struct mu_out *out, struct mu_err *err) MU_MUST_USE;

/*
 * A writer in C: once `begin`, `each` for every instance in the order of the model, once `end`; NULL where
 * there is nothing to say. Of the result it uses what does not grow with the number of instances (the
 * open event, counts, cases, rules, issues without their instances), because a driver may forget each
 * instance once it is written. For the same reason `each` takes nothing from an arena.
 */
struct mu_writer {
    void (*begin)(struct mu_out *out, const struct mu_result *result);
    void (*each)(struct mu_out *out, const struct mu_result *result,
                 const struct mu_instance *instance);
    void (*end)(struct mu_out *out, const struct mu_result *result);
};

/* The driver over a result that stands in memory as a whole. */
bool mu_write_whole(const struct mu_writer *writer, struct mu_out *out,
                    const struct mu_result *result, struct mu_err *err) MU_MUST_USE;

extern const struct mu_writer mu_writer_json, mu_writer_tap, mu_writer_matrix, mu_writer_scorecard,
    mu_writer_sarif, mu_writer_ctrf, mu_writer_earl, mu_writer_markdown, mu_writer_github,
    mu_writer_badge, mu_writer_badge_json;

/* The summary looks at the names of failures before it says anything: it wants the whole. */
extern const struct mu_writer mu_writer_text;

/* A page sheet and a case sheet, compiled. */
struct mu_sheets;

struct mu_report_prepared {
    const struct mu_writer *writer; /* NULL: */
    struct mu_sheets *sheets;       /* NULL: the model itself                                     */
    bool streams;                   /* needs no result that holds every instance (stream.c)       */
};

/* With what a source leaves out. */

/* <dir>/<name>.page.xsl and .case.xsl, and <dir>/report.css for r:style. */
bool mu_sheets_load(struct mu_arena *arena, const char *dir, const char *name,
                    struct mu_sheets **sheets, struct mu_err *err) MU_MUST_USE;

/* A page without cases: <dir>/<name>.page.xsl alone, over a document of its own (xml.h). */
bool mu_page_sheet_load(struct mu_arena *arena, const char *dir, const char *name,
                        struct mu_sheets **sheets, struct mu_err *err) MU_MUST_USE;

/* `sheets` NULL writes the model itself. */
bool mu_sheets_apply(struct mu_arena *arena, const struct mu_sheets *sheets,
                     const struct mu_report_source *source, const struct mu_result *result, int out,
                     struct mu_err *err) MU_MUST_USE;

/* Why the stream of `source` could not be read, with the name of the run before it. Always false. */
bool mu_report_blame(const struct mu_report_source *source, const struct mu_err *why,
                     struct mu_err *err);

#endif

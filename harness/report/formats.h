/* formats.h - the table of formats and the two ways to write one: by C, or by stylesheets. */
#ifndef MU_REPORT_FORMATS_H
#define MU_REPORT_FORMATS_H

#include "report/model.h"

/* Top and bottom line of every page. */
#define MU_REPORT_BANNER "EXERCISE - synthetic content only"

/* A writer in C; flushes what it has whenever it likes. */
struct mu_out {
    int fd;
    struct mu_buf buf;
};

/* Write out what is in the buffer once it is large, or in any case when `now`. */
bool mu_out_flush(struct mu_out *out, bool now, struct mu_err *err) MU_MUST_USE;

bool mu_write_json(struct mu_out *out, const struct mu_result *result,
                   struct mu_err *err) MU_MUST_USE;
bool mu_write_tap(struct mu_out *out, const struct mu_result *result,
                  struct mu_err *err) MU_MUST_USE;
bool mu_write_text(struct mu_out *out, const struct mu_result *result,
                   struct mu_err *err) MU_MUST_USE;

/* A page sheet and a case sheet, compiled. */
struct mu_sheets;

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

#endif

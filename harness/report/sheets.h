/* sheets.h - a page sheet and a case sheet, compiled, and what is done with them; shared by the files that
 * make a page. */
#ifndef MU_REPORT_SHEETS_H
#define MU_REPORT_SHEETS_H

#include <libxslt/security.h>
#include <libxslt/xsltInternals.h>

#include "report/formats.h"
#include "report/xml.h"

struct mu_sheets {
    xsltStylesheet *page, *of;
    xsltSecurityPrefs *prefs;
    struct mu_xml_style style;
    bool alone; /* the case sheet says r:cases="alone": see mould.h           */
    bool html;  /* it writes HTML, and libxslt a LF behind each document of it */
};

/* Apply `sheet` to `doc`; the text goes to `out`. NULL writes the document itself. */
bool mu_sheet_apply(const struct mu_sheets *s, xsltStylesheet *sheet, xmlDoc *doc,
                    struct mu_buf *out, struct mu_err *err) MU_MUST_USE;

/*
 * The cases of one mark of a page, one after the other: what a case sheet makes of them goes to `out` in
 * groups, and nothing is kept of an instance that was given. `sheets` NULL writes the model.
 */
struct mu_cases;
struct mu_cases *mu_cases_begin(struct mu_arena *arena, const struct mu_sheets *sheets,
                                const struct mu_report_source *source,
                                const struct mu_result *result, const char *mode, int out);
bool mu_cases_each(struct mu_cases *cases, const struct mu_instance *instance,
                   struct mu_err *err) MU_MUST_USE;
bool mu_cases_end(struct mu_cases *cases, struct mu_err *err) MU_MUST_USE;

/* A page under way: what its sheet made, up to the next mark, whose cases are to be given. */
struct mu_page {
    struct mu_arena *arena;
    const struct mu_sheets *sheets;
    const struct mu_report_source *source;
    const struct mu_result *result;
    struct mu_bytes rest;
    struct mu_cases *cases; /* of the mark; NULL: there is none */
    int marks, out;
};

bool mu_page_begin(struct mu_arena *arena, const struct mu_sheets *sheets,
                   const struct mu_report_source *source, const struct mu_result *result, int out,
                   struct mu_page *page, struct mu_err *err) MU_MUST_USE;
bool mu_page_mark(struct mu_page *page, struct mu_err *err) MU_MUST_USE;
bool mu_page_end(struct mu_page *page, struct mu_err *err) MU_MUST_USE;

#endif

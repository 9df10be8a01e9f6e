/*
 * report.h - reports are functions of the run stream and its evidence, and of nothing else.
 *
 * A report is made in two steps, because the second reads foreign bytes and runs sealed:
 *
 *   mu_report_prepare()  before the seal: reads and compiles the stylesheets from reports/
 *   mu_report_make()     after it: opens nothing, reads through descriptors, writes to one
 *
 * The run stream becomes the result model (report/model.h), which counts, groups and makes every
 * foreign text safe. JSON, TAP and the terminal's text are written by C from the model; pages and
 * JUnit are stylesheets over the model as XML (reports/model.xsd). The same input gives the same
 * bytes: no clock, no locale, no path of this machine enters a report.
 */
#ifndef MU_REPORT_REPORT_H
#define MU_REPORT_REPORT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct mu_redaction;
struct mu_event_words;

/* Top and bottom line of every page. */
#define MU_REPORT_BANNER "EXERCISE - synthetic content only"

/* What a report is made of. All of it is borrowed. */
struct mu_report_source {
    const char *name; /* of the run's folder, for sentences about it; NULL: none is said */
    int run;          /* run.jsonl, a regular file open for reading; its offset is not used */

    /* A fresh descriptor for cases/0001, "transcript-1.txt", which the report closes; -1 when it
     * is not there. NULL: the run has no evidence. The names come from the run stream and are of
     * the form [a-z0-9./-]; a folder or file of another form is never asked for. The folder is "" for
     * the one file that many stand in. */
    int (*evidence)(void *self, const char *folder, const char *file);
    void *self;

    unsigned live; /* the page is made again every so many seconds; 0: it is not */
    const struct mu_redaction *redaction; /* what is not shown (report/redact.h); NULL: all is */
    const char *banner; /* top and bottom line of a page; NULL: the exercise statement */

    const struct mu_event_words *words; /* of the scorecard (report/words.h); NULL: our own */
};

/* One row a format. `kind` is "writer" or "stylesheet". */
struct mu_report_format {
    const char *name; /* as in --format                                     */
    const char *file; /* its name in the folder of the run                  */
    const char *kind;
    const char *summary; /* one line for `muster list formats`                 */
};

/* The i-th format; NULL after the last. */
const struct mu_report_format *mu_report_format_at(size_t i);

/* NULL when there is none. */
const struct mu_report_format *mu_report_format_find(const char *name);

struct mu_report_prepared;

/*
 * Everything that must be read before the seal. `dir` is the folder reports/ with the stylesheets.
 * A name that is not in the table is a stylesheet of the organisation when <dir>/<name>.page.xsl
 * and <dir>/<name>.case.xsl are there. MU_ERR_USAGE: no such format; MU_ERR_PROFILE: a stylesheet
 * is wrong, with its place. The result belongs to `arena`.
 */
bool mu_report_prepare(struct mu_arena *arena, const char *format, const char *dir,
                       struct mu_report_prepared **prepared, struct mu_err *err) MU_MUST_USE;

/* The run stream, read once for however many reports. MU_ERR_PEER when it has no readable first line. A
 * stream that is torn or corrupt still gives reports, of what stands before the damage, which say so. */
struct mu_result;
bool mu_report_load(struct mu_arena *arena, const struct mu_report_source *source,
                    struct mu_result **result, struct mu_err *err) MU_MUST_USE;

/* Write one report to `out`. */
bool mu_report_give(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, const struct mu_result *result, int out,
                    struct mu_err *err) MU_MUST_USE;

/*
 * Several reports of one source. Formats that name nothing but one result after the other are made in memory
 * that does not grow with the number of results, when no other is asked for: the stream is read twice, first
 * for the counts. Both ways give the same bytes. *result is what mu_report_summary() asks for.
 */
struct mu_report_wanted {
    const struct mu_report_prepared *prepared;
    int out;
};

bool mu_report_make_all(struct mu_arena *arena, const struct mu_report_wanted *wanted, size_t n,
                        const struct mu_report_source *source, struct mu_result **result,
                        struct mu_err *err) MU_MUST_USE;

/* The same of a result that stands in memory as a whole. */
bool mu_report_give_all(const struct mu_report_wanted *wanted, size_t n,
                        const struct mu_report_source *source, const struct mu_result *result,
                        struct mu_err *err) MU_MUST_USE;

/* One, with every result in memory. */
bool mu_report_make(struct mu_arena *arena, const struct mu_report_prepared *prepared,
                    const struct mu_report_source *source, int out, struct mu_err *err) MU_MUST_USE;

struct mu_summary_style {
    bool colour; /* ANSI colours on the words of the verdicts                      */
    bool brief;  /* five lines for demos, instead of at most 25 that name failures */
};

/* What the hash chain of a run stream says. */
enum mu_chain_state {
    MU_CHAIN_WHOLE,   /* every line is as it was written                               */
    MU_CHAIN_TORN,    /* the last line is not whole: the writer was killed             */
    MU_CHAIN_CORRUPT, /* a bad line stands before a good one, or a line was changed    */
};

struct mu_chain {
    enum mu_chain_state state;
    bool closed;     /* the close event came, and nothing but opinions after it           */
    uint64_t lines;  /* good ones                                                         */
    uint64_t octets; /* that they take: where --resume cuts                               */
    uint64_t rest;   /* octets after them                                                 */
    char head[65];   /* h of the last good line; "" when there is none                    */
    char why[120];   /* "" when whole, else one sentence that names the line              */
};

/* The end of a run for a terminal: at most 25 lines that name every failed instance; and what
 * the hash chain says (NULL: nobody asks). */
void mu_report_summary(struct mu_arena *arena, const struct mu_result *result,
                       struct mu_summary_style style, struct mu_buf *out, struct mu_chain *chain);

/* True whenever the file could be read, whatever is in it. */
bool mu_report_check(struct mu_arena *arena, int run, struct mu_chain *chain,
                     struct mu_err *err) MU_MUST_USE;

#endif

/* report_job.h - reports made in sealed jobs: the parent opens files, the job reads them. */
#ifndef MU_CLI_REPORT_JOB_H
#define MU_CLI_REPORT_JOB_H

#include "report/report.h"
#include "suite/profile.h"

struct mu_report_order {
    const char *run;           /* run folder */
    const char *out;           /* folder to write to; the run folder when NULL */
    const char *sheets;        /* folder of the stylesheets */
    const char *const *format; /* names, each once; none: every format */
    size_t formats;
    const struct mu_event_words *words; /* of the scorecard */
    bool summary;                       /* print it, too: made of the same reading */
    bool brief;                         /* the summary of five lines */
    struct mu_err
        *corrupt;  /* what the summary says of a corrupt stream; NULL: it is why this fails */
    unsigned live; /* the page says that it is made again in so many seconds; 0: it is not */
    bool unsealed; /* for debuggers, which know no system-call filter */
};

/* Make the reports; each replaces its file atomically once it is whole. With a summary, MU_ERR_IO when the run
 * stream is corrupt: the summary says where, and the reports are there. */
bool mu_make_reports(struct mu_arena *arena, const struct mu_report_order *order,
                     struct mu_err *err) MU_MUST_USE;

/* Whatever else reads a run: `make` is called in a sealed job, reads through the source and writes to `out`. */
bool mu_report_sealed(const char *run,
                      bool (*make)(struct mu_arena *arena, void *what,
                                   const struct mu_report_source *source, int out,
                                   struct mu_err *err),
                      void *what, int out, struct mu_err *err) MU_MUST_USE;

/* One format, written to `out`. */
bool mu_give_report(struct mu_arena *arena, const struct mu_report_order *order, const char *format,
                    int out, struct mu_err *err) MU_MUST_USE;

#endif

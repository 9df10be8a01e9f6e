/* report_job.h - reports made in sealed jobs: the parent opens files, the job reads them. */
#ifndef MU_CLI_REPORT_JOB_H
#define MU_CLI_REPORT_JOB_H

#include "report/redact.h"
#include "report/report.h"
#include "suite/profile.h"

struct mu_report_order {
    const char *run;           /* run folder */
    const char *out;           /* folder to write to; the run folder when NULL */
    const char *sheets;        /* folder of the stylesheets */
    const char *const *format; /* names, each once; none: every format */
    size_t formats;
    const struct mu_redaction *redaction; /* NULL: all is shown */
    bool unsealed;                        /* for debuggers, which know no system-call filter */
};

/* Something done with a run in a sealed job of its own. */
struct mu_run_work {
    int run_fd, out; /* run_fd is opened here */
    const struct mu_redaction *redaction;
    bool unsealed;
    /* Before the seal; NULL: nothing. */
    bool (*prepare)(struct mu_arena *arena, void *what, struct mu_err *err);
    bool (*make)(struct mu_arena *arena, void *what, const struct mu_report_source *source, int out,
                 struct mu_err *err);
    void *what;
};

/* MU_ERR_USAGE: there is no such run. */
bool mu_run_work(const char *run, const struct mu_run_work *work, struct mu_err *err) MU_MUST_USE;

/* Make the reports; each replaces its file atomically once it is whole. */
bool mu_make_reports(struct mu_arena *arena, const struct mu_report_order *order,
                     struct mu_err *err) MU_MUST_USE;

/* Print the terminal summary of a run, made in a sealed job as well. MU_ERR_IO when the run stream
 * is corrupt: the summary says where. */
bool mu_print_summary(const char *run, bool brief, const struct mu_redaction *redaction,
                      bool unsealed, struct mu_err *err) MU_MUST_USE;

#endif

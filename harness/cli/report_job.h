/* report_job.h - reports made in sealed jobs: the parent opens files, the job reads them. */
#ifndef MU_CLI_REPORT_JOB_H
#define MU_CLI_REPORT_JOB_H

#include "report/history.h"
#include "report/redact.h"
#include "report/report.h"
#include "suite/profile.h"

struct mu_report_order {
    const char *run;           /* run folder */
    const char *out;           /* folder to write to; the run folder when NULL */
    const char *sheets;        /* folder of the stylesheets */
    const char *const *format; /* names, each once; none: every format */
    size_t formats;
    const struct mu_event_words *words; /* of the scorecard */
    unsigned live; /* the page says that it is made again in so many seconds; 0: it is not */
    bool summary;  /* print it, too: made of the same reading */
    bool brief;    /* the summary of five lines */
    struct mu_err
        *corrupt; /* what the summary says of a corrupt stream; NULL: it is why this fails */
    const struct mu_history_stream *baseline; /* runs before, with what is new since then */
    size_t baselines;
    const struct mu_redaction *redaction; /* NULL: all is shown */
    bool unsealed;                        /* for debuggers, which know no system-call filter */
};

/* Make the reports; each replaces its file atomically once it is whole. With a summary, MU_ERR_IO when the run
 * stream is corrupt: the summary says where, and the reports are there. */
bool mu_make_reports(struct mu_arena *arena, const struct mu_report_order *order,
                     struct mu_err *err) MU_MUST_USE;

/* One format, written to `out`. */
bool mu_give_report(struct mu_arena *arena, const struct mu_report_order *order, const char *format,
                    int out, struct mu_err *err) MU_MUST_USE;

/* The folder of a run and its stream; MU_ERR_USAGE when it is none. */
bool mu_open_run(const char *run, int *dir, int *fd, struct mu_err *err) MU_MUST_USE;

/* Reads run streams in a sealed job and writes, all through descriptors that were opened before. */
struct mu_sealed {
    bool (*prepare)(struct mu_arena *arena, void *what, struct mu_err *err); /* before; NULL */
    bool (*make)(struct mu_arena *arena, void *what, int *status, struct mu_err *err);
    void *what;
    int *status; /* of the job alone: where it puts its number  */
    int said;    /* the number, which may be any: the job reads foreign bytes */
};

bool mu_read_sealed(struct mu_sealed *sealed, struct mu_err *err) MU_MUST_USE;

/* Something done with a run in a sealed job of its own. */
struct mu_run_work {
    const char *run; /* its folder; NULL: no run or none alone */
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

#endif

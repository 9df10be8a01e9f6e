/*
 * watch.h - the page of a run while the run goes on (`run --watch`).
 *
 * A process of its own makes report.html again and again, each time in a sealed job, so that neither the
 * making nor a job that dies can hold up or end the run. It stops when told, or when the run is gone:
 * then it makes the page once more, as that of a run that did not end.
 */
#ifndef MU_CLI_WATCH_H
#define MU_CLI_WATCH_H

#include <sys/types.h>

#include "cli/report_job.h"

struct mu_watch {
    pid_t pid; /* 0: nobody watches */
    int end;   /* its end is closed when the run is gone */
};

/* Before anything of the run has begun. `order` names folder and stylesheets; its format is passed over. */
bool mu_watch_start(const struct mu_report_order *order, struct mu_watch *watch,
                    struct mu_err *err) MU_MUST_USE;

/* Comes back when it has left: from then on the page is the caller's. May be called again. */
void mu_watch_stop(struct mu_watch *watch);

#endif

/*
 * since.h - a run against runs before it: what is new, what is fixed, and in which run a cause was first seen.
 *
 * The runs before are read as a history (history.h). New is what is bad and was not bad the last time it was
 * judged; fixed is what is good and was bad then. Every format may look at result->since; it is NULL
 * when nobody named a baseline.
 */
#ifndef MU_REPORT_SINCE_H
#define MU_REPORT_SINCE_H

#include "base/json.h"
#include "report/history.h"
#include "report/xml.h"

struct mu_since_case {
    const struct mu_instance *instance;
    enum mu_verdict before; /* MU_NOT_RUN: no run before judged it */
    const char *run;        /* new: that last judged it; fixed: in which it became bad; "" none */
    struct mu_since_case *next;
};

struct mu_since {
    const char *run, *started, *version; /* the last run before this one */
    unsigned runs;                       /* that were looked at          */
    unsigned fresh, fixed;
    struct mu_since_case *new_one, *fixed_one; /* in the order of the run */
    struct mu_table seen;                      /* key of an issue: the first run that showed it */
};

/* Read the runs before and set m->since. Runs that are this one, that started after it, or that are of
 * another profile or system do not count; MU_ERR_USAGE when none is left. */
bool mu_since_find(struct mu_result *m, const struct mu_history_stream *stream, size_t count,
                   struct mu_err *err) MU_MUST_USE;

/* The run in which the cause was first seen: a run before, or this one; "" without a baseline. */
const char *mu_since_first(const struct mu_result *m, const struct mu_issue *issue);

/* "2 new since 20261123T101500Z-7f3a (3.7.11): a, b; 1 fixed: c": at most three names each. */
void mu_since_text(struct mu_buf *out, const struct mu_since *since);

/* The member "baseline". */
void mu_since_json(struct mu_json *j, const struct mu_since *since);

/* r:since */
void mu_since_model(struct mu_model_tree *t, const struct mu_since *since);

#endif

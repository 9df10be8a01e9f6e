/*
 * history.h - many runs in the order in which they started: since when is a case bad, and what was changed then?
 *
 * Good is pass and remarks, bad is fail, error and inconclusive; a run in which a case did not run says nothing
 * of it. The first bad run is the first since which it was never good; what differs between that run and
 * the last good one is what may have made it bad, found as between two runs (compare.h).
 *
 * Runs of another profile or another system under test are another series. Of each run only its identity
 * and one letter a case are kept, so that results are read one after the other and forgotten.
 */
#ifndef MU_REPORT_HISTORY_H
#define MU_REPORT_HISTORY_H

#include "report/compare.h"

struct mu_history_run {
    unsigned index;     /* 1-based, in its series */
    const char *folder; /* its name alone */
    const char *run, *started, *version, *head;
    const char *state, *why; /* of the chain; "" */
    unsigned count[MU_VERDICTS], total;
    unsigned worse, better; /* cases that became bad or good with this run */
    const struct mu_past *past;
    struct mu_history_run *next;
};

/* What one run says of a case that is followed. */
struct mu_history_step {
    const struct mu_history_run *run;
    struct mu_end end;
    const char *revision;
    int64_t ms;
    const struct mu_cause *cause; /* where it became bad or good again, or ended otherwise; NULL */
    struct mu_history_step *next;
};

struct mu_history_case {
    const char *name; /* first: key of a table */
    const char *of;
    char *letter; /* a run each, from the first of the series on: P R I F E N, or '.' for unknown */
    size_t letters, room;
    unsigned good, judged, flips; /* flips: from good to bad and back, one each */
    unsigned shaky;               /* runs whose attempts did not end alike     */
    bool bad;
    struct mu_end now, good_end, bad_end;
    const struct mu_history_run *last_good, *first_bad, *last;
    const struct mu_cause *cause; /* of the first bad run; NULL: it never was good */
    struct mu_history_step *step, **tail;
    struct mu_history_case *next;
};

/* A cause, and the run in which it was first seen. */
struct mu_history_issue {
    const char *key; /* first: key of a table; as in struct mu_issue */
    const struct mu_history_run *run;
};

struct mu_series {
    const char *profile, *sut, *name;
    struct mu_history_run *run, **tail, *last;
    unsigned runs;
    struct mu_table cases, issues;
    struct mu_history_case *of;           /* in the order in which they came up; settled: by name */
    unsigned known, bad, fresh, unstable; /* fresh: bad since the last run */
    struct mu_series *next;
};

struct mu_history_skipped {
    const char *folder, *why;
    struct mu_history_skipped *next;
};

struct mu_history {
    struct mu_arena *arena;
    const char *follow;            /* an instance, or a case with all its instances; NULL: none */
    const struct mu_result *until; /* only runs that go before it; NULL: all */
    struct mu_series *series;
    struct mu_history_skipped *skipped, **tail;
    struct mu_high_mark *mark; /* the highest of all runs */
    struct mu_table words;
    struct mu_gaps *gaps;
    unsigned runs;
};

struct mu_history *mu_history_new(struct mu_arena *arena, const char *follow);

/* `folder` is any text. False with a sentence in *why: the run is in it already. */
bool mu_history_add(struct mu_history *h, const char *folder, const struct mu_result *m,
                    const char **why);

/* A stream that somebody opened. */
struct mu_history_stream {
    const char *path; /* of its folder, as it was named */
    int fd;
};

/* All of them, in the order in which they started; what cannot be read is passed over and said. */
void mu_history_read(struct mu_history *h, const struct mu_history_stream *stream, size_t count);

/* A folder that gave no run. */
void mu_history_skip(struct mu_history *h, const char *folder, const char *why);

/* Once all runs are in: causes and counts. */
void mu_history_settle(struct mu_history *h);

/* Is the case followed in any series? */
bool mu_history_followed(const struct mu_history *h);

/* Since when an instance is bad: NULL when it is not, or is not known. For reports with a baseline. */
const struct mu_history_case *mu_history_find(const struct mu_history *h, const char *profile,
                                              const char *sut, const char *name);

/* One sentence of a series, without a full stop. */
const char *mu_series_answer(struct mu_arena *arena, const struct mu_series *series);

/* "2 of 7" for runs that were good of those that judged it. */
void mu_history_text(struct mu_buf *out, const struct mu_history *h, struct mu_compare_style style);

/* reports/history.schema.json */
void mu_history_json(struct mu_buf *out, const struct mu_history *h);

/* history.page.xsl */
bool mu_history_page(const struct mu_sheets *sheets, const struct mu_history *h, int out,
                     struct mu_err *err) MU_MUST_USE;

#endif

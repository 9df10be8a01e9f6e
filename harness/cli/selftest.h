/*
 * selftest.h - the self-test: the suite against the twin, virtuous and with one sin after the other.
 *
 * The profile and its suite are loaded once. Each run is a forked process with twins, a SUT file and a
 * run folder of its own, and writes what came of it into memory that it shares with the parent; twice as many
 * run at once as there are processors: half of a run is waiting.
 */
#ifndef MU_CLI_SELFTEST_H
#define MU_CLI_SELFTEST_H

#include <stdio.h>

#include "cli/world.h"
#include "suite/silent.h"
#include "twin/sin.h"

/* What came of one case, over its instances. A rule that was broken names itself: `ruled` are those of
 * `fail` that say no more than that. */
struct mu_case_tally {
    uint32_t pass, remarks, fail, ruled, control_failed, other;
};

/* One run against the twin; in shared memory from `done` on. */
struct mu_sin_run {
    const struct mu_sin *sin; /* NULL: the virtuous twin */
    const char *name;
    struct mu_sin_end {
        bool done; /* it ended by itself */
        char error[600];
        uint32_t pass, fail, late, trouble;
    } * end;
    struct mu_case_tally *tally; /* one a case of the suite */
    bool *broken;                /* one a rule of the profile: broken on a leg of the twin */
};

struct mu_selftest {
    const struct mu_arguments *args;
    struct mu_arena *arena;
    struct mu_world world; /* profile and suite */
    const char *dir;       /* work folder       */
    const char *self;      /* this program      */
    const char *template, *fixtures;
    const char *enforced; /* profile whose rules the twin enforces; NULL: it is a label guard */
    long jobs;
    bool keep_evidence;
    bool whole; /* every case of the parts in which a sin can show, not only those that name it */
    struct mu_sin_run *run; /* the first is the virtuous one */
    size_t runs, room;
    size_t lies; /* what was not as it should be */
    struct mu_silent_list excused;
};

/* Another run of the list. */
void mu_selftest_add(struct mu_selftest *t, const struct mu_sin *sin);

/* Make the runs from number `first` on, and judge each as soon as those before it are judged. */
bool mu_selftest_make_runs(struct mu_selftest *t, size_t first, struct mu_err *err) MU_MUST_USE;

/* What one run does in its process, between fork and exit: fills run->end, tally and broken. */
bool mu_selftest_run(struct mu_selftest *t, struct mu_sin_run *run, struct mu_err *err) MU_MUST_USE;

/* Print whether the run was as it should be, and count what was not. */
void mu_selftest_judge(struct mu_selftest *t, const struct mu_sin_run *run);

/* After the last run of a whole self-test: what no sin kills. Prints the score; `health` NULL or a file
 * that gets it. */
bool mu_selftest_score(struct mu_selftest *t, const char *health, struct mu_err *err) MU_MUST_USE;

/* Is the i-th rule one that a run can show to be broken: a must assertion of the profile's phases? */
bool mu_selftest_counts(const struct mu_selftest *t, size_t rule);
bool mu_selftest_killed(const struct mu_selftest *t, size_t rule);

#endif

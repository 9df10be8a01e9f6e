/*
 * merge.h - runs of one plan that were made in different places become one run folder.
 *
 * What results is a function of the set of runs that went in, and of nothing else: no clock, no order of
 * arguments, and a merge that goes in again counts as the runs that it was made of. Of a stream one line
 * is in memory at a time, and of each line where it stands.
 */
#ifndef MU_RUN_MERGE_H
#define MU_RUN_MERGE_H

#include "base/arena.h"
#include "base/err.h"
#include "run/store.h"

struct mu_merge_options {
    const char *const *run; /* folders */
    size_t runs;
    const char *out; /* folder to be made; NULL: below ./muster-runs, by the id of the merged run */
    enum mu_keep keep;
};

struct mu_merge_result {
    const char *out;
    const char *const *says; /* sentences: what is in conflict, what differs, what is missing */
    size_t sayings;
    size_t merged;    /* runs that went in, each once        */
    size_t conflicts; /* that are named                      */
    size_t missing;   /* planned instances without a verdict */
    size_t elsewhere; /* those of shards that were not named */
    bool there;       /* the folder was there already, and is this merge */
};

/* MU_ERR_USAGE: a run that cannot be merged, or not with the others; nothing is left behind. */
bool mu_merge(struct mu_arena *arena, const struct mu_merge_options *options,
              struct mu_merge_result *result, struct mu_err *err) MU_MUST_USE;

#endif

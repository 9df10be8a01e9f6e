/*
 * health.h - reports/suite-health.json (reports/suite-health.schema.json): what `muster selftest`
 * measured, one entry a profile. Read before a run, so that its stream and all its reports say how
 * much the suite was proved to find.
 */
#ifndef MU_REPORT_HEALTH_H
#define MU_REPORT_HEALTH_H

#include "base/arena.h"
#include "base/err.h"
#include "core/health.h"

/* Where it stands below a data folder. */
#define MU_HEALTH_FILE "reports/suite-health.json"

/* Who finds what, for the file: one defect, must assertion or invalid case. */
struct mu_health_row {
    const char *name;
    const char *kind; /* of a defect: "parser"; NULL */
    const char **by;  /* what finds it, in the order of the suite or of the table of sins */
    size_t bys;
};

struct mu_health_table {
    const struct mu_health_row *row;
    size_t rows;
};

/* The entry of health->profile in the file at `path`; state UNKNOWN when there is none or no file,
 * STALE when it is of another suite or of other rules than health->suite and health->rules say.
 * MU_ERR_PROFILE: the file is none of ours. */
bool mu_health_read(struct mu_arena *arena, const char *path, struct mu_health *health,
                    struct mu_err *err) MU_MUST_USE;

/* Replace that entry, or add it; the other profiles stay. The same entry gives the same bytes. */
bool mu_health_write(struct mu_arena *arena, const char *path, const struct mu_health *health,
                     const struct mu_health_table *sins, const struct mu_health_table *assertions,
                     const struct mu_health_table *cases, struct mu_err *err) MU_MUST_USE;

#endif

/* manifest.h - reports and the manifest of the run that they are of. */
#ifndef MU_CLI_MANIFEST_H
#define MU_CLI_MANIFEST_H

#include "cli/report_job.h"

/* A folder that is signed takes no new reports. `out` is where they go, NULL: into the run. MU_ERR_USAGE. */
bool mu_manifest_may_change(struct mu_arena *arena, const char *run, const char *out,
                            struct mu_err *err) MU_MUST_USE;

/* Make reports of a run that has ended; its manifest learns of those that lie in it. */
bool mu_renew_reports(struct mu_arena *arena, const struct mu_report_order *order,
                      struct mu_err *err) MU_MUST_USE;

#endif

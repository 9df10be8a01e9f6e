/* manifest.h - reports and the manifest of the run that they are of. */
#ifndef MU_CLI_MANIFEST_H
#define MU_CLI_MANIFEST_H

#include "cli/command.h"

/* A folder that is signed takes no new reports. `out` is where they go, NULL: into the run. MU_ERR_USAGE. */
bool mu_manifest_may_change(struct mu_arena *arena, const char *run, const char *out,
                            struct mu_err *err) MU_MUST_USE;

/* Reports were made, those of --format or all: the manifest of the run learns of them when they lie in it. */
bool mu_manifest_after_reports(const struct mu_arguments *args, const char *run, const char *out,
                               struct mu_err *err) MU_MUST_USE;

#endif

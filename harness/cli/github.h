/* github.h - what a workflow of GitHub Actions is shown of a run. */
#ifndef MU_CLI_GITHUB_H
#define MU_CLI_GITHUB_H

#include "cli/report_job.h"

/* In a workflow (GITHUB_ACTIONS=true) print the annotations and add the Markdown to the step summary;
 * elsewhere nothing. What cannot be shown is said on standard error and changes no status. */
void mu_github_show(struct mu_arena *arena, const struct mu_report_order *order);

#endif

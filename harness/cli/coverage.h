/* coverage.h - the catalogue of the profile on a terminal. */
#ifndef MU_CLI_COVERAGE_H
#define MU_CLI_COVERAGE_H

#include "cli/world.h"

/* "S-G": the columns in which the catalogue names the rule. */
void mu_cli_rule_cells(const struct mu_world *world, const struct mu_rule *rule, char cells[4]);

/* How many cells are covered, in one line; nothing where the profile names no catalogue. */
void mu_cli_coverage_line(const struct mu_world *world);

bool mu_cli_list_coverage(struct mu_world *world, const struct mu_arguments *args,
                          struct mu_err *err) MU_MUST_USE;

/* What the catalogue says of `id`; false without an error filled in when it has no such row. */
bool mu_cli_explain_row(struct mu_world *world, const char *id, struct mu_err *err);

#endif

/*
 * ceiling.h - how high a report may go. Which cases of a run are above it is decided before the report is
 * made: the label of the ceiling and the policies are the operator's and read by the command; the labels of
 * the run are foreign and read by a sealed job of its own, which answers with one octet a case. Then the
 * command refuses, or the report's own sealed job withholds what is above.
 */
#ifndef MU_CLI_CEILING_H
#define MU_CLI_CEILING_H

#include "cli/command.h"
#include "policy/resolve.h"
#include "report/redact.h"

struct mu_desk; /* cli/label.h */

struct mu_ceiling {
    const struct mu_policies *policies;
    const struct mu_desk *desk;
    struct mu_resolved label;
    struct mu_report_ceiling shown; /* filled in by mu_ceiling_judge() */
};

/* Read the label of --ceiling: a file, else a marking. MU_ERR_USAGE says what is wrong with it, and names the
 * policies at hand. */
bool mu_ceiling_read(const struct mu_arguments *args, struct mu_ceiling *ceiling,
                     struct mu_err *err) MU_MUST_USE;

/* How a label stands to the ceiling, and every label in the octets of a message. Never fails: what is not
 * understood is above. */
enum mu_above mu_ceiling_stands(struct mu_arena *arena, const struct mu_ceiling *ceiling,
                                const struct mu_label *label);
enum mu_above mu_ceiling_mail(struct mu_arena *arena, const struct mu_ceiling *ceiling,
                              struct mu_bytes octets);

/* ceiling_job.c: hold every case of the run against it. With `refuse` a case above is MU_ERR_USAGE, which names the first. */
bool mu_ceiling_judge(struct mu_arena *arena, const char *run, struct mu_ceiling *ceiling,
                      bool refuse, struct mu_err *err) MU_MUST_USE;

#endif

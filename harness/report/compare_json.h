/* compare_json.h - pieces of JSON that a comparison and a history have in common. */
#ifndef MU_REPORT_COMPARE_JSON_H
#define MU_REPORT_COMPARE_JSON_H

#include "base/json.h"
#include "report/compare.h"

/* What follows begins a line of its own. */
void mu_json_line(struct mu_json *j);

void mu_json_run(struct mu_json *j, const char *name, const struct mu_result *m);
void mu_json_marks(struct mu_json *j, const struct mu_high_mark *mark);
void mu_json_differences(struct mu_json *j, const struct mu_gap *gap);
void mu_json_causes(struct mu_json *j, const struct mu_cause *cause);

#endif

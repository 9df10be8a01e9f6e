/* issue.h - instances grouped by cause; shared by the files that count. */
#ifndef MU_REPORT_ISSUE_H
#define MU_REPORT_ISSUE_H

#include "report/model.h"

/* The instance itself where it is kept; else as much of it as others tell of it. */
struct mu_instance *mu_kept(struct mu_result *m, struct mu_instance *instance);

/* A word of which there are few: a reason, an attribution. */
const char *mu_kept_word(struct mu_result *m, const char *text);

/* An instance that did not pass gets its issue, made when it is new; `count`: and is counted there. */
void mu_issue_add(struct mu_result *m, struct mu_instance *instance, bool count);

/* Worst first, then most frequent. */
void mu_issues_sort(struct mu_result *m);

#endif

/* compare_xml.h - pieces of the documents behind the pages of comparisons and histories. */
#ifndef MU_REPORT_COMPARE_XML_H
#define MU_REPORT_COMPARE_XML_H

#include "report/compare.h"
#include "report/xml.h"

/* The root, with what every page begins with. */
void mu_model_compared_start(struct mu_model_tree *t, const char *root,
                             const struct mu_sheets *sheets);

void mu_model_run(struct mu_model_tree *t, const char *name, const struct mu_result *m);
void mu_model_causes(struct mu_model_tree *t, const struct mu_cause *cause);
void mu_model_differences(struct mu_model_tree *t, const struct mu_gap *gap);

#endif

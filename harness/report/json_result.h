/* json_result.h - what the files that write results.json share. */
#ifndef MU_REPORT_JSON_RESULT_H
#define MU_REPORT_JSON_RESULT_H

#include "base/json.h"
#include "report/model.h"

struct mu_results_state {
    struct mu_json j;
    const struct mu_result_leg *of; /* whose text this is: */
    struct mu_buf legs;
};

/* Ids with spaces between them, as an array. */
void mu_results_ids(struct mu_json *j, const char *name, const char *list);

/* The members of a result. */
void mu_results_instance(struct mu_results_state *s, const struct mu_instance *instance);

#endif

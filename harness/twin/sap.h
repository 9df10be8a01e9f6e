/* sap.h - the twin as an adapter of SAP/1: labels.h behind the wire, with an honest hello. */
#ifndef MU_TWIN_SAP_H
#define MU_TWIN_SAP_H

#include "base/err.h"
#include "twin/sin.h"

struct mu_twin_adapter {
    const char *version; /* of this program */
    const char *schema;  /* file of the label schema */
    const char *clearance_schema;
    const char *fixtures; /* folder, from which some sins write; NULL */
    int64_t now;          /* Unix time until configure says another */
    int in, out;
    const struct mu_sin *sin; /* NULL: none */
};

/* Answer until bye. False: the harness hung up or broke the protocol. */
bool mu_twin_adapt(const struct mu_twin_adapter *adapter, struct mu_err *err) MU_MUST_USE;

#endif

/* sap_check_table.h - the rows of the table of checks; sap_check.c makes them. */
#ifndef MU_PROTO_SAP_CHECK_TABLE_H
#define MU_PROTO_SAP_CHECK_TABLE_H

#include "proto/sap_check_inside.h"

struct mu_sap_row {
    struct mu_sap_check check;
    enum mu_sap_sit sit;
    mu_sap_try *try;   /* in the job, while it talks; or ... */
    mu_sap_look *look; /* ... by who started it, at its end  */
};

size_t mu_sap_rows(void);
const struct mu_sap_row *mu_sap_row_at(size_t i); /* NULL past the last */

#endif

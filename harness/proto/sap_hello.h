/* sap_hello.h - the reply to hello, read and looked over. */
#ifndef MU_PROTO_SAP_HELLO_H
#define MU_PROTO_SAP_HELLO_H

#include "proto/sap_link.h"

/* *hello holds what it had for what is not said. */
bool mu_sap_hello_read(struct mu_sap_link *link, const json_t *result, struct mu_sap_hello *hello,
                       struct mu_err *err) MU_MUST_USE;
bool mu_sap_hello_claims(const struct mu_sap_hello *hello, const char *capability);
void mu_sap_hello_lint(struct mu_sap_link *link, struct mu_sap_hello *hello, const char *sentence);

#endif

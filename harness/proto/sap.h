/* sap.h - the harness's side of SAP/1 (core/sap.h, docs/adapter-protocol.md). */
#ifndef MU_PROTO_SAP_H
#define MU_PROTO_SAP_H

#include "core/sap.h"

extern const struct mu_sap_calls mu_sap_calls;

#endif

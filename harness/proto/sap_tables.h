/* sap_tables.h - the tables of SAP/1 for readers that are no C compilers: harness/docs/sap-1.json,
 * harness/docs/sap-1.schema.json, and the reference part of harness/docs/adapter-protocol.md. */
#ifndef MU_PROTO_SAP_TABLES_H
#define MU_PROTO_SAP_TABLES_H

#include "base/bytes.h"

/* Operations, types, errors, words, capabilities, reason codes, limits. */
struct mu_bytes mu_sap_tables_json(struct mu_arena *arena);

/* JSON Schema (2020-12) of one line, of either side; $defs has "result.<op>" for what a reply brings. */
struct mu_bytes mu_sap_schema_json(struct mu_arena *arena);

/* Markdown. */
struct mu_bytes mu_sap_reference(struct mu_arena *arena);

#endif

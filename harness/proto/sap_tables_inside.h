/* sap_tables_inside.h - what the files that print the tables share. */
#ifndef MU_PROTO_SAP_TABLES_INSIDE_H
#define MU_PROTO_SAP_TABLES_INSIDE_H

#include "base/json.h"

enum mu_sap_words { MU_SAP_OUTCOME_WORDS, MU_SAP_STAGE_WORDS, MU_SAP_CLASS_WORDS };

void mu_sap_put_words(struct mu_json *j, const char *name, enum mu_sap_words words);

/* The i-th limit; its name is NULL past the last. */
size_t mu_sap_limit_at(size_t i, const char **name, const char **summary);

/* The same JSON for people to read. */
struct mu_bytes mu_sap_indented(struct mu_arena *arena, struct mu_bytes json);

#endif

/* sap_value.h - values of SAP/1 as JSON, both ways: octets and abstract labels. What is read points into
 * the JSON value where it can; its texts live as long. Wrong types and words are MU_ERR_PEER. */
#ifndef MU_PROTO_SAP_VALUE_H
#define MU_PROTO_SAP_VALUE_H

#include <jansson.h>

#include "base/digest.h"
#include "base/json.h"
#include "format/label.h"

/* {"b64":...}, or {"blob":...,"len":...} of octets that are elsewhere. */
struct mu_sap_octets {
    struct mu_bytes data;
    const char *blob; /* "sha256:..."; NULL: data has them */
    size_t len;
};

#define MU_SAP_DIGEST_TEXT (7 + MU_DIGEST_TEXT) /* "sha256:", digits, NUL */

bool mu_sap_read_octets(struct mu_arena *arena, const json_t *value, struct mu_sap_octets *octets,
                        struct mu_err *err) MU_MUST_USE;

/* More than MU_SAP_INLINE_MAX: as a blob, which is put before. */
void mu_sap_put_octets(struct mu_json *j, const char *name, struct mu_bytes data);
void mu_sap_put_blob(struct mu_json *j, const char *name, struct mu_bytes data);

/* {"syntax":...,"data":...} */
void mu_sap_put_document(struct mu_json *j, const char *name, const char *syntax,
                         struct mu_bytes data);

void mu_sap_blob_name(struct mu_bytes data, char name[MU_SAP_DIGEST_TEXT]);
bool mu_sap_is_digest(const char *text);

/* *unknown is set when there is a member that this version does not know. */
bool mu_sap_read_label(struct mu_arena *arena, const json_t *value, struct mu_label **label,
                       bool *unknown, struct mu_err *err) MU_MUST_USE;
/* The same from its JSON. */
bool mu_sap_label_of(struct mu_arena *arena, struct mu_bytes json, struct mu_label **label,
                     bool *unknown, struct mu_err *err) MU_MUST_USE;
void mu_sap_put_label(struct mu_json *j, const char *name, const struct mu_label *label);

/* The text of a member in *text, for messages named `name`. */
bool mu_sap_read_text(const json_t *value, const char *name, const char **text,
                      struct mu_err *err) MU_MUST_USE;
/* A number of at least 0. */
bool mu_sap_read_number(const json_t *value, const char *name, uint64_t *number,
                        struct mu_err *err) MU_MUST_USE;

#endif

/*
 * json.h - JSON written into a buffer: pure ASCII, one object a line, members in the order given.
 *
 * Strings pass through the rules of the run stream: valid UTF-8 becomes \uXXXX (surrogate pairs
 * above the BMP), bytes that are no UTF-8 become the text \xNN. Reading JSON is jansson's work.
 */
#ifndef MU_BASE_JSON_H
#define MU_BASE_JSON_H

#include <stdint.h>

#include "base/bytes.h"

struct mu_json {
    struct mu_buf *out;
    bool comma; /* a value stands before the next one at this level */
};

void mu_json_open(struct mu_json *j, const char *name, char bracket); /* name NULL inside arrays */
void mu_json_close(struct mu_json *j, char bracket);
void mu_json_text(struct mu_json *j, const char *name, const char *value); /* NULL: no member */
void mu_json_some(struct mu_json *j, const char *name,
                  const char *value); /* NULL or "": no member */
void mu_json_bytes(struct mu_json *j, const char *name, struct mu_bytes value);
void mu_json_base64(struct mu_json *j, const char *name, struct mu_bytes value);
void mu_json_raw(struct mu_json *j, const char *name, const char *json); /* a value as it is */
void mu_json_number(struct mu_json *j, const char *name, int64_t value);
void mu_json_bool(struct mu_json *j, const char *name, bool value);

/* How many letters stand in a string as they are: printable ASCII but for " and \. */
size_t mu_json_plain(struct mu_bytes s);

#endif

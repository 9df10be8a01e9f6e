/* sarif.h - what every log of SARIF 2.1.0 (OASIS) of ours has: the head, rules, places, fingerprints. */
#ifndef MU_REPORT_SARIF_H
#define MU_REPORT_SARIF_H

#include "base/json.h"

/* Of a requirement level, "must", "should" or "may". */
const char *mu_sarif_level(const char *requirement);

/* An object with a text. */
void mu_sarif_message(struct mu_json *j, const char *name, const char *text);

/* From the start of the log to the driver, whose rules come next. */
void mu_sarif_begin(struct mu_json *j, const char *version);

/* A member of the array "rules" that is left open for more. */
void mu_sarif_rule(struct mu_json *j, const char *id, const char *text, const char *full,
                   const char *level);

/* A file name as a URI reference (RFC 3986): what is not plain is a percent sign and two digits. */
const char *mu_sarif_uri(struct mu_arena *arena, const char *name);

/* An element of "locations". `offset` -1: the whole file. `path` "": no logical place. */
void mu_sarif_location(struct mu_json *j, const char *uri, int64_t offset, int64_t octets,
                       const char *path);

/* Of the text; the name says what the text is made of. */
void mu_sarif_fingerprint(struct mu_json *j, const char *name, struct mu_bytes text);

#endif

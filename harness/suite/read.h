/* read.h - typed reading of the operator's XML files: load, check against our schema, then one call
 * an attribute. Every error carries file:line:column and says what is wrong in one sentence. */
#ifndef MU_SUITE_READ_H
#define MU_SUITE_READ_H

#include "format/xml.h"
#include "suite/profile.h"

struct mu_read {
    struct mu_arena *arena;
    const struct mu_data *data;
    const char *path, *dir;
    xmlDoc *doc;
    xmlNode *root;
    struct mu_bytes text; /* the file's bytes, for digests */
    const char *xsd;
    struct mu_schema *schema;
};

/* Load `path` and check it against profiles/schemas/<schema>.xsd. */
bool mu_read_open(struct mu_arena *arena, const struct mu_data *data, const char *path,
                  const char *schema, struct mu_read *read, struct mu_err *err) MU_MUST_USE;

/* Another file of the kind of `read`, which it takes the place of: the schema is compiled once. */
bool mu_read_another(struct mu_read *read, const char *path, struct mu_err *err) MU_MUST_USE;

/* First child and next sibling of a name; any name for NULL. */
xmlNode *mu_read_first(const xmlNode *node, const char *name);
xmlNode *mu_read_next(const xmlNode *node, const char *name);
size_t mu_read_count(const xmlNode *node, const char *name);

/* NULL when absent. */
const char *mu_read_attribute(const struct mu_read *read, const xmlNode *node, const char *name);
bool mu_read_has(const xmlNode *node, const char *name);
/* Relative to the file's folder; NULL when absent. */
const char *mu_read_path(const struct mu_read *read, const xmlNode *node, const char *name);
/* "yes"; `fallback` when absent. */
bool mu_read_yes(const struct mu_read *read, const xmlNode *node, const char *name, bool fallback);
/* The element's text with each run of white space as one space. */
const char *mu_read_text(const struct mu_read *read, const xmlNode *node);

/* "5s", "200ms", "2m", "48h" in milliseconds; untouched when absent. */
bool mu_read_duration(const struct mu_read *read, const xmlNode *node, const char *name,
                      uint32_t *ms, struct mu_err *err) MU_MUST_USE;
bool mu_read_number(const struct mu_read *read, const xmlNode *node, const char *name, uint64_t max,
                    uint64_t *number, struct mu_err *err) MU_MUST_USE;

/* <relay> of a profile: what a relay may change; what the standards say when there is none. */
bool mu_relay_read(const struct mu_read *read, struct mu_relay *relay,
                   struct mu_err *err) MU_MUST_USE;

/* Words separated by white space, NULL-terminated; returns how many. */
size_t mu_words_split(struct mu_arena *arena, const char *text, const char ***word);
/* Does the list hold the word? */
bool mu_words_hold(const char *list, const char *word);

/* Fail at an attribute: "unknown <what> '<name>', did you mean '<nearest>'?". */
bool mu_read_unknown(const xmlNode *node, const char *attribute, const char *what, const char *name,
                     const char *nearest, struct mu_err *err) MU_MUST_USE;

#endif

/* names.h - names that people type: which are allowed, and which known one was probably meant. */
#ifndef MU_BASE_NAMES_H
#define MU_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* An id of ours: [a-z0-9][a-z0-9-]*, at most MU_ID_MAX bytes. Safe as a file name. */
bool mu_name_is_id(const char *name);

/*
 * The known name nearest to `name` by edit distance, or NULL when none is near enough to be a
 * slip of the pen. `known(self, i)` gives the i-th known name and NULL after the last.
 */
const char *mu_name_nearest(const char *name, const char *(*known)(const void *self, size_t i),
                            const void *self);

/* The same over an array of `count` names. */
const char *mu_name_nearest_in(const char *name, const char *const *known, size_t count);

/* Does `text` match `glob`, where * stands for any run of bytes and ? for one byte? */
bool mu_name_matches(const char *text, const char *glob);

#endif

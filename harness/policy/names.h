/*
 * names.h - the key of a name, and the hash over keys that makes a policy fast.
 *
 * Two names are the same when their keys are: white space collapsed (Unicode's), NFC, and, where the
 * policy says so, case folded (ADatP-4774 p 5-2; labels.md L74-40, L74-41). Names in US-ASCII, which
 * nearly all are, take a path of one pass without ICU.
 *
 * The hash has no secret. Only a policy puts names into it, and policies are the operator's: one made
 * for it would load slowly, as the square of its names, and no label can do more than look up.
 */
#ifndef MU_POLICY_NAMES_H
#define MU_POLICY_NAMES_H

#include <stdint.h>

#include "base/bytes.h"

#define MU_KEY_MAX 1024 /* bytes of a name and of its key; longer is never found, never equal */

struct mu_key {
    size_t n;
    uint32_t hash;
    char text[MU_KEY_MAX];
};

/* False: the name is too long, or no UTF-8. */
bool mu_key_make(struct mu_key *key, const char *name, bool fold);

/* Are the two names the same? NULL is the same as nothing. */
bool mu_key_same(const char *a, const char *b, bool fold);

/* The key as a string of `arena`; "" where mu_key_make is false. */
const char *mu_key_text(struct mu_arena *arena, const char *name, bool fold);

struct mu_names;

/* Room for so many keys; one more than the table holds is a defect of the caller. */
struct mu_names *mu_names_new(struct mu_arena *arena, size_t count) MU_MUST_USE;

/* Add; when the key is there already, the number that is there is returned and nothing is added;
 * UINT32_MAX: it was added. Keys in different scopes are different. */
uint32_t mu_names_add(struct mu_names *names, uint32_t scope, const struct mu_key *key,
                      uint32_t number);
uint32_t mu_names_find(const struct mu_names *names, uint32_t scope, const struct mu_key *key);

/* The same by name, a name being found fastest as it was written when it was added. Each name takes
 * the room of two keys. A name without a key is not added and never found. */
uint32_t mu_names_add_name(struct mu_names *names, uint32_t scope, const char *name, bool fold,
                           uint32_t number);
uint32_t mu_names_find_name(const struct mu_names *names, uint32_t scope, const char *name,
                            bool fold);

#endif

/* policy.h - what the commands about policies share. */
#ifndef MU_CLI_POLICY_H
#define MU_CLI_POLICY_H

#include "base/json.h"
#include "cli/world.h"
#include "policy/spif.h"

/* --format json or text; MU_ERR_USAGE for another. */
bool mu_policy_format(const struct mu_arguments *args, bool *json, struct mu_err *err) MU_MUST_USE;

/* policy_words.c: parts of a policy as text, for the tables and JSON alike. */

/* The phrase that is shown in a language, of portion markings or of all others; NULL: none. A phrase
 * without a language is one of language "". */
const char *mu_policy_phrase(const struct mu_markings *markings, const char *language,
                             bool portion);

/* "2026-01-01T00:00:00Z"; NULL for a bound that is not there. */
const char *mu_policy_time(struct mu_arena *arena, int64_t time);

const char *mu_policy_applied(unsigned applied);              /* "encrypt", "decrypt", "both" */
const char *mu_policy_operation(enum mu_operation operation); /* "onlyOne", ... */

/* Names of the classifications of a set; of the categories that a reference means. */
const char *mu_policy_classes(struct mu_arena *arena, const struct mu_policy *policy,
                              const struct mu_class_set *set);
const char *mu_policy_ref(struct mu_arena *arena, const struct mu_policy *policy,
                          const struct mu_category_ref *ref);
const char *mu_policy_foreign(struct mu_arena *arena, const struct mu_foreign_ref *ref);

/* All that is required, as one line: "exactly one of Context: NATO, KFOR; ..." */
const char *mu_policy_required(struct mu_arena *arena, const struct mu_policy *policy,
                               const struct mu_required *required, size_t requireds);
const char *mu_policy_foreign_required(struct mu_arena *arena,
                                       const struct mu_foreign_required *required,
                                       size_t requireds);

/* policy_json.c: the whole policy as one JSON object. */
void mu_policy_json(struct mu_json *j, struct mu_arena *arena, const struct mu_policy *policy);

#endif

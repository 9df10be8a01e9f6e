/*
 * rulebook.h - the twin as a guard with rules: it refuses what breaks a must-level assertion of the
 * profile that it was given, with the harness's own engine, and knows nothing of what they say.
 */
#ifndef MU_TWIN_RULEBOOK_H
#define MU_TWIN_RULEBOOK_H

#include "rules/rules.h"

struct mu_rulebook {
    const struct mu_rule_set *rules;
    const char *phases;
    struct mu_document_kit kit;
    bool demands_label; /* false: a message may be without label */
};

/* *refusal is NULL for a message that keeps the rules; otherwise "550 5.6.0 ..." where it breaks a
 * standard, "550 5.7.1 ..." where it breaks what the profile demands by a phase. */
bool mu_rulebook_judge(struct mu_arena *arena, const struct mu_rulebook *book,
                       struct mu_bytes message, const struct mu_envelope *envelope,
                       const char **refusal, struct mu_err *err) MU_MUST_USE;

#endif

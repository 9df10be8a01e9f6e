/* silent.h - selftest.xml beside a profile: the closed list of what no defect of the twin can show,
 * each with the reason. What is on it and shown after all is stale. */
#ifndef MU_SUITE_SILENT_H
#define MU_SUITE_SILENT_H

#include "suite/profile.h"

struct mu_silent {
    const char *rule, *of; /* a rule or a case; the other is NULL */
    const char *because;
    struct mu_where where;
    bool used; /* for whoever compares the list with what happened */
};

struct mu_silent_list {
    struct mu_silent *silent;
    size_t count;
};

/* A profile without such a file excuses nothing. */
bool mu_silent_load(struct mu_arena *arena, const struct mu_data *data,
                    const struct mu_profile *profile, struct mu_silent_list *list,
                    struct mu_err *err) MU_MUST_USE;

#endif

/* world.h - what several commands load: data folders, profile, SUT file, suite, plan. */
#ifndef MU_CLI_WORLD_H
#define MU_CLI_WORLD_H

#include "cli/command.h"
#include "suite/plan.h"

#define MU_DEFAULT_PROFILE "mail-sio-4774"

struct mu_world {
    struct mu_arena *arena;
    struct mu_data data;
    int64_t test_time;
    const char *test_time_text;
    struct mu_profile profile;
    struct mu_sut sut;
    struct mu_suite suite;
    struct mu_selection *selection;
    struct mu_plan plan;
    struct mu_expectations expectations;
    bool has_expectations;
};

/* Data folders and test time. */
bool mu_world_start(struct mu_world *world, const struct mu_arguments *args,
                    struct mu_err *err) MU_MUST_USE;
/* The profile named by --profile, or the default one. */
bool mu_world_profile(struct mu_world *world, const struct mu_arguments *args,
                      struct mu_err *err) MU_MUST_USE;
bool mu_world_profile_named(struct mu_world *world, const char *name,
                            struct mu_err *err) MU_MUST_USE;
bool mu_world_suite(struct mu_world *world, struct mu_err *err) MU_MUST_USE;
/* What the linter has to say of the suite; every finding is printed when `print`, and *errors says
 * how many are not mere advice. */
size_t mu_world_lint(struct mu_world *world, bool print, size_t *errors);
/* Profile and suite, without a finding of the linter that is an error. */
bool mu_world_cases(struct mu_world *world, const struct mu_arguments *args,
                    struct mu_err *err) MU_MUST_USE;
/* SUT file, selection and plan on top of those. */
bool mu_world_choose(struct mu_world *world, const struct mu_arguments *args,
                     struct mu_err *err) MU_MUST_USE;
/* All of it. */
bool mu_world_plan(struct mu_world *world, const struct mu_arguments *args,
                   struct mu_err *err) MU_MUST_USE;

#endif

#include <stdio.h>

#include "cli/world.h"

/* One profile: structure errors end it, the linter's findings are all printed. */
static bool check(struct mu_world *world, const char *name, size_t *errors, struct mu_err *err)
{
    TRY(mu_world_profile_named(world, name, err));
    TRY(mu_world_suite(world, err));
    size_t found, n = mu_world_lint(world, true, &found);
    *errors += found;
    printf("%s: %zu rules, %zu cases, %zu findings\n", world->profile.path,
           mu_rules_count(world->profile.rules), world->suite.count, n);
    return true;
}

bool mu_cli_profile_check(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    size_t errors = 0;
    TRY(mu_world_start(&world, args, err));
    for (int i = 0; i < args->operands; i++) {
        struct mu_err one;
        if (check(&world, args->operand[i], &errors, &one))
            continue;
        char text[600];
        mu_err_text(&one, text, sizeof text);
        fprintf(stderr, "muster: %s\n", text);
        errors++;
    }
    *status = errors > 0 ? MU_EXIT_USAGE : MU_EXIT_OK;
    return true;
}

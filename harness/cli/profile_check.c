#include <stdio.h>

#include "cli/world.h"
#include "twin/twin.h"

static size_t sin_names(const char **name, size_t room)
{
    size_t n = 0;
    const struct mu_sin *sin;
    while (n < room && (sin = mu_sin_at(n)) != NULL)
        name[n++] = sin->name;
    return n;
}

/* One profile: structure errors end it, the linter's findings are all printed. */
static bool check(struct mu_world *world, const char *name, size_t *errors, struct mu_err *err)
{
    const char *sin[64];
    TRY(mu_profile_load(world->arena, &world->data, name, world->test_time, &world->profile, err));
    TRY(mu_world_suite(world, err));
    struct mu_lint_world lint_world = { .data = &world->data,
                                        .profile = &world->profile,
                                        .sin = sin,
                                        .sins = sin_names(sin, MU_COUNT(sin)) };
    struct mu_lint *lint;
    size_t n = mu_suite_lint(world->arena, &world->suite, &lint_world, &lint);
    for (size_t i = 0; i < n; i++) {
        struct mu_err place;
        char text[600];
        (void) mu_fail_where(&place, lint[i].where, MU_ERR_PROFILE, "%s", lint[i].message);
        mu_err_text(&place, text, sizeof text);
        printf("%s%s %s\n", lint[i].number, lint[i].error ? "" : " (advice)", text);
        *errors += lint[i].error;
    }
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

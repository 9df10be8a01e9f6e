/* A suite file: it loads and every instance has its own name and a control in range, or it says where it
 * is wrong. */
#include "tests/fuzz/operator.h"

#define INSTANCES 50 /* of a case that are looked at */

static void check_case(struct mu_arena *arena, const struct mu_suite *suite,
                       const struct mu_case *c)
{
    char name[MU_NAME_TEXT];
    size_t product = 1;
    for (size_t i = 0; i < c->axes; i++)
        product *= c->axis[i].values;
    HOLDS(product == c->instances && c->instances > 0 && mu_suite_find(suite, c->id) != NULL);
    for (size_t i = 0; i < c->instances && i < INSTANCES; i++) {
        mu_case_name(c, i, name);
        HOLDS(strncmp(name, c->id, strlen(c->id)) == 0);
        HOLDS(mu_case_expand(arena, c, i, "{label}{x}") != NULL);
        int64_t control = mu_case_control_instance(c, i);
        HOLDS(control < 0
              || (c->control_case != NULL && (size_t) control < c->control_case->instances));
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_suite suite;
    struct mu_err err;
    const char *const file = fuzz_write(input);
    if (!mu_suite_load(arena, &fuzz_data, &file, 1, &suite, &err)) {
        fuzz_check_error(input, &err);
        return;
    }
    for (size_t i = 0; i < suite.count; i++)
        check_case(arena, &suite, suite.cases[i]);
    struct mu_lint *lint;
    struct mu_lint_world world = { .data = &fuzz_data };
    size_t count = mu_suite_lint(arena, &suite, &world, &lint);
    for (size_t i = 0; i < count; i++)
        HOLDS(lint[i].number[0] == 'L' && fuzz_is_sentence(lint[i].message)
              && lint[i].where.line <= input.n + 1);
}

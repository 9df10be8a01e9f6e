/* lint.h - what the parts of the linter share. */
#ifndef MU_SUITE_LINT_H
#define MU_SUITE_LINT_H

#include "suite/suite.h"

struct mu_linter {
    struct mu_arena *arena;
    const struct mu_suite *suite;
    const struct mu_lint_world *world;
    struct mu_buf found; /* struct mu_lint in a row */
    struct mu_decided *decided;
    const struct mu_judged_octets *judged;
};

enum mu_lint_number {
    MU_L01,
    MU_L02,
    MU_L03,
    MU_L04,
    MU_L05,
    MU_L06,
    MU_L07,
    MU_L08,
    MU_L09,
    MU_L10,
    MU_L11,
    MU_L12,
    MU_L13,
    MU_L14,
    MU_L15,
    MU_L16,
    MU_L17,
    MU_L18,
    MU_L19,
    MU_L20,
    MU_L21,
    MU_L22,
    MU_L23,
    MU_L24,
    MU_L25,
    MU_L26,
    MU_L27,
    MU_L28,
    MU_L29,
    MU_L30,
    MU_L31,
    MU_L32,
    MU_L33,
    MU_LINTS,
};

void mu_lint_add(struct mu_linter *l, enum mu_lint_number number, struct mu_where where,
                 const char *fmt, ...) MU_PRINTF(4, 5);

/* "a send", "an ask". */
const char *mu_lint_a(struct mu_linter *l, enum mu_step_kind kind);

/* ", did you mean 'x'?", or "" without a near name. */
const char *mu_lint_hint(struct mu_linter *l, const char *nearest);

/* Everything about the steps of one case. */
void mu_lint_steps(struct mu_linter *l, const struct mu_case *c);

/* What a case of validator, labeller or policy asks, and what it says of the answers. */
void mu_lint_asks(struct mu_linter *l, const struct mu_case *c);

/* Texts of one step that depend on the instance: words, names, operators. */
void mu_lint_texts(struct mu_linter *l, const struct mu_case *c, const struct mu_step *step);

#endif

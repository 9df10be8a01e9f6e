/* steps.h - reading one step, and the table of a step's text attributes that {axis} may stand in. */
#ifndef MU_SUITE_STEPS_H
#define MU_SUITE_STEPS_H

#include "suite/read.h"
#include "suite/suite.h"

bool mu_step_read(const struct mu_read *read, const xmlNode *node, struct mu_step *step,
                  struct mu_err *err) MU_MUST_USE;

/* The texts of a step, by number; NULL past the last in *attribute, *text may be NULL (absent). */
const char *mu_step_text(const struct mu_step *step, size_t i, const char **attribute);

/* Words that an attribute of <expect> or <same> may hold: NULL when it takes any text. */
struct mu_step_words {
    enum mu_step_kind kind;
    const char *attribute;
    const char *what;                                 /* for messages: "outcome" */
    const char *(*known)(const void *self, size_t i); /* NULL past the last */
};
const struct mu_step_words *mu_step_words_at(size_t i);

#endif

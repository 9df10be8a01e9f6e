/* catalogue.h - what a body of rules owes to whom: profiles/rules/catalogue.xml, one row a requirement
 * of the reference catalogue, one cell a role that exchanges messages. A cell names the rules that cover it, or says why there
 * is none; a cell that says nothing is not asked of that role. The linter holds each cell to its word. */
#ifndef MU_SUITE_CATALOGUE_H
#define MU_SUITE_CATALOGUE_H

#include "suite/suite.h"

struct mu_catalogue_cell {
    const char **rule; /* that cover it                            */
    size_t rules;
    const char *why; /* nothing covers it, and why; NULL: not said */
};

struct mu_catalogue_row {
    const char *id;                          /* "EML-01"                                        */
    struct mu_catalogue_cell cell[MU_ROLES]; /* by enum mu_role                                 */
    const char *kept; /* kept by the harness itself, and what proves it; NULL: by the SUT */
    struct mu_where where;
};

struct mu_catalogue {
    struct mu_catalogue_row *row;
    size_t rows;
};

bool mu_catalogue_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                       struct mu_catalogue **catalogue, struct mu_err *err) MU_MUST_USE;

const struct mu_catalogue_row *mu_catalogue_find(const struct mu_catalogue *catalogue,
                                                 const char *id);

/* Does a row name the rule for this role? */
bool mu_catalogue_names(const struct mu_catalogue *catalogue, const char *rule, enum mu_role role);

/* A case of the role that shows the rule: it names it or, where the rule is an assertion, judges a leg
 * of a SUT. *off: it would, in a phase that neither the profile nor a case asks for. NULL: there is
 * none. */
const struct mu_case *mu_catalogue_shown(const struct mu_profile *profile,
                                         const struct mu_suite *suite, const struct mu_rule *rule,
                                         enum mu_role role, bool *off);

/* Take out of the suite (c->off) what shows nothing but rules that the profile waives or does not
 * switch on. */
void mu_suite_switch(const struct mu_profile *profile, struct mu_suite *suite);

#endif

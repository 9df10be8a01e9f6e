#include "suite/catalogue.h"

#include <string.h>

#include "suite/read.h"

/* The columns, in the order of enum mu_role. */
static const char *const column[MU_ROLES] = { "s", "r", "g", "v", "l", "p" };

static bool read_reasons(const struct mu_read *read, const xmlNode *node,
                         struct mu_catalogue_row *row, struct mu_err *err)
{
    for (xmlNode *e = mu_read_first(node, "not"); e != NULL; e = mu_read_next(e, "not")) {
        const char *roles = mu_read_attribute(read, e, "role");
        for (size_t i = 0; i < MU_ROLES; i++) {
            if (!mu_words_hold(roles, column[i]))
                continue;
            if (row->cell[i].rules > 0 || row->cell[i].why != NULL)
                return mu_fail_where(err, mu_xml_where(e), MU_ERR_PROFILE,
                                     "cell '%s' of '%s' has something to say already", column[i],
                                     row->id);
            row->cell[i].why = mu_read_text(read, e);
        }
    }
    return true;
}

static bool read_row(const struct mu_read *read, const xmlNode *node, struct mu_catalogue_row *row,
                     struct mu_err *err)
{
    *row = (struct mu_catalogue_row){ .id = mu_read_attribute(read, node, "id"),
                                      .where = mu_xml_where(node) };
    for (size_t i = 0; i < MU_ROLES; i++) {
        const char *words = mu_read_attribute(read, node, column[i]);
        if (words != NULL)
            row->cell[i].rules = mu_words_split(read->arena, words, &row->cell[i].rule);
    }
    const xmlNode *kept = mu_read_first(node, "kept");
    row->kept = kept != NULL ? mu_read_text(read, kept) : NULL;
    return read_reasons(read, node, row, err);
}

bool mu_catalogue_load(struct mu_arena *arena, const struct mu_data *data, const char *path,
                       struct mu_catalogue **catalogue, struct mu_err *err)
{
    struct mu_read read;
    struct mu_catalogue c = { .rows = 0 };
    TRY(mu_read_open(arena, data, path, "catalogue", &read, err));
    c.row = mu_arena_array(arena, mu_read_count(read.root, "row"), sizeof *c.row);
    for (xmlNode *e = mu_read_first(read.root, "row"); e != NULL; e = mu_read_next(e, "row"))
        TRY(read_row(&read, e, &c.row[c.rows++], err));
    *catalogue = mu_new(arena, struct mu_catalogue);
    **catalogue = c;
    return true;
}

const struct mu_catalogue_row *mu_catalogue_find(const struct mu_catalogue *catalogue,
                                                 const char *id)
{
    for (size_t i = 0; catalogue != NULL && i < catalogue->rows; i++)
        if (strcmp(catalogue->row[i].id, id) == 0)
            return &catalogue->row[i];
    return NULL;
}

bool mu_catalogue_names(const struct mu_catalogue *catalogue, const char *rule, enum mu_role role)
{
    for (size_t i = 0; catalogue != NULL && i < catalogue->rows; i++) {
        const struct mu_catalogue_cell *cell = &catalogue->row[i].cell[role];
        for (size_t k = 0; k < cell->rules; k++)
            if (strcmp(cell->rule[k], rule) == 0)
                return true;
    }
    return false;
}

/* Does the case judge a leg, and the rule with it? */
static bool judges(const struct mu_profile *profile, const struct mu_case *c,
                   const struct mu_rule *rule, bool anyway)
{
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        if (s->kind == MU_STEP_JUDGE
            && (anyway || mu_rule_is_on(rule, profile->phases)
                || (s->phase != NULL && mu_rule_is_on(rule, s->phase))))
            return true;
    }
    return false;
}

static bool names(const struct mu_case *c, const char *rule)
{
    for (size_t i = 0; i < c->requirements; i++)
        if (c->requirement[i].rule != NULL && strcmp(c->requirement[i].rule, rule) == 0)
            return true;
    return false;
}

const struct mu_case *mu_catalogue_shown(const struct mu_profile *profile,
                                         const struct mu_suite *suite, const struct mu_rule *rule,
                                         enum mu_role role, bool *off)
{
    for (int anyway = 0; anyway <= 1; anyway++)
        for (size_t i = 0; i < suite->count; i++) {
            const struct mu_case *c = suite->cases[i];
            *off = anyway == 1 || c->off != NULL;
            if (c->role == role
                && (names(c, rule->id)
                    || (rule->assertion && judges(profile, c, rule, anyway == 1))))
                return c;
        }
    *off = false;
    return NULL;
}

/* The first rule that a case names, when the profile asks for none of those that it names and the case
 * judges nothing; NULL: it shows something. */
static const char *shows_nothing(const struct mu_profile *profile, const struct mu_case *c)
{
    const char *first = NULL;
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_JUDGE)
            return NULL;
    for (size_t i = 0; i < c->requirements; i++) {
        const char *id = c->requirement[i].rule;
        const struct mu_rule *rule = id != NULL ? mu_rules_find(profile->rules, id) : NULL;
        if (id == NULL)
            continue;
        if (rule == NULL || (!rule->waived && mu_rule_is_on(rule, profile->phases)))
            return NULL;
        if (first == NULL)
            first = id;
    }
    return first;
}

void mu_suite_switch(const struct mu_profile *profile, struct mu_suite *suite)
{
    for (size_t i = 0; i < suite->count; i++)
        suite->cases[i]->off = shows_nothing(profile, suite->cases[i]);
}

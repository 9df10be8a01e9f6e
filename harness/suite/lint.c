/* The linter: the table of what it finds, and what can be said of whole cases. */
#include "suite/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "core/sap.h"
#include "suite/catalogue.h"
#include "suite/read.h"

/* clang-format off */
static const struct row {
    struct mu_lint_rule rule;
    bool advice;
} row[] = {
    [MU_L01] = { { "L01", "a requirement names a rule that the profile does not have" }, false },
    [MU_L02] = { { "L02", "a requirement names a document that nobody knows" }, false },
    [MU_L03] = { { "L03", "an invalid case has no control" }, false },
    [MU_L04] = { { "L04", "the control of a case does not exist" }, false },
    [MU_L05] = { { "L05", "the control is not a valid case of the same role that runs before" }, false },
    [MU_L06] = { { "L06", "the control lacks an axis, or a value of it, that chooses the fixtures" }, false },
    [MU_L07] = { { "L07", "a case neither expects, compares nor judges anything" }, false },
    [MU_L08] = { { "L08", "a case names a sin that the twin does not have" }, false },
    [MU_L09] = { { "L09", "a step refers to an id that no step before it made" }, false },
    [MU_L10] = { { "L10", "a step cannot be reached or comes too late: nothing is sent or collected after nothing-else" }, false },
    [MU_L11] = { { "L11", "a fixture does not exist" }, false },
    [MU_L12] = { { "L12", "a mutation names an unknown operator, or its 'when' is not the operator's" }, false },
    [MU_L13] = { { "L13", "a mutation lacks what its operator needs, or gives what it does not take" }, false },
    [MU_L14] = { { "L14", "an axis is used by no step" }, false },
    [MU_L15] = { { "L15", "two cases have the same id" }, false },
    [MU_L16] = { { "L16", "a case needs an unknown capability" }, false },
    [MU_L17] = { { "L17", "a case names no rule and judges nothing: it shows no rule" }, true },
    [MU_L18] = { { "L18", "a rule that only a case can show is shown by none" }, true },
    [MU_L19] = { { "L19", "two steps of a case make the same id" }, false },
    [MU_L20] = { { "L20", "a serve step stands behind the first send or trigger" }, false },
    [MU_L21] = { { "L21", "a step names an axis that the case does not have" }, false },
    [MU_L22] = { { "L22", "a step names an unknown TLS profile or identity" }, false },
    [MU_L23] = { { "L23", "a message, label or answer is made and never used" }, true },
    [MU_L24] = { { "L24", "a step uses a word that is not in the vocabulary" }, false },
    [MU_L25] = { { "L25", "a step does not fit the role of the case" }, false },
    [MU_L26] = { { "L26", "a judge step names a phase that no rule file has" }, false },
    [MU_L27] = { { "L27", "the policies decide otherwise than a step says, or cannot decide" }, false },
    [MU_L28] = { { "L28", "a cell of the catalogue names a rule that is not there, or that no case of its role shows" }, true },
    [MU_L29] = { { "L29", "a rule that belongs to a row of the catalogue stands in no cell of it" }, true },
    [MU_L30] = { { "L30", "an ask lacks what its operation needs, or gives what it does not take" }, false },
    [MU_L31] = { { "L31", "a step looks at something that no answer to this operation has" }, false },
    [MU_L32] = { { "L32", "a case says of an answer what our own rules and policies contradict" }, false },
    [MU_L33] = { { "L33", "a label cannot be made, changed or asked about as a case says" }, false },
};
/* clang-format on */

/* What cases may cite besides the documents of the rule files. */
static const char *const document[] = {
    "RFC 1870",   "RFC 2034",   "RFC 2045",     "RFC 2046",     "RFC 2047", "RFC 2231",
    "RFC 3207",   "RFC 3461",   "RFC 3463",     "RFC 4648",     "RFC 5280", "RFC 5321",
    "RFC 5322",   "RFC 6066",   "RFC 6152",     "RFC 6531",     "RFC 6532", "RFC 7301",
    "RFC 7444",   "RFC 8446",   "RFC 9325",     "RFC 9525",     "XML 1.0",  "XML Namespaces",
    "XML Schema", "ADatP-4774", "ADatP-4774.1", "FMN Spiral 5", "house",
};

const struct mu_lint_rule *mu_lint_rule_at(size_t i)
{
    return i < MU_COUNT(row) ? &row[i].rule : NULL;
}

void mu_lint_add(struct mu_linter *l, enum mu_lint_number number, struct mu_where where,
                 const char *fmt, ...)
{
    struct mu_lint lint = { row[number].rule.number, !row[number].advice, where, "" };
    va_list args;
    va_start(args, fmt);
    vsnprintf(lint.message, sizeof lint.message, fmt, args);
    va_end(args);
    mu_buf_put(&l->found, &lint, sizeof lint);
}

const char *mu_lint_a(struct mu_linter *l, enum mu_step_kind kind)
{
    const char *name = mu_step_name(kind);
    return mu_arena_printf(l->arena, "%s %s", strchr("aeiou", name[0]) != NULL ? "an" : "a", name);
}

const char *mu_lint_hint(struct mu_linter *l, const char *nearest)
{
    return nearest == NULL ? "" : mu_arena_printf(l->arena, ", did you mean '%s'?", nearest);
}

/* --- names ------------------------------------------------------------------------------------- */

static const char *rule_id(const void *self, size_t i)
{
    return i < mu_rules_count(self) ? mu_rules_at(self, i)->id : NULL;
}

static bool known_document(const struct mu_rule_set *rules, const char *name)
{
    for (size_t i = 0; i < MU_COUNT(document); i++)
        if (strcmp(document[i], name) == 0)
            return true;
    for (size_t i = 0; rules != NULL && i < mu_rules_count(rules); i++)
        if (strcmp(mu_rules_at(rules, i)->document, name) == 0)
            return true;
    return false;
}

static void lint_requirements(struct mu_linter *l, const struct mu_case *c)
{
    const struct mu_rule_set *rules = l->world->profile != NULL ? l->world->profile->rules : NULL;
    for (size_t i = 0; i < c->requirements; i++) {
        const struct mu_requirement *r = &c->requirement[i];
        if (!known_document(rules, r->document))
            mu_lint_add(
                l, MU_L02, c->where, "case '%s' cites an unknown document '%s'%s", c->id,
                r->document,
                mu_lint_hint(l, mu_name_nearest_in(r->document, document, MU_COUNT(document))));
        if (rules != NULL && r->rule != NULL && mu_rules_find(rules, r->rule) == NULL)
            mu_lint_add(l, MU_L01, c->where, "case '%s' names an unknown rule '%s'%s", c->id,
                        r->rule, mu_lint_hint(l, mu_name_nearest(r->rule, rule_id, rules)));
    }
}

static void lint_sins(struct mu_linter *l, const struct mu_case *c)
{
    const char **sin;
    size_t sins = l->world->sins > 0 ? mu_words_split(l->arena, c->sins, &sin) : 0;
    for (size_t i = 0; i < sins; i++) {
        bool known = false;
        for (size_t k = 0; k < l->world->sins && !known; k++)
            known = strcmp(l->world->sin[k], sin[i]) == 0;
        if (!known)
            mu_lint_add(l, MU_L08, c->where, "case '%s' names a sin that no twin has: '%s'%s",
                        c->id, sin[i],
                        mu_lint_hint(l, mu_name_nearest_in(sin[i], l->world->sin, l->world->sins)));
    }
}

static void lint_capabilities(struct mu_linter *l, const struct mu_case *c)
{
    for (size_t i = 0; i < c->capabilities; i++)
        if (mu_capability_find(c->capability[i]) == NULL)
            mu_lint_add(l, MU_L16, c->where, "case '%s' needs an unknown capability '%s'%s", c->id,
                        c->capability[i], mu_lint_hint(l, mu_capability_nearest(c->capability[i])));
}

/* --- controls ---------------------------------------------------------------------------------- */

static const struct mu_axis *find_axis(const struct mu_case *c, const char *name)
{
    for (size_t a = 0; a < c->axes; a++)
        if (strcmp(c->axis[a].name, name) == 0)
            return &c->axis[a];
    return NULL;
}

/* Does the axis choose what is made? Then the control must be made of the same. */
static bool chooses_fixture(struct mu_linter *l, const struct mu_case *c, const char *axis)
{
    const char *use = mu_arena_printf(l->arena, "{%s}", axis);
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        const char *const text[] = { s->message, s->label, s->marking };
        for (size_t k = 0; s->kind == MU_STEP_MAKE && k < MU_COUNT(text); k++)
            if (text[k] != NULL && strstr(text[k], use) != NULL)
                return true;
    }
    return false;
}

static void lint_control_axes(struct mu_linter *l, const struct mu_case *c)
{
    for (size_t a = 0; a < c->axes; a++) {
        const struct mu_axis *mine = &c->axis[a];
        const struct mu_axis *its = find_axis(c->control_case, mine->name);
        if (its == NULL) {
            if (chooses_fixture(l, c, mine->name))
                mu_lint_add(l, MU_L06, c->where, "control '%s' of '%s' has no axis '%s'",
                            c->control, c->id, mine->name);
            continue;
        }
        for (size_t v = 0; v < mine->values; v++) {
            bool found = v < its->values && strcmp(its->value[v], mine->value[v]) == 0;
            for (size_t k = 0; k < its->values && !found; k++)
                found = strcmp(its->value[k], mine->value[v]) == 0;
            if (!found)
                mu_lint_add(l, MU_L06, c->where, "control '%s' of '%s' has no %s=%s", c->control,
                            c->id, mine->name, mine->value[v]);
        }
    }
}

static void lint_control(struct mu_linter *l, const struct mu_case *c)
{
    if (c->control == NULL) {
        if (c->class == MU_CLASS_INVALID_CASE)
            mu_lint_add(l, MU_L03, c->where, "invalid case '%s' has no control", c->id);
        return;
    }
    const struct mu_case *control = c->control_case;
    if (control == NULL) {
        mu_lint_add(l, MU_L04, c->where, "there is no case '%s', the control of '%s'", c->control,
                    c->id);
        return;
    }
    const char *why = control == c                            ? "is the case itself"
                      : control->class != MU_CLASS_VALID_CASE ? "is not of class valid"
                      : control->role != c->role              ? "is of another role"
                      : control->exclusive && !c->exclusive   ? "is exclusive and runs too late"
                                                              : NULL;
    if (why != NULL)
        mu_lint_add(l, MU_L05, c->where, "control '%s' of '%s' %s", c->control, c->id, why);
    else
        lint_control_axes(l, c);
}

/* --- what a case shows ------------------------------------------------------------------------- */

static void lint_purpose(struct mu_linter *l, const struct mu_case *c)
{
    bool says = false, judges = false, names = false;
    for (size_t i = 0; i < c->steps; i++) {
        enum mu_step_kind k = c->step[i].kind;
        judges = judges || k == MU_STEP_JUDGE;
        says = says || k == MU_STEP_JUDGE || k == MU_STEP_EXPECT || k == MU_STEP_SAME;
    }
    for (size_t i = 0; i < c->requirements; i++)
        names = names || c->requirement[i].rule != NULL;
    if (!says)
        mu_lint_add(l, MU_L07, c->where, "case '%s' neither expects, compares nor judges anything",
                    c->id);
    else if (!judges && !names)
        mu_lint_add(l, MU_L17, c->where, "case '%s' names no rule and judges nothing", c->id);
}

static bool shown(const struct mu_suite *suite, const char *rule)
{
    for (size_t i = 0; i < suite->count; i++)
        for (size_t r = 0; r < suite->cases[i]->requirements; r++) {
            const char *named = suite->cases[i]->requirement[r].rule;
            if (named != NULL && strcmp(named, rule) == 0)
                return true;
        }
    return false;
}

static void lint_behaviour(struct mu_linter *l)
{
    const struct mu_rule_set *rules = l->world->profile != NULL ? l->world->profile->rules : NULL;
    struct mu_where where = { .input = l->suite->path };
    for (size_t i = 0; rules != NULL && i < mu_rules_count(rules); i++) {
        const struct mu_rule *rule = mu_rules_at(rules, i);
        if (!rule->assertion && !rule->waived && !shown(l->suite, rule->id))
            mu_lint_add(l, MU_L18, where, "no case shows rule '%s'", rule->id);
    }
}

/* --- the catalogue ----------------------------------------------------------------------------- */

static void lint_cell(struct mu_linter *l, const struct mu_catalogue_row *of, enum mu_role role)
{
    const struct mu_profile *p = l->world->profile;
    const struct mu_catalogue_cell *cell = &of->cell[role];
    bool off;
    for (size_t i = 0; i < cell->rules; i++) {
        const struct mu_rule *rule = mu_rules_find(p->rules, cell->rule[i]);
        if (rule == NULL)
            mu_lint_add(l, MU_L28, of->where, "'%s' for a %s: unknown rule '%s'%s", of->id,
                        mu_role_name(role), cell->rule[i],
                        mu_lint_hint(l, mu_name_nearest(cell->rule[i], rule_id, p->rules)));
        else if (mu_catalogue_shown(p, l->suite, rule, role, &off) == NULL)
            mu_lint_add(l, MU_L28, of->where, "'%s' for a %s: no case shows rule '%s'", of->id,
                        mu_role_name(role), cell->rule[i]);
    }
}

/* The row that the rule belongs to, EML-15-DSN to EML-15; NULL: the catalogue has none. */
static const struct mu_catalogue_row *row_of(const struct mu_catalogue *catalogue, const char *rule)
{
    size_t letters = strcspn(rule, "-") + 1, n = letters + strcspn(rule + letters, "-");
    for (size_t i = 0; i < catalogue->rows; i++)
        if (strlen(catalogue->row[i].id) == n && strncmp(catalogue->row[i].id, rule, n) == 0)
            return &catalogue->row[i];
    return NULL;
}

/* Does a cell of the row say why no rule of it covers a role? */
static bool says_why_not(const struct mu_catalogue_row *of)
{
    for (int role = 0; role < MU_ROLES; role++)
        if (of->cell[role].why != NULL)
            return true;
    return false;
}

static void lint_catalogue(struct mu_linter *l)
{
    const struct mu_profile *p = l->world->profile;
    if (p == NULL || p->catalogue == NULL)
        return;
    for (size_t i = 0; i < p->catalogue->rows; i++)
        for (int role = 0; role < MU_ROLES; role++)
            lint_cell(l, &p->catalogue->row[i], (enum mu_role) role);
    struct mu_where where = { .input = l->suite->path };
    for (size_t i = 0; i < mu_rules_count(p->rules); i++) {
        const char *id = mu_rules_at(p->rules, i)->id;
        bool named = false;
        for (int role = 0; role < MU_ROLES && !named; role++)
            named = mu_catalogue_names(p->catalogue, id, (enum mu_role) role);
        const struct mu_catalogue_row *of = row_of(p->catalogue, id);
        if (!named && of != NULL && !says_why_not(of))
            mu_lint_add(l, MU_L29, where, "rule '%s' stands in no cell of the catalogue", id);
    }
}

/* --- the whole --------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    const struct mu_case *x = *(const struct mu_case *const *) a;
    const struct mu_case *y = *(const struct mu_case *const *) b;
    int order = strcmp(x->id, y->id);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void lint_ids(struct mu_linter *l)
{
    size_t count = l->suite->count;
    const struct mu_case **sorted = mu_arena_array(l->arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = l->suite->cases[i];
    qsort(sorted, count, sizeof *sorted, by_id);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
            mu_lint_add(l, MU_L15, sorted[i]->where, "case id '%s' is taken by line %u",
                        sorted[i]->id, sorted[i - 1]->where.line);
}

static void lint_fixtures(struct mu_linter *l)
{
    const struct mu_suite_fixture *fixture;
    size_t count = mu_suite_fixtures(l->arena, l->suite, &fixture);
    for (size_t i = 0; i < count; i++) {
        const struct mu_suite_fixture *f = &fixture[i];
        if (mu_data_find(l->world->data, l->arena, f->relative) != NULL)
            continue;
        const char **known;
        const char *folder = mu_arena_printf(l->arena, "fixtures/%s", f->folder);
        size_t names = mu_data_list(l->world->data, l->arena, folder, ".xml", &known);
        mu_lint_add(l, MU_L11, f->where, "case '%s' needs '%s', which does not exist%s", f->c->id,
                    f->relative, mu_lint_hint(l, mu_name_nearest_in(f->name, known, names)));
    }
}

size_t mu_suite_lint(struct mu_arena *arena, const struct mu_suite *suite,
                     const struct mu_lint_world *world, struct mu_lint **lint)
{
    struct mu_linter l = {
        .arena = arena, .suite = suite, .world = world, .found = { .arena = arena }
    };
    lint_ids(&l);
    for (size_t i = 0; i < suite->count; i++) {
        const struct mu_case *c = suite->cases[i];
        lint_requirements(&l, c);
        lint_sins(&l, c);
        lint_capabilities(&l, c);
        lint_control(&l, c);
        lint_purpose(&l, c);
        mu_lint_steps(&l, c);
        mu_lint_asks(&l, c);
    }
    lint_fixtures(&l);
    lint_behaviour(&l);
    lint_catalogue(&l);
    *lint = (struct mu_lint *) (void *) l.found.p;
    return l.found.n / sizeof(struct mu_lint);
}

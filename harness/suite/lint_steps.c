/* The linter: the steps of one case in their order, their ids and axes. */
#include <string.h>

#include "base/names.h"
#include "suite/lint.h"
#include "suite/steps.h"

/* --- ids and order ----------------------------------------------------------------------------- */

/* Is `id` made by a step before number `end`? Legs and messages share one set of ids. */
static bool made_before(const struct mu_case *c, size_t end, const char *id)
{
    for (size_t i = 0; i < end; i++)
        if (c->step[i].id != NULL && strcmp(c->step[i].id, id) == 0)
            return true;
    return false;
}

static bool used_after(const struct mu_case *c, size_t start, const char *id)
{
    for (size_t i = start; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        if ((s->of != NULL && strcmp(s->of, id) == 0)
            || (s->second != NULL && strcmp(s->second, id) == 0)
            || (s->smuggle != NULL && strcmp(s->smuggle, id) == 0))
            return true;
    }
    return false;
}

static void lint_ids(struct mu_linter *l, const struct mu_case *c, size_t i)
{
    const struct mu_step *s = &c->step[i];
    const char *const wanted[] = { s->of, s->second, s->smuggle };
    for (size_t k = 0; k < MU_COUNT(wanted); k++)
        if (wanted[k] != NULL && !made_before(c, i, wanted[k]))
            mu_lint_add(l, MU_L09, s->where, "no step before this %s made '%s'",
                        mu_step_name(s->kind), wanted[k]);
    if (s->id != NULL && made_before(c, i, s->id))
        mu_lint_add(l, MU_L19, s->where, "'%s' was made before in case '%s'", s->id, c->id);
    if (s->id != NULL && s->kind != MU_STEP_COLLECT && !used_after(c, i + 1, s->id))
        mu_lint_add(l, MU_L23, s->where, "'%s' is made and never used", s->id);
}

static bool talks(enum mu_step_kind kind)
{
    return kind == MU_STEP_SEND || kind == MU_STEP_TRIGGER || kind == MU_STEP_ASK;
}

static void lint_order(struct mu_linter *l, const struct mu_case *c, size_t i, bool closed,
                       bool talked)
{
    const struct mu_step *s = &c->step[i];
    bool moves = talks(s->kind) || s->kind == MU_STEP_COLLECT || s->kind == MU_STEP_NOTHING_ELSE;
    if (closed && moves)
        mu_lint_add(l, MU_L10, s->where, "%s behind nothing-else cannot be reached",
                    mu_lint_a(l, s->kind));
    if (!talked && (s->kind == MU_STEP_COLLECT || s->kind == MU_STEP_EXPECT))
        mu_lint_add(l, MU_L10, s->where, "%s stands before anything was sent or asked",
                    mu_lint_a(l, s->kind));
    if (talked && s->kind == MU_STEP_SERVE)
        mu_lint_add(l, MU_L20, s->where, "a serve step stands behind the first send or trigger");
}

/* Which steps belong to which roles, as bits of enum mu_role. */
static void lint_role(struct mu_linter *l, const struct mu_case *c, const struct mu_step *s)
{
    enum {
        SENDER = 1 << MU_ROLE_SENDER,
        RECEIVER = 1 << MU_ROLE_RECEIVER,
        RELAY = 1 << MU_ROLE_RELAY,
        ASKED = 1 << MU_ROLE_VALIDATOR | 1 << MU_ROLE_LABELLER | 1 << MU_ROLE_POLICY,
    };
    static const struct {
        enum mu_step_kind kind;
        unsigned roles;
    } row[] = {
        { MU_STEP_SEND, RECEIVER | RELAY }, { MU_STEP_TRIGGER, SENDER },
        { MU_STEP_SERVE, SENDER | RELAY },  { MU_STEP_COLLECT, SENDER | RECEIVER | RELAY },
        { MU_STEP_NOTHING_ELSE, RELAY },    { MU_STEP_ASK, ASKED },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].kind == s->kind && (row[i].roles & mu_role_bit(c->role)) == 0)
            mu_lint_add(l, MU_L25, s->where, "%s does not fit a case of role '%s'",
                        mu_lint_a(l, s->kind), mu_role_name(c->role));
    bool mail = !mu_role_is_asked(c->role);
    if (mail && s->kind == MU_STEP_MAKE && s->message == NULL)
        mu_lint_add(l, MU_L25, s->where, "a label alone does not fit a case of role '%s'",
                    mu_role_name(c->role));
    if (mail && s->kind == MU_STEP_EXPECT && s->outcome == NULL)
        mu_lint_add(l, MU_L25, s->where,
                    "an expect without outcome does not fit a case of role '%s'",
                    mu_role_name(c->role));
}

/* --- axes -------------------------------------------------------------------------------------- */

/* Calls for each {name} in the texts of a step. */
static bool uses_axis(struct mu_arena *arena, const struct mu_step *s, const char *axis)
{
    const char *use = mu_arena_printf(arena, "{%s}", axis), *attribute = "";
    for (size_t i = 0; attribute != NULL; i++) {
        const char *text = mu_step_text(s, i, &attribute);
        if (text != NULL && strstr(text, use) != NULL)
            return true;
    }
    return false;
}

static const char *axis_name(const void *self, size_t i)
{
    const struct mu_case *c = self;
    return i < c->axes ? c->axis[i].name : NULL;
}

static void lint_braces(struct mu_linter *l, const struct mu_case *c, const struct mu_step *s)
{
    const char *attribute = "";
    for (size_t i = 0; attribute != NULL; i++) {
        const char *text = mu_step_text(s, i, &attribute);
        for (const char *p = text; p != NULL && (p = strchr(p, '{')) != NULL; p++) {
            size_t n = strcspn(p + 1, "}");
            const char *name = mu_arena_strndup(l->arena, p + 1, n);
            if (mu_case_axis(c, 0, name) == NULL)
                mu_lint_add(l, MU_L21, s->where, "case '%s' has no axis '%s'%s", c->id, name,
                            mu_lint_hint(l, mu_name_nearest(name, axis_name, c)));
        }
    }
}

static void lint_axes(struct mu_linter *l, const struct mu_case *c)
{
    for (size_t a = 0; a < c->axes; a++) {
        bool used = false;
        for (size_t i = 0; i < c->steps && !used; i++)
            used = uses_axis(l->arena, &c->step[i], c->axis[a].name);
        if (!used)
            mu_lint_add(l, MU_L14, c->where, "no step of '%s' uses the axis '%s'", c->id,
                        c->axis[a].name);
    }
}

void mu_lint_steps(struct mu_linter *l, const struct mu_case *c)
{
    bool closed = false, talked = false;
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        lint_ids(l, c, i);
        lint_order(l, c, i, closed, talked);
        lint_role(l, c, s);
        lint_braces(l, c, s);
        mu_lint_texts(l, c, s);
        closed = closed || s->kind == MU_STEP_NOTHING_ELSE;
        talked = talked || talks(s->kind);
    }
    lint_axes(l, c);
}

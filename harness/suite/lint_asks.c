/* The linter: cases that ask an adapter. What an operation takes is core/sap.h's to say; what is right is
 * our own policies' and rules'. */
#include <string.h>

#include "suite/ask.h"
#include "suite/lint.h"
#include "suite/read.h"

/* --- what an ask says ------------------------------------------------------------------------------- */

/* The parameters that a step can give, under the names of core/sap.h. */
static const char *given(const struct mu_step *s, size_t i, const char **param)
{
    const struct {
        const char *param, *text;
    } row[] = {
        { "label", s->of },          { "clearance", s->clearance }, { "policy", s->policy },
        { "language", s->language }, { "place", s->place },         { "text", s->text },
        { "time", s->time },
    };
    *param = i < MU_COUNT(row) ? row[i].param : NULL;
    return i < MU_COUNT(row) ? row[i].text : NULL;
}

static bool takes(const struct mu_sap_op_row *op, const char *param)
{
    for (const struct mu_sap_field *f = op->param; f->name != NULL; f++)
        if (strcmp(f->name, param) == 0)
            return true;
    return false;
}

static void lint_params(struct mu_linter *l, const struct mu_step *s, enum mu_sap_op number)
{
    const struct mu_sap_op_row *op = mu_sap_op(number);
    bool reads = number == MU_SAP_MARK_PARSE; /* the marking of a label, where no text is given */
    const char *param = "";
    for (size_t i = 0; param != NULL; i++) {
        const char *text = given(s, i, &param);
        if (param == NULL)
            continue;
        const char *attribute = strcmp(param, "label") == 0 ? "of" : param;
        bool taken = takes(op, param) || (reads && i == 0);
        bool needed = false;
        for (const struct mu_sap_field *f = op->param; f->name != NULL; f++)
            needed = needed || (f->required && strcmp(f->name, param) == 0);
        if (reads && strcmp(param, "text") == 0)
            needed = s->of == NULL;
        if (text != NULL && !taken)
            mu_lint_add(l, MU_L30, s->where, "operation '%s' takes no '%s'", op->name, attribute);
        else if (text == NULL && needed)
            mu_lint_add(l, MU_L30, s->where, "operation '%s' needs '%s'", op->name, attribute);
    }
}

static void lint_ask(struct mu_linter *l, const struct mu_case *c, size_t instance,
                     const struct mu_step *s)
{
    enum mu_sap_op op;
    if (!mu_sap_op_from_name(mu_case_expand(l->arena, c, instance, s->op), &op))
        return; /* an unknown word: L24 */
    if ((mu_sap_op(op)->roles & mu_role_bit(c->role)) == 0
        || mu_sap_op(op)->roles == MU_SAP_EVERY_ROLE)
        mu_lint_add(l, MU_L25, s->where, "operation '%s' is not asked of a %s", mu_sap_op(op)->name,
                    mu_role_name(c->role));
    lint_params(l, s, op);
}

/* --- what is looked at in an answer ------------------------------------------------------------------- */

/* Which operations a step can look at the answers of, as bits. */
static unsigned fitting(const struct mu_step *s, const char *what)
{
    enum {
        LABELS = 1U << MU_SAP_LABEL_PARSE | 1U << MU_SAP_LABEL_MAKE | 1U << MU_SAP_MARK_PARSE
                 | 1U << MU_SAP_MAP,
        OCTETS = 1U << MU_SAP_LABEL_MAKE | 1U << MU_SAP_MAP,
    };
    static const struct {
        const char *what;
        unsigned ops;
    } row[] = { { "label", LABELS },
                { "octets", OCTETS },
                { "marking", 1U << MU_SAP_MARK_RENDER },
                { "translation", 1U << MU_SAP_MAP } };
    if (s->kind == MU_STEP_JUDGE)
        return OCTETS;
    if (s->kind == MU_STEP_EXPECT)
        return s->decision != NULL ? 1U << MU_SAP_DECIDE : UINT32_MAX;
    for (size_t i = 0; what != NULL && i < MU_COUNT(row); i++)
        if (strcmp(row[i].what, what) == 0)
            return row[i].ops;
    return 0;
}

static void lint_fit(struct mu_linter *l, const struct mu_case *c, size_t instance,
                     const struct mu_ask_case *asks, const struct mu_step *s)
{
    const char *what = mu_case_expand(l->arena, c, instance, s->what);
    const char *id = s->kind == MU_STEP_SAME ? s->second : s->of;
    const struct mu_ask *a = mu_ask_find(asks, id);
    if (a == NULL)
        mu_lint_add(l, MU_L31, s->where, "%s looks at an answer, and '%s' is none",
                    mu_lint_a(l, s->kind), id);
    else if ((fitting(s, what) & 1U << a->op) == 0)
        mu_lint_add(l, MU_L31, s->where, "an answer to '%s' has no %s", mu_sap_op(a->op)->name,
                    s->kind == MU_STEP_JUDGE    ? "label to judge"
                    : s->kind == MU_STEP_EXPECT ? "decision"
                                                : what);
}

/* --- what a case says of it ----------------------------------------------------------------------------- */

/* Whether a label is accepted as a label: what the rules say of these octets. */
struct mu_judged_octets {
    struct mu_bytes octets;
    struct mu_label_judged judged;
    const struct mu_judged_octets *next;
};

static const struct mu_label_judged *judge(struct mu_linter *l, struct mu_bytes octets)
{
    for (const struct mu_judged_octets *j = l->judged; j != NULL; j = j->next)
        if (mu_bytes_equal(j->octets, octets))
            return &j->judged;
    struct mu_judged_octets *j = mu_new(l->arena, struct mu_judged_octets);
    struct mu_err err;
    *j = (struct mu_judged_octets){ .octets = octets, .next = l->judged };
    if (!mu_truth_judge(l->arena, l->world->profile, octets, &j->judged, &err))
        j->judged.doubt = mu_arena_printf(l->arena, "%s", err.msg);
    l->judged = j;
    return &j->judged;
}

/* A must that is not kept is refused, and nothing else is; a should may be held against a label. */
static const char *contradiction_of_rules(struct mu_linter *l, const struct mu_ask *a,
                                          bool accepted, bool must)
{
    struct mu_bytes octets = a->of->octets;
    if (!l->world->judged || a->time != NULL)
        return NULL;
    const struct mu_label_judged *j = judge(l, octets);
    if (j->doubt != NULL)
        return NULL;
    if (accepted && must && j->must > 0)
        return mu_arena_printf(l->arena, "the label breaks rule '%s'", j->rule);
    if (!accepted && a->of->label != NULL && j->must + (must ? 0 : j->should) == 0)
        return "the label breaks no rule";
    return NULL;
}

static const char *contradiction(struct mu_linter *l, const struct mu_ask *a, bool accepted,
                                 bool must)
{
    if ((a->op == MU_SAP_LABEL_PARSE || a->op == MU_SAP_LABEL_MAKE) && a->of != NULL)
        return contradiction_of_rules(l, a, accepted, must);
    if (!a->truth.known || !must || a->truth.accepted == accepted)
        return NULL;
    return accepted ? mu_arena_printf(l->arena, "ours is refused: %s", a->truth.why)
                    : "our policies have an answer to this";
}

static void lint_outcome(struct mu_linter *l, const struct mu_case *c, size_t instance,
                         const struct mu_step *s, const struct mu_ask *a)
{
    const char *outcome = mu_case_expand(l->arena, c, instance, s->outcome);
    const char *decision = mu_case_expand(l->arena, c, instance, s->decision);
    bool must = strcmp(s->level, "must") == 0;
    const char *why = NULL;
    if (decision != NULL && a->op == MU_SAP_DECIDE && a->truth.known
        && a->truth.accepted != (strcmp(decision, "permit") == 0))
        mu_lint_add(l, MU_L27, s->where, "the policies %s this%s%s",
                    a->truth.accepted ? "permit" : "deny", a->truth.accepted ? "" : ": ",
                    a->truth.why);
    if (outcome == NULL || c->off != NULL) /* of rules that are off nobody says anything */
        return;
    if (strcmp(outcome, "accepted") == 0 || strcmp(outcome, "refused") == 0)
        why = contradiction(l, a, strcmp(outcome, "accepted") == 0, must);
    if (why != NULL)
        mu_lint_add(l, MU_L32, s->where, "'%s' is said of '%s', but %s", outcome, s->of, why);
}

/* What is to be compared with must be there: our reading, our marking, our mapping. */
static void lint_same(struct mu_linter *l, const struct mu_case *c, size_t instance,
                      const struct mu_step *s, const struct mu_ask_case *asks)
{
    const struct mu_ask *a = mu_ask_find(asks, s->second);
    const struct mu_ask_label *of = mu_ask_label_find(asks, s->of);
    const char *what = mu_case_expand(l->arena, c, instance, s->what);
    bool marks = strcmp(what, "marking") == 0, maps = strcmp(what, "translation") == 0;
    if ((marks && a->truth.text == NULL) || (maps && a->truth.label == NULL))
        mu_lint_add(l, MU_L32, s->where, "our own policies have no %s to compare with%s%s", what,
                    *a->truth.why != '\0' ? ": " : "", a->truth.why);
    else if (!s->if_delivered && strcmp(what, "label") == 0 && of != NULL && of->label == NULL)
        mu_lint_add(l, MU_L32, s->where, "'%s' is no label that can be read", s->of);
}

/* What was changed in the octets of a label is not in what it says. */
static void lint_made(struct mu_linter *l, const struct mu_ask_case *asks)
{
    for (size_t i = 0; i < asks->asks; i++) {
        const struct mu_ask *a = &asks->ask[i];
        if (a->op == MU_SAP_LABEL_MAKE && a->of != NULL && a->of->changed)
            mu_lint_add(l, MU_L33, a->step->where,
                        "label.make is asked with what '%s' says, not with its changed octets",
                        a->of->id);
    }
}

static void lint_instance(struct mu_linter *l, const struct mu_case *c, size_t instance,
                          struct mu_ask_kit *kit)
{
    struct mu_ask_case *asks;
    struct mu_err err;
    if (!mu_ask_prepare(kit, c, instance, instance, &asks, &err)) {
        mu_lint_add(l, MU_L33, err.where.input != NULL ? err.where : c->where,
                    "case '%s' cannot be made ready: %s", c->id, err.msg);
        return;
    }
    lint_made(l, asks);
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        bool looks =
            s->kind == MU_STEP_EXPECT || s->kind == MU_STEP_SAME || s->kind == MU_STEP_JUDGE;
        if (!looks)
            continue;
        size_t before = l->found.n;
        lint_fit(l, c, instance, asks, s);
        if (l->found.n > before)
            continue;
        if (s->kind == MU_STEP_EXPECT)
            lint_outcome(l, c, instance, s, mu_ask_find(asks, s->of));
        else if (s->kind == MU_STEP_SAME)
            lint_same(l, c, instance, s, asks);
    }
}

/* The first finding of an instance speaks for the others, as it does for the texts of a step. */
void mu_lint_asks(struct mu_linter *l, const struct mu_case *c)
{
    size_t before = l->found.n;
    bool asked = mu_role_is_asked(c->role);
    if (!asked)
        return;
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_ASK)
            for (size_t k = 0; k < c->instances && l->found.n == before; k++)
                lint_ask(l, c, k, &c->step[i]);
    if (l->world->profile == NULL || l->found.n > before)
        return;
    struct mu_ask_kit kit;
    mu_ask_kit_make(l->arena, l->world->data, l->world->profile, &kit);
    for (size_t k = 0; k < c->instances && l->found.n == before; k++)
        lint_instance(l, c, k, &kit);
}

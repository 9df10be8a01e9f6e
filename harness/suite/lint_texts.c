/* The linter: names and words in the attributes of a step, for each instance where an axis chooses. */
#include <string.h>

#include "base/names.h"
#include "suite/decision.h"
#include "suite/identity.h"
#include "suite/lint.h"
#include "suite/read.h"
#include "suite/steps.h"

static const char *operator_name(const void *self, size_t i)
{
    (void) self;
    const struct mu_operator *op = mu_operator_at(i);
    return op != NULL ? op->name : NULL;
}

static bool empty(const char *text)
{
    return text == NULL || *text == '\0';
}

/* What an operator says of itself decides: "header field" must be given, "part (1.1)" has a default,
 * and so has what "empty" is explained for. */
static bool has_default(const char *description)
{
    return strchr(description, '(') != NULL || strstr(description, "empty") != NULL;
}

static void lint_operand(struct mu_linter *l, const struct mu_step *s, const struct mu_operator *op,
                         const char *attribute, const char *description, const char *text)
{
    if (description == NULL && !empty(text))
        mu_lint_add(l, MU_L13, s->where, "operator '%s' takes no '%s'", op->name, attribute);
    else if (description != NULL && empty(text) && !has_default(description))
        mu_lint_add(l, MU_L13, s->where, "operator '%s' needs '%s': %s", op->name, attribute,
                    description);
}

static void lint_operator(struct mu_linter *l, const struct mu_case *c, size_t instance,
                          const struct mu_step *s)
{
    const char *name = mu_case_expand(l->arena, c, instance, s->op);
    const struct mu_operator *op = mu_operator_find(name);
    if (op == NULL) {
        mu_lint_add(l, MU_L12, s->where, "unknown operator '%s'%s", name,
                    mu_lint_hint(l, mu_name_nearest(name, operator_name, NULL)));
        return;
    }
    bool after = op->when == MU_AFTER_ENCODING;
    if (s->when != NULL && after != (strcmp(s->when, "after-encoding") == 0))
        mu_lint_add(l, MU_L12, s->where, "operator '%s' works %s-encoding", name,
                    after ? "after" : "before");
    lint_operand(l, s, op, "on", op->on, mu_case_expand(l->arena, c, instance, s->on));
    lint_operand(l, s, op, "value", op->value, mu_case_expand(l->arena, c, instance, s->value));
}

static void lint_words(struct mu_linter *l, const struct mu_step *s, const char *attribute,
                       const char *text)
{
    const struct mu_step_words *w;
    for (size_t i = 0; (w = mu_step_words_at(i)) != NULL; i++) {
        if (w->kind != s->kind || strcmp(w->attribute, attribute) != 0)
            continue;
        const char **word;
        size_t words = mu_words_split(l->arena, text, &word);
        for (size_t k = 0; k < words; k++) {
            bool known = false;
            for (size_t n = 0; !known && w->known(NULL, n) != NULL; n++)
                known = strcmp(w->known(NULL, n), word[k]) == 0;
            if (!known)
                mu_lint_add(l, MU_L24, s->where, "unknown %s '%s'%s", w->what, word[k],
                            mu_lint_hint(l, mu_name_nearest(word[k], w->known, NULL)));
        }
    }
}

static void lint_what(struct mu_linter *l, const struct mu_step *s, const char *text)
{
    static const char *const known[] = { "label",       "marking", "text",    "order",
                                         "translation", "history", "message", "changes",
                                         "colours",     "shown",   "dsn",     "recipients",
                                         "octets" };
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strcmp(known[i], text) == 0)
            return;
    if (strncmp(text, "header:", 7) != 0 || text[7] == '\0')
        mu_lint_add(l, MU_L24, s->where, "unknown comparison of '%s'%s", text,
                    mu_lint_hint(l, mu_name_nearest_in(text, known, MU_COUNT(known))));
}

static void lint_tls(struct mu_linter *l, const struct mu_step *s, const char *text)
{
    if (strcmp(text, "none") == 0)
        return;
    const char *path = mu_arena_printf(l->arena, "profiles/tls/%s.xml", text);
    if (mu_data_find(l->world->data, l->arena, path) != NULL)
        return;
    const char **known;
    size_t count = mu_data_list(l->world->data, l->arena, "profiles/tls", ".xml", &known);
    mu_lint_add(l, MU_L22, s->where, "unknown TLS profile '%s'%s", text,
                mu_lint_hint(l, mu_name_nearest_in(text, known, count)));
}

static void lint_identity(struct mu_linter *l, const struct mu_step *s, const char *text)
{
    if (strcmp(text, "none") != 0 && !mu_identity_known(text))
        mu_lint_add(l, MU_L22, s->where, "unknown identity '%s'%s", text,
                    mu_lint_hint(l, mu_identity_nearest(text)));
}

static void lint_phase(struct mu_linter *l, const struct mu_step *s, const char *text)
{
    const char **phase;
    size_t phases = l->world->profile != NULL ? mu_words_split(l->arena, text, &phase) : 0;
    for (size_t i = 0; i < phases; i++)
        if (!mu_rules_has_phase(l->world->profile->rules, phase[i]))
            mu_lint_add(l, MU_L26, s->where, "no rule file has a phase '%s'", phase[i]);
}

static void lint_text(struct mu_linter *l, const struct mu_step *s, const char *attribute,
                      const char *text)
{
    static const struct {
        enum mu_step_kind kind;
        const char *attribute;
        void (*check)(struct mu_linter *l, const struct mu_step *s, const char *text);
    } row[] = {
        { MU_STEP_SEND, "tls", lint_tls },
        { MU_STEP_SERVE, "tls", lint_tls },
        { MU_STEP_SEND, "identity", lint_identity },
        { MU_STEP_SERVE, "certificate", lint_identity },
        { MU_STEP_SAME, "what", lint_what },
        { MU_STEP_JUDGE, "phase", lint_phase },
    };
    lint_words(l, s, attribute, text);
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].kind == s->kind && strcmp(row[i].attribute, attribute) == 0)
            row[i].check(l, s, text);
}

/* What was decided of a label and a clearance: instances ask the same again and again. */
struct mu_decided {
    const char *label, *clearance;
    bool known;
    struct mu_decision decision;
    struct mu_err err; /* when it is not known */
    struct mu_decided *next;
};

static const struct mu_decided *decide(struct mu_linter *l, const char *label,
                                       const char *clearance)
{
    struct mu_decided *d = l->decided;
    while (d != NULL && (strcmp(d->label, label) != 0 || strcmp(d->clearance, clearance) != 0))
        d = d->next;
    if (d != NULL)
        return d;
    d = mu_new(l->arena, struct mu_decided);
    *d = (struct mu_decided){ .label = label, .clearance = clearance, .next = l->decided };
    d->known = mu_suite_decide(l->arena, l->world->data, l->world->profile, label, clearance,
                               &d->decision, &d->err);
    l->decided = d;
    return d;
}

/* What the policies say of the label and the clearance that a step is about: a case that expects a
 * release must not contradict them. Only messages that no operator changed can be asked about. */
static void lint_decision(struct mu_linter *l, const struct mu_case *c, size_t instance,
                          const struct mu_step *s)
{
    const struct mu_step *make = NULL;
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_MAKE && strcmp(c->step[i].id, s->of) == 0)
            make = &c->step[i];
    if (s->decision == NULL || l->world->profile == NULL || make == NULL)
        return;
    if (make->label == NULL || make->to == NULL) {
        mu_lint_add(l, MU_L27, s->where, "a decision needs a message with 'label' and 'to'");
        return;
    }
    const char *wanted = mu_case_expand(l->arena, c, instance, s->decision);
    const struct mu_decided *d = decide(l, mu_case_expand(l->arena, c, instance, make->label),
                                        mu_case_expand(l->arena, c, instance, make->to));
    bool permit = d->decision.permit;
    if (!d->known)
        mu_lint_add(l, MU_L27, s->where, "%s", d->err.msg);
    else if (permit != (strcmp(wanted, "permit") == 0))
        mu_lint_add(l, MU_L27, s->where, "the policies %s this%s%s", permit ? "permit" : "deny",
                    permit ? "" : ": ", permit ? "" : d->decision.why);
}

/* A second recipient is there to be left out: the policies deny. */
static void lint_also(struct mu_linter *l, const struct mu_case *c, size_t instance,
                      const struct mu_step *s)
{
    if (s->also == NULL || s->label == NULL || l->world->profile == NULL)
        return;
    const struct mu_decided *d = decide(l, mu_case_expand(l->arena, c, instance, s->label),
                                        mu_case_expand(l->arena, c, instance, s->also));
    if (!d->known)
        mu_lint_add(l, MU_L27, s->where, "%s", d->err.msg);
    else if (d->decision.permit)
        mu_lint_add(l, MU_L27, s->where, "the policies permit this to the recipient of 'also'");
}

/* Has the step a text that differs from instance to instance? */
static bool varies(const struct mu_step *s)
{
    const char *attribute = "";
    for (size_t i = 0; attribute != NULL; i++) {
        const char *text = mu_step_text(s, i, &attribute);
        if (text != NULL && strchr(text, '{') != NULL)
            return true;
    }
    return false;
}

void mu_lint_texts(struct mu_linter *l, const struct mu_case *c, const struct mu_step *s)
{
    size_t instances = varies(s) || s->decision != NULL ? c->instances : 1;
    size_t before = l->found.n;
    for (size_t i = 0; i < instances && l->found.n == before; i++) {
        const char *attribute = "";
        for (size_t k = 0; attribute != NULL; k++) {
            const char *text = mu_step_text(s, k, &attribute);
            if (text != NULL && attribute != NULL)
                lint_text(l, s, attribute, mu_case_expand(l->arena, c, i, text));
        }
        if (s->kind == MU_STEP_MAKE)
            lint_also(l, c, i, s);
        if (s->kind == MU_STEP_MUTATE)
            lint_operator(l, c, i, s);
        if (s->kind == MU_STEP_EXPECT)
            lint_decision(l, c, i, s);
    }
}

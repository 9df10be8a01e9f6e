/* Clauses both ways, what nothing tests, and capabilities as claimed against as seen. */
#include <string.h>

#include "report/capabilities.h"
#include "report/xml.h"

static void add_rule(struct mu_model_tree *t, const struct mu_result_rule *rule)
{
    mu_model_open(t, "by-rule");
    mu_model_set(t, "id", rule->id);
    mu_model_number(t, "index", (int64_t) rule->index);
    mu_model_set(t, "level", rule->level);
    mu_model_set(t, "shown-by", rule->assertion ? "assertion" : "case");
    mu_model_number(t, "held", (int64_t) rule->held);
    mu_model_number(t, "broken", (int64_t) rule->broken);
    mu_model_close(t);
}

static unsigned total_of(const unsigned count[MU_VERDICTS])
{
    unsigned n = 0;
    for (int v = 0; v < MU_VERDICTS; v++)
        n += count[v];
    return n;
}

static void set_counts(struct mu_model_tree *t, const unsigned count[MU_VERDICTS],
                       enum mu_verdict worst)
{
    mu_model_set(t, "verdict", mu_verdict_name(worst));
    mu_model_number(t, "passed", (int64_t) count[MU_PASS] + count[MU_REMARKS]);
    mu_model_number(t, "ran", (int64_t) total_of(count) - count[MU_NOT_RUN]);
    mu_model_number(t, "total", (int64_t) total_of(count));
}

static void add_case(struct mu_model_tree *t, const char *element, const struct mu_result_case *of)
{
    mu_model_open(t, element);
    mu_model_set(t, "id", of->id);
    mu_model_set(t, "level", of->level);
    if (of->first != NULL)
        mu_model_number(t, "index", (int64_t) of->first->index);
    set_counts(t, of->count, of->worst);
    mu_model_close(t);
}

/* The worst that is known of a clause: of its cases, and of its rules. */
static enum mu_verdict worst_of(const struct mu_trace *trace)
{
    enum mu_verdict worst = MU_NOT_RUN;
    for (size_t i = 0; i < trace->cases; i++)
        worst = mu_verdict_worst(worst, trace->of[i]->worst);
    for (size_t i = 0; i < trace->rules; i++) {
        const struct mu_result_rule *rule = trace->rule[i];
        if (rule->held > 0)
            worst = mu_verdict_worst(worst, MU_PASS);
        if (rule->broken > 0)
            worst =
                mu_verdict_worst(worst, strcmp(rule->level, "must") == 0 ? MU_FAIL : MU_REMARKS);
    }
    return worst;
}

/* Cases ask for it, and none of them must pass. */
static bool is_optional(const struct mu_trace *trace)
{
    for (size_t i = 0; i < trace->cases; i++)
        if (strcmp(trace->of[i]->level, "must") == 0)
            return false;
    return trace->cases > 0;
}

static void add_clause(struct mu_model_tree *t, const struct mu_trace *trace)
{
    mu_model_open(t, "clause");
    mu_model_set(t, "name", trace->clause);
    mu_model_number(t, "index", (int64_t) trace->index);
    mu_model_set(t, "verdict", mu_verdict_name(worst_of(trace)));
    mu_model_flag(t, "optional", is_optional(trace));
    for (size_t i = 0; i < trace->rules; i++)
        add_rule(t, trace->rule[i]);
    for (size_t i = 0; i < trace->cases; i++)
        add_case(t, "by-case", trace->of[i]);
    mu_model_close(t);
}

/* Words that stand in a list and name no rule of the run: switched off by the profile. */
static bool known_rule(const struct mu_result *m, const char *list)
{
    struct mu_bytes all = mu_bytes_of(list);
    for (size_t at = 0, n; at < all.n; at += n + 1) {
        n = strcspn(all.p + at, " ");
        if (mu_table_find(&m->rules, mu_bytes_slice(all, at, n)) != NULL)
            return true;
    }
    return false;
}

static void add_owed(struct mu_model_tree *t, const struct mu_result *m)
{
    for (const struct mu_owed *owed = m->owed; owed != NULL; owed = owed->next) {
        for (const struct mu_owed_cell *cell = owed->cell; cell != NULL; cell = cell->next) {
            if (*cell->why == '\0' && known_rule(m, cell->rules))
                continue;
            mu_model_open(t, "untested");
            mu_model_set(t, "requirement", owed->id);
            mu_model_set(t, "role", cell->role);
            mu_model_set(t, "rules", cell->rules);
            mu_model_text(t, "why", cell->why);
            mu_model_close(t);
        }
        if (*owed->kept == '\0')
            continue;
        mu_model_open(t, "kept");
        mu_model_set(t, "requirement", owed->id);
        mu_model_text(t, "by", owed->kept);
        mu_model_close(t);
    }
}

void mu_model_traces(struct mu_model_tree *t, const struct mu_result *m)
{
    const char *document = NULL;
    for (const struct mu_trace *trace = m->trace; trace != NULL; trace = trace->next) {
        if (document == NULL || strcmp(document, trace->document) != 0) {
            if (document != NULL)
                mu_model_close(t);
            document = trace->document;
            mu_model_open(t, "document");
            mu_model_set(t, "name", document);
        }
        add_clause(t, trace);
    }
    if (document != NULL)
        mu_model_close(t);
    add_owed(t, m);
    for (const struct mu_result_case *of = m->of; of != NULL; of = of->next)
        if (of->clause == NULL)
            add_case(t, "without-clause", of);
}

/* --- capabilities -------------------------------------------------------------------------------------- */

void mu_model_capabilities(struct mu_model_tree *t, struct mu_arena *arena,
                           const struct mu_result *m)
{
    const struct mu_capability_seen *c = mu_capabilities_seen(arena, m);
    for (; c != NULL; c = c->next) {
        mu_model_open(t, "capability");
        mu_model_set(t, "name", c->name);
        mu_model_flag(t, "claimed", c->claimed);
        mu_model_flag(t, "said", c->said);
        mu_model_number(t, "cases", (int64_t) c->cases);
        mu_model_number(t, "failed", (int64_t) c->count[MU_FAIL]);
        set_counts(t, c->count, c->worst);
        mu_model_flag(t, "unclaimed", mu_capability_unclaimed(c));
        mu_model_set(t, "standing", c->standing);
        mu_model_close(t);
    }
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        mu_model_open(t, "adapter");
        mu_model_set(t, "id", a->id);
        mu_model_set(t, "state", a->state);
        mu_model_set(t, "confined", a->confined);
        mu_model_set(t, "what", a->what);
        mu_model_set(t, "roles", a->roles);
        mu_model_set(t, "name", mu_pair_value(a->adapter, "name"));
        mu_model_set(t, "version", mu_pair_value(a->adapter, "version"));
        mu_model_set(t, "sut-name", mu_pair_value(a->sut, "name"));
        mu_model_set(t, "language", mu_pair_value(a->adapter, "language"));
        mu_model_set(t, "sut-version", mu_pair_value(a->sut, "version"));
        mu_model_set(t, "sut-build", mu_pair_value(a->sut, "build"));
        mu_model_set(t, "digest", a->digest);
        mu_model_set(t, "skew-ms", a->skew);
        mu_model_close(t);
    }
}

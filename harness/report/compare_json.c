/* diff.json (reports/diff.schema.json): two runs side by side, in a stable order. */
#include "report/compare_json.h"
#include "base/json.h"
#include "report/compare.h"

/* The next element of an array begins a line of its own: results are compared with diff. */
void mu_json_line(struct mu_json *j)
{
    if (j->comma)
        mu_buf_putc(j->out, ',');
    mu_buf_putc(j->out, '\n');
    j->comma = false;
}

void mu_json_run(struct mu_json *j, const char *name, const struct mu_result *m)
{
    mu_json_open(j, name, '{');
    mu_json_text(j, "run", m->run);
    mu_json_text(j, "started", m->started);
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_some(j, "why", m->chain.why);
    mu_json_text(j, "head", m->chain.head);
    mu_json_text(j, "profile", mu_pair_value(m->profile, "id"));
    mu_json_text(j, "sut", mu_pair_value(m->sut, "id"));
    mu_json_some(j, "version", mu_pair_value(m->sut, "version"));
    mu_json_number(j, "planned", m->planned);
    mu_json_open(j, "counts", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) m->count[v]);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

void mu_json_marks(struct mu_json *j, const struct mu_high_mark *mark)
{
    mu_json_open(j, "marking", '[');
    for (; mark != NULL; mark = mark->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "policy", mark->policy);
        mu_json_text(j, "marking", mark->marking);
        mu_json_number(j, "rank", mark->rank);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

void mu_json_differences(struct mu_json *j, const struct mu_gap *gap)
{
    mu_json_open(j, "differences", '[');
    for (const struct mu_difference *d = gap->difference; d != NULL; d = d->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", mu_fact_word(d->fact->kind));
        mu_json_text(j, "name", d->fact->name);
        mu_json_text(j, "before", d->before);
        mu_json_text(j, "after", d->after);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

void mu_json_causes(struct mu_json *j, const struct mu_cause *cause)
{
    mu_json_open(j, "causes", '[');
    for (; cause != NULL; cause = cause->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", mu_cause_word(cause->kind));
        mu_json_text(j, "what", cause->what);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_end(struct mu_json *j, const char *name, const struct mu_instance *i)
{
    if (i == NULL)
        return;
    mu_json_open(j, name, '{');
    mu_json_text(j, "verdict", mu_verdict_name(i->verdict));
    mu_json_some(j, "reason", i->reason);
    mu_json_some(j, "expectation", i->expectation);
    if (i->final != NULL) {
        mu_json_number(j, "passed", (int64_t) i->passed);
        mu_json_number(j, "of", (int64_t) i->tried);
        mu_json_bool(j, "stable", !i->unstable);
        mu_json_number(j, "ms", i->final->ms);
    }
    mu_json_close(j, '}');
}

static void put_changed(struct mu_json *j, const struct mu_change *c)
{
    const struct {
        bool is;
        const char *word;
    } row[] = {
        { c->verdict, "verdict" },
        { c->reason, "reason" },
        { c->stability, "stability" },
        { c->expectation, "expectation" },
    };
    mu_json_open(j, "changed", '[');
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].is)
            mu_json_text(j, NULL, row[i].word);
    mu_json_close(j, ']');
}

static void put_change(struct mu_json *j, const struct mu_change *c)
{
    mu_json_line(j);
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "name", c->name);
    if (c->before != NULL && c->after != NULL) {
        mu_json_text(j, "way", mu_way_name(c->way));
        put_changed(j, c);
    }
    mu_json_bool(j, "new_failure", c->failure);
    put_end(j, "before", c->before);
    put_end(j, "after", c->after);
    mu_json_causes(j, c->cause);
    mu_json_close(j, '}');
}

/* Changes of the verdict by how bad they are, then the others by name. */
static void put_changes(struct mu_json *j, const struct mu_diff *c)
{
    mu_json_line(j);
    mu_json_open(j, "changes", '[');
    for (size_t i = 0; i < c->transitions; i++)
        for (const struct mu_change *one = c->transition[i].first; one != NULL;
             one = one->next_alike)
            put_change(j, one);
    for (const struct mu_change *one = c->change; one != NULL; one = one->next)
        if (!one->verdict)
            put_change(j, one);
    mu_json_close(j, ']');
}

static void put_only(struct mu_json *j, const char *name, const struct mu_change *first)
{
    mu_json_line(j);
    mu_json_open(j, name, '[');
    for (; first != NULL; first = first->next)
        put_change(j, first);
    mu_json_close(j, ']');
}

static void put_transitions(struct mu_json *j, const struct mu_diff *c)
{
    mu_json_line(j);
    mu_json_open(j, "transitions", '[');
    for (size_t i = 0; i < c->transitions; i++) {
        const struct mu_transition *t = &c->transition[i];
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "from", mu_verdict_name(t->from));
        mu_json_text(j, "to", mu_verdict_name(t->to));
        mu_json_text(j, "way", mu_way_name(t->way));
        mu_json_number(j, "count", (int64_t) t->count);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_quantiles(struct mu_json *j, const char *name, const int64_t value[3])
{
    static const char *const member[3] = { "p50", "p90", "p99" };
    mu_json_open(j, name, '{');
    for (size_t i = 0; i < 3; i++)
        mu_json_number(j, member[i], value[i]);
    mu_json_close(j, '}');
}

static void put_paces(struct mu_json *j, const struct mu_diff *c)
{
    mu_json_line(j);
    mu_json_open(j, "speed", '[');
    for (const struct mu_pace *pace = c->pace; pace != NULL; pace = pace->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", pace->kind);
        mu_json_number(j, "pairs", (int64_t) pace->n);
        mu_json_number(j, "slower", (int64_t) pace->slower);
        mu_json_number(j, "faster", (int64_t) pace->faster);
        put_quantiles(j, "before", pace->before);
        put_quantiles(j, "after", pace->after);
        mu_json_bool(j, "significant", pace->significant);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_entries(struct mu_json *j, const struct mu_diff *c)
{
    mu_json_line(j);
    mu_json_open(j, "expectation_entries", '[');
    for (const struct mu_entry_change *e = c->entry; e != NULL; e = e->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "change", e->added ? "added" : "removed");
        mu_json_number(j, "line", e->known->line);
        mu_json_text(j, "case", e->known->of);
        mu_json_text(j, "verdict", e->known->verdict);
        mu_json_some(j, "reason", e->known->reason);
        mu_json_some(j, "until", e->known->until);
        mu_json_some(j, "owner", e->known->owner);
        mu_json_some(j, "ticket", e->known->ticket);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_head(struct mu_json *j, const struct mu_diff *c)
{
    const char *warning;
    mu_json_text(j, "schema", "muster-diff/1");
    mu_json_marks(j, c->mark);
    mu_json_line(j);
    mu_json_run(j, "old", c->before);
    mu_json_line(j);
    mu_json_run(j, "new", c->after);
    mu_json_line(j);
    mu_json_open(j, "notes", '[');
    for (unsigned i = 0; (warning = mu_diff_warning(c, i)) != NULL; i++)
        mu_json_text(j, NULL, warning);
    mu_json_close(j, ']');
    mu_json_line(j);
    mu_json_text(j, "answer", mu_diff_answer(c));
    mu_json_bool(j, "same_profile", !c->strangers);
    mu_json_number(j, "new_failures", (int64_t) c->failures);
    mu_json_open(j, "counts", '{');
    mu_json_number(j, "common", (int64_t) c->common);
    mu_json_number(j, "same", (int64_t) c->same);
    mu_json_number(j, "changed", (int64_t) c->changed);
    mu_json_number(j, "added", (int64_t) c->added);
    mu_json_number(j, "removed", (int64_t) c->removed);
    mu_json_number(j, "reasons", (int64_t) c->reasons);
    mu_json_number(j, "stabilities", (int64_t) c->stabilities);
    mu_json_number(j, "expectations", (int64_t) c->expectations);
    mu_json_close(j, '}');
    mu_json_line(j);
    mu_json_differences(j, &c->gap);
}

void mu_compare_json(struct mu_buf *out, const struct mu_diff *c)
{
    struct mu_json j = { .out = out };
    mu_json_open(&j, NULL, '{');
    put_head(&j, c);
    put_transitions(&j, c);
    put_changes(&j, c);
    put_only(&j, "added", c->only_after);
    put_only(&j, "removed", c->only_before);
    mu_json_line(&j);
    mu_json_open(&j, "same", '[');
    for (unsigned i = 0; i < c->same; i++)
        mu_json_text(&j, NULL, c->unchanged[i]);
    mu_json_close(&j, ']');
    put_paces(&j, c);
    put_entries(&j, c);
    mu_json_close(&j, '}');
    mu_buf_putc(out, '\n');
}

/* results.json (reports/results.schema.json): everything the model knows, in a stable order. */
#include "base/json.h"
#include "base/codec.h"
#include "report/formats.h"

struct state {
    struct mu_json j;
    const struct mu_result_leg *of; /* whose text this is: */
    struct mu_buf legs;
};

/* The next element of an array begins a line of its own: results are compared with diff. */
static void next_line(struct mu_json *j)
{
    if (j->comma)
        mu_buf_putc(j->out, ',');
    mu_buf_putc(j->out, '\n');
    j->comma = false;
}

static void open_row(struct mu_json *j)
{
    next_line(j);
    mu_json_open(j, NULL, '{');
}

static void put_text(struct mu_json *j, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        mu_json_text(j, name, value);
}

static void put_pairs(struct mu_json *j, const char *name, const struct mu_pair *pair)
{
    next_line(j);
    mu_json_open(j, name, '{');
    for (; pair != NULL; pair = pair->next)
        mu_json_text(j, pair->name, pair->value);
    mu_json_close(j, '}');
}

static void put_ids(struct mu_json *j, const char *name, const char *list)
{
    struct mu_bytes all = mu_bytes_of(list);
    mu_json_open(j, name, '[');
    for (size_t at = 0; at < all.n;) {
        size_t end = mu_bytes_find(all, MU_BYTES(" "), at);
        struct mu_bytes id = mu_bytes_slice(all, at, end == SIZE_MAX ? all.n : end - at);
        mu_json_bytes(j, NULL, id);
        at += id.n + 1;
    }
    mu_json_close(j, ']');
}

static void put_chain(struct mu_json *j, const struct mu_chain *chain)
{
    static const char *const state[] = { "whole", "torn", "corrupt" };
    next_line(j);
    mu_json_open(j, "chain", '{');
    mu_json_text(j, "state", state[chain->state]);
    mu_json_number(j, "lines", (int64_t) chain->lines);
    mu_json_number(j, "rest", (int64_t) chain->rest);
    mu_json_text(j, "head", chain->head);
    put_text(j, "why", chain->why);
    mu_json_close(j, '}');
}

static void put_head(struct mu_json *j, const struct mu_result *m)
{
    mu_json_text(j, "schema", "muster-results/1");
    mu_json_text(j, "run", m->run);
    mu_json_text(j, "muster", m->muster);
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_text(j, "isolation", m->isolation);
    mu_json_number(j, "seed", m->seed);
    mu_json_number(j, "jobs", m->jobs);
    mu_json_text(j, "test_time", m->test_time);
    mu_json_text(j, "started", m->started);
    mu_json_text(j, "selection", m->selection);
    mu_json_text(j, "final", m->final);
    mu_json_number(j, "repeat", m->repeat);
    mu_json_number(j, "ms", m->ms);
    if (m->exit >= 0)
        mu_json_number(j, "exit", m->exit);
    put_chain(j, &m->chain);
    put_pairs(j, "sut", m->sut);
    put_pairs(j, "profile", m->profile);
    put_pairs(j, "suite", m->suite);
    put_pairs(j, "libraries", m->library);
    put_pairs(j, "policies", m->policy);
    put_pairs(j, "digests", m->digest);
    if (m->health != NULL) {
        put_pairs(j, "health", m->health);
        put_pairs(j, "silent", m->silent);
    }
}

static void put_marking(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "marking", '[');
    for (const struct mu_high_mark *mark = m->mark; mark != NULL; mark = mark->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "policy", mark->policy);
        mu_json_text(j, "marking", mark->marking);
        put_text(j, "classification", mark->classification);
        mu_json_number(j, "rank", mark->rank);
        put_text(j, "colour", mark->colour);
        put_text(j, "text_colour", mark->text_colour);
        put_text(j, "decision", mark->decision);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* What adapters said of themselves and what became of them, in the order of the stream. */
static void put_adapters(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "adapters", '[');
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        open_row(j);
        mu_json_text(j, "id", a->id);
        mu_json_text(j, "state", a->state);
        put_text(j, "what", a->what);
        put_text(j, "roles", a->roles);
        put_text(j, "capabilities", a->caps);
        put_text(j, "confined", a->confined);
        put_text(j, "name", mu_pair_value(a->adapter, "name"));
        put_text(j, "version", mu_pair_value(a->adapter, "version"));
        put_text(j, "sut", mu_pair_value(a->sut, "name"));
        put_text(j, "sut_version", mu_pair_value(a->sut, "version"));
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_counts(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_number(j, "planned", m->planned);
    mu_json_number(j, "known", (int64_t) m->total);
    mu_json_number(j, "unseen", (int64_t) m->unseen);
    mu_json_number(j, "new_failures", (int64_t) m->new_failures);
    mu_json_number(j, "unexpected_passes", (int64_t) m->unexpected_passes);
    mu_json_number(j, "reasons_changed", (int64_t) m->reasons_changed);
    mu_json_number(j, "expected", (int64_t) m->covered);
    mu_json_number(j, "quarantined", (int64_t) m->quarantined);
    mu_json_number(j, "unclaimed", (int64_t) m->unclaimed);
    mu_json_number(j, "unstable", (int64_t) m->unstable);
    mu_json_number(j, "overridden", (int64_t) m->overridden);
    mu_json_number(j, "disputed", (int64_t) m->disputed);
    mu_json_bool(j, "miscounted", m->miscounted);
    mu_json_text(j, "worst", mu_verdict_name(m->worst));
    mu_json_open(j, "counts", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) m->count[v]);
    mu_json_close(j, '}');
    next_line(j);
    mu_json_open(j, "not_run", '[');
    for (const struct mu_tally *t = m->tally; t != NULL; t = t->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "reason", t->reason);
        mu_json_number(j, "count", (int64_t) t->count);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* Which results belong to an issue stands with the results. */
static void put_issues(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "issues", '[');
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        open_row(j);
        mu_json_number(j, "issue", (int64_t) issue->index);
        mu_json_text(j, "verdict", mu_verdict_name(issue->verdict));
        mu_json_text(j, "reason", issue->reason);
        put_text(j, "attribution", issue->attribution);
        put_text(j, "control", issue->control);
        mu_json_number(j, "count", (int64_t) issue->count);
        put_text(j, "importance", issue->gravest->importance);
        mu_json_text(j, "earliest", issue->earliest->name);
        mu_json_text(j, "smallest", issue->smallest->name);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_rules(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "rules", '[');
    for (const struct mu_result_rule *rule = m->rule; rule != NULL; rule = rule->next) {
        open_row(j);
        mu_json_text(j, "id", rule->id);
        mu_json_text(j, "level", rule->level);
        put_text(j, "written", rule->written);
        put_text(j, "document", rule->document);
        put_text(j, "see", rule->see);
        put_text(j, "text", rule->text);
        mu_json_bool(j, "assertion", rule->assertion);
        mu_json_bool(j, "waived", rule->waived);
        put_text(j, "because", rule->because);
        mu_json_number(j, "held", (int64_t) rule->held);
        mu_json_number(j, "broken", (int64_t) rule->broken);
        mu_json_number(j, "not_applicable", (int64_t) rule->not_applicable);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_case(struct mu_json *j, const struct mu_result_case *of)
{
    mu_json_text(j, "id", of->id);
    put_text(j, "revision", of->revision);
    put_text(j, "title", of->title);
    put_text(j, "why", of->why);
    put_text(j, "role", of->role);
    put_text(j, "level", of->level);
    put_text(j, "class", of->class);
    put_text(j, "importance", of->importance);
    put_text(j, "control", of->control);
    put_text(j, "sins", of->sins);
    put_text(j, "tags", of->tags);
    mu_json_open(j, "requirements", '[');
    for (const struct mu_clause *c = of->clause; c != NULL; c = c->next) {
        mu_json_open(j, NULL, '{');
        put_text(j, "document", c->document);
        put_text(j, "clause", c->clause);
        put_text(j, "rule", c->rule);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_findings(struct mu_json *j, const struct mu_attempt *attempt)
{
    mu_json_open(j, "findings", '[');
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next) {
        mu_json_open(j, NULL, '{');
        put_text(j, "rule", f->rule);
        put_text(j, "level", f->level);
        put_text(j, "leg", f->leg);
        put_text(j, "step", f->step);
        put_text(j, "verdict", f->verdict);
        put_text(j, "expected", f->expected);
        put_text(j, "seen", f->seen);
        put_text(j, "hint", f->hint);
        put_text(j, "places", f->places);
        if (f->offset >= 0)
            mu_json_number(j, "offset", f->offset);
        mu_json_number(j, "count", f->count);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_compared(struct mu_json *j, const struct mu_attempt *attempt)
{
    mu_json_open(j, "compared", '[');
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "what", c->what);
        mu_json_text(j, "first", c->first);
        mu_json_text(j, "second", c->second);
        mu_json_text(j, "held", c->held);
        mu_json_text(j, "demanded", c->demanded);
        mu_json_bool(j, "enough", c->enough);
        put_text(j, "where", c->where);
        if (c->offset >= 0)
            mu_json_number(j, "offset", c->offset);
        put_text(j, "expected", c->expected);
        put_text(j, "seen", c->seen);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* Most attempts share one list of legs, which is longer than all else that is said of them. */
static void put_legs(struct state *s, const struct mu_attempt *attempt)
{
    if (s->legs.n == 0 || s->of != attempt->leg) {
        struct mu_json j = { .out = &s->legs };
        s->of = attempt->leg;
        s->legs.n = 0;
        mu_json_open(&j, NULL, '[');
        for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next) {
            mu_json_open(&j, NULL, '{');
            mu_json_text(&j, "leg", leg->leg);
            put_ids(&j, "held", leg->held);
            put_ids(&j, "broken", leg->broken);
            put_ids(&j, "not_applicable", leg->not_applicable);
            mu_json_close(&j, '}');
        }
        mu_json_close(&j, ']');
    }
    mu_json_raw(&s->j, "legs", mu_buf_text(&s->legs));
}

static void put_evidence(struct mu_json *j, const struct mu_attempt *attempt)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    mu_json_open(j, "evidence", '[');
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", file->name);
        mu_json_number(j, "octets", file->octets);
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        mu_json_text(j, "sha256", file->digested ? hex : NULL);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_attempt(struct state *s, const struct mu_attempt *attempt)
{
    struct mu_json *j = &s->j;
    mu_json_open(j, NULL, '{');
    mu_json_number(j, "attempt", (int64_t) attempt->number);
    mu_json_bool(j, "judged", attempt->judged);
    mu_json_text(j, "verdict", mu_verdict_name(attempt->verdict));
    put_text(j, "reason", attempt->reason);
    mu_json_text(j, "rung", mu_rung_name(attempt->rung));
    put_text(j, "attribution", attempt->attribution);
    mu_json_number(j, "at_ms", attempt->at_ms);
    mu_json_number(j, "ms", attempt->ms);
    put_text(j, "folder", attempt->folder);
    put_findings(j, attempt);
    put_compared(j, attempt);
    put_legs(s, attempt);
    put_evidence(j, attempt);
    mu_json_close(j, '}');
}

/* What its attempts came to: k of n, and every reason. */
static void put_stability(struct mu_json *j, const struct mu_instance *instance)
{
    if (instance->tried < 2)
        return;
    mu_json_open(j, "stability", '{');
    mu_json_number(j, "passed", (int64_t) instance->passed);
    mu_json_number(j, "of", (int64_t) instance->tried);
    mu_json_bool(j, "stable", !instance->unstable);
    mu_json_open(j, "ends", '[');
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        const struct mu_attempt *before = instance->attempt;
        while (before != a
               && !(before->judged && before->verdict == a->verdict
                    && strcmp(before->reason, a->reason) == 0))
            before = before->next;
        if (!a->judged || before != a)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "verdict", mu_verdict_name(a->verdict));
        put_text(j, "reason", a->reason);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

/* What people say of the verdict, which stays what it is. */
static void put_opinions(struct mu_json *j, const struct mu_instance *instance)
{
    if (instance->opinion == NULL)
        return;
    mu_json_open(j, "opinions", '[');
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", o->kind);
        if (strcmp(o->kind, "override") == 0)
            mu_json_text(j, "verdict", mu_verdict_name(o->verdict));
        mu_json_text(j, "by", o->by);
        mu_json_text(j, "why", o->why);
        mu_json_text(j, "at", o->at);
        mu_json_bool(j, "withdrawn", o->withdrawn);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_instance(struct state *s, const struct mu_instance *instance)
{
    struct mu_json *j = &s->j;
    mu_json_text(j, "name", instance->name);
    mu_json_text(j, "case", instance->of->id);
    mu_json_text(j, "verdict", mu_verdict_name(instance->verdict));
    put_text(j, "reason", instance->reason);
    if (instance->issue != NULL)
        mu_json_number(j, "issue", (int64_t) instance->issue->index);
    put_text(j, "expectation", instance->expectation);
    if (instance->entry > 0)
        mu_json_number(j, "entry", (int64_t) instance->entry);
    if (instance->final != NULL)
        mu_json_number(j, "final", (int64_t) instance->final->number);
    put_stability(j, instance);
    put_opinions(j, instance);
    mu_json_open(j, "attempts", '[');
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next)
        put_attempt(s, a);
    mu_json_close(j, ']');
}

static void put_known(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "expectations", '[');
    for (const struct mu_known *k = m->known; k != NULL; k = k->next) {
        open_row(j);
        mu_json_number(j, "entry", (int64_t) k->entry);
        mu_json_number(j, "line", k->line);
        mu_json_text(j, "case", k->of);
        mu_json_text(j, "verdict", k->verdict);
        put_text(j, "reason", k->reason);
        if (k->max >= 0)
            mu_json_number(j, "max", k->max);
        put_text(j, "owner", k->owner);
        put_text(j, "ticket", k->ticket);
        put_text(j, "until", k->until);
        put_text(j, "text", k->text);
        mu_json_number(j, "used", (int64_t) k->used);
        put_text(j, "stale", k->stale);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_lates(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "late", '[');
    for (const struct mu_late *late = m->late; late != NULL; late = late->next) {
        open_row(j);
        mu_json_number(j, "at_ms", late->at_ms);
        put_text(j, "token", late->token);
        put_text(j, "case", late->of);
        put_text(j, "envelope", late->envelope);
        put_text(j, "folder", late->folder);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_notes(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "notes", '[');
    for (const struct mu_note *note = m->note; note != NULL; note = note->next) {
        open_row(j);
        put_text(j, "case", note->of);
        mu_json_text(j, "text", note->text);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    next_line(j);
    mu_json_open(j, "resumed", '[');
    for (const struct mu_resumed *r = m->resumed; r != NULL; r = r->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "at", r->at);
        mu_json_number(j, "kept", r->kept);
        mu_json_number(j, "cut_octets", r->cut_octets);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    next_line(j);
    mu_json_open(j, "stale", '[');
    for (const struct mu_pair *stale = m->stale; stale != NULL; stale = stale->next)
        mu_json_text(j, NULL, stale->name);
    mu_json_close(j, ']');
}

static void put_cases(struct mu_out *out, struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "cases", '[');
    for (const struct mu_result_case *of = m->of; of != NULL; of = of->next) {
        open_row(j);
        put_case(j, of);
        mu_json_close(j, '}');
        mu_out_flush(out);
    }
    mu_json_close(j, ']');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct state *s = mu_new(out->buf.arena, struct state);
    struct mu_json *j = &s->j;
    out->self = s;
    j->out = &out->buf;
    s->legs.arena = out->buf.arena;
    mu_json_open(j, NULL, '{');
    put_head(j, m);
    put_marking(j, m);
    put_adapters(j, m);
    put_counts(j, m);
    put_issues(j, m);
    put_rules(j, m);
    put_cases(out, j, m);
    next_line(j);
    mu_json_open(j, "results", '[');
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct state *s = out->self;
    (void) m;
    open_row(&s->j);
    put_instance(s, instance);
    mu_json_close(&s->j, '}');
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    struct state *s = out->self;
    struct mu_json *j = &s->j;
    mu_json_close(j, ']');
    put_known(j, m);
    put_lates(j, m);
    put_notes(j, m);
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_json = { begin, each, end };

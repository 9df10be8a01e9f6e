/* results.json (reports/results.schema.json): everything the model knows, in a stable order. */
#include "base/json.h"
#include "report/capabilities.h"
#include "report/formats.h"
#include "report/json_result.h"
#include "report/since.h"

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

static void put_pairs(struct mu_json *j, const char *name, const struct mu_pair *pair)
{
    next_line(j);
    mu_json_open(j, name, '{');
    for (; pair != NULL; pair = pair->next)
        mu_json_text(j, pair->name, pair->value);
    mu_json_close(j, '}');
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
    mu_json_some(j, "why", chain->why);
    mu_json_close(j, '}');
}

/* What this report does not show. */
static void put_hidden(struct mu_json *j, const struct mu_result *m)
{
    const struct mu_redaction *r = m->redaction;
    if (r == NULL)
        return;
    mu_json_open(j, "hidden", '{');
    mu_json_text(j, "redacted", r->payload ? "payload" : NULL);
    if (r->ceiling != NULL) {
        mu_json_open(j, "ceiling", '{');
        mu_json_text(j, "policy", r->ceiling->policy);
        mu_json_text(j, "marking", r->ceiling->marking);
        mu_json_number(j, "withheld", (int64_t) r->ceiling->withheld);
        mu_json_number(j, "of", (int64_t) m->total);
        mu_json_close(j, '}');
    }
    mu_json_close(j, '}');
}

static void put_head(struct mu_json *j, const struct mu_result *m)
{
    mu_json_text(j, "schema", "muster-results/1");
    mu_json_text(j, "run", m->run);
    mu_json_text(j, "muster", m->muster);
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_text(j, "isolation", m->isolation);
    mu_json_some(j, "content", m->content);
    mu_json_some(j, "content_key", m->content_key);
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
    put_hidden(j, m);
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
        mu_json_some(j, "classification", mark->classification);
        mu_json_number(j, "rank", mark->rank);
        mu_json_some(j, "colour", mark->colour);
        mu_json_some(j, "text_colour", mark->text_colour);
        mu_json_some(j, "decision", mark->decision);
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
        mu_json_some(j, "what", a->what);
        mu_json_some(j, "roles", a->roles);
        mu_json_some(j, "capabilities", a->caps);
        mu_json_some(j, "confined", a->confined);
        mu_json_some(j, "name", mu_pair_value(a->adapter, "name"));
        mu_json_some(j, "version", mu_pair_value(a->adapter, "version"));
        mu_json_some(j, "sut", mu_pair_value(a->sut, "name"));
        mu_json_some(j, "sut_version", mu_pair_value(a->sut, "version"));
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* What was declared, and by whom, against what was seen of it. */
static void put_capabilities(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "capabilities", '[');
    const struct mu_capability_seen *c = mu_capabilities_seen(j->out->arena, m);
    for (; c != NULL; c = c->next) {
        open_row(j);
        mu_json_text(j, "name", c->name);
        mu_json_bool(j, "claimed", c->claimed);
        mu_json_bool(j, "said", c->said);
        mu_json_text(j, "standing", c->standing);
        mu_json_number(j, "cases", (int64_t) c->cases);
        mu_json_text(j, "worst", mu_verdict_name(c->worst));
        mu_json_number(j, "passed", (int64_t) c->count[MU_PASS] + c->count[MU_REMARKS]);
        mu_json_number(j, "failed", (int64_t) c->count[MU_FAIL]);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_part(struct mu_json *j, struct mu_share part)
{
    if (part.of == 0)
        return;
    mu_json_open(j, "shard", '{');
    mu_json_number(j, "number", part.number);
    mu_json_number(j, "of", part.of);
    mu_json_close(j, '}');
}

static void put_merged(struct mu_json *j, const struct mu_result *m)
{
    next_line(j);
    mu_json_open(j, "merged", '[');
    for (const struct mu_merged *r = m->merged; r != NULL; r = r->next) {
        open_row(j);
        mu_json_text(j, "run", r->run);
        mu_json_text(j, "head", r->head);
        mu_json_number(j, "lines", r->lines);
        mu_json_some(j, "started", r->started);
        mu_json_some(j, "test_time", r->test_time);
        mu_json_some(j, "muster", r->muster);
        mu_json_some(j, "isolation", r->isolation);
        mu_json_some(j, "sut_version", r->version);
        mu_json_number(j, "seed", r->seed);
        put_part(j, r->shard);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* Which part of a whole it is, or of which runs it was made. */
static void put_parts(struct mu_json *j, const struct mu_result *m)
{
    put_part(j, m->shard);
    if (m->merged == NULL)
        return;
    put_merged(j, m);
    next_line(j);
    mu_json_open(j, "conflicts", '[');
    for (const struct mu_conflict *c = m->conflict; c != NULL; c = c->next) {
        open_row(j);
        mu_json_text(j, "what", c->what);
        mu_json_some(j, "case", c->of);
        mu_json_text(j, "says", c->says);
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
        mu_json_some(j, "attribution", issue->attribution);
        mu_json_some(j, "control", issue->control);
        mu_json_some(j, "first_seen", mu_since_first(m, issue));
        mu_json_number(j, "count", (int64_t) issue->count);
        mu_json_some(j, "importance", issue->gravest->importance);
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
        mu_json_some(j, "written", rule->written);
        mu_json_some(j, "document", rule->document);
        mu_json_some(j, "see", rule->see);
        mu_json_some(j, "text", rule->text);
        mu_json_bool(j, "assertion", rule->assertion);
        mu_json_bool(j, "waived", rule->waived);
        mu_json_some(j, "because", rule->because);
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
    mu_json_some(j, "revision", of->revision);
    mu_json_some(j, "title", of->title);
    mu_json_some(j, "why", of->why);
    mu_json_some(j, "role", of->role);
    mu_json_some(j, "level", of->level);
    mu_json_some(j, "class", of->class);
    mu_json_some(j, "importance", of->importance);
    mu_json_some(j, "control", of->control);
    mu_json_some(j, "sins", of->sins);
    mu_json_some(j, "tags", of->tags);
    mu_json_open(j, "requirements", '[');
    for (const struct mu_clause *c = of->clause; c != NULL; c = c->next) {
        mu_json_open(j, NULL, '{');
        mu_json_some(j, "document", c->document);
        mu_json_some(j, "clause", c->clause);
        mu_json_some(j, "rule", c->rule);
        mu_json_close(j, '}');
    }
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
        mu_json_some(j, "reason", k->reason);
        if (k->max >= 0)
            mu_json_number(j, "max", k->max);
        mu_json_some(j, "owner", k->owner);
        mu_json_some(j, "ticket", k->ticket);
        mu_json_some(j, "until", k->until);
        mu_json_some(j, "text", k->text);
        mu_json_number(j, "used", (int64_t) k->used);
        mu_json_some(j, "stale", k->stale);
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
        mu_json_some(j, "token", late->token);
        mu_json_some(j, "case", late->of);
        mu_json_some(j, "envelope", late->envelope);
        mu_json_some(j, "folder", late->folder);
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
        mu_json_some(j, "case", note->of);
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
    struct mu_results_state *s = mu_new(out->buf.arena, struct mu_results_state);
    struct mu_json *j = &s->j;
    out->self = s;
    j->out = &out->buf;
    s->legs.arena = out->buf.arena;
    mu_json_open(j, NULL, '{');
    put_head(j, m);
    put_marking(j, m);
    put_adapters(j, m);
    put_capabilities(j, m);
    put_parts(j, m);
    put_counts(j, m);
    put_issues(j, m);
    put_rules(j, m);
    put_cases(out, j, m);
    next_line(j);
    mu_json_open(j, "results", '[');
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct mu_results_state *s = out->self;
    (void) m;
    open_row(&s->j);
    mu_results_instance(s, instance);
    mu_json_close(&s->j, '}');
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    struct mu_results_state *s = out->self;
    struct mu_json *j = &s->j;
    mu_json_close(j, ']');
    put_known(j, m);
    put_lates(j, m);
    put_notes(j, m);
    mu_since_json(j, m->since);
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_json = { begin, each, end };

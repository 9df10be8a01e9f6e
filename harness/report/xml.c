#include "report/xml.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/tar.h"
#include "report/since.h"

#define KNOWN_OF_ISSUE 5  /* entries of the expectation file named under one issue */
#define CASES_OF_ISSUE 20 /* cases named under one issue; the others are counted */

/* From left to right on the coverage bar. */
static const enum mu_verdict order[MU_VERDICTS] = {
    MU_PASS, MU_REMARKS, MU_INCONCLUSIVE, MU_FAIL, MU_ERROR, MU_NOT_RUN,
};

void mu_model_marks(struct mu_model_tree *t, const struct mu_high_mark *mark)
{
    for (; mark != NULL; mark = mark->next) {
        mu_model_open(t, "marking");
        mu_model_set(t, "policy", mark->policy);
        mu_model_number(t, "rank", mark->rank);
        mu_model_set(t, "colour", mark->colour);
        mu_model_set(t, "text-colour", mark->text_colour);
        mu_model_text(t, "text", mark->marking);
        mu_model_text(t, "decision", mark->decision);
        mu_model_close(t);
    }
}

void mu_model_style(struct mu_model_tree *t, const struct mu_xml_style *style)
{
    mu_model_text(t, "style", style->css.text);
    mu_model_text(t, "style-digest", style->css.sha256);
    mu_model_text(t, "script", style->script.text);
    mu_model_text(t, "script-digest", style->script.sha256);
}

static void add_hidden(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    const struct mu_redaction *r = m->redaction;
    if (r == NULL)
        return;
    mu_model_open(t, "hidden");
    mu_model_set(t, "redacted", r->payload ? "payload" : "");
    if (r->ceiling != NULL) {
        mu_model_set(t, "ceiling-policy", r->ceiling->policy);
        mu_model_set(t, "ceiling", r->ceiling->marking);
        mu_model_number(t, "withheld", (int64_t) r->ceiling->withheld);
    }
    mu_model_text(t, "says", mu_result_hides(arena, m));
    mu_model_close(t);
}

static void set_pairs(struct mu_model_tree *t, const char *element, const struct mu_pair *pair)
{
    static const char *const known[] = { "id", "name", "version", "owner", "title", "revision" };
    mu_model_open(t, element);
    for (size_t i = 0; i < MU_COUNT(known); i++)
        mu_model_set(t, known[i], mu_pair_value(pair, known[i]));
    mu_model_close(t);
}

static void add_list(struct mu_model_tree *t, const char *element, const char *value,
                     const struct mu_pair *pair)
{
    for (; pair != NULL; pair = pair->next) {
        mu_model_open(t, element);
        mu_model_set(t, "name", pair->name);
        mu_model_set(t, value, pair->value);
        mu_model_close(t);
    }
}

static void add_chain(struct mu_model_tree *t, const struct mu_chain *chain)
{
    static const char *const state[] = { "whole", "torn", "corrupt" };
    mu_model_open(t, "chain");
    mu_model_set(t, "state", state[chain->state]);
    mu_model_number(t, "lines", (int64_t) chain->lines);
    mu_model_number(t, "octets", (int64_t) chain->octets);
    mu_model_number(t, "rest", (int64_t) chain->rest);
    mu_model_set(t, "head", chain->head);
    mu_model_set(t, "why", chain->why);
    mu_model_close(t);
}

/* Widths in per mille of the bar. One case of 25,000 still gets a slice that can be seen; the
 * widest slice pays for it. */
static void bar_widths(const struct mu_result *m, int64_t width[MU_VERDICTS])
{
    const int64_t whole = 1000, least = 8;
    int64_t left = whole;
    int widest = 0;
    for (int v = 0; v < MU_VERDICTS; v++) {
        width[v] = m->total == 0 ? 0 : whole * (int64_t) m->count[v] / (int64_t) m->total;
        if (m->count[v] > 0 && width[v] < least)
            width[v] = least;
        if (width[v] > width[widest])
            widest = v;
        left -= width[v];
    }
    if (m->total > 0)
        width[widest] += left;
}

static void add_counts(struct mu_model_tree *t, const struct mu_result *m)
{
    int64_t width[MU_VERDICTS], x = 0;
    bar_widths(m, width);
    for (size_t i = 0; i < MU_COUNT(order); i++) {
        mu_model_open(t, "count");
        mu_model_set(t, "verdict", mu_verdict_name(order[i]));
        mu_model_number(t, "n", (int64_t) m->count[order[i]]);
        mu_model_number(t, "x", x);
        mu_model_number(t, "width", width[order[i]]);
        mu_model_close(t);
        x += width[order[i]];
    }
}

static void add_tallies(struct mu_model_tree *t, const struct mu_result *m)
{
    for (const struct mu_tally *tally = m->tally; tally != NULL; tally = tally->next) {
        mu_model_open(t, "left-out");
        mu_model_set(t, "reason", tally->reason);
        mu_model_number(t, "n", (int64_t) tally->count);
        mu_model_text(t, "meaning", mu_reason_sentence(tally->reason));
        mu_model_close(t);
    }
}

/* What the expectation file knows of it: entries, each once, and few. */
static void add_knowns(struct mu_model_tree *t, const struct mu_result *m,
                       const struct mu_issue *issue)
{
    unsigned said[KNOWN_OF_ISSUE] = { 0 };
    size_t n = 0;
    for (const struct mu_instance *i = issue->first; i != NULL; i = i->next_of_issue) {
        size_t k = 0;
        while (k < n && said[k] != i->entry)
            k++;
        if (i->entry == 0 || k < n || n == KNOWN_OF_ISSUE)
            continue;
        said[n++] = i->entry;
        mu_model_known(t, "known", mu_known_find(m, i->entry));
    }
}

static void add_members(struct mu_model_tree *t, const struct mu_issue *issue)
{
    unsigned n = 0;
    for (const struct mu_instance *i = issue->first; i != NULL; i = i->next_of_issue) {
        if (n++ == CASES_OF_ISSUE)
            break;
        mu_model_open(t, "in");
        mu_model_set(t, "name", i->name);
        mu_model_set(t, "id", i->of->id);
        mu_model_number(t, "index", (int64_t) i->index);
        mu_model_close(t);
    }
}

/* How grave, since when, and how to see it again with the least. */
static void set_weight(struct mu_model_tree *t, const struct mu_issue *issue)
{
    const struct mu_instance *least = issue->smallest;
    mu_model_set(t, "importance", issue->gravest->importance);
    mu_model_number(t, "since-ms", issue->earliest->final->at_ms);
    mu_model_number(t, "since", (int64_t) issue->earliest->index);
    mu_model_set(t, "since-name", issue->earliest->name);
    mu_model_number(t, "least", (int64_t) least->index);
    mu_model_set(t, "least-name", least->name);
    if (issue->octets >= 0)
        mu_model_number(t, "least-octets", issue->octets);
}

static void add_again(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m,
                      const struct mu_issue *issue)
{
    const struct mu_instance *least = issue->smallest;
    mu_model_text(t, "why", issue->gravest->why);
    mu_model_text(t, "again", mu_result_command(arena, m, least));
    if (issue->octets >= 0) /* a rule broken by what came in needs no system to be shown again */
        mu_model_text(t, "shrink",
                      mu_arena_printf(arena, "muster shrink RUN-FOLDER '%s'%s", least->name,
                                      issue->rule != NULL ? "" : " --sut SUT-FILE"));
}

static void add_issues(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    int64_t index = 0;
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        mu_model_open(t, "issue");
        mu_model_number(t, "index", ++index);
        mu_model_set(t, "verdict", mu_verdict_name(issue->verdict));
        mu_model_set(t, "reason", issue->reason);
        mu_model_set(t, "attribution", issue->attribution);
        mu_model_set(t, "control", issue->control);
        mu_model_number(t, "count", (int64_t) issue->count);
        set_weight(t, issue);
        mu_model_set(t, "first-seen", mu_since_first(m, issue));
        mu_model_number(t, "more",
                        issue->count > CASES_OF_ISSUE ? issue->count - CASES_OF_ISSUE : 0);
        if (issue->rule != NULL) {
            mu_model_set(t, "rule", issue->rule->id);
            mu_model_number(t, "rule-index", (int64_t) issue->rule->index);
            mu_model_place(t, m, issue->rule->document, issue->rule->see);
            mu_model_set(t, "level", issue->rule->level);
            mu_model_set(t, "document", issue->rule->document);
            mu_model_set(t, "see", issue->rule->see);
            mu_model_text(t, "says", issue->rule->text);
        }
        mu_model_text(t, "meaning", mu_reason_sentence(issue->reason));
        if (issue->finding != NULL)
            mu_model_finding(t, arena, m, issue->finding);
        add_again(t, arena, m, issue);
        add_knowns(t, m, issue);
        add_members(t, issue);
        mu_model_close(t);
    }
}

static void add_rules(struct mu_model_tree *t, const struct mu_result *m)
{
    for (const struct mu_result_rule *rule = m->rule; rule != NULL; rule = rule->next) {
        mu_model_open(t, "rule");
        mu_model_set(t, "id", rule->id);
        mu_model_number(t, "index", (int64_t) rule->index);
        mu_model_place(t, m, rule->document, rule->see);
        mu_model_set(t, "level", rule->level);
        mu_model_set(t, "written", rule->written);
        mu_model_set(t, "document", rule->document);
        mu_model_set(t, "see", rule->see);
        mu_model_set(t, "shown-by", rule->assertion ? "assertion" : "case");
        mu_model_flag(t, "waived", rule->waived);
        mu_model_set(t, "because", rule->because);
        mu_model_number(t, "held", (int64_t) rule->held);
        mu_model_number(t, "broken", (int64_t) rule->broken);
        mu_model_number(t, "not-applicable", (int64_t) rule->not_applicable);
        mu_model_text(t, "says", rule->text);
        mu_model_close(t);
    }
}

static void add_lates(struct mu_model_tree *t, const struct mu_result *m)
{
    for (const struct mu_late *late = m->late; late != NULL; late = late->next) {
        mu_model_open(t, "late");
        mu_model_number(t, "at-ms", late->at_ms);
        mu_model_set(t, "token", late->token);
        mu_model_set(t, "case", late->of);
        mu_model_set(t, "folder", late->folder);
        mu_model_text(t, "envelope", late->envelope);
        mu_model_close(t);
    }
}

void mu_model_known(struct mu_model_tree *t, const char *name, const struct mu_known *known)
{
    if (known == NULL)
        return;
    mu_model_open(t, name);
    mu_model_number(t, "entry", (int64_t) known->entry);
    mu_model_number(t, "line", known->line);
    mu_model_set(t, "case", known->of);
    mu_model_set(t, "verdict", known->verdict);
    mu_model_set(t, "reason", known->reason);
    if (known->max >= 0)
        mu_model_number(t, "max", known->max);
    mu_model_set(t, "owner", known->owner);
    mu_model_set(t, "ticket", known->ticket);
    mu_model_set(t, "until", known->until);
    mu_model_number(t, "used", (int64_t) known->used);
    mu_model_set(t, "stale", known->stale);
    mu_model_text(t, "text", known->text);
    mu_model_close(t);
}

/* Instances that were judged. */
static int64_t count_done(const struct mu_result *m)
{
    int64_t n = 0;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        n += i->final != NULL;
    return n;
}

void mu_model_opinions(struct mu_model_tree *t, struct mu_arena *arena,
                       const struct mu_instance *instance, bool whole)
{
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next) {
        mu_model_open(t, "opinion");
        mu_model_set(t, "kind", o->kind);
        if (strcmp(o->kind, "override") == 0)
            mu_model_set(t, "verdict", mu_verdict_name(o->verdict));
        mu_model_set(t, "by", o->by);
        mu_model_set(t, "at", o->at);
        mu_model_flag(t, "withdrawn", o->withdrawn);
        if (whole) {
            mu_model_number(t, "index", (int64_t) instance->index);
            mu_model_set(t, "case", instance->name);
            mu_model_set(t, "of", mu_verdict_name(instance->verdict));
        }
        mu_model_text(t, "why", o->why);
        mu_model_text(t, "says", mu_opinion_sentence(arena, instance, o));
        mu_model_close(t);
    }
}

static void add_parts(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    for (const struct mu_merged *r = m->merged; r != NULL; r = r->next) {
        mu_model_open(t, "merged");
        mu_model_set(t, "run", r->run);
        mu_model_set(t, "shard", mu_shard_text(arena, r->shard));
        mu_model_set(t, "started", r->started);
        mu_model_set(t, "test-time", r->test_time);
        mu_model_set(t, "muster", r->muster);
        mu_model_set(t, "isolation", r->isolation);
        mu_model_set(t, "sut-version", r->version);
        mu_model_number(t, "seed", r->seed);
        mu_model_number(t, "lines", r->lines);
        mu_model_set(t, "head", r->head);
        mu_model_close(t);
    }
    for (const struct mu_conflict *c = m->conflict; c != NULL; c = c->next) {
        const struct mu_instance *of = mu_table_find(&m->instances, mu_bytes_of(c->of));
        mu_model_open(t, "conflict");
        mu_model_set(t, "what", c->what);
        mu_model_set(t, "case", c->of);
        if (of != NULL)
            mu_model_number(t, "index", (int64_t) of->index);
        mu_model_text(t, "says", c->says);
        mu_model_close(t);
    }
}

static void add_remarks(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        mu_model_opinions(t, arena, i, true);
    for (const struct mu_note *note = m->note; note != NULL; note = note->next) {
        mu_model_open(t, "note");
        mu_model_set(t, "case", note->of);
        mu_model_text(t, "text", note->text);
        mu_model_close(t);
    }
    for (const struct mu_resumed *r = m->resumed; r != NULL; r = r->next) {
        mu_model_open(t, "resumed");
        mu_model_set(t, "at", r->at);
        mu_model_number(t, "kept", r->kept);
        mu_model_number(t, "cut-octets", r->cut_octets);
        mu_model_close(t);
    }
    for (const struct mu_pair *stale = m->stale; stale != NULL; stale = stale->next)
        mu_model_text(t, "stale", stale->name);
    for (const struct mu_known *known = m->known; known != NULL; known = known->next)
        mu_model_known(t, "expect", known);
}

static void add_health(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    const char *says = mu_result_health(arena, m);
    if (says == NULL)
        return;
    mu_model_open(t, "health");
    mu_model_set(t, "state", mu_pair_value(m->health, "state"));
    mu_model_text(t, "says", says);
    for (const struct mu_pair *p = m->silent; p != NULL; p = p->next) {
        mu_model_open(t, "silent");
        mu_model_set(t, "what", p->name);
        mu_model_text(t, "because", p->value);
        mu_model_close(t);
    }
    mu_model_close(t);
}

static void set_run(struct mu_model_tree *t, const struct mu_result *m)
{
    mu_model_set(t, "id", m->run);
    mu_model_set(t, "muster", m->muster);
    mu_model_set(t, "state", mu_run_state_name(m->state));
    mu_model_set(t, "worst", mu_verdict_name(m->worst));
    mu_model_set(t, "isolation", m->isolation);
    mu_model_set(t, "evidence-in", m->tarred ? MU_TAR_CASES : "");
    mu_model_set(t, "content", m->content);
    mu_model_set(t, "content-key", m->content_key);
    mu_model_set(t, "selection", m->selection);
    mu_model_number(t, "seed", m->seed);
    mu_model_number(t, "jobs", m->jobs);
    mu_model_set(t, "test-time", m->test_time);
    mu_model_set(t, "started", m->started);
    mu_model_number(t, "ms", m->ms);
    if (m->exit >= 0)
        mu_model_number(t, "exit", m->exit);
    mu_model_number(t, "planned", m->planned);
    mu_model_number(t, "total", (int64_t) m->total);
    mu_model_number(t, "ran", (int64_t) m->total - (int64_t) m->count[MU_NOT_RUN]);
    mu_model_number(t, "unseen", (int64_t) m->unseen);
    mu_model_number(t, "catalogue", (int64_t) m->total + (int64_t) m->unseen);
    mu_model_number(t, "applicable",
                    (int64_t) m->total + (int64_t) m->unseen - (int64_t) m->inapplicable);
    mu_model_number(t, "new-failures", (int64_t) m->new_failures);
    mu_model_number(t, "unexpected-passes", (int64_t) m->unexpected_passes);
    mu_model_number(t, "reasons-changed", (int64_t) m->reasons_changed);
    mu_model_number(t, "expected", (int64_t) m->covered);
    mu_model_number(t, "quarantined", (int64_t) m->quarantined);
    mu_model_number(t, "unclaimed", (int64_t) m->unclaimed);
    mu_model_number(t, "excused-failures", (int64_t) m->excused[MU_FAIL]);
    mu_model_number(t, "excused-errors",
                    (int64_t) m->excused[MU_INCONCLUSIVE] + m->excused[MU_ERROR]);
    mu_model_number(t, "unstable", (int64_t) m->unstable);
    mu_model_number(t, "overridden", (int64_t) m->overridden);
    mu_model_number(t, "disputed", (int64_t) m->disputed);
    mu_model_set(t, "final", m->final);
    mu_model_number(t, "repeat", m->repeat);
    mu_model_flag(t, "tries", m->tries);
    mu_model_number(t, "late", (int64_t) m->lates);
    mu_model_flag(t, "miscounted", m->miscounted);
    mu_model_flag(t, "folded", m->total > MU_REPORT_DETAIL_MAX);
    mu_model_flag(t, "long", m->total > MU_REPORT_TABLE_MAX);
    if (m->live == 0)
        return;
    mu_model_number(t, "live", (int64_t) m->live);
    mu_model_number(t, "done", count_done(m));
}

static const char *banner_of(const struct mu_result *m, const char *banner)
{
    return banner != NULL        ? banner
           : *m->content != '\0' ? "WITHOUT CONTENT - nothing that was sent or said"
                                 : MU_REPORT_BANNER;
}

xmlDoc *mu_result_page(struct mu_arena *arena, const struct mu_result *result,
                       struct mu_xml_style style, const char *banner)
{
    struct mu_model_tree t;
    mu_model_start(&t, "run");
    set_run(&t, result);
    mu_model_set(&t, "shard", mu_shard_text(arena, result->shard));
    mu_model_number(&t, "merged", (int64_t) result->mergeds);
    mu_model_number(&t, "conflicts", (int64_t) result->conflicts);
    mu_model_text(&t, "banner", banner_of(result, banner));
    mu_model_text(&t, "answer", mu_result_answer(arena, result));
    mu_model_style(&t, &style);
    mu_model_marks(&t, result->mark);
    add_hidden(&t, arena, result);
    set_pairs(&t, "sut", result->sut);
    set_pairs(&t, "profile", result->profile);
    set_pairs(&t, "suite", result->suite);
    add_list(&t, "library", "version", result->library);
    add_list(&t, "policy", "pin", result->policy);
    add_list(&t, "digest", "value", result->digest);
    add_list(&t, "trust", "value", result->trust);
    add_health(&t, arena, result);
    add_chain(&t, &result->chain);
    add_counts(&t, result);
    add_tallies(&t, result);
    mu_model_matrices(&t, arena, result);
    add_issues(&t, arena, result);
    add_rules(&t, result);
    mu_model_traces(&t, result);
    mu_model_capabilities(&t, arena, result);
    mu_model_journeys(&t, result);
    mu_model_speed(&t, arena, result);
    mu_model_volume(&t, result);
    add_lates(&t, result);
    add_parts(&t, arena, result);
    add_remarks(&t, arena, result);
    mu_since_model(&t, result->since);
    xmlAddChild(t.at, xmlNewDocComment(t.doc, BAD_CAST "cases"));
    return t.doc;
}

/* Two runs side by side as a document for reports/diff.page.xsl. Long tables end after some rows and say so:
 * a page is for people, and diff.json names everything. */
#include "base/limits.h"
#include "report/compare.h"
#include "report/compare_xml.h"
#include "report/formats.h"

void mu_model_run(struct mu_model_tree *t, const char *name, const struct mu_result *m)
{
    mu_model_open(t, name);
    mu_model_set(t, "id", m->run);
    mu_model_set(t, "started", m->started);
    mu_model_set(t, "state", mu_run_state_name(m->state));
    mu_model_set(t, "profile", mu_pair_value(m->profile, "id"));
    mu_model_set(t, "sut", mu_pair_value(m->sut, "id"));
    mu_model_set(t, "name", mu_pair_value(m->sut, "name"));
    mu_model_set(t, "version", mu_pair_value(m->sut, "version"));
    mu_model_set(t, "head", m->chain.head);
    for (int v = 0; v < MU_VERDICTS; v++) {
        mu_model_open(t, "count");
        mu_model_set(t, "verdict", mu_verdict_name((enum mu_verdict) v));
        mu_model_number(t, "n", (int64_t) m->count[v]);
        mu_model_close(t);
    }
    mu_model_close(t);
}

void mu_model_causes(struct mu_model_tree *t, const struct mu_cause *cause)
{
    for (; cause != NULL; cause = cause->next) {
        mu_model_open(t, "cause");
        mu_model_set(t, "kind", mu_cause_word(cause->kind));
        mu_model_set(t, "name", mu_cause_name(cause->kind));
        mu_model_set(t, "what", cause->what);
        mu_model_close(t);
    }
}

void mu_model_differences(struct mu_model_tree *t, const struct mu_gap *gap)
{
    for (const struct mu_difference *d = gap->difference; d != NULL; d = d->next) {
        mu_model_open(t, "difference");
        mu_model_set(t, "kind", mu_fact_word(d->fact->kind));
        mu_model_set(t, "name", d->fact->name);
        mu_model_set(t, "before", d->before);
        mu_model_set(t, "after", d->after);
        mu_model_close(t);
    }
}

static void add_end(struct mu_model_tree *t, const char *name, const struct mu_instance *i)
{
    if (i == NULL)
        return;
    mu_model_open(t, name);
    mu_model_set(t, "verdict", mu_verdict_name(i->verdict));
    mu_model_set(t, "reason", i->reason);
    mu_model_set(t, "expectation", i->expectation);
    if (i->final != NULL) {
        mu_model_number(t, "passed", (int64_t) i->passed);
        mu_model_number(t, "of", (int64_t) i->tried);
        mu_model_flag(t, "unstable", i->unstable);
    }
    mu_model_close(t);
}

static void add_change(struct mu_model_tree *t, const struct mu_change *c)
{
    mu_model_open(t, "change");
    mu_model_set(t, "name", c->name);
    mu_model_set(t, "way", mu_way_name(c->way));
    mu_model_flag(t, "failure", c->failure);
    mu_model_flag(t, "reason", c->reason);
    mu_model_flag(t, "stability", c->stability);
    mu_model_flag(t, "expectation", c->expectation);
    add_end(t, "before", c->before);
    add_end(t, "after", c->after);
    mu_model_causes(t, c->cause);
    mu_model_close(t);
}

static void add_transitions(struct mu_model_tree *t, const struct mu_diff *c)
{
    for (size_t i = 0; i < c->transitions; i++) {
        const struct mu_transition *one = &c->transition[i];
        unsigned shown = 0;
        mu_model_open(t, "transition");
        mu_model_number(t, "index", (int64_t) i + 1);
        mu_model_set(t, "from", mu_verdict_name(one->from));
        mu_model_set(t, "to", mu_verdict_name(one->to));
        mu_model_set(t, "way", mu_way_name(one->way));
        mu_model_number(t, "n", (int64_t) one->count);
        for (const struct mu_change *x = one->first; x != NULL && shown < MU_COMPARE_SHOWN_MAX;
             x = x->next_alike, shown++)
            add_change(t, x);
        mu_model_number(t, "more", (int64_t) one->count - shown);
        mu_model_close(t);
    }
}

/* Those of a list that `all` or that only their reason, stability or expectation set apart. */
static void add_list(struct mu_model_tree *t, const char *name, const struct mu_change *first,
                     bool all)
{
    unsigned shown = 0, more = 0;
    mu_model_open(t, name);
    for (; first != NULL; first = first->next) {
        if (!all && !first->reason && !first->stability && !first->expectation)
            continue;
        if (shown++ < MU_COMPARE_SHOWN_MAX)
            add_change(t, first);
        else
            more++;
    }
    mu_model_number(t, "n", (int64_t) shown);
    mu_model_number(t, "more", (int64_t) more);
    mu_model_close(t);
}

static void add_same(struct mu_model_tree *t, const struct mu_diff *c)
{
    mu_model_open(t, "same");
    mu_model_number(t, "n", (int64_t) c->same);
    unsigned shown = c->same < MU_COMPARE_SHOWN_MAX ? c->same : MU_COMPARE_SHOWN_MAX;
    mu_model_number(t, "more", (int64_t) c->same - shown);
    for (unsigned i = 0; i < shown; i++)
        mu_model_text(t, "in", c->unchanged[i]);
    mu_model_close(t);
}

static void add_paces(struct mu_model_tree *t, const struct mu_diff *c)
{
    for (const struct mu_pace *pace = c->pace; pace != NULL; pace = pace->next) {
        mu_model_open(t, "pace");
        mu_model_set(t, "of", pace->kind);
        mu_model_number(t, "n", (int64_t) pace->n);
        mu_model_number(t, "slower", (int64_t) pace->slower);
        mu_model_number(t, "faster", (int64_t) pace->faster);
        mu_model_number(t, "before", pace->before[0]);
        mu_model_number(t, "after", pace->after[0]);
        mu_model_number(t, "before-90", pace->before[1]);
        mu_model_number(t, "after-90", pace->after[1]);
        mu_model_number(t, "before-99", pace->before[2]);
        mu_model_number(t, "after-99", pace->after[2]);
        mu_model_flag(t, "significant", pace->significant);
        mu_model_close(t);
    }
}

static void add_entries(struct mu_model_tree *t, const struct mu_diff *c)
{
    for (const struct mu_entry_change *e = c->entry; e != NULL; e = e->next)
        mu_model_known(t, e->added ? "entry-added" : "entry-removed", e->known);
}

void mu_model_compared_start(struct mu_model_tree *t, const char *root,
                             const struct mu_sheets *sheets)
{
    const struct mu_xml_style style = mu_page_sheet_style(sheets);
    mu_model_start(t, root);
    mu_model_text(t, "banner", MU_REPORT_BANNER);
    mu_model_style(t, &style);
}

bool mu_compare_page(const struct mu_sheets *sheets, const struct mu_diff *c, int out,
                     struct mu_err *err)
{
    struct mu_model_tree t;
    const char *warning;
    mu_model_compared_start(&t, "diff", sheets);
    mu_model_set(&t, "worse", c->failures > 0 ? "true" : NULL);
    mu_model_number(&t, "common", (int64_t) c->common);
    mu_model_number(&t, "changed", (int64_t) c->changed);
    mu_model_number(&t, "rules", (int64_t) c->gap.rules);
    mu_model_number(&t, "cases", (int64_t) c->gap.cases);
    mu_model_marks(&t, c->mark);
    mu_model_run(&t, "old", c->before);
    mu_model_run(&t, "new", c->after);
    mu_model_text(&t, "answer", mu_diff_answer(c));
    for (unsigned i = 0; (warning = mu_diff_warning(c, i)) != NULL; i++)
        mu_model_text(&t, "warning", warning);
    mu_model_differences(&t, &c->gap);
    add_transitions(&t, c);
    add_list(&t, "others", c->change, false);
    add_list(&t, "added", c->only_after, true);
    add_list(&t, "removed", c->only_before, true);
    add_same(&t, c);
    add_paces(&t, c);
    add_entries(&t, c);
    bool ok = mu_page_sheet_apply(c->arena, sheets, t.doc, out, err);
    xmlFreeDoc(t.doc);
    return ok;
}

/* Many runs as a document for reports/history.page.xsl. The trend is drawn from numbers that stand ready:
 * a column a run, in thousandths of the width and of the height. */
#include "base/limits.h"
#include "report/compare_xml.h"
#include "report/history.h"

#define WIDTH  1000
#define HEIGHT 200

/* From the foot of a column up. */
static const enum mu_verdict order[] = {
    MU_PASS, MU_REMARKS, MU_INCONCLUSIVE, MU_FAIL, MU_ERROR, MU_NOT_RUN,
};

static void add_column(struct mu_model_tree *t, const struct mu_history_run *r, unsigned most)
{
    int64_t foot = 0, before = HEIGHT;
    for (size_t i = 0; i < MU_COUNT(order); i++) {
        foot += (int64_t) r->count[order[i]];
        int64_t top = HEIGHT - (most == 0 ? 0 : foot * HEIGHT / (int64_t) most);
        mu_model_open(t, "count");
        mu_model_set(t, "verdict", mu_verdict_name(order[i]));
        mu_model_number(t, "n", (int64_t) r->count[order[i]]);
        mu_model_number(t, "y", top);
        mu_model_number(t, "height", before - top);
        mu_model_close(t);
        before = top;
    }
}

static void add_runs(struct mu_model_tree *t, const struct mu_series *s)
{
    unsigned most = 0;
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next)
        most = r->total > most ? r->total : most;
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next) {
        int64_t from = (int64_t) (r->index - 1) * WIDTH / s->runs;
        int64_t to = (int64_t) r->index * WIDTH / s->runs;
        mu_model_open(t, "run");
        mu_model_number(t, "index", (int64_t) r->index);
        mu_model_number(t, "x", from);
        mu_model_number(t, "width", to - from > 2 ? to - from - 1 : 1);
        mu_model_set(t, "id", r->run);
        mu_model_set(t, "started", r->started);
        mu_model_set(t, "version", r->version);
        mu_model_set(t, "state", r->state);
        mu_model_number(t, "worse", (int64_t) r->worse);
        mu_model_number(t, "better", (int64_t) r->better);
        add_column(t, r, most);
        mu_model_close(t);
    }
}

static void set_run(struct mu_model_tree *t, const char *name, const struct mu_history_run *run)
{
    if (run != NULL)
        mu_model_number(t, name, (int64_t) run->index);
}

static void add_steps(struct mu_model_tree *t, const struct mu_history_case *of)
{
    for (const struct mu_history_step *s = of->step; s != NULL; s = s->next) {
        mu_model_open(t, "step");
        mu_model_number(t, "run", (int64_t) s->run->index);
        mu_model_set(t, "id", s->run->run);
        mu_model_set(t, "version", s->run->version);
        mu_model_set(t, "verdict", mu_verdict_name(s->end.verdict));
        mu_model_set(t, "reason", s->end.reason);
        mu_model_causes(t, s->cause);
        mu_model_close(t);
    }
}

static void add_case(struct mu_model_tree *t, const char *name, const struct mu_history_case *of)
{
    mu_model_open(t, name);
    mu_model_set(t, "name", of->name);
    mu_model_set(t, "runs", of->letter);
    mu_model_set(t, "verdict", mu_verdict_name(of->now.verdict));
    mu_model_set(t, "reason", of->now.reason);
    mu_model_number(t, "good", (int64_t) of->good);
    mu_model_number(t, "judged", (int64_t) of->judged);
    mu_model_number(t, "flips", (int64_t) of->flips);
    mu_model_number(t, "shaky", (int64_t) of->shaky);
    if (of->bad)
        set_run(t, "first-bad", of->first_bad);
    set_run(t, "last-good", of->last_good);
    set_run(t, "last", of->last);
    mu_model_causes(t, of->cause);
    add_steps(t, of);
    mu_model_close(t);
}

/* Those that became bad last stand first. */
static void add_bad(struct mu_model_tree *t, const struct mu_series *s)
{
    unsigned shown = 0;
    for (unsigned since = s->runs; since > 0; since--)
        for (const struct mu_history_case *of = s->of; of != NULL; of = of->next)
            if (of->bad && of->first_bad->index == since && shown < MU_COMPARE_SHOWN_MAX) {
                add_case(t, "bad", of);
                shown++;
            }
    mu_model_number(t, "bad-more", (int64_t) s->bad - shown);
}

static void add_unstable(struct mu_model_tree *t, const struct mu_series *s)
{
    unsigned shown = 0;
    for (const struct mu_history_case *of = s->of; of != NULL; of = of->next)
        if ((of->flips > 1 || of->shaky > 0) && shown < MU_COMPARE_SHOWN_MAX) {
            add_case(t, "unstable", of);
            shown++;
        }
    mu_model_number(t, "unstable-more", (int64_t) s->unstable - shown);
}

static void add_series(struct mu_model_tree *t, const struct mu_history *h,
                       const struct mu_series *s, int64_t index)
{
    mu_model_open(t, "series");
    mu_model_number(t, "index", index);
    mu_model_set(t, "profile", s->profile);
    mu_model_set(t, "sut", s->sut);
    mu_model_set(t, "name", s->name);
    mu_model_number(t, "bad", (int64_t) s->bad);
    mu_model_number(t, "unstable", (int64_t) s->unstable);
    mu_model_text(t, "answer", mu_series_answer(h->arena, s));
    add_runs(t, s);
    for (const struct mu_history_case *of = s->of; of != NULL; of = of->next)
        if (of->step != NULL)
            add_case(t, "followed", of);
    add_bad(t, s);
    add_unstable(t, s);
    mu_model_close(t);
}

bool mu_history_page(const struct mu_sheets *sheets, const struct mu_history *h, int out,
                     struct mu_err *err)
{
    struct mu_model_tree t;
    int64_t index = 0;
    mu_model_compared_start(&t, "history", sheets);
    mu_model_number(&t, "runs", (int64_t) h->runs);
    mu_model_marks(&t, h->mark);
    for (const struct mu_history_skipped *skipped = h->skipped; skipped != NULL;
         skipped = skipped->next) {
        mu_model_open(&t, "passed-over");
        mu_model_set(&t, "folder", skipped->folder);
        mu_model_text(&t, "why", skipped->why);
        mu_model_close(&t);
    }
    for (const struct mu_series *s = h->series; s != NULL; s = s->next)
        add_series(&t, h, s, ++index);
    bool ok = mu_page_sheet_apply(h->arena, sheets, t.doc, out, err);
    xmlFreeDoc(t.doc);
    return ok;
}

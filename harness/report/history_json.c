/* history.json (reports/history.schema.json): many runs, in a stable order. */
#include "report/compare_json.h"
#include "report/history.h"

static void put_run(struct mu_json *j, const struct mu_history_run *r)
{
    mu_json_line(j);
    mu_json_open(j, NULL, '{');
    mu_json_number(j, "index", (int64_t) r->index);
    mu_json_text(j, "run", r->run);
    mu_json_text(j, "folder", r->folder);
    mu_json_text(j, "started", r->started);
    mu_json_some(j, "version", r->version);
    mu_json_text(j, "state", r->state);
    mu_json_some(j, "why", r->why);
    mu_json_text(j, "head", r->head);
    mu_json_open(j, "counts", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) r->count[v]);
    mu_json_close(j, '}');
    mu_json_number(j, "worse", (int64_t) r->worse);
    mu_json_number(j, "better", (int64_t) r->better);
    mu_json_close(j, '}');
}

static void put_end(struct mu_json *j, struct mu_end end)
{
    mu_json_text(j, "verdict", mu_verdict_name(end.verdict));
    mu_json_some(j, "reason", end.reason);
}

static void put_steps(struct mu_json *j, const struct mu_history_case *of)
{
    if (of->step == NULL)
        return;
    mu_json_open(j, "steps", '[');
    for (const struct mu_history_step *s = of->step; s != NULL; s = s->next) {
        mu_json_line(j);
        mu_json_open(j, NULL, '{');
        mu_json_number(j, "run", (int64_t) s->run->index);
        put_end(j, s->end);
        mu_json_some(j, "revision", s->revision);
        if (s->end.tried > 0) {
            mu_json_number(j, "passed", (int64_t) s->end.passed);
            mu_json_number(j, "of", (int64_t) s->end.tried);
            mu_json_number(j, "ms", s->ms);
        }
        if (s->cause != NULL)
            mu_json_causes(j, s->cause);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_case(struct mu_json *j, const struct mu_history_case *of)
{
    mu_json_line(j);
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "name", of->name);
    mu_json_text(j, "runs", of->letter);
    put_end(j, of->now);
    mu_json_bool(j, "bad", of->bad);
    mu_json_number(j, "good", (int64_t) of->good);
    mu_json_number(j, "judged", (int64_t) of->judged);
    mu_json_number(j, "flips", (int64_t) of->flips);
    mu_json_number(j, "unstable_runs", (int64_t) of->shaky);
    if (of->bad)
        mu_json_number(j, "first_bad", (int64_t) of->first_bad->index);
    if (of->last_good != NULL)
        mu_json_number(j, "last_good", (int64_t) of->last_good->index);
    if (of->cause != NULL)
        mu_json_causes(j, of->cause);
    put_steps(j, of);
    mu_json_close(j, '}');
}

static void put_series(struct mu_json *j, const struct mu_history *h, const struct mu_series *s)
{
    mu_json_line(j);
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "profile", s->profile);
    mu_json_text(j, "sut", s->sut);
    mu_json_text(j, "answer", mu_series_answer(h->arena, s));
    mu_json_number(j, "bad", (int64_t) s->bad);
    mu_json_number(j, "new_in_last_run", (int64_t) s->fresh);
    mu_json_number(j, "unstable", (int64_t) s->unstable);
    mu_json_open(j, "runs", '[');
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next)
        put_run(j, r);
    mu_json_close(j, ']');
    mu_json_line(j);
    mu_json_open(j, "cases", '[');
    for (const struct mu_history_case *of = s->of; of != NULL; of = of->next)
        if (h->follow == NULL || of->step != NULL)
            put_case(j, of);
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

void mu_history_json(struct mu_buf *out, const struct mu_history *h)
{
    struct mu_json j = { .out = out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "schema", "muster-history/1");
    mu_json_marks(&j, h->mark);
    mu_json_line(&j);
    mu_json_open(&j, "passed_over", '[');
    for (const struct mu_history_skipped *skipped = h->skipped; skipped != NULL;
         skipped = skipped->next) {
        mu_json_open(&j, NULL, '{');
        mu_json_text(&j, "folder", skipped->folder);
        mu_json_text(&j, "why", skipped->why);
        mu_json_close(&j, '}');
    }
    mu_json_close(&j, ']');
    mu_json_line(&j);
    mu_json_open(&j, "series", '[');
    for (const struct mu_series *s = h->series; s != NULL; s = s->next)
        put_series(&j, h, s);
    mu_json_close(&j, ']');
    mu_json_close(&j, '}');
    mu_buf_putc(out, '\n');
}

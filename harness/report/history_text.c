/* Many runs on a terminal: the trend first, then what is bad now and since when. Foreign text never begins
 * a line and never fills one. */
#include <string.h>

#include "report/history.h"

#define LINES_MAX 40
#define RUNS_MAX  12 /* rows of the trend; the earlier ones are counted    */
#define SPARK_MAX 60 /* columns of a line of bars                          */
#define KEPT      5  /* lines for what stands below the names of one series */

struct page {
    struct mu_buf *out;
    struct mu_compare_style style;
    unsigned lines, left;
    const struct mu_history *h;
};

static void end_line(struct page *p)
{
    mu_buf_putc(p->out, '\n');
    p->lines++;
}

static bool has_room(const struct page *p)
{
    return p->style.all || p->lines + KEPT < LINES_MAX;
}

static unsigned bad_of(const struct mu_history_run *run)
{
    return run->count[MU_FAIL] + run->count[MU_ERROR] + run->count[MU_INCONCLUSIVE];
}

/* A run after the other as a bar, from the lowest to the highest of them; 0 has none. */
static void put_spark(struct page *p, const struct mu_series *s)
{
    static const char *const bar[] = { "_",      "\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585", "\u2586", "\u2587", "\u2588" };
    unsigned most = 0, from = s->runs > SPARK_MAX && !p->style.all ? s->runs - SPARK_MAX : 0;
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next)
        most = bad_of(r) > most ? bad_of(r) : most;
    mu_buf_puts(p->out, "bad      ");
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next)
        if (r->index > from)
            mu_buf_puts(p->out, bar[most == 0 ? 0 : ((uint64_t) bad_of(r) * 8 + most - 1) / most]);
    mu_buf_printf(p->out, " at most %u", most);
    end_line(p);
}

static void put_run(struct page *p, const struct mu_history_run *r)
{
    mu_buf_printf(p->out, "%6u  %6u %7u %12u %4u %5u %7u %5u %6u  ", r->index, r->count[MU_PASS],
                  r->count[MU_REMARKS], r->count[MU_INCONCLUSIVE], r->count[MU_FAIL],
                  r->count[MU_ERROR], r->count[MU_NOT_RUN], r->worse, r->better);
    mu_compare_words(p->out, r->run, 40);
    mu_buf_puts(p->out, "  ");
    mu_compare_words(p->out, r->version, 20);
    if (strcmp(r->state, "complete") != 0)
        mu_buf_printf(p->out, "  %s", r->state);
    end_line(p);
}

static void put_trend(struct page *p, const struct mu_series *s)
{
    unsigned from = s->runs > RUNS_MAX && !p->style.all ? s->runs - RUNS_MAX : 0;
    mu_buf_puts(p->out, "   run    pass remarks inconclusive fail error not-run worse better");
    end_line(p);
    if (from > 0) {
        mu_buf_printf(p->out, "        and %u earlier ones", from);
        end_line(p);
    }
    for (const struct mu_history_run *r = s->run; r != NULL; r = r->next)
        if (r->index > from)
            put_run(p, r);
    put_spark(p, s);
}

static void put_letters(struct page *p, const struct mu_history_case *of)
{
    size_t n = strlen(of->letter);
    bool cut = n > SPARK_MAX && !p->style.all;
    mu_buf_printf(p->out, "%s%s", cut ? "..." : "", of->letter + (cut ? n - SPARK_MAX : 0));
}

static void put_when(struct page *p, const struct mu_history_run *run)
{
    mu_buf_printf(p->out, "run %u", run->index);
    if (*run->version != '\0')
        mu_buf_puts(p->out, " (");
    mu_compare_words(p->out, run->version, 20);
    if (*run->version != '\0')
        mu_buf_putc(p->out, ')');
}

static void put_bad(struct page *p, const struct mu_series *s, const struct mu_history_case *of)
{
    mu_buf_puts(p->out, "  ");
    mu_compare_words(p->out, of->name, 100);
    mu_buf_printf(p->out, "  %s ", mu_verdict_name(of->now.verdict));
    mu_compare_words(p->out, of->now.reason, 40);
    end_line(p);
    mu_buf_puts(p->out, "    ");
    put_letters(p, of);
    mu_buf_puts(p->out, "  first bad ");
    put_when(p, of->first_bad);
    if (of->last_good != NULL) {
        mu_buf_puts(p->out, ", last good ");
        put_when(p, of->last_good);
        mu_buf_puts(p->out, ": ");
        mu_compare_causes(p->out, of->cause, true);
    } else {
        mu_buf_puts(p->out, ", never good");
    }
    if (of->last != s->last)
        mu_buf_printf(p->out, "; not in a run since run %u", of->last->index);
    end_line(p);
}

/* Those that became bad last are named first. */
static void put_bads(struct page *p, const struct mu_series *s)
{
    if (s->bad == 0)
        return;
    mu_buf_printf(p->out, "bad now  %u", s->bad);
    end_line(p);
    for (unsigned since = s->runs; since > 0; since--)
        for (const struct mu_history_case *of = s->of; of != NULL; of = of->next) {
            if (!of->bad || of->first_bad->index != since)
                continue;
            if (has_room(p))
                put_bad(p, s, of);
            else
                p->left++;
        }
}

static void put_unstable(struct page *p, const struct mu_series *s)
{
    if (s->unstable == 0)
        return;
    mu_buf_printf(p->out, "unstable %u", s->unstable);
    end_line(p);
    for (const struct mu_history_case *of = s->of; of != NULL; of = of->next) {
        if (of->flips < 2 && of->shaky == 0)
            continue;
        if (!has_room(p)) {
            p->left++;
            continue;
        }
        mu_buf_puts(p->out, "  ");
        mu_compare_words(p->out, of->name, 100);
        mu_buf_puts(p->out, "  ");
        put_letters(p, of);
        mu_buf_printf(p->out, "  good in %u of %u, %u flip%s", of->good, of->judged, of->flips,
                      of->flips == 1 ? "" : "s");
        if (of->shaky > 0)
            mu_buf_printf(p->out, ", unstable within %u run%s", of->shaky,
                          of->shaky == 1 ? "" : "s");
        end_line(p);
    }
}

/* --- one case, run by run ---------------------------------------------------------------------------------- */

static void put_step(struct page *p, const struct mu_history_case *of,
                     const struct mu_history_step *s)
{
    mu_buf_printf(p->out, "%6u  ", s->run->index);
    mu_compare_words(p->out, s->run->run, 40);
    mu_buf_puts(p->out, "  ");
    mu_compare_words(p->out, s->run->version, 20);
    mu_buf_printf(p->out, "  %s ", mu_verdict_name(s->end.verdict));
    mu_compare_words(p->out, s->end.reason, 50);
    if (s->end.tried > 1)
        mu_buf_printf(p->out, " %u/%u", s->end.passed, s->end.tried);
    if (of->bad && s->run == of->first_bad)
        mu_buf_puts(p->out, "  <- first bad");
    if (of->bad && s->run == of->last_good)
        mu_buf_puts(p->out, "  <- last good");
    if (s->cause != NULL) {
        mu_buf_puts(p->out, ": ");
        mu_compare_causes(p->out, s->cause, true);
    }
    end_line(p);
}

static void put_followed(struct page *p, const struct mu_series *s)
{
    for (const struct mu_history_case *of = s->of; of != NULL; of = of->next) {
        if (of->step == NULL)
            continue;
        mu_buf_puts(p->out, "case     ");
        mu_compare_words(p->out, of->name, 200);
        mu_buf_printf(p->out, ": good in %u of %u, %u flip%s", of->good, of->judged, of->flips,
                      of->flips == 1 ? "" : "s");
        end_line(p);
        for (const struct mu_history_step *step = of->step; step != NULL; step = step->next)
            put_step(p, of, step);
        mu_buf_puts(p->out, "answer   ");
        if (!of->bad) {
            mu_buf_puts(p->out, of->good > 0 ? "good" : "never judged");
        } else {
            mu_buf_puts(p->out, "bad since ");
            put_when(p, of->first_bad);
            if (of->last_good == NULL)
                mu_buf_puts(p->out, "; it never was good");
            else {
                mu_buf_puts(p->out, ", good until ");
                put_when(p, of->last_good);
                mu_buf_puts(p->out, ": ");
                mu_compare_causes(p->out, of->cause, true);
            }
        }
        end_line(p);
    }
}

static void put_series(struct page *p, const struct mu_series *s)
{
    mu_buf_printf(p->out, "history  %u run%s of ", s->runs, s->runs == 1 ? "" : "s");
    mu_compare_words(p->out, s->profile, 40);
    mu_buf_puts(p->out, " against ");
    mu_compare_words(p->out, s->sut, 40);
    mu_buf_puts(p->out, ", ");
    mu_compare_words(p->out, s->run->started, 20);
    mu_buf_puts(p->out, " to ");
    mu_compare_words(p->out, s->last->started, 20);
    end_line(p);
    if (p->h->follow != NULL) {
        put_followed(p, s);
        return;
    }
    put_trend(p, s);
    put_bads(p, s);
    put_unstable(p, s);
    if (p->left > 0) {
        mu_buf_printf(p->out, "names    %u more with --all", p->left);
        end_line(p);
    }
    const char *on = !p->style.colour ? "" : s->fresh > 0 ? "\033[31m" : "\033[32m";
    mu_buf_printf(p->out, "answer   %s%s%s", on, mu_series_answer(p->h->arena, s),
                  *on != '\0' ? "\033[0m" : "");
    end_line(p);
}

void mu_history_text(struct mu_buf *out, const struct mu_history *h, struct mu_compare_style style)
{
    struct page page = { .out = out, .style = style, .h = h }, *p = &page;
    bool first = true;
    for (const struct mu_history_skipped *skipped = h->skipped; skipped != NULL;
         skipped = skipped->next) {
        mu_buf_puts(out, "note     passed over '");
        mu_compare_words(out, skipped->folder, 100);
        mu_buf_puts(out, "': ");
        mu_compare_words(out, skipped->why, 100);
        end_line(p);
    }
    for (const struct mu_series *s = h->series; s != NULL; s = s->next) {
        bool told = h->follow == NULL;
        for (const struct mu_history_case *of = s->of; of != NULL && !told; of = of->next)
            told = of->step != NULL;
        if (!told)
            continue;
        if (!first)
            mu_buf_putc(out, '\n');
        first = false;
        p->lines = p->left = 0;
        put_series(p, s);
    }
}

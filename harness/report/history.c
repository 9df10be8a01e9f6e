#include "report/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_safe.h"

struct mu_gaps { /* between two runs, found once */
    const struct mu_past *before, *after;
    struct mu_gap gap;
    struct mu_gaps *next;
};

struct mu_history *mu_history_new(struct mu_arena *arena, const char *follow)
{
    struct mu_history *h = mu_new(arena, struct mu_history);
    h->arena = arena;
    h->follow = follow;
    h->tail = &h->skipped;
    return h;
}

static const char *keep(struct mu_history *h, const char *text)
{
    return mu_table_word(&h->words, h->arena, mu_bytes_of(text));
}

void mu_history_skip(struct mu_history *h, const char *folder, const char *why)
{
    struct mu_history_skipped *skipped = mu_new(h->arena, struct mu_history_skipped);
    skipped->folder = mu_text_line(h->arena, mu_bytes_of(folder));
    skipped->why = mu_text_line(h->arena, mu_bytes_of(why));
    *h->tail = skipped;
    h->tail = &skipped->next;
}

/* --- adding a run --------------------------------------------------------------------------------------- */

static struct mu_series *series_of(struct mu_history *h, const struct mu_result *m)
{
    const char *profile = mu_pair_value(m->profile, "id"), *sut = mu_pair_value(m->sut, "id");
    struct mu_series **at = &h->series;
    while (*at != NULL && (strcmp((*at)->profile, profile) != 0 || strcmp((*at)->sut, sut) != 0))
        at = &(*at)->next;
    if (*at != NULL)
        return *at;
    struct mu_series *series = mu_new(h->arena, struct mu_series);
    series->profile = keep(h, profile);
    series->sut = keep(h, sut);
    series->name = keep(h, mu_pair_value(m->sut, "name"));
    series->tail = &series->run;
    *at = series;
    return series;
}

static struct mu_history_run *add_run(struct mu_history *h, struct mu_series *series,
                                      const char *folder, const struct mu_result *m)
{
    struct mu_history_run *run = mu_new(h->arena, struct mu_history_run);
    run->index = ++series->runs;
    const char *slash = strrchr(folder, '/');
    run->folder =
        mu_text_line(h->arena, mu_bytes_of(slash != NULL && slash[1] != '\0' ? slash + 1 : folder));
    run->run = keep(h, m->run);
    run->started = keep(h, m->started);
    run->version = keep(h, mu_pair_value(m->sut, "version"));
    run->head = keep(h, m->chain.head);
    run->state = mu_run_state_name(m->state);
    run->why = keep(h, m->chain.why);
    memcpy(run->count, m->count, sizeof run->count);
    run->total = m->total;
    run->past = mu_past_of(h->arena, m);
    *series->tail = run;
    series->tail = &run->next;
    series->last = run;
    h->runs++;
    return run;
}

static struct mu_history_case *case_of(struct mu_history *h, struct mu_series *series,
                                       const struct mu_instance *i)
{
    struct mu_history_case *of = mu_table_find(&series->cases, mu_bytes_of(i->name));
    if (of != NULL)
        return of;
    of = mu_new(h->arena, struct mu_history_case);
    of->name = keep(h, i->name);
    of->of = keep(h, i->of->id);
    of->tail = &of->step;
    of->next = series->of;
    series->of = of;
    mu_table_add(&series->cases, h->arena, of);
    return of;
}

static void put_letter(struct mu_history *h, struct mu_history_case *of, unsigned run, char letter)
{
    if (run > of->room) {
        size_t room = 2 * (size_t) run + 8;
        char *grown = mu_arena_alloc(h->arena, room);
        if (of->letters > 0)
            memcpy(grown, of->letter, of->letters);
        of->letter = grown;
        of->room = room;
    }
    while (of->letters + 1 < run)
        of->letter[of->letters++] = '.';
    of->letter[of->letters++] = letter;
}

/* The end of a result that is forgotten soon. */
static struct mu_end kept_end(struct mu_history *h, const struct mu_result *m,
                              const struct mu_instance *i)
{
    struct mu_end end = mu_end_of(m, i);
    end.reason = keep(h, end.reason);
    end.expectation = keep(h, end.expectation);
    return end;
}

static bool is_good(enum mu_verdict verdict)
{
    return verdict == MU_PASS || verdict == MU_REMARKS;
}

static void add_good(struct mu_history_case *of, struct mu_history_run *run, struct mu_end end)
{
    of->good++;
    if (of->bad) {
        of->flips++;
        run->better++;
    }
    of->bad = false;
    of->last_good = run;
    of->good_end = end;
}

static void add_bad(struct mu_history_case *of, struct mu_history_run *run, struct mu_end end)
{
    if (of->bad)
        return;
    if (of->last_good != NULL)
        of->flips++;
    run->worse += run->index > 1; /* the first run has nothing to be worse than */
    of->bad = true;
    of->first_bad = run;
    of->bad_end = end;
}

static bool follows(const struct mu_history *h, const struct mu_history_case *of)
{
    return h->follow != NULL
           && (strcmp(h->follow, of->name) == 0 || strcmp(h->follow, of->of) == 0);
}

static void add_step(struct mu_history *h, struct mu_history_case *of,
                     const struct mu_history_run *run, const struct mu_instance *i,
                     struct mu_end end)
{
    struct mu_history_step *step = mu_new(h->arena, struct mu_history_step);
    step->run = run;
    step->end = end;
    step->revision = keep(h, i->of->revision);
    step->ms = i->final != NULL ? i->final->ms : -1;
    *of->tail = step;
    of->tail = &step->next;
}

static void add_instance(struct mu_history *h, struct mu_series *series, struct mu_history_run *run,
                         const struct mu_result *m, const struct mu_instance *i)
{
    static const char letter[MU_VERDICTS] = {
        [MU_NOT_RUN] = 'N',      [MU_PASS] = 'P', [MU_REMARKS] = 'R',
        [MU_INCONCLUSIVE] = 'I', [MU_FAIL] = 'F', [MU_ERROR] = 'E',
    };
    struct mu_history_case *of = case_of(h, series, i);
    struct mu_end end = kept_end(h, m, i);
    put_letter(h, of, run->index, letter[i->verdict]);
    of->last = run;
    of->now = end;
    of->shaky += i->unstable;
    if (follows(h, of))
        add_step(h, of, run, i, end);
    if (i->verdict == MU_NOT_RUN)
        return;
    of->judged++;
    if (is_good(i->verdict))
        add_good(of, run, end);
    else
        add_bad(of, run, end);
}

static void add_issues(struct mu_history *h, struct mu_series *series,
                       const struct mu_history_run *run, const struct mu_result *m)
{
    for (const struct mu_issue *i = m->issue; i != NULL; i = i->next) {
        if (mu_table_find(&series->issues, mu_bytes_of(i->key)) != NULL)
            continue;
        struct mu_history_issue *issue = mu_new(h->arena, struct mu_history_issue);
        issue->key = keep(h, i->key);
        issue->run = run;
        mu_table_add(&series->issues, h->arena, issue);
    }
}

/* The texts of a mark belong to a result that is forgotten soon. */
static void add_marks(struct mu_history *h, const struct mu_high_mark *mark)
{
    for (; mark != NULL; mark = mark->next) {
        struct mu_high_mark copy = *mark;
        copy.policy = keep(h, mark->policy);
        copy.marking = keep(h, mark->marking);
        copy.classification = keep(h, mark->classification);
        copy.colour = keep(h, mark->colour);
        copy.text_colour = keep(h, mark->text_colour);
        copy.decision = keep(h, mark->decision);
        copy.next = NULL;
        mu_marks_raise(h->arena, &h->mark, &copy);
    }
}

/* Why a run does not go before another; NULL: it does. */
static const char *not_before(const struct mu_result *m, const struct mu_result *until)
{
    const struct {
        bool is;
        const char *says;
    } row[] = {
        { strcmp(m->run, until->run) == 0, "it is the run itself" },
        { strcmp(mu_pair_value(m->profile, "id"), mu_pair_value(until->profile, "id")) != 0,
          "it is of another profile" },
        { strcmp(mu_pair_value(m->sut, "id"), mu_pair_value(until->sut, "id")) != 0,
          "it is of another system under test" },
        { strcmp(m->started, until->started) > 0, "it started later" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].is)
            return row[i].says;
    return NULL;
}

bool mu_history_add(struct mu_history *h, const char *folder, const struct mu_result *m,
                    const char **why)
{
    *why = h->until != NULL ? not_before(m, h->until) : NULL;
    if (*why != NULL)
        return false;
    struct mu_series *series = series_of(h, m);
    for (const struct mu_history_run *r = series->run; r != NULL; r = r->next)
        if (strcmp(r->run, m->run) == 0 && strcmp(r->head, m->chain.head) == 0) {
            *why = mu_arena_printf(h->arena, "the same run as '%s'", r->folder);
            return false;
        }
    struct mu_history_run *run = add_run(h, series, folder, m);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        add_instance(h, series, run, m, i);
    add_issues(h, series, run, m);
    add_marks(h, m->mark);
    return true;
}

/* --- settling -------------------------------------------------------------------------------------------- */

static const struct mu_gap *gap_between(struct mu_history *h, const struct mu_history_run *before,
                                        const struct mu_history_run *after)
{
    struct mu_gaps *g = h->gaps;
    while (g != NULL && (g->before != before->past || g->after != after->past))
        g = g->next;
    if (g != NULL)
        return &g->gap;
    g = mu_new(h->arena, struct mu_gaps);
    g->before = before->past;
    g->after = after->past;
    mu_gap_find(h->arena, before->past, after->past, &g->gap);
    g->next = h->gaps;
    h->gaps = g;
    return &g->gap;
}

static bool same_end(struct mu_end a, struct mu_end b)
{
    return a.verdict == b.verdict && strcmp(a.reason, b.reason) == 0;
}

/* Of a case that is followed each change is explained, from one run that judged it to the next. */
static void explain_steps(struct mu_history *h, struct mu_history_case *of)
{
    const struct mu_history_step *before = NULL;
    for (struct mu_history_step *s = of->step; s != NULL; s = s->next) {
        if (s->end.verdict == MU_NOT_RUN)
            continue;
        if (before != NULL && !same_end(before->end, s->end))
            s->cause =
                mu_gap_causes(gap_between(h, before->run, s->run), of->of, before->end, s->end);
        before = s;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct mu_history_case *const *) a)->name,
                  (*(struct mu_history_case *const *) b)->name);
}

static void sort_cases(struct mu_history *h, struct mu_series *series)
{
    size_t n = 0;
    struct mu_history_case **item =
        mu_arena_array(h->arena, series->cases.count + 1, sizeof(struct mu_history_case *));
    for (struct mu_history_case *of = series->of; of != NULL; of = of->next)
        item[n++] = of;
    qsort(item, n, sizeof(struct mu_history_case *), by_name);
    for (size_t i = 0; i < n; i++)
        item[i]->next = item[i + 1]; /* the last one's is the NULL behind the end */
    series->of = item[0];
}

static void settle_case(struct mu_history *h, struct mu_series *series, struct mu_history_case *of)
{
    while (of->letters < series->runs)
        put_letter(h, of, (unsigned) of->letters + 1, '.');
    put_letter(h, of, series->runs + 1, '\0');
    explain_steps(h, of);
    series->known++;
    series->unstable += of->flips > 1 || of->shaky > 0;
    if (!of->bad)
        return;
    series->bad++;
    series->fresh += of->first_bad == series->last && series->runs > 1;
    if (of->last_good != NULL)
        of->cause = mu_gap_causes(gap_between(h, of->last_good, of->first_bad), of->of,
                                  of->good_end, of->bad_end);
}

void mu_history_settle(struct mu_history *h)
{
    for (struct mu_series *s = h->series; s != NULL; s = s->next) {
        sort_cases(h, s);
        for (struct mu_history_case *of = s->of; of != NULL; of = of->next)
            settle_case(h, s, of);
    }
}

bool mu_history_followed(const struct mu_history *h)
{
    for (const struct mu_series *s = h->series; s != NULL; s = s->next)
        for (const struct mu_history_case *of = s->of; of != NULL; of = of->next)
            if (of->step != NULL)
                return true;
    return false;
}

const struct mu_history_case *mu_history_find(const struct mu_history *h, const char *profile,
                                              const char *sut, const char *name)
{
    for (const struct mu_series *s = h->series; s != NULL; s = s->next)
        if (strcmp(s->profile, profile) == 0 && strcmp(s->sut, sut) == 0)
            return mu_table_find(&s->cases, mu_bytes_of(name));
    return NULL;
}

const char *mu_series_answer(struct mu_arena *arena, const struct mu_series *s)
{
    struct mu_buf out = { .arena = arena };
    if (s->bad == 0)
        mu_buf_printf(&out, "none of %u case%s is bad", s->known, s->known == 1 ? "" : "s");
    else
        mu_buf_printf(&out, "%u of %u case%s %s bad", s->bad, s->known, s->known == 1 ? "" : "s",
                      s->bad == 1 ? "is" : "are");
    if (s->bad > 0 && s->runs > 1)
        mu_buf_printf(&out, ", %u of them new in the last run", s->fresh);
    if (s->unstable > 0)
        mu_buf_printf(&out, "; %u unstable", s->unstable);
    return mu_buf_text(&out);
}

#include "report/since.h"

#include <string.h>

#include "base/limits.h"

struct first_seen {
    const char *key; /* first: key of a table */
    const char *run;
};

/* --- finding --------------------------------------------------------------------------------------------- */

static bool is_bad(const struct mu_instance *i)
{
    return i->verdict > MU_REMARKS;
}

static bool is_good(const struct mu_instance *i)
{
    return i->verdict == MU_PASS || i->verdict == MU_REMARKS;
}

static void add(struct mu_result *m, struct mu_since_case ***tail, const struct mu_instance *i,
                enum mu_verdict before, const struct mu_history_run *run)
{
    struct mu_since_case *one = mu_new(m->arena, struct mu_since_case);
    one->instance = i;
    one->before = before;
    one->run = run != NULL ? run->run : "";
    **tail = one;
    *tail = &one->next;
}

static void find_cases(struct mu_result *m, const struct mu_series *s, struct mu_since *since)
{
    struct mu_since_case **new_tail = &since->new_one, **fixed_tail = &since->fixed_one;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        const struct mu_history_case *of = mu_table_find(&s->cases, mu_bytes_of(i->name));
        if (is_bad(i) && (of == NULL || !of->bad)) {
            bool judged = of != NULL && of->last_good != NULL;
            add(m, &new_tail, i, judged ? of->good_end.verdict : MU_NOT_RUN,
                judged ? of->last_good : NULL);
            since->fresh++;
        } else if (is_good(i) && of != NULL && of->bad) {
            add(m, &fixed_tail, i, of->bad_end.verdict, of->first_bad);
            since->fixed++;
        }
    }
}

/* The key of an issue is built anew for each run, of texts that are the same in all of them. */
static void find_issues(struct mu_result *m, const struct mu_series *s, struct mu_since *since)
{
    for (struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        const struct mu_history_issue *before = mu_table_find(&s->issues, mu_bytes_of(issue->key));
        if (before == NULL)
            continue;
        struct first_seen *first = mu_new(m->arena, struct first_seen);
        first->key = issue->key;
        first->run = before->run->run;
        mu_table_add(&since->seen, m->arena, first);
    }
}

const char *mu_since_first(const struct mu_result *m, const struct mu_issue *issue)
{
    if (m->since == NULL)
        return "";
    const struct first_seen *first = mu_table_find(&m->since->seen, mu_bytes_of(issue->key));
    return first != NULL ? first->run : m->run;
}

bool mu_since_find(struct mu_result *m, const struct mu_history_stream *stream, size_t count,
                   struct mu_err *err)
{
    struct mu_history *h = mu_history_new(m->arena, NULL);
    h->until = m;
    mu_history_read(h, stream, count);
    const struct mu_series *s = h->series;
    const struct mu_history_skipped *last = h->skipped;
    while (last != NULL && last->next != NULL)
        last = last->next;
    if (s == NULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "no run of the baseline goes before this one; of '%.80s': %.100s",
                       last != NULL ? last->folder : "", last != NULL ? last->why : "");
    struct mu_since *since = mu_new(m->arena, struct mu_since);
    since->run = s->last->run;
    since->started = s->last->started;
    since->version = s->last->version;
    since->runs = s->runs;
    find_cases(m, s, since);
    find_issues(m, s, since);
    m->since = since;
    return true;
}

/* --- showing --------------------------------------------------------------------------------------------- */

#define NAMES_SHOWN 3

static void put_names(struct mu_buf *out, const struct mu_since_case *one, unsigned count)
{
    unsigned shown = 0;
    for (; one != NULL && shown < NAMES_SHOWN; one = one->next) {
        mu_buf_puts(out, shown++ > 0 ? ", " : ": ");
        mu_compare_words(out, one->instance->name, 100);
    }
    if (shown < count)
        mu_buf_printf(out, ", and %u more", count - shown);
}

void mu_since_text(struct mu_buf *out, const struct mu_since *since)
{
    mu_buf_printf(out, "%u new since ", since->fresh);
    mu_compare_words(out, since->run, 40);
    if (*since->version != '\0') {
        mu_buf_puts(out, " (");
        mu_compare_words(out, since->version, 20);
        mu_buf_putc(out, ')');
    }
    put_names(out, since->new_one, since->fresh);
    mu_buf_printf(out, "; %u fixed", since->fixed);
    put_names(out, since->fixed_one, since->fixed);
}

static void put_cases(struct mu_json *j, const char *name, const char *run,
                      const struct mu_since_case *one)
{
    mu_json_open(j, name, '[');
    for (; one != NULL; one = one->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "case", one->instance->name);
        mu_json_text(j, "verdict", mu_verdict_name(one->instance->verdict));
        if (one->before != MU_NOT_RUN)
            mu_json_text(j, "before", mu_verdict_name(one->before));
        if (*one->run != '\0')
            mu_json_text(j, run, one->run);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

void mu_since_json(struct mu_json *j, const struct mu_since *since)
{
    if (since == NULL)
        return;
    if (j->comma)
        mu_buf_putc(j->out, ',');
    mu_buf_putc(j->out, '\n');
    j->comma = false;
    mu_json_open(j, "baseline", '{');
    mu_json_text(j, "run", since->run);
    mu_json_text(j, "started", since->started);
    mu_json_number(j, "runs", (int64_t) since->runs);
    put_cases(j, "new", "good_in", since->new_one);
    put_cases(j, "fixed", "bad_since", since->fixed_one);
    mu_json_close(j, '}');
}

static void add_cases(struct mu_model_tree *t, const char *name, const struct mu_since_case *one)
{
    unsigned shown = 0;
    for (; one != NULL && shown < MU_COMPARE_SHOWN_MAX; one = one->next, shown++) {
        mu_model_open(t, name);
        mu_model_set(t, "name", one->instance->name);
        mu_model_number(t, "index", (int64_t) one->instance->index);
        mu_model_set(t, "verdict", mu_verdict_name(one->instance->verdict));
        if (one->before != MU_NOT_RUN)
            mu_model_set(t, "before", mu_verdict_name(one->before));
        mu_model_set(t, "run", one->run);
        mu_model_close(t);
    }
}

void mu_since_model(struct mu_model_tree *t, const struct mu_since *since)
{
    if (since == NULL)
        return;
    mu_model_open(t, "since");
    mu_model_set(t, "run", since->run);
    mu_model_set(t, "started", since->started);
    mu_model_set(t, "version", since->version);
    mu_model_number(t, "runs", (int64_t) since->runs);
    mu_model_number(t, "new", (int64_t) since->fresh);
    mu_model_number(t, "fixed", (int64_t) since->fixed);
    add_cases(t, "new", since->new_one);
    add_cases(t, "fixed", since->fixed_one);
    mu_model_close(t);
}

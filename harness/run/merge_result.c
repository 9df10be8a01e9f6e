/* One instance of the merge: the attempts of every take that is kept, its evidence, what was known of it;
 * and the end, which counts what the whole run would have counted. */
#include <stdio.h>
#include <string.h>

#include "base/exit.h"
#include "base/names.h"
#include "run/merge_inside.h"

#define ATTEMPTS_MAX 256

/* An instance while it is written. */
struct writing {
    struct mu_merge *m;
    struct mu_merge_instance *instance;
    unsigned attempts, passed; /* that were judged */
    unsigned speaks;           /* the attempt that does */
    bool unstable, seen;
    enum mu_verdict verdict; /* of the first attempt */
    char reason[200];
    /* Of the take in hand. */
    const struct mu_merge_take *take;
    unsigned attempt[ATTEMPTS_MAX]; /* here, of its own; 0: not judged, and left out */
};

static bool attempt_of(const struct writing *w, const json_t *event, unsigned *attempt,
                       struct mu_err *err)
{
    int64_t n = mu_merge_number(event, "attempt", 1);
    if (n < 1 || n >= ATTEMPTS_MAX)
        return mu_fail(err, MU_ERR_USAGE, "'%s' has an attempt of '%s' that no run has",
                       w->m->source[w->m->leaf[w->take->leaf].source].path, w->instance->name);
    *attempt = (unsigned) n;
    return true;
}

static bool is(const json_t *event, const char *name)
{
    return strcmp(mu_merge_member(event, "event"), name) == 0;
}

/* Which of its attempts have a verdict; they get the next numbers. */
static bool number_attempts(struct writing *w, struct mu_err *err)
{
    struct mu_merge *m = w->m;
    json_t *event;
    unsigned n;
    memset(w->attempt, 0, sizeof w->attempt);
    for (uint32_t r = w->take->lines.first; r != 0;
         r = MU_MERGE_AT(m->refs, struct mu_merge_ref, r)->next) {
        TRY(mu_merge_line(m, m->leaf[w->take->leaf].source, r, &event, err));
        bool verdict = is(event, "verdict"), ok = !verdict || attempt_of(w, event, &n, err);
        if (ok && verdict)
            w->attempt[n] = 1;
        json_decref(event);
        TRY(ok);
    }
    for (n = 1; n < ATTEMPTS_MAX; n++)
        if (w->attempt[n] != 0)
            w->attempt[n] = ++w->attempts;
    return true;
}

static void note_end(struct writing *w, const json_t *event, unsigned attempt)
{
    enum mu_verdict verdict = MU_ERROR;
    const char *reason = mu_merge_member(event, "reason");
    mu_verdict_from_name(mu_merge_member(event, "verdict"), &verdict);
    w->passed += verdict == MU_PASS || verdict == MU_REMARKS;
    if (!w->seen) {
        w->seen = true;
        w->verdict = verdict;
        snprintf(w->reason, sizeof w->reason, "%s", reason);
    }
    w->unstable = w->unstable || verdict != w->verdict
                  || strncmp(reason, w->reason, sizeof w->reason - 1) != 0;
    (void) attempt;
}

/* What was known of a take is what is known of the instance only where no other take speaks, too. */
static void move_expectation(const struct writing *w, json_t *event)
{
    static const char *const name[2][2] = { { "expectation", "entry" },
                                            { "was_expectation", "was_entry" } };
    bool alone = w->instance->kept == 1;
    for (size_t k = 0; k < 2; k++) {
        json_t *value = json_object_get(event, name[0][k]);
        if (value == NULL)
            value = json_object_get(event, name[1][k]);
        json_incref(value);
        json_object_del(event, name[0][k]);
        json_object_del(event, name[1][k]);
        if (value != NULL)
            json_object_set_new(event, name[!alone][k], value);
    }
    if (is(event, "settled") || is(event, "was-settled"))
        json_object_set_new(event, "event", json_string(alone ? "settled" : "was-settled"));
}

static bool put_evidence(struct writing *w, json_t *event, const char *folder, struct mu_err *err)
{
    struct mu_merge *m = w->m;
    const struct mu_merge_source *source = &m->source[m->leaf[w->take->leaf].source];
    json_t *evidence = json_object_get(event, "evidence");
    if (!json_is_object(evidence))
        return true;
    TRY(mu_merge_evidence(m, source, evidence, folder, err));
    mu_merge_rename(event, evidence, folder);
    return true;
}

static bool put_line(struct writing *w, json_t *event, struct mu_err *err)
{
    unsigned own, attempt;
    char folder[40];
    TRY(attempt_of(w, event, &own, err));
    attempt = w->attempt[own];
    if (attempt == 0)
        return true;
    snprintf(folder, sizeof folder, attempt > 1 ? "cases/%04u-%u" : "cases/%04u",
             (unsigned) w->instance->folder, attempt);
    json_object_set_new(event, "attempt", json_integer(attempt));
    if (is(event, "start"))
        mu_merge_rename(event, event, folder);
    if (is(event, "verdict")) {
        note_end(w, event, attempt);
        TRY(put_evidence(w, event, folder, err));
    }
    if (is(event, "verdict") || is(event, "settled") || is(event, "was-settled"))
        move_expectation(w, event);
    return mu_merge_put(w->m, json_incref(event), &w->m->leaf[w->take->leaf], err);
}

static bool put_take(struct writing *w, struct mu_err *err)
{
    struct mu_merge *m = w->m;
    json_t *event;
    TRY(number_attempts(w, err));
    for (uint32_t r = w->take->lines.first; r != 0;
         r = MU_MERGE_AT(m->refs, struct mu_merge_ref, r)->next) {
        TRY(mu_merge_line(m, m->leaf[w->take->leaf].source, r, &event, err));
        bool ok = put_line(w, event, err);
        json_decref(event);
        TRY(ok);
    }
    return true;
}

/* Several takes: which attempt speaks, in a line of ours. */
static bool put_settled(const struct writing *w, struct mu_err *err)
{
    const struct mu_merge_take *speaks = w->instance->speaks;
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("settled"));
    json_object_set_new(event, "case", json_string(w->instance->name));
    json_object_set_new(event, "attempt", json_integer(w->speaks));
    json_object_set_new(event, "verdict", json_string(mu_verdict_name(speaks->verdict)));
    json_object_set_new(event, "reason", json_string(speaks->reason));
    json_object_set_new(event, "passed", json_integer(w->passed));
    json_object_set_new(event, "of", json_integer(w->attempts));
    if (*speaks->expectation != '\0')
        json_object_set_new(event, "expectation", json_string(speaks->expectation));
    if (speaks->entry > 0)
        json_object_set_new(event, "entry", json_integer(speaks->entry));
    return mu_merge_put(w->m, event, NULL, err);
}

/* As the coordinator counts. */
static void count(struct mu_merge *m, const struct mu_merge_instance *instance)
{
    const struct mu_merge_take *take = instance->speaks;
    const char *word = take->expectation;
    bool fresh = strcmp(word, "new-failure") == 0, better = strcmp(word, "unexpected-pass") == 0;
    bool changed = strcmp(word, "reason-changed") == 0;
    size_t entries = m->entries.n / sizeof(struct mu_merge_entry);
    m->count[take->verdict]++;
    m->new_failures += fresh && take->verdict == MU_FAIL;
    m->new_errors += fresh && take->verdict == MU_ERROR;
    m->new_inconclusives += fresh && take->verdict == MU_INCONCLUSIVE;
    m->unexpected += better;
    m->changed += changed;
    for (size_t i = 1; i <= entries; i++) {
        struct mu_merge_entry *entry = MU_MERGE_AT(m->entries, struct mu_merge_entry, i);
        entry->asked = entry->asked || mu_name_matches(instance->name, entry->of);
        entry->better += i == take->entry && better;
        entry->other += i == take->entry && changed;
        entry->used += i == take->entry && !better && !changed;
    }
}

bool mu_merge_instance_lines(struct mu_merge *m, struct mu_merge_instance *instance,
                             struct mu_err *err)
{
    struct writing w = { .m = m, .instance = instance };
    for (uint32_t t = instance->takes; t != 0; t = w.take->next) {
        w.take = MU_MERGE_AT(m->takes, struct mu_merge_take, t);
        unsigned before = w.attempts;
        TRY(put_take(&w, err));
        if (w.take == instance->speaks)
            w.speaks = before + 1;
    }
    m->unstable += w.unstable;
    count(m, instance);
    return instance->kept == 1 || (put_settled(&w, err) && mu_merge_conflict(m, instance, err));
}

/* --- the end -------------------------------------------------------------------------------------------- */

/* What is wrong with an entry, now that all results are there; NULL: nothing. */
static const char *stale(struct mu_arena *arena, const struct mu_merge_entry *e)
{
    if (e->max >= 0 && e->used > e->max)
        return mu_arena_printf(arena, "matched %u results, at most %lld are allowed", e->used,
                               (long long) e->max);
    if (e->used > 0 || !e->asked)
        return NULL;
    if (e->better > 0)
        return mu_arena_printf(arena, "matched no result; %u better than stated", e->better);
    if (e->other > 0)
        return mu_arena_printf(arena, "matched no result; %u with another reason", e->other);
    return "matched no result";
}

/* What a run itself said of an entry that has nothing to do with how many results there are. */
static const char *said(const struct mu_merge *m, size_t entry)
{
    const json_t *item;
    size_t i;
    for (size_t leaf = 0; leaf < m->leaves; leaf++)
        json_array_foreach(json_object_get(m->leaf[leaf].facts, "stale"), i,
                           item) if (mu_merge_number(item, "entry", 0)
                                     == (int64_t) entry) return mu_merge_member(item, "why");
    return NULL;
}

static json_t *stale_entries(struct mu_merge *m)
{
    json_t *all = json_array();
    for (size_t i = 1; i <= m->entries.n / sizeof(struct mu_merge_entry); i++) {
        const char *why = said(m, i);
        if (why == NULL)
            why = stale(m->arena, MU_MERGE_AT(m->entries, struct mu_merge_entry, i));
        if (why == NULL)
            continue;
        json_t *one = json_object();
        json_object_set_new(one, "entry", json_integer((json_int_t) i));
        json_object_set_new(one, "why", json_string(why));
        json_array_append_new(all, one);
    }
    m->stale = json_array_size(all);
    return all;
}

/* As the coordinator decides it. Trouble that is in no verdict is in the status of the run that had it. */
static enum mu_exit exit_of(const struct mu_merge *m)
{
    const json_t *open = m->source[m->leaf[0].source].open;
    bool trouble = m->new_errors > 0;
    for (size_t i = 0; i < m->leaves; i++)
        trouble = trouble || mu_merge_number(m->leaf[i].facts, "exit", 0) == MU_EXIT_TROUBLE;
    if (m->result->missing > 0)
        return MU_EXIT_INTERRUPTED;
    if (trouble)
        return MU_EXIT_TROUBLE;
    if (m->new_failures > 0 || m->late > 0)
        return MU_EXIT_FAILURES;
    if (m->unexpected > 0 || m->changed > 0 || m->stale > 0)
        return MU_EXIT_STALE;
    if ((int64_t) m->new_inconclusives > mu_merge_number(open, "max_inconclusive", 0))
        return MU_EXIT_INCONCLUSIVE;
    return MU_EXIT_OK;
}

static int64_t longest(const struct mu_merge *m)
{
    int64_t ms = 0;
    for (size_t i = 0; i < m->leaves; i++) {
        int64_t one = mu_merge_number(m->leaf[i].facts, "ms", 0);
        ms = one > ms ? one : ms;
    }
    return ms;
}

bool mu_merge_end(struct mu_merge *m, struct mu_err *err)
{
    json_t *event = json_object(), *counts = json_object();
    for (int v = 0; v < MU_VERDICTS; v++)
        json_object_set_new(counts, mu_verdict_name((enum mu_verdict) v),
                            json_integer((json_int_t) m->count[v]));
    json_object_set_new(event, "event", json_string("close"));
    json_object_set_new(event, "counts", counts);
    json_object_set_new(event, "late", json_integer((json_int_t) m->late));
    if (m->unstable > 0)
        json_object_set_new(event, "unstable", json_integer((json_int_t) m->unstable));
    json_object_set_new(event, "interrupted", json_boolean(m->result->missing > 0));
    json_object_set_new(event, "stale", stale_entries(m));
    json_object_set_new(event, "exit", json_integer(exit_of(m)));
    json_object_set_new(event, "ms", json_integer(longest(m)));
    return mu_merge_put(m, event, NULL, err);
}

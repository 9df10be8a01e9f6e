/* Retries and repeats: which attempts there are, which one speaks, and what was known of it. */
#include <assert.h>
#include <string.h>

#include "core/words.h"
#include "run/coordinator.h"

static const char *const final_name[] = { "first", "last", "worst" };

const char *mu_final_name(enum mu_final final)
{
    return mu_word(final_name, MU_COUNT(final_name), (int) final);
}

bool mu_final_from_name(const char *name, enum mu_final *final)
{
    int i = mu_word_find(final_name, MU_COUNT(final_name), name);
    if (i >= 0)
        *final = (enum mu_final) i;
    return i >= 0;
}

unsigned mu_tries_of(const struct mu_tries *tries)
{
    unsigned most = tries->repeat > 1 ? tries->repeat : 1;
    for (int v = 0; v < MU_VERDICTS; v++)
        if (tries->retry[v] + 1u > most)
            most = tries->retry[v] + 1u;
    return most;
}

void mu_tries_members(const struct mu_tries *tries, struct mu_json *j)
{
    if (mu_tries_of(tries) == 1)
        return;
    mu_json_open(j, "tries", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        if (tries->retry[v] > 0)
            mu_json_number(j, mu_verdict_name((enum mu_verdict) v), tries->retry[v]);
    if (tries->repeat > 1)
        mu_json_number(j, "repeat", tries->repeat);
    if (tries->until_fail)
        mu_json_bool(j, "until_fail", true);
    mu_json_text(j, "final", mu_final_name(tries->final));
    mu_json_close(j, '}');
}

const char *mu_expectation_name(enum mu_expectation expectation)
{
    static const char *const name[] = {
        [MU_AS_EXPECTED] = "as-expected",         [MU_NEW_FAILURE] = "new-failure",
        [MU_UNEXPECTED_PASS] = "unexpected-pass", [MU_REASON_CHANGED] = "reason-changed",
        [MU_QUARANTINED] = "quarantined",         [MU_UNCLAIMED] = "unclaimed",
    };
    return mu_word(name, MU_COUNT(name), (int) expectation);
}

/* Does this attempt speak in place of the one kept? */
static bool speaks(const struct mu_tries *tries, const struct mu_outcome_kept *k,
                   enum mu_verdict verdict)
{
    if (k->tried == 0 || tries->final == MU_FINAL_LAST)
        return true;
    return tries->final == MU_FINAL_WORST && (int) verdict > k->verdict;
}

void mu_tries_keep(struct mu_coordinator *run, size_t item, unsigned attempt,
                   enum mu_verdict verdict, const char *reason)
{
    struct mu_outcome_kept *k = &run->kept[item];
    bool passed = verdict == MU_PASS || verdict == MU_REMARKS;
    /* A run of single attempts keeps no text: what was known of it is settled at once. */
    const char *kept = reason;
    if (mu_tries_of(&run->options->tries) > 1 || run->options->resume)
        kept = mu_arena_strndup(run->arena, reason, strlen(reason));
    k->differs =
        k->differs || (k->tried > 0 && (k->last != verdict || strcmp(k->last_reason, reason) != 0));
    if (speaks(&run->options->tries, k, verdict)) {
        k->attempt = (uint8_t) attempt;
        k->verdict = (uint8_t) verdict;
        k->reason = kept;
    }
    k->last = (uint8_t) verdict;
    k->last_reason = kept;
    k->tried++;
    k->passed = (uint8_t) (k->passed + passed);
    run->failed = run->failed || !passed;
}

bool mu_tries_again(const struct mu_coordinator *run, size_t item, bool unrun)
{
    const struct mu_outcome_kept *k = &run->kept[item];
    return !unrun && run->options->tries.repeat <= 1 && k->tried > 0
           && run->options->tries.retry[k->last] >= k->tried;
}

struct mu_expected mu_tries_settle(struct mu_coordinator *run, size_t item)
{
    struct mu_outcome_kept *k = &run->kept[item];
    struct mu_run_result *r = run->result;
    assert(k->tried > 0);
    enum mu_verdict verdict = (enum mu_verdict) k->verdict;
    struct mu_expected e = run->host->expect(run->host->self, item, verdict, k->reason);
    bool fresh = e.as == MU_NEW_FAILURE;
    k->settled = true;
    run->verdict[item] = k->verdict;
    r->count[verdict]++;
    r->new_failures += fresh && verdict == MU_FAIL;
    r->new_errors += fresh && verdict == MU_ERROR;
    r->new_inconclusives += fresh && verdict == MU_INCONCLUSIVE;
    r->unexpected_passes += e.as == MU_UNEXPECTED_PASS;
    r->reasons_changed += e.as == MU_REASON_CHANGED;
    r->unstable += k->differs;
    return e;
}

bool mu_tries_write(struct mu_coordinator *run, size_t item, struct mu_err *err)
{
    const struct mu_outcome_kept *k = &run->kept[item];
    struct mu_expected e = mu_tries_settle(run, item);
    char name[MU_NAME_TEXT];
    mu_item_name(run, item, name);
    struct mu_json *j = mu_journal_begin(&run->journal, "settled");
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", k->attempt);
    mu_json_text(j, "verdict", mu_verdict_name((enum mu_verdict) k->verdict));
    mu_json_text(j, "reason", k->reason);
    mu_json_number(j, "passed", k->passed);
    mu_json_number(j, "of", k->tried);
    mu_json_text(j, "expectation", mu_expectation_name(e.as));
    if (e.entry > 0)
        mu_json_number(j, "entry", e.entry);
    return mu_journal_end(&run->journal, err);
}

/* --- rounds ------------------------------------------------------------------------------------------ */

bool mu_tries_round(struct mu_coordinator *run)
{
    const struct mu_tries *tries = &run->options->tries;
    if (run->round >= tries->repeat || (tries->until_fail && run->failed))
        return false;
    run->round++;
    mu_queues_reset(run);
    return true;
}

/* In a run of repeats nothing is final before the last round. */
bool mu_tries_finish(struct mu_coordinator *run, struct mu_err *err)
{
    const struct mu_tries *tries = &run->options->tries;
    bool rounds_left = run->round < tries->repeat && !(tries->until_fail && run->failed);
    for (size_t i = 0; i < run->host->items; i++) {
        const struct mu_outcome_kept *k = &run->kept[i];
        bool waits = tries->repeat > 1 && (rounds_left || k->tried < run->round);
        if (k->tried > 0 && !k->settled && run->state[i] == MU_ITEM_DONE && !waits)
            TRY(mu_tries_write(run, i, err));
    }
    return true;
}

/* A negative case whose control did not pass, and whatever else was never sent, is not tried again. */
static bool was_unrun(const char *reason)
{
    return strcmp(reason, "control-failed") == 0 || strcmp(reason, "probe-failed") == 0
           || strcmp(reason, "adapter:gone") == 0;
}

void mu_tries_resume(struct mu_coordinator *run)
{
    bool repeats = run->options->tries.repeat > 1;
    unsigned least = repeats ? run->options->tries.repeat : 1;
    for (size_t i = 0; i < run->host->items && repeats; i++)
        if (run->state[i] != MU_ITEM_ELSEWHERE)
            least = run->kept[i].tried < least ? run->kept[i].tried : least;
    bool whole = true; /* is every item of the round after `least` open? */
    for (size_t i = 0; i < run->host->items && repeats; i++)
        whole = whole && (run->kept[i].tried == least || run->state[i] == MU_ITEM_ELSEWHERE);
    run->round = !repeats ? 1 : whole && least > 0 ? least : least + 1;
    for (size_t i = 0; i < run->host->items; i++) {
        const struct mu_outcome_kept *k = &run->kept[i];
        if (run->state[i] == MU_ITEM_ELSEWHERE)
            continue;
        bool done = repeats ? k->tried >= run->round
                            : k->tried > 0 && !mu_tries_again(run, i, was_unrun(k->last_reason));
        run->state[i] = done ? MU_ITEM_DONE : MU_ITEM_WAITING;
        if (done)
            run->verdict[i] = repeats ? k->last : k->verdict;
    }
}

/* --- what may still come -------------------------------------------------------------------------- */

void mu_note_may_come(struct mu_coordinator *run, size_t item, unsigned attempt, uint32_t messages)
{
    struct mu_may_come m = { (uint32_t) item, (uint8_t) attempt, messages };
    if (messages != 0)
        mu_buf_put(&run->may_come, &m, sizeof m);
}

/* Looked for when a delivery is nobody's, which is rare. */
uint32_t mu_may_come_of(const struct mu_coordinator *run, size_t item, unsigned attempt)
{
    const struct mu_may_come *m = (const struct mu_may_come *) (const void *) run->may_come.p;
    uint32_t messages = 0;
    for (size_t i = 0; i < run->may_come.n / sizeof *m; i++)
        if (m[i].item == item && m[i].attempt == attempt)
            messages |= m[i].messages;
    return messages;
}

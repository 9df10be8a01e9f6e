/* The end of a case, and of a delivery: what is kept of it, and the line that says so. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "run/coordinator.h"
#include "run/trigger.h"

static void json_rules(struct mu_coordinator *run, struct mu_json *j, const char *name,
                       const char *mark, char which)
{
    mu_json_open(j, name, '[');
    for (size_t r = 0; r < run->host->rules; r++)
        if (mark[r] == which)
            mu_json_text(j, NULL, run->host->rule_id(run->host->self, r));
    mu_json_close(j, ']');
}

static void json_legs(struct mu_coordinator *run, struct mu_json *j, const struct mu_attempt *a)
{
    mu_json_open(j, "legs", '[');
    for (size_t i = 0; i < a->legs; i++) {
        const char *mark = a->marks.p + i * (run->host->rules + 1);
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "leg", a->leg[i]);
        json_rules(run, j, "held", mark, MU_MARK_HOLDS);
        json_rules(run, j, "broken", mark, MU_MARK_BREAKS);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_evidence(const struct mu_coordinator *run, struct mu_json *j, const char *folder,
                         const struct mu_evidence_list *list)
{
    mu_evidence_json(j, run->veil != NULL ? NULL : folder, list);
}

static void acknowledge_later(struct mu_coordinator *run, size_t item, enum mu_verdict verdict,
                              const char *reason)
{
    struct mu_acknowledgement *a = &run->pending[run->pendings++];
    *a = (struct mu_acknowledgement){ .line = run->journal.written + 1,
                                      .item = item,
                                      .verdict = verdict };
    snprintf(a->reason, sizeof a->reason, "%s", reason);
}

bool mu_acknowledge(struct mu_coordinator *run)
{
    size_t done = 0;
    while (done < run->pendings && run->pending[done].line <= run->journal.synced) {
        struct mu_acknowledgement *a = &run->pending[done++];
        if (a->item < run->host->items)
            run->host->progress(run->host->self, a->item, a->verdict, a->reason);
    }
    memmove(run->pending, run->pending + done, (run->pendings - done) * sizeof *run->pending);
    run->pendings -= done;
    return true;
}

/* A marker that did not come through: the path, not a case, is in trouble. */
static bool finish_marker(struct mu_coordinator *run, const struct mu_attempt *a,
                          struct mu_err *err)
{
    bool ok = a->verdict == MU_PASS || a->verdict == MU_REMARKS;
    run->state[a->item] = MU_ITEM_DONE;
    run->verdict[a->item] = (uint8_t) a->verdict;
    if (ok)
        return true;
    run->probe_failed = true;
    run->result->trouble++;
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    char text[300];
    snprintf(text, sizeof text, "a marker message did not come through: %s %s",
             mu_verdict_name(a->verdict), a->reason);
    mu_json_text(j, "text", text);
    return mu_journal_end(&run->journal, err);
}

/* What was known of it stands here when this was the only attempt, and in a line of its own when not. */
static void json_expected(struct mu_coordinator *run, struct mu_json *j, const struct mu_attempt *a,
                          bool again)
{
    if (again || run->options->tries.repeat > 1 || run->kept[a->item].tried > 1)
        return;
    struct mu_expected expected = mu_tries_settle(run, a->item);
    mu_json_text(j, "expectation", mu_expectation_name(expected.as));
    if (expected.entry > 0)
        mu_json_number(j, "entry", expected.entry);
}

static bool write_verdict(struct mu_coordinator *run, const struct mu_attempt *a, bool unrun,
                          struct mu_err *err)
{
    size_t item = a->item;
    char name[MU_NAME_TEXT], folder[64];
    run->verdict[item] = (uint8_t) a->verdict;
    mu_tries_keep(run, item, a->number, a->verdict, a->reason);
    mu_note_may_come(run, item, a->number, a->may_come);
    bool again = mu_tries_again(run, item, unrun);
    run->state[item] = MU_ITEM_DONE;
    if (again)
        mu_queue_wake(run, item);
    if (run->host->judged != NULL)
        run->host->judged(run->host->self, item, a->verdict);
    acknowledge_later(run, item, a->verdict, a->reason);

    mu_item_name(run, item, name);
    mu_folder_name(run, item, a->number, folder, sizeof folder);
    struct mu_json *j = mu_journal_begin(&run->journal, "verdict");
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", a->number);
    mu_json_text(j, "verdict", mu_verdict_name(a->verdict));
    mu_json_text(j, "reason", a->reason);
    mu_json_text(j, "rung", mu_rung_name(a->rung));
    mu_json_text(j, "attribution", a->attribution);
    json_expected(run, j, a, again);
    mu_json_number(j, "at_ms", mu_at_ms(run));
    mu_json_number(j, "ms", (int64_t) (mu_clock_ms() - a->started_ms));
    json_legs(run, j, a);
    put_evidence(run, j, folder, &a->list);
    TRY(mu_journal_end(&run->journal, err));
    return again || run->options->tries.repeat > 1 || run->kept[item].settled
           || mu_tries_write(run, item, err);
}

bool mu_write_start(struct mu_coordinator *run, size_t item, unsigned attempt, struct mu_err *err)
{
    char name[MU_NAME_TEXT], folder[64];
    mu_item_name(run, item, name);
    mu_folder_name(run, item, attempt, folder, sizeof folder);
    struct mu_json *j = mu_journal_begin(&run->journal, "start");
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", attempt);
    mu_json_number(j, "at_ms", mu_at_ms(run));
    if (run->veil == NULL)
        mu_json_text(j, "folder", folder);
    return mu_journal_end(&run->journal, err);
}

bool mu_write_unrun(struct mu_coordinator *run, size_t item, enum mu_verdict verdict,
                    const char *reason, const char *attribution, struct mu_err *err)
{
    struct mu_attempt *a = &run->unrun;
    mu_attempt_begin(a, item, ++run->attempt[item], 0);
    a->verdict = verdict;
    snprintf(a->reason, sizeof a->reason, "%s", reason);
    snprintf(a->attribution, sizeof a->attribution, "%s", attribution);
    return write_verdict(run, a, true, err);
}

/* A verdict that its own records forbid is none. */
static const char *too_good(const struct mu_attempt *a)
{
    return a->done && a->verdict < a->least && a->verdict != MU_ERROR ? "job:verdict" : NULL;
}

static void blame(struct mu_attempt *a, const char *why, const char *attribution)
{
    if (why != NULL) {
        snprintf(a->reason, sizeof a->reason, "%s", why);
        a->verdict = MU_ERROR;
    }
    if (a->verdict == MU_ERROR && (a->attribution[0] == '\0' || why != NULL))
        snprintf(a->attribution, sizeof a->attribution, "%s", attribution);
}

/* The job is reaped: what does its end say, where it did not say so itself? */
static void judge_end(struct mu_attempt *a, const char *why, int status)
{
    char died[40];
    if (why == NULL)
        why = too_good(a);
    if (why == NULL && !a->done) {
        bool killed = WIFSIGNALED(status);
        snprintf(died, sizeof died, killed ? "job:signal-%d" : "job:exit-%d",
                 killed ? WTERMSIG(status) : WEXITSTATUS(status));
        why = died;
    }
    blame(a, why, "harness");
}

static bool save_commands(struct mu_coordinator *run, struct mu_job *job, const char *folder,
                          struct mu_err *err)
{
    for (size_t i = 0; i < job->commands && run->veil != NULL; i++)
        TRY(mu_veiled_output(run, (unsigned) i + 1, job->command[i].output, MU_TRIGGER_OUTPUT_MAX,
                             &job->attempt.list, err));
    for (size_t i = 0; i < job->commands && run->veil == NULL; i++)
        TRY(mu_evidence_save_output(&run->store, folder, (unsigned) i + 1, job->command[i].output,
                                    MU_TRIGGER_OUTPUT_MAX, &job->attempt.list, err));
    return true;
}

void mu_sweep_strangers(struct mu_coordinator *run)
{
    pid_t known[MU_JOBS_MAX * (1 + MU_COMMANDS_KEPT) + MU_RECEPTIONS_MAX + 64];
    size_t n = 0;
    /* What a running program has left to itself cannot be told from what others left behind. */
    for (size_t i = 0; i < run->services; i++)
        if (run->service[i].child.pid > 0 || run->service[i].state == MU_SERVICE_RUNNING)
            return;
    for (size_t i = 0; i < run->foreigns; i++)
        known[n++] = run->foreign[i];
    for (size_t i = 0; i < run->jobs; i++) {
        known[n++] = run->job[i].pid;
        for (size_t c = 0; c < run->job[i].commands; c++)
            known[n++] = run->job[i].command[c].pid;
    }
    for (size_t i = 0; i < run->receptions; i++)
        known[n++] = run->reception[i].pid;
    mu_sweep(known, n);
}

bool mu_finish_case(struct mu_coordinator *run, struct mu_job *job, const char *why,
                    struct mu_err *err)
{
    struct mu_attempt *a = &job->attempt;
    char folder[64];
    int status;
    bool spawned = job->commands > 0;
    mu_folder_name(run, a->item, a->number, folder, sizeof folder);
    if (run->veil == NULL)
        TRY(mu_evidence_save(&run->store, folder, job->evidence, &a->list, err));
    TRY(save_commands(run, job, folder, err));
    mu_job_end(job, &status);
    judge_end(a, why, status);
    if (a->verdict > MU_REMARKS) {
        const char *lost;
        TRY(mu_endpoints_lost(run, job, &lost, err));
        if (a->verdict < MU_ERROR)
            blame(a, lost, "adapter");
    }
    if (job->channel >= 0 && a->verdict != MU_ERROR)
        mu_services_served(run, (uint32_t) job->channel);
    for (size_t i = 0; i < MU_OPENERS && a->verdict != MU_ERROR; i++)
        if (job->opener[i] > 0)
            mu_services_served(run, job->opener[i] - 1);
    if (run->exclusive == (int64_t) a->item)
        run->exclusive = -1;
    TRY(a->item < run->host->items ? write_verdict(run, a, false, err)
                                   : finish_marker(run, a, err));
    if (spawned)
        mu_sweep_strangers(run);
    return true;
}

bool mu_finish_served(struct mu_coordinator *run, struct mu_attempt *a, const char *why,
                      const char *attribution, struct mu_err *err)
{
    char folder[64];
    blame(a, why != NULL ? why : too_good(a), attribution);
    mu_folder_name(run, a->item, a->number, folder, sizeof folder);
    TRY(mu_evidence_settle(&run->store, folder, &a->list, &a->held, err));
    return write_verdict(run, a, false, err);
}

/* A message that was accepted and not proved withheld may come out after its case's verdict. The
 * case may have said its last word and not yet been heard: then it is heard now. */
static bool is_expected(struct mu_coordinator *run, const struct mu_token *token, bool *expected,
                        struct mu_err *err)
{
    uint32_t may_come = mu_may_come_of(run, token->index, token->attempt);
    for (size_t i = 0; i < run->jobs; i++) {
        struct mu_job *job = &run->job[i];
        bool gone;
        if (job->attempt.item != token->index || job->attempt.number != token->attempt
            || job->pid == 0)
            continue;
        TRY(mu_drain(run, job, &gone, err));
        may_come = job->attempt.may_come;
    }
    *expected = token->message >= 32 || (may_come >> token->message & 1) != 0;
    return true;
}

static bool write_reception_note(struct mu_coordinator *run, const char *case_name,
                                 const char *what, const char *detail, struct mu_err *err)
{
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    char text[240];
    snprintf(text, sizeof text, "%s%s", what, detail);
    mu_json_text(j, "case", case_name);
    mu_json_text(j, "text", text);
    return mu_journal_end(&run->journal, err);
}

static bool write_late(struct mu_coordinator *run, struct mu_job *job, struct mu_err *err)
{
    struct mu_token token;
    char name[MU_NAME_TEXT], folder[64];
    bool ours = mu_token_find(run->run_key, mu_bytes_of(job->late_token), &token)
                && token.index < run->host->items + run->host->markers;
    if (ours)
        mu_item_name(run, token.index, name);
    bool expected = false;
    if (ours)
        TRY(is_expected(run, &token, &expected, err));
    if (expected)
        return write_reception_note(run, token.index < run->host->items ? name : NULL,
                                    "a message came after the verdict, as it may", "", err);
    snprintf(folder, sizeof folder, "late/%04u", ++run->lates);
    if (run->veil == NULL)
        TRY(mu_evidence_save(&run->store, folder, job->evidence, &job->attempt.list, err));
    run->result->late++;
    struct mu_json *j = mu_journal_begin(&run->journal, "late");
    mu_json_number(j, "at_ms", mu_at_ms(run));
    mu_json_text(j, "token", job->late_token);
    mu_json_text(j, "case", ours && token.index < run->host->items ? name : NULL);
    mu_json_text(j, "envelope", job->late_envelope);
    if (run->veil != NULL)
        mu_evidence_json(j, NULL, &job->attempt.list);
    else
        mu_json_text(j, "folder", folder);
    return mu_journal_end(&run->journal, err);
}

bool mu_finish_reception(struct mu_coordinator *run, struct mu_job *job, const char *why,
                         struct mu_err *err)
{
    int status;
    if (job->late)
        TRY(write_late(run, job, err));
    mu_job_end(job, &status);
    judge_end(&job->attempt, why, status);
    if (job->attempt.verdict != MU_ERROR)
        return true;
    run->result->trouble++;
    return write_reception_note(run, NULL, "a reception ended badly: ", job->attempt.reason, err);
}

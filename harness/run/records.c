#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/coordinator.h"
#include "run/trigger.h"

void mu_item_name(const struct mu_coordinator *run, size_t item, char name[MU_NAME_TEXT])
{
    if (item < run->host->items)
        run->host->name(run->host->self, item, name);
    else
        snprintf(name, MU_NAME_TEXT, "marker-%zu", item - run->host->items + 1);
}

void mu_folder_name(const struct mu_coordinator *run, size_t item, unsigned attempt, char *name,
                    size_t size)
{
    if (item >= run->host->items)
        snprintf(name, size, "markers/%02zu-%u", item - run->host->items + 1, attempt);
    else if (attempt == 1)
        snprintf(name, size, "cases/%04zu", item + 1);
    else
        snprintf(name, size, "cases/%04zu-%u", item + 1, attempt);
}

uint32_t mu_at_ms(const struct mu_coordinator *run)
{
    return (uint32_t) (mu_clock_ms() - run->zero_ms);
}

bool mu_asks(const struct mu_record *record)
{
    return record->type == MU_RECORD_DIAL || record->type == MU_RECORD_CLAIM
           || record->type == MU_RECORD_TRIGGER;
}

static struct mu_json *begin_for(struct mu_coordinator *run, const char *event,
                                 const struct mu_job *job)
{
    char name[MU_NAME_TEXT];
    mu_item_name(run, job->item, name);
    struct mu_json *j = mu_journal_begin(&run->journal, event);
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", job->attempt);
    return j;
}

static void raise_least(struct mu_job *job, enum mu_verdict verdict)
{
    job->least = mu_verdict_worst(job->least, verdict);
}

/* One leg was judged: keep its marks for the verdict line. */
static const char *take_findings(struct mu_coordinator *run, struct mu_job *job,
                                 const struct mu_record *record)
{
    const char *leg = mu_record_text(record, 0), *mark = mu_record_text(record, 1);
    size_t n = strlen(mark);
    if (job->legs == MU_LEGS_KEPT || n != run->host->rules || strspn(mark, "hb-") != n)
        return "job:findings";
    snprintf(job->leg[job->legs], sizeof job->leg[0], "%s", leg);
    mu_buf_put(&job->marks, mark, n + 1);
    job->legs++;
    return NULL;
}

static bool take_break(struct mu_coordinator *run, struct mu_job *job,
                       const struct mu_record *record, const char **why, struct mu_err *err)
{
    const struct mu_run_host *host = run->host;
    if (record->number >= host->rules) {
        *why = "job:findings";
        return true;
    }
    const char *level = host->rule_level(host->self, record->number);
    raise_least(job, strcmp(level, "must") == 0     ? MU_FAIL
                     : strcmp(level, "should") == 0 ? MU_REMARKS
                                                    : MU_PASS);
    struct mu_json *j = begin_for(run, "finding", job);
    mu_json_text(j, "leg", mu_record_text(record, 0));
    mu_json_text(j, "rule", host->rule_id(host->self, record->number));
    mu_json_text(j, "level", level);
    mu_json_text(j, "expected", mu_record_text(record, 1));
    mu_json_text(j, "seen", mu_record_text(record, 2));
    mu_json_text(j, "hint", mu_record_text(record, 3));
    if (record->offset >= 0)
        mu_json_number(j, "offset", record->offset);
    mu_json_text(j, "places", mu_record_text(record, 4));
    mu_json_number(j, "count", record->count);
    return mu_journal_end(&run->journal, err);
}

static bool take_compared(struct mu_coordinator *run, struct mu_job *job,
                          const struct mu_record *record, struct mu_err *err)
{
    static const char *const member[] = { "what",     "first", "second",   "held",
                                          "demanded", "where", "expected", "seen" };
    struct mu_json *j = begin_for(run, "compared", job);
    for (unsigned i = 0; i < MU_COUNT(member); i++) {
        const char *text = mu_record_text(record, i);
        mu_json_text(j, member[i], *text != '\0' ? text : NULL);
    }
    if (record->offset >= 0)
        mu_json_number(j, "offset", record->offset);
    mu_json_bool(j, "enough", record->count != 0);
    return mu_journal_end(&run->journal, err);
}

/* A marker is no case of the suite: what it has to say stands in a note. */
static bool note_marker(struct mu_coordinator *run, const char *text, const char *more,
                        struct mu_err *err)
{
    char line[600];
    snprintf(line, sizeof line, "marker: %s%s%s", text, more[0] != '\0' ? ", seen: " : "", more);
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    mu_json_text(j, "text", line);
    return mu_journal_end(&run->journal, err);
}

static bool take_expect(struct mu_coordinator *run, struct mu_job *job,
                        const struct mu_record *record, struct mu_err *err)
{
    raise_least(job, (enum mu_verdict) record->verdict);
    if (job->item >= run->host->items)
        return note_marker(run, mu_record_text(record, 1), mu_record_text(record, 2), err);
    struct mu_json *j = begin_for(run, "finding", job);
    mu_json_text(j, "step", mu_record_text(record, 0));
    mu_json_text(j, "verdict", mu_verdict_name((enum mu_verdict) record->verdict));
    mu_json_text(j, "expected", mu_record_text(record, 1));
    mu_json_text(j, "seen", mu_record_text(record, 2));
    return mu_journal_end(&run->journal, err);
}

static bool take_note(struct mu_coordinator *run, struct mu_job *job,
                      const struct mu_record *record, struct mu_err *err)
{
    if (job->kind == MU_JOB_CASE && job->item >= run->host->items)
        return note_marker(run, mu_record_text(record, 0), "", err);
    struct mu_json *j = job->kind == MU_JOB_CASE ? begin_for(run, "note", job)
                                                 : mu_journal_begin(&run->journal, "note");
    mu_json_text(j, "text", mu_record_text(record, 0));
    return mu_journal_end(&run->journal, err);
}

/* Whose token is it? The running case of that index and attempt. */
static void answer_claim(struct mu_coordinator *run, const char *text, int *fd)
{
    struct mu_token token;
    if (!mu_token_find(run->run_key, mu_bytes_of(text), &token))
        return;
    for (size_t i = 0; i < run->jobs; i++)
        if (run->job[i].item == token.index && run->job[i].attempt == token.attempt
            && !run->job[i].done)
            *fd = run->job[i].parcels;
}

static bool say(const struct mu_coordinator *run, const char *prompt)
{
    return run->options->say_fd >= 0
           && write(run->options->say_fd, prompt, strlen(prompt)) == (ssize_t) strlen(prompt);
}

static int answer_trigger(struct mu_coordinator *run, struct mu_job *job, uint32_t number)
{
    struct mu_err err;
    struct mu_run_trigger trigger = { .input = MU_BYTES("") };
    if (job->commands == MU_COMMANDS_KEPT)
        return E2BIG;
    struct mu_arena *arena = mu_arena_new(MU_OPERATOR_FILE_MAX);
    const struct mu_run_host *host = run->host;
    int sys = 0;
    if (!host->trigger(host->self, arena, job->item, job->attempt, number, run->run_key, &trigger,
                       &err)) {
        sys = EINVAL;
    } else if (trigger.argv == NULL) {
        sys = say(run, trigger.prompt) ? 0 : ENOTTY;
    } else if (!mu_trigger(trigger.argv, run->options->environment, trigger.input,
                           &job->command[job->commands], &job->output[job->commands], &err)) {
        sys = err.sys != 0 ? err.sys : EIO;
    } else {
        job->commands++;
    }
    mu_arena_free(arena);
    return sys;
}

static void answer(struct mu_coordinator *run, struct mu_job *job, const struct mu_record *record,
                   struct mu_answer *reply, int *fd)
{
    reply->sys = 0;
    *fd = -1;
    if (record->type == MU_RECORD_DIAL) {
        *fd = mu_ports_dial(run, record->number);
        reply->sys = *fd < 0 ? errno : 0;
    } else if (record->type == MU_RECORD_CLAIM) {
        answer_claim(run, mu_record_text(record, 0), fd);
    } else if (job->kind == MU_JOB_CASE) {
        reply->sys = answer_trigger(run, job, record->number);
    } else {
        reply->sys = EPERM;
    }
}

static void take_done(struct mu_job *job, const struct mu_record *record)
{
    job->done = true;
    job->verdict = (enum mu_verdict) record->verdict;
    job->rung = (enum mu_rung) record->rung;
    snprintf(job->reason, sizeof job->reason, "%s", mu_record_text(record, 0));
    snprintf(job->attribution, sizeof job->attribution, "%s", mu_record_text(record, 1));
}

static void take_late(struct mu_job *job, const struct mu_record *record)
{
    job->late = true;
    snprintf(job->late_token, sizeof job->late_token, "%s", mu_record_text(record, 0));
    snprintf(job->late_envelope, sizeof job->late_envelope, "%s", mu_record_text(record, 1));
}

bool mu_take_record(struct mu_coordinator *run, struct mu_job *job, const struct mu_record *record,
                    struct mu_answer *reply, int *fd, struct mu_err *err)
{
    const char *why = NULL;
    bool ok = true;
    if (++job->records > MU_JOB_RECORDS_MAX || job->done)
        why = "job:records"; /* NOLINT(bugprone-branch-clone): as for a record of no known kind */
    else if (mu_asks(record))
        answer(run, job, record, reply, fd);
    else if (record->type == MU_RECORD_NOTE)
        ok = take_note(run, job, record, err);
    else if (record->type == MU_RECORD_PART)
        why = mu_evidence_note(&job->list, record) ? NULL : "job:evidence";
    else if (record->type == MU_RECORD_DONE)
        take_done(job, record);
    else if (record->type == MU_RECORD_CLOSING)
        job->may_come = record->number;
    else if (job->kind == MU_JOB_RECEPTION && record->type == MU_RECORD_LATE)
        take_late(job, record);
    else if (job->kind == MU_JOB_CASE && record->type == MU_RECORD_FINDINGS)
        why = take_findings(run, job, record);
    else if (job->kind == MU_JOB_CASE && record->type == MU_RECORD_BREAK)
        ok = take_break(run, job, record, &why, err);
    else if (job->kind == MU_JOB_CASE && record->type == MU_RECORD_EXPECT)
        ok = take_expect(run, job, record, err);
    else if (job->kind == MU_JOB_CASE && record->type == MU_RECORD_COMPARED
             && job->item < run->host->items)
        ok = take_compared(run, job, record, err);
    else
        why = "job:records";
    if (why != NULL) { /* it lies: nothing more of it is believed */
        job->done = true;
        job->verdict = MU_ERROR;
        snprintf(job->reason, sizeof job->reason, "%s", why);
    }
    return ok;
}

static void json_rules(struct mu_coordinator *run, struct mu_json *j, const char *name,
                       const char *mark, char which)
{
    mu_json_open(j, name, '[');
    for (size_t r = 0; r < run->host->rules; r++)
        if (mark[r] == which)
            mu_json_text(j, NULL, run->host->rule_id(run->host->self, r));
    mu_json_close(j, ']');
}

static void json_legs(struct mu_coordinator *run, struct mu_json *j, const struct mu_job *job)
{
    mu_json_open(j, "legs", '[');
    for (size_t i = 0; i < job->legs; i++) {
        const char *mark = job->marks.p + i * (run->host->rules + 1);
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "leg", job->leg[i]);
        json_rules(run, j, "held", mark, MU_MARK_HOLDS);
        json_rules(run, j, "broken", mark, MU_MARK_BREAKS);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
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
static bool finish_marker(struct mu_coordinator *run, const struct mu_job *job, struct mu_err *err)
{
    bool ok = job->verdict == MU_PASS || job->verdict == MU_REMARKS;
    run->state[job->item] = MU_ITEM_DONE;
    run->verdict[job->item] = (uint8_t) job->verdict;
    if (ok)
        return true;
    run->probe_failed = true;
    run->result->trouble++;
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    char text[300];
    snprintf(text, sizeof text, "a marker message did not come through: %s %s",
             mu_verdict_name(job->verdict), job->reason);
    mu_json_text(j, "text", text);
    return mu_journal_end(&run->journal, err);
}

/* What was known of it stands here when this was the only attempt, and in a line of its own when not. */
static void json_expected(struct mu_coordinator *run, struct mu_json *j, const struct mu_job *job,
                          bool again)
{
    if (again || run->options->tries.repeat > 1 || run->kept[job->item].tried > 1)
        return;
    struct mu_expected expected = mu_tries_settle(run, job->item);
    mu_json_text(j, "expectation", mu_expectation_name(expected.as));
    if (expected.entry > 0)
        mu_json_number(j, "entry", expected.entry);
}

static bool write_verdict(struct mu_coordinator *run, const struct mu_job *job, const char *folder,
                          bool unrun, struct mu_err *err)
{
    size_t item = job->item;
    run->verdict[item] = (uint8_t) job->verdict;
    mu_tries_keep(run, item, job->attempt, job->verdict, job->reason);
    mu_note_may_come(run, item, job->attempt, job->may_come);
    bool again = mu_tries_again(run, item, unrun);
    run->state[item] = again ? MU_ITEM_WAITING : MU_ITEM_DONE;
    if (again && item < run->head)
        run->head = item;
    if (run->host->judged != NULL)
        run->host->judged(run->host->self, item, job->verdict);
    acknowledge_later(run, item, job->verdict, job->reason);

    struct mu_json *j = begin_for(run, "verdict", job);
    mu_json_text(j, "verdict", mu_verdict_name(job->verdict));
    mu_json_text(j, "reason", job->reason);
    mu_json_text(j, "rung", mu_rung_name(job->rung));
    mu_json_text(j, "attribution", job->attribution);
    json_expected(run, j, job, again);
    mu_json_number(j, "at_ms", mu_at_ms(run));
    mu_json_number(j, "ms", (int64_t) (mu_clock_ms() - job->started_ms));
    json_legs(run, j, job);
    mu_evidence_json(j, folder, &job->list);
    TRY(mu_journal_end(&run->journal, err));
    return again || run->options->tries.repeat > 1 || run->kept[item].settled
           || mu_tries_write(run, item, err);
}

bool mu_write_unrun(struct mu_coordinator *run, size_t item, const char *reason, struct mu_err *err)
{
    struct mu_job job = { .item = item,
                          .attempt = ++run->attempt[item],
                          .verdict = MU_INCONCLUSIVE,
                          .started_ms = mu_clock_ms() };
    snprintf(job.reason, sizeof job.reason, "%s", reason);
    char folder[64];
    mu_folder_name(run, item, job.attempt, folder, sizeof folder);
    return write_verdict(run, &job, folder, true, err);
}

/* The job is reaped: what does its end say, where it did not say so itself? */
static void judge_end(struct mu_job *job, const char *why, int status)
{
    if (why == NULL && job->done && job->verdict < job->least && job->verdict != MU_ERROR)
        why = "job:verdict";
    if (why == NULL && !job->done && WIFSIGNALED(status)) {
        snprintf(job->reason, sizeof job->reason, "job:signal-%d", WTERMSIG(status));
        job->verdict = MU_ERROR;
    } else if (why == NULL && !job->done) {
        snprintf(job->reason, sizeof job->reason, "job:exit-%d", WEXITSTATUS(status));
        job->verdict = MU_ERROR;
    } else if (why != NULL) {
        snprintf(job->reason, sizeof job->reason, "%s", why);
        job->verdict = MU_ERROR;
    }
    if (job->verdict == MU_ERROR && job->attribution[0] == '\0')
        snprintf(job->attribution, sizeof job->attribution, "harness");
}

static bool save_commands(struct mu_coordinator *run, struct mu_job *job, const char *folder,
                          struct mu_err *err)
{
    for (size_t i = 0; i < job->commands; i++)
        TRY(mu_evidence_save_output(run->dir, folder, (unsigned) i + 1, job->output[i],
                                    MU_TRIGGER_OUTPUT_MAX, &job->list, err));
    return true;
}

bool mu_finish_case(struct mu_coordinator *run, struct mu_job *job, const char *why,
                    struct mu_err *err)
{
    char folder[64];
    int status;
    bool spawned = job->commands > 0;
    mu_folder_name(run, job->item, job->attempt, folder, sizeof folder);
    TRY(mu_evidence_save(run->dir, folder, job->evidence, &job->list, err));
    TRY(save_commands(run, job, folder, err));
    mu_job_end(job, &status);
    judge_end(job, why, status);
    if (run->exclusive == (int64_t) job->item)
        run->exclusive = -1;
    TRY(job->item < run->host->items ? write_verdict(run, job, folder, false, err)
                                     : finish_marker(run, job, err));
    if (!spawned)
        return true;
    pid_t known[MU_JOBS_MAX * (1 + MU_COMMANDS_KEPT) + MU_RECEPTIONS_MAX + 64];
    size_t n = 0;
    for (size_t i = 0; i < run->foreigns; i++)
        known[n++] = run->foreign[i];
    for (size_t i = 0; i < run->jobs; i++) {
        known[n++] = run->job[i].pid;
        for (size_t c = 0; c < run->job[i].commands; c++)
            known[n++] = run->job[i].command[c];
    }
    for (size_t i = 0; i < run->receptions; i++)
        known[n++] = run->reception[i].pid;
    mu_sweep(known, n);
    return true;
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
        if (job->item != token->index || job->attempt != token->attempt || job->pid == 0)
            continue;
        TRY(mu_drain(run, job, &gone, err));
        may_come = job->may_come;
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
    TRY(mu_evidence_save(run->dir, folder, job->evidence, &job->list, err));
    run->result->late++;
    struct mu_json *j = mu_journal_begin(&run->journal, "late");
    mu_json_number(j, "at_ms", mu_at_ms(run));
    mu_json_text(j, "token", job->late_token);
    mu_json_text(j, "case", ours && token.index < run->host->items ? name : NULL);
    mu_json_text(j, "envelope", job->late_envelope);
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
    judge_end(job, why, status);
    if (job->verdict != MU_ERROR)
        return true;
    run->result->trouble++;
    return write_reception_note(run, NULL, "a reception ended badly: ", job->reason, err);
}

/* What a job says, record by record, into the stream and into the attempt that it belongs to. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "run/coordinator.h"

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

void mu_lies(struct mu_attempt *attempt, const char *why)
{
    attempt->done = true;
    attempt->verdict = MU_ERROR;
    snprintf(attempt->reason, sizeof attempt->reason, "%s", why);
}

static struct mu_json *begin_for(struct mu_coordinator *run, const char *event,
                                 const struct mu_attempt *attempt)
{
    char name[MU_NAME_TEXT];
    mu_item_name(run, attempt->item, name);
    struct mu_json *j = mu_journal_begin(&run->journal, event);
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", attempt->number);
    return j;
}

static void raise_least(struct mu_attempt *attempt, enum mu_verdict verdict)
{
    attempt->least = mu_verdict_worst(attempt->least, verdict);
}

/* --- one function a type of record ----------------------------------------------------------------- */

#define TAKE(name)                                                                                 \
    static bool name(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t,           \
                     struct mu_err *err)
#define UNUSED (void) run, (void) job, (void) t, (void) err

/* One leg was judged: keep its marks for the verdict line. */
TAKE(take_findings)
{
    UNUSED;
    struct mu_attempt *a = t->attempt;
    const char *leg = mu_record_text(t->record, 0), *mark = mu_record_text(t->record, 1);
    size_t n = strlen(mark);
    if (a->legs == MU_LEGS_KEPT || n != run->host->rules || strspn(mark, "hb-") != n) {
        t->why = "job:findings";
        return true;
    }
    snprintf(a->leg[a->legs], sizeof a->leg[0], "%s", leg);
    mu_buf_put(&a->marks, mark, n + 1);
    a->legs++;
    return true;
}

TAKE(take_break)
{
    UNUSED;
    const struct mu_run_host *host = run->host;
    const struct mu_record *record = t->record;
    if (record->number >= host->rules) {
        t->why = "job:findings";
        return true;
    }
    const char *level = host->rule_level(host->self, record->number);
    raise_least(t->attempt, strcmp(level, "must") == 0     ? MU_FAIL
                            : strcmp(level, "should") == 0 ? MU_REMARKS
                                                           : MU_PASS);
    struct mu_json *j = begin_for(run, "finding", t->attempt);
    mu_json_text(j, "leg", mu_record_text(record, 0));
    mu_json_text(j, "rule", host->rule_id(host->self, record->number));
    mu_json_text(j, "level", level);
    bool own = run->veil != NULL && host->rule_text != NULL; /* not what the job made of it */
    mu_json_text(j, "expected",
                 own ? host->rule_text(host->self, record->number) : mu_record_text(record, 1));
    mu_json_text(j, "seen", mu_record_text(record, 2));
    mu_json_text(j, "hint",
                 own ? host->rule_hint(host->self, record->number) : mu_record_text(record, 3));
    if (record->offset >= 0)
        mu_json_number(j, "offset", record->offset);
    mu_json_text(j, "places", mu_record_text(record, 4));
    mu_json_number(j, "count", record->count);
    return mu_journal_end(&run->journal, err);
}

TAKE(take_compared)
{
    UNUSED;
    static const char *const member[] = { "what",  "first",    "second", "held", "demanded",
                                          "where", "expected", "seen",   "fate" };
    if (t->attempt->item >= run->host->items) {
        t->why = "job:records";
        return true;
    }
    struct mu_json *j = begin_for(run, "compared", t->attempt);
    for (unsigned i = 0; i < MU_COUNT(member); i++) {
        const char *text = mu_record_text(t->record, i);
        mu_json_text(j, member[i], *text != '\0' ? text : NULL);
    }
    if (t->record->offset >= 0)
        mu_json_number(j, "offset", t->record->offset);
    mu_json_bool(j, "enough", t->record->count != 0);
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

TAKE(take_expect)
{
    UNUSED;
    const struct mu_record *record = t->record;
    raise_least(t->attempt, (enum mu_verdict) record->verdict);
    if (t->attempt->item >= run->host->items)
        return note_marker(run, mu_record_text(record, 1), mu_record_text(record, 2), err);
    struct mu_json *j = begin_for(run, "finding", t->attempt);
    mu_json_text(j, "step", mu_record_text(record, 0));
    mu_json_text(j, "verdict", mu_verdict_name((enum mu_verdict) record->verdict));
    mu_json_text(j, "expected", mu_record_text(record, 1));
    mu_json_text(j, "seen", mu_record_text(record, 2));
    return mu_journal_end(&run->journal, err);
}

TAKE(take_note)
{
    UNUSED;
    bool of_case = job->kind != MU_JOB_RECEPTION && t->attempt != NULL;
    if (of_case && t->attempt->item >= run->host->items)
        return note_marker(run, mu_record_text(t->record, 0), "", err);
    struct mu_json *j =
        of_case ? begin_for(run, "note", t->attempt) : mu_journal_begin(&run->journal, "note");
    mu_json_text(j, "text", mu_record_text(t->record, 0));
    return mu_journal_end(&run->journal, err);
}

/* Evidence stands in a memory file until the case has ended, or comes along and is written or held. */
TAKE(take_part)
{
    UNUSED;
    struct mu_attempt *a = t->attempt;
    bool sane = true;
    if (job->kind != MU_JOB_SERVE || run->veil != NULL) {
        sane = t->carried.n == 0 && mu_evidence_note(&a->list, t->record);
    } else {
        char folder[64];
        mu_folder_name(run, a->item, a->number, folder, sizeof folder);
        a->octets += (int64_t) t->carried.n;
        sane = !run->options->no_evidence && (uint64_t) a->octets <= MU_JOB_FILE_MAX;
        if (sane)
            TRY(mu_evidence_append(&run->store, folder, t->record, t->carried, &a->list, &a->held,
                                   &sane, err));
    }
    if (!sane)
        t->why = "job:evidence";
    return true;
}

TAKE(take_done)
{
    UNUSED;
    struct mu_attempt *a = t->attempt;
    a->done = true;
    a->verdict = (enum mu_verdict) t->record->verdict;
    a->rung = (enum mu_rung) t->record->rung;
    snprintf(a->reason, sizeof a->reason, "%s", mu_record_text(t->record, 0));
    snprintf(a->attribution, sizeof a->attribution, "%s", mu_record_text(t->record, 1));
    return true;
}

TAKE(take_closing)
{
    UNUSED;
    t->attempt->may_come = t->record->number;
    return true;
}

TAKE(take_late)
{
    UNUSED;
    job->late = true;
    snprintf(job->late_token, sizeof job->late_token, "%s", mu_record_text(t->record, 0));
    snprintf(job->late_envelope, sizeof job->late_envelope, "%s", mu_record_text(t->record, 1));
    return true;
}

/* The reports are marked with the highest of what was sent and of what came. */
TAKE(take_mark)
{
    UNUSED;
    const struct mu_run_host *host = run->host;
    const struct mu_record *record = t->record;
    if (host->observed == NULL
        || !host->observed(host->self, record->number, record->count, mu_record_text(record, 0)))
        return true;
    struct mu_json *j = mu_journal_begin(&run->journal, "marking");
    host->marks(host->self, j);
    return mu_journal_end(&run->journal, err);
}

TAKE(take_question)
{
    UNUSED;
    mu_answer(run, job, t);
    return true;
}

/* --- who may say what ------------------------------------------------------------------------------- */

enum { CASE = 1, RECEPTION = 2, SERVED = 4, NOBODY = 8 };

static const struct {
    bool (*take)(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t,
                 struct mu_err *err);
    unsigned who;
    bool asks;
} row[] = {
    [MU_RECORD_FINDINGS] = { take_findings, CASE | SERVED, false },
    [MU_RECORD_BREAK] = { take_break, CASE | SERVED, false },
    [MU_RECORD_EXPECT] = { take_expect, CASE | SERVED, false },
    [MU_RECORD_PART] = { take_part, CASE | RECEPTION | SERVED, false },
    [MU_RECORD_NOTE] = { take_note, CASE | RECEPTION | SERVED | NOBODY, false },
    [MU_RECORD_DONE] = { take_done, CASE | RECEPTION | SERVED, false },
    [MU_RECORD_DIAL] = { take_question, CASE | RECEPTION, true },
    [MU_RECORD_CLAIM] = { take_question, CASE | RECEPTION, true },
    [MU_RECORD_TRIGGER] = { take_question, CASE | RECEPTION, true },
    [MU_RECORD_CLOSING] = { take_closing, CASE | RECEPTION, false },
    [MU_RECORD_LATE] = { take_late, RECEPTION, false },
    [MU_RECORD_COMPARED] = { take_compared, CASE | SERVED, false },
    [MU_RECORD_CHANNEL] = { take_question, CASE, true },
    [MU_RECORD_MARK] = { take_mark, CASE | SERVED, false },
    [MU_RECORD_ADAPTER] = { NULL, 0, false }, /* of no case: service_job.c takes it ... */
    [MU_RECORD_AGAIN] = { NULL, 0, false },   /* ... and this                           */
};

bool mu_asks(const struct mu_record *record)
{
    return row[record->type].asks;
}

static unsigned who(const struct mu_job *job, const struct mu_attempt *attempt)
{
    return attempt == NULL                 ? NOBODY
           : job->kind == MU_JOB_CASE      ? CASE
           : job->kind == MU_JOB_RECEPTION ? RECEPTION
                                           : SERVED;
}

bool mu_take_record(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t,
                    struct mu_err *err)
{
    uint32_t type = t->record->type;
    bool ok = true;
    t->fd = -1;
    t->answer = (struct mu_answer){ .sys = 0 };
    t->ours = t->later = false;
    t->why = NULL;
    if (t->attempt != NULL && (++t->attempt->records > MU_JOB_RECORDS_MAX || t->attempt->done))
        t->why = "job:records"; /* NOLINT(bugprone-branch-clone): as for what it may not say */
    else if (type >= MU_COUNT(row) || (row[type].who & who(job, t->attempt)) == 0)
        t->why = "job:records";
    else
        ok = row[type].take(run, job, t, err);
    if (t->why != NULL && t->attempt != NULL) /* nothing more of it is believed */
        mu_lies(t->attempt, t->why);
    return ok;
}

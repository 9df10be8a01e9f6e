/*
 * ctrf.json: Common Test Report Format (ctrf.io). What nobody can judge is "other" and keeps our word in
 * rawStatus; a test whose attempts did not end alike is "flaky".
 */
#include <string.h>

#include "base/json.h"
#include "report/formats.h"

#define VERSION "0.0.0" /* of the specification: its schema is 0.0 */

static const char *const status[MU_VERDICTS] = {
    [MU_NOT_RUN] = "skipped",    [MU_PASS] = "passed", [MU_REMARKS] = "passed",
    [MU_INCONCLUSIVE] = "other", [MU_FAIL] = "failed", [MU_ERROR] = "other",
};

static bool number_at(const char *text, size_t at, size_t digits, int64_t *number)
{
    int64_t n = 0;
    for (size_t i = at; i < at + digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = 10 * n + (text[i] - '0');
    }
    *number = n;
    return true;
}

/* Milliseconds since 1970 of "2026-11-23T10:15:00Z"; false when it is of another form. The calendar is
 * counted by hand: the C library would look for time zones on a disk that is out of reach. */
static bool epoch_ms(const char *text, int64_t *ms)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int64_t year, month, day, hour, minute, second;
    if (strlen(text) != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':'
        || text[16] != ':' || text[19] != 'Z' || !number_at(text, 0, 4, &year)
        || !number_at(text, 5, 2, &month) || !number_at(text, 8, 2, &day)
        || !number_at(text, 11, 2, &hour) || !number_at(text, 14, 2, &minute)
        || !number_at(text, 17, 2, &second) || month < 1 || month > 12 || year < 1970)
        return false;
    int64_t last = month > 2 ? year : year - 1; /* the last February that is over */
    int64_t days = 365 * (year - 1970) + before[month - 1] + day - 1;
    days += (last / 4 - last / 100 + last / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
    *ms = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
    return true;
}

struct head {
    struct mu_json j;
    int64_t start;
};

static void put_summary(struct mu_json *j, const struct mu_result *m, int64_t start)
{
    unsigned count[MU_VERDICTS], excused = 0, open = m->state != MU_RUN_COMPLETE;
    for (int v = 0; v < MU_VERDICTS; v++) {
        count[v] = m->count[v] - m->excused[v];
        excused += m->excused[v];
    }
    mu_json_open(j, "summary", '{');
    mu_json_number(j, "tests", (int64_t) m->total + open);
    mu_json_number(j, "passed", (int64_t) count[MU_PASS] + count[MU_REMARKS]);
    mu_json_number(j, "failed", (int64_t) count[MU_FAIL]);
    mu_json_number(j, "skipped", (int64_t) count[MU_NOT_RUN] + excused);
    mu_json_number(j, "pending", 0);
    mu_json_number(j, "other", (int64_t) count[MU_INCONCLUSIVE] + count[MU_ERROR] + open);
    mu_json_number(j, "flaky", (int64_t) m->unstable);
    mu_json_number(j, "start", start);
    mu_json_number(j, "stop", start + m->ms);
    mu_json_open(j, "extra", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) m->count[v]);
    mu_json_number(j, "planned", m->planned);
    mu_json_number(j, "quarantined", (int64_t) m->quarantined);
    mu_json_number(j, "unclaimed", (int64_t) m->unclaimed);
    mu_json_number(j, "overridden", (int64_t) m->overridden);
    mu_json_number(j, "disputed", (int64_t) m->disputed);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

static void put_adapters(struct mu_json *j, const struct mu_result *m)
{
    mu_json_open(j, "adapters", '[');
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        if (!mu_adapter_is_trouble(a))
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "id", a->id);
        mu_json_text(j, "state", a->state);
        mu_json_some(j, "what", a->what);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_extra(struct mu_json *j, const struct mu_result *m, struct mu_arena *arena)
{
    mu_json_open(j, "extra", '{');
    mu_json_text(j, "marking", mu_result_marking(arena, m));
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_text(j, "answer", mu_result_answer(arena, m));
    mu_json_open(j, "about", '[');
    for (const struct mu_pair *p = mu_result_about(arena, m); p != NULL; p = p->next)
        mu_json_text(j, NULL, mu_arena_printf(arena, "%s: %s", p->name, p->value));
    mu_json_close(j, ']');
    mu_json_text(j, "profile", mu_pair_value(m->profile, "id"));
    mu_json_text(j, "system", mu_pair_value(m->sut, "id"));
    mu_json_text(j, "system-version", mu_pair_value(m->sut, "version"));
    mu_json_number(j, "seed", m->seed);
    put_adapters(j, m);
    mu_json_close(j, '}');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct head *head = mu_new(out->buf.arena, struct head);
    struct mu_json *j = &head->j;
    out->self = head;
    j->out = &out->buf;
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "reportFormat", "CTRF");
    mu_json_text(j, "specVersion", VERSION);
    mu_json_some(j, "runId", m->run);
    if (epoch_ms(m->started, &head->start))
        mu_json_text(j, "timestamp", m->started);
    mu_json_text(j, "generatedBy", "Muster");
    put_extra(j, m, out->buf.arena);
    mu_json_open(j, "results", '{');
    mu_json_open(j, "tool", '{');
    mu_json_text(j, "name", "Muster");
    mu_json_text(j, "version", m->muster);
    mu_json_close(j, '}');
    put_summary(j, m, head->start);
    mu_json_open(j, "tests", '[');
    mu_buf_putc(j->out, '\n');
}

static const char *trace(struct mu_out *out, const struct mu_attempt *attempt)
{
    struct mu_buf *text = &out->spare;
    text->n = 0;
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next) {
        mu_buf_printf(text, "%s%s%s", text->n > 0 ? "\n" : "", f->rule, f->step);
        if (*f->expected != '\0')
            mu_buf_printf(text, "\n  expected: %s", f->expected);
        if (*f->seen != '\0')
            mu_buf_printf(text, "\n  seen:     %s", f->seen);
        if (*f->places != '\0')
            mu_buf_printf(text, "\n  at:       %s", f->places);
    }
    return text->n > 0 ? mu_buf_text(text) : "";
}

/* Those before the last one, which the test itself stands for; where another speaks, all of them. */
static void put_attempts(struct mu_json *j, const struct mu_instance *instance)
{
    if (instance->tried < 2)
        return;
    mu_json_number(j, "retries", (int64_t) instance->tried - 1);
    mu_json_bool(j, "flaky", instance->unstable);
    mu_json_open(j, "retryAttempts", '[');
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        if (!a->judged || a == instance->final)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_number(j, "attempt", a->number > 0 ? (int64_t) a->number : 1);
        mu_json_text(j, "status", status[a->verdict]);
        mu_json_number(j, "duration", a->ms > 0 ? a->ms : 0);
        mu_json_some(j, "message", a->reason);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_labels(struct mu_json *j, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    mu_json_open(j, "labels", '{');
    mu_json_some(j, "role", of->role);
    mu_json_some(j, "kind", of->class);
    mu_json_some(j, "level", of->level);
    mu_json_some(j, "importance", of->importance);
    mu_json_some(j, "expectation", instance->expectation);
    if (instance->final != NULL) {
        mu_json_text(j, "rung", mu_rung_name(instance->final->rung));
        mu_json_some(j, "attribution", instance->final->attribution);
        mu_json_some(j, "evidence", instance->final->folder);
    }
    mu_json_close(j, '}');
}

static void put_suite(struct mu_json *j, const struct mu_result *m, const struct mu_instance *i)
{
    mu_json_open(j, "suite", '[');
    mu_json_text(j, NULL, mu_pair_value(m->profile, "id"));
    mu_json_some(j, NULL, i->of->role);
    mu_json_close(j, ']');
}

static void put_message(struct mu_json *j, struct mu_out *out, const struct mu_instance *instance)
{
    const char *says = mu_reason_sentence(instance->reason);
    if (*instance->reason == '\0')
        return;
    mu_json_text(j, "message",
                 mu_out_line(out, "%s%s%s%s%s",
                             mu_instance_excused(instance) ? instance->expectation : "",
                             mu_instance_excused(instance) ? ": " : "", instance->reason,
                             *says != '\0' ? ": " : "", says));
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct head *head = out->self;
    struct mu_json *j = &head->j;
    const struct mu_attempt *final = instance->final;
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "testId", instance->name);
    mu_json_text(j, "name", instance->name);
    mu_json_text(j, "status",
                 mu_instance_excused(instance) ? "skipped" : status[instance->verdict]);
    mu_json_text(j, "rawStatus", mu_verdict_name(instance->verdict));
    mu_json_number(j, "duration", final != NULL && final->ms > 0 ? final->ms : 0);
    if (final != NULL) {
        mu_json_number(j, "start", head->start + final->at_ms);
        mu_json_number(j, "stop", head->start + final->at_ms + final->ms);
    }
    put_suite(j, m, instance);
    put_message(j, out, instance);
    if (final != NULL)
        mu_json_some(j, "trace", trace(out, final));
    put_attempts(j, instance);
    put_labels(j, instance);
    if (instance->opinion != NULL) {
        mu_json_open(j, "extra", '{');
        mu_json_text(j, "opinions", mu_out_opinions(out, instance));
        mu_json_close(j, '}');
    }
    mu_json_close(j, '}');
    mu_buf_putc(j->out, '\n');
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    struct head *head = out->self;
    struct mu_json *j = &head->j;
    if (m->state != MU_RUN_COMPLETE) { /* so that no reader takes part of a run for all of it */
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", "the run is complete");
        mu_json_text(j, "status", status[MU_ERROR]);
        mu_json_text(j, "rawStatus", mu_run_state_name(m->state));
        mu_json_number(j, "duration", 0);
        mu_json_text(j, "message",
                     "the run did not end in good order: what stands here is not all");
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_ctrf = { begin, each, end };

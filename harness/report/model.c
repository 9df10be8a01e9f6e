#include "report/model.h"

#include <errno.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "core/words.h"
#include "report/take.h"

#define SCHEMA "muster-run/1"

/* --- instances ------------------------------------------------------------------------------------------ */

static void wait(struct mu_result *m, struct mu_instance *instance)
{
    mu_table_add(&m->open, m->arena, instance);
    instance->before = m->last_waiting;
    if (m->last_waiting != NULL)
        m->last_waiting->behind = instance;
    else
        m->waiting = instance;
    m->last_waiting = instance;
}

static void stop_waiting(struct mu_result *m, struct mu_instance *instance)
{
    mu_table_remove(&m->open, mu_bytes_of(instance->name));
    *(instance->before != NULL ? &instance->before->behind : &m->waiting) = instance->behind;
    *(instance->behind != NULL ? &instance->behind->before : &m->last_waiting) = instance->before;
    instance->before = instance->behind = NULL;
}

/* "relay-keeps-label[label=secret]" is an instance of "relay-keeps-label". */
static struct mu_instance *new_instance(struct mu_result *m, struct mu_bytes name)
{
    struct mu_arena *own = m->settled != NULL ? mu_arena_new(MU_JOB_ARENA_MAX) : NULL;
    struct mu_arena *arena = own != NULL ? own : m->arena;
    struct mu_instance *instance = mu_new(arena, struct mu_instance);
    size_t id = mu_bytes_find(name, MU_BYTES("["), 0);
    instance->own = own;
    instance->born = ++m->born;
    instance->name = mu_bytes_dup(arena, name);
    instance->of = mu_take_case(m, mu_bytes_slice(name, 0, id));
    instance->reason = instance->expectation = "";
    if (own == NULL && mu_table_find(&m->instances, name) == NULL)
        mu_table_add(&m->instances, m->arena, instance);
    wait(m, instance);
    return instance;
}

/* The one that a line speaks of, made when it is new; what the line says of it belongs to it. */
static struct mu_instance *instance_of(struct mu_result *m, const struct mu_node *o)
{
    struct mu_bytes name = mu_event_bytes(o, "case");
    m->scratch.n = 0;
    mu_text_safe(&m->scratch, name, MU_TEXT_XML, MU_TEXT_MAX);
    name = mu_bytes_of(mu_buf_text(&m->scratch));
    struct mu_instance *instance = mu_table_find(&m->open, name);
    if (instance == NULL)
        instance = new_instance(m, name);
    m->taking = instance->own != NULL ? instance->own : m->arena;
    return instance;
}

/* No line of it can follow: its place in every report. */
static void settle(struct mu_result *m, struct mu_instance *instance)
{
    stop_waiting(m, instance);
    instance->index = ++m->order;
    m->taking = m->arena;
    if (m->settled != NULL) {
        m->settled(m, instance);
        mu_arena_free(instance->own);
        return;
    }
    *m->tail.instance = instance;
    m->tail.instance = &instance->next;
}

static void on_not_run(struct mu_result *m, const struct mu_node *o)
{
    struct mu_instance *instance = instance_of(m, o);
    instance->reason = mu_take_text(m, o, "reason");
    m->outs++;
    settle(m, instance);
}

static struct mu_attempt *attempt_of(struct mu_result *m, struct mu_instance *instance,
                                     const struct mu_node *o)
{
    unsigned number = (unsigned) mu_event_number(o, "attempt", 1);
    struct mu_attempt **at = &instance->attempt;
    while (*at != NULL && (*at)->number < number)
        at = &(*at)->next;
    if (*at != NULL && (*at)->number == number)
        return *at;
    struct mu_attempt *attempt = mu_new(m->taking, struct mu_attempt);
    attempt->number = number;
    attempt->withheld = mu_redact_withholds(m->redaction, instance->born);
    attempt->reason = attempt->attribution = attempt->folder = attempt->source = "";
    attempt->finding_tail = &attempt->finding;
    attempt->compared_tail = &attempt->compared;
    attempt->next = *at;
    *at = attempt;
    return attempt;
}

/* A run that is resumed starts an attempt again that had no verdict; what it found is void. */
static void on_start(struct mu_result *m, const struct mu_node *o)
{
    struct mu_attempt *attempt = attempt_of(m, instance_of(m, o), o);
    if (attempt->judged)
        return;
    attempt->at_ms = mu_event_number(o, "at_ms", 0);
    attempt->folder = mu_take_text(m, o, "folder");
    attempt->finding = NULL;
    attempt->finding_tail = &attempt->finding;
    attempt->compared = NULL;
    attempt->compared_tail = &attempt->compared;
}

static void on_finding(struct mu_result *m, const struct mu_node *o)
{
    struct mu_attempt *attempt = attempt_of(m, instance_of(m, o), o);
    struct mu_finding *finding = mu_new(m->taking, struct mu_finding);
    finding->leg = mu_take_text(m, o, "leg");
    finding->step = mu_take_text(m, o, "step");
    finding->rule = mu_take_text(m, o, "rule");
    finding->level = mu_take_text(m, o, "level");
    finding->verdict = mu_take_text(m, o, "verdict");
    finding->expected = mu_take_text(m, o, "expected");
    finding->seen = mu_take_text(m, o, "seen");
    finding->hint = mu_take_text(m, o, "hint");
    finding->places = mu_take_text(m, o, "places");
    finding->offset = mu_event_number(o, "offset", -1);
    finding->count = mu_event_number(o, "count", 1);
    *attempt->finding_tail = finding;
    attempt->finding_tail = &finding->next;
}

static void on_compared(struct mu_result *m, const struct mu_node *o)
{
    struct mu_attempt *attempt = attempt_of(m, instance_of(m, o), o);
    struct mu_compared *c = mu_new(m->taking, struct mu_compared);
    c->what = mu_take_text(m, o, "what");
    c->first = mu_take_text(m, o, "first");
    c->second = mu_take_text(m, o, "second");
    c->held = mu_take_text(m, o, "held");
    c->demanded = mu_take_text(m, o, "demanded");
    c->where = mu_take_text(m, o, "where");
    c->expected = mu_take_text(m, o, "expected");
    c->seen = mu_take_text(m, o, "seen");
    c->fate = mu_take_text(m, o, "fate");
    c->offset = mu_event_number(o, "offset", -1);
    c->enough = mu_event_true(o, "enough");
    *attempt->compared_tail = c;
    attempt->compared_tail = &c->next;
}

/* What was known of an instance: in the verdict of its only attempt, or in a line of its own. */
static void take_expectation(struct mu_result *m, struct mu_instance *instance,
                             const struct mu_node *o)
{
    if (mu_node_get(o, "expectation") == NULL)
        return;
    instance->expectation = mu_take_text(m, o, "expectation");
    instance->entry = (unsigned) mu_event_number(o, "entry", 0);
}

static void on_settled(struct mu_result *m, const struct mu_node *o)
{
    struct mu_instance *instance = instance_of(m, o);
    take_expectation(m, instance, o);
    settle(m, instance);
}

static bool read_digest(struct mu_bytes hex, unsigned char out[MU_DIGEST_BYTES])
{
    if (hex.n > 64 && mu_bytes_start_nocase(hex, MU_BYTES("sha256:")))
        hex = mu_bytes_from(hex, sizeof "sha256:" - 1);
    if (hex.n != (size_t) 2 * MU_DIGEST_BYTES)
        return false;
    return mu_hex_read(hex, out);
}

static void add_files(struct mu_result *m, struct mu_attempt *attempt, const struct mu_node *array)
{
    struct mu_file **tail = &attempt->file;
    mu_node_each(item, array)
    {
        struct mu_file *file = mu_new(m->taking, struct mu_file);
        file->name = mu_take_text(m, item, "name");
        file->octets = mu_event_number(item, "octets", 0);
        file->at = mu_event_number(item, "at", 0);
        m->tarred = m->tarred || file->at > 0;
        file->hmac = mu_take_text(m, item, "hmac");
        file->digested = read_digest(mu_event_bytes(item, "sha256"), file->sha256);
        *tail = file;
        tail = &file->next;
    }
}

static void take_verdict(struct mu_result *m, struct mu_attempt *attempt, const struct mu_node *o)
{
    const struct mu_node *evidence = mu_node_get(o, "evidence");
    attempt->verdict = MU_ERROR; /* should the word be unknown */
    mu_verdict_from_name(mu_event_text(o, "verdict"), &attempt->verdict);
    mu_rung_from_name(mu_event_text(o, "rung"), &attempt->rung);
    attempt->judged = true;
    attempt->reason = mu_take_text(m, o, "reason");
    attempt->attribution = mu_take_text(m, o, "attribution");
    attempt->source = mu_take_text(m, o, "source");
    attempt->ms = mu_event_number(o, "ms", 0);
    if (evidence != NULL)
        attempt->folder = mu_take_text(m, evidence, "folder");
    const struct mu_node *legs = mu_node_get(o, "legs");
    if (mu_node_first(legs) != NULL)
        attempt->leg = mu_take_legs(m, legs);
    add_files(m, attempt, mu_node_get(evidence, "files"));
}

/* In a run whose instances have one attempt each, or with what was known of it, the last word. */
static void on_verdict(struct mu_result *m, const struct mu_node *o)
{
    struct mu_instance *instance = instance_of(m, o);
    struct mu_attempt *attempt = attempt_of(m, instance, o);
    if (attempt->judged)
        return;
    take_verdict(m, attempt, o);
    take_expectation(m, instance, o);
    if (!m->tries || mu_node_get(o, "expectation") != NULL)
        settle(m, instance);
}

static void on_late(struct mu_result *m, const struct mu_node *o)
{
    struct mu_late *late = mu_new(m->arena, struct mu_late);
    late->at_ms = mu_event_number(o, "at_ms", 0);
    late->token = mu_take_text(m, o, "token");
    late->of = mu_take_text(m, o, "case");
    late->envelope = mu_take_text(m, o, "envelope");
    late->folder = mu_take_text(m, o, "folder");
    m->lates++;
    *m->tail.late = late;
    m->tail.late = &late->next;
}

static void on_note(struct mu_result *m, const struct mu_node *o)
{
    if (mu_event_opinion(o)) { /* behind what it is about, which is perhaps forgotten */
        m->looks_back = true;
        if (m->settled == NULL)
            mu_take_opinion(m, o);
        return;
    }
    struct mu_note *note = mu_new(m->arena, struct mu_note);
    note->of = mu_take_text(m, o, "case");
    note->text = mu_take_text(m, o, "text");
    *m->tail.note = note;
    m->tail.note = &note->next;
}

static void on_resume(struct mu_result *m, const struct mu_node *o)
{
    struct mu_resumed *resumed = mu_new(m->arena, struct mu_resumed);
    resumed->at = mu_take_text(m, o, "at");
    resumed->kept = mu_event_number(o, "kept", 0);
    resumed->cut_octets = mu_event_number(o, "cut_octets", 0);
    *m->tail.resumed = resumed;
    m->tail.resumed = &resumed->next;
}

/* An entry and what is wrong with it, or a text alone. */
static const char *stale_text(struct mu_result *m, const struct mu_node *item)
{
    if (item->kind == MU_NODE_TEXT)
        return mu_take_keep(m, mu_bytes_of(item->text.p));
    struct mu_known *known = mu_known_find(m, (unsigned) mu_event_number(item, "entry", 0));
    const char *why = mu_take_text(m, item, "why");
    if (known == NULL)
        return why;
    known->stale = why;
    return mu_arena_printf(m->arena, "line %lld, %s %s: %s", (long long) known->line, known->of,
                           known->verdict, why);
}

static void on_close(struct mu_result *m, const struct mu_node *o)
{
    struct mu_pair **tail = &m->stale;
    for (int v = 0; v < MU_VERDICTS; v++)
        m->told[v] =
            mu_event_number(mu_node_get(o, "counts"), mu_verdict_name((enum mu_verdict) v), 0);
    m->state = mu_event_true(o, "interrupted") ? MU_RUN_INTERRUPTED : MU_RUN_COMPLETE;
    m->exit = (int) mu_event_number(o, "exit", -1);
    m->ms = mu_event_number(o, "ms", 0);
    mu_node_each(item, mu_node_get(o, "stale"))
    {
        struct mu_pair *pair = mu_new(m->arena, struct mu_pair);
        pair->name = stale_text(m, item);
        pair->value = "";
        *tail = pair;
        tail = &pair->next;
    }
}

static const struct {
    const char *event;
    bool again; /* told of in the second reading, too: it is of an instance */
    void (*on)(struct mu_result *m, const struct mu_node *object);
} row[] = {
    { "open", false, mu_take_open },
    { "marking", false, mu_take_marks },
    { "rule", false, mu_take_rule },
    { "catalogue", false, mu_take_catalogue },
    { "case", false, mu_take_of },
    { "expect", false, mu_take_expect },
    { "adapter", false, mu_take_adapter },
    { "not-run", true, on_not_run },
    { "start", true, on_start },
    { "finding", true, on_finding },
    { "compared", true, on_compared },
    { "verdict", true, on_verdict },
    { "settled", true, on_settled },
    { "late", false, on_late },
    { "note", false, on_note },
    { "resume", false, on_resume },
    { "close", false, on_close },
    { "merged", false, mu_take_merged },
    { "conflict", false, mu_take_conflict },
};

/* Unknown events are passed over: a later version may add some. */
static void take(struct mu_result *m, const struct mu_run_event *event, bool again)
{
    m->taking = m->arena;
    mu_take_begin(m, event->name, event->object);
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].event, event->name) == 0 && (row[i].again || !again))
            row[i].on(m, event->object);
}

static struct mu_result *start(struct mu_arena *arena)
{
    struct mu_result *m = mu_new(arena, struct mu_result);
    m->arena = m->taking = m->scratch.arena = arena;
    m->state = MU_RUN_INCOMPLETE;
    m->exit = -1;
    m->tail.rule = &m->rule;
    m->tail.of = &m->of;
    m->tail.instance = &m->instance;
    m->tail.late = &m->late;
    m->tail.note = &m->note;
    m->tail.resumed = &m->resumed;
    m->tail.known = &m->known;
    m->tail.owed = &m->owed;
    m->tail.adapter = &m->adapter;
    m->tail.conflict = &m->conflict;
    m->final = "first";
    m->repeat = 1;
    return m;
}

static bool read_lines(struct mu_result *m, int run, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(m->arena, struct mu_run_reader);
    struct mu_run_event event;
    mu_run_reader_start(reader, m->arena, run);
    while (mu_run_read(reader, &event)) {
        if (event.line == 1 && strcmp(event.name, "open") != 0)
            return mu_fail(err, MU_ERR_PEER, "the run stream begins with '%s', not with 'open'",
                           mu_text_line(m->arena, mu_bytes_of(event.name)));
        if (event.line == 1 && strcmp(mu_event_text(event.object, "schema"), SCHEMA) != 0)
            return mu_fail(err, MU_ERR_PEER, "the run stream is of schema '%s', not '" SCHEMA "'",
                           mu_text_line(m->arena, mu_event_bytes(event.object, "schema")));
        if (strcmp(event.name, "close") != 0 && !mu_event_opinion(event.object))
            m->state = MU_RUN_INCOMPLETE; /* a run that was closed and then resumed */
        take(m, &event, false);
    }
    while (m->waiting != NULL)
        settle(m, m->waiting);
    m->total = m->order;
    errno = reader->lines.sys;
    if (reader->lines.sys != 0)
        return mu_fail_sys(err, "cannot read the run stream");
    m->chain = reader->chain;
    if (m->chain.lines == 0)
        return mu_fail(err, MU_ERR_PEER, "the run stream has no readable line");
    if (m->chain.state == MU_CHAIN_CORRUPT)
        m->state = MU_RUN_CORRUPT;
    return true;
}

bool mu_result_read(struct mu_arena *arena, int run, const struct mu_redaction *redaction,
                    struct mu_result **result, struct mu_err *err)
{
    struct mu_result *m = start(arena);
    m->redaction = redaction;
    TRY(read_lines(m, run, err));
    for (struct mu_instance *i = m->instance; i != NULL; i = i->next)
        mu_result_settle(m, i, true);
    mu_result_finish(m);
    *result = m;
    return true;
}

/* --- without instances ----------------------------------------------------------------------------------- */

static void forget_waiting(void *result)
{
    struct mu_result *m = result;
    for (struct mu_instance *i = m->waiting, *behind; i != NULL; i = behind) {
        behind = i->behind;
        mu_arena_free(i->own);
    }
    m->waiting = NULL;
}

static void count(struct mu_result *m, struct mu_instance *instance)
{
    mu_result_settle(m, instance, true);
}

bool mu_result_count(struct mu_arena *arena, int run, const struct mu_redaction *redaction,
                     struct mu_result **result, struct mu_err *err)
{
    struct mu_result *m = start(arena);
    m->redaction = redaction;
    mu_arena_defer(arena, forget_waiting, m);
    m->settled = count;
    TRY(read_lines(m, run, err));
    mu_result_finish(m);
    *result = m;
    return true;
}

static void give(struct mu_result *m, struct mu_instance *instance)
{
    mu_result_settle(m, instance, false);
    m->stopped = m->stopped || !m->again.each(m->again.self, instance, m->again.err);
}

/* As far as was read the first time; a stream that is not the same there was written over. */
bool mu_result_again(struct mu_result *m, int run,
                     bool (*each)(void *self, const struct mu_instance *instance,
                                  struct mu_err *err),
                     void *self, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(m->arena, struct mu_run_reader);
    struct mu_run_event event;
    mu_run_reader_start(reader, m->arena, run);
    m->settled = give;
    m->again.each = each;
    m->again.self = self;
    m->again.err = err;
    m->order = m->born = 0;
    for (struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next)
        issue->given = 0;
    while (!m->stopped && reader->chain.lines < m->chain.lines && mu_run_read(reader, &event))
        take(m, &event, true);
    while (!m->stopped && m->waiting != NULL)
        settle(m, m->waiting);
    if (m->stopped)
        return false;
    if (m->order != m->total || strcmp(reader->chain.head, m->chain.head) != 0)
        return mu_fail(err, MU_ERR_IO, "the run stream was changed while it was read");
    return true;
}

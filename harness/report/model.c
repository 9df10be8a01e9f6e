#include "report/model.h"

#include <errno.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "core/words.h"
#include "report/take.h"

#define SCHEMA "muster-run/1"

/* "relay-keeps-label[label=secret]" is an instance of "relay-keeps-label". */
static struct mu_instance *instance_of(struct mu_result *m, const json_t *o)
{
    struct mu_bytes name = mu_bytes_of(mu_take_text(m, o, "case"));
    struct mu_instance *instance = mu_table_find(&m->instances, name);
    if (instance != NULL)
        return instance;
    size_t id = mu_bytes_find(name, MU_BYTES("["), 0);
    instance = mu_new(m->arena, struct mu_instance);
    instance->name = name.p;
    instance->of = mu_take_case(m, mu_bytes_slice(name, 0, id));
    instance->index = ++m->total;
    instance->reason = instance->expectation = "";
    mu_table_add(&m->instances, m->arena, instance);
    *m->tail.instance = instance;
    m->tail.instance = &instance->next;
    return instance;
}

static void on_not_run(struct mu_result *m, const json_t *o)
{
    instance_of(m, o)->reason = mu_take_text(m, o, "reason");
}

static struct mu_attempt *attempt_of(struct mu_result *m, const json_t *o)
{
    unsigned number = (unsigned) mu_event_number(o, "attempt", 1);
    struct mu_attempt **at = &instance_of(m, o)->attempt;
    while (*at != NULL && (*at)->number < number)
        at = &(*at)->next;
    if (*at != NULL && (*at)->number == number)
        return *at;
    struct mu_attempt *attempt = mu_new(m->arena, struct mu_attempt);
    attempt->number = number;
    attempt->withheld = mu_redact_withholds(m->redaction, instance_of(m, o)->index);
    attempt->reason = attempt->attribution = attempt->folder = "";
    attempt->finding_tail = &attempt->finding;
    attempt->compared_tail = &attempt->compared;
    attempt->next = *at;
    *at = attempt;
    return attempt;
}

/* A run that is resumed starts an attempt again that had no verdict; what it found is void. */
static void on_start(struct mu_result *m, const json_t *o)
{
    struct mu_attempt *attempt = attempt_of(m, o);
    if (attempt->judged)
        return;
    attempt->at_ms = mu_event_number(o, "at_ms", 0);
    attempt->folder = mu_take_text(m, o, "folder");
    attempt->finding = NULL;
    attempt->finding_tail = &attempt->finding;
    attempt->compared = NULL;
    attempt->compared_tail = &attempt->compared;
}

static void on_finding(struct mu_result *m, const json_t *o)
{
    struct mu_attempt *attempt = attempt_of(m, o);
    struct mu_finding *finding = mu_new(m->arena, struct mu_finding);
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

static void on_compared(struct mu_result *m, const json_t *o)
{
    struct mu_attempt *attempt = attempt_of(m, o);
    struct mu_compared *c = mu_new(m->arena, struct mu_compared);
    c->what = mu_take_text(m, o, "what");
    c->first = mu_take_text(m, o, "first");
    c->second = mu_take_text(m, o, "second");
    c->held = mu_take_text(m, o, "held");
    c->demanded = mu_take_text(m, o, "demanded");
    c->where = mu_take_text(m, o, "where");
    c->expected = mu_take_text(m, o, "expected");
    c->seen = mu_take_text(m, o, "seen");
    c->offset = mu_event_number(o, "offset", -1);
    c->enough = mu_event_true(o, "enough");
    *attempt->compared_tail = c;
    attempt->compared_tail = &c->next;
}

/* What was known of an instance: in the verdict of its only attempt, or in a line of its own. */
static void on_settled(struct mu_result *m, const json_t *o)
{
    struct mu_instance *instance = instance_of(m, o);
    if (json_object_get(o, "expectation") == NULL)
        return;
    instance->expectation = mu_take_text(m, o, "expectation");
    instance->entry = (unsigned) mu_event_number(o, "entry", 0);
}

/* An array of rule ids as one text, kept once: most cases hold the same rules. */
static const char *ids(struct mu_result *m, const json_t *array)
{
    struct mu_buf text = { .arena = m->arena };
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        if (json_is_string(item))
            mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", json_string_value(item));
    }
    return mu_take_keep(m, mu_buf_bytes(&text));
}

static void mark_named(struct mu_result *m, const char *list)
{
    struct mu_bytes all = mu_bytes_of(list);
    for (size_t at = 0, n; at < all.n; at += n + 1) {
        n = strcspn(all.p + at, " ");
        struct mu_result_rule *rule = mu_table_find(&m->rules, mu_bytes_slice(all, at, n));
        if (rule != NULL)
            rule->leg = m->legs;
    }
}

/* The assertions that neither held nor broke were not applicable; the stream does not name them. */
static const char *not_applicable(struct mu_result *m, const struct mu_result_leg *leg)
{
    if (m->legs > 0 && m->last_leg.held == leg->held && m->last_leg.broken == leg->broken)
        return m->last_leg.not_applicable;
    struct mu_buf text = { .arena = m->arena };
    m->legs++;
    mark_named(m, leg->held);
    mark_named(m, leg->broken);
    for (const struct mu_result_rule *rule = m->rule; rule != NULL; rule = rule->next)
        if (rule->assertion && rule->leg != m->legs)
            mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", rule->id);
    m->last_leg = *leg;
    m->last_leg.not_applicable = mu_take_keep(m, mu_buf_bytes(&text));
    return m->last_leg.not_applicable;
}

static struct mu_result_leg *read_legs(struct mu_result *m, const json_t *array)
{
    struct mu_result_leg *first = NULL, **tail = &first;
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        struct mu_result_leg *leg = mu_new(m->arena, struct mu_result_leg);
        leg->leg = mu_take_text(m, item, "leg");
        leg->held = ids(m, json_object_get(item, "held"));
        leg->broken = ids(m, json_object_get(item, "broken"));
        leg->not_applicable = not_applicable(m, leg);
        *tail = leg;
        tail = &leg->next;
    }
    if (first != NULL) {
        first->next_list = m->lists;
        m->lists = first;
    }
    return first;
}

/* The reader gives one array to all lines whose legs are written alike: each is read once. An array is
 * held as long as its address is a key. */
#define MEMOS 256

struct mu_legs_memo {
    json_t *array;
    struct mu_result_leg *first;
};

static struct mu_result_leg *legs_of(struct mu_result *m, json_t *array)
{
    struct mu_legs_memo *memo = &m->memo[(uintptr_t) array / sizeof(void *) % MEMOS];
    if (memo->array == array)
        return memo->first;
    json_decref(memo->array);
    memo->array = json_incref(array);
    memo->first = read_legs(m, array);
    return memo->first;
}

static void drop_memos(void *memos)
{
    struct mu_legs_memo *memo = memos;
    for (size_t i = 0; i < MEMOS; i++)
        json_decref(memo[i].array);
}

static bool read_digest(struct mu_bytes hex, unsigned char out[MU_DIGEST_BYTES])
{
    if (hex.n > 64 && mu_bytes_start_nocase(hex, MU_BYTES("sha256:")))
        hex = mu_bytes_from(hex, sizeof "sha256:" - 1);
    if (hex.n != (size_t) 2 * MU_DIGEST_BYTES)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        int digit = mu_hex_digit(hex.p[i]);
        if (digit < 0)
            return false;
        out[i / 2] = (unsigned char) (out[i / 2] << 4 | digit);
    }
    return true;
}

static void add_files(struct mu_result *m, struct mu_attempt *attempt, const json_t *array)
{
    struct mu_file **tail = &attempt->file;
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        struct mu_file *file = mu_new(m->arena, struct mu_file);
        file->name = mu_take_text(m, item, "name");
        file->octets = mu_event_number(item, "octets", 0);
        file->digested = read_digest(mu_event_bytes(item, "sha256"), file->sha256);
        *tail = file;
        tail = &file->next;
    }
}

static void on_verdict(struct mu_result *m, const json_t *o)
{
    const json_t *evidence = json_object_get(o, "evidence");
    struct mu_attempt *attempt = attempt_of(m, o);
    if (attempt->judged)
        return;
    attempt->verdict = MU_ERROR; /* should the word be unknown */
    mu_verdict_from_name(mu_event_text(o, "verdict"), &attempt->verdict);
    mu_rung_from_name(mu_event_text(o, "rung"), &attempt->rung);
    attempt->judged = true;
    attempt->reason = mu_take_text(m, o, "reason");
    attempt->attribution = mu_take_text(m, o, "attribution");
    on_settled(m, o);
    attempt->ms = mu_event_number(o, "ms", 0);
    if (evidence != NULL)
        attempt->folder = mu_take_text(m, evidence, "folder");
    if (json_is_array(json_object_get(o, "legs")))
        attempt->leg = legs_of(m, json_object_get(o, "legs"));
    add_files(m, attempt, json_object_get(evidence, "files"));
}

static void on_late(struct mu_result *m, const json_t *o)
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

static void on_note(struct mu_result *m, const json_t *o)
{
    struct mu_note *note = mu_new(m->arena, struct mu_note);
    note->of = mu_take_text(m, o, "case");
    note->text = mu_take_text(m, o, "text");
    *m->tail.note = note;
    m->tail.note = &note->next;
}

static void on_resume(struct mu_result *m, const json_t *o)
{
    struct mu_resumed *resumed = mu_new(m->arena, struct mu_resumed);
    resumed->at = mu_take_text(m, o, "at");
    resumed->kept = mu_event_number(o, "kept", 0);
    resumed->cut_octets = mu_event_number(o, "cut_octets", 0);
    *m->tail.resumed = resumed;
    m->tail.resumed = &resumed->next;
}

/* An entry and what is wrong with it, or a text alone. */
static const char *stale_text(struct mu_result *m, const json_t *item)
{
    if (json_is_string(item))
        return mu_take_keep(m, mu_bytes_of(json_string_value(item)));
    struct mu_known *known = mu_known_find(m, (unsigned) mu_event_number(item, "entry", 0));
    const char *why = mu_take_text(m, item, "why");
    if (known == NULL)
        return why;
    known->stale = why;
    return mu_arena_printf(m->arena, "line %lld, %s %s: %s", (long long) known->line, known->of,
                           known->verdict, why);
}

static void on_close(struct mu_result *m, const json_t *o)
{
    struct mu_pair **tail = &m->stale;
    size_t i;
    json_t *item;
    for (int v = 0; v < MU_VERDICTS; v++)
        m->told[v] =
            mu_event_number(json_object_get(o, "counts"), mu_verdict_name((enum mu_verdict) v), 0);
    m->state = mu_event_true(o, "interrupted") ? MU_RUN_INTERRUPTED : MU_RUN_COMPLETE;
    m->exit = (int) mu_event_number(o, "exit", -1);
    m->ms = mu_event_number(o, "ms", 0);
    json_array_foreach(json_object_get(o, "stale"), i, item)
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
    void (*on)(struct mu_result *m, const json_t *object);
} row[] = {
    { "open", mu_take_open },
    { "marking", mu_take_marks },
    { "rule", mu_take_rule },
    { "catalogue", mu_take_catalogue },
    { "case", mu_take_of },
    { "expect", mu_take_expect },
    { "adapter", mu_take_adapter },
    { "not-run", on_not_run },
    { "start", on_start },
    { "finding", on_finding },
    { "compared", on_compared },
    { "verdict", on_verdict },
    { "settled", on_settled },
    { "late", on_late },
    { "note", on_note },
    { "resume", on_resume },
    { "close", on_close },
};

/* Unknown events are passed over: a later version may add some. */
static void take(struct mu_result *m, const struct mu_run_event *event)
{
    if (strcmp(event->name, "close") != 0)
        m->state = MU_RUN_INCOMPLETE; /* a run that was closed and then resumed */
    mu_take_begin(m, event->name, event->object);
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (strcmp(row[i].event, event->name) == 0)
            row[i].on(m, event->object);
}

static void start(struct mu_result *m, struct mu_arena *arena)
{
    m->arena = arena;
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
    m->final = "first";
    m->repeat = 1;
    m->memo = mu_arena_array(arena, MEMOS, sizeof(*m->memo));
    mu_arena_defer(arena, drop_memos, m->memo);
}

bool mu_result_read(struct mu_arena *arena, int run, const struct mu_redaction *redaction,
                    struct mu_result **result, struct mu_err *err)
{
    struct mu_run_reader *reader = mu_new(arena, struct mu_run_reader);
    struct mu_result *m = mu_new(arena, struct mu_result);
    struct mu_run_event event;
    start(m, arena);
    m->redaction = redaction;
    mu_run_reader_start(reader, arena, run);
    while (mu_run_read(reader, &event)) {
        if (event.line == 1 && strcmp(event.name, "open") != 0)
            return mu_fail(err, MU_ERR_PEER, "the run stream begins with '%s', not with 'open'",
                           mu_text_line(arena, mu_bytes_of(event.name)));
        if (event.line == 1 && strcmp(mu_event_text(event.object, "schema"), SCHEMA) != 0)
            return mu_fail(err, MU_ERR_PEER, "the run stream is of schema '%s', not '" SCHEMA "'",
                           mu_text_line(arena, mu_event_bytes(event.object, "schema")));
        take(m, &event);
    }
    errno = reader->sys;
    if (reader->sys != 0)
        return mu_fail_sys(err, "cannot read the run stream");
    m->chain = reader->chain;
    if (m->chain.lines == 0)
        return mu_fail(err, MU_ERR_PEER, "the run stream has no readable line");
    if (m->chain.state == MU_CHAIN_CORRUPT)
        m->state = MU_RUN_CORRUPT;
    mu_result_group(m);
    *result = m;
    return true;
}

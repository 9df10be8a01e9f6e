/* One r:case: the short form that every case has, and the full one with its evidence. */
#include "report/xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

static void add_requirements(struct mu_model_tree *t, const struct mu_result *m,
                             const struct mu_result_case *of)
{
    for (const struct mu_clause *c = of->clause; c != NULL; c = c->next) {
        mu_model_open(t, "requirement");
        mu_model_set(t, "document", c->document);
        mu_model_set(t, "clause", c->clause);
        mu_model_place(t, m, c->document, c->clause);
        mu_model_set(t, "rule", c->rule);
        mu_model_close(t);
    }
}

/* The control of an instance has the same values on its axes, where both have them. */
static void add_control(struct mu_model_tree *t, const struct mu_result *m,
                        const struct mu_instance *instance)
{
    char name[2 * MU_ID_MAX + MU_TEXT_MAX];
    const char *control = instance->of->control, *axes = instance->name + strlen(instance->of->id);
    if (*control == '\0')
        return;
    snprintf(name, sizeof name, "%s%s", control, axes);
    const struct mu_instance *found = mu_table_find(&m->instances, mu_bytes_of(name));
    const struct mu_result_case *of = mu_table_find(&m->cases, mu_bytes_of(control));
    if (found == NULL && of != NULL)
        found = of->first;
    if (found == NULL)
        return;
    mu_model_open(t, "control");
    mu_model_number(t, "index", (int64_t) found->index);
    mu_model_set(t, "name", found->name);
    mu_model_set(t, "verdict", mu_verdict_name(found->verdict));
    mu_model_set(t, "reason", found->reason);
    mu_model_close(t);
}

/* The value of an axis, from the name "id[axis=value,axis=value]". */
static struct mu_bytes axis_of(const struct mu_instance *instance, struct mu_bytes axis)
{
    struct mu_bytes all = mu_bytes_of(instance->name + strlen(instance->of->id));
    for (size_t at = 1, n; at < all.n; at += n + 1) {
        n = strcspn(all.p + at, ",]");
        struct mu_bytes pair = mu_bytes_slice(all, at, n);
        if (pair.n > axis.n && memcmp(pair.p, axis.p, axis.n) == 0 && pair.p[axis.n] == '=')
            return mu_bytes_from(pair, axis.n + 1);
    }
    return (struct mu_bytes){ NULL, 0 };
}

/* "{form}" in a value becomes what this instance has there. */
static const char *filled(struct mu_arena *arena, const struct mu_instance *instance,
                          const char *value)
{
    struct mu_buf out = { .arena = arena };
    for (const char *at = value; *at != '\0'; at++) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        struct mu_bytes with = { NULL, 0 };
        if (end != NULL)
            with = axis_of(instance, (struct mu_bytes){ at + 1, (size_t) (end - at) - 1 });
        if (with.p != NULL) {
            mu_buf_put(&out, with.p, with.n);
            at = end;
        } else {
            mu_buf_putc(&out, *at);
        }
    }
    return mu_buf_text(&out);
}

static void add_changes(struct mu_model_tree *t, struct mu_arena *arena,
                        const struct mu_instance *instance)
{
    const struct mu_case_change *change = instance->of->mutation;
    for (; change != NULL; change = change->next) {
        mu_model_open(t, "mutation");
        mu_model_set(t, "operator", filled(arena, instance, change->operator));
        mu_model_set(t, "on", filled(arena, instance, change->on));
        mu_model_text(t, "value", filled(arena, instance, change->value));
        mu_model_close(t);
    }
}

static void add_ladder(struct mu_model_tree *t, enum mu_rung reached)
{
    for (int rung = MU_RUNG_REACH; rung < MU_RUNGS; rung++) {
        mu_model_open(t, "rung");
        mu_model_set(t, "name", mu_rung_name((enum mu_rung) rung));
        mu_model_flag(t, "reached", rung <= (int) reached);
        mu_model_flag(t, "here", rung == (int) reached);
        mu_model_close(t);
    }
}

static void add_attempts(struct mu_model_tree *t, const struct mu_instance *instance)
{
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        mu_model_open(t, "attempt");
        mu_model_number(t, "number", (int64_t) a->number);
        mu_model_set(t, "verdict", a->judged ? mu_verdict_name(a->verdict) : "not-run");
        mu_model_set(t, "reason", a->judged ? a->reason : "interrupted");
        mu_model_number(t, "ms", a->ms);
        mu_model_set(t, "folder", a->folder);
        mu_model_close(t);
    }
}

/* The entry of the expectation file that has to do with the result. */
static void add_entry(struct mu_model_tree *t, const struct mu_result *m,
                      const struct mu_instance *instance)
{
    mu_model_known(t, "known", mu_known_find(m, instance->entry));
}

static void add_compared(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next) {
        mu_model_open(t, "compared");
        mu_model_set(t, "what", c->what);
        mu_model_set(t, "first", c->first);
        mu_model_set(t, "second", c->second);
        mu_model_set(t, "held", c->held);
        mu_model_set(t, "demanded", c->demanded);
        mu_model_flag(t, "enough", c->enough);
        if (c->offset >= 0)
            mu_model_number(t, "offset", c->offset);
        mu_model_text(t, "where", c->where);
        mu_model_text(t, "expected", c->expected);
        mu_model_text(t, "seen", c->seen);
        mu_model_close(t);
    }
}

static void add_legs(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next) {
        mu_model_open(t, "judged");
        mu_model_set(t, "leg", leg->leg);
        mu_model_text(t, "held", leg->held);
        mu_model_text(t, "broken", leg->broken);
        mu_model_text(t, "not-applicable", leg->not_applicable);
        mu_model_close(t);
    }
}

void mu_model_seconds(const struct mu_attempt *attempt, char text[24])
{
    int64_t ms = attempt != NULL && attempt->ms > 0 ? attempt->ms : 0;
    snprintf(text, 24, "%" PRId64 ".%03d", ms / 1000, (int) (ms % 1000));
}

static void set_case(struct mu_model_tree *t, const struct mu_instance *instance)
{
    const struct mu_result_case *of = instance->of;
    char seconds[24];
    mu_model_number(t, "index", (int64_t) instance->index);
    mu_model_set(t, "name", instance->name);
    mu_model_set(t, "id", of->id);
    mu_model_set(t, "verdict", mu_verdict_name(instance->verdict));
    mu_model_set(t, "reason", instance->reason);
    mu_model_set(t, "role", of->role);
    mu_model_set(t, "level", of->level);
    mu_model_set(t, "class", of->class);
    mu_model_set(t, "importance", of->importance);
    mu_model_set(t, "control", of->control);
    mu_model_set(t, "revision", of->revision);
    mu_model_set(t, "sins", of->sins);
    mu_model_flag(t, "example", instance->example);
    mu_model_set(t, "expectation", instance->expectation);
    const struct mu_opinion *override = mu_instance_override(instance);
    mu_model_set(t, "overridden", override != NULL ? mu_verdict_name(override->verdict) : NULL);
    mu_model_flag(t, "disputed", mu_instance_disputed(instance));
    mu_model_seconds(instance->final, seconds);
    mu_model_set(t, "seconds", seconds);
    if (instance->tried < 2)
        return;
    mu_model_number(t, "tried", (int64_t) instance->tried);
    mu_model_number(t, "passed", (int64_t) instance->passed);
    mu_model_flag(t, "unstable", instance->unstable);
}

static void set_attempt(struct mu_model_tree *t, const struct mu_attempt *attempt)
{
    mu_model_set(t, "rung", mu_rung_name(attempt->rung));
    mu_model_set(t, "attribution", attempt->attribution);
    mu_model_number(t, "at-ms", attempt->at_ms);
    mu_model_number(t, "ms", attempt->ms);
    mu_model_set(t, "folder", attempt->folder);
}

static void add_full(struct mu_model_tree *t, struct mu_arena *arena,
                     const struct mu_xml_chunks *chunks, const struct mu_instance *instance,
                     const struct mu_attempt *attempt)
{
    mu_model_set(t, "detail", "full");
    mu_model_text(t, "title", instance->of->title);
    mu_model_text(t, "why", instance->of->why);
    mu_model_text(t, "meaning", mu_reason_sentence(instance->reason));
    add_requirements(t, chunks->result, instance->of);
    add_control(t, chunks->result, instance);
    add_changes(t, arena, instance);
    add_entry(t, chunks->result, instance);
    mu_model_opinions(t, arena, instance, false);
    if (attempt == NULL)
        return;
    add_ladder(t, attempt->rung);
    add_attempts(t, instance);
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_model_finding(t, arena, chunks->result, f);
    add_compared(t, attempt);
    add_legs(t, attempt);
    mu_model_evidence(t, arena, chunks->source, attempt);
    mu_model_text(t, "command", mu_result_command(arena, chunks->result, instance));
}

/* Findings stand in the short form, too: JUnit has nothing else to say. A line of a table (not whole) has
 * none. */
static void add_brief(struct mu_model_tree *t, struct mu_arena *arena,
                      const struct mu_xml_chunks *chunks, const struct mu_instance *instance,
                      const struct mu_attempt *attempt, bool whole)
{
    mu_model_set(t, "detail", "brief");
    mu_model_text(t, "title", instance->of->title);
    if (!whole)
        return;
    mu_model_text(t, "meaning", mu_reason_sentence(instance->reason));
    if (attempt != NULL)
        add_entry(t, chunks->result, instance);
    mu_model_opinions(t, arena, instance, false);
    if (attempt == NULL)
        return;
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        mu_model_finding(t, arena, chunks->result, f);
    add_compared(t, attempt);
}

/* In a long run what passed or did not run has no more than its row, and of the others the first ones have
 * everything and some more one line. All marks of a page count alike. */
const char *mu_case_place(struct mu_xml_chunks *chunks, const struct mu_instance *instance)
{
    bool all = chunks->result->total <= MU_REPORT_DETAIL_MAX;
    if (!all && instance->verdict < MU_REMARKS)
        return "row";
    if (chunks->shown < MU_REPORT_DETAIL_MAX) {
        chunks->shown++;
        return "full";
    }
    return chunks->lines++ < MU_REPORT_LINES_MAX ? "line" : "row";
}

static bool is_mode(const struct mu_xml_chunks *chunks, const char *mode)
{
    return strcmp(chunks->mode, mode) == 0;
}

void mu_chunk_start(struct mu_model_tree *t, const struct mu_xml_chunks *chunks)
{
    mu_model_start(t, "cases");
    mu_model_set(t, "mode", chunks->heads ? "rows" : chunks->mode);
    mu_model_flag(t, "folded", chunks->result->total > MU_REPORT_DETAIL_MAX);
    mu_model_flag(t, "tries", chunks->result->tries);
}

void mu_chunk_add(struct mu_model_tree *t, struct mu_arena *arena,
                  const struct mu_xml_chunks *chunks, const struct mu_instance *instance,
                  const char *place)
{
    const struct mu_attempt *attempt = instance->final;
    bool whole = is_mode(chunks, "") || is_mode(chunks, "sections");
    mu_model_open(t, "case");
    set_case(t, instance);
    mu_model_set(t, "place", place);
    if (attempt != NULL)
        set_attempt(t, attempt);
    if (*place == 'f' && whole)
        add_full(t, arena, chunks, instance, attempt);
    else
        add_brief(t, arena, chunks, instance, attempt, whole);
    mu_model_close(t);
}

xmlDoc *mu_chunk_fold(const struct mu_xml_chunks *chunks, const struct mu_fold *fold)
{
    struct mu_model_tree t;
    mu_model_start(&t, "cases");
    mu_model_set(&t, "mode", chunks->mode);
    mu_model_flag(&t, "tries", chunks->result->tries);
    mu_model_number(&t, "first", (int64_t) fold->first);
    mu_model_number(&t, "last", (int64_t) fold->last);
    mu_model_set(&t, "first-name", fold->name);
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_model_number(&t, mu_verdict_name((enum mu_verdict) v), (int64_t) fold->count[v]);
    return t.doc;
}

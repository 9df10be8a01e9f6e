/* What a run stream says before its results: who, what, with which rules and cases. */
#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "core/sap.h"
#include "report/take.h"

/* Foreign text, safe, kept once. The stream's writers have doubled no backslash, so XML style:
 * what was made visible before stays as it is. */
const char *mu_take_keep(struct mu_result *m, struct mu_bytes text)
{
    const char *plain = text.p;
    size_t i = 0;
    while (i < text.n && plain[i] >= ' ' && plain[i] < 0x7f)
        i++;
    if (i < text.n || i > MU_TEXT_MAX) {
        m->scratch.n = 0;
        mu_text_safe(&m->scratch, text, MU_TEXT_XML, MU_TEXT_MAX);
        text = mu_buf_bytes(&m->scratch);
    }
    if (m->taking != m->arena) /* it will be forgotten: a table would grow with every result */
        return mu_bytes_dup(m->taking, text);
    return mu_table_word(&m->words, m->arena, text);
}

/* What a ceiling hides: events of instances above it; and of no instance, as nobody knows how high a
 * message goes that came late or that a note tells of. */
static bool is_above(struct mu_result *m, const char *event, const struct mu_node *o)
{
    struct mu_bytes name = mu_event_bytes(o, "case");
    if (name.n == 0 || strcmp(event, "late") == 0)
        return true;
    struct mu_bytes known = mu_bytes_of(mu_take_keep(m, name));
    const struct mu_instance *of = mu_table_find(&m->open, known);
    if (of == NULL)
        of = mu_table_find(&m->instances, known); /* settled, and kept */
    return mu_redact_withholds(m->redaction, of != NULL ? of->born : m->born + 1) != MU_BELOW;
}

void mu_take_begin(struct mu_result *m, const char *event, const struct mu_node *o)
{
    const struct mu_redaction *r = m->redaction;
    m->event = event;
    m->hidden = r != NULL && (r->payload || (r->ceiling != NULL && is_above(m, event, o)));
}

static bool is_hidden(const struct mu_result *m, const char *name)
{
    return m->hidden && !mu_redact_is_ours(m->event, name, m->redaction->payload);
}

/* The one way of a text from the stream into the model. */
const char *mu_take_text(struct mu_result *m, const struct mu_node *object, const char *name)
{
    struct mu_bytes text = mu_event_bytes(object, name);
    if (!is_hidden(m, name))
        return mu_take_keep(m, text);
    bool place = strcmp(name, "places") == 0 || strcmp(name, "where") == 0;
    const char *shown = place ? mu_redact_place(m->redaction, m->arena, text)
                              : mu_redact_text(m->redaction, m->arena, text);
    return mu_take_keep(m, mu_bytes_of(shown));
}

/* The members of an object as a list, numbers as text. */
struct mu_pair *mu_take_pairs(struct mu_result *m, const struct mu_node *object)
{
    struct mu_pair *first = NULL, **tail = &first;
    const struct mu_node *member = mu_node_member(object);
    for (; member != NULL; member = member->next) {
        struct mu_pair *pair = mu_new(m->arena, struct mu_pair);
        pair->name = mu_take_keep(m, mu_bytes_of(member->name.p));
        pair->value = mu_take_text(m, object, member->name.p);
        if (member->kind == MU_NODE_NUMBER)
            pair->value = mu_arena_printf(m->arena, "%lld", (long long) member->number);
        *tail = pair;
        tail = &pair->next;
    }
    return first;
}

/* Only what is a colour may stand in an attribute of a page. */
static const char *colour(struct mu_result *m, const struct mu_node *o, const char *name)
{
    const char *text = mu_take_text(m, o, name);
    return mu_colour_plain(text) ? text : "";
}

static void add_marks(struct mu_result *m, const struct mu_node *array)
{
    struct mu_high_mark **tail = &m->mark;
    m->mark = NULL;
    mu_node_each(item, array)
    {
        struct mu_high_mark *mark = mu_new(m->arena, struct mu_high_mark);
        mark->policy = mu_take_text(m, item, "policy");
        mark->marking = mu_take_text(m, item, "marking");
        mark->classification = mu_take_text(m, item, "classification");
        mark->rank = mu_event_number(item, "rank", 0);
        mark->colour = colour(m, item, "colour");
        mark->text_colour = colour(m, item, "text_colour");
        mark->decision = mu_take_text(m, item, "decision");
        *tail = mark;
        tail = &mark->next;
    }
}

/* A report under a ceiling is marked no higher than it. */
static void keep_below(struct mu_result *m)
{
    const struct mu_report_ceiling *c = m->redaction != NULL ? m->redaction->ceiling : NULL;
    if (c == NULL || !c->run_above)
        return;
    m->mark = mu_new(m->arena, struct mu_high_mark);
    *m->mark = (struct mu_high_mark){ .policy = c->policy,
                                      .marking = c->marking,
                                      .classification = c->classification,
                                      .colour = c->colour != NULL ? c->colour : "",
                                      .text_colour = c->text_colour != NULL ? c->text_colour : "",
                                      .decision = "",
                                      .rank = c->rank };
}

/* Without a SUT file there are no claims, and name, version and owner are what the adapter said at hello. */
static void hide_greeting(struct mu_result *m, const struct mu_node *sut)
{
    if (m->redaction == NULL || !m->redaction->payload || mu_node_get(sut, "claims") != NULL)
        return;
    for (struct mu_pair *pair = m->sut; pair != NULL; pair = pair->next)
        if (strcmp(pair->name, "id") != 0)
            pair->value = mu_redact_text(m->redaction, m->arena, mu_event_bytes(sut, pair->name));
}

/* What came in goes higher than what was sent. A run that was resumed says it again from what is sent: what was
 * said before stays beside it. */
void mu_take_marks(struct mu_result *m, const struct mu_node *o)
{
    struct mu_high_mark *before = m->resumed != NULL ? m->mark : NULL;
    add_marks(m, mu_node_get(o, "marking"));
    for (; before != NULL; before = before->next) {
        struct mu_high_mark **tail = &m->mark;
        while (*tail != NULL
               && !((*tail)->policy == before->policy && (*tail)->marking == before->marking))
            tail = &(*tail)->next;
        if (*tail == NULL) {
            *tail = mu_new(m->arena, struct mu_high_mark);
            **tail = *before;
            (*tail)->next = NULL;
        }
    }
    keep_below(m);
}

void mu_take_open(struct mu_result *m, const struct mu_node *o)
{
    m->run = mu_take_text(m, o, "run");
    m->muster = mu_take_text(m, o, "muster");
    m->isolation = mu_take_text(m, o, "isolation");
    m->content = mu_take_text(m, o, "content");
    m->content_key = mu_take_text(m, o, "content_key");
    m->selection = mu_take_text(m, o, "selection");
    m->test_time = mu_take_text(m, o, "test_time");
    m->started = mu_take_text(m, o, "started");
    m->seed = mu_event_number(o, "seed", 0);
    m->jobs = mu_event_number(o, "jobs", 1);
    m->planned = mu_event_number(o, "planned", 0);
    m->sut = mu_take_pairs(m, mu_node_get(o, "sut"));
    hide_greeting(m, mu_node_get(o, "sut"));
    m->profile = mu_take_pairs(m, mu_node_get(o, "profile"));
    m->suite = mu_take_pairs(m, mu_node_get(o, "suite"));
    m->library = mu_take_pairs(m, mu_node_get(o, "libraries"));
    m->digest = mu_take_pairs(m, mu_node_get(o, "digests"));
    m->trust = mu_take_pairs(m, mu_node_get(o, "trust"));
    m->policy = mu_take_pairs(m, mu_node_get(o, "policies"));
    mu_take_shard(m, o);
    const struct mu_node *tries = mu_node_get(o, "tries");
    m->tries =
        tries != NULL || mu_event_number(o, "merged", 0) > 0; /* runs may differ in a verdict */
    m->repeat = mu_event_number(tries, "repeat", 1);
    m->final = tries != NULL ? mu_take_text(m, tries, "final") : "first";
    m->health = mu_take_pairs(m, mu_node_get(o, "health"));
    m->silent = mu_take_pairs(m, mu_node_get(o, "silent"));
    add_marks(m, mu_node_get(o, "marking"));
    keep_below(m);
}

void mu_take_rule(struct mu_result *m, const struct mu_node *o)
{
    struct mu_result_rule *rule = mu_new(m->arena, struct mu_result_rule);
    rule->id = mu_take_text(m, o, "id");
    if (mu_table_find(&m->rules, mu_bytes_of(rule->id)) != NULL)
        return;
    rule->level = mu_take_text(m, o, "level");
    rule->written = mu_take_text(m, o, "written");
    rule->see = mu_take_text(m, o, "see");
    rule->document = mu_take_text(m, o, "document");
    rule->text = mu_take_text(m, o, "text");
    rule->because = mu_take_text(m, o, "because");
    rule->assertion = mu_event_true(o, "assertion");
    rule->waived = mu_event_true(o, "waived");
    rule->index = (unsigned) m->rules.count + 1;
    mu_table_add(&m->rules, m->arena, rule);
    *m->tail.rule = rule;
    m->tail.rule = &rule->next;
}

struct mu_result_case *mu_take_case(struct mu_result *m, struct mu_bytes id)
{
    struct mu_result_case *of = mu_table_find(&m->cases, id);
    if (of != NULL)
        return of;
    of = mu_new(m->arena, struct mu_result_case);
    of->id = mu_bytes_dup(m->arena, id);
    of->revision = of->title = of->why = of->role = of->level = of->class = "";
    of->importance = of->control = of->sins = of->tags = of->capabilities = "";
    mu_table_add(&m->cases, m->arena, of);
    *m->tail.of = of;
    m->tail.of = &of->next;
    return of;
}

/* What an adapter may call a role or a capability and what it invented. */
static const char *word_shown(struct mu_result *m, const char *name, const char *word)
{
    static const char *const role[] = { "sender",    "receiver", "relay",
                                        "validator", "labeller", "policy" };
    if (!is_hidden(m, name) || mu_capability_find(word) != NULL)
        return word;
    for (size_t i = 0; i < MU_COUNT(role); i++)
        if (strcmp(role[i], word) == 0)
            return word;
    return mu_redact_word(m->redaction, m->arena, mu_bytes_of(word));
}

/* A list of words is a text or, of an adapter, an array; of its capabilities those that it has. */
static const char *words(struct mu_result *m, const struct mu_node *o, const char *name)
{
    const struct mu_node *value = mu_node_get(o, name);
    struct mu_buf text = { .arena = m->arena };
    if (value == NULL || value->kind != MU_NODE_ARRAY)
        return mu_take_text(m, o, name);
    mu_node_each(item, value)
    {
        const struct mu_node *word =
            item->kind == MU_NODE_OBJECT ? mu_node_get(item, "name") : item;
        if (word != NULL && word->kind == MU_NODE_TEXT && *mu_take_text(m, item, "status") == '\0')
            mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", word_shown(m, name, word->text.p));
    }
    return mu_take_keep(m, mu_buf_bytes(&text));
}

static void add_mutations(struct mu_result *m, struct mu_result_case *of,
                          const struct mu_node *array)
{
    struct mu_case_change **tail = &of->mutation;
    *tail = NULL;
    mu_node_each(item, array)
    {
        struct mu_case_change *mutation = mu_new(m->arena, struct mu_case_change);
        mutation->operator= mu_take_text(m, item, "operator");
        mutation->on = mu_take_text(m, item, "on");
        mutation->value = mu_take_text(m, item, "value");
        *tail = mutation;
        tail = &mutation->next;
    }
}

void mu_take_of(struct mu_result *m, const struct mu_node *o)
{
    struct mu_result_case *of = mu_take_case(m, mu_bytes_of(mu_take_text(m, o, "id")));
    struct mu_clause **tail = &of->clause;
    of->revision = mu_take_text(m, o, "revision");
    of->title = mu_take_text(m, o, "title");
    of->why = mu_take_text(m, o, "why");
    of->role = mu_take_text(m, o, "role");
    of->level = mu_take_text(m, o, "level");
    of->class = mu_take_text(m, o, "class");
    of->importance = mu_take_text(m, o, "importance");
    of->control = mu_take_text(m, o, "control");
    of->sins = mu_take_text(m, o, "sins");
    of->tags = mu_take_text(m, o, "tags");
    of->capabilities = words(m, o, "capabilities");
    add_mutations(m, of, mu_node_get(o, "mutations"));
    of->clause = NULL;
    mu_node_each(item, mu_node_get(o, "requirements"))
    {
        struct mu_clause *clause = mu_new(m->arena, struct mu_clause);
        clause->document = mu_take_text(m, item, "document");
        clause->clause = mu_take_text(m, item, "clause");
        clause->rule = mu_take_text(m, item, "rule");
        *tail = clause;
        tail = &clause->next;
    }
}

void mu_take_catalogue(struct mu_result *m, const struct mu_node *o)
{
    struct mu_owed *owed = mu_new(m->arena, struct mu_owed);
    struct mu_owed_cell **tail = &owed->cell;
    owed->id = mu_take_text(m, o, "id");
    owed->kept = mu_take_text(m, o, "kept");
    mu_node_each(item, mu_node_get(o, "cells"))
    {
        struct mu_owed_cell *cell = mu_new(m->arena, struct mu_owed_cell);
        cell->role = mu_take_text(m, item, "role");
        cell->rules = words(m, item, "rules");
        cell->why = mu_take_text(m, item, "why");
        *tail = cell;
        tail = &cell->next;
    }
    *m->tail.owed = owed;
    m->tail.owed = &owed->next;
}

/* What an adapter's line tells besides who it is: why it broke, how its program ended, what is odd in what
 * it claims. */
static const char *what_happened(struct mu_result *m, const struct mu_node *o)
{
    static const char *const number[] = { "exit", "signal" };
    struct mu_buf text = { .arena = m->arena };
    mu_buf_puts(&text, mu_take_text(m, o, "what"));
    mu_buf_puts(&text, mu_take_text(m, o, "reason"));
    for (size_t i = 0; i < MU_COUNT(number); i++) {
        const struct mu_node *value = mu_node_get(o, number[i]);
        if (value != NULL && value->kind == MU_NODE_NUMBER)
            mu_buf_printf(&text, "%s%s %lld", text.n > 0 ? ", " : "", number[i],
                          (long long) value->number);
    }
    size_t lost = 0;
    mu_node_each(item, mu_node_get(o, "lost")) lost++;
    if (lost > 0)
        mu_buf_printf(&text, "%s%zu case%s lost", text.n > 0 ? ", " : "", lost,
                      lost == 1 ? "" : "s");
    mu_node_each(item, mu_node_get(o, "lint"))
    {
        bool is_text = item->kind == MU_NODE_TEXT;
        mu_buf_puts(&text, text.n > 0 && is_text ? "; " : "");
        mu_buf_puts(&text, is_text ? word_shown(m, "lint", item->text.p) : "");
    }
    return mu_take_keep(m, mu_buf_bytes(&text));
}

/* The file of the run that holds what its program has printed. */
static const char *log_of(struct mu_result *m, const struct mu_node *o)
{
    const struct mu_node *evidence = mu_node_get(o, "evidence");
    const char *folder = mu_take_text(m, evidence, "folder"), *name = "";
    mu_node_each(item, mu_node_get(evidence, "files")) name = mu_take_text(m, item, "name");
    return *name != '\0' ? mu_arena_printf(m->arena, "%s/%s", folder, name) : "";
}

/* An adapter says who it is once it is ready, and again after it was started anew. */
void mu_take_adapter(struct mu_result *m, const struct mu_node *o)
{
    struct mu_adapter_seen *adapter = mu_new(m->arena, struct mu_adapter_seen);
    adapter->id = mu_take_text(m, o, "id");
    adapter->state = mu_take_text(m, o, "state");
    adapter->roles = words(m, o, "roles");
    adapter->caps = words(m, o, "caps");
    adapter->confined = mu_take_text(m, o, "confined");
    adapter->what = what_happened(m, o);
    adapter->log = log_of(m, o);
    adapter->digest = mu_take_text(m, o, "digest");
    const struct mu_node *skew = mu_node_get(o, "skew_ms");
    adapter->skew = skew != NULL && skew->kind == MU_NODE_NUMBER
                        ? mu_arena_printf(m->arena, "%lld", (long long) skew->number)
                        : "";
    adapter->adapter = mu_take_pairs(m, mu_node_get(o, "adapter"));
    adapter->sut = mu_take_pairs(m, mu_node_get(o, "sut"));
    *m->tail.adapter = adapter;
    m->tail.adapter = &adapter->next;
}

void mu_take_expect(struct mu_result *m, const struct mu_node *o)
{
    struct mu_known *known = mu_new(m->arena, struct mu_known);
    known->entry = (unsigned) mu_event_number(o, "entry", 0);
    known->line = mu_event_number(o, "line", 0);
    known->max = mu_event_number(o, "max", -1);
    known->of = mu_take_text(m, o, "case");
    known->verdict = mu_take_text(m, o, "verdict");
    known->reason = mu_take_text(m, o, "reason");
    known->owner = mu_take_text(m, o, "owner");
    known->ticket = mu_take_text(m, o, "ticket");
    known->until = mu_take_text(m, o, "until");
    known->text = mu_take_text(m, o, "text");
    known->stale = "";
    *m->tail.known = known;
    m->tail.known = &known->next;
}

/* What people say of verdicts after the run: disputes, overrides, and what is taken back. */
#include <string.h>

#include "report/take.h"

static bool is(const struct mu_opinion *opinion, const char *kind)
{
    return strcmp(opinion->kind, kind) == 0;
}

/* The last that stands by the same person. */
static struct mu_opinion *last_of(const struct mu_instance *instance, const char *by)
{
    struct mu_opinion *last = NULL;
    for (struct mu_opinion *o = instance->opinion; o != NULL; o = o->next)
        if (!o->withdrawn && !is(o, "withdraw") && strcmp(o->by, by) == 0)
            last = o;
    return last;
}

/* Of a case that the stream does not know, and of a kind that we do not know, nothing can be shown at its
 * place: it stands among the notes. */
static void take_as_note(struct mu_result *m, const struct mu_node *o)
{
    struct mu_note *note = mu_new(m->arena, struct mu_note);
    note->of = mu_take_text(m, o, "case");
    note->text = mu_arena_printf(m->arena, "%s by %s: %s", mu_take_text(m, o, "kind"),
                                 mu_take_text(m, o, "by"), mu_take_text(m, o, "why"));
    *m->tail.note = note;
    m->tail.note = &note->next;
}

void mu_take_opinion(struct mu_result *m, const struct mu_node *o)
{
    static const char *const kind[] = { "dispute", "override", "withdraw" };
    struct mu_instance *instance =
        mu_table_find(&m->instances, mu_bytes_of(mu_take_text(m, o, "case")));
    struct mu_opinion *opinion = mu_new(m->arena, struct mu_opinion);
    opinion->kind = mu_take_text(m, o, "kind");
    bool known = false;
    for (size_t i = 0; i < MU_COUNT(kind); i++)
        known = known || is(opinion, kind[i]);
    if (is(opinion, "override"))
        known = known && mu_verdict_from_name(mu_event_text(o, "verdict"), &opinion->verdict);
    if (instance == NULL || !known) {
        take_as_note(m, o);
        return;
    }
    opinion->by = mu_take_text(m, o, "by");
    opinion->why = mu_take_text(m, o, "why");
    opinion->at = mu_take_text(m, o, "at");
    struct mu_opinion *back = is(opinion, "withdraw") ? last_of(instance, opinion->by) : NULL;
    if (back != NULL)
        back->withdrawn = true;
    struct mu_opinion **tail = &instance->opinion;
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = opinion;
}

const struct mu_opinion *mu_instance_override(const struct mu_instance *instance)
{
    const struct mu_opinion *last = NULL;
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next)
        if (!o->withdrawn && is(o, "override"))
            last = o;
    return last;
}

bool mu_instance_disputed(const struct mu_instance *instance)
{
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next)
        if (!o->withdrawn && is(o, "dispute"))
            return true;
    return false;
}

const char *mu_opinion_sentence(struct mu_arena *arena, const struct mu_instance *instance,
                                const struct mu_opinion *opinion)
{
    struct mu_buf out = { .arena = arena };
    if (is(opinion, "override"))
        mu_buf_printf(&out, "overridden, %s instead of %s,", mu_verdict_name(opinion->verdict),
                      mu_verdict_name(instance->verdict));
    else
        mu_buf_puts(&out, is(opinion, "dispute") ? "disputed" : "withdrawn");
    mu_buf_printf(&out, " by %s at %s: %s%s", opinion->by, opinion->at, opinion->why,
                  opinion->withdrawn ? " (withdrawn since)" : "");
    return mu_buf_text(&out);
}

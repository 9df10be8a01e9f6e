/* What the legs of a verdict line say: which rules held, were broken, did not apply. */
#include <string.h>

#include "report/take.h"

/* An array of rule ids as one text, kept once: most cases hold the same rules. */
static const char *ids(struct mu_result *m, const struct mu_node *array)
{
    struct mu_buf text = { .arena = m->arena };
    mu_node_each(item, array)
    {
        if (item->kind == MU_NODE_TEXT)
            mu_buf_printf(&text, "%s%s", text.n > 0 ? " " : "", item->text.p);
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

static struct mu_result_leg *read_legs(struct mu_result *m, const struct mu_node *array)
{
    struct mu_result_leg *first = NULL, **tail = &first;
    mu_node_each(item, array)
    {
        struct mu_result_leg *leg = mu_new(m->arena, struct mu_result_leg);
        leg->leg = mu_take_text(m, item, "leg");
        leg->held = ids(m, mu_node_get(item, "held"));
        leg->broken = ids(m, mu_node_get(item, "broken"));
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

/* What the legs of a verdict line say is long and much the same from line to line: what is written alike is
 * read once, and never forgotten. */
struct legs_read {
    const char *text; /* first: key of a table */
    struct mu_result_leg *first;
};

struct mu_result_leg *mu_take_legs(struct mu_result *m, const struct mu_node *array)
{
    struct mu_bytes text = array->text; /* "" when it is not written as we write */
    struct legs_read *read = text.n > 0 ? mu_table_find(&m->legs_read, text) : NULL;
    if (read != NULL)
        return read->first;
    struct mu_arena *taking = m->taking;
    m->taking = m->arena;
    struct mu_result_leg *first = read_legs(m, array);
    m->taking = taking;
    if (text.n > 0) {
        read = mu_new(m->arena, struct legs_read);
        *read = (struct legs_read){ mu_bytes_dup(m->arena, text), first };
        mu_table_add(&m->legs_read, m->arena, read);
    }
    return first;
}

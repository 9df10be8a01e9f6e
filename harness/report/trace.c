/* Traceability: which clause is spoken of by which rules and cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "report/model.h"

static struct mu_trace *trace_of(struct mu_result *m, const char *document, const char *clause)
{
    const char *key = mu_arena_printf(m->arena, "%s\n%s", document, clause);
    struct mu_trace *trace = mu_table_find(&m->traces, mu_bytes_of(key));
    if (trace != NULL)
        return trace;
    trace = mu_new(m->arena, struct mu_trace);
    trace->key = key;
    trace->document = document;
    trace->clause = clause;
    mu_table_add(&m->traces, m->arena, trace);
    trace->next = m->trace;
    m->trace = trace;
    return trace;
}

unsigned mu_trace_index(const struct mu_result *result, const char *document, const char *clause)
{
    char key[2 * MU_TEXT_MAX];
    int n = snprintf(key, sizeof key, "%s\n%s", document, clause);
    const struct mu_trace *trace =
        n < (int) sizeof key ? mu_table_find(&result->traces, mu_bytes_of(key)) : NULL;
    return trace != NULL ? trace->index : 0;
}

static struct mu_trace *clause_of_rule(struct mu_result *m, const struct mu_result_rule *rule)
{
    return trace_of(m, rule->document, rule->see);
}

/* First how many, then which: the lists are arrays of the right size. */
static void each(struct mu_result *m,
                 void (*rule)(struct mu_trace *, const struct mu_result_rule *),
                 void (*of)(struct mu_trace *, const struct mu_result_case *))
{
    for (const struct mu_result_rule *r = m->rule; r != NULL; r = r->next)
        rule(clause_of_rule(m, r), r);
    for (const struct mu_result_case *c = m->of; c != NULL; c = c->next)
        for (const struct mu_clause *clause = c->clause; clause != NULL; clause = clause->next)
            of(trace_of(m, clause->document, clause->clause), c);
}

static void count_rule(struct mu_trace *trace, const struct mu_result_rule *rule)
{
    (void) rule;
    trace->rules++;
}

static void count_case(struct mu_trace *trace, const struct mu_result_case *of)
{
    (void) of;
    trace->cases++;
}

static void put_rule(struct mu_trace *trace, const struct mu_result_rule *rule)
{
    trace->rule[trace->rules++] = rule;
}

/* A case may name a clause twice, for two rules of it. */
static void put_case(struct mu_trace *trace, const struct mu_result_case *of)
{
    if (trace->cases == 0 || trace->of[trace->cases - 1] != of)
        trace->of[trace->cases++] = of;
}

static int by_place(const void *a, const void *b)
{
    const struct mu_trace *x = *(struct mu_trace *const *) a, *y = *(struct mu_trace *const *) b;
    int order = strcmp(x->document, y->document);
    return order != 0 ? order : strverscmp(x->clause, y->clause);
}

static void sort(struct mu_result *m)
{
    size_t n = 0;
    struct mu_trace **item = mu_arena_array(m->arena, m->traces.count + 1, sizeof(*item));
    for (struct mu_trace *t = m->trace; t != NULL; t = t->next)
        item[n++] = t;
    qsort(item, n, sizeof(*item), by_place);
    for (size_t i = 0; i < n; i++) {
        item[i]->next = item[i + 1]; /* the last one's is the NULL behind the end */
        item[i]->index = (unsigned) i + 1;
    }
    m->trace = item[0];
}

void mu_result_trace(struct mu_result *result)
{
    each(result, count_rule, count_case);
    for (struct mu_trace *t = result->trace; t != NULL; t = t->next) {
        t->rule = mu_arena_array(result->arena, t->rules + 1, sizeof(*t->rule));
        t->of = mu_arena_array(result->arena, t->cases + 1, sizeof(*t->of));
        t->rules = t->cases = 0;
    }
    each(result, put_rule, put_case);
    sort(result);
}

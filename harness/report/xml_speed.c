/* How long cases took: quantiles by role, and the slowest. Only attempts that ran to a verdict count. */
#include <stdlib.h>
#include <string.h>

#include "report/xml.h"

#define SLOWEST 20
#define ROLES   8

static int by_time(const void *a, const void *b)
{
    const struct mu_instance *x = *(const struct mu_instance *const *) a;
    const struct mu_instance *y = *(const struct mu_instance *const *) b;
    if (x->final->ms != y->final->ms)
        return x->final->ms < y->final->ms ? -1 : 1;
    return x->index > y->index ? -1 : x->index < y->index; /* the earlier one counts as slower */
}

/* The smallest value that `percent` of all do not pass (nearest rank). */
static int64_t quantile(const struct mu_instance **sorted, size_t n, unsigned percent)
{
    size_t rank = (n * percent + 99) / 100;
    return sorted[rank > 0 ? rank - 1 : 0]->final->ms;
}

static void add_quantiles(struct mu_model_tree *t, const char *of,
                          const struct mu_instance **sorted, size_t n)
{
    if (n == 0)
        return;
    mu_model_open(t, "quantiles");
    mu_model_set(t, "of", of);
    mu_model_number(t, "n", (int64_t) n);
    mu_model_number(t, "p50", quantile(sorted, n, 50));
    mu_model_number(t, "p90", quantile(sorted, n, 90));
    mu_model_number(t, "p99", quantile(sorted, n, 99));
    mu_model_number(t, "max", sorted[n - 1]->final->ms);
    mu_model_close(t);
}

/* Those of one role, in the same order. */
static size_t pick(const struct mu_instance **from, size_t n, const char *role,
                   const struct mu_instance **into)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(from[i]->of->role, role) == 0)
            into[k++] = from[i];
    return k;
}

static size_t roles_of(const struct mu_result *m, const char *role[ROLES])
{
    size_t n = 0;
    for (const struct mu_result_case *of = m->of; of != NULL && n < ROLES; of = of->next) {
        size_t i = 0;
        while (i < n && strcmp(role[i], of->role) != 0)
            i++;
        if (i == n && *of->role != '\0')
            role[n++] = of->role;
    }
    return n;
}

void mu_model_speed(struct mu_model_tree *t, struct mu_arena *arena, const struct mu_result *m)
{
    const size_t room = m->instance != NULL ? m->total + 1 : 1; /* a result may keep none */
    const struct mu_instance **all = mu_arena_array(arena, room, sizeof(*all));
    const struct mu_instance **some = mu_arena_array(arena, room, sizeof(*some));
    const char *role[ROLES];
    size_t n = 0, roles = roles_of(m, role);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        if (i->final != NULL && strcmp(i->reason, "control-failed") != 0)
            all[n++] = i;
    qsort(all, n, sizeof(*all), by_time);
    add_quantiles(t, "all", all, n);
    for (size_t r = 0; roles > 1 && r < roles; r++)
        add_quantiles(t, role[r], some, pick(all, n, role[r], some));
    for (size_t i = 0; i < SLOWEST && i < n; i++) {
        const struct mu_instance *slow = all[n - 1 - i];
        mu_model_open(t, "slow");
        mu_model_number(t, "index", (int64_t) slow->index);
        mu_model_set(t, "name", slow->name);
        mu_model_set(t, "verdict", mu_verdict_name(slow->verdict));
        mu_model_number(t, "ms", slow->final->ms);
        mu_model_close(t);
    }
}

/*
 * How long cases took. Machines differ and so do days, so a kind of case is said to be faster or slower only when
 *
 *   its cases are paired by name, and both ends of a pair are the same (a timeout is no speed);
 *   the sign test over the pairs that differ finds it less likely than 1 in 1,000 that chance made them so:
 *   (2k - n)^2 > 10.83 n, where k of n are slower; fewer than 11 pairs never show anything; and
 *   the median moved by a fifth and by 2 ms at least: what is certain need not matter.
 */
#include <stdlib.h>
#include <string.h>

#include "report/compare.h"

#define PAIRS_LEAST 11
#define CHI_PERCENT 1083 /* 10.83: chi squared of one degree, 0.001 */
#define MOVED_LEAST 2    /* ms */
#define MOVED_PART  5    /* a fifth */
#define MS_MOST     ((int64_t) 1000000000)
#define KINDS_MAX   64 /* a suite has roles times classes; what is past it counts under "all" alone */

struct pair {
    const char *role, *class;
    int64_t before, after;
};

struct pairs {
    struct pair *pair;
    size_t n;
    int64_t *value;
};

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
    return x < y ? -1 : x > y;
}

/* The smallest value that `percent` of all do not pass (nearest rank), as in the speed part of a report. */
static void quantiles(int64_t *value, size_t n, int64_t out[3])
{
    static const unsigned percent[3] = { 50, 90, 99 };
    qsort(value, n, sizeof(*value), by_value);
    for (size_t i = 0; i < 3; i++)
        out[i] = value[(n * percent[i] + 99) / 100 - 1];
}

static bool is_significant(const struct mu_pace *pace)
{
    int64_t n = (int64_t) (pace->slower + pace->faster);
    int64_t lead = (int64_t) pace->slower - (int64_t) pace->faster;
    int64_t moved = pace->after[0] - pace->before[0];
    if (n < PAIRS_LEAST || 100 * lead * lead <= CHI_PERCENT * n || (moved > 0) != (lead > 0))
        return false;
    moved = moved < 0 ? -moved : moved;
    return moved >= MOVED_LEAST && MOVED_PART * moved >= pace->before[0];
}

static bool fits(const struct pair *p, const struct pair *kind)
{
    return kind == NULL || (strcmp(p->role, kind->role) == 0 && strcmp(p->class, kind->class) == 0);
}

/* Pairs of one kind; NULL: all. */
static void add_pace(struct mu_diff *c, struct pairs *all, const struct pair *kind,
                     struct mu_pace ***tail)
{
    struct mu_pace *pace = mu_new(c->arena, struct mu_pace);
    for (int end = 0; end < 2; end++) {
        pace->n = 0;
        for (size_t i = 0; i < all->n; i++)
            if (fits(&all->pair[i], kind))
                all->value[pace->n++] = end == 0 ? all->pair[i].before : all->pair[i].after;
        quantiles(all->value, pace->n, end == 0 ? pace->before : pace->after);
    }
    for (size_t i = 0; i < all->n; i++) {
        const struct pair *p = &all->pair[i];
        pace->slower += fits(p, kind) && p->after > p->before;
        pace->faster += fits(p, kind) && p->after < p->before;
    }
    pace->kind = kind == NULL ? "all"
                              : mu_arena_printf(c->arena, "%s%s%s", kind->role,
                                                *kind->role != '\0' ? " " : "", kind->class);
    pace->significant = is_significant(pace);
    **tail = pace;
    *tail = &pace->next;
}

/* The stream may say anything. */
static int64_t within(int64_t ms)
{
    return ms < 0 ? 0 : ms < MS_MOST ? ms : MS_MOST;
}

static void find_pairs(struct mu_diff *c, struct pairs *all)
{
    for (const struct mu_instance *i = c->after->instance; i != NULL; i = i->next) {
        const struct mu_instance *old = mu_table_find(&c->before->instances, mu_bytes_of(i->name));
        if (old == NULL || old->final == NULL || i->final == NULL || old->verdict != i->verdict
            || strcmp(old->reason, i->reason) != 0 || strcmp(i->reason, "control-failed") == 0)
            continue;
        all->pair[all->n++] = (struct pair){ i->of->role, i->of->class, within(old->final->ms),
                                             within(i->final->ms) };
    }
}

void mu_compare_paces(struct mu_diff *c)
{
    const struct pair *kind[KINDS_MAX];
    size_t kinds = 0;
    struct mu_pace **tail = &c->pace;
    struct pairs all = { .n = 0 };
    all.pair = mu_arena_array(c->arena, (size_t) c->after->total + 1, sizeof(*all.pair));
    all.value = mu_arena_array(c->arena, (size_t) c->after->total + 1, sizeof(*all.value));
    find_pairs(c, &all);
    if (all.n == 0)
        return;
    add_pace(c, &all, NULL, &tail);
    for (size_t i = 0; i < all.n; i++) {
        size_t k = 0;
        while (k < kinds && !fits(&all.pair[i], kind[k]))
            k++;
        if (k == kinds && kinds < KINDS_MAX)
            kind[kinds++] = &all.pair[i];
    }
    for (size_t k = 0; kinds > 1 && k < kinds; k++)
        add_pace(c, &all, kind[k], &tail);
}

/* Two runs, instance by instance. */
#include "report/compare.h"

#include <stdlib.h>
#include <string.h>

#include "core/words.h"

/* --- where a change leads --------------------------------------------------------------------------- */

enum mu_way mu_way_of(enum mu_verdict from, enum mu_verdict to)
{
    enum {
        W = MU_WAY_WORSE,
        L = MU_WAY_LOST,
        A = MU_WAY_ASIDE,
        B = MU_WAY_BETTER,
        S = MU_WAY_SAME
    };
    /* What could not be judged is worse than what passed and says nothing against what failed. */
    static const unsigned char way[MU_VERDICTS][MU_VERDICTS] = {
        /* to               not-run pass remarks inconclusive fail error */
        [MU_NOT_RUN] = { S, B, B, W, W, W }, [MU_PASS] = { L, S, W, W, W, W },
        [MU_REMARKS] = { L, B, S, W, W, W }, [MU_INCONCLUSIVE] = { A, B, B, S, W, A },
        [MU_FAIL] = { A, B, B, A, S, A },    [MU_ERROR] = { A, B, B, A, W, S },
    };
    return (enum mu_way) way[from][to];
}

const char *mu_way_name(enum mu_way way)
{
    static const char *const name[] = { "worse", "no longer run", "aside", "better", "same" };
    return mu_word(name, MU_COUNT(name), (int) way);
}

/* Turns a run red by itself: it is neither covered by the expectation file nor excused. */
static bool is_failure(const struct mu_instance *i)
{
    bool covered = strcmp(i->expectation, "as-expected") == 0 && i->entry > 0;
    return i->verdict >= MU_REMARKS && !covered && !mu_instance_excused(i);
}

/* --- changes ------------------------------------------------------------------------------------------ */

static bool same_tries(const struct mu_instance *a, const struct mu_instance *b)
{
    if (a->unstable != b->unstable)
        return false;
    return !a->unstable || (a->passed == b->passed && a->tried == b->tried);
}

static struct mu_change *change_of(struct mu_diff *c, const struct mu_instance *before,
                                   const struct mu_instance *after)
{
    struct mu_change *change = mu_new(c->arena, struct mu_change);
    const struct mu_instance *either = after != NULL ? after : before;
    change->name = either->name;
    change->before = before;
    change->after = after;
    change->way = MU_WAY_SAME;
    change->cause = mu_gap_causes(&c->gap, either->of->id, mu_end_of(c->before, before),
                                  mu_end_of(c->after, after));
    return change;
}

/* NULL: it is the same in both runs. */
static struct mu_change *compare_one(struct mu_diff *c, const struct mu_instance *before,
                                     const struct mu_instance *after)
{
    bool verdict = before->verdict != after->verdict;
    bool reason = !verdict && strcmp(before->reason, after->reason) != 0;
    bool stability = !same_tries(before, after);
    bool expectation = strcmp(before->expectation, after->expectation) != 0;
    if (!verdict && !reason && !stability && !expectation)
        return NULL;
    struct mu_change *change = change_of(c, before, after);
    change->verdict = verdict;
    change->reason = reason;
    change->stability = stability;
    change->expectation = expectation && !verdict;
    change->way = mu_way_of(before->verdict, after->verdict);
    change->failure = change->way == MU_WAY_WORSE && is_failure(after);
    c->failures += change->failure;
    c->better += change->way == MU_WAY_BETTER;
    c->reasons += reason;
    c->stabilities += stability;
    c->expectations += change->expectation;
    return change;
}

struct list {
    struct mu_change **item;
    size_t n;
};

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct mu_change *const *) a)->name, (*(struct mu_change *const *) b)->name);
}

static struct mu_change *chained(struct list *list)
{
    if (list->n > 0)
        qsort(list->item, list->n, sizeof(*list->item), by_name);
    for (size_t i = 0; i + 1 < list->n; i++)
        list->item[i]->next = list->item[i + 1];
    return list->n > 0 ? list->item[0] : NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static struct list new_list(struct mu_diff *c)
{
    size_t room = (size_t) c->before->total + c->after->total + 1;
    return (struct list){ .item = mu_arena_array(c->arena, room, sizeof(struct mu_change *)) };
}

static void match(struct mu_diff *c)
{
    struct list changed = new_list(c), added = new_list(c), removed = new_list(c);
    c->unchanged = mu_arena_array(c->arena, (size_t) c->after->total + 1, sizeof(*c->unchanged));
    for (const struct mu_instance *i = c->after->instance; i != NULL; i = i->next) {
        const struct mu_instance *old = mu_table_find(&c->before->instances, mu_bytes_of(i->name));
        struct mu_change *change = old != NULL ? compare_one(c, old, i) : NULL;
        c->common += old != NULL;
        if (old == NULL)
            added.item[added.n++] = change_of(c, NULL, i);
        else if (change != NULL)
            changed.item[changed.n++] = change;
        else
            c->unchanged[c->same++] = i->name;
    }
    for (const struct mu_instance *i = c->before->instance; i != NULL; i = i->next)
        if (mu_table_find(&c->after->instances, mu_bytes_of(i->name)) == NULL)
            removed.item[removed.n++] = change_of(c, i, NULL);
    c->changed = (unsigned) changed.n;
    c->added = (unsigned) added.n;
    c->removed = (unsigned) removed.n;
    c->change = chained(&changed);
    c->only_after = chained(&added);
    c->only_before = chained(&removed);
    if (c->same > 0)
        qsort(c->unchanged, c->same, sizeof(*c->unchanged), by_text);
}

/* A case that is new and fails is a new failure, unless the runs are of different profiles. */
static void judge_added(struct mu_diff *c)
{
    for (struct mu_change *a = c->only_after; a != NULL && !c->strangers; a = a->next) {
        a->failure = a->after->verdict > MU_REMARKS && is_failure(a->after);
        c->failures += a->failure;
    }
}

/* --- transitions ------------------------------------------------------------------------------------- */

/* How bad, the worst first: where it leads, then what it came to, then what it was. */
static int badness(const struct mu_transition *t)
{
    static const int urgency[MU_VERDICTS] = {
        [MU_FAIL] = 0,    [MU_ERROR] = 1,   [MU_INCONCLUSIVE] = 2,
        [MU_REMARKS] = 3, [MU_NOT_RUN] = 4, [MU_PASS] = 5,
    };
    bool better = t->way == MU_WAY_BETTER;
    int first = urgency[better ? t->from : t->to], second = urgency[better ? t->to : t->from];
    return (int) t->way * 100 + first * 10 + 5 - second;
}

static int by_badness(const void *a, const void *b)
{
    return badness(a) - badness(b);
}

static void count_transitions(struct mu_diff *c)
{
    const size_t room = (size_t) MU_VERDICTS * MU_VERDICTS;
    struct mu_transition *t = mu_arena_array(c->arena, room, sizeof(*t));
    for (size_t i = 0; i < room; i++) {
        t[i].from = (enum mu_verdict)(i / MU_VERDICTS);
        t[i].to = (enum mu_verdict)(i % MU_VERDICTS);
        t[i].way = mu_way_of(t[i].from, t[i].to);
    }
    qsort(t, room, sizeof(*t), by_badness);
    for (size_t i = 0; i < room; i++)
        t[i].tail = &t[i].first;
    for (struct mu_change *change = c->change; change != NULL; change = change->next)
        for (size_t i = 0; change->verdict && i < room; i++)
            if (t[i].from == change->before->verdict && t[i].to == change->after->verdict) {
                *t[i].tail = change;
                t[i].tail = &change->next_alike;
                t[i].count++;
            }
    c->transition = t;
    for (size_t i = 0; i < room; i++)
        if (t[i].count > 0) {
            t[c->transitions] = t[i];
            t[c->transitions].tail = NULL;
            c->transitions++;
        }
}

/* --- the runs as a whole ------------------------------------------------------------------------------ */

static bool same_entry(const struct mu_known *a, const struct mu_known *b)
{
    return strcmp(a->of, b->of) == 0 && strcmp(a->verdict, b->verdict) == 0
           && strcmp(a->reason, b->reason) == 0 && strcmp(a->until, b->until) == 0
           && strcmp(a->owner, b->owner) == 0 && strcmp(a->ticket, b->ticket) == 0
           && a->max == b->max;
}

static void find_entries(struct mu_diff *c, const struct mu_known *list,
                         const struct mu_known *other, bool added, struct mu_entry_change ***tail)
{
    for (; list != NULL; list = list->next) {
        const struct mu_known *same = other;
        while (same != NULL && !same_entry(list, same))
            same = same->next;
        if (same != NULL)
            continue;
        struct mu_entry_change *entry = mu_new(c->arena, struct mu_entry_change);
        *entry = (struct mu_entry_change){ .known = list, .added = added };
        **tail = entry;
        *tail = &entry->next;
    }
}

void mu_marks_raise(struct mu_arena *arena, struct mu_high_mark **marks,
                    const struct mu_high_mark *mark)
{
    for (; mark != NULL; mark = mark->next) {
        struct mu_high_mark **at = marks;
        while (*at != NULL && strcmp((*at)->policy, mark->policy) != 0)
            at = &(*at)->next;
        if (*at != NULL && (*at)->rank >= mark->rank)
            continue;
        struct mu_high_mark *copy = mu_new(arena, struct mu_high_mark);
        *copy = *mark;
        copy->next = *at != NULL ? (*at)->next : NULL;
        *at = copy;
    }
}

static bool same_text(const struct mu_pair *a, const struct mu_pair *b, const char *member)
{
    return strcmp(mu_pair_value(a, member), mu_pair_value(b, member)) == 0;
}

struct mu_diff *mu_compare(struct mu_arena *arena, const struct mu_result *before,
                           const struct mu_result *after)
{
    struct mu_diff *c = mu_new(arena, struct mu_diff);
    struct mu_entry_change **tail = &c->entry;
    c->arena = arena;
    c->before = before;
    c->after = after;
    c->strangers = !same_text(before->profile, after->profile, "id");
    c->identical =
        strcmp(before->run, after->run) == 0 && strcmp(before->chain.head, after->chain.head) == 0;
    c->backwards = strcmp(before->started, after->started) > 0;
    mu_gap_find(arena, mu_past_of(arena, before), mu_past_of(arena, after), &c->gap);
    match(c);
    judge_added(c);
    count_transitions(c);
    find_entries(c, after->known, before->known, true, &tail);
    find_entries(c, before->known, after->known, false, &tail);
    mu_marks_raise(arena, &c->mark, before->mark);
    mu_marks_raise(arena, &c->mark, after->mark);
    mu_compare_paces(c);
    return c;
}

/* --- sentences ---------------------------------------------------------------------------------------- */

static const char *state_warning(const struct mu_diff *c, const struct mu_result *m,
                                 const char *which)
{
    static const char *const says[] = {
        [MU_RUN_INTERRUPTED] = "was interrupted: it is valid, and it is not all",
        [MU_RUN_INCOMPLETE] = "is incomplete: it was killed, or it is still going on",
        [MU_RUN_CORRUPT] = "is corrupt: only what stands before the damage is compared",
    };
    if (m->state != MU_RUN_COMPLETE)
        return mu_arena_printf(c->arena, "the %s run %s%s%s", which, says[m->state],
                               m->chain.why[0] != '\0' ? "; " : "", m->chain.why);
    if (m->unseen > 0)
        return mu_arena_printf(c->arena, "the %s run does not say what became of %u of its cases",
                               which, m->unseen);
    if (m->miscounted)
        return mu_arena_printf(
            c->arena, "the last line of the %s run counts otherwise than its verdicts do", which);
    return NULL;
}

const char *mu_diff_warning(const struct mu_diff *c, unsigned i)
{
    const char *said[8];
    unsigned n = 0;
    if (c->strangers)
        said[n++] = mu_arena_printf(
            c->arena,
            "the runs are of different profiles, '%s' and '%s': only the %u cases of the same "
            "name are compared",
            mu_pair_value(c->before->profile, "id"), mu_pair_value(c->after->profile, "id"),
            c->common);
    if (!same_text(c->before->sut, c->after->sut, "id"))
        said[n++] = mu_arena_printf(
            c->arena, "the runs are of different systems under test, '%s' and '%s'",
            mu_pair_value(c->before->sut, "id"), mu_pair_value(c->after->sut, "id"));
    if (c->identical)
        said[n++] = "the two runs are the same run";
    if (c->backwards)
        said[n++] = "the new run started before the old one";
    said[n] = state_warning(c, c->before, "old");
    n += said[n] != NULL;
    said[n] = state_warning(c, c->after, "new");
    n += said[n] != NULL;
    if (c->common == 0)
        said[n++] = "the two runs have no case in common";
    return i < n ? said[i] : NULL;
}

const char *mu_diff_answer(const struct mu_diff *c)
{
    struct mu_buf out = { .arena = c->arena };
    unsigned worse = 0, lost = 0;
    for (size_t i = 0; i < c->transitions; i++) {
        worse += c->transition[i].way == MU_WAY_WORSE ? c->transition[i].count : 0;
        lost += c->transition[i].way == MU_WAY_LOST ? c->transition[i].count : 0;
    }
    unsigned fresh = 0;
    for (const struct mu_change *a = c->only_after; a != NULL; a = a->next)
        fresh += a->failure;
    if (c->common == 0)
        return "nothing can be compared";
    if (worse == 0)
        mu_buf_puts(&out, "nothing got worse");
    else
        mu_buf_printf(&out, "%u got worse", worse);
    if (worse + fresh > c->failures)
        mu_buf_printf(&out, ", %u of them expected or excused", worse + fresh - c->failures);
    if (fresh > 0)
        mu_buf_printf(&out, ", %u added that %s not pass", fresh, fresh == 1 ? "does" : "do");
    if (lost > 0)
        mu_buf_printf(&out, ", %u that passed %s no longer run", lost, lost == 1 ? "is" : "are");
    if (c->better > 0)
        mu_buf_printf(&out, ", %u got better", c->better);
    return mu_buf_text(&out);
}

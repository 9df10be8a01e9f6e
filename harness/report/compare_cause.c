/* Why two runs may have come to different ends: what differs between them, and for one case, what
 * differs that is its own. */
#include <string.h>

#include "core/words.h"
#include "report/compare.h"

const char *mu_cause_name(enum mu_cause_kind kind)
{
    static const char *const name[] = { "SUT changed", "suite changed", "expectation changed",
                                        "environment changed", "nothing changed: unstable" };
    return mu_word(name, MU_COUNT(name), (int) kind);
}

const char *mu_cause_word(enum mu_cause_kind kind)
{
    static const char *const word[] = { "sut", "suite", "expectation", "environment", "unstable" };
    return mu_word(word, MU_COUNT(word), (int) kind);
}

/* --- between the runs -------------------------------------------------------------------------------- */

static void add_difference(struct mu_gap *gap, struct mu_difference ***tail,
                           const struct mu_fact *fact, const char *before, const char *after)
{
    if (strcmp(before, after) == 0)
        return;
    struct mu_difference *d = mu_new(gap->arena, struct mu_difference);
    *d = (struct mu_difference){ .fact = fact, .before = before, .after = after };
    **tail = d;
    *tail = &d->next;
}

/* Kind by kind: the facts of the new run in their order, then those that only the old one states. */
static void find_differences(struct mu_gap *gap, struct mu_difference ***tail,
                             enum mu_fact_kind kind)
{
    for (const struct mu_fact *f = gap->after->fact; f != NULL; f = f->next) {
        const struct mu_fact *old = mu_table_find(&gap->before->facts, mu_bytes_of(f->name));
        if (f->kind == kind)
            add_difference(gap, tail, f, old != NULL ? old->value : "", f->value);
    }
    for (const struct mu_fact *f = gap->before->fact; f != NULL; f = f->next)
        if (f->kind == kind && mu_table_find(&gap->after->facts, mu_bytes_of(f->name)) == NULL)
            add_difference(gap, tail, f, f->value, "");
}

static bool has_fine(const struct mu_gap *gap, enum mu_fact_kind kind)
{
    for (const struct mu_difference *d = gap->difference; d != NULL; d = d->next)
        if (d->fact->kind == kind && !d->fact->rough)
            return true;
    return false;
}

/* A digest over what was already named tells nothing more. */
static void drop_rough(struct mu_gap *gap)
{
    bool fine[MU_FACTS];
    for (int kind = 0; kind < MU_FACTS; kind++)
        fine[kind] = has_fine(gap, (enum mu_fact_kind) kind);
    for (struct mu_difference **d = &gap->difference; *d != NULL;)
        if ((*d)->fact->rough && fine[(*d)->fact->kind])
            *d = (*d)->next;
        else
            d = &(*d)->next;
}

static const struct mu_cause *cause(struct mu_arena *arena, enum mu_cause_kind kind,
                                    const char *what, const struct mu_cause *next)
{
    struct mu_cause *made = mu_new(arena, struct mu_cause);
    *made = (struct mu_cause){ .kind = kind, .what = what, .next = next };
    return made;
}

/* The names of what differs of a kind: "version, claims"; "" nothing. */
static const char *names_of(const struct mu_gap *gap, enum mu_fact_kind kind)
{
    struct mu_buf text = { .arena = gap->arena };
    for (const struct mu_difference *d = gap->difference; d != NULL; d = d->next)
        if (d->fact->kind == kind)
            mu_buf_printf(&text, "%s%s", text.n > 0 ? ", " : "", d->fact->name);
    return mu_buf_text(&text);
}

static const struct mu_cause *cause_of(const struct mu_gap *gap, enum mu_fact_kind fact,
                                       enum mu_cause_kind kind, const struct mu_cause *next)
{
    const char *what = names_of(gap, fact);
    return *what != '\0' ? cause(gap->arena, kind, what, next) : next;
}

/* Rows of the new run that the old one has, too, with another value. */
static unsigned count_other(const struct mu_table *before, const struct mu_table *after)
{
    unsigned n = 0;
    for (size_t i = 0; i < after->room; i++) {
        const struct mu_fact *f = (const void *) after->slot[i].row;
        const struct mu_fact *old = f != NULL ? mu_table_find(before, mu_bytes_of(f->name)) : NULL;
        n += old != NULL && strcmp(old->value, f->value) != 0;
    }
    return n;
}

void mu_gap_find(struct mu_arena *arena, const struct mu_past *before, const struct mu_past *after,
                 struct mu_gap *gap)
{
    *gap = (struct mu_gap){ .arena = arena, .before = before, .after = after };
    struct mu_difference **tail = &gap->difference;
    for (int kind = 0; kind < MU_FACTS; kind++)
        find_differences(gap, &tail, (enum mu_fact_kind) kind);
    drop_rough(gap);
    gap->clock = *names_of(gap, MU_FACT_CLOCK) != '\0';
    gap->rules = count_other(&before->rules, &after->rules);
    gap->cases = count_other(&before->cases, &after->cases);
    gap->shared = cause_of(gap, MU_FACT_ENVIRONMENT, MU_CAUSE_ENVIRONMENT, NULL);
    gap->shared = cause_of(gap, MU_FACT_SUITE, MU_CAUSE_SUITE, gap->shared);
    gap->shared = cause_of(gap, MU_FACT_SUT, MU_CAUSE_SUT, gap->shared);
    gap->stated = cause_of(gap, MU_FACT_EXPECTATION, MU_CAUSE_EXPECTATION, NULL);
}

/* --- of one case --------------------------------------------------------------------------------------- */

struct mu_end mu_end_of(const struct mu_result *m, const struct mu_instance *i)
{
    struct mu_end end = { .reason = "", .expectation = "" };
    end.whole = m->state == MU_RUN_COMPLETE && m->unseen == 0;
    if (i == NULL)
        return end;
    end.known = true;
    end.verdict = i->verdict;
    end.reason = i->reason;
    end.expectation = i->expectation;
    end.passed = i->passed;
    end.tried = i->tried;
    end.unstable = i->unstable;
    return end;
}

struct causes {
    const struct mu_gap *gap;
    struct mu_cause *first, **tail;
};

static void put(struct causes *list, struct mu_cause cause)
{
    struct mu_cause *made = mu_new(list->gap->arena, struct mu_cause);
    *made = cause;
    made->next = NULL;
    *list->tail = made;
    list->tail = (struct mu_cause **) &made->next;
}

static void append(struct causes *list, enum mu_cause_kind kind, const char *what)
{
    put(list, (struct mu_cause){ .kind = kind, .what = what, .own = true });
}

static void add_tries(struct causes *list, const char *run, struct mu_end end)
{
    if (end.unstable)
        append(list, MU_CAUSE_UNSTABLE,
               mu_arena_printf(list->gap->arena, "%u of %u attempts pass in the %s run", end.passed,
                               end.tried, run));
}

/* The case was written anew, came or went. */
static void add_case(struct causes *list, const char *of, struct mu_end before, struct mu_end after)
{
    const struct mu_gap *gap = list->gap;
    const struct mu_fact *old = mu_table_find(&gap->before->cases, mu_bytes_of(of));
    const struct mu_fact *now = mu_table_find(&gap->after->cases, mu_bytes_of(of));
    if (old != NULL && now != NULL && strcmp(old->value, now->value) != 0)
        append(list, MU_CAUSE_SUITE,
               mu_arena_printf(gap->arena, "case revision %s -> %s", old->value, now->value));
    if (old == NULL && now != NULL && !before.known)
        append(list, MU_CAUSE_SUITE, "the case is new");
    if (old != NULL && now == NULL && !after.known)
        append(list, MU_CAUSE_SUITE, "the case is gone");
}

/* The rule that one of the reasons names reads otherwise, or is in one of the runs only. */
static void add_rule(struct causes *list, const char *reason)
{
    const struct mu_gap *gap = list->gap;
    if (strncmp(reason, "rule:", 5) != 0)
        return;
    const char *id = reason + 5;
    const struct mu_fact *old = mu_table_find(&gap->before->rules, mu_bytes_of(id));
    const struct mu_fact *now = mu_table_find(&gap->after->rules, mu_bytes_of(id));
    const char *how = old == NULL && now != NULL                           ? "is new"
                      : old != NULL && now == NULL                         ? "is gone"
                      : old != NULL && strcmp(old->value, now->value) != 0 ? "was changed"
                                                                           : NULL;
    if (how != NULL)
        append(list, MU_CAUSE_SUITE, mu_arena_printf(gap->arena, "rule %s %s", id, how));
}

/* What did not run because it was not to, or because the run ended before. */
static void add_choice(struct causes *list, struct mu_end before, struct mu_end after)
{
    const char *choice = names_of(list->gap, MU_FACT_CHOICE);
    bool chosen = strcmp(before.reason, "filtered") == 0 || strcmp(after.reason, "filtered") == 0
                  || ((!before.known || !after.known) && list->first == NULL);
    if (!before.whole && !before.known)
        append(list, MU_CAUSE_ENVIRONMENT, "the old run did not come to its end");
    if (!after.whole && (!after.known || strcmp(after.reason, "interrupted") == 0))
        append(list, MU_CAUSE_ENVIRONMENT, "the new run did not come to its end");
    if (chosen && *choice != '\0')
        append(list, MU_CAUSE_ENVIRONMENT, choice);
}

static void add_all(struct causes *list, const struct mu_cause *shared)
{
    for (; shared != NULL; shared = shared->next)
        put(list, *shared);
}

/* What differs between the runs goes for every case, unless the case itself says it better. What is
 * planned is a matter of the suite alone: a system that lacks something makes cases that do not run. */
static void add_rest(struct causes *list, bool planned)
{
    bool suite = false;
    for (const struct mu_cause *c = list->first; c != NULL; c = c->next)
        suite = suite || c->kind == MU_CAUSE_SUITE;
    for (const struct mu_cause *c = list->gap->shared; c != NULL; c = c->next)
        if (c->kind == MU_CAUSE_SUITE ? !suite : planned)
            put(list, *c);
}

/* Nothing that was found says why. */
static void add_last(struct causes *list, bool planned, bool judged)
{
    bool clock = list->gap->clock;
    if (list->first != NULL)
        return;
    if (!planned)
        append(list, MU_CAUSE_ENVIRONMENT, "other cases were planned");
    else if (!judged && clock)
        append(list, MU_CAUSE_ENVIRONMENT, "test time");
    else
        append(list, MU_CAUSE_UNSTABLE,
               clock ? "nothing but the test time differs" : "nothing differs");
}

const struct mu_cause *mu_gap_causes(const struct mu_gap *gap, const char *of, struct mu_end before,
                                     struct mu_end after)
{
    struct causes list = { .gap = gap };
    list.tail = &list.first;
    bool planned = before.known && after.known;
    bool judged = !planned || before.verdict != after.verdict
                  || strcmp(before.reason, after.reason) != 0 || before.passed != after.passed
                  || before.tried != after.tried;
    bool stated = planned && strcmp(before.expectation, after.expectation) != 0;
    if (!judged && stated)
        add_all(&list, gap->stated);
    if (judged) {
        add_case(&list, of, before, after);
        add_choice(&list, before, after);
    }
    if (judged && planned) {
        add_rule(&list, after.reason);
        if (strcmp(before.reason, after.reason) != 0)
            add_rule(&list, before.reason);
        add_tries(&list, "old", before);
        add_tries(&list, "new", after);
    }
    if (judged) {
        add_rest(&list, planned);
        if (stated)
            add_all(&list, gap->stated);
    }
    add_last(&list, planned, judged);
    return list.first;
}

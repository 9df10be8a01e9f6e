/*
 * Two runs on a terminal: what got worse comes first and is named first. At most LINES_MAX lines unless all
 * is asked for. Foreign text never begins a line and never fills one.
 */
#include <string.h>

#include "report/compare.h"

#define LINES_MAX  40
#define NAMES_MAX  6 /* of one heading, while there is room; --all gives the rest */
#define FACTS_MAX  6 /* differences that are told with their values */
#define LINES_KEPT 5 /* for what stands below the names: speed, what is left out, the answer */

struct page {
    struct mu_buf *out;
    struct mu_compare_style style;
    unsigned lines;
    unsigned left;    /* names that there was no room for       */
    unsigned reserve; /* headings still to come: each has a line */
};

static const char *const colour_of[MU_WAYS] = {
    [MU_WAY_WORSE] = "\033[31m",  [MU_WAY_LOST] = "\033[33m", [MU_WAY_ASIDE] = "\033[36m",
    [MU_WAY_BETTER] = "\033[32m", [MU_WAY_SAME] = "",
};

void mu_compare_words(struct mu_buf *out, const char *text, size_t max)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i >= max && ((unsigned char) text[i] & 0xc0) != 0x80) { /* not inside a character */
            mu_buf_puts(out, "...");
            return;
        }
        mu_buf_putc(out, text[i] == '\n' || text[i] == '\t' ? ' ' : text[i]);
    }
}

static void put_words(struct page *p, const char *text, size_t max)
{
    mu_compare_words(p->out, text, max);
}

static void end_line(struct page *p)
{
    mu_buf_putc(p->out, '\n');
    p->lines++;
}

static bool has_room(const struct page *p)
{
    return p->style.all || p->lines + p->reserve + LINES_KEPT < LINES_MAX;
}

static void put_run(struct page *p, const char *which, const struct mu_result *m)
{
    mu_buf_printf(p->out, "%s      ", which);
    put_words(p, m->run, 40);
    mu_buf_puts(p->out, ": ");
    put_words(p, mu_pair_value(m->profile, "id"), 30);
    mu_buf_puts(p->out, " against ");
    put_words(p, mu_pair_value(m->sut, "id"), 30);
    mu_buf_puts(p->out, " ");
    put_words(p, mu_pair_value(m->sut, "version"), 20);
    mu_buf_printf(p->out, ", %s, %u of %u pass", mu_run_state_name(m->state),
                  m->count[MU_PASS] + m->count[MU_REMARKS], m->total - m->count[MU_NOT_RUN]);
    end_line(p);
}

/* --- what differs between the runs ---------------------------------------------------------------------- */

/* A digest by its first digits. */
static const char *brief(const char *value)
{
    return strncmp(value, "sha256:", 7) == 0 ? value + 7 : value;
}

static void put_fact(struct page *p, const struct mu_difference *d)
{
    bool digest = strncmp(d->after, "sha256:", 7) == 0 || strncmp(d->before, "sha256:", 7) == 0;
    mu_buf_printf(p->out, "differs  %s: ", mu_fact_word(d->fact->kind));
    put_words(p, d->fact->name, 50);
    mu_buf_putc(p->out, ' ');
    put_words(p, *d->before != '\0' ? brief(d->before) : "(none)", digest ? 12 : 40);
    mu_buf_puts(p->out, " -> ");
    put_words(p, *d->after != '\0' ? brief(d->after) : "(none)", digest ? 12 : 40);
    end_line(p);
}

static void put_differences(struct page *p, const struct mu_diff *c)
{
    unsigned shown = 0, more = 0;
    for (const struct mu_difference *d = c->gap.difference; d != NULL; d = d->next)
        if (p->style.all || shown < FACTS_MAX) {
            put_fact(p, d);
            shown++;
        } else {
            mu_buf_puts(p->out, more++ == 0 ? "differs  and " : ", ");
            put_words(p, d->fact->name, 40);
        }
    if (more > 0)
        end_line(p);
    if (shown == 0) {
        mu_buf_puts(p->out, "differs  nothing that the runs say of themselves");
        end_line(p);
    }
    if (c->gap.rules + c->gap.cases > 0) {
        mu_buf_printf(p->out, "differs  suite: %u rule%s written otherwise, %u case%s revised",
                      c->gap.rules, c->gap.rules == 1 ? "" : "s", c->gap.cases,
                      c->gap.cases == 1 ? "" : "s");
        end_line(p);
    }
}

/* --- names ------------------------------------------------------------------------------------------------ */

static bool same_causes(const struct mu_cause *a, const struct mu_cause *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->kind != b->kind || strcmp(a->what, b->what) != 0)
            return false;
    return a == NULL && b == NULL;
}

void mu_compare_causes(struct mu_buf *out, const struct mu_cause *cause, bool all)
{
    for (const struct mu_cause *c = cause; c != NULL; c = c->next) {
        bool unstable = c->kind == MU_CAUSE_UNSTABLE && strncmp(c->what, "nothing", 7) != 0;
        mu_buf_printf(out, "%s%s", c == cause ? "" : "; ",
                      unstable ? "unstable" : mu_cause_name(c->kind));
        if (!c->own && !all)
            continue;
        mu_buf_puts(out, " (");
        mu_compare_words(out, c->what, 60);
        mu_buf_putc(out, ')');
    }
}

static void put_end(struct page *p, const struct mu_instance *i, bool verdict)
{
    if (verdict || *i->reason == '\0')
        mu_buf_printf(p->out, "%s%s", mu_verdict_name(i->verdict), *i->reason != '\0' ? " " : "");
    put_words(p, i->reason, 50);
}

enum detail { REASON, REASONS, STABILITY, EXPECTATION, END_BEFORE, END_AFTER };

static void put_tries(struct page *p, const struct mu_instance *i)
{
    mu_buf_printf(p->out, "%u/%u", i->passed, i->tried);
}

static void put_detail(struct page *p, const struct mu_change *c, enum detail detail)
{
    switch (detail) {
    case REASON:
        put_words(p, *c->after->reason != '\0' ? c->after->reason : c->before->reason, 60);
        break;
    case REASONS:
        put_end(p, c->before, false);
        mu_buf_puts(p->out, " -> ");
        put_end(p, c->after, false);
        break;
    case STABILITY:
        put_tries(p, c->before);
        mu_buf_puts(p->out, " -> ");
        put_tries(p, c->after);
        mu_buf_puts(p->out, " attempts pass");
        break;
    case EXPECTATION:
        put_words(p, *c->before->expectation != '\0' ? c->before->expectation : "(none)", 30);
        mu_buf_puts(p->out, " -> ");
        put_words(p, *c->after->expectation != '\0' ? c->after->expectation : "(none)", 30);
        break;
    case END_BEFORE:
        put_end(p, c->before, true);
        break;
    case END_AFTER:
        put_end(p, c->after, true);
        break;
    }
}

static void put_change(struct page *p, const struct mu_change *c, enum detail detail, bool cause)
{
    mu_buf_puts(p->out, "    ");
    put_words(p, c->name, 100);
    mu_buf_puts(p->out, "  ");
    put_detail(p, c, detail);
    if (c->after != NULL && mu_instance_excused(c->after)) {
        mu_buf_puts(p->out, ", ");
        put_words(p, c->after->expectation, 20);
    }
    if (cause) {
        mu_buf_puts(p->out, ": ");
        mu_compare_causes(p->out, c->cause, false);
    }
    end_line(p);
}

struct heading {
    const char *text;
    enum mu_way way;
    unsigned count;
    enum detail detail;
    unsigned names; /* most that are named; 0: none */
};

typedef const struct mu_change *next_change(const struct mu_change *change);

/* Where all have the same causes these stand in the heading, else with each. */
static bool is_shared(const struct mu_change *first, next_change *next)
{
    for (const struct mu_change *c = first; c != NULL; c = next(c))
        if (!same_causes(c->cause, first->cause))
            return false;
    return true;
}

static void put_group(struct page *p, struct heading h, const struct mu_change *first,
                      next_change *next)
{
    unsigned shown = 0;
    if (h.count == 0)
        return;
    p->reserve -= p->reserve > 0;
    if (!p->style.all && p->lines + LINES_KEPT > LINES_MAX) {
        p->left += h.count;
        return;
    }
    bool shared = is_shared(first, next);
    const char *on = p->style.colour ? colour_of[h.way] : "";
    mu_buf_printf(p->out, "  %s%u %s%s", on, h.count, h.text, *on != '\0' ? "\033[0m" : "");
    if (shared) {
        mu_buf_puts(p->out, ": ");
        mu_compare_causes(p->out, first->cause, false);
    }
    end_line(p);
    for (const struct mu_change *c = first; c != NULL; c = next(c)) {
        if (!p->style.all && (shown == h.names || !has_room(p)))
            break;
        put_change(p, c, h.detail, !shared);
        shown++;
    }
    p->left += h.count - shown;
}

static const struct mu_change *after_transition(const struct mu_change *c)
{
    return c->next_alike;
}

static const struct mu_change *after_only(const struct mu_change *c)
{
    return c->next;
}

static const struct mu_change *from_reason(const struct mu_change *c)
{
    while (c != NULL && !c->reason)
        c = c->next;
    return c;
}

static const struct mu_change *after_reason(const struct mu_change *c)
{
    return from_reason(c->next);
}

static const struct mu_change *from_stability(const struct mu_change *c)
{
    while (c != NULL && !c->stability)
        c = c->next;
    return c;
}

static const struct mu_change *after_stability(const struct mu_change *c)
{
    return from_stability(c->next);
}

static const struct mu_change *from_expectation(const struct mu_change *c)
{
    while (c != NULL && !c->expectation)
        c = c->next;
    return c;
}

static const struct mu_change *after_expectation(const struct mu_change *c)
{
    return from_expectation(c->next);
}

static void put_transitions(struct page *p, const struct mu_diff *c)
{
    for (size_t i = 0; i < c->transitions; i++) {
        const struct mu_transition *t = &c->transition[i];
        struct mu_buf words = { .arena = c->arena };
        mu_buf_printf(&words, "%s -> %s", mu_verdict_name(t->from), mu_verdict_name(t->to));
        struct heading h = {
            .text = mu_buf_text(&words), .way = t->way, .count = t->count, .detail = REASON
        };
        h.names = t->way == MU_WAY_WORSE ? LINES_MAX : NAMES_MAX;
        put_group(p, h, t->first, after_transition);
    }
}

static void put_others(struct page *p, const struct mu_diff *c)
{
    struct heading reason = { "with another reason", MU_WAY_ASIDE, c->reasons, REASONS, NAMES_MAX };
    struct heading stability = { "with another stability", MU_WAY_ASIDE, c->stabilities, STABILITY,
                                 NAMES_MAX };
    struct heading stated = { "with another expectation", MU_WAY_ASIDE, c->expectations,
                              EXPECTATION, NAMES_MAX };
    struct heading added = { "added", MU_WAY_ASIDE, c->added, END_AFTER, NAMES_MAX };
    struct heading removed = { "removed", MU_WAY_LOST, c->removed, END_BEFORE, NAMES_MAX };
    if (c->strangers && !p->style.all)
        added.names = removed.names = 0;
    put_group(p, reason, from_reason(c->change), after_reason);
    put_group(p, stability, from_stability(c->change), after_stability);
    put_group(p, stated, from_expectation(c->change), after_expectation);
    put_group(p, added, c->only_after, after_only);
    put_group(p, removed, c->only_before, after_only);
}

static void put_paces(struct page *p, const struct mu_diff *c)
{
    bool significant = false;
    for (const struct mu_pace *pace = c->pace; pace != NULL; pace = pace->next) {
        if (!pace->significant && !p->style.all)
            continue;
        significant = significant || pace->significant;
        mu_buf_puts(p->out, "speed    ");
        put_words(p, pace->kind, 40);
        mu_buf_printf(p->out, ": median %lld -> %lld ms, 90 %% %lld -> %lld ms, %zu of %zu %s%s",
                      (long long) pace->before[0], (long long) pace->after[0],
                      (long long) pace->before[1], (long long) pace->after[1],
                      pace->slower > pace->faster ? pace->slower : pace->faster, pace->n,
                      pace->slower > pace->faster ? "slower" : "faster",
                      pace->significant ? "" : ", not significant");
        end_line(p);
        if (!p->style.all && p->lines + 3 >= LINES_MAX)
            break;
    }
    if (significant || p->style.all || c->pace == NULL)
        return;
    mu_buf_puts(p->out, "speed    no significant change");
    end_line(p);
}

static void put_entries(struct page *p, const struct mu_diff *c)
{
    unsigned added = 0, removed = 0;
    for (const struct mu_entry_change *e = c->entry; e != NULL; e = e->next) {
        added += e->added;
        removed += !e->added;
    }
    if (added + removed == 0)
        return;
    mu_buf_printf(p->out, "expected %u entr%s of the expectation file added, %u removed", added,
                  added == 1 ? "y" : "ies", removed);
    end_line(p);
}

/* Most of what is in common and what changed must fit above the names. */
void mu_compare_text(struct mu_buf *out, const struct mu_diff *c, struct mu_compare_style style)
{
    struct page page = { .out = out, .style = style }, *p = &page;
    const char *warning;
    put_run(p, "old", c->before);
    put_run(p, "new", c->after);
    for (unsigned i = 0; (warning = mu_diff_warning(c, i)) != NULL; i++) {
        mu_buf_puts(out, "note     ");
        put_words(p, warning, 200);
        end_line(p);
    }
    put_differences(p, c);
    mu_buf_printf(out, "cases    %u in both: %u same, %u changed; %u added, %u removed", c->common,
                  c->same, c->changed, c->added, c->removed);
    end_line(p);
    put_entries(p, c);
    p->reserve = (unsigned) c->transitions + (c->reasons > 0) + (c->stabilities > 0)
                 + (c->expectations > 0) + (c->added > 0) + (c->removed > 0);
    put_transitions(p, c);
    put_others(p, c);
    put_paces(p, c);
    if (p->left > 0) {
        mu_buf_printf(out, "names    %u more with --all", p->left);
        end_line(p);
    }
    const char *on = !style.colour ? "" : colour_of[c->failures > 0 ? MU_WAY_WORSE : MU_WAY_BETTER];
    mu_buf_printf(out, "answer   %s%s%s", on, mu_diff_answer(c), *on != '\0' ? "\033[0m" : "");
    end_line(p);
}

/*
 * The end of a run for a terminal. Foreign text never begins a line and never fills one: a reader,
 * or a program that reads the last lines, sees only words of ours there.
 */
#include "report/capabilities.h"
#include "report/formats.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "report/since.h"

#define WIDTH       100 /* columns */
#define LINES_MAX   25  /* in all: a summary is read without scrolling */
#define NAMES_MAX   2   /* lines of names under an issue that is no failure: its cause says more */
#define CAUSES_KEPT 5   /* that many causes get two lines each whatever stands above them */

struct page {
    struct mu_buf *out;
    bool colour;
    unsigned lines;
};

static const char *const colour_of[MU_VERDICTS] = {
    [MU_NOT_RUN] = "\033[2m",       [MU_PASS] = "\033[32m", [MU_REMARKS] = "\033[36m",
    [MU_INCONCLUSIVE] = "\033[33m", [MU_FAIL] = "\033[31m", [MU_ERROR] = "\033[35m",
};

/* Words within a line: a line end or tab in foreign text becomes a space. */
static void put_words(struct page *p, const char *text, size_t max)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i >= max && ((unsigned char) text[i] & 0xc0) != 0x80) { /* not inside a character */
            mu_buf_puts(p->out, "...");
            return;
        }
        mu_buf_putc(p->out, text[i] == '\n' || text[i] == '\t' ? ' ' : text[i]);
        if (text[i] == '#'
            && text[i + 1] == '[') /* "##[": a command, anywhere in a line of a log */
            mu_buf_putc(p->out, ' ');
    }
}

static void end_line(struct page *p)
{
    mu_buf_putc(p->out, '\n');
    p->lines++;
}

static void put_verdict(struct page *p, enum mu_verdict verdict, unsigned count)
{
    const char *on = p->colour && count > 0 ? colour_of[verdict] : "";
    mu_buf_printf(p->out, "%s%u %s%s", on, count, mu_verdict_name(verdict),
                  *on != '\0' ? "\033[0m" : "");
}

static void put_head(struct page *p, const struct mu_result *m)
{
    mu_buf_puts(p->out, "run      ");
    put_words(p, m->run, 40);
    mu_buf_puts(p->out, ": ");
    put_words(p, mu_pair_value(m->profile, "id"), 30);
    mu_buf_puts(p->out, " against ");
    put_words(p, mu_pair_value(m->sut, "id"), 30);
    mu_buf_puts(p->out, " ");
    put_words(p, mu_pair_value(m->sut, "version"), 20);
    end_line(p);
}

static void put_hidden(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    const char *hidden = mu_result_hides(arena, m);
    if (hidden == NULL)
        return;
    mu_buf_puts(p->out, "hidden   ");
    put_words(p, hidden, 400);
    end_line(p);
}

static void put_counts(struct page *p, const struct mu_result *m)
{
    static const enum mu_verdict order[] = {
        MU_PASS, MU_REMARKS, MU_INCONCLUSIVE, MU_FAIL, MU_ERROR, MU_NOT_RUN,
    };
    mu_buf_puts(p->out, "verdicts ");
    for (size_t i = 0; i < MU_COUNT(order); i++) {
        mu_buf_puts(p->out, i > 0 ? ", " : "");
        put_verdict(p, order[i], m->count[order[i]]);
    }
    end_line(p);
}

/* Seconds and what keeps the run from being green besides verdicts. */
static void put_state(struct page *p, const struct mu_result *m)
{
    mu_buf_printf(p->out, "state    %s, %lld.%03lld s, isolation ", mu_run_state_name(m->state),
                  (long long) (m->ms / 1000), (long long) (m->ms % 1000));
    put_words(p, m->isolation, 10);
    if (*m->content != '\0')
        mu_buf_puts(p->out, ", without content");
    mu_buf_printf(p->out, ", seed %lld", (long long) m->seed);
    if (m->lates > 0)
        mu_buf_printf(p->out, ", %u late deliver%s", m->lates, m->lates == 1 ? "y" : "ies");
    if (m->unseen > 0)
        mu_buf_printf(p->out, ", %u planned cases not reached", m->unseen);
    end_line(p);
    if (m->chain.state != MU_CHAIN_WHOLE) {
        mu_buf_printf(p->out, "stream   %s", m->chain.why);
        end_line(p);
    }
    if (m->miscounted) {
        mu_buf_puts(p->out, "stream   its last line counts otherwise than its verdicts do");
        end_line(p);
    }
}

static void put_more(struct page *p, const char *name, const char *text)
{
    if (*text == '\0')
        return;
    mu_buf_printf(p->out, "         %s: ", name);
    put_words(p, text, 240);
    end_line(p);
}

/* What is odd in how an adapter greets and in what it claims, said when it is first ready. */
static void put_lint(struct page *p, const struct mu_result *m)
{
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        if (strcmp(a->state, "ready") != 0 || *a->what == '\0')
            continue;
        mu_buf_puts(p->out, "hello    ");
        put_words(p, a->id, 30);
        mu_buf_puts(p->out, ": ");
        put_words(p, a->what, 300);
        end_line(p);
    }
}

/* The last that went wrong with an adapter, why, and how often something did. */
static void put_adapters(struct page *p, const struct mu_result *m)
{
    const struct mu_adapter_seen *last = NULL, *warned = NULL;
    const char *log = "";
    unsigned broken = 0;
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        if (mu_adapter_is_trouble(a)) {
            bool warns = strcmp(a->state, "warned") == 0;
            broken += strcmp(a->state, "broken") == 0;
            warned = warns ? a : warned;
            log = *a->log != '\0' ? a->log : log;
            last = last != NULL && warns ? last : a;
        }
    if (last == NULL)
        return;
    mu_buf_puts(p->out, "adapter  ");
    put_words(p, last->id, 30);
    mu_buf_printf(p->out, " %s", last->state);
    if (*last->what != '\0')
        mu_buf_puts(p->out, ": ");
    put_words(p, last->what, 60);
    if (broken > 1)
        mu_buf_printf(p->out, "; broke %u times", broken);
    end_line(p);
    put_more(p, "why", warned != NULL && warned != last ? warned->what : "");
    put_more(p, "printed", log);
}

/* ", 2 quarantined: a, b" for instances of a kind; the failed ones are named first. */
static void put_group(struct page *p, const struct mu_some *some, unsigned count, const char *says,
                      bool *first)
{
    if (count == 0)
        return;
    mu_buf_printf(p->out, "%s%u %s", *first ? "" : "; ", count, says);
    *first = false;
    unsigned shown = 0;
    for (int passed = 0; passed < 2; passed++)
        for (unsigned k = 0; k < some->shown[passed] && shown < MU_SOME_SHOWN; k++) {
            const struct mu_instance *i = some->of[passed][k];
            mu_buf_puts(p->out, shown++ > 0 ? ", " : ": ");
            put_words(p, i->name, WIDTH);
            mu_buf_printf(p->out, " %s", mu_verdict_name(i->verdict));
        }
    if (shown < count)
        mu_buf_printf(p->out, ", and %u more", count - shown);
}

static void put_unclaimed(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    if (m->unclaimed == 0)
        return;
    mu_buf_printf(
        p->out,
        "claims   %u that need what is not claimed were tried, %u pass; none turns the run red",
        m->unclaimed, m->unclaimed_passed);
    end_line(p);
    for (int working = 1; working >= 0; working--) {
        const char *names = mu_capabilities_unclaimed(arena, m, working != 0);
        if (*names == '\0')
            continue;
        mu_buf_puts(p->out, working ? "         works, though not claimed: "
                                    : "         not claimed, and not seen to work: ");
        put_words(p, names, 2 * (size_t) WIDTH);
        end_line(p);
    }
}

/* What the expectation file has to say, and what is wrong with it. */
static void put_known(struct page *p, const struct mu_result *m)
{
    bool first = true;
    if (m->known != NULL) {
        mu_buf_puts(p->out, "expected ");
        mu_buf_printf(p->out, "%u covered by the expectation file", m->covered);
        first = false;
        put_group(p, &m->some[MU_SOME_QUARANTINED], m->quarantined, "quarantined", &first);
        put_group(p, &m->some[MU_SOME_BETTER], m->unexpected_passes, "better than stated", &first);
        put_group(p, &m->some[MU_SOME_CHANGED], m->reasons_changed, "with another reason", &first);
        end_line(p);
    }
    unsigned shown = 0, left = 0;
    for (const struct mu_pair *stale = m->stale; stale != NULL; stale = stale->next) {
        if (shown == MU_SOME_SHOWN) {
            left++;
            continue;
        }
        mu_buf_puts(p->out, "stale    ");
        put_words(p, stale->name, WIDTH);
        end_line(p);
        shown++;
    }
    if (left == 0)
        return;
    mu_buf_printf(p->out, "stale    and %u more: see report.html", left);
    end_line(p);
}

static void put_since(struct page *p, const struct mu_result *m)
{
    if (m->since == NULL)
        return;
    mu_buf_puts(p->out, "since    ");
    mu_since_text(p->out, m->since);
    end_line(p);
}

/* Cases whose attempts did not all end alike, with how many of them passed. */
static void put_stability(struct page *p, const struct mu_result *m)
{
    const struct mu_some *some = &m->some[MU_SOME_UNSTABLE];
    if (!m->tries)
        return;
    mu_buf_printf(p->out, "tries    %u unstable", m->unstable);
    for (unsigned k = 0; k < some->shown[0]; k++) {
        const struct mu_instance *i = some->of[0][k];
        mu_buf_puts(p->out, k > 0 ? ", " : ": ");
        put_words(p, i->name, WIDTH);
        mu_buf_printf(p->out, " stability %u/%u", i->passed, i->tried);
    }
    if (some->shown[0] < m->unstable)
        mu_buf_printf(p->out, ", and %u more", m->unstable - some->shown[0]);
    mu_buf_printf(p->out, "; the %s attempt speaks", m->final);
    end_line(p);
}

/* What people say of verdicts: how many, and the first ones with both verdicts. */
static void put_opinions(struct page *p, const struct mu_result *m)
{
    unsigned shown = 0, all = 0;
    if (m->overridden + m->disputed == 0)
        return;
    mu_buf_printf(p->out, "opinions %u overridden, %u disputed", m->overridden, m->disputed);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        const struct mu_opinion *override = mu_instance_override(i);
        if (override == NULL && !mu_instance_disputed(i))
            continue;
        if (all++ >= MU_SOME_SHOWN)
            continue;
        mu_buf_puts(p->out, shown++ > 0 ? ", " : ": ");
        put_words(p, i->name, WIDTH);
        mu_buf_printf(p->out, " %s", mu_verdict_name(i->verdict));
        if (override != NULL)
            mu_buf_printf(p->out, " (overridden: %s)", mu_verdict_name(override->verdict));
    }
    if (shown < all)
        mu_buf_printf(p->out, ", and %u more", all - shown);
    end_line(p);
}

/* Which part of a whole it is, or of which runs it was made. */
static void put_parts(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    unsigned shown = 0;
    if (m->shard.of > 0) {
        mu_buf_printf(p->out, "shard    %s; all shards together have %lld cases",
                      mu_shard_text(arena, m->shard), (long long) m->shard.whole);
        end_line(p);
    }
    if (m->merged == NULL)
        return;
    mu_buf_printf(p->out, "merged   %u run%s: ", m->mergeds, m->mergeds == 1 ? "" : "s");
    for (const struct mu_merged *r = m->merged; r != NULL && shown < MU_SOME_SHOWN; r = r->next) {
        mu_buf_puts(p->out, shown++ > 0 ? ", " : "");
        put_words(p, r->run, 40);
        if (r->shard.of > 0)
            mu_buf_printf(p->out, " (shard %s)", mu_shard_text(arena, r->shard));
    }
    if (shown < m->mergeds)
        mu_buf_printf(p->out, ", and %u more", m->mergeds - shown);
    end_line(p);
}

static void put_conflicts(struct page *p, const struct mu_result *m)
{
    unsigned shown = 0;
    for (const struct mu_conflict *c = m->conflict; c != NULL && shown < MU_SOME_SHOWN;
         c = c->next, shown++) {
        mu_buf_puts(p->out, "conflict ");
        put_words(p, c->says, 2 * (size_t) WIDTH);
        end_line(p);
    }
    if (shown < m->conflicts) {
        mu_buf_printf(p->out, "conflict and %u more: see report.html", m->conflicts - shown);
        end_line(p);
    }
}

/* The table behind the summary of a run of repeats: the unstable ones first. */
static void put_table(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    mu_buf_puts(p->out, "\nstability: attempts that passed, case, how they ended\n");
    for (int pass = 0; pass < 2; pass++)
        for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
            if (i->tried == 0 || i->unstable != (pass == 0))
                continue;
            mu_buf_printf(p->out, "  %3u/%-3u ", i->passed, i->tried);
            put_words(p, i->name, 2 * (size_t) WIDTH);
            mu_buf_puts(p->out, ": ");
            put_words(p, mu_instance_reasons(arena, i), 2 * (size_t) WIDTH);
            mu_buf_putc(p->out, '\n');
        }
}

/* How far what was compared was the same: "label 12 octets, 3 infoset". */
static void put_levels(struct page *p, const struct mu_result *m)
{
    unsigned all = 0;
    for (size_t w = 0; w < MU_COMPARED; w++)
        for (size_t h = 0; h < MU_LEVELS; h++)
            all += m->same[w][h];
    if (all == 0)
        return;
    mu_buf_puts(p->out, "same as  ");
    const char *between = "";
    for (size_t w = 0; w < MU_COMPARED; w++) {
        bool named = false;
        for (size_t h = 0; h < MU_LEVELS; h++) {
            if (m->same[w][h] == 0)
                continue;
            if (!named)
                mu_buf_printf(p->out, "%s%s", between, mu_compared_name[w]);
            mu_buf_printf(p->out, "%s %u %s", named ? "," : "", m->same[w][h], mu_held_name[h]);
            named = true;
            between = "; ";
        }
    }
    end_line(p);
}

static void put_health(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    const char *health = mu_result_health(arena, m);
    if (health == NULL)
        return;
    mu_buf_puts(p->out, "suite    ");
    put_words(p, health, WIDTH - 9);
    end_line(p);
}

static void put_answer(struct page *p, struct mu_arena *arena, const struct mu_result *m)
{
    const char *on = p->colour ? colour_of[m->worst] : "";
    mu_buf_printf(p->out, "answer   %s%s%s", on, mu_result_answer(arena, m),
                  *on != '\0' ? "\033[0m" : "");
    end_line(p);
}

/* Names, comma separated, wrapped, as many as there is room for. */
static void put_names(struct page *p, const struct mu_issue *issue, unsigned last)
{
    const size_t room = WIDTH - sizeof ", and 25000 more" + 1;
    size_t column = WIDTH;
    const unsigned most = issue->verdict >= MU_FAIL ? LINES_MAX : NAMES_MAX;
    unsigned shown = 0, lines = 0;
    for (const struct mu_instance *i = issue->first; i != NULL; i = i->next_of_issue) {
        size_t n = strlen(i->name);
        bool lowest = lines == most || p->lines + 2 > last;
        bool wrap = column + n + 2 > (lowest ? room : (size_t) WIDTH);
        if (wrap && (lines++ == most || p->lines + 1 >= last))
            break;
        if (wrap && shown > 0)
            end_line(p);
        mu_buf_puts(p->out, wrap ? "           " : ", ");
        put_words(p, i->name, WIDTH);
        column = wrap ? 11 + n : column + 2 + n;
        shown++;
    }
    if (shown > 0 && shown < issue->count)
        mu_buf_printf(p->out, ", and %u more", issue->count - shown);
    if (shown > 0)
        end_line(p);
}

static void put_issue_head(struct page *p, const struct mu_issue *issue)
{
    const char *on = p->colour ? colour_of[issue->verdict] : "";
    mu_buf_printf(p->out, "  %s%s%s ", on, mu_verdict_name(issue->verdict),
                  *on != '\0' ? "\033[0m" : "");
    put_words(p, issue->reason, 50);
    mu_buf_printf(p->out, " (%u%s", issue->count, *issue->attribution != '\0' ? ", " : "");
    put_words(p, issue->attribution, 20);
    mu_buf_putc(p->out, ')');
    if (*issue->control != '\0') {
        mu_buf_puts(p->out, ": control ");
        put_words(p, issue->control, 50);
    } else if (issue->finding != NULL && *issue->finding->seen != '\0') {
        mu_buf_puts(p->out, ": seen '");
        put_words(p, issue->finding->seen, 40);
        mu_buf_putc(p->out, '\'');
    }
    end_line(p);
}

/* Failures are named while there is room, but every cause is told before the names of another. */
static void put_issues(struct page *p, const struct mu_result *m)
{
    const unsigned last = LINES_MAX - 2; /* the answer and what is left out stand below */
    unsigned behind = (unsigned) m->issues.count, left = 0;
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        unsigned kept = 2 * (--behind < CAUSES_KEPT ? behind : CAUSES_KEPT);
        if (p->lines + 2 >= last) {
            left++;
            continue;
        }
        put_issue_head(p, issue);
        put_names(p, issue, p->lines + 2 > last - kept ? p->lines + 2 : last - kept);
    }
    if (left == 0)
        return;
    mu_buf_printf(p->out, "  and %u more cause%s: see report.html", left, left == 1 ? "" : "s");
    end_line(p);
}

static void put_brief_issues(struct page *p, const struct mu_result *m)
{
    if (m->issue == NULL) {
        mu_buf_puts(p->out, "issues   none");
    } else {
        mu_buf_printf(p->out, "issues   %zu, first: %s ", m->issues.count,
                      mu_verdict_name(m->issue->verdict));
        put_words(p, m->issue->reason, 40);
    }
    end_line(p);
}

static void put_summary(struct page *p, struct mu_arena *arena, const struct mu_result *m,
                        bool brief)
{
    put_head(p, m);
    put_hidden(p, arena, m);
    put_counts(p, m);
    put_state(p, m);
    put_parts(p, arena, m);
    put_conflicts(p, m);
    put_lint(p, m);
    put_adapters(p, m);
    if (!brief) {
        put_levels(p, m);
        put_health(p, arena, m);
    }
    put_unclaimed(p, arena, m);
    put_known(p, m);
    put_since(p, m);
    put_stability(p, m);
    put_opinions(p, m);
    if (brief)
        put_brief_issues(p, m);
    else
        put_issues(p, m);
    put_answer(p, arena, m);
}

static void write_text(struct mu_out *out, const struct mu_result *m)
{
    struct page page = { .out = &out->buf };
    put_summary(&page, m->arena, m, false);
    if (m->repeat > 1)
        put_table(&page, m->arena, m);
}

const struct mu_writer mu_writer_text = { .begin = write_text };

void mu_report_summary(struct mu_arena *arena, const struct mu_result *result,
                       struct mu_summary_style style, struct mu_buf *out, struct mu_chain *chain)
{
    struct page page = { .out = out, .colour = style.colour };
    put_summary(&page, arena, result, style.brief);
    if (chain != NULL)
        *chain = result->chain;
}

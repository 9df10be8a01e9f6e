/*
 * summary.md: what a forge shows beside a pipeline. Every text that is not ours stands in a code span, whose
 * fence is longer than any run of backticks in it: there is no markup, no link, no mention in a code span.
 * For the same reason such text is in no table, where a bar would end the cell before the span is seen.
 */
#include "report/code_span.h"

#include <string.h>

#include "report/formats.h"

#define CAUSES_MAX 50  /* a forge cuts off what is too long */
#define CASES_MAX  200 /* named one by one */

struct written {
    unsigned cases, left;
};

static void put_marking(struct mu_buf *b, const struct mu_result *m)
{
    mu_buf_puts(b, MU_REPORT_BANNER);
    for (const struct mu_high_mark *mark = m->mark; mark != NULL; mark = mark->next) {
        mu_buf_puts(b, mark == m->mark ? " - marking of the run: " : ", ");
        mu_code_span(b, mark->marking, MU_CODE_SPAN);
    }
    mu_buf_puts(b, "\n\n");
}

static void put_head(struct mu_buf *b, const struct mu_result *m)
{
    mu_buf_puts(b, "# Muster: ");
    mu_code_span(b, mu_pair_value(m->profile, "id"), MU_CODE_SPAN);
    mu_buf_puts(b, " against ");
    mu_code_span(b, mu_pair_value(m->sut, "id"), MU_CODE_SPAN);
    mu_buf_putc(b, ' ');
    mu_code_span(b, mu_pair_value(m->sut, "version"), MU_CODE_SPAN);
    mu_buf_puts(b, "\n\n");
    put_marking(b, m);
    for (const struct mu_pair *p = mu_result_about(b->arena, m); p != NULL; p = p->next) {
        mu_buf_printf(b, "> %s: ", p->name);
        mu_code_span(b, p->value, MU_CODE_SPAN);
        mu_buf_puts(b, "\n\n");
    }
    if (m->state != MU_RUN_COMPLETE)
        mu_buf_printf(b, "> **The run is %s: what stands here is not all.**\n\n",
                      mu_run_state_name(m->state));
    mu_buf_printf(b, "**%s**\n\n", mu_result_answer(b->arena, m));
}

static void put_counts(struct mu_buf *b, const struct mu_result *m)
{
    static const enum mu_verdict order[] = {
        MU_PASS, MU_REMARKS, MU_FAIL, MU_INCONCLUSIVE, MU_ERROR, MU_NOT_RUN,
    };
    mu_buf_puts(b, "|");
    for (size_t i = 0; i < MU_COUNT(order); i++)
        mu_buf_printf(b, " %s |", mu_verdict_name(order[i]));
    mu_buf_puts(b, "\n|");
    for (size_t i = 0; i < MU_COUNT(order); i++)
        mu_buf_puts(b, " ---: |");
    mu_buf_puts(b, "\n|");
    for (size_t i = 0; i < MU_COUNT(order); i++)
        mu_buf_printf(b, " %u |", m->count[order[i]]);
    mu_buf_puts(b, "\n\n");
}

static void put_number(struct mu_buf *b, unsigned n, const char *says)
{
    if (n > 0)
        mu_buf_printf(b, "* %u %s\n", n, says);
}

/* What keeps a run from being green besides verdicts, and what does not although it looks so. */
static void put_beside(struct mu_buf *b, const struct mu_result *m)
{
    size_t before = b->n;
    put_number(b, m->new_failures, "new failures");
    put_number(b, m->unexpected_passes, "better than stated");
    put_number(b, m->reasons_changed, "with another reason than stated");
    put_number(b, m->covered, "covered by the expectation file");
    put_number(b, m->quarantined, "quarantined: they turn no run red");
    put_number(b, m->unclaimed, "tried although not claimed: they turn no run red");
    put_number(b, m->unstable, "unstable");
    put_number(b, m->overridden, "overridden after the run: the counts above are those of the run");
    put_number(b, m->disputed, "disputed after the run");
    put_number(b, m->unseen, "planned and not reached");
    put_number(b, m->lates, "late deliveries");
    for (const struct mu_pair *stale = m->stale; stale != NULL; stale = stale->next) {
        mu_buf_puts(b, "* stale expectation: ");
        mu_code_span(b, stale->name, MU_CODE_SPAN);
        mu_buf_putc(b, '\n');
    }
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next) {
        if (!mu_adapter_is_trouble(a))
            continue;
        mu_buf_puts(b, "* adapter ");
        mu_code_span(b, a->id, MU_CODE_SPAN);
        mu_buf_putc(b, ' ');
        mu_code_span(b, a->state, MU_CODE_SPAN);
        mu_buf_puts(b, *a->what != '\0' ? ": " : "");
        mu_code_span(b, a->what, MU_CODE_SPAN);
        mu_buf_putc(b, '\n');
    }
    if (b->n > before)
        mu_buf_putc(b, '\n');
}

static void put_cause(struct mu_buf *b, const struct mu_issue *issue)
{
    const char *says = mu_reason_sentence(issue->reason);
    mu_buf_printf(b, "* **%s** ", mu_verdict_name(issue->verdict));
    mu_code_span(b, issue->reason, MU_CODE_SPAN);
    mu_buf_printf(b, " in %u case%s", issue->count, issue->count == 1 ? "" : "s");
    if (issue->excused > 0)
        mu_buf_printf(b, ", %u of them quarantined or unclaimed", issue->excused);
    if (*issue->attribution != '\0') {
        mu_buf_puts(b, ", ");
        mu_code_span(b, issue->attribution, MU_CODE_SPAN);
    }
    if (*says != '\0')
        mu_buf_printf(b, ": %s", says);
    if (issue->finding != NULL && *issue->finding->seen != '\0') {
        mu_buf_puts(b, "; seen ");
        mu_code_span(b, issue->finding->seen, MU_CODE_SPAN);
    }
    mu_buf_puts(b, "; first in ");
    mu_code_span(b, issue->earliest->name, MU_CODE_SPAN);
    mu_buf_putc(b, '\n');
}

static void put_causes(struct mu_buf *b, const struct mu_result *m)
{
    unsigned shown = 0;
    if (m->issue == NULL)
        return;
    mu_buf_puts(b, "## Causes\n\n");
    for (const struct mu_issue *i = m->issue; i != NULL && shown < CAUSES_MAX; i = i->next, shown++)
        put_cause(b, i);
    if (shown < m->issues.count)
        mu_buf_printf(b, "* and %zu more: see report.html\n", m->issues.count - shown);
    mu_buf_putc(b, '\n');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    out->self = mu_new(out->buf.arena, struct written);
    put_head(&out->buf, m);
    put_counts(&out->buf, m);
    put_beside(&out->buf, m);
    put_causes(&out->buf, m);
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct written *written = out->self;
    struct mu_buf *b = &out->buf;
    (void) m;
    if (instance->verdict <= MU_REMARKS && instance->opinion == NULL)
        return;
    if (written->cases == CASES_MAX) {
        written->left++;
        return;
    }
    if (written->cases++ == 0)
        mu_buf_puts(b, "## Cases that did not pass, or are disputed\n\n");
    mu_buf_printf(b, "* **%s** ", mu_verdict_name(instance->verdict));
    mu_code_span(b, instance->name, MU_CODE_SPAN);
    mu_buf_puts(b, *instance->reason != '\0' ? ": " : "");
    mu_code_span(b, instance->reason, MU_CODE_SPAN);
    if (mu_instance_excused(instance))
        mu_buf_printf(b, " (%s)", instance->expectation);
    mu_buf_putc(b, '\n');
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next) {
        mu_buf_puts(b, "  * ");
        mu_code_span(b, mu_opinion_sentence(b->arena, instance, o), MU_CODE_SPAN);
        mu_buf_putc(b, '\n');
    }
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    const struct written *written = out->self;
    struct mu_buf *b = &out->buf;
    if (written->left > 0)
        mu_buf_printf(b, "* and %u more: see report.html\n", written->left);
    mu_buf_puts(b, written->cases > 0 ? "\nRun " : "Run ");
    mu_code_span(b, m->run, MU_CODE_SPAN);
    mu_buf_printf(b, ", %s, seed %lld, Muster ", mu_run_state_name(m->state), (long long) m->seed);
    mu_code_span(b, m->muster, MU_CODE_SPAN);
    mu_buf_putc(b, '\n');
}

const struct mu_writer mu_writer_markdown = { begin, each, end };

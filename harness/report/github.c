/*
 * annotations.txt: workflow commands of GitHub Actions. One a cause, because a step shows ten of a kind
 * at most, the gravest first. A command begins a line and ends with it: what could end the line, a property
 * or the escape itself is written as a percent sign and two digits.
 */
#include <string.h>

#include "report/formats.h"

#define TEXT_MAX 1000 /* octets of one text */

static const char *const level[MU_VERDICTS] = {
    [MU_REMARKS] = "notice",
    [MU_INCONCLUSIVE] = "warning",
    [MU_FAIL] = "error",
    [MU_ERROR] = "error",
};

/* `also`: what has a meaning where the text stands. */
static void put_escaped(struct mu_buf *b, const char *text, const char *also)
{
    size_t n = 0;
    for (; *text != '\0' && (n < TEXT_MAX || ((unsigned char) *text & 0xc0) == 0x80); text++, n++)
        if (*text == '%' || *text == '\r' || *text == '\n' || strchr(also, *text) != NULL)
            mu_buf_printf(b, "%%%02X", (unsigned char) *text);
        else
            mu_buf_putc(b, *text);
    mu_buf_puts(b, *text != '\0' ? "..." : "");
}

static void put_value(struct mu_buf *b, const char *text)
{
    put_escaped(b, text, ":,");
}

static void put_message(struct mu_buf *b, const char *text)
{
    put_escaped(b, text, "");
}

static void say(struct mu_buf *b, const char *how, const char *title, const char *message)
{
    mu_buf_printf(b, "::%s title=", how);
    put_value(b, title);
    mu_buf_puts(b, "::");
    put_message(b, message);
    mu_buf_putc(b, '\n');
}

static void put_issue(struct mu_buf *b, const struct mu_result *m, const struct mu_issue *issue)
{
    const char *says = mu_reason_sentence(issue->reason);
    const struct mu_finding *f = issue->finding;
    mu_buf_printf(b, "::%s title=%s ",
                  issue->excused == issue->count ? "notice" : level[issue->verdict],
                  mu_verdict_name(issue->verdict));
    put_value(b, issue->reason);
    mu_buf_printf(b, "::%u case%s", issue->count, issue->count == 1 ? "" : "s");
    if (issue->excused > 0)
        mu_buf_printf(b, " (%u quarantined or unclaimed)", issue->excused);
    mu_buf_printf(b, "%s%s%%0Afirst in ", *says != '\0' ? ": " : "", says);
    put_message(b, issue->earliest->name);
    if (f != NULL && *f->expected != '\0') {
        mu_buf_puts(b, "%0Aexpected: ");
        put_message(b, f->expected);
    }
    if (f != NULL && *f->seen != '\0') {
        mu_buf_puts(b, "%0Aseen: ");
        put_message(b, f->seen);
    }
    mu_buf_puts(b, "%0A");
    put_message(b, mu_result_command(b->arena, m, issue->smallest));
    mu_buf_putc(b, '\n');
}

static void put_beside(struct mu_out *out, const struct mu_result *m)
{
    struct mu_buf *b = &out->buf;
    for (const struct mu_pair *stale = m->stale; stale != NULL; stale = stale->next)
        say(b, "warning", "stale expectation", stale->name);
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        if (mu_adapter_is_trouble(a))
            say(b, "warning", "adapter", mu_out_line(out, "%s %s: %s", a->id, a->state, a->what));
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct mu_buf *b = &out->buf;
    const char *marking = mu_result_marking(b->arena, m);
    if (m->state != MU_RUN_COMPLETE)
        say(b, "error", mu_out_line(out, "the run is %s", mu_run_state_name(m->state)),
            "what stands here is not all");
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        put_issue(b, m, issue);
        mu_out_flush(out);
    }
    put_beside(out, m);
    for (const struct mu_pair *p = mu_result_about(b->arena, m); p != NULL; p = p->next)
        say(b, strcmp(p->name, "conflict") == 0 ? "warning" : "notice", p->name, p->value);
    say(b, "notice", "Muster", mu_result_answer(b->arena, m));
    if (*marking != '\0')
        say(b, "notice", "marking of the run", marking);
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    (void) m;
    if (instance->opinion != NULL)
        say(&out->buf, "notice", instance->name, mu_out_opinions(out, instance));
}

const struct mu_writer mu_writer_github = { .begin = begin, .each = each };

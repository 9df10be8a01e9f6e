/*
 * results.tap: Test Anything Protocol, version 13. A line begins with words of ours only; foreign
 * text stands indented, in quotes, in the YAML block of a test that did not pass.
 */
#include "base/json.h"
#include "report/formats.h"

/* What stands behind "ok" and "not ok"; cases-verdicts-reports 1.3. */
static const struct {
    const char *status, *directive;
} row[MU_VERDICTS] = {
    [MU_NOT_RUN] = { "ok", " # SKIP" },    [MU_PASS] = { "ok", "" },
    [MU_REMARKS] = { "ok", " # remarks" }, [MU_INCONCLUSIVE] = { "not ok", " # inconclusive" },
    [MU_FAIL] = { "not ok", "" },          [MU_ERROR] = { "not ok", " # error" },
};

/* YAML's double-quoted scalars take everything that a JSON string may be. */
static void put_member(struct mu_buf *out, const char *indent, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    struct mu_json j = { .out = out };
    mu_buf_printf(out, "%s%s: ", indent, name);
    mu_json_text(&j, NULL, value);
    mu_buf_putc(out, '\n');
}

static void put_finding(struct mu_buf *out, const struct mu_finding *f)
{
    static const char indent[] = "      ";
    mu_buf_puts(out, "    -\n");
    put_member(out, indent, "rule", f->rule);
    put_member(out, indent, "step", f->step);
    put_member(out, indent, "leg", f->leg);
    put_member(out, indent, "expected", f->expected);
    put_member(out, indent, "seen", f->seen);
    put_member(out, indent, "hint", f->hint);
    put_member(out, indent, "places", f->places);
}

static void put_yaml(struct mu_buf *out, const struct mu_instance *instance)
{
    const struct mu_attempt *attempt = instance->final;
    if (attempt == NULL)
        return;
    mu_buf_puts(out, "  ---\n");
    put_member(out, "  ", "verdict", mu_verdict_name(instance->verdict));
    put_member(out, "  ", "reason", instance->reason);
    put_member(out, "  ", "meaning", mu_reason_sentence(instance->reason));
    put_member(out, "  ", "rung", mu_rung_name(attempt->rung));
    put_member(out, "  ", "attribution", attempt->attribution);
    put_member(out, "  ", "expectation", instance->expectation);
    if (instance->tried > 1)
        mu_buf_printf(out, "  stability: %u/%u\n", instance->passed, instance->tried);
    put_member(out, "  ", "evidence", attempt->folder);
    if (attempt->finding != NULL)
        mu_buf_puts(out, "  findings:\n");
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next)
        put_finding(out, f);
    mu_buf_puts(out, "  ...\n");
}

/* Words for a line: anything but printable ASCII without '#' would be read as something else. */
static void put_words(struct mu_buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        mu_buf_putc(out, *text < ' ' || *text > '~' || *text == '#' ? '?' : *text);
}

/* A diagnostic line for each comparison, in the words of ours alone. */
static void put_compared(struct mu_buf *out, const struct mu_instance *instance)
{
    const struct mu_compared *c = instance->final != NULL ? instance->final->compared : NULL;
    for (; c != NULL; c = c->next) {
        mu_buf_puts(out, "# ");
        put_words(out, c->what);
        mu_buf_puts(out, strcmp(c->held, "different") == 0 ? ": " : ": same as ");
        put_words(out, c->held);
        mu_buf_putc(out, '\n');
    }
}

/* The verdict is that of the run; what people say of it stands beside it. */
static void put_opinions(struct mu_buf *out, const struct mu_instance *instance)
{
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next) {
        mu_buf_puts(out, "# ");
        put_words(out, mu_opinion_sentence(out->arena, instance, o));
        mu_buf_putc(out, '\n');
    }
}

static void put_test(struct mu_buf *out, const struct mu_instance *instance)
{
    enum mu_verdict verdict = instance->verdict;
    bool excused = mu_instance_excused(instance);
    const char *directive = excused ? " # TODO " : row[verdict].directive;
    mu_buf_printf(out, "%s %u - ", row[verdict].status, instance->index);
    put_words(out, instance->name);
    mu_buf_printf(out, "%s%s", directive, excused ? instance->expectation : "");
    if (*instance->reason != '\0' && *directive != '\0') {
        mu_buf_putc(out, ' ');
        put_words(out, instance->reason);
    }
    mu_buf_putc(out, '\n');
    if (verdict >= MU_REMARKS)
        put_yaml(out, instance);
    put_compared(out, instance);
    put_opinions(out, instance);
}

/* "# what: text", in printable letters. */
static void put_remark(struct mu_buf *out, const char *what, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    mu_buf_printf(out, "# %s: ", what);
    put_words(out, text);
    mu_buf_putc(out, '\n');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    mu_buf_printf(&out->buf, "TAP version 13\n1..%u\n",
                  m->total + (m->state == MU_RUN_COMPLETE ? 0 : 1));
    put_remark(&out->buf, "marking", mu_result_marking(out->buf.arena, m));
    put_remark(&out->buf, "suite", mu_result_health(out->buf.arena, m));
    for (const struct mu_pair *p = mu_result_about(out->buf.arena, m); p != NULL; p = p->next)
        put_remark(&out->buf, p->name, p->value);
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        if (mu_adapter_is_trouble(a))
            put_remark(&out->buf, "adapter",
                       mu_out_line(out, "%s %s: %s", a->id, a->state, a->what));
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    (void) m;
    put_test(&out->buf, instance);
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    if (m->state != MU_RUN_COMPLETE) /* so that no reader takes part of a run for all of it */
        mu_buf_printf(&out->buf, "not ok %u - the run is complete # error %s\n", m->total + 1,
                      mu_run_state_name(m->state));
}

const struct mu_writer mu_writer_tap = { begin, each, end };

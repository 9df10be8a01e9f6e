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
}

bool mu_write_tap(struct mu_out *out, const struct mu_result *m, struct mu_err *err)
{
    bool whole = m->state == MU_RUN_COMPLETE;
    const char *health = mu_result_health(out->buf.arena, m);
    mu_buf_printf(&out->buf, "TAP version 13\n1..%u\n", m->total + (whole ? 0 : 1));
    if (health != NULL) {
        mu_buf_puts(&out->buf, "# suite: ");
        put_words(&out->buf, health);
        mu_buf_putc(&out->buf, '\n');
    }
    const char *hidden = mu_result_hides(out->buf.arena, m);
    if (hidden != NULL) {
        mu_buf_puts(&out->buf, "# hidden: ");
        put_words(&out->buf, hidden);
        mu_buf_putc(&out->buf, '\n');
    }
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        put_test(&out->buf, i);
        TRY(mu_out_flush(out, false, err));
    }
    if (!whole) /* so that no reader takes part of a run for all of it */
        mu_buf_printf(&out->buf, "not ok %u - the run is complete # error %s\n", m->total + 1,
                      mu_run_state_name(m->state));
    return true;
}

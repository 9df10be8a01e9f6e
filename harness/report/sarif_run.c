/*
 * results.sarif: a result for every case that did not pass, or of which somebody had an opinion after the
 * run; what else passed or did not run is counted in the properties. A failure is kind "fail"; what nobody can judge is kind "open", which is SARIF's word for it,
 * and stands among the notifications, too, because not every viewer shows it.
 */
#include <stdio.h>
#include <string.h>

#include "base/tar.h"
#include "report/evidence.h"
#include "report/formats.h"
#include "report/sarif.h"

static const struct {
    const char *kind, *level;
} row[MU_VERDICTS] = {
    [MU_NOT_RUN] = { "notApplicable", "none" },
    [MU_PASS] = { "pass", "none" },
    [MU_REMARKS] = { "fail", "warning" },
    [MU_INCONCLUSIVE] = { "open", "none" },
    [MU_FAIL] = { "fail", "error" },
    [MU_ERROR] = { "open", "none" },
};

/* --- rules: those of the profile, and reasons that name none ------------------------------------------ */

static const char *rule_of(const char *reason)
{
    return strncmp(reason, "rule:", 5) == 0 ? reason + 5 : reason;
}

static void put_rule(struct mu_json *j, struct mu_arena *arena, const struct mu_result_rule *r)
{
    mu_sarif_rule(j, r->id, r->text,
                  mu_arena_printf(arena, "%s, %s: %s", r->document, r->see, r->text),
                  mu_sarif_level(r->level));
    mu_json_open(j, "properties", '{');
    mu_json_text(j, "requirement-level", r->level);
    mu_json_text(j, "document", r->document);
    mu_json_text(j, "clause", r->see);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

static const char *rule_id(const struct mu_instance *instance)
{
    if (instance->verdict <= MU_PASS)
        return mu_verdict_name(instance->verdict);
    return *rule_of(instance->reason) != '\0' ? rule_of(instance->reason) : "unknown";
}

/* Reasons that are no rule of the run; several issues may share one. */
static void put_reasons(struct mu_json *j, struct mu_arena *arena, const struct mu_result *m)
{
    struct mu_table seen = { 0 };
    for (int v = MU_NOT_RUN; v <= MU_PASS; v++) {
        const char *name = mu_verdict_name((enum mu_verdict) v);
        mu_sarif_rule(j, name, "how a case ended of which somebody had an opinion", name, "none");
        mu_json_close(j, '}');
    }
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next) {
        const char *id = rule_of(issue->reason), *says = mu_reason_sentence(issue->reason);
        const char **key = mu_new(arena, const char *);
        *key = id;
        if (issue->rule != NULL || mu_table_find(&seen, mu_bytes_of(id)) != NULL)
            continue;
        mu_table_add(&seen, arena, (void *) key);
        says = *says != '\0' ? says : "how a case ended";
        mu_sarif_rule(j, *id != '\0' ? id : "unknown", says, says, "error");
        mu_json_close(j, '}');
    }
}

static void put_rules(struct mu_json *j, struct mu_arena *arena, const struct mu_result *m)
{
    mu_json_open(j, "rules", '[');
    for (const struct mu_result_rule *r = m->rule; r != NULL; r = r->next)
        put_rule(j, arena, r);
    put_reasons(j, arena, m);
    mu_json_close(j, ']');
}

static void put_properties(struct mu_json *j, struct mu_arena *arena, const struct mu_result *m)
{
    mu_json_open(j, "properties", '{');
    mu_json_text(j, "marking", mu_result_marking(arena, m));
    mu_json_open(j, "about", '[');
    for (const struct mu_pair *p = mu_result_about(arena, m); p != NULL; p = p->next)
        mu_json_text(j, NULL, mu_arena_printf(arena, "%s: %s", p->name, p->value));
    mu_json_close(j, ']');
    mu_json_text(j, "run", m->run);
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_text(j, "profile", mu_pair_value(m->profile, "id"));
    mu_json_text(j, "profile-version", mu_pair_value(m->profile, "version"));
    mu_json_text(j, "system", mu_pair_value(m->sut, "id"));
    mu_json_text(j, "system-version", mu_pair_value(m->sut, "version"));
    mu_json_text(j, "test-time", m->test_time);
    mu_json_number(j, "overridden", (int64_t) m->overridden);
    mu_json_number(j, "disputed", (int64_t) m->disputed);
    mu_json_open(j, "counts", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) m->count[v]);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct mu_json *j = mu_new(out->buf.arena, struct mu_json);
    out->self = j;
    j->out = &out->buf;
    mu_sarif_begin(j, m->muster);
    put_rules(j, out->buf.arena, m);
    mu_json_close(j, '}');
    mu_json_close(j, '}');
    put_properties(j, out->buf.arena, m);
    mu_json_open(j, "results", '[');
}

/* --- results --------------------------------------------------------------------------------------------- */

/* What of the evidence to open: what came out, else what went in, else anything. */
static const struct mu_file *best_file(const struct mu_attempt *attempt)
{
    static const char *const prefix[] = { "received-", "sent-", "" };
    if (!mu_evidence_is_plain(attempt->folder))
        return NULL;
    for (size_t i = 0; i < MU_COUNT(prefix); i++)
        for (const struct mu_file *f = attempt->file; f != NULL; f = f->next)
            if (strncmp(f->name, prefix[i], strlen(prefix[i])) == 0
                && mu_evidence_is_plain(f->name))
                return f;
    return NULL;
}

static void put_place(struct mu_json *j, const struct mu_instance *instance,
                      const struct mu_file *file)
{
    char uri[512] = "run.jsonl";
    bool entry = file != NULL && file->at > 0 && file->octets >= 0;
    if (entry)
        snprintf(uri, sizeof uri, "%s", MU_TAR_CASES);
    else if (file != NULL) /* plain names of at most 200 octets each, nothing to escape */
        snprintf(uri, sizeof uri, "%s/%s", instance->final->folder, file->name);
    mu_json_open(j, "locations", '[');
    mu_sarif_location(j, uri, entry ? file->at : -1, entry ? file->octets : 0, instance->name);
    mu_json_close(j, ']');
}

/* Into the buffer of the report itself, between the quotes of one text: nothing is kept. */
static void put_message(struct mu_out *out, struct mu_json *j, const struct mu_instance *instance)
{
    struct mu_buf *text = &out->spare;
    text->n = 0;
    mu_buf_printf(text, "%s: %s", instance->name, mu_verdict_name(instance->verdict));
    if (*instance->reason != '\0')
        mu_buf_printf(text, ", %s", instance->reason);
    const struct mu_finding *f = instance->final != NULL ? instance->final->finding : NULL;
    for (; f != NULL; f = f->next) {
        mu_buf_printf(text, "\n%s%s", f->rule, f->step);
        if (*f->expected != '\0')
            mu_buf_printf(text, "; expected %s", f->expected);
        if (*f->seen != '\0')
            mu_buf_printf(text, "; seen %s", f->seen);
        if (*f->hint != '\0')
            mu_buf_printf(text, "; hint: %s", f->hint);
    }
    mu_sarif_message(j, "message", mu_buf_text(text));
}

/* "external": it is the operator's statement, not one in the thing that was tested. */
static void put_suppressions(struct mu_json *j, const struct mu_instance *instance)
{
    mu_json_open(j, "suppressions", '[');
    if (mu_instance_excused(instance)) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", "external");
        mu_json_text(j, "justification", instance->expectation);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_facts(struct mu_out *out, struct mu_json *j, const struct mu_instance *instance,
                      const struct mu_file *file)
{
    const struct mu_attempt *final = instance->final;
    mu_json_open(j, "properties", '{');
    mu_json_text(j, "verdict", mu_verdict_name(instance->verdict));
    mu_json_text(j, "reason", instance->reason);
    if (final != NULL) {
        mu_json_text(j, "rung", mu_rung_name(final->rung));
        mu_json_text(j, "attribution", final->attribution);
    }
    if (file != NULL && file->at > 0)
        mu_json_text(j, "entry", mu_out_line(out, "%s/%s", final->folder, file->name));
    if (instance->opinion != NULL)
        mu_json_text(j, "opinions", mu_out_opinions(out, instance));
    mu_json_text(j, "expectation", instance->expectation);
    mu_json_text(j, "importance", instance->of->importance);
    mu_json_number(j, "passed", (int64_t) instance->passed);
    mu_json_number(j, "attempts", (int64_t) instance->tried);
    mu_json_close(j, '}');
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct mu_json *j = out->self;
    (void) m;
    if (instance->verdict <= MU_PASS && instance->opinion == NULL)
        return;
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "ruleId", rule_id(instance));
    mu_json_text(j, "kind", row[instance->verdict].kind);
    mu_json_text(j, "level", row[instance->verdict].level);
    put_message(out, j, instance);
    const struct mu_file *file = instance->final != NULL ? best_file(instance->final) : NULL;
    put_place(j, instance, file);
    /* the same case with the same end, in whatever run */
    mu_sarif_fingerprint(j, "musterCase/v1",
                         mu_bytes_of(mu_out_line(out, "%s\n%s", instance->name, instance->reason)));
    put_suppressions(j, instance);
    put_facts(out, j, instance, file);
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

/* --- the end ----------------------------------------------------------------------------------------------- */

static void notify(struct mu_json *j, const char *id, const char *level, const char *text)
{
    mu_json_open(j, NULL, '{');
    mu_json_open(j, "descriptor", '{');
    mu_json_text(j, "id", id);
    mu_json_close(j, '}');
    mu_json_text(j, "level", level);
    mu_sarif_message(j, "message", text);
    mu_json_close(j, '}');
}

static void put_notifications(struct mu_out *out, struct mu_json *j, const struct mu_result *m)
{
    mu_json_open(j, "toolExecutionNotifications", '[');
    if (m->state != MU_RUN_COMPLETE)
        notify(j, mu_run_state_name(m->state), "error",
               "the run did not end in good order: what stands here is not all");
    for (const struct mu_issue *issue = m->issue; issue != NULL; issue = issue->next)
        if (issue->verdict == MU_ERROR || issue->verdict == MU_INCONCLUSIVE)
            notify(j, mu_verdict_name(issue->verdict),
                   issue->verdict == MU_ERROR ? "error" : "warning",
                   mu_out_line(out, "%u not judged: %s %s", issue->count,
                               mu_verdict_name(issue->verdict), issue->reason));
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        if (mu_adapter_is_trouble(a))
            notify(j, "adapter", "warning",
                   mu_out_line(out, "adapter %s %s: %s", a->id, a->state, a->what));
    mu_json_close(j, ']');
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    struct mu_json *j = out->self;
    mu_json_close(j, ']');
    mu_json_open(j, "invocations", '[');
    mu_json_open(j, NULL, '{');
    mu_json_bool(j, "executionSuccessful",
                 m->state == MU_RUN_COMPLETE && m->count[MU_ERROR] == m->excused[MU_ERROR]);
    if (m->exit >= 0)
        mu_json_number(j, "exitCode", m->exit);
    put_notifications(out, j, m);
    mu_json_close(j, '}');
    mu_json_close(j, ']');
    mu_json_close(j, '}');
    mu_json_close(j, ']');
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_sarif = { begin, each, end };

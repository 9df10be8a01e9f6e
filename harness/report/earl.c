/*
 * earl.jsonld: Evaluation and Report Language 1.0 (W3C) as JSON-LD 1.0. The context stands in the file, so
 * no reader fetches anything. An assertion a case; its test is the case, its subject the system.
 */
#include <string.h>

#include "base/json.h"
#include "report/formats.h"

static const char context[] =
    "{\"earl\":\"http://www.w3.org/ns/earl#\",\"dct\":\"http://purl.org/dc/terms/\","
    "\"doap\":\"http://usefulinc.com/ns/doap#\",\"muster\":\"urn:muster:result:1#\","
    "\"Assertion\":\"earl:Assertion\",\"TestResult\":\"earl:TestResult\","
    "\"assertedBy\":{\"@id\":\"earl:assertedBy\",\"@type\":\"@id\"},"
    "\"subject\":{\"@id\":\"earl:subject\",\"@type\":\"@id\"},"
    "\"test\":{\"@id\":\"earl:test\",\"@type\":\"@id\"},"
    "\"mode\":{\"@id\":\"earl:mode\",\"@type\":\"@id\"},"
    "\"result\":\"earl:result\",\"outcome\":{\"@id\":\"earl:outcome\",\"@type\":\"@id\"},"
    "\"info\":\"earl:info\",\"title\":\"dct:title\",\"description\":\"dct:description\","
    "\"isPartOf\":{\"@id\":\"dct:isPartOf\",\"@type\":\"@id\"},"
    "\"verdict\":\"muster:verdict\",\"reason\":\"muster:reason\","
    "\"expectation\":\"muster:expectation\",\"marking\":\"muster:marking\","
    "\"state\":\"muster:state\",\"profile\":\"muster:profile\","
    "\"attribution\":\"muster:attribution\",\"trouble\":\"muster:trouble\",\"about\":\"muster:"
    "about\",\"opinions\":\"muster:"
    "opinions\"}";

static const char *const outcome[MU_VERDICTS] = {
    [MU_PASS] = "earl:passed", [MU_REMARKS] = "earl:passed", [MU_INCONCLUSIVE] = "earl:cantTell",
    [MU_FAIL] = "earl:failed", [MU_ERROR] = "earl:cantTell", [MU_NOT_RUN] = "earl:untested",
};

static const char *outcome_of(const struct mu_instance *instance)
{
    if (instance->verdict == MU_NOT_RUN && mu_reason_is_inapplicable(instance->reason))
        return "earl:inapplicable";
    return outcome[instance->verdict];
}

/* "urn:muster:case:" and the name, whose other octets become a percent sign and two digits (RFC 3986). */
static void put_iri(struct mu_json *j, struct mu_out *out, const char *member, const char *kind,
                    const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct mu_buf *iri = &out->spare;
    iri->n = 0;
    mu_buf_printf(iri, "urn:muster:%s:", kind);
    for (; *name != '\0'; name++)
        if (strchr(plain, *name) != NULL)
            mu_buf_putc(iri, *name);
        else
            mu_buf_printf(iri, "%%%02X", (unsigned char) *name);
    mu_json_text(j, member, mu_buf_text(iri));
}

static void put_types(struct mu_json *j, const char *first, const char *second)
{
    mu_json_open(j, "@type", '[');
    mu_json_text(j, NULL, first);
    mu_json_text(j, NULL, second);
    mu_json_close(j, ']');
}

static void open_row(struct mu_json *j)
{
    if (j->comma)
        mu_buf_putc(j->out, ',');
    j->comma = false;
    mu_buf_putc(j->out, '\n');
    mu_json_open(j, NULL, '{');
}

static void put_run(struct mu_json *j, struct mu_out *out, const struct mu_result *m)
{
    open_row(j);
    put_iri(j, out, "@id", "run", m->run);
    mu_json_text(j, "@type", "muster:Run");
    mu_json_some(j, "marking", mu_result_marking(out->buf.arena, m));
    mu_json_text(j, "state", mu_run_state_name(m->state));
    mu_json_text(j, "description", mu_result_answer(out->buf.arena, m));
    mu_json_open(j, "about", '[');
    for (const struct mu_pair *p = mu_result_about(out->buf.arena, m); p != NULL; p = p->next)
        mu_json_text(j, NULL, mu_arena_printf(out->buf.arena, "%s: %s", p->name, p->value));
    mu_json_close(j, ']');
    mu_json_text(j, "profile", mu_pair_value(m->profile, "id"));
    mu_json_text(j, "dct:date", m->started);
    mu_json_open(j, "trouble", '[');
    for (const struct mu_adapter_seen *a = m->adapter; a != NULL; a = a->next)
        if (mu_adapter_is_trouble(a))
            mu_json_text(j, NULL, mu_out_line(out, "adapter %s %s: %s", a->id, a->state, a->what));
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

static void put_parties(struct mu_json *j, struct mu_out *out, const struct mu_result *m)
{
    open_row(j);
    mu_json_text(j, "@id", "urn:muster:assertor");
    put_types(j, "earl:Assertor", "earl:Software");
    mu_json_text(j, "title", "Muster");
    mu_json_text(j, "doap:revision", m->muster);
    mu_json_close(j, '}');
    open_row(j);
    put_iri(j, out, "@id", "system", mu_pair_value(m->sut, "id"));
    mu_json_text(j, "@type", "earl:TestSubject");
    mu_json_text(
        j, "title",
        mu_out_line(out, "%s %s", mu_pair_value(m->sut, "name"), mu_pair_value(m->sut, "version")));
    mu_json_close(j, '}');
}

static void begin(struct mu_out *out, const struct mu_result *m)
{
    struct mu_json *j = mu_new(out->buf.arena, struct mu_json);
    out->self = j;
    j->out = &out->buf;
    mu_json_open(j, NULL, '{');
    mu_json_raw(j, "@context", context);
    mu_json_open(j, "@graph", '[');
    put_run(j, out, m);
    put_parties(j, out, m);
}

/* The first line of the info says how it ended, the others what was found. */
static const char *info(struct mu_out *out, const struct mu_instance *instance)
{
    struct mu_buf *text = &out->spare;
    const struct mu_finding *f = instance->final != NULL ? instance->final->finding : NULL;
    text->n = 0;
    mu_buf_printf(text, "%s", mu_verdict_name(instance->verdict));
    if (*instance->reason != '\0')
        mu_buf_printf(text, ": %s", instance->reason);
    if (mu_instance_excused(instance))
        mu_buf_printf(text, " (%s)", instance->expectation);
    for (; f != NULL; f = f->next) {
        mu_buf_printf(text, "\n%s%s", f->rule, f->step);
        if (*f->expected != '\0')
            mu_buf_printf(text, "; expected %s", f->expected);
        if (*f->seen != '\0')
            mu_buf_printf(text, "; seen %s", f->seen);
    }
    return mu_buf_text(text);
}

static void open_assertion(struct mu_json *j, struct mu_out *out, const struct mu_result *m,
                           const char *name, const char *title)
{
    open_row(j);
    mu_json_text(j, "@type", "Assertion");
    mu_json_text(j, "assertedBy", "urn:muster:assertor");
    put_iri(j, out, "subject", "system", mu_pair_value(m->sut, "id"));
    put_iri(j, out, "isPartOf", "run", m->run);
    mu_json_text(j, "mode", "earl:automatic");
    mu_json_open(j, "test", '{');
    put_iri(j, out, "@id", "case", name);
    put_types(j, "earl:TestCriterion", "earl:TestCase");
    mu_json_some(j, "title", name);
    mu_json_some(j, "description", title);
    mu_json_close(j, '}');
    mu_json_open(j, "result", '{');
    mu_json_text(j, "@type", "TestResult");
}

static void close_assertion(struct mu_json *j)
{
    mu_json_close(j, '}');
    mu_json_close(j, '}');
}

static void each(struct mu_out *out, const struct mu_result *m, const struct mu_instance *instance)
{
    struct mu_json *j = out->self;
    open_assertion(j, out, m, instance->name, instance->of->title);
    mu_json_text(j, "outcome", outcome_of(instance));
    mu_json_text(j, "verdict", mu_verdict_name(instance->verdict));
    mu_json_some(j, "reason", instance->reason);
    mu_json_some(j, "expectation", instance->expectation);
    if (instance->final != NULL)
        mu_json_some(j, "attribution", instance->final->attribution);
    if (instance->verdict != MU_PASS)
        mu_json_text(j, "info", info(out, instance));
    if (instance->opinion != NULL)
        mu_json_text(j, "opinions", mu_out_opinions(out, instance));
    close_assertion(j);
}

static void end(struct mu_out *out, const struct mu_result *m)
{
    struct mu_json *j = out->self;
    if (m->state != MU_RUN_COMPLETE) {
        open_assertion(j, out, m, "the run is complete", "");
        mu_json_text(j, "outcome", outcome[MU_ERROR]);
        mu_json_text(j, "verdict", mu_verdict_name(MU_ERROR));
        mu_json_text(j, "reason", mu_run_state_name(m->state));
        mu_json_text(j, "info", "the run did not end in good order: what stands here is not all");
        close_assertion(j);
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
    mu_buf_putc(&out->buf, '\n');
}

const struct mu_writer mu_writer_earl = { begin, each, end };

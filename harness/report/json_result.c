/* One result of results.json: what became of an instance, attempt by attempt. */
#include "report/json_result.h"

#include "base/codec.h"

void mu_results_ids(struct mu_json *j, const char *name, const char *list)
{
    struct mu_bytes all = mu_bytes_of(list);
    mu_json_open(j, name, '[');
    for (size_t at = 0; at < all.n;) {
        size_t end = mu_bytes_find(all, MU_BYTES(" "), at);
        struct mu_bytes id = mu_bytes_slice(all, at, end == SIZE_MAX ? all.n : end - at);
        mu_json_bytes(j, NULL, id);
        at += id.n + 1;
    }
    mu_json_close(j, ']');
}

static void put_findings(struct mu_json *j, const struct mu_attempt *attempt)
{
    mu_json_open(j, "findings", '[');
    for (const struct mu_finding *f = attempt->finding; f != NULL; f = f->next) {
        mu_json_open(j, NULL, '{');
        mu_json_some(j, "rule", f->rule);
        mu_json_some(j, "level", f->level);
        mu_json_some(j, "leg", f->leg);
        mu_json_some(j, "step", f->step);
        mu_json_some(j, "verdict", f->verdict);
        mu_json_some(j, "expected", f->expected);
        mu_json_some(j, "seen", f->seen);
        mu_json_some(j, "hint", f->hint);
        mu_json_some(j, "places", f->places);
        if (f->offset >= 0)
            mu_json_number(j, "offset", f->offset);
        mu_json_number(j, "count", f->count);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_compared(struct mu_json *j, const struct mu_attempt *attempt)
{
    mu_json_open(j, "compared", '[');
    for (const struct mu_compared *c = attempt->compared; c != NULL; c = c->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "what", c->what);
        mu_json_text(j, "first", c->first);
        mu_json_text(j, "second", c->second);
        mu_json_text(j, "held", c->held);
        mu_json_text(j, "demanded", c->demanded);
        mu_json_bool(j, "enough", c->enough);
        mu_json_some(j, "where", c->where);
        if (c->offset >= 0)
            mu_json_number(j, "offset", c->offset);
        mu_json_some(j, "expected", c->expected);
        mu_json_some(j, "seen", c->seen);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* Most attempts share one list of legs, which is longer than all else that is said of them. */
static void put_legs(struct mu_results_state *s, const struct mu_attempt *attempt)
{
    if (s->legs.n == 0 || s->of != attempt->leg) {
        struct mu_json j = { .out = &s->legs };
        s->of = attempt->leg;
        s->legs.n = 0;
        mu_json_open(&j, NULL, '[');
        for (const struct mu_result_leg *leg = attempt->leg; leg != NULL; leg = leg->next) {
            mu_json_open(&j, NULL, '{');
            mu_json_text(&j, "leg", leg->leg);
            mu_results_ids(&j, "held", leg->held);
            mu_results_ids(&j, "broken", leg->broken);
            mu_results_ids(&j, "not_applicable", leg->not_applicable);
            mu_json_close(&j, '}');
        }
        mu_json_close(&j, ']');
    }
    mu_json_raw(&s->j, "legs", mu_buf_text(&s->legs));
}

static void put_evidence(struct mu_json *j, const struct mu_attempt *attempt)
{
    char hex[2 * MU_DIGEST_BYTES + 1];
    mu_json_open(j, "evidence", '[');
    for (const struct mu_file *file = attempt->file; file != NULL; file = file->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", file->name);
        mu_json_number(j, "octets", file->octets);
        if (file->at > 0)
            mu_json_number(j, "at", file->at);
        mu_hex_write(file->sha256, sizeof file->sha256, hex);
        mu_json_text(j, "sha256", file->digested ? hex : NULL);
        mu_json_some(j, "hmac", file->hmac);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_attempt(struct mu_results_state *s, const struct mu_attempt *attempt)
{
    struct mu_json *j = &s->j;
    mu_json_open(j, NULL, '{');
    mu_json_number(j, "attempt", (int64_t) attempt->number);
    mu_json_bool(j, "judged", attempt->judged);
    mu_json_some(j, "withheld", mu_above_name(attempt->withheld));
    mu_json_text(j, "verdict", mu_verdict_name(attempt->verdict));
    mu_json_some(j, "reason", attempt->reason);
    mu_json_text(j, "rung", mu_rung_name(attempt->rung));
    mu_json_some(j, "attribution", attempt->attribution);
    mu_json_number(j, "at_ms", attempt->at_ms);
    mu_json_number(j, "ms", attempt->ms);
    mu_json_some(j, "folder", attempt->folder);
    mu_json_some(j, "source", attempt->source);
    put_findings(j, attempt);
    put_compared(j, attempt);
    put_legs(s, attempt);
    put_evidence(j, attempt);
    mu_json_close(j, '}');
}

/* What its attempts came to: k of n, and every reason. */
static void put_stability(struct mu_json *j, const struct mu_instance *instance)
{
    if (instance->tried < 2)
        return;
    mu_json_open(j, "stability", '{');
    mu_json_number(j, "passed", (int64_t) instance->passed);
    mu_json_number(j, "of", (int64_t) instance->tried);
    mu_json_bool(j, "stable", !instance->unstable);
    mu_json_open(j, "ends", '[');
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next) {
        const struct mu_attempt *before = instance->attempt;
        while (before != a
               && !(before->judged && before->verdict == a->verdict
                    && strcmp(before->reason, a->reason) == 0))
            before = before->next;
        if (!a->judged || before != a)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "verdict", mu_verdict_name(a->verdict));
        mu_json_some(j, "reason", a->reason);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

/* What people say of the verdict, which stays what it is. */
static void put_opinions(struct mu_json *j, const struct mu_instance *instance)
{
    if (instance->opinion == NULL)
        return;
    mu_json_open(j, "opinions", '[');
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "kind", o->kind);
        if (strcmp(o->kind, "override") == 0)
            mu_json_text(j, "verdict", mu_verdict_name(o->verdict));
        mu_json_text(j, "by", o->by);
        mu_json_text(j, "why", o->why);
        mu_json_text(j, "at", o->at);
        mu_json_bool(j, "withdrawn", o->withdrawn);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

void mu_results_instance(struct mu_results_state *s, const struct mu_instance *instance)
{
    struct mu_json *j = &s->j;
    mu_json_text(j, "name", instance->name);
    mu_json_text(j, "case", instance->of->id);
    mu_json_text(j, "verdict", mu_verdict_name(instance->verdict));
    mu_json_some(j, "reason", instance->reason);
    if (instance->issue != NULL)
        mu_json_number(j, "issue", (int64_t) instance->issue->index);
    mu_json_some(j, "expectation", instance->expectation);
    if (instance->entry > 0)
        mu_json_number(j, "entry", (int64_t) instance->entry);
    if (instance->final != NULL)
        mu_json_number(j, "final", (int64_t) instance->final->number);
    put_stability(j, instance);
    put_opinions(j, instance);
    mu_json_open(j, "attempts", '[');
    for (const struct mu_attempt *a = instance->attempt; a != NULL; a = a->next)
        put_attempt(s, a);
    mu_json_close(j, ']');
}

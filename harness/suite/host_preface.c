/* The lines that a run stream begins with: what runs, against what, and everything that it rests on. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "suite/catalogue.h"
#include "suite/engine_case.h"

static void json_digest(struct mu_json *j, const char *what, const char *sha256)
{
    char text[MU_DIGEST_TEXT + 8] = "";
    if (sha256[0] != '\0')
        snprintf(text, sizeof text, "sha256:%s", sha256);
    mu_json_text(j, what, text);
}

/* Words in one text, as sins and tags are. */
static void json_words(struct mu_json *j, const char *name, const char *const *word, size_t words,
                       struct mu_arena *arena)
{
    struct mu_buf text = { .arena = arena };
    for (size_t i = 0; i < words; i++)
        mu_buf_printf(&text, "%s%s", i > 0 ? " " : "", word[i]);
    mu_json_text(j, name, mu_buf_text(&text));
}

/* How high what the plan sends goes: the marking of every report of the run. */
static void json_high_water(struct mu_json *j, const struct mu_engine *engine)
{
    mu_json_open(j, "marking", '[');
    for (size_t i = 0; i < engine->highs; i++) {
        const struct mu_high_water *high = &engine->high[i];
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "policy", high->policy->name);
        mu_json_text(j, "marking", high->marking);
        mu_json_text(j, "classification", high->classification);
        mu_json_number(j, "rank", high->rank);
        mu_json_text(j, "colour", high->colour);
        mu_json_text(j, "text_colour", high->text_colour);
        mu_json_text(j, "decision", high->decision);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

void mu_engine_open_members(void *self, struct mu_json *j)
{
    const struct mu_engine *engine = self;
    const struct mu_engine_options *o = &engine->o;
    mu_json_open(j, "profile", '{');
    mu_json_text(j, "id", o->profile->id);
    mu_json_text(j, "version", o->profile->version);
    mu_json_text(j, "title", o->profile->title);
    mu_json_close(j, '}');
    mu_json_open(j, "suite", '{');
    mu_json_text(j, "id", o->suite->id);
    mu_json_text(j, "revision", o->suite->revision);
    mu_json_close(j, '}');
    mu_json_open(j, "sut", '{');
    mu_json_text(j, "id", o->sut->id);
    mu_json_text(j, "name", o->sut->name);
    mu_json_text(j, "version", o->sut->version);
    mu_json_text(j, "owner", o->sut->owner);
    if (*o->sut->path != '\0') /* else they are what its adapter said */
        json_words(j, "claims", o->sut->capability, o->sut->capabilities, engine->arena);
    mu_json_close(j, '}');
    json_high_water(j, engine);
    mu_json_open(j, "policies", '{');
    for (size_t i = 0; i < o->profile->policies.count; i++) {
        const struct mu_policy *p = o->profile->policies.policy[i];
        char pin[300];
        snprintf(pin, sizeof pin, "version %.40s, urn:oid:%.120s, sha256:%s", p->version, p->id,
                 p->digest);
        mu_json_text(j, p->name, pin);
    }
    mu_json_close(j, '}');
    mu_json_open(j, "digests", '{');
    json_digest(j, "suite", o->suite->digest);
    json_digest(j, "profile", o->profile->digest);
    json_digest(j, "rules", o->profile->rules_digest);
    json_digest(j, "policies", o->profile->policies_digest);
    json_digest(j, "sut", o->sut->digest);
    json_digest(j, "expectations", o->expectations != NULL ? o->expectations->digest : "");
    json_digest(j, "plan", o->plan->digest);
    mu_json_close(j, '}');
    if (o->plan->shard.of == 0)
        return;
    mu_json_open(j, "shard", '{');
    mu_json_number(j, "number", o->plan->shard.number);
    mu_json_number(j, "of", o->plan->shard.of);
    mu_json_number(j, "whole", (int64_t) o->plan->ins);
    mu_json_close(j, '}');
}

static void rule_members(const struct mu_rule *rule, struct mu_json *j)
{
    mu_json_text(j, "event", "rule");
    mu_json_text(j, "id", rule->id);
    mu_json_text(j, "level", mu_level_name(rule->level));
    mu_json_text(j, "written", mu_level_name(rule->written));
    mu_json_text(j, "see", rule->see);
    mu_json_text(j, "document", rule->document);
    mu_json_text(j, "text", rule->text);
    mu_json_bool(j, "assertion", rule->assertion);
    mu_json_bool(j, "waived", rule->waived);
    mu_json_text(j, "because", rule->because);
}

/* What the case does to its messages, for the reader of a report: values may name axes. */
static void json_mutations(struct mu_json *j, const struct mu_case *c)
{
    mu_json_open(j, "mutations", '[');
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *step = &c->step[i];
        if (step->kind != MU_STEP_MUTATE)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "operator", step->op);
        mu_json_text(j, "on", step->on);
        mu_json_text(j, "value", step->value);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void case_members(const struct mu_case *c, struct mu_arena *arena, struct mu_json *j)
{
    mu_json_text(j, "event", "case");
    mu_json_text(j, "id", c->id);
    mu_json_text(j, "revision", c->revision);
    mu_json_text(j, "title", c->title);
    mu_json_text(j, "why", c->why);
    mu_json_text(j, "role", mu_role_name(c->role));
    mu_json_text(j, "level", mu_level_name(c->level));
    mu_json_text(j, "class", mu_case_class_name(c->class));
    mu_json_text(j, "importance", mu_importance_name(c->importance));
    mu_json_text(j, "control", c->control);
    mu_json_text(j, "sins", c->sins);
    mu_json_text(j, "tags", c->tags);
    json_words(j, "capabilities", c->capability, c->capabilities, arena);
    json_mutations(j, c);
    mu_json_open(j, "requirements", '[');
    for (size_t i = 0; i < c->requirements; i++) {
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "document", c->requirement[i].document);
        mu_json_text(j, "clause", c->requirement[i].clause);
        mu_json_text(j, "rule", c->requirement[i].rule);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* A row of the catalogue: for each role the rules that cover it, or why nothing does. */
static void catalogue_members(const struct mu_catalogue_row *row, struct mu_arena *arena,
                              struct mu_json *j)
{
    mu_json_text(j, "event", "catalogue");
    mu_json_text(j, "id", row->id);
    mu_json_text(j, "kept", row->kept);
    mu_json_open(j, "cells", '[');
    for (int role = 0; role < MU_ROLES; role++) {
        const struct mu_catalogue_cell *cell = &row->cell[role];
        if (cell->rules == 0 && cell->why == NULL)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "role", mu_role_name((enum mu_role) role));
        if (cell->rules > 0)
            json_words(j, "rules", cell->rule, cell->rules, arena);
        mu_json_text(j, "why", cell->rules > 0 ? NULL : cell->why);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

/* An entry of the expectation file. */
static void expect_members(const struct mu_expectations *all, size_t i, struct mu_json *j)
{
    const struct mu_expect *e = &all->expect[i];
    mu_json_text(j, "event", "expect");
    mu_json_number(j, "entry", (int64_t) i + 1);
    mu_json_number(j, "line", e->where.line);
    mu_json_text(j, "case", e->name);
    mu_json_text(j, "verdict", e->flaky ? "flaky" : mu_verdict_name(e->verdict));
    mu_json_text(j, "reason", e->reason);
    if (e->capped)
        mu_json_number(j, "max", e->max);
    mu_json_text(j, "owner", e->owner);
    mu_json_text(j, "ticket", e->ticket);
    mu_json_text(j, "until", e->until);
    mu_json_text(j, "text", e->note);
}

/* The n-th instance that does not run: left out of the plan, then in the hands of another shard. */
static bool not_run_members(const struct mu_engine *engine, size_t n, struct mu_json *j)
{
    const struct mu_plan *plan = engine->o.plan;
    struct mu_left_out out = { .reason = MU_SHARD_REASON };
    size_t i = 0;
    if (n < plan->outs) {
        out = plan->out[n];
    } else {
        n -= plan->outs;
        while (i < plan->ins && ((plan->in[i].flags & MU_PLANNED_ELSEWHERE) == 0 || n-- > 0))
            i++;
        if (i == plan->ins)
            return false;
        out.case_index = plan->in[i].case_index;
        out.instance = plan->in[i].instance;
    }
    char text[MU_NAME_TEXT];
    mu_case_name(engine->o.suite->cases[out.case_index], out.instance, text);
    mu_json_text(j, "event", "not-run");
    mu_json_text(j, "case", text);
    mu_json_text(j, "reason", out.reason);
    return true;
}

bool mu_engine_preface(void *self, size_t n, struct mu_json *j)
{
    const struct mu_engine *engine = self;
    const struct mu_engine_options *o = &engine->o;
    const struct mu_catalogue *catalogue = o->profile->catalogue;
    size_t rules = mu_rules_count(o->profile->rules);
    size_t rows = catalogue != NULL ? catalogue->rows : 0;
    size_t expects = o->expectations != NULL ? o->expectations->expects : 0;
    if (n < rules) {
        rule_members(mu_rules_at(o->profile->rules, n), j);
        return true;
    }
    n -= rules;
    if (n < rows) {
        catalogue_members(&catalogue->row[n], engine->arena, j);
        return true;
    }
    n -= rows;
    if (n < o->suite->count) {
        case_members(o->suite->cases[n], engine->arena, j);
        return true;
    }
    n -= o->suite->count;
    if (n < expects) {
        expect_members(o->expectations, n, j);
        return true;
    }
    return not_run_members(engine, n - expects, j);
}

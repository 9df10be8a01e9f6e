#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "suite/catalogue.h"
#include "suite/engine_case.h"

static const struct mu_case *case_at(const struct mu_engine *engine, size_t i)
{
    return engine->o.suite->cases[engine->o.plan->in[i].case_index];
}

/* Who serves item i: its role's adapters take turns. -1: a job of its own. */
static int32_t program_of(const struct mu_engine *engine, const struct mu_sut_role *role, size_t i)
{
    return role->adapters > 0 ? engine->program_of[role->adapter[i % role->adapters]] : -1;
}

static void item(void *self, size_t i, struct mu_run_item *out)
{
    const struct mu_engine *engine = self;
    const struct mu_plan *plan = engine->o.plan;
    enum mu_role role =
        i < plan->ins ? case_at(engine, i)->role : engine->marker_role[i - plan->ins];
    const struct mu_sut_role *r = mu_sut_role_find(engine->o.sut, role);
    *out = (struct mu_run_item){
        .deadline_ms = engine->o.profile->case_ms + r->settle_ms
                       + (role == MU_ROLE_SENDER ? r->trigger_ms : 0),
        .operation_ms = engine->o.profile->operation_ms,
        .control = -1,
        .marker = engine->roles[role] > 0 ? (int64_t) (plan->ins + engine->roles[role] - 1) : -1,
        .collects = r->collect >= 0 || r->observe >= 0,
        .program = program_of(engine, r, i),
    };
    if (i < plan->ins) {
        out->control = plan->in[i].control;
        out->exclusive = (plan->in[i].flags & MU_PLANNED_EXCLUSIVE) != 0;
    }
}

static void name(void *self, size_t i, char text[MU_NAME_TEXT])
{
    const struct mu_engine *engine = self;
    mu_case_name(case_at(engine, i), engine->o.plan->in[i].instance, text);
}

static const struct mu_endpoint *address(void *self, size_t a)
{
    return &((const struct mu_engine *) self)->o.sut->address[a];
}

static const struct mu_program *program(void *self, size_t p)
{
    return &((const struct mu_engine *) self)->program[p];
}

static const struct mu_endpoint *endpoint(void *self, size_t e)
{
    return &((const struct mu_engine *) self)->o.sut->endpoint[e];
}

/* The server script of the case that runs alone; all zero when none does. */
static struct mu_script script_of(const struct mu_engine *engine, int64_t exclusive,
                                  struct mu_arena *arena)
{
    struct mu_script script = { 0 };
    if (exclusive < 0 || (size_t) exclusive >= engine->o.plan->ins)
        return script;
    const struct mu_case *c = case_at(engine, (size_t) exclusive);
    for (size_t i = 0; i < c->steps; i++)
        if (c->step[i].kind == MU_STEP_SERVE)
            script = c->step[i].script;
    if (script.certificate != NULL)
        script.certificate =
            mu_case_expand(arena, c, engine->o.plan->in[exclusive].instance, script.certificate);
    if (script.tls != NULL)
        script.tls = mu_case_expand(arena, c, engine->o.plan->in[exclusive].instance, script.tls);
    return script;
}

static bool receive(void *self, struct mu_seat *seat, size_t a, int64_t exclusive, int owner,
                    int fd, struct mu_err *err)
{
    const struct mu_engine *engine = self;
    const struct mu_endpoint *where = &engine->o.sut->address[a];
    const struct mu_adapter *adapter = mu_engine_adapter(engine, where->carrier);
    struct mu_script script = script_of(engine, exclusive, seat->arena);
    const struct mu_tls *tls =
        mu_engine_tls_find(engine, script.certificate != NULL ? script.certificate : "",
                           script.tls != NULL ? script.tls : engine->o.profile->tls.id, true);
    if (adapter == NULL || adapter->serve == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "carrier '%s' cannot receive", where->carrier);
    TRY(seat->seal(seat, err));
    return adapter->serve(seat, where, tls, &script, fd, owner, err);
}

/* --- triggers --------------------------------------------------------------------------------------- */

struct hole {
    const char *name, *value;
};

static const char *fill(struct mu_arena *arena, const char *text, const struct hole *hole,
                        size_t holes)
{
    struct mu_buf out = { .arena = arena };
    while (*text != '\0') {
        const struct hole *found = NULL;
        for (size_t i = 0; i < holes && found == NULL; i++)
            if (strncmp(text, hole[i].name, strlen(hole[i].name)) == 0)
                found = &hole[i];
        if (found != NULL) {
            mu_buf_puts(&out, found->value);
            text += strlen(found->name);
        } else {
            mu_buf_putc(&out, *text++);
        }
    }
    return mu_buf_text(&out);
}

/* Every word of a command. */
static char **fill_words(struct mu_arena *arena, char **word, const struct hole *hole, size_t holes)
{
    size_t n = 0;
    while (word[n] != NULL)
        n++;
    char **filled = mu_arena_array(arena, n + 1, sizeof *filled);
    for (size_t k = 0; k < n; k++) {
        const char *text = fill(arena, word[k], hole, holes);
        filled[k] = mu_arena_strndup(arena, text, strlen(text));
    }
    return filled;
}

/* The make step of message `number`, as mu_engine_prepare counts them. */
static const struct mu_step *make_of(const struct mu_case *c, unsigned number)
{
    unsigned n = 0;
    for (size_t i = 0; i < c->steps; i++)
        if ((c->step[i].kind == MU_STEP_MAKE || c->step[i].kind == MU_STEP_MUTATE) && ++n == number)
            return &c->step[i];
    return NULL;
}

static const char *prompt_text(struct mu_arena *arena, const char *case_name,
                               const struct hole *hole)
{
    return mu_arena_printf(arena,
                           "%s: make the system under test send a message now\n"
                           "  server   %s\n  to       %s\n  from     %s\n  subject  %s\n"
                           "  marking  %s\n  label    %s\n  text     %s\n",
                           case_name, hole[7].value, hole[0].value, hole[1].value, hole[2].value,
                           hole[4].value, hole[3].value, hole[5].value);
}

/* Not a SUT that sends, but an adapter that answers one question. */
static bool filter(struct mu_engine *engine, struct mu_arena *arena, size_t i, unsigned attempt,
                   unsigned number, uint64_t run_key, struct mu_run_trigger *out,
                   struct mu_err *err)
{
    struct mu_seat seat = { .arena = arena, .run_key = run_key };
    struct mu_engine_case *e = mu_new(arena, struct mu_engine_case);
    mu_engine_start(e, engine, &seat, arena);
    mu_engine_start_asks(e, i, attempt);
    return mu_engine_filter_start(e, i, number, out, err);
}

static bool trigger(void *self, struct mu_arena *arena, size_t i, unsigned attempt, unsigned number,
                    uint64_t run_key, struct mu_run_trigger *out, struct mu_err *err)
{
    struct mu_engine *engine = self;
    const struct mu_case *c = case_at(engine, i);
    const struct mu_step *step = make_of(c, number);
    if (engine->asks[i] != NULL)
        return filter(engine, arena, i, attempt, number, run_key, out, err);
    if (step == NULL || step->kind != MU_STEP_MAKE)
        return mu_fail(err, MU_ERR_PROFILE, "a SUT cannot be asked for message %u", number);
    struct mu_seat seat = { .arena = arena,
                            .run_key = run_key,
                            .token = { (uint32_t) i, (uint8_t) attempt, 0 } };
    struct mu_engine_case e = { .engine = engine,
                                .seat = &seat,
                                .arena = arena,
                                .c = c,
                                .instance = engine->o.plan->in[i].instance,
                                .role = mu_sut_role_find(engine->o.sut, c->role) };
    struct mu_made made = { .id = step->id };
    TRY(mu_engine_load_made(&e, step, number, &made, err));
    const struct mu_message *m = &made.message;
    const char *label = mu_engine_label_path(&e, step);
    char token[MU_TOKEN_TEXT];
    struct mu_token t = { (uint32_t) i, (uint8_t) attempt, (uint8_t) number };
    mu_token_write(run_key, t, token);
    const struct hole hole[] = {
        { "{to}", m->to },
        { "{from}", m->from },
        { "{subject}", m->subject },
        { "{label}", label != NULL ? label : "" },
        { "{marking}", m->marking != NULL ? m->marking : "" },
        { "{message}", mu_engine_message_path(&e, step) },
        { "{token}", token },
        { "{address}",
          e.role->collect >= 0 ? engine->o.sut->address[e.role->collect].address.text : "" },
        { "{profile}", engine->o.profile->path },
    };
    if (e.role->trigger == NULL) {
        char case_name[MU_NAME_TEXT];
        name(self, i, case_name);
        out->prompt = prompt_text(arena, case_name, hole);
        return true;
    }
    out->argv = fill_words(arena, e.role->trigger, hole, MU_COUNT(hole));
    if (e.role->trigger_mail)
        out->input = mu_message_encode(arena, m);
    return true;
}

/* --- the preface of the run stream --------------------------------------------------------------------- */

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

static void open_members(void *self, struct mu_json *j)
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

static bool preface(void *self, size_t n, struct mu_json *j)
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
    n -= expects;
    if (n >= o->plan->outs)
        return false;
    const struct mu_left_out *out = &o->plan->out[n];
    char text[MU_NAME_TEXT];
    mu_case_name(o->suite->cases[out->case_index], out->instance, text);
    mu_json_text(j, "event", "not-run");
    mu_json_text(j, "case", text);
    mu_json_text(j, "reason", out->reason);
    return true;
}

/* --- rules and expectations -------------------------------------------------------------------------- */

static const char *rule_id(void *self, size_t r)
{
    return mu_rules_at(((const struct mu_engine *) self)->o.profile->rules, r)->id;
}

static const char *rule_level(void *self, size_t r)
{
    return mu_level_name(
        mu_rules_at(((const struct mu_engine *) self)->o.profile->rules, r)->level);
}

static void judged(void *self, size_t i, enum mu_verdict verdict)
{
    struct mu_engine *engine = self;
    (void) i;
    engine->passed = engine->passed || verdict == MU_PASS || verdict == MU_REMARKS;
}

static struct mu_expected expect(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    const struct mu_engine *engine = self;
    struct mu_expectations none = { .expects = 0 };
    char text[MU_NAME_TEXT];
    if ((engine->o.plan->in[i].flags & MU_PLANNED_UNCLAIMED) != 0)
        return (struct mu_expected){ .as = MU_UNCLAIMED };
    name(self, i, text);
    return mu_expectations_match(engine->o.expectations != NULL ? engine->o.expectations : &none,
                                 text, verdict, reason);
}

static size_t stale(void *self, struct mu_json *j)
{
    const struct mu_engine *engine = self;
    const struct mu_expectations *all = engine->o.expectations;
    size_t n = 0;
    for (size_t i = 0; all != NULL && i < all->expects; i++) {
        const char *why = mu_expectations_stale(all, i, engine->arena);
        if (why == NULL)
            continue;
        mu_json_open(j, NULL, '{');
        mu_json_number(j, "entry", (int64_t) i + 1);
        mu_json_text(j, "why", why);
        mu_json_close(j, '}');
        n++;
    }
    return n;
}

static void progress(void *self, size_t i, enum mu_verdict verdict, const char *reason)
{
    const struct mu_engine *engine = self;
    char text[MU_NAME_TEXT];
    name(self, i, text);
    if (engine->o.progress != NULL)
        engine->o.progress(engine->o.progress_self, text, verdict, reason);
}

/* Roles that have a way in and a way out get a marker, when a case of theirs is to run. */
static void find_markers(struct mu_engine *engine)
{
    const struct mu_sut *sut = engine->o.sut;
    for (size_t i = 0; i < sut->roles; i++) {
        const struct mu_sut_role *role = &sut->role[i];
        bool used = false;
        for (size_t k = 0; k < engine->o.plan->ins && !used; k++)
            used = case_at(engine, k)->role == role->role;
        if (!used || role->deliver == NULL || (role->collect < 0 && role->observe < 0))
            continue;
        engine->marker_role[engine->host.markers++] = role->role;
        engine->roles[role->role] = engine->host.markers;
        if (role->settle_ms > engine->host.settle_ms)
            engine->host.settle_ms = role->settle_ms;
    }
}

void mu_engine_make_host(struct mu_engine *engine)
{
    engine->host = (struct mu_run_host){
        .self = engine,
        .items = engine->o.plan->ins,
        .left_out = engine->o.plan->outs,
        .item = item,
        .name = name,
        .run_case = mu_engine_run_case,
        .programs = engine->programs,
        .program = program,
        .serve = mu_engine_serve,
        .addresses = engine->o.sut->addresses,
        .address = address,
        .receive = receive,
        .endpoints = engine->o.sut->endpoints,
        .endpoint = endpoint,
        .trigger = trigger,
        .open_members = open_members,
        .preface = preface,
        .rules = mu_rules_count(engine->o.profile->rules),
        .rule_id = rule_id,
        .rule_level = rule_level,
        .judged = judged,
        .expect = expect,
        .stale = stale,
        .progress = progress,
    };
    find_markers(engine);
}

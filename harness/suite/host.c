#include <string.h>

#include "base/limits.h"
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

/* The program of who opens an endpoint, plus 1; 0: it is just there. */
static uint32_t opener_of(const struct mu_engine *engine, const struct mu_endpoint *e)
{
    return e == NULL || e->opened_by == 0 ? 0
                                          : (uint32_t) (engine->program_of[e->opened_by - 1] + 1);
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
        .opener = { opener_of(engine, r->deliver),
                    opener_of(engine,
                              r->collect >= 0 ? &engine->o.sut->address[r->collect] : NULL) },
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

static bool is_elsewhere(void *self, size_t i)
{
    const struct mu_engine *engine = self;
    return (engine->o.plan->in[i].flags & MU_PLANNED_ELSEWHERE) != 0;
}

static const struct mu_endpoint *address(void *self, size_t a)
{
    return &((const struct mu_engine *) self)->o.sut->address[a];
}

/* From here on whoever asks for the address gets the port that it has. */
static void listens(void *self, size_t a, uint16_t port)
{
    struct mu_engine *engine = self;
    struct mu_address *address = &engine->o.sut->address[a].address;
    char host[64];
    mu_address_host(address, host, sizeof host);
    mu_address_set_port(address, port);
    address->text =
        mu_arena_printf(engine->arena, strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

static const struct mu_program *program(void *self, size_t p)
{
    return &((const struct mu_engine *) self)->program[p];
}

static const struct mu_endpoint *endpoint(void *self, size_t e)
{
    return &((const struct mu_engine *) self)->o.sut->endpoint[e];
}

static int32_t opener(void *self, size_t e)
{
    const struct mu_engine *engine = self;
    return (int32_t) opener_of(engine, &engine->o.sut->endpoint[e]) - 1;
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
                               const struct hole *hole, bool no_content)
{
    if (no_content)
        return mu_arena_printf(arena,
                               "%s: make the system under test send a message now\n"
                               "  server   %s\n  to       %s\n  from     %s\n"
                               "  label    %s\n  text     %s\n",
                               case_name, hole[7].value, hole[0].value, hole[1].value,
                               hole[3].value, hole[5].value);
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
        out->prompt = prompt_text(arena, case_name, hole, engine->o.no_content);
        return true;
    }
    out->argv = fill_words(arena, e.role->trigger, hole, MU_COUNT(hole));
    if (e.role->trigger_mail)
        out->input = mu_message_encode(arena, m);
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

static const char *rule_text(void *self, size_t r)
{
    return mu_rules_at(((const struct mu_engine *) self)->o.profile->rules, r)->text;
}

static const char *rule_hint(void *self, size_t r)
{
    return mu_rules_at(((const struct mu_engine *) self)->o.profile->rules, r)->hint;
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
            used = case_at(engine, k)->role == role->role && !is_elsewhere(engine, k);
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
        .left_out = engine->o.plan->outs + engine->o.plan->elsewhere,
        .elsewhere = engine->o.plan->elsewhere,
        .is_elsewhere = is_elsewhere,
        .item = item,
        .name = name,
        .run_case = mu_engine_run_case,
        .programs = engine->programs,
        .program = program,
        .serve = mu_engine_serve,
        .addresses = engine->o.sut->addresses,
        .address = address,
        .listens = listens,
        .receive = receive,
        .endpoints = engine->o.sut->endpoints,
        .endpoint = endpoint,
        .opener = opener,
        .trigger = trigger,
        .open_members = mu_engine_open_members,
        .observed = mu_engine_observed,
        .marks = mu_engine_marks,
        .preface = mu_engine_preface,
        .word = mu_engine_word,
        .rules = mu_rules_count(engine->o.profile->rules),
        .rule_id = rule_id,
        .rule_level = rule_level,
        .rule_text = rule_text,
        .rule_hint = rule_hint,
        .judged = judged,
        .expect = expect,
        .stale = stale,
        .progress = progress,
    };
    find_markers(engine);
}

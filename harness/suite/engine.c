#include "suite/engine.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text_safe.h"
#include "core/transcript.h"
#include "suite/engine_case.h"
#include "suite/judge.h"

const char *mu_engine_expand(const struct mu_engine_case *e, const char *text)
{
    if (text == NULL || strchr(text, '{') == NULL)
        return text;
    return mu_case_expand(e->arena, e->c, e->instance, text);
}

const char *mu_engine_foreign(const struct mu_engine_case *e, const char *text)
{
    return mu_seat_foreign(e->seat, e->arena, text);
}

void mu_engine_raise(struct mu_engine_case *e, enum mu_verdict verdict, const char *reason)
{
    if (verdict <= e->verdict)
        return;
    e->verdict = verdict;
    snprintf(e->reason, sizeof e->reason, "%s", reason);
}

void mu_engine_reach(struct mu_engine_case *e, enum mu_rung rung)
{
    if (rung > e->rung)
        e->rung = rung;
}

void mu_engine_finding(struct mu_engine_case *e, const struct mu_step *step,
                       enum mu_verdict verdict, const char *reason, const char *expected,
                       const char *seen)
{
    struct mu_record record = { .type = MU_RECORD_EXPECT, .verdict = verdict };
    mu_record_put(&record, mu_step_name(step->kind));
    mu_record_put(&record, expected);
    mu_record_put(&record, seen);
    mu_seat_send(e->seat, &record);
    mu_engine_raise(e, verdict, reason);
}

const char *mu_engine_seen(struct mu_engine_case *e, const struct mu_observation *seen)
{
    struct mu_buf out = { .arena = e->arena };
    mu_buf_puts(&out, mu_outcome_name(seen->outcome));
    if (seen->stage != MU_STAGE_NONE && seen->outcome != MU_OUTCOME_ACCEPTED
        && seen->outcome != MU_OUTCOME_DELIVERED)
        mu_buf_printf(&out, " at %s", mu_stage_name(seen->stage));
    if (seen->class != MU_CLASS_NONE)
        mu_buf_printf(&out, " (%s)", mu_class_name(seen->class));
    if (seen->native[0] != '\0') {
        const char *native = mu_engine_foreign(e, seen->native);
        mu_buf_puts(&out, ": ");
        mu_text_safe(&out, mu_bytes_of(native), MU_TEXT_LINE, MU_NATIVE_MAX);
    }
    return mu_buf_text(&out);
}

void mu_engine_step(struct mu_engine_case *e, const struct mu_step *step, const char *of,
                    const char *expected, const char *observed, bool ok)
{
    struct mu_json *j = &e->json;
    if (!mu_seat_keeps(e->seat))
        return; /* nobody will read it */
    mu_json_open(j, NULL, '{');
    mu_json_number(j, "at_ms", (int64_t) (mu_clock_ms() - e->zero_ms));
    mu_json_text(j, "step", mu_step_name(step->kind));
    mu_json_text(j, "of", of);
    mu_json_text(j, "expected", expected);
    mu_json_text(j, "observed", observed);
    mu_json_bool(j, "ok", ok);
    mu_json_close(j, '}');
}

/* --- evidence -------------------------------------------------------------------------------------- */

static bool keep_document(struct mu_engine_case *e, enum mu_evidence kind, unsigned *number,
                          const struct mu_document *document, struct mu_err *err)
{
    struct mu_bytes xml = mu_document_write(e->arena, document);
    return mu_seat_evidence(e->seat, kind, ++*number, xml, err);
}

static bool keep_octets(struct mu_engine_case *e, enum mu_evidence kind, unsigned *number,
                        const char *id, struct mu_bytes octets, struct mu_err *err)
{
    struct mu_leg *leg = mu_new(e->arena, struct mu_leg);
    struct mu_document document;
    mu_document_leg_of(octets, "smtp", leg);
    leg->name = id;
    TRY(mu_document_build(e->arena, &e->engine->kit, leg, &document, err));
    return keep_document(e, kind, number, &document, err);
}

/* What we sent, as a document, so that a report can show label and marking as sent; and as they were
 * meant, where that is something else or the system was to send it. */
static bool keep_sent(struct mu_engine_case *e, unsigned *number, struct mu_err *err)
{
    unsigned intended = 0;
    for (size_t i = 0; i < e->mades; i++) {
        struct mu_made *made = &e->made[i];
        const struct mu_made *meant = made->meant != NULL ? made->meant : made;
        if (made->triggered || (made->sent && made->meant != NULL))
            TRY(keep_octets(e, MU_EVIDENCE_INTENDED, &intended, made->id, meant->octets, err));
        if (made->sent)
            TRY(keep_octets(e, MU_EVIDENCE_DOCUMENT, number, made->id, made->octets, err));
    }
    return true;
}

static bool keep_leg(struct mu_engine_case *e, unsigned number, const struct mu_leg *leg,
                     struct mu_err *err)
{
    struct mu_buf text = { .arena = e->arena };
    mu_transcript_write(&text, leg->said, leg->says);
    if (text.n > 0)
        TRY(mu_seat_evidence(e->seat, MU_EVIDENCE_TRANSCRIPT, number, mu_buf_bytes(&text), err));
    if (leg->collected && leg->has_message)
        TRY(mu_seat_evidence(e->seat, MU_EVIDENCE_RECEIVED, number, leg->message, err));
    return true;
}

bool mu_engine_keep_evidence(struct mu_engine_case *e, struct mu_err *err)
{
    if (!mu_seat_keeps(e->seat))
        return true;
    unsigned transcript = 0, document = 0;
    for (size_t i = 0; i < e->sessions; i++)
        TRY(keep_leg(e, ++transcript, e->session[i].adapter->leg(e->session[i].session), err));
    for (size_t i = 0; i < e->alls; i++)
        TRY(keep_leg(e, ++transcript, &e->all[i]->leg, err));
    TRY(keep_sent(e, &document, err));
    if (e->lines.n > 0)
        TRY(mu_seat_evidence(e->seat, MU_EVIDENCE_ADAPTER, 1, mu_buf_bytes(&e->lines), err));
    for (size_t i = 0; i < e->legs; i++)
        if (e->leg[i].decoded)
            TRY(keep_document(e, MU_EVIDENCE_DOCUMENT, &document, &e->leg[i].document, err));
    mu_json_close(&e->json, ']');
    return mu_seat_evidence(e->seat, MU_EVIDENCE_STEPS, 0, mu_buf_bytes(&e->steps), err);
}

/* --- running ----------------------------------------------------------------------------------------- */

/* What a step is to look at never came out, and the case allows that. */
static bool is_idle(struct mu_engine_case *e, const struct mu_step *step)
{
    const char *id = step->kind == MU_STEP_SAME ? step->second : step->of;
    const struct mu_asked *answer = step->if_delivered ? mu_engine_answer(e, id) : NULL;
    if (answer != NULL)
        return answer->reply.seen.outcome != MU_OUTCOME_ACCEPTED;
    const struct mu_case_leg *leg =
        step->if_delivered || step->if_reported ? mu_engine_leg(e, id) : NULL;
    if (leg == NULL)
        return false;
    bool report = !leg->absent && leg->leg->bounce;
    return step->if_reported ? !report : leg->absent || report;
}

bool mu_engine_step_run(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    if (is_idle(e, step)) {
        mu_engine_step(e, step, step->of, "", "nothing came out: nothing to do", true);
        return true;
    }
    switch (step->kind) {
    case MU_STEP_MAKE: /* done before the seal */
    case MU_STEP_MUTATE:
    case MU_STEP_SERVE: /* the coordinator's affair */
        return true;
    case MU_STEP_SEND:
        return mu_engine_send(e, step, err);
    case MU_STEP_TRIGGER:
        return mu_engine_trigger(e, step, err);
    case MU_STEP_ASK:
        return mu_engine_filter(e, step, err);
    case MU_STEP_COLLECT:
        return mu_engine_collect(e, step, err);
    case MU_STEP_EXPECT:
        return mu_engine_expect(e, step, err);
    case MU_STEP_SAME:
        return mu_engine_same(e, step, err);
    case MU_STEP_JUDGE:
        return mu_engine_judge(e, step, err);
    case MU_STEP_NOTHING_ELSE:
        return mu_engine_nothing_else(e, step, err);
    }
    return true;
}

void mu_engine_start(struct mu_engine_case *e, const struct mu_engine *engine, struct mu_seat *seat,
                     struct mu_arena *arena)
{
    e->engine = engine;
    e->seat = seat;
    e->arena = arena;
    e->verdict = MU_PASS;
    e->zero_ms = mu_clock_ms();
    e->channel = mu_arena_array(arena, engine->o.sut->adapters + 1, sizeof(struct mu_sap_link *));
    e->steps.arena = e->lines.arena = arena;
    e->json.out = &e->steps;
    mu_json_open(&e->json, NULL, '[');
}

static bool finish_case(struct mu_engine_case *e, struct mu_err *err)
{
    if (e->asks == NULL)
        TRY(mu_engine_account(e, err));
    if (e->asks == NULL && e->verdict > MU_REMARKS)
        TRY(mu_engine_exchange_alive(e, err));
    for (size_t i = 0; i < e->sessions; i++)
        if (i + 1 == e->sessions) /* earlier ones were closed when the next was opened */
            e->session[i].adapter->close(e->session[i].session);
    for (size_t i = 0; i < e->engine->o.sut->adapters; i++)
        if (e->channel[i] != NULL)
            e->engine->o.sap->close(e->channel[i]);
    if (e->asks == NULL)
        TRY(mu_engine_last_look(e, err));
    return mu_engine_keep_evidence(e, err);
}

/* A path without a case: one fresh valid message must come through. */
static bool run_marker(struct mu_engine_case *e, struct mu_err *err)
{
    static const struct mu_step step = { .kind = MU_STEP_NOTHING_ELSE };
    TRY(mu_engine_prepare_marker(e, err));
    TRY(e->seat->seal(e->seat, err));
    return mu_engine_nothing_else(e, &step, err);
}

static bool run_steps(struct mu_engine_case *e, struct mu_err *err)
{
    if (e->asks == NULL)
        TRY(mu_engine_prepare(e, err));
    TRY(e->seat->seal(e->seat, err));
    for (size_t i = 0; i < e->c->steps && !e->stop; i++)
        TRY(mu_engine_step_run(e, &e->c->step[i], err));
    return true;
}

static const char *attribution_of(const struct mu_engine_case *e)
{
    static const struct {
        const char *reason, *whose;
    } row[] = { { "network:", "network" }, { "adapter:", "adapter" }, { "timeout:", "adapter" } };
    if (e->verdict == MU_FAIL || e->verdict == MU_REMARKS)
        return mu_role_name(e->role->role);
    for (size_t i = 0; e->verdict == MU_ERROR && i < MU_COUNT(row); i++)
        if (strncmp(e->reason, row[i].reason, strlen(row[i].reason)) == 0)
            return row[i].whose;
    if (e->verdict == MU_ERROR)
        return "harness";
    return e->verdict == MU_INCONCLUSIVE ? "unknown" : "";
}

void mu_engine_end_of(const struct mu_engine_case *e, struct mu_case_end *end)
{
    *end = (struct mu_case_end){ .verdict = e->verdict,
                                 .rung = e->rung,
                                 .reason = e->reason,
                                 .attribution = attribution_of(e) };
}

bool mu_engine_run_case(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                        struct mu_err *err)
{
    const struct mu_engine *engine = self;
    const struct mu_plan *plan = engine->o.plan;
    struct mu_engine_case *e = mu_new(seat->arena, struct mu_engine_case);
    mu_engine_start(e, engine, seat, seat->arena);
    e->zero_ms = seat->zero_ms;
    if (i < plan->ins) {
        e->c = engine->o.suite->cases[plan->in[i].case_index];
        e->instance = plan->in[i].instance;
        e->role = mu_sut_role_find(engine->o.sut, e->c->role);
        if (engine->asks[i] != NULL) /* a filter's: the others are served by a job of many */
            mu_engine_start_asks(e, i, seat->token.attempt);
        else
            mu_engine_name_attempt(e, i, seat->token.attempt);
        TRY(run_steps(e, err));
    } else {
        e->role = mu_sut_role_find(engine->o.sut, engine->marker_role[i - plan->ins]);
        TRY(run_marker(e, err));
    }
    TRY(finish_case(e, err));
    mu_engine_end_of(e, end);
    return true;
}

/* --- making ------------------------------------------------------------------------------------------ */

const struct mu_adapter *mu_engine_adapter(const struct mu_engine *engine, const char *carrier)
{
    for (const struct mu_adapter *const *a = engine->o.adapters; *a != NULL; a++)
        if (strcmp((*a)->name, carrier) == 0)
            return *a;
    return NULL;
}

const struct mu_tls *mu_engine_tls_find(const struct mu_engine *engine, const char *identity,
                                        const char *profile, bool server)
{
    for (size_t i = 0; i < engine->tlses; i++) {
        const struct mu_engine_tls *t = &engine->tls[i];
        if (t->server == server && strcmp(t->identity, identity) == 0
            && strcmp(t->profile, profile) == 0)
            return t->tls;
    }
    return NULL;
}

/* "" is ours, "none" is none, anything else a pair of files of the test PKI. */
static struct mu_identity identity_of(struct mu_engine *engine, const char *name, bool server)
{
    const struct mu_sut *sut = engine->o.sut;
    if (name[0] == '\0')
        return server ? sut->server : sut->identity;
    if (strcmp(name, "none") == 0)
        return (struct mu_identity){ 0 };
    const char *pki = sut->pki != NULL ? sut->pki : sut->dir;
    return (struct mu_identity){
        .certificate = mu_arena_printf(engine->arena, "%s/%s.chain.pem", pki, name),
        .key = mu_arena_printf(engine->arena, "%s/%s.key", pki, name),
    };
}

static bool add_tls(struct mu_engine *engine, const char *carrier, const char *identity,
                    const char *profile_id, bool server, struct mu_err *err)
{
    const struct mu_adapter *adapter = mu_engine_adapter(engine, carrier);
    if (adapter == NULL || adapter->prepare == NULL
        || mu_engine_tls_find(engine, identity, profile_id, server) != NULL)
        return true;
    if (engine->tlses == MU_TLS_CONTEXTS)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d TLS contexts in one run", MU_TLS_CONTEXTS);
    struct mu_tls_profile *profile = mu_new(engine->arena, struct mu_tls_profile);
    if (strcmp(profile_id, engine->o.profile->tls.id) == 0)
        *profile = engine->o.profile->tls;
    else
        TRY(mu_tls_profile_load(engine->arena, engine->o.data, profile_id, profile, err));
    struct mu_tls_need need = {
        .profile = profile,
        .identity = identity_of(engine, identity, server),
        .anchors = engine->o.sut->anchors,
        .crl = engine->o.sut->crl,
        .server = server,
        .defective = identity[0] != '\0',
        .ask = server, /* and never demand: a missing certificate is for the rules to judge */
    };
    struct mu_engine_tls *t = &engine->tls[engine->tlses];
    *t = (struct mu_engine_tls){ .identity = mu_arena_printf(engine->arena, "%s", identity),
                                 .profile = mu_arena_printf(engine->arena, "%s", profile_id),
                                 .server = server };
    TRY(adapter->prepare(engine->arena, &need, &t->tls, err));
    engine->tlses++;
    return true;
}

/* Contexts for the sends and scripts of one planned case. */
static bool add_case_tls(struct mu_engine *engine, struct mu_arena *scratch,
                         const struct mu_case *c, size_t instance, struct mu_err *err)
{
    const struct mu_sut_role *role = mu_sut_role_find(engine->o.sut, c->role);
    const char *profile = engine->o.profile->tls.id;
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *step = &c->step[i];
        const char *identity =
            step->kind == MU_STEP_SERVE ? step->script.certificate : step->identity;
        const char *tls = step->tls;
        if (identity != NULL)
            identity = mu_case_expand(scratch, c, instance, identity);
        if (tls != NULL)
            tls = mu_case_expand(scratch, c, instance, tls);
        if (step->kind == MU_STEP_SERVE && step->script.tls != NULL)
            tls = mu_case_expand(scratch, c, instance, step->script.tls);
        if (tls == NULL || strcmp(tls, "none") == 0)
            tls = profile;
        if (step->kind == MU_STEP_SEND && role->deliver != NULL)
            TRY(add_tls(engine, role->deliver->carrier, identity != NULL ? identity : "", tls,
                        false, err));
        else if (step->kind == MU_STEP_SERVE && role->collect >= 0)
            TRY(add_tls(engine, engine->o.sut->address[role->collect].carrier,
                        identity != NULL ? identity : "", tls, true, err));
    }
    return true;
}

/* Do the instances of a case differ in what has to be ready before the first fork? */
static bool varies(const struct mu_case *c)
{
    for (size_t i = 0; i < c->steps; i++) {
        const struct mu_step *s = &c->step[i];
        const char *const text[] = {
            s->message, s->label, s->identity, s->tls, s->script.certificate, s->script.tls
        };
        for (size_t k = 0; k < MU_COUNT(text); k++)
            if (text[k] != NULL && strchr(text[k], '{') != NULL)
                return true;
    }
    return false;
}

/* TLS contexts and fixtures of every planned case; once a case where its instances do not differ. */
static bool ready_cases(struct mu_engine *engine, struct mu_arena *scratch, struct mu_err *err)
{
    const struct mu_plan *plan = engine->o.plan;
    bool *done = mu_arena_array(scratch, engine->o.suite->count + 1, sizeof *done);
    for (size_t i = 0; i < plan->ins; i++) {
        uint32_t index = plan->in[i].case_index;
        const struct mu_case *c = engine->o.suite->cases[index];
        if (done[index])
            continue;
        done[index] = !varies(c);
        if (mu_role_is_asked(c->role)) /* mu_engine_ready_asks() */
            continue;
        TRY(add_case_tls(engine, scratch, c, plan->in[i].instance, err));
        TRY(mu_engine_cache(engine, scratch, c, plan->in[i].instance, err));
    }
    return true;
}

static bool make_ready(struct mu_engine *engine, struct mu_err *err)
{
    const struct mu_sut *sut = engine->o.sut;
    const char *profile = engine->o.profile->tls.id;
    if (engine->o.profile->sap && (sut->addresses > 0 || sut->endpoints > 0))
        return mu_fail(err, MU_ERR_PROFILE,
                       "profile '%s' has no carrier for the mail roles of '%s'",
                       engine->o.profile->id, sut->path);
    for (size_t a = 0; a < sut->addresses; a++)
        TRY(add_tls(engine, sut->address[a].carrier, "", profile, true, err));
    for (size_t i = 0; i < sut->roles; i++)
        if (sut->role[i].deliver != NULL)
            TRY(add_tls(engine, sut->role[i].deliver->carrier, "", profile, false, err));
    struct mu_arena *scratch = mu_arena_new(MU_JOB_ARENA_MAX);
    bool ok = ready_cases(engine, scratch, err);
    mu_arena_free(scratch);
    return ok;
}

bool mu_engine_new(struct mu_arena *arena, const struct mu_engine_options *options,
                   struct mu_engine **out, struct mu_err *err)
{
    struct mu_engine *engine = mu_new(arena, struct mu_engine);
    engine->o = *options;
    engine->arena = arena;
    engine->kit = mu_judge_kit(options->profile);
    const char *fixtures = mu_data_find(options->data, arena, "fixtures");
    engine->fixtures = fixtures != NULL ? fixtures : "fixtures";
    TRY(make_ready(engine, err));
    TRY(mu_engine_ready_asks(engine, err));
    TRY(mu_judge_warm(options->profile, &engine->kit, options->data, err));
    engine->high_parts = mu_high_parts(arena, options->data, options->profile, options->plan);
    mu_high_water_of(arena, engine->high_parts, &engine->high, &engine->highs);
    engine->told = mu_engine_told_new(arena);
    mu_engine_ready_words(engine);
    mu_engine_make_host(engine);
    *out = engine;
    return true;
}

const struct mu_run_host *mu_engine_host(const struct mu_engine *engine)
{
    return &engine->host;
}

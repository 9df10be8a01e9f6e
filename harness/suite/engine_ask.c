/* Asks of a case: everything that can be ready before the first fork, and what each attempt adds. */
#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "format/datetime.h"
#include "suite/engine_case.h"

#define SALT_SECONDS                                                                               \
    (UINT64_C(90) * 86400) /* how far before its latest time a label may be created */

/* --- before the first fork ------------------------------------------------------------------------ */

/* The adapters that serve many cases, in the order of the SUT file, and the filters beside them. */
static void list_programs(struct mu_engine *engine)
{
    const struct mu_sut *sut = engine->o.sut;
    size_t n = sut->adapters + 1;
    engine->program = mu_arena_array(engine->arena, n, sizeof *engine->program);
    engine->filter = mu_arena_array(engine->arena, n, sizeof *engine->filter);
    engine->program_of = mu_arena_array(engine->arena, n, sizeof *engine->program_of);
    for (size_t i = 0; i < sut->adapters; i++) {
        const struct mu_sut_adapter *a = &sut->adapter[i];
        struct mu_program program = { .id = a->id,
                                      .way = a->way,
                                      .argv = a->argv,
                                      .address = a->address,
                                      .in_flight = a->in_flight,
                                      .writable = a->writable,
                                      .unconfined = a->unconfined };
        bool filter = a->way == MU_SAP_FILTER;
        engine->filter[i] = program;
        engine->program_of[i] = filter ? -1 : (int) engine->programs;
        if (!filter)
            engine->program[engine->programs++] = program;
    }
    char time[MU_SALT_BYTES + 1];
    mu_salt_write(engine->o.test_time, time);
    engine->test_time_text = mu_arena_strndup(engine->arena, time, MU_SALT_BYTES);
}

static bool read_policies(struct mu_engine *engine, struct mu_err *err)
{
    const struct mu_policies *all = &engine->o.profile->policies;
    engine->policy = mu_arena_array(engine->arena, all->count + 1, sizeof *engine->policy);
    for (size_t i = 0; i < all->count; i++)
        TRY(mu_file_read(engine->arena, all->policy[i]->path, MU_OPERATOR_FILE_MAX,
                         &engine->policy[i], err));
    return true;
}

bool mu_engine_ready_asks(struct mu_engine *engine, struct mu_err *err)
{
    const struct mu_plan *plan = engine->o.plan;
    list_programs(engine);
    TRY(mu_engine_ready_control(engine, err));
    mu_ask_kit_make(engine->arena, engine->o.data, engine->o.profile, &engine->ask_kit);
    engine->asks = mu_arena_array(engine->arena, plan->ins + 1, sizeof *engine->asks);
    bool any = false;
    for (size_t i = 0; i < plan->ins; i++) {
        const struct mu_case *c = engine->o.suite->cases[plan->in[i].case_index];
        if (!mu_case_asks(c))
            continue;
        any = true;
        TRY(mu_ask_prepare(&engine->ask_kit, c, plan->in[i].instance,
                           mu_seat_seed(plan->seed, (uint32_t) i), &engine->asks[i], err));
    }
    return (!any && engine->programs == 0) || read_policies(engine, err);
}

/* --- an attempt ----------------------------------------------------------------------------------- */

/* Keyed with the run, so that neither name nor salt of an attempt says which case it is. */
void mu_engine_name_attempt(struct mu_engine_case *e, size_t i, unsigned attempt)
{
    const uint64_t key[] = { e->seat->run_key, i, attempt };
    unsigned char hash[MU_DIGEST_BYTES];
    mu_digest((struct mu_bytes){ (const char *) key, sizeof key }, hash);
    mu_hex_write(hash, (MU_BLIND_TEXT - 1) / 2, e->blind);
    memcpy(&e->salt, hash + (MU_BLIND_TEXT - 1) / 2, sizeof e->salt);
}

void mu_engine_start_asks(struct mu_engine_case *e, size_t i, unsigned attempt)
{
    const struct mu_plan *plan = e->engine->o.plan;
    mu_engine_name_attempt(e, i, attempt);
    e->asks = e->engine->asks[i];
    e->c = e->engine->o.suite->cases[plan->in[i].case_index];
    e->instance = plan->in[i].instance;
    e->role = mu_sut_role_find(e->engine->o.sut, e->c->role);
    e->answer = mu_arena_array(e->arena, e->asks->asks + 1, sizeof *e->answer);
}

/* The label as this attempt has it; *created is its salt, NULL when it has none. */
static struct mu_bytes salted(struct mu_engine_case *e, const struct mu_ask_label *l,
                              const char **created)
{
    *created = NULL;
    if (l->salt == SIZE_MAX)
        return l->octets;
    uint64_t number = e->salt + (uint64_t) (l - e->asks->label) * 1000003;
    char text[MU_SALT_BYTES + 1];
    mu_salt_write(l->salt_before - 1 - (int64_t) (number % SALT_SECONDS), text);
    *created = mu_arena_strndup(e->arena, text, MU_SALT_BYTES);
    char *octets = mu_arena_alloc(e->arena, l->octets.n);
    memcpy(octets, l->octets.p, l->octets.n);
    memcpy(octets + l->salt, text, MU_SALT_BYTES);
    return (struct mu_bytes){ octets, l->octets.n };
}

void mu_engine_request(struct mu_engine_case *e, const struct mu_ask *ask,
                       struct mu_sap_request *request)
{
    struct mu_asked *answer = &e->answer[e->answers];
    *answer = (struct mu_asked){ .ask = ask };
    *request = (struct mu_sap_request){ .op = ask->op,
                                        .token = e->blind,
                                        .deadline_ms = e->engine->o.profile->operation_ms,
                                        .clearance = ask->clearance,
                                        .policy = ask->policy,
                                        .language = ask->language,
                                        .place = ask->place,
                                        .text = ask->text,
                                        .time = ask->time };
    if (ask->of == NULL || ask->op == MU_SAP_MARK_PARSE)
        return;
    answer->octets = salted(e, ask->of, &answer->created);
    if (ask->op != MU_SAP_LABEL_MAKE) {
        request->label = answer->octets;
        return;
    }
    struct mu_label *label = mu_new(e->arena, struct mu_label);
    *label = *ask->of->abstract;
    if (answer->created != NULL)
        label->created = answer->created;
    request->abstract = label;
}

/* --- what came back ------------------------------------------------------------------------------- */

struct mu_asked *mu_engine_answer(struct mu_engine_case *e, const char *id)
{
    for (size_t i = 0; i < e->answers; i++)
        if (strcmp(e->answer[i].ask->step->id, id) == 0)
            return &e->answer[i];
    return NULL;
}

void mu_engine_blame(struct mu_engine_case *e, const char *reason, const char *what)
{
    static const struct mu_step step = { .kind = MU_STEP_ASK };
    mu_engine_finding(e, &step, MU_ERROR, reason, "an answer of the adapter", what);
    e->stop = true;
}

static const char *reason_of(struct mu_engine_case *e, enum mu_sap_error error, enum mu_sap_op op)
{
    if (error == MU_SAP_UNSUPPORTED)
        return "adapter:capabilities";
    if (error == MU_SAP_DEADLINE || error == MU_SAP_CANCELLED)
        return mu_arena_printf(e->arena, "timeout:%s", mu_sap_op(op)->name);
    return mu_arena_printf(e->arena, "adapter:%s", mu_sap_error_name(error));
}

/* It could not, or would not, do what it was asked. That the system under test fell over is the
 * system's; everything else is the adapter's. */
void mu_engine_not_done(struct mu_engine_case *e, const struct mu_step *step,
                        const struct mu_sap_reply *r, enum mu_sap_op op)
{
    const char *name = mu_sap_error_name(r->error);
    const char *text = r->message != NULL ? r->message : r->cap != NULL ? r->cap : "";
    const char *seen = mu_arena_printf(
        e->arena, "%s%s%s", name, *text != '\0' ? ": " : "",
        mu_text_line(e->arena,
                     mu_bytes_slice(mu_bytes_of(mu_engine_foreign(e, text)), 0, MU_TEXT_MAX)));
    mu_engine_step(e, step, step->id, "", seen, false);
    if (r->error == MU_SAP_SUT_CRASH)
        mu_engine_finding(e, step, MU_FAIL, "sut:crash", "an answer", seen);
    else
        mu_engine_blame(e, reason_of(e, r->error, op), seen);
    e->stop = true;
}

static bool same_time(const char *a, const char *b)
{
    struct mu_instant x, y;
    return b != NULL && mu_datetime_read(mu_bytes_of(a), &x) && mu_datetime_read(mu_bytes_of(b), &y)
           && x.seconds == y.seconds;
}

/* The label was created when this attempt said: whoever read it, or wrote it, knows that. */
static void check_salt(struct mu_engine_case *e, struct mu_asked *answer)
{
    const struct mu_sap_reply *r = &answer->reply;
    const struct mu_label *label = r->label;
    if (answer->created == NULL || r->seen.outcome != MU_OUTCOME_ACCEPTED)
        return;
    if (answer->ask->op == MU_SAP_LABEL_MAKE) {
        answer->label = label = mu_truth_label(e->arena, r->octets);
        answer->read = true;
        if (label == NULL) /* no label at all is for the case to say */
            return;
    } else if (answer->ask->op != MU_SAP_LABEL_PARSE) {
        return;
    }
    const char *created = label != NULL ? label->created : NULL;
    if (same_time(answer->created, created))
        return;
    mu_engine_finding(
        e, answer->ask->step, MU_FAIL, "adapter:nonce",
        mu_arena_printf(e->arena, "created %s", mu_engine_foreign(e, answer->created)),
        created != NULL ? mu_text_line(e->arena, mu_bytes_of(mu_engine_foreign(e, created)))
                        : "nothing");
}

void mu_engine_answered(struct mu_engine_case *e, const struct mu_ask *ask,
                        const struct mu_sap_reply *reply)
{
    struct mu_asked *answer = &e->answer[e->answers++];
    answer->ask = ask;
    answer->reply = *reply;
    struct mu_observation *seen = &answer->reply.seen;
    if (reply->error != MU_SAP_OK) {
        mu_engine_not_done(e, ask->step, &answer->reply, ask->op);
        return;
    }
    if (ask->op == MU_SAP_DECIDE)
        seen->outcome = reply->decision != NULL && strcmp(reply->decision, "permit") == 0
                            ? MU_OUTCOME_ACCEPTED
                            : MU_OUTCOME_REFUSED;
    mu_engine_reach(e, seen->outcome == MU_OUTCOME_ACCEPTED ? MU_RUNG_ACCEPT : MU_RUNG_REACH);
    mu_engine_step(e, ask->step, ask->step->id, "", mu_engine_seen(e, seen), true);
    check_salt(e, answer);
    const struct mu_label *label = mu_engine_answer_label(e, answer);
    if (label != NULL)
        mu_engine_tell_mark(e, label);
}

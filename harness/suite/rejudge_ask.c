/* Cases that ask an adapter, judged again on the answers that lie in the evidence. */
#include <string.h>

#include "suite/engine_case.h"
#include "suite/rejudge.h"

bool mu_rejudge_warm(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, const struct mu_suite *suite,
                     struct mu_rejudge_asks *asks, struct mu_err *err)
{
    mu_ask_kit_make(arena, data, profile, &asks->kit);
    asks->ready = mu_arena_array(arena, suite->count + 1, sizeof *asks->ready);
    for (size_t i = 0; i < suite->count; i++) {
        const struct mu_case *c = suite->cases[i];
        if (!mu_case_asks(c))
            continue;
        asks->ready[i] = mu_arena_array(arena, c->instances + 1, sizeof **asks->ready);
        for (size_t k = 0; k < c->instances; k++)
            TRY(mu_ask_prepare(&asks->kit, c, k, 0, &asks->ready[i][k], err));
    }
    return true;
}

/* With the seed of the run; what was made of a file cannot be made again here, and no operator that reads
 * one looks at the seed. */
static struct mu_ask_case *asks_of(struct mu_engine_case *e, const struct mu_rejudge_case *given)
{
    struct mu_err unread;
    struct mu_ask_case *asks;
    struct mu_ask_kit kit = given->asks->kit;
    uint64_t seed = mu_seat_seed(given->run_seed, (uint32_t) given->item);
    kit.arena = kit.label.arena = kit.clearance.arena = e->arena;
    if (mu_ask_prepare(&kit, e->c, e->instance, seed, &asks, &unread))
        return asks;
    size_t i = 0;
    while (given->suite->cases[i] != e->c)
        i++;
    return given->asks->ready[i][e->instance];
}

/* What the engine does before the first fork, and for each attempt. */
static void start(struct mu_engine_case *e, const struct mu_rejudge_case *given)
{
    struct mu_sut_role *role = mu_new(e->arena, struct mu_sut_role);
    mu_engine_name_attempt(e, given->item, given->attempt);
    role->role = e->c->role;
    e->role = role;
    e->asks = asks_of(e, given);
    e->answer = mu_arena_array(e->arena, e->asks->asks + 1, sizeof *e->answer);
}

/* The answer that lies there takes the place of the one that came. */
static void answer(struct mu_engine_case *e, const struct mu_step *step,
                   const struct mu_rejudge_case *given, struct mu_rejudged *out)
{
    const struct mu_ask *ask = mu_ask_find(e->asks, step->id);
    struct mu_sap_request request;
    if (e->answers == given->storeds) {
        out->untold = "a question of the case is not in the evidence";
        return;
    }
    const struct mu_sap_stored *s = &given->stored[e->answers];
    mu_engine_request(e, ask, &request);
    if (!given->is_asked(e->arena, s, &request))
        out->otherwise = step->id;
    else if (!s->answered)
        out->untold = "an answer is not in the evidence";
    else if (s->elsewhere)
        out->elsewhere = true;
    else if (s->why != NULL)
        out->untold = s->why;
    else
        mu_engine_answered(e, ask, &s->reply);
}

static bool is_judging(const struct mu_step *step)
{
    return step->kind == MU_STEP_EXPECT || step->kind == MU_STEP_SAME
           || step->kind == MU_STEP_JUDGE;
}

/* The documents of labels that were judged, against those in the evidence. */
static void hold_documents(struct mu_engine_case *e, const struct mu_rejudge_case *given,
                           struct mu_rejudged *out)
{
    size_t n = 0;
    for (size_t i = 0; i < e->legs; i++) {
        if (!e->leg[i].decoded || n == given->legs)
            continue;
        struct mu_bytes now = mu_document_write(e->arena, &e->leg[i].document);
        struct mu_bytes then = given->leg[n].stored;
        size_t same = 0;
        while (same < now.n && same < then.n && now.p[same] == then.p[same])
            same++;
        if ((same < now.n || same < then.n) && out->unfounded == NULL) {
            out->unfounded = given->leg[n].file;
            out->unfounded_at = (int64_t) same;
        }
        n++;
    }
}

bool mu_rejudge_asks(struct mu_engine_case *e, const struct mu_rejudge_case *given,
                     struct mu_rejudged *out, struct mu_err *err)
{
    start(e, given);
    for (size_t i = 0; i < e->c->steps && !e->stop; i++) {
        const struct mu_step *step = &e->c->step[i];
        if (step->kind == MU_STEP_ASK)
            answer(e, step, given, out);
        else if (is_judging(step))
            TRY(mu_engine_step_run(e, step, err));
        if (out->untold != NULL || out->otherwise != NULL || out->elsewhere)
            return true;
    }
    out->whole = true;
    hold_documents(e, given, out);
    return true;
}

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "suite/engine_case.h"

/* Is `word` one of the space separated words? */
static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

static uint32_t collect_ms(const struct mu_engine_case *e, const struct mu_step *step)
{
    if (step->deadline_ms != 0)
        return step->deadline_ms;
    uint32_t wait = e->role->role == MU_ROLE_SENDER ? e->role->trigger_ms : e->seat->operation_ms;
    return wait + (e->role->role == MU_ROLE_RELAY ? e->role->settle_ms : 0);
}

/* --- collect -------------------------------------------------------------------------------------- */

static bool loose_came(const struct mu_engine_case *e, const void *x)
{
    const struct mu_made *made = x;
    return made->arrived != NULL || made->bounced != NULL || e->looses > e->loose_taken;
}

/* An exclusive case also takes a connection that ended without a message. */
static bool wait_for_leg(struct mu_engine_case *e, const struct mu_step *step, struct mu_made *made,
                         struct mu_err *err)
{
    if (!e->c->exclusive)
        return mu_engine_fate(e, made, collect_ms(e, step), err);
    if (!made->triggered && made->fate.outcome != MU_OUTCOME_ACCEPTED && e->looses > 0)
        return true;
    uint64_t deadline = mu_clock_ms() + collect_ms(e, step);
    return mu_engine_pump(e, deadline < e->seat->deadline_ms ? deadline : e->seat->deadline_ms,
                          loose_came, made, err);
}

static void note_arrival(struct mu_engine_case *e, struct mu_case_leg *leg,
                         const struct mu_parcel *parcel)
{
    leg->leg = &parcel->leg;
    leg->seen = parcel->seen;
    if (parcel->leg.has_message) {
        leg->seen.outcome = parcel->leg.bounce ? MU_OUTCOME_BOUNCED : MU_OUTCOME_DELIVERED;
        leg->seen.stage = MU_STAGE_AFTER_CONTENT;
        if (!parcel->leg.bounce)
            mu_engine_reach(e, MU_RUNG_INTACT);
    } else if (parcel->leg.tls.complete) {
        mu_engine_reach(e, MU_RUNG_TLS);
    } else {
        mu_engine_reach(e, MU_RUNG_REACH);
    }
}

bool mu_engine_collect(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_made *made = step->of != NULL ? mu_engine_made(e, step->of)
                           : e->mades > 0   ? &e->made[0]
                                            : NULL;
    struct mu_case_leg *leg = mu_engine_leg_add(e, step->id, NULL);
    if (made == NULL || leg == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "nothing to collect for '%s'", step->id);
    TRY(wait_for_leg(e, step, made, err));
    const struct mu_parcel *parcel = made->arrived;
    made->consumed = made->consumed || parcel != NULL;
    if (parcel == NULL && e->loose_taken < e->looses)
        parcel = e->loose[e->loose_taken++];
    if (parcel == NULL)
        parcel = made->bounced;
    if (parcel == NULL)
        leg->absent = true;
    else
        note_arrival(e, leg, parcel);
    leg->told = parcel != NULL && parcel == made->arrived ? made->told : NULL;
    if (leg->absent)
        leg->seen = (struct mu_observation){ .outcome = made->bounced != NULL ? MU_OUTCOME_BOUNCED
                                                        : made->withheld      ? MU_OUTCOME_WITHHELD
                                                                              : MU_OUTCOME_SILENT,
                                             .stage = MU_STAGE_LATER };
    if (!leg->absent && leg->leg->has_message)
        TRY(mu_engine_decode(e, leg, err));
    mu_engine_step(e, step, step->id, "", mu_engine_seen(e, &leg->seen), true);
    return true;
}

/* --- expect --------------------------------------------------------------------------------------- */

/* What became of a message in all. */
static struct mu_observation fate_of(const struct mu_made *made)
{
    struct mu_observation fate = made->fate;
    if (made->arrived != NULL)
        fate.outcome = MU_OUTCOME_DELIVERED;
    else if (made->bounced != NULL)
        fate.outcome = MU_OUTCOME_BOUNCED;
    else if (made->withheld)
        fate.outcome = MU_OUTCOME_WITHHELD;
    else
        return fate;
    fate.stage = MU_STAGE_LATER;
    return fate;
}

static bool outcome_fits(const char *wanted, enum mu_outcome outcome)
{
    /* What was delivered had been accepted. */
    return has_word(wanted, mu_outcome_name(outcome))
           || (outcome == MU_OUTCOME_DELIVERED && has_word(wanted, "accepted"));
}

/* More must be known than "accepted" when that alone is not what is expected. */
static bool settle_fate(struct mu_engine_case *e, const struct mu_step *step, const char *wanted,
                        struct mu_made *made, struct mu_err *err)
{
    struct mu_observation fate = fate_of(made);
    bool open =
        fate.outcome == MU_OUTCOME_ACCEPTED || (made->triggered && fate.outcome == MU_OUTCOME_NONE);
    if (!open || outcome_fits(wanted, fate.outcome))
        return true;
    return mu_engine_fate(e, made, collect_ms(e, step), err);
}

static const char *reason_of(struct mu_engine_case *e, const struct mu_observation *seen)
{
    if (seen->outcome == MU_OUTCOME_SILENT || seen->outcome == MU_OUTCOME_NONE)
        return mu_arena_printf(e->arena, "timeout:%s",
                               seen->stage == MU_STAGE_LATER ? "collect"
                                                             : mu_stage_name(seen->stage));
    return mu_arena_printf(e->arena, "outcome:%s", mu_outcome_name(seen->outcome));
}

static enum mu_verdict verdict_of(const struct mu_step *step)
{
    bool should = step->level != NULL && strcmp(step->level, "must") != 0;
    return should ? MU_REMARKS : MU_FAIL;
}

/* Right outcome, wrong words: the class and the stage make remarks, not failures. */
static void expect_details(struct mu_engine_case *e, const struct mu_step *step,
                           const struct mu_observation *seen)
{
    const char *text = mu_engine_seen(e, seen), *class = mu_engine_expand(e, step->class),
               *stage = mu_engine_expand(e, step->stage);
    if (class != NULL && seen->outcome == MU_OUTCOME_REFUSED
        && !has_word(class, mu_class_name(seen->class)))
        mu_engine_finding(e, step, MU_REMARKS,
                          mu_arena_printf(e->arena, "class:%s", mu_class_name(seen->class)),
                          mu_arena_printf(e->arena, "class %s", class), text);
    if (stage != NULL && !has_word(stage, mu_stage_name(seen->stage)))
        mu_engine_finding(e, step, MU_REMARKS,
                          mu_arena_printf(e->arena, "stage:%s", mu_stage_name(seen->stage)),
                          mu_arena_printf(e->arena, "stage %s", stage), text);
}

static void expect_rung(struct mu_engine_case *e, const struct mu_step *step)
{
    enum mu_rung wanted;
    if (step->rung == NULL || !mu_rung_from_name(step->rung, &wanted) || e->rung >= wanted)
        return;
    mu_engine_finding(
        e, step, verdict_of(step), mu_arena_printf(e->arena, "rung:%s", mu_rung_name(e->rung)),
        mu_arena_printf(e->arena, "rung %s or higher", step->rung), mu_rung_name(e->rung));
}

/* What an adapter decided. Whether the case may say so was the linter's to ask. */
static bool expect_decision(struct mu_engine_case *e, const struct mu_step *step,
                            const struct mu_asked *answer)
{
    const char *wanted = mu_engine_expand(e, step->decision);
    const char *seen = answer->reply.decision != NULL ? answer->reply.decision : "none";
    if (wanted == NULL || strcmp(wanted, seen) == 0)
        return true;
    mu_engine_step(e, step, step->of, wanted, seen, false);
    mu_engine_finding(
        e, step, verdict_of(step),
        mu_arena_printf(e->arena, "decision:%s", answer->reply.decision != NULL ? seen : "missing"),
        wanted, mu_engine_seen(e, &answer->reply.seen));
    return false;
}

bool mu_engine_expect(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    const char *wanted = mu_engine_expand(e, step->outcome);
    struct mu_made *made = mu_engine_made(e, step->of);
    struct mu_case_leg *leg = mu_engine_leg(e, step->of);
    struct mu_asked *answer = mu_engine_answer(e, step->of);
    struct mu_observation seen = { 0 };
    if (answer != NULL) {
        if (!expect_decision(e, step, answer))
            return true;
        seen = answer->reply.seen;
    } else if (made != NULL) {
        TRY(settle_fate(e, step, wanted, made, err));
        seen = fate_of(made);
    } else if (leg != NULL) {
        seen = leg->seen;
    } else {
        return mu_fail(err, MU_ERR_PROFILE, "no message or leg '%s'", step->of);
    }
    bool fits = wanted == NULL || outcome_fits(wanted, seen.outcome);
    const char *text = mu_engine_seen(e, &seen);
    mu_engine_step(e, step, step->of, wanted != NULL ? wanted : step->decision, text, fits);
    if (!fits) {
        mu_engine_finding(e, step, verdict_of(step), reason_of(e, &seen), wanted, text);
        return true;
    }
    expect_details(e, step, &seen);
    expect_rung(e, step);
    return true;
}

/* --- nothing else --------------------------------------------------------------------------------- */

static bool marker_came(const struct mu_engine_case *e, const void *x)
{
    (void) x;
    return e->marker_came || e->marker_bounced;
}

bool mu_engine_nothing_else(struct mu_engine_case *e, const struct mu_step *step,
                            struct mu_err *err)
{
    bool sent;
    e->marker_came = e->marker_bounced = false;
    TRY(mu_engine_send_marker(e, &sent, err));
    const char *fate = mu_engine_seen(e, &e->marker.fate);
    if (!sent) {
        mu_engine_step(e, step, "", "a marker accepted", fate, false);
        mu_engine_finding(e, step, MU_INCONCLUSIVE, "marker:refused", "a marker accepted", fate);
        return true;
    }
    uint64_t deadline = mu_clock_ms() + collect_ms(e, step);
    TRY(mu_engine_pump(e, deadline < e->seat->deadline_ms ? deadline : e->seat->deadline_ms,
                       marker_came, NULL, err));
    const char *unexpected = NULL;
    for (size_t i = 0; i < e->mades; i++)
        if (e->made[i].arrived != NULL && !e->made[i].consumed)
            unexpected = e->made[i].id;
    if (unexpected != NULL) {
        const char *seen = mu_arena_printf(e->arena, "message '%s' was delivered", unexpected);
        mu_engine_step(e, step, "", "nothing before the marker", seen, false);
        mu_engine_finding(e, step, MU_FAIL, "delivered:unexpected", "nothing before the marker",
                          seen);
    } else if (!e->marker_came) {
        mu_engine_step(e, step, "", "the marker", "nothing came", false);
        mu_engine_finding(e, step, MU_INCONCLUSIVE, "marker:lost", "the marker", "nothing came");
    } else {
        for (size_t i = 0; i < e->mades; i++)
            e->made[i].withheld = e->made[i].withheld || e->made[i].arrived == NULL;
        mu_engine_step(e, step, "", "nothing before the marker", "the marker came first", true);
    }
    return true;
}

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "suite/engine_case.h"
#include "suite/judge.h"

struct mu_case_leg *mu_engine_leg(struct mu_engine_case *e, const char *id)
{
    for (size_t i = 0; i < e->legs; i++)
        if (strcmp(e->leg[i].id, id) == 0)
            return &e->leg[i];
    return NULL;
}

struct mu_case_leg *mu_engine_leg_add(struct mu_engine_case *e, const char *id,
                                      const struct mu_leg *leg)
{
    if (e->legs == MU_LEGS_MAX)
        return NULL;
    if (e->leg == NULL)
        e->leg = mu_arena_array(e->arena, MU_LEGS_MAX, sizeof *e->leg);
    struct mu_case_leg *slot = &e->leg[e->legs++];
    *slot = (struct mu_case_leg){ .id = id, .leg = leg };
    return slot;
}

/* A limit of ours that SUT bytes passed, and a parser differential, are neither holds nor breaks. */
static void note_limits(struct mu_engine_case *e, const struct mu_document *document)
{
    static const struct mu_step step = { .kind = MU_STEP_JUDGE };
    if (document->limit != NULL)
        mu_engine_finding(e, &step, MU_INCONCLUSIVE,
                          mu_arena_printf(e->arena, "limit:%s", document->limit),
                          "a message within the harness's limits", document->limit);
    if (document->differential)
        mu_engine_finding(e, &step, MU_INCONCLUSIVE, "parser-differential",
                          "one reading of the label", "gate and parser disagree");
}

bool mu_engine_decode(struct mu_engine_case *e, struct mu_case_leg *leg, struct mu_err *err)
{
    if (leg->decoded)
        return true;
    struct mu_leg *named = mu_new(e->arena, struct mu_leg);
    *named = *leg->leg;
    named->name = leg->id;
    leg->leg = named;
    TRY(mu_document_build(e->arena, &e->engine->kit, named, &leg->document, err));
    leg->decoded = true;
    if (!named->collected)
        return true;
    note_limits(e, &leg->document);
    if (leg->document.label_found)
        mu_engine_reach(e, MU_RUNG_LABEL_FOUND);
    if (leg->document.label != NULL) {
        mu_engine_reach(e, MU_RUNG_LABEL_PARSED);
        mu_engine_tell_mark(e, leg->document.label);
    }
    return true;
}

static void places_text(struct mu_buf *out, const struct mu_break *b)
{
    for (size_t i = 0; i < b->places; i++) {
        mu_buf_printf(out, "%s%s", i > 0 ? "; " : "", b->place[i].path);
        if (b->place[i].offset >= 0)
            mu_buf_printf(out, " @ %lld", (long long) b->place[i].offset);
    }
}

static void report_break(struct mu_engine_case *e, const char *leg, const struct mu_break *b)
{
    struct mu_buf places = { .arena = e->arena };
    places_text(&places, b);
    struct mu_record record = { .type = MU_RECORD_BREAK,
                                .number = (uint32_t) b->rule,
                                .count = (uint32_t) b->count,
                                .offset = b->places > 0 ? b->place[0].offset : -1 };
    mu_record_put(&record, leg);
    mu_record_put(&record, b->expected);
    mu_record_put(&record, b->seen);
    mu_record_put(&record, b->hint);
    mu_record_put(&record, mu_buf_text(&places));
    mu_seat_send(e->seat, &record);
}

static void take_judgement(struct mu_engine_case *e, const char *leg,
                           const struct mu_judgement *judgement)
{
    const struct mu_rule_set *rules = e->engine->o.profile->rules;
    struct mu_record record = { .type = MU_RECORD_FINDINGS };
    mu_record_put(&record, leg);
    mu_record_put(&record, judgement->mark);
    mu_seat_send(e->seat, &record);
    for (size_t i = 0; i < judgement->breaks; i++) {
        const struct mu_break *b = &judgement->broken[i];
        const struct mu_rule *rule = mu_rules_at(rules, b->rule);
        report_break(e, leg, b);
        if (rule->level != MU_LEVEL_MAY)
            mu_engine_raise(e, rule->level == MU_LEVEL_MUST ? MU_FAIL : MU_REMARKS,
                            mu_arena_printf(e->arena, "rule:%s", rule->id));
    }
}

/* Our own message is no evidence against the SUT: of a leg that we sent, only what the SUT did on it
 * is judged. */
static struct mu_case_leg *dialogue_leg(struct mu_engine_case *e, const char *id)
{
    if (mu_engine_made(e, id) == NULL || e->sessions == 0)
        return NULL;
    const struct mu_engine_session *s = &e->session[e->sessions - 1];
    struct mu_leg *leg = mu_new(e->arena, struct mu_leg);
    *leg = *s->adapter->leg(s->session);
    leg->has_message = false;
    leg->message = (struct mu_bytes){ "", 0 };
    return mu_engine_leg_add(e, id, leg);
}

bool mu_engine_judge(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_case_leg *leg = mu_engine_leg(e, step->of);
    struct mu_asked *answer = mu_engine_answer(e, step->of);
    if (answer != NULL && leg == NULL) {
        TRY(mu_engine_answer_leg(e, answer, &leg, err));
        if (leg != NULL)
            note_limits(e, &leg->document);
    } else if (leg == NULL) {
        leg = dialogue_leg(e, step->of);
    }
    if (leg == NULL || leg->leg == NULL) {
        mu_engine_step(e, step, step->of, "a leg to judge", "nothing came", false);
        mu_engine_finding(e, step, MU_INCONCLUSIVE, "leg:missing", "a leg to judge",
                          "nothing came");
        return true;
    }
    TRY(mu_engine_decode(e, leg, err));
    struct mu_judgement judgement;
    TRY(mu_judge_document(e->engine->o.profile, e->arena, mu_engine_expand(e, step->phase),
                          &leg->document, &judgement, err));
    take_judgement(e, leg->id, &judgement);
    mu_engine_step(e, step, step->of, "every rule that applies",
                   mu_arena_printf(e->arena, "%zu broken", judgement.breaks),
                   judgement.breaks == 0);
    return true;
}

#include "suite/rejudge.h"

#include <string.h>

#include "suite/engine_case.h"

/* What the engine tells its coordinator is kept here. */
struct listening {
    struct mu_arena *arena;
    struct mu_rejudged *out;
};

static const char *kept(struct mu_arena *arena, const char *text)
{
    return mu_arena_strndup(arena, text, strlen(text));
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as the seat has it */
static void hear(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd)
{
    struct listening *l = self;
    struct mu_rejudged *out = l->out;
    (void) answer, (void) fd;
    if (record->type == MU_RECORD_FINDINGS && out->judgements < MU_COUNT(out->judged))
        out->judged[out->judgements++] =
            (struct mu_rejudge_marks){ kept(l->arena, mu_record_text(record, 0)),
                                       kept(l->arena, mu_record_text(record, 1)) };
    if (record->type == MU_RECORD_COMPARED && out->comparisons < MU_COUNT(out->compared))
        out->compared[out->comparisons++] = (struct mu_rejudge_compared){
            kept(l->arena, mu_record_text(record, 0)), kept(l->arena, mu_record_text(record, 1)),
            kept(l->arena, mu_record_text(record, 2)), kept(l->arena, mu_record_text(record, 3)),
            record->count == 1
        };
}

/* The value of an axis that a text begins with, with the character that must stand behind it. */
static bool find_value(const struct mu_axis *axis, char behind, const char **text, size_t *value)
{
    for (*value = 0; *value < axis->values; (*value)++) {
        size_t n = strlen(axis->value[*value]);
        if (strncmp(*text, axis->value[*value], n) == 0 && (*text)[n] == behind) {
            *text += n;
            return true;
        }
    }
    return false;
}

/* Which instance has a name, as far as its values tell: a suite may have tens of thousands. */
static size_t guess(const struct mu_case *c, const char *name)
{
    const char *at = name + strlen(c->id);
    size_t instance = 0, value;
    for (size_t a = 0; a < c->axes; a++) {
        size_t n = strlen(c->axis[a].name);
        if (*at == '\0' || strncmp(at + 1, c->axis[a].name, n) != 0 || at[1 + n] != '=')
            return 0;
        at += n + 2;
        if (!find_value(&c->axis[a], a + 1 < c->axes ? ',' : ']', &at, &value))
            return 0;
        instance = instance * c->axis[a].values + value;
    }
    return instance;
}

static bool has_name(const struct mu_case *c, size_t instance, const char *name)
{
    char text[MU_NAME_TEXT];
    mu_case_name(c, instance, text);
    return strcmp(text, name) == 0;
}

static const struct mu_case *find(const struct mu_suite *suite, const char *name, size_t *instance)
{
    for (size_t i = 0; i < suite->count; i++) {
        const struct mu_case *c = suite->cases[i];
        size_t n = strlen(c->id);
        if (c->instances == 0 || strncmp(c->id, name, n) != 0
            || (name[n] != '\0' && name[n] != '['))
            continue;
        *instance = guess(c, name);
        if (has_name(c, *instance, name))
            return c;
        for (*instance = 0; *instance < c->instances; (*instance)++)
            if (has_name(c, *instance, name))
                return c;
    }
    return NULL;
}

static bool add_leg(struct mu_engine_case *e, const struct mu_rejudge_leg *leg,
                    struct mu_rejudged *out, struct mu_err *err)
{
    struct mu_document document;
    int64_t differs;
    TRY(mu_document_again(e->arena, &e->engine->kit, leg->stored, leg->file,
                          leg->has_message ? &leg->message : NULL, &document, &differs, err));
    if (differs >= 0 && out->unfounded == NULL) {
        out->unfounded = leg->file;
        out->unfounded_at = differs;
    }
    if (!document.leg->collected
        && document.leg->has_message) { /* what we sent is judged by nobody */
        const char *id = document.leg->name != NULL ? document.leg->name : "";
        struct mu_made *made = mu_engine_made_add(e, id, err);
        if (made == NULL)
            return false;
        *made = (struct mu_made){ .id = id, .octets = document.leg->message, .sent = true };
        return true;
    }
    struct mu_case_leg *slot =
        mu_engine_leg_add(e, document.leg->name != NULL ? document.leg->name : "", document.leg);
    if (slot == NULL)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d legs", MU_LEGS_MAX);
    slot->document = document;
    slot->decoded = true;
    return true;
}

/* A comparison that looks at more than two messages: at what a user was shown, at envelopes, at whom
 * else a message went to. */
static bool beyond(const struct mu_step *step)
{
    static const char *const what[] = { "shown", "dsn", "recipients" };
    const char *of = step->what != NULL ? step->what : "";
    for (size_t i = 0; i < MU_COUNT(what); i++)
        if (strcmp(of, what[i]) == 0)
            return true;
    return strchr(of, '{') != NULL;
}

static bool there(struct mu_engine_case *e, const char *id)
{
    const struct mu_case_leg *leg = id != NULL ? mu_engine_leg(e, id) : NULL;
    return leg != NULL ? leg->leg->has_message : id != NULL && mu_engine_made(e, id) != NULL;
}

static bool run_step(struct mu_engine_case *e, const struct mu_step *step, struct mu_rejudged *out,
                     struct mu_err *err)
{
    if (step->kind == MU_STEP_JUDGE && mu_engine_leg(e, step->of) != NULL) {
        const struct mu_case_leg *leg = mu_engine_leg(e, step->of);
        if (step->if_reported && !leg->leg->bounce)
            return true;
        return mu_engine_judge(e, step, err);
    }
    if (step->kind != MU_STEP_SAME)
        return true;
    if (beyond(step) || !there(e, step->of) || !there(e, step->second)) {
        out->all_compared = false;
        return true;
    }
    const struct mu_case_leg *second = mu_engine_leg(e, step->second);
    if (step->if_delivered && second != NULL && second->leg->bounce)
        return true;
    return mu_engine_same(e, step, err);
}

bool mu_rejudge(struct mu_arena *arena, const struct mu_rejudge_case *given,
                struct mu_rejudged *out, struct mu_err *err)
{
    static const struct mu_sut nobody = { .adapters = 0 };
    struct mu_engine *engine = mu_new(arena, struct mu_engine);
    struct mu_engine_case *e = mu_new(arena, struct mu_engine_case);
    struct listening listening = { arena, out };
    struct mu_seat seat = { .arena = arena,
                            .evidence_fd = -1,
                            .run_key = given->run_key,
                            .local = hear,
                            .self = &listening };
    *out = (struct mu_rejudged){ .all_compared = true };
    engine->o.profile = given->profile;
    engine->o.suite = given->suite;
    engine->o.sut = &nobody;
    engine->o.test_time = given->profile->test_time;
    engine->kit = mu_judge_kit(given->profile);
    mu_engine_start(e, engine, &seat, arena);
    e->c = find(given->suite, given->name, &e->instance);
    if (e->c == NULL)
        return mu_fail(err, MU_ERR_USAGE, "the suite has no case '%.100s'", given->name);
    out->asks = mu_case_asks(e->c);
    for (size_t i = 0; i < given->legs && !out->asks; i++)
        TRY(add_leg(e, &given->leg[i], out, err));
    if (out->asks)
        TRY(mu_rejudge_asks(e, given, out, err));
    for (size_t i = 0; i < e->c->steps && !out->asks; i++)
        TRY(run_step(e, &e->c->step[i], out, err));
    out->verdict = e->verdict;
    out->reason = kept(arena, e->reason);
    return true;
}

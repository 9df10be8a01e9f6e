#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "suite/engine_case.h"

/* "muster+{token}@nato.test" with the token and the letter that says which of the two it is. */
static const char *address_of(struct mu_engine_case *e, const char *template, unsigned number,
                              char letter)
{
    char token[MU_TOKEN_TEXT];
    struct mu_token t = e->seat->token;
    t.message = (uint8_t) number;
    mu_token_write(e->seat->run_key, t, token);
    const char *hole = strstr(template, "{token}");
    if (hole == NULL) /* a fixed mailbox: the Message-ID carries the token */
        return template;
    return mu_arena_printf(e->arena, "%.*s%s%c%s", (int) (hole - template), template, token, letter,
                           hole + strlen("{token}"));
}

void mu_engine_address(struct mu_engine_case *e, struct mu_message *message, unsigned number,
                       const char *to)
{
    char token[MU_TOKEN_TEXT];
    struct mu_token t = e->seat->token;
    t.message = (uint8_t) number;
    mu_token_write(e->seat->run_key, t, token);
    message->to = address_of(e, to != NULL ? to : e->role->mail_to, number, 'r');
    message->from = address_of(e, e->role->mail_from, number, 's');
    message->message_id = mu_arena_printf(e->arena, "%s@muster.test", token);
    message->date = e->engine->o.test_time;
}

const char *mu_engine_also(struct mu_engine_case *e, const struct mu_made *made)
{
    return made->also != NULL ? address_of(e, made->also, made->number, 'r') : NULL;
}

struct mu_made *mu_engine_made_add(struct mu_engine_case *e, const char *id, struct mu_err *err)
{
    if (e->made == NULL)
        e->made = mu_arena_array(e->arena, MU_MADE_MAX, sizeof *e->made);
    if (e->mades == MU_MADE_MAX) {
        mu_fail(err, MU_ERR_LIMIT, "more than %d messages in one case", MU_MADE_MAX);
        return NULL;
    }
    struct mu_made *made = &e->made[e->mades++];
    made->id = id;
    made->number = (unsigned) e->mades;
    return made;
}

struct mu_made *mu_engine_made(struct mu_engine_case *e, const char *id)
{
    for (size_t i = 0; i < e->mades; i++)
        if (strcmp(e->made[i].id, id) == 0)
            return &e->made[i];
    return NULL;
}

static const char *fixture(struct mu_engine_case *e, const char *folder, const char *name)
{
    const char *relative = mu_arena_printf(e->arena, "fixtures/%s/%s.xml", folder, name);
    const char *path = mu_data_find(e->engine->o.data, e->arena, relative);
    return path != NULL ? path : relative;
}

const char *mu_engine_message_path(struct mu_engine_case *e, const struct mu_step *step)
{
    return fixture(e, "messages", mu_engine_expand(e, step->message));
}

const char *mu_engine_label_path(struct mu_engine_case *e, const struct mu_step *step)
{
    const char *label = mu_engine_expand(e, step->label);
    return label == NULL || strcmp(label, "none") == 0 ? NULL : fixture(e, "labels", label);
}

static const struct mu_engine_fixture *cached(const struct mu_engine *engine, const char *path)
{
    for (size_t i = 0; i < engine->fixtures_cached; i++)
        if (strcmp(engine->fixture[i].path, path) == 0)
            return &engine->fixture[i];
    return NULL;
}

static bool cache_one(struct mu_engine *engine, const char *path, bool label, struct mu_err *err)
{
    if (path == NULL || cached(engine, path) != NULL
        || engine->fixtures_cached == MU_FIXTURES_CACHED)
        return true; /* a job reads what does not fit */
    struct mu_engine_fixture *f = &engine->fixture[engine->fixtures_cached];
    *f = (struct mu_engine_fixture){ .path = mu_arena_printf(engine->arena, "%s", path) };
    TRY(label ? mu_message_load_label(engine->arena, f->path, &f->message, err)
              : mu_message_load(engine->arena, f->path, &f->message, err));
    engine->fixtures_cached++;
    return true;
}

bool mu_engine_cache(struct mu_engine *engine, struct mu_arena *scratch, const struct mu_case *c,
                     size_t instance, struct mu_err *err)
{
    struct mu_engine_case e = { .engine = engine, .arena = scratch, .c = c, .instance = instance };
    bool ok = true;
    for (size_t i = 0; i < c->steps && ok; i++)
        if (c->step[i].kind == MU_STEP_MAKE)
            ok = cache_one(engine, mu_engine_message_path(&e, &c->step[i]), false, err)
                 && cache_one(engine, mu_engine_label_path(&e, &c->step[i]), true, err);
    return ok;
}

static bool load_message(struct mu_engine_case *e, const char *path, struct mu_message *message,
                         struct mu_err *err)
{
    const struct mu_engine_fixture *f = cached(e->engine, path);
    if (f == NULL)
        return mu_message_load(e->arena, path, message, err);
    *message = f->message;
    return true;
}

static bool load_label(struct mu_engine_case *e, const char *path, struct mu_message *message,
                       struct mu_err *err)
{
    const struct mu_engine_fixture *f = cached(e->engine, path);
    if (f == NULL)
        return mu_message_load_label(e->arena, path, message, err);
    message->label = f->message.label;
    message->marking = f->message.marking;
    message->fgcolor = f->message.fgcolor;
    message->bgcolor = f->message.bgcolor;
    return true;
}

static const struct mu_places *places_of(struct mu_engine_case *e, const struct mu_step *step)
{
    const struct mu_places *places = &e->engine->o.profile->places;
    if (!step->no_first_line)
        return places;
    struct mu_places *fewer = mu_new(e->arena, struct mu_places);
    *fewer = *places;
    fewer->first_line = false;
    return fewer;
}

bool mu_engine_load_made(struct mu_engine_case *e, const struct mu_step *step, unsigned number,
                         struct mu_made *made, struct mu_err *err)
{
    const char *label = mu_engine_label_path(e, step);
    TRY(load_message(e, mu_engine_message_path(e, step), &made->message, err));
    if (label != NULL)
        TRY(load_label(e, label, &made->message, err));
    if (step->marking != NULL)
        made->message.marking = mu_engine_expand(e, step->marking);
    made->message.first_line = step->first_line;
    made->message.places = places_of(e, step);
    made->to = step->to != NULL ? mu_sut_recipient(e->role, mu_engine_expand(e, step->to)) : NULL;
    if (step->also != NULL)
        made->also = mu_sut_recipient(e->role, mu_engine_expand(e, step->also));
    mu_engine_address(e, &made->message, number, made->to);
    return true;
}

static bool make(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_made *made = mu_engine_made_add(e, step->id, err);
    return made != NULL && mu_engine_load_made(e, step, made->number, made, err);
}

static void encode(struct mu_engine_case *e, struct mu_made *made)
{
    if (made->octets.p == NULL)
        made->octets = mu_message_encode(e->arena, &made->message);
}

/* A changed copy, under a number of its own. */
static bool mutate(struct mu_engine_case *e, const struct mu_step *step, struct mu_err *err)
{
    struct mu_made *from = mu_engine_made(e, step->of),
                   *made = mu_engine_made_add(e, step->id, err);
    TRY(made != NULL);
    if (from == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "no message '%s' was made", step->of);
    const struct mu_operator *op = mu_operator_find(mu_engine_expand(e, step->op));
    if (op == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "unknown operator '%s'", step->op);
    const char *on = mu_engine_expand(e, step->on), *value = mu_engine_expand(e, step->value);
    struct mu_mutation m = { .arena = e->arena,
                             .on = on != NULL ? on : "",
                             .value = value != NULL ? value : "",
                             .seed = e->seat->seed,
                             .policies = &e->engine->o.profile->policies,
                             .fixtures = e->engine->fixtures };
    made->message = from->message;
    made->meant = from->meant != NULL ? from->meant : from;
    made->to = from->to;
    made->also = from->also;
    if (from->octets.p != NULL) /* changed before: the octets are the message, its token stays */
        made->number = from->number;
    mu_engine_address(e, &made->message, made->number, made->to);
    if (op->abstract != NULL) {
        if (from->octets.p != NULL)
            return mu_fail(err, MU_ERR_PROFILE,
                           "operator '%s' works before encoding, but '%s' is already octets",
                           op->name, from->id);
        return op->abstract(&m, &made->message, err);
    }
    if (from->octets.p != NULL)
        made->octets = from->octets;
    else
        encode(e, made);
    return op->octets(&m, &made->octets, err);
}

bool mu_engine_prepare_marker(struct mu_engine_case *e, struct mu_err *err)
{
    e->marker.id = "marker";
    e->marker.number = MU_MARKER;
    const struct mu_profile *profile = e->engine->o.profile;
    struct mu_message *message = &e->marker.message;
    TRY(load_message(e, fixture(e, "messages", profile->marker_message), message, err));
    message->places = &profile->places;
    return profile->marker_label == NULL
           || load_label(e, fixture(e, "labels", profile->marker_label), message, err);
}

/* Fixtures are files, so everything that reads them happens before the seal. */
bool mu_engine_prepare(struct mu_engine_case *e, struct mu_err *err)
{
    for (size_t i = 0; i < e->c->steps; i++) {
        const struct mu_step *step = &e->c->step[i];
        if (step->kind == MU_STEP_MAKE)
            TRY(make(e, step, err));
        else if (step->kind == MU_STEP_MUTATE)
            TRY(mutate(e, step, err));
    }
    for (size_t i = 0; i < e->mades; i++)
        encode(e, &e->made[i]);
    if (mu_engine_has_path(e))
        TRY(mu_engine_prepare_marker(e, err));
    return true;
}

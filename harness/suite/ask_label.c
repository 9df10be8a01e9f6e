/* Labels that travel alone: made from fixtures, changed by operators, with a place for salt. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/datetime.h"
#include "suite/ask.h"

#define PLACE 86399 /* seconds before the last possible one: the time that stands where salt will */

struct fixture {
    const char *name;
    struct mu_ask_label made;
};

void mu_salt_write(int64_t unix_time, char text[MU_SALT_BYTES + 1])
{
    time_t t = (time_t) unix_time;
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(text, MU_SALT_BYTES + 1, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

bool mu_operator_is_of_label(const struct mu_operator *op)
{
    return strncmp(op->name, "label.", 6) == 0 && strcmp(op->name, "label.drop") != 0;
}

/* --- salt ----------------------------------------------------------------------------------------- */

static bool read_time(const char *text, int64_t *seconds)
{
    struct mu_instant instant;
    if (text == NULL || !mu_datetime_read(mu_bytes_of(text), &instant))
        return false;
    *seconds = instant.seconds;
    return true;
}

/* The first time that a label's creation must not reach. */
static int64_t creation_before(const struct mu_label *label, int64_t test_time)
{
    const char *const time[] = { label->review, label->succession };
    int64_t before = test_time, at;
    for (size_t i = 0; i < MU_COUNT(time); i++)
        if (read_time(time[i], &at) && at < before)
            before = at;
    return before;
}

/* A creation time that is as good as the fixture's, and that we find again. */
static void prepare_salt(struct mu_ask_kit *kit, struct mu_ask_label *l)
{
    int64_t created, before = creation_before(l->abstract, kit->profile->test_time);
    bool plain = l->abstract->created == NULL
                 || (read_time(l->abstract->created, &created) && created < before);
    l->salt_before = before;
    if (!plain)
        return;
    struct mu_label *salted = mu_new(kit->arena, struct mu_label);
    char text[MU_SALT_BYTES + 1];
    mu_salt_write(before - PLACE, text);
    *salted = *l->abstract;
    salted->created = mu_arena_strndup(kit->arena, text, MU_SALT_BYTES);
    l->abstract = salted;
}

/* What is left of it once operators are through. */
static void find_salt(struct mu_ask_label *l)
{
    char text[MU_SALT_BYTES + 1];
    mu_salt_write(l->salt_before - PLACE, text);
    size_t at = mu_bytes_find(l->octets, mu_bytes_of(text), 0);
    bool once = at != SIZE_MAX && mu_bytes_find(l->octets, mu_bytes_of(text), at + 1) == SIZE_MAX;
    l->salt = once ? at : SIZE_MAX;
}

static void settle(struct mu_ask_kit *kit, struct mu_ask_label *l)
{
    l->label = mu_truth_label(kit->arena, l->octets);
    find_salt(l);
}

/* --- making --------------------------------------------------------------------------------------- */

static bool make(struct mu_ask_kit *kit, const char *name, struct mu_ask_label *l,
                 struct mu_err *err)
{
    const char *path = mu_data_find(kit->data, kit->arena,
                                    mu_arena_printf(kit->arena, "fixtures/labels/%s.xml", name));
    struct mu_message message = { 0 };
    if (path == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "no fixture '%s' in 'labels'", name);
    TRY(mu_message_load_label(kit->arena, path, &message, err));
    l->abstract = message.label;
    prepare_salt(kit, l);
    l->octets = mu_label_write(kit->arena, l->abstract);
    settle(kit, l);
    return true;
}

/* Made once, and shared by all instances: operators make what they change anew. */
bool mu_ask_make(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                 const struct mu_step *step, struct mu_ask_label *out, struct mu_err *err)
{
    const char *name = mu_case_expand(kit->arena, c, instance, step->label);
    if (name == NULL || strcmp(name, "none") == 0)
        return mu_fail_where(err, step->where, MU_ERR_PROFILE, "an ask needs a label");
    struct fixture fresh = { .name = name };
    const struct fixture *known = (const void *) kit->label.p;
    size_t count = kit->label.n / sizeof *known, i = 0;
    while (i < count && strcmp(known[i].name, name) != 0)
        i++;
    if (i == count) {
        TRY(make(kit, name, &fresh.made, err));
        mu_buf_put(&kit->label, &fresh, sizeof fresh);
    }
    *out = i == count ? fresh.made : known[i].made;
    out->id = step->id;
    return true;
}

static bool change(struct mu_ask_kit *kit, const struct mu_operator *op,
                   const struct mu_mutation *m, struct mu_ask_label *l, struct mu_err *err)
{
    struct mu_message message = { .label = l->abstract };
    if (op->abstract == NULL) {
        TRY(op->octets(m, &l->octets, err));
        l->changed = true;
    } else {
        TRY(op->abstract(m, &message, err));
        l->abstract = message.label;
        l->octets = mu_label_write(kit->arena, message.label);
    }
    return l->octets.n > 0
           || mu_fail(err, MU_ERR_PROFILE, "operator '%s' leaves no label to ask about", op->name);
}

bool mu_ask_mutate(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                   const struct mu_step *step, uint64_t seed, const struct mu_ask_label *from,
                   struct mu_ask_label *out, struct mu_err *err)
{
    const char *on = mu_case_expand(kit->arena, c, instance, step->on);
    const char *value = mu_case_expand(kit->arena, c, instance, step->value);
    const struct mu_operator *op =
        mu_operator_find(mu_case_expand(kit->arena, c, instance, step->op));
    struct mu_ask_label l = *from;
    if (op == NULL || !mu_operator_is_of_label(op))
        return mu_fail_where(err, step->where, MU_ERR_PROFILE,
                             "'%s' is no operator on a label alone", step->op);
    if (op->abstract != NULL && from->changed)
        return mu_fail_where(err, step->where, MU_ERR_PROFILE,
                             "operator '%s' works before encoding, but '%s' is already octets",
                             op->name, from->id);
    struct mu_mutation m = { .arena = kit->arena,
                             .on = on != NULL ? on : "",
                             .value = value != NULL ? value : "",
                             .seed = seed,
                             .policies = &kit->profile->policies,
                             .fixtures = kit->fixtures,
                             .bare = true };
    l.id = step->id;
    TRY(change(kit, op, &m, &l, err));
    settle(kit, &l);
    *out = l;
    return true;
}

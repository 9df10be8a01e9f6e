/* In what merged runs are not alike: conflicts, which are named in the stream and to the operator, and
 * what may well be another from place to place, which is noted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "run/merge_inside.h"

static json_t *new_event(const char *event)
{
    json_t *object = json_object();
    json_object_set_new(object, "event", json_string(event));
    return object;
}

/* --- members of the runs ---------------------------------------------------------------------------------- */

/* The value of a fact as text, in the arena; "" when the run does not say. */
static const char *value_of(const struct mu_merge *m, const struct mu_merge_leaf *leaf,
                            const char *name)
{
    if (strcmp(name, "build") == 0)
        return leaf->build != NULL ? leaf->build : "";
    const json_t *value = json_object_get(leaf->facts, name);
    if (value == NULL)
        return "";
    if (json_is_string(value))
        return json_string_value(value);
    char *dump = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    const char *kept = mu_arena_strndup(m->arena, dump, strlen(dump));
    free(dump);
    return kept;
}

static bool differs(const struct mu_merge *m, const char *name)
{
    for (size_t i = 1; i < m->leaves; i++)
        if (strcmp(value_of(m, &m->leaf[0], name), value_of(m, &m->leaf[i], name)) != 0)
            return true;
    return false;
}

/* "RUN, RUN and 7 more have A; RUN has B", for the first values. */
static const char *groups(const struct mu_merge *m, const char *name)
{
    struct mu_buf out = { .arena = m->arena };
    unsigned values = 0;
    for (size_t i = 0; i < m->leaves; i++) {
        const char *value = value_of(m, &m->leaf[i], name);
        size_t before = 0;
        while (before < i && strcmp(value_of(m, &m->leaf[before], name), value) != 0)
            before++;
        if (before < i)
            continue;
        if (values++ == 4) {
            mu_buf_puts(&out, "; and others");
            break;
        }
        mu_buf_printf(&out, "%s%s has %.100s", out.n > 0 ? "; " : "", m->leaf[i].run,
                      *value != '\0' ? value : "none");
    }
    return mu_buf_text(&out);
}

static bool put_conflict(struct mu_merge *m, const char *name, const char *says, struct mu_err *err)
{
    json_t *event = new_event("conflict"), *seen = json_array();
    json_object_set_new(event, "what", json_string(name));
    json_object_set_new(event, "says", json_string(says));
    for (size_t i = 0; i < m->leaves; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "run", json_string(m->leaf[i].run));
        json_object_set_new(one, "value", json_string(value_of(m, &m->leaf[i], name)));
        json_array_append_new(seen, one);
    }
    json_object_set_new(event, "seen", seen);
    m->result->conflicts++;
    mu_merge_say(m, "conflict: %s", says);
    return mu_merge_put(m, event, NULL, err);
}

static bool put_note(struct mu_merge *m, const char *says, struct mu_err *err)
{
    json_t *event = new_event("note");
    json_object_set_new(event, "text", json_string(says));
    mu_merge_say(m, "note: %s", says);
    return mu_merge_put(m, event, NULL, err);
}

/* --- parts that are missing ----------------------------------------------------------------------------------- */

static bool has_shard(const struct mu_merge *m, int64_t number, int64_t of)
{
    for (size_t i = 0; i < m->leaves; i++) {
        const json_t *shard = json_object_get(m->leaf[i].facts, "shard");
        if (mu_merge_number(shard, "number", 0) == number && mu_merge_number(shard, "of", 0) == of)
            return true;
    }
    return false;
}

bool mu_merge_has_all(const struct mu_merge *m)
{
    int64_t of = mu_merge_number(json_object_get(m->leaf[0].facts, "shard"), "of", 0);
    int64_t i = 1;
    while (i <= of && of <= MU_SHARDS_MAX && has_shard(m, i, of))
        i++;
    return i > of;
}

static bool put_missing(struct mu_merge *m, struct mu_err *err)
{
    int64_t of = mu_merge_number(json_object_get(m->leaf[0].facts, "shard"), "of", 0);
    struct mu_buf names = { .arena = m->arena };
    unsigned missing = 0;
    if (m->elsewhere == 0)
        return true;
    for (int64_t i = 1; i <= of && i <= MU_SHARDS_MAX; i++)
        if (!has_shard(m, i, of) && missing++ < 20)
            mu_buf_printf(&names, "%s%lld", names.n > 0 ? ", " : "", (long long) i);
    return put_note(m,
                    mu_arena_printf(m->arena,
                                    "%zu cases stand in shards that are not merged here: "
                                    "%s%s of %lld",
                                    m->elsewhere, mu_buf_text(&names), missing > 20 ? ", ..." : "",
                                    (long long) of),
                    err);
}

bool mu_merge_differences(struct mu_merge *m, struct mu_err *err)
{
    static const struct {
        const char *name, *says;
        bool conflict;
    } row[] = {
        { "seed", "the seeds are not the same", true },
        { "sut", "what the runs say of the system is not the same", true },
        { "build", "the adapters asked different builds of the system", true },
        { "sut_file", "the SUT files are not the same, as where addresses differ", false },
        { "muster", "the harnesses are not of one version", false },
        { "test_time", "the test times are not the same", false },
        { "isolation", "the jobs were not shut in alike, and the weakest counts", false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        if (!differs(m, row[i].name))
            continue;
        const char *says = mu_arena_printf(m->arena, "%s: %s", row[i].says, groups(m, row[i].name));
        TRY(row[i].conflict ? put_conflict(m, row[i].name, says, err) : put_note(m, says, err));
    }
    return put_missing(m, err);
}

/* --- two verdicts of one instance -------------------------------------------------------------------------------- */

bool mu_merge_conflict(struct mu_merge *m, const struct mu_merge_instance *instance,
                       struct mu_err *err)
{
    struct mu_buf says = { .arena = m->arena };
    bool conflict = false;
    json_t *event = new_event("conflict"), *seen = json_array();
    for (uint32_t t = instance->takes; t != 0;) {
        const struct mu_merge_take *take = MU_MERGE_AT(m->takes, struct mu_merge_take, t);
        const char *run = m->leaf[take->leaf].run, *verdict = mu_verdict_name(take->verdict);
        json_t *one = json_object();
        json_object_set_new(one, "run", json_string(run));
        json_object_set_new(one, "verdict", json_string(verdict));
        json_object_set_new(one, "reason", json_string(take->reason));
        json_array_append_new(seen, one);
        mu_buf_printf(&says, "%s%s%s%s in %s", says.n > 0 ? ", " : "", verdict,
                      *take->reason != '\0' ? " " : "", take->reason, run);
        conflict = conflict || take->verdict != instance->speaks->verdict;
        t = take->next;
    }
    const char *text =
        mu_arena_printf(m->arena, "%s is %s; %s stands", instance->name, mu_buf_text(&says),
                        mu_verdict_name(instance->speaks->verdict));
    json_object_set_new(event, "what", json_string("verdict"));
    json_object_set_new(event, "case", json_string(instance->name));
    json_object_set_new(event, "says", json_string(text));
    json_object_set_new(event, "seen", seen);
    if (!conflict) {
        json_decref(event);
        return true;
    }
    m->result->conflicts++;
    mu_merge_say(m, "conflict: %s", text);
    return mu_merge_put(m, event, NULL, err);
}

#include "twin/write.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "document/mutate.h"

static const struct mu_operator *operator_of(const struct mu_sin *sin, enum mu_mutate_when when)
{
    const struct mu_operator *o =
        sin != NULL && sin->write.operator!= NULL ? mu_operator_find(sin->write.operator) : NULL;
    return o != NULL && o->when == when ? o : NULL;
}

static struct mu_mutation mutation(struct mu_arena *arena, const struct mu_sin_write *write,
                                   const char *fixtures)
{
    return (struct mu_mutation){ .arena = arena,
                                 .on = write->on != NULL ? write->on : "",
                                 .value = write->value != NULL ? write->value : "",
                                 .fixtures = fixtures };
}

bool mu_twin_write_message(struct mu_arena *arena, const struct mu_sin *sin, const char *fixtures,
                           struct mu_message *message, struct mu_err *err)
{
    const struct mu_operator *o = operator_of(sin, MU_BEFORE_ENCODING);
    if (o == NULL)
        return true;
    struct mu_mutation m = mutation(arena, &sin->write, fixtures);
    return o->abstract(&m, message, err);
}

static const char *fixture_of(struct mu_arena *arena, const char *fixtures, const char *document,
                              const char *rule)
{
    static const char *const kind[] = { "eml", "label.xml" };
    for (size_t i = 0; i < MU_COUNT(kind); i++) {
        const char *path = mu_arena_printf(arena, "rules/%s/%s.fail.%s", document, rule, kind[i]);
        if (access(mu_file_join(arena, fixtures, path), R_OK) == 0)
            return path;
    }
    return NULL;
}

const char *mu_twin_bad_fixture(struct mu_arena *arena, const char *fixtures, const char *rule)
{
    const char *found = NULL;
    struct dirent **name;
    int count = scandir(mu_file_join(arena, fixtures, "rules"), &name, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (found == NULL)
            found = fixture_of(arena, fixtures, name[i]->d_name, rule);
        free(name[i]);
    }
    if (count >= 0)
        free(name);
    return found;
}

/* The message of the rule's bad fixture; or this message with the label of it. */
static bool write_bad_fixture(struct mu_arena *arena, const char *fixtures, const char *rule,
                              struct mu_bytes *octets, struct mu_err *err)
{
    const char *path = mu_twin_bad_fixture(arena, fixtures, rule);
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "rule '%s' has no bad message and no bad label", rule);
    if (strcmp(strrchr(path, '.'), ".eml") == 0)
        return mu_file_read(arena, mu_file_join(arena, fixtures, path), MU_MESSAGE_MAX, octets,
                            err);
    struct mu_sin_write write = { .value = path };
    struct mu_mutation m = mutation(arena, &write, fixtures);
    return mu_operator_find("label.raw")->octets(&m, octets, err);
}

bool mu_twin_write_octets(struct mu_arena *arena, const struct mu_sin *sin, const char *fixtures,
                          struct mu_bytes *octets, struct mu_err *err)
{
    const struct mu_operator *o = operator_of(sin, MU_AFTER_ENCODING);
    if (sin != NULL && sin->spoil != NULL)
        *octets = sin->spoil(arena, *octets);
    if (mu_sin_is(sin, MU_SIN_BAD_FIXTURE))
        return write_bad_fixture(arena, fixtures, sin->argument, octets, err);
    if (o == NULL)
        return true;
    struct mu_mutation m = mutation(arena, &sin->write, fixtures);
    return o->octets(&m, octets, err);
}

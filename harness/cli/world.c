#include "cli/world.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/xml.h"
#include "net/library.h"

static bool read_time(const char *text, int64_t *out, struct mu_err *err)
{
    struct tm tm = { 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (end == NULL || *end != '\0')
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no time like 2026-11-23T10:15:00Z", text);
    *out = (int64_t) timegm(&tm);
    return true;
}

bool mu_world_start(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    *world = (struct mu_world){ .arena = args->arena };
    mu_net_start();
    mu_xml_start();
    mu_data_init(world->arena, &world->data);
    world->test_time = (int64_t) time(NULL);
    if (args->value[MU_OPT_TEST_TIME] != NULL)
        TRY(read_time(args->value[MU_OPT_TEST_TIME], &world->test_time, err));
    struct tm tm;
    time_t t = (time_t) world->test_time;
    char text[32];
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    world->test_time_text = mu_arena_strndup(world->arena, text, strlen(text));
    return true;
}

bool mu_world_profile(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    const char *name = args->value[MU_OPT_PROFILE];
    return mu_profile_load(world->arena, &world->data, name != NULL ? name : MU_DEFAULT_PROFILE,
                           world->test_time, &world->profile, err);
}

bool mu_world_suite(struct mu_world *world, struct mu_err *err)
{
    return mu_suite_load(world->arena, &world->data, world->profile.suite_path, &world->suite, err);
}

bool mu_world_plan(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    const char *sut = args->value[MU_OPT_SUT], *select = args->value[MU_OPT_SELECT];
    if (sut == NULL)
        return mu_fail(err, MU_ERR_USAGE, "say with --sut which system is under test");
    TRY(mu_world_profile(world, args, err));
    TRY(mu_world_suite(world, err));
    TRY(mu_sut_load(world->arena, &world->data, sut, &world->sut, err));
    TRY(mu_selection_parse(world->arena, select != NULL ? select : "", &world->selection, err));
    TRY(mu_plan_make(world->arena, &world->suite, &world->sut, world->selection, &world->plan,
                     err));
    if (world->sut.expectations == NULL)
        return true;
    world->has_expectations = true;
    return mu_expectations_load(world->arena, &world->data, world->sut.expectations,
                                world->test_time, &world->expectations, err);
}

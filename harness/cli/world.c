#include "cli/world.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/names.h"
#include "cli/adapter.h"
#include "format/xml.h"
#include "net/library.h"
#include "proto/adapters.h"
#include "suite/catalogue.h"
#include "twin/twin.h"

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

static const char *adapter_name(const void *self, size_t i)
{
    const struct mu_adapter *const *adapter = self;
    return adapter[i] != NULL ? adapter[i]->name : NULL;
}

static bool check_carrier(const char *carrier, struct mu_where where, struct mu_err *err)
{
    const char *known;
    for (size_t i = 0; (known = adapter_name(mu_adapters(), i)) != NULL; i++)
        if (strcmp(known, carrier) == 0)
            return true;
    const char *near = mu_name_nearest(carrier, adapter_name, mu_adapters());
    return mu_fail_where(err, where, MU_ERR_PROFILE, "unknown carrier '%s'%s%s%s", carrier,
                         near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
                         near != NULL ? "'?" : "");
}

bool mu_world_profile_named(struct mu_world *world, const char *name, struct mu_err *err)
{
    TRY(mu_profile_load(world->arena, &world->data, name, world->test_time, &world->profile, err));
    const struct mu_profile *p = &world->profile;
    return p->sap || check_carrier(p->carrier, p->carrier_where, err);
}

bool mu_world_profile(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    const char *name = args->value[MU_OPT_PROFILE];
    return mu_world_profile_named(world, name != NULL ? name : MU_DEFAULT_PROFILE, err);
}

bool mu_world_suite(struct mu_world *world, struct mu_err *err)
{
    const struct mu_profile *p = &world->profile;
    TRY(mu_suite_load(world->arena, &world->data, p->suite_file, p->suite_files, &world->suite,
                      err));
    mu_suite_switch(p, &world->suite);
    return true;
}

static const char *const *sin_names(struct mu_arena *arena, size_t *count)
{
    size_t n = 0;
    while (mu_sin_at(n) != NULL)
        n++;
    const char **name = mu_arena_array(arena, n + 1, sizeof *name);
    for (*count = 0; *count < n; (*count)++)
        name[*count] = mu_sin_at(*count)->name;
    return name;
}

static void print_lint(const struct mu_lint *lint)
{
    struct mu_err place;
    char text[600];
    (void) mu_fail_where(&place, lint->where, MU_ERR_PROFILE, "%s", lint->message);
    mu_err_text(&place, text, sizeof text);
    printf("%s%s %s\n", lint->number, lint->error ? "" : " (advice)", text);
}

size_t mu_world_lint(struct mu_world *world, bool print, size_t *errors)
{
    struct mu_arena *scratch = mu_arena_new((size_t) 1 << 30); /* every text of every instance */
    struct mu_lint_world lint_world = { .data = &world->data,
                                        .profile = &world->profile,
                                        .judged = print };
    lint_world.sin = sin_names(scratch, &lint_world.sins);
    struct mu_lint *lint;
    size_t n = mu_suite_lint(scratch, &world->suite, &lint_world, &lint);
    *errors = 0;
    for (size_t i = 0; i < n; i++) {
        *errors += lint[i].error;
        if (print || lint[i].error)
            print_lint(&lint[i]);
    }
    mu_arena_free(scratch);
    return n;
}

/* The suite layer does not know which adapters there are. */
static bool check_carriers(const struct mu_world *world, struct mu_err *err)
{
    const struct mu_sut *sut = &world->sut;
    for (size_t i = 0; i < sut->addresses; i++)
        TRY(check_carrier(sut->address[i].carrier, sut->address[i].where, err));
    for (size_t i = 0; i < sut->endpoints; i++)
        TRY(check_carrier(sut->endpoint[i].carrier, sut->endpoint[i].where, err));
    return true;
}

bool mu_world_cases(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    TRY(mu_world_profile(world, args, err));
    TRY(mu_world_suite(world, err));
    size_t errors;
    (void) mu_world_lint(world, false, &errors);
    if (errors > 0)
        return mu_fail(err, MU_ERR_PROFILE, "the suite has %zu errors; see above", errors);
    malloc_trim(0); /* what lint took; a heap that stays large stays in every job */
    return true;
}

/* "2/4". Digits and nothing else, so that no slip makes another part of it. */
static bool read_shard(const char *text, struct mu_plan *plan, struct mu_err *err)
{
    static const char digit[] = "0123456789";
    unsigned long part[2];
    if (text == NULL)
        return true;
    const char *at = text;
    for (int i = 0; i < 2; i++) {
        size_t n = strspn(at, digit);
        part[i] = n > 0 && n <= 6 ? strtoul(at, NULL, 10) : 0;
        at += n;
        if (*at != "/"[i] || part[i] == 0 || part[i] > MU_SHARDS_MAX
            || (i == 1 && part[0] > part[1]))
            return mu_fail(err, MU_ERR_USAGE,
                           "--shard wants I/N as in 2/4, with I from 1 to N and N at most %d, not "
                           "'%.40s'",
                           MU_SHARDS_MAX, text);
        at++;
    }
    mu_plan_shard(plan, (struct mu_shard){ (uint32_t) part[0], (uint32_t) part[1] });
    return true;
}

bool mu_world_choose(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    const char *sut = args->value[MU_OPT_SUT], *select = args->value[MU_OPT_SELECT];
    if (sut != NULL)
        TRY(mu_sut_load(world->arena, &world->data, sut, &world->sut, err));
    else
        TRY(mu_adapter_sut(world, args, err));
    world->sut.unclaimed = args->value[MU_OPT_UNCLAIMED] != NULL;
    TRY(check_carriers(world, err));
    TRY(mu_selection_parse(world->arena, select != NULL ? select : "", &world->selection, err));
    TRY(mu_plan_make(world->arena, &world->suite, &world->sut, world->selection, &world->plan,
                     err));
    TRY(read_shard(args->value[MU_OPT_SHARD], &world->plan, err));
    malloc_trim(0); /* the same of planning */
    if (world->sut.expectations == NULL)
        return true;
    world->has_expectations = true;
    TRY(mu_expectations_load(world->arena, &world->data, world->sut.expectations, world->test_time,
                             &world->expectations, err));
    return mu_expectations_check(world->arena, &world->expectations, &world->plan, err);
}

bool mu_world_plan(struct mu_world *world, const struct mu_arguments *args, struct mu_err *err)
{
    bool sut = args->value[MU_OPT_SUT] != NULL, adapter = args->value[MU_OPT_ADAPTER] != NULL;
    if (sut == adapter)
        return mu_fail(err, MU_ERR_USAGE,
                       sut ? "--sut and --adapter cannot be given together"
                           : "say with --sut or --adapter which system is under test");
    TRY(mu_world_cases(world, args, err));
    return mu_world_choose(world, args, err);
}

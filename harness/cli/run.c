#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/report_job.h"
#include "cli/version.h"
#include "cli/world.h"
#include "format/library.h"
#include "net/library.h"
#include "proto/adapters.h"
#include "run/run.h"
#include "suite/engine.h"

/* --- progress ----------------------------------------------------------------------------------------- */

struct progress {
    size_t done, all, bad;
    bool bar; /* a terminal: one line that is redrawn */
    bool quiet;
};

static void draw_bar(const struct progress *p)
{
    enum { WIDTH = 40 };
    char bar[WIDTH + 1];
    size_t filled = p->all > 0 ? p->done * WIDTH / p->all : WIDTH;
    memset(bar, '.', WIDTH);
    memset(bar, '#', filled);
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %zu/%zu, %zu not as they should be", bar, p->done, p->all, p->bad);
    if (p->done == p->all)
        fputc('\n', stderr);
}

static void show(void *self, const char *name, enum mu_verdict verdict, const char *reason)
{
    struct progress *p = self;
    p->done++;
    bool bad = verdict > MU_REMARKS;
    p->bad += bad;
    if (p->bar && bad)
        fprintf(stderr, "\r\033[K%s: %s %s\n", name, mu_verdict_name(verdict), reason);
    if (p->bar)
        draw_bar(p);
    else if (!p->quiet)
        fprintf(stderr, "%zu/%zu %s: %s%s%s\n", p->done, p->all, name, mu_verdict_name(verdict),
                reason[0] != '\0' ? " " : "", reason);
}

/* --- run ------------------------------------------------------------------------------------------------ */

static const char *default_out(struct mu_arena *arena)
{
    time_t now = time(NULL);
    struct tm tm;
    char stamp[32];
    gmtime_r(&now, &tm);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &tm);
    return mu_arena_printf(arena, "muster-runs/%s-%04lx", stamp, (long) getpid() & 0xffff);
}

static bool read_options(const struct mu_arguments *args, struct mu_world *world,
                         struct mu_run_options *o, struct mu_err *err)
{
    long jobs, seed, inconclusive;
    TRY(mu_argument_number(args, MU_OPT_JOBS, 1, MU_JOBS_MAX, 1, &jobs, err));
    TRY(mu_argument_number(args, MU_OPT_SEED, 0, 2147483647, 1, &seed, err));
    TRY(mu_argument_number(args, MU_OPT_INCONCLUSIVE, 0, 1000000, 0, &inconclusive, err));
    const char *resume = args->value[MU_OPT_RESUME], *out = args->value[MU_OPT_OUT];
    const char *isolation = args->value[MU_OPT_ISOLATION], *select = args->value[MU_OPT_SELECT];
    *o = (struct mu_run_options){
        .out = resume != NULL ? resume
               : out != NULL  ? out
                              : default_out(args->arena),
        .version = MU_VERSION,
        .test_time = world->test_time_text,
        .selection = select != NULL ? select : "",
        .openssl = mu_net_library_version(),
        .libxml2 = mu_xml_library_version(),
        .jobs = (size_t) jobs,
        .seed = (uint64_t) seed,
        .isolation = MU_ISOLATION_FULL,
        .resume = resume != NULL,
        .key_log = args->value[MU_OPT_KEY_LOG] != NULL,
        .no_evidence = args->value[MU_OPT_NO_EVIDENCE] != NULL,
        .inconclusive_max = (size_t) inconclusive,
        .environment = args->environment,
        .say_fd = STDERR_FILENO,
    };
    if (isolation != NULL && !mu_isolation_from_name(isolation, &o->isolation))
        return mu_fail(err, MU_ERR_USAGE, "unknown isolation '%s'; there are full, fork and none",
                       isolation);
    return true;
}

/* A run without a test time of its own goes on with the one it began with. */
static bool resumed_time(const char *dir, struct mu_arguments *args, struct mu_err *err)
{
    char line[4096];
    const char *path = mu_arena_printf(args->arena, "%s/run.jsonl", dir);
    FILE *f = fopen(path, "re");
    bool read = f != NULL && fgets(line, sizeof line, f) != NULL;
    if (f != NULL)
        fclose(f);
    static const char key[] = "\"test_time\":\"";
    const char *at = read ? strstr(line, key) : NULL;
    if (at == NULL || strlen(at) < sizeof key + 20)
        return mu_fail(err, MU_ERR_USAGE, "'%s' holds no run that can be resumed", dir);
    args->value[MU_OPT_TEST_TIME] = mu_arena_strndup(args->arena, at + sizeof key - 1, 20);
    return true;
}

static bool run_world(const struct mu_arguments *args, struct mu_world *world,
                      struct mu_run_options *options, struct mu_run_result *result,
                      struct mu_err *err)
{
    struct progress progress = { .all = world->plan.ins,
                                 .bar = isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL,
                                 .quiet = args->value[MU_OPT_SHORT] != NULL };
    struct mu_engine_options engine_options = {
        .data = &world->data,
        .profile = &world->profile,
        .sut = &world->sut,
        .suite = &world->suite,
        .plan = &world->plan,
        .expectations = world->has_expectations ? &world->expectations : NULL,
        .adapters = mu_adapters(),
        .test_time = world->test_time,
        .progress = show,
        .progress_self = &progress,
    };
    struct mu_engine *engine;
    TRY(mu_engine_new(args->arena, &engine_options, &engine, err));
    if (options->isolation != MU_ISOLATION_FULL)
        fprintf(stderr, "muster: isolation is '%s': jobs are not sealed\n",
                mu_isolation_name(options->isolation));
    return mu_run(mu_engine_host(engine), options, result, err);
}

bool mu_cli_run(const struct mu_arguments *given, enum mu_exit *status, struct mu_err *err)
{
    struct mu_arguments args = *given;
    struct mu_world world;
    struct mu_run_options options;
    struct mu_run_result result;
    const char *resume = args.value[MU_OPT_RESUME];
    if (resume != NULL && args.value[MU_OPT_OUT] != NULL)
        return mu_fail(err, MU_ERR_USAGE, "--resume names the folder; --out cannot be given, too");
    if (resume != NULL && args.value[MU_OPT_TEST_TIME] == NULL)
        TRY(resumed_time(resume, &args, err));
    TRY(mu_world_start(&world, &args, err));
    TRY(read_options(&args, &world, &options, err));
    TRY(mu_world_plan(&world, &args, err));
    TRY(run_world(&args, &world, &options, &result, err));

    const char *sheets = mu_data_find(&world.data, args.arena, "reports");
    struct mu_report_order order = { .run = options.out,
                                     .sheets = sheets,
                                     .unsealed = options.isolation != MU_ISOLATION_FULL };
    if (sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(mu_make_reports(args.arena, &order, err));
    TRY(mu_print_summary(options.out, args.value[MU_OPT_SHORT] != NULL, order.unsealed, err));
    printf("report: %s/report.html\n", options.out);
    *status = result.exit;
    return true;
}

bool mu_cli_plan(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_world world;
    char name[MU_NAME_TEXT];
    TRY(mu_world_start(&world, args, err));
    TRY(mu_world_plan(&world, args, err));
    const struct mu_plan *plan = &world.plan;
    for (size_t i = 0; i < plan->ins; i++) {
        const struct mu_planned *p = &plan->in[i];
        mu_case_name(world.suite.cases[p->case_index], p->instance, name);
        printf("in   %s%s\n", name, (p->flags & MU_PLANNED_EXCLUSIVE) != 0 ? "  (exclusive)" : "");
    }
    for (size_t i = 0; i < plan->outs; i++) {
        const struct mu_left_out *o = &plan->out[i];
        mu_case_name(world.suite.cases[o->case_index], o->instance, name);
        printf("out  %s  %s\n", name, o->reason);
    }
    printf("%zu in, %zu out\n", plan->ins, plan->outs);
    *status = MU_EXIT_OK;
    return true;
}

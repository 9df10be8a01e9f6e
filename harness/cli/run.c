#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/github.h"
#include "cli/manifest.h"
#include "cli/report_job.h"
#include "cli/watch.h"
#include "cli/words.h"
#include "cli/world_run.h"
#include "report/health.h"
#include "report/manifest.h"
#include "suite/substitute.h"

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
    if (p->done > p->all) /* retries were not foreseen */
        p->all = p->done;
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

/* One of "fail=2", "inconclusive=1", "error=1". */
static bool read_retry(const char *term, struct mu_tries *tries, struct mu_err *err)
{
    const char *equals = strchr(term, '=');
    char word[32] = "", *end = NULL;
    if (equals != NULL)
        snprintf(word, sizeof word, "%.*s", (int) (equals - term), term);
    enum mu_verdict verdict;
    if (equals == NULL || !mu_verdict_from_name(word, &verdict) || verdict < MU_INCONCLUSIVE)
        return mu_fail(err, MU_ERR_USAGE,
                       "--retry takes fail=N, inconclusive=N and error=N, not '%s'", term);
    long n = strtol(equals + 1, &end, 10);
    if (end == equals + 1 || *end != '\0' || n < 1 || n >= MU_TRIES_MAX)
        return mu_fail(err, MU_ERR_USAGE, "--retry %s: a number from 1 to %d is wanted", term,
                       MU_TRIES_MAX - 1);
    tries->retry[verdict] = (uint8_t) n;
    return true;
}

static bool read_retries(const struct mu_arguments *args, const char *text, struct mu_tries *tries,
                         struct mu_err *err)
{
    for (size_t n; *text != '\0'; text += n + (text[n] == ',')) {
        n = strcspn(text, ",");
        TRY(read_retry(mu_arena_strndup(args->arena, text, n), tries, err));
    }
    return true;
}

/* Retries ask whether it was chance, repeats how often it is: not both in one run. */
static bool read_tries(const struct mu_arguments *args, struct mu_tries *tries, struct mu_err *err)
{
    const char *retry = args->value[MU_OPT_RETRY], *final = args->value[MU_OPT_FINAL];
    bool until_fail = args->value[MU_OPT_UNTIL_FAIL] != NULL;
    long repeat;
    *tries = (struct mu_tries){ .until_fail = until_fail };
    TRY(mu_argument_number(args, MU_OPT_REPEAT, 1, MU_TRIES_MAX, until_fail ? MU_TRIES_MAX : 1,
                           &repeat, err));
    tries->repeat = (uint8_t) repeat;
    if (retry != NULL && repeat > 1)
        return mu_fail(err, MU_ERR_USAGE, "--retry and --repeat cannot be given together");
    if (retry != NULL)
        TRY(read_retries(args, retry, tries, err));
    tries->final = repeat > 1 ? MU_FINAL_WORST : MU_FINAL_FIRST;
    if (final != NULL && !mu_final_from_name(final, &tries->final))
        return mu_fail(err, MU_ERR_USAGE, "--final is first, last or worst, not '%s'", final);
    if (final != NULL && mu_tries_of(tries) == 1)
        return mu_fail(err, MU_ERR_USAGE, "--final needs --retry or --repeat");
    return true;
}

/* Hexadecimal digits, so that it can be noted and typed again. */
static bool read_nonce(const char *text, struct mu_err *err)
{
    size_t n = text != NULL ? strspn(text, "0123456789abcdef") : MU_NONCE_LEAST;
    if (n >= MU_NONCE_LEAST && n <= MU_NONCE_MAX && (text == NULL || text[n] == '\0'))
        return true;
    return mu_fail(err, MU_ERR_USAGE, "--nonce wants %d to %d digits 0-9 and a-f, not '%.80s'",
                   MU_NONCE_LEAST, MU_NONCE_MAX, text);
}

/* What makes no sense without content, or would let some through. */
static bool read_content(const struct mu_arguments *args, struct mu_run_options *o,
                         struct mu_err *err)
{
    const char *key = args->value[MU_OPT_CONTENT_KEY];
    o->no_content = args->value[MU_OPT_NO_CONTENT] != NULL;
    if (!o->no_content && key != NULL)
        return mu_fail(err, MU_ERR_USAGE, "--content-key is for --no-content");
    if (!o->no_content)
        return true;
    if (o->key_log)
        return mu_fail(err, MU_ERR_USAGE,
                       "--key-log opens what was said: it cannot be given with --no-content");
    if (o->isolation != MU_ISOLATION_FULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "--no-content wants sealed jobs: --isolation cannot be given with it");
    if (key == NULL)
        return true;
    TRY(mu_file_read(args->arena, key, MU_CONTENT_KEY_MAX, &o->content_key, err));
    if (o->content_key.n > 0 && o->content_key.p[o->content_key.n - 1] == '\n')
        o->content_key.n--; /* an editor's */
    if (o->content_key.n < MU_CONTENT_KEY_LEAST)
        return mu_fail(err, MU_ERR_USAGE, "the key in '%s' is too short: %d octets are the least",
                       key, MU_CONTENT_KEY_LEAST);
    return true;
}

static bool read_evidence(const struct mu_arguments *args, struct mu_run_options *o,
                          struct mu_err *err)
{
    o->no_evidence = args->value[MU_OPT_NO_EVIDENCE] != NULL;
    if (args->value[MU_OPT_EVIDENCE] != NULL
        && (o->no_evidence || args->value[MU_OPT_NO_CONTENT] != NULL))
        return mu_fail(err, MU_ERR_USAGE,
                       "--evidence says where evidence stands: it cannot be given with %s",
                       o->no_evidence ? "--no-evidence" : "--no-content");
    return mu_world_keep(args, &o->keep, err);
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
    *o = mu_world_run_options(world,
                              resume != NULL ? resume
                              : out != NULL  ? out
                                             : default_out(args->arena),
                              args->environment);
    o->selection = select != NULL ? select : "";
    o->jobs = (size_t) jobs;
    o->seed = (uint64_t) seed;
    o->resume = resume != NULL;
    o->key_log = args->value[MU_OPT_KEY_LOG] != NULL;
    TRY(read_evidence(args, o, err));
    o->inconclusive_max = (size_t) inconclusive;
    o->say_fd = STDERR_FILENO;
    o->nonce = args->value[MU_OPT_NONCE];
    TRY(read_nonce(o->nonce, err));
    TRY(read_tries(args, &o->tries, err));
    if (isolation != NULL && !mu_isolation_from_name(isolation, &o->isolation))
        return mu_fail(err, MU_ERR_USAGE, "unknown isolation '%s'; there are full, fork and none",
                       isolation);
    return read_content(args, o, err);
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

/* What is known of the suite that is about to run. */
static bool read_health(struct mu_world *world, const struct mu_health **out, struct mu_err *err)
{
    const char *path = mu_data_find(&world->data, world->arena, MU_HEALTH_FILE);
    struct mu_health *health = mu_new(world->arena, struct mu_health);
    health->profile = world->profile.id;
    health->suite = mu_arena_printf(world->arena, "sha256:%s", world->suite.digest);
    health->rules = mu_arena_printf(world->arena, "sha256:%s", world->profile.rules_digest);
    *out = health;
    return mu_health_read(world->arena, path, health, err);
}

static bool run_world(const struct mu_arguments *args, struct mu_world *world,
                      struct mu_run_options *options, struct mu_run_result *result,
                      struct mu_err *err)
{
    size_t rounds = options->tries.repeat > 1 ? options->tries.repeat : 1;
    struct progress progress = { .all = (world->plan.ins - world->plan.elsewhere) * rounds,
                                 .bar = isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL,
                                 .quiet = args->value[MU_OPT_SHORT] != NULL };
    struct mu_engine_options engine_options = mu_world_engine_options(world);
    engine_options.expectations = world->has_expectations ? &world->expectations : NULL;
    engine_options.no_content = options->no_content;
    engine_options.progress = show;
    engine_options.progress_self = &progress;
    struct mu_engine *engine;
    TRY(read_health(world, &options->health, err));
    TRY(mu_engine_new(args->arena, &engine_options, &engine, err));
    if (options->isolation != MU_ISOLATION_FULL)
        fprintf(stderr, "muster: isolation is '%s': jobs are not sealed\n",
                mu_isolation_name(options->isolation));
    return mu_run(mu_engine_host(engine), options, result, err);
}

/* With --watch somebody else makes the page while it goes on, and has left when this comes back. */
static bool run_watched(const struct mu_arguments *args, struct mu_world *world,
                        struct mu_run_options *options, const struct mu_report_order *order,
                        struct mu_run_result *result, struct mu_err *err)
{
    MU_CLEANUP(mu_watch_stop) struct mu_watch watch = { .pid = 0 };
    if (args->value[MU_OPT_WATCH] != NULL) {
        TRY(mu_watch_start(order, &watch, err));
        fprintf(stderr, "muster: while the run goes on, its page is %s/report.html\n",
                options->out);
    }
    return run_world(args, world, options, result, err);
}

static bool send_message_file(struct mu_world *world, const char *path, struct mu_err *err)
{
    const struct mu_case *only;
    return path == NULL
           || (mu_plan_only_case(&world->plan, &only, err)
               && mu_case_send_file(world->arena, &world->suite, only,
                                    mu_file_real(world->arena, path), err));
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
    if (resume != NULL)
        TRY(mu_manifest_may_change(args.arena, resume, NULL, err));
    if (resume != NULL && args.value[MU_OPT_TEST_TIME] == NULL)
        TRY(resumed_time(resume, &args, err));
    TRY(mu_world_start(&world, &args, err));
    TRY(read_options(&args, &world, &options, err));
    const struct mu_event_words *words; /* before the run: a map that is wrong must not cost one */
    TRY(mu_event_words_load(args.arena, &world.data, args.value[MU_OPT_WORDS], &words, err));
    TRY(mu_world_plan(&world, &args, err));
    mu_plan_shuffle(world.arena, &world.plan, options.seed, world.test_time);
    TRY(send_message_file(&world, args.value[MU_OPT_MESSAGE_FILE], err));

    const char *sheets = mu_data_find(&world.data, args.arena, "reports");
    struct mu_report_order order = { .run = options.out,
                                     .sheets = sheets,
                                     .summary = true,
                                     .brief = args.value[MU_OPT_SHORT] != NULL,
                                     .words = words,
                                     .unsealed = options.isolation != MU_ISOLATION_FULL };
    if (sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(run_watched(&args, &world, &options, &order, &result, err));
    TRY(mu_make_reports(args.arena, &order, err));
    TRY(mu_manifest_make(args.arena, options.out, err));
    mu_world_say_places(args.arena, options.out);
    mu_github_show(args.arena, &order);
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
        if ((p->flags & MU_PLANNED_ELSEWHERE) != 0)
            continue;
        mu_case_name(world.suite.cases[p->case_index], p->instance, name);
        printf("in   %s%s\n", name, (p->flags & MU_PLANNED_EXCLUSIVE) != 0 ? "  (exclusive)" : "");
    }
    for (size_t i = 0; i < plan->outs; i++) {
        const struct mu_left_out *o = &plan->out[i];
        mu_case_name(world.suite.cases[o->case_index], o->instance, name);
        printf("out  %s  %s\n", name, o->reason);
    }
    for (size_t i = 0; i < plan->ins; i++) {
        const struct mu_planned *p = &plan->in[i];
        mu_case_name(world.suite.cases[p->case_index], p->instance, name);
        if ((p->flags & MU_PLANNED_ELSEWHERE) != 0)
            printf("out  %s  " MU_SHARD_REASON "\n", name);
    }
    printf("%zu in, %zu out\n", plan->ins - plan->elsewhere, plan->outs + plan->elsewhere);
    *status = MU_EXIT_OK;
    return true;
}

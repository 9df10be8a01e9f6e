#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/version.h"
#include "cli/world.h"
#include "format/library.h"
#include "net/library.h"
#include "net/pki.h"
#include "proto/adapters.h"
#include "run/run.h"
#include "suite/engine.h"
#include "suite/read.h"
#include "twin/twin.h"

#define READY_MS 20000

/* Everything of one self-test; one run per sin, each in a folder of its own. */
struct selftest {
    const struct mu_arguments *args;
    struct mu_arena *arena;
    const char *dir;  /* work folder */
    const char *self; /* this program */
    const char *template;
    const char *clearances; /* folder of fixtures */
    long jobs;
    pid_t twin[2];
    size_t twins;
    size_t lies; /* what was not as it should be */
};

/* --- folders and ports ----------------------------------------------------------------------------- */

/* A port that nobody listens at and that is not `avoid`, below the range that the kernel hands out
 * by itself. */
static bool free_address(struct mu_arena *arena, const char *avoid, const char **out,
                         struct mu_err *err)
{
    for (unsigned i = 0; i < 500; i++) {
        unsigned port = 20000 + ((unsigned) getpid() * 31 + i * 7919) % 12000;
        const char *text = mu_arena_printf(arena, "127.0.0.1:%u", port);
        struct mu_address a;
        TRY(mu_address_parse(text, &a, err));
        int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bool found = bind(fd, (struct sockaddr *) &a.sa, a.size) == 0 && listen(fd, 1) == 0
                     && (avoid == NULL || strcmp(avoid, text) != 0);
        close(fd);
        if (!found)
            continue;
        *out = text;
        return true;
    }
    return mu_fail(err, MU_ERR_IO, "no free port between 20000 and 32000");
}

/* --- twins -------------------------------------------------------------------------------------------- */

/* Wait until the twin has written where it listens. */
static bool wait_ready(struct selftest *t, const char *path, pid_t pid, const char **address,
                       struct mu_err *err)
{
    uint64_t deadline = mu_clock_ms() + READY_MS;
    while (mu_clock_left(deadline) > 0) {
        struct mu_bytes text;
        if (access(path, R_OK) == 0 && mu_file_read(t->arena, path, 128, &text, err)
            && text.n > 0) {
            *address = mu_bytes_dup(t->arena, mu_bytes_trim(text));
            return true;
        }
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid)
            return mu_fail(err, MU_ERR_IO, "the twin ended before it could be reached");
        struct timespec pause = { .tv_nsec = 2000000 };
        nanosleep(&pause, NULL);
    }
    return mu_fail(err, MU_ERR_IO, "the twin could not be reached in time");
}

static bool start_twin(struct selftest *t, const char *role, const char *next, const char *maildir,
                       const char *sin, const char **address, struct mu_err *err)
{
    const char *ready = mu_arena_printf(t->arena, "%s/%s.ready", t->dir, role);
    const char *pki = mu_arena_printf(t->arena, "%s/pki", t->dir);
    const char *argv[24] = { t->self,       "twin",  "--role", role,      "--listen",
                             "127.0.0.1:0", "--pki", pki,      "--ready", ready };
    size_t n = 10;
    const char *clearances = next != NULL ? t->clearances : NULL;
    const char *const more[][2] = { { "--next", next },
                                    { "--clearances", clearances },
                                    { "--maildir", maildir },
                                    { "--sin", sin } };
    if (next != NULL)
        argv[n++] = "--translate";
    for (size_t i = 0; i < MU_COUNT(more); i++)
        if (more[i][1] != NULL) {
            argv[n++] = more[i][0];
            argv[n++] = more[i][1];
        }
    unlink(ready);
    pid_t pid;
    int rc = posix_spawn(&pid, t->self, NULL, NULL, (char *const *) (uintptr_t) argv,
                         t->args->environment);
    if (rc != 0) {
        errno = rc;
        return mu_fail_sys(err, "cannot start the twin");
    }
    t->twin[t->twins++] = pid;
    return wait_ready(t, ready, pid, address, err);
}

static void stop_twins(struct selftest *t)
{
    while (t->twins > 0) {
        pid_t pid = t->twin[--t->twins];
        kill(pid, SIGTERM);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}

/* --- the SUT file -------------------------------------------------------------------------------------- */

struct filling {
    const char *name, *value;
};

static bool write_sut(struct selftest *t, const char *path, const struct filling *fill, size_t n,
                      struct mu_err *err)
{
    struct mu_bytes text;
    TRY(mu_file_read(t->arena, t->template, MU_OPERATOR_FILE_MAX, &text, err));
    struct mu_buf out = { .arena = t->arena };
    for (size_t at = 0; at < text.n;) {
        const struct filling *f = NULL;
        for (size_t i = 0; i < n && f == NULL; i++)
            if (mu_bytes_equal(mu_bytes_slice(text, at, strlen(fill[i].name)),
                               mu_bytes_of(fill[i].name)))
                f = &fill[i];
        if (f != NULL)
            mu_buf_puts(&out, f->value);
        else
            mu_buf_putc(&out, text.p[at]);
        at += f != NULL ? strlen(f->name) : 1;
    }
    return mu_file_replace(path, mu_buf_bytes(&out), 0644, err);
}

/* --- one run -------------------------------------------------------------------------------------------- */

/* What came of each case of the suite, over its instances. */
struct tally {
    size_t pass, fail, control_failed, other;
};

struct outcome {
    const struct mu_suite *suite;
    struct tally *tally; /* one a case */
};

static void count(void *self, const char *name, enum mu_verdict verdict, const char *reason)
{
    struct outcome *o = self;
    char id[MU_NAME_TEXT];
    snprintf(id, sizeof id, "%.*s", (int) strcspn(name, "["), name);
    const struct mu_case *c = mu_suite_find(o->suite, id);
    struct tally *tally = &o->tally[c->index];
    if (verdict == MU_PASS || verdict == MU_REMARKS)
        tally->pass++;
    else if (verdict == MU_FAIL)
        tally->fail++;
    else if (verdict == MU_INCONCLUSIVE
             && (strcmp(reason, "control-failed") == 0 || strcmp(reason, "probe-failed") == 0))
        tally->control_failed++;
    else
        tally->other++;
}

static bool run_once(struct selftest *t, struct mu_world *world, const char *out,
                     struct outcome *outcome, struct mu_run_result *result, struct mu_err *err)
{
    struct mu_engine *engine;
    *outcome = (struct outcome){ .suite = &world->suite };
    outcome->tally = mu_arena_array(t->arena, world->suite.count, sizeof *outcome->tally);
    struct mu_engine_options engine_options = { .data = &world->data,
                                                .profile = &world->profile,
                                                .sut = &world->sut,
                                                .suite = &world->suite,
                                                .plan = &world->plan,
                                                .adapters = mu_adapters(),
                                                .test_time = world->test_time,
                                                .progress = count,
                                                .progress_self = outcome };
    struct mu_run_options options = { .out = out,
                                      .version = MU_VERSION,
                                      .test_time = world->test_time_text,
                                      .selection = "",
                                      .openssl = mu_net_library_version(),
                                      .libxml2 = mu_xml_library_version(),
                                      .jobs = (size_t) t->jobs,
                                      .seed = 1,
                                      .isolation = MU_ISOLATION_FULL,
                                      .environment = t->args->environment,
                                      .say_fd = -1 };
    TRY(mu_engine_new(t->arena, &engine_options, &engine, err));
    return mu_run(mu_engine_host(engine), &options, result, err);
}

static bool run_against(struct selftest *t, const char *sin, struct mu_world *world,
                        struct outcome *outcome, struct mu_run_result *result, struct mu_err *err)
{
    const char *name = sin != NULL ? sin : "virtuous", *receiver, *relay, *collect, *sender;
    const char *out = mu_arena_printf(t->arena, "%s/%s", t->dir, name);
    const char *maildir = mu_arena_printf(t->arena, "%s/%s.maildir", t->dir, name);
    const char *sut = mu_arena_printf(t->arena, "%s/%s.xml", t->dir, name);
    TRY(free_address(t->arena, NULL, &collect, err));
    TRY(free_address(t->arena, collect, &sender, err));
    TRY(start_twin(t, "receiver", NULL, maildir, sin, &receiver, err));
    TRY(start_twin(t, "relay", collect, NULL, sin, &relay, err));
    const struct filling fill[] = {
        { "@RECEIVER@", receiver },
        { "@RELAY@", relay },
        { "@COLLECT@", collect },
        { "@SENDER@", sender },
        { "@MAILDIR@", maildir },
        { "@MUSTER@", t->self },
        { "@PKI@", mu_arena_printf(t->arena, "%s/pki", t->dir) },
    };
    TRY(write_sut(t, sut, fill, MU_COUNT(fill), err));

    struct mu_arguments args = *t->args;
    args.arena = t->arena;
    args.value[MU_OPT_SUT] = sut;
    args.value[MU_OPT_SELECT] = NULL;
    TRY(mu_world_start(world, &args, err));
    TRY(mu_world_plan(world, &args, err));
    return run_once(t, world, out, outcome, result, err);
}

/* --- judging -------------------------------------------------------------------------------------------- */

static void lie(struct selftest *t, const char *sin, const struct mu_case *c, const char *what)
{
    t->lies++;
    printf("  %s: %s: %s\n", sin != NULL ? sin : "virtuous", c->id, what);
}

/* A case that names the sin fails in one instance at least, unless the sin already broke its control;
 * a case that does not name it passes, or its control failed. */
static size_t judge(struct selftest *t, const char *sin, const struct outcome *o)
{
    size_t killers = 0;
    for (size_t i = 0; i < o->suite->count; i++) {
        const struct mu_case *c = o->suite->cases[i];
        const struct tally *tally = &o->tally[i];
        bool named = sin != NULL && mu_words_hold(c->sins, sin);
        bool ran = tally->pass + tally->fail + tally->control_failed + tally->other > 0;
        if (tally->other > 0)
            lie(t, sin, c, "neither passes nor fails");
        if (!named && tally->fail > 0)
            lie(t, sin, c, sin == NULL ? "fails" : "fails although it does not name this sin");
        if (named && ran && tally->fail == 0 && tally->control_failed == 0)
            lie(t, sin, c, "names this sin and does not fail");
        if (sin == NULL && tally->control_failed > 0)
            lie(t, sin, c, "was not tried: its control failed");
        killers += named && tally->fail > 0;
    }
    return killers;
}

static bool test_one(struct selftest *t, const char *sin, struct mu_err *err)
{
    struct mu_world *world = mu_new(t->arena, struct mu_world);
    struct outcome outcome;
    struct mu_run_result result;
    bool ok = run_against(t, sin, world, &outcome, &result, err);
    stop_twins(t);
    TRY(ok);
    size_t before = t->lies, killers = judge(t, sin, &outcome);
    if (sin != NULL && killers == 0) {
        printf("  %s: no case caught it\n", sin);
        t->lies++;
    }
    if (sin == NULL && (result.late > 0 || result.trouble > 0)) {
        puts("  virtuous: late mail, or a path that did not come through");
        t->lies++;
    }
    printf("%-4s %-30s %zu pass, %zu fail, %zu cases caught it\n", t->lies == before ? "ok" : "BAD",
           sin != NULL ? sin : "virtuous", result.count[MU_PASS] + result.count[MU_REMARKS],
           result.count[MU_FAIL], killers);
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void) st, (void) type, (void) ftw;
    return remove(path);
}

/* What nobody will look at any more: a folder of our own, after a self-test without a finding. */
static void tidy_up(const struct selftest *t)
{
    if (t->lies == 0 && t->args->value[MU_OPT_OUT] == NULL)
        nftw(t->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    else
        printf("the runs are in %s\n", t->dir);
}

/* --- the command ------------------------------------------------------------------------------------------ */

static bool make_dir(struct selftest *t, struct mu_err *err)
{
    const char *out = t->args->value[MU_OPT_OUT];
    if (out != NULL) {
        TRY(mu_file_make_dir(out, 0755, err));
        char *full = realpath(out, NULL);
        if (full == NULL)
            return mu_fail_sys(err, "cannot find '%s'", out);
        t->dir = mu_arena_strndup(t->arena, full, strlen(full));
        free(full);
    } else {
        const char *tmp = getenv("TMPDIR");
        char *path =
            mu_arena_printf(t->arena, "%s/muster-selftest-XXXXXX", tmp != NULL ? tmp : "/tmp");
        t->dir = mkdtemp(path);
        if (t->dir == NULL)
            return mu_fail_sys(err, "cannot make a folder for the self-test");
    }
    return mu_pki_new(mu_arena_printf(t->arena, "%s/pki", t->dir), err);
}

static bool find_self(struct selftest *t, struct mu_err *err)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n < 0)
        return mu_fail_sys(err, "cannot find this program");
    t->self = mu_arena_strndup(t->arena, path, (size_t) n);
    struct mu_data data;
    mu_data_init(t->arena, &data);
    t->template = mu_data_find(&data, t->arena, "fixtures/sut/twin/twin.xml.in");
    t->clearances = mu_data_find(&data, t->arena, "fixtures/clearances");
    if (t->template == NULL || t->clearances == NULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "no 'fixtures/sut/twin/twin.xml.in' or no 'fixtures/clearances'");
    return true;
}

/* A list of words, each of them a sin; NULL: all of them. */
static bool check_sins(struct mu_arena *arena, const char *only, struct mu_err *err)
{
    const char **word;
    size_t words = only != NULL ? mu_words_split(arena, only, &word) : 0;
    for (size_t i = 0; i < words; i++)
        if (mu_sin_find(word[i]) == NULL)
            return mu_fail(err, MU_ERR_USAGE, "unknown sin '%s'", word[i]);
    return true;
}

bool mu_cli_selftest(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct selftest t = { .args = args, .arena = args->arena };
    const char *only = args->value[MU_OPT_SIN];
    mu_net_start();
    TRY(mu_argument_number(args, MU_OPT_JOBS, 1, MU_JOBS_MAX, 4, &t.jobs, err));
    TRY(check_sins(args->arena, only, err));
    TRY(find_self(&t, err));
    TRY(make_dir(&t, err));
    TRY(test_one(&t, NULL, err));
    const struct mu_sin *sin;
    for (size_t i = 0; (sin = mu_sin_at(i)) != NULL; i++)
        if (only == NULL || mu_words_hold(only, sin->name))
            TRY(test_one(&t, sin->name, err));
    puts(t.lies == 0 ? "the suite catches what it says" : "the suite does not catch what it says");
    tidy_up(&t);
    *status = t.lies == 0 ? MU_EXIT_OK : MU_EXIT_FAILURES;
    return true;
}

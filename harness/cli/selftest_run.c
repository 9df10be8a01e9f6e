/* One run of the self-test: twins, a SUT file, the cases that the sin can touch, and what came of
 * them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/selftest.h"
#include "cli/world_run.h"
#include "report/model.h"
#include "suite/read.h"
#include "twin/store.h"

#define READY_MS   20000
#define PORT_FIRST 20000 /* below the range that the kernel hands out by itself */
#define PORT_RANGE 12000
#define PORTS                                                                                      \
    8 /* of one run; its process number says which, so that no two runs ask for the same */

struct stage {
    struct mu_selftest *t;
    const struct mu_sin_run *run;
    unsigned port; /* tried last */
    const char *dir;
    pid_t twin[2];
    size_t twins;
};

/* --- ports -------------------------------------------------------------------------------------------- */

/* A port that nobody listens at; each call another one. */
static bool free_address(struct stage *s, const char **out, struct mu_err *err)
{
    for (unsigned i = 0; i < PORT_RANGE; i++) {
        unsigned port = PORT_FIRST + s->port++ % PORT_RANGE;
        const char *text = mu_arena_printf(s->t->arena, "127.0.0.1:%u", port);
        struct mu_address a;
        TRY(mu_address_parse(text, &a, err));
        int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bool found = bind(fd, (struct sockaddr *) &a.sa, a.size) == 0 && listen(fd, 1) == 0;
        close(fd);
        if (found) {
            *out = text;
            return true;
        }
    }
    return mu_fail(err, MU_ERR_IO, "no free port between %u and %u", PORT_FIRST,
                   PORT_FIRST + PORT_RANGE - 1);
}

/* --- twins -------------------------------------------------------------------------------------------- */

/* Wait until the twin has written where it listens. */
static bool wait_ready(struct stage *s, const char *path, pid_t pid, const char **address,
                       struct mu_err *err)
{
    uint64_t deadline = mu_clock_ms() + READY_MS;
    while (mu_clock_left(deadline) > 0) {
        struct mu_bytes text;
        if (access(path, R_OK) == 0 && mu_file_read(s->t->arena, path, 128, &text, err)
            && text.n > 0) {
            *address = mu_bytes_dup(s->t->arena, mu_bytes_trim(text));
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

static bool start_twin(struct stage *s, const char *role, const char *next, const char *maildir,
                       const char **address, struct mu_err *err)
{
    struct mu_arena *arena = s->t->arena;
    const char *ready = mu_arena_printf(arena, "%s/%s.ready", s->dir, role);
    const char *pki = mu_arena_printf(arena, "%s/pki", s->t->dir);
    const char *argv[24] = { s->t->self,    "twin",  "--role", role,      "--listen",
                             "127.0.0.1:0", "--pki", pki,      "--ready", ready };
    size_t n = 10;
    const char *clearances =
        next != NULL ? mu_arena_printf(arena, "%s/clearances", s->t->fixtures) : NULL;
    const char *const more[][2] = { { "--next", next },
                                    { "--clearances", clearances },
                                    { "--maildir", maildir },
                                    { "--profile", s->t->enforced },
                                    { "--sin", s->run->sin != NULL ? s->run->name : NULL } };
    if (next != NULL)
        argv[n++] = "--translate";
    for (size_t i = 0; i < MU_COUNT(more); i++)
        if (more[i][1] != NULL) {
            argv[n++] = more[i][0];
            argv[n++] = more[i][1];
        }
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return mu_fail_sys(err, "cannot start the twin");
    if (pid == 0) { /* no posix_spawn: a twin ends with whoever started it, however that ends */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent)
            execve(s->t->self, (char *const *) (uintptr_t) argv, s->t->args->environment);
        _exit(EXIT_FAILURE);
    }
    s->twin[s->twins++] = pid;
    return wait_ready(s, ready, pid, address, err);
}

static void stop_twins(struct stage *s)
{
    while (s->twins > 0) {
        pid_t pid = s->twin[--s->twins];
        kill(pid, SIGTERM);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}

/* --- the SUT file -------------------------------------------------------------------------------------- */

struct filling {
    const char *name, *value;
};

static bool write_sut(struct stage *s, const char *path, const struct filling *fill, size_t n,
                      struct mu_err *err)
{
    struct mu_bytes text;
    TRY(mu_file_read(s->t->arena, s->t->template, MU_OPERATOR_FILE_MAX, &text, err));
    struct mu_buf out = { .arena = s->t->arena };
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

/* A label system needs no stage: it is the program that the SUT file of our own library names, as the
 * sinner. */
static bool set_adapter(struct stage *s, const char **sut, struct mu_err *err)
{
    struct mu_arena *arena = s->t->arena;
    const struct filling fill[] = {
        { "muster twin --sap", mu_arena_printf(arena, "%s twin --sap%s%s", s->t->self,
                                               s->run->sin != NULL ? " --sin " : "",
                                               s->run->sin != NULL ? s->run->name : "") },
        { "<expectations file=\"muster-library.expect.xml\"/>",
          "" }, /* nothing is expected of sinners */
    };
    *sut = mu_arena_printf(arena, "%s/sut.xml", s->dir);
    return write_sut(s, *sut, fill, MU_COUNT(fill), err);
}

/* Starts the twins that the run needs, and says in a SUT file where they are. A part that the sin cannot
 * show in is given an address where nobody listens: none of its cases is planned. */
static bool set_stage(struct stage *s, const char **sut, struct mu_err *err)
{
    struct mu_arena *arena = s->t->arena;
    const struct mu_sin *sin = s->run->sin;
    unsigned roles = sin != NULL ? sin->roles : ~0U;
    const char *receiver, *relay, *collect, *sender;
    const char *maildir = mu_arena_printf(arena, "%s/maildir", s->dir);
    if (s->t->world.profile.sap)
        return set_adapter(s, sut, err);
    TRY(free_address(s, &collect, err));
    TRY(free_address(s, &sender, err));
    TRY(free_address(s, &receiver, err));
    TRY(free_address(s, &relay, err));
    TRY(mu_store_make(maildir, err));
    if ((roles & MU_TWIN_RECEIVER) != 0)
        TRY(start_twin(s, "receiver", NULL, maildir, &receiver, err));
    if ((roles & MU_TWIN_RELAY) != 0)
        TRY(start_twin(s, "relay", collect, NULL, &relay, err));
    const struct filling fill[] = {
        { "@RECEIVER@", receiver },
        { "@RELAY@", relay },
        { "@COLLECT@", collect },
        { "@SENDER@", sender },
        { "@MAILDIR@", maildir },
        { "@MUSTER@", s->t->self },
        { "@PKI@", mu_arena_printf(arena, "%s/pki", s->t->dir) },
        { " twin send ", sin != NULL ? mu_arena_printf(arena, " twin send --sin %s ", s->run->name)
                                     : " twin send " },
    };
    *sut = mu_arena_printf(arena, "%s/sut.xml", s->dir);
    return write_sut(s, *sut, fill, MU_COUNT(fill), err);
}

/* --- the run -------------------------------------------------------------------------------------------- */

static bool has_role(const struct mu_suite *suite, enum mu_role role)
{
    for (size_t i = 0; i < suite->count; i++)
        if (suite->cases[i]->role == role)
            return true;
    return false;
}

/* The cases that name the sin, or all of the parts that it can show in. Of a family of sins, which is
 * many runs, the first instance of each case that names it. */
static const char *selection_of(const struct stage *s)
{
    static const struct {
        unsigned part;
        enum mu_role role;
    } row[] = { { MU_TWIN_RECEIVER, MU_ROLE_RECEIVER }, { MU_TWIN_RELAY, MU_ROLE_RELAY },
                { MU_TWIN_SENDER, MU_ROLE_SENDER },     { MU_TWIN_VALIDATOR, MU_ROLE_VALIDATOR },
                { MU_TWIN_LABELLER, MU_ROLE_LABELLER }, { MU_TWIN_POLICY, MU_ROLE_POLICY } };
    const struct mu_sin *sin = s->run->sin;
    struct mu_buf out = { .arena = s->t->arena };
    const struct mu_suite *suite = &s->t->world.suite;
    for (size_t i = 0; sin != NULL && sin->argument == NULL && i < MU_COUNT(row); i++)
        if ((sin->roles & row[i].part) != 0 && has_role(suite, row[i].role))
            mu_buf_printf(&out, " role:%s", mu_role_name(row[i].role));
    if (sin != NULL && sin->argument == NULL && !s->t->whole)
        mu_buf_printf(&out, " sin:%s", sin->name);
    for (size_t i = 0; sin != NULL && sin->argument != NULL && i < suite->count; i++) {
        char text[MU_NAME_TEXT];
        mu_case_name(suite->cases[i], 0, text);
        if (mu_words_hold(suite->cases[i]->sins, MU_SIN_FIXTURE_NAME))
            mu_buf_printf(&out, " id:%s", text);
    }
    return mu_buf_text(&out);
}

static bool run_cases(struct stage *s, struct mu_world *world, const char *out,
                      struct mu_run_result *result, struct mu_err *err)
{
    struct mu_engine *engine;
    struct mu_engine_options engine_options = mu_world_engine_options(world);
    struct mu_run_options options = mu_world_run_options(world, out, s->t->args->environment);
    options.jobs = (size_t) s->t->jobs;
    options.no_evidence = !s->t->keep_evidence;
    TRY(mu_engine_new(s->t->arena, &engine_options, &engine, err));
    return mu_run(mu_engine_host(engine), &options, result, err);
}

static void count(struct mu_case_tally *tally, const struct mu_attempt *attempt)
{
    bool control = strcmp(attempt->reason, "control-failed") == 0
                   || strcmp(attempt->reason, "probe-failed") == 0;
    if (attempt->verdict == MU_PASS)
        tally->pass++;
    else if (attempt->verdict == MU_REMARKS)
        tally->remarks++;
    else if (attempt->verdict == MU_FAIL)
        tally->fail++;
    else if (attempt->verdict == MU_INCONCLUSIVE && control)
        tally->control_failed++;
    else
        tally->other++;
    tally->ruled += attempt->verdict == MU_FAIL && strncmp(attempt->reason, "rule:", 5) == 0;
}

/* What the run stream says: verdicts, and rules broken on legs of the twin. */
static bool read_run(struct stage *s, const char *out, struct mu_err *err)
{
    struct mu_result *result;
    const struct mu_selftest *t = s->t;
    const char *path = mu_arena_printf(t->arena, "%s/run.jsonl", out);
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '%s'", path);
    TRY(mu_result_read(t->arena, fd, NULL, &result, err));
    for (const struct mu_instance *i = result->instance; i != NULL; i = i->next) {
        const struct mu_case *c = mu_suite_find(&t->world.suite, i->of->id);
        const struct mu_attempt *attempt = i->final;
        if (attempt != NULL)
            count(&s->run->tally[c->index], attempt);
    }
    size_t rules = mu_rules_count(t->world.profile.rules), r = 0;
    for (const struct mu_result_rule *rule = result->rule; rule != NULL && r < rules;
         rule = rule->next, r++)
        s->run->broken[r] =
            rule->broken > 0 && strcmp(rule->id, mu_rules_at(t->world.profile.rules, r)->id) == 0;
    s->run->end->pass = result->count[MU_PASS] + result->count[MU_REMARKS];
    s->run->end->fail = result->count[MU_FAIL];
    return true;
}

static bool make_run(struct stage *s, struct mu_err *err)
{
    const char *sut, *out = mu_arena_printf(s->t->arena, "%s/run", s->dir);
    struct mu_run_result result;
    struct mu_arguments args = *s->t->args;
    struct mu_world *world = &s->t->world; /* ours: the process is a copy */
    TRY(mu_file_make_dir(s->dir, 0755, err));
    TRY(set_stage(s, &sut, err));
    args.value[MU_OPT_SUT] = sut;
    args.value[MU_OPT_SELECT] = selection_of(s);
    TRY(mu_world_choose(world, &args, err));
    TRY(run_cases(s, world, out, &result, err));
    s->run->end->late = (uint32_t) result.late;
    s->run->end->trouble = (uint32_t) result.trouble;
    return read_run(s, out, err);
}

bool mu_selftest_run(struct mu_selftest *t, struct mu_sin_run *run, struct mu_err *err)
{
    struct stage s = { .t = t, .run = run, .port = (unsigned) getpid() * PORTS };
    s.dir = mu_arena_printf(t->arena, "%s/%s", t->dir, run->name);
    bool ok = make_run(&s, err);
    stop_twins(&s);
    return ok;
}

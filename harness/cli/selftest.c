#include "cli/selftest.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "net/library.h"
#include "net/pki.h"
#include "suite/read.h"
#include "twin/write.h"

#define LANES_MAX 8 /* runs at once */

/* --- processes ----------------------------------------------------------------------------------------- */

/* Zeroed memory that a forked process and its parent share. */
static bool share(size_t bytes, void **memory, struct mu_err *err)
{
    *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *memory != MAP_FAILED || mu_fail_sys(err, "cannot share memory with a run");
}

static bool give_memory(struct mu_selftest *t, struct mu_sin_run *run, struct mu_err *err)
{
    size_t cases = t->world.suite.count, rules = mu_rules_count(t->world.profile.rules);
    void *memory;
    TRY(share(sizeof *run->end + cases * sizeof *run->tally + rules * sizeof *run->broken, &memory,
              err));
    run->end = memory;
    run->tally = (struct mu_case_tally *) (void *) (run->end + 1);
    run->broken = (bool *) (void *) (run->tally + cases);
    return true;
}

static MU_NORETURN void child(struct mu_selftest *t, struct mu_sin_run *run, pid_t parent)
{
    struct mu_err err;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    if (!mu_selftest_run(t, run, &err))
        mu_err_text(&err, run->end->error, sizeof run->end->error);
    run->end->done = true;
    _exit(EXIT_SUCCESS);
}

static bool start(struct mu_selftest *t, struct mu_sin_run *run, pid_t *pid, struct mu_err *err)
{
    TRY(give_memory(t, run, err));
    fflush(stdout);
    pid_t parent = getpid();
    *pid = fork();
    if (*pid < 0)
        return mu_fail_sys(err, "cannot fork a run");
    if (*pid == 0)
        child(t, run, parent);
    return true;
}

struct lane {
    pid_t pid; /* 0: free */
    size_t run;
};

/* Wait until one of the runs has ended; its lane is free then. */
static size_t wait_for_one(struct lane *lane, size_t lanes)
{
    for (;;) {
        pid_t pid = wait(NULL);
        for (size_t i = 0; i < lanes && pid > 0; i++)
            if (lane[i].pid == pid) {
                lane[i].pid = 0;
                return lane[i].run;
            }
        if (pid < 0 && errno != EINTR)
            return SIZE_MAX;
    }
}

static size_t lanes_of_machine(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t lanes = processors < 1 ? 1 : 2 * (size_t) processors; /* half of a run is waiting */
    return lanes > LANES_MAX ? LANES_MAX : lanes;
}

bool mu_selftest_make_runs(struct mu_selftest *t, size_t first, struct mu_err *err)
{
    struct lane lane[LANES_MAX] = { { 0, 0 } };
    size_t lanes = lanes_of_machine(), going = 0, next = first, judged = first;
    bool *ended = mu_arena_array(t->arena, t->runs + 1, sizeof *ended);
    bool ok = true;
    while (judged < t->runs && (ok || going > 0)) {
        for (size_t i = 0; ok && i < lanes && next < t->runs; i++)
            if (lane[i].pid == 0) {
                lane[i].run = next;
                ok = start(t, &t->run[next++], &lane[i].pid, err);
                going += ok;
            }
        size_t run = going > 0 ? wait_for_one(lane, lanes) : SIZE_MAX;
        if (run == SIZE_MAX)
            break;
        going--;
        ended[run] = true;
        while (judged < t->runs && ended[judged])
            mu_selftest_judge(t, &t->run[judged++]);
    }
    return ok;
}

/* --- files ---------------------------------------------------------------------------------------------- */

/* What nobody will look at any more: a folder of our own, after a self-test without a finding. */
static void tidy_up(const struct mu_selftest *t)
{
    if (t->lies == 0 && t->args->value[MU_OPT_OUT] == NULL)
        mu_file_remove_tree(t->dir);
    else
        printf("the runs are in %s\n", t->dir);
}

static bool make_dir(struct mu_selftest *t, struct mu_err *err)
{
    const char *out = t->args->value[MU_OPT_OUT];
    t->keep_evidence = out != NULL;
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
    return t->world.profile.sap || mu_pki_new(mu_arena_printf(t->arena, "%s/pki", t->dir), err);
}

static bool find_files(struct mu_selftest *t, struct mu_err *err)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n < 0)
        return mu_fail_sys(err, "cannot find this program");
    t->self = mu_arena_strndup(t->arena, path, (size_t) n);
    const char *template = t->world.profile.sap ? "fixtures/sut/muster-library/muster-library.xml"
                                                : "fixtures/sut/twin/twin.xml.in";
    t->template = mu_data_find(&t->world.data, t->arena, template);
    t->fixtures = mu_data_find(&t->world.data, t->arena, "fixtures");
    return (t->template != NULL && t->fixtures != NULL)
           || mu_fail(err, MU_ERR_USAGE, "no '%s'", template);
}

/* --- the command ------------------------------------------------------------------------------------------ */

void mu_selftest_add(struct mu_selftest *t, const struct mu_sin *sin)
{
    if (t->runs == t->room) {
        struct mu_sin_run *more = mu_arena_array(t->arena, 2 * t->room + 16, sizeof *more);
        if (t->runs > 0)
            memcpy(more, t->run, t->runs * sizeof *more);
        t->run = more;
        t->room = 2 * t->room + 16;
    }
    t->run[t->runs++] =
        (struct mu_sin_run){ .sin = sin, .name = sin != NULL ? sin->name : "virtuous" };
}

/* --sin: a list of words, each of them a sin. */
static bool add_named(struct mu_selftest *t, const char *names, struct mu_err *err)
{
    const char **word;
    size_t words = mu_words_split(t->arena, names, &word);
    for (size_t i = 0; i < words; i++) {
        const struct mu_sin *sin = mu_sin_find(t->arena, word[i]);
        if (sin == NULL)
            return mu_fail(err, MU_ERR_USAGE, "unknown sin '%s'", word[i]);
        mu_selftest_add(t, sin);
    }
    return true;
}

static bool suite_names(const struct mu_suite *suite, const char *sin)
{
    for (size_t i = 0; i < suite->count; i++)
        if (mu_words_hold(suite->cases[i]->sins, sin))
            return true;
    return false;
}

/* Every sin that the suite names, and that some suite names each is a test; those of a family one by
 * one, for what the others leave alive. */
static void add_all(struct mu_selftest *t)
{
    const struct mu_sin *sin;
    for (size_t i = 0; (sin = mu_sin_at(i)) != NULL; i++)
        if (sin->place != MU_SIN_BAD_FIXTURE && suite_names(&t->world.suite, sin->name))
            mu_selftest_add(t, sin);
}

/* Has the rule a bad fixture that the twin can write: a label where it carries no messages? */
static bool has_bad_fixture(const struct mu_selftest *t, const char *rule)
{
    const char *path = mu_twin_bad_fixture(t->arena, t->fixtures, rule);
    return path != NULL && (!t->world.profile.sap || strstr(path, ".label.xml") != NULL);
}

static bool add_fixtures(struct mu_selftest *t, struct mu_err *err)
{
    struct mu_buf names = { .arena = t->arena };
    size_t rules = mu_rules_count(t->world.profile.rules);
    bool named = suite_names(&t->world.suite, MU_SIN_FIXTURE_NAME);
    mu_buf_puts(&names, "");
    for (size_t r = 0; named && r < rules; r++)
        if (mu_selftest_counts(t, r) && !mu_selftest_killed(t, r)) {
            const char *id = mu_rules_at(t->world.profile.rules, r)->id;
            if (has_bad_fixture(t, id))
                mu_buf_printf(&names, MU_SIN_FIXTURE_NAME ":%s ", id);
        }
    return add_named(t, mu_buf_text(&names), err);
}

static bool test(struct mu_selftest *t, struct mu_err *err)
{
    const char *only = t->args->value[MU_OPT_SIN], *health = t->args->value[MU_OPT_HEALTH];
    if (only != NULL && health != NULL)
        return mu_fail(err, MU_ERR_USAGE, "--health wants every sin, and --sin names some");
    mu_selftest_add(t, NULL);
    if (only != NULL)
        TRY(add_named(t, only, err));
    else
        add_all(t);
    TRY(mu_selftest_make_runs(t, 0, err));
    if (only != NULL)
        return true;
    size_t first = t->runs;
    TRY(add_fixtures(t, err));
    TRY(mu_selftest_make_runs(t, first, err));
    return mu_selftest_score(t, health, err);
}

/* Then the twin has what it takes without any rules, and sins that rules would hide. */
static bool demands_labels(const struct mu_profile *profile)
{
    bool demanded = false;
    for (size_t i = 0; i < profile->labels; i++)
        demanded = demanded || strcmp(profile->label[i].demanded, "yes") == 0;
    return demanded;
}

bool mu_cli_selftest(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_selftest t = { .args = args, .arena = args->arena };
    mu_net_start();
    TRY(mu_argument_number(args, MU_OPT_JOBS, 1, MU_JOBS_MAX, 4, &t.jobs, err));
    TRY(mu_world_start(&t.world, args, err));
    TRY(mu_world_cases(&t.world, args, err));
    t.enforced = demands_labels(&t.world.profile) ? NULL : t.world.profile.path;
    t.whole = args->value[MU_OPT_WHOLE] != NULL;
    TRY(mu_silent_load(t.arena, &t.world.data, &t.world.profile, &t.excused, err));
    TRY(find_files(&t, err));
    TRY(make_dir(&t, err));
    TRY(test(&t, err));
    puts(t.lies == 0 ? "the suite catches what it says" : "the suite does not catch what it says");
    tidy_up(&t);
    *status = t.lies == 0 ? MU_EXIT_OK : MU_EXIT_FAILURES;
    return true;
}

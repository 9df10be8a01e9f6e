#include "run/coordinator.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/trigger.h"

static bool is_marker(const struct mu_coordinator *run, size_t item)
{
    return item >= run->host->items;
}

static struct mu_run_item item_of(const struct mu_coordinator *run, size_t i)
{
    struct mu_run_item item = { .control = -1, .marker = -1 };
    run->host->item(run->host->self, i, &item);
    return item;
}

/* --- starting ------------------------------------------------------------------------------- */

struct local {
    struct mu_coordinator *run;
    struct mu_job *job;
    struct mu_err err;
    bool failed;
};

static void take_local(void *self, const struct mu_record *record, struct mu_answer *answer,
                       int *fd)
{
    struct local *local = self;
    if (!mu_take_record(local->run, local->job, record, answer, fd, &local->err))
        local->failed = true;
}

static bool write_start(struct mu_coordinator *run, size_t item, unsigned attempt,
                        struct mu_err *err)
{
    char name[MU_NAME_TEXT], folder[64];
    mu_item_name(run, item, name);
    mu_folder_name(run, item, attempt, folder, sizeof folder);
    struct mu_json *j = mu_journal_begin(&run->journal, "start");
    mu_json_text(j, "case", name);
    mu_json_number(j, "attempt", attempt);
    mu_json_number(j, "at_ms", mu_at_ms(run));
    mu_json_text(j, "folder", folder);
    return mu_journal_end(&run->journal, err);
}

static uint64_t seed_of(const struct mu_coordinator *run, size_t item)
{
    return run->options->seed * 0x9e3779b97f4a7c15U + item;
}

static bool start_case(struct mu_coordinator *run, size_t i, const struct mu_run_item *item,
                       struct mu_err *err)
{
    struct mu_job *job = &run->job[run->jobs++];
    struct local local = { .run = run, .job = job };
    uint8_t attempt = ++run->attempt[i];
    struct mu_job_start start = {
        .host = run->host,
        .isolation = run->options->isolation,
        .token = { .index = (uint32_t) i, .attempt = attempt },
        .run_key = run->run_key,
        .seed = seed_of(run, i),
        .deadline_ms = item->deadline_ms,
        .operation_ms = item->operation_ms,
        .collects = item->collects,
        .key_log = run->options->key_log,
        .no_evidence = run->options->no_evidence,
        .exclusive = -1,
        .owner = -1,
        .accepted = -1,
        .local = take_local,
        .self = &local,
    };
    if (run->result->first_case_ms == 0)
        run->result->first_case_ms = mu_at_ms(run) + 1;
    run->state[i] = MU_ITEM_RUNNING;
    if (item->exclusive)
        run->exclusive = (int64_t) i;
    if (!is_marker(run, i))
        TRY(write_start(run, i, attempt, err));
    TRY(mu_job_start(&start, MU_JOB_CASE, i, job, err));
    if (local.failed) {
        *err = local.err;
        return false;
    }
    return true;
}

/* Controls first: a case whose control did not pass is not sent at all. */
static bool control_passed(const struct mu_coordinator *run, int64_t control)
{
    return run->verdict[control] == MU_PASS || run->verdict[control] == MU_REMARKS;
}

static bool start_marker(struct mu_coordinator *run, size_t marker, struct mu_err *err)
{
    struct mu_run_item item = item_of(run, marker);
    return start_case(run, marker, &item, err);
}

/* Start waiting items while there is room. */
static bool start_some(struct mu_coordinator *run, struct mu_err *err)
{
    size_t room = run->options->jobs;
    if (run->stopping || run->exclusive >= 0)
        return true;
    if (run->probe >= 0 && run->jobs == 0) {
        size_t marker = (size_t) run->probe;
        run->probe = -1;
        return start_marker(run, marker, err);
    }
    if (run->probe >= 0 || (run->jobs == 1 && is_marker(run, run->job[0].item)))
        return true;
    while (run->head < run->host->items && run->state[run->head] != MU_ITEM_WAITING)
        run->head++;
    for (size_t i = run->head; i < run->host->items && run->jobs < room; i++) {
        if (run->state[i] != MU_ITEM_WAITING)
            continue;
        struct mu_run_item item = item_of(run, i);
        if (item.exclusive && run->jobs > 0)
            break;
        if (item.control >= 0 && run->state[item.control] != MU_ITEM_DONE)
            continue;
        if (item.control >= 0 && !control_passed(run, item.control))
            TRY(mu_write_unrun(run, i, "control-failed", err));
        else if (item.exclusive && run->probe_failed)
            TRY(mu_write_unrun(run, i, "probe-failed", err));
        else
            TRY(start_case(run, i, &item, err));
        if (run->pendings >= MU_GROUP_RECORDS)
            TRY(mu_journal_sync(&run->journal, err) && mu_acknowledge(run));
        if (item.exclusive && run->exclusive >= 0) {
            run->probe = item.marker;
            break;
        }
    }
    return true;
}

/* --- listening to jobs ------------------------------------------------------------------------ */

bool mu_drain(struct mu_coordinator *run, struct mu_job *job, bool *gone, struct mu_err *err)
{
    struct mu_record record;
    for (;;) {
        int fd;
        ssize_t n = mu_packet_receive(job->fd, &record, sizeof record, MSG_DONTWAIT, &fd);
        mu_fd_close(&fd); /* jobs have nothing to give us */
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0) {
            *gone = true;
            return true;
        }
        if (!mu_record_valid(&record, (size_t) n)) {
            job->done = true;
            job->verdict = MU_ERROR;
            snprintf(job->reason, sizeof job->reason, "job:record");
            *gone = true;
            return true;
        }
        struct mu_answer answer;
        int give = -1;
        TRY(mu_take_record(run, job, &record, &answer, &give, err));
        if (mu_asks(&record)) {
            (void) mu_packet_send(job->fd, &answer, sizeof answer, give);
            if (record.type == MU_RECORD_DIAL)
                mu_fd_close(&give);
        }
        if (job->done && job->verdict == MU_ERROR && strncmp(job->reason, "job:", 4) == 0) {
            *gone = true;
            return true;
        }
    }
}

/* A job that is done or late: take its last words, then finish it. */
static bool tend(struct mu_coordinator *run, struct mu_job *job, bool ready, bool *gone,
                 struct mu_err *err)
{
    const char *why = NULL;
    *gone = job->pid == 0;
    bool late = mu_clock_left(job->deadline_ms) == 0;
    if (!*gone && (ready || late))
        TRY(mu_drain(run, job, gone, err));
    if (!*gone && late) {
        why = "deadline:case";
        *gone = true;
    }
    if (!*gone)
        return true;
    return job->kind == MU_JOB_CASE ? mu_finish_case(run, job, why, err)
                                    : mu_finish_reception(run, job, why, err);
}

static bool tend_all(struct mu_coordinator *run, struct mu_job *job, size_t *jobs,
                     const struct pollfd *pfd, struct mu_err *err)
{
    for (size_t i = *jobs; i-- > 0;) { /* downwards: the last moves into a freed slot */
        bool gone;
        TRY(tend(run, &job[i], pfd[i].revents != 0, &gone, err));
        if (!gone)
            continue;
        struct mu_buf marks = job[i].marks; /* each slot keeps its buffer */
        job[i] = job[--*jobs];
        job[*jobs].marks = marks;
        if (run->pendings >= MU_GROUP_RECORDS)
            TRY(mu_journal_sync(&run->journal, err) && mu_acknowledge(run));
    }
    return true;
}

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int jobs_wait(const struct mu_job *job, size_t jobs, struct pollfd *pfd, int wait)
{
    for (size_t i = 0; i < jobs; i++) {
        pfd[i] = (struct pollfd){ .fd = job[i].fd, .events = POLLIN };
        wait = sooner(wait, job[i].pid == 0 ? 0 : mu_clock_left(job[i].deadline_ms));
    }
    return wait;
}

static void read_signals(struct mu_coordinator *run)
{
    struct signalfd_siginfo info;
    while (read(run->signals, &info, sizeof info) == (ssize_t) sizeof info)
        run->stopping = true;
}

/* Wait for news, at most `limit_ms` (-1: as long as it takes), and take them. */
static bool step(struct mu_coordinator *run, int limit_ms, struct mu_err *err)
{
    struct pollfd pfd[1 + MU_ADDRESSES_MAX + MU_JOBS_MAX + MU_RECEPTIONS_MAX];
    size_t addresses = run->host->addresses, n = 0;
    pfd[n++] = (struct pollfd){ .fd = run->signals, .events = POLLIN };
    TRY(mu_ports_next(run, err));
    bool full = run->receptions == MU_RECEPTIONS_MAX;
    for (size_t a = 0; a < addresses; a++) {
        bool later = run->maildir[a] >= 0 ? run->waitings > MU_RECEPTIONS_MAX / 2 : full;
        pfd[n++] = (struct pollfd){ .fd = later ? -1 : run->listener[a], .events = POLLIN };
    }
    struct pollfd *jobs = &pfd[n], *receptions = &pfd[n + run->jobs];
    int wait = sooner(limit_ms, mu_journal_wait(&run->journal));
    wait = jobs_wait(run->job, run->jobs, jobs, wait);
    wait = jobs_wait(run->reception, run->receptions, receptions, wait);
    n += run->jobs + run->receptions;
    if (poll(pfd, n, wait) < 0 && errno != EINTR)
        return mu_fail_sys(err, "cannot wait for jobs");

    if (pfd[0].revents != 0)
        read_signals(run);
    /* Receptions before cases: a late one is known before its case's verdict is written. */
    TRY(tend_all(run, run->reception, &run->receptions, receptions, err));
    TRY(tend_all(run, run->job, &run->jobs, jobs, err));
    for (size_t a = 0; a < addresses; a++)
        if (pfd[1 + a].revents != 0)
            TRY(mu_ports_accept(run, a, err));
    TRY(mu_journal_tick(&run->journal, err));
    return mu_acknowledge(run);
}

/* --- the run ---------------------------------------------------------------------------------- */

static void kill_all(struct mu_coordinator *run)
{
    int status;
    while (run->jobs > 0)
        mu_job_end(&run->job[--run->jobs], &status);
    while (run->receptions > 0)
        mu_job_end(&run->reception[--run->receptions], &status);
    mu_sweep(run->foreign, run->foreigns);
}

static bool run_cases(struct mu_coordinator *run, struct mu_err *err)
{
    for (;;) {
        TRY(start_some(run, err));
        if (run->stopping)
            return true;
        if (run->jobs == 0 && run->probe < 0 && run->head >= run->host->items) {
            if (!mu_tries_round(run))
                return mu_tries_finish(run, err);
            continue;
        }
        TRY(step(run, -1, err));
        while (run->head < run->host->items && run->state[run->head] != MU_ITEM_WAITING)
            run->head++;
    }
}

/* One last marker per path, then the quiet time in which a SUT that queues may still deliver. */
static bool run_out(struct mu_coordinator *run, struct mu_err *err)
{
    for (size_t m = 0; m < run->host->markers && !run->stopping; m++) {
        TRY(start_marker(run, run->host->items + m, err));
        while (run->jobs > 0 && !run->stopping)
            TRY(step(run, -1, err));
    }
    uint64_t quiet_ms = mu_clock_ms() + run->host->settle_ms;
    while (!run->stopping && (mu_clock_left(quiet_ms) > 0 || run->receptions + run->waitings > 0)) {
        if (mu_clock_left(quiet_ms) == 0 && mu_clock_left(quiet_ms + MU_OPERATION_MS) == 0)
            break; /* a peer that keeps its connection open does not keep the run open */
        int left =
            mu_clock_left(mu_clock_left(quiet_ms) > 0 ? quiet_ms : quiet_ms + MU_OPERATION_MS);
        TRY(step(run, left, err));
    }
    return true;
}

static enum mu_exit exit_of(const struct mu_run_result *r, const struct mu_run_options *options)
{
    if (r->interrupted)
        return MU_EXIT_INTERRUPTED;
    if (r->new_errors > 0 || r->trouble > 0)
        return MU_EXIT_TROUBLE;
    if (r->new_failures > 0 || r->late > 0)
        return MU_EXIT_FAILURES;
    if (r->unexpected_passes > 0 || r->reasons_changed > 0 || r->stale > 0)
        return MU_EXIT_STALE;
    if (r->new_inconclusives > options->inconclusive_max)
        return MU_EXIT_INCONCLUSIVE;
    return MU_EXIT_OK;
}

static bool write_close(struct mu_coordinator *run, struct mu_err *err)
{
    struct mu_run_result *r = run->result;
    r->interrupted = run->stopping;
    r->count[MU_NOT_RUN] = run->host->left_out;
    r->ms = mu_clock_ms() - run->zero_ms;
    struct mu_json *j = mu_journal_begin(&run->journal, "close");
    mu_json_open(j, "counts", '{');
    for (int v = 0; v < MU_VERDICTS; v++)
        mu_json_number(j, mu_verdict_name((enum mu_verdict) v), (int64_t) r->count[v]);
    mu_json_close(j, '}');
    mu_json_number(j, "late", (int64_t) r->late);
    if (r->unstable > 0)
        mu_json_number(j, "unstable", (int64_t) r->unstable);
    mu_json_bool(j, "interrupted", r->interrupted);
    mu_json_open(j, "stale", '[');
    r->stale = r->interrupted ? 0 : run->host->stale(run->host->self, j);
    mu_json_close(j, ']');
    r->exit = exit_of(r, run->options);
    mu_json_number(j, "exit", r->exit);
    mu_json_number(j, "ms", (int64_t) r->ms);
    TRY(mu_journal_end(&run->journal, err));
    TRY(mu_journal_sync(&run->journal, err));
    return mu_acknowledge(run);
}

/* --- setting up --------------------------------------------------------------------------------- */

static void now_text(char *text, size_t size)
{
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static bool write_open(struct mu_coordinator *run, struct mu_err *err)
{
    const struct mu_run_options *o = run->options;
    char started[32], stamp[32];
    uint16_t salt;
    size_t n = 0;
    now_text(started, sizeof started);
    for (const char *p = started; *p != '\0'; p++) /* 20261123T101500Z: fit for a folder's name */
        if (*p != '-' && *p != ':')
            stamp[n++] = *p;
    stamp[n] = '\0';
    if (getrandom(&salt, sizeof salt, 0) != (ssize_t) sizeof salt)
        return mu_fail_sys(err, "cannot get random bytes");
    snprintf(run->run_id, sizeof run->run_id, "%s-%04x", stamp, salt);

    struct mu_json *j = mu_journal_begin(&run->journal, "open");
    mu_json_text(j, "schema", "muster-run/1");
    mu_json_text(j, "run", run->run_id);
    mu_json_text(j, "muster", o->version);
    mu_json_text(j, "isolation", mu_isolation_name(o->isolation));
    mu_json_number(j, "seed", (int64_t) o->seed);
    mu_json_number(j, "jobs", (int64_t) o->jobs);
    mu_json_text(j, "test_time", o->test_time);
    mu_json_text(j, "started", started);
    mu_json_open(j, "libraries", '{');
    mu_json_text(j, "openssl", o->openssl);
    mu_json_text(j, "libxml2", o->libxml2);
    mu_json_close(j, '}');
    mu_json_text(j, "selection", o->selection);
    mu_tries_members(&o->tries, j);
    run->host->open_members(run->host->self, j);
    mu_health_members(j, o->health);
    mu_json_number(j, "planned", (int64_t) run->host->items);
    return mu_journal_end(&run->journal, err);
}

static bool write_preface(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(write_open(run, err));
    for (size_t n = 0;; n++) {
        struct mu_json *j = &run->journal.json;
        *j = (struct mu_json){ .out = &run->journal.line };
        mu_json_open(j, NULL, '{');
        if (!run->host->preface(run->host->self, n, j)) {
            run->journal.line.n = 0;
            break;
        }
        TRY(mu_journal_end(&run->journal, err));
    }
    return mu_journal_sync(&run->journal, err);
}

/* The folder, its sub-folders, and the lock that one run at a time may hold. */
static bool open_folder(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(mu_file_make_dir(run->options->out, 0755, err));
    run->dir = open(run->options->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->dir < 0)
        return mu_fail_sys(err, "cannot open '%s'", run->options->out);
    run->lock = openat(run->dir, "run.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (run->lock < 0)
        return mu_fail_sys(err, "cannot create the lock of '%s'", run->options->out);
    /* A record lock, because jobs do not inherit it: it ends with this process and no later. */
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(run->lock, F_SETLK, &lock) != 0)
        return mu_fail(err, MU_ERR_IO, "'%s' is in use by another run", run->options->out);
    static const char *const folder[] = { "cases", "late", "markers" };
    for (size_t i = 0; i < MU_COUNT(folder); i++)
        if (mkdirat(run->dir, folder[i], 0755) != 0 && errno != EEXIST)
            return mu_fail_sys(err, "cannot create '%s/%s'", run->options->out, folder[i]);
    return true;
}

static bool open_journal(struct mu_coordinator *run, struct mu_err *err)
{
    if (!run->options->resume) {
        TRY(mu_journal_create(&run->journal, run->arena, run->dir, err));
        return write_preface(run, err);
    }
    int64_t end;
    uint64_t lines;
    char h[MU_DIGEST_TEXT];
    TRY(mu_resume(run, &end, &lines, h, err));
    return mu_journal_continue(&run->journal, run->arena, run->dir, end, lines, h, err);
}

static bool write_resume(struct mu_coordinator *run, struct mu_err *err)
{
    if (!run->options->resume)
        return true;
    char now[32];
    now_text(now, sizeof now);
    size_t kept = 0;
    for (size_t i = 0; i < run->host->items; i++)
        kept += run->kept[i].tried;
    struct mu_json *j = mu_journal_begin(&run->journal, "resume");
    mu_json_text(j, "at", now);
    mu_json_number(j, "kept", (int64_t) kept);
    return mu_journal_end(&run->journal, err) && mu_tries_finish(run, err);
}

static bool open_signals(struct mu_coordinator *run, sigset_t *before, struct mu_err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, before);
    run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (run->signals < 0)
        return mu_fail_sys(err, "cannot watch for signals");
    return true;
}

/* Tokens of this run and of no other. */
static void make_key(struct mu_coordinator *run)
{
    unsigned char raw[MU_DIGEST_BYTES];
    mu_digest(mu_bytes_of(run->run_id), raw);
    memcpy(&run->run_key, raw, sizeof run->run_key);
}

static void make_tables(struct mu_coordinator *run)
{
    size_t n = run->host->items + run->host->markers;
    run->state = mu_arena_alloc(run->arena, n + 1);
    run->verdict = mu_arena_alloc(run->arena, n + 1);
    run->attempt = mu_arena_alloc(run->arena, n + 1);
    run->kept = mu_arena_array(run->arena, n + 1, sizeof *run->kept);
    run->may_come.arena = run->arena;
    run->round = 1;
    run->job = mu_arena_array(run->arena, run->options->jobs + 1, sizeof *run->job);
    run->reception = mu_arena_array(run->arena, MU_RECEPTIONS_MAX, sizeof *run->reception);
    for (size_t i = 0; i <= run->options->jobs; i++)
        run->job[i].marks.arena = run->arena;
    for (size_t i = 0; i < MU_RECEPTIONS_MAX; i++)
        run->reception[i].marks.arena = run->arena;
    run->pending =
        mu_arena_array(run->arena, 2 * MU_GROUP_RECORDS + MU_JOBS_MAX, sizeof *run->pending);
}

static bool run_all(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(open_folder(run, err));
    TRY(open_journal(run, err));
    make_key(run);
    TRY(write_resume(run, err));
    TRY(mu_ports_open(run, err));
    if (run->options->isolation == MU_ISOLATION_FULL)
        TRY(mu_sandbox_prepare(err));
    if (!run_cases(run, err) || !run_out(run, err)) {
        kill_all(run);
        return false;
    }
    kill_all(run);
    return write_close(run, err);
}

bool mu_run(const struct mu_run_host *host, const struct mu_run_options *options,
            struct mu_run_result *result, struct mu_err *err)
{
    assert(options->jobs >= 1 && options->jobs <= MU_JOBS_MAX);
    assert(mu_tries_of(&options->tries) <= MU_TRIES_MAX);
    *result = (struct mu_run_result){ .exit = MU_EXIT_TROUBLE };
    struct mu_coordinator run = { .host = host,
                                  .options = options,
                                  .result = result,
                                  .arena = mu_arena_new(MU_JOB_ARENA_MAX),
                                  .dir = -1,
                                  .lock = -1,
                                  .signals = -1,
                                  .exclusive = -1,
                                  .probe = -1,
                                  .zero_ms = mu_clock_ms() };
    sigset_t before;
    for (size_t a = 0; a < MU_ADDRESSES_MAX; a++)
        run.listener[a] = run.maildir[a] = -1;
    run.foreigns = mu_children(run.foreign, MU_COUNT(run.foreign));
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    make_tables(&run);
    bool ok = open_signals(&run, &before, err) && run_all(&run, err);
    mu_ports_close(&run);
    if (run.journal.line.arena != NULL && !run.journal.broken) {
        struct mu_err ignored;
        ok = mu_journal_close(&run.journal, ok ? err : &ignored) && ok;
    }
    mu_fd_close(&run.signals);
    mu_fd_close(&run.dir);
    mu_fd_close(&run.lock);
    sigprocmask(SIG_SETMASK, &before, NULL);
    mu_arena_free(run.arena);
    return ok;
}

#include "run/coordinator.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
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
    struct mu_taken t = { .record = record, .attempt = &local->job->attempt };
    if (!mu_take_record(local->run, local->job, &t, &local->err))
        local->failed = true;
    *answer = t.answer;
    *fd = t.fd;
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
        .seed = run->options->seed,
        .deadline_ms = item->deadline_ms,
        .operation_ms = item->operation_ms,
        .collects = item->collects,
        .key_log = run->options->key_log,
        .no_evidence = run->options->no_evidence,
        .veil = run->jobs_veil,
        .exclusive = -1,
        .owner = -1,
        .accepted = -1,
        .adapter_in = -1,
        .adapter_out = -1,
        .local = take_local,
        .self = &local,
    };
    if (run->result->first_case_ms == 0)
        run->result->first_case_ms = mu_at_ms(run) + 1;
    run->state[i] = MU_ITEM_RUNNING;
    if (item->exclusive)
        run->exclusive = (int64_t) i;
    if (!is_marker(run, i))
        TRY(mu_write_start(run, i, attempt, err));
    TRY(mu_job_start(&start, MU_JOB_CASE, i, job, err));
    mu_endpoints_begin(run, item, job);
    if (local.failed) {
        *err = local.err;
        return false;
    }
    return true;
}

static bool start_marker(struct mu_coordinator *run, size_t marker, struct mu_err *err)
{
    struct mu_run_item item = item_of(run, marker);
    return start_case(run, marker, &item, err);
}

/* Start items that wait for a job of their own, while there is room. *alone: one must wait until
 * nothing else runs, and nothing else is to be started before it. */
static bool start_jobs(struct mu_coordinator *run, bool *alone, struct mu_err *err)
{
    struct mu_queue *queue = &run->queue[0];
    *alone = false;
    if (!mu_queue_waits(run, queue))
        return true;
    for (size_t at = queue->head; run->jobs < run->options->jobs;) {
        int64_t i;
        TRY(mu_queue_next(run, queue, &at, &i, err));
        if (i < 0)
            return true;
        struct mu_run_item item = item_of(run, (size_t) i);
        const char *never = NULL;
        enum mu_openness open = mu_endpoints_of(run, &item, &never);
        if (open == MU_OPENS_NEVER)
            TRY(mu_write_unrun(run, (size_t) i, MU_ERROR, never, "adapter", err));
        if (open != MU_OPEN)
            continue;
        *alone = item.exclusive && (run->jobs > 0 || mu_services_hands(run) > 0);
        if (*alone)
            return true;
        if (item.exclusive && run->probe_failed)
            TRY(mu_write_unrun(run, (size_t) i, MU_INCONCLUSIVE, "probe-failed", "", err));
        else
            TRY(start_case(run, (size_t) i, &item, err));
        if (item.exclusive && run->exclusive >= 0) {
            run->probe = item.marker;
            return true;
        }
    }
    return true;
}

/* The marker after a case that ran alone, as soon as what it needs is open again. */
static bool start_probe(struct mu_coordinator *run, struct mu_err *err)
{
    size_t marker = (size_t) run->probe;
    struct mu_run_item item = item_of(run, marker);
    const char *never;
    enum mu_openness open = mu_endpoints_of(run, &item, &never);
    if (open == MU_OPENS_LATER)
        return mu_services_feed(run, err);
    run->probe = -1;
    if (open == MU_OPEN)
        return start_marker(run, marker, err);
    run->probe_failed = true; /* what waits for the same is told why */
    return true;
}

/* Start waiting items while there is room. */
static bool start_some(struct mu_coordinator *run, struct mu_err *err)
{
    bool alone;
    if (run->stopping || run->exclusive >= 0)
        return true;
    if (run->probe >= 0 && run->jobs == 0)
        return start_probe(run, err);
    if (run->probe >= 0 || (run->jobs == 1 && is_marker(run, run->job[0].attempt.item)))
        return true;
    TRY(start_jobs(run, &alone, err));
    return alone || run->exclusive >= 0 || mu_services_feed(run, err);
}

/* --- listening to jobs ------------------------------------------------------------------------ */

static bool take_one(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t,
                     struct mu_err *err)
{
    t->attempt = &job->attempt;
    TRY(mu_take_record(run, job, t, err));
    if (!mu_asks(t->record) || t->later)
        return true;
    (void) mu_packet_send(job->fd, &t->answer, sizeof t->answer, t->fd);
    if (t->ours)
        mu_fd_close(&t->fd);
    return true;
}

/* It says what it must not: nothing more of it is believed. */
static bool has_lied(const struct mu_attempt *a)
{
    return a->done && a->verdict == MU_ERROR && strncmp(a->reason, "job:", 4) == 0;
}

bool mu_drain(struct mu_coordinator *run, struct mu_job *job, bool *gone, struct mu_err *err)
{
    for (*gone = false; !*gone;) {
        int fd;
        ssize_t n = mu_packet_receive(job->fd, run->packet, MU_RECORD_PACKET, MSG_DONTWAIT, &fd);
        mu_fd_close(&fd); /* jobs have nothing to give us */
        if (n < 0 && errno == EAGAIN)
            return true;
        *gone = n <= 0;
        struct mu_bytes packet = { run->packet, n > 0 ? (size_t) n : 0 };
        for (size_t at = 0; at < packet.n && !*gone;) {
            struct mu_taken t;
            if (packet.n <= MU_RECORD_PACKET
                && mu_record_next(packet, &at, &t.record, &t.carried)) {
                t.record = mu_veiled_record(run, t.record);
                TRY(take_one(run, job, &t, err));
            } else {
                mu_lies(&job->attempt, "job:record");
            }
            *gone = has_lied(&job->attempt);
        }
    }
    return true;
}

/* A job that is done or late: take its last words, then finish it. */
static bool tend(struct mu_coordinator *run, struct mu_job *job, bool ready, bool *gone,
                 struct mu_err *err)
{
    const char *why = NULL;
    *gone = job->pid == 0;
    bool late = mu_clock_left(job->attempt.deadline_ms) == 0;
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
        struct mu_buf marks = job[i].attempt.marks; /* each slot keeps its buffer */
        job[i] = job[--*jobs];
        job[*jobs].attempt.marks = marks;
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
        wait = sooner(wait, job[i].pid == 0 ? 0 : mu_clock_left(job[i].attempt.deadline_ms));
    }
    return wait;
}

static void read_signals(struct mu_coordinator *run)
{
    struct signalfd_siginfo info;
    while (read(run->signals, &info, sizeof info) == (ssize_t) sizeof info)
        run->stopping = true;
}

/* The ends of commands that jobs wait for. */
static size_t commands_poll(const struct mu_coordinator *run, struct pollfd *pfd)
{
    size_t n = 0;
    for (size_t i = 0; i < run->jobs; i++)
        for (size_t c = 0; c < run->job[i].commands; c++)
            pfd[n++] = (struct pollfd){ .fd = run->job[i].command[c].ended, .events = POLLIN };
    return n;
}

static void commands_tend(struct mu_coordinator *run, const struct pollfd *pfd)
{
    for (size_t i = 0; i < run->jobs; i++)
        for (size_t c = 0; c < run->job[i].commands; c++)
            if ((pfd++)->revents != 0)
                mu_answer_ended(&run->job[i], &run->job[i].command[c]);
}

static size_t addresses_poll(const struct mu_coordinator *run, struct pollfd *pfd)
{
    bool full = run->receptions == MU_RECEPTIONS_MAX;
    for (size_t a = 0; a < run->host->addresses; a++) {
        bool later = run->maildir[a] >= 0 ? run->waitings > MU_RECEPTIONS_MAX / 2 : full;
        pfd[a] = (struct pollfd){ .fd = later ? -1 : run->listener[a], .events = POLLIN };
    }
    return run->host->addresses;
}

/* Wait for news, at most `limit_ms` (-1: as long as it takes), and take them. */
static bool step(struct mu_coordinator *run, int limit_ms, struct mu_err *err)
{
    struct pollfd *pfd = run->pfd;
    size_t n = 0;
    TRY(mu_ports_next(run, err));
    int wait = sooner(limit_ms, mu_journal_wait(&run->journal));
    pfd[n++] = (struct pollfd){ .fd = run->signals, .events = POLLIN };
    struct pollfd *addresses = &pfd[n];
    n += addresses_poll(run, addresses);
    struct pollfd *jobs = &pfd[n], *receptions = &pfd[n + run->jobs];
    wait = jobs_wait(run->job, run->jobs, jobs, wait);
    wait = jobs_wait(run->reception, run->receptions, receptions, wait);
    n += run->jobs + run->receptions;
    struct pollfd *commands = &pfd[n];
    n += commands_poll(run, commands);
    struct pollfd *services = &pfd[n];
    n += mu_services_poll(run, services, &wait);
    if (poll(pfd, n, wait) < 0 && errno != EINTR)
        return mu_fail_sys(err, "cannot wait for jobs");

    if (pfd[0].revents != 0)
        read_signals(run);
    commands_tend(run, commands);
    /* Receptions before cases: a late one is known before its case's verdict is written. */
    TRY(tend_all(run, run->reception, &run->receptions, receptions, err));
    TRY(tend_all(run, run->job, &run->jobs, jobs, err));
    TRY(mu_services_tend(run, services, err));
    for (size_t a = 0; a < run->host->addresses; a++)
        if (addresses[a].revents != 0)
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
    mu_services_kill(run);
    mu_sweep(run->foreign, run->foreigns);
    mu_veiled_work_gone(run);
}

/* Does an item wait, or run? */
static bool busy(struct mu_coordinator *run)
{
    if (run->jobs > 0 || run->probe >= 0 || mu_services_hands(run) > 0)
        return true;
    for (size_t q = 0; q < 1 + run->host->programs; q++)
        if (mu_queue_waits(run, &run->queue[q]))
            return true;
    return false;
}

static bool run_cases(struct mu_coordinator *run, struct mu_err *err)
{
    for (;;) {
        TRY(start_some(run, err));
        if (run->stopping)
            return true;
        if (!busy(run)) {
            if (!mu_tries_round(run))
                return mu_tries_finish(run, err);
            continue;
        }
        TRY(step(run, -1, err));
    }
}

/* Programs are told that there are no more cases, and get the time to leave. */
static bool end_services(struct mu_coordinator *run, struct mu_err *err)
{
    while (!run->stopping && mu_services_end(run, true))
        TRY(step(run, -1, err));
    return true;
}

/* What a marker needs is opened anew where it is gone; what cannot be had is told with the cases. */
static bool await_open(struct mu_coordinator *run, size_t marker, bool *open, struct mu_err *err)
{
    struct mu_run_item item = item_of(run, marker);
    const char *never;
    enum mu_openness state = mu_endpoints_of(run, &item, &never);
    while (state == MU_OPENS_LATER && !run->stopping) {
        TRY(mu_services_feed(run, err) && step(run, -1, err));
        state = mu_endpoints_of(run, &item, &never);
    }
    *open = state == MU_OPEN && !run->stopping;
    run->result->trouble += state == MU_OPENS_NEVER;
    return true;
}

/* One last marker per path, then the quiet time in which a SUT that queues may still deliver. */
static bool run_out(struct mu_coordinator *run, struct mu_err *err)
{
    for (size_t m = 0; m < run->host->markers && !run->stopping; m++) {
        bool open;
        TRY(await_open(run, run->host->items + m, &open, err));
        if (!open)
            continue;
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
    TRY(mu_store_end(&run->store, err));
    TRY(mu_journal_end(&run->journal, err));
    TRY(mu_journal_sync(&run->journal, err));
    return mu_acknowledge(run);
}

/* --- all of it ---------------------------------------------------------------------------------- */

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

static bool run_all(struct mu_coordinator *run, struct mu_err *err)
{
    TRY(mu_veiled_start(run, err) && mu_run_open(run, err));
    TRY(mu_ports_open(run, err));
    TRY(mu_services_open(run, err) && mu_endpoints_make(run, err));
    if (run->options->isolation == MU_ISOLATION_FULL)
        TRY(mu_sandbox_prepare(err));
    if (!run_cases(run, err) || !run_out(run, err) || !end_services(run, err)) {
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
                                  .store = { .tar = -1 },
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
    mu_run_tables(&run);
    bool ok = open_signals(&run, &before, err) && run_all(&run, err);
    mu_ports_close(&run);
    if (run.journal.line.arena != NULL && !run.journal.broken) {
        struct mu_err ignored;
        ok = mu_journal_close(&run.journal, ok ? err : &ignored) && ok;
    }
    mu_store_close(&run.store);
    mu_fd_close(&run.signals);
    mu_fd_close(&run.dir);
    mu_fd_close(&run.lock);
    sigprocmask(SIG_SETMASK, &before, NULL);
    mu_arena_free(run.arena);
    return ok;
}

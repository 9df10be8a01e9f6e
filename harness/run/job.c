#include "run/job.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

/* Where a job finds its descriptors; everything above is closed. */
enum {
    FD_RECORD = 3,
    FD_PARCEL,
    FD_EVIDENCE,
    FD_ACCEPTED,
    FD_OWNER,
    FD_ADAPTER_IN,
    FD_ADAPTER_OUT,
    FD_END
};

struct descriptors {
    int record, parcel, evidence, accepted, owner, in, out;
};

/* Move the descriptors to their places. They are lifted above the places first, so that no move
 * can step on one that has yet to go. */
static void place(struct descriptors *d)
{
    int *const from[] = { &d->record, &d->parcel, &d->evidence, &d->accepted,
                          &d->owner,  &d->in,     &d->out };
    for (size_t i = 0; i < MU_COUNT(from); i++)
        if (*from[i] >= 0)
            *from[i] = fcntl(*from[i], F_DUPFD_CLOEXEC, FD_END);
    for (size_t i = 0; i < MU_COUNT(from); i++)
        if (*from[i] >= 0) {
            dup3(*from[i], FD_RECORD + (int) i, O_CLOEXEC);
            *from[i] = FD_RECORD + (int) i;
        } else {
            close(FD_RECORD + (int) i);
        }
    close_range(FD_END, ~0U, 0);
}

static bool seal(struct mu_seat *seat, struct mu_err *err)
{
    TRY(mu_sandbox_seal(err));
    seat->sealed = true;
    return true;
}

static bool seal_nothing(struct mu_seat *seat, struct mu_err *err)
{
    (void) err;
    seat->sealed = true;
    return true;
}

static void send_done(struct mu_seat *seat, const struct mu_case_end *end)
{
    struct mu_record done = { .type = MU_RECORD_DONE, .verdict = end->verdict, .rung = end->rung };
    mu_record_put(&done, end->reason);
    mu_record_put(&done, end->attribution);
    mu_seat_send(seat, &done);
}

/* An error of ours: the place in our source goes into the stream, the verdict is error. */
static void send_error(struct mu_seat *seat, const struct mu_err *err)
{
    char reason[160];
    snprintf(reason, sizeof reason, "harness:%s", mu_err_code_name(err->code));
    mu_seat_note(seat, "%s (%s:%d)", err->msg, err->file, err->line);
    send_done(seat, &(struct mu_case_end){
                        .verdict = MU_ERROR, .reason = reason, .attribution = "harness" });
}

/* Cases until there are no more or the adapter is broken; either is told by a record. */
static void run_serving(const struct mu_run_host *host, size_t program, struct mu_seat *seat)
{
    struct mu_err err;
    const char *broken = NULL;
    char reason[160];
    if (!host->serve(host->self, seat, program, &broken, &err)) {
        snprintf(reason, sizeof reason, "harness:%s", mu_err_code_name(err.code));
        mu_seat_note(seat, "%s (%s:%d)", err.msg, err.file, err.line);
        broken = reason;
    }
    struct mu_record end = { .type = MU_RECORD_ADAPTER, .number = (uint32_t) program };
    mu_record_put(&end, broken != NULL ? "broken" : "left");
    if (broken != NULL) {
        mu_record_put(&end, "reason");
        mu_record_put(&end, broken);
    }
    mu_seat_send(seat, &end);
    mu_seat_flush(seat);
}

static void run_seat(const struct mu_job_start *start, enum mu_job_kind kind, size_t item,
                     struct mu_seat *seat, const struct descriptors *d)
{
    const struct mu_run_host *host = start->host;
    struct mu_err err;
    if (kind == MU_JOB_SERVE) {
        run_serving(host, item, seat);
        return;
    }
    if (kind == MU_JOB_BATCH) {
        if (!start->batch(start->of, seat, &err))
            send_error(seat, &err);
        return;
    }
    if (kind == MU_JOB_RECEPTION) {
        if (host->receive(host->self, seat, item, start->exclusive, d->owner, d->accepted, &err))
            send_done(seat,
                      &(struct mu_case_end){ .verdict = MU_PASS, .reason = "", .attribution = "" });
        else
            send_error(seat, &err);
        return;
    }
    struct mu_case_end end = { .verdict = MU_ERROR, .reason = "", .attribution = "" };
    if (host->run_case(host->self, seat, item, &end, &err))
        send_done(seat, &end);
    else
        send_error(seat, &err);
}

static struct mu_seat seat_for(const struct mu_job_start *start, enum mu_job_kind kind,
                               const struct descriptors *d)
{
    uint64_t now = mu_clock_ms();
    struct mu_seat seat = {
        .arena = mu_arena_new(MU_JOB_ARENA_MAX),
        .zero_ms = now,
        .deadline_ms = now + start->deadline_ms,
        .operation_ms = start->operation_ms,
        .run_key = start->run_key,
        .token = start->token,
        .seed = mu_seat_seed(start->seed, start->token.index),
        .run_seed = start->seed,
        .record_fd = d->record,
        .parcel_fd = d->parcel,
        .evidence_fd = d->evidence,
        .key_log = start->key_log,
        .veil = start->veil,
        .measures = start->veil != NULL && !start->no_evidence,
        .adapter_in = d->in,
        .adapter_out = d->out,
        .seal = start->isolation == MU_ISOLATION_FULL ? seal : seal_nothing,
    };
    if (kind == MU_JOB_SERVE) { /* its evidence goes along with the records */
        seat.serving = mu_seat_serving_new(seat.arena);
        seat.evidence_fd = start->no_evidence || start->veil != NULL ? -1 : d->record;
    }
    return seat;
}

/* What a library or an assertion prints may quote what was said. */
static void silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (null < 0 || dup2(null, fd) != fd)
            close(fd);
}

static MU_NORETURN void child(const struct mu_job_start *start, enum mu_job_kind kind, size_t item,
                              struct descriptors d, pid_t parent)
{
    setpgid(0, 0);
    place(&d);
    if (start->veil != NULL)
        silence();
    if (kind == MU_JOB_BATCH) { /* files may come from the one, the report goes to the other */
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN); /* a pipe whose other end is gone is an observation */

    struct mu_err err;
    struct mu_seat seat = seat_for(start, kind, &d);
    if (!mu_sandbox_limits(parent, kind == MU_JOB_SERVE, &err))
        send_error(&seat, &err);
    else
        run_seat(start, kind, item, &seat, &d);
    _exit(EXIT_SUCCESS); /* the kernel frees faster than we do */
}

static bool make_pair(int pair[2], struct mu_err *err)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return mu_fail_sys(err, "cannot make a socket pair");
    return true;
}

static bool in_process(const struct mu_job_start *start, enum mu_job_kind kind)
{
    return start->isolation == MU_ISOLATION_NONE && kind != MU_JOB_SERVE && !start->collects
           && start->accepted < 0;
}

static void run_here(const struct mu_job_start *start, size_t item, const struct mu_job *job)
{
    struct descriptors d = { -1, -1, job->evidence, -1, -1, -1, -1 };
    struct mu_seat seat = seat_for(start, MU_JOB_CASE, &d);
    seat.local = start->local;
    seat.self = start->self;
    run_seat(start, MU_JOB_CASE, item, &seat, &d);
    mu_arena_free(seat.arena);
}

void mu_attempt_begin(struct mu_attempt *attempt, size_t item, unsigned number,
                      uint32_t deadline_ms)
{
    /* What the counts say is not there need not be cleared: there are many attempts a second. */
    attempt->item = item;
    attempt->number = (uint8_t) number;
    attempt->started_ms = mu_clock_ms();
    attempt->deadline_ms = attempt->started_ms + deadline_ms;
    attempt->done = false;
    attempt->verdict = attempt->least = MU_PASS;
    attempt->rung = MU_RUNG_NONE;
    attempt->may_come = 0;
    attempt->reason[0] = attempt->attribution[0] = '\0';
    attempt->records = attempt->legs = 0;
    attempt->octets = 0;
    attempt->marks.n = attempt->held.n = 0;
    attempt->list.parts = 0;
}

static void reset(struct mu_job *job, enum mu_job_kind kind, size_t item,
                  const struct mu_job_start *start)
{
    job->kind = kind;
    job->pid = 0;
    job->fd = job->parcels = job->evidence = -1;
    job->late = false;
    job->commands = 0;
    job->channel = -1;
    mu_attempt_begin(&job->attempt, item, start->token.attempt, start->deadline_ms + MU_GRACE_MS);
}

bool mu_job_start(const struct mu_job_start *start, enum mu_job_kind kind, size_t item,
                  struct mu_job *job, struct mu_err *err)
{
    reset(job, kind, item, start);
    if (!start->no_evidence && start->veil == NULL && kind != MU_JOB_SERVE) {
        job->evidence = memfd_create("evidence", MFD_CLOEXEC);
        if (job->evidence < 0)
            return mu_fail_sys(err, "cannot make a memory file");
    }
    if (in_process(start, kind)) {
        run_here(start, item, job);
        return true;
    }
    int record[2], parcel[2] = { -1, -1 };
    TRY(make_pair(record, err));
    if (start->collects)
        TRY(make_pair(parcel, err));

    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return mu_fail_sys(err, "cannot fork a job");
    if (pid == 0)
        child(start, kind, item,
              (struct descriptors){ record[1], parcel[1], job->evidence, start->accepted,
                                    start->owner, kind == MU_JOB_SERVE ? start->adapter_in : -1,
                                    kind == MU_JOB_SERVE ? start->adapter_out : -1 },
              parent);
    setpgid(pid, pid); /* both sides do it, so neither can be late */
    close(record[1]);
    mu_fd_close(&parcel[1]);
    job->pid = pid;
    job->fd = record[0];
    job->parcels = parcel[0];
    return true;
}

void mu_job_end(struct mu_job *job, int *status)
{
    *status = 0;
    if (job->pid > 0) {
        kill(-job->pid, SIGKILL); /* whatever it left behind, too; ESRCH is fine */
        while (waitpid(job->pid, status, 0) < 0)
            assert(errno == EINTR);
    }
    mu_fd_close(&job->fd);
    mu_fd_close(&job->parcels);
    mu_fd_close(&job->evidence);
    for (size_t i = 0; i < job->commands; i++) {
        struct mu_command *c = &job->command[i];
        if (c->pid > 0)
            kill(-c->pid, SIGKILL);
        while (c->pid > 0 && waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        mu_fd_close(&c->ended);
        mu_fd_close(&c->output);
        mu_fd_close(&c->answer);
    }
    job->commands = 0;
}

/* Programs that serve cases: started when a case is due, stopped, started again, given up. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/coordinator.h"

/* --- setting up ----------------------------------------------------------------------------------- */

static bool open_service(struct mu_coordinator *run, size_t p, struct mu_err *err)
{
    struct mu_service *s = &run->service[p];
    s->program = run->host->program(run->host->self, p);
    s->window = mu_service_window(s->program, 0);
    s->hand = mu_arena_array(run->arena, s->window, sizeof *s->hand);
    s->listener = -1;
    s->job.attempt.marks.arena = run->arena;
    s->lost.arena = run->arena;
    s->job.fd = s->job.parcels = s->job.evidence = -1;
    mu_program_none(&s->child, run->arena);
    s->child.silent = run->veil != NULL;
    if (s->program->way == MU_SAP_LISTEN)
        return mu_ports_listen(&s->program->address, &s->listener, err);
    if (s->program->way == MU_SAP_FILTER) /* it is never started here, but confined all the same */
        return mu_write_adapter(run, s, NULL, err);
    return true;
}

bool mu_services_open(struct mu_coordinator *run, struct mu_err *err)
{
    size_t n = run->host->programs;
    if (n > MU_PROGRAMS_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d programs", MU_PROGRAMS_MAX);
    run->service = mu_arena_array(run->arena, n + 1, sizeof *run->service);
    size_t hands = 0;
    for (size_t p = 0; p < n; p++) {
        TRY(open_service(run, p, err));
        run->services++;
        hands += run->service[p].window;
    }
    run->spare = mu_arena_array(run->arena, hands + 1, sizeof *run->spare);
    return true;
}

bool mu_work_folder(struct mu_coordinator *run, struct mu_arena *arena, const char *id,
                    const char **path, struct mu_err *err)
{
    char name[128], real[PATH_MAX];
    if (run->veil != NULL)
        return mu_veiled_work(run, arena, id, path, err);
    snprintf(name, sizeof name, "adapters/%.64s-work", id);
    if ((mkdirat(run->dir, "adapters", 0755) != 0 && errno != EEXIST)
        || (mkdirat(run->dir, name, 0700) != 0 && errno != EEXIST))
        return mu_fail_sys(err, "cannot create '%s/%s'", run->options->out, name);
    if (realpath(run->options->out, real) == NULL)
        return mu_fail_sys(err, "cannot find '%s'", run->options->out);
    *path = mu_arena_printf(arena, "%s/%s", real, name);
    return true;
}

/* Nobody misses it when nothing is in it. */
static void drop_work_folder(const struct mu_coordinator *run, const char *id)
{
    char name[128];
    snprintf(name, sizeof name, "adapters/%.64s-work", id);
    (void) unlinkat(run->dir, name, AT_REMOVEDIR);
}

/* --- starting ------------------------------------------------------------------------------------- */

static bool start_job(struct mu_coordinator *run, struct mu_service *s, int in, int out,
                      struct mu_err *err)
{
    struct mu_job_start start = {
        .host = run->host,
        .isolation = run->options->isolation,
        .run_key = run->run_key,
        .seed = run->options->seed,
        .deadline_ms = INT_MAX, /* it lasts; its cases have deadlines */
        .operation_ms = MU_OPERATION_MS,
        .no_evidence = run->options->no_evidence,
        .veil = run->jobs_veil,
        .key_log = run->options->key_log,
        .exclusive = -1,
        .owner = -1,
        .accepted = -1,
        .adapter_in = in,
        .adapter_out = out,
    };
    s->state = MU_SERVICE_RUNNING;
    s->ready = s->told_end = s->left = s->terminated = false;
    s->records = 0;
    s->reason[0] = '\0';
    s->next_ms = mu_clock_ms() + MU_PROGRAM_READY_MS;
    return mu_job_start(&start, MU_JOB_SERVE, mu_service_number(run, s), &s->job, err);
}

/* The program is not there, or not any more: what it has printed is kept, and perhaps it is tried again. */
bool mu_service_stopped(struct mu_coordinator *run, struct mu_service *s, bool hopeless,
                        struct mu_err *err)
{
    unsigned wait = MU_PROGRAM_BACKOFF_MS;
    bool broken = s->reason[0] != '\0';
    /* Whoever knocks where we listen and is not the adapter takes none of its tries away. */
    if (s->await_ms != 0 && strcmp(s->reason, "adapter:tls") == 0)
        s->in_vain--;
    bool gone = broken && (hopeless || s->in_vain >= MU_PROGRAM_STARTS);
    mu_program_signal(&s->child, SIGKILL);
    TRY(mu_write_adapter_end(run, s, broken ? "broken" : "left", s->reason, err));
    for (unsigned i = 1; i < s->in_vain; i++)
        wait *= 10;
    s->state = gone ? MU_SERVICE_GONE : MU_SERVICE_IDLE;
    s->next_ms = mu_clock_ms() + wait;
    s->lost.n = 0;
    if (gone)
        TRY(mu_write_adapter_end(run, s, "gone", s->reason, err));
    mu_sweep_strangers(run);
    return true;
}

static bool fails_to_start(struct mu_coordinator *run, struct mu_service *s, bool hopeless,
                           const struct mu_err *why, struct mu_err *err)
{
    TRY(mu_write_adapter_warned(run, s, why->msg, err));
    snprintf(s->reason, sizeof s->reason, "adapter:handshake");
    return mu_service_stopped(run, s, hopeless, err);
}

/* Its program, or a socket on its way to it. */
static bool reach(struct mu_coordinator *run, struct mu_service *s, struct mu_arena *arena, int *in,
                  int *out, struct mu_err *err)
{
    if (s->program->way == MU_SAP_DIAL) {
        *in = *out = mu_ports_connect(&s->program->address);
        return *in >= 0 || mu_fail_sys(err, "cannot connect to %s", s->program->address.text);
    }
    const char *work;
    TRY(mu_work_folder(run, arena, s->program->id, &work, err));
    return mu_program_start(s->program, arena, run->options->environment, work, &s->child, in, out,
                            err);
}

static bool start(struct mu_coordinator *run, struct mu_service *s, struct mu_err *err)
{
    int in = -1, out = -1;
    struct mu_err why;
    s->starts++;
    s->in_vain++;
    s->wanted = false;
    s->reason[0] = '\0';
    if (s->program->way == MU_SAP_LISTEN) {
        s->state = MU_SERVICE_AWAITED;
        if (s->await_ms == 0)
            s->await_ms = mu_clock_ms() + MU_PROGRAM_READY_MS;
        s->next_ms = s->await_ms;
        return true;
    }
    struct mu_arena *arena = mu_arena_new(MU_OPERATOR_FILE_MAX);
    bool reached = reach(run, s, arena, &in, &out, &why);
    mu_arena_free(arena);
    if (!reached)
        return fails_to_start(run, s, s->program->way != MU_SAP_DIAL, &why, err);
    bool ok = start_job(run, s, in, out, err);
    close(in);
    if (out != in)
        close(out);
    return ok;
}

/* Nothing that waits for it will ever be served. */
static bool give_up(struct mu_coordinator *run, struct mu_service *s, struct mu_err *err)
{
    struct mu_queue *queue = &run->queue[1 + mu_service_number(run, s)];
    int64_t item = 0;
    for (size_t at = queue->head; mu_queue_waits(run, queue) && item >= 0;) {
        TRY(mu_queue_next(run, queue, &at, &item, err));
        if (item >= 0)
            TRY(mu_write_unrun(run, (size_t) item, MU_ERROR, "adapter:gone", "adapter", err));
    }
    return true;
}

bool mu_services_feed(struct mu_coordinator *run, struct mu_err *err)
{
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        bool due = mu_queue_waits(run, &run->queue[1 + p]);
        if (s->state == MU_SERVICE_IDLE && (due || s->wanted) && mu_clock_left(s->next_ms) == 0)
            TRY(start(run, s, err));
        if (s->state == MU_SERVICE_GONE && due)
            TRY(give_up(run, s, err));
        bool open = s->ready && !s->told_end && s->reason[0] == '\0'; /* broken, it begins none */
        if (s->state == MU_SERVICE_RUNNING && open)
            TRY(mu_serve_feed(run, s, err));
    }
    return true;
}

size_t mu_services_hands(const struct mu_coordinator *run)
{
    size_t n = 0;
    for (size_t p = 0; p < run->services; p++)
        n += run->service[p].hands;
    return n;
}

/* --- the loop ------------------------------------------------------------------------------------- */

static bool tend_program(struct mu_coordinator *run, struct mu_service *s, struct mu_err *err)
{
    if (mu_program_ended(&s->child))
        return mu_service_stopped(run, s, false, err);
    if (mu_clock_left(s->next_ms) > 0)
        return true;
    mu_program_signal(&s->child, s->terminated ? SIGKILL : SIGTERM);
    s->terminated = true;
    s->next_ms = mu_clock_ms() + MU_PROGRAM_LEAVE_MS;
    return true;
}

/* One connection is the adapter's; others wait their turn. */
static bool tend_listener(struct mu_coordinator *run, struct mu_service *s, bool ready,
                          struct mu_err *err)
{
    int on = 1;
    MU_CLEANUP(mu_fd_close) int fd = -1;
    if (ready)
        fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return start_job(run, s, fd, fd, err);
    }
    if (mu_clock_left(s->next_ms) > 0)
        return true;
    struct mu_err why;
    s->await_ms = 0;
    mu_fail(&why, MU_ERR_DEADLINE, "nobody has connected to %s", s->program->address.text);
    return fails_to_start(run, s, false, &why, err);
}

static uint64_t due_ms(struct mu_coordinator *run, const struct mu_service *s)
{
    uint64_t due = UINT64_MAX;
    bool waits = s->channels > 0 || s->wanted
                 || mu_queue_waits(run, &run->queue[1 + mu_service_number(run, s)]);
    if (s->state == MU_SERVICE_GONE)
        return due;
    if (s->state == MU_SERVICE_IDLE) /* past its time it is held up by something else */
        return waits && mu_clock_left(s->next_ms) > 0 ? s->next_ms : due;
    if (s->state != MU_SERVICE_RUNNING || !s->ready || s->told_end)
        due = s->next_ms;
    for (size_t i = 0; i < s->hands; i++)
        due = s->hand[i]->deadline_ms < due ? s->hand[i]->deadline_ms : due;
    if (s->child.pid > 0 && run->look_ms < due)
        due = run->look_ms;
    return due;
}

size_t mu_services_poll(struct mu_coordinator *run, struct pollfd *pfd, int *wait)
{
    uint64_t due = UINT64_MAX;
    if (mu_clock_left(run->look_ms) == 0)
        run->look_ms = mu_clock_ms() + MU_OUTPUT_LOOK_MS;
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        uint64_t mine = due_ms(run, s);
        due = mine < due ? mine : due;
        pfd[p] = (struct pollfd){ .fd = -1, .events = POLLIN };
        if (s->state == MU_SERVICE_RUNNING)
            pfd[p].fd = s->job.fd;
        else if (s->state == MU_SERVICE_STOPPING)
            pfd[p].fd = s->child.ended;
        else if (s->state == MU_SERVICE_AWAITED)
            pfd[p].fd = s->listener;
    }
    if (due != UINT64_MAX) {
        int left = mu_clock_left(due);
        *wait = *wait < 0 || left < *wait ? left : *wait;
    }
    return run->services;
}

bool mu_services_tend(struct mu_coordinator *run, const struct pollfd *pfd, struct mu_err *err)
{
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        bool ready = pfd[p].revents != 0;
        if (s->state == MU_SERVICE_RUNNING)
            TRY(mu_service_tend_job(run, s, ready, err));
        else if (s->state == MU_SERVICE_STOPPING)
            TRY(tend_program(run, s, err));
        else if (s->state == MU_SERVICE_AWAITED)
            TRY(tend_listener(run, s, ready, err));
        else if (s->state == MU_SERVICE_IDLE && s->channels > 0 && mu_clock_left(s->next_ms) == 0)
            TRY(start(run, s, err)); /* whatever is held up: somebody who runs waits for it */
        if (run->pendings >= MU_GROUP_RECORDS)
            TRY(mu_journal_sync(&run->journal, err) && mu_acknowledge(run));
    }
    return true;
}

bool mu_services_end(struct mu_coordinator *run, bool say)
{
    struct mu_orders order = { .kind = MU_ORDER_END, .count = 1 };
    size_t size = offsetof(struct mu_orders, one) + sizeof order.one[0];
    bool any = false;
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        if (s->state == MU_SERVICE_AWAITED)
            s->state = MU_SERVICE_IDLE;
        any = any || s->state == MU_SERVICE_RUNNING || s->state == MU_SERVICE_STOPPING;
        if (!say || s->state != MU_SERVICE_RUNNING || s->told_end)
            continue;
        (void) mu_packet_send(s->job.fd, &order, size, -1);
        s->told_end = true;
        /* It may have something to close before it says bye. */
        s->next_ms = mu_clock_ms() + MU_OPERATION_MS + 2UL * MU_PROGRAM_LEAVE_MS;
    }
    return any;
}

void mu_services_kill(struct mu_coordinator *run)
{
    int status;
    uint64_t end_ms = mu_clock_ms() + MU_PROGRAM_LEAVE_MS;
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        if (s->state == MU_SERVICE_RUNNING)
            mu_job_end(&s->job, &status);
        mu_service_close_channels(s);
        mu_program_signal(&s->child, SIGTERM);
        s->hands = 0;
    }
    for (size_t p = 0; p < run->services; p++) {
        struct mu_service *s = &run->service[p];
        struct pollfd pfd = { .fd = s->child.ended, .events = POLLIN };
        if (s->child.pid > 0)
            (void) poll(&pfd, 1, mu_clock_left(end_ms));
        mu_program_end(&s->child);
        mu_fd_close(&s->listener);
        s->listener = -1;
        s->state = MU_SERVICE_GONE;
        drop_work_folder(run, s->program->id);
    }
}

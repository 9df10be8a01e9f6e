/* Programs that serve cases: started when a case is due, stopped, started again, given up. */
#include <assert.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/coordinator.h"

static size_t number_of(const struct mu_coordinator *run, const struct mu_service *s)
{
    return (size_t) (s - run->service);
}

/* --- setting up ----------------------------------------------------------------------------------- */

static size_t window_of(const struct mu_program *program, size_t wanted)
{
    size_t window = program->in_flight > 0 ? program->in_flight : MU_IN_FLIGHT;
    if (wanted > 0 && wanted < window)
        window = wanted;
    return window < MU_IN_FLIGHT_MAX ? window : MU_IN_FLIGHT_MAX;
}

static bool open_service(struct mu_coordinator *run, size_t p, struct mu_err *err)
{
    struct mu_service *s = &run->service[p];
    s->program = run->host->program(run->host->self, p);
    s->window = window_of(s->program, 0);
    s->hand = mu_arena_array(run->arena, s->window, sizeof *s->hand);
    s->listener = -1;
    s->job.attempt.marks.arena = run->arena;
    s->lost.arena = run->arena;
    s->job.fd = s->job.parcels = s->job.evidence = -1;
    mu_program_none(&s->child, run->arena);
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
    return mu_job_start(&start, MU_JOB_SERVE, number_of(run, s), &s->job, err);
}

/* The program is not there, or not any more: what it has printed is kept, and perhaps it is tried again. */
static bool stopped(struct mu_coordinator *run, struct mu_service *s, bool hopeless,
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
    struct mu_json *j = mu_journal_begin(&run->journal, "note");
    char text[400];
    snprintf(text, sizeof text, "adapter '%.64s': %s", s->program->id, why->msg);
    mu_json_text(j, "text", text);
    TRY(mu_journal_end(&run->journal, err));
    snprintf(s->reason, sizeof s->reason, "adapter:handshake");
    return stopped(run, s, hopeless, err);
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
    struct mu_queue *queue = &run->queue[1 + number_of(run, s)];
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
        if (s->state == MU_SERVICE_IDLE && due && mu_clock_left(s->next_ms) == 0)
            TRY(start(run, s, err));
        if (s->state == MU_SERVICE_GONE && due)
            TRY(give_up(run, s, err));
        if (s->state == MU_SERVICE_RUNNING && s->ready && !s->told_end)
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

/* --- channels ------------------------------------------------------------------------------------- */

static bool pass_channels(struct mu_service *s)
{
    struct mu_orders order = { .kind = MU_ORDER_CHANNEL, .count = 1 };
    size_t size = offsetof(struct mu_orders, one) + sizeof order.one[0];
    for (size_t i = 0; i < s->channels; i++) {
        (void) mu_packet_send(s->job.fd, &order, size, s->channel[i]);
        close(s->channel[i]);
    }
    s->channels = 0;
    return true;
}

static void close_channels(struct mu_service *s)
{
    while (s->channels > 0)
        close(s->channel[--s->channels]);
}

void mu_services_served(struct mu_coordinator *run, uint32_t p)
{
    run->service[p].in_vain = 0;
}

int mu_services_channel(struct mu_coordinator *run, uint32_t p)
{
    int pair[2];
    struct mu_service *s = p < run->services ? &run->service[p] : NULL;
    if (s == NULL || s->state == MU_SERVICE_GONE || s->program->way == MU_SAP_FILTER
        || s->channels == MU_COUNT(s->channel)) {
        errno = s == NULL ? EINVAL : EHOSTDOWN;
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return -1;
    s->channel[s->channels++] = pair[1];
    if (s->state == MU_SERVICE_RUNNING && s->ready)
        pass_channels(s);
    return pair[0];
}

/* --- listening ------------------------------------------------------------------------------------ */

/* A fact of the adapter itself. */
static bool take_fact(struct mu_coordinator *run, struct mu_service *s,
                      const struct mu_record *record, const char **why, struct mu_err *err)
{
    const char *state = mu_record_text(record, 0);
    bool mine = record->number == number_of(run, s), ends = s->reason[0] != '\0' || s->left;
    if (mine && strcmp(state, "ready") == 0 && !s->ready) {
        s->ready = true;
        s->await_ms = 0;
        s->window = window_of(s->program, record->count);
        TRY(mu_write_adapter(run, s, record, err));
        pass_channels(s);
    } else if (mine && strcmp(state, "warned") == 0) {
        TRY(mu_write_adapter(run, s, record, err));
    } else if (mine && strcmp(state, "broken") == 0 && !ends) {
        const char *reason = mu_record_text(record, 2);
        snprintf(s->reason, sizeof s->reason, "%s", *reason != '\0' ? reason : "adapter:crash");
    } else if (mine && strcmp(state, "left") == 0 && !ends) {
        s->left = true;
    } else {
        *why = "job:records";
    }
    return true;
}

static bool take_one(struct mu_coordinator *run, struct mu_service *s, struct mu_taken *t,
                     const char **why, struct mu_err *err)
{
    const struct mu_record *record = t->record;
    t->attempt = NULL;
    if (record->item == MU_NO_ITEM) {
        if (++s->records > MU_JOB_RECORDS_MAX)
            *why = "job:records";
        else if (record->type == MU_RECORD_ADAPTER)
            return take_fact(run, s, record, why, err);
    } else {
        t->attempt = mu_serve_find(run, s, record);
        if (t->attempt == NULL)
            *why = "job:item";
    }
    if (*why != NULL)
        return true;
    TRY(mu_take_record(run, &s->job, t, err));
    *why = t->why;
    if (*why == NULL && t->attempt != NULL && t->attempt->done)
        return mu_serve_done(run, s, t->attempt, err);
    return true;
}

/* Everything that it has sent. *gone: it has left, or must go; *why unless it said so. */
static bool listen_to(struct mu_coordinator *run, struct mu_service *s, bool *gone,
                      const char **why, struct mu_err *err)
{
    while (*why == NULL) {
        int fd;
        ssize_t n = mu_packet_receive(s->job.fd, run->packet, MU_RECORD_PACKET, MSG_DONTWAIT, &fd);
        mu_fd_close(&fd);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (n < 0 && errno == ECONNRESET)
            continue; /* it left orders unread; said once, and before what it has sent */
        *gone = n <= 0;
        if (*gone)
            return true;
        struct mu_bytes packet = { run->packet, (size_t) n };
        struct mu_taken t;
        size_t at = 0;
        if (packet.n > MU_RECORD_PACKET)
            *why = "job:record";
        while (*why == NULL && at < packet.n) {
            if (!mu_record_next(packet, &at, &t.record, &t.carried))
                *why = "job:record";
            else
                TRY(take_one(run, s, &t, why, err));
        }
    }
    *gone = true;
    return true;
}

/* --- ends ----------------------------------------------------------------------------------------- */

/* The job is gone or must go, for `why` unless it has said itself. */
static bool end_job(struct mu_coordinator *run, struct mu_service *s, const char *why,
                    const char *attribution, struct mu_err *err)
{
    int status;
    char died[40];
    mu_job_end(&s->job, &status);
    close_channels(s);
    if (why == NULL && s->left && !s->told_end)
        why = "job:left";
    if (why == NULL && s->reason[0] == '\0' && !s->left) {
        bool killed = WIFSIGNALED(status);
        snprintf(died, sizeof died, killed ? "job:signal-%d" : "job:exit-%d",
                 killed ? WTERMSIG(status) : WEXITSTATUS(status));
        why = died;
    }
    /* Our own trouble loses what was in hand; a broken adapter only what the job has said is lost. */
    if (why == NULL && strncmp(s->reason, "harness:", 8) == 0)
        why = s->reason;
    TRY(mu_serve_drop(run, s, why, attribution, err));
    if (why != NULL && why != s->reason)
        snprintf(s->reason, sizeof s->reason, "%s", why);
    s->ready = false;
    s->state = MU_SERVICE_STOPPING;
    s->terminated = s->reason[0] != '\0';
    s->next_ms = mu_clock_ms() + MU_PROGRAM_LEAVE_MS;
    if (s->terminated)
        mu_program_signal(&s->child, SIGTERM);
    return s->child.pid > 0 || stopped(run, s, false, err);
}

/* What its job does not notice itself: cases that take too long, a greeting that never comes. */
static const char *overdue(const struct mu_service *s)
{
    uint64_t now = mu_clock_ms();
    if (!s->ready && now >= s->next_ms)
        return "adapter:handshake";
    if (s->told_end && now >= s->next_ms)
        return "timeout:bye";
    for (size_t i = 0; i < s->hands; i++)
        if (now >= s->hand[i]->deadline_ms)
            return "deadline:case";
    return NULL;
}

static bool tend_job(struct mu_coordinator *run, struct mu_service *s, bool ready,
                     struct mu_err *err)
{
    bool gone = false;
    const char *why = NULL, *late = NULL;
    if (ready)
        TRY(listen_to(run, s, &gone, &why, err));
    if (!gone && (late = overdue(s)) != NULL) { /* its last words may have come just now */
        TRY(listen_to(run, s, &gone, &why, err));
        late = gone ? NULL : overdue(s);
    }
    if (gone || late != NULL)
        return end_job(run, s, late != NULL ? late : why, late != NULL ? "adapter" : "harness",
                       err);
    if (mu_clock_left(run->look_ms) == 0)
        return mu_program_cut(&s->child, err);
    return true;
}

static bool tend_program(struct mu_coordinator *run, struct mu_service *s, struct mu_err *err)
{
    if (mu_program_ended(&s->child))
        return stopped(run, s, false, err);
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

/* --- the loop ------------------------------------------------------------------------------------- */

static uint64_t due_ms(struct mu_coordinator *run, const struct mu_service *s)
{
    uint64_t due = UINT64_MAX;
    bool waits = s->channels > 0 || mu_queue_waits(run, &run->queue[1 + number_of(run, s)]);
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
            TRY(tend_job(run, s, ready, err));
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
        s->next_ms = mu_clock_ms() + 2UL * MU_PROGRAM_LEAVE_MS;
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
        close_channels(s);
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

/* The job that speaks with a program: what it says, what goes to it over channels, how it ends. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/coordinator.h"

size_t mu_service_number(const struct mu_coordinator *run, const struct mu_service *s)
{
    return (size_t) (s - run->service);
}

size_t mu_service_window(const struct mu_program *program, size_t wanted)
{
    size_t window = program->in_flight > 0 ? program->in_flight : MU_IN_FLIGHT;
    if (wanted > 0 && wanted < window)
        window = wanted;
    window = window < MU_IN_FLIGHT_MAX ? window : MU_IN_FLIGHT_MAX;
    return window < MU_AHEAD_FROM ? window : 2 * window;
}

/* --- channels ------------------------------------------------------------------------------------- */

static void pass_channels(struct mu_service *s)
{
    struct mu_orders order = { .kind = MU_ORDER_CHANNEL, .count = 1 };
    size_t size = offsetof(struct mu_orders, one) + sizeof order.one[0];
    for (size_t i = 0; i < s->channels; i++) {
        (void) mu_packet_send(s->job.fd, &order, size, s->channel[i]);
        close(s->channel[i]);
    }
    s->channels = 0;
}

void mu_service_close_channels(struct mu_service *s)
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
    bool mine = record->number == mu_service_number(run, s), ends = s->reason[0] != '\0' || s->left;
    if (mine && strcmp(state, "ready") == 0 && !s->ready) {
        s->ready = true;
        s->await_ms = 0;
        s->window = mu_service_window(s->program, record->count);
        TRY(mu_write_adapter(run, s, record, err));
        pass_channels(s);
    } else if (mine && strcmp(state, "opened") == 0 && !s->ready && !ends) {
        return mu_endpoint_opened(run, s, record, why, err);
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
    if (record->type == MU_RECORD_AGAIN) {
        const char *reason = mu_record_text(record, 0);
        return mu_serve_again(run, s, t->attempt, *reason != '\0' ? reason : "adapter:crash", err);
    }
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
            if (!mu_record_next(packet, &at, &t.record, &t.carried)) {
                *why = "job:record";
            } else {
                t.record = mu_veiled_record(run, t.record);
                TRY(take_one(run, s, &t, why, err));
            }
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
    mu_service_close_channels(s);
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
    s->waited_ms += s->wait_ms;
    s->wait_ms = 0;
    mu_endpoints_closed(run, s);
    s->state = MU_SERVICE_STOPPING;
    /* Whoever has hung up is ending: how is worth waiting for, and so is what it prints meanwhile. */
    bool ends = strcmp(s->reason, "adapter:crash") == 0;
    s->terminated = s->reason[0] != '\0' && !ends;
    s->next_ms = mu_clock_ms() + (ends ? MU_PROGRAM_CRASH_MS : MU_PROGRAM_LEAVE_MS);
    if (s->terminated)
        mu_program_signal(&s->child, SIGTERM);
    return s->child.pid > 0 || mu_service_stopped(run, s, false, err);
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

bool mu_service_tend_job(struct mu_coordinator *run, struct mu_service *s, bool ready,
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

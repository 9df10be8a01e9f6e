#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "format/unicode.h"
#include "net/listen.h"
#include "net/tls.h"
#include "proto/smtp_server.h"
#include "twin/guard.h"
#include "twin/hop.h"
#include "twin/store.h"
#include "twin/twin.h"

#define WORKERS_MAX 64
#define IDLE_MS     600000 /* ten minutes */

/* What a worker holds for its whole life. */
struct desk {
    const struct mu_twin *twin;
    struct mu_schema *label_schema;
    struct mu_judge judge;
    struct mu_tls *server_tls;
    struct mu_hop next;
};

static const char *address_text(struct mu_arena *arena, struct mu_bytes b)
{
    return mu_bytes_dup(arena, b);
}

/* The next hop's answer becomes ours: what cannot be delivered is not accepted. */
static bool relay(struct desk *desk, struct mu_smtp_session *session, struct mu_bytes message,
                  struct mu_smtp_answer *answer, struct mu_err *err)
{
    struct mu_arena *arena = session->stream->arena;
    const struct mu_envelope *e = &session->envelope;
    const char **to = mu_arena_array(arena, e->tos, sizeof *to);
    for (size_t i = 0; i < e->tos; i++)
        to[i] = address_text(arena, e->to[i]);
    struct mu_submission submission = {
        .from = address_text(arena, e->from), .to = to, .tos = e->tos, .content = message
    };
    struct mu_observation seen;
    struct mu_err hop_err;
    if (!mu_hop_deliver(arena, &desk->next, &submission, &seen, &hop_err)) {
        *answer = (struct mu_smtp_answer){ 451, "4.4.1 the next hop cannot be reached" };
        return true;
    }
    if (seen.outcome == MU_OUTCOME_ACCEPTED)
        return true;
    int code = seen.outcome == MU_OUTCOME_REFUSED && seen.code >= 500 ? 554 : 451;
    const char *text =
        code == 554 ? "5.4.0 the next hop refused" : "4.4.2 the next hop is not fit to deliver to";
    *answer = (struct mu_smtp_answer){ code, text };
    (void) err;
    return true;
}

/* accept-then-bounce: said yes, meant no. */
static bool bounce(struct desk *desk, struct mu_smtp_session *session, struct mu_err *err)
{
    struct mu_arena *arena = session->stream->arena;
    const struct mu_envelope *e = &session->envelope;
    if (!desk->twin->relay || e->from.n == 0 || e->tos == 0)
        return true;
    const char *to = address_text(arena, e->from);
    struct mu_submission submission = { .from = "", .to = &to, .tos = 1 };
    submission.content =
        mu_guard_bounce(arena, session->content, to, address_text(arena, e->to[0]));
    struct mu_observation seen;
    return mu_hop_deliver(arena, &desk->next, &submission, &seen, err);
}

static bool on_content(void *self, struct mu_smtp_session *session, struct mu_smtp_answer *answer,
                       struct mu_err *err)
{
    struct desk *desk = self;
    const struct mu_twin *twin = desk->twin;
    struct mu_arena *arena = session->stream->arena;
    const char *refused = mu_guard_refuses(arena, desk->label_schema, session->content, twin->sins);
    if (refused != NULL) {
        *answer = (struct mu_smtp_answer){ 550, refused + strlen("550 ") };
        return true;
    }
    struct mu_ruling ruling;
    mu_judge_message(arena, &desk->judge, session->content, session->envelope.to,
                     session->envelope.tos, (int64_t) time(NULL), twin->sins, &ruling);
    if (ruling.refusal != NULL) {
        *answer = (struct mu_smtp_answer){ 550, ruling.refusal + strlen("550 ") };
        return true;
    }
    if ((twin->sins & MU_SIN_BOUNCE) != 0)
        return bounce(desk, session, err);
    const char *client = mu_bytes_dup(arena, session->client);
    struct mu_bytes out = mu_guard_pass_on(arena, session->content, client, &ruling, twin->sins);
    if (twin->relay)
        return relay(desk, session, out, answer, err);
    return twin->maildir == NULL || mu_store_deliver(arena, twin->maildir, out, err);
}

static void serve_connection(struct desk *desk, int fd)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_stream *stream = mu_stream_new(arena, fd, mu_clock_ms() + IDLE_MS);
    stream->operation_ms = MU_CASE_MS;
    mu_stream_pace(stream);
    struct mu_transcript said = { .arena = arena, .zero_ms = mu_clock_ms() };
    struct mu_smtp_server server = { .name = "twin.muster.test",
                                     .tls = desk->server_tls,
                                     .mode = MU_TLS_STARTTLS,
                                     .demand_tls = true,
                                     .size_max = 10 * MU_MIB,
                                     .self = desk,
                                     .on_content = on_content };
    struct mu_smtp_session session = { .stream = NULL };
    struct mu_err err;
    if (!mu_smtp_serve(stream, &server, &said, &session, &err))
        fprintf(stderr, "twin: %s\n", err.msg);
    mu_arena_free(arena);
}

static MU_NORETURN void work(struct desk *desk, int listener, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    for (;;) {
        struct pollfd pfd = { .fd = listener, .events = POLLIN };
        struct mu_err err;
        int fd;
        if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
            _exit(EXIT_FAILURE);
        if (!mu_listen_accept(listener, &fd, &err)) {
            fprintf(stderr, "twin: %s\n", err.msg);
            _exit(EXIT_FAILURE);
        }
        if (fd >= 0) /* -1: another worker was quicker */
            serve_connection(desk, fd);
    }
}

static bool make_desk(struct mu_arena *arena, const struct mu_twin *twin, const char *schema,
                      struct desk *desk, struct mu_err *err)
{
    bool anyone = (twin->sins & MU_SIN_ACCEPT_ANY_CLIENT) != 0;
    *desk = (struct desk){ .twin = twin };
    TRY(mu_schema_load(arena, schema, &desk->label_schema, err));
    TRY(mu_unicode_start(err));
    TRY(mu_judge_load(arena, twin->policy, twin->policies, twin->clearances, twin->translate,
                      &desk->judge, err));
    struct mu_tls_need server = { .profile = mu_twin_tls_profile(),
                                  .identity = twin->server,
                                  .anchors = twin->anchors,
                                  .crl = twin->crl,
                                  .server = true,
                                  .ask = true,
                                  .demand = !anyone };
    TRY(anyone ? mu_tls_new(arena, &server, &desk->server_tls, err)
               : mu_tls_new_strict(arena, &server, &desk->server_tls, err));
    if (!twin->relay)
        return true;
    struct mu_tls *next;
    struct mu_tls_need client = { .profile = mu_twin_tls_profile(),
                                  .identity = twin->client,
                                  .anchors = twin->anchors,
                                  .crl = twin->crl };
    TRY(mu_tls_new_strict(arena, &client, &next, err));
    desk->next = (struct mu_hop){ twin->next, twin->next_name, next };
    return true;
}

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void) signal_number;
    stopped = 1;
}

static bool start_workers(struct desk *desk, int listener, pid_t *pid, unsigned *started,
                          struct mu_err *err)
{
    pid_t parent = getpid();
    for (*started = 0; *started < desk->twin->workers; (*started)++) {
        pid[*started] = fork();
        if (pid[*started] < 0)
            return mu_fail_sys(err, "cannot fork a worker");
        if (pid[*started] == 0)
            work(desk, listener, parent);
    }
    return true;
}

static void stop_workers(const pid_t *pid, unsigned started)
{
    for (unsigned i = 0; i < started; i++)
        kill(pid[i], SIGTERM);
    for (unsigned i = 0; i < started; i++)
        while (waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
            ;
}

/* The address really listened at, for whoever waits for the twin. */
static bool write_ready(const struct mu_twin *twin, uint16_t port, struct mu_err *err)
{
    const char *colon = strrchr(twin->listen.text, ':');
    char text[128];
    int n = snprintf(text, sizeof text, "%.*s:%u\n", (int) (colon - twin->listen.text),
                     twin->listen.text, port);
    if (twin->ready != NULL)
        return mu_file_replace(twin->ready, (struct mu_bytes){ text, (size_t) n }, 0644, err);
    fputs(text, stdout);
    fflush(stdout);
    return true;
}

bool mu_twin_serve(const struct mu_twin *twin, const char *schema, struct mu_err *err)
{
    pid_t pid[WORKERS_MAX];
    unsigned started = 0;
    struct desk desk;
    uint16_t port;
    int listener;
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct sigaction action = { .sa_handler = stop };
    sigset_t wanted, before;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    bool ok = make_desk(arena, twin, schema, &desk, err)
              && mu_listen(&twin->listen, &listener, &port, err);
    if (ok) {
        sigprocmask(SIG_BLOCK, &wanted, &before);
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
        sigprocmask(SIG_SETMASK, &before, NULL);
        ok = start_workers(&desk, listener, pid, &started, err) && write_ready(twin, port, err);
        sigprocmask(SIG_BLOCK, &wanted, &before);
        while (ok && !stopped)
            sigsuspend(&before);
        stop_workers(pid, started);
        close(listener);
    }
    mu_arena_free(arena);
    return ok;
}

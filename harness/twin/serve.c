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
#include "format/mail.h"
#include "format/unicode.h"
#include "net/listen.h"
#include "proto/smtp_server.h"
#include "twin/guard.h"
#include "twin/hop.h"
#include "twin/report.h"
#include "twin/store.h"
#include "twin/write.h"

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

/* A report to the return path, over the next hop: the only way out that there is. */
static bool report(struct desk *desk, struct mu_smtp_session *session,
                   const struct mu_report_wish *wish, const char *action, const char *status,
                   struct mu_err *err)
{
    struct mu_arena *arena = session->stream->arena;
    const struct mu_envelope *e = &session->envelope;
    if (!desk->twin->relay || e->from.n == 0 || e->tos == 0)
        return true;
    const char *to = address_text(arena, e->from);
    struct mu_submission submission = { .from = "", .to = &to, .tos = 1 };
    struct mu_report_wish granted = *wish;
    if (mu_sin_is(desk->twin->sin, MU_SIN_REPORT_FULL))
        granted.ret = "FULL";
    submission.content = mu_report_write(arena, session->content, &granted, to,
                                         address_text(arena, e->to[0]), action, status);
    struct mu_observation seen;
    return mu_hop_deliver(arena, &desk->next, &submission, &seen, NULL, err);
}

/* What the next hop refused for good: told in the dialogue or, where the client has asked for a report
 * by name, in one. */
static bool not_delivered(struct desk *desk, struct mu_smtp_session *session,
                          const struct mu_observation *seen, const struct mu_report_wish *wish,
                          struct mu_smtp_answer *answer, struct mu_err *err)
{
    bool policy = seen->class == MU_CLASS_POLICY;
    if (seen->outcome != MU_OUTCOME_REFUSED || seen->code < 500)
        *answer = (struct mu_smtp_answer){ 451, "4.4.2 the next hop is not fit to deliver to" };
    else if (wish->failure)
        return report(desk, session, wish, "failed", policy ? "5.7.1" : "5.4.0", err);
    else
        *answer = (struct mu_smtp_answer){ 554, policy ? "5.7.1 the next hop refused by its policy"
                                                       : "5.4.0 the next hop refused" };
    return true;
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
    struct mu_report_wish wish;
    mu_report_read(arena, e, &wish);
    bool silent = mu_sin_is(desk->twin->sin, MU_SIN_DROP_DSN);
    struct mu_submission submission = { .from = address_text(arena, e->from),
                                        .to = to,
                                        .tos = e->tos,
                                        .content = message,
                                        .ret = silent ? NULL : wish.ret,
                                        .envid = silent ? NULL : wish.envid,
                                        .notify = silent ? NULL : wish.notify };
    struct mu_observation seen;
    struct mu_err hop_err;
    bool dsn;
    if (!mu_hop_deliver(arena, &desk->next, &submission, &seen, &dsn, &hop_err)) {
        *answer = (struct mu_smtp_answer){ 451, "4.4.1 the next hop cannot be reached" };
        return true;
    }
    if (seen.outcome != MU_OUTCOME_ACCEPTED)
        return not_delivered(desk, session, &seen, &wish, answer, err);
    /* RFC 3461 5.2.1: the last hop that can report says that there was one behind it that cannot. */
    return dsn || !wish.relay || report(desk, session, &wish, "relayed", "2.0.0", err);
}

/* accept-then-bounce: said yes, meant no. */
static bool bounce(struct desk *desk, struct mu_smtp_session *session, struct mu_err *err)
{
    struct mu_report_wish wish;
    mu_report_read(session->stream->arena, &session->envelope, &wish);
    return report(desk, session, &wish, "failed", "5.7.1", err);
}

/* RFC 6532 3: octets above 127 in a header are for those who said SMTPUTF8. */
static bool is_raw_eight_bit(struct mu_smtp_session *session)
{
    return !session->smtputf8
           && mu_mail_read(session->stream->arena, session->content)->eight_bit_headers > 0;
}

/* NULL: it may pass. What is no question of rules comes first: what cannot be read is not judged. */
static bool refusal_of(struct desk *desk, struct mu_smtp_session *session, struct mu_ruling *ruling,
                       const char **refusal, struct mu_err *err)
{
    const struct mu_twin *twin = desk->twin;
    struct mu_arena *arena = session->stream->arena;
    bool unlabelled = twin->book != NULL && !twin->book->demands_label;
    *ruling = (struct mu_ruling){ .refusal = NULL };
    *refusal = mu_guard_refuses(arena, desk->label_schema, session->content, twin->sin);
    if (*refusal != NULL && !(unlabelled && strstr(*refusal, MU_GUARD_UNLABELLED) != NULL))
        return true;
    mu_judge_message(arena, &desk->judge, session->content, session->envelope.to,
                     session->envelope.tos, (int64_t) time(NULL), twin->sin, ruling);
    *refusal = ruling->refusal;
    if (*refusal != NULL || twin->book == NULL || mu_sin_is(twin->sin, MU_SIN_IGNORE_RULES))
        return true;
    return mu_rulebook_judge(arena, twin->book, session->content, &session->envelope, refusal, err);
}

/* What leaves, as the active sin writes it. */
static struct mu_bytes outgoing(struct desk *desk, struct mu_smtp_session *session,
                                const struct mu_ruling *ruling)
{
    struct mu_arena *arena = session->stream->arena;
    const struct mu_twin *twin = desk->twin;
    const char *client = mu_bytes_dup(arena, session->client);
    struct mu_err err;
    struct mu_bytes out = mu_guard_pass_on(arena, session->content, client, ruling, twin->sin);
    if (!mu_twin_write_octets(arena, twin->sin, twin->fixtures, &out, &err))
        fprintf(stderr, "twin: %s: %s\n", twin->sin->name, err.msg);
    return out;
}

static bool pass_on(struct desk *desk, struct mu_smtp_session *session, struct mu_bytes out,
                    struct mu_smtp_answer *answer, struct mu_err *err)
{
    const struct mu_twin *twin = desk->twin;
    if (twin->relay)
        return relay(desk, session, out, answer, err);
    return twin->maildir == NULL
           || mu_store_deliver(session->stream->arena, twin->maildir, out, err);
}

static bool refuse(struct desk *desk, struct mu_smtp_session *session, const char *refused,
                   struct mu_smtp_answer *answer, struct mu_err *err)
{
    static const struct mu_ruling as_it_is;
    const struct mu_sin *sin = desk->twin->sin;
    bool unlabelled = strstr(refused, MU_GUARD_UNLABELLED) != NULL;
    if (unlabelled && mu_sin_is(sin, MU_SIN_SWALLOW))
        return true;
    if (unlabelled && mu_sin_is(sin, MU_SIN_LEAK))
        TRY(pass_on(desk, session, outgoing(desk, session, &as_it_is), answer, err));
    *answer = (struct mu_smtp_answer){ 550, refused + strlen("550 ") };
    return true;
}

static bool on_content(void *self, struct mu_smtp_session *session, struct mu_smtp_answer *answer,
                       struct mu_err *err)
{
    struct desk *desk = self;
    const struct mu_sin *sin = desk->twin->sin;
    const char *refused;
    struct mu_ruling ruling;
    if (is_raw_eight_bit(session) && !mu_sin_is(sin, MU_SIN_EIGHT_BIT_HEADER)) {
        *answer = (struct mu_smtp_answer){ 550, "5.6.7 header: octets above 127 without SMTPUTF8" };
        return true;
    }
    TRY(refusal_of(desk, session, &ruling, &refused, err));
    if (refused != NULL)
        return refuse(desk, session, refused, answer, err);
    if (mu_sin_is(sin, MU_SIN_BOUNCE))
        return bounce(desk, session, err);
    return pass_on(desk, session, outgoing(desk, session, &ruling), answer, err);
}

static void serve_connection(struct desk *desk, int fd)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_stream *stream = mu_stream_new(arena, fd, mu_clock_ms() + IDLE_MS);
    stream->operation_ms = MU_CASE_MS;
    mu_stream_pace(stream);
    struct mu_transcript said = { .arena = arena, .zero_ms = mu_clock_ms() };
    const struct mu_sin *sin = desk->twin->sin;
    struct mu_smtp_server server = { .name = "twin.muster.test",
                                     .tls = desk->server_tls,
                                     .mode = MU_TLS_STARTTLS,
                                     .demand_tls = !mu_sin_is(sin, MU_SIN_TAKE_CLEAR),
                                     .obey_injected = mu_sin_is(sin, MU_SIN_OBEY_INJECTED),
                                     .any_end = mu_sin_is(sin, MU_SIN_FALSE_END),
                                     .size_max = 10 * MU_MIB,
                                     .size_ignored = mu_sin_is(sin, MU_SIN_NO_LIMIT),
                                     .cut = mu_sin_is(sin, MU_SIN_CUT_AT_LIMIT),
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
    *desk = (struct desk){ .twin = twin };
    TRY(mu_schema_load(arena, schema, &desk->label_schema, err));
    TRY(mu_unicode_start(err));
    TRY(mu_judge_load(arena, twin->policy, twin->policies, twin->clearances, twin->translate,
                      &desk->judge, err));
    TRY(mu_twin_tls(arena, &twin->trust, true, twin->sin, &desk->server_tls, err));
    if (!twin->relay)
        return true;
    struct mu_tls *next;
    TRY(mu_twin_tls(arena, &twin->trust, false, twin->sin, &next, err));
    desk->next = (struct mu_hop){ twin->next, twin->next_name, next, twin->sin };
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

/* muster adapter bridge: an adapter that runs here is asked from another enclave, over mutual TLS. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/command.h"
#include "net/bridge.h"
#include "net/dial.h"
#include "net/library.h"
#include "net/listen.h"
#include "net/tls_control.h"

struct bridge {
    const struct mu_arguments *args;
    const char *id;
    char **argv; /* the adapter */
    bool stdio;  /* it talks on 0 and 1, else on 3 and 4 */
    struct mu_address address;
    const struct mu_tls *tls;
    struct mu_control_peer peer;
    long tries, sessions; /* sessions 0: no end */
};

static void close_arena(struct mu_arena **arena)
{
    mu_arena_free(*arena);
}

static void tell(const struct bridge *b, const char *fmt, ...) MU_PRINTF(2, 3);

static void tell(const struct bridge *b, const char *fmt, ...)
{
    char line[512];
    va_list args;
    va_start(args, fmt);
    (void) vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    fprintf(stderr, "bridge %s: %s\n", b->id, line);
}

/* --- the adapter --- */

/* In the child: nothing but what the protocol gives it, and it ends with the bridge. */
static void become(const struct bridge *b, pid_t parent, int in, int out)
{
    int low_in = b->stdio ? 0 : 3, low_out = b->stdio ? 1 : 4;
    in = fcntl(in, F_DUPFD, 10); /* out of the way of the numbers below */
    out = fcntl(out, F_DUPFD, 10);
    int null = open("/dev/null", O_RDONLY);
    if (in < 0 || out < 0 || null < 0 || dup2(null, 0) < 0 || dup2(2, 1) < 0 || dup2(in, low_in) < 0
        || dup2(out, low_out) < 0)
        _exit(EXIT_FAILURE);
    close_range(b->stdio ? 3 : 5, ~0U, 0);
    if (!b->stdio)
        setenv("MUSTER_SAP_FDS", "3,4", 1);
    (void) setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        execvp(b->argv[0], b->argv);
    fprintf(stderr, "bridge %s: cannot start '%s': %s\n", b->id, b->argv[0], strerror(errno));
    _exit(127);
}

static bool start_adapter(const struct bridge *b, pid_t *child, struct mu_bridge *ends,
                          struct mu_err *err)
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    MU_CLEANUP(mu_fd_close) int to_read = to[0];
    MU_CLEANUP(mu_fd_close) int to_write = to[1];
    if (pipe2(from, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    MU_CLEANUP(mu_fd_close) int from_read = from[0];
    MU_CLEANUP(mu_fd_close) int from_write = from[1];
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return mu_fail_sys(err, "cannot start '%s'", b->argv[0]);
    if (pid == 0)
        become(b, parent, to_read, from_write);
    (void) setpgid(pid, pid); /* whoever comes first */
    *child = pid;
    ends->to = mu_fd_take(&to_write);
    ends->from = mu_fd_take(&from_read);
    return true;
}

/* Its end by itself, or else by force: the whole group. */
static int end_adapter(pid_t child)
{
    static const int by[] = { 0, SIGTERM, SIGKILL };
    int status = 0;
    MU_CLEANUP(mu_fd_close) int fd = pidfd_open(child, 0);
    for (size_t i = 0; i < MU_COUNT(by); i++) {
        struct pollfd pfd = { .fd = fd, .events = POLLIN };
        if (by[i] != 0)
            (void) kill(-child, by[i]);
        if (poll(&pfd, 1, by[i] == 0 ? MU_BRIDGE_LEAVE_MS : MU_BRIDGE_END_MS) > 0)
            break;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    (void) kill(-child, SIGKILL); /* what it left behind in its group */
    return status;
}

/* --- one connection --- */

/* The harness speaks first; until it does, nothing is started: it may still refuse us. */
static bool greet(const struct bridge *b, struct mu_stream *s, struct mu_err *err)
{
    struct mu_bytes first;
    s->deadline_ms = s->last_ms = mu_clock_ms() + MU_CONTROL_SHAKE_MS;
    TRY(mu_control_start(s, b->tls, &b->peer, err));
    s->deadline_ms = s->last_ms = UINT64_MAX;
    tell(b, "the harness is there, over %s", s->tls.version);
    if (mu_stream_more(s, &first, err))
        return true;
    mu_control_explain(s, err);
    return false;
}

/* Serve the connection `fd` to its end. False with the sentence when it came to nothing. */
static bool serve(const struct bridge *b, int fd, struct mu_err *err)
{
    MU_CLEANUP(close_arena) struct mu_arena *arena = mu_arena_new(4 * MU_MIB);
    struct mu_bridge ends = { .stream = mu_stream_new(arena, fd, 0) };
    pid_t child;
    TRY(greet(b, ends.stream, err));
    TRY(start_adapter(b, &child, &ends, err));
    bool good = mu_bridge(&ends, err);
    mu_stream_close(ends.stream);
    close(ends.from);
    int status = end_adapter(child);
    tell(b, "session over, %s first: %llu octets from the harness, %llu to it; adapter %s %d",
         ends.peer_ended ? "the harness" : "the adapter", (unsigned long long) ends.brought,
         (unsigned long long) ends.sent, WIFEXITED(status) ? "left with status" : "died by signal",
         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return good;
}

/* --- dialling --- */

static bool dial(const struct bridge *b, struct mu_err *err)
{
    int fd;
    TRY(mu_dial_start(&b->address, &fd, err));
    if (!mu_dial_finish(fd, mu_clock_ms() + MU_CONTROL_SHAKE_MS, err)) {
        close(fd);
        return false;
    }
    return serve(b, fd, err);
}

/* Between two tries, on the terms of a deadline; nothing can come on no descriptor. */
static void rest(unsigned ms)
{
    uint64_t deadline_ms = mu_clock_ms() + ms;
    int left;
    while ((left = mu_clock_left(deadline_ms)) > 0)
        (void) poll(NULL, 0, left);
}

static bool dial_on(const struct bridge *b, struct mu_err *err)
{
    long done = 0, vain = 0;
    unsigned wait_ms = MU_BRIDGE_WAIT_MS;
    while (vain < b->tries && (b->sessions == 0 || done < b->sessions)) {
        if (dial(b, err)) {
            done++;
            vain = 0;
            wait_ms = MU_BRIDGE_WAIT_MS;
            continue;
        }
        vain++;
        tell(b, "%s", err->msg);
        if (vain < b->tries)
            rest(wait_ms);
        wait_ms = wait_ms * 2 < MU_BRIDGE_WAIT_MAX_MS ? wait_ms * 2 : MU_BRIDGE_WAIT_MAX_MS;
    }
    if (vain >= b->tries)
        tell(b, "gave up after %ld tries in vain", vain);
    return vain < b->tries || done > 0; /* a harness that is through with us is gone */
}

/* --- listening: a process a connection, so that one bridge serves a pool --- */

static bool tell_where(const struct bridge *b, uint16_t port, struct mu_err *err)
{
    const char *ready = b->args->value[MU_OPT_READY];
    size_t n = (size_t) (strrchr(b->address.text, ':') - b->address.text);
    const char *at =
        mu_arena_printf(b->args->arena, "%.*s:%u", (int) n, b->address.text, (unsigned) port);
    tell(b, "listening at %s", at);
    return ready == NULL || mu_file_replace(ready, mu_bytes_of(at), 0644, err);
}

static void reap(long *alive, int flags)
{
    while (*alive > 0 && waitpid(-1, NULL, flags) > 0)
        --*alive;
}

static bool next_connection(int listener, int *fd, struct mu_err *err)
{
    struct pollfd pfd = { .fd = listener, .events = POLLIN };
    do {
        if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for connections");
        TRY(mu_listen_accept(listener, fd, err));
    } while (*fd < 0);
    return true;
}

static void serve_apart(const struct bridge *b, int listener, int fd)
{
    struct mu_err err;
    close(listener);
    bool good = serve(b, fd, &err);
    if (!good)
        tell(b, "%s", err.msg);
    _exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool listen_on(const struct bridge *b, struct mu_err *err)
{
    int listener, fd;
    uint16_t port;
    long alive = 0;
    TRY(mu_listen(&b->address, &listener, &port, err));
    MU_CLEANUP(mu_fd_close) int held = listener;
    TRY(tell_where(b, port, err));
    for (long done = 0; b->sessions == 0 || done < b->sessions; done++) {
        TRY(next_connection(held, &fd, err));
        reap(&alive, WNOHANG);
        if (alive >= MU_BRIDGE_SESSIONS && waitpid(-1, NULL, 0) > 0)
            alive--;
        pid_t pid = fork();
        if (pid == 0) {
            (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
            serve_apart(b, held, fd);
        }
        close(fd);
        alive += pid > 0;
    }
    reap(&alive, 0);
    return true;
}

/* --- the command --- */

static bool read_side(struct bridge *b, struct mu_err *err)
{
    const char *dial_at = b->args->value[MU_OPT_CONNECT], *at = b->args->value[MU_OPT_LISTEN];
    if ((dial_at == NULL) == (at == NULL))
        return mu_fail(err, MU_ERR_USAGE, "a bridge wants one of --connect and --listen");
    if (b->args->value[MU_OPT_PKI] == NULL || b->id == NULL)
        return mu_fail(err, MU_ERR_USAGE, "a bridge wants --pki and --id");
    b->peer = (struct mu_control_peer){ .uri = MU_CONTROL_HARNESS, .pins = NULL };
    if (b->args->value[MU_OPT_PIN] != NULL) {
        b->peer = (struct mu_control_peer){ .pins = b->args->value[MU_OPT_PIN] };
        TRY(mu_pins_check(b->peer.pins, err));
    }
    TRY(mu_argument_number(b->args, MU_OPT_TRIES, 1, 100000, MU_BRIDGE_TRIES, &b->tries, err));
    TRY(mu_argument_number(b->args, MU_OPT_SESSIONS, 1, 1000000, 0, &b->sessions, err));
    return mu_address_parse(at != NULL ? at : dial_at, &b->address, err);
}

/* Who we are: a harness that does not look for our pin will want our name in the certificate. */
static bool read_identity(struct bridge *b, struct mu_err *err)
{
    struct mu_arena *arena = b->args->arena;
    const char *dir = b->args->value[MU_OPT_PKI];
    struct mu_identity identity = {
        mu_arena_printf(arena, "%s/%s.chain.pem", dir, b->id),
        mu_arena_printf(arena, "%s/%s.key", dir, b->id),
    };
    const char *uri = mu_arena_printf(arena, MU_CONTROL_SUT "%s", b->id);
    struct mu_tls *tls;
    bool named;
    TRY(mu_control_new(arena, &identity, mu_file_join(arena, dir, "ca.pem"),
                       b->args->value[MU_OPT_LISTEN] != NULL, &tls, err));
    b->tls = tls;
    TRY(mu_control_names(arena, identity.certificate, uri, &named, err));
    if (!named)
        tell(b, "note: '%s' does not name '%s': only a pin will let it in", identity.certificate,
             uri);
    return true;
}

bool mu_cli_adapter_bridge(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    struct bridge b = { .args = args,
                        .id = args->value[MU_OPT_ID],
                        .argv = args->operand,
                        .stdio = args->value[MU_OPT_STDIO] != NULL };
    mu_net_start();
    TRY(read_side(&b, err));
    TRY(read_identity(&b, err));
    *status = MU_EXIT_OK;
    return args->value[MU_OPT_LISTEN] != NULL ? listen_on(&b, err) : dial_on(&b, err);
}

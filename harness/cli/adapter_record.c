/* `muster adapter record`: an adapter that passes lines on to another, and writes them down. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"
#include "cli/record_file.h"
#include "proto/sap_record.h"
#include "run/spawn.h"

/* One way: what was read and is not yet written, and the line that is not yet whole. */
struct way {
    int from, to; /* -1: closed */
    bool harness; /* whose lines these are */
    size_t n, sent;
    struct mu_buf line;
    char held[MU_RECORD_HELD];
};

struct record {
    const struct mu_arguments *args;
    char **command;
    struct mu_record_file file;
    uint64_t zero_ms;
    struct mu_buf out;
    struct way way[2]; /* from the harness, from the adapter */
    int signals, ended;
    pid_t pid;
};

static uint64_t at_ms(const struct record *r)
{
    return mu_clock_ms() - r->zero_ms;
}

static bool note_line(struct record *r, const struct way *w, struct mu_bytes line, bool half,
                      struct mu_err *err)
{
    if (r->file.life == 0)
        TRY(mu_record_file_begin(&r->file, w->harness ? line : MU_BYTES(""), r->command, err));
    r->out.n = 0;
    mu_sap_record_line(&r->out, r->file.life, w->harness, at_ms(r), line, half);
    return mu_record_file_put(&r->file, mu_buf_bytes(&r->out), err);
}

/* Whole lines are noted; what is longer than any line is noted in pieces. */
static bool note(struct record *r, struct way *w, struct mu_bytes piece, struct mu_err *err)
{
    while (piece.n > 0) {
        size_t lf = mu_bytes_find(piece, MU_BYTES("\n"), 0);
        size_t n = lf != SIZE_MAX ? lf : piece.n;
        mu_buf_put(&w->line, piece.p, n);
        piece = mu_bytes_from(piece, n + (lf != SIZE_MAX));
        if (lf == SIZE_MAX && w->line.n < 2 * MU_SAP_LINE_MAX)
            return true;
        TRY(note_line(r, w, mu_buf_bytes(&w->line), false, err));
        w->line.n = 0;
    }
    return true;
}

static void shut(int *fd)
{
    mu_fd_close(fd);
    *fd = -1;
}

/* Half a line that is the last is one, too; then who has hung up, while the other was there. */
static bool note_end(struct record *r, struct way *w, struct mu_err *err)
{
    if (w->line.n > 0)
        TRY(note_line(r, w, mu_buf_bytes(&w->line), true, err));
    w->line.n = 0;
    if (r->way[w->harness].from < 0 || r->file.life == 0)
        return true;
    r->out.n = 0;
    mu_sap_record_closed(&r->out, r->file.life, w->harness, at_ms(r));
    return mu_record_file_put(&r->file, mu_buf_bytes(&r->out), err);
}

/* Read only with empty hands: whoever sends too fast waits, as without us. */
static bool pump(struct record *r, struct way *w, short from, short to, struct mu_err *err)
{
    if (w->n == w->sent && (from & (POLLIN | POLLHUP)) != 0) {
        ssize_t n = read(w->from, w->held, sizeof w->held);
        bool over = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
        w->n = n > 0 ? (size_t) n : 0;
        w->sent = 0;
        TRY(note(r, w, (struct mu_bytes){ w->held, w->n }, err));
        if (over) {
            shut(&w->from);
            TRY(note_end(r, w, err));
        }
    }
    if (w->sent < w->n && w->to >= 0 && (to != 0 || (from & POLLIN) != 0)) {
        ssize_t n = write(w->to, w->held + w->sent, w->n - w->sent);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            shut(&w->to);
        w->sent += n > 0 ? (size_t) n : 0;
    }
    if (w->to < 0) /* nobody wants it: it is read and noted, and goes nowhere */
        w->sent = w->n;
    if (w->from < 0 && w->sent == w->n && w->to >= 0)
        shut(&w->to);
    return true;
}

/* A harness that ends us means the adapter. */
static void pass_signal(const struct record *r, short ready)
{
    struct signalfd_siginfo told;
    if ((ready & POLLIN) != 0 && read(r->signals, &told, sizeof told) == (ssize_t) sizeof told)
        kill(-r->pid, SIGTERM);
}

/* Until the adapter has said its last. */
static bool relay(struct record *r, struct mu_err *err)
{
    while (r->way[1].from >= 0 || r->way[1].sent < r->way[1].n) {
        struct pollfd fd[5], *from = fd, *to = fd + 2;
        for (size_t i = 0; i < 2; i++) {
            const struct way *w = &r->way[i];
            bool full = w->sent < w->n;
            from[i] = (struct pollfd){ .fd = full ? -1 : w->from, .events = POLLIN };
            to[i] = (struct pollfd){ .fd = full ? w->to : -1, .events = POLLOUT };
        }
        fd[4] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
        if (poll(fd, MU_COUNT(fd), -1) < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the adapter");
        pass_signal(r, fd[4].revents);
        for (size_t i = 0; i < 2; i++)
            TRY(pump(r, &r->way[i], from[i].revents, to[i].revents, err));
    }
    return true;
}

/* What the harness has asked and the adapter has not read is lost with it: a replay must know of it. */
static bool drain(struct record *r, struct mu_err *err)
{
    struct way *w = &r->way[0];
    uint64_t end_ms = mu_clock_ms() + MU_RECORD_DRAIN_MS;
    shut(&w->to);
    w->sent = w->n;
    while (w->from >= 0 && mu_clock_left(end_ms) > 0) {
        struct pollfd fd = { .fd = w->from, .events = POLLIN };
        if (poll(&fd, 1, mu_clock_left(end_ms)) < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the harness");
        TRY(pump(r, w, fd.revents, 0, err));
    }
    return true;
}

/* It ends when its input does. */
static void wait_for(const struct record *r, int *status)
{
    struct pollfd fd[] = { { .fd = r->ended, .events = POLLIN },
                           { .fd = r->signals, .events = POLLIN } };
    while (fd[0].fd >= 0 && fd[0].revents == 0) {
        if (poll(fd, MU_COUNT(fd), -1) > 0)
            pass_signal(r, fd[1].revents);
    }
    while (waitpid(r->pid, status, 0) < 0 && errno == EINTR)
        ;
}

static bool watch_signals(struct record *r, struct mu_err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (r->signals < 0 || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return mu_fail_sys(err, "cannot watch for SIGTERM");
    return true;
}

static bool start(struct record *r, int in, int out, struct mu_err *err)
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    char *fds = mu_arena_printf(r->args->arena, "MUSTER_SAP_FDS=3,4"), **environment;
    size_t n = 0;
    while (r->args->environment[n] != NULL)
        n++;
    environment = mu_arena_array(r->args->arena, n + 2, sizeof *environment);
    environment[0] = fds; /* the first of a name counts */
    memcpy(environment + 1, r->args->environment, n * sizeof *environment);
    /* Its standard output is text for people: behind --sap-stdio ours is not. */
    struct mu_spawn how = { .argv = r->command,
                            .environment = environment,
                            .fd = { -1, STDERR_FILENO, STDERR_FILENO, to[0], from[1] } };
    TRY(mu_spawn(&how, &r->pid, err));
    r->ended = pidfd_open(r->pid, 0);
    close(to[0]);
    close(from[1]);
    r->way[0] = (struct way){ .from = in, .to = to[1], .harness = true };
    r->way[1] = (struct way){ .from = from[0], .to = out };
    for (int i = 0; i < 2; i++) {
        r->way[i].line.arena = r->args->arena;
        (void) fcntl(r->way[i].to, F_SETFL, fcntl(r->way[i].to, F_GETFL) | O_NONBLOCK);
    }
    return true;
}

static bool note_status(struct record *r, int status, struct mu_err *err)
{
    r->out.n = 0;
    mu_sap_record_ended(&r->out, r->file.life, at_ms(r), status);
    return r->file.life == 0 || mu_record_file_put(&r->file, mu_buf_bytes(&r->out), err);
}

bool mu_cli_adapter_record(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    int in, out, ended = 0;
    struct record *r = mu_new(args->arena, struct record);
    bool dashes = strcmp(args->operand[1], "--") == 0;
    *r = (struct record){ .args = args, .command = args->operand + 1 + dashes };
    r->zero_ms = mu_clock_ms();
    r->out.arena = args->arena;
    TRY(mu_adapter_own_ends(args, &in, &out, err));
    if (r->command[0] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "which adapter is to be recorded?");
    TRY(mu_record_file_open(args->arena, args->operand[0], &r->file, err));
    TRY(watch_signals(r, err) && start(r, in, out, err));
    bool relayed = relay(r, err) && drain(r, err);
    shut(&r->way[0].to);
    wait_for(r, &ended);
    TRY(relayed && note_status(r, ended, err));
    close(r->file.fd);
    *status = WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? MU_EXIT_OK : MU_EXIT_TROUBLE;
    return true;
}

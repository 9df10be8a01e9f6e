/* `muster adapter record`, `replay`: adapters of which one listens in, and one remembers. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"
#include "cli/version.h"
#include "proto/sap_record.h"
#include "run/sandbox.h"
#include "run/spawn.h"

/* The descriptors that whoever started us speaks the protocol over. */
static bool own_ends(const struct mu_arguments *args, int *in, int *out, struct mu_err *err)
{
    bool stdio = args->value[MU_OPT_SAP_STDIO] != NULL;
    *in = stdio ? STDIN_FILENO : 3;
    *out = stdio ? STDOUT_FILENO : 4;
    if (fcntl(*in, F_GETFD) < 0 || fcntl(*out, F_GETFD) < 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "nobody opened descriptors 3 and 4; say --sap-stdio to try it by hand");
    return true;
}

/* --- record --------------------------------------------------------------------------------------- */

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
    int file;
    bool begun;
    uint64_t zero_ms;
    struct mu_buf out;
    struct way way[2];
};

static bool note_line(struct record *r, const struct way *w, struct mu_bytes line,
                      struct mu_err *err)
{
    r->out.n = 0;
    if (!r->begun)
        mu_sap_record_head(&r->out, w->harness ? line : MU_BYTES(""), MU_VERSION, r->command);
    r->begun = true;
    mu_sap_record_line(&r->out, w->harness, mu_clock_ms() - r->zero_ms, line);
    return mu_file_write_all(r->file, mu_buf_bytes(&r->out), err);
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
        TRY(note_line(r, w, mu_buf_bytes(&w->line), err));
        w->line.n = 0;
    }
    return true;
}

static void shut(int *fd)
{
    mu_fd_close(fd);
    *fd = -1;
}

/* Read only with empty hands: whoever sends too fast waits, as without us. */
static bool pump(struct record *r, struct way *w, short from, short to, struct mu_err *err)
{
    if (w->n == w->sent && (from & (POLLIN | POLLHUP)) != 0) {
        ssize_t n = read(w->from, w->held, sizeof w->held);
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
            shut(&w->from);
        w->n = n > 0 ? (size_t) n : 0;
        w->sent = 0;
        TRY(note(r, w, (struct mu_bytes){ w->held, w->n }, err));
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

/* Until the adapter has said its last. */
static bool relay(struct record *r, struct mu_err *err)
{
    while (r->way[1].from >= 0 || r->way[1].sent < r->way[1].n) {
        struct pollfd fd[4], *from = fd, *to = fd + 2;
        for (size_t i = 0; i < 2; i++) {
            const struct way *w = &r->way[i];
            bool full = w->sent < w->n;
            from[i] = (struct pollfd){ .fd = full ? -1 : w->from, .events = POLLIN };
            to[i] = (struct pollfd){ .fd = full ? w->to : -1, .events = POLLOUT };
        }
        if (poll(fd, MU_COUNT(fd), -1) < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the adapter");
        for (size_t i = 0; i < 2; i++)
            TRY(pump(r, &r->way[i], from[i].revents, to[i].revents, err));
    }
    return true;
}

static bool start(struct record *r, int in, int out, pid_t *pid, struct mu_err *err)
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
    TRY(mu_spawn(&how, pid, err));
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

bool mu_cli_adapter_record(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    int in, out, ended;
    pid_t pid;
    struct record *r = mu_new(args->arena, struct record);
    bool dashes = strcmp(args->operand[1], "--") == 0;
    *r = (struct record){ .args = args, .command = args->operand + 1 + dashes };
    r->zero_ms = mu_clock_ms();
    r->out.arena = args->arena;
    TRY(own_ends(args, &in, &out, err));
    if (r->command[0] == NULL)
        return mu_fail(err, MU_ERR_USAGE, "which adapter is to be recorded?");
    r->file = open(args->operand[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
    if (r->file < 0)
        return mu_fail_sys(err, "cannot write '%s'", args->operand[0]);
    TRY(start(r, in, out, &pid, err));
    bool relayed = relay(r, err);
    shut(&r->way[0].to); /* it ends when its input does */
    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR)
        ;
    close(r->file);
    TRY(relayed);
    *status = WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? MU_EXIT_OK : MU_EXIT_TROUBLE;
    return true;
}

/* --- replay --------------------------------------------------------------------------------------- */

bool mu_cli_adapter_replay(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    int in, out;
    struct mu_bytes record;
    struct mu_sap_replay *replay;
    TRY(own_ends(args, &in, &out, err));
    TRY(mu_file_read(args->arena, args->operand[0], MU_SAP_RECORD_MAX, &record, err));
    /* A record holds what an adapter said: it is read as any foreign octets are, sealed. */
    mu_sap_replay_start();
    TRY(mu_sandbox_prepare(err) && mu_sandbox_seal(err));
    TRY(mu_sap_replay_load(args->arena, record, args->operand[0], &replay, err));
    TRY(mu_sap_replay_serve(replay, in, out, STDERR_FILENO, err));
    *status = MU_EXIT_OK;
    return true;
}

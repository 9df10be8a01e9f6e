#include "run/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "run/confine.h"
#include "run/spawn.h"

#define PIPE_SIZE (256 * 1024) /* bytes: many lines at once, few switches between two processes */

void mu_program_none(struct mu_child *child, struct mu_arena *arena)
{
    *child = (struct mu_child){ .ended = -1, .output = -1 };
    child->tail = mu_arena_alloc(arena, MU_OUTPUT_KEPT);
}

/* --- starting ------------------------------------------------------------------------------------- */

static size_t name_size(const char *variable)
{
    return strcspn(variable, "=");
}

static bool says(char **list, const char *variable)
{
    size_t n = name_size(variable);
    for (size_t i = 0; list[i] != NULL; i++)
        if (name_size(list[i]) == n && strncmp(list[i], variable, n) == 0)
            return true;
    return false;
}

static size_t count(char **list)
{
    size_t n = 0;
    while (list != NULL && list[n] != NULL)
        n++;
    return n;
}

char **mu_program_environment(struct mu_arena *arena, char **environment, char **more)
{
    size_t n = 0;
    char **all = mu_arena_array(arena, count(environment) + count(more) + 1, sizeof *all);
    for (size_t i = 0; i < count(more); i++)
        all[n++] = more[i];
    for (size_t i = 0; i < count(environment); i++)
        if (more == NULL || !says(more, environment[i]))
            all[n++] = environment[i];
    return all;
}

const char *mu_program_confined(const struct mu_program *program, struct mu_arena *arena)
{
    int level = mu_confine_level();
    if (program->way == MU_SAP_DIAL || program->way == MU_SAP_LISTEN)
        return "not ours";
    if (program->unconfined)
        return "none: the SUT file says so";
    return level > 0 ? mu_arena_printf(arena, "landlock-%d", level)
                     : "none: the kernel has no Landlock";
}

static char **argv_of(const struct mu_program *program, struct mu_arena *arena)
{
    size_t n = count(program->argv);
    char **argv = mu_arena_array(arena, n + 2, sizeof *argv);
    for (size_t i = 0; i < n; i++)
        argv[i] = program->argv[i];
    if (program->way == MU_SAP_STDIO)
        argv[n] = mu_arena_strndup(arena, "--sap-stdio", 11);
    return argv;
}

/* Two pipes: the first two ends are the child's. The job that uses the others must never block. */
static bool make_pipes(int to[2], int from[2], struct mu_err *err)
{
    if (pipe2(to, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    if (pipe2(from, O_CLOEXEC) != 0) {
        mu_fd_close(&to[0]);
        mu_fd_close(&to[1]);
        to[0] = to[1] = -1;
        return mu_fail_sys(err, "cannot make a pipe");
    }
    (void) fcntl(to[1], F_SETPIPE_SZ, PIPE_SIZE); /* helps where it is allowed */
    (void) fcntl(from[1], F_SETPIPE_SZ, PIPE_SIZE);
    if (fcntl(to[1], F_SETFL, O_NONBLOCK) != 0 || fcntl(from[0], F_SETFL, O_NONBLOCK) != 0)
        return mu_fail_sys(err, "cannot set up a pipe");
    return true;
}

static bool spawn(const struct mu_program *program, struct mu_arena *arena, char **environment,
                  const char *work, int in, int out, struct mu_child *child, struct mu_err *err)
{
    bool stdio = program->way == MU_SAP_STDIO;
    MU_CLEANUP(mu_fd_close) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    MU_CLEANUP(mu_fd_close) int output = -1;
    TRY(child->silent || mu_spawn_output(&output, err));
    int printed = child->silent ? null : output;
    char *more[] = { mu_arena_printf(arena, "TMPDIR=%s", work),
                     mu_arena_printf(arena, "MUSTER_SAP_DIR=%s", work),
                     stdio ? NULL : mu_arena_printf(arena, "MUSTER_SAP_FDS=3,4"), NULL };
    struct mu_spawn how = {
        .argv = argv_of(program, arena),
        .environment = mu_program_environment(arena, environment, more),
        .fd = { stdio ? in : null, stdio ? out : printed, printed, stdio ? -1 : in,
                stdio ? -1 : out },
        .limited = true,
        .work = program->unconfined ? NULL : work,
        .writable = program->writable,
    };
    pid_t pid;
    TRY(mu_spawn(&how, &pid, err));
    child->pid = pid;
    child->ended = pidfd_open(pid, 0);
    child->output = mu_fd_take(&output);
    child->reaped = false;
    child->cut = child->tails = 0;
    if (child->ended >= 0)
        return true;
    mu_fail_sys(err, "cannot watch a program");
    mu_program_end(child);
    return false;
}

bool mu_program_start(const struct mu_program *program, struct mu_arena *arena, char **environment,
                      const char *work, struct mu_child *child, int *in, int *out,
                      struct mu_err *err)
{
    int to[2] = { -1, -1 }, from[2] = { -1, -1 };
    bool ok = make_pipes(to, from, err)
              && spawn(program, arena, environment, work, to[0], from[1], child, err);
    mu_fd_close(&to[0]);
    mu_fd_close(&from[1]);
    if (ok) {
        *in = from[0];
        *out = to[1];
        return true;
    }
    mu_fd_close(&to[1]);
    mu_fd_close(&from[0]);
    return false;
}

bool mu_program_filter(const struct mu_program *program, struct mu_arena *arena, char **argv,
                       char **environment, const char *work, struct mu_bytes input, pid_t *pid,
                       int *answer, int *output, bool silent, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int in = -1;
    MU_CLEANUP(mu_fd_close) int out = -1;
    MU_CLEANUP(mu_fd_close) int said = -1;
    TRY(mu_spawn_input(input, &in, err));
    TRY(mu_spawn_output(&out, err));
    if (silent)
        said = open("/dev/null", O_RDWR | O_CLOEXEC);
    TRY(silent || mu_spawn_output(&said, err));
    char *more[] = { mu_arena_printf(arena, "TMPDIR=%s", work),
                     mu_arena_printf(arena, "MUSTER_SAP_DIR=%s", work), NULL };
    struct mu_spawn how = { .argv = argv,
                            .environment = mu_program_environment(arena, environment, more),
                            .fd = { in, out, said, -1, -1 },
                            .limited = true,
                            .work = program->unconfined ? NULL : work,
                            .writable = program->writable };
    TRY(mu_spawn(&how, pid, err));
    *answer = mu_fd_take(&out);
    *output = mu_fd_take(&said);
    return true;
}

/* --- what it prints ------------------------------------------------------------------------------- */

static bool read_at(int fd, char *to, size_t n, off_t at, struct mu_err *err)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return mu_fail_sys(err, "cannot read what a program printed");
        to += got;
        at += got;
        n -= (size_t) got;
    }
    return true;
}

static bool size_of(const struct mu_child *child, size_t *size, struct mu_err *err)
{
    struct stat st;
    *size = 0;
    if (child->output >= 0 && fstat(child->output, &st) != 0)
        return mu_fail_sys(err, "cannot read what a program printed");
    if (child->output >= 0)
        *size = (size_t) st.st_size;
    return true;
}

/* It appends: what is cut off makes room, and it goes on behind the first bytes. */
bool mu_program_cut(struct mu_child *child, struct mu_err *err)
{
    size_t size;
    TRY(size_of(child, &size, err));
    if (size < MU_OUTPUT_CUT)
        return true;
    TRY(read_at(child->output, child->tail, MU_OUTPUT_KEPT, (off_t) (size - MU_OUTPUT_KEPT), err));
    if (ftruncate(child->output, (off_t) MU_OUTPUT_KEPT) != 0)
        return mu_fail_sys(err, "cannot drop what a program printed");
    child->tails = MU_OUTPUT_KEPT;
    child->cut += size - MU_OUTPUT_KEPT;
    return true;
}

/* The last bytes: of the file behind the first, and of the tail of the last cut. */
static bool put_last(const struct mu_child *child, size_t size, struct mu_buf *out,
                     struct mu_err *err)
{
    size_t first = child->cut > 0 ? MU_OUTPUT_KEPT : 0;
    size_t fresh = size > first ? size - first : 0;
    fresh = fresh < MU_OUTPUT_KEPT ? fresh : MU_OUTPUT_KEPT;
    size_t old = child->tails < MU_OUTPUT_KEPT - fresh ? child->tails : MU_OUTPUT_KEPT - fresh;
    mu_buf_put(out, child->tail + child->tails - old, old);
    char *piece = mu_arena_alloc(out->arena, fresh + 1);
    TRY(read_at(child->output, piece, fresh, (off_t) (size - fresh), err));
    mu_buf_put(out, piece, fresh);
    return true;
}

bool mu_program_output(const struct mu_child *child, struct mu_arena *arena, bool whole,
                       struct mu_bytes *out, struct mu_err *err)
{
    struct mu_buf text = { .arena = arena };
    size_t size;
    TRY(size_of(child, &size, err));
    uint64_t all = size + child->cut;
    if (whole && all > 2 * MU_OUTPUT_KEPT) {
        char *first = mu_arena_alloc(arena, MU_OUTPUT_KEPT);
        TRY(read_at(child->output, first, MU_OUTPUT_KEPT, 0, err));
        mu_buf_put(&text, first, MU_OUTPUT_KEPT);
        mu_buf_printf(&text, "\n[%llu bytes are left out here]\n",
                      (unsigned long long) (all - 2 * MU_OUTPUT_KEPT));
        TRY(put_last(child, size, &text, err));
    } else if (whole && child->cut == 0) {
        char *both = mu_arena_alloc(arena, size + 1);
        TRY(read_at(child->output, both, size, 0, err));
        mu_buf_put(&text, both, size);
    } else if (size > 0) {
        TRY(put_last(child, size, &text, err));
    }
    *out = mu_buf_bytes(&text);
    return true;
}

/* --- its end -------------------------------------------------------------------------------------- */

void mu_program_signal(const struct mu_child *child, int signal)
{
    if (child->pid > 0)
        kill(-child->pid, signal);
}

/* It is left unreaped for as long as its group may be signalled: the number is then nobody else's. */
bool mu_program_ended(struct mu_child *child)
{
    siginfo_t info = { .si_pid = 0 };
    if (child->pid == 0)
        return true;
    while (waitid(P_PID, (id_t) child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
        assert(errno == EINTR);
    return info.si_pid != 0;
}

void mu_program_end(struct mu_child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        while (waitpid(child->pid, &child->status, 0) < 0)
            assert(errno == EINTR);
        child->reaped = true;
    }
    child->pid = 0;
    mu_fd_close(&child->ended);
    mu_fd_close(&child->output);
    child->ended = child->output = -1;
}

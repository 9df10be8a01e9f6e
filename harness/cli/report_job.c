#include "cli/report_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "core/seat.h"
#include "report/model.h"
#include "report/since.h"
#include "run/sandbox.h"

/* What the job asks for: a file of the run's evidence. */
struct request {
    char path[256];
};

/* And the last thing it says. */
struct result {
    bool ok;
    struct mu_err err;
};

struct job {
    int socket; /* to the parent */
};

static int ask_evidence(void *self, const char *folder, const char *file)
{
    const struct job *job = self;
    struct request request = { "" };
    struct mu_answer answer;
    int fd = -1;
    snprintf(request.path, sizeof request.path, "%s%s%s", folder, *folder != '\0' ? "/" : "", file);
    if (!mu_packet_send(job->socket, &request, sizeof request, -1)
        || mu_packet_receive(job->socket, &answer, sizeof answer, 0, &fd) != sizeof answer)
        return -1;
    return fd;
}

static bool make_sealed(const struct mu_run_work *m, struct job *job, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(4 * MU_JOB_ARENA_MAX);
    if (m->prepare != NULL)
        TRY(m->prepare(arena, m->what, err));
    if (!m->unsealed)
        TRY(mu_sandbox_seal(err));
    struct mu_report_source source = { .name = m->run,
                                       .run = m->run_fd,
                                       .evidence = ask_evidence,
                                       .self = job,
                                       .redaction = m->redaction };
    return m->make(arena, m->what, &source, m->out, err);
}

static MU_NORETURN void child(const struct mu_run_work *m, int socket)
{
    struct job job = { socket };
    struct result result = { .ok = false };
    result.ok = make_sealed(m, &job, &result.err);
    result.err.where = (struct mu_where){ 0 }; /* its strings are ours alone */
    result.err.file = NULL;
    (void) mu_packet_send(socket, &result, sizeof result, -1);
    _exit(EXIT_SUCCESS);
}

/* Answer requests until the result comes. */
static bool serve(int socket, int dir, struct result *result)
{
    union {
        struct request request;
        struct result result;
    } u;
    for (;;) {
        int fd;
        ssize_t n = mu_packet_receive(socket, &u, sizeof u, 0, &fd);
        mu_fd_close(&fd);
        if (n == (ssize_t) sizeof u.result) {
            *result = u.result;
            return true;
        }
        if (n != (ssize_t) sizeof u.request)
            return false;
        u.request.path[sizeof u.request.path - 1] = '\0';
        int file = mu_file_open_beneath(dir, u.request.path);
        struct mu_answer answer = { .sys = file < 0 ? errno : 0 };
        bool sent = mu_packet_send(socket, &answer, sizeof answer, file);
        mu_fd_close(&file);
        if (!sent)
            return false;
    }
}

static bool run_job(const struct mu_run_work *m, int dir, struct mu_err *err)
{
    int pair[2], status;
    struct result result = { .ok = false };
    TRY(mu_sandbox_prepare(err));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return mu_fail_sys(err, "cannot make a socket pair");
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return mu_fail_sys(err, "cannot fork a report job");
    if (pid == 0) {
        close(pair[0]);
        child(m, pair[1]);
    }
    close(pair[1]);
    bool heard = serve(pair[0], dir, &result);
    close(pair[0]);
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!heard && WIFSIGNALED(status))
        return mu_fail(err, MU_ERR_IO, "the report job was killed by signal %d", WTERMSIG(status));
    if (!heard)
        return mu_fail(err, MU_ERR_IO, "the report job left early");
    if (!result.ok) {
        *err = result.err;
        err->msg[sizeof err->msg - 1] = '\0';
        err->file = __FILE__;
    }
    return result.ok;
}

/* --- formats: one sealed job makes them all of one reading ----------------------------------------- */

#define FORMATS_MAX 32

struct making_of {
    const char *format, *path, *temporary;
    int out;
    struct mu_report_prepared *prepared;
};

struct format_job {
    const struct mu_report_order *order;
    struct making_of made[FORMATS_MAX];
    size_t n;
    struct mu_summary_style style;
    int said; /* a memory file: the summary; behind a NUL what is wrong with the stream */
};

static bool prepare_formats(struct mu_arena *arena, void *what, struct mu_err *err)
{
    struct format_job *f = what;
    for (size_t i = 0; i < f->n; i++)
        TRY(mu_report_prepare(arena, f->made[i].format, f->order->sheets, &f->made[i].prepared,
                              err));
    return true;
}

static bool say(struct mu_arena *arena, const struct mu_result *result, const struct format_job *f,
                struct mu_err *err)
{
    struct mu_chain chain;
    struct mu_buf text = { .arena = arena };
    mu_report_summary(arena, result, f->style, &text, &chain);
    if (chain.state == MU_CHAIN_CORRUPT) {
        mu_buf_putc(&text, '\0');
        mu_buf_puts(&text, chain.why);
    }
    return mu_file_write_all(f->said, mu_buf_bytes(&text), err);
}

static bool make_formats(struct mu_arena *arena, void *what, const struct mu_report_source *source,
                         int out, struct mu_err *err)
{
    struct format_job *f = what;
    struct mu_report_source complete = *source;
    struct mu_report_wanted wanted[FORMATS_MAX];
    struct mu_result *result;
    (void) out; /* each has its own */
    complete.words = f->order->words;
    complete.live = f->order->live;
    for (size_t i = 0; i < f->n; i++)
        wanted[i] = (struct mu_report_wanted){ f->made[i].prepared, f->made[i].out };
    if (f->order->baselines > 0) {
        TRY(mu_report_load(arena, &complete, &result, err));
        TRY(mu_since_find(result, f->order->baseline, f->order->baselines, err));
        TRY(mu_report_give_all(wanted, f->n, &complete, result, err));
    } else {
        TRY(mu_report_make_all(arena, wanted, f->n, &complete, &result, err));
    }
    return f->said < 0 || say(arena, result, f, err);
}

bool mu_open_run(const char *run, int *dir, int *fd, struct mu_err *err)
{
    *dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *fd = *dir >= 0 ? openat(*dir, "run.jsonl", O_RDONLY | O_CLOEXEC) : -1;
    if (*fd >= 0)
        return true;
    mu_fail_sys(err, "cannot open the run '%s'", run);
    mu_fd_close(dir);
    err->code = MU_ERR_USAGE;
    return false;
}

static bool add_format(struct mu_arena *arena, struct format_job *job, const char *format,
                       const char *file, struct mu_err *err)
{
    const char *folder = job->order->out != NULL ? job->order->out : job->order->run;
    struct making_of *made = &job->made[job->n];
    if (job->n == FORMATS_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d formats", FORMATS_MAX);
    made->format = format;
    made->path = mu_file_join(arena, folder, file);
    made->temporary = mu_arena_printf(arena, "%s.tmp.%ld", made->path, (long) getpid());
    made->out = open(made->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (made->out < 0)
        return mu_fail_sys(err, "cannot create '%s'", made->temporary);
    job->n++;
    return true;
}

static bool add_formats(struct mu_arena *arena, struct format_job *job, struct mu_err *err)
{
    for (size_t i = 0; i < job->order->formats; i++) {
        const char *name = job->order->format[i];
        const struct mu_report_format *named = mu_report_format_find(name);
        TRY(add_format(arena, job, name, named != NULL ? named->file : name, err));
    }
    if (job->order->formats > 0)
        return true;
    const struct mu_report_format *f;
    for (size_t i = 0; (f = mu_report_format_at(i)) != NULL; i++)
        TRY(add_format(arena, job, f->name, f->file, err));
    return true;
}

/* All or nothing: what stood there before stays when one of them cannot be made. */
static bool settle_files(struct format_job *job, bool ok, struct mu_err *err)
{
    for (size_t i = 0; i < job->n; i++)
        if (ok && fsync(job->made[i].out) != 0)
            ok = mu_fail_sys(err, "cannot write '%s'", job->made[i].path);
    for (size_t i = 0; i < job->n; i++) {
        struct making_of *made = &job->made[i];
        if (ok && rename(made->temporary, made->path) != 0)
            ok = mu_fail_sys(err, "cannot write '%s'", made->path);
        if (!ok)
            unlink(made->temporary);
        mu_fd_close(&made->out);
    }
    return ok;
}

/* What the job said, once the reports are in their places. */
static bool print_summary(struct mu_arena *arena, int said, struct mu_err *corrupt,
                          struct mu_err *err)
{
    struct mu_bytes text;
    TRY(mu_file_read_fd(arena, said, "summary", MU_JOB_ARENA_MAX, &text, err));
    size_t end = mu_bytes_find(text, MU_BYTES("\0"), 0);
    TRY(mu_file_write_all(STDOUT_FILENO, mu_bytes_slice(text, 0, end), err));
    if (end == SIZE_MAX)
        return true;
    struct mu_err *why = corrupt != NULL ? corrupt : err;
    mu_fail(why, MU_ERR_IO, "the run is corrupt: %s",
            mu_bytes_dup(arena, mu_bytes_from(text, end + 1)));
    return corrupt != NULL;
}

static struct mu_summary_style style_of(const struct mu_report_order *order)
{
    const char *no_color = getenv("NO_COLOR");
    return (struct mu_summary_style){
        .colour = isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0'),
        .brief = order->brief,
    };
}

static struct mu_run_work work_of(struct format_job *job, int run_fd)
{
    return (struct mu_run_work){ .run = job->order->run,
                                 .run_fd = run_fd,
                                 .out = -1,
                                 .redaction = job->order->redaction,
                                 .unsealed = job->order->unsealed,
                                 .prepare = prepare_formats,
                                 .make = make_formats,
                                 .what = job };
}

bool mu_make_reports(struct mu_arena *arena, const struct mu_report_order *order,
                     struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int dir = -1;
    MU_CLEANUP(mu_fd_close) int run_fd = -1;
    MU_CLEANUP(mu_fd_close) int said = -1;
    struct format_job *job = mu_new(arena, struct format_job);
    job->order = order;
    job->style = style_of(order);
    if (order->summary && (said = memfd_create("summary", MFD_CLOEXEC)) < 0)
        return mu_fail_sys(err, "cannot keep a summary in memory");
    job->said = said;
    TRY(mu_open_run(order->run, &dir, &run_fd, err));
    if (order->out != NULL)
        TRY(mu_file_make_dir(order->out, 0755, err));
    bool ok = add_formats(arena, job, err);
    struct mu_run_work m = work_of(job, run_fd);
    TRY(settle_files(job, ok && run_job(&m, dir, err), err));
    return said < 0 || print_summary(arena, said, order->corrupt, err);
}

bool mu_run_work(const char *run, const struct mu_run_work *work, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int dir = -1;
    MU_CLEANUP(mu_fd_close) int run_fd = -1;
    TRY(mu_open_run(run, &dir, &run_fd, err));
    struct mu_run_work opened = *work;
    opened.run = run;
    opened.run_fd = run_fd;
    return run_job(&opened, dir, err);
}

bool mu_give_report(struct mu_arena *arena, const struct mu_report_order *order, const char *format,
                    int out, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int dir = -1;
    MU_CLEANUP(mu_fd_close) int run_fd = -1;
    struct format_job *job = mu_new(arena, struct format_job);
    *job = (struct format_job){ .order = order, .n = 1, .said = -1 };
    job->made[0] = (struct making_of){ .format = format, .out = out };
    TRY(mu_open_run(order->run, &dir, &run_fd, err));
    struct mu_run_work m = work_of(job, run_fd);
    return run_job(&m, dir, err);
}

/* --- whatever else reads run streams ------------------------------------------------------------------ */

static bool make_other(struct mu_arena *arena, void *what, const struct mu_report_source *source,
                       int out, struct mu_err *err)
{
    const struct mu_sealed *sealed = what;
    (void) source; /* it opened its own */
    (void) out;
    return sealed->make(arena, sealed->what, sealed->status, err);
}

static bool prepare_other(struct mu_arena *arena, void *what, struct mu_err *err)
{
    const struct mu_sealed *sealed = what;
    return sealed->prepare == NULL || sealed->prepare(arena, sealed->what, err);
}

bool mu_read_sealed(struct mu_sealed *sealed, struct mu_err *err)
{
    struct mu_run_work m = {
        .run_fd = -1, .out = -1, .prepare = prepare_other, .make = make_other, .what = sealed
    };
    sealed->status = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                          0); /* the one thing that the job says besides its result */
    if (sealed->status == MAP_FAILED)
        return mu_fail_sys(err, "cannot share memory with a report job");
    bool ok = run_job(&m, -1, err);
    sealed->said = *sealed->status;
    munmap(sealed->status, sizeof(int));
    sealed->status = NULL;
    return ok;
}

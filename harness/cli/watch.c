#include "cli/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

struct watching {
    struct mu_report_order order;
    const char *stream; /* path of run.jsonl */
    off_t shown;        /* how much of it the page shows */
    bool told;          /* the operator knows that the page could not be made */
};

static void make(struct watching *w)
{
    struct stat st;
    struct mu_err err;
    if (stat(w->stream, &st) != 0 || st.st_size == 0 || st.st_size == w->shown)
        return; /* not yet there, or nothing new */
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    if (mu_make_reports(arena, &w->order, &err))
        w->shown = st.st_size;
    else if (!w->told)
        fprintf(stderr, "muster: --watch: %s\n", err.msg);
    w->told = w->told || w->shown != st.st_size;
    mu_arena_free(arena);
}

/* True when the run is over or gone, *gone. */
static bool ended(int end, uint64_t wait_ms, bool *gone)
{
    struct pollfd pfd = { .fd = end, .events = POLLIN };
    char word;
    if (poll(&pfd, 1, (int) wait_ms) <= 0)
        return false; /* a signal is as good as the time */
    *gone = read(end, &word, 1) != 1;
    return true;
}

/* A page costs at most a tenth of a processor: whoever took long to make waits ten times as long. */
static void watch(struct watching *w, int end)
{
    uint64_t wait_ms = MU_WATCH_MS;
    bool gone;
    while (!ended(end, w->shown < 0 ? MU_WATCH_FIRST_MS : wait_ms, &gone)) {
        uint64_t begun = mu_clock_ms();
        w->order.live = (unsigned) ((wait_ms + 999) / 1000);
        make(w);
        uint64_t tenfold = MU_WATCH_COST * (mu_clock_ms() - begun);
        wait_ms = tenfold > MU_WATCH_MS ? tenfold : MU_WATCH_MS;
    }
    w->order.live = 0;
    w->shown = -1;
    if (gone)
        make(w);
}

static MU_NORETURN void child(const struct mu_report_order *order, int end)
{
    static const int ours[] = { SIGINT, SIGTERM, SIGHUP };
    static const char *const only[] = { "html" };
    struct mu_arena *arena = mu_arena_new(MU_MIB);
    struct watching w = { .order = *order, .shown = -1 };
    for (size_t i = 0; i < MU_COUNT(ours); i++)
        signal(ours[i], SIG_IGN); /* they are for the run, which then ends in good order */
    w.order.format = only;
    w.order.formats = MU_COUNT(only);
    w.order.out = NULL;
    w.stream = mu_file_join(arena, order->run, "run.jsonl");
    watch(&w, end);
    _exit(EXIT_SUCCESS);
}

bool mu_watch_start(const struct mu_report_order *order, struct mu_watch *w, struct mu_err *err)
{
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0)
        return mu_fail_sys(err, "cannot make a pipe");
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[1]);
        child(order, pair[0]);
    }
    close(pair[0]);
    if (pid < 0) {
        close(pair[1]);
        return mu_fail_sys(err, "cannot fork");
    }
    *w = (struct mu_watch){ pid, pair[1] };
    return true;
}

void mu_watch_stop(struct mu_watch *w)
{
    if (w->pid == 0)
        return;
    (void) !write(w->end, "e", 1);
    close(w->end);
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
}

/* Checks of a filter: started for each question, judged by a sealed job. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"
#include "run/program.h"
#include "run/trigger.h"

/* [job] `in` is the memory file that it wrote. */
static bool judge(void *self, struct mu_arena *arena, int in, int out, struct mu_buf *result,
                  struct mu_err *err)
{
    const struct mu_adapter_check *c = self;
    struct mu_bytes output;
    close(out);
    TRY(mu_file_read_fd(arena, in, "its output", MU_FILTER_OUTPUT_MAX, &output, err));
    mu_sap_filter_judge(arena, c->sitting, &c->task, output, result);
    return true;
}

static const char *how_it_ended(struct mu_arena *arena, int status)
{
    if (WIFSIGNALED(status))
        return mu_arena_printf(arena, "it was ended by signal %d", WTERMSIG(status));
    return mu_arena_printf(arena, "its exit status is %d", WEXITSTATUS(status));
}

/* Its end, by the deadline or by ours; *why says what was wrong with it. */
static void wait_for(struct mu_adapter_check *c, pid_t pid, const char **why)
{
    int status, ended = pidfd_open(pid, 0);
    struct pollfd fd = { .fd = ended, .events = POLLIN };
    uint64_t deadline = mu_clock_ms() + c->task.start_ms;
    int n;
    while ((n = poll(&fd, 1, mu_clock_left(deadline))) < 0 && errno == EINTR)
        ;
    size_t survivors = n > 0 ? mu_adapter_survivors(pid) : 0;
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(ended);
    mu_sweep(NULL, 0);
    if (n <= 0)
        *why = mu_arena_printf(c->start.arena, "it had not ended after %u ms", c->task.start_ms);
    else if (status != 0)
        *why = how_it_ended(c->start.arena, status);
    else if (survivors > 0)
        *why = mu_arena_printf(c->start.arena, "processes that it started are still there: %zu",
                               survivors);
}

static bool ask(struct mu_adapter_check *c, struct mu_sap_checked *checked, struct mu_err *err)
{
    struct mu_arena *arena = c->start.arena;
    const char *op = mu_sap_filter_op(c->sitting), *why = NULL, *killed = NULL;
    char *more[] = { mu_arena_printf(arena, "MUSTER_OP=%s", op),
                     mu_arena_printf(arena, "MUSTER_TIME=%s", c->task.test_time), NULL };
    char **environment = mu_program_environment(arena, c->start.environment, more);
    struct mu_bytes input = mu_sap_filter_octets(arena, c->sitting, &c->task), result = { 0 };
    struct mu_adapter_talk talk = { .self = c, .deadline_ms = MU_BATCH_ITEM_MS, .talk = judge };
    int answer, output;
    pid_t pid;
    TRY(mu_program_filter(&c->start.program, arena, c->start.program.argv, environment,
                          c->start.work, input, &pid, &answer, &output, false, err));
    wait_for(c, pid, &why);
    close(output);
    TRY(mu_adapter_job(arena, &talk, answer, answer, &result, &killed, err));
    if (why == NULL && killed != NULL)
        why = mu_arena_printf(arena, "the job that read its answer ended: %s", killed);
    if (why == NULL)
        return mu_sap_check_take(arena, c->sitting, &result, checked)
               || mu_fail(err, MU_ERR_PEER, "the job that read the filter said what it must not");
    *checked =
        (struct mu_sap_checked){ MU_CHECK_BREAKS, why,
                                 mu_arena_printf(arena, "%zu octets for %s", input.n, op), "" };
    return true;
}

bool mu_adapter_check_filter(struct mu_adapter_check *c, struct mu_err *err)
{
    (void) prctl(PR_SET_CHILD_SUBREAPER, 1); /* what it leaves behind becomes ours */
    for (c->sitting = 0; c->sitting < c->checks; c->sitting++)
        TRY(ask(c, &c->checked[c->sitting], err));
    return true;
}

/* What a job asks for: a connection, the owner of a token, a command, a channel to an adapter. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "run/coordinator.h"
#include "run/trigger.h"

/* Whose token is it? The running case of that index and attempt. */
static void answer_claim(struct mu_coordinator *run, struct mu_taken *t)
{
    struct mu_token token;
    if (!mu_token_find(run->run_key, mu_bytes_of(mu_record_text(t->record, 0)), &token))
        return;
    for (size_t i = 0; i < run->jobs; i++) {
        const struct mu_attempt *a = &run->job[i].attempt;
        if (a->item == token.index && a->number == token.attempt && !a->done)
            t->fd = run->job[i].parcels;
    }
}

static bool say(const struct mu_coordinator *run, const char *prompt)
{
    return run->options->say_fd >= 0
           && write(run->options->say_fd, prompt, strlen(prompt)) == (ssize_t) strlen(prompt);
}

static bool start(struct mu_coordinator *run, struct mu_arena *arena,
                  const struct mu_run_trigger *trigger, struct mu_command *command,
                  struct mu_err *err)
{
    char **environment =
        mu_program_environment(arena, run->options->environment, trigger->variable);
    if (trigger->filter == NULL)
        return mu_trigger(trigger->argv, environment, trigger->input, &command->pid,
                          &command->output, err);
    const char *work;
    TRY(mu_work_folder(run, arena, trigger->filter->id, &work, err));
    return mu_program_filter(trigger->filter, arena, trigger->argv, environment, work,
                             trigger->input, &command->pid, &command->answer, &command->output,
                             run->veil != NULL, err);
}

static bool start_command(struct mu_coordinator *run, struct mu_arena *arena, struct mu_job *job,
                          const struct mu_run_trigger *trigger, bool wait, struct mu_err *err)
{
    struct mu_command *c = &job->command[job->commands];
    *c = (struct mu_command){ .ended = -1, .output = -1, .answer = -1 };
    TRY(start(run, arena, trigger, c, err));
    job->commands++;
    c->ended = wait ? pidfd_open(c->pid, 0) : -1;
    if (wait && c->ended < 0)
        return mu_fail_sys(err, "cannot watch a command");
    return true;
}

static void answer_trigger(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t)
{
    struct mu_err err;
    struct mu_run_trigger trigger = { .input = MU_BYTES("") };
    if (job->commands == MU_COMMANDS_KEPT) {
        t->answer.sys = E2BIG;
        return;
    }
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    const struct mu_run_host *host = run->host;
    bool wait = t->record->count != 0;
    if (!host->trigger(host->self, arena, job->attempt.item, job->attempt.number, t->record->number,
                       run->run_key, &trigger, &err))
        t->answer.sys = EINVAL;
    else if (trigger.argv == NULL)
        t->answer.sys = !wait && say(run, trigger.prompt) ? 0 : ENOTTY;
    else if (!start_command(run, arena, job, &trigger, wait, &err))
        t->answer.sys = err.sys != 0 ? err.sys : EIO;
    t->later = wait && t->answer.sys == 0;
    mu_arena_free(arena);
}

void mu_answer(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *t)
{
    if (t->record->type == MU_RECORD_DIAL) {
        t->fd = mu_ports_dial(run, t->record->number);
        t->answer.sys = t->fd < 0 ? errno : 0;
        t->ours = true;
    } else if (t->record->type == MU_RECORD_CLAIM) {
        answer_claim(run, t);
    } else if (t->record->type == MU_RECORD_CHANNEL) {
        t->fd = mu_services_channel(run, t->record->number);
        job->channel = t->fd >= 0 ? (int64_t) t->record->number : job->channel;
        t->answer.sys = t->fd < 0 ? errno : 0;
        t->ours = true;
    } else if (job->kind == MU_JOB_CASE) {
        answer_trigger(run, job, t);
    } else {
        t->answer.sys = EPERM;
    }
}

void mu_answer_ended(struct mu_job *job, struct mu_command *command)
{
    struct mu_answer answer = { .sys = 0 };
    kill(-command->pid, SIGKILL); /* what it leaves behind in its group */
    while (waitpid(command->pid, &answer.status, 0) < 0 && errno == EINTR)
        ;
    command->pid = 0;
    mu_fd_close(&command->ended);
    command->ended = -1;
    int printed = command->answer >= 0 ? command->answer : command->output;
    (void) mu_packet_send(job->fd, &answer, sizeof answer, printed);
}

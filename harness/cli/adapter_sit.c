/* An adapter's program for the length of one talk. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "cli/adapter.h"
#include "run/batch.h"
#include "run/program.h"
#include "run/trigger.h"

/* --- an adapter of the command line --------------------------------------------------------------- */

bool mu_adapter_named(const struct mu_arguments *args, const char *command,
                      struct mu_adapter_start *start, struct mu_err *err)
{
    struct mu_sut_adapter adapter;
    TRY(mu_sut_adapter_parse(args->arena, command, &adapter, err));
    if (adapter.way == MU_SAP_DIAL)
        return mu_fail(err, MU_ERR_USAGE,
                       "'%s' runs elsewhere: it is checked there, where it can be started",
                       command);
    *start = (struct mu_adapter_start){ .arena = args->arena,
                                        .environment = args->environment,
                                        .leave_ms = MU_PROGRAM_LEAVE_MS };
    start->program.id = adapter.id;
    start->program.way = adapter.way;
    start->program.argv = adapter.argv;
    start->program.writable = adapter.writable;
    return true;
}

bool mu_adapter_operands(const struct mu_arguments *args, struct mu_adapter_start *start,
                         struct mu_err *err)
{
    TRY(mu_adapter_named(args, args->operand[0], start, err));
    if (args->operands > 1) /* words as the shell has split them: nothing is split again */
        start->program.argv = args->operand;
    return true;
}

const char *const *mu_adapter_writable(const struct mu_arguments *args)
{
    const char **folder;
    size_t n = mu_argument_values(args, MU_OPT_WRITABLE, &folder);
    for (size_t i = 0; i < n; i++)
        folder[i] = mu_file_real(args->arena, folder[i]);
    return folder; /* its last is NULL */
}

const char *mu_adapter_last_line(struct mu_arena *arena, struct mu_bytes said)
{
    said = mu_bytes_trim(said);
    size_t at = said.n;
    while (at > 0 && said.p[at - 1] != '\n')
        at--;
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, mu_bytes_from(said, at), MU_TEXT_LINE, MU_SAP_CHECK_SHOWN);
    return mu_buf_text(&out);
}

static void remove_work(void *path)
{
    mu_file_remove_tree(path);
}

bool mu_adapter_work(struct mu_adapter_start *start, bool in_memory, struct mu_err *err)
{
    const char *tmp = in_memory ? "/dev/shm" : getenv("TMPDIR");
    char *path = mu_arena_printf(start->arena, "%s/muster-adapter-XXXXXX",
                                 tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
    if (mkdtemp(path) == NULL)
        return mu_fail_sys(err, "cannot make a folder '%s'", path);
    mu_arena_defer(start->arena, remove_work, path);
    start->work = path;
    return true;
}

/* --- the job -------------------------------------------------------------------------------------- */

struct sitting {
    const struct mu_adapter_talk *talk;
    struct mu_arena *arena;
    int pair; /* our end of the socket over which the job gets the descriptors */
    bool taken;
    struct mu_bytes result;
    const char *killed;
};

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct sitting *s = self;
    bool more = !s->taken;
    (void) arena;
    s->taken = true;
    *item = (struct mu_batch_item){ .name = "the adapter", .fd = -1, .octets = -1 };
    return more;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct sitting *s = self;
    (void) arena;
    item->fd = mu_fd_take(&s->pair);
}

static bool make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                 struct mu_buf *result, bool *many, struct mu_err *err)
{
    const struct sitting *s = self;
    char word;
    int fd[3];
    size_t fds = MU_COUNT(fd), wanted = s->talk->knocker != NULL ? 3 : 2;
    *many = false;
    if (mu_packet_receive_fds(item->fd, &word, sizeof word, 0, fd, &fds) != 1 || fds != wanted)
        return mu_fail(err, MU_ERR_IO, "the descriptors of the adapter did not come");
    if (wanted == 3)
        s->talk->knocker->fd = fd[2];
    return s->talk->talk(s->talk->self, arena, fd[0], fd[1], result, err);
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct sitting *s = self;
    (void) item, (void) err;
    if (killed != NULL)
        s->killed = mu_arena_strndup(s->arena, killed, strlen(killed));
    else
        s->result = (struct mu_bytes){ mu_bytes_dup(s->arena, result), result.n };
    return true;
}

/* Nothing of the talk stays open here afterwards: the adapter must see its end. */
bool mu_adapter_job(struct mu_arena *arena, const struct mu_adapter_talk *talk, int in, int out,
                    struct mu_bytes *result, const char **killed, struct mu_err *err)
{
    struct sitting state = { .talk = talk, .arena = arena, .pair = -1 }, *s = &state;
    int pair[2], fd[] = { in, out, talk->knocker != NULL ? talk->knocker->fd : -1 };
    size_t fds = talk->knocker != NULL ? 3 : 2;
    struct mu_batch batch = { .self = s,
                              .jobs = 1,
                              .isolation = MU_ISOLATION_FULL,
                              .item_ms = s->talk->deadline_ms,
                              .next = next,
                              .open = open_item,
                              .make = make,
                              .take = take };
    struct mu_batch_end end;
    bool made = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0;
    bool sent = made && mu_packet_send_fds(pair[1], "", 1, fd, fds);
    close(in);
    if (out != in)
        close(out);
    if (!made)
        return mu_fail_sys(err, "cannot make a socket");
    close(pair[1]);
    s->pair = pair[0];
    if (!sent)
        return mu_fail_sys(err, "cannot hand over descriptors");
    TRY(mu_batch_run(&batch, &end, err));
    *result = s->result;
    *killed = s->killed;
    return true;
}

/* --- its end -------------------------------------------------------------------------------------- */

static bool wait_for(struct mu_child *child, uint64_t deadline)
{
    while (!mu_program_ended(child)) {
        struct pollfd fd = { .fd = child->ended, .events = POLLIN };
        int left = mu_clock_left(deadline);
        if (left == 0)
            return false;
        (void) poll(&fd, 1, left);
    }
    return true;
}

/* What it left behind has become ours. */
size_t mu_adapter_survivors(pid_t group)
{
    pid_t ours[64];
    size_t n = mu_children(ours, MU_COUNT(ours)), strangers = 0;
    for (size_t i = 0; i < n; i++)
        strangers += ours[i] != group;
    return strangers;
}

static bool end_program(const struct mu_adapter_start *start, bool terminate,
                        struct mu_child *child, struct mu_sap_check_end *end, struct mu_err *err)
{
    uint64_t begun = mu_clock_ms();
    pid_t group = child->pid;
    if (terminate)
        mu_program_signal(child, SIGTERM);
    end->exited = wait_for(child, begun + start->leave_ms);
    end->ms = (uint32_t) (mu_clock_ms() - begun);
    if (!end->exited && !terminate) {
        mu_program_signal(child, SIGTERM);
        (void) wait_for(child, mu_clock_ms() + start->leave_ms);
    }
    TRY(mu_program_output(child, start->arena, true, &end->said, err));
    end->survivors = mu_adapter_survivors(group);
    mu_program_end(child);
    end->status = child->status;
    mu_sweep(NULL, 0);
    return true;
}

bool mu_adapter_sit(const struct mu_adapter_start *start, enum mu_sap_way way,
                    const struct mu_adapter_talk *talk, struct mu_bytes *result,
                    const char **killed, struct mu_sap_check_end *end, struct mu_err *err)
{
    struct mu_program program = start->program;
    struct mu_child child;
    int in, out;
    program.way = way;
    (void) prctl(PR_SET_CHILD_SUBREAPER, 1); /* what it leaves behind becomes ours */
    mu_program_none(&child, start->arena);
    /* Before the program: what a knocker inherits of it would keep its input open. */
    if (talk->knocker != NULL)
        TRY(mu_knocker_start(talk->knocker, start->leave_ms, err));
    bool started = mu_program_start(&program, start->arena, start->environment, start->work, &child,
                                    &in, &out, err);
    if (!started && talk->knocker != NULL)
        mu_knocker_end(talk->knocker);
    TRY(started);
    /* One that is to be ended by a signal must not be ended by the end of its input. */
    int held = talk->terminate ? dup(out) : -1;
    bool talked = mu_adapter_job(start->arena, talk, in, out, result, killed, err);
    struct mu_err ignored;
    if (talk->knocker != NULL)
        mu_knocker_end(talk->knocker);
    bool ended = end_program(start, talk->terminate, &child, end, talked ? err : &ignored);
    mu_fd_close(&held);
    return talked && ended;
}

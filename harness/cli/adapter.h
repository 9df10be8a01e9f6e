/*
 * adapter.h - what the commands 'muster adapter ...' share: an adapter named on the command line, and a
 * sitting with it: its program is started as a run would, a sealed job does the talking, and its end
 * is waited for and looked at.
 */
#ifndef MU_CLI_ADAPTER_H
#define MU_CLI_ADAPTER_H

#include "cli/world.h"
#include "core/host.h"
#include "proto/sap_check.h"

/* An adapter to be started here. */
struct mu_adapter_start {
    struct mu_arena *arena;
    char **environment;
    struct mu_program program;
    const char *work;  /* the folder that it may write to; made by mu_adapter_work */
    uint32_t leave_ms; /* how long it may take to end; then SIGTERM, then SIGKILL */
};

/* The operands of a command as one adapter: a single one may hold a whole command with its prefix, as
 * --adapter takes it; several are its words. Only what can be started here. */
bool mu_adapter_operands(const struct mu_arguments *args, struct mu_adapter_start *start,
                         struct mu_err *err) MU_MUST_USE;
/* The same of one text. */
bool mu_adapter_named(const struct mu_arguments *args, const char *command,
                      struct mu_adapter_start *start, struct mu_err *err) MU_MUST_USE;
/* An empty folder of our own, removed with the arena; `in_memory`: where nothing reaches a disk. */
bool mu_adapter_work(struct mu_adapter_start *start, bool in_memory,
                     struct mu_err *err) MU_MUST_USE;

/* Folders of --writable, NULL-terminated. */
const char *const *mu_adapter_writable(const struct mu_arguments *args);

/* The last of what a program printed, fit to be shown; "". */
const char *mu_adapter_last_line(struct mu_arena *arena, struct mu_bytes said);

/* A process that dials ports of the loopback for a job that is sealed. Ends when the job has. */
struct mu_knocker {
    pid_t pid;
    int fd; /* to ask it over; -1 */
};
bool mu_knocker_start(struct mu_knocker *knocker, uint32_t wait_ms, struct mu_err *err) MU_MUST_USE;
void mu_knocker_end(struct mu_knocker *knocker);
/* [job] `self` is the knocker. False: it is gone. */
bool mu_knock(void *self, uint16_t port, bool *there);

/* Talk in a sealed job over the descriptors of a started program. */
struct mu_adapter_talk {
    void *self;
    uint32_t deadline_ms;       /* of the whole talk */
    bool terminate;             /* end it by SIGTERM as soon as the talk is over */
    struct mu_knocker *knocker; /* that the job may ask; NULL: none */
    /* [job] Closes `in` and `out` when it is done. */
    bool (*talk)(void *self, struct mu_arena *arena, int in, int out, struct mu_buf *result,
                 struct mu_err *err);
};

/* The talk alone, over descriptors that are closed here. */
bool mu_adapter_job(struct mu_arena *arena, const struct mu_adapter_talk *talk, int in, int out,
                    struct mu_bytes *result, const char **killed, struct mu_err *err) MU_MUST_USE;

/* Start, talk, wait for the end. *result is what the job said, *killed why it could not (NULL). */
bool mu_adapter_sit(const struct mu_adapter_start *start, enum mu_sap_way way,
                    const struct mu_adapter_talk *talk, struct mu_bytes *result,
                    const char **killed, struct mu_sap_check_end *end,
                    struct mu_err *err) MU_MUST_USE;

/* Our children that are not `group`: what a program left behind, under PR_SET_CHILD_SUBREAPER. */
size_t mu_adapter_survivors(pid_t group);

/* --- greeting ------------------------------------------------------------------------------------- */

/* Shake hands with the adapter that `command` names (as --adapter takes it) and leave again. *hello is
 * what it said, in args->arena; NULL: it is a filter, which cannot be greeted. MU_ERR_PEER with the
 * reason when it does not keep to the protocol. */
bool mu_adapter_greet(const struct mu_arguments *args, const char *command,
                      const struct mu_sap_hello **hello, struct mu_err *err) MU_MUST_USE;

/* The system behind --adapter: greeted, with what --writable and --pki say. */
bool mu_adapter_sut(struct mu_world *world, const struct mu_arguments *args,
                    struct mu_err *err) MU_MUST_USE;

/* --- being one ------------------------------------------------------------------------------------ */

/* The descriptors that whoever started us speaks the protocol over. */
bool mu_adapter_own_ends(const struct mu_arguments *args, int *in, int *out,
                         struct mu_err *err) MU_MUST_USE;

/* --- muster adapter check ------------------------------------------------------------------------- */

struct mu_adapter_check {
    const struct mu_arguments *args;
    struct mu_adapter_start start;
    struct mu_world world;
    struct mu_sap_check_task task;
    bool hostile;
    size_t checks; /* of the table: that of the protocol, or that of filters */
    const struct mu_sap_check *(*at)(size_t i);
    struct mu_sap_checked *checked; /* one a row of it                      */
    const char *printed;            /* the last line that its first process printed; "" */
    size_t sitting;                 /* that is being held; of a filter the check */
};

/* adapter_filter.c: all checks of a filter. */
bool mu_adapter_check_filter(struct mu_adapter_check *check, struct mu_err *err) MU_MUST_USE;

/* adapter_report.c */
struct mu_adapter_score {
    size_t made, held, must, should; /* must, should: that do not hold */
};
struct mu_adapter_score mu_adapter_score(const struct mu_adapter_check *check);
void mu_adapter_check_text(const struct mu_adapter_check *check);
void mu_adapter_check_json(const struct mu_adapter_check *check);

#endif

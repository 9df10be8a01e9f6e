/* job.h - one forked process on a seat, as the coordinator sees it. */
#ifndef MU_RUN_JOB_H
#define MU_RUN_JOB_H

#include <sys/types.h>

#include "core/host.h"
#include "run/evidence.h"
#include "run/sandbox.h"

#define MU_LEGS_KEPT     16 /* legs of one case that are judged */
#define MU_COMMANDS_KEPT 16 /* commands that one case may start */

enum mu_job_kind { MU_JOB_CASE, MU_JOB_RECEPTION, MU_JOB_BATCH, MU_JOB_SERVE };

/* One attempt at a case, or one delivery, as the records of its job have told it so far. */
struct mu_attempt {
    size_t item; /* of the plan; of a reception: address */
    uint8_t number;
    uint64_t started_ms;
    uint64_t deadline_ms;           /* when it is given up: a little after the job does */
    bool done;                      /* the DONE record has come                  */
    enum mu_verdict verdict, least; /* of DONE; the least that its records allow */
    enum mu_rung rung;
    uint32_t may_come; /* of CLOSING */
    char reason[160], attribution[32];
    size_t records;
    int64_t octets; /* of evidence that came along */
    size_t legs;
    char leg[MU_LEGS_KEPT][64];
    struct mu_buf marks; /* of each leg, one string */
    struct mu_buf held;  /* evidence that came along and goes into the tar */
    struct mu_evidence_list list;
};

/* Ready for another; it keeps the memory of its marks and of what it held. */
void mu_attempt_begin(struct mu_attempt *attempt, size_t item, unsigned number,
                      uint32_t deadline_ms);

/* A command that a case started. */
struct mu_command {
    pid_t pid;  /* 0: it has ended and was reaped                     */
    int ended;  /* its end can be polled for here; -1: nobody waits   */
    int output; /* memory file of what it printed                     */
    int answer; /* memory file of its standard output alone; -1: both */
};

struct mu_job {
    enum mu_job_kind kind;
    pid_t pid;                 /* also its process group; 0: ran in process                 */
    int fd;                    /* our end of the record socket                              */
    int parcels;               /* where receptions hand over; -1: the case collects nothing */
    int evidence;              /* memory file that the job writes; -1: none                 */
    struct mu_attempt attempt; /* CASE and RECEPTION: the only one */
    bool late;                 /* RECEPTION: nobody claimed its message */
    char late_token[64], late_envelope[400];
    int64_t channel;             /* CASE: the last program that it asked a channel to; -1 */
    uint32_t opener[MU_OPENERS]; /* CASE: of its item, with the start that they were at */
    unsigned opener_start[MU_OPENERS];
    size_t commands;
    struct mu_command command[MU_COMMANDS_KEPT];
};

/* What a job is started with; descriptors are inherited and closed by the caller afterwards. */
struct mu_job_start {
    const struct mu_run_host *host;
    enum mu_isolation isolation;
    struct mu_token token;
    uint64_t run_key, seed;
    uint32_t deadline_ms, operation_ms;
    bool collects, key_log, no_evidence;
    struct mu_veil *veil; /* for the job, which has a copy of its own; NULL: content is kept */
    int64_t exclusive;    /* RECEPTION                                             */
    int owner;            /* RECEPTION: parcel socket of the exclusive case, or -1 */
    int accepted;         /* RECEPTION: the connection or file                     */
    int adapter_in, adapter_out; /* SERVE: the adapter's lines; one socket twice, or two pipes */
    void (*local)(void *self, const struct mu_record *record, struct mu_answer *answer, int *fd);
    void *self; /* isolation none: how to take records */
    /* BATCH: serve orders until they end; false tells *err by record. */
    bool (*batch)(void *of, struct mu_seat *seat, struct mu_err *err);
    void *of;
};

/* Fork (or run in process) and fill *job; its marks buffer and slot are reused. */
bool mu_job_start(const struct mu_job_start *start, enum mu_job_kind kind, size_t item,
                  struct mu_job *job, struct mu_err *err) MU_MUST_USE;

/* Kill what is left of its process group, reap it, close descriptors. `status` as from waitpid. */
void mu_job_end(struct mu_job *job, int *status);

#endif

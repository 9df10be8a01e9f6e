/* coordinator.h - the state of one run; shared by the files of run/ and by nobody else. */
#ifndef MU_RUN_COORDINATOR_H
#define MU_RUN_COORDINATOR_H

#include "base/limits.h"
#include "run/job.h"
#include "run/journal.h"
#include "run/program.h"
#include "run/run.h"

#define MU_ADDRESSES_MAX 32

enum mu_item_state {
    MU_ITEM_WAITING,
    MU_ITEM_RUNNING,
    MU_ITEM_DONE,
    MU_ITEM_ELSEWHERE, /* another shard runs it */
};

/* A verdict that is written and waits to be synced. */
struct mu_acknowledgement {
    uint64_t line;
    size_t item;
    enum mu_verdict verdict;
    char reason[160];
};

/* A message of an attempt that has ended and may still come out: it is not late then. */
struct mu_may_come {
    uint32_t item;
    uint8_t attempt;
    uint32_t messages; /* bit n: message n */
};

/* The attempt that speaks for an instance, so far. */
struct mu_outcome_kept {
    uint8_t tried;   /* attempts that were judged             */
    uint8_t passed;  /* of these: pass or remarks             */
    uint8_t attempt; /* number of the one that speaks         */
    uint8_t verdict;
    uint8_t last; /* verdict of the last one               */
    bool differs; /* not all ended with one verdict and reason */
    bool settled; /* counted, and what was known of it is written */
    const char *reason, *last_reason;
};

/* A file of a Maildir, opened and not yet read. */
struct mu_delivered {
    size_t address;
    int fd;
};

/* Items that are served by the same: by jobs of their own, or by one program. */
struct mu_queue {
    uint32_t *item; /* in the order of the plan             */
    size_t count;
    size_t head; /* every item before it is done or running */
};

enum mu_service_state {
    MU_SERVICE_IDLE,     /* nothing runs; it is started when a case is due, not before next_ms */
    MU_SERVICE_AWAITED,  /* LISTEN: a connection must come by next_ms                          */
    MU_SERVICE_RUNNING,  /* there is a job on its lines                                        */
    MU_SERVICE_STOPPING, /* there is no job any more; the program must go by next_ms           */
    MU_SERVICE_GONE,     /* it has failed too often                                            */
};

/* A program that serves cases, the job that asks it, and the cases in hand. */
struct mu_service {
    const struct mu_program *program;
    enum mu_service_state state;
    bool ready;      /* the job has said so: it can be given cases       */
    bool told_end;   /* that there are no more                           */
    bool left;       /* the job has said that it left in good order      */
    bool terminated; /* STOPPING: SIGTERM was sent                      */
    bool wanted;     /* a case waits for what it opens                  */
    uint64_t next_ms;
    unsigned starts;   /* in all                                        */
    unsigned in_vain;  /* in a row, without a case brought to its end   */
    uint64_t await_ms; /* LISTEN: until when somebody fit must have come; 0: not awaited */
    struct mu_job job;
    struct mu_child child;
    int listener;
    size_t window;      /* cases given at once */
    bool alone;         /* the one in hand has it to itself */
    uint64_t done_ms;   /* when it last brought a case to its end                  */
    uint64_t wait_ms;   /* how long the cases were waited for that it breaks on ... */
    uint64_t waited_ms; /* ... and that in all its lives                            */
    struct mu_attempt **hand;
    size_t hands;
    size_t records;           /* of the job that belong to no case */
    char reason[160];         /* why it broke; "" */
    int channel[MU_JOBS_MAX]; /* ends of channels that the job is not yet ready for */
    size_t channels;
    struct mu_buf lost; /* names of cases that were lost with it, NUL-terminated */
};

struct mu_coordinator {
    const struct mu_run_host *host;
    const struct mu_run_options *options;
    struct mu_run_result *result;
    struct mu_arena *arena;
    struct mu_journal journal;
    struct mu_veil *veil;      /* a run without content: records are taken through it; NULL */
    struct mu_veil *jobs_veil; /* the same, for jobs: they know only what they hid themselves */
    struct mu_record *hidden;  /* what came last, behind it                               */
    int dir;                   /* the run folder                                                  */
    struct mu_store store;     /* ... and where evidence goes in it                               */
    int64_t stored, named,
        whole;   /* of a tar that a resumed stream names entries of: its octets; the end of
                                  the last of them; and of the last that is whole                 */
    int lock;    /* held as long as the run goes on; the kernel frees it at SIGKILL */
    int signals; /* signalfd                                                        */
    uint64_t zero_ms, run_key;
    char run_id[40];
    char nonce[MU_NONCE_MAX + 1]; /* what the key is made of instead; ""  */

    uint8_t *state;   /* [items + markers] enum mu_item_state                            */
    uint8_t *verdict; /* enum mu_verdict: final, or of this round                        */
    uint8_t *attempt; /* of the last start                                               */
    struct mu_outcome_kept *kept; /* [items]                                             */
    struct mu_buf may_come;       /* struct mu_may_come in a row                               */
    unsigned round;         /* of repeats; 1 is the first                                      */
    bool failed;            /* an attempt has neither passed nor passed with remarks           */
    struct mu_queue *queue; /* [1 + programs]: of the jobs, then of each program */
    uint16_t *queue_of;     /* [items] which queue                               */
    uint32_t *place;        /* [items] where in it                               */
    int32_t *control;       /* [items] item that must have passed before; -1     */
    uint32_t *slot;         /* [items] of a running one: which hand of its service */
    bool *alone;            /* [items] its program broke while it had several      */
    struct mu_service *service; /* [programs]                                    */
    size_t services;
    uint16_t *opened; /* [endpoints] port that the program got that opens it; 0: not open */
    struct mu_attempt **spare; /* attempts that no service uses; there is room for all */
    size_t spares;
    struct mu_attempt unrun; /* of cases that are not sent at all */
    struct pollfd *pfd;
    char *packet;      /* the records that came last                  */
    uint64_t look_ms;  /* when to see how much programs have printed  */
    int64_t exclusive; /* item that runs alone, or -1                            */
    int64_t probe;     /* marker to run before anything else, or -1              */
    bool probe_failed;

    struct mu_job *job; /* [jobs] running cases */
    size_t jobs;
    struct mu_job *reception; /* [MU_RECEPTIONS_MAX] */
    size_t receptions;
    int listener[MU_ADDRESSES_MAX]; /* per address: listening socket or inotify; -1 */
    int maildir[MU_ADDRESSES_MAX];  /* per address: the new/ folder, or -1          */
    struct mu_delivered waiting[MU_RECEPTIONS_MAX]; /* oldest first */
    size_t waitings;
    uint32_t lates;
    struct mu_acknowledgement *pending; /* [MU_GROUP_RECORDS + 1] */
    size_t pendings;
    pid_t foreign[64]; /* children that were there before the run */
    size_t foreigns;
    bool stopping;
};

/* open.c: the tables of a run; then its folder, its lock and the first lines of its stream. */
void mu_run_tables(struct mu_coordinator *run);
bool mu_run_open(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;

/* resume.c: read an existing stream into the state; *end, *lines, h for the journal. */
bool mu_resume(struct mu_coordinator *run, int64_t *end, uint64_t *lines, char h[MU_DIGEST_TEXT],
               struct mu_err *err) MU_MUST_USE;

/* tries.c: which attempts there are, and which one speaks. */
void mu_tries_members(const struct mu_tries *tries, struct mu_json *j);
/* An attempt was judged: keep it. */
void mu_tries_keep(struct mu_coordinator *run, size_t item, unsigned attempt,
                   enum mu_verdict verdict, const char *reason);
/* Is an instance tried again after what was kept last? `unrun`: it could not even be started. */
bool mu_tries_again(const struct mu_coordinator *run, size_t item, bool unrun);
/* Its verdict is final: what was known of it, counted. */
struct mu_expected mu_tries_settle(struct mu_coordinator *run, size_t item);
const char *mu_expectation_name(enum mu_expectation expectation);
/* The same with a line of its own, for an instance with several attempts. */
bool mu_tries_write(struct mu_coordinator *run, size_t item, struct mu_err *err) MU_MUST_USE;
/* Every item is done: begin the next round of repeats, if there is one. */
bool mu_tries_round(struct mu_coordinator *run);
/* Settle every instance that has a verdict and is not tried again; after the last round, and when a run
 * is resumed. */
bool mu_tries_finish(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* After the stream of an earlier part was read: who is done, who is tried again, which round it is. */
void mu_tries_resume(struct mu_coordinator *run);
void mu_note_may_come(struct mu_coordinator *run, size_t item, unsigned attempt, uint32_t messages);
uint32_t mu_may_come_of(const struct mu_coordinator *run, size_t item, unsigned attempt);

/* queue.c: what waits. */
void mu_queues_make(struct mu_coordinator *run);
/* Everything waits again. */
void mu_queues_reset(struct mu_coordinator *run);
/* An item waits again. */
void mu_queue_wake(struct mu_coordinator *run, size_t item);
/* The next item from position *at on that may be started, -1 when there is none; *at is moved behind it.
 * Items whose control failed get their verdict on the way. */
bool mu_queue_next(struct mu_coordinator *run, struct mu_queue *queue, size_t *at, int64_t *item,
                   struct mu_err *err) MU_MUST_USE;
/* Is an item left that has not begun? */
bool mu_queue_waits(struct mu_coordinator *run, struct mu_queue *queue);

/* coordinator.c: take every record that a job has sent so far. *gone: it has left. */
bool mu_drain(struct mu_coordinator *run, struct mu_job *job, bool *gone,
              struct mu_err *err) MU_MUST_USE;

/* veiled.c: a run without content. The key, the veil; what jobs say goes through it before anybody here
 * sees it. */
bool mu_veiled_start(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* The members of open and resume events that say so. */
void mu_veiled_members(const struct mu_coordinator *run, struct mu_json *j);
const struct mu_record *mu_veiled_record(struct mu_coordinator *run,
                                         const struct mu_record *record);
/* Where a program may write: in memory, outside the run, and gone with it. */
bool mu_veiled_work(struct mu_coordinator *run, struct mu_arena *arena, const char *id,
                    const char **path, struct mu_err *err) MU_MUST_USE;
void mu_veiled_work_gone(const struct mu_coordinator *run);
/* What a command printed, measured. */
bool mu_veiled_output(const struct mu_coordinator *run, unsigned number, int from, size_t max,
                      struct mu_evidence_list *list, struct mu_err *err) MU_MUST_USE;

/* records.c: one record of a job. */
struct mu_taken {
    const struct mu_record *record;
    struct mu_bytes carried;
    struct mu_attempt *attempt; /* whom it belongs to; NULL: nobody        */
    struct mu_answer answer;    /* for a record that asks                  */
    int fd;                     /* that goes with it                       */
    bool ours;                  /* fd is to be closed when it was sent     */
    bool later;                 /* the answer comes when a command has ended */
    const char *why;            /* it lies: the reason; NULL: it may be so */
};
bool mu_take_record(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *taken,
                    struct mu_err *err) MU_MUST_USE;
bool mu_asks(const struct mu_record *record);
void mu_lies(struct mu_attempt *attempt, const char *why);

/* service.c: the folder below the run's that a program may write to, as an absolute path. */
bool mu_work_folder(struct mu_coordinator *run, struct mu_arena *arena, const char *id,
                    const char **path, struct mu_err *err) MU_MUST_USE;

/* endpoints.c: what programs open, and the cases that wait for it. */
enum mu_openness { MU_OPEN, MU_OPENS_LATER, MU_OPENS_NEVER };
bool mu_endpoints_make(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* The service that opens endpoint e; NULL: it is just there. */
struct mu_service *mu_endpoint_opener(const struct mu_coordinator *run, size_t e);
/* A program has opened what the record says; *why when that cannot be. */
bool mu_endpoint_opened(struct mu_coordinator *run, struct mu_service *s,
                        const struct mu_record *record, const char **why,
                        struct mu_err *err) MU_MUST_USE;
/* Its program is gone, and everything with it that it had opened. */
void mu_endpoints_closed(struct mu_coordinator *run, const struct mu_service *s);
/* Does everything stand that the item needs? What does not is asked for; *reason: why it never will. */
enum mu_openness mu_endpoints_of(struct mu_coordinator *run, const struct mu_run_item *item,
                                 const char **reason);
/* A case begins, and has not gone well: *why is the reason why that is the doing of a program, or NULL. */
void mu_endpoints_begin(const struct mu_coordinator *run, const struct mu_run_item *item,
                        struct mu_job *job);
bool mu_endpoints_lost(struct mu_coordinator *run, const struct mu_job *job, const char **why,
                       struct mu_err *err) MU_MUST_USE;

/* answers.c: what a job asks for. */
void mu_answer(struct mu_coordinator *run, struct mu_job *job, struct mu_taken *taken);
/* A command that a job waits for has ended: tell it. */
void mu_answer_ended(struct mu_job *job, struct mu_command *command);

/* verdicts.c: the end of a case, and of a delivery. */
bool mu_finish_case(struct mu_coordinator *run, struct mu_job *job, const char *why,
                    struct mu_err *err) MU_MUST_USE;
bool mu_finish_reception(struct mu_coordinator *run, struct mu_job *job, const char *why,
                         struct mu_err *err) MU_MUST_USE;
/* One that a service had in hand; `why` when that is not what its job said. */
bool mu_finish_served(struct mu_coordinator *run, struct mu_attempt *attempt, const char *why,
                      const char *attribution, struct mu_err *err) MU_MUST_USE;
/* A verdict without a job: control-failed, probe-failed, adapter:gone. */
bool mu_write_unrun(struct mu_coordinator *run, size_t item, enum mu_verdict verdict,
                    const char *reason, const char *attribution, struct mu_err *err) MU_MUST_USE;
bool mu_write_start(struct mu_coordinator *run, size_t item, unsigned attempt,
                    struct mu_err *err) MU_MUST_USE;
bool mu_acknowledge(struct mu_coordinator *run);
/* Kill what commands and programs left behind. */
void mu_sweep_strangers(struct mu_coordinator *run);

/* service.c: programs that serve cases, from their start to their end. */
bool mu_services_open(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* Start those that are due, and give cases to those that have room. */
bool mu_services_feed(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* Descriptors to poll into `pfd`, how many; *wait becomes the time until something is due. */
size_t mu_services_poll(struct mu_coordinator *run, struct pollfd *pfd, int *wait);
bool mu_services_tend(struct mu_coordinator *run, const struct pollfd *pfd,
                      struct mu_err *err) MU_MUST_USE;
/* Cases in hand, of all. */
size_t mu_services_hands(const struct mu_coordinator *run);
/* Is one left that has not ended? With `say`, those that run are told to. */
bool mu_services_end(struct mu_coordinator *run, bool say);
/* Everything must go: a second for those that listen, then none. */
void mu_services_kill(struct mu_coordinator *run);
/* A case job wants to ask the adapter `p`: its end of a channel, or -1 with errno. */
int mu_services_channel(struct mu_coordinator *run, uint32_t p);
/* A case that had one came to its end. */
void mu_services_served(struct mu_coordinator *run, uint32_t p);

/* service.c: its program is not there, or not any more. `hopeless`: nor will it ever be. */
bool mu_service_stopped(struct mu_coordinator *run, struct mu_service *service, bool hopeless,
                        struct mu_err *err) MU_MUST_USE;

/* service_job.c: one of them, by its job. */
size_t mu_service_number(const struct mu_coordinator *run, const struct mu_service *service);
/* How many cases it is given at once, where it wants `wanted`; 0: it has not said. Where it takes many at
 * once, as many again wait at its job, so that it need not wait for us between two cases. */
size_t mu_service_window(const struct mu_program *program, size_t wanted);
/* Take what the job has sent, when it is `ready`; end it when it is gone or late. */
bool mu_service_tend_job(struct mu_coordinator *run, struct mu_service *service, bool ready,
                         struct mu_err *err) MU_MUST_USE;
void mu_service_close_channels(struct mu_service *service);

/* serve.c: the cases of a service. */
bool mu_serve_feed(struct mu_coordinator *run, struct mu_service *service,
                   struct mu_err *err) MU_MUST_USE;
/* Whose record is it? NULL: of none that the job was given. */
struct mu_attempt *mu_serve_find(struct mu_coordinator *run, const struct mu_service *service,
                                 const struct mu_record *record);
/* A case in hand has its end. */
bool mu_serve_done(struct mu_coordinator *run, struct mu_service *service,
                   struct mu_attempt *attempt, struct mu_err *err) MU_MUST_USE;
/* A case in hand comes again and is then the only one: the program may have broken on it. Where that has
 * cost much already it is lost, for `reason`. */
bool mu_serve_again(struct mu_coordinator *run, struct mu_service *service,
                    struct mu_attempt *attempt, const char *reason, struct mu_err *err) MU_MUST_USE;
/* The job is gone: its cases are lost for that reason; NULL: they were not begun and wait again. */
bool mu_serve_drop(struct mu_coordinator *run, struct mu_service *service, const char *why,
                   const char *attribution, struct mu_err *err) MU_MUST_USE;

/* adapters.c: the lines of the stream about adapters. `record`: what one said; NULL for a filter. */
bool mu_write_adapter(struct mu_coordinator *run, struct mu_service *service,
                      const struct mu_record *record, struct mu_err *err) MU_MUST_USE;
bool mu_write_adapter_warned(struct mu_coordinator *run, const struct mu_service *service,
                             const char *what, struct mu_err *err) MU_MUST_USE;
bool mu_write_adapter_end(struct mu_coordinator *run, struct mu_service *service, const char *state,
                          const char *reason, struct mu_err *err) MU_MUST_USE;

/* ports.c: addresses where SUTs deliver. */
bool mu_ports_open(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
void mu_ports_close(struct mu_coordinator *run);
/* Something is to be accepted at address `a`: start receptions for it. */
bool mu_ports_accept(struct mu_coordinator *run, size_t a, struct mu_err *err) MU_MUST_USE;
/* Start what waits for the end of an earlier delivery to the same Maildir. */
bool mu_ports_next(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* A socket connecting to endpoint `e`; -1 with errno. */
int mu_ports_dial(const struct mu_coordinator *run, uint32_t e);
int mu_ports_connect(const struct mu_address *address);
bool mu_ports_listen(const struct mu_address *address, int *fd, struct mu_err *err) MU_MUST_USE;

/* "cases/0007", attempts after the first "cases/0007-2", markers "markers/01-3" */
void mu_folder_name(const struct mu_coordinator *run, size_t item, unsigned attempt, char *name,
                    size_t size);
void mu_item_name(const struct mu_coordinator *run, size_t item, char name[MU_NAME_TEXT]);
uint32_t mu_at_ms(const struct mu_coordinator *run);

#endif

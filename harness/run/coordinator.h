/* coordinator.h - the state of one run; shared by the files of run/ and by nobody else. */
#ifndef MU_RUN_COORDINATOR_H
#define MU_RUN_COORDINATOR_H

#include "base/limits.h"
#include "run/job.h"
#include "run/journal.h"
#include "run/run.h"

#define MU_ADDRESSES_MAX 32

enum mu_item_state { MU_ITEM_WAITING, MU_ITEM_RUNNING, MU_ITEM_DONE };

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

struct mu_coordinator {
    const struct mu_run_host *host;
    const struct mu_run_options *options;
    struct mu_run_result *result;
    struct mu_arena *arena;
    struct mu_journal journal;
    int dir;     /* the run folder                                                  */
    int lock;    /* held as long as the run goes on; the kernel frees it at SIGKILL */
    int signals; /* signalfd                                                        */
    uint64_t zero_ms, run_key;
    char run_id[40];

    uint8_t *state;   /* [items + markers] enum mu_item_state                            */
    uint8_t *verdict; /* enum mu_verdict: final, or of this round                        */
    uint8_t *attempt; /* of the last start                                               */
    struct mu_outcome_kept *kept; /* [items]                                             */
    struct mu_buf may_come;       /* struct mu_may_come in a row                               */
    unsigned round;    /* of repeats; 1 is the first                                      */
    bool failed;       /* an attempt has neither passed nor passed with remarks           */
    size_t head;       /* every item before it is done or running                */
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

/* coordinator.c: take every record that a job has sent so far. *gone: it has left. */
bool mu_drain(struct mu_coordinator *run, struct mu_job *job, bool *gone,
              struct mu_err *err) MU_MUST_USE;

/* records.c: one packet from a job, and the end of one. */
bool mu_take_record(struct mu_coordinator *run, struct mu_job *job, const struct mu_record *record,
                    struct mu_answer *answer, int *fd, struct mu_err *err) MU_MUST_USE;
bool mu_asks(const struct mu_record *record);
bool mu_finish_case(struct mu_coordinator *run, struct mu_job *job, const char *why,
                    struct mu_err *err) MU_MUST_USE;
bool mu_finish_reception(struct mu_coordinator *run, struct mu_job *job, const char *why,
                         struct mu_err *err) MU_MUST_USE;
/* A verdict without a job: control-failed, probe-failed. */
bool mu_write_unrun(struct mu_coordinator *run, size_t item, const char *reason,
                    struct mu_err *err) MU_MUST_USE;
bool mu_acknowledge(struct mu_coordinator *run);

/* ports.c: addresses where SUTs deliver. */
bool mu_ports_open(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
void mu_ports_close(struct mu_coordinator *run);
/* Something is to be accepted at address `a`: start receptions for it. */
bool mu_ports_accept(struct mu_coordinator *run, size_t a, struct mu_err *err) MU_MUST_USE;
/* Start what waits for the end of an earlier delivery to the same Maildir. */
bool mu_ports_next(struct mu_coordinator *run, struct mu_err *err) MU_MUST_USE;
/* A socket connecting to endpoint `e`; -1 with errno. */
int mu_ports_dial(const struct mu_coordinator *run, uint32_t e);

/* "cases/0007", attempts after the first "cases/0007-2", markers "markers/01-3" */
void mu_folder_name(const struct mu_coordinator *run, size_t item, unsigned attempt, char *name,
                    size_t size);
void mu_item_name(const struct mu_coordinator *run, size_t item, char name[MU_NAME_TEXT]);
uint32_t mu_at_ms(const struct mu_coordinator *run);

#endif

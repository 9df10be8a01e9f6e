/*
 * host.h - how the coordinator sees the plan: numbers, times and functions to call in a job.
 *
 * run/ knows no suite and no protocol; cli/ joins them by filling this table. Functions marked [job]
 * run in a forked job, the others in the coordinator and touch only what the operator wrote.
 */
#ifndef MU_CORE_HOST_H
#define MU_CORE_HOST_H

#include "base/json.h"
#include "core/endpoint.h"
#include "core/sap.h"
#include "core/seat.h"

#define MU_NAME_TEXT 256 /* bytes of an instance name with its NUL */

#define MU_OPENERS                                                                                 \
    2 /* of one case: of the place where mail is brought, and of where it comes out */

/* What the plan says of one case that is to run. */
struct mu_run_item {
    uint32_t deadline_ms;
    uint32_t operation_ms;
    int64_t control;             /* index of the item that must have passed before, or -1 */
    bool exclusive;              /* runs alone                                            */
    bool collects;               /* receptions will hand it parcels                       */
    int64_t marker;              /* number of the marker item that probes its path, or -1 */
    int32_t program;             /* that serves it together with others, or -1: a job of its own */
    uint32_t opener[MU_OPENERS]; /* programs that open what it needs, plus 1: it does not begin
                                    before they have; 0: none */
};

enum mu_expectation {
    MU_AS_EXPECTED,     /* no entry and passed, or the entry says just this   */
    MU_NEW_FAILURE,     /* worse than pass or remarks, and no entry covers it */
    MU_UNEXPECTED_PASS, /* an entry said worse: stale                         */
    MU_REASON_CHANGED,  /* an entry covers the verdict but not the reason     */
    MU_QUARANTINED,     /* an entry says that it is flaky: whatever it was    */
    MU_UNCLAIMED,       /* the SUT does not claim what it needs: whatever it was */
    MU_EXPECTATIONS,
};

struct mu_expected {
    enum mu_expectation as;
    unsigned entry; /* of the expectation file, 1 is the first; 0: none has to do with it */
};

/* How a case ended, as its job sees it. */
struct mu_case_end {
    enum mu_verdict verdict;
    enum mu_rung rung;
    const char *reason, *attribution;
};

/* A program (or a peer over TLS) that many cases share: an adapter of core/sap.h. */
struct mu_program {
    const char *id;
    enum mu_sap_way way;
    char **argv;               /* PIPES, STDIO, FILTER                                   */
    struct mu_address address; /* DIAL, LISTEN                                           */
    uint32_t in_flight;        /* cases given to it at once, at most; the adapter may want fewer */
    const char *const *writable; /* folders it may write to besides its own; NULL-terminated */
    bool unconfined;             /* no Landlock: the SUT file says so, and the stream does */
};

/* How a SUT is made to send: a command, or a prompt where the SUT file names none. */
struct mu_run_trigger {
    char **argv; /* NULL-terminated; NULL: there is only the prompt */
    const char *prompt;
    struct mu_bytes input; /* what the command reads on its standard input */
    char **variable;       /* "NAME=value" for its environment, NULL-terminated; NULL: none */
    const struct mu_program *filter; /* confined as this one, and its standard output is the answer,
                                        kept from what it prints besides; NULL: a command */
};

struct mu_run_host {
    void *self;
    size_t items;
    size_t left_out;    /* instances that do not run; for the count of the close event         */
    size_t elsewhere;   /* items that another shard of the run has                             */
    size_t markers;     /* items behind the last: fresh valid messages that prove a path works */
    uint32_t settle_ms; /* quiet time at the end, for SUTs that queue; 0: none                 */
    void (*item)(void *self, size_t i, struct mu_run_item *item);
    void (*name)(void *self, size_t i, char name[MU_NAME_TEXT]);
    bool (*is_elsewhere)(void *self, size_t i); /* asked where `elsewhere` is not 0 */

    /* [job] Run the case to its end; sends every record but DONE through the seat. */
    bool (*run_case)(void *self, struct mu_seat *seat, size_t i, struct mu_case_end *end,
                     struct mu_err *err);

    /* Programs that serve cases, and [job] the serving: take orders until MU_ORDER_END or until the
     * adapter is broken, which *broken says in one reason code: it is restarted then, and the cases it
     * had in hand were told before. */
    size_t programs;
    const struct mu_program *(*program)(void *self, size_t p);
    bool (*serve)(void *self, struct mu_seat *seat, size_t p, const char **broken,
                  struct mu_err *err);

    /* Addresses where SUTs deliver; listening sockets and Maildirs alike. */
    size_t addresses;
    const struct mu_endpoint *(*address)(void *self, size_t a);
    /* The port that the kernel gave where the SUT file has 0. NULL: nobody wants to know. */
    void (*listens)(void *self, size_t a, uint16_t port);
    /* [job] One connection accepted there (or one file opened). `exclusive` is the item that runs
     * alone at the moment, or -1; `owner` its parcel socket or -1. */
    bool (*receive)(void *self, struct mu_seat *seat, size_t a, int64_t exclusive, int owner,
                    int fd, struct mu_err *err);

    /* Endpoints that jobs may dial, by the number they use. */
    size_t endpoints;
    const struct mu_endpoint *(*endpoint)(void *self, size_t e);
    /* The program that opens endpoint e, or -1. NULL: all are just there. */
    int32_t (*opener)(void *self, size_t e);

    /* What makes the SUT send message `number` of item i. */
    bool (*trigger)(void *self, struct mu_arena *arena, size_t i, unsigned attempt, unsigned number,
                    uint64_t run_key, struct mu_run_trigger *out, struct mu_err *err);

    /* The lines that stand in the stream after `open`: one "rule" a rule, one "case" a case of the
     * suite, one "not-run" an instance left out. Write the members of the n-th into the open
     * object; false past the last. `open` writes the members of the open event that run/ does not
     * know: profile, suite, sut, digests. */
    void (*open_members)(void *self, struct mu_json *j);
    bool (*preface)(void *self, size_t n, struct mu_json *j);

    /* Is it an id of the operator's files, which a run without content may name? NULL: there are none. */
    bool (*word)(void *self, const char *word, size_t n);

    size_t rules;
    const char *(*rule_id)(void *self, size_t r);
    const char *(*rule_level)(void *self, size_t r);
    /* What it demands, and what helps, as written in its file: what a run without content says of one
     * that was broken, in place of what its job says. NULL: nothing. */
    const char *(*rule_text)(void *self, size_t r);
    const char *(*rule_hint)(void *self, size_t r);

    /* A label came in, as a job says: numbers of policy and classification, and of its values (others are
     * passed over). True when the run goes higher by it than was known; `marks` then writes how high, as
     * open_members() does for what is sent. NULL: nobody asks. */
    bool (*observed)(void *self, uint32_t policy, uint32_t classification, const char *values);
    void (*marks)(void *self, struct mu_json *j);

    /* Once an instance, when its verdict is final: what was known of it. */
    struct mu_expected (*expect)(void *self, size_t i, enum mu_verdict verdict, const char *reason);

    /* Before the close event: write what is wrong with the expectations, one text each, into the open
     * array and return how many there are. */
    size_t (*stale)(void *self, struct mu_json *j);

    /* Called with each verdict of an attempt, before anything else is started. NULL: nobody asks. */
    void (*judged)(void *self, size_t i, enum mu_verdict verdict);

    /* Called after each acknowledged verdict; i is the item. */
    void (*progress)(void *self, size_t i, enum mu_verdict verdict, const char *reason);
};

#endif

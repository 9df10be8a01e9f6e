/*
 * sap_check.h - the numbered checks that an adapter is held to before anything is run with it.
 *
 * One table says them all: number, clause of docs/adapter-protocol.md, what is demanded, and advice.
 * They are made in sittings: one process of the adapter each, started by the caller, talked to in a
 * sealed job (mu_sap_check_sit), and looked at when it has ended (mu_sap_check_ended). What is
 * checked is the protocol; whether the system under test is right is what suites are for.
 */
#ifndef MU_PROTO_SAP_CHECK_H
#define MU_PROTO_SAP_CHECK_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "core/sap.h"

enum mu_sap_checked_state {
    MU_CHECK_NOT_MADE, /* the adapter had ended before, or the sitting was not held */
    MU_CHECK_HOLDS,
    MU_CHECK_BREAKS,
    MU_CHECK_NOT_APPLICABLE, /* it does not claim what the check is about */
    MU_CHECK_CUT, /* not reached: it had ended or fallen silent before; it does not hold */
    MU_CHECK_STATES,
};

struct mu_sap_check {
    const char *id;     /* "A01"; "H01" and so on are hostile, "F01" of filters */
    bool must;          /* else should                                          */
    const char *clause; /* section of docs/adapter-protocol.md; of filters in docs/adapters.md */
    const char *text, *hint;
};

/* What came of one check. Texts may hold any octets of the adapter; the caller makes them safe. */
struct mu_sap_checked {
    enum mu_sap_checked_state state;
    const char *why, *sent, *came; /* "" when there is nothing to say */
};

/* One process of the adapter. */
struct mu_sap_sitting {
    const char *name;
    const char *argument; /* added to its command line, or NULL                  */
    enum mu_sap_way way;  /* PIPES or STDIO                                      */
    bool hostile;         /* only on demand                                      */
    bool terminate;       /* end it by SIGTERM instead of waiting for its end    */
};

/* How a process ended, seen by who started it. */
struct mu_sap_check_end {
    bool exited;          /* by itself, in time            */
    int status;           /* as from waitpid               */
    uint32_t ms;          /* from the end of the talk on   */
    size_t survivors;     /* processes that it left behind */
    struct mu_bytes said; /* what it wrote to 1 and 2     */
};

/* What the checks are made with; the operator's, or ours. */
struct mu_sap_check_task {
    uint32_t wait_ms;              /* how long an answer may take                       */
    uint32_t start_ms;             /* and the first                                     */
    uint32_t noise;                /* lines before it that may be no object: stdio only */
    const struct mu_label *label;  /* valid; created as 2026-01-12T08:00:00Z       */
    struct mu_bytes clearance;     /* ADatP-4774 as XML, and enough for the label   */
    const struct mu_bytes *policy; /* files to configure it with                    */
    size_t policies;
    const char *to_policy; /* to map the label to                           */
    const char *marking;   /* of the label                                  */
    const char *test_time;
    const char *nonce;  /* hexadecimal                                   */
    const char *digest; /* of the first hello, for later sittings; NULL  */
    /* Does somebody listen at this port of the loopback? False: nobody can find out. */
    bool (*knock)(void *knocker, uint16_t port, bool *there);
    void *knocker;
};

size_t mu_sap_check_count(void);
const struct mu_sap_check *mu_sap_check_at(size_t i); /* NULL past the last */
size_t mu_sap_check_sittings(void);
const struct mu_sap_sitting *mu_sap_check_sitting(size_t s);
/* Is check i made in this sitting? */
bool mu_sap_check_belongs(size_t i, size_t sitting);

/* [job] Hold a sitting over the adapter's descriptors, which are closed at its end. The result is
 * a string of octets for mu_sap_check_read(). */
void mu_sap_check_sit(struct mu_arena *arena, size_t sitting, const struct mu_sap_check_task *task,
                      int in, int out, struct mu_buf *result);

/* Put the results of a sitting into `checked`, one for each check of the table; *digest is of the
 * hello ("" when there was none). They come from a job that has read hostile octets: false when
 * they are not what it could have written. */
bool mu_sap_check_read(struct mu_arena *arena, size_t sitting, struct mu_bytes result,
                       struct mu_sap_checked *checked, const char **digest,
                       struct mu_err *err) MU_MUST_USE;

/* Make the checks that look at the end of the sitting's process. */
void mu_sap_check_ended(struct mu_arena *arena, size_t sitting, const struct mu_sap_check_end *end,
                        struct mu_sap_checked *checked);

/* One check as octets, and back: false when no job of ours would say that. */
void mu_sap_check_put(struct mu_buf *out, size_t i, const struct mu_sap_checked *checked);
bool mu_sap_check_take(struct mu_arena *arena, size_t i, struct mu_bytes *rest,
                       struct mu_sap_checked *checked) MU_MUST_USE;

/* --- filters -------------------------------------------------------------------------------------- */

/* Checks of their own, each with a process of its own: what it is asked, and what it reads. */
size_t mu_sap_filter_count(void);
const struct mu_sap_check *mu_sap_filter_at(size_t i); /* NULL past the last */
const char *mu_sap_filter_op(size_t i);
struct mu_bytes mu_sap_filter_octets(struct mu_arena *arena, size_t i,
                                     const struct mu_sap_check_task *task);
/* [job] What it wrote. */
void mu_sap_filter_judge(struct mu_arena *arena, size_t i, const struct mu_sap_check_task *task,
                         struct mu_bytes output, struct mu_buf *result);

#endif

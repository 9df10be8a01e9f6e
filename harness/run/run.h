/*
 * run.h - one run from its first line to its last: forks jobs, answers what they ask, times and
 * reaps them, and writes down what they say. Reads no foreign byte.
 */
#ifndef MU_RUN_RUN_H
#define MU_RUN_RUN_H

#include "base/exit.h"
#include "core/health.h"
#include "core/host.h"
#include "run/sandbox.h"
#include "run/store.h"

/* Which of several attempts speaks for an instance. */
enum mu_final { MU_FINAL_FIRST, MU_FINAL_LAST, MU_FINAL_WORST, MU_FINALS };
const char *mu_final_name(enum mu_final final);
bool mu_final_from_name(const char *name, enum mu_final *final);

/* How often an instance is tried. All zero: once. Either retries or repeats, not both. */
struct mu_tries {
    uint8_t retry[MU_VERDICTS]; /* so often again after an attempt that ended so            */
    uint8_t repeat;             /* every instance so often; 0 and 1: once                   */
    bool until_fail;            /* no attempt more once one has neither passed nor remarks  */
    enum mu_final final;
};

/* How many attempts an instance can have. */
unsigned mu_tries_of(const struct mu_tries *tries);

#define MU_TRIES_MAX                                                                               \
    200 /* attempts of one instance: a token counts to 255, resumed starts count, too */

struct mu_run_options {
    const char *out;       /* the run folder; created, or continued with `resume` */
    const char *version;   /* of the program                                      */
    const char *test_time; /* "2026-11-23T10:15:00Z": what the rules take for now */
    const char *selection;
    const char *openssl, *libxml2;  /* library versions, for the open event */
    const struct mu_health *health; /* of the suite, for the open event; NULL: not asked for */
    size_t jobs;                    /* cases at once, 1 to MU_JOBS_MAX      */
    uint64_t seed;
    const char *
        nonce; /* what tokens and salts are made of, at most MU_NONCE_MAX digits; NULL: the run's id */
    enum mu_isolation isolation;
    struct mu_tries tries;
    bool resume;
    bool key_log;
    bool no_evidence;
    enum mu_keep keep;
    bool no_content;             /* nothing that was said is written, or held here: core/veil.h */
    struct mu_bytes content_key; /* of the keyed digests; n == 0: one of this run alone         */
    size_t inconclusive_max;     /* how many inconclusive cases are still exit 0 */
    char **environment;          /* for commands that trigger a SUT              */
    int say_fd;                  /* where operator prompts go; -1: nowhere       */
};

struct mu_run_result {
    size_t count[MU_VERDICTS];
    size_t new_failures, unexpected_passes, reasons_changed;
    size_t new_errors, new_inconclusives; /* that no expectation covers */
    size_t unstable;                      /* instances whose attempts did not all end alike  */
    size_t stale;                         /* expectations that are unused, expired or too wide */
    enum mu_exit exit;
    size_t late, trouble; /* trouble: receptions that died, markers that did not come through */
    bool interrupted;
    uint64_t ms;
    uint32_t first_case_ms; /* from the call to the first fork */
};

/* Runs to the end or to an interruption. False: the run could not go on; what is written is valid. */
bool mu_run(const struct mu_run_host *host, const struct mu_run_options *options,
            struct mu_run_result *result, struct mu_err *err) MU_MUST_USE;

#endif

/*
 * rejudge.h - what the judging steps of a case say of legs that are in a folder and on no wire.
 *
 * The steps are run by the engine's own code: every judge step, and every same step whose two legs are
 * messages of the evidence. What a step expected of a live system (refused, delivered, in time) can be
 * seen only once; it is what the run stream says.
 *
 * A case that asks an adapter lies in the evidence as a whole, question for question: the questions are made
 * again of suite, seed and key of the run and must be those that lie there, and every step is run
 * on the answers.
 */
#ifndef MU_SUITE_REJUDGE_H
#define MU_SUITE_REJUDGE_H

#include "core/host.h"
#include "suite/ask.h"
#include "suite/judge.h"
#include "suite/suite.h"

#define MU_REJUDGE_LEGS 16 /* as many as a case may have */

/* One leg of the evidence. */
struct mu_rejudge_leg {
    const char *file;        /* its message document, for messages                  */
    struct mu_bytes stored;  /* what that holds                                     */
    struct mu_bytes message; /* the octets that came or went, by their digest       */
    bool has_message;        /* false: there is no file of them                     */
};

struct mu_rejudge_marks {
    const char *leg, *mark; /* one enum mu_mark a rule */
};

struct mu_rejudge_compared {
    const char *what, *first, *second, *held;
    bool enough;
};

struct mu_rejudged {
    bool asks;  /* it asks an adapter                                             */
    bool whole; /* and every step was run: verdict and reason are all that there is to say */
    const char *untold;    /* why it could not be; NULL                                      */
    bool elsewhere;        /* it could not be because an answer is in no line of the evidence */
    const char *otherwise; /* a question that is not the one of the suite: its step; NULL    */
    struct mu_rejudge_marks judged[MU_REJUDGE_LEGS];
    size_t judgements;
    struct mu_rejudge_compared compared[64];
    size_t comparisons;
    bool all_compared;       /* no same step was left out                                */
    const char *unfounded;   /* a message document that does not follow from its octets; NULL */
    int64_t unfounded_at;    /* its first octet that does not */
    enum mu_verdict verdict; /* of these steps alone */
    const char *reason;
};

/* What is ready before jobs are sealed. */
struct mu_rejudge_asks {
    struct mu_ask_kit kit;       /* that has read the fixtures that stand alone       */
    struct mu_ask_case ***ready; /* of each instance of each case, with another seed  */
};

/* What is judged again, and by what. */
struct mu_rejudge_case {
    const struct mu_profile *profile;
    const struct mu_suite *suite;
    const char *name; /* of the instance */
    const struct mu_rejudge_leg *leg;
    size_t legs;

    /* Of a case that asks: which of the run it was, what the run was made of, what lies there. */
    size_t item;
    unsigned attempt;
    uint64_t run_key, run_seed;
    const struct mu_rejudge_asks *asks;
    const struct mu_sap_stored *stored;
    size_t storeds;
    bool (*is_asked)(struct mu_arena *arena, const struct mu_sap_stored *stored,
                     const struct mu_sap_request *request);
};

/* Prepare whatever cases of the suite ask, so that nothing is opened afterwards. */
bool mu_rejudge_warm(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, const struct mu_suite *suite,
                     struct mu_rejudge_asks *asks, struct mu_err *err) MU_MUST_USE;

/* MU_ERR_USAGE: the suite has no such case. */
bool mu_rejudge(struct mu_arena *arena, const struct mu_rejudge_case *given,
                struct mu_rejudged *out, struct mu_err *err) MU_MUST_USE;

/* rejudge_ask.c: the steps of a case that asks, on an engine that is set up. */
struct mu_engine_case;
bool mu_rejudge_asks(struct mu_engine_case *e, const struct mu_rejudge_case *given,
                     struct mu_rejudged *out, struct mu_err *err) MU_MUST_USE;

#endif

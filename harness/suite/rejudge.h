/*
 * rejudge.h - what the judging steps of a case say of legs that are in a folder and on no wire.
 *
 * The steps are run by the engine's own code: every judge step, and every same step whose two legs are
 * messages of the evidence. What a step expected of a live system (refused, delivered, in time) can be
 * seen only once; it is what the run stream says.
 */
#ifndef MU_SUITE_REJUDGE_H
#define MU_SUITE_REJUDGE_H

#include "core/host.h"
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
    bool asks; /* it asks an adapter: nothing was judged, and nothing of the rest is filled in */
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

/* `name` is that of the instance. MU_ERR_USAGE: the suite has no such case. */
bool mu_rejudge(struct mu_arena *arena, const struct mu_profile *profile,
                const struct mu_suite *suite, const char *name, const struct mu_rejudge_leg *leg,
                size_t legs, struct mu_rejudged *out, struct mu_err *err) MU_MUST_USE;

#endif

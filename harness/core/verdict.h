/*
 * verdict.h - the outcome of an attempt, a case or a run, ordered by how much it outweighs.
 *
 * Within an attempt a verdict only rises (TTCN-3): combining is taking the larger.
 */
#ifndef MU_CORE_VERDICT_H
#define MU_CORE_VERDICT_H

#include <stdbool.h>

enum mu_verdict {
    MU_NOT_RUN,      /* did not run, and there is a reason                               */
    MU_PASS,         /* every must and should held                                       */
    MU_REMARKS,      /* every must held, some should did not                             */
    MU_INCONCLUSIVE, /* cannot be judged: control failed, evidence missing, out of time  */
    MU_FAIL,         /* the system under test broke a must                               */
    MU_ERROR,        /* the harness, the adapter or the environment broke                */
    MU_VERDICTS,     /* how many there are                                               */
};

static inline enum mu_verdict mu_verdict_worst(enum mu_verdict a, enum mu_verdict b)
{
    return a > b ? a : b;
}

/* "not-run", "pass", "remarks", "inconclusive", "fail", "error". */
const char *mu_verdict_name(enum mu_verdict verdict);
bool mu_verdict_from_name(const char *name, enum mu_verdict *verdict);

#endif

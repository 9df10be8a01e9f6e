/* capabilities.h - what was declared, by whom, and what the cases that need it came to. */
#ifndef MU_REPORT_CAPABILITIES_H
#define MU_REPORT_CAPABILITIES_H

#include "report/model.h"

struct mu_capability_seen {
    const char *name;   /* first: key of a table                */
    bool claimed, said; /* by the SUT file, by an adapter       */
    unsigned count[MU_VERDICTS], cases;
    enum mu_verdict worst;
    const char *standing; /* in a few words, from all of that     */
    struct mu_capability_seen *next;
};

/* In the order of the claims, then of the cases. A case that was tried although something that it needs is not
 * claimed counts for that alone: what it shows of the rest nobody knows. */
const struct mu_capability_seen *mu_capabilities_seen(struct mu_arena *arena,
                                                      const struct mu_result *m);

/* Was it tried without having been claimed? */
bool mu_capability_unclaimed(const struct mu_capability_seen *c);

/* Names of those, that work or that do not: "a, b"; "" for none. */
const char *mu_capabilities_unclaimed(struct mu_arena *arena, const struct mu_result *m,
                                      bool working);

#endif

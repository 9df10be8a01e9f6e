/*
 * carried.h - how high an attempt may go, as far as its evidence tells: every label that a message in it
 * carried, every marking in one, every label that was put to an adapter or that it gave back. What they mean
 * is the policy engine's matter; this only finds them. Evidence is foreign: whoever calls this is sealed.
 */
#ifndef MU_REPORT_CARRIED_H
#define MU_REPORT_CARRIED_H

#include "report/model.h"

enum mu_carried_kind {
    MU_CARRIED_XML,      /* a label of ADatP-4774: its XML                                      */
    MU_CARRIED_ABSTRACT, /* a label in the JSON of SAP/1                                        */
    MU_CARRIED_MARKING,  /* a marking that an adapter told: its text                            */
    MU_CARRIED_MAIL,     /* a message of which no document tells: its octets                    */
    MU_CARRIED_RANK,     /* what the policy layer understood of a marking, a portion, a former
                            label: policy and rank                                              */
    MU_CARRIED_NONE,     /* a message without a label                                           */
    MU_CARRIED_UNREAD,   /* a label that cannot be read                                         */
    MU_CARRIED_UNKNOWN,  /* evidence that is gone, was never kept, or is not as it was recorded */
};

struct mu_carried {
    enum mu_carried_kind kind;
    struct mu_bytes text;
    const char *policy;
    int64_t rank;
};

/* Call `each` for everything that is found. */
void mu_carried_each(struct mu_arena *arena, const struct mu_report_source *source,
                     const struct mu_attempt *attempt,
                     void (*each)(void *self, const struct mu_carried *carried), void *self);

#endif

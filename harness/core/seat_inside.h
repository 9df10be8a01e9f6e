/* seat_inside.h - what the files of the seat share. */
#ifndef MU_CORE_SEAT_INSIDE_H
#define MU_CORE_SEAT_INSIDE_H

#include "core/seat.h"

/* A record of a job that serves many cases, with what it carries, into the packet that leaves next. */
void mu_serving_collect(struct mu_seat *seat, const struct mu_record *record,
                        struct mu_bytes carried);
void mu_serving_evidence(struct mu_seat *seat, struct mu_record *record, struct mu_bytes data);

#endif

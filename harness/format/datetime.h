/* datetime.h - points in time as XML and ASN.1 write them. Zone-less ones are read as UTC. */
#ifndef MU_FORMAT_DATETIME_H
#define MU_FORMAT_DATETIME_H

#include <stdint.h>

#include "base/bytes.h"

struct mu_instant {
    int64_t seconds; /* Unix time; without a zone as if UTC */
    long nanoseconds;
    bool zone;
};

/* xs:dateTime: XML Schema part 2, 3.2.7; white space collapsed as its whiteSpace facet says. */
bool mu_datetime_read(struct mu_bytes text, struct mu_instant *out);

/* GeneralizedTime as SPIFs have it: YYYYMMDDHH[MM[SS[.fff]]] with Z, +hhmm, -hhmm or nothing; further
 * digits before the fraction, which one public policy has, are passed over. */
bool mu_gentime_read(struct mu_bytes text, int64_t *seconds);

#endif

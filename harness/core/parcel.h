/*
 * parcel.h - a leg on its way from a reception to the case it belongs to.
 *
 * A reception is a sealed job that has read hostile bytes, so the case believes nothing: reading
 * checks every length and every enum, and a parcel that is not one is MU_ERR_LIMIT ("... parcel").
 */
#ifndef MU_CORE_PARCEL_H
#define MU_CORE_PARCEL_H

#include "base/err.h"
#include "core/facts.h"
#include "core/observation.h"

struct mu_parcel {
    char token[64];             /* whose it is; "" when the connection ended before any token */
    struct mu_observation seen; /* for a connection that ended without a message: how         */
    struct mu_leg leg;
};

void mu_parcel_write(struct mu_buf *out, const struct mu_parcel *parcel);

/* Borrows from `data`, which must live as long as `arena`. */
bool mu_parcel_read(struct mu_arena *arena, struct mu_bytes data, struct mu_parcel *parcel,
                    struct mu_err *err) MU_MUST_USE;

#endif

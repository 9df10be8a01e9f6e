/* guard.h - what the twin thinks of a message, and what its sins do to it. Pure: bytes in, bytes and
 * a reply out. */
#ifndef MU_TWIN_GUARD_H
#define MU_TWIN_GUARD_H

#include "base/arena.h"
#include "base/bytes.h"
#include "format/xml.h"
#include "twin/judge.h"
#include "twin/sin.h"

/* What a refusal says of a message without a label. */
#define MU_GUARD_UNLABELLED "label-missing"

/* NULL: the message is fit to pass. Otherwise the whole refusal, such as
 * "550 5.7.1 label-missing: the message carries no SIO-Label". */
const char *mu_guard_refuses(struct mu_arena *arena, struct mu_schema *label_schema,
                             struct mu_bytes message, const struct mu_sin *sin);

/* The message as it leaves: a Received field on top, the label of the ruling (may be NULL), and
 * whatever the sins do. */
struct mu_bytes mu_guard_pass_on(struct mu_arena *arena, struct mu_bytes message,
                                 const char *received_from, const struct mu_ruling *ruling,
                                 const struct mu_sin *sin);

#endif

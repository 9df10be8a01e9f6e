/* health.h - what is known of a suite: how many defects it was proved to find, and what it could not be
 * proved to find. Plain data between the self-test, the run stream and the reports. */
#ifndef MU_CORE_HEALTH_H
#define MU_CORE_HEALTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

struct mu_health_part {
    size_t total, killed, excused; /* excused: listed as out of reach, with a reason */
};

/* Something that no defect showed. */
struct mu_health_silent {
    const char *what;    /* rule or case           */
    const char *because; /* "": nobody has said why */
};

enum mu_health_state {
    MU_HEALTH_UNKNOWN, /* this profile was never measured            */
    MU_HEALTH_STALE,   /* another suite or other rules were measured */
    MU_HEALTH_CURRENT,
};

struct mu_health {
    enum mu_health_state state;
    const char *profile, *suite, *rules;           /* id; digests, "sha256:..."     */
    struct mu_health_part sins, assertions, cases; /* must assertions; invalid cases */
    const struct mu_health_silent *silent;
    size_t silents;
};

const char *mu_health_state_name(enum mu_health_state state);

/* The members of a run stream's first line: "health", and "silent" with the reasons. NULL: none. */
void mu_health_members(struct mu_json *j, const struct mu_health *health);

#endif

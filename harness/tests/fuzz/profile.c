/* A profile: it loads with all that it names, or it says where it is wrong. */
#include "tests/fuzz/operator.h"

#define TEST_TIME 1795428900 /* 2026-11-23 */

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_profile profile;
    struct mu_err err;
    if (!mu_profile_load(arena, &fuzz_data, fuzz_write(input), TEST_TIME, &profile, &err)) {
        fuzz_check_error(input, &err);
        return;
    }
    HOLDS(profile.id != NULL && profile.title != NULL && profile.carrier != NULL);
    HOLDS(profile.rules != NULL && profile.operation_ms > 0 && profile.case_ms > 0);
    HOLDS(strlen(profile.digest) == 64 && strlen(profile.rules_digest) == 64);
    HOLDS(profile.tls.min_version <= profile.tls.max_version);
}

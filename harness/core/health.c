#include "core/health.h"

#include <stdio.h>

const char *mu_health_state_name(enum mu_health_state state)
{
    static const char *const name[] = {
        [MU_HEALTH_UNKNOWN] = "unknown",
        [MU_HEALTH_STALE] = "stale",
        [MU_HEALTH_CURRENT] = "current",
    };
    return name[state];
}

static void health_part(struct mu_json *j, const char *name, const struct mu_health_part *part)
{
    char text[60];
    snprintf(text, sizeof text, "%s_killed", name);
    mu_json_number(j, name, (int64_t) part->total);
    mu_json_number(j, text, (int64_t) part->killed);
    snprintf(text, sizeof text, "%s_excused", name);
    mu_json_number(j, text, (int64_t) part->excused);
}

void mu_health_members(struct mu_json *j, const struct mu_health *health)
{
    if (health == NULL)
        return;
    mu_json_open(j, "health", '{');
    mu_json_text(j, "state", mu_health_state_name(health->state));
    if (health->state != MU_HEALTH_UNKNOWN) {
        health_part(j, "sins", &health->sins);
        health_part(j, "assertions", &health->assertions);
        health_part(j, "cases", &health->cases);
    }
    mu_json_close(j, '}');
    mu_json_open(j, "silent", '{');
    for (size_t i = 0; i < health->silents; i++)
        mu_json_text(j, health->silent[i].what, health->silent[i].because);
    mu_json_close(j, '}');
}

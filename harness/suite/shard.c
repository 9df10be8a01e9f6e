/* One part of a run that is made in several places: which instances of the whole plan it runs. */
#include <string.h>

#include "suite/plan.h"

void mu_plan_shard(struct mu_plan *plan, struct mu_shard shard)
{
    plan->shard = shard;
    plan->elsewhere = plan->ins;
    for (size_t i = 0; i < plan->ins; i++)
        plan->in[i].flags |= MU_PLANNED_ELSEWHERE;
    /* Its own, and the chain of controls of each. */
    for (size_t own = shard.number - 1; own < plan->ins; own += shard.of)
        for (int32_t i = (int32_t) own; i >= 0 && (plan->in[i].flags & MU_PLANNED_ELSEWHERE) != 0;
             i = plan->in[i].control) {
            plan->in[i].flags &= ~MU_PLANNED_ELSEWHERE;
            plan->elsewhere--;
        }
}

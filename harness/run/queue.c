/* What waits: a queue of items for the jobs of the run, and one for each program that serves cases. */
#include <string.h>

#include "run/coordinator.h"

static struct mu_run_item item_of(const struct mu_coordinator *run, size_t i)
{
    struct mu_run_item item = { .control = -1, .marker = -1, .program = -1 };
    run->host->item(run->host->self, i, &item);
    if (item.program < 0 || (size_t) item.program >= run->host->programs)
        item.program = -1;
    return item;
}

/* The plan is asked once, because it is long and the queues are looked at with every news. */
void mu_queues_make(struct mu_coordinator *run)
{
    size_t items = run->host->items, queues = 1 + run->host->programs;
    run->queue = mu_arena_array(run->arena, queues, sizeof *run->queue);
    run->queue_of = mu_arena_array(run->arena, items + 1, sizeof *run->queue_of);
    run->place = mu_arena_array(run->arena, items + 1, sizeof *run->place);
    run->slot = mu_arena_array(run->arena, items + 1, sizeof *run->slot);
    run->control = mu_arena_array(run->arena, items + 1, sizeof *run->control);
    run->alone = mu_arena_array(run->arena, items + 1, sizeof *run->alone);
    for (size_t i = 0; i < items; i++) {
        struct mu_run_item item = item_of(run, i);
        run->queue_of[i] = (uint16_t) (item.program + 1);
        run->control[i] = (int32_t) item.control;
        run->queue[run->queue_of[i]].count++;
    }
    for (size_t q = 0; q < queues; q++) {
        struct mu_queue *queue = &run->queue[q];
        queue->item = mu_arena_array(run->arena, queue->count + 1, sizeof *queue->item);
        queue->count = 0;
    }
    for (size_t i = 0; i < items; i++) {
        struct mu_queue *queue = &run->queue[run->queue_of[i]];
        run->place[i] = (uint32_t) queue->count;
        queue->item[queue->count++] = (uint32_t) i;
    }
}

void mu_queues_reset(struct mu_coordinator *run)
{
    memset(run->state, MU_ITEM_WAITING, run->host->items);
    for (size_t i = 0; i < run->host->items && run->host->elsewhere > 0; i++)
        if (run->host->is_elsewhere(run->host->self, i))
            run->state[i] = MU_ITEM_ELSEWHERE;
    for (size_t q = 0; q < 1 + run->host->programs; q++)
        run->queue[q].head = 0;
}

void mu_queue_wake(struct mu_coordinator *run, size_t item)
{
    struct mu_queue *queue = &run->queue[run->queue_of[item]];
    run->state[item] = MU_ITEM_WAITING;
    if (run->place[item] < queue->head)
        queue->head = run->place[item];
}

bool mu_queue_waits(struct mu_coordinator *run, struct mu_queue *queue)
{
    while (queue->head < queue->count && run->state[queue->item[queue->head]] != MU_ITEM_WAITING)
        queue->head++;
    return queue->head < queue->count;
}

/* Controls first: a case whose control did not pass is not sent at all. */
bool mu_queue_next(struct mu_coordinator *run, struct mu_queue *queue, size_t *at, int64_t *item,
                   struct mu_err *err)
{
    *item = -1;
    for (; *at < queue->count && *item < 0; ++*at) {
        size_t i = queue->item[*at];
        int32_t control = run->control[i];
        if (run->state[i] != MU_ITEM_WAITING)
            continue;
        if (control >= 0 && run->state[control] != MU_ITEM_DONE)
            continue;
        if (control < 0 || run->verdict[control] == MU_PASS || run->verdict[control] == MU_REMARKS)
            *item = (int64_t) i;
        else
            TRY(mu_write_unrun(run, i, MU_INCONCLUSIVE, "control-failed", "", err));
        if (run->pendings >= MU_GROUP_RECORDS)
            TRY(mu_journal_sync(&run->journal, err) && mu_acknowledge(run));
    }
    return true;
}

/* The cases of a program: given to the job that asks it, many at once, and taken back. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "run/coordinator.h"

/* --- hands ---------------------------------------------------------------------------------------- */

static struct mu_attempt *take_hand(struct mu_coordinator *run, struct mu_service *service)
{
    struct mu_attempt *a;
    if (run->spares > 0) {
        a = run->spare[--run->spares];
    } else {
        a = mu_new(run->arena, struct mu_attempt);
        a->marks.arena = a->held.arena = run->arena;
    }
    service->hand[service->hands++] = a;
    return a;
}

/* The last one moves into the freed slot. */
static void free_hand(struct mu_coordinator *run, struct mu_service *service, size_t at)
{
    run->spare[run->spares++] = service->hand[at];
    service->alone = false;
    service->hand[at] = service->hand[--service->hands];
    if (at < service->hands)
        run->slot[service->hand[at]->item] = (uint32_t) at;
}

static void begin(struct mu_coordinator *run, struct mu_service *service, size_t i)
{
    struct mu_run_item item;
    run->host->item(run->host->self, i, &item);
    run->slot[i] = (uint32_t) service->hands;
    run->state[i] = MU_ITEM_RUNNING;
    struct mu_attempt *a = take_hand(run, service);
    unsigned turns = service->window < MU_AHEAD_FROM ? 1 : 2; /* others of its window come first */
    mu_attempt_begin(a, i, ++run->attempt[i], turns * item.deadline_ms + MU_PROGRAM_CANCEL_MS);
    if (run->result->first_case_ms == 0)
        run->result->first_case_ms = mu_at_ms(run) + 1;
}

/* --- giving --------------------------------------------------------------------------------------- */

/* The next one that may be given now, or -1. One that a program may have broken on has it to itself. */
static bool next(struct mu_coordinator *run, struct mu_service *service, size_t given, size_t *at,
                 int64_t *item, struct mu_err *err)
{
    struct mu_queue *queue = &run->queue[1 + mu_service_number(run, service)];
    *item = -1;
    if (service->alone || given == service->window)
        return true;
    TRY(mu_queue_next(run, queue, at, item, err));
    bool alone = *item >= 0 && run->alone[*item] && service->waited_ms < MU_BREAKS_MS;
    if (alone && given > 0)
        *item = -1;
    service->alone = alone && given == 0;
    return true;
}

/* One packet of orders. *more: there may be others for another packet. */
static bool give(struct mu_coordinator *run, struct mu_service *service, size_t *at, bool *more,
                 struct mu_err *err)
{
    struct mu_orders order = { .kind = MU_ORDER_CASE };
    *more = false;
    while (order.count < MU_ORDERS_MAX) {
        int64_t item;
        TRY(next(run, service, service->hands + order.count, at, &item, err));
        if (item < 0)
            break;
        order.one[order.count].item = (uint32_t) item;
        order.one[order.count++].attempt = run->attempt[item] + 1U;
    }
    if (order.count == 0)
        return true;
    size_t size = offsetof(struct mu_orders, one) + order.count * sizeof order.one[0];
    if (send(service->job.fd, &order, size, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t) size) {
        service->alone = false;
        return true; /* it is full, or it is gone: the one or the other is seen when it is polled */
    }
    for (size_t i = 0; i < order.count; i++) {
        begin(run, service, order.one[i].item);
        TRY(mu_write_start(run, order.one[i].item, order.one[i].attempt, err));
    }
    *more = order.count == MU_ORDERS_MAX;
    return true;
}

bool mu_serve_feed(struct mu_coordinator *run, struct mu_service *service, struct mu_err *err)
{
    struct mu_queue *queue = &run->queue[1 + (size_t) (service - run->service)];
    bool more = mu_queue_waits(run, queue);
    size_t at = queue->head;
    while (more)
        TRY(give(run, service, &at, &more, err));
    return true;
}

/* --- taking --------------------------------------------------------------------------------------- */

struct mu_attempt *mu_serve_find(struct mu_coordinator *run, const struct mu_service *service,
                                 const struct mu_record *record)
{
    if (record->item >= run->host->items || run->slot[record->item] >= service->hands)
        return NULL;
    struct mu_attempt *a = service->hand[run->slot[record->item]];
    return a->item == record->item && a->number == record->attempt ? a : NULL;
}

static bool is_adapters(const struct mu_attempt *a)
{
    return a->verdict == MU_ERROR && strcmp(a->attribution, "adapter") == 0;
}

/* What the program printed last is likely to say why the case was lost. */
static bool keep_output(struct mu_coordinator *run, struct mu_service *service,
                        struct mu_attempt *a, struct mu_err *err)
{
    char name[MU_NAME_TEXT], folder[64];
    mu_item_name(run, a->item, name);
    mu_buf_put(&service->lost, name, strlen(name) + 1);
    if (run->options->no_evidence || service->child.output < 0 || a->list.parts == MU_PARTS_KEPT)
        return true;
    struct mu_arena *arena = mu_arena_new(16 * MU_OUTPUT_KEPT);
    struct mu_bytes printed;
    mu_folder_name(run, a->item, a->number, folder, sizeof folder);
    bool ok = mu_program_output(&service->child, arena, false, &printed, err)
              && (printed.n == 0
                  || mu_evidence_add(&run->store, folder, MU_EVIDENCE_OUTPUT, service->starts,
                                     printed, &a->list, &a->held, err));
    mu_arena_free(arena);
    return ok;
}

/* How long this one was waited for, since the program last brought another to its end. */
static void count_wait(struct mu_service *service, const struct mu_attempt *a)
{
    uint64_t since = service->done_ms > a->started_ms ? service->done_ms : a->started_ms;
    uint64_t wait_ms = mu_clock_ms() - since;
    if (wait_ms > service->wait_ms)
        service->wait_ms = wait_ms;
}

bool mu_serve_done(struct mu_coordinator *run, struct mu_service *service, struct mu_attempt *a,
                   struct mu_err *err)
{
    size_t at = run->slot[a->item];
    assert(service->hand[at] == a);
    if (is_adapters(a)) {
        TRY(keep_output(run, service, a, err));
        count_wait(service, a);
    } else {
        service->in_vain = 0;
        service->wait_ms = 0;
        service->done_ms = mu_clock_ms();
    }
    free_hand(run, service, at); /* nothing takes it before the verdict is written */
    return mu_finish_served(run, a, NULL, "harness", err);
}

bool mu_serve_again(struct mu_coordinator *run, struct mu_service *service, struct mu_attempt *a,
                    const char *reason, struct mu_err *err)
{
    bool lost = service->waited_ms >= MU_BREAKS_MS;
    count_wait(service, a);
    if (lost)
        TRY(keep_output(run, service, a, err));
    free_hand(run, service, run->slot[a->item]);
    if (lost)
        return mu_finish_served(run, a, reason, "adapter", err);
    run->alone[a->item] = true;
    mu_queue_wake(run, a->item);
    return true;
}

bool mu_serve_drop(struct mu_coordinator *run, struct mu_service *service, const char *why,
                   const char *attribution, struct mu_err *err)
{
    while (service->hands > 0) {
        struct mu_attempt *a = service->hand[service->hands - 1];
        bool again = why == NULL; /* it was not begun: its attempt is still to be made */
        if (!again && strcmp(attribution, "adapter") == 0)
            TRY(keep_output(run, service, a, err));
        free_hand(run, service, service->hands - 1);
        if (again) {
            run->attempt[a->item]--;
            mu_queue_wake(run, a->item);
        } else
            TRY(mu_finish_served(run, a, why != NULL ? why : service->reason, attribution, err));
    }
    return true;
}

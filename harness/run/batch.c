#include "run/batch.h"

#include <assert.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "run/batch_inside.h"

#define DESCRIPTORS 4096 /* open at once: two orders for each job, and some */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void) signal;
    interrupted = 1;
}

/* --- rings ---------------------------------------------------------------------------------------- */

struct mu_slot *mu_ring_at(struct mu_ring *ring, size_t position)
{
    return &ring->slot[(ring->head + position) % MU_BATCH_WINDOW];
}

static struct mu_slot *ring_add(struct mu_ring *ring)
{
    assert(ring->count < MU_BATCH_WINDOW);
    struct mu_slot *slot = mu_ring_at(ring, ring->count++);
    *slot = (struct mu_slot){ .arena = mu_arena_new(MU_JOB_ARENA_MAX), .item = { .fd = -1 } };
    ring->waiting++;
    return slot;
}

static void ring_drop(struct mu_ring *ring)
{
    struct mu_slot *slot = mu_ring_at(ring, 0);
    if (!slot->borrowed)
        mu_fd_close(&slot->item.fd);
    mu_arena_free(slot->arena);
    ring->head = (ring->head + 1) % MU_BATCH_WINDOW;
    ring->count--;
    ring->scan -= ring->scan > 0;
}

static bool ring_has(const struct mu_ring *ring, const struct mu_slot *slot)
{
    return slot >= ring->slot && slot < ring->slot + MU_BATCH_WINDOW;
}

static struct mu_slot *ring_pick(struct mu_ring *ring)
{
    for (; ring->scan < ring->count; ring->scan++) {
        struct mu_slot *slot = mu_ring_at(ring, ring->scan);
        if (slot->state != MU_SLOT_WAITING)
            continue;
        slot->state = MU_SLOT_RUNNING;
        ring->waiting--;
        return slot;
    }
    return NULL;
}

/* --- what waits ----------------------------------------------------------------------------------- */

/* There is more to find in the item that holds many, and room for it. */
static bool may_split(const struct mu_batch_state *b)
{
    return b->whole != NULL && b->split_at >= 0 && b->split.state == MU_SLOT_WAITING
           && b->inner.count + MU_BATCH_SPANS <= MU_BATCH_WINDOW;
}

size_t mu_batch_waiting(const struct mu_batch_state *b)
{
    return may_split(b) + b->inner.waiting + b->outer.waiting;
}

struct mu_slot *mu_batch_pick(struct mu_batch_state *b)
{
    if (may_split(b)) {
        b->split.state = MU_SLOT_RUNNING;
        return &b->split;
    }
    struct mu_slot *slot = ring_pick(&b->inner);
    while (slot == NULL && (slot = ring_pick(&b->outer)) != NULL) {
        if (slot->item.fd < 0 && slot->item.why == NULL)
            b->batch->open(b->batch->self, slot->arena, &slot->item);
        if (slot->item.fd >= 0)
            return slot;
        slot->state = MU_SLOT_ENDED;
        slot = NULL;
    }
    return slot;
}

void mu_batch_put_back(struct mu_batch_state *b, struct mu_slot *slot)
{
    slot->state = MU_SLOT_WAITING;
    if (slot == &b->split)
        return;
    struct mu_ring *ring = ring_has(&b->inner, slot) ? &b->inner : &b->outer;
    ring->waiting++;
    ring->scan = 0;
}

/* --- what came of it ------------------------------------------------------------------------------ */

static void end_slot(struct mu_slot *slot, struct mu_bytes result, const char *killed)
{
    slot->state = MU_SLOT_ENDED;
    slot->result = (struct mu_bytes){ mu_bytes_dup(slot->arena, result), result.n };
    slot->killed = killed;
}

void mu_batch_killed(struct mu_batch_state *b, struct mu_slot *slot, const char *why)
{
    why = mu_arena_strndup(slot == &b->split ? b->whole->arena : slot->arena, why, strlen(why));
    b->end->killed++;
    if (slot != &b->split) {
        end_slot(slot, MU_BYTES(""), why);
        return;
    }
    b->split.state = MU_SLOT_WAITING;
    /* What is behind cannot be found: it is told as one item, from there to the end. */
    struct mu_slot *rest = ring_add(&b->inner);
    rest->item = b->whole->item;
    rest->item.offset = b->split_at;
    rest->item.number = b->number + 1;
    rest->borrowed = true;
    b->inner.waiting--;
    end_slot(rest, MU_BYTES(""), why);
    b->split_at = -1;
}

/* Nothing that a job says is believed: spans follow each other, and it goes on behind them. */
static bool sane(const struct mu_batch_state *b, const struct mu_batch_spans *spans)
{
    int64_t at = b->found_to;
    if (spans->count > MU_BATCH_SPANS)
        return false;
    for (size_t i = 0; i < spans->count; i++) {
        const struct mu_batch_span *s = &spans->span[i];
        if (s->offset < at || s->octets < 0 || s->octets > INT64_MAX - s->offset)
            return false;
        at = s->offset + s->octets;
    }
    return spans->next == -1 || (spans->next >= at && spans->next > b->split_at);
}

static void add_spans(struct mu_batch_state *b, struct mu_bytes bytes)
{
    struct mu_batch_spans spans;
    b->split.state = MU_SLOT_WAITING;
    if (bytes.n == sizeof spans)
        memcpy(&spans, bytes.p, sizeof spans);
    if (bytes.n != sizeof spans || !sane(b, &spans)) {
        mu_batch_killed(b, &b->split, "its job said what it must not");
        return;
    }
    for (size_t i = 0; i < spans.count; i++) {
        struct mu_slot *slot = ring_add(&b->inner);
        slot->borrowed = true;
        slot->item = b->whole->item;
        slot->item.number = ++b->number;
        slot->item.offset = spans.span[i].offset;
        slot->item.octets = spans.span[i].octets;
        b->found_to = slot->item.offset + slot->item.octets;
    }
    b->split_at = spans.next;
}

bool mu_batch_answer(struct mu_batch_state *b, struct mu_slot *slot, uint32_t kind,
                     struct mu_bytes bytes, struct mu_err *err)
{
    (void) err;
    bool split = slot == &b->split;
    bool fits = split
                    ? kind == MU_REPLY_SPANS
                    : kind == MU_REPLY_RESULT || (kind == MU_REPLY_MANY && slot->item.number == 0);
    if (!fits)
        mu_batch_killed(b, slot, "its job said what it must not");
    else if (split)
        add_spans(b, bytes);
    else
        end_slot(slot, bytes, NULL);
    slot->many = !split && kind == MU_REPLY_MANY && fits;
    return true;
}

/* --- in order ------------------------------------------------------------------------------------- */

static bool tell(struct mu_batch_state *b, struct mu_ring *ring, struct mu_err *err)
{
    const struct mu_slot *slot = mu_ring_at(ring, 0);
    TRY(b->batch->take(b->batch->self, &slot->item, slot->result, slot->killed, err));
    ring_drop(ring);
    return true;
}

static void enter(struct mu_batch_state *b, struct mu_slot *whole)
{
    b->whole = whole;
    b->number = 0;
    b->split = (struct mu_slot){ .item = whole->item };
    b->split_at = 0;
    b->found_to = 0;
    add_spans(b, whole->result);
}

static bool deliver(struct mu_batch_state *b, struct mu_err *err)
{
    for (;;) {
        while (b->inner.count > 0 && mu_ring_at(&b->inner, 0)->state == MU_SLOT_ENDED)
            TRY(tell(b, &b->inner, err));
        if (b->whole != NULL) {
            if (b->inner.count > 0 || b->split_at >= 0 || b->split.state == MU_SLOT_RUNNING)
                return true;
            b->whole = NULL;
            ring_drop(&b->outer);
        }
        if (b->outer.count == 0 || mu_ring_at(&b->outer, 0)->state != MU_SLOT_ENDED)
            return true;
        if (mu_ring_at(&b->outer, 0)->many)
            enter(b, mu_ring_at(&b->outer, 0));
        else
            TRY(tell(b, &b->outer, err));
    }
}

static void list(struct mu_batch_state *b)
{
    while (!b->listed && b->outer.count < MU_BATCH_WINDOW) {
        struct mu_slot *slot = ring_add(&b->outer);
        if (b->batch->next(b->batch->self, slot->arena, &slot->item))
            continue;
        b->listed = true;
        b->outer.waiting--;
        b->outer.count--;
        mu_arena_free(slot->arena);
    }
}

/* --- isolation none ------------------------------------------------------------------------------- */

/* One slot in this process, as a job would do it. */
static bool make_here(struct mu_batch_state *b, struct mu_slot *slot, struct mu_err *err)
{
    const struct mu_batch *batch = b->batch;
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_buf result = { .arena = arena };
    struct mu_batch_spans spans = { .next = -1 };
    bool split = slot == &b->split, many = split;
    bool made = split || batch->make(batch->self, arena, &slot->item, &result, &many, err);
    if (made && many)
        made = batch->split(batch->self, arena, &slot->item, split ? b->split_at : 0, &spans, err);
    struct mu_bytes bytes = mu_buf_bytes(&result);
    if (many)
        bytes = (struct mu_bytes){ (const char *) &spans, sizeof spans };
    uint32_t kind = split ? MU_REPLY_SPANS : many ? MU_REPLY_MANY : MU_REPLY_RESULT;
    made = made && mu_batch_answer(b, slot, kind, bytes, err);
    mu_arena_free(arena);
    return made;
}

/* --- running -------------------------------------------------------------------------------------- */

static bool step(struct mu_batch_state *b, struct mu_err *err)
{
    list(b);
    if (b->batch->isolation == MU_ISOLATION_NONE) {
        struct mu_slot *slot = mu_batch_pick(b);
        return (slot == NULL || make_here(b, slot, err)) && deliver(b, err);
    }
    TRY(mu_hands_dispatch(b, err));
    if (mu_hands_busy(b))
        TRY(mu_hands_wait(b, err));
    return deliver(b, err);
}

static bool run(struct mu_batch_state *b, struct mu_err *err)
{
    do {
        TRY(step(b, err));
        b->end->interrupted = interrupted != 0;
    } while (!b->end->interrupted && (!b->listed || b->outer.count > 0));
    return true;
}

static void allow_descriptors(void)
{
    struct rlimit rl;
    if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= DESCRIPTORS)
        return;
    rl.rlim_cur = rl.rlim_max < DESCRIPTORS ? rl.rlim_max : DESCRIPTORS;
    (void) setrlimit(RLIMIT_NOFILE, &rl); /* with fewer there is a sentence for a file */
}

bool mu_batch_run(const struct mu_batch *batch, struct mu_batch_end *end, struct mu_err *err)
{
    assert(batch->jobs >= 1 && batch->jobs <= MU_JOBS_MAX);
    struct sigaction on = { .sa_handler = interrupt }, old_int, old_term;
    struct mu_arena *arena = mu_arena_new(16 * MU_MIB);
    struct mu_batch_state *b = mu_new(arena, struct mu_batch_state);
    *end = (struct mu_batch_end){ 0 };
    b->batch = batch;
    b->end = end;
    interrupted = 0;
    if (batch->isolation == MU_ISOLATION_FULL && !mu_sandbox_prepare(err)) {
        mu_arena_free(arena);
        return false;
    }
    allow_descriptors();
    sigaction(SIGINT, &on, &old_int);
    sigaction(SIGTERM, &on, &old_term);
    bool done = run(b, err);
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    mu_hands_end(b);
    while (b->inner.count > 0)
        ring_drop(&b->inner);
    while (b->outer.count > 0)
        ring_drop(&b->outer);
    mu_arena_free(arena);
    return done;
}

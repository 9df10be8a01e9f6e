/* batch_inside.h - what the files of a batch share: its state, and what goes through the sockets. */
#ifndef MU_RUN_BATCH_INSIDE_H
#define MU_RUN_BATCH_INSIDE_H

#include <stdatomic.h>

#include "base/limits.h"
#include "run/batch.h"
#include "run/job.h"

/* --- what goes through the sockets ---------------------------------------------------------------- */

/* To a job: items, a descriptor each. */
struct mu_order {
    uint64_t count;
    struct {
        uint64_t split; /* 1: find what is in it, from `offset` on; 0: make the result */
        uint64_t number;
        int64_t offset, octets;
    } one[MU_PACKET_FDS];
};

/* Back: for each item one of these and `size` bytes, padded to eight; several share a packet. The
 * numbers are none of a record: a job that fails says so by records. */
enum mu_reply_kind {
    MU_REPLY_RESULT = 100,
    MU_REPLY_MANY,  /* the item holds many; the bytes are its first spans */
    MU_REPLY_SPANS, /* of a split                                         */
    MU_REPLY_LEAVE, /* the job has done its share and goes; no item       */
};

struct mu_reply {
    uint32_t kind, size;
};

#define MU_REPLY_PACKET (64 * MU_KIB)

/* Memory that a job shares with its parent: how many items it has begun. It tells which one killed
 * it; a job that lies about it blames another of its own items. */
struct mu_batch_page {
    _Atomic uint64_t begun;
};

/* batch_job.c [job]: serve orders until there are no more, or the share is done. */
bool mu_batch_serve(const struct mu_batch *batch, struct mu_batch_page *page, struct mu_seat *seat,
                    struct mu_err *err) MU_MUST_USE;

/* --- the parent ----------------------------------------------------------------------------------- */

enum mu_slot_state { MU_SLOT_WAITING, MU_SLOT_RUNNING, MU_SLOT_ENDED };

struct mu_slot {
    struct mu_batch_item item;
    struct mu_arena *arena; /* of the item and its result */
    enum mu_slot_state state;
    bool borrowed; /* the descriptor is that of the item around */
    bool many;     /* the result is the first spans             */
    struct mu_bytes result;
    const char *killed;
};

struct mu_ring {
    struct mu_slot slot[MU_BATCH_WINDOW];
    size_t head, count; /* logical positions count from the head */
    size_t waiting;     /* slots in that state                   */
    size_t scan;        /* every slot before it is not waiting   */
};

/* One job, and the items that it has in hand, in the order in which it answers. */
struct mu_hand {
    struct mu_job job;
    bool live, leaving;
    struct mu_batch_page *page;
    struct mu_slot *slot[2 * MU_PACKET_FDS];
    size_t slots;
    uint64_t answered;   /* by this job                      */
    uint64_t begun_seen; /* of the page                      */
    uint64_t since_ms;   /* when that was seen first         */
    char said[240];      /* why it could not go on; "" when it has not said so */
};

struct mu_batch_state {
    const struct mu_batch *batch;
    struct mu_batch_end *end;
    struct mu_ring outer, inner; /* inner: of the item that holds many and is at the outer head */
    struct mu_slot *whole;       /* that item; NULL: there is none */
    struct mu_slot split;        /* the finding of more of it      */
    int64_t split_at;            /* where; -1: all is found        */
    uint64_t number;             /* of messages found in it        */
    int64_t found_to;            /* where the last of them ended   */
    bool listed;                 /* there is no next item          */
    struct mu_hand hand[MU_JOBS_MAX];
    unsigned idle_deaths;
    char packet[MU_REPLY_PACKET];
};

struct mu_slot *mu_ring_at(struct mu_ring *ring, size_t position);

/* batch_hands.c: give what waits to jobs, starting them as they are needed. */
bool mu_hands_dispatch(struct mu_batch_state *b, struct mu_err *err) MU_MUST_USE;
/* Wait for an answer, and take all there are; kill a job that takes too long. */
bool mu_hands_wait(struct mu_batch_state *b, struct mu_err *err) MU_MUST_USE;
bool mu_hands_busy(const struct mu_batch_state *b);
void mu_hands_end(struct mu_batch_state *b);

/* batch.c: what a job, or this process, made of a slot. */
bool mu_batch_answer(struct mu_batch_state *b, struct mu_slot *slot, uint32_t kind,
                     struct mu_bytes bytes, struct mu_err *err) MU_MUST_USE;
void mu_batch_killed(struct mu_batch_state *b, struct mu_slot *slot, const char *why);
/* The next slot that waits: of the spans first. NULL: none. It is open and no longer waits. */
struct mu_slot *mu_batch_pick(struct mu_batch_state *b);
size_t mu_batch_waiting(const struct mu_batch_state *b);
void mu_batch_put_back(struct mu_batch_state *b, struct mu_slot *slot);

#endif

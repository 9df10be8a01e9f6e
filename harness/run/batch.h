/*
 * batch.h - many items of one kind shared over sealed jobs: files that are checked.
 *
 * The caller lists the items in their order and is told of each in that order, whatever the jobs do
 * meanwhile; no more than MU_BATCH_WINDOW items are between the two. What a job makes of an item is
 * opaque here: bytes that the caller must not believe, because the job has read a hostile message.
 *
 * An item may turn out to hold many (an mbox). The job says so, and then finds the spans of what is
 * in it, some at a time; each is an item of its own, told in the place of the whole.
 *
 * A job takes MU_BATCH_RENEW items and is replaced. When one dies, the item that it was at is told as
 * killed, with the reason, and what else it had in hand goes to another.
 */
#ifndef MU_RUN_BATCH_H
#define MU_RUN_BATCH_H

#include "base/bytes.h"
#include "base/limits.h"
#include "core/seat.h"
#include "run/sandbox.h"

struct mu_batch_item {
    const char *name; /* of the file; any bytes                           */
    int fd;           /* -1: it could not be opened, `why` says why       */
    const char *why;  /* one sentence                                     */
    bool trouble;     /* the machine is to blame, not who named the file  */
    uint64_t number;  /* of the message in an mbox, from 1; 0: the file   */
    int64_t offset;   /* where it begins in the file                      */
    int64_t octets;   /* -1: all that follows                             */
};

struct mu_batch_span {
    int64_t offset, octets;
};

/* Some of what is in an item that holds many, and where to go on; -1: there is no more. */
struct mu_batch_spans {
    int64_t next;
    uint64_t count;
    struct mu_batch_span span[MU_BATCH_SPANS];
};

struct mu_batch {
    void *self;
    size_t jobs;      /* 1 to MU_JOBS_MAX                          */
    uint32_t item_ms; /* a job that is longer at one item is killed */
    enum mu_isolation isolation;

    /* The next item; false when there is none. What it points to may live in `arena`, which lasts as
     * long as the item. It is opened only when a job is free for it: `open` fills fd, or why. */
    bool (*next)(void *self, struct mu_arena *arena, struct mu_batch_item *item);
    void (*open)(void *self, struct mu_arena *arena, struct mu_batch_item *item);

    /* [job] Make *result of an item, at most MU_BATCH_RESULT bytes, or say with *many that it is one
     * that holds many. False is an error of ours, which ends the job. */
    bool (*make)(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                 struct mu_buf *result, bool *many, struct mu_err *err);
    /* [job] What is in an item that holds many, from `offset` on. */
    bool (*split)(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                  int64_t offset, struct mu_batch_spans *spans, struct mu_err *err);

    /* One item is done, in order. `killed` is why there is no result; NULL: there is one. */
    bool (*take)(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err);
};

struct mu_batch_end {
    bool interrupted; /* by SIGINT or SIGTERM: what was not yet begun is missing */
    uint64_t killed, renewed;
};

/* Until the last item is told. False: the batch could not go on. */
bool mu_batch_run(const struct mu_batch *batch, struct mu_batch_end *end,
                  struct mu_err *err) MU_MUST_USE;

#endif

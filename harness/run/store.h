/*
 * store.h - where the evidence of a run goes: into folders, a file each; or, of a large run, into one tar
 * beside the stream, because a folder and two files a case cost more than the case itself. `tar -xf cases.tar`
 * makes exactly the folders.
 *
 * The tar only grows. Its entries stand in the order of the verdict lines that name them, one behind the
 * other, so that a reader of the stream knows every octet of it. They are gathered and written before
 * the lines of the stream that speak of them; what is behind the last one that the stream names was written
 * by a run that was killed, and is cut off when that run goes on.
 */
#ifndef MU_RUN_STORE_H
#define MU_RUN_STORE_H

#include "base/bytes.h"
#include "base/err.h"

/* What the operator says: nothing, so that it depends on how many attempts there are; or the one or other. */
enum mu_keep { MU_KEEP_AS_FITS, MU_KEEP_FOLDERS, MU_KEEP_TAR };

struct mu_store {
    int dir;               /* the run folder                                             */
    int tar;               /* -1: every file stands in its folder                        */
    bool broken;           /* a write failed                                             */
    int64_t end;           /* of the tar, with what is pending                           */
    struct mu_buf pending; /* entries that are not yet in the file                       */
    size_t held;           /* octets of memory that cases hold evidence in: see evidence.h */
};

/* Do files of this folder go into the tar? Those of cases do: deliveries that nobody waited for, markers and
 * adapters are few. */
bool mu_store_takes(const struct mu_store *store, const char *folder);

/* `end`: what to keep of a tar that is there; -1: there is none, it is made. */
bool mu_store_open(struct mu_store *store, struct mu_arena *arena, int dir, int64_t end,
                   struct mu_err *err) MU_MUST_USE;

/* What the stream names behind `whole` was lost with the end of the tar: an entry `cases/lost` takes the place
 * of it up to `end`, so that what follows stands where the stream will say, and any tar finds it. */
bool mu_store_mend(int dir, int64_t whole, int64_t end, struct mu_err *err) MU_MUST_USE;

/* One more entry; *at: where its content begins. */
bool mu_store_put(struct mu_store *store, const char *name, struct mu_bytes content, int64_t *at,
                  struct mu_err *err) MU_MUST_USE;

/* The same of a part of another file. */
bool mu_store_copy(struct mu_store *store, const char *name, int from, int64_t offset,
                   int64_t octets, int64_t *at, struct mu_err *err) MU_MUST_USE;

/* Write what is pending: before the stream speaks of it. */
bool mu_store_flush(struct mu_store *store, struct mu_err *err) MU_MUST_USE;

/* The two blocks that end a tar; nothing is put behind them. */
bool mu_store_end(struct mu_store *store, struct mu_err *err) MU_MUST_USE;

void mu_store_close(struct mu_store *store);

/* `octets` of `from`, from `offset` on, to the end of `to`. */
bool mu_store_send(int to, int from, int64_t offset, int64_t octets,
                   struct mu_err *err) MU_MUST_USE;

#endif

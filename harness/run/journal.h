/*
 * journal.h - run.jsonl: the append-only truth about a run, written by the coordinator alone.
 *
 * One JSON object a line, each ending in `"h"`: SHA-256 over the h before it, a line feed, and the
 * line's bytes up to `,"h":`. Lines are gathered and synced in groups; a line is acknowledged when
 * its number is at most `synced`. A sync that failed is never tried again: what the kernel dropped
 * cannot be known.
 */
#ifndef MU_RUN_JOURNAL_H
#define MU_RUN_JOURNAL_H

#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"

struct mu_journal {
    int fd;
    struct mu_buf line; /* the object being written */
    struct mu_json json;
    struct mu_buf pending;    /* whole lines that are not yet in the file */
    uint64_t first_ms;        /* when the oldest pending line was written */
    uint64_t written, synced; /* line numbers; the first line is 1        */
    char h[MU_DIGEST_TEXT];   /* of the last line; "" before the first    */
    bool broken;              /* a write or sync failed                   */
    /* Writes what lines that are pending speak of, before they are written themselves; NULL: nothing is. */
    bool (*before)(void *self, struct mu_err *err);
    void *self;
};

/* Create `run.jsonl` in the folder; an existing file is an error. */
bool mu_journal_create(struct mu_journal *journal, struct mu_arena *arena, int dir,
                       struct mu_err *err) MU_MUST_USE;

/* Go on with an existing file whose last good line ends at `end` with chain value `h`: cuts what is
 * behind it. */
bool mu_journal_continue(struct mu_journal *journal, struct mu_arena *arena, int dir, int64_t end,
                         uint64_t lines, const char *h, struct mu_err *err) MU_MUST_USE;

/* Begin an event; write its members with mu_json_*, then end it. */
struct mu_json *mu_journal_begin(struct mu_journal *journal, const char *event);
bool mu_journal_end(struct mu_journal *journal, struct mu_err *err) MU_MUST_USE;

/* An event that is a JSON object already, without its "h". */
bool mu_journal_object(struct mu_journal *journal, struct mu_bytes object,
                       struct mu_err *err) MU_MUST_USE;

/* Write and sync everything. */
bool mu_journal_sync(struct mu_journal *journal, struct mu_err *err) MU_MUST_USE;

/* Milliseconds until the oldest pending line must be synced; -1: nothing is pending. */
int mu_journal_wait(const struct mu_journal *journal);

/* Sync when the group is full or its time has come. */
bool mu_journal_tick(struct mu_journal *journal, struct mu_err *err) MU_MUST_USE;

bool mu_journal_close(struct mu_journal *journal, struct mu_err *err) MU_MUST_USE;

#define MU_JOURNAL_NAME "run.jsonl"

#endif

/*
 * trail.h - a run stream as somebody reads it who wants to judge again: attempt by attempt, with what
 * was found and which files prove it. Only attempts that are not yet told are in memory.
 */
#ifndef MU_REPORT_TRAIL_H
#define MU_REPORT_TRAIL_H

#include "core/verdict.h"
#include "report/read.h"

struct mu_trail_file {
    const char *name, *sha256; /* 64 hexadecimal digits */
    int64_t octets, at; /* where its content begins in cases.tar; 0: it is a file in its folder */
    struct mu_trail_file *next;
};

/* What the open event pins. */
struct mu_trail_open {
    const char *run, *muster, *profile, *test_time, *nonce;
    const char *content; /* "none": the run kept no octets; "" it did */
    int64_t seed;
    const char *suite_digest, *profile_digest, *rules_digest, *policies_digest;
};

/* A run that went into a merge. */
struct mu_trail_source {
    const char *run, *nonce, *test_time;
    int64_t seed;
    struct mu_trail_source *next;
};

/* One verdict line and the findings before it. Lives until its arena is freed. */
struct mu_trail_attempt {
    struct mu_arena *arena;
    const char *name, *reason, *folder;
    const char *from;                     /* in a merge: the folder of its own run; "" the same */
    const struct mu_trail_source *source; /* in a merge: the run that it is of; NULL: this one  */
    unsigned number;
    uint64_t line; /* of the verdict */
    enum mu_verdict verdict;
    struct mu_trail_file *file;
    struct mu_buf told; /* lines of words with tabs between them: "step NAME VERDICT",
                           "compared WHAT FIRST SECOND HELD 0|1", "leg ID HELD BROKEN" (rules with
                           spaces between them) */
    struct mu_trail_attempt *next;
};

/* One good line of the stream and what the chain is after it. */
struct mu_trail_line {
    uint64_t line, octets;
    const char *head, *event;
    const char *kind, *name, *by; /* of a note; "" where it has none */
};

struct mu_trail {
    struct mu_run_reader reader;
    struct mu_trail_open open;
    struct mu_arena *arena;
    struct mu_trail_source *source;
    struct mu_trail_attempt *pending;
    void (*watch)(void *self, const struct mu_trail_line *line); /* told of every good line; NULL */
    void *self;
};

/* Reads the open event; `watch` and `self` are set before. MU_ERR_USAGE: `path` is no run stream. */
bool mu_trail_start(struct mu_trail *trail, struct mu_arena *arena, int fd, const char *path,
                    struct mu_err *err) MU_MUST_USE;

/* The next attempt that was judged; NULL at the end of the good lines. */
struct mu_trail_attempt *mu_trail_next(struct mu_trail *trail);

#endif

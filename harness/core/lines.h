/*
 * lines.h - the lines of a run stream and the hash that chains each to the one before, for whoever writes them
 * or reads them again. What is in a line is the reader's own affair.
 *
 * The h of a line is the SHA-256 of: the h of the line before, a line feed, the octets of the line before its
 * last member ,"h":"..."} (harness/docs/run-stream.md).
 */
#ifndef MU_CORE_LINES_H
#define MU_CORE_LINES_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/digest.h"

struct mu_lines {
    int fd;          /* borrowed; its own offset is not used */
    int sys;         /* errno of a read that failed, else 0  */
    char *buffer;    /* MU_RUN_LINE_MAX octets of the arena  */
    size_t at, n;    /* buffer[at..n) is not yet given out   */
    uint64_t offset; /* in the file, of buffer[n]            */
};

/* The lines live as long as the arena. */
void mu_lines_start(struct mu_lines *lines, struct mu_arena *arena, int fd);

/* The next line without its line feed, valid until the next call; *whole is false for a last line without one,
 * and for a piece of a line that is longer than the buffer. False: nothing is left, or `sys` says why. */
bool mu_lines_next(struct mu_lines *lines, struct mu_bytes *line, bool *whole);

/* What the h is made of, and the h, MU_DIGEST_TEXT - 1 digits; both borrowed from `line`. False: it has none. */
bool mu_lines_split(struct mu_bytes line, struct mu_bytes *body, struct mu_bytes *h);

/* The h of a line with that body behind one whose h is `previous` ("" for the first line). */
void mu_lines_chain(const char *previous, struct mu_bytes body, char h[MU_DIGEST_TEXT]);

#endif

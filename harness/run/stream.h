/*
 * stream.h - run.jsonl read again by those who write to it: to go on with it, to append to it, to merge
 * it. Line by line, each proved against the hash chain; one line is in memory at a time.
 */
#ifndef MU_RUN_STREAM_H
#define MU_RUN_STREAM_H

#include <jansson.h>

#include "base/err.h"
#include "core/lines.h"

struct mu_stream_reader {
    struct mu_lines in;
    uint64_t lines; /* good ones                           */
    uint64_t end;   /* offset behind the last good line    */
    char h[MU_DIGEST_TEXT];
    bool rest;    /* there is something behind the good lines                   */
    bool corrupt; /* and it is no torn end: a good line follows, or one was changed */
};

/* The reader lives as long as the arena. */
void mu_stream_start(struct mu_stream_reader *reader, struct mu_arena *arena, int fd);

/* The next line, without its line feed, and the event in it, which the caller gives back; false at the
 * end of the good ones, and `rest` and `corrupt` say what stands there. */
bool mu_stream_next(struct mu_stream_reader *reader, struct mu_bytes *line, json_t **event);

/* A line at `offset` again, to be given back; NULL when it is no longer what was read. */
json_t *mu_stream_again(int fd, uint64_t offset, size_t size, char *room);

/* Text of a member; "" when it is absent or no text. */
const char *mu_stream_text(const json_t *event, const char *name);

/* A note that says what a person thinks of a verdict; it may stand behind the close event. */
bool mu_stream_opinion(const json_t *event);

#endif

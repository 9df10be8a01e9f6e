/*
 * read.h - the run stream, line by line, each proved against the hash chain.
 *
 *   struct mu_run_reader reader;
 *   mu_run_reader_start(&reader, arena, fd);
 *   while (mu_run_read(&reader, &event, err)) ... event.object ...
 *
 * Reading stops at the end or at the first bad line; reader.chain then says which, and whether what
 * follows is a torn tail or corruption. Only one line is in memory at a time.
 */
#ifndef MU_REPORT_READ_H
#define MU_REPORT_READ_H

#include <jansson.h>

#include "report/report.h"

struct mu_run_event {
    json_t *object;   /* valid until the next call */
    const char *name; /* its member "event" */
    uint64_t line;    /* 1-based */
    uint64_t end;     /* offset of the first byte after it */
};

/* What the legs of a verdict line say is long and much the same from line to line: lists of rules that
 * held. A list that came before is not parsed again; lines share the array. */
#define MU_LEGS_KEPT 64   /* lists; which one is a matter of its hash             */
#define MU_LEGS_ROOM 4096 /* octets of a list that is kept; a longer one is parsed each time */

struct mu_legs_kept {
    char *text; /* MU_LEGS_ROOM octets of the arena; NULL: never used */
    size_t n;
    json_t *array;
};

struct mu_run_reader {
    struct mu_chain chain;
    int fd;
    int sys;         /* errno of a read that failed, else 0 */
    char *buffer;    /* MU_RUN_LINE_MAX bytes of the arena */
    size_t at, n;    /* buffer[at..n) is not yet given out */
    uint64_t offset; /* in the file, of buffer[n] */
    bool done;
    json_t *object; /* given out last */
    struct mu_arena *arena;
    struct mu_legs_kept kept[MU_LEGS_KEPT];
    char *spliced; /* a line without its legs; MU_RUN_LINE_MAX bytes of the arena */
};

/* The reader must live as long as the arena. */
void mu_run_reader_start(struct mu_run_reader *reader, struct mu_arena *arena, int fd);

/* The next good line; false at the end of the good ones. */
bool mu_run_read(struct mu_run_reader *reader, struct mu_run_event *event);

/* A note that says what a person thinks of a verdict. It may stand behind the close event. */
bool mu_event_opinion(const json_t *object);

/* Members of an event, with the value for "absent or of another type". */
const char *mu_event_text(const json_t *object, const char *name);
struct mu_bytes mu_event_bytes(const json_t *object, const char *name);
int64_t mu_event_number(const json_t *object, const char *name, int64_t otherwise);
bool mu_event_true(const json_t *object, const char *name);

#endif

/*
 * read.h - the run stream, line by line, each proved against the hash chain.
 *
 *   struct mu_run_reader reader;
 *   mu_run_reader_start(&reader, arena, fd);
 *   while (mu_run_read(&reader, &event)) ... event.object ...
 *
 * Reading stops at the end or at the first bad line; reader.chain then says which, and whether what
 * follows is a torn tail or corruption. Only one line is in memory at a time.
 */
#ifndef MU_REPORT_READ_H
#define MU_REPORT_READ_H

#include "core/lines.h"
#include "report/node.h"
#include "report/report.h"

struct mu_run_event {
    const struct mu_node *object; /* valid until the next call */
    const char *name;             /* its member "event" */
    uint64_t line;                /* 1-based */
    uint64_t end;                 /* offset of the first byte after it */
};

struct mu_run_reader {
    struct mu_chain chain;
    struct mu_lines lines;
    bool done;
    struct mu_nodes nodes;
};

/* The reader must live as long as the arena. */
void mu_run_reader_start(struct mu_run_reader *reader, struct mu_arena *arena, int fd);

/* The next good line; false at the end of the good ones. */
bool mu_run_read(struct mu_run_reader *reader, struct mu_run_event *event);

/* A note that says what a person thinks of a verdict. It may stand behind the close event. */
bool mu_event_opinion(const struct mu_node *object);

/* Members of an event, with the value for "absent or of another type". */
const char *mu_event_text(const struct mu_node *object, const char *name);
struct mu_bytes mu_event_bytes(const struct mu_node *object, const char *name);
const char *mu_event_kept(struct mu_arena *arena, const struct mu_node *object,
                          const char *name); /* the text, in `arena` */
int64_t mu_event_number(const struct mu_node *object, const char *name, int64_t otherwise);
bool mu_event_true(const struct mu_node *object, const char *name);

#endif

/* merge_inside.h - what the files of the merge share. */
#ifndef MU_RUN_MERGE_INSIDE_H
#define MU_RUN_MERGE_INSIDE_H

#include <jansson.h>

#include "base/bytes.h"
#include "core/verdict.h"
#include "run/journal.h"
#include "run/merge.h"
#include "run/store.h"

/* Where a line stands in the stream of its source. */
struct mu_merge_ref {
    uint64_t offset;
    uint32_t size;
    uint32_t next; /* number of the next of a list, from 1; 0: none */
};

struct mu_merge_list {
    uint32_t first, last; /* numbers of references */
};

/* A folder that was named. */
struct mu_merge_source {
    const char *path;
    int dir, lock, fd;
    json_t *open, *close;
    uint64_t lines; /* up to the close event */
    char head[MU_DIGEST_TEXT];
    bool merged;    /* it is a merge itself        */
    json_t *leaves; /* array of the facts of the runs it is made of */
};

/* A run that is in the merge, itself or as part of another merge. */
struct mu_merge_leaf {
    const char *run;
    json_t *facts;              /* members of its "merged" event */
    size_t source;              /* where its lines are read      */
    struct mu_merge_list other; /* lines that belong to no result */
    const char *build;          /* of the system, as its adapter says; NULL: nothing was said */
};

/* What one run says of one instance. */
struct mu_merge_take {
    uint32_t leaf, next; /* number of the next take of the instance */
    uint32_t number;     /* of its evidence folder                  */
    uint32_t entry;
    struct mu_merge_list lines;
    const char *reason, *expectation;
    enum mu_verdict verdict;
    bool judged, settled;
};

struct mu_merge_instance {
    const char *name;
    uint32_t
        takes; /* number of the first; in the end those that are kept, in the order of attempts */
    uint32_t
        kept; /* how many                                                                     */
    uint32_t number; /* in the sources */
    uint32_t folder; /* here           */
    const struct mu_merge_take *speaks;
};

/* An entry of the expectation file, and what the results came to. */
struct mu_merge_entry {
    const char *of;
    int64_t max; /* -1: none */
    uint32_t used, better, other;
    bool asked; /* a result is of a case that it names */
};

/* Rows in a row, by number from 1. */
#define MU_MERGE_AT(buf, type, number) (&((type *) (void *) (buf).p)[(number) -1])

struct mu_merge {
    struct mu_arena *arena;
    const struct mu_merge_options *options;
    struct mu_merge_result *result;
    struct mu_merge_source *source;
    size_t sources;
    struct mu_merge_leaf *leaf; /* by the ids of their runs */
    size_t leaves;
    struct mu_buf refs, takes, instances; /* rows of the structs above     */
    uint32_t *slot;                       /* names to numbers of instances */
    size_t slots;
    struct mu_merge_list preface, not_run; /* of the first leaf */
    struct mu_merge_instance **order;      /* those with a verdict */
    size_t judged;
    struct mu_buf words;            /* const char *: reasons and expectations, each once */
    struct mu_buf opinions;         /* const char *: notes of people, as text            */
    struct mu_buf entries;          /* struct mu_merge_entry                             */
    struct mu_buf says;             /* const char *                                      */
    char *room;                     /* MU_RUN_LINE_MAX octets: a line                    */
    struct mu_merge_take **scratch; /* [leaves + 1] */

    int out;               /* the folder that is made    */
    struct mu_store store; /* where evidence goes in it  */
    bool wants_tar;        /* ... when there is any      */
    struct mu_journal journal;
    size_t count[MU_VERDICTS], late, unstable;
    size_t whole;     /* instances of the plan, all shards together   */
    size_t elsewhere; /* of these, in a shard that is not merged here */
    size_t new_failures, new_errors, new_inconclusives, unexpected, changed, stale;
    char run[64];
};

/* merge_source.c: open the folders, hold them against each other, find the runs they are made of. */
bool mu_merge_open(struct mu_merge *m, struct mu_err *err) MU_MUST_USE;
void mu_merge_close(struct mu_merge *m);

/* merge_index.c: where every line stands, and which takes are kept. */
bool mu_merge_index(struct mu_merge *m, struct mu_err *err) MU_MUST_USE;
/* The instance of a name; NULL: none. */
struct mu_merge_instance *mu_merge_find(const struct mu_merge *m, const char *name);

/* merge_differ.c: in what the runs are not alike, as events and sentences. */
bool mu_merge_differences(struct mu_merge *m, struct mu_err *err) MU_MUST_USE;
/* Every shard of the plan is here. */
bool mu_merge_has_all(const struct mu_merge *m);
bool mu_merge_conflict(struct mu_merge *m, const struct mu_merge_instance *instance,
                       struct mu_err *err) MU_MUST_USE;

/* merge_write.c: the new stream. */
bool mu_merge_write(struct mu_merge *m, struct mu_err *err) MU_MUST_USE;

/* merge_result.c: one instance, with its evidence; the end. */
bool mu_merge_instance_lines(struct mu_merge *m, struct mu_merge_instance *instance,
                             struct mu_err *err) MU_MUST_USE;
bool mu_merge_end(struct mu_merge *m, struct mu_err *err) MU_MUST_USE;

/* A line of a list again; the caller gives it back. */
bool mu_merge_line(struct mu_merge *m, size_t source, uint32_t ref, json_t **event,
                   struct mu_err *err) MU_MUST_USE;
/* The number of its evidence folder becomes the name of one here; what it was called first is kept. */
void mu_merge_rename(json_t *event, json_t *holder, const char *folder);
/* Write an event; it is given back. `leaf`: whose line it is, NULL: one of our own. */
bool mu_merge_put(struct mu_merge *m, json_t *event, const struct mu_merge_leaf *leaf,
                  struct mu_err *err) MU_MUST_USE;

/* merge_evidence.c: the evidence of an event goes from its folder in the source to `folder`, each file
 * held to its digest. */
bool mu_merge_evidence(struct mu_merge *m, const struct mu_merge_source *source, json_t *evidence,
                       const char *folder, struct mu_err *err) MU_MUST_USE;
/* A folder of files that no event lists. */
bool mu_merge_folder(struct mu_merge *m, const struct mu_merge_source *source, const char *from,
                     const char *to, struct mu_err *err) MU_MUST_USE;

/* A sentence for the operator. */
void mu_merge_say(struct mu_merge *m, const char *format, ...) MU_PRINTF(2, 3);
const char *mu_merge_member(const json_t *object, const char *name); /* "" */
int64_t mu_merge_number(const json_t *object, const char *name, int64_t otherwise);

#endif

/* shrink.h - what the files of `muster shrink` share. */
#ifndef MU_CLI_SHRINK_H
#define MU_CLI_SHRINK_H

#include "cli/world.h"
#include "report/case.h"
#include "run/batch.h"
#include "suite/judge.h"

/* What a job says of a message; the message itself stands in the item's file afterwards. */
struct mu_shrink_word {
    uint64_t state; /* enum mu_shrink_state */
    uint64_t rule;  /* index */
    uint64_t before, after, trials, minimal;
};

enum mu_shrink_state { MU_SHRINK_DONE, MU_SHRINK_HOLDS, MU_SHRINK_REFUSED };

struct mu_shrink_task {
    struct mu_world world;
    struct mu_document_kit kit;
    const char *phases;
    const struct mu_rule *const *wanted; /* the rules that will do, best first; none: any */
    size_t wanteds;
    const char *name; /* of the message's file; any bytes */
    int fd;           /* a copy of it, which the job overwrites */
    bool taken;
    struct mu_shrink_word word;
    const char *why; /* nothing came of it: one sentence */
};

/* shrink_case.c: reduce what a case sends, with the system under test. */
bool mu_shrink_case(struct mu_arguments *args, const struct mu_run_case *told, const char *out,
                    enum mu_exit *status, struct mu_err *err) MU_MUST_USE;

/* shrink_job.c [job]. */
bool mu_shrink_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    struct mu_buf *result, bool *many, struct mu_err *err);

/* shrink_folder.c: a folder that shows the fault without anything else of this machine. */
struct mu_shrink_folder {
    const struct mu_world *world;
    const char *dir;
    const char *readme; /* the whole text */
    const char
        *command; /* what `muster` is called with; PROFILE and "$here" (the folder) are filled in */
    struct mu_bytes message;
    bool suite; /* with the suite and its fixtures */
};
bool mu_shrink_write_folder(const struct mu_shrink_folder *folder, struct mu_err *err) MU_MUST_USE;

/* The rows at the end of a README that say what judged. */
const char *mu_shrink_provenance(const struct mu_world *world);

#endif

/* verify.h - what the files of `muster verify` share. The parent reads the run stream, which is ours, and
 * hashes the evidence; sealed jobs read the evidence and judge. */
#ifndef MU_CLI_VERIFY_H
#define MU_CLI_VERIFY_H

#include "cli/world.h"
#include "report/trail.h"
#include "run/batch.h"

struct mu_verify {
    const struct mu_arguments *args;
    struct mu_world world;
    struct mu_trail trail;
    const char *run;
    int dir;
    bool json, judging;
    struct mu_trail_attempt *queue, **tail; /* in the jobs' hands, oldest first */
    uint64_t attempts, files, octets, judged, legs, untouched, problems;
    uint64_t trouble; /* what could not be judged because a job died */
};

/* One thing that is not as it should be; `where` is a file of the run, with its line. */
void mu_verify_problem(struct mu_verify *v, const char *where, const char *what);

/* verify_job.c. The parent packs an attempt and its files into a memory file; the job unpacks, judges, and
 * says lines: "judged LEGS", "untouched", "differs SENTENCE". */
bool mu_verify_pack(const struct mu_verify *v, const struct mu_trail_attempt *a, int *fd,
                    struct mu_err *err) MU_MUST_USE;
bool mu_verify_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    struct mu_buf *result, bool *many, struct mu_err *err);

/* A file below the run's folder and nowhere else, whatever links lie there; -1. */
int mu_verify_open(int dir, const char *path);

#endif

/* verify.h - what the files of `muster verify` and `muster sign` share. The parent reads the run stream and
 * the manifest and hashes files; sealed jobs read the evidence and judge, and read signatures. */
#ifndef MU_CLI_VERIFY_H
#define MU_CLI_VERIFY_H

#include "cli/world.h"
#include "report/manifest.h"
#include "report/trail.h"
#include "run/batch.h"
#include "suite/rejudge.h"

/* One who signed, or what is wrong with the file of a signature. */
struct mu_verify_signature {
    const char *file;
    const char *subject, *issuer, *key, *certificate, *digest; /* "" where they are not known */
    const char *role, *signed_at;                              /* "": not stated */
    const char *wrong, *distrust;                              /* "": nothing; it is trusted */
    struct mu_verify_signature *next;
};

struct mu_verify {
    const struct mu_arguments *args;
    struct mu_world world;
    struct mu_trail trail;
    struct mu_rejudge_asks asks;
    const char *run;
    int dir;
    int tar;          /* cases.tar; -1: none is there                          */
    int64_t tar_ends; /* behind the last entry that was named; 0: none was yet */
    bool json, judging;
    struct mu_manifest manifest;
    struct mu_bytes manifest_text; /* .n 0: there is none */
    const char *noted;             /* a head that somebody noted elsewhere; NULL */
    uint64_t noted_line;           /* where it stands; 0: not seen */
    bool closed;                   /* nothing but notes follows the close event */
    struct mu_bytes anchors;       /* whom to trust, PEM; .n 0: nobody was named */
    int64_t at;                    /* when certificates must be good */
    struct mu_verify_signature *signature, **last_signature;
    size_t good;          /* signatures that hold, and are trusted where that was asked */
    unsigned next_number; /* of a signature that is added */
    struct mu_trail_attempt *queue, **tail; /* in the jobs' hands, oldest first */
    uint64_t attempts, files, octets, judged, legs, untouched, problems, appended;
    uint64_t trouble; /* what could not be judged because a job died */
};

/* One thing that is not as it should be; `where` is a file of the run, with its line. */
void mu_verify_problem(struct mu_verify *v, const char *where, const char *what);
/* One that should be known. */
void mu_verify_tell(struct mu_verify *v, const char *where, const char *what);

/* --- verify_folder.c: is the folder what was left? ---------------------------------------------------- */

/* Opens the run named by v->run, and reads its manifest and its first line. MU_ERR_USAGE: it holds no run. */
bool mu_verify_open(struct mu_verify *v, struct mu_err *err) MU_MUST_USE;
/* Every attempt without judging it. */
bool mu_verify_walk(struct mu_verify *v, struct mu_err *err) MU_MUST_USE;
/* After the last attempt: how the stream ended, and every other file. */
bool mu_verify_close(struct mu_verify *v, struct mu_err *err) MU_MUST_USE;

/* --- verify_evidence.c -------------------------------------------------------------------------------- */

/* Do the entries of an attempt in cases.tar stand behind those before, without a gap? Asked once for each
 * attempt, in the order of the stream. */
void mu_verify_places(struct mu_verify *v, const struct mu_trail_attempt *a);
/* After the last: is there nothing else in it? */
void mu_verify_tar_end(struct mu_verify *v);

/* Holds the files of an attempt against the digests of its verdict line, and puts those that are read again
 * into a memory file for the job; fd NULL: nobody judges. */
bool mu_verify_evidence(struct mu_verify *v, const struct mu_trail_attempt *a, int *fd,
                        struct mu_err *err) MU_MUST_USE;

/* --- verify_signed.c ---------------------------------------------------------------------------------- */

/* Every signature over the manifest, each in a sealed job. */
bool mu_verify_signatures(struct mu_verify *v, struct mu_err *err) MU_MUST_USE;
void mu_verify_say_signatures(const struct mu_verify *v);
/* The line of openssl by which anybody checks it. */
void mu_verify_say_line(const char *file);

/* --- verify_job.c: unpacks, judges, and says lines: "judged LEGS", "untouched", "differs SENTENCE" ----- */

bool mu_verify_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    struct mu_buf *result, bool *many, struct mu_err *err);

#endif

/*
 * manifest.h - manifest.json: what was in the folder of a run when its reports were made.
 *
 * An in-toto Statement v1 whose subjects are all files of the folder with their SHA-256, but for itself, the
 * signatures over it (manifest.cms, manifest-2.cms, ...) and the empty lock. Its predicate is a test
 * result with a member of ours: which run, and how far its stream reached. What is signed is
 * these octets.
 */
#ifndef MU_REPORT_MANIFEST_H
#define MU_REPORT_MANIFEST_H

#include "base/digest.h"
#include "report/report.h"

#define MU_MANIFEST_NAME "manifest.json"

struct mu_manifest_file {
    const char *name; /* below the folder: "cases/0001/sent-1.eml" */
    char sha256[MU_DIGEST_TEXT];
    bool seen; /* for who compares */
};

struct mu_manifest {
    const char *run, *head; /* its id; h of the last line */
    uint64_t lines, octets; /* of run.jsonl */
    const char *result; /* PASSED, WARNED or FAILED, and the digests of suite, profile, rules and */
    const char *suite, *profile, *rules, *policies; /* policies, "sha256:..."; "": none is known  */
    struct mu_manifest_file *file;                  /* by name */
    size_t files;
};

/* NULL when it is not named. */
struct mu_manifest_file *mu_manifest_find(const struct mu_manifest *manifest, const char *name);

struct mu_bytes mu_manifest_write(struct mu_arena *arena, const struct mu_manifest *manifest);

/* MU_ERR_PEER with a sentence: it is no manifest of a run. */
bool mu_manifest_read(struct mu_arena *arena, struct mu_bytes text, struct mu_manifest *manifest,
                      struct mu_err *err) MU_MUST_USE;

/* --- manifest_folder.c ------------------------------------------------------------------------------ */

/* What is in the folder of a run, by name. */
struct mu_manifest_names {
    const char **name;
    size_t names;
    const char **odd; /* links, devices, names that are no UTF-8: nothing can be said of them */
    size_t odds;
};

bool mu_manifest_list(struct mu_arena *arena, int dir, struct mu_manifest_names *out,
                      struct mu_err *err) MU_MUST_USE;

/* A regular file below the folder and nowhere else, whatever links lie there; -1. */
int mu_manifest_open(int dir, const char *path);

/* The number of a signature's file: 1 for manifest.cms, 2 for manifest-2.cms; 0: it is none. And back. */
unsigned mu_manifest_signature(const char *name);
const char *mu_manifest_signature_name(struct mu_arena *arena, unsigned number);

/* Is there a signature? */
bool mu_manifest_signed(int dir);

/* Of everything that is in the folder, written to `run`/manifest.json. */
bool mu_manifest_make(struct mu_arena *arena, const char *run, struct mu_err *err) MU_MUST_USE;

/* Reports were written, those named: their digests are put in, and the stream's when it has only grown. What
 * others have touched keeps the digest that it had. Without a manifest one of everything is made. */
bool mu_manifest_renew(struct mu_arena *arena, const char *run, const char *const *report,
                       size_t reports, struct mu_err *err) MU_MUST_USE;

#endif

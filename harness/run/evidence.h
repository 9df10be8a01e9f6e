/*
 * evidence.h - the files of one case. Their bytes are copied by the kernel from the job's memory
 * file into the case's folder, or into the tar of a large run: the coordinator names and moves them
 * and reads none.
 *
 * Those that come along with records are written at once where there are folders. Where there is a tar they
 * are held until the verdict, so that all of a case stand there one behind the other; a file that is too
 * large for that goes into its folder.
 */
#ifndef MU_RUN_EVIDENCE_H
#define MU_RUN_EVIDENCE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "core/record.h"
#include "run/store.h"

#define MU_PARTS_KEPT 48 /* files of one case */

struct mu_evidence_part {
    enum mu_evidence kind;
    uint32_t number;
    int64_t offset,
        octets; /* where it stands in the memory file, or in what is held; how many are there */
    int64_t at; /* where in the tar; 0: in the folder */
    bool held;
    char sha256[MU_DIGEST_TEXT];
};

struct mu_evidence_list {
    struct mu_evidence_part part[MU_PARTS_KEPT];
    size_t parts;
};

/* Note what a PART record announced. False when it cannot be: too many, larger than any job may
 * write, or a digest that is none. */
bool mu_evidence_note(struct mu_evidence_list *list, const struct mu_record *record);

/* Copy every part out of the memory file `from`. Files of `folder` stand there or in the tar. */
bool mu_evidence_save(struct mu_store *store, const char *folder, int from,
                      struct mu_evidence_list *list, struct mu_err *err) MU_MUST_USE;

/* The same for a PART whose bytes came with the record. *sane: it is the beginning of a file, or goes on
 * where the last one stopped. */
bool mu_evidence_append(struct mu_store *store, const char *folder, const struct mu_record *record,
                        struct mu_bytes bytes, struct mu_evidence_list *list, struct mu_buf *held,
                        bool *sane, struct mu_err *err) MU_MUST_USE;

/* One more file of the list that no job wrote. */
bool mu_evidence_add(struct mu_store *store, const char *folder, enum mu_evidence kind,
                     unsigned number, struct mu_bytes bytes, struct mu_evidence_list *list,
                     struct mu_buf *held, struct mu_err *err) MU_MUST_USE;

/* No more comes: what is held goes into the tar. */
bool mu_evidence_settle(struct mu_store *store, const char *folder, struct mu_evidence_list *list,
                        const struct mu_buf *held, struct mu_err *err) MU_MUST_USE;

/* "evidence":{"folder":...,"files":[...]}; `folder` NULL: nothing was kept, and the digests are keyed ones. */
void mu_evidence_json(struct mu_json *j, const char *folder, const struct mu_evidence_list *list);

/* What a command printed (at most `max` bytes of `from`) as one more file of the list; it is hashed
 * here, because no job did. */
bool mu_evidence_save_output(struct mu_store *store, const char *folder, unsigned number, int from,
                             size_t max, struct mu_evidence_list *list,
                             struct mu_err *err) MU_MUST_USE;

#endif

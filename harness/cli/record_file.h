/*
 * record_file.h - the file of 'muster adapter record': one run, and the lives of its adapter behind each other.
 *
 * Several recorders of one run may write the same file at once. A lock on its first octet, held for one line,
 * keeps numbers and lines whole; a shared lock on the file, held for a life, keeps another run from beginning
 * it anew meanwhile.
 */
#ifndef MU_CLI_RECORD_FILE_H
#define MU_CLI_RECORD_FILE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

struct mu_record_file {
    struct mu_arena *arena;
    const char *path, *place;
    int fd;
    uint32_t life; /* ours, from 1; 0: not begun */
};

/* MU_ERR_USAGE for a file that has something in it and is no record: it is not written over. */
bool mu_record_file_open(struct mu_arena *arena, const char *path, struct mu_record_file *file,
                         struct mu_err *err) MU_MUST_USE;

/* The next life of the run that `hello` names; a record of another run is begun anew. */
bool mu_record_file_begin(struct mu_record_file *file, struct mu_bytes hello, char *const *command,
                          struct mu_err *err) MU_MUST_USE;

/* Whole lines. */
bool mu_record_file_put(struct mu_record_file *file, struct mu_bytes lines,
                        struct mu_err *err) MU_MUST_USE;

#endif

/*
 * program.h - the program of an adapter, while it runs: its descriptors, what it prints, its end.
 *
 * What it prints is kept in a memory file that nobody reads: the first and the last MU_OUTPUT_KEPT
 * bytes of it, however much there is in between.
 */
#ifndef MU_RUN_PROGRAM_H
#define MU_RUN_PROGRAM_H

#include "core/host.h"

struct mu_child {
    pid_t pid;    /* also its process group; 0: there is none   */
    int ended;    /* can be read from when it has ended; -1     */
    int output;   /* memory file: both its outputs; -1          */
    bool silent;  /* what it prints is for nobody, and is not kept at all */
    int status;   /* as of waitpid(), when it has ended         */
    bool reaped;  /* ... and that is known                      */
    uint64_t cut; /* bytes printed that were dropped            */
    char *tail;   /* the last bytes printed before the last cut */
    size_t tails;
};

/* A child that is none; `arena` for its tail. */
void mu_program_none(struct mu_child *child, struct mu_arena *arena);

/* Start `program` (PIPES or STDIO): *in is where its lines are read, *out where lines to it are
 * written. `work` is the folder it may write to, absolute. */
bool mu_program_start(const struct mu_program *program, struct mu_arena *arena, char **environment,
                      const char *work, struct mu_child *child, int *in, int *out,
                      struct mu_err *err) MU_MUST_USE;

/* The same for a FILTER that answers one case: `input` is on its standard input, its standard output
 * goes to the memory file *answer, and what it prints besides to *output (`silent`: to nobody). */
bool mu_program_filter(const struct mu_program *program, struct mu_arena *arena, char **argv,
                       char **environment, const char *work, struct mu_bytes input, pid_t *pid,
                       int *answer, int *output, bool silent, struct mu_err *err) MU_MUST_USE;

/* How it is confined: "landlock-3", "none: ...". */
const char *mu_program_confined(const struct mu_program *program, struct mu_arena *arena);

/* `environment` with `more` ("NAME=value", NULL-terminated) in front of it and in place of what it
 * says of the same names. */
char **mu_program_environment(struct mu_arena *arena, char **environment, char **more);

/* Drop the middle of what it has printed, when that is much. */
bool mu_program_cut(struct mu_child *child, struct mu_err *err) MU_MUST_USE;

/* What is kept of what it printed; `last` MU_OUTPUT_KEPT bytes only, or the first as well. */
bool mu_program_output(const struct mu_child *child, struct mu_arena *arena, bool whole,
                       struct mu_bytes *out, struct mu_err *err) MU_MUST_USE;

/* Send its process group a signal; no harm when it is gone. */
void mu_program_signal(const struct mu_child *child, int signal);

/* Has it ended? Reaps it then. */
bool mu_program_ended(struct mu_child *child);

/* Kill what is left of its group, reap it, close what is ours. `status` stays. */
void mu_program_end(struct mu_child *child);

#endif

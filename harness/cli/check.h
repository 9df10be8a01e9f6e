/*
 * check.h - what the files of `muster check` share.
 *
 * The parent lists the files and writes the report; it reads nothing of what it checks. Sealed jobs
 * read a message, judge it and send records, of which the parent believes nothing before it has looked.
 */
#ifndef MU_CLI_CHECK_H
#define MU_CLI_CHECK_H

#include <stdio.h>

#include "cli/world.h"
#include "run/batch.h"
#include "suite/judge.h"

enum mu_check_state {
    MU_CHECK_JUDGED,
    MU_CHECK_DOUBTFUL, /* judged, but a limit of ours was passed, or there are two readings */
    MU_CHECK_KILLED,   /* not judged: its job died of it, or a rule cannot cope with it     */
    MU_CHECK_REFUSED,  /* it could not be read                                              */
};

/* Does the message carry one, and can it be read? */
enum mu_check_label { MU_CHECK_NO_LABEL, MU_CHECK_LABEL_FOUND, MU_CHECK_LABEL_READ };

struct mu_check_finding {
    const struct mu_rule *rule;
    size_t index; /* of the rule */
    const char *text, *hint, *seen;
    struct mu_place place[MU_PLACES_MAX]; /* offsets in the file */
    size_t places, count;
};

/* What is told of one message. */
struct mu_checked {
    const struct mu_batch_item *item;
    enum mu_check_state state;
    const char *why; /* unless judged */
    bool local;      /* lines end in LF */
    enum mu_check_label label;
    int64_t octets; /* as stored */
    struct mu_check_finding *finding;
    size_t findings, left_off;
    size_t held, not_applicable;
};

struct mu_check_counts {
    uint64_t files, messages, clean, broken[MU_LEVEL_MUST + 1];
    uint64_t state[MU_CHECK_REFUSED + 1];
    uint64_t unlabelled;
    uint64_t left_out; /* files in folders that have the name of no mail */
    uint64_t trouble;  /* refused, and the machine is to blame           */
};

struct mu_check;

/* A format of the report. */
struct mu_check_writer {
    const char *name;
    void (*begin)(struct mu_check *c);
    void (*item)(struct mu_check *c, struct mu_arena *arena, const struct mu_checked *checked);
    void (*end)(struct mu_check *c, enum mu_exit status);
};

extern const struct mu_check_writer mu_check_text, mu_check_json, mu_check_sarif;

struct mu_folder;

struct mu_check {
    struct mu_world world;
    const struct mu_arguments *args;
    struct mu_document_kit kit;
    const char *phases; /* asked for, besides the profile's */
    const struct mu_check_writer *writer;
    FILE *out;
    bool any;    /* something was written where a comma must follow */
    FILE *later; /* what stands at the end of the report; SARIF     */
    struct mu_check_counts count;
    bool interrupted;
    /* check_files.c */
    int operand;
    struct mu_folder *folder; /* the innermost that is being listed; NULL: none */
    int standard_input;       /* copied to a file; -1: not yet */
};

/* The phases that --phase names, separated by spaces. */
bool mu_check_phases(const struct mu_arguments *args, const struct mu_rule_set *set,
                     const char **phases, struct mu_err *err) MU_MUST_USE;

/* check_files.c: the files in their order, folders by their names. */
bool mu_check_next(void *self, struct mu_arena *arena, struct mu_batch_item *item);
void mu_check_open(void *self, struct mu_arena *arena, struct mu_batch_item *item);
void mu_check_files_end(struct mu_check *c);

/* check_job.c [job]. */
bool mu_check_make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                   struct mu_buf *result, bool *many, struct mu_err *err);
bool mu_check_split(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                    int64_t offset, struct mu_batch_spans *spans, struct mu_err *err);

/* check_result.c: what a job says of a message, into records and out of them. */
void mu_check_write_result(struct mu_buf *out, const struct mu_judged *judged);
void mu_check_write_refusal(struct mu_buf *out, const char *why);
/* False: it says what no job of ours would. */
bool mu_check_read_result(struct mu_arena *arena, const struct mu_rule_set *rules,
                          struct mu_bytes result, struct mu_checked *out);

/* One line of text in safe characters; what is safe already stays as it is. */
const char *mu_check_line(struct mu_arena *arena, const char *text);

/* Where a finding is shown: its first place, or the message. */
struct mu_place mu_check_place(const struct mu_checked *checked,
                               const struct mu_check_finding *finding);

#endif

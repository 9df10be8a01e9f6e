/*
 * plan.h - which instances run, in which order, and why the others do not.
 *
 * Order: controls first, exclusive cases last, otherwise as in the suite; a control always stands
 * before the instances that name it. Cases that ask an adapter come in an order of seed and test
 * time, controls first (mu_plan_shuffle). A selected case brings its control along, unless a '-' term
 * removes it. At most 32 bytes a planned instance.
 */
#ifndef MU_SUITE_PLAN_H
#define MU_SUITE_PLAN_H

#include "suite/suite.h"

/* A selection like 'clause:RFC-7444/4 level:must -tag:slow': same key OR, different keys AND, '-'
 * removes; keys id clause doc level role class importance tag rule sin; globs. A space in a document
 * or clause is written '-'. id: is matched with the case's id and with the instance's name. */
struct mu_selection;

/* MU_ERR_USAGE for a term without a key or with an unknown one, with the nearest known. "" selects
 * everything. */
bool mu_selection_parse(struct mu_arena *arena, const char *text, struct mu_selection **selection,
                        struct mu_err *err) MU_MUST_USE;

struct mu_planned {
    uint32_t case_index; /* in the suite  */
    uint32_t instance;
    int32_t control; /* index in `in`, -1: none */
    uint32_t flags;  /* MU_PLANNED_... */
};
#define MU_PLANNED_EXCLUSIVE 1u
#define MU_PLANNED_UNCLAIMED 2u /* needs what the SUT does not claim: turns no run red */
#define MU_PLANNED_ELSEWHERE 4u /* another shard runs it                               */

/* Part `number` of `of`, from 1; all zero: the whole. */
struct mu_shard {
    uint32_t number, of;
};
#define MU_SHARD_REASON "shard" /* of an instance that another shard runs */

/* Reasons are the reason codes of reports: "filtered", "role:missing(relay)",
 * "cap:missing(relay:label.enforce)", "observe:missing", "control:out(<id>)", "rule:off(<id>)". */
struct mu_left_out {
    uint32_t case_index, instance;
    const char *reason; /* shared strings */
};

struct mu_plan {
    const struct mu_suite *suite;
    struct mu_planned *in;
    size_t ins;
    struct mu_left_out *out;
    size_t outs;
    uint64_t seed; /* that it was shuffled with; 0: it was not */
    struct mu_shard shard;
    size_t elsewhere; /* of `in`, those that another shard runs */
    char
        digest[MU_DIGEST_TEXT]; /* over the names of what runs, all shards together, in the order of
                                    the suite: no seed and no shard changes it */
};

/* MU_ERR_USAGE when nothing is selected or a term matches nothing at all. */
bool mu_plan_make(struct mu_arena *arena, const struct mu_suite *suite, const struct mu_sut *sut,
                  const struct mu_selection *selection, struct mu_plan *plan,
                  struct mu_err *err) MU_MUST_USE;

/* Put the cases of validator, labeller and policy into an order that `seed` and `test_time` decide: a run
 * that goes on or is replayed has both again, and another run has another time. */
void mu_plan_shuffle(struct mu_arena *arena, struct mu_plan *plan, uint64_t seed,
                     int64_t test_time);

/* Make it a shard: of the whole plan those whose place is number - 1 modulo `of`, with their controls; a
 * control may be run by several shards. To be called before the plan is shuffled: where the same suite
 * and SUT are at hand, shards of other seeds and times still make the whole together. A shard may be
 * empty, and numbers (of cases, tokens, evidence folders) are those of the whole. */
void mu_plan_shard(struct mu_plan *plan, struct mu_shard shard);

/* Hold an expectation file to the suite: an entry that names no instance at all is wrong, and the error
 * says which was probably meant. Fills `named`, `idle` and `instances`. */
bool mu_expectations_check(struct mu_arena *arena, struct mu_expectations *all,
                           const struct mu_plan *plan, struct mu_err *err) MU_MUST_USE;

#endif

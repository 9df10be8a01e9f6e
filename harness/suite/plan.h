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
    uint32_t flags;  /* MU_PLANNED_EXCLUSIVE, MU_PLANNED_UNCLAIMED */
};
#define MU_PLANNED_EXCLUSIVE 1u
#define MU_PLANNED_UNCLAIMED 2u /* needs what the SUT does not claim: turns no run red */

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
    uint64_t seed;               /* that it was shuffled with; 0: it was not */
    char digest[MU_DIGEST_TEXT]; /* over names and order of what runs */
};

/* MU_ERR_USAGE when nothing is selected or a term matches nothing at all. */
bool mu_plan_make(struct mu_arena *arena, const struct mu_suite *suite, const struct mu_sut *sut,
                  const struct mu_selection *selection, struct mu_plan *plan,
                  struct mu_err *err) MU_MUST_USE;

/* Put the cases of validator, labeller and policy into an order that `seed` and `test_time` decide: a run
 * that goes on or is replayed has both again, and another run has another time. */
void mu_plan_shuffle(struct mu_arena *arena, struct mu_plan *plan, uint64_t seed,
                     int64_t test_time);

/* The digest again, after a change of the order. */
void mu_plan_pin(struct mu_arena *arena, struct mu_plan *plan);

/* Hold an expectation file to the suite: an entry that names no instance at all is wrong, and the error
 * says which was probably meant. Fills `named`, `idle` and `instances`. */
bool mu_expectations_check(struct mu_arena *arena, struct mu_expectations *all,
                           const struct mu_plan *plan, struct mu_err *err) MU_MUST_USE;

#endif

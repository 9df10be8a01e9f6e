/*
 * take.h - events of the run stream become the model; shared by the files that read them.
 * Every text that is taken is safe and kept once.
 */
#ifndef MU_REPORT_TAKE_H
#define MU_REPORT_TAKE_H

#include "report/model.h"
#include "report/read.h"

const char *mu_take_keep(struct mu_result *m, struct mu_bytes text);
const char *mu_take_text(struct mu_result *m, const struct mu_node *object, const char *name);

/* Decides what of the event may be shown; before anything is taken from it. */
void mu_take_begin(struct mu_result *m, const char *event, const struct mu_node *o);

/* The members of an object as a list, numbers as text. */
struct mu_pair *mu_take_pairs(struct mu_result *m, const struct mu_node *object);

/* The case of that id, made when it is new. */
struct mu_result_case *mu_take_case(struct mu_result *m, struct mu_bytes id);

/* The member "legs" of a verdict; never forgotten. NULL: none were judged. */
struct mu_result_leg *mu_take_legs(struct mu_result *m, const struct mu_node *array);

/* Events: open, rule, catalogue, case, expect, adapter. */
void mu_take_open(struct mu_result *m, const struct mu_node *o);
void mu_take_rule(struct mu_result *m, const struct mu_node *o);
void mu_take_catalogue(struct mu_result *m, const struct mu_node *o);
void mu_take_of(struct mu_result *m, const struct mu_node *o);
void mu_take_expect(struct mu_result *m, const struct mu_node *o);
void mu_take_adapter(struct mu_result *m, const struct mu_node *o);

/* merged.c: the member shard of open; events: merged, conflict. */
void mu_take_shard(struct mu_result *m, const struct mu_node *open);
void mu_take_merged(struct mu_result *m, const struct mu_node *o);
void mu_take_conflict(struct mu_result *m, const struct mu_node *o);

/* A note that is an opinion of a case (opinion.c). */
void mu_take_opinion(struct mu_result *m, const struct mu_node *o);
/* Events: open, marking, rule, catalogue, case, expect, adapter. */
void mu_take_marks(struct mu_result *m, const struct mu_node *o);

#endif

/*
 * labels.h - the twin as a label system: it reads, writes, marks, decides on and maps labels with the
 * harness's own library, one operation of SAP/1 after the other. sap.c puts it behind the wire.
 *
 * An operation never fails here: what the system refuses is an observation, what it was not asked
 * rightly an error of the reply. Everything in a reply lives in the arena given.
 */
#ifndef MU_TWIN_LABELS_H
#define MU_TWIN_LABELS_H

#include "core/sap.h"
#include "format/xml.h"
#include "policy/resolve.h"
#include "twin/sin.h"

struct mu_twin_labels {
    struct mu_policies policies;
    struct mu_schema *schema; /* of labels */
    struct mu_schema *clearance_schema;
    int64_t now;          /* Unix time */
    const char *fixtures; /* folder, for bad-fixture; NULL: none */
    const struct mu_sin *sin;
};

void mu_twin_labels_answer(struct mu_arena *arena, const struct mu_twin_labels *t,
                           const struct mu_sap_request *request, struct mu_sap_reply *reply);

/* --- the parts: labels_read.c, labels_write.c, labels_mark.c ---------------------------------------- */

/* A label as it was understood; `refused` says at which stage it was not. */
struct mu_twin_read {
    const xmlNode *root;
    const struct mu_label *label;
    const struct mu_policy *policy; /* NULL: unknown */
    struct mu_resolved resolved;    /* where the policy is known */
    enum mu_stage stage;            /* MU_STAGE_NONE: nothing is wrong so far */
    enum mu_class class;
    const char *why;
};

/* Octets into a label: gate, parser, root, schema. False: read->stage and so on say why not. */
bool mu_twin_read_label(struct mu_arena *arena, const struct mu_twin_labels *t,
                        struct mu_bytes octets, struct mu_twin_read *read);

/* Is it valid under its policy at `now`, and by what the prose alone demands? */
bool mu_twin_check_policy(struct mu_arena *arena, const struct mu_twin_labels *t, int64_t now,
                          struct mu_twin_read *read);
bool mu_twin_check_prose(const struct mu_twin_labels *t, int64_t now, struct mu_twin_read *read);

/* A label that was read already: the policy of the label and what its names mean there; false: it is not known. */
bool mu_twin_look_up(struct mu_arena *arena, const struct mu_twin_labels *t,
                     struct mu_twin_read *read);

/* What the sin of an over-strict reader finds fault with; NULL: nothing. */
const char *mu_twin_misread(const struct mu_sin *sin, const xmlNode *root, struct mu_bytes octets);

/* The label that is answered, as the sin has it; a copy where it differs. */
const struct mu_label *mu_twin_answered(struct mu_arena *arena, const struct mu_twin_labels *t,
                                        const struct mu_label *label);

void mu_twin_refuse(struct mu_sap_reply *reply, enum mu_stage stage, enum mu_class class,
                    const char *native);

/* Its octets, as the sin has them. */
struct mu_bytes mu_twin_write_label(struct mu_arena *arena, const struct mu_twin_labels *t,
                                    const struct mu_label *label);

void mu_twin_make(struct mu_arena *arena, const struct mu_twin_labels *t,
                  const struct mu_sap_request *request, struct mu_sap_reply *reply);
void mu_twin_render(struct mu_arena *arena, const struct mu_twin_labels *t,
                    const struct mu_sap_request *request, struct mu_sap_reply *reply);
void mu_twin_read_marking(struct mu_arena *arena, const struct mu_twin_labels *t,
                          const struct mu_sap_request *request, struct mu_sap_reply *reply);

#endif

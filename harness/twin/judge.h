/*
 * judge.h - what the twin thinks of a label: valid under its policy, in agreement with the marking,
 * covered by the clearance of the recipient, and what it is in the recipient's policy.
 *
 * Clearances are known by mailbox: the part of the local part before '+' names a file of the folder
 * (muster+TOKEN@..., cleared by muster.xml). A mailbox without a file has no decision made for it.
 */
#ifndef MU_TWIN_JUDGE_H
#define MU_TWIN_JUDGE_H

#include "policy/decide.h"
#include "twin/sin.h"

struct mu_judge_entry {
    const char *name; /* "nato-secret" */
    struct mu_clearance clearance;
};

struct mu_judge {
    struct mu_policies policies; /* none: labels are not judged */
    struct mu_judge_entry *entry;
    size_t entries;
    bool translate; /* a gateway: a label of another policy than the recipient's is mapped */
};

/* `clearances` is a folder; NULL: nobody is cleared, nothing is decided. Every *.xml in it counts. */
bool mu_judge_load(struct mu_arena *arena, const char *const *policy, size_t policies,
                   const char *clearances, bool translate, struct mu_judge *judge,
                   struct mu_err *err) MU_MUST_USE;

struct mu_ruling {
    const char *refusal;          /* "550 5.7.1 not-cleared: ..."; NULL: it may pass   */
    const struct mu_label *label; /* what it is in the recipient's policy; NULL: as is */
    const char *marking;          /* of that label                                     */
    bool history;                 /* the change is told in SIO-Label-History           */
};

/* A message that mu_guard_refuses() has let pass, for `recipients` mailboxes. `now` is Unix time. */
void mu_judge_message(struct mu_arena *arena, const struct mu_judge *judge, struct mu_bytes message,
                      const struct mu_bytes *recipient, size_t recipients, int64_t now,
                      const struct mu_sin *sin, struct mu_ruling *ruling);

#endif

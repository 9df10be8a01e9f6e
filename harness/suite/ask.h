/*
 * ask.h - what an instance of a case asks an adapter, made ready once: labels made, changed and written,
 * requests filled, answers of our own found. The engine does it before the first fork, the linter to
 * hold what a case says to what our rules and policies say.
 *
 * Salt: each attempt gives every label a CreationDateTime of its own, so that no answer can be known
 * from the octets, from their digest or from an earlier run. A label is left as it is where its creation
 * time is what the case is about: it was changed or dropped, is not before the test time, or stands
 * behind the label's review or succession.
 */
#ifndef MU_SUITE_ASK_H
#define MU_SUITE_ASK_H

#include "core/sap.h"
#include "suite/suite.h"
#include "suite/truth.h"

#define MU_SALT_BYTES 20 /* "2026-11-22T10:15:00Z" */

/* A made label. */
struct mu_ask_label {
    const char *id;
    struct mu_label *abstract;    /* what it was to say; octets may have been changed since      */
    struct mu_bytes octets;       /* as written, and changed                                     */
    bool changed;                 /* an operator worked on the octets                            */
    const struct mu_label *label; /* as we read them; NULL: they cannot be read                  */
    size_t salt;                  /* where its creation time stands in them; SIZE_MAX: unsalted  */
    int64_t salt_before;          /* Unix time that creation times are below                     */
};

struct mu_ask {
    const struct mu_step *step;
    const struct mu_ask_label *of; /* NULL: of none                           */
    enum mu_sap_op op;
    const char *policy, *language, *place, *text, *time; /* expanded; NULL    */
    struct mu_bytes clearance; /* octets                                  */
    struct mu_truth truth;
};

struct mu_ask_case {
    struct mu_ask_label *label;
    size_t labels;
    struct mu_ask *ask;
    size_t asks;
};

/* What preparing reads and keeps: fixtures are read once. Everything lives in `arena`. */
struct mu_ask_kit {
    struct mu_arena *arena;
    const struct mu_data *data;
    const struct mu_profile *profile;
    const char *fixtures;           /* folder */
    struct mu_buf label, clearance; /* read so far */
};

void mu_ask_kit_make(struct mu_arena *arena, const struct mu_data *data,
                     const struct mu_profile *profile, struct mu_ask_kit *kit);

/* `seed` is the instance's, for operators that choose. MU_ERR_PROFILE with the step's place. */
bool mu_ask_prepare(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance, uint64_t seed,
                    struct mu_ask_case **out, struct mu_err *err) MU_MUST_USE;

const struct mu_ask *mu_ask_find(const struct mu_ask_case *asks, const char *id);
const struct mu_ask_label *mu_ask_label_find(const struct mu_ask_case *asks, const char *id);

/* Does the case ask at all? */
bool mu_case_asks(const struct mu_case *c);

/* May an operator change a label that travels alone? */
bool mu_operator_is_of_label(const struct mu_operator *op);

/* ask_label.c: the labels of a case, in kit->arena. */
bool mu_ask_make(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                 const struct mu_step *step, struct mu_ask_label *out, struct mu_err *err);
bool mu_ask_mutate(struct mu_ask_kit *kit, const struct mu_case *c, size_t instance,
                   const struct mu_step *step, uint64_t seed, const struct mu_ask_label *from,
                   struct mu_ask_label *out, struct mu_err *err);

/* The time as a creation time is written. */
void mu_salt_write(int64_t unix_time, char text[MU_SALT_BYTES + 1]);

#endif

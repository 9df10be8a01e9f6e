/*
 * binary.h - labels and clearances in ASN.1 as a policy reads them, and back: ADatP-4774.1 Tables 10
 * and 11. A policy is its OID there, a classification its lacv, a tag set its OID, a value its lacv
 * (for bits: the bit of that number); class n of a clearance is the classification whose lacv is n,
 * which for 0 to 5 are the names that RFC 5755 4.4.6 prints.
 *
 * Several names may share one lacv (the real NATO policy has such sets). Such a reading is
 * `ambiguous`, both names are in the problem, and neither is taken. What was not understood stands in
 * the label in a form that no policy knows ("lacv 17", tag set "urn:oid:1.2.3" without a URI), so that
 * whoever decides by it denies.
 */
#ifndef MU_POLICY_BINARY_H
#define MU_POLICY_BINARY_H

#include "format/clearance.h"
#include "format/ess.h"
#include "policy/spif.h"

enum mu_binary_kind {
    MU_BINARY_UNREADABLE,     /* fatal defects, or parts of it were lost to defects             */
    MU_BINARY_POLICY,         /* no policy, or none of ours                                     */
    MU_BINARY_CLASSIFICATION, /* none, or no such lacv                                          */
    MU_BINARY_SYNTAX,         /* a category of another syntax than those of ACP 145(A)          */
    MU_BINARY_SET,            /* no tag set of that OID, or without a tag of that type          */
    MU_BINARY_VALUE,          /* no value of that lacv                                          */
    MU_BINARY_AMBIGUOUS,      /* several names for one lacv, or several lacvs for one name      */
    MU_BINARY_FORM,           /* understood: bits where the policy has a list, or the other way */
};
const char *mu_binary_kind_name(enum mu_binary_kind kind); /* "unreadable", "policy", ... */

struct mu_binary_problem {
    enum mu_binary_kind kind;
    const char *why; /* one sentence, foreign text made safe */
};

struct mu_binary {
    const struct mu_policy *policy; /* whose words the result has; NULL: unknown */
    bool ambiguous;
    struct mu_binary_problem *problem;
    size_t problems, left_off; /* MU_DEFECTS_MAX are kept */
};

/* The label that `ess` is; root originatorConfidentialityLabel, no times. NULL: unreadable. */
struct mu_label *mu_binary_read_label(struct mu_arena *arena, const struct mu_policies *policies,
                                      const struct mu_ess *ess, struct mu_binary *found);

/* The same for a clearance. What was not understood is there under a name that grants nothing. */
struct mu_clearance *mu_binary_read_clearance(struct mu_arena *arena,
                                              const struct mu_policies *policies,
                                              const struct mu_ess_clearance *ess,
                                              struct mu_binary *found);

/* A label of `policy` in ASN.1, its privacy mark in the string type of `syntax`. False: something in
 * it has no number (an unknown name, a text of the user's, an lacv that is no number or past what the
 * syntax holds). What can be written but not read back without doubt is in *found. */
bool mu_binary_write_label(struct mu_arena *arena, const struct mu_policy *policy,
                           const struct mu_label *label, enum mu_ess_syntax syntax,
                           struct mu_ess *ess, struct mu_binary *found,
                           struct mu_err *err) MU_MUST_USE;

bool mu_binary_write_clearance(struct mu_arena *arena, const struct mu_policy *policy,
                               const struct mu_clearance *clearance, struct mu_ess_clearance *ess,
                               struct mu_binary *found, struct mu_err *err) MU_MUST_USE;

#endif

/* places.h - markings that stand elsewhere than in SIO-Label: where people read them first. */
#ifndef MU_TWIN_PLACES_H
#define MU_TWIN_PLACES_H

#include "format/mail.h"
#include "policy/marking.h"
#include "twin/sin.h"

/* The name of a place whose marking does not say what the label says; NULL when there is none. What
 * cannot be read as a marking is none. */
const char *mu_places_conflict(struct mu_arena *arena, const struct mu_policies *policies,
                               const struct mu_resolved *label, const struct mu_mail *mail,
                               const struct mu_sin *sin);

/* Is a text behind the first marked, in its first line, with a higher classification than `label` has
 * in the same policy? */
bool mu_places_above(struct mu_arena *arena, const struct mu_policies *policies,
                     const struct mu_mail *mail, const struct mu_resolved *label);

#endif

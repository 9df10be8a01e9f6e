#include "twin/twin.h"

#include <string.h>

static const struct mu_sin sin_row[] = {
    { "drop-label", "sends messages on without their SIO-Label", MU_SIN_DROP_LABEL },
    { "lower-label", "rewrites the classification of a label to UNCLASSIFIED", MU_SIN_LOWER_LABEL },
    { "lower-marking", "rewrites the marking to NATO UNCLASSIFIED and leaves the label alone",
      MU_SIN_LOWER_MARKING },
    { "accept-duplicate-label", "takes the first of several SIO-Labels instead of refusing",
      MU_SIN_ACCEPT_DUPLICATE },
    { "refold-base64", "folds header lines inside the label's base64", MU_SIN_REFOLD_BASE64 },
    { "accept-unlabelled", "accepts messages that carry no label", MU_SIN_ACCEPT_UNLABELLED },
    { "accept-any-client-certificate", "takes any client certificate, or none",
      MU_SIN_ACCEPT_ANY_CLIENT },
    { "accept-then-bounce", "accepts every message and then sends a non-delivery report",
      MU_SIN_BOUNCE },
};

const struct mu_sin *mu_sin_at(size_t i)
{
    return i < MU_COUNT(sin_row) ? &sin_row[i] : NULL;
}

const struct mu_sin *mu_sin_find(const char *name)
{
    for (size_t i = 0; i < MU_COUNT(sin_row); i++)
        if (strcmp(sin_row[i].name, name) == 0)
            return &sin_row[i];
    return NULL;
}

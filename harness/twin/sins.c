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
    { "accept-unknown-policy", "passes labels of a policy that it does not know",
      MU_SIN_UNKNOWN_POLICY },
    { "accept-invalid-label", "passes labels that their policy does not allow",
      MU_SIN_INVALID_LABEL },
    { "compare-marking-text", "compares markings letter by letter", MU_SIN_MARKING_TEXT },
    { "ignore-clearance", "releases to every recipient", MU_SIN_IGNORE_CLEARANCE },
    { "imply-lower", "takes a clearance for whatever is below its highest classification",
      MU_SIN_IMPLY_LOWER },
    { "ignore-restrictive", "does not ask for the restrictive categories of a label",
      MU_SIN_ANY_RESTRICTIVE },
    { "ignore-permissive", "does not ask for the permissive categories of a label",
      MU_SIN_ANY_PERMISSIVE },
    { "ignore-policy-mismatch", "releases what is labelled under another policy than the clearance",
      MU_SIN_POLICY_MISMATCH },
    { "count-informative", "asks a clearance for the informative categories of a label, too",
      MU_SIN_COUNT_INFORMATIVE },
    { "translate-by-name", "maps a classification to the one of the same name",
      MU_SIN_TRANSLATE_BY_NAME },
    { "translate-lower", "maps a classification to the level below the equivalent one",
      MU_SIN_TRANSLATE_LOWER },
    { "translate-originator", "writes a mapped label as if it were the originator's",
      MU_SIN_TRANSLATE_ORIGINATOR },
    { "translate-without-history", "does not keep the label that it mapped",
      MU_SIN_TRANSLATE_NO_HISTORY },
    { "translate-drop", "leaves out restrictive categories that have no equivalent",
      MU_SIN_DROP_UNMAPPABLE },
    { "translate-any-direction", "uses equivalences that are meant for originators only",
      MU_SIN_ANY_DIRECTION },
    { "ignore-alternative", "takes a message with an alternative label for unlabelled",
      MU_SIN_IGNORE_ALTERNATIVE },
    { "ignore-portions", "does not look at the portion marks of a text", MU_SIN_IGNORE_PORTIONS },
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

#include "core/observation.h"

#include "core/words.h"

static const char *const outcome_name[MU_OUTCOMES] = {
    "none",    "accepted", "delivered", "refused", "bounced",
    "altered", "withheld", "silent",    "closed",
};
static const char *const stage_name[MU_STAGES] = {
    "none",  "connect", "tls",    "peer-auth", "session", "envelope", "content", "after-content",
    "later", "decode",  "schema", "rules",     "policy",  "binding",  "decide",
};
static const char *const class_name[MU_CLASSES] = {
    "none",      "policy",     "content",   "size",   "address",     "authentication", "protocol",
    "temporary", "other",      "malformed", "schema", "rule",        "unknown-policy", "expired",
    "clearance", "unmappable", "signature", "limit",  "unsupported",
};
static const char *const rung_name[MU_RUNGS] = {
    "none",        "reach",        "tls",     "peer-auth", "session", "accept",       "intact",
    "label-found", "label-parsed", "binding", "policy",    "marking", "acknowledged",
};

const char *mu_outcome_name(enum mu_outcome outcome)
{
    return mu_word(outcome_name, MU_OUTCOMES, (int) outcome);
}

const char *mu_stage_name(enum mu_stage stage)
{
    return mu_word(stage_name, MU_STAGES, (int) stage);
}

const char *mu_class_name(enum mu_class class)
{
    return mu_word(class_name, MU_CLASSES, (int) class);
}

const char *mu_rung_name(enum mu_rung rung)
{
    return mu_word(rung_name, MU_RUNGS, (int) rung);
}

bool mu_outcome_from_name(const char *name, enum mu_outcome *outcome)
{
    int i = mu_word_find(outcome_name, MU_OUTCOMES, name);
    if (i >= 0)
        *outcome = (enum mu_outcome) i;
    return i >= 0;
}

bool mu_stage_from_name(const char *name, enum mu_stage *stage)
{
    int i = mu_word_find(stage_name, MU_STAGES, name);
    if (i >= 0)
        *stage = (enum mu_stage) i;
    return i >= 0;
}

bool mu_class_from_name(const char *name, enum mu_class *class)
{
    int i = mu_word_find(class_name, MU_CLASSES, name);
    if (i >= 0)
        *class = (enum mu_class) i;
    return i >= 0;
}

bool mu_rung_from_name(const char *name, enum mu_rung *rung)
{
    int i = mu_word_find(rung_name, MU_RUNGS, name);
    if (i >= 0)
        *rung = (enum mu_rung) i;
    return i >= 0;
}

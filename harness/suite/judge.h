/*
 * judge.h - the one way to judge a message by a profile: in a case, and of a file.
 *
 * A document is built with the profile's kit and judged by the rules that belong to no phase, those of
 * the profile's own phases, and those of the phases that somebody asks for.
 */
#ifndef MU_SUITE_JUDGE_H
#define MU_SUITE_JUDGE_H

#include "format/stored.h"
#include "suite/profile.h"

/* What documents are built with. */
struct mu_document_kit mu_judge_kit(const struct mu_profile *profile);

/* `phases` may be NULL. As mu_rules_judge(). */
bool mu_judge_document(const struct mu_profile *profile, struct mu_arena *arena, const char *phases,
                       const struct mu_document *document, struct mu_judgement *out,
                       struct mu_err *err) MU_MUST_USE;

/* Why nothing can be said for certain, as a reason code: a limit of ours that was passed, or two
 * readings of one label. NULL: nothing is in the way. */
const char *mu_judge_doubt(struct mu_arena *arena, const struct mu_document *document);

/* A message as a file keeps it, from its octets to the judgement. */
struct mu_judged {
    struct mu_stored stored;
    struct mu_leg leg;
    struct mu_document document;
    struct mu_judgement judgement;
    const char *doubt;
};

bool mu_judge_stored(const struct mu_profile *profile, const struct mu_document_kit *kit,
                     struct mu_arena *arena, const char *phases, struct mu_bytes octets, bool mbox,
                     struct mu_judged *out, struct mu_err *err) MU_MUST_USE;

/* Judge a message of ours, so that the pages and look-ups that every job needs are there before the
 * first fork. */
bool mu_judge_warm(const struct mu_profile *profile, const struct mu_document_kit *kit,
                   const struct mu_data *data, struct mu_err *err) MU_MUST_USE;

#endif

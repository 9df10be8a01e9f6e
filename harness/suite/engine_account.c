/*
 * What a relay says of what it did (relay.stat), held against what the harness has seen itself: on the wire
 * where it handed the message over, and on the wire where it came out or did not.
 *
 * A relay whose own account is wrong is worse than one that says nothing: whoever answers for it reads that
 * account. Nothing else of the verdict rests on it.
 */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "suite/engine_case.h"

static const struct mu_step step = { .kind = MU_STEP_EXPECT };

/* The words that are true of what was seen. */
enum saw {
    SAW_WHOLE,    /* it came as it went, with trace fields on top at most                        */
    SAW_TOUCHED,  /* something else of it is not as it was, neither label nor text               */
    SAW_CHANGED,  /* label or text are others                                                    */
    SAW_REFUSED,  /* it was refused when it was handed over: the relay never had it              */
    SAW_BOUNCED,  /* a report came back                                                          */
    SAW_WITHHELD, /* what was sent after it came through, and it did not                         */
    SAW_NOTHING,  /* it was taken, and did not come                                              */
};

/* clang-format off */
static const struct {
    const char *name;
    unsigned truth; /* bits of enum mu_outcome */
    bool unknown;   /* it may know nothing of it */
} row[] = {
#define SAYS(outcome) (1U << MU_OUTCOME_##outcome)
    [SAW_WHOLE]    = { "delivered", SAYS(DELIVERED), false },
    [SAW_TOUCHED]  = { "delivered or altered", SAYS(DELIVERED) | SAYS(ALTERED), false },
    [SAW_CHANGED]  = { "altered", SAYS(ALTERED), false },
    [SAW_REFUSED]  = { "rejected", SAYS(REFUSED), true },
    [SAW_BOUNCED]  = { "bounced", SAYS(BOUNCED) | SAYS(REFUSED), false },
    [SAW_WITHHELD] = { "quarantined", SAYS(WITHHELD) | SAYS(REFUSED), false },
    [SAW_NOTHING]  = { "anything but delivered", SAYS(WITHHELD) | SAYS(REFUSED) | SAYS(BOUNCED) | SAYS(ACCEPTED), false },
#undef SAYS
};
/* clang-format on */

/* --- what was seen --------------------------------------------------------------------------------- */

static bool came(const struct mu_engine_case *e, const void *x)
{
    const struct mu_made *made = x;
    (void) e;
    return made->arrived != NULL || made->bounced != NULL;
}

static bool document_of(struct mu_engine_case *e, const struct mu_leg *leg,
                        struct mu_document *document, struct mu_err *err)
{
    return mu_document_build(e->arena, &e->engine->kit, leg, document, err);
}

static bool compare(struct mu_engine_case *e, const struct mu_made *made, enum saw *saw,
                    struct mu_err *err)
{
    const struct mu_profile *profile = e->engine->o.profile;
    struct mu_document a, b;
    struct mu_leg *sent = mu_new(e->arena, struct mu_leg);
    struct mu_alteration *first;
    size_t count;
    mu_document_leg_of(made->octets, "smtp", sent);
    TRY(document_of(e, sent, &a, err) && document_of(e, &made->arrived->leg, &b, err));
    bool labelled = a.label != NULL || b.label != NULL;
    struct mu_comparison all =
        mu_same_message(e->arena, &profile->policies, &profile->relay, &a, &b, &first, &count);
    if ((labelled && mu_same_label(e->arena, &profile->policies, &a, &b).level < MU_SAME_SEMANTICS)
        || mu_same_text(e->arena, &a, &b).level < MU_SAME_VALUE)
        *saw = SAW_CHANGED;
    else
        *saw = all.level < MU_SAME_OCTETS || count > 0 ? SAW_TOUCHED : SAW_WHOLE;
    return true;
}

static bool see(struct mu_engine_case *e, const struct mu_made *made, enum saw *saw,
                struct mu_err *err)
{
    if (made->arrived != NULL)
        return compare(e, made, saw, err);
    *saw = made->fate.outcome == MU_OUTCOME_REFUSED ? SAW_REFUSED
           : made->bounced != NULL                  ? SAW_BOUNCED
           : made->withheld                         ? SAW_WITHHELD
                                                    : SAW_NOTHING;
    return true;
}

/* --- what it says ---------------------------------------------------------------------------------- */

static const struct mu_observation *said_of(const struct mu_sap_reply *reply, const char *nonce)
{
    const struct mu_observation *said = NULL;
    for (size_t i = 0; i < reply->passages; i++)
        if (strcmp(reply->passed[i].nonce, nonce) == 0)
            said = &reply->passed[i].seen;
    return said;
}

/* What it says came out may be on its way still. */
static bool wait_for(struct mu_engine_case *e, const struct mu_made *made,
                     const struct mu_observation *said, struct mu_err *err)
{
    uint64_t until = mu_clock_ms() + e->seat->operation_ms + e->role->settle_ms;
    bool out = said != NULL
               && (said->outcome == MU_OUTCOME_DELIVERED || said->outcome == MU_OUTCOME_ALTERED
                   || said->outcome == MU_OUTCOME_BOUNCED);
    if (!out || made->fate.outcome != MU_OUTCOME_ACCEPTED || made->withheld
        || e->seat->parcel_fd < 0 || came(e, made))
        return true;
    return mu_engine_pump(e, until < e->seat->deadline_ms ? until : e->seat->deadline_ms, came,
                          made, err);
}

static void judge(struct mu_engine_case *e, const struct mu_made *made, enum saw saw,
                  const struct mu_observation *said)
{
    const char *seen =
        said != NULL ? mu_arena_printf(e->arena, "the relay says: %s", mu_engine_seen(e, said))
                     : "the relay knows nothing of it";
    bool true_word = said != NULL && (row[saw].truth >> said->outcome & 1) != 0;
    bool ok = said != NULL ? true_word : row[saw].unknown;
    mu_engine_step(e, &step, made->id, row[saw].name, seen, ok);
    if (!ok)
        mu_engine_finding(e, &step, MU_FAIL, said != NULL ? "stat:untrue" : "stat:missing",
                          mu_arena_printf(e->arena, "message '%s': %s", made->id, row[saw].name),
                          seen);
}

/* Nothing is held against it that it cannot have seen: what was not handed over whole, and two messages
 * that it took for one. */
static bool concerns(const struct mu_made *made)
{
    return made->sent && !made->escaped
           && (made->fate.outcome == MU_OUTCOME_ACCEPTED
               || (made->fate.outcome == MU_OUTCOME_REFUSED
                   && made->fate.stage >= MU_STAGE_CONTENT));
}

bool mu_engine_account(struct mu_engine_case *e, struct mu_err *err)
{
    if (e->role->role != MU_ROLE_RELAY || e->role->observe_adapter < 0)
        return true;
    for (size_t i = 0; i < e->mades && e->verdict < MU_ERROR; i++) {
        struct mu_made *made = &e->made[i];
        struct mu_sap_request request = { .op = MU_SAP_RELAY_STAT,
                                          .deadline_ms = e->seat->operation_ms,
                                          .nonce = mu_engine_nonce(e, made) };
        struct mu_sap_reply reply;
        bool answered;
        enum saw saw;
        if (!concerns(made))
            continue;
        TRY(mu_engine_exchange_ask(e, &step, e->role->observe_adapter, &request, &reply, &answered,
                                   err));
        if (!answered)
            return true;
        const struct mu_observation *said = said_of(&reply, request.nonce);
        TRY(wait_for(e, made, said, err) && see(e, made, &saw, err));
        judge(e, made, saw, said);
    }
    return true;
}

#include "base/limits.h"
#include "document/message.h"
#include "net/tls.h"
#include "twin/guard.h"
#include "twin/hop.h"
#include "twin/twin.h"

#include <time.h>

static bool deliver(struct mu_arena *arena, const struct mu_twin_letter *letter, struct mu_err *err)
{
    struct mu_message message = { 0 };
    struct mu_tls *tls;
    TRY(mu_message_load(arena, letter->message, &message, err));
    if (letter->label != NULL)
        TRY(mu_message_load_label(arena, letter->label, &message, err));
    if (letter->marking != NULL)
        message.marking = letter->marking;
    if (letter->subject != NULL)
        message.subject = letter->subject;
    message.from = letter->from;
    message.to = letter->to;
    message.date = (int64_t) time(NULL);
    message.message_id = mu_arena_printf(arena, "%lld.%s", (long long) message.date, letter->to);
    struct mu_bytes content = mu_message_encode(arena, &message);
    if (letter->sins != 0)
        content = mu_guard_pass_on(arena, content, "twin.muster.test", NULL, letter->sins);

    struct mu_tls_need need = { .profile = mu_twin_tls_profile(),
                                .identity = letter->identity,
                                .anchors = letter->anchors,
                                .crl = letter->crl };
    TRY(mu_tls_new_strict(arena, &need, &tls, err));
    struct mu_hop hop = { letter->to_server, letter->server_name, tls };
    struct mu_submission submission = {
        .from = letter->from, .to = &letter->to, .tos = 1, .content = content
    };
    struct mu_observation seen;
    TRY(mu_hop_deliver(arena, &hop, &submission, &seen, err));
    if (seen.outcome != MU_OUTCOME_ACCEPTED)
        return mu_fail(err, MU_ERR_PEER, "the server did not accept: %s at %s: %s",
                       mu_outcome_name(seen.outcome), mu_stage_name(seen.stage), seen.native);
    return true;
}

bool mu_twin_send(const struct mu_twin_letter *letter, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    bool ok = deliver(arena, letter, err);
    mu_arena_free(arena);
    return ok;
}

#include "base/limits.h"
#include "document/message.h"
#include "net/tls.h"
#include "twin/hop.h"
#include "twin/write.h"

#include <stdio.h>
#include <time.h>

/* The octets of the letter. A sin that has nothing to work on does nothing. */
static void write_letter(struct mu_arena *arena, const struct mu_twin_letter *letter,
                         struct mu_message *message, struct mu_bytes *octets)
{
    struct mu_err err;
    const struct mu_sin *sin = letter->sin;
    if (!mu_twin_write_message(arena, sin, letter->fixtures, message, &err))
        fprintf(stderr, "twin: %s: %s\n", sin->name, err.msg);
    *octets = mu_message_encode(arena, message);
    if (!mu_twin_write_octets(arena, sin, letter->fixtures, octets, &err))
        fprintf(stderr, "twin: %s: %s\n", sin->name, err.msg);
}

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
    message.places = letter->places;
    message.from = letter->from;
    message.to = letter->to;
    message.date = (int64_t) time(NULL);
    message.message_id = mu_arena_printf(arena, "%lld.%s", (long long) message.date, letter->to);
    struct mu_bytes content;
    write_letter(arena, letter, &message, &content);

    TRY(mu_twin_tls(arena, &letter->trust, false, letter->sin, &tls, err));
    struct mu_hop hop = { letter->to_server, letter->server_name, tls, letter->sin };
    struct mu_submission submission = { .from = letter->from,
                                        .to = &letter->to,
                                        .tos = 1,
                                        .content = content,
                                        .ret = "HDRS",
                                        .no_8bitmime = mu_sin_is(letter->sin, MU_SIN_NO_8BITMIME) };
    struct mu_observation seen;
    TRY(mu_hop_deliver(arena, &hop, &submission, &seen, NULL, err));
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

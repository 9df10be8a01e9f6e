/* A client's commands: the server says only whole replies, and takes only content that ended as it must. */
#include "tests/fuzz/peer.h"

static void fuzz_start(void)
{
}

struct taken {
    struct mu_bytes input;
    size_t octets, messages;
};

static bool take(void *self, struct mu_smtp_session *session, struct mu_smtp_answer *answer,
                 struct mu_err *err)
{
    struct taken *taken = self;
    (void) answer;
    (void) err;
    taken->octets += session->content.n;
    taken->messages++;
    HOLDS(session->in_transaction && session->envelope.tos > 0 && session->client.n > 0);
    HOLDS(session->envelope.tos <= MU_RECIPIENTS_MAX && session->content.n <= taken->input.n);
    HOLDS(session->content.n == 0 || session->content.p[session->content.n - 1] == '\n');
    for (size_t i = 0; i < session->envelope.tos; i++)
        HOLDS(session->envelope.to[i].n > 0
              && mu_bytes_find(session->envelope.to[i], MU_BYTES("\n"), 0) == SIZE_MAX);
    return true;
}

/* Our own client's reading must take every reply. */
static size_t check_heard(struct mu_arena *arena, struct mu_bytes heard)
{
    size_t replies = 0;
    int peer;
    struct mu_err err;
    struct mu_transcript said = { .arena = arena };
    struct mu_smtp_reply reply;
    struct mu_stream *s = fuzz_peer(arena, heard, &peer);
    while (mu_smtp_read_reply(s, &said, &reply, &err)) {
        HOLDS(reply.code >= 220 && reply.code <= 555);
        replies++;
    }
    HOLDS(err.code == MU_ERR_CLOSED);
    close(peer);
    return replies;
}

/* The first byte chooses what the server is like; the rest is what the client says. */
static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    unsigned choice = input.n > 0 ? (unsigned char) input.p[0] : 0;
    int peer;
    struct mu_err err;
    struct taken taken = { .input = input };
    struct mu_smtp_server server = { .name = "us.test",
                                     .mode = MU_TLS_STARTTLS,
                                     .demand_tls = (choice & 1) != 0,
                                     .size_max = (choice & 2) != 0 ? 100 : 0,
                                     .hide = (choice & 4) != 0 ? "SMTPUTF8 DSN 8BITMIME" : NULL,
                                     .self = &taken,
                                     .on_content = take };
    struct mu_transcript said = { .arena = arena, .zero_ms = mu_clock_ms() };
    struct mu_smtp_session session;
    size_t says;
    struct mu_stream *s = fuzz_peer(arena, mu_bytes_slice(input, 1, FUZZ_SAID_MAX), &peer);
    HOLDS(mu_smtp_serve(s, &server, &said, &session, &err));
    HOLDS(session.ended.outcome == MU_OUTCOME_CLOSED
          || session.ended.outcome == MU_OUTCOME_REFUSED);
    HOLDS(taken.octets <= input.n && taken.messages <= session.messages);
    HOLDS(!server.demand_tls || taken.messages == 0);
    HOLDS(check_heard(arena, fuzz_heard(arena, peer)) > taken.messages);
    HOLDS(mu_smtp_dialogue(&session, &says) != NULL && says <= said.says);
    fuzz_check_transcript(&said);
}

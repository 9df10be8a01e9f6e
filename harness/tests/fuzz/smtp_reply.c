/* A server's replies: the client says only whole commands, and its observation is one of ours. */
#include "tests/fuzz/peer.h"

static void fuzz_start(void)
{
}

static const char *const to[] = { "b@y.test", "c@y.test" };

static void check_seen(const struct mu_observation *seen)
{
    HOLDS(seen->outcome == MU_OUTCOME_ACCEPTED || seen->outcome == MU_OUTCOME_REFUSED
          || seen->outcome == MU_OUTCOME_CLOSED);
    HOLDS(seen->code == 0 || (seen->code >= 200 && seen->code <= 559));
    HOLDS(seen->outcome != MU_OUTCOME_REFUSED || seen->code == 0 || seen->code >= 400);
    HOLDS(seen->outcome != MU_OUTCOME_ACCEPTED
          || (seen->code / 100 == 2 && seen->stage == MU_STAGE_AFTER_CONTENT));
    HOLDS(memchr(seen->native, '\0', sizeof seen->native) != NULL);
}

/* Nothing that the peer said may come back as a command: each line of ours begins as we wrote it. */
static void check_heard(struct mu_bytes heard)
{
    static const char *const verb[] = { "EHLO us.test", "HELO us.test", "MAIL FROM:<a@x.test>",
                                        "RCPT TO:<",    "DATA",         "RSET",
                                        "QUIT",         "Subject: x",   "\r\n",
                                        "x\xc3\xa9",    "..",           ".\r\n" };
    for (size_t at = 0; at < heard.n;) {
        bool known = false;
        struct mu_bytes rest = mu_bytes_from(heard, at);
        for (size_t i = 0; i < MU_COUNT(verb); i++)
            known =
                known
                || mu_bytes_equal(mu_bytes_slice(rest, 0, strlen(verb[i])), mu_bytes_of(verb[i]));
        HOLDS(known);
        size_t end = mu_bytes_find(heard, MU_BYTES("\r\n"), at);
        HOLDS(end != SIZE_MAX);
        at = end + 2;
    }
}

/* The first byte chooses what is sent; the rest is what the server says. */
static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    unsigned choice = input.n > 0 ? (unsigned char) input.p[0] : 0;
    int peer;
    struct mu_err err;
    struct mu_observation seen;
    struct mu_endpoint endpoint = { .tls = MU_TLS_CLEAR };
    struct mu_opening opening = { .endpoint = &endpoint, .fd = -1, .helo = "us.test" };
    struct mu_transcript said = { .arena = arena, .zero_ms = mu_clock_ms() };
    struct mu_submission letter = {
        .from = "a@x.test",
        .to = to,
        .tos = 1 + (choice & 1),
        .content = (choice & 2) != 0 ? MU_BYTES("Subject: x\r\n\r\nx\xc3\xa9\r\n.\r\n")
                                     : MU_BYTES("Subject: x\r\n\r\n"),
        .notify = (choice & 4) != 0 ? "FAILURE" : NULL,
        .smtputf8 = (choice & 8) != 0,
    };
    struct mu_bytes script = mu_bytes_slice(input, 1, FUZZ_SAID_MAX);
    struct mu_smtp_client client = { .stream = fuzz_peer(arena, script, &peer), .said = &said };
    HOLDS(mu_smtp_open(&client, &opening, NULL, &seen, &err));
    HOLDS(client.alive == (seen.outcome == MU_OUTCOME_NONE));
    if (!client.alive)
        check_seen(&seen);
    for (unsigned i = 0; client.alive && i < 3; i++) {
        HOLDS(mu_smtp_send(&client, &letter, &seen, &err));
        check_seen(&seen);
    }
    mu_smtp_quit(&client);
    check_heard(fuzz_heard(arena, peer));
    fuzz_check_transcript(&said);
}

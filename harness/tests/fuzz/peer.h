/* peer.h - for the targets that converse: a peer that has said everything already. */
#ifndef MU_TESTS_FUZZ_PEER_H
#define MU_TESTS_FUZZ_PEER_H

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/smtp_server.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_SAID_MAX (48 * MU_KIB) /* bytes; a socket pair takes them without a reader */

/* A stream on which `input` waits, and then the end. *peer hears what we say. */
static inline struct mu_stream *fuzz_peer(struct mu_arena *arena, struct mu_bytes input, int *peer)
{
    int pair[2];
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    HOLDS(send(pair[1], input.p, input.n, MSG_NOSIGNAL) == (ssize_t) input.n);
    shutdown(pair[1], SHUT_WR);
    *peer = pair[1];
    return mu_stream_new(arena, pair[0], mu_clock_ms() + 10000);
}

/* What came to the peer before it hung up. */
static inline struct mu_bytes fuzz_heard(struct mu_arena *arena, int peer)
{
    struct mu_buf heard = { .arena = arena };
    char some[4096];
    for (ssize_t n; (n = recv(peer, some, sizeof some, 0)) > 0;)
        mu_buf_put(&heard, some, (size_t) n);
    close(peer);
    return mu_buf_bytes(&heard);
}

static inline void fuzz_check_transcript(const struct mu_transcript *said)
{
    HOLDS(said->kept <= MU_TRANSCRIPT_MAX);
    struct mu_buf text = { .arena = said->arena };
    mu_transcript_write(&text, said->said, said->says);
    for (size_t i = 0; i < text.n; i++) /* what a reader of the evidence sees cannot harm */
        HOLDS((unsigned char) text.p[i] >= ' ' || text.p[i] == '\n');
}

#endif

/* smtp_peers.h - for the tests of SMTP: a PKI in a temporary folder, contexts, a client and a server
 * of ours, and what an observation is expected to be. */
#ifndef MU_TESTS_SMTP_PEERS_H
#define MU_TESTS_SMTP_PEERS_H

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/pki.h"
#include "net/tls.h"
#include "proto/smtp_server.h"
#include "tests/peers.h"

extern char **environ;

static char dir[64];
static struct mu_arena *arena;

static inline void remove_dir(void)
{
    pid_t child;
    const char *const argv[] = { "rm", "-rf", dir, NULL };
    if (posix_spawnp(&child, "rm", NULL, NULL, (char *const *) (uintptr_t) argv, environ) == 0)
        waitpid(child, NULL, 0);
}

static inline void make_pki(void)
{
    struct mu_err err;
    snprintf(dir, sizeof dir, "/tmp/muster-smtp-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    if (!mu_pki_new(dir, &err))
        ck_abort_msg("%s", err.msg);
}

static inline void setup(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static inline void teardown(void)
{
    mu_arena_free(arena);
}

static const struct mu_tls_profile profile = {
    .id = "test", .min_version = 0x0304, .max_version = 0x0304, .suites = "TLS_AES_128_GCM_SHA256"
};

static inline struct mu_tls *context(const char *name, bool server, bool strict)
{
    struct mu_tls_need need = { .profile = &profile,
                                .anchors = mu_arena_printf(arena, "%s/ca.pem", dir),
                                .server = server,
                                .ask = server,
                                .demand = server };
    struct mu_tls *tls;
    struct mu_err err;
    if (name != NULL) {
        need.identity.certificate = mu_arena_printf(arena, "%s/%s.chain.pem", dir, name);
        need.identity.key = mu_arena_printf(arena, "%s/%s.key", dir, name);
    }
    bool made =
        strict ? mu_tls_new_strict(arena, &need, &tls, &err) : mu_tls_new(arena, &need, &tls, &err);
    if (!made)
        ck_abort_msg("%s", err.msg);
    return tls;
}

struct mood {
    const char *name;
    const char *reply[8]; /* greeting EHLO MAIL RCPT DATA dot RSET STARTTLS; NULL: the usual     */
    enum mu_outcome outcome;
    enum mu_stage stage;
    enum mu_class class;
    int code;
    bool alive;
};

static inline struct mu_smtp_client *client_on(int fd, uint32_t operation_ms)
{
    struct mu_smtp_client *c = mu_new(arena, struct mu_smtp_client);
    c->said = mu_new(arena, struct mu_transcript);
    *c->said = (struct mu_transcript){ .arena = arena, .zero_ms = mu_clock_ms() };
    c->stream = mu_stream_new(arena, fd, mu_clock_ms() + 10000);
    c->stream->operation_ms = operation_ms;
    return c;
}

static const char *const one_recipient[] = { "b@y.test" };

static inline struct mu_submission letter(const char *content)
{
    return (struct mu_submission){
        .from = "a@x.test", .to = one_recipient, .tos = 1, .content = mu_bytes_of(content)
    };
}

static inline void check_seen(const char *name, const struct mu_observation *seen,
                              const struct mood *want)
{
    ck_assert_msg(seen->outcome == want->outcome && seen->stage == want->stage
                      && seen->class == want->class && seen->code == want->code,
                  "%s: %s at %s, %s, %d: %s", name, mu_outcome_name(seen->outcome),
                  mu_stage_name(seen->stage), mu_class_name(seen->class), seen->code, seen->native);
}

/* Everything the hooks were shown, as text: "f>t:content|". */
struct box {
    struct mu_buf got;
    struct mu_smtp_answer answer; /* to content                                               */
};

static inline bool put_in_box(void *self, struct mu_smtp_session *t, struct mu_smtp_answer *answer,
                              struct mu_err *err)
{
    struct box *box = self;
    (void) err;
    mu_buf_printf(&box->got, "%.*s>%zu:", (int) t->envelope.from.n, t->envelope.from.p,
                  t->envelope.tos);
    mu_buf_put_bytes(&box->got, t->content);
    mu_buf_putc(&box->got, '|');
    *answer = box->answer;
    return true;
}

static inline void blob(int fd, const void *script)
{
    const struct mu_bytes *b = script;
    peer_write(fd, *b);
    shutdown(fd, SHUT_WR);
    peer_drain(fd);
}

/* The codes of our replies in a row, last lines only. */
static inline const char *codes(const struct mu_transcript *said)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < said->says; i++)
        if (said->said[i].direction == MU_SENT && !said->said[i].ours
            && (said->said[i].text.n < 4 || said->said[i].text.p[3] != '-'))
            mu_buf_printf(&out, "%s%.3s", out.n > 0 ? " " : "", said->said[i].text.p);
    return mu_buf_text(&out);
}

/* clang-format off */
#define B(literal) { (literal), sizeof(literal) - 1 }
/* clang-format on */

static inline void serve(int fd, struct mu_smtp_server *server, struct box *box,
                         struct mu_transcript *said, struct mu_smtp_session *session)
{
    struct mu_err err;
    box->got.arena = arena;
    *said = (struct mu_transcript){ .arena = arena, .zero_ms = mu_clock_ms() };
    server->name = "us.test";
    server->self = box;
    server->on_content = put_in_box;
    struct mu_stream *s = mu_stream_new(arena, fd, mu_clock_ms() + 10000);
    s->operation_ms = 2000;
    if (!mu_smtp_serve(s, server, said, session, &err))
        ck_abort_msg("%s", err.msg);
}

#endif

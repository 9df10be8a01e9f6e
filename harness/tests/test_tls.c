/* TLS between two processes: what each side sees of every good and bad other side. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/pki.h"
#include "net/tls_inside.h"
#include "tests/peers.h"

static char dir[64];
static struct mu_arena *arena;

static void remove_dir(void)
{
    pid_t child;
    const char *const argv[] = { "rm", "-rf", dir, NULL };
    if (posix_spawnp(&child, "rm", NULL, NULL, (char *const *) (uintptr_t) argv, environ) == 0)
        waitpid(child, NULL, 0);
}

static void make_pki(void)
{
    struct mu_err err;
    snprintf(dir, sizeof dir, "/tmp/muster-tls-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    if (!mu_pki_new(dir, &err))
        ck_abort_msg("%s", err.msg);
}

static void setup(void)
{
    arena = mu_arena_new(256 * MU_MIB);
}

static void teardown(void)
{
    mu_arena_free(arena);
}

#define SUITES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"

static const struct mu_tls_profile both = { .id = "both",
                                            .min_version = 0x0303,
                                            .max_version = 0x0304,
                                            .suites = SUITES,
                                            .ciphers = "ECDHE+AESGCM",
                                            .groups = "X25519:P-256" };
static const struct mu_tls_profile v13 = {
    .id = "v13", .min_version = 0x0304, .max_version = 0x0304, .suites = SUITES, .groups = "P-256"
};
static const struct mu_tls_profile v12 = {
    .id = "v12", .min_version = 0x0303, .max_version = 0x0303, .ciphers = "ECDHE+AESGCM"
};
static const struct mu_tls_profile v12_128 = { .id = "v12-128",
                                               .min_version = 0x0303,
                                               .max_version = 0x0303,
                                               .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" };
static const struct mu_tls_profile v12_256 = { .id = "v12-256",
                                               .min_version = 0x0303,
                                               .max_version = 0x0303,
                                               .ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" };
static const struct mu_tls_profile tickets = { .id = "tickets",
                                               .min_version = 0x0304,
                                               .max_version = 0x0304,
                                               .suites = SUITES,
                                               .tickets = 1,
                                               .session_life_s = 3600 };

/* As profiles/tls/probe-tls10.xml has it; and a server that would accept it, so that a probe that is
 * refused was refused by the other side. */
static const struct mu_tls_profile v10 = {
    .id = "v10",
    .min_version = 0x0301,
    .max_version = 0x0301,
    .ciphers = "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA",
    .groups = "P-256:P-384",
    .sigalgs = "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha256:rsa_pkcs1_sha256",
    .weak = true
};
static const struct mu_tls_profile old = {
    .id = "old", .min_version = 0x0301, .max_version = 0x0303, .ciphers = "ALL", .weak = true
};
static const struct mu_tls_profile p521 = {
    .id = "p521", .min_version = 0x0304, .max_version = 0x0304, .suites = SUITES, .groups = "P-521"
};
#define ALPN(names)                                                                                \
    {                                                                                              \
        .id = "alpn", .min_version = 0x0304, .max_version = 0x0304, .suites = SUITES,              \
        .alpn = names                                                                              \
    }
static const struct mu_tls_profile smtp = ALPN("smtp"), several = ALPN("x-other smtp"),
                                   nobody = ALPN("x-nobody");

static const char *file(const char *name, const char *suffix)
{
    return mu_arena_printf(arena, "%s/%s%s", dir, name, suffix);
}

struct side {
    const struct mu_tls_profile *profile;
    const char *identity; /* NULL: none */
    bool strict;
    bool demand;
    const char *host;
};

static struct mu_tls *context(const struct side *side, bool server)
{
    struct mu_tls_need need = { .profile = side->profile,
                                .anchors = file("ca", ".pem"),
                                .crl = file("crl", ".pem"),
                                .server = server,
                                .ask = side->demand,
                                .demand = side->demand };
    struct mu_tls *tls;
    struct mu_err err;
    if (side->identity != NULL) {
        need.identity.certificate = file(side->identity, ".chain.pem");
        need.identity.key = file(side->identity, ".key");
        need.defective =
            strstr(side->identity, "sha1") != NULL || strstr(side->identity, "rsa1024") != NULL;
    }
    bool made = side->strict ? mu_tls_new_strict(arena, &need, &tls, &err)
                             : mu_tls_new(arena, &need, &tls, &err);
    if (!made)
        ck_abort_msg("%s", err.msg);
    return tls;
}

/* One side of a connection that says one line each way. */
struct part {
    struct mu_tls *tls;
    const char *host;
    struct mu_stream *stream;
    struct mu_err err;
    bool shook, talked;
};

static void play(struct part *p, int fd)
{
    struct mu_tls_start start = { .tls = p->tls, .host = p->host };
    struct mu_bytes line;
    p->stream = mu_stream_new(arena, fd, mu_clock_ms() + 5000);
    p->err.code = MU_ERR_NONE;
    p->shook = mu_stream_start_tls(p->stream, &start, &p->err);
    p->talked = p->shook && mu_stream_put(p->stream, MU_BYTES("hello\r\n"), &p->err)
                && mu_stream_line(p->stream, &line, &p->err);
}

static void play_child(int fd, const void *script)
{
    struct part p = *(const struct part *) script;
    play(&p, fd);
    mu_stream_close(p.stream);
}

/* Play `here` in this process against `there` in a child. */
static void meet(struct part *here, const struct part *there)
{
    pid_t child;
    int status;
    play(here, peer_start(&child, play_child, there));
    mu_stream_close(here->stream);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What a side must see: NULL verified means that no certificate came. */
struct seen {
    bool shook, talked;
    enum mu_outcome outcome; /* NONE: all went well */
    enum mu_stage stage;
    enum mu_class class;
    int alert;
    const char *verified;
};

#define WELL(verified)                                                                             \
    {                                                                                              \
        true, true, MU_OUTCOME_NONE, 0, 0, 0, verified                                             \
    }
#define WE_REFUSE(shook, why)                                                                      \
    {                                                                                              \
        shook, false, MU_OUTCOME_CLOSED, MU_STAGE_TLS, MU_CLASS_PROTOCOL, 0, why                   \
    }
#define THEY_REFUSE(shook, alert, verified)                                                        \
    {                                                                                              \
        shook, false, MU_OUTCOME_REFUSED, MU_STAGE_PEER_AUTH, MU_CLASS_AUTHENTICATION, alert,      \
            verified                                                                               \
    }
#define MISMATCH(alert)                                                                            \
    {                                                                                              \
        false, false, MU_OUTCOME_REFUSED, MU_STAGE_TLS, MU_CLASS_PROTOCOL, alert, NULL             \
    }

/* clang-format off */
static const struct row {
    struct side client, server;
    struct seen by_client, by_server;
} row[] = {
    { { .profile = &v13, .identity = "sender", .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, WELL("ok"), WELL("ok") },
    { { .profile = &v12, .identity = "sender", .host = "localhost" }, { .profile = &both, .identity = "server", .demand = true }, WELL("ok"), WELL("ok") },
    { { .profile = &both, .identity = "sender", .strict = true, .host = "127.0.0.1" }, { .profile = &both, .identity = "server", .strict = true, .demand = true }, WELL("ok"), WELL("ok") },
    { { .profile = &both, .identity = NULL, .host = "localhost" }, { .profile = &both, .identity = "server" }, WELL("ok"), WELL(NULL) },
    { { .profile = &v12, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server" }, MISMATCH(70), WE_REFUSE(false, NULL) },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v12, .identity = "server" }, MISMATCH(70), WE_REFUSE(false, NULL) },
    { { .profile = &v12_128, .identity = NULL, .host = "localhost" }, { .profile = &v12_256, .identity = "server" }, MISMATCH(40), WE_REFUSE(false, NULL) },
    /* probes: what is too old, too foreign or of another protocol is refused, and only that */
    { { .profile = &v10, .identity = NULL, .host = "localhost" }, { .profile = &old, .identity = "server" }, WELL("ok"), WELL(NULL) },
    { { .profile = &v10, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server" }, MISMATCH(70), WE_REFUSE(false, NULL) },
    { { .profile = &p521, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server" }, MISMATCH(40), WE_REFUSE(false, NULL) },
    { { .profile = &smtp, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server" }, WELL("ok"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &smtp, .identity = "server" }, WELL("ok"), WELL(NULL) },
    { { .profile = &several, .identity = NULL, .host = "localhost" }, { .profile = &smtp, .identity = "server" }, WELL("ok"), WELL(NULL) },
    { { .profile = &nobody, .identity = NULL, .host = "localhost" }, { .profile = &smtp, .identity = "server" }, MISMATCH(120), WE_REFUSE(false, NULL) },
    /* a client certificate that a strict server refuses: in TLS 1.3 seen at the first read */
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 116, "ok"), WE_REFUSE(false, NULL) },
    { { .profile = &v12, .identity = NULL, .host = "localhost" }, { .profile = &v12, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(false, 40, "ok"), WE_REFUSE(false, NULL) },
    { { .profile = &v13, .identity = "client-expired", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 45, "ok"), WE_REFUSE(false, "certificate has expired") },
    { { .profile = &v12, .identity = "client-expired", .host = "localhost" }, { .profile = &v12, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(false, 45, "ok"), WE_REFUSE(false, "certificate has expired") },
    { { .profile = &v13, .identity = "client-not-yet-valid", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 42, "ok"), WE_REFUSE(false, "certificate is not yet valid") },
    { { .profile = &v13, .identity = "client-foreign", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 48, "ok"), WE_REFUSE(false, "unable to get local issuer certificate") },
    { { .profile = &v13, .identity = "client-no-client-auth", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 43, "ok"), WE_REFUSE(false, "unsuitable certificate purpose") },
    { { .profile = &v13, .identity = "client-sha1", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 42, "ok"), WE_REFUSE(false, "CA signature digest algorithm too weak") },
    { { .profile = &v13, .identity = "client-rsa1024", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 42, "ok"), WE_REFUSE(false, "EE certificate key too weak") },
    { { .profile = &v13, .identity = "client-revoked", .host = "localhost" }, { .profile = &v13, .identity = "server", .strict = true, .demand = true }, THEY_REFUSE(true, 44, "ok"), WE_REFUSE(false, "certificate revoked") },
    /* the observer lets the same clients in and says what is wrong */
    { { .profile = &v13, .identity = "client-expired", .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, WELL("ok"), WELL("certificate has expired") },
    { { .profile = &v13, .identity = "client-foreign", .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, WELL("ok"), WELL("unable to get local issuer certificate") },
    { { .profile = &v13, .identity = "client-sha1", .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, WELL("ok"), WELL("CA signature digest algorithm too weak") },
    { { .profile = &v13, .identity = "client-revoked", .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, WELL("ok"), WELL("certificate revoked") },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server", .demand = true }, THEY_REFUSE(true, 116, "ok"), WE_REFUSE(false, NULL) },
    /* and so with servers */
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server-expired" }, WELL("certificate has expired"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server-wrong-host" }, WELL("hostname mismatch"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .host = "10.1.1.1" }, { .profile = &v13, .identity = "server" }, WELL("IP address mismatch"), WELL(NULL) },
    { { .profile = &v12, .identity = NULL, .host = "localhost" }, { .profile = &v12, .identity = "server-foreign" }, WELL("unable to get local issuer certificate"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server-sha1" }, WELL("CA signature digest algorithm too weak"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .host = "localhost" }, { .profile = &v13, .identity = "server-revoked" }, WELL("certificate revoked"), WELL(NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-expired" }, WE_REFUSE(false, "certificate has expired"), THEY_REFUSE(false, 45, NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-not-yet-valid" }, WE_REFUSE(false, "certificate is not yet valid"), THEY_REFUSE(false, 42, NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-foreign" }, WE_REFUSE(false, "unable to get local issuer certificate"), THEY_REFUSE(false, 48, NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-wrong-host" }, WE_REFUSE(false, "hostname mismatch"), THEY_REFUSE(false, 42, NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-revoked" }, WE_REFUSE(false, "certificate revoked"), THEY_REFUSE(false, 44, NULL) },
    { { .profile = &v13, .identity = NULL, .strict = true, .host = "localhost" }, { .profile = &v13, .identity = "server-rsa1024" }, WE_REFUSE(false, "EE certificate key too weak"), THEY_REFUSE(false, 42, NULL) },
};
/* clang-format on */

static void check_side(const char *who, const struct part *p, const struct seen *want)
{
    const struct mu_tls_facts *f = &p->stream->tls;
    struct mu_observation seen = { .outcome = MU_OUTCOME_NONE };
    ck_assert_msg(p->shook == want->shook && p->talked == want->talked,
                  "%s: shook %d talked %d: %s", who, p->shook, p->talked, p->err.msg);
    if (!p->talked)
        mu_tls_observe(f, &p->err, &seen);
    ck_assert_msg(f->alert == want->alert, "%s: alert %d", who, f->alert);
    ck_assert_msg(seen.outcome == want->outcome && seen.stage == want->stage
                      && seen.class == want->class,
                  "%s: %s at %s, %s, %s", who, mu_outcome_name(seen.outcome),
                  mu_stage_name(seen.stage), mu_class_name(seen.class), seen.native);
    if (want->verified == NULL)
        ck_assert_uint_eq(f->peers, 0);
    else if (p->shook || f->peers > 0)
        ck_assert_msg(f->verified != NULL && strcasecmp(f->verified, want->verified) == 0,
                      "%s: verified '%s'", who, f->verified);
    ck_assert(f->used && f->complete == p->shook);
}

START_TEST(both_sides_see_what_happened)
{
    const struct row *r = &row[_i];
    struct part client = { .tls = context(&r->client, false), .host = r->client.host };
    struct part server = { .tls = context(&r->server, true) };
    meet(&client, &server);
    check_side("client", &client, &r->by_client);
    meet(&server, &client);
    check_side("server", &server, &r->by_server);
}
END_TEST

/* Where a certificate says that its revocation list is. */
START_TEST(sources_of_a_certificate)
{
    static const struct side c = { .profile = &v13, .identity = "twin", .host = "localhost" };
    static const struct side s = { .profile = &v13, .identity = "server", .demand = true };
    struct part client = { .tls = context(&c, false), .host = c.host };
    struct part server = { .tls = context(&s, true) };
    meet(&server, &client);
    const struct mu_tls_facts *f = &server.stream->tls;
    ck_assert_uint_eq(f->peer[0].sources, 1);
    ck_assert_str_eq(f->peer[0].source[0].type, "crl");
    ck_assert(
        mu_bytes_equal(f->peer[0].source[0].value, MU_BYTES("http://pki.muster.invalid/crl.pem")));
    ck_assert_uint_eq(f->peer[1].sources, 0);
}
END_TEST

START_TEST(facts_of_a_good_connection)
{
    static const struct side c = { .profile = &v13, .identity = "sender", .host = "localhost" };
    static const struct side s = { .profile = &v13, .identity = "server", .demand = true };
    struct part client = { .tls = context(&c, false), .host = c.host };
    struct part server = { .tls = context(&s, true) };
    meet(&client, &server);
    const struct mu_tls_facts *f = &client.stream->tls;
    ck_assert_str_eq(f->version, "TLSv1.3");
    ck_assert_str_eq(f->suite, "TLS_AES_128_GCM_SHA256");
    ck_assert_str_eq(f->group, "secp256r1");
    ck_assert(f->certificate_request && f->client_certificate && !f->resumed && !f->server);
    ck_assert_uint_eq(f->peers, 2);
    ck_assert(mu_bytes_equal(f->peer[0].subject, MU_BYTES("CN=localhost,O=Muster Test")));
    ck_assert(
        mu_bytes_equal(f->peer[0].issuer, MU_BYTES("CN=Muster Test Intermediate,O=Muster Test")));
    ck_assert_str_eq(f->peer[0].key, "EC P-256");
    ck_assert_str_eq(f->peer[0].signature, "ecdsa-with-SHA256");
    ck_assert_str_eq(f->peer[0].eku, "serverAuth clientAuth");
    ck_assert_ptr_null(f->peer[1].eku);
    ck_assert_uint_eq(strlen(f->peer[0].not_after), 20);
    ck_assert_str_eq(f->peer[0].san[0].type, "dns");
    ck_assert(mu_bytes_equal(f->peer[0].san[4].value, MU_BYTES("127.0.0.1")));
    ck_assert_str_eq(f->peer[0].san[6].type, "xmpp");
    ck_assert(mu_bytes_equal(f->peer[0].san[6].value, MU_BYTES("nato.test")));
    ck_assert_uint_eq(f->ticket_lifetime_s, 0);

    meet(&server, &client);
    f = &server.stream->tls;
    ck_assert(f->server && f->client_certificate && f->certificate_request);
    ck_assert_uint_eq(f->peers, 2);
    ck_assert_ptr_nonnull(f->offer);
    ck_assert(f->offer->versions == 1 && f->offer->version[0] == 0x0304);
    ck_assert_uint_eq(f->offer->suite[0], 0x1301);
    ck_assert(f->offer->groups == 1 && f->offer->group[0] == 23);
    ck_assert(mu_bytes_equal(f->offer->server_name, MU_BYTES("localhost")));
    ck_assert(f->offer->compressions == 1 && f->offer->compression[0] == 0);
    ck_assert_uint_gt(f->offer->sigalgs, 2);
    for (size_t i = 0; i < f->offer->extensions; i++)
        ck_assert_uint_ne(f->offer->extension[i], 22); /* encrypt_then_mac is off */
}
END_TEST

START_TEST(ticket_lifetime_and_keys)
{
    static const struct side c = { .profile = &v13, .identity = NULL, .host = "localhost" };
    static const struct side s = { .profile = &tickets, .identity = "server" };
    struct mu_buf keys = { .arena = arena };
    struct part client = { .tls = context(&c, false) }, server = { .tls = context(&s, true) };
    struct mu_tls_start start = { .tls = client.tls, .host = "localhost", .keys = &keys };
    struct mu_err err;
    struct mu_bytes line;
    pid_t child;
    struct mu_stream *stream =
        mu_stream_new(arena, peer_start(&child, play_child, &server), mu_clock_ms() + 5000);
    ck_assert(mu_stream_start_tls(stream, &start, &err));
    ck_assert(mu_stream_put(stream, MU_BYTES("hello\r\n"), &err));
    ck_assert(mu_stream_line(stream, &line, &err));
    ck_assert_uint_eq(stream->tls.ticket_lifetime_s, 3600);
    ck_assert_uint_eq(stream->tls.ticket_early_data, 0);
    ck_assert_ptr_nonnull(strstr(mu_buf_text(&keys), "CLIENT_HANDSHAKE_TRAFFIC_SECRET "));
    peer_stop(child);
}
END_TEST

static void say_clear(int fd, const void *script)
{
    const char *text = script;
    peer_write(fd, mu_bytes_of(text));
    if (text[0] == 's' || text[0] == '2')
        peer_drain(fd);
}

START_TEST(no_tls_on_the_other_side)
{
    static const struct {
        const char *text; /* "s...": stays silent afterwards */
        enum mu_outcome outcome;
        enum mu_class class;
    } other[] = {
        { "220 hello\r\n", MU_OUTCOME_CLOSED, MU_CLASS_PROTOCOL },
        { "", MU_OUTCOME_CLOSED, MU_CLASS_NONE },
        { "\x15\x03\x03", MU_OUTCOME_CLOSED, MU_CLASS_NONE },
        { "s", MU_OUTCOME_SILENT, MU_CLASS_NONE },
    };
    static const struct side c = { .profile = &v13, .identity = NULL };
    struct mu_tls_start start = { .tls = context(&c, false) };
    struct mu_observation seen;
    struct mu_err err;
    pid_t child;
    /* "s" alone is one octet of garbage that never becomes a record header */
    struct mu_stream *s =
        mu_stream_new(arena, peer_start(&child, say_clear, other[_i].text), mu_clock_ms() + 300);
    ck_assert(!mu_stream_start_tls(s, &start, &err));
    mu_tls_observe(&s->tls, &err, &seen);
    ck_assert_msg(seen.outcome == other[_i].outcome, "%s: %s", mu_outcome_name(seen.outcome),
                  err.msg);
    ck_assert_int_eq(seen.class, other[_i].class);
    ck_assert_int_eq(seen.stage, MU_STAGE_TLS);
    peer_stop(child);
}
END_TEST

/* After the handshake: 'c' cuts the connection without close_notify, 'n' sends one, 'k' floods with
 * KeyUpdates. */
static struct mu_tls *rude_tls;

/* KeyUpdates without end, as fast as they are taken. */
static void flood(struct mu_stream *s)
{
    while (SSL_key_update(s->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1) {
        int ret;
        while ((ret = SSL_do_handshake(s->ssl)) != 1) {
            struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
            if (SSL_get_error(s->ssl, ret) != SSL_ERROR_WANT_WRITE || poll(&pfd, 1, -1) != 1)
                return;
        }
    }
}

static void rude(int fd, const void *script)
{
    char mood = *(const char *) script;
    struct mu_tls_start start = { .tls = rude_tls };
    struct mu_err err;
    struct mu_stream *s = mu_stream_new(arena, fd, mu_clock_ms() + 5000);
    if (!mu_stream_start_tls(s, &start, &err))
        _exit(1);
    if (mood == 'k')
        flood(s);
    if (mood == 'n')
        mu_stream_close(s);
    _exit(0);
}

START_TEST(rude_ends)
{
    static const struct {
        const char *mood;
        enum mu_err_code code;
        bool truncated;
    } end[] = { { "c", MU_ERR_CLOSED, true },
                { "n", MU_ERR_CLOSED, false },
                { "k", MU_ERR_PEER, false } };
    static const struct side c = { .profile = &v13, .identity = NULL },
                             server = { .profile = &v13, .identity = "server" };
    struct mu_tls_start start = { .tls = context(&c, false) };
    struct mu_err err;
    struct mu_bytes line;
    pid_t child;
    rude_tls = context(&server, true);
    struct mu_stream *s =
        mu_stream_new(arena, peer_start(&child, rude, end[_i].mood), mu_clock_ms() + 5000);
    ck_assert(mu_stream_start_tls(s, &start, &err));
    ck_assert(!mu_stream_line(s, &line, &err));
    ck_assert_msg(err.code == end[_i].code, "%s", err.msg);
    ck_assert(s->truncated == end[_i].truncated);
    peer_stop(child);
}
END_TEST

START_TEST(wrong_files_and_profiles)
{
    static const struct mu_tls_profile bad_suite = {
        .id = "x", .min_version = 0x0304, .max_version = 0x0304, .suites = "TLS_NO_SUCH"
    };
    static const struct mu_tls_profile bad_group = {
        .id = "x", .min_version = 0x0304, .max_version = 0x0304, .groups = "P-1"
    };
    static const struct mu_tls_profile bad_sigalg = {
        .id = "x", .min_version = 0x0304, .max_version = 0x0304, .sigalgs = "nothing"
    };
    const struct {
        const struct mu_tls_profile *profile;
        const char *certificate, *key, *anchors, *crl;
        enum mu_err_code code;
    } wrong[] = {
        { &bad_suite, NULL, NULL, NULL, NULL, MU_ERR_TLS },
        { &bad_group, NULL, NULL, NULL, NULL, MU_ERR_TLS },
        { &bad_sigalg, NULL, NULL, NULL, NULL, MU_ERR_TLS },
        { &v13, "nothing.pem", "server.key", "ca.pem", NULL, MU_ERR_USAGE },
        { &v13, "server.key", "server.key", "ca.pem", NULL, MU_ERR_PROFILE },
        { &v13, "server.pem", "server.pem", "ca.pem", NULL, MU_ERR_PROFILE },
        { &v13, "server.pem", "sender.key", "ca.pem", NULL, MU_ERR_TLS },
        { &v13, "server-rsa1024.pem", "server-rsa1024.key", "ca.pem", NULL, MU_ERR_TLS },
        { &v13, "server.pem", "server.key", "ca.key", NULL, MU_ERR_PROFILE },
        { &v13, "server.pem", "server.key", "ca.pem", "ca.pem", MU_ERR_PROFILE },
        { &v13, "server.pem", "server.key", "ca.pem", "crl.pem", MU_ERR_NONE },
    };
    for (size_t i = 0; i < MU_COUNT(wrong); i++) {
        const char *name[] = { wrong[i].certificate, wrong[i].key, wrong[i].anchors, wrong[i].crl };
        for (size_t n = 0; n < MU_COUNT(name); n++)
            name[n] = name[n] != NULL ? file(name[n], "") : NULL;
        struct mu_tls_need need = { .profile = wrong[i].profile,
                                    .identity = { name[0], name[1] },
                                    .anchors = name[2],
                                    .crl = name[3] };
        struct mu_tls *tls;
        struct mu_err err = { .code = MU_ERR_NONE };
        bool made = mu_tls_new(arena, &need, &tls, &err);
        ck_assert_msg(err.code == wrong[i].code, "row %zu: %s", i, err.msg);
        ck_assert(made == (wrong[i].code == MU_ERR_NONE));
    }
}
END_TEST

/* A ClientHello cut short anywhere, and one with every length a lie, must end somewhere. */
START_TEST(hostile_hello)
{
    static const char hello[] = "\x01\x00\x00\x60\x03\x03"
                                "0123456789abcdef0123456789abcdef"
                                "\x00\x00\x04\x13\x01\x13\x02\x01\x00\x00\x22"
                                "\x00\x00\x00\x06\x00\x04\x00\x00\x01h"
                                "\x00\x0f\x00\x00"
                                "\x00\x04\x00\x00"
                                "\x00\x10\x00\x05\x00\x03\x02h2"
                                "\x00\x2b\x00\x03\x02\x03\x04";
    const size_t size = sizeof hello - 1;
    struct mu_tls_offer offer;
    mu_tls_offer_parse(arena, (struct mu_bytes){ hello, size }, &offer);
    ck_assert_uint_eq(offer.suites, 2);
    ck_assert_uint_eq(offer.extensions, 5);
    ck_assert_uint_eq(offer.extension[1], 15); /* heartbeat: the library does not know it */
    ck_assert_uint_eq(offer.extension[2], 4);
    ck_assert(mu_bytes_equal(offer.server_name, MU_BYTES("h")));
    ck_assert(offer.alpns == 1 && mu_bytes_equal(offer.alpn[0], MU_BYTES("h2")));
    ck_assert(offer.versions == 1 && offer.version[0] == 0x0304);
    for (size_t n = 0; n <= size; n++) {
        char *copy = malloc(n + 1); /* so that ASan sees the end */
        memcpy(copy, hello, n);
        mu_tls_offer_parse(arena, (struct mu_bytes){ copy, n }, &offer);
        for (size_t at = 0; at < n; at++) {
            char was = copy[at];
            copy[at] = (char) 0xff;
            mu_tls_offer_parse(arena, (struct mu_bytes){ copy, n }, &offer);
            copy[at] = was;
        }
        free(copy);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tls");
    TCase *tc = tcase_create("tls");
    tcase_set_timeout(tc, 20);
    tcase_add_unchecked_fixture(tc, make_pki, remove_dir);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, both_sides_see_what_happened, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, facts_of_a_good_connection);
    tcase_add_test(tc, sources_of_a_certificate);
    tcase_add_test(tc, ticket_lifetime_and_keys);
    tcase_add_loop_test(tc, no_tls_on_the_other_side, 0, 4);
    tcase_add_loop_test(tc, rude_ends, 0, 3);
    tcase_add_test(tc, wrong_files_and_profiles);
    tcase_add_test(tc, hostile_hello);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The control plane over mutual TLS: who gets in, and the one sentence for who does not. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "net/tls_control.h"
#include "net/tls_inside.h"
#include "tests/peers.h"

static char dir[64];
static struct mu_arena *arena;

static void remove_dir(void)
{
    mu_file_remove_tree(dir);
}

/* Two adapters, one whose certificate has run out, and the PKI of somebody else with the same names. */
static void make_pki(void)
{
    struct mu_err err;
    char other[80];
    snprintf(dir, sizeof dir, "/tmp/muster-control-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(other, sizeof other, "%s/other", dir);
    bool made = mu_pki_new(dir, &err) && mu_pki_adapter(dir, "acme", 1, &err)
                && mu_pki_adapter(dir, "bravo", 1, &err) && mu_pki_adapter(dir, "stale", -1, &err)
                && mu_pki_adapter(other, "acme", 1, &err);
    if (!made)
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
#define V13(...)                                                                                   \
    {                                                                                              \
        .id = "v13", .min_version = 0x0304, .max_version = 0x0304, .suites = SUITES, __VA_ARGS__   \
    }

/* What strangers do. */
static const struct mu_tls_profile v12 = { .id = "v12",
                                           .min_version = 0x0303,
                                           .max_version = 0x0303,
                                           .ciphers = "ECDHE+AESGCM",
                                           .alpn = MU_CONTROL_ALPN };
static const struct mu_tls_profile no_alpn = V13(.alpn = NULL), http = V13(.alpn = "http/1.1"),
                                   right = V13(.alpn = MU_CONTROL_ALPN),
                                   tickets = V13(.alpn = MU_CONTROL_ALPN, .tickets = 2,
                                                 .session_life_s = 3600);

#define ACME    MU_CONTROL_SUT "acme"
#define HARNESS MU_CONTROL_HARNESS

/* One side of a connection. */
struct end {
    const struct mu_tls_profile *stranger; /* NULL: it is ours                                 */
    const char *identity;                  /* file below the PKI; NULL: none                   */
    const char *uri;                       /* whom it expects                                  */
    const char *pin; /* certificate whose key is pinned; "none": one that nobody has            */
    const char *name;
    bool no_authority;
    bool asks_nothing; /* a stranger that serves anybody                                        */
};

struct part {
    const struct end *end;
    bool server;
    const struct mu_tls *tls;
    struct mu_control_peer peer;
    struct mu_err err;
    bool shook, talked;
    struct mu_tls_facts facts;
};

static const char *file(const char *name, const char *suffix)
{
    return mu_arena_printf(arena, "%s/%s%s", dir, name, suffix);
}

static struct part part_of(const struct end *end, bool server)
{
    struct part p = { .end = end,
                      .server = server,
                      .peer = { .uri = end->uri, .name = end->name } };
    struct mu_identity identity = { NULL, NULL };
    struct mu_tls *tls;
    char pin[MU_PIN_TEXT] = "sha256:0";
    bool made = true;
    if (end->identity != NULL)
        identity =
            (struct mu_identity){ file(end->identity, ".chain.pem"), file(end->identity, ".key") };
    if (end->pin != NULL && strcmp(end->pin, "none") != 0)
        made = mu_pki_pin(file(end->pin, ".pem"), pin, &p.err);
    if (end->pin != NULL)
        p.peer.pins = mu_arena_printf(arena, "sha256:%064d %s", 0, pin);
    const char *anchors = end->no_authority ? NULL : file("sap/ca", ".pem");
    struct mu_tls_need need = { .profile = end->stranger,
                                .identity = identity,
                                .anchors = anchors,
                                .server = server,
                                .defective = true,
                                .ask = !end->asks_nothing };
    if (!made
        || !(end->stranger != NULL
                 ? mu_tls_new(arena, &need, &tls, &p.err)
                 : mu_control_new(arena, &identity, anchors, server, &tls, &p.err)))
        ck_abort_msg("%s", p.err.msg);
    p.tls = tls;
    return p;
}

/* One line each way, the server's first: a client that says nothing may still be refused. */
static void play(struct part *p, int fd)
{
    struct mu_bytes line;
    struct mu_stream *s = mu_stream_new(arena, fd, mu_clock_ms() + 5000);
    struct mu_tls_start start = { .tls = p->tls };
    p->err = (struct mu_err){ 0 };
    p->shook = p->end->stranger != NULL ? mu_stream_start_tls(s, &start, &p->err)
                                        : mu_control_start(s, p->tls, &p->peer, &p->err);
    p->talked = p->shook && mu_stream_put(s, MU_BYTES("hello\r\n"), &p->err)
                && mu_stream_line(s, &line, &p->err);
    if (p->shook && !p->talked)
        mu_control_explain(s, &p->err);
    p->facts = s->tls;
    mu_stream_close(s);
}

static void play_child(int fd, const void *script)
{
    struct part p = *(const struct part *) script;
    play(&p, fd);
}

static void meet(struct part *here, const struct part *there)
{
    pid_t child;
    int status;
    play(here, peer_start(&child, play_child, there));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The good ends. */
#define OURS(who)                                                                                  \
    {                                                                                              \
        .identity = "sap/harness", .uri = who                                                      \
    }
#define THEIRS(as)                                                                                 \
    {                                                                                              \
        .identity = as, .uri = HARNESS                                                             \
    }

#define STRANGER(...)                                                                              \
    {                                                                                              \
        .identity = "sap/acme", __VA_ARGS__                                                        \
    }

/* clang-format off */
static const struct row {
    const char *what;
    struct end client, server;
    const char *by_client, *by_server; /* part of the sentence; NULL: they talk */
} row[] = {
    { "we dial", OURS(ACME), THEIRS("sap/acme"), NULL, NULL },
    { "it dials", THEIRS("sap/acme"), OURS(ACME), NULL, NULL },
    { "by domain name, too", { .identity = "sap/harness", .uri = ACME, .name = "acme.muster.invalid" }, THEIRS("sap/acme"), NULL, NULL },
    { "another domain name", { .identity = "sap/harness", .uri = ACME, .name = "bravo.muster.invalid" }, THEIRS("sap/acme"),
      "the certificate '/O=Muster Test/CN=acme' of the peer does not hold: hostname mismatch", "alert 42, bad_certificate" },
    { "with a pin, too", OURS(ACME), { .identity = "sap/acme", .uri = HARNESS, .pin = "sap/harness" }, NULL, NULL },
    { "by pin alone", { .identity = "sap/harness", .pin = "other/sap/acme", .no_authority = true }, { .identity = "other/sap/acme", .pin = "sap/harness" }, NULL, NULL },
    { "by pin, self-signed", { .identity = "client-self-signed", .uri = HARNESS }, { .identity = "sap/harness", .pin = "client-self-signed" }, NULL, NULL },
    { "another adapter", OURS(ACME), THEIRS("sap/bravo"), "the certificate of the peer is for 'urn:muster:sut:bravo', and 'urn:muster:sut:acme' is wanted", "alert 42, bad_certificate: it does not accept our certificate, or whom it names" },
    { "another adapter dials", THEIRS("sap/bravo"), OURS(ACME), "alert 42, bad_certificate", "the certificate of the peer is for 'urn:muster:sut:bravo', and 'urn:muster:sut:acme' is wanted" },
    { "an adapter as the harness", { .identity = "sap/bravo", .uri = ACME }, THEIRS("sap/acme"), "alert 42", "the certificate of the peer is for 'urn:muster:sut:bravo', and 'urn:muster:harness' is wanted" },
    { "another authority", OURS(ACME), THEIRS("other/sap/acme"), "the certificate '/O=Muster Test/CN=acme' of the peer was issued by '/O=Muster Test/CN=Muster Adapters', and not by the authority of our PKI", "alert 48, unknown_ca: it does not know who issued our certificate" },
    { "another authority dials", THEIRS("other/sap/acme"), OURS(ACME), "alert 48, unknown_ca", "and not by the authority of our PKI" },
    { "expired", OURS(MU_CONTROL_SUT "stale"), THEIRS("sap/stale"), "the certificate '/O=Muster Test/CN=stale' of the peer ran out at 20", "alert 45, certificate_expired: our certificate has run out by its clock" },
    { "expired dials", THEIRS("sap/stale"), OURS(MU_CONTROL_SUT "stale"), "alert 45", "ran out at 20" },
    { "expired and pinned", THEIRS("sap/stale"), { .identity = "sap/harness", .pin = "sap/stale" }, "alert 45", "ran out at 20" },
    { "pin of another", OURS(ACME), { .identity = "sap/acme", .uri = HARNESS, .pin = "sap/bravo" }, "alert 42", "the key of the peer is sha256:" },
    { "pin of nobody", { .identity = "sap/harness", .uri = ACME, .pin = "none" }, THEIRS("sap/acme"), "which is not pinned", "alert 42" },
    { "pinned and of another name", { .identity = "sap/harness", .uri = ACME, .pin = "sap/bravo" }, THEIRS("sap/bravo"), "is for 'urn:muster:sut:bravo'", "alert 42" },
    { "no authority, no pin of it", { .identity = "sap/harness", .uri = ACME, .no_authority = true }, THEIRS("sap/acme"), "and we have no authority, only pins", "alert 48" },
    { "no certificate", { .stranger = &right }, OURS(ACME), "alert 116, certificate_required: it wants a certificate and was sent none", "the peer sent no certificate" },
    { "asks for no certificate", OURS(ACME), STRANGER(.stranger = &right, .asks_nothing = true), "the peer asked for no certificate of ours", "" },
    { "TLS 1.2 dials", STRANGER(.stranger = &v12), OURS(ACME), "alert protocol version", "the peer offers TLS 1.2 at most, and only TLS 1.3 will do" },
    { "TLS 1.2 listens", OURS(ACME), STRANGER(.stranger = &v12), "alert 70, protocol_version: it does not speak TLS 1.3", "" },
    { "no ALPN dials", STRANGER(.stranger = &no_alpn), OURS(ACME), "no application protocol", "the peer offers no application protocol (ALPN), and 'muster-sap/1' is wanted" },
    { "other ALPN dials", STRANGER(.stranger = &http), OURS(ACME), "no application protocol", "the peer offers the application protocol 'http/1.1', and 'muster-sap/1' is wanted" },
    { "no ALPN listens", OURS(ACME), STRANGER(.stranger = &no_alpn), "the peer chose no application protocol (ALPN), and 'muster-sap/1' is wanted", "" },
    { "other ALPN listens", OURS(ACME), STRANGER(.stranger = &http), "alert 120, no_application_protocol: it does not speak 'muster-sap/1' (ALPN)", "" },
    { "a stranger that does all right", STRANGER(.stranger = &right), OURS(ACME), NULL, NULL },
};
/* clang-format on */

static void check(const char *what, const char *who, const struct part *p, const char *want)
{
    ck_assert_msg(p->talked == (want == NULL), "%s: %s: %s", what, who, p->err.msg);
    if (want == NULL)
        return;
    ck_assert_msg(strstr(p->err.msg, want) != NULL, "%s: %s says: %s", what, who, p->err.msg);
    ck_assert_msg(p->end->stranger != NULL || p->err.code == MU_ERR_TLS, "%s: %s: %s", what, who,
                  mu_err_code_name(p->err.code));
}

START_TEST(gets_in_or_hears_why_not)
{
    const struct row *r = &row[_i];
    struct part client = part_of(&r->client, false), server = part_of(&r->server, true);
    meet(&client, &server);
    check(r->what, "client", &client, r->by_client);
    meet(&server, &client);
    check(r->what, "server", &server, r->by_server);
}
END_TEST

/* Nothing of the test PKI of the data plane can pass for an adapter. */
START_TEST(no_certificate_of_the_data_plane)
{
    bool is_server;
    const char *name = mu_pki_name((size_t) _i, &is_server);
    struct end there = { .stranger = &right, .identity = name };
    const struct end here = OURS(ACME);
    struct part client = part_of(&there, false), server = part_of(&here, true);
    meet(&server, &client);
    ck_assert_msg(!server.shook && server.err.code == MU_ERR_TLS, "%s got in", name);
    struct part dials = part_of(&here, false), listens = part_of(&there, true);
    meet(&dials, &listens);
    ck_assert_msg(!dials.shook && dials.err.code == MU_ERR_TLS, "%s got in", name);
}
END_TEST

/* Each connection authenticates: neither side gives or takes tickets. */
START_TEST(no_tickets)
{
    static const struct end stranger = STRANGER(.stranger = &tickets), ours = OURS(ACME);
    struct part client = part_of(&stranger, false), server = part_of(&ours, true);
    meet(&client, &server);
    ck_assert(client.talked && client.facts.ticket_lifetime_s == 0 && !client.facts.resumed);
    struct part dials = part_of(&ours, false), listens = part_of(&stranger, true);
    for (int i = 0; i < 2; i++) {
        meet(&dials, &listens);
        ck_assert_msg(dials.talked && !dials.facts.resumed, "%s", dials.err.msg);
        ck_assert_str_eq(dials.facts.version, "TLSv1.3");
    }
}
END_TEST

static void say_and_wait(int fd, const void *script)
{
    peer_write(fd, mu_bytes_of(script));
    peer_drain(fd);
}

static void say_and_leave(int fd, const void *script)
{
    peer_write(fd, mu_bytes_of(script));
}

static const struct rude {
    const char *says;
    void (*peer)(int fd, const void *script);
    bool server;
    const char *want;
} rude[] = {
    { "", say_and_wait, true, "did not finish the TLS handshake in time, 0 octets came" },
    { "", say_and_wait, false, "did not finish the TLS handshake in time, 0 octets came" },
    { "\x16\x03\x01\x02", say_and_wait, true,
      "did not finish the TLS handshake in time, 4 octets" },
    { "", say_and_leave, true, "hung up within the TLS handshake without an alert, 0 octets came" },
    { "\x16\x03\x03", say_and_leave, true, "hung up within the TLS handshake without an alert, 3" },
    { "{\"id\":1,\"op\":\"hello\"}\n", say_and_wait, true,
      "the first octets of the peer are no TLS" },
    { "220 mail.invalid ESMTP ready\r\n", say_and_wait, false,
      "the first octets of the peer are no TLS" },
    { "GET / HTTP/1.1\r\n\r\n", say_and_wait, true, "the peer speaks HTTP and no TLS" },
};

START_TEST(whoever_speaks_no_tls)
{
    const struct rude *r = &rude[_i];
    const struct end ours = OURS(ACME);
    struct part here = part_of(&ours, r->server);
    pid_t child;
    int fd = peer_start(&child, r->peer, r->says);
    uint64_t start = mu_clock_ms();
    struct mu_stream *s = mu_stream_new(arena, fd, start + 300);
    ck_assert(!mu_control_start(s, here.tls, &here.peer, &here.err));
    ck_assert_int_eq(here.err.code, MU_ERR_TLS);
    ck_assert_msg(strstr(here.err.msg, r->want) != NULL, "%s", here.err.msg);
    ck_assert_uint_lt(mu_clock_ms() - start, 2000);
    mu_stream_close(s);
    peer_stop(child);
}
END_TEST

static const struct {
    const char *text;
    bool good;
} pins[] = {
    { "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true },
    { " sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
      "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde0",
      true },
    { "", false },
    { " ", false },
    { "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false },
    { "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde", false },
    { "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", false },
    { "sha1:0123456789abcdef0123456789abcdef01234567", false },
    { "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,", false },
};

START_TEST(lists_of_pins)
{
    struct mu_err err;
    for (size_t i = 0; i < MU_COUNT(pins); i++)
        ck_assert_msg(mu_pins_check(pins[i].text, &err) == pins[i].good, "'%s'", pins[i].text);
}
END_TEST

int main(void)
{
    size_t names = 0;
    bool server;
    while (mu_pki_name(names, &server) != NULL)
        names++;
    signal(SIGPIPE, SIG_IGN);
    Suite *suite = suite_create("control");
    TCase *tc = tcase_create("control");
    tcase_set_timeout(tc, 20);
    tcase_add_unchecked_fixture(tc, make_pki, remove_dir);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, gets_in_or_hears_why_not, 0, (int) MU_COUNT(row));
    tcase_add_loop_test(tc, no_certificate_of_the_data_plane, 0, (int) names);
    tcase_add_test(tc, no_tickets);
    tcase_add_loop_test(tc, whoever_speaks_no_tls, 0, (int) MU_COUNT(rude));
    tcase_add_test(tc, lists_of_pins);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

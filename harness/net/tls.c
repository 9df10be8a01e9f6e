#include "net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/socket.h>

#include "net/tls_files.h"
#include "net/tls_inside.h"

static bool library(struct mu_err *err, const char *what, const char *value)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return mu_fail(err, MU_ERR_TLS, "cannot use %s '%s': %s", what, value,
                   why != NULL ? why : "refused by the TLS library");
}

/* --- the socket under the library: no signals, and it remembers why it stopped --- */

static int socket_read(BIO *b, char *to, int room)
{
    struct mu_stream *s = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t n = recv(s->fd, to, (size_t) room, 0);
    s->starved = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (s->starved)
        BIO_set_retry_read(b);
    else if (n <= 0)
        s->ended = true;
    return (int) n;
}

static int socket_write(BIO *b, const char *p, int n)
{
    struct mu_stream *s = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t sent = send(s->fd, p, (size_t) n, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(b);
    return (int) sent;
}

static long socket_ctrl(BIO *b, int command, long number, void *p)
{
    (void) number;
    (void) p;
    const struct mu_stream *s = BIO_get_data(b);
    if (command == BIO_CTRL_EOF)
        return s->ended;
    return command == BIO_CTRL_FLUSH;
}

static int socket_create(BIO *b)
{
    BIO_set_init(b, 1);
    return 1;
}

static void free_method(void *object)
{
    BIO_meth_free(object);
}

static BIO_METHOD *socket_method(struct mu_arena *arena)
{
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 0x7f, "muster stream");
    if (m != NULL)
        mu_arena_defer(arena, free_method, m);
    if (m == NULL || BIO_meth_set_read(m, socket_read) != 1
        || BIO_meth_set_write(m, socket_write) != 1 || BIO_meth_set_ctrl(m, socket_ctrl) != 1
        || BIO_meth_set_create(m, socket_create) != 1)
        return NULL;
    return m;
}

/* --- contexts --- */

static void free_ctx(void *object)
{
    SSL_CTX_free(object);
}

static bool apply_versions(SSL_CTX *ctx, const struct mu_tls_profile *p, struct mu_err *err)
{
    if (SSL_CTX_set_min_proto_version(ctx, p->min_version) != 1
        || SSL_CTX_set_max_proto_version(ctx, p->max_version) != 1)
        return library(err, "the version range of profile", p->id);
    return true;
}

/* A list of the profile and the call that takes it. The macros of the library become functions. */
static int set_groups(SSL_CTX *ctx, const char *list)
{
    return (int) SSL_CTX_set1_groups_list(ctx, list);
}

static int set_sigalgs(SSL_CTX *ctx, const char *list)
{
    return SSL_CTX_set1_sigalgs_list(ctx, list) == 1
           && SSL_CTX_set1_client_sigalgs_list(ctx, list) == 1;
}

static bool apply_lists(SSL_CTX *ctx, const struct mu_tls_profile *p, struct mu_err *err)
{
    const struct {
        const char *what, *list;
        int (*set)(SSL_CTX *ctx, const char *list);
    } row[] = {
        { "TLS 1.3 suites", p->suites, SSL_CTX_set_ciphersuites },
        { "TLS 1.2 suites", p->ciphers, SSL_CTX_set_cipher_list },
        { "groups", p->groups, set_groups },
        { "signature algorithms", p->sigalgs, set_sigalgs },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].list != NULL && row[i].set(ctx, row[i].list) != 1)
            return library(err, row[i].what, row[i].list);
    return true;
}

/* "smtp x" as the list of RFC 7301 3.1: each name behind its length. */
static size_t alpn_list(const char *names, unsigned char out[MU_ALPN_MAX])
{
    size_t n = 0;
    for (names += strspn(names, " "); *names != '\0'; names += strspn(names, " ")) {
        size_t size = strcspn(names, " ");
        if (size > 255 || n + size + 1 > MU_ALPN_MAX)
            break;
        out[n++] = (unsigned char) size;
        memcpy(out + n, names, size);
        n += size;
        names += size;
    }
    return n;
}

/* A server that names protocols talks no other (RFC 7301 3.2). */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *size,
                           const unsigned char *offered, unsigned n, void *names)
{
    unsigned char ours[MU_ALPN_MAX], *chosen;
    (void) ssl;
    size_t all = alpn_list(names, ours);
    for (const unsigned char *p = offered; p < offered + n; p += *p + 1)
        for (chosen = ours; chosen < ours + all; chosen += *chosen + 1)
            if (*chosen == *p && memcmp(chosen + 1, p + 1, *p) == 0) {
                *out = p + 1;
                *size = *p;
                return SSL_TLSEXT_ERR_OK;
            }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool apply_protocols(SSL_CTX *ctx, const struct mu_tls_need *need, struct mu_err *err)
{
    const char *names = need->profile->alpn;
    unsigned char list[MU_ALPN_MAX];
    if (names == NULL)
        return true;
    if (need->server)
        SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, (void *) (uintptr_t) names);
    else if (SSL_CTX_set_alpn_protos(ctx, list, (unsigned) alpn_list(names, list)) != 0)
        return library(err, "application protocols", names);
    return true;
}

static void apply_options(SSL_CTX *ctx, const struct mu_tls_need *need)
{
    const struct mu_tls_profile *p = need->profile;
    uint64_t option = SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;
    if (!p->renegotiation)
        option |= SSL_OP_NO_RENEGOTIATION;
    if (!p->encrypt_then_mac)
        option |= SSL_OP_NO_ENCRYPT_THEN_MAC;
    if (need->server && p->tickets == 0)
        option |= SSL_OP_NO_TICKET; /* a client offers them, or it could not see their lifetime */
    SSL_CTX_set_options(ctx, option);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS
                              | SSL_MODE_ENABLE_PARTIAL_WRITE
                              | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Each record comes back to the stream, which counts those that bring nothing. */
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    (void) SSL_CTX_set_num_tickets(ctx, p->tickets);
    (void) SSL_CTX_set_max_early_data(ctx, 0);
    (void) SSL_CTX_set_recv_max_early_data(ctx, 0);
    SSL_CTX_set_max_cert_list(ctx, MU_CERT_LIST_MAX);
    if (p->session_life_s > 0)
        (void) SSL_CTX_set_timeout(ctx, (long) p->session_life_s);
}

static bool apply_trust(SSL_CTX *ctx, struct mu_arena *arena, const struct mu_tls_need *need,
                        struct mu_err *err)
{
    int mode = SSL_VERIFY_PEER;
    if (need->server)
        mode = need->demand ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
               : need->ask  ? SSL_VERIFY_PEER
                            : SSL_VERIFY_NONE;
    SSL_CTX_set_verify(ctx, mode, NULL);
    SSL_CTX_set_verify_depth(ctx, MU_TLS_CHAIN_DEPTH);
    if (need->anchors == NULL)
        return true;
    X509_STORE *store;
    STACK_OF(X509) * anchors;
    TRY(mu_tls_anchors(arena, need->anchors, &anchors, err));
    TRY(mu_tls_store(arena, need->anchors, need->crl, &store, err));
    SSL_CTX_set1_cert_store(ctx, store);
    if (need->crl != NULL)
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
                                    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    for (int i = 0; need->server && i < sk_X509_num(anchors); i++)
        if (SSL_CTX_add_client_CA(ctx, sk_X509_value(anchors, i)) != 1)
            return library(err, "anchors", need->anchors);
    return true;
}

static bool apply_identity(SSL_CTX *ctx, struct mu_arena *arena, const struct mu_tls_need *need,
                           struct mu_err *err)
{
    const struct mu_identity *id = &need->identity;
    if (id->certificate == NULL)
        return true;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
    TRY(mu_tls_chain(arena, id->certificate, &chain, err));
    TRY(mu_tls_key(arena, id->key, &key, err));
    if (SSL_CTX_use_certificate(ctx, sk_X509_value(chain, 0)) != 1)
        return library(err, "certificate", id->certificate);
    for (int i = 1; i < sk_X509_num(chain); i++)
        if (SSL_CTX_add1_chain_cert(ctx, sk_X509_value(chain, i)) != 1)
            return library(err, "certificate chain", id->certificate);
    if (SSL_CTX_use_PrivateKey(ctx, key) != 1 || SSL_CTX_check_private_key(ctx) != 1)
        return library(err, "private key", id->key);
    return true;
}

static bool make(struct mu_arena *arena, const struct mu_tls_need *need, bool observer,
                 struct mu_tls **tls, struct mu_err *err)
{
    TRY(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1
        || library(err, "the TLS library", OPENSSL_VERSION_TEXT));
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(need->server ? TLS_server_method() : TLS_client_method());
    if (ctx == NULL)
        return library(err, "the TLS library", OPENSSL_VERSION_TEXT);
    mu_arena_defer(arena, free_ctx, ctx);
    /* SHA-1 and RSA 1024 cannot even be presented above level 0: a context of its own. */
    bool weak = need->defective || need->profile->weak || (need->lax & MU_TLS_LAX_STRENGTH) != 0;
    SSL_CTX_set_security_level(ctx, weak ? 0 : 2);
    TRY(apply_versions(ctx, need->profile, err));
    TRY(apply_lists(ctx, need->profile, err));
    apply_options(ctx, need);
    TRY(apply_protocols(ctx, need, err));
    TRY(apply_trust(ctx, arena, need, err));
    TRY(apply_identity(ctx, arena, need, err));
    mu_tls_watch(ctx, need->server, observer);
    TRY(observer || mu_tls_relax(ctx, need->lax) || library(err, "the lax context of", "a twin"));

    struct mu_tls *t = mu_new(arena, struct mu_tls);
    *t = (struct mu_tls){ ctx,
                          socket_method(arena),
                          need->server,
                          need->server && need->ask,
                          need->identity.certificate != NULL,
                          observer,
                          need->lax,
                          need->anchors };
    if (t->socket == NULL)
        return library(err, "the TLS library", OPENSSL_VERSION_TEXT);
    *tls = t;
    return true;
}

bool mu_tls_new(struct mu_arena *arena, const struct mu_tls_need *need, struct mu_tls **tls,
                struct mu_err *err)
{
    return make(arena, need, true, tls, err);
}

bool mu_tls_new_strict(struct mu_arena *arena, const struct mu_tls_need *need, struct mu_tls **tls,
                       struct mu_err *err)
{
    return make(arena, need, false, tls, err);
}

/* --- connections --- */

/* Whom a client expects: an address is compared, a name is compared and sent as SNI (RFC 6066 3
 * allows no addresses there). */
static bool expect_host(SSL *ssl, const char *host, unsigned lax)
{
    unsigned char ip[16];
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                                               | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (inet_pton(AF_INET, host, ip) == 1 || inet_pton(AF_INET6, host, ip) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
    return SSL_set1_host(ssl, host) == 1
           && ((lax & MU_TLS_LAX_NO_SNI) != 0 || SSL_set_tlsext_host_name(ssl, host) == 1);
}

/* What fails here is ours, never the peer's. */
static bool ours(struct mu_err *err, const char *name)
{
    (void) library(err, "TLS for", name);
    err->code = MU_ERR_USAGE;
    return false;
}

bool mu_tls_attach(const struct mu_tls_start *start, struct mu_stream *s, struct mu_err *err)
{
    const struct mu_tls *tls = start->tls;
    const char *name = start->host != NULL ? start->host : "peer";
    BIO *bio = BIO_new(tls->socket);
    s->ssl = SSL_new(tls->ctx);
    if (bio == NULL || s->ssl == NULL) {
        BIO_free(bio);
        return ours(err, name);
    }
    BIO_set_data(bio, s);
    SSL_set_bio(s->ssl, bio, bio);
    SSL_set_app_data(s->ssl, s);
    s->tls = (struct mu_tls_facts){ .used = true,
                                    .server = tls->server,
                                    .certificate_request = tls->asks && !start->ask_nothing };
    s->keys = start->keys;
    if (s->keys != NULL)
        mu_tls_keys(s->ssl);
    if (tls->server) {
        SSL_set_accept_state(s->ssl);
        if (start->ask_nothing)
            SSL_set_verify(s->ssl, SSL_VERIFY_NONE, NULL);
        return true;
    }
    SSL_set_connect_state(s->ssl);
    if (start->host != NULL && !expect_host(s->ssl, start->host, tls->lax))
        return ours(err, name);
    return true;
}

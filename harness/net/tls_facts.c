/* What a TLS connection shows, written into s->tls while it happens and when it ends. */
#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "net/tls_inside.h"

static struct mu_stream *stream_of(const SSL *ssl)
{
    return SSL_get_app_data(ssl);
}

static struct mu_bytes name_text(struct mu_arena *arena, const X509_NAME *name)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *p;
    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long) ASN1_STRFLGS_ESC_MSB);
    long n = BIO_get_mem_data(out, &p);
    size_t size = n > 0 ? (size_t) n : 0;
    struct mu_bytes text = { mu_arena_strndup(arena, size > 0 ? p : "", size), size };
    BIO_free(out);
    return text;
}

/* "2026-11-23T10:15:00Z"; "" when the certificate holds no time there. */
static const char *time_text(struct mu_arena *arena, const ASN1_TIME *time)
{
    struct tm tm;
    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return "";
    return mu_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static const char *key_text(struct mu_arena *arena, const X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    if (key == NULL)
        return "unknown";
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return mu_arena_printf(arena, "RSA %d", EVP_PKEY_get_bits(key));
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return mu_arena_printf(arena, "%s", OBJ_nid2ln(EVP_PKEY_get_base_id(key)));
    char group[64];
    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
        return "EC";
    const char *nist = EC_curve_nid2nist(OBJ_sn2nid(group));
    return mu_arena_printf(arena, "EC %s", nist != NULL ? nist : group);
}

static const char *eku_text(struct mu_arena *arena, const X509 *x)
{
    EXTENDED_KEY_USAGE *use = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    if (use == NULL)
        return NULL;
    struct mu_buf out = { .arena = arena };
    for (int i = 0; i < sk_ASN1_OBJECT_num(use); i++) {
        const ASN1_OBJECT *oid = sk_ASN1_OBJECT_value(use, i);
        char dotted[80];
        int nid = OBJ_obj2nid(oid);
        OBJ_obj2txt(dotted, sizeof dotted, oid, 1);
        mu_buf_printf(&out, "%s%s", i > 0 ? " " : "", nid != NID_undef ? OBJ_nid2sn(nid) : dotted);
    }
    EXTENDED_KEY_USAGE_free(use);
    return mu_buf_text(&out);
}

static struct mu_bytes string_bytes(struct mu_arena *arena, const ASN1_STRING *s)
{
    size_t n = (size_t) ASN1_STRING_length(s);
    return (struct mu_bytes){ mu_arena_strndup(arena, (const char *) ASN1_STRING_get0_data(s), n),
                              n };
}

static struct mu_bytes address_text(struct mu_arena *arena, const ASN1_OCTET_STRING *ip)
{
    const unsigned char *p = ASN1_STRING_get0_data(ip);
    struct mu_buf out = { .arena = arena };
    int n = ASN1_STRING_length(ip);
    if (n == 4)
        mu_buf_printf(&out, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
    for (int i = 0; n == 16 && i < n; i += 2)
        mu_buf_printf(&out, "%s%x", i > 0 ? ":" : "", (unsigned) p[i] << 8 | p[i + 1]);
    return mu_buf_bytes(&out);
}

/* id-on-xmppAddr (RFC 6120 13.7.1.4); other kinds of otherName are shown by their OID. */
static struct mu_san other_name(struct mu_arena *arena, const OTHERNAME *other)
{
    char oid[80];
    OBJ_obj2txt(oid, sizeof oid, other->type_id, 1);
    if (strcmp(oid, "1.3.6.1.5.5.7.8.5") == 0 && other->value->type == V_ASN1_UTF8STRING)
        return (struct mu_san){ "xmpp", string_bytes(arena, other->value->value.utf8string) };
    const char *text = mu_arena_printf(arena, "%s", oid);
    return (struct mu_san){ "other", mu_bytes_of(text) };
}

static struct mu_san san_of(struct mu_arena *arena, const GENERAL_NAME *name)
{
    switch (name->type) {
    case GEN_DNS:
        return (struct mu_san){ "dns", string_bytes(arena, name->d.dNSName) };
    case GEN_EMAIL:
        return (struct mu_san){ "email", string_bytes(arena, name->d.rfc822Name) };
    case GEN_URI:
        return (struct mu_san){ "uri", string_bytes(arena, name->d.uniformResourceIdentifier) };
    case GEN_IPADD:
        return (struct mu_san){ "ip", address_text(arena, name->d.iPAddress) };
    case GEN_DIRNAME:
        return (struct mu_san){ "dn", name_text(arena, name->d.directoryName) };
    case GEN_OTHERNAME:
        return other_name(arena, name->d.otherName);
    default:
        return (struct mu_san){ "other", MU_BYTES("") };
    }
}

static void alternative_names(struct mu_arena *arena, const X509 *x, struct mu_certificate *c)
{
    GENERAL_NAMES *name = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    int n = name != NULL ? sk_GENERAL_NAME_num(name) : 0;
    c->sans = (size_t) n < MU_TLS_SANS_MAX ? (size_t) n : MU_TLS_SANS_MAX;
    struct mu_san *san = mu_arena_array(arena, c->sans + 1, sizeof *san);
    for (size_t i = 0; i < c->sans; i++)
        san[i] = san_of(arena, sk_GENERAL_NAME_value(name, (int) i));
    c->san = san;
    GENERAL_NAMES_free(name);
}

static void add_source(struct mu_arena *arena, struct mu_certificate *c, const char *type,
                       const GENERAL_NAME *name)
{
    if (name->type != GEN_URI || c->sources == MU_TLS_SANS_MAX)
        return;
    if (c->source == NULL)
        c->source = mu_arena_array(arena, MU_TLS_SANS_MAX, sizeof *c->source);
    ((struct mu_san *) (uintptr_t) c->source)[c->sources++] =
        (struct mu_san){ type, string_bytes(arena, name->d.uniformResourceIdentifier) };
}

/* Where the certificate says that revocation lists and issuers are found (RFC 5280 4.2.1.13, 4.2.2.1). */
static void sources(struct mu_arena *arena, const X509 *x, struct mu_certificate *c)
{
    CRL_DIST_POINTS *point = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
    for (int i = 0; point != NULL && i < sk_DIST_POINT_num(point); i++) {
        const DIST_POINT_NAME *at = sk_DIST_POINT_value(point, i)->distpoint;
        for (int k = 0; at != NULL && at->type == 0 && k < sk_GENERAL_NAME_num(at->name.fullname);
             k++)
            add_source(arena, c, "crl", sk_GENERAL_NAME_value(at->name.fullname, k));
    }
    CRL_DIST_POINTS_free(point);
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
    for (int i = 0; access != NULL && i < sk_ACCESS_DESCRIPTION_num(access); i++)
        add_source(arena, c, "aia", sk_ACCESS_DESCRIPTION_value(access, i)->location);
    AUTHORITY_INFO_ACCESS_free(access);
}

static void describe(struct mu_arena *arena, const X509 *x, struct mu_certificate *c)
{
    c->subject = name_text(arena, X509_get_subject_name(x));
    c->issuer = name_text(arena, X509_get_issuer_name(x));
    c->not_before = time_text(arena, X509_get0_notBefore(x));
    c->not_after = time_text(arena, X509_get0_notAfter(x));
    c->key = key_text(arena, x);
    c->signature = OBJ_nid2ln(X509_get_signature_nid(x));
    c->eku = eku_text(arena, x);
    alternative_names(arena, x, c);
    sources(arena, x, c);
    ERR_clear_error(); /* a broken extension is not our failure */
}

/* The chain as it was sent, leaf first: a server's library leaves the leaf out of its list. */
static void peers(struct mu_stream *s)
{
    X509 *leaf = SSL_get0_peer_certificate(s->ssl);
    if (leaf == NULL)
        return;
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(s->ssl);
    struct mu_certificate *peer = mu_arena_array(s->arena, MU_TLS_PEERS_MAX, sizeof *peer);
    size_t n = 0;
    describe(s->arena, leaf, &peer[n++]);
    for (int i = s->tls.server ? 0 : 1; i < sk_X509_num(chain) && n < MU_TLS_PEERS_MAX; i++)
        describe(s->arena, sk_X509_value(chain, i), &peer[n++]);
    s->tls.peer = peer;
    s->tls.peers = n;
    if (s->tls.verified == NULL)
        s->tls.verified = SSL_get_verify_result(s->ssl) == X509_V_OK
                              ? "ok"
                              : X509_verify_cert_error_string(SSL_get_verify_result(s->ssl));
}

void mu_tls_collect(struct mu_stream *s)
{
    const SSL_CIPHER *suite = SSL_get_current_cipher(s->ssl);
    struct mu_tls_facts *f = &s->tls;
    f->resumed = SSL_session_reused(s->ssl) == 1;
    peers(s);
    if (suite == NULL)
        return; /* no ServerHello yet: a version would only be the highest we know */
    f->version = SSL_get_version(s->ssl);
    f->suite = SSL_CIPHER_standard_name(suite);
    long group = SSL_get_negotiated_group(s->ssl);
    f->group = group > 0 ? SSL_group_to_name(s->ssl, (int) group) : NULL;
    if (f->server)
        f->client_certificate = f->complete && f->peers > 0;
    else
        f->client_certificate =
            f->complete && f->certificate_request && SSL_get_certificate(s->ssl) != NULL;
}

static void on_info(const SSL *ssl, int where, int value)
{
    struct mu_stream *s = stream_of(ssl);
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (value & 0xff) != 0
        && s->tls.alert == 0)
        s->tls.alert = value & 0xff;
}

static int on_verify(int ok, X509_STORE_CTX *x)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct mu_stream *s = stream_of(ssl);
    if (ok != 1 && s->tls.verified == NULL)
        s->tls.verified = X509_verify_cert_error_string(X509_STORE_CTX_get_error(x));
    return 1;
}

static int on_certificate_request(SSL *ssl, void *unused)
{
    (void) unused;
    stream_of(ssl)->tls.certificate_request = true;
    return 1;
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct mu_stream *s = stream_of(ssl);
    unsigned long hint = SSL_SESSION_get_ticket_lifetime_hint(session);
    if (SSL_SESSION_has_ticket(session) == 1 && hint > s->tls.ticket_lifetime_s)
        s->tls.ticket_lifetime_s = (uint32_t) hint;
    if (SSL_SESSION_get_max_early_data(session) > s->tls.ticket_early_data)
        s->tls.ticket_early_data = SSL_SESSION_get_max_early_data(session);
    return 0; /* the library keeps its reference */
}

static void on_message(int written, int version, int type, const void *data, size_t size, SSL *ssl,
                       void *unused)
{
    (void) version;
    (void) unused;
    const unsigned char *p = data;
    struct mu_stream *s = stream_of(ssl);
    if (written != 0 || type != SSL3_RT_HANDSHAKE || size < 4 || p[0] != SSL3_MT_CLIENT_HELLO
        || s->tls.offer != NULL)
        return;
    struct mu_tls_offer *offer = mu_new(s->arena, struct mu_tls_offer);
    mu_tls_offer_parse(s->arena, (struct mu_bytes){ data, size }, offer);
    s->tls.offer = offer;
}

static void on_key(const SSL *ssl, const char *line)
{
    struct mu_buf *keys = stream_of(ssl)->keys;
    if (keys == NULL)
        return;
    mu_buf_puts(keys, line);
    mu_buf_putc(keys, '\n');
}

void mu_tls_watch(SSL_CTX *ctx, bool server, bool observer)
{
    SSL_CTX_set_info_callback(ctx, on_info);
    if (server)
        SSL_CTX_set_msg_callback(ctx, on_message);
    else
        SSL_CTX_set_cert_cb(ctx, on_certificate_request, NULL);
    if (!observer)
        return;
    SSL_CTX_set_verify(ctx, SSL_CTX_get_verify_mode(ctx), on_verify);
    if (!server) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, on_session);
    }
}

void mu_tls_keys(SSL *ssl)
{
    SSL_CTX_set_keylog_callback(SSL_get_SSL_CTX(ssl), on_key);
}

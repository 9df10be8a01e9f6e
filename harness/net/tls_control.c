#include "net/tls_control.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/digest.h"
#include "base/text_safe.h"
#include "net/tls_files.h"
#include "net/tls_inside.h"

#define TLS_1_3    0x0304
#define EARLY_DATA 42 /* extension, RFC 8446 4.2 */
#define ALPN       16
#define SHOWN      60 /* bytes of a foreign name in a sentence */

static const struct mu_tls_profile profile = {
    .id = "control",
    .min_version = TLS_1_3,
    .max_version = TLS_1_3,
    .suites = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256",
    .client_certificate = true,
    .alpn = MU_CONTROL_ALPN,
};

bool mu_tls_pin(const X509 *x, char pin[MU_PIN_TEXT])
{
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    if (n <= 0)
        return false;
    char hex[MU_DIGEST_TEXT];
    mu_digest_text((struct mu_bytes){ (const char *) der, (size_t) n }, hex);
    (void) snprintf(pin, MU_PIN_TEXT, "sha256:%s", hex);
    OPENSSL_free(der);
    return true;
}

/* --- what did not hold, kept until the library has come back --- */

static int refuse(struct mu_stream *s, const char *fmt, ...) MU_PRINTF(2, 3);

static int refuse(struct mu_stream *s, const char *fmt, ...)
{
    char text[sizeof((struct mu_err){ 0 }).msg];
    va_list args;
    va_start(args, fmt);
    (void) vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    s->tls.failure = mu_arena_strndup(s->arena, text, strlen(text));
    return 0;
}

static const char *shown(struct mu_arena *arena, struct mu_bytes foreign)
{
    struct mu_buf out = { .arena = arena };
    mu_text_safe(&out, foreign, MU_TEXT_LINE, SHOWN);
    return mu_buf_text(&out);
}

static const char *subject(struct mu_arena *arena, const X509_NAME *name)
{
    char line[256] = "";
    X509_NAME_oneline(name, line, sizeof line);
    return shown(arena, mu_bytes_of(line));
}

/* --- the certificate of the other side --- */

static bool is_pinned(const char *pins, const char *pin)
{
    for (const char *p = pins; (p = strstr(p, pin)) != NULL; p++)
        if (p[MU_PIN_TEXT - 1] == '\0' || p[MU_PIN_TEXT - 1] == ' ')
            return true;
    return false;
}

static const char *date(struct mu_arena *arena, const ASN1_TIME *time)
{
    struct tm tm;
    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return "a time that is none";
    return mu_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The library found a fault in the chain: say it with what was there. */
static int refuse_chain(struct mu_stream *s, const struct mu_tls *tls, X509_STORE_CTX *x)
{
    int error = X509_STORE_CTX_get_error(x);
    X509 *at = X509_STORE_CTX_get_current_cert(x);
    at = at != NULL ? at : X509_STORE_CTX_get0_cert(x);
    const char *name = subject(s->arena, X509_get_subject_name(at));
    if (error == X509_V_ERR_CERT_HAS_EXPIRED)
        return refuse(s, "the certificate '%s' of the peer ran out at %s", name,
                      date(s->arena, X509_get0_notAfter(at)));
    if (error == X509_V_ERR_CERT_NOT_YET_VALID)
        return refuse(
            s, "the certificate '%s' of the peer is good from %s only: are the clocks right?", name,
            date(s->arena, X509_get0_notBefore(at)));
    if (mu_tls_forgives(MU_TLS_LAX_ISSUER, error))
        return refuse(s, "the certificate '%s' of the peer was issued by '%s', and %s", name,
                      subject(s->arena, X509_get_issuer_name(at)),
                      tls->anchors != NULL ? "not by the authority of our PKI"
                                           : "we have no authority, only pins");
    return refuse(s, "the certificate '%s' of the peer does not hold: %s", name,
                  X509_verify_cert_error_string(error));
}

/* Its URIs; *first is the first one there was. */
static bool names_uri(const GENERAL_NAMES *names, const char *uri, struct mu_bytes *first)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI)
            continue;
        const ASN1_STRING *text = name->d.uniformResourceIdentifier;
        struct mu_bytes found = { (const char *) ASN1_STRING_get0_data(text),
                                  (size_t) ASN1_STRING_length(text) };
        if (mu_bytes_equal(found, mu_bytes_of(uri)))
            return true;
        if (first->n == 0)
            *first = found;
    }
    return false;
}

bool mu_control_names(struct mu_arena *arena, const char *path, const char *uri, bool *named,
                      struct mu_err *err)
{
    struct mu_bytes first = MU_BYTES("");
    STACK_OF(X509) * chain;
    TRY(mu_tls_chain(arena, path, &chain, err));
    GENERAL_NAMES *names =
        X509_get_ext_d2i(sk_X509_value(chain, 0), NID_subject_alt_name, NULL, NULL);
    *named = names_uri(names, uri, &first);
    GENERAL_NAMES_free(names);
    return true;
}

static int check_uri(struct mu_stream *s, const X509 *leaf)
{
    struct mu_bytes first = MU_BYTES("");
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    int ok = names_uri(names, s->peer->uri, &first) ? 1
             : first.n > 0
                 ? refuse(s, "the certificate of the peer is for '%s', and '%s' is wanted",
                          shown(s->arena, first), s->peer->uri)
                 : refuse(s, "the certificate '%s' of the peer names no URI, and '%s' is wanted",
                          subject(s->arena, X509_get_subject_name(leaf)), s->peer->uri);
    GENERAL_NAMES_free(names);
    return ok;
}

/* A pinned key needs no authority. */
static int forgive_issuer(int ok, X509_STORE_CTX *x)
{
    return ok == 1 || mu_tls_forgives(MU_TLS_LAX_ISSUER, X509_STORE_CTX_get_error(x)) ? 1 : 0;
}

static int judge(X509_STORE_CTX *x, void *unused)
{
    (void) unused;
    const SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct mu_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct mu_stream *s = SSL_get_app_data(ssl);
    const X509 *leaf = X509_STORE_CTX_get0_cert(x);
    char pin[MU_PIN_TEXT] = "";
    int ok = 1;
    if (s->peer->pins != NULL) {
        if (!mu_tls_pin(leaf, pin) || !is_pinned(s->peer->pins, pin))
            ok = refuse(s, "the key of the peer is %s, which is not pinned", pin);
        else
            X509_STORE_CTX_set_verify_cb(x, forgive_issuer);
    }
    if (ok == 1 && X509_verify_cert(x) != 1)
        return refuse_chain(s, tls, x);
    if (ok == 1 && s->peer->uri != NULL)
        ok = check_uri(s, leaf);
    if (ok != 1)
        X509_STORE_CTX_set_error(x, X509_V_ERR_CERT_REJECTED); /* alert bad_certificate */
    return ok;
}

/* --- what a client offers --- */

static const char *highest(struct mu_arena *arena, const struct mu_tls_offer *offer)
{
    unsigned best = 0;
    for (size_t i = 0; i < offer->versions; i++)
        if (offer->version[i] > best && offer->version[i] <= TLS_1_3)
            best = offer->version[i];
    return best >= 0x0301 ? mu_arena_printf(arena, "TLS 1.%u", best - 0x0301) : "SSL";
}

static bool offers_extension(const struct mu_tls_offer *offer, unsigned id)
{
    for (size_t i = 0; i < offer->extensions; i++)
        if (offer->extension[i] == id)
            return true;
    return false;
}

static bool offers_protocol(const struct mu_tls_offer *offer)
{
    for (size_t i = 0; i < offer->alpns; i++)
        if (mu_bytes_equal(offer->alpn[i], MU_BYTES(MU_CONTROL_ALPN)))
            return true;
    return false;
}

static bool offers_version(const struct mu_tls_offer *offer)
{
    for (size_t i = 0; i < offer->versions; i++)
        if (offer->version[i] == TLS_1_3)
            return true;
    return false;
}

/* The library would notice most of this by itself, but not say it so that it can be mended. */
static int on_hello(SSL *ssl, int *alert, void *unused)
{
    (void) unused;
    struct mu_stream *s = SSL_get_app_data(ssl);
    const struct mu_tls_offer *offer = s->tls.offer;
    if (offer == NULL)
        return SSL_CLIENT_HELLO_SUCCESS; /* it cannot be read: the library says why */
    *alert = 0;
    if (!offers_version(offer)) {
        *alert = SSL_AD_PROTOCOL_VERSION;
        refuse(s, "the peer offers %s at most, and only TLS 1.3 will do", highest(s->arena, offer));
    } else if (!offers_protocol(offer)) {
        *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
        refuse(s, "the peer offers %s%s%s, and '" MU_CONTROL_ALPN "' is wanted",
               offer->alpns > 0 ? "the application protocol '" : "no application protocol (ALPN)",
               offer->alpns > 0 ? shown(s->arena, offer->alpn[0]) : "",
               offer->alpns > 0 ? "'" : "");
    } else if (offers_extension(offer, EARLY_DATA)) {
        *alert = SSL_AD_ILLEGAL_PARAMETER;
        refuse(s, "the peer sends early data, which could be replayed");
    }
    return *alert == 0 ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

/* --- sentences for what comes from the library and from the other side --- */

static const struct {
    int alert;
    const char *means;
} told[] = {
    { SSL_AD_PROTOCOL_VERSION, "it does not speak TLS 1.3" },
    { SSL_AD_NO_APPLICATION_PROTOCOL, "it does not speak '" MU_CONTROL_ALPN "' (ALPN)" },
    { SSL_AD_UNKNOWN_CA, "it does not know who issued our certificate" },
    { SSL_AD_CERTIFICATE_EXPIRED, "our certificate has run out by its clock" },
    { SSL_AD_CERTIFICATE_REQUIRED, "it wants a certificate and was sent none" },
    { SSL_AD_UNSUPPORTED_CERTIFICATE, "our certificate is not for this use" },
    { SSL_AD_BAD_CERTIFICATE, "it does not accept our certificate, or whom it names" },
    { SSL_AD_CERTIFICATE_UNKNOWN, "it does not accept our certificate" },
    { SSL_AD_HANDSHAKE_FAILURE, "it found nothing that both sides can do" },
};

static const struct {
    const char *library, *means;
} known[] = {
    { "wrong version number", "the first octets of the peer are no TLS" },
    { "http request", "the peer speaks HTTP and no TLS" },
    { "packet length too long", "the first octets of the peer are no TLS" },
    { "unsupported protocol", "the peer does not speak TLS 1.3" },
    { "peer did not return a certificate", "the peer sent no certificate" },
};

static bool say(struct mu_err *err, const char *what, const char *more)
{
    return mu_fail(err, MU_ERR_TLS, "%s%s", what, more);
}

static bool say_alert(int number, struct mu_err *err)
{
    const char *means = "";
    for (size_t i = 0; i < MU_COUNT(told); i++)
        if (told[i].alert == number)
            means = told[i].means;
    return mu_fail(err, MU_ERR_TLS, "the peer refused with TLS alert %d, %s%s%s", number,
                   mu_tls_alert_name(number), means[0] != '\0' ? ": " : "", means);
}

/* In the order of how much it tells: what we found, what the peer said, what the library thinks. */
static bool explain(const struct mu_stream *s, const char *found, struct mu_err *err)
{
    uint64_t octets = BIO_number_read(SSL_get_rbio(s->ssl));
    if (found != NULL)
        return say(err, found, "");
    if (s->tls.alert != 0)
        return say_alert(s->tls.alert, err);
    if (err->code == MU_ERR_DEADLINE)
        return mu_fail(err, MU_ERR_TLS,
                       "the peer took the connection and did not finish the TLS handshake in time, "
                       "%lu octets came",
                       (unsigned long) octets);
    if (err->code == MU_ERR_CLOSED)
        return mu_fail(
            err, MU_ERR_TLS,
            "the peer hung up within the TLS handshake without an alert, %lu octets came",
            (unsigned long) octets);
    for (size_t i = 0; i < MU_COUNT(known); i++)
        if (strcmp(err->msg, known[i].library) == 0)
            return say(err, known[i].means, "");
    char library[sizeof err->msg];
    memcpy(library, err->msg, sizeof library);
    return say(err, "the TLS handshake failed: ", library);
}

void mu_control_explain(const struct mu_stream *s, struct mu_err *err)
{
    if (s->tls.alert != 0)
        (void) say_alert(s->tls.alert, err);
}

/* --- contexts and connections --- */

bool mu_control_new(struct mu_arena *arena, const struct mu_identity *identity, const char *anchors,
                    bool server, struct mu_tls **tls, struct mu_err *err)
{
    struct mu_tls_need need = {
        .profile = &profile,
        .identity = *identity,
        .anchors = anchors,
        .server = server,
        .ask = server,
        .demand = server,
    };
    struct mu_tls *made;
    TRY(mu_tls_new_strict(arena, &need, &made, err));
    SSL_CTX_set_app_data(made->ctx, made);
    SSL_CTX_set_cert_verify_callback(made->ctx, judge, NULL);
    SSL_CTX_set_options(made->ctx, SSL_OP_NO_TICKET);
    if (server)
        SSL_CTX_set_client_hello_cb(made->ctx, on_hello, NULL);
    *tls = made;
    return true;
}

/* Whoever dialled sees only afterwards what the server left out. */
static bool check_server(const struct mu_stream *s, struct mu_err *err)
{
    const unsigned char *chosen;
    unsigned n;
    SSL_get0_alpn_selected(s->ssl, &chosen, &n);
    if (n == 0)
        return say(err,
                   "the peer chose no application protocol (ALPN), and '" MU_CONTROL_ALPN
                   "' is wanted",
                   "");
    return s->tls.certificate_request
           || say(err, "the peer asked for no certificate of ours: it would serve anybody", "");
}

/* A run may be quiet for long, and firewalls forget who is. */
static void keep_alive(int fd)
{
    (void) setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){ 1 }, sizeof(int));
    (void) setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){ MU_CONTROL_IDLE_S }, sizeof(int));
}

bool mu_control_start(struct mu_stream *s, const struct mu_tls *tls,
                      const struct mu_control_peer *peer, struct mu_err *err)
{
    assert(peer->uri != NULL || peer->pins != NULL);
    s->peer = peer;
    keep_alive(s->fd);
    struct mu_tls_start start = { .tls = tls, .host = tls->server ? NULL : peer->name };
    if (mu_stream_start_tls(s, &start, err))
        return tls->server || check_server(s, err);
    if (s->ssl == NULL || err->code == MU_ERR_USAGE || err->code == MU_ERR_IO)
        return false; /* nobody's but ours */
    /* The library's reason is there, too, unless one of ours came first. */
    bool ours = s->tls.failure != NULL && strcmp(s->tls.failure, err->msg) != 0;
    return explain(s, ours ? s->tls.failure : NULL, err);
}

/* One handshake in memory, with an identity made up for it. */
#include "net/warm.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>

static X509 *certificate_of(EVP_PKEY *key)
{
    X509 *x = X509_new();
    if (x == NULL)
        return NULL;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *) "warm", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    if (X509_sign(x, key, EVP_sha256()) > 0)
        return x;
    X509_free(x);
    return NULL;
}

static SSL *make_end(const SSL_METHOD *method, EVP_PKEY *key, X509 *x)
{
    SSL_CTX *ctx = SSL_CTX_new(method);
    if (ctx == NULL)
        return NULL;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x);
    SSL_CTX_use_certificate(ctx, x);
    SSL_CTX_use_PrivateKey(ctx, key);
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set1_groups_list(ctx, "P-256");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *ssl = SSL_new(ctx);
    SSL_CTX_free(ctx); /* the connection holds it */
    return ssl;
}

static void shake(SSL *client, SSL *server)
{
    enum { STEPS = 10 }; /* 3 do */
    bool done = false;
    char octet = 'w';
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int i = 0; i < STEPS && !done; i++) {
        done = SSL_do_handshake(client) == 1;
        done = SSL_do_handshake(server) == 1 && done;
    }
    if (SSL_write(client, &octet, 1) == 1)
        (void) SSL_read(server, &octet, 1);
    if (SSL_write(server, &octet, 1) == 1)
        (void) SSL_read(client, &octet, 1);
}

void mu_net_warm(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = key != NULL ? certificate_of(key) : NULL;
    SSL *client = x != NULL ? make_end(TLS_client_method(), key, x) : NULL;
    SSL *server = x != NULL ? make_end(TLS_server_method(), key, x) : NULL;
    BIO *near = NULL, *far = NULL;
    if (client != NULL && server != NULL && BIO_new_bio_pair(&near, 0, &far, 0) == 1) {
        SSL_set_bio(client, near, near);
        SSL_set_bio(server, far, far);
        shake(client, server);
    }
    SSL_free(client);
    SSL_free(server);
    X509_free(x);
    EVP_PKEY_free(key);
    ERR_clear_error();
}

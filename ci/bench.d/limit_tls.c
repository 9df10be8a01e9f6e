#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "limit.h"

static const char *file_of(char room[1024], const char *pki, const char *name, const char *ending)
{
    if (snprintf(room, 1024, "%s/%s%s", pki, name, ending) >= 1024)
        limit_die("the name of the PKI folder is too long");
    return room;
}

static void load(X509_STORE *store, const char *path, int type)
{
    X509_LOOKUP *files = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    int loaded = type == 0 ? X509_load_cert_file(files, path, X509_FILETYPE_PEM)
                           : X509_load_crl_file(files, path, X509_FILETYPE_PEM);
    if (loaded <= 0)
        limit_die(path);
}

static void trust(SSL_CTX *ctx, const char *pki, enum limit_set_up set_up, bool crl)
{
    char room[1024];
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    load(store, file_of(room, pki, "ca", ".pem"), 0);
    if (set_up == LIMIT_DEFAULTS)
        load(store, file_of(room, pki, "intermediate", ".pem"), 0);
    if (!crl)
        return;
    load(store, file_of(room, pki, "crl", ".pem"), 1);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

static void identify(SSL_CTX *ctx, const char *pki, const char *identity, enum limit_set_up set_up)
{
    char room[1024];
    int ok;
    if (set_up == LIMIT_TUNED)
        ok = SSL_CTX_use_certificate_chain_file(ctx, file_of(room, pki, identity, ".chain.pem"));
    else
        ok = SSL_CTX_use_certificate_file(ctx, file_of(room, pki, identity, ".pem"),
                                          SSL_FILETYPE_PEM);
    if (ok != 1
        || SSL_CTX_use_PrivateKey_file(ctx, file_of(room, pki, identity, ".key"), SSL_FILETYPE_PEM)
               != 1)
        limit_die(room);
}

SSL_CTX *limit_tls(const char *pki, const char *identity, bool server, enum limit_set_up set_up,
                   bool crl)
{
    SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1
        || SSL_CTX_set1_groups_list(ctx, "P-256") != 1
        || SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") != 1)
        limit_die("cannot make a TLS context");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (set_up == LIMIT_TUNED) {
        SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
        SSL_CTX_set_num_tickets(ctx, 0);
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    } else if (SSL_CTX_set_session_id_context(ctx, (const unsigned char *) "limit", 5) != 1) {
        limit_die("cannot name the sessions"); /* a server that asks for certificates must */
    }
    identify(ctx, pki, identity, set_up);
    trust(ctx, pki, set_up, crl);
    return ctx;
}

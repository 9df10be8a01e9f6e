/* Contexts of a twin that sins: verification with a gap, offers that nobody should make. */
#include <openssl/x509_vfy.h>

#include "net/tls_inside.h"

/* What the library says of a certificate, and who does not mind. */
static const struct {
    int error;
    unsigned lax;
} row[] = {
    { X509_V_ERR_CERT_NOT_YET_VALID, MU_TLS_LAX_DATES },
    { X509_V_ERR_CERT_HAS_EXPIRED, MU_TLS_LAX_DATES },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_CERT_UNTRUSTED, MU_TLS_LAX_ISSUER },
    { X509_V_ERR_UNABLE_TO_GET_CRL, MU_TLS_LAX_ISSUER | MU_TLS_LAX_REVOCATION },
    { X509_V_ERR_CERT_REVOKED, MU_TLS_LAX_REVOCATION },
    { X509_V_ERR_CRL_HAS_EXPIRED, MU_TLS_LAX_REVOCATION },
    { X509_V_ERR_CRL_NOT_YET_VALID, MU_TLS_LAX_REVOCATION },
    { X509_V_ERR_PATH_LENGTH_EXCEEDED, MU_TLS_LAX_CHAIN },
    { X509_V_ERR_INVALID_CA, MU_TLS_LAX_CHAIN },
    { X509_V_ERR_PERMITTED_VIOLATION, MU_TLS_LAX_CHAIN },
    { X509_V_ERR_EXCLUDED_VIOLATION, MU_TLS_LAX_CHAIN },
    { X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, MU_TLS_LAX_STRENGTH },
    { X509_V_ERR_INVALID_PURPOSE, MU_TLS_LAX_PURPOSE },
    { X509_V_ERR_HOSTNAME_MISMATCH, MU_TLS_LAX_NAME },
    { X509_V_ERR_CA_MD_TOO_WEAK, MU_TLS_LAX_STRENGTH },
    { X509_V_ERR_EE_KEY_TOO_SMALL, MU_TLS_LAX_STRENGTH },
};

bool mu_tls_forgives(unsigned lax, int error)
{
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (row[i].error == error && (row[i].lax & lax) != 0)
            return true;
    return false;
}

/* The context's app data is the number itself. */
static unsigned lax_of(const SSL *ssl)
{
    return (unsigned) (uintptr_t) SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

static int on_verify(int ok, X509_STORE_CTX *store)
{
    unsigned lax = lax_of(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    return ok == 1 || mu_tls_forgives(lax, X509_STORE_CTX_get_error(store)) ? 1 : 0;
}

/* RFC 6520 2: one octet, peer_allowed_to_send. */
static int add_heartbeat(
    SSL *ssl, unsigned type, const unsigned char **out, size_t *n,
    int *alert, /* NOLINT(readability-non-const-parameter): as the library has it */
    void *unused)
{
    static const unsigned char mode = 1;
    (void) ssl, (void) type, (void) alert, (void) unused;
    *out = &mode;
    *n = 1;
    return 1;
}

bool mu_tls_relax(SSL_CTX *ctx, unsigned lax)
{
    SSL_CTX_set_app_data(ctx, (void *) (uintptr_t) lax);
    if ((lax & MU_TLS_LAX_ALL) != 0)
        SSL_CTX_set_verify(ctx, SSL_CTX_get_verify_mode(ctx), on_verify);
    if ((lax & MU_TLS_LAX_NO_EMS) != 0)
        SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    if ((lax & MU_TLS_LAX_EARLY) != 0)
        (void) SSL_CTX_set_max_early_data(ctx, 16384);
    return (lax & MU_TLS_LAX_HEARTBEAT) == 0
           || SSL_CTX_add_client_custom_ext(ctx, 15, add_heartbeat, NULL, NULL, NULL, NULL) == 1;
}

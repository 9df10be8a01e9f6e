/* pki_make.h - making one key, one certificate, one set of files: what both PKIs are made with. */
#ifndef MU_NET_PKI_MAKE_H
#define MU_NET_PKI_MAKE_H

#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

#define MU_PKI_HOUR 3600L
#define MU_PKI_DAY  (24 * MU_PKI_HOUR)

/* What is made lives in `arena`; files go to `dir`. */
struct mu_pki_desk {
    struct mu_arena *arena;
    const char *dir;
};

enum mu_pki_key { MU_PKI_P256, MU_PKI_RSA1024, MU_PKI_RSA2048, MU_PKI_EXPLICIT };

/* NULL when the library would not. */
EVP_PKEY *mu_pki_make_key(const struct mu_pki_desk *desk, enum mu_pki_key kind);

/* With names, times and key, not yet signed; NULL when the library would not. */
X509 *mu_pki_make_certificate(const struct mu_pki_desk *desk, const char *cn, EVP_PKEY *key,
                              long from_s, long to_s);

bool mu_pki_add_extension(X509 *x, X509 *issuer, int nid, const char *value);

/* Issuer's name, and what an authority says of itself; `limits`: name constraints or NULL. Signed. */
bool mu_pki_sign_authority(X509 *x, X509 *issuer, EVP_PKEY *issuer_key, bool end,
                           const char *limits);

/* A new file: never written over. */
bool mu_pki_write(const struct mu_pki_desk *desk, const char *name, const char *suffix, BIO *pem,
                  mode_t mode, struct mu_err *err) MU_MUST_USE;

/* NAME.pem, NAME.chain.pem with those `above` it (without the root, which goes over no wire),
 * NAME.key. */
bool mu_pki_write_identity(const struct mu_pki_desk *desk, const char *name, X509 *x, EVP_PKEY *key,
                           X509 *const *above, size_t count, struct mu_err *err) MU_MUST_USE;

/* MU_ERR_TLS: what the library had to say. */
bool mu_pki_trouble(struct mu_err *err, const char *name);

#endif

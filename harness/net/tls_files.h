/* tls_files.h - PEM files as objects of the library, decoded once an arena and shared. */
#ifndef MU_NET_TLS_FILES_H
#define MU_NET_TLS_FILES_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "base/err.h"

/* All borrowed from the arena. MU_ERR_PROFILE with the file when it holds nothing of the kind. */
bool mu_tls_chain(struct mu_arena *arena, const char *path, STACK_OF(X509) * *chain,
                  struct mu_err *err) MU_MUST_USE;
bool mu_tls_anchors(struct mu_arena *arena, const char *path, STACK_OF(X509) * *anchors,
                    struct mu_err *err) MU_MUST_USE;
bool mu_tls_key(struct mu_arena *arena, const char *path, EVP_PKEY **key,
                struct mu_err *err) MU_MUST_USE;

/* Anchors and, when `crl` is not NULL, revocation lists. */
bool mu_tls_store(struct mu_arena *arena, const char *anchors, const char *crl, X509_STORE **store,
                  struct mu_err *err) MU_MUST_USE;

#endif

/*
 * cms.h - detached signatures in CMS (RFC 5652) over octets that lie beside them, DER, with SHA-256 or
 * better.
 *
 * What we write is what `openssl cms -verify -binary` reads: signed attributes with content type,
 * signing time, digest, the digests of all certificates that go with it (ESSCertIDv2, RFC 5035), and what the
 * signer says he is (signer-attributes with a claimed title, RFC 5126 5.11.3). What we read may come from
 * anybody; it is taken only where no octet of it is left unsigned that could be another.
 */
#ifndef MU_FORMAT_CMS_H
#define MU_FORMAT_CMS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* The key is PEM, and so are the certificates: that of the signer first, then those above it. */
struct mu_cms_order {
    struct mu_bytes key, certificates;
    const char *key_name, *certificates_name; /* for messages */
    const char *passphrase;                   /* of the key; NULL: it has none */
    const char *role;                         /* NULL: nothing is said */
};

/* Does the PEM say so? */
bool mu_cms_key_is_encrypted(struct mu_bytes key);

/* MU_ERR_USAGE with a sentence: the key cannot be read, is too weak or is not that of the certificate; or the
 * certificate has expired or is not meant for signatures. The clock is that of the machine. */
bool mu_cms_sign(struct mu_arena *arena, const struct mu_cms_order *order, struct mu_bytes content,
                 struct mu_bytes *der, struct mu_err *err) MU_MUST_USE;

/* One who signed. Every text is safe. */
struct mu_cms_signer {
    const char *subject, *issuer; /* RFC 4514 */
    const char *certificate;      /* SHA-256, hexadecimal */
    const char *key;              /* "sha256:" and that of its SubjectPublicKeyInfo */
    const char *digest;           /* "SHA256" */
    const char *role;             /* that he claims; NULL */
    const char *signed_at;        /* that he states, as 2026-11-23T10:15:00Z; NULL */
    const char *wrong;            /* why it is no signature over the content; NULL: it is one */
    const char *distrust;         /* why no anchor vouches for the certificate; NULL: one does, or
                                     nobody asked */
};

/* `anchors` is PEM; .n 0: nobody asks whom to trust. `at` is when certificates must be good, Unix time.
 * MU_ERR_PEER with a sentence: these octets are no detached signature. */
bool mu_cms_check(struct mu_arena *arena, struct mu_bytes der, struct mu_bytes content,
                  struct mu_bytes anchors, int64_t at, struct mu_cms_signer **signer,
                  size_t *signers, struct mu_err *err) MU_MUST_USE;

/* Are these certificates in PEM? MU_ERR_PROFILE: `name` holds none. */
bool mu_cms_anchors(struct mu_arena *arena, struct mu_bytes pem, const char *name,
                    struct mu_err *err) MU_MUST_USE;

#endif

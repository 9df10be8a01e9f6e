#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "base/limits.h"
#include "format/cms_inside.h"

bool mu_cms_key_is_encrypted(struct mu_bytes key)
{
    return mu_bytes_find(key, MU_BYTES("ENCRYPTED"), 0) != SIZE_MAX;
}

static void free_key(void *object)
{
    EVP_PKEY_free(object);
}

static void free_cms(void *object)
{
    CMS_ContentInfo_free(object);
}

static bool wrong(const char *name, struct mu_err *err, const char *what)
{
    ERR_clear_error();
    return mu_fail_where(err, (struct mu_where){ .input = name }, MU_ERR_USAGE, "%s", what);
}

/* --- what it is signed with ------------------------------------------------------------------------- */

/* An empty answer is none: without this the library would ask the terminal. */
static int answer(char *buf, int size, int writing, void *passphrase)
{
    (void) writing;
    const char *text = passphrase != NULL ? passphrase : "";
    int n = (int) strlen(text);
    if (n == 0 || n > size)
        return -1;
    memcpy(buf, text, (size_t) n);
    return n;
}

static bool read_key(struct mu_arena *arena, const struct mu_cms_order *order, EVP_PKEY **key,
                     struct mu_err *err)
{
    BIO *in = order->key.n > MU_OPERATOR_FILE_MAX
                  ? NULL
                  : BIO_new_mem_buf(order->key.p, (int) order->key.n);
    *key = in == NULL
               ? NULL
               : PEM_read_bio_PrivateKey(in, NULL, answer, (void *) (uintptr_t) order->passphrase);
    BIO_free(in);
    if (*key == NULL)
        return wrong(order->key_name, err,
                     mu_cms_key_is_encrypted(order->key)
                         ? "the key is encrypted, and this is not its passphrase"
                         : "no private key in PEM form can be read here");
    mu_arena_defer(arena, free_key, *key);
    return true;
}

static bool check_certificate(struct mu_arena *arena, const struct mu_cms_order *order, X509 *x,
                              const EVP_PKEY *key, struct mu_err *err)
{
    const char *why = mu_cms_unfit(arena, x);
    if (X509_check_private_key(x, key) != 1)
        return wrong(order->certificates_name, err,
                     "the first certificate here is not that of the private key");
    if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
        return wrong(order->certificates_name, err, "the certificate has expired");
    if (X509_cmp_current_time(X509_get0_notBefore(x)) >= 0)
        return wrong(order->certificates_name, err, "the certificate is not yet valid");
    return why == NULL
           || wrong(order->certificates_name, err,
                    mu_arena_printf(arena, "the certificate does not do: %s", why));
}

/* As long as the key is strong. */
static const EVP_MD *digest_for(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);
    if (!EVP_PKEY_is_a(key, "EC"))
        return EVP_sha256();
    return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
}

/* --- the attributes --------------------------------------------------------------------------------- */

/* Digests of every certificate that goes with it: none can be changed afterwards. */
static bool add_certificates(CMS_SignerInfo *si, X509 *x, const STACK_OF(X509) * above)
{
    unsigned char *der = NULL;
    STACK_OF(X509) *more = sk_X509_num(above) > 0 ? (STACK_OF(X509) *) (uintptr_t) above : NULL;
    ESS_SIGNING_CERT_V2 *all = OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), x, more, 1);
    int n = all != NULL ? i2d_ESS_SIGNING_CERT_V2(all, &der) : -1;
    bool added = n > 0
                 && CMS_signed_add1_attr_by_NID(si, NID_id_smime_aa_signingCertificateV2,
                                                V_ASN1_SEQUENCE, der, n)
                        == 1;
    OPENSSL_free(der);
    ESS_SIGNING_CERT_V2_free(all);
    return added;
}

static bool add_role(struct mu_arena *arena, CMS_SignerInfo *si, const char *role)
{
    if (role == NULL)
        return true;
    struct mu_bytes der = mu_cms_role(arena, role);
    return CMS_signed_add1_attr_by_NID(si, NID_id_smime_aa_ets_signerAttr, V_ASN1_SEQUENCE, der.p,
                                       (int) der.n)
           == 1;
}

static CMS_ContentInfo *make(struct mu_arena *arena, const struct mu_cms_order *order,
                             STACK_OF(X509) * chain, EVP_PKEY *key, struct mu_bytes content)
{
    const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
    X509 *x = sk_X509_value(chain, 0);
    STACK_OF(X509) *above = sk_X509_dup(chain);
    sk_X509_shift(above);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, above, NULL, flags);
    BIO *in = BIO_new_mem_buf(content.p, (int) content.n);
    if (cms != NULL)
        mu_arena_defer(arena, free_cms, cms);
    CMS_SignerInfo *si = cms != NULL ? CMS_add1_signer(cms, x, key, digest_for(key), flags) : NULL;
    bool made = in != NULL && si != NULL && add_certificates(si, x, above)
                && add_role(arena, si, order->role) && CMS_final(cms, in, NULL, flags) == 1;
    BIO_free(in);
    sk_X509_free(above);
    return made ? cms : NULL;
}

bool mu_cms_sign(struct mu_arena *arena, const struct mu_cms_order *order, struct mu_bytes content,
                 struct mu_bytes *der, struct mu_err *err)
{
    EVP_PKEY *key;
    unsigned char *p = NULL;
    STACK_OF(X509) *chain = mu_cms_certificates(arena, order->certificates);
    if (chain == NULL)
        return wrong(order->certificates_name, err, "no certificate in PEM form can be read here");
    TRY(read_key(arena, order, &key, err));
    if (!EVP_PKEY_is_a(key, "RSA") && !EVP_PKEY_is_a(key, "EC") && !EVP_PKEY_is_a(key, "RSA-PSS"))
        return wrong(
            order->key_name, err,
            mu_arena_printf(arena,
                            "the key is of the kind %s, for which 'openssl cms' of version 3.0 "
                            "has no signatures: RSA or EC is wanted",
                            EVP_PKEY_get0_type_name(key)));
    TRY(check_certificate(arena, order, sk_X509_value(chain, 0), key, err));
    CMS_ContentInfo *cms = make(arena, order, chain, key, content);
    int n = cms != NULL ? i2d_CMS_ContentInfo(cms, &p) : -1;
    if (n <= 0)
        return mu_fail(err, MU_ERR_TLS, "cannot sign: %s", mu_cms_reason());
    *der = (struct mu_bytes){ mu_arena_strndup(arena, (const char *) p, (size_t) n), (size_t) n };
    OPENSSL_free(p);
    return true;
}

#include "net/pki_make.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "base/file.h"

bool mu_pki_trouble(struct mu_err *err, const char *name)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return mu_fail(err, MU_ERR_TLS, "cannot make '%s': %s", name, why != NULL ? why : "unknown");
}

static void free_key(void *object)
{
    EVP_PKEY_free(object);
}

static void free_x509(void *object)
{
    X509_free(object);
}

EVP_PKEY *mu_pki_make_key(const struct mu_pki_desk *desk, enum mu_pki_key kind)
{
    EVP_PKEY *key = kind == MU_PKI_RSA1024   ? EVP_RSA_gen(1024)
                    : kind == MU_PKI_RSA2048 ? EVP_RSA_gen(2048)
                                             : EVP_EC_gen("P-256");
    if (key != NULL)
        mu_arena_defer(desk->arena, free_key, key);
    /* The curve spelt out: whoever takes the numbers for a curve has taken others (CVE-2020-0601). */
    if (key != NULL && kind == MU_PKI_EXPLICIT
        && EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                          OSSL_PKEY_EC_ENCODING_EXPLICIT)
               != 1)
        return NULL;
    return key;
}

static bool set_name(X509 *x, const char *cn)
{
    X509_NAME *name = X509_get_subject_name(x);
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                                      (const unsigned char *) "Muster Test", -1, -1, 0)
               == 1
           && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *) cn, -1,
                                         -1, 0)
                  == 1;
}

static bool set_serial(X509 *x)
{
    uint64_t serial;
    return RAND_bytes((unsigned char *) &serial, sizeof serial) == 1
           && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1 | 1) == 1;
}

X509 *mu_pki_make_certificate(const struct mu_pki_desk *desk, const char *cn, EVP_PKEY *key,
                              long from_s, long to_s)
{
    X509 *x = X509_new();
    if (x == NULL)
        return NULL;
    mu_arena_defer(desk->arena, free_x509, x);
    if (X509_set_version(x, X509_VERSION_3) != 1 || !set_serial(x) || !set_name(x, cn)
        || X509_gmtime_adj(X509_getm_notBefore(x), from_s) == NULL
        || X509_gmtime_adj(X509_getm_notAfter(x), to_s) == NULL || X509_set_pubkey(x, key) != 1)
        return NULL;
    return x;
}

bool mu_pki_add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
    bool added = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return added;
}

bool mu_pki_sign_authority(X509 *x, X509 *issuer, EVP_PKEY *issuer_key, bool end,
                           const char *limits)
{
    return X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1
           && mu_pki_add_extension(x, issuer, NID_basic_constraints,
                                   end ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE")
           && mu_pki_add_extension(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")
           && mu_pki_add_extension(x, issuer, NID_subject_key_identifier, "hash")
           && mu_pki_add_extension(x, issuer, NID_authority_key_identifier, "keyid")
           && (limits == NULL || mu_pki_add_extension(x, issuer, NID_name_constraints, limits))
           && X509_sign(x, issuer_key, EVP_sha256()) != 0;
}

bool mu_pki_write(const struct mu_pki_desk *desk, const char *name, const char *suffix, BIO *pem,
                  mode_t mode, struct mu_err *err)
{
    char *p;
    long n = BIO_get_mem_data(pem, &p);
    const char *path =
        mu_file_join(desk->arena, desk->dir, mu_arena_printf(desk->arena, "%s%s", name, suffix));
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return mu_fail_sys(err, "cannot create '%s'", path);
    return mu_file_write_all(fd, (struct mu_bytes){ p, (size_t) n }, err);
}

static bool put_chain(BIO *pem, X509 *x, X509 *const *above, size_t count)
{
    bool put = PEM_write_bio_X509(pem, x) == 1;
    for (size_t i = 0; put && i < count; i++)
        put = PEM_write_bio_X509(pem, above[i]) == 1;
    return put;
}

bool mu_pki_write_identity(const struct mu_pki_desk *desk, const char *name, X509 *x, EVP_PKEY *key,
                           X509 *const *above, size_t count, struct mu_err *err)
{
    static const struct {
        const char *suffix;
        mode_t mode;
    } row[] = { { ".pem", 0644 }, { ".chain.pem", 0644 }, { ".key", 0600 } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        BIO *pem = BIO_new(BIO_s_mem());
        bool made = i == 0 ? PEM_write_bio_X509(pem, x) == 1
                    : i == 1
                        ? put_chain(pem, x, above, count)
                        : PEM_write_bio_PKCS8PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL) == 1;
        bool written = made ? mu_pki_write(desk, name, row[i].suffix, pem, row[i].mode, err)
                            : mu_pki_trouble(err, name);
        BIO_free(pem);
        TRY(written);
    }
    return true;
}

#include "net/pki.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

#define HOUR      3600L
#define DAY       (24 * HOUR)
#define GOOD_DAYS 30

#define XMPP "otherName:1.3.6.1.5.5.7.8.5;UTF8:"
#define HOSTS                                                                                      \
    "DNS:localhost,DNS:nato.test,DNS:eu.test,DNS:*.nato.test,"                                     \
    "IP:127.0.0.1,IP:::1," XMPP "nato.test"
#define USER(name) "email:" name "@nato.test," XMPP name "@nato.test"
#define BOTH       "serverAuth,clientAuth"
#define CRL_AT     "URI:http://pki.muster.invalid/crl.pem"

/* Each authority stands behind its issuer. SELF: nobody but the leaf itself. */
enum issuer { ROOT, INTERMEDIATE, BELOW, CONSTRAINED, LAPSED, UNLISTED, FOREIGN, ISSUERS, SELF };

static const struct ca {
    const char *name, *cn;
    enum issuer issuer; /* itself for a root                                                 */
    const char *limits; /* name constraints; NULL: none                                      */
    int list_day;       /* until when its revocation list is good; 0: it has none           */
    bool end;           /* may issue leaves only                                             */
} authority[ISSUERS] = {
    [ROOT] = { "ca", "Muster Test Root", ROOT, .list_day = GOOD_DAYS },
    [INTERMEDIATE] = { "intermediate", "Muster Test Intermediate", ROOT, .list_day = GOOD_DAYS,
                       .end = true },
    [BELOW] = { "below-ca", "Muster Test One Too Many", INTERMEDIATE, .list_day = GOOD_DAYS },
    [CONSTRAINED] = { "constrained-ca", "Muster Test Constrained", ROOT,
                      "critical,permitted;DNS:constrained.test,permitted;email:constrained.test",
                      .list_day = GOOD_DAYS },
    [LAPSED] = { "lapsed-ca", "Muster Test Lapsed List", ROOT, .list_day = -1 },
    [UNLISTED] = { "unlisted-ca", "Muster Test Without List", ROOT, .list_day = 0 },
    [FOREIGN] = { "foreign-ca", "Somebody Else's Root", FOREIGN, .list_day = 0 },
};

enum key { P256, RSA1024, RSA2048, EXPLICIT };

#define SERVER "localhost", HOSTS, BOTH, .server = true
#define CLIENT "sender", USER("sender"), "clientAuth", .server = false

/* What is left out is good: issued by the intermediate, P-256, SHA-256, valid for GOOD_DAYS. */
static const struct leaf {
    const char *name, *cn, *san, *eku;
    bool server;
    enum issuer by; /* ROOT: the intermediate */
    enum key key;
    bool revoked, sha1, staple;
    const char *crl;      /* where its revocation list is; NULL: it does not say               */
    int from_day, to_day; /* both 0: good                                                      */
} leaf[] = {
    { "server", SERVER },
    { "sender", CLIENT },
    { "receiver", "receiver", USER("receiver"), "clientAuth", .server = false },
    { "twin", "twin", HOSTS "," USER("twin"), BOTH, .crl = CRL_AT },
    { "server-expired", SERVER, .from_day = -30, .to_day = -1 },
    { "server-not-yet-valid", SERVER, .from_day = 20, .to_day = 50 },
    { "server-foreign", SERVER, .by = FOREIGN },
    { "server-wrong-host", "elsewhere.test", "DNS:elsewhere.test", BOTH, .server = true },
    { "server-sha1", SERVER, .sha1 = true },
    { "server-rsa1024", SERVER, .key = RSA1024 },
    { "server-revoked", SERVER, .revoked = true },
    { "server-cn-only", "localhost", NULL, BOTH, .server = true },
    { "server-self-signed", SERVER, .by = SELF },
    { "server-no-server-auth", "localhost", HOSTS, "clientAuth", .server = true },
    { "server-path-length", SERVER, .by = BELOW },
    { "server-name-constraints", SERVER, .by = CONSTRAINED },
    { "server-explicit-curve", SERVER, .key = EXPLICIT },
    { "server-mixed-chain", SERVER, .key = RSA2048 },
    { "server-stale-list", SERVER, .by = LAPSED },
    { "server-no-list", SERVER, .by = UNLISTED },
    { "server-must-staple", SERVER, .staple = true },
    { "server-ldap-list", SERVER, .crl = "URI:ldap://pki.muster.invalid/crl" },
    { "client-expired", CLIENT, .from_day = -30, .to_day = -1 },
    { "client-not-yet-valid", CLIENT, .from_day = 20, .to_day = 50 },
    { "client-foreign", CLIENT, .by = FOREIGN },
    { "client-no-client-auth", "sender", USER("sender"), "serverAuth", .server = false },
    { "client-sha1", CLIENT, .sha1 = true },
    { "client-rsa1024", CLIENT, .key = RSA1024 },
    { "client-revoked", CLIENT, .revoked = true },
    { "client-self-signed", CLIENT, .by = SELF },
    { "client-path-length", CLIENT, .by = BELOW },
    { "client-name-constraints", CLIENT, .by = CONSTRAINED },
    { "client-explicit-curve", CLIENT, .key = EXPLICIT },
    { "client-mixed-chain", CLIENT, .key = RSA2048 },
    { "client-stale-list", CLIENT, .by = LAPSED },
    { "client-no-list", CLIENT, .by = UNLISTED },
};

struct pki {
    struct mu_arena *arena;
    const char *dir;
    X509 *ca[ISSUERS];
    EVP_PKEY *ca_key[ISSUERS];
    X509_CRL *crl[ISSUERS];
};

const char *mu_pki_name(size_t i, bool *server)
{
    if (i >= MU_COUNT(leaf))
        return NULL;
    *server = leaf[i].server;
    return leaf[i].name;
}

static bool trouble(struct mu_err *err, const char *name)
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

static void free_crl(void *object)
{
    X509_CRL_free(object);
}

static void close_arena(struct mu_arena **arena)
{
    mu_arena_free(*arena);
}

static bool write_file(struct pki *k, const char *name, const char *suffix, BIO *pem, mode_t mode,
                       struct mu_err *err)
{
    char *p;
    long n = BIO_get_mem_data(pem, &p);
    const char *path =
        mu_file_join(k->arena, k->dir, mu_arena_printf(k->arena, "%s%s", name, suffix));
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return mu_fail_sys(err, "cannot create '%s'", path);
    return mu_file_write_all(fd, (struct mu_bytes){ p, (size_t) n }, err);
}

/* What goes over the wire: the leaf and those above it, without the root. */
static bool put_chain(const struct pki *k, BIO *pem, X509 *x, enum issuer above)
{
    bool put = PEM_write_bio_X509(pem, x) == 1;
    for (; put && above < ISSUERS && authority[above].issuer != above;
         above = authority[above].issuer)
        put = PEM_write_bio_X509(pem, k->ca[above]) == 1;
    return put;
}

/* The three files of one name. */
static bool write_identity(struct pki *k, const char *name, X509 *x, EVP_PKEY *key,
                           enum issuer above, struct mu_err *err)
{
    static const struct {
        const char *suffix;
        mode_t mode;
    } row[] = { { ".pem", 0644 }, { ".chain.pem", 0644 }, { ".key", 0600 } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        BIO *pem = BIO_new(BIO_s_mem());
        bool made = i == 0 ? PEM_write_bio_X509(pem, x) == 1
                    : i == 1
                        ? put_chain(k, pem, x, above)
                        : PEM_write_bio_PKCS8PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL) == 1;
        bool written =
            made ? write_file(k, name, row[i].suffix, pem, row[i].mode, err) : trouble(err, name);
        BIO_free(pem);
        TRY(written);
    }
    return true;
}

static EVP_PKEY *new_key(struct pki *k, enum key kind)
{
    EVP_PKEY *key = kind == RSA1024   ? EVP_RSA_gen(1024)
                    : kind == RSA2048 ? EVP_RSA_gen(2048)
                                      : EVP_EC_gen("P-256");
    if (key != NULL)
        mu_arena_defer(k->arena, free_key, key);
    /* The curve spelt out: whoever takes the numbers for a curve has taken others (CVE-2020-0601). */
    if (key != NULL && kind == EXPLICIT
        && EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                          OSSL_PKEY_EC_ENCODING_EXPLICIT)
               != 1)
        return NULL;
    return key;
}

static bool add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
    bool added = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return added;
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

/* A certificate with names, times and key, not yet signed. */
static X509 *new_certificate(struct pki *k, const char *cn, EVP_PKEY *key, long from_s, long to_s)
{
    X509 *x = X509_new();
    if (x == NULL)
        return NULL;
    mu_arena_defer(k->arena, free_x509, x);
    if (X509_set_version(x, X509_VERSION_3) != 1 || !set_serial(x) || !set_name(x, cn)
        || X509_gmtime_adj(X509_getm_notBefore(x), from_s) == NULL
        || X509_gmtime_adj(X509_getm_notAfter(x), to_s) == NULL || X509_set_pubkey(x, key) != 1)
        return NULL;
    return x;
}

static bool make_authority(struct pki *k, enum issuer i, struct mu_err *err)
{
    const struct ca *ca = &authority[i];
    EVP_PKEY *key = k->ca_key[i] = new_key(k, P256);
    X509 *x = k->ca[i] =
        key == NULL ? NULL : new_certificate(k, ca->cn, key, -HOUR, (GOOD_DAYS + 1) * DAY);
    if (x == NULL)
        return trouble(err, ca->name);
    X509 *issuer = k->ca[ca->issuer];
    if (X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1
        || !add_extension(x, issuer, NID_basic_constraints,
                          ca->end ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE")
        || !add_extension(x, issuer, NID_key_usage, "critical,keyCertSign,cRLSign")
        || !add_extension(x, issuer, NID_subject_key_identifier, "hash")
        || !add_extension(x, issuer, NID_authority_key_identifier, "keyid")
        || (ca->limits != NULL && !add_extension(x, issuer, NID_name_constraints, ca->limits))
        || X509_sign(x, k->ca_key[ca->issuer], EVP_sha256()) == 0)
        return trouble(err, ca->name);
    return write_identity(k, ca->name, x, key, SELF, err);
}

static bool add_revoked(X509_CRL *crl, const X509 *x)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -HOUR);
    bool done = entry != NULL && now != NULL
                && X509_REVOKED_set_serialNumber(
                       entry, (ASN1_INTEGER *) (uintptr_t) X509_get0_serialNumber(x))
                       == 1
                && X509_REVOKED_set_revocationDate(entry, now) == 1
                && X509_CRL_add0_revoked(crl, entry) == 1;
    ASN1_TIME_free(now);
    if (!done)
        X509_REVOKED_free(entry);
    return done;
}

static bool add_extensions(const struct leaf *row, X509 *x, X509 *issuer)
{
    bool rsa = row->key == RSA1024 || row->key == RSA2048;
    return add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE")
           && add_extension(x, issuer, NID_key_usage,
                            rsa ? "critical,digitalSignature,keyEncipherment"
                                : "critical,digitalSignature,keyAgreement")
           && add_extension(x, issuer, NID_ext_key_usage, row->eku)
           && add_extension(x, issuer, NID_subject_key_identifier, "hash")
           && add_extension(x, issuer, NID_authority_key_identifier, "keyid")
           && (row->san == NULL || add_extension(x, issuer, NID_subject_alt_name, row->san))
           && (row->crl == NULL || add_extension(x, issuer, NID_crl_distribution_points, row->crl))
           && (!row->staple || add_extension(x, issuer, NID_tlsfeature, "status_request"));
}

static bool make_leaf(struct pki *k, const struct leaf *row, struct mu_err *err)
{
    bool good = row->from_day == 0 && row->to_day == 0;
    enum issuer by = row->by == ROOT ? INTERMEDIATE : row->by;
    EVP_PKEY *key = new_key(k, row->key);
    X509 *x = key == NULL ? NULL
                          : new_certificate(k, row->cn, key, good ? -HOUR : row->from_day * DAY,
                                            (good ? GOOD_DAYS : row->to_day) * DAY);
    if (x == NULL)
        return trouble(err, row->name);
    X509 *issuer = by == SELF ? x : k->ca[by];
    if (X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1
        || !add_extensions(row, x, issuer)
        || X509_sign(x, by == SELF ? key : k->ca_key[by], row->sha1 ? EVP_sha1() : EVP_sha256())
               == 0
        || (row->revoked && !add_revoked(k->crl[by], x)))
        return trouble(err, row->name);
    return write_identity(k, row->name, x, key, by, err);
}

static bool begin_list(struct pki *k, enum issuer i, struct mu_err *err)
{
    X509_CRL *crl = k->crl[i] = X509_CRL_new();
    int day = authority[i].list_day;
    ASN1_TIME *from = X509_gmtime_adj(NULL, day < 0 ? (day - 1) * DAY : -HOUR),
              *to = X509_gmtime_adj(NULL, day * DAY);
    if (crl != NULL)
        mu_arena_defer(k->arena, free_crl, crl);
    bool made = crl != NULL && X509_CRL_set_version(crl, 1) == 1
                && X509_CRL_set_issuer_name(crl, X509_get_subject_name(k->ca[i])) == 1
                && X509_CRL_set1_lastUpdate(crl, from) == 1
                && X509_CRL_set1_nextUpdate(crl, to) == 1;
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return made || trouble(err, "crl");
}

/* Revocation is checked all along a chain, so the list of the root is needed as well. */
static bool write_lists(struct pki *k, struct mu_err *err)
{
    BIO *pem = BIO_new(BIO_s_mem());
    bool made = pem != NULL;
    for (size_t i = 0; made && i < ISSUERS; i++) {
        X509_CRL *crl = k->crl[i];
        made = authority[i].list_day == 0
               || (X509_CRL_sort(crl) == 1 && X509_CRL_sign(crl, k->ca_key[i], EVP_sha256()) != 0
                   && PEM_write_bio_X509_CRL(pem, crl) == 1);
    }
    bool written = made ? write_file(k, "crl", ".pem", pem, 0644, err) : trouble(err, "crl");
    BIO_free(pem);
    return written;
}

static bool is_empty(const char *dir, struct mu_err *err)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return mu_fail_sys(err, "cannot look into '%s'", dir);
    size_t entries = 0;
    while (readdir(d) != NULL)
        entries++;
    closedir(d);
    return entries <= 2 || mu_fail(err, MU_ERR_USAGE, "folder '%s' is not empty", dir);
}

bool mu_pki_new(const char *dir, struct mu_err *err)
{
    MU_CLEANUP(close_arena) struct mu_arena *arena = mu_arena_new(16 * MU_MIB);
    struct pki k = { .arena = arena, .dir = dir };
    TRY(mu_file_make_dir(dir, 0700, err));
    TRY(is_empty(dir, err));
    for (int i = 0; i < ISSUERS; i++) {
        TRY(make_authority(&k, (enum issuer) i, err));
        TRY(begin_list(&k, (enum issuer) i, err));
    }
    for (size_t i = 0; i < MU_COUNT(leaf); i++)
        TRY(make_leaf(&k, &leaf[i], err));
    return write_lists(&k, err);
}

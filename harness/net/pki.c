#include "net/pki.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "base/limits.h"
#include "net/pki_make.h"

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

#define SERVER "localhost", HOSTS, BOTH, .server = true
#define CLIENT "sender", USER("sender"), "clientAuth", .server = false

/* What is left out is good: issued by the intermediate, P-256, SHA-256, valid for GOOD_DAYS. */
static const struct leaf {
    const char *name, *cn, *san, *eku;
    bool server;
    enum issuer by; /* ROOT: the intermediate */
    enum mu_pki_key key;
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
    { "server-rsa1024", SERVER, .key = MU_PKI_RSA1024 },
    { "server-revoked", SERVER, .revoked = true },
    { "server-cn-only", "localhost", NULL, BOTH, .server = true },
    { "server-self-signed", SERVER, .by = SELF },
    { "server-no-server-auth", "localhost", HOSTS, "clientAuth", .server = true },
    { "server-path-length", SERVER, .by = BELOW },
    { "server-name-constraints", SERVER, .by = CONSTRAINED },
    { "server-explicit-curve", SERVER, .key = MU_PKI_EXPLICIT },
    { "server-mixed-chain", SERVER, .key = MU_PKI_RSA2048 },
    { "server-stale-list", SERVER, .by = LAPSED },
    { "server-no-list", SERVER, .by = UNLISTED },
    { "server-must-staple", SERVER, .staple = true },
    { "server-ldap-list", SERVER, .crl = "URI:ldap://pki.muster.invalid/crl" },
    { "client-expired", CLIENT, .from_day = -30, .to_day = -1 },
    { "client-not-yet-valid", CLIENT, .from_day = 20, .to_day = 50 },
    { "client-foreign", CLIENT, .by = FOREIGN },
    { "client-no-client-auth", "sender", USER("sender"), "serverAuth", .server = false },
    { "client-sha1", CLIENT, .sha1 = true },
    { "client-rsa1024", CLIENT, .key = MU_PKI_RSA1024 },
    { "client-revoked", CLIENT, .revoked = true },
    { "client-self-signed", CLIENT, .by = SELF },
    { "client-path-length", CLIENT, .by = BELOW },
    { "client-name-constraints", CLIENT, .by = CONSTRAINED },
    { "client-explicit-curve", CLIENT, .key = MU_PKI_EXPLICIT },
    { "client-mixed-chain", CLIENT, .key = MU_PKI_RSA2048 },
    { "client-stale-list", CLIENT, .by = LAPSED },
    { "client-no-list", CLIENT, .by = UNLISTED },
};

struct pki {
    struct mu_pki_desk desk;
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

static void free_crl(void *object)
{
    X509_CRL_free(object);
}

static void close_arena(struct mu_arena **arena)
{
    mu_arena_free(*arena);
}

static bool make_authority(struct pki *k, enum issuer i, struct mu_err *err)
{
    const struct ca *ca = &authority[i];
    EVP_PKEY *key = k->ca_key[i] = mu_pki_make_key(&k->desk, MU_PKI_P256);
    X509 *x = k->ca[i] = key == NULL ? NULL
                                     : mu_pki_make_certificate(&k->desk, ca->cn, key, -MU_PKI_HOUR,
                                                               (GOOD_DAYS + 1) * MU_PKI_DAY);
    if (x == NULL)
        return mu_pki_trouble(err, ca->name);
    X509 *issuer = k->ca[ca->issuer];
    if (!mu_pki_sign_authority(x, issuer, k->ca_key[ca->issuer], ca->end, ca->limits))
        return mu_pki_trouble(err, ca->name);
    return mu_pki_write_identity(&k->desk, ca->name, x, key, NULL, 0, err);
}

static bool add_revoked(X509_CRL *crl, const X509 *x)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -MU_PKI_HOUR);
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
    bool rsa = row->key == MU_PKI_RSA1024 || row->key == MU_PKI_RSA2048;
    return mu_pki_add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE")
           && mu_pki_add_extension(x, issuer, NID_key_usage,
                                   rsa ? "critical,digitalSignature,keyEncipherment"
                                       : "critical,digitalSignature,keyAgreement")
           && mu_pki_add_extension(x, issuer, NID_ext_key_usage, row->eku)
           && mu_pki_add_extension(x, issuer, NID_subject_key_identifier, "hash")
           && mu_pki_add_extension(x, issuer, NID_authority_key_identifier, "keyid")
           && (row->san == NULL || mu_pki_add_extension(x, issuer, NID_subject_alt_name, row->san))
           && (row->crl == NULL
               || mu_pki_add_extension(x, issuer, NID_crl_distribution_points, row->crl))
           && (!row->staple || mu_pki_add_extension(x, issuer, NID_tlsfeature, "status_request"));
}

static bool make_leaf(struct pki *k, const struct leaf *row, struct mu_err *err)
{
    bool good = row->from_day == 0 && row->to_day == 0;
    enum issuer by = row->by == ROOT ? INTERMEDIATE : row->by;
    EVP_PKEY *key = mu_pki_make_key(&k->desk, row->key);
    X509 *x = key == NULL
                  ? NULL
                  : mu_pki_make_certificate(&k->desk, row->cn, key,
                                            good ? -MU_PKI_HOUR : row->from_day * MU_PKI_DAY,
                                            (good ? GOOD_DAYS : row->to_day) * MU_PKI_DAY);
    if (x == NULL)
        return mu_pki_trouble(err, row->name);
    X509 *issuer = by == SELF ? x : k->ca[by];
    if (X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1
        || !add_extensions(row, x, issuer)
        || X509_sign(x, by == SELF ? key : k->ca_key[by], row->sha1 ? EVP_sha1() : EVP_sha256())
               == 0
        || (row->revoked && !add_revoked(k->crl[by], x)))
        return mu_pki_trouble(err, row->name);
    X509 *above[ISSUERS];
    size_t count = 0;
    for (; by < ISSUERS && authority[by].issuer != by; by = authority[by].issuer)
        above[count++] = k->ca[by];
    return mu_pki_write_identity(&k->desk, row->name, x, key, above, count, err);
}

static bool begin_list(struct pki *k, enum issuer i, struct mu_err *err)
{
    X509_CRL *crl = k->crl[i] = X509_CRL_new();
    int day = authority[i].list_day;
    ASN1_TIME *from = X509_gmtime_adj(NULL, day < 0 ? (day - 1) * MU_PKI_DAY : -MU_PKI_HOUR),
              *to = X509_gmtime_adj(NULL, day * MU_PKI_DAY);
    if (crl != NULL)
        mu_arena_defer(k->desk.arena, free_crl, crl);
    bool made = crl != NULL && X509_CRL_set_version(crl, 1) == 1
                && X509_CRL_set_issuer_name(crl, X509_get_subject_name(k->ca[i])) == 1
                && X509_CRL_set1_lastUpdate(crl, from) == 1
                && X509_CRL_set1_nextUpdate(crl, to) == 1;
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return made || mu_pki_trouble(err, "crl");
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
    bool written =
        made ? mu_pki_write(&k->desk, "crl", ".pem", pem, 0644, err) : mu_pki_trouble(err, "crl");
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
    struct pki k = { .desk = { arena, dir } };
    TRY(mu_file_make_dir(dir, 0700, err));
    TRY(is_empty(dir, err));
    for (int i = 0; i < ISSUERS; i++) {
        TRY(make_authority(&k, (enum issuer) i, err));
        TRY(begin_list(&k, (enum issuer) i, err));
    }
    for (size_t i = 0; i < MU_COUNT(leaf); i++)
        TRY(make_leaf(&k, &leaf[i], err));
    TRY(write_lists(&k, err));
    return mu_pki_control(dir, err);
}

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "format/ber.h"
#include "format/cms_inside.h"

static void free_cms(void *object)
{
    CMS_ContentInfo_free(object);
}

static void free_stack(void *object)
{
    sk_X509_pop_free(object, X509_free);
}

static bool no_signature(struct mu_err *err, const char *what)
{
    ERR_clear_error();
    return mu_fail(err, MU_ERR_PEER, "%s", what);
}

/* --- the structure ---------------------------------------------------------------------------------- */

/* The library reads BER and forgives much: what it would write must be what came. */
static bool is_der(CMS_ContentInfo *cms, struct mu_bytes der)
{
    unsigned char *p = NULL;
    int n = i2d_CMS_ContentInfo(cms, &p);
    bool same = n > 0 && mu_bytes_equal((struct mu_bytes){ (const char *) p, (size_t) n }, der);
    OPENSSL_free(p);
    return same;
}

/* RFC 5652 5.1, 5.3. The library believes any version; `in` is what stands in the element after it. */
static bool has_version(struct mu_bytes der, struct mu_ber_cursor *in, int64_t want, bool other)
{
    struct mu_ber e;
    int64_t version;
    struct mu_ber_report report = { .arena = NULL };
    return mu_ber_next(in, &e, NULL) && mu_ber_is(&e, MU_BER_UNIVERSAL, MU_BER_INTEGER)
           && mu_ber_integer(der, &e, &version, &report)
           && (version == want || (other && version == 3));
}

static bool enter(struct mu_bytes der, struct mu_ber_cursor *in, enum mu_ber_class class,
                  uint32_t tag)
{
    struct mu_ber e;
    if (!mu_ber_next(in, &e, NULL) || !mu_ber_is(&e, class, tag))
        return false;
    *in = mu_ber_inside(der, &e);
    return true;
}

static bool versions_fit(struct mu_bytes der, CMS_ContentInfo *cms)
{
    struct mu_ber_cursor in = mu_ber_start(der), signer;
    struct mu_ber e, last = { .tag = 0 };
    const STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
    if (!enter(der, &in, MU_BER_UNIVERSAL, MU_BER_SEQUENCE) || !mu_ber_next(&in, &e, NULL)
        || !enter(der, &in, MU_BER_CONTEXT, 0)
        || !enter(der, &in, MU_BER_UNIVERSAL, MU_BER_SEQUENCE) || !has_version(der, &in, 1, true))
        return false;
    while (mu_ber_next(&in, &e, NULL))
        last = e;
    in = mu_ber_inside(der, &last);
    for (int i = 0; i < sk_CMS_SignerInfo_num(all); i++) {
        ASN1_OCTET_STRING *key = NULL;
        X509_NAME *issuer = NULL;
        CMS_SignerInfo_get0_signer_id(sk_CMS_SignerInfo_value(all, i), &key, &issuer, NULL);
        if (!mu_ber_next(&in, &e, NULL))
            return false;
        signer = mu_ber_inside(der, &e);
        if (!has_version(der, &signer, key != NULL ? 3 : 1, false))
            return false;
    }
    return true;
}

static bool parse(struct mu_arena *arena, struct mu_bytes der, CMS_ContentInfo **out,
                  struct mu_err *err)
{
    const unsigned char *p = (const unsigned char *) der.p;
    if (der.n == 0 || der.n > MU_SIGNATURE_MAX)
        return no_signature(err, der.n == 0 ? "it is empty" : "it is too large for a signature");
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long) der.n);
    if (cms == NULL)
        return no_signature(err, "it is no CMS in DER");
    mu_arena_defer(arena, free_cms, cms);
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
        return no_signature(err, "it is CMS, but no signature");
    if (!is_der(cms, der) || !versions_fit(der, cms))
        return no_signature(err, "its octets are not those of a CMS signature in DER");
    ASN1_OCTET_STRING **inside = CMS_get0_content(cms);
    if (inside == NULL || *inside != NULL)
        return no_signature(err, "it holds its content; a detached signature is wanted");
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
        return no_signature(err, "what it signs is no plain data");
    int signers = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));
    if (signers < 1 || signers > MU_SIGNERS_MAX)
        return no_signature(err, signers < 1 ? "nobody signed" : "too many signed");
    *out = cms;
    return true;
}

/* --- one signer ------------------------------------------------------------------------------------- */

static const ASN1_STRING *attribute(CMS_SignerInfo *si, int nid, int type)
{
    return CMS_signed_get0_data_by_OBJ(si, OBJ_nid2obj(nid), -3, type);
}

static struct mu_bytes octets_of(const ASN1_STRING *s)
{
    return s == NULL ? MU_BYTES("")
                     : (struct mu_bytes){ (const char *) ASN1_STRING_get0_data(s),
                                          (size_t) ASN1_STRING_length(s) };
}

static const ASN1_TIME *time_of(CMS_SignerInfo *si)
{
    const ASN1_TIME *t = attribute(si, NID_pkcs9_signingTime, V_ASN1_UTCTIME);
    return t != NULL ? t : attribute(si, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME);
}

static const char *time_text(struct mu_arena *arena, const ASN1_TIME *t)
{
    struct tm tm;
    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return NULL;
    return mu_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The digests of certificates that were signed, against those that came. */
static bool certificates_hold(struct mu_bytes der, X509 *x, const STACK_OF(X509) * came)
{
    const unsigned char *p = (const unsigned char *) der.p;
    ESS_SIGNING_CERT_V2 *all = d2i_ESS_SIGNING_CERT_V2(NULL, &p, (long) der.n);
    STACK_OF(X509) *ordered = sk_X509_new_null();
    bool put = ordered != NULL && sk_X509_push(ordered, x) > 0;
    for (int i = 0; put && i < sk_X509_num(came); i++)
        put = X509_cmp(sk_X509_value(came, i), x) == 0
              || sk_X509_push(ordered, sk_X509_value(came, i)) > 0;
    bool hold = put && all != NULL && OSSL_ESS_check_signing_certs(NULL, all, ordered, 1) == 1;
    sk_X509_free(ordered);
    ESS_SIGNING_CERT_V2_free(all);
    ERR_clear_error();
    return hold;
}

static const char *digest_name(const X509_ALGOR *algorithm, int *size)
{
    const ASN1_OBJECT *oid;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    const EVP_MD *md = EVP_get_digestbyobj(oid);
    *size = md != NULL ? EVP_MD_get_size(md) : 0;
    return md != NULL ? OBJ_nid2sn(OBJ_obj2nid(oid)) : "an unknown digest";
}

/* By name, letter for letter, or by key: the library finds a certificate by a name that is only like it. */
static bool is_named(CMS_SignerInfo *si, const X509 *x)
{
    ASN1_OCTET_STRING *key = NULL;
    X509_NAME *name = NULL;
    const unsigned char *a, *b;
    size_t an, bn;
    if (CMS_SignerInfo_get0_signer_id(si, &key, &name, NULL) != 1)
        return false;
    return name == NULL
           || (X509_NAME_get0_der(name, &a, &an) == 1
               && X509_NAME_get0_der(X509_get_issuer_name(x), &b, &bn) == 1 && an == bn
               && memcmp(a, b, an) == 0);
}

/* The algorithm that is named must be the one that was used: the library asks the key alone. */
static bool algorithm_fits(const X509_ALGOR *signature, const X509_ALGOR *digest, EVP_PKEY *key)
{
    const ASN1_OBJECT *oid, *md;
    int type, digest_nid, key_nid;
    X509_ALGOR_get0(&oid, &type, NULL, signature);
    X509_ALGOR_get0(&md, NULL, NULL, digest);
    int nid = OBJ_obj2nid(oid);
    if (nid == NID_rsassaPss)
        return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
    if (nid == NID_rsaEncryption)
        return EVP_PKEY_is_a(key, "RSA") && (type == V_ASN1_NULL || type == V_ASN1_UNDEF);
    return OBJ_find_sigid_algs(nid, &digest_nid, &key_nid) == 1 && digest_nid == OBJ_obj2nid(md)
           && key_nid == EVP_PKEY_get_base_id(key)
           && (type == V_ASN1_UNDEF || (type == V_ASN1_NULL && EVP_PKEY_is_a(key, "RSA")));
}

static bool out_of_time(const X509 *x, const ASN1_TIME *t)
{
    int days, seconds;
    return ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x), t) != 1 || days < 0
           || seconds < 0 || ASN1_TIME_diff(&days, &seconds, t, X509_get0_notAfter(x)) != 1
           || days < 0 || seconds < 0;
}

/* What the library does not ask. NULL: nothing is wrong. */
static const char *what_is_wrong(struct mu_arena *arena, CMS_SignerInfo *si, X509 *x,
                                 const STACK_OF(X509) * came)
{
    int size;
    X509_ALGOR *digest, *signature;
    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
    const char *name = digest_name(digest, &size);
    const ASN1_OBJECT *type = (const void *) attribute(si, NID_pkcs9_contentType, V_ASN1_OBJECT);
    const ASN1_STRING *ess = attribute(si, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    const ASN1_TIME *at = time_of(si);
    const char *unfit = mu_cms_unfit(arena, x);
    if (size < MU_DIGEST_BYTES)
        return mu_arena_printf(arena, "it was made with %s; SHA-256 or better is wanted", name);
    if (!is_named(si, x) || !algorithm_fits(signature, digest, X509_get0_pubkey(x)))
        return "it names another certificate or algorithm than it was made with";
    if (CMS_signed_get_attr_count(si) > 0 && (type == NULL || OBJ_obj2nid(type) != NID_pkcs7_data))
        return "the type of its content is not the one that was signed";
    if (ess != NULL && !certificates_hold(octets_of(ess), x, came))
        return "the certificates in it are not those that were signed";
    if (at != NULL && out_of_time(x, at))
        return "the time at which it says it was made is not one at which its certificate is good";
    return unfit == NULL ? NULL : mu_arena_printf(arena, "its certificate does not do: %s", unfit);
}

static void describe(struct mu_arena *arena, CMS_SignerInfo *si, X509 *x, struct mu_cms_signer *out)
{
    unsigned char *der = NULL;
    char digest[MU_DIGEST_TEXT];
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    mu_digest_text((struct mu_bytes){ (const char *) der, n > 0 ? (size_t) n : 0 }, digest);
    OPENSSL_free(der);
    out->key = mu_arena_printf(arena, "sha256:%s", digest);
    der = NULL;
    n = i2d_X509(x, &der);
    mu_digest_text((struct mu_bytes){ (const char *) der, n > 0 ? (size_t) n : 0 }, digest);
    OPENSSL_free(der);
    out->certificate = mu_arena_strndup(arena, digest, strlen(digest));
    out->subject = mu_cms_name(arena, X509_get_subject_name(x));
    out->issuer = mu_cms_name(arena, X509_get_issuer_name(x));
    out->role = mu_cms_role_read(
        arena, octets_of(attribute(si, NID_id_smime_aa_ets_signerAttr, V_ASN1_SEQUENCE)));
    out->signed_at = time_text(arena, time_of(si));
}

/* --- trust ------------------------------------------------------------------------------------------ */

static X509_STORE *store_of(const STACK_OF(X509) * anchors)
{
    X509_STORE *store = X509_STORE_new();
    for (int i = 0; store != NULL && i < sk_X509_num(anchors); i++)
        X509_STORE_add_cert(store, sk_X509_value(anchors, i));
    return store;
}

/* As `openssl cms -verify -CAfile` does; NULL: an anchor vouches for it. */
static const char *ask_anchors(struct mu_arena *arena, X509 *x, STACK_OF(X509) * came,
                               const STACK_OF(X509) * anchors, int64_t at)
{
    X509_STORE *store = store_of(anchors);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    const char *why = "the library would not look";
    if (store != NULL && ctx != NULL && X509_STORE_CTX_init(ctx, store, x, came) == 1
        && X509_STORE_CTX_set_default(ctx, "smime_sign") == 1) {
        X509_STORE_CTX_set_time(ctx, 0, (time_t) at);
        bool good = X509_verify_cert(ctx) == 1;
        why = good ? NULL
                   : mu_arena_printf(arena, "%s",
                                     X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
    return why;
}

/* --- all of it -------------------------------------------------------------------------------------- */

struct checking {
    struct mu_arena *arena;
    STACK_OF(X509) * came, *anchors;
    int64_t at;
    const char *refused; /* what the library says of all of them; NULL: every signature holds */
};

static void check_one(const struct checking *c, CMS_SignerInfo *si, struct mu_cms_signer *out)
{
    X509 *x = NULL;
    X509_ALGOR *digest = NULL;
    int size;
    CMS_SignerInfo_get0_algs(si, NULL, &x, &digest, NULL);
    out->digest = digest_name(digest, &size);
    out->subject = out->issuer = "unnamed";
    out->key = out->certificate = "";
    out->wrong = c->refused;
    if (x == NULL) {
        out->wrong = "the certificate of who signed is not in it";
        return;
    }
    describe(c->arena, si, x, out);
    if (out->wrong == NULL)
        out->wrong = what_is_wrong(c->arena, si, x, c->came);
    if (c->anchors != NULL)
        out->distrust = ask_anchors(c->arena, x, c->came, c->anchors, c->at);
}

static const char *verify(struct mu_arena *arena, CMS_ContentInfo *cms, struct mu_bytes content)
{
    BIO *in = BIO_new_mem_buf(content.p, (int) content.n);
    bool holds = in != NULL
                 && CMS_verify(cms, NULL, NULL, in, NULL,
                               CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY)
                        == 1;
    BIO_free(in);
    return holds
               ? NULL
               : mu_arena_printf(arena, "it does not hold for what is there: %s", mu_cms_reason());
}

bool mu_cms_check(struct mu_arena *arena, struct mu_bytes der, struct mu_bytes content,
                  struct mu_bytes anchors, int64_t at, struct mu_cms_signer **signer,
                  size_t *signers, struct mu_err *err)
{
    CMS_ContentInfo *cms;
    struct checking c = { .arena = arena, .at = at };
    TRY(parse(arena, der, &cms, err));
    if (anchors.n > 0 && (c.anchors = mu_cms_certificates(arena, anchors)) == NULL)
        return mu_fail(err, MU_ERR_PROFILE, "no certificate to trust can be read");
    c.came = CMS_get1_certs(cms);
    if (c.came != NULL)
        mu_arena_defer(arena, free_stack, c.came);
    c.refused = verify(arena, cms, content);
    if (c.refused != NULL)
        (void) CMS_set1_signers_certs(cms, NULL, 0);
    STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
    size_t n = (size_t) sk_CMS_SignerInfo_num(all);
    struct mu_cms_signer *list = mu_arena_array(arena, n, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        list[i] = (struct mu_cms_signer){ .wrong = NULL };
        check_one(&c, sk_CMS_SignerInfo_value(all, (int) i), &list[i]);
    }
    ERR_clear_error();
    *signer = list;
    *signers = n;
    return true;
}

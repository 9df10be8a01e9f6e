/* Signatures over manifests: ours read by openssl(1), its read by us, and nothing changed is believed. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "format/cms.h"
#include "net/library.h"
#include "net/pki_make.h"

static struct mu_arena *arena;
static char home[64];
static const char content[] = "{\"what\":\"was there\"}\n";

/* Who signs: by an authority below the root, by nobody, or by himself. */
enum kind { RSA_2048, P256, P384, PLAIN, ED25519, WEAK, KINDS };
static struct signer {
    const char *name;
    EVP_PKEY *key;
    X509 *x;
} who[KINDS] = { { .name = "rsa" },   { .name = "p256" },    { .name = "p384" },
                 { .name = "plain" }, { .name = "ed25519" }, { .name = "weak" } };
static X509 *root, *middle, *stranger;
static EVP_PKEY *root_key, *middle_key, *stranger_key;

static const char *in_home(const char *name)
{
    return mu_file_join(arena, home, name);
}

/* Before the first test runs, when Check has nobody to tell. */
static void must(bool made)
{
    if (!made)
        abort();
}

static struct mu_bytes bytes_of_bio(BIO *bio)
{
    char *p;
    long n = BIO_get_mem_data(bio, &p);
    return (struct mu_bytes){ mu_arena_strndup(arena, p, (size_t) n), (size_t) n };
}

static struct mu_bytes pem_of(X509 *a, X509 *b)
{
    BIO *out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, a);
    if (b != NULL)
        PEM_write_bio_X509(out, b);
    return bytes_of_bio(out);
}

static struct mu_bytes key_pem(EVP_PKEY *key, const char *passphrase)
{
    BIO *out = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(out, key, passphrase != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0,
                                  NULL, (void *) (uintptr_t) passphrase);
    return bytes_of_bio(out);
}

static X509 *certificate(const char *cn, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
                         long from_s, long to_s, const char *usage)
{
    struct mu_pki_desk desk = { arena, home };
    X509 *x = mu_pki_make_certificate(&desk, cn, key, from_s, to_s);
    must(x != NULL
         && X509_set_issuer_name(x, X509_get_subject_name(issuer != NULL ? issuer : x)) == 1);
    must(mu_pki_add_extension(x, issuer, NID_subject_key_identifier, "hash"));
    if (usage != NULL)
        must(mu_pki_add_extension(x, issuer, NID_ext_key_usage, usage));
    EVP_PKEY *by = issuer_key != NULL ? issuer_key : key;
    must(X509_sign(x, by, EVP_PKEY_is_a(by, "ED25519") ? NULL : EVP_sha256()) != 0);
    return x;
}

static X509 *authority(const char *cn, EVP_PKEY **key, X509 *issuer, EVP_PKEY *issuer_key)
{
    struct mu_pki_desk desk = { arena, home };
    *key = mu_pki_make_key(&desk, MU_PKI_P256);
    X509 *x = mu_pki_make_certificate(&desk, cn, *key, -MU_PKI_HOUR, MU_PKI_DAY);
    must(mu_pki_sign_authority(x, issuer != NULL ? issuer : x,
                               issuer_key != NULL ? issuer_key : *key, false, NULL));
    return x;
}

static void make_everybody(void)
{
    root = authority("Root", &root_key, NULL, NULL);
    middle = authority("Middle", &middle_key, root, root_key);
    stranger = authority("Stranger", &stranger_key, NULL, NULL);
    who[RSA_2048].key = EVP_RSA_gen(2048);
    who[P256].key = EVP_EC_gen("P-256");
    who[P384].key = EVP_EC_gen("P-384");
    who[PLAIN].key = EVP_EC_gen("P-256");
    who[ED25519].key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    who[WEAK].key = EVP_RSA_gen(1024);
    for (int i = 0; i < KINDS; i++) {
        bool alone = i == PLAIN || i == WEAK;
        who[i].x = certificate(who[i].name, who[i].key, alone ? NULL : middle,
                               alone ? NULL : middle_key, -MU_PKI_HOUR, MU_PKI_DAY, NULL);
    }
}

static struct mu_cms_order order_of(enum kind i)
{
    bool alone = i == PLAIN || i == WEAK;
    return (struct mu_cms_order){ .key = key_pem(who[i].key, NULL),
                                  .certificates = pem_of(who[i].x, alone ? NULL : middle),
                                  .key_name = "key",
                                  .certificates_name = "cert",
                                  .role = "test director \xc3\xa9" };
}

static struct mu_bytes signed_by(enum kind i)
{
    struct mu_cms_order order = order_of(i);
    struct mu_bytes der;
    struct mu_err err;
    if (!mu_cms_sign(arena, &order, mu_bytes_of(content), &der, &err))
        ck_abort_msg("%s: %s", who[i].name, err.msg);
    return der;
}

/* The first signer; NULL: no signature at all, and err says why. */
static struct mu_cms_signer *check(struct mu_bytes der, const char *text, struct mu_bytes anchors,
                                   struct mu_err *err)
{
    struct mu_cms_signer *signer;
    size_t signers;
    if (!mu_cms_check(arena, der, mu_bytes_of(text), anchors, (int64_t) time(NULL), &signer,
                      &signers, err))
        return NULL;
    ck_assert_uint_eq(signers, 1);
    return signer;
}

static void write_file(const char *name, struct mu_bytes data)
{
    struct mu_err err;
    ck_assert(mu_file_replace(in_home(name), data, 0600, &err));
}

static int openssl(const char *words)
{
    const char *line = mu_arena_printf(arena, "cd %s && openssl %s >out 2>&1", home, words);
    int status = system(line); /* our own words */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- ours, read by others and by us ------------------------------------------------------------------ */

static const enum kind signs[] = { RSA_2048, P256, P384, PLAIN };

START_TEST(what_we_sign_is_read_by_openssl_and_by_us)
{
    enum kind i = signs[_i];
    struct mu_err err;
    struct mu_bytes der = signed_by(i), anchors = pem_of(i == PLAIN ? who[i].x : root, NULL);
    write_file("m.cms", der);
    write_file("m", mu_bytes_of(content));
    write_file("ca.pem", anchors);
    static const char line[] = "cms -verify %s -binary -inform DER -in m.cms -content m -CAfile "
                               "ca.pem -out /dev/null";
    ck_assert_int_eq(openssl(mu_arena_printf(arena, line, "")), 0);
    ck_assert_int_eq(openssl(mu_arena_printf(arena, line, "-cades")), 0);
    const struct mu_cms_signer *s = check(der, content, anchors, &err);
    ck_assert_msg(s != NULL && s->wrong == NULL && s->distrust == NULL, "%s: %s", who[i].name,
                  s == NULL          ? err.msg
                  : s->wrong != NULL ? s->wrong
                                     : s->distrust);
    ck_assert_str_eq(s->subject, mu_arena_printf(arena, "CN=%s,O=Muster Test", who[i].name));
    ck_assert_str_eq(s->role, "test director \xc3\xa9");
    ck_assert_str_eq(s->digest, i == P384 ? "SHA384" : "SHA256");
    ck_assert_ptr_nonnull(s->signed_at);

    s = check(der, "something else", anchors, &err);
    ck_assert_msg(s != NULL && strstr(s->wrong, "does not hold") != NULL, "another content");
    s = check(der, content, pem_of(stranger, NULL), &err);
    ck_assert_msg(s != NULL && s->wrong == NULL && s->distrust != NULL, "another anchor");
    write_file("m", MU_BYTES("something else"));
    ck_assert_int_ne(openssl(mu_arena_printf(arena, line, "")), 0);
}
END_TEST

/* --- theirs, read by us ------------------------------------------------------------------------------ */

static const struct foreign {
    const char *words; /* NULL wrong: it is taken */
    const char *wrong; /* of the signature, or of the file */
} foreign[] = {
    { "-md sha256", NULL },
    { "-md sha512", NULL },
    { "-md sha256 -keyid", NULL },
    { "-md sha256 -noattr", NULL },
    { "-md sha256 -cades -certfile middle.pem", NULL },
    { "-md sha1", "made with SHA1" },
    { "-md sha256 -nodetach", "holds its content" },
    { "-md sha256 -nocerts", "certificate of who signed is not in it" },
};

START_TEST(what_openssl_signs_is_read)
{
    const struct foreign *row = &foreign[_i];
    struct mu_bytes der;
    struct mu_err err = { .msg = "" };
    write_file("m", mu_bytes_of(content));
    write_file("rsa.pem", pem_of(who[RSA_2048].x, NULL));
    write_file("middle.pem", pem_of(middle, NULL));
    write_file("rsa.key", key_pem(who[RSA_2048].key, NULL));
    ck_assert_int_eq(
        openssl(mu_arena_printf(arena,
                                "cms -sign -binary -in m -signer rsa.pem -inkey rsa.key "
                                "-outform DER -out m.cms %s",
                                row->words)),
        0);
    ck_assert(mu_file_read(arena, in_home("m.cms"), MU_MIB, &der, &err));
    const struct mu_cms_signer *s = check(der, content, MU_BYTES(""), &err);
    const char *said = s == NULL ? err.msg : s->wrong;
    if (row->wrong == NULL)
        ck_assert_msg(said == NULL, "%s: %s", row->words, said);
    else
        ck_assert_msg(said != NULL && strstr(said, row->wrong) != NULL, "%s: %s", row->words, said);
}
END_TEST

/* --- what was changed -------------------------------------------------------------------------------- */

static const unsigned char flip[] = { 0x01, 0x20, 0x80, 0xff };

START_TEST(no_changed_octet_is_believed)
{
    enum kind i = _i == 0 ? RSA_2048 : P256;
    struct mu_bytes der = signed_by(i);
    for (size_t at = 0; at < der.n; at++) {
        struct mu_err err;
        unsigned char mask = flip[at % MU_COUNT(flip)]; /* 0x20 is the case of a letter */
        char *other = mu_bytes_dup(arena, der);
        other[at] = (char) (other[at] ^ mask);
        const struct mu_cms_signer *s =
            check((struct mu_bytes){ other, der.n }, content, MU_BYTES(""), &err);
        ck_assert_msg(s == NULL || s->wrong != NULL, "%s: octet %zu of %zu ^ %02x is taken",
                      who[i].name, at, der.n, mask);
    }
    for (size_t n = 0; n < der.n; n++) {
        struct mu_err err;
        ck_assert_ptr_null(check((struct mu_bytes){ der.p, n }, content, MU_BYTES(""), &err));
    }
    struct mu_err err;
    char *longer = mu_arena_alloc(arena, der.n + 1);
    memcpy(longer, der.p, der.n);
    longer[der.n] = 0;
    ck_assert_ptr_null(check((struct mu_bytes){ longer, der.n + 1 }, content, MU_BYTES(""), &err));
}
END_TEST

/* --- what is not signed with ------------------------------------------------------------------------- */

static const struct refusal {
    const char *what, *says;
} refusal[] = {
    { "expired", "the certificate has expired" },
    { "not yet", "the certificate is not yet valid" },
    { "other key", "is not that of the private key" },
    { "server", "the certificate does not do: it is not meant for signatures" },
    { "weak", "its RSA key has 1024 bits" },
    { "ed25519", "the key is of the kind ED25519" },
    { "no key", "no private key in PEM form can be read here" },
    { "no certificate", "no certificate in PEM form can be read here" },
    { "passphrase", "this is not its passphrase" },
    { "no passphrase", "this is not its passphrase" },
};

START_TEST(what_does_not_sign_is_said)
{
    const char *what = refusal[_i].what;
    struct mu_cms_order o = order_of(P256);
    EVP_PKEY *key = who[P256].key;
    struct mu_bytes der;
    struct mu_err err;
    if (strcmp(what, "expired") == 0)
        o.certificates = pem_of(certificate("old", key, NULL, NULL, -MU_PKI_DAY, -60, NULL), NULL);
    else if (strcmp(what, "not yet") == 0)
        o.certificates = pem_of(certificate("young", key, NULL, NULL, 600, MU_PKI_DAY, NULL), NULL);
    else if (strcmp(what, "other key") == 0)
        o.certificates = pem_of(who[RSA_2048].x, NULL);
    else if (strcmp(what, "server") == 0)
        o.certificates =
            pem_of(certificate("s", key, NULL, NULL, -60, MU_PKI_DAY, "serverAuth"), NULL);
    else if (strcmp(what, "weak") == 0)
        o = order_of(WEAK);
    else if (strcmp(what, "ed25519") == 0)
        o = order_of(ED25519);
    else if (strcmp(what, "no key") == 0)
        o.key = o.certificates;
    else if (strcmp(what, "no certificate") == 0)
        o.certificates = o.key;
    else
        o.key = key_pem(key, "right");
    o.passphrase = strcmp(what, "passphrase") == 0 ? "wrong" : NULL;
    ck_assert(!mu_cms_sign(arena, &o, mu_bytes_of(content), &der, &err));
    ck_assert_msg(strstr(err.msg, refusal[_i].says) != NULL, "%s: %s", what, err.msg);
}
END_TEST

START_TEST(an_encrypted_key_signs_with_its_passphrase)
{
    struct mu_cms_order o = order_of(P256);
    struct mu_bytes der;
    struct mu_err err;
    o.key = key_pem(who[P256].key, "right");
    o.passphrase = "right";
    ck_assert(mu_cms_key_is_encrypted(o.key) && !mu_cms_key_is_encrypted(o.certificates));
    ck_assert_msg(mu_cms_sign(arena, &o, mu_bytes_of(content), &der, &err), "%s", err.msg);
}
END_TEST

START_TEST(what_is_no_signature_is_said)
{
    static const struct {
        const char *octets, *says;
    } row[] = { { "", "it is empty" },
                { "-----BEGIN CMS-----", "it is no CMS in DER" },
                { "0\x80", "it is no CMS in DER" } };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_err err;
        ck_assert_ptr_null(check(mu_bytes_of(row[i].octets), content, MU_BYTES(""), &err));
        ck_assert_msg(strstr(err.msg, row[i].says) != NULL, "%s", err.msg);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cms");
    TCase *tcase = tcase_create("cms");
    snprintf(home, sizeof home, "/tmp/muster-cms-XXXXXX");
    if (mkdtemp(home) == NULL)
        return 2;
    arena = mu_arena_new(1024 * MU_MIB);
    mu_net_start();
    make_everybody();
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_we_sign_is_read_by_openssl_and_by_us, 0, (int) MU_COUNT(signs));
    tcase_add_loop_test(tcase, what_openssl_signs_is_read, 0, (int) MU_COUNT(foreign));
    tcase_add_loop_test(tcase, no_changed_octet_is_believed, 0, 2);
    tcase_add_loop_test(tcase, what_does_not_sign_is_said, 0, (int) MU_COUNT(refusal));
    tcase_add_test(tcase, an_encrypted_key_signs_with_its_passphrase);
    tcase_add_test(tcase, what_is_no_signature_is_said);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    mu_arena_free(arena);
    mu_file_remove_tree(home);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

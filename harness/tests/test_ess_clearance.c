/* The clearance attribute, and certificates that carry it. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "ess_support.h"

#define POLICY "06 01 29"
#define VALUE  "30 07 06 01 29 03 02 02 74" /* 1.1, classes 1, 2, 3, 5 */

static struct mu_ess_clearance read_clearance(struct mu_bytes ber)
{
    struct mu_ess_clearance clearance;
    mu_ess_clearance_read(arena, ber, &clearance);
    return clearance;
}

static const struct {
    const char *name, *ber, *want, *defects;
} row[] = {
    { "classes", VALUE, "1.1 1 2 3 5", "" },
    { "default", "30 03" POLICY, "1.1 default 1", "" },
    { "default, encoded", "30 07" POLICY "03 02 06 40", "1.1 1", "default-encoded@5" },
    { "no class at all", "30 06" POLICY "03 01 00", "1.1", "" },
    { "classes past the names", "30 09" POLICY "03 04 00 00 00 01", "1.1 23", "" },
    { "zero bits at the end", "30 07" POLICY "03 02 00 60", "1.1 1 2", "zero-bits-at-end@5" },
    { "unused bits set", "30 07" POLICY "03 02 02 77", "1.1 1 2 3 5", "unused-bits-set@5" },
    { "nine unused bits", "30 07" POLICY "03 02 09 60", "1.1", "bad-bit-string@5" },
    { "categories", "30 10" POLICY "03 02 05 20 31 07 30 05 80 01 29 a1 00", "1.1 2",
      "bad-category@11" },
    { "categories, any syntax", "30 12" POLICY "03 02 05 20 31 09 30 07 80 01 29 a1 02 05 00",
      "1.1 2|other 1.1 #2", "" },
    { "categories without classes", "30 0e" POLICY "31 09 30 07 80 01 29 a1 02 05 00",
      "1.1 default 1|other 1.1 #2", "" },
    { "RFC 3281 and X.841", "30 12 80 01 29 81 02 02 74 a2 09 30 07 80 01 29 a1 02 05 00",
      "1.1 1 2 3 5|other 1.1 #2", "context-tagged@2" },
    { "no policy", "30 04 03 02 02 74", "- 1 2 3 5", "no-policy@0" },
    { "nothing", "30 00", "- default 1", "no-policy@0" },
    { "policy twice", "30 0a" POLICY POLICY "03 02 02 74", "1.1 1 2 3 5", "unknown-member@5" },
    { "classes before the policy", "30 07 03 02 02 74" POLICY, "- 1 2 3 5",
      "no-policy@0 unknown-member@6" },
    { "integer for classes", "30 06" POLICY "02 01 05", "1.1 default 1", "unknown-member@5" },
    { "a label", "31 06 02 01 02" POLICY, "unreadable", "another-type@0" },
    { "trailing octets", VALUE "00", "1.1 1 2 3 5", "trailing-octets@9" },
    { "truncated", "30 07 06 01 29 03 02 02", "unreadable", "truncated@0" },
    { "indefinite", "30 80" POLICY "03 02 02 74 00 00", "1.1 1 2 3 5", "indefinite-length@0" },
};

START_TEST(each_row)
{
    struct mu_ess_clearance got = read_clearance(hex(row[_i].ber));
    ck_assert_msg(strcmp(shown_clearance(&got), row[_i].want) == 0, "%s: got %s, want %s",
                  row[_i].name, shown_clearance(&got), row[_i].want);
    ck_assert_msg(strcmp(defects(&got.report), row[_i].defects) == 0, "%s: got %s, want %s",
                  row[_i].name, defects(&got.report), row[_i].defects);
    if (!got.readable || got.policy == NULL)
        return;
    struct mu_bytes der;
    struct mu_err err;
    ck_assert(mu_ess_clearance_write(arena, &got, &der, &err));
    struct mu_ess_clearance again = read_clearance(der);
    ck_assert(again.report.defects == 0 && again.policy != NULL);
    if (row[_i].defects[0] == '\0')
        ck_assert(mu_bytes_equal(der, hex(row[_i].ber)));
}
END_TEST

START_TEST(no_prefix_is_accepted)
{
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_bytes whole = hex(row[i].ber);
        if (row[i].defects[0] != '\0')
            continue;
        for (size_t n = 0; n < whole.n; n++) {
            struct mu_ess_clearance got = read_clearance(mu_bytes_slice(whole, 0, n));
            ck_assert_msg(!got.readable && got.classes == 0, "%s: %zu octets", row[i].name, n);
        }
    }
}
END_TEST

START_TEST(generated)
{
    srand(5755);
    for (int i = 0; i < 2000; i++) {
        struct mu_ess_clearance made = { .readable = true, .listed = true, .policy = "2.25.7" };
        made.class = mu_arena_array(arena, 257, sizeof *made.class);
        for (uint64_t n = 0; n < 257; n++)
            if (rand() % (1 << (1 + i % 8)) == 0)
                made.class[made.classes++] = n;
        struct mu_bytes der;
        struct mu_err err;
        ck_assert(mu_ess_clearance_write(arena, &made, &der, &err));
        struct mu_ess_clearance got = read_clearance(der);
        if (!got.listed)
            ck_assert(made.classes == 1 && made.class[0] == 1);
        else
            ck_assert_str_eq(shown_clearance(&got), shown_clearance(&made));
        ck_assert_uint_eq(got.report.defects, 0);
    }
}
END_TEST

START_TEST(mutations)
{
    srand(5913);
    struct mu_bytes whole = hex("30 12" POLICY "03 02 05 20 31 09 30 07 80 01 29 a1 02 05 00");
    for (int i = 0; i < 10000; i++) {
        char *copy = malloc(whole.n);
        ck_assert(copy != NULL);
        memcpy(copy, whole.p, whole.n);
        for (int times = 1 + rand() % 3; times > 0; times--)
            copy[(size_t) rand() % whole.n] = (char) (rand() % 256);
        struct mu_bytes input = { copy, whole.n }, der;
        struct mu_ess_clearance got = read_clearance(input);
        struct mu_err err;
        ck_assert(got.readable != mu_ber_fatal(&got.report));
        if (got.readable && got.report.defects == 0)
            ck_assert(mu_ess_clearance_write(arena, &got, &der, &err)
                      && mu_bytes_equal(der, input));
        free(copy);
    }
}
END_TEST

START_TEST(not_writable)
{
    uint64_t far[] = { MU_ESS_BIT_MAX + 1 };
    struct mu_ess_clearance no_policy = { .classes = 0 },
                            far_class = { .policy = "1.2", .class = far, .classes = 1 };
    struct mu_bytes der;
    struct mu_err err;
    ck_assert(!mu_ess_clearance_write(arena, &no_policy, &der, &err));
    ck_assert_str_eq(err.msg, "a clearance attribute without a policy");
    ck_assert(!mu_ess_clearance_write(arena, &far_class, &der, &err));
    ck_assert_str_eq(err.msg, "a class list does not hold class 65536");
}
END_TEST

/* --- certificates ------------------------------------------------------------------------------------ */

static void add_extension(X509 *x, const char *octets, int critical)
{
    struct mu_bytes value = hex(octets);
    ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
    ck_assert(ASN1_OCTET_STRING_set(data, (const unsigned char *) value.p, (int) value.n));
    X509_EXTENSION *extension =
        X509_EXTENSION_create_by_NID(NULL, NID_subject_directory_attributes, critical, data);
    ck_assert(X509_add_ext(x, extension, -1));
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(data);
}

static X509 *certificate(const char *const *extension, int critical)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    ck_assert(key != NULL && x != NULL);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *) "Exercise Reader", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    for (size_t i = 0; i < 2 && extension[i] != NULL; i++)
        add_extension(x, extension[i], critical);
    ck_assert_int_gt(X509_sign(x, key, EVP_sha256()), 0);
    EVP_PKEY_free(key);
    return x;
}

static struct mu_bytes encoded(X509 *x, bool pem)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *p;
    ck_assert((pem ? PEM_write_bio_X509(out, x) : i2d_X509_bio(out, x)) == 1);
    long n = BIO_get_mem_data(out, &p);
    struct mu_bytes bytes = { mu_arena_strndup(arena, p, (size_t) n), (size_t) n };
    BIO_free(out);
    return bytes;
}

#define ATTRIBUTE "30 10 06 03 55 04 37 31 09" VALUE    /* 2.5.4.55 */
#define OBSOLETE  "30 11 06 04 55 01 05 37 31 09" VALUE /* 2.5.1.5.55 */
#define GENDER    "30 0f 06 08 2b 06 01 05 05 07 09 03 31 03 13 01 4d"

static const struct {
    const char *name, *extension[2];
    bool found;
    const char *want, *defects;
    int critical;
} carrier[] = {
    { "no extension", { NULL }, false, "", "", 0 },
    { "another attribute", { "30 11" GENDER }, false, "", "", 0 },
    { "a clearance", { "30 12" ATTRIBUTE }, true, "1.1 1 2 3 5", "", 0 },
    { "behind another attribute", { "30 23" GENDER ATTRIBUTE }, true, "1.1 1 2 3 5", "", 0 },
    { "obsolete", { "30 13" OBSOLETE }, true, "1.1 1 2 3 5", "obsolete-oid@0", 0 },
    { "critical", { "30 12" ATTRIBUTE }, true, "1.1 1 2 3 5", "critical-extension@0", 1 },
    { "two attributes",
      { "30 24" ATTRIBUTE ATTRIBUTE },
      true,
      "unreadable",
      "several-clearances@0",
      0 },
    { "old and new",
      { "30 25" ATTRIBUTE OBSOLETE },
      true,
      "unreadable",
      "several-clearances@0 obsolete-oid@0",
      0 },
    { "two values",
      { "30 1b 30 19 06 03 55 04 37 31 12" VALUE VALUE },
      true,
      "unreadable",
      "several-clearances@0",
      0 },
    { "two extensions",
      { "30 12" ATTRIBUTE, "30 12" ATTRIBUTE },
      true,
      "unreadable",
      "several-clearances@0",
      0 },
    { "no value",
      { "30 09 30 07 06 03 55 04 37 31 00" },
      true,
      "unreadable",
      "bad-certificate@0",
      0 },
    { "no attribute", { "30 02 05 00" }, true, "unreadable", "bad-certificate@0", 0 },
    { "trailing octets", { "30 12" ATTRIBUTE "00" }, true, "unreadable", "bad-certificate@0", 0 },
    { "truncated", { "30 13" ATTRIBUTE }, true, "unreadable", "bad-certificate@0", 0 },
    { "empty extension", { "" }, true, "unreadable", "bad-certificate@0", 0 },
    { "value of another type",
      { "30 0c 30 0a 06 03 55 04 37 31 03 02 01 05" },
      true,
      "unreadable",
      "another-type@0",
      0 },
};

START_TEST(each_certificate)
{
    X509 *x = certificate(carrier[_i].extension, carrier[_i].critical);
    for (int pem = 0; pem < 2; pem++) {
        struct mu_ess_clearance got = { .readable = false };
        bool found = mu_ess_clearance_of_certificate(arena, encoded(x, pem != 0), &got);
        ck_assert_msg(found == carrier[_i].found, "%s: found %d", carrier[_i].name, found);
        if (!found)
            continue;
        ck_assert_msg(strcmp(shown_clearance(&got), carrier[_i].want) == 0, "%s: got %s, want %s",
                      carrier[_i].name, shown_clearance(&got), carrier[_i].want);
        ck_assert_msg(strcmp(defects(&got.report), carrier[_i].defects) == 0, "%s: got %s, want %s",
                      carrier[_i].name, defects(&got.report), carrier[_i].defects);
    }
    X509_free(x);
}
END_TEST

/* What is no certificate, and what is only nearly one. */
START_TEST(not_a_certificate)
{
    static const char *const one[] = { "30 12" ATTRIBUTE, NULL };
    X509 *x = certificate(one, 0);
    struct mu_bytes der = encoded(x, false), pem = encoded(x, true);
    struct mu_buf longer = { .arena = arena };
    mu_buf_put_bytes(&longer, der);
    mu_buf_putc(&longer, '\0');
    const struct mu_bytes bad[] = {
        { NULL, 0 },
        MU_BYTES("0"),
        MU_BYTES("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        MU_BYTES("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        mu_buf_bytes(&longer),
        repeated(MU_BER_SEQUENCE, true, MU_CERT_LIST_MAX, "00"),
        mu_bytes_slice(pem, 0, pem.n / 2),
    };
    for (size_t i = 0; i < MU_COUNT(bad); i++) {
        struct mu_ess_clearance got;
        ck_assert(mu_ess_clearance_of_certificate(arena, bad[i], &got));
        ck_assert(!got.readable);
        ck_assert_str_eq(defects(&got.report), "bad-certificate@0");
    }
    for (size_t n = 0; n < der.n; n++) {
        struct mu_ess_clearance got;
        ck_assert(mu_ess_clearance_of_certificate(arena, mu_bytes_slice(der, 0, n), &got));
        ck_assert_msg(!got.readable, "prefix of %zu octets", n);
    }
    X509_free(x);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ess_clearance");
    TCase *tc = tcase_create("ess_clearance");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_row, 0, MU_COUNT(row));
    tcase_add_test(tc, no_prefix_is_accepted);
    tcase_add_test(tc, generated);
    tcase_add_test(tc, mutations);
    tcase_add_test(tc, not_writable);
    tcase_add_loop_test(tc, each_certificate, 0, MU_COUNT(carrier));
    tcase_add_test(tc, not_a_certificate);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

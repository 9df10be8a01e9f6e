/* `muster label`: the commands a person uses at a desk, called as that person calls them. */
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <pty.h>

#include "format/sio.h"
#include "policy/binary.h"
#include "tests/label_support.h"

#define CONTEXT "2.25.307279856001172935654949817088613418118"
#define NOW     "--test-time 2026-11-23T10:15:00Z "

/* --- what it says ---------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *line, *input; /* input: a file for standard input */
    int status;
    const char *must, *must_not; /* patterns over both outputs; NULL */
} row[] = {
    /* parse */
    { "label parse " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^classification  RESTRICTED, rank 2$", NULL },
    { "label parse " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^category        Releasable To, PERMISSIVE: NATO, EU Council, EEAS$", NULL },
    { "label parse " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^marking         NATO RESTRICTED Releasable to Council of the EU, EEAS$", NULL },
    { "label parse " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^policy          NATO-EXERCISE version 1, " NATO_OID ", sha256 [0-9a-f]{16}$", NULL },
    { "label parse " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^colours         #ffffff on #0000ff$", "another marking" },
    { "label parse " LABELS "succession.xml", NULL, MU_EXIT_OK, "^then            NATO-EXERCISE ", NULL },
    { "label parse", LABELS "raw/default-namespace.xml", MU_EXIT_OK, "^standard input: an ADatP-4774 label$", NULL },
    { "label parse -", LABELS "secret.xml", MU_EXIT_OK, "^standard input: a label fixture$", NULL },
    { "label parse " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "^valid           no$", NULL },
    { "label parse " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "^finding         L74-XSD must: ", NULL },
    { "label parse --marking NATO~SECRET", NULL, MU_EXIT_OK, "^classification  SECRET, rank 4$", NULL },
    { "label parse --marking cosmic~~top~secret", NULL, MU_EXIT_OK, "^classification  TOP SECRET, rank 5$", NULL },
    { "label parse --match strict --marking cosmic~top~secret", NULL, MU_EXIT_USAGE, "is no marking of a known policy", NULL },
    { "label parse --match strictly --marking X", NULL, MU_EXIT_USAGE, "'--match' wants one of 'strict tolerant', not 'strictly'; did you mean 'strict'[?]$", NULL },
    { "label parse --marking NATO~SECRET " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "not both", NULL },
    { "label parse --policy eu-exercise " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "^policy          NATO-EXERCISE, urn:oid:" NATO_OID ", not known$", "rank" },
    { "label parse --policy EU-EXERCISE --policy profiles/policies/nato-exercise.xml " LABELS "secret.xml", NULL, MU_EXIT_OK, "rank 4$", NULL },
    { "label parse --policy nato-exersise " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "no policy 'nato-exersise', did you mean 'nato-exercise'[?]$", NULL },
    { "label parse --policy fixtures/policies/version-3.xml " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "version-3[.]xml:[0-9]+:[0-9]+: unsupported version 3", NULL },
    { "label parse --case sensitive " LABELS "raw/lower-case.xml", NULL, MU_EXIT_FAILURES, "SEM-02 must: ", NULL },
    { "label parse --case policy " LABELS "raw/lower-case.xml", NULL, MU_EXIT_OK, "rank 2$", NULL },
    { "label parse " LABELS "none.xml " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "^classification  SECRET, rank 4$", NULL },
    { "label parse " LABELS "none.xml " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "^muster: cannot open '.*none.xml'", NULL },
    /* make */
    { "label make --policy nato-exercise --classification restricted --category Context=NATO --originator ops@a.test " NOW, NULL, MU_EXIT_OK, "^<originatorConfidentialityLabel .*ReviewDateTime=\"2027-11-23T10:15:00Z\".*<Classification>RESTRICTED<.*TagName=\"Context\".*URI=\"urn:oid:" CONTEXT "\".*<OriginatorID IDType=\"rfc822Name\">ops@a.test<.*<CreationDateTime>2026-11-23T10:15:00Z<", "muster:" },
    { "label make --policy nato-exercise --classification SECRET --category Context=NATO,Releasable --category Releasable~To=NATO,SWE --created 2026-01-01T00:00:00Z --review 2026-06-01T00:00:00Z --originator CN=Desk", NULL, MU_EXIT_OK, "ReviewDateTime=\"2026-06-01T00:00:00Z\".*<GenericValue>SWE<.*IDType=\"directoryName\".*<CreationDateTime>2026-01-01T", NULL },
    { "label make --policy nato-exercise --classification SECRET", NULL, MU_EXIT_FAILURES, "^muster: SEM-07 must: ", "^<originator" },
    { "label make --policy nato-exercise --classification SECRET --anyway", NULL, MU_EXIT_OK, "^<originatorConfidentialityLabel ", "refused" },
    { "label make --policy nato-exercise --classification SECRET --category Context=MARS", NULL, MU_EXIT_FAILURES, "SEM-04 must: ", "^<originator" },
    { "label make --policy nato-exercise --classification SECRT", NULL, MU_EXIT_USAGE, "has no classification 'SECRT'; did you mean 'SECRET'[?]$", NULL },
    { "label make --policy nato-exercise --classification SECRET --category Contxt=NATO", NULL, MU_EXIT_USAGE, "has no tag set 'Contxt'; did you mean 'Context'[?]$", NULL },
    { "label make --policy nato-exercise --classification SECRET --category Context", NULL, MU_EXIT_USAGE, "wants TAG=VALUE,[.]+, not 'Context'$", NULL },
    { "label make --policy nato-exercise --classification SECRET --category Context=,", NULL, MU_EXIT_USAGE, "an empty value", NULL },
    { "label make --classification SECRET", NULL, MU_EXIT_USAGE, "say with one --policy", NULL },
    { "label make --policy nato-exercise --policy eu-exercise --classification SECRET", NULL, MU_EXIT_USAGE, "say with one --policy", NULL },
    { "label make --policy nato-exercise --classification SECRET --marking X", NULL, MU_EXIT_USAGE, "one of them$", NULL },
    { "label make --policy nato-exercise --classification SECRET --created today", NULL, MU_EXIT_USAGE, "'today' is no time like", NULL },
    { "label make --marking TRES~SECRET~UE/EU~TOP~SECRET", NULL, MU_EXIT_OK, "<PolicyIdentifier [^>]*>EU-EXERCISE<", NULL },
    { "label make --marking NATO~SECRET --category Context=NATO", NULL, MU_EXIT_USAGE, "wants --classification", NULL },
    { "label make " LABELS "no-review.xml " NOW, NULL, MU_EXIT_OK, "ReviewDateTime=\"2027-01-12T08:00:00Z\"", NULL },
    { "label make " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "^muster: refused: ", "^<" },
    { "label make --as fixture --marking NATO~SECRET", NULL, MU_EXIT_OK, "^  <marking>NATO SECRET</marking>$", NULL },
    { "label make --as pdf --marking NATO~SECRET", NULL, MU_EXIT_USAGE, "wants one of 'xml ess fixture'", NULL },
    /* mark */
    { "label mark " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^NATO RESTRICTED Releasable to Council of the EU, EEAS$", "\033" },
    { "label mark --language fr " LABELS "restricted.xml", NULL, MU_EXIT_OK, "^NATO DIFFUSION RESTREINTE$", NULL },
    { "label mark --place portion " LABELS "restricted.xml", NULL, MU_EXIT_OK, "^[(]NR[)]$", NULL },
    { "label mark --place portal " LABELS "restricted.xml", NULL, MU_EXIT_USAGE, "wants one of 'page-top .*did you mean 'portion'[?]$", NULL },
    { "label mark --policy eu-exercise " LABELS "restricted.xml", NULL, MU_EXIT_FAILURES, "no marking: policy 'NATO-EXERCISE' is not known$", NULL },
    { "label mark " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "no marking: ", "UNCLASSIFIED$" },
    { "label mark --marking NATO~SECRET -f json", NULL, MU_EXIT_OK, "[{]\"place\":\"page-top\",\"language\":\"en\",\"text\":\"NATO SECRET\"[}]", NULL },
    { "label mark --marking NATO~CONFIDENTIAL -f json", NULL, MU_EXIT_OK, "[{]\"place\":\"subject\",\"language\":\"fr\",\"text\":\"NATO CONFIDENTIEL\"[}]", NULL },
    /* valid */
    { "label valid " LABELS "restricted.xml", NULL, MU_EXIT_OK, "^" LABELS "restricted[.]xml: valid$", "must" },
    { "label valid " LABELS "no-review.xml", NULL, MU_EXIT_FAILURES, "^" LABELS "no-review[.]xml: L74-25 must: ", ": valid$" },
    { "label valid " LABELS "raw/review-past.xml " NOW, NULL, MU_EXIT_OK, "L74-28 should: ", NULL },
    { "label valid " LABELS "raw/wrong-order.xml", NULL, MU_EXIT_FAILURES, "L74-05 must: ", NULL },
    { "label valid --policy eu-exercise " LABELS "restricted.xml", NULL, MU_EXIT_FAILURES, "SEM-01 must: ", NULL },
    { "label valid -f json " LABELS "no-review.xml", NULL, MU_EXIT_FAILURES, "^[{]\"input\":\"[^\"]*\",\"syntax\":\"fixture\",\"valid\":false,\"findings\":\\[[{]\"rule\":\"L74-25\",\"level\":\"must\",\"what\":", NULL },
    { "label valid --format html " LABELS "no-review.xml", NULL, MU_EXIT_USAGE, "wants one of 'text json', not 'html'", NULL },
    /* decide */
    { "label decide --clearance " CLEARANCES "nato-secret.xml " LABELS "restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_OK, "secret[.]xml: PERMIT$", "DENY" },
    { "label decide --clearance " CLEARANCES "nato-restricted.xml " LABELS "restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "^" LABELS "restricted[.]xml: PERMIT$", NULL },
    { "label decide --clearance " CLEARANCES "nato-restricted.xml " LABELS "restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "^" LABELS "secret[.]xml: DENY DEC-01: ", NULL },
    { "label decide --clearance " CLEARANCES "nato-gap.xml " LABELS "restricted.xml", NULL, MU_EXIT_FAILURES, "DENY DEC-01: ", "PERMIT" },
    { "label decide --clearance " CLEARANCES "nato-secret.xml " LABELS "secret-eu.xml", NULL, MU_EXIT_FAILURES, "DENY DEC-0[45]: ", "PERMIT" },
    { "label decide --clearance " CLEARANCES "nato-secret.xml " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "DENY DEC-05: ", "PERMIT" },
    { "label decide --clearance " CLEARANCES "nato-secret.xml --policy eu-exercise " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "DENY DEC-05: ", "PERMIT" },
    { "label decide --clearance - " LABELS "secret.xml", CLEARANCES "nato-secret.xml", MU_EXIT_OK, "PERMIT$", NULL },
    { "label decide --clearance -", CLEARANCES "nato-secret.xml", MU_EXIT_USAGE, "standard input is the clearance", NULL },
    { "label decide " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "say with --clearance", NULL },
    { "label decide --clearance " LABELS "secret.xml " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "secret[.]xml:3:[0-9]+: a namespace of the harness", "PERMIT" },
    { "label decide --clearance " LABELS "raw/default-namespace.xml " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "is no confidentiality clearance", "PERMIT" },
    { "label decide --clearance README.md " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "README[.]md: no clearance can be read", "PERMIT" },
    { "label decide --clearance @/pki/server.crt " LABELS "secret.xml", NULL, MU_EXIT_USAGE, ".", "PERMIT" },
    { "label decide -f json --clearance " CLEARANCES "nato-restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "^[{]\"input\":\"[^\"]*\",\"decision\":\"deny\",\"rule\":\"DEC-01\",\"why\":\"[^\"]+\"[}]$", NULL },
    /* dominate */
    { "label dominate " LABELS "restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_OK, "^marking         NATO SECRET$", NULL },
    { "label dominate " LABELS "restricted.xml " LABELS "secret.xml", NULL, MU_EXIT_OK, "^order           the first label is below the second$", NULL },
    { "label dominate " LABELS "secret.xml " LABELS "restricted.xml", NULL, MU_EXIT_OK, "the first label is above the second$", NULL },
    { "label dominate " LABELS "secret.xml " LABELS "restricted.xml " LABELS "confidential.xml", NULL, MU_EXIT_OK, "^<originatorConfidentialityLabel ", "^order" },
    { "label dominate --as xml " NOW LABELS "secret.xml " LABELS "restricted.xml", NULL, MU_EXIT_OK, "<CreationDateTime>2026-11-23T10:15:00Z<", "^marking" },
    { "label dominate " LABELS "secret.xml " LABELS "secret-eu.xml", NULL, MU_EXIT_FAILURES, "^policy decision: ", "^<" },
    { "label dominate " LABELS "secret.xml " LABELS "secret-eu.xml", NULL, MU_EXIT_FAILURES, "^order: incomparable$", NULL },
    { "label dominate " LABELS "secret.xml " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "^policy decision: .*two-classifications", "^<" },
    { "label dominate " LABELS "secret.xml " LABELS "none.xml", NULL, MU_EXIT_USAGE, "cannot open", "marking" },
    { "label dominate -f json " LABELS "secret.xml " LABELS "secret-eu.xml", NULL, MU_EXIT_FAILURES, "^[{]\"refused\":\"policy decision\",\"why\":\"[^\"]+\",\"order\":\"incomparable\"[}]$", NULL },
    /* map */
    { "label map --to EU-EXERCISE " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^marking         RESTREINT UE/EU RESTRICTED ", NULL },
    { "label map --to EU-EXERCISE " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^<alternativeConfidentialityLabel ", NULL },
    { "label map --to eu-exercise --as xml " LABELS "restricted-releasable.xml", NULL, MU_EXIT_OK, "^<alternativeConfidentialityLabel ", "^marking" },
    { "label map --to EU-EXERCISE " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "^" LABELS "secret[.]xml: refused EQV-06: ", "^<" },
    { "label map --to EU-EXERCISE --applied sideways " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "wants one of 'encrypt decrypt'", NULL },
    { "label map --to EU-EXERCIS " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "no policy 'EU-EXERCIS', did you mean 'eu-exercise'[?]$", NULL },
    { "label map " LABELS "secret.xml", NULL, MU_EXIT_USAGE, "say with --to", NULL },
    { "label map --to EU-EXERCISE " LABELS "raw/two-classifications.xml", NULL, MU_EXIT_FAILURES, "refused L74-XSD: ", "^<" },
    { "label map --to EU-EXERCISE --policy eu-exercise " LABELS "secret.xml", NULL, MU_EXIT_FAILURES, "refused SEM-01: policy 'NATO-EXERCISE' is not known$", NULL },
    { "label map -hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", NULL, MU_EXIT_OK, "^usage: muster label map ", NULL },
    { "label parse --marking=", NULL, MU_EXIT_USAGE, "--marking: there is nothing in it$", NULL },
    { "label make --marking=", NULL, MU_EXIT_USAGE, "--marking: there is nothing in it$", "^<" },
    { "label", NULL, MU_EXIT_USAGE, "^usage: muster label COMMAND", NULL },
    { "label decode", NULL, MU_EXIT_USAGE, "unknown command", NULL },
    { "label map --help", NULL, MU_EXIT_OK, "^      --applied=HOW ", NULL },
};
/* clang-format on */

START_TEST(says)
{
    const char *input =
        row[_i].input != NULL ? mu_file_join(arena, MU_SOURCE_DIR, row[_i].input) : NULL;
    struct said s = muster_line(row[_i].line, input);
    check_said(row[_i].line, s, row[_i].status, row[_i].must);
    ck_assert_msg(row[_i].must_not == NULL
                      || (!matches(s.out, row[_i].must_not) && !matches(s.err, row[_i].must_not)),
                  "%s: '%s' is said\n%s%s", row[_i].line, row[_i].must_not, s.out, s.err);
}
END_TEST

/* --- every carrier ----------------------------------------------------------------------------------- */

static struct mu_bytes mail_with(const struct mu_sio_text *field, size_t fields)
{
    struct mu_buf mail = { .arena = arena };
    mu_buf_puts(&mail, "From: a@alfa.test\r\nSubject: EXERCISE\r\n");
    for (size_t i = 0; i < fields; i++)
        mu_sio_write(&mail, "SIO-Label", &field[i]);
    mu_buf_puts(&mail, "\r\nEXERCISE\r\n");
    return mu_buf_bytes(&mail);
}

static struct mu_bytes ess_of(const char *marking)
{
    struct said s = MUSTER("label", "make", "--as", "ess", "--marking", marking);
    struct mu_bytes der;
    size_t at;
    ck_assert_int_eq(s.status, MU_EXIT_OK);
    ck_assert(mu_base64_read(arena, mu_bytes_trim(mu_bytes_of(s.out)), &der, &at) == MU_BASE64_OK);
    return der;
}

START_TEST(carriers)
{
    struct mu_bytes xml = raw_label(), der = ess_of("NATO RESTRICTED");
    struct mu_sio_text in_xml = { .marking = MU_BYTES("NATO RESTRICTED"),
                                  .type = MU_BYTES(":xml"),
                                  .label = xml };
    struct mu_sio_text in_ess = { .type = MU_BYTES(":ess"), .label = der };
    struct mu_sio_text in_x411 = { .type = MU_BYTES(":x411"), .label = der };
    struct mu_sio_text marked = { .marking = MU_BYTES("NATO RESTRICTED") };
    struct mu_sio_text other = { .marking = MU_BYTES("NATO SECRET"),
                                 .type = MU_BYTES(":xml"),
                                 .label = xml };
    const struct {
        const char *name;
        struct mu_bytes content;
        const char *must;
    } carrier[] = {
        { "xml", xml, "an ADatP-4774 label$" },
        { "base64", mu_base64_write(arena, xml), "an ADatP-4774 label$" },
        { "der", der, "an ESS security label$" },
        { "der64", mu_base64_write(arena, der), "an ESS security label$" },
        { "marking", MU_BYTES("NATO RESTRICTED\n"), "a marking$" },
        { "mail", mail_with(&in_xml, 1), "an ADatP-4774 label, in the SIO-Label at octet 38$" },
        { "ess", mail_with(&in_ess, 1), "an ESS security label, in the SIO-Label at octet 38$" },
        { "x411", mail_with(&in_x411, 1), "an X.411 security label, in the SIO-Label" },
        { "marked", mail_with(&marked, 1), "a marking, in the SIO-Label" },
        { "other", mail_with(&other, 1), "^marked +NATO SECRET, which is another marking$" },
    };
    for (size_t i = 0; i < MU_COUNT(carrier); i++) {
        const char *path = stored(carrier[i].name, carrier[i].content);
        struct said s = MUSTER("label", "parse", path), in = muster_line("label parse", path);
        check_said(carrier[i].name, s, MU_EXIT_OK, carrier[i].must);
        check_said(carrier[i].name, s, MU_EXIT_OK, "^classification  RESTRICTED, rank 2$");
        check_said(carrier[i].name, s, MU_EXIT_OK, "^category        Context, PERMISSIVE: NATO$");
        ck_assert_str_eq(strchr(s.out, '\n'), strchr(in.out, '\n'));
    }
}
END_TEST

/* Two labels in one message: both are shown, nothing rests on either. */
START_TEST(two_labels)
{
    struct mu_sio_text field[2] = { { .type = MU_BYTES(":xml"), .label = raw_label() },
                                    { .marking = MU_BYTES("NATO SECRET") } };
    const char *path = stored("two.eml", mail_with(field, 2));
    struct said s = MUSTER("label", "parse", path);
    check_said("two", s, MU_EXIT_FAILURES, "two[.]eml, label 2: a marking, in the SIO-Label");
    check_said("two", s, MU_EXIT_FAILURES, "finding +SIO-01 must: ");
    s = MUSTER("label", "decide", "--clearance", nato_secret, path);
    check_said("two", s, MU_EXIT_FAILURES, "label 2: DENY DEC-05: ");
    ck_assert(strstr(s.out, "PERMIT") == NULL);
}
END_TEST

/* Base64 that a tolerant reader takes is read, and doubted. */
START_TEST(loose_base64)
{
    struct mu_sio_text field = { .type = MU_BYTES(":xml"), .label = raw_label() };
    const char *mail =
        changed(mu_bytes_dup(arena, mail_with(&field, 1)), "label*1=\"", "label*1=\"-");
    const char *path = stored("loose.eml", mu_bytes_of(mail));
    struct said s = MUSTER("label", "parse", path);
    check_said("loose", s, MU_EXIT_FAILURES, "SIO-09 must: .*strict base64");
    check_said("loose", s, MU_EXIT_FAILURES, "^classification  RESTRICTED");
    check_said("loose", MUSTER("label", "decide", "--clearance", nato_secret, path),
               MU_EXIT_FAILURES, "DENY DEC-05: ");
}
END_TEST

/* What make writes, parse reads as the same, in each syntax. */
START_TEST(round_trip)
{
    static const char *const marking[] = { "NATO SECRET",
                                           "COSMIC TOP SECRET ATOMAL",
                                           "NATO RESTRICTED Releasable to Sweden, Ukraine",
                                           "NATO/KFOR CONFIDENTIAL",
                                           "NATO UNCLASSIFIED - STAFF",
                                           "RESTREINT UE/EU RESTRICTED" };
    static const char *const as[] = { "xml", "ess", "fixture" };
    for (size_t i = 0; i < MU_COUNT(marking); i++)
        for (size_t k = 0; k < MU_COUNT(as); k++) {
            struct said s = MUSTER("label", "make", "--as", as[k], "--marking", marking[i]);
            check_said(marking[i], s, MU_EXIT_OK, NULL);
            const char *path = stored("made", mu_bytes_of(s.out));
            s = MUSTER("label", "mark", path);
            check_said(marking[i], s, MU_EXIT_OK, NULL);
            ck_assert_str_eq(s.out, mu_arena_printf(arena, "%s\n", marking[i]));
            check_said(marking[i], MUSTER("label", "valid", path), MU_EXIT_OK, ": valid$");
        }
}
END_TEST

/* --- clearances in ASN.1 ------------------------------------------------------------------------------ */

static struct mu_bytes attribute(void)
{
    uint64_t class[] = { 1, 2 }, number[] = { 1001 };
    struct mu_ess_category context = { .form = MU_ESS_PERMISSIVE_LIST,
                                       .type = "2.16.840.1.101.2.1.8.3.1",
                                       .set = CONTEXT,
                                       .number = number,
                                       .numbers = 1 };
    struct mu_ess_clearance c = { .readable = true,
                                  .policy = NATO_OID,
                                  .listed = true,
                                  .class = class,
                                  .classes = 2,
                                  .category = &context,
                                  .categories = 1 };
    struct mu_bytes der;
    struct mu_err err;
    if (!mu_ess_clearance_write(arena, &c, &der, &err))
        ck_abort_msg("%s", err.msg);
    return der;
}

/* subjectDirectoryAttributes: SEQUENCE OF Attribute { 2.5.4.55, SET { clearance } }; NULL: none. */
static struct mu_bytes certificate(const struct mu_bytes *clearance)
{
    struct mu_buf set = { .arena = arena }, attribute = set, list = set, all = set;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    if (clearance != NULL) {
        mu_buf_puts(&attribute, "\x06\x03\x55\x04\x37");
        mu_ber_put(&attribute, MU_BER_UNIVERSAL, true, MU_BER_SET, *clearance);
        mu_ber_put(&list, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&attribute));
        mu_ber_put(&all, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&list));
        ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
        ASN1_OCTET_STRING_set(data, (const unsigned char *) all.p, (int) all.n);
        X509_EXTENSION *extension =
            X509_EXTENSION_create_by_NID(NULL, NID_subject_directory_attributes, 0, data);
        X509_add_ext(x, extension, -1);
        X509_EXTENSION_free(extension);
        ASN1_OCTET_STRING_free(data);
    }
    ck_assert_int_gt(X509_sign(x, key, EVP_sha256()), 0);
    unsigned char *p = NULL;
    int n = i2d_X509(x, &p);
    struct mu_bytes der = { mu_arena_strndup(arena, (char *) p, (size_t) n), (size_t) n };
    OPENSSL_free(p);
    X509_free(x);
    EVP_PKEY_free(key);
    return der;
}

START_TEST(binary_clearance)
{
    static const char restricted[] = LABELS "restricted.xml", secret[] = LABELS "secret.xml";
    struct mu_bytes der = attribute(), x = certificate(&der), none = certificate(NULL);
    const char *pem =
        mu_arena_printf(arena, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n",
                        mu_bytes_dup(arena, mu_base64_write(arena, x)));
    const char *path[] = { stored("clearance.der", der), stored("reader.der", x),
                           stored("reader.pem", mu_bytes_of(pem)) };
    for (size_t i = 0; i < MU_COUNT(path); i++) {
        struct said s = MUSTER("label", "decide", "--clearance", path[i], restricted);
        check_said(path[i], s, MU_EXIT_OK, "PERMIT$");
        s = MUSTER("label", "decide", "--clearance", path[i], secret);
        check_said(path[i], s, MU_EXIT_FAILURES, "DENY DEC-01: ");
    }
    check_said("none",
               MUSTER("label", "decide", "--clearance", stored("none.der", none), restricted),
               MU_EXIT_USAGE, "the certificate carries no clearance$");
    struct mu_bytes cut = mu_bytes_slice(der, 0, der.n - 1);
    check_said("cut", MUSTER("label", "decide", "--clearance", stored("cut.der", cut), restricted),
               MU_EXIT_USAGE, "no clearance can be read: ");
}
END_TEST

/* --- JSON -------------------------------------------------------------------------------------------- */

/* A program of the operator's, over the program's output: the documented members, by their names. */
START_TEST(json_shape)
{
    static const struct {
        const char *words, *expression;
    } shape[] = {
        { "label parse -f json " LABELS "restricted-releasable.xml " LABELS "secret.xml",
          "len(d) == 2 and d[0]['label']['categories'][1]['values'] == ['NATO', 'EU Council', "
          "'EEAS'] and d[0]['policy']['known'] is True and len(d[0]['policy']['sha256']) == 64 and "
          "d[0]['rank'] == 2 and d[1]['rank'] == 4 and d[0]['valid'] is True and d[0]['findings'] "
          "== "
          "[] and d[0]['syntax'] == 'fixture' and d[0]['background'] == '#0000ff' and "
          "d[0]['label']['policy_uri'] == 'urn:oid:" NATO_OID "' and d[0]['label']['review'] == "
          "'2031-11-23T00:00:00Z' and d[0]['carried'] == d[0]['marking']" },
        { "label mark -f json " LABELS "tres-secret-eu.xml",
          "any(m['text'] == 'TR\\u00c8S SECRET UE/EU TOP SECRET' for m in d[0]['markings'])" },
        { "label make -f json --marking 'NATO SECRET'",
          "d[0]['written'].startswith('<originatorConf') and d[0]['valid'] is True" },
        { "label make -f json --as ess --marking 'NATO SECRET'",
          "d[0]['written'].startswith('M')" },
        { "label valid -f json " LABELS "raw/two-classifications.xml",
          "d[0]['valid'] is False and d[0]['findings'][0]['rule'] == 'L74-XSD'" },
        { "label dominate -f json " LABELS "secret.xml " LABELS "restricted.xml",
          "d[0]['order'] == 'above' and d[0]['widened'] is False and d[0]['rank'] == 4" },
        { "label map -f json --to EU-EXERCISE " LABELS "restricted-releasable.xml",
          "d[0]['label']['root'] == 'alternativeConfidentialityLabel' and d[0]['discarded'] >= 0" },
        { "label map -f json --to EU-EXERCISE " LABELS "secret.xml",
          "d[0]['refused'] == 'refused' and d[0]['rule'] == 'EQV-06' and d[0]['why'] != ''" },
    };
    for (size_t i = 0; i < MU_COUNT(shape); i++) {
        const char *script = stored(
            "check.py",
            mu_bytes_of(mu_arena_printf(
                arena, "import json, sys\nd = [json.loads(l) for l in sys.stdin]\nassert %s, d\n",
                shape[i].expression)));
        int rc = system(mu_arena_printf(arena, "cd '%s' && '%s' %s 2>/dev/null | python3 %s",
                                        MU_SOURCE_DIR, MU_PROGRAM, shape[i].words, script));
        ck_assert_msg(rc == 0, "%s", shape[i].words);
    }
}
END_TEST

/* --- a terminal -------------------------------------------------------------------------------------- */

/* What the program writes to a terminal; `plain`: with NO_COLOR. */
static const char *on_terminal(bool plain)
{
    int fd, status;
    pid_t pid = forkpty(&fd, NULL, NULL, NULL);
    if (pid == 0) {
        unsetenv("NO_COLOR");
        if ((plain && setenv("NO_COLOR", "1", 1) != 0) || chdir(MU_SOURCE_DIR) != 0)
            _exit(99);
        execl(MU_PROGRAM, MU_PROGRAM, "label", "mark", LABELS "restricted.xml", NULL);
        _exit(99);
    }
    ck_assert_int_gt(pid, 0);
    struct mu_buf out = { .arena = arena };
    char step[512];
    ssize_t n;
    while ((n = read(fd, step, sizeof step)) > 0) /* the end of a terminal is EIO */
        mu_buf_put(&out, step, (size_t) n);
    close(fd);
    ck_assert(ends_within(pid, PROGRAM_MS, &status));
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == MU_EXIT_OK);
    return mu_buf_text(&out);
}

START_TEST(banner)
{
    ck_assert_str_eq(on_terminal(false), "\033[48;2;0;0;255m\033[38;2;255;255;255m\033[1m"
                                         "  NATO RESTRICTED  \033[0m\r\n");
    ck_assert_str_eq(on_terminal(true), "NATO RESTRICTED\r\n");
}
END_TEST

/* --- completion -------------------------------------------------------------------------------------- */

START_TEST(completion)
{
    static const struct {
        const char *words, *must;
    } typed[] = {
        { "muster lab", "^label$" },
        { "muster label d", "^decide dominate$" },
        { "muster twin s", "^send$" },
        { "muster profile ''", "^check$" },
        { "muster label map --to", "^--to$" },
        { "muster label decide --applied", "^$" },
        { "muster label map --applied ''", "^encrypt decrypt$" },
    };
    const char *script = stored("complete.sh", mu_bytes_of(MUSTER("completion").out));
    const char *out = in_home("completed");
    for (size_t i = 0; i < MU_COUNT(typed); i++) {
        int rc = system(mu_arena_printf(
            arena,
            "bash -c '. %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _muster; "
            "echo ${COMPREPLY[*]}' > %s",
            script, changed_all(typed[i].words, "'", "\""), out));
        ck_assert_int_eq(rc, 0);
        ck_assert_msg(matches(text_of(out), typed[i].must), "%s: %s", typed[i].words, text_of(out));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label commands");
    TCase *tc = tcase_create("label commands");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, says, 0, MU_COUNT(row));
    tcase_add_test(tc, carriers);
    tcase_add_test(tc, two_labels);
    tcase_add_test(tc, loose_base64);
    tcase_add_test(tc, round_trip);
    tcase_add_test(tc, binary_clearance);
    tcase_add_test(tc, json_shape);
    tcase_add_test(tc, banner);
    tcase_add_test(tc, completion);
    suite_add_tcase(suite, tc);
    return run_tests(suite);
}

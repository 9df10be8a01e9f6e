#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "format/ess.h"

/* RFC 5755 4.4.6 and, obsolete, what RFC 3281 printed. */
static const struct {
    const char *oid;
    bool obsolete;
} clearance_oid[] = { { "2.5.4.55", false }, { "2.5.1.5.55", true } };

static void free_certificate(void *object)
{
    X509_free(object);
}

/* A certificate is never encrypted; without this the library would ask on the terminal. */
static int no_password(char *buf, int size, int writing, void *unused)
{
    (void) writing;
    (void) unused;
    if (size > 0)
        buf[0] = '\0';
    return 0;
}

/* DER begins with a SEQUENCE of more than 127 octets, and ends where the certificate does; all else
 * is text with PEM in it. */
static X509 *decode(struct mu_arena *arena, struct mu_bytes bytes)
{
    X509 *x = NULL;
    if (bytes.n < 2 || bytes.n > MU_CERT_LIST_MAX)
        return NULL;
    if (bytes.p[0] != '0' || (bytes.p[1] & 0x80) == 0) {
        BIO *in = BIO_new_mem_buf(bytes.p, (int) bytes.n);
        if (in != NULL)
            x = PEM_read_bio_X509(in, NULL, no_password, NULL);
        BIO_free(in);
    } else {
        const unsigned char *at = (const unsigned char *) bytes.p;
        x = d2i_X509(NULL, &at, (long) bytes.n);
        if (x != NULL && (const char *) at != bytes.p + bytes.n) {
            X509_free(x);
            x = NULL;
        }
    }
    ERR_clear_error();
    if (x != NULL)
        mu_arena_defer(arena, free_certificate, x);
    return x;
}

/* What was found on the way to the attribute. */
struct found {
    struct mu_bytes value;
    size_t values; /* clearances in all */
    bool obsolete, critical;
};

/* Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY } */
static bool look_at_attribute(struct mu_bytes all, const struct mu_ber *attribute,
                              struct found *found, struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_inside(all, attribute);
    struct mu_ber type, values, value;
    TRY(attribute->constructed && mu_ber_is(attribute, MU_BER_UNIVERSAL, MU_BER_SEQUENCE));
    TRY(mu_ber_next(&in, &type, NULL) && mu_ber_is(&type, MU_BER_UNIVERSAL, MU_BER_OID));
    TRY(mu_ber_next(&in, &values, NULL) && mu_ber_is(&values, MU_BER_UNIVERSAL, MU_BER_SET));
    TRY(values.constructed && in.at == in.end);
    const char *oid = mu_ber_oid(all, &type, report);
    TRY(oid != NULL && values.first < values.last);
    for (size_t i = 0; i < MU_COUNT(clearance_oid); i++) {
        if (strcmp(oid, clearance_oid[i].oid) != 0)
            continue;
        found->obsolete = found->obsolete || clearance_oid[i].obsolete;
        in = mu_ber_inside(all, &values);
        while (mu_ber_next(&in, &value, NULL)) {
            found->value = mu_ber_whole(all, &value);
            found->values++;
        }
    }
    return true;
}

/* SubjectDirectoryAttributes ::= SEQUENCE OF Attribute; the whole of it must be sound. */
static bool look_at_extension(struct mu_bytes all, struct found *found,
                              struct mu_ber_report *report)
{
    struct mu_ber_cursor in = mu_ber_start(all);
    struct mu_ber sequence, attribute;
    TRY(mu_ber_check(all, report) && mu_ber_next(&in, &sequence, NULL) && in.at == in.end);
    TRY(sequence.constructed && mu_ber_is(&sequence, MU_BER_UNIVERSAL, MU_BER_SEQUENCE));
    in = mu_ber_inside(all, &sequence);
    while (mu_ber_next(&in, &attribute, NULL))
        TRY(look_at_attribute(all, &attribute, found, report));
    return true;
}

static bool look_at_certificate(X509 *x, struct found *found, struct mu_ber_report *report)
{
    for (int at = -1;;) {
        at = X509_get_ext_by_NID(x, NID_subject_directory_attributes, at);
        if (at < 0)
            return true;
        X509_EXTENSION *extension = X509_get_ext(x, at);
        const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(extension);
        struct mu_bytes all = { (const char *) ASN1_STRING_get0_data(data),
                                (size_t) ASN1_STRING_length(data) };
        found->critical = found->critical || X509_EXTENSION_get_critical(extension) != 0;
        TRY(look_at_extension(all, found, report));
    }
}

bool mu_ess_clearance_of_certificate(struct mu_arena *arena, struct mu_bytes certificate,
                                     struct mu_ess_clearance *clearance)
{
    struct mu_ber_report outside = { .arena = arena };
    struct found found = { .values = 0 };
    X509 *x = decode(arena, certificate);
    bool sound = x != NULL && look_at_certificate(x, &found, &outside);
    if (sound && found.values == 0)
        return false;
    *clearance = (struct mu_ess_clearance){ .report = { .arena = arena } };
    if (!sound)
        mu_ber_note(&clearance->report, MU_BER_BAD_CERTIFICATE, 0);
    else if (found.values > 1)
        mu_ber_note(&clearance->report, MU_BER_SEVERAL, 0);
    else
        mu_ess_clearance_read(arena, found.value, clearance);
    if (found.obsolete)
        mu_ber_note(&clearance->report, MU_BER_OBSOLETE_OID, 0);
    if (found.critical)
        mu_ber_note(&clearance->report, MU_BER_CRITICAL, 0);
    return true;
}

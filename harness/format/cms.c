/* What signing and checking share: certificates, names, the claimed role. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/limits.h"
#include "base/text_safe.h"
#include "base/utf8.h"
#include "format/ber.h"
#include "format/cms_inside.h"

#define TITLE "2.5.4.12" /* X.520: position or function of somebody within an organisation */

const char *mu_cms_reason(void)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return why != NULL ? why : "unknown";
}

static void free_certificates(void *object)
{
    sk_X509_pop_free(object, X509_free);
}

STACK_OF(X509) * mu_cms_certificates(struct mu_arena *arena, struct mu_bytes pem)
{
    if (pem.n > MU_OPERATOR_FILE_MAX)
        return NULL;
    BIO *in = BIO_new_mem_buf(pem.p, (int) pem.n);
    STACK_OF(X509) *all = sk_X509_new_null();
    X509 *x;
    if (in == NULL || all == NULL)
        return NULL;
    mu_arena_defer(arena, free_certificates, all);
    while ((x = PEM_read_bio_X509(in, NULL, NULL, (void *) "")) != NULL)
        sk_X509_push(all, x);
    unsigned long why = ERR_peek_last_error();
    BIO_free(in);
    ERR_clear_error();
    /* The end of the text is the only good reason to stop. */
    bool end = ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
    return end && sk_X509_num(all) > 0 ? all : NULL;
}

bool mu_cms_anchors(struct mu_arena *arena, struct mu_bytes pem, const char *name,
                    struct mu_err *err)
{
    return mu_cms_certificates(arena, pem) != NULL
           || mu_fail_where(err, (struct mu_where){ .input = name }, MU_ERR_PROFILE,
                            "no certificate in PEM form can be read here");
}

const char *mu_cms_name(struct mu_arena *arena, const X509_NAME *name)
{
    char *p;
    BIO *out = BIO_new(BIO_s_mem());
    const char *text = "unnamed";
    if (out != NULL
        && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long) ASN1_STRFLGS_ESC_MSB)
               >= 0) {
        long n = BIO_get_mem_data(out, &p);
        text = mu_text_line(arena, (struct mu_bytes){ p, (size_t) n });
    }
    BIO_free(out);
    return text[0] != '\0' ? text : "unnamed";
}

const char *mu_cms_unfit(struct mu_arena *arena, X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    if (key == NULL)
        return "its key cannot be read";
    if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) < MU_SIGNING_RSA_BITS)
        return mu_arena_printf(arena, "its RSA key has %d bits; %d are wanted at least",
                               EVP_PKEY_get_bits(key), MU_SIGNING_RSA_BITS);
    if (X509_check_purpose(x, X509_PURPOSE_SMIME_SIGN, 0) != 1)
        return "it is not meant for signatures: where it states a key usage, that must hold "
               "digitalSignature or nonRepudiation, and an extended one emailProtection";
    return NULL;
}

/* --- the claimed role (RFC 5126 5.11.3, explicit tags) ---------------------------------------------- */

static struct mu_bytes wrapped(struct mu_arena *arena, enum mu_ber_class class, bool constructed,
                               unsigned tag, struct mu_bytes content)
{
    struct mu_buf out = { .arena = arena };
    mu_ber_put(&out, class, constructed, tag, content);
    return mu_buf_bytes(&out);
}

struct mu_bytes mu_cms_role(struct mu_arena *arena, const char *role)
{
    struct mu_bytes oid = MU_BYTES(""), value;
    struct mu_buf attribute = { .arena = arena };
    bool known = mu_ber_oid_content(arena, TITLE, &oid);
    (void) known; /* a constant */
    mu_ber_put(&attribute, MU_BER_UNIVERSAL, false, MU_BER_OID, oid);
    value = wrapped(arena, MU_BER_UNIVERSAL, false, MU_BER_UTF8, mu_bytes_of(role));
    mu_ber_put(&attribute, MU_BER_UNIVERSAL, true, MU_BER_SET, value);
    value = wrapped(arena, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, mu_buf_bytes(&attribute));
    value = wrapped(arena, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, value);
    value = wrapped(arena, MU_BER_CONTEXT, true, 0, value);
    return wrapped(arena, MU_BER_UNIVERSAL, true, MU_BER_SEQUENCE, value);
}

/* The structure has one form when it holds one title: what stands before the text is always the same. */
const char *mu_cms_role_read(struct mu_arena *arena, struct mu_bytes der)
{
    static const struct {
        enum mu_ber_class class;
        unsigned tag;
    } level[] = { { MU_BER_UNIVERSAL, MU_BER_SEQUENCE },
                  { MU_BER_CONTEXT, 0 },
                  { MU_BER_UNIVERSAL, MU_BER_SEQUENCE },
                  { MU_BER_UNIVERSAL, MU_BER_SEQUENCE } };
    struct mu_ber_cursor in = mu_ber_start(der);
    struct mu_ber e, oid;
    for (size_t i = 0; i < MU_COUNT(level); i++) {
        if (!mu_ber_next(&in, &e, NULL) || !mu_ber_is(&e, level[i].class, level[i].tag))
            return NULL;
        in = mu_ber_inside(der, &e);
    }
    struct mu_ber_report report = { .arena = arena };
    if (!mu_ber_next(&in, &oid, NULL) || !mu_ber_next(&in, &e, NULL)
        || !mu_ber_is(&oid, MU_BER_UNIVERSAL, MU_BER_OID))
        return NULL;
    const char *type = mu_ber_oid(der, &oid, &report);
    in = mu_ber_inside(der, &e);
    if (type == NULL || strcmp(type, TITLE) != 0 || !mu_ber_next(&in, &e, NULL)
        || (!mu_ber_is(&e, MU_BER_UNIVERSAL, MU_BER_UTF8)
            && !mu_ber_is(&e, MU_BER_UNIVERSAL, MU_BER_PRINTABLE)))
        return NULL;
    return mu_text_line(arena, mu_ber_content(der, &e));
}

/* profiles/tls/<id>.xml into struct mu_tls_profile: IANA names in, the library's spelling out. */
#include <string.h>

#include "base/names.h"
#include "suite/read.h"

/* Names as the IANA registries and RFCs print them, and as OpenSSL 3.0 takes them. */
struct spelling {
    const char *iana, *library;
};

static const struct spelling suite13[] = {
    { "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256" },
    { "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384" },
    { "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256" },
    { "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256" },
    { NULL, NULL },
};

static const struct spelling suite12[] = {
    { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256" },
    { "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384" },
    { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256" },
    { "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384" },
    { "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305" },
    { "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305" },
    { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA" },
    { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA" },
    { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256" },
    { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256" },
    { NULL, NULL },
};

static const struct spelling group[] = {
    { "secp256r1", "P-256" }, { "secp384r1", "P-384" }, { "secp521r1", "P-521" },
    { "x25519", "X25519" },   { "x448", "X448" },       { NULL, NULL },
};

static const struct spelling sigalg[] = {
    { "ecdsa_secp256r1_sha256", "ecdsa_secp256r1_sha256" },
    { "ecdsa_secp384r1_sha384", "ecdsa_secp384r1_sha384" },
    { "ecdsa_secp521r1_sha512", "ecdsa_secp521r1_sha512" },
    { "ed25519", "ed25519" },
    { "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha256" },
    { "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha384" },
    { "rsa_pss_rsae_sha512", "rsa_pss_rsae_sha512" },
    { "rsa_pkcs1_sha256", "rsa_pkcs1_sha256" },
    { "rsa_pkcs1_sha384", "rsa_pkcs1_sha384" },
    { "rsa_pkcs1_sha512", "rsa_pkcs1_sha512" },
    { NULL, NULL },
};

static const char *known_spelling(const void *self, size_t i)
{
    return ((const struct spelling *) self)[i].iana;
}

/* The names of an element as one colon-separated list; NULL when the element is absent. */
static bool names(const struct mu_read *read, const xmlNode *node, const char *what,
                  const struct spelling *table, const char **list, struct mu_err *err)
{
    if (node == NULL)
        return true;
    const char **word;
    size_t count = mu_words_split(read->arena, mu_read_attribute(read, node, "names"), &word);
    struct mu_buf out = { .arena = read->arena };
    for (size_t i = 0; i < count; i++) {
        const struct spelling *row = table;
        while (row->iana != NULL && strcmp(row->iana, word[i]) != 0)
            row++;
        if (row->iana == NULL)
            return mu_read_unknown(node, "names", what, word[i],
                                   mu_name_nearest(word[i], known_spelling, table), err);
        mu_buf_printf(&out, "%s%s", i == 0 ? "" : ":", row->library);
    }
    *list = mu_buf_text(&out);
    return true;
}

static uint16_t version(const struct mu_read *read, const xmlNode *node, const char *name)
{
    const char *digits = mu_read_attribute(read, node, name); /* "1.2": the schema says so */
    return (uint16_t) (0x0301 + (digits[2] - '0'));
}

static bool read_versions(const struct mu_read *read, struct mu_tls_profile *p, struct mu_err *err)
{
    const xmlNode *node = mu_read_first(read->root, "versions");
    p->min_version = version(read, node, "min");
    p->max_version = version(read, node, "max");
    if (p->min_version > p->max_version)
        return mu_fail_where(err, mu_xml_where_attribute(node, "min"), MU_ERR_PROFILE,
                             "the lowest version is above the highest");
    return true;
}

/* Suites must be there for each version of the range and for no other. */
static bool read_suites(const struct mu_read *read, struct mu_tls_profile *p, struct mu_err *err)
{
    const struct {
        const char *version;
        bool wanted;
        const struct spelling *table;
        const char **list;
    } row[] = {
        { "1.3", p->max_version == 0x0304, suite13, &p->suites },
        { "1.2", p->min_version <= 0x0303, suite12, &p->ciphers }, /* and what is older */
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const xmlNode *found = NULL;
        for (xmlNode *n = mu_read_first(read->root, "suites"); n != NULL;
             n = mu_read_next(n, "suites"))
            if (strcmp(mu_read_attribute(read, n, "version"), row[i].version) == 0)
                found = n;
        if ((found != NULL) != row[i].wanted)
            return mu_fail_where(err, mu_xml_where(found != NULL ? found : read->root),
                                 MU_ERR_PROFILE, "TLS %s is %s the range of versions, but %s",
                                 row[i].version, row[i].wanted ? "in" : "outside",
                                 row[i].wanted ? "has no suites" : "has suites");
        TRY(names(read, found, "cipher suite", row[i].table, row[i].list, err));
    }
    return true;
}

static bool read_rest(const struct mu_read *read, struct mu_tls_profile *p, struct mu_err *err)
{
    const xmlNode *root = read->root;
    TRY(names(read, mu_read_first(root, "groups"), "group", group, &p->groups, err));
    TRY(names(read, mu_read_first(root, "signature-algorithms"), "signature algorithm", sigalg,
              &p->sigalgs, err));
    uint64_t tickets = 0;
    TRY(mu_read_number(read, mu_read_first(root, "tickets"), "count", 16, &tickets, err));
    p->tickets = (unsigned) tickets;
    p->client_certificate =
        mu_read_yes(read, mu_read_first(root, "client-certificate"), "required", false);
    p->renegotiation = mu_read_yes(read, mu_read_first(root, "renegotiation"), "allowed", false);
    p->encrypt_then_mac =
        mu_read_yes(read, mu_read_first(root, "encrypt-then-mac"), "allowed", false);
    const xmlNode *alpn = mu_read_first(root, "alpn");
    p->alpn = alpn != NULL ? mu_read_attribute(read, alpn, "names") : NULL;
    p->weak = mu_read_first(root, "probe") != NULL;
    uint32_t life_ms = 0;
    TRY(mu_read_duration(read, mu_read_first(root, "session-life"), "max", &life_ms, err));
    p->session_life_s = life_ms / 1000;
    return true;
}

bool mu_tls_profile_load(struct mu_arena *arena, const struct mu_data *data, const char *id,
                         struct mu_tls_profile *profile, struct mu_err *err)
{
    const char *path = mu_data_find(data, arena, mu_arena_printf(arena, "profiles/tls/%s.xml", id));
    if (path == NULL || !mu_name_is_id(id)) {
        const char **known;
        size_t count = mu_data_list(data, arena, "profiles/tls", ".xml", &known);
        const char *nearest = mu_name_nearest_in(id, known, count);
        return nearest != NULL ? mu_fail(
                   err, MU_ERR_PROFILE, "unknown TLS profile '%s', did you mean '%s'?", id, nearest)
                               : mu_fail(err, MU_ERR_PROFILE, "unknown TLS profile '%s'", id);
    }
    struct mu_read read;
    TRY(mu_read_open(arena, data, path, "tls", &read, err));
    struct mu_tls_profile p = { .id = mu_read_attribute(&read, read.root, "id") };
    if (strcmp(p.id, id) != 0)
        return mu_fail_where(err, mu_xml_where_attribute(read.root, "id"), MU_ERR_PROFILE,
                             "the file of TLS profile '%s' says that it is '%s'", id, p.id);
    TRY(read_versions(&read, &p, err));
    TRY(read_suites(&read, &p, err));
    TRY(read_rest(&read, &p, err));
    *profile = p;
    return true;
}

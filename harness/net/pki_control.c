/* The PKI of the control plane: the harness and the adapters that come from other enclaves. */
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"
#include "net/pki.h"
#include "net/pki_make.h"
#include "net/tls_control.h"
#include "net/tls_files.h"

#define CA      "ca"
#define HARNESS "harness"
#define DOMAIN  ".muster.invalid" /* RFC 6761 6.4: no resolver answers for it */

static void close_arena(struct mu_arena **arena)
{
    mu_arena_free(*arena);
}

static bool is_there(const struct mu_pki_desk *desk, const char *file)
{
    return access(mu_file_join(desk->arena, desk->dir, file), F_OK) == 0;
}

static bool make_authority(const struct mu_pki_desk *desk, struct mu_err *err)
{
    EVP_PKEY *key = mu_pki_make_key(desk, MU_PKI_P256);
    X509 *x = key == NULL ? NULL
                          : mu_pki_make_certificate(desk, "Muster Adapters", key, -MU_PKI_HOUR,
                                                    MU_PKI_CONTROL_DAYS * MU_PKI_DAY);
    if (x == NULL || !mu_pki_sign_authority(x, x, key, true, NULL))
        return mu_pki_trouble(err, CA);
    return mu_pki_write_identity(desk, CA, x, key, NULL, 0, err);
}

/* Either side may dial, so each can be client and server. The domain name is for peers whose library
 * insists on one; we look at the URI. */
static bool make_leaf(const struct mu_pki_desk *desk, const char *name, const char *uri, int days,
                      struct mu_err *err)
{
    STACK_OF(X509) * ca;
    EVP_PKEY *ca_key;
    TRY(mu_tls_chain(desk->arena, mu_file_join(desk->arena, desk->dir, CA ".pem"), &ca, err));
    TRY(mu_tls_key(desk->arena, mu_file_join(desk->arena, desk->dir, CA ".key"), &ca_key, err));
    X509 *issuer = sk_X509_value(ca, 0);
    EVP_PKEY *key = mu_pki_make_key(desk, MU_PKI_P256);
    X509 *x = key == NULL
                  ? NULL
                  : mu_pki_make_certificate(desk, name, key,
                                            days < 0 ? (days - 1) * MU_PKI_DAY : -MU_PKI_HOUR,
                                            days * MU_PKI_DAY);
    const char *names = mu_arena_printf(desk->arena, "URI:%s,DNS:%s" DOMAIN, uri, name);
    if (x == NULL || X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1
        || !mu_pki_add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE")
        || !mu_pki_add_extension(x, issuer, NID_key_usage, "critical,digitalSignature")
        || !mu_pki_add_extension(x, issuer, NID_ext_key_usage, "serverAuth,clientAuth")
        || !mu_pki_add_extension(x, issuer, NID_subject_key_identifier, "hash")
        || !mu_pki_add_extension(x, issuer, NID_authority_key_identifier, "keyid")
        || !mu_pki_add_extension(x, issuer, NID_subject_alt_name, names)
        || X509_sign(x, ca_key, EVP_sha256()) == 0)
        return mu_pki_trouble(err, name);
    return mu_pki_write_identity(desk, name, x, key, NULL, 0, err);
}

bool mu_pki_control(const char *dir, struct mu_err *err)
{
    MU_CLEANUP(close_arena) struct mu_arena *arena = mu_arena_new(16 * MU_MIB);
    struct mu_pki_desk desk = { arena, mu_file_join(arena, dir, MU_PKI_CONTROL) };
    TRY(mu_file_make_dir(desk.dir, 0700, err));
    TRY(is_there(&desk, CA ".pem") || make_authority(&desk, err));
    return is_there(&desk, HARNESS ".pem")
           || make_leaf(&desk, HARNESS, MU_CONTROL_HARNESS, MU_PKI_CONTROL_DAYS, err);
}

bool mu_pki_adapter(const char *dir, const char *id, int days, struct mu_err *err)
{
    MU_CLEANUP(close_arena) struct mu_arena *arena = mu_arena_new(16 * MU_MIB);
    struct mu_pki_desk desk = { arena, mu_file_join(arena, dir, MU_PKI_CONTROL) };
    if (!mu_name_is_id(id))
        return mu_fail(err, MU_ERR_USAGE,
                       "'%.80s' is no id: lower-case letters, digits and hyphens, at most %d", id,
                       MU_ID_MAX);
    if (strcmp(id, CA) == 0 || strcmp(id, HARNESS) == 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is ours; an adapter needs another id", id);
    TRY(mu_pki_control(dir, err));
    if (is_there(&desk, mu_arena_printf(arena, "%s.pem", id)))
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s.pem' is there already: remove it for a new one",
                       desk.dir, id);
    return make_leaf(&desk, id, mu_arena_printf(arena, MU_CONTROL_SUT "%s", id), days, err);
}

bool mu_pki_pin(const char *path, char pin[MU_PIN_TEXT], struct mu_err *err)
{
    MU_CLEANUP(close_arena) struct mu_arena *arena = mu_arena_new(16 * MU_MIB);
    STACK_OF(X509) * chain;
    TRY(mu_tls_chain(arena, path, &chain, err));
    return mu_tls_pin(sk_X509_value(chain, 0), pin)
           || mu_fail(err, MU_ERR_PROFILE, "the key of '%s' cannot be read", path);
}

/* muster sign: somebody answers for a run as it lies there. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/passphrase.h"
#include "cli/verify.h"
#include "format/cms.h"
#include "net/library.h"

static bool read_role(const char *role, struct mu_err *err)
{
    bool fine = role == NULL
                || (role[0] != '\0' && strlen(role) <= MU_ROLE_MAX
                    && mu_utf8_defect(mu_bytes_of(role)) == SIZE_MAX);
    for (const char *p = role; fine && p != NULL && *p != '\0'; p++)
        fine = (unsigned char) *p >= ' ' && *p != '\x7f';
    return fine
           || mu_fail(err, MU_ERR_USAGE, "--role wants one line of at most %d octets", MU_ROLE_MAX);
}

static bool read_order(const struct mu_arguments *args, struct mu_cms_order *order,
                       struct mu_err *err)
{
    const char *key = args->value[MU_OPT_KEY], *cert = args->value[MU_OPT_CERT];
    *order = (struct mu_cms_order){ .key_name = key,
                                    .certificates_name = cert,
                                    .role = args->value[MU_OPT_SIGNER_ROLE] };
    if (key == NULL || cert == NULL)
        return mu_fail(err, MU_ERR_USAGE, "'muster sign' wants --key and --cert");
    TRY(read_role(order->role, err));
    TRY(mu_file_read(args->arena, key, MU_OPERATOR_FILE_MAX, &order->key, err));
    TRY(mu_file_read(args->arena, cert, MU_OPERATOR_FILE_MAX, &order->certificates, err));
    return !mu_cms_key_is_encrypted(order->key)
           || mu_passphrase(args->arena, args->value[MU_OPT_PASS_FILE], key, &order->passphrase,
                            err);
}

/* Chain, evidence, reports and the signatures that are there. False in *whole: it was said what differs. */
static bool look(struct mu_verify *v, bool *whole, struct mu_err *err)
{
    TRY(mu_verify_open(v, err));
    TRY(mu_verify_walk(v, err));
    TRY(mu_verify_close(v, err));
    TRY(mu_verify_signatures(v, err));
    if (v->problems == 0 && v->appended > 0 && v->signature == NULL)
        mu_verify_problem(v, MU_MANIFEST_NAME,
                          "does not know these notes: 'muster report' puts them into the reports "
                          "and into it");
    *whole = v->problems == 0;
    return true;
}

/* Two signatures of one key are one party. */
static bool is_new(const struct mu_verify *v, const struct mu_cms_signer *s, struct mu_err *err)
{
    for (const struct mu_verify_signature *old = v->signature; old != NULL; old = old->next)
        if (strcmp(old->key, s->key) == 0)
            return mu_fail(err, MU_ERR_USAGE, "%s is a signature by this key already: %s",
                           old->file, old->subject);
    return v->next_number <= MU_SIGNATURES_MAX
           || mu_fail(err, MU_ERR_LIMIT, "more than %d signatures", MU_SIGNATURES_MAX);
}

/* What was made is read as a stranger would before it is kept. */
static bool sign(struct mu_verify *v, const struct mu_cms_order *order, struct mu_err *err)
{
    struct mu_arena *arena = v->args->arena;
    struct mu_bytes der;
    struct mu_cms_signer *signer;
    size_t signers;
    TRY(mu_cms_sign(arena, order, v->manifest_text, &der, err));
    TRY(mu_cms_check(arena, der, v->manifest_text, MU_BYTES(""), (int64_t) time(NULL), &signer,
                     &signers, err));
    if (signer->wrong != NULL)
        return mu_fail(err, MU_ERR_TLS, "what was signed cannot be checked: %s", signer->wrong);
    TRY(is_new(v, signer, err));
    const char *name = mu_manifest_signature_name(arena, v->next_number);
    TRY(mu_file_replace(mu_file_join(arena, v->run, name), der, 0644, err));
    printf("%s/%s: %s%s%s, at %s, %s, key %s\n", v->run, name, signer->subject,
           signer->role != NULL ? ", as " : "", signer->role != NULL ? signer->role : "",
           signer->signed_at, signer->digest, signer->key);
    printf("%zu files, run.jsonl up to line %llu with head %s\n", v->manifest.files,
           (unsigned long long) v->manifest.lines, v->manifest.head);
    printf(
        "anybody checks it in that folder, with the certificate that you vouch for in CA.pem:\n");
    mu_verify_say_line(name);
    return true;
}

bool mu_cli_sign(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_cms_order order;
    struct mu_verify *v = mu_new(args->arena, struct mu_verify);
    bool whole;
    *v = (struct mu_verify){ .args = args, .run = args->operand[0], .dir = -1 };
    v->at = (int64_t) time(NULL);
    mu_net_start();
    TRY(read_order(args, &order, err));
    TRY(look(v, &whole, err));
    *status = MU_EXIT_FAILURES;
    if (!whole) {
        fprintf(stderr, "muster: '%s' is not as it was left: nothing is signed\n", v->run);
        return true;
    }
    TRY(sign(v, &order, err));
    *status = MU_EXIT_OK;
    return true;
}

/* The test PKI, judged by a program that is not ours: `openssl verify`. */
#include <check.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "net/pki.h"
#include "suite/identity.h"

static char dir[64];

static void remove_dir(void)
{
    pid_t child;
    const char *const argv[] = { "rm", "-rf", dir, NULL };
    if (posix_spawnp(&child, "rm", NULL, NULL, (char *const *) (uintptr_t) argv, environ) == 0)
        waitpid(child, NULL, 0);
}

static void setup(void)
{
    struct mu_err err;
    snprintf(dir, sizeof dir, "/tmp/muster-pki-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    if (!mu_pki_new(dir, &err))
        ck_abort_msg("%s", err.msg);
}

/* Exit status of the command; what it printed on both channels in `said`. */
static int run(const char *const argv[], char *said, size_t size)
{
    int pipe_fd[2], status;
    posix_spawn_file_actions_t actions;
    pid_t child;
    ck_assert_int_eq(pipe2(pipe_fd, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 1);
    posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], 2);
    ck_assert_int_eq(
        posix_spawnp(&child, argv[0], &actions, NULL, (char *const *) (uintptr_t) argv, environ),
        0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fd[1]);
    size_t n = 0;
    for (ssize_t got; n + 1 < size && (got = read(pipe_fd[0], said + n, size - 1 - n)) > 0;)
        n += (size_t) got;
    said[n] = '\0';
    close(pipe_fd[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct row {
    const char *name, *purpose, *host;
    const char *complaint; /* NULL: verifies */
} row[] = {
    { "server", "sslserver", "localhost", NULL },
    { "server", "sslserver", "a.nato.test", NULL },
    { "server", "sslclient", NULL, NULL },
    { "sender", "sslclient", NULL, NULL },
    { "receiver", "sslclient", NULL, NULL },
    { "twin", "sslclient", NULL, NULL },
    { "twin", "sslserver", "localhost", NULL },
    { "sender", "sslserver", NULL, "unsuitable certificate purpose" },
    { "server-expired", "sslserver", "localhost", "certificate has expired" },
    { "server-not-yet-valid", "sslserver", "localhost", "certificate is not yet valid" },
    { "server-foreign", "sslserver", "localhost", "unable to get local issuer certificate" },
    { "server-wrong-host", "sslserver", "localhost", "hostname mismatch" },
    { "server-sha1", "sslserver", "localhost", "digest algorithm too weak" },
    { "server-rsa1024", "sslserver", "localhost", "EE certificate key too weak" },
    { "server-revoked", "sslserver", "localhost", "certificate revoked" },
    { "server-cn-only", "sslserver", "localhost", NULL }, /* this program still reads the CN */
    { "server-self-signed", "sslserver", "localhost", "self-signed certificate" },
    { "server-no-server-auth", "sslserver", "localhost", "unsuitable certificate purpose" },
    { "server-path-length", "sslserver", "localhost", "path length constraint exceeded" },
    { "server-name-constraints", "sslserver", "localhost", "permitted subtree violation" },
    { "server-explicit-curve", "sslserver", "localhost", "Certificate public key has explicit" },
    { "server-mixed-chain", "sslserver", "localhost", NULL },
    { "server-stale-list", "sslserver", "localhost", "CRL has expired" },
    { "server-no-list", "sslserver", "localhost", "unable to get certificate CRL" },
    { "server-must-staple", "sslserver", "localhost", NULL },
    { "server-ldap-list", "sslserver", "localhost", NULL },
    { "client-self-signed", "sslclient", NULL, "self-signed certificate" },
    { "client-path-length", "sslclient", NULL, "path length constraint exceeded" },
    { "client-name-constraints", "sslclient", NULL, "permitted subtree violation" },
    { "client-explicit-curve", "sslclient", NULL, "Certificate public key has explicit" },
    { "client-mixed-chain", "sslclient", NULL, NULL },
    { "client-stale-list", "sslclient", NULL, "CRL has expired" },
    { "client-no-list", "sslclient", NULL, "unable to get certificate CRL" },
    { "client-expired", "sslclient", NULL, "certificate has expired" },
    { "client-not-yet-valid", "sslclient", NULL, "certificate is not yet valid" },
    { "client-foreign", "sslclient", NULL, "unable to get local issuer certificate" },
    { "client-no-client-auth", "sslclient", NULL, "unsuitable certificate purpose" },
    { "client-sha1", "sslclient", NULL, "digest algorithm too weak" },
    { "client-rsa1024", "sslclient", NULL, "EE certificate key too weak" },
    { "client-revoked", "sslclient", NULL, "certificate revoked" },
};

START_TEST(verifies_or_fails_for_its_reason)
{
    const struct row *r = &row[_i];
    char ca[128], chain[128], crl[128], leaf[160], said[2048];
    snprintf(ca, sizeof ca, "%s/ca.pem", dir);
    snprintf(crl, sizeof crl, "%s/crl.pem", dir);
    snprintf(chain, sizeof chain, "%s/%s.chain.pem", dir, r->name);
    snprintf(leaf, sizeof leaf, "%s/%s.pem", dir, r->name);
    const char *argv[24] = {
        "openssl",    "verify",      "-auth_level", "2",        "-crl_check_all",
        "-no-CApath", "-no-CAstore", "-CAfile",     ca,         "-CRLfile",
        crl,          "-untrusted",  chain,         "-purpose", r->purpose
    };
    size_t n = 15;
    if (r->host != NULL) {
        argv[n++] = "-verify_hostname";
        argv[n++] = r->host;
    }
    argv[n] = leaf;
    int status = run(argv, said, sizeof said);
    ck_assert_msg((status == 0) == (r->complaint == NULL), "%s: %s", r->name, said);
    ck_assert_msg(r->complaint == NULL || strstr(said, r->complaint) != NULL, "%s: %s", r->name,
                  said);
}
END_TEST

START_TEST(every_name_has_its_files)
{
    static const char *const suffix[] = { ".pem", ".chain.pem", ".key" };
    const char *name;
    bool server;
    for (size_t i = 0; (name = mu_pki_name(i, &server)) != NULL; i++) {
        for (size_t s = 0; s < MU_COUNT(suffix); s++) {
            char path[160];
            struct stat st;
            snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix[s]);
            ck_assert_msg(stat(path, &st) == 0, "%s is not there", path);
            ck_assert_uint_eq(st.st_mode & 0777, s == 2 ? 0600 : 0644);
        }
    }
}
END_TEST

START_TEST(suites_know_every_name)
{
    const char *name = "";
    bool server;
    for (size_t i = 0; name != NULL; i++) {
        const char *known = mu_identity_at(i);
        name = mu_pki_name(i, &server);
        ck_assert_msg((name == NULL) == (known == NULL), "%s and %s", name, known);
        ck_assert(name == NULL || strcmp(name, known) == 0);
    }
}
END_TEST

START_TEST(never_overwrites)
{
    struct mu_err err;
    ck_assert(!mu_pki_new(dir, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.msg, "is not empty"));
    ck_assert(!mu_pki_new("/proc/nothing/here", &err));
    ck_assert_int_eq(err.code, MU_ERR_IO);
}
END_TEST

/* Adapters have an authority of their own; whoever else is asked says that it knows them not. */
START_TEST(adapters_stand_apart)
{
    struct mu_err err;
    char own[128], data[128], leaf[128], said[2048], pin[MU_PIN_TEXT];
    ck_assert_msg(mu_pki_adapter(dir, "acme", MU_PKI_ADAPTER_DAYS, &err), "%s", err.msg);
    snprintf(own, sizeof own, "%s/sap/ca.pem", dir);
    snprintf(data, sizeof data, "%s/ca.pem", dir);
    snprintf(leaf, sizeof leaf, "%s/sap/acme.pem", dir);
    const char *const good[] = { "openssl", "verify",   "-auth_level", "2",  "-CAfile",
                                 own,       "-purpose", "sslclient",   leaf, NULL };
    const char *const bad[] = { "openssl", "verify", "-no-CApath", "-no-CAstore",
                                "-CAfile", data,     leaf,         NULL };
    const char *const names[] = { "openssl", "x509",           "-in", leaf, "-noout",
                                  "-ext",    "subjectAltName", NULL };
    ck_assert_msg(run(good, said, sizeof said) == 0, "%s", said);
    ck_assert_msg(run(bad, said, sizeof said) != 0, "%s", said);
    ck_assert_int_eq(run(names, said, sizeof said), 0);
    ck_assert_ptr_nonnull(strstr(said, "URI:urn:muster:sut:acme, DNS:acme.muster.invalid"));

    char command[512];
    snprintf(command, sizeof command,
             "openssl x509 -in %s -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst "
             "-sha256 -r",
             leaf);
    const char *const shell[] = { "sh", "-c", command, NULL };
    ck_assert_int_eq(run(shell, said, sizeof said), 0);
    ck_assert(mu_pki_pin(leaf, pin, &err));
    ck_assert_msg(strncmp(pin + 7, said, 64) == 0, "%s and %s", pin, said);
}
END_TEST

static const struct {
    const char *id, *says;
} no_adapter[] = {
    { "harness", "'harness' is ours" },
    { "ca", "'ca' is ours" },
    { "Acme", "is no id" },
    { "../x", "is no id" },
    { "", "is no id" },
    { "bravo", "is there already" },
};

START_TEST(not_every_id_is_one)
{
    struct mu_err err;
    bool fresh = mu_pki_adapter(dir, "bravo", 1, &err);
    ck_assert(fresh || strstr(err.msg, "is there already") != NULL); /* by an earlier row */
    ck_assert(!mu_pki_adapter(dir, no_adapter[_i].id, 1, &err));
    ck_assert_msg(err.code == MU_ERR_USAGE && strstr(err.msg, no_adapter[_i].says) != NULL, "%s",
                  err.msg);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pki");
    TCase *tc = tcase_create("pki");
    tcase_add_unchecked_fixture(tc, setup, remove_dir);
    tcase_add_loop_test(tc, verifies_or_fails_for_its_reason, 0, (int) MU_COUNT(row));
    tcase_add_test(tc, every_name_has_its_files);
    tcase_add_test(tc, suites_know_every_name);
    tcase_add_test(tc, never_overwrites);
    tcase_add_test(tc, adapters_stand_apart);
    tcase_add_loop_test(tc, not_every_id_is_one, 0, (int) MU_COUNT(no_adapter));
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* `muster adapter replay`: an adapter that says what a record says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"
#include "proto/sap_record.h"
#include "run/sandbox.h"

bool mu_adapter_own_ends(const struct mu_arguments *args, int *in, int *out, struct mu_err *err)
{
    bool stdio = args->value[MU_OPT_SAP_STDIO] != NULL;
    *in = stdio ? STDIN_FILENO : 3;
    *out = stdio ? STDOUT_FILENO : 4;
    if (fcntl(*in, F_GETFD) < 0 || fcntl(*out, F_GETFD) < 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "nobody opened descriptors 3 and 4; say --sap-stdio to try it by hand");
    return true;
}

/*
 * Which life is ours: the one after that of the process before us. Every process that a run starts for one
 * adapter gets the same folder of its own (MUSTER_SAP_DIR), and each run another, so the count stands there.
 * Without such a folder it is the first, until what is asked says otherwise.
 */
static bool next_life(struct mu_arena *arena, uint32_t *life, struct mu_err *err)
{
    char text[16] = "";
    const char *folder = getenv("MUSTER_SAP_DIR");
    *life = 1;
    if (folder == NULL || *folder == '\0')
        return true;
    const char *path = mu_file_join(arena, folder, "replayed-lives");
    MU_CLEANUP(mu_fd_close)
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        return mu_fail_sys(err, "cannot count in '%s'", path);
    if (pread(fd, text, sizeof text - 1, 0) < 0)
        return mu_fail_sys(err, "cannot read '%s'", path);
    *life = (uint32_t) strtoul(text, NULL, 10) + 1;
    int n = snprintf(text, sizeof text, "%u\n", *life);
    if (pwrite(fd, text, (size_t) n, 0) != n)
        return mu_fail_sys(err, "cannot write '%s'", path);
    return true;
}

bool mu_cli_adapter_replay(const struct mu_arguments *args, enum mu_exit *status,
                           struct mu_err *err)
{
    int in, out, ended = 0;
    uint32_t life;
    struct mu_bytes record;
    struct mu_sap_replay *replay;
    TRY(mu_adapter_own_ends(args, &in, &out, err));
    TRY(mu_file_read(args->arena, args->operand[0], MU_SAP_RECORD_MAX, &record, err));
    TRY(next_life(args->arena, &life, err));
    /* A record holds what an adapter said: it is read as any foreign octets are, sealed. */
    mu_sap_replay_start();
    TRY(mu_sandbox_prepare(err) && mu_sandbox_seal(err));
    TRY(mu_sap_replay_load(args->arena, record, args->operand[0], life, &replay, err));
    TRY(mu_sap_replay_serve(replay, in, out, STDERR_FILENO, &ended, err));
    *status = (enum mu_exit) ended;
    return true;
}

/* The evidence of one attempt: read once, held against its digests, handed to the job that judges. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/verify.h"
#include "core/token.h"

/* What a job reads again. */
static bool is_read(const char *name)
{
    static const char *const begin[] = { "message-", "received-", "sent-", "adapter-1.jsonl" };
    for (size_t i = 0; i < MU_COUNT(begin); i++)
        if (strncmp(name, begin[i], strlen(begin[i])) == 0)
            return true;
    return false;
}

/* What was read of a file. */
struct looked {
    char digest[MU_DIGEST_TEXT];
    int64_t octets;
};

static bool pass_on(int fd, const char *path, int out, struct looked *looked, struct mu_err *err)
{
    struct mu_bytes data;
    struct mu_arena *own = mu_arena_new(2 * MU_JOB_ARENA_MAX);
    bool done = mu_file_read_fd(own, fd, path, MU_JOB_FILE_MAX, &data, err);
    if (done) {
        looked->octets = (int64_t) data.n;
        mu_digest_text(data, looked->digest);
        const char *head =
            mu_arena_printf(own, "file\t%s\t%zu\t%s\n", path, data.n, looked->digest);
        done = mu_file_write_all(out, mu_bytes_of(head), err) && mu_file_write_all(out, data, err);
    }
    mu_arena_free(own);
    return done;
}

static void compare(struct mu_verify *v, const struct mu_trail_attempt *a,
                    const struct mu_trail_file *f, const char *path, const struct looked *looked)
{
    struct mu_manifest_file *known = mu_manifest_find(&v->manifest, path);
    const char *why = NULL;
    if (looked->octets != f->octets)
        why = mu_arena_printf(a->arena, "was changed: it ends at octet %lld and ended at %lld",
                              (long long) looked->octets, (long long) f->octets);
    else if (strcmp(looked->digest, f->sha256) != 0)
        why = mu_arena_printf(a->arena,
                              "was changed: its SHA-256 is %s, line %llu of run.jsonl says %s",
                              looked->digest, (unsigned long long) a->line, f->sha256);
    else if (known != NULL && strcmp(looked->digest, known->sha256) != 0)
        why = mu_arena_printf(a->arena,
                              "fits line %llu of run.jsonl, and " MU_MANIFEST_NAME
                              " knows another SHA-256: %s",
                              (unsigned long long) a->line, known->sha256);
    if (known != NULL)
        known->seen = true;
    if (why != NULL)
        mu_verify_problem(v, path, why);
}

static bool look(struct mu_verify *v, const struct mu_trail_attempt *a,
                 const struct mu_trail_file *f, int out, struct mu_err *err)
{
    struct looked looked;
    const char *path = mu_arena_printf(a->arena, "%s/%s", a->folder, f->name);
    MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(v->dir, path);
    v->files++;
    if (fd < 0) {
        struct mu_manifest_file *known = mu_manifest_find(&v->manifest, path);
        if (known != NULL)
            known->seen = true;
        mu_verify_problem(v, path, "is gone, or is no plain file of this folder");
        return true;
    }
    if (out >= 0 && is_read(f->name))
        TRY(pass_on(fd, path, out, &looked, err));
    else
        TRY(mu_digest_file(fd, -1, looked.digest, &looked.octets, err));
    v->octets += (uint64_t) looked.octets;
    compare(v, a, f, path, &looked);
    return true;
}

/* What tokens and questions were made of: folder, attempt, key and seed in the run that the attempt is of. No
 * key: that run took another moment for now, and only there it can be judged again. */
static const char *origin_of(const struct mu_verify *v, const struct mu_trail_attempt *a)
{
    const struct mu_trail_open *o = &v->trail.open;
    const struct mu_trail_source *s = a->source;
    const char *folder = *a->from != '\0' ? a->from : a->folder, *slash = strrchr(folder, '/');
    const char *again = slash != NULL ? strchr(slash, '-') : NULL;
    unsigned long attempt = s == NULL       ? a->number
                            : again != NULL ? strtoul(again + 1, NULL, 10)
                                            : 1;
    if (s != NULL && strcmp(s->test_time, o->test_time) != 0)
        return mu_arena_printf(a->arena, "%s\t%lu", folder, attempt);
    uint64_t key =
        s != NULL ? mu_token_run_key(s->nonce, s->run) : mu_token_run_key(o->nonce, o->run);
    return mu_arena_printf(a->arena, "%s\t%lu\t%llu\t%llu", folder, attempt,
                           (unsigned long long) key,
                           (unsigned long long) (s != NULL ? s->seed : o->seed));
}

bool mu_verify_evidence(struct mu_verify *v, const struct mu_trail_attempt *a, int *fd,
                        struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int out = fd != NULL ? memfd_create("attempt", MFD_CLOEXEC) : -1;
    if (fd != NULL && out < 0)
        return mu_fail_sys(err, "cannot make a memory file");
    if (fd != NULL) {
        const char *head = mu_arena_printf(a->arena, "case\t%s\t%s\nverdict\t%s\t%s\n", a->name,
                                           origin_of(v, a), mu_verdict_name(a->verdict), a->reason);
        TRY(mu_file_write_all(out, mu_bytes_of(head), err));
        TRY(mu_file_write_all(out, mu_buf_bytes(&a->told), err));
    }
    for (const struct mu_trail_file *f = a->file; f != NULL; f = f->next)
        TRY(look(v, a, f, out, err));
    if (fd != NULL)
        *fd = mu_fd_take(&out);
    return true;
}

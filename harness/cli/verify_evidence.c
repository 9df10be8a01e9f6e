/* The evidence of one attempt: read once, held against its digests, handed to the job that judges. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tar.h"
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

static bool pass_on(struct mu_bytes data, const char *path, int out, struct looked *looked,
                    struct mu_err *err)
{
    char head[512];
    looked->octets = (int64_t) data.n;
    mu_digest_text(data, looked->digest);
    if (out < 0)
        return true;
    int n = snprintf(head, sizeof head, "file\t%.300s\t%zu\t%s\n", path, data.n, looked->digest);
    return mu_file_write_all(out, (struct mu_bytes){ head, (size_t) n }, err)
           && mu_file_write_all(out, data, err);
}

static bool read_file(int fd, const char *path, int out, struct looked *looked, struct mu_err *err)
{
    struct mu_bytes data;
    if (out < 0)
        return mu_digest_file(fd, -1, looked->digest, &looked->octets, err);
    struct mu_arena *own = mu_arena_new(2 * MU_JOB_ARENA_MAX);
    bool done = mu_file_read_fd(own, fd, path, MU_JOB_FILE_MAX, &data, err)
                && pass_on(data, path, out, looked, err);
    mu_arena_free(own);
    return done;
}

/* *there false: no such entry can be read, and it was said why. */
static bool read_entry(struct mu_verify *v, const struct mu_trail_file *f, const char *path,
                       int out, bool *there, struct looked *looked, struct mu_err *err)
{
    struct mu_tar_entry entry;
    struct mu_err why;
    struct mu_arena *own = mu_arena_new(2 * MU_JOB_ARENA_MAX);
    *there = mu_tar_read(own, v->tar, f->at, f->octets, MU_JOB_FILE_MAX, &entry, &why);
    if (!*there)
        mu_verify_problem(v, path, mu_arena_printf(own, "is not in " MU_TAR_CASES ": %s", why.msg));
    else if (!mu_tar_is_sound(&entry, path))
        mu_verify_problem(v, path,
                          "its header or padding in " MU_TAR_CASES " is not what was written");
    bool done = !*there || pass_on(entry.content, path, out, looked, err);
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

static void tell_gone(struct mu_verify *v, const char *path)
{
    struct mu_manifest_file *known = mu_manifest_find(&v->manifest, path);
    if (known != NULL)
        known->seen = true;
    mu_verify_problem(v, path, "is gone, or is no plain file of this folder");
}

static bool look(struct mu_verify *v, const struct mu_trail_attempt *a,
                 const struct mu_trail_file *f, int out, struct mu_err *err)
{
    struct looked looked;
    const char *path = mu_arena_printf(a->arena, "%s/%s", a->folder, f->name);
    bool there = true;
    out = is_read(f->name) ? out : -1;
    v->files++;
    if (f->at != 0 && v->tar < 0) /* said once, where they are counted */
        return true;
    if (f->at != 0) {
        TRY(read_entry(v, f, path, out, &there, &looked, err));
    } else {
        MU_CLEANUP(mu_fd_close) int fd = mu_manifest_open(v->dir, path);
        there = fd >= 0;
        if (there)
            TRY(read_file(fd, path, out, &looked, err));
        else
            tell_gone(v, path);
    }
    if (!there)
        return true;
    v->octets += (uint64_t) looked.octets;
    compare(v, a, f, path, &looked);
    return true;
}

/* --- cases.tar as a whole --------------------------------------------------------------------------- */

void mu_verify_places(struct mu_verify *v, const struct mu_trail_attempt *a)
{
    for (const struct mu_trail_file *f = a->file; f != NULL; f = f->next) {
        int64_t due = v->tar_ends + MU_TAR_BLOCK;
        if (f->at == 0)
            continue;
        if (f->at != due)
            mu_verify_problem(
                v, mu_arena_printf(a->arena, "run.jsonl:%llu", (unsigned long long) a->line),
                mu_arena_printf(a->arena,
                                "names %s/%s at octet %lld of " MU_TAR_CASES ", where the entry %s "
                                "the one before it: it would begin at %lld",
                                a->folder, f->name, (long long) f->at,
                                f->at < due ? "overlaps" : "leaves a gap behind", (long long) due));
        if (f->at >= due && f->at <= MU_TAR_FILE_MAX && f->octets >= 0
            && (uint64_t) f->octets <= MU_JOB_FILE_MAX)
            v->tar_ends = f->at + (int64_t) mu_tar_padded((uint64_t) f->octets);
    }
}

void mu_verify_tar_end(struct mu_verify *v)
{
    if (v->tar < 0 && v->tar_ends > 0)
        mu_verify_problem(v, MU_TAR_CASES, "is gone, or is no plain file of this folder");
    if (v->tar < 0 || mu_tar_ends_at(v->tar, (uint64_t) v->tar_ends))
        return;
    off_t end = lseek(v->tar, 0, SEEK_END);
    if (end > v->tar_ends)
        mu_verify_problem(
            v, MU_TAR_CASES,
            mu_arena_printf(v->args->arena,
                            "holds %lld octets behind octet %lld that no verdict line "
                            "names and that are no end of a tar",
                            (long long) (end - v->tar_ends), (long long) v->tar_ends));
    else if (v->closed)
        mu_verify_problem(v, MU_TAR_CASES, "was cut: it has no end");
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

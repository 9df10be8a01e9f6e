/* Evidence goes from folder to folder, and is held to the digests of its stream on the way. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "run/evidence.h"
#include "run/merge_inside.h"

/* A stream comes from elsewhere: it names files of the form that we write, and no others are touched. */
static bool is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n < 64 && name[0] != '.'
           && strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz.-") == n;
}

/* One or two names with a slash between them. */
static bool is_folder(const char *folder)
{
    const char *slash = strchr(folder, '/');
    char first[64];
    if (slash == NULL || (size_t) (slash - folder) >= sizeof first)
        return false;
    snprintf(first, sizeof first, "%.*s", (int) (slash - folder), folder);
    size_t n = strlen(slash + 1);
    return is_name(first) && n > 0 && n < 200 && slash[1] != '.'
           && strspn(slash + 1, "0123456789abcdefghijklmnopqrstuvwxyz.-") == n;
}

static bool make_folder(struct mu_merge *m, const char *folder, struct mu_err *err)
{
    char first[64];
    snprintf(first, sizeof first, "%.*s", (int) strcspn(folder, "/"), folder);
    if ((mkdirat(m->out, first, 0755) != 0 && errno != EEXIST)
        || (mkdirat(m->out, folder, 0755) != 0 && errno != EEXIST))
        return mu_fail_sys(err, "cannot create evidence folder '%s'", folder);
    return true;
}

static bool write_file(struct mu_merge *m, const char *path, struct mu_bytes bytes,
                       struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    MU_CLEANUP(mu_fd_close) int to = openat(m->out, path, flags, 0644);
    if (to < 0)
        return mu_fail_sys(err, "cannot create evidence file '%s'", path);
    return mu_file_write_all(to, bytes, err);
}

static bool read_file(struct mu_arena *arena, const struct mu_merge_source *s, const char *path,
                      struct mu_bytes *bytes, struct mu_err *err)
{
    struct stat st;
    MU_CLEANUP(mu_fd_close) int from = mu_file_open_beneath(s->dir, path);
    if (from < 0)
        return mu_fail(err, MU_ERR_USAGE, "evidence '%s/%s' cannot be read: %s", s->path, path,
                       strerror(errno));
    if (fstat(from, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "evidence '%s/%s' is no file", s->path, path);
    return mu_file_read_fd(arena, from, path, MU_JOB_FILE_MAX, bytes, err);
}

/* `digest` NULL: the stream says none. */
static bool copy(struct mu_merge *m, const struct mu_merge_source *s, const char *from,
                 const char *to, const char *name, const char *digest, struct mu_err *err)
{
    char path[300], target[300], is[MU_DIGEST_TEXT];
    struct mu_bytes bytes;
    snprintf(path, sizeof path, "%s/%s", from, name);
    snprintf(target, sizeof target, "%s/%s", to, name);
    struct mu_arena *arena = mu_arena_new(3 * MU_JOB_FILE_MAX);
    bool ok = read_file(arena, s, path, &bytes, err);
    if (ok && digest != NULL) {
        mu_digest_text(bytes, is);
        ok = strcmp(is, digest) == 0
             || mu_fail(err, MU_ERR_USAGE,
                        "evidence '%s/%s' is not what its run stream says: its "
                        "digest is another",
                        s->path, path);
    }
    ok = ok && write_file(m, target, bytes, err);
    mu_arena_free(arena);
    return ok;
}

bool mu_merge_evidence(struct mu_merge *m, const struct mu_merge_source *source, json_t *evidence,
                       const char *folder, struct mu_err *err)
{
    const char *from = mu_merge_member(evidence, "folder");
    const json_t *files = json_object_get(evidence, "files"), *file;
    size_t i;
    if (json_array_size(files) == 0)
        return true;
    if (!is_folder(from) || !is_folder(folder) || json_array_size(files) > MU_PARTS_KEPT)
        return mu_fail(err, MU_ERR_USAGE, "'%s' names evidence as no run does", source->path);
    TRY(make_folder(m, folder, err));
    json_array_foreach(files, i, file)
    {
        const char *name = mu_merge_member(file, "name");
        if (!is_name(name))
            return mu_fail(err, MU_ERR_USAGE, "'%s' names evidence as no run does", source->path);
        TRY(copy(m, source, from, folder, name, mu_merge_member(file, "sha256"), err));
    }
    return true;
}

bool mu_merge_folder(struct mu_merge *m, const struct mu_merge_source *source, const char *from,
                     const char *to, struct mu_err *err)
{
    size_t n = 0;
    int fd = is_folder(from) && is_folder(to) ? mu_file_open_beneath(source->dir, from) : -1;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) { /* a delivery of which nothing was kept */
        mu_fd_close(&fd);
        return true;
    }
    bool ok = make_folder(m, to, err);
    for (struct dirent *entry; ok && (entry = readdir(dir)) != NULL;)
        if (is_name(entry->d_name) && n++ < MU_PARTS_KEPT)
            ok = copy(m, source, from, to, entry->d_name, NULL, err);
    closedir(dir);
    return ok;
}

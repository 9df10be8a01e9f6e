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
#include "base/tar.h"
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

/* One file on its way. */
struct moved {
    const char *from, *to, *name; /* folders                      */
    const char *digest;           /* NULL: the stream says none   */
    int64_t at, octets;           /* in cases.tar; at 0: a file   */
    int64_t new_at;               /* the same, where it goes      */
};

static bool read_file(struct mu_arena *arena, const struct mu_merge_source *s,
                      const struct moved *f, struct mu_bytes *bytes, struct mu_err *err)
{
    struct stat st;
    char path[300];
    snprintf(path, sizeof path, "%s/%s", f->from, f->name);
    MU_CLEANUP(mu_fd_close)
    int from = mu_file_open_beneath(s->dir, f->at != 0 ? MU_TAR_CASES : path);
    if (from < 0)
        return mu_fail(err, MU_ERR_USAGE, "evidence '%s/%s' cannot be read: %s", s->path, path,
                       strerror(errno));
    if (fstat(from, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "evidence '%s/%s' is no file", s->path, path);
    if (f->at == 0)
        return mu_file_read_fd(arena, from, path, MU_JOB_FILE_MAX, bytes, err);
    struct mu_tar_entry entry;
    struct mu_err why = { .msg = "another entry stands there" };
    if (!mu_tar_read(arena, from, f->at, f->octets, MU_JOB_FILE_MAX, &entry, &why)
        || !mu_tar_is_sound(&entry, path))
        return mu_fail(err, MU_ERR_USAGE, "evidence '%s/%s' is not in " MU_TAR_CASES ": %s",
                       s->path, path, why.msg);
    *bytes = entry.content;
    return true;
}

static bool copy(struct mu_merge *m, const struct mu_merge_source *s, struct moved *f,
                 struct mu_err *err)
{
    char target[300], is[MU_DIGEST_TEXT];
    struct mu_bytes bytes;
    snprintf(target, sizeof target, "%s/%s", f->to, f->name);
    struct mu_arena *arena = mu_arena_new(3 * MU_JOB_FILE_MAX);
    bool ok = read_file(arena, s, f, &bytes, err);
    if (ok && f->digest != NULL) {
        mu_digest_text(bytes, is);
        ok = strcmp(is, f->digest) == 0
             || mu_fail(err, MU_ERR_USAGE,
                        "evidence '%s/%s/%s' is not what its run stream says: its "
                        "digest is another",
                        s->path, f->from, f->name);
    }
    ok = ok
         && (mu_store_takes(&m->store, f->to)
                 ? mu_store_put(&m->store, target, bytes, &f->new_at, err)
                 : write_file(m, target, bytes, err));
    mu_arena_free(arena);
    return ok;
}

static bool copy_listed(struct mu_merge *m, const struct mu_merge_source *source, const char *from,
                        const char *folder, json_t *file, struct mu_err *err)
{
    struct moved f = { .from = from,
                       .to = folder,
                       .name = mu_merge_member(file, "name"),
                       .digest = mu_merge_member(file, "sha256"),
                       .at = mu_merge_number(file, "at", 0),
                       .octets = mu_merge_number(file, "octets", -1) };
    if (!is_name(f.name))
        return mu_fail(err, MU_ERR_USAGE, "'%s' names evidence as no run does", source->path);
    TRY(copy(m, source, &f, err));
    json_object_del(file, "at");
    if (f.new_at > 0)
        json_object_set_new(file, "at", json_integer(f.new_at));
    return true;
}

bool mu_merge_evidence(struct mu_merge *m, const struct mu_merge_source *source, json_t *evidence,
                       const char *folder, struct mu_err *err)
{
    const char *from = mu_merge_member(evidence, "folder");
    const json_t *files = json_object_get(evidence, "files");
    if (json_array_size(files) == 0)
        return true;
    if (!is_folder(from) || !is_folder(folder) || json_array_size(files) > MU_PARTS_KEPT)
        return mu_fail(err, MU_ERR_USAGE, "'%s' names evidence as no run does", source->path);
    if (m->wants_tar && m->store.tar < 0)
        TRY(mu_store_open(&m->store, m->arena, m->out, -1, err));
    if (!mu_store_takes(&m->store, folder))
        TRY(make_folder(m, folder, err));
    for (size_t i = 0; i < json_array_size(files); i++)
        TRY(copy_listed(m, source, from, folder, json_array_get(files, i), err));
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
            ok = copy(m, source, &(struct moved){ .from = from, .to = to, .name = entry->d_name },
                      err);
    closedir(dir);
    return ok;
}

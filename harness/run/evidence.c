#include "run/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

bool mu_evidence_note(struct mu_evidence_list *list, const struct mu_record *record)
{
    const char *digest = mu_record_text(record, 0);
    if (list->parts == MU_PARTS_KEPT || record->offset < 0 || record->octets < 0
        || (uint64_t) record->octets > MU_JOB_FILE_MAX
        || strspn(digest, "0123456789abcdef") != MU_DIGEST_TEXT - 1
        || digest[MU_DIGEST_TEXT - 1] != '\0')
        return false;
    struct mu_evidence_part *part = &list->part[list->parts++];
    *part = (struct mu_evidence_part){ .kind = (enum mu_evidence) record->kind,
                                       .number = record->number,
                                       .offset = record->offset,
                                       .octets = record->octets };
    memcpy(part->sha256, digest, sizeof part->sha256);
    return true;
}

static bool save(int dir, const char *name, int from, int64_t at, int64_t octets,
                 struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    MU_CLEANUP(mu_fd_close) int to = openat(dir, name, flags, 0644);
    if (to < 0)
        return mu_fail_sys(err, "cannot create evidence file '%s'", name);
    return mu_store_send(to, from, at, octets, err);
}

static bool make_folder(int dir, const char *folder)
{
    char parent[32];
    const char *slash = strchr(folder, '/');
    if (mkdirat(dir, folder, 0755) == 0)
        return true;
    if (errno != ENOENT || slash == NULL || (size_t) (slash - folder) >= sizeof parent)
        return false;
    snprintf(parent, sizeof parent, "%.*s", (int) (slash - folder), folder);
    return mkdirat(dir, parent, 0755) == 0 && mkdirat(dir, folder, 0755) == 0;
}

/* A folder that is left over from a case that was interrupted is emptied by its new files' names. */
static int open_folder(int dir, const char *folder, bool *fresh, struct mu_err *err)
{
    *fresh = make_folder(dir, folder);
    if (!*fresh && errno != EEXIST) {
        mu_fail_sys(err, "cannot create evidence folder '%s'", folder);
        return -1;
    }
    int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        mu_fail_sys(err, "cannot open evidence folder '%s'", folder);
    return fd;
}

static bool save_in_folder(const struct mu_store *store, const char *folder, int from,
                           const struct mu_evidence_list *list, struct mu_err *err)
{
    bool fresh;
    MU_CLEANUP(mu_fd_close) int to = open_folder(store->dir, folder, &fresh, err);
    if (to < 0)
        return false;
    for (size_t i = 0; i < list->parts; i++) {
        const struct mu_evidence_part *part = &list->part[i];
        char name[64];
        mu_evidence_name(part->kind, part->number, name, sizeof name);
        if (!fresh)
            unlinkat(to, name, 0);
        TRY(save(to, name, from, part->offset, part->octets, err));
    }
    return true;
}

static void path_of(const char *folder, const struct mu_evidence_part *part, char path[128])
{
    char name[64];
    mu_evidence_name(part->kind, part->number, name, sizeof name);
    snprintf(path, 128, "%s/%s", folder, name);
}

bool mu_evidence_save(struct mu_store *store, const char *folder, int from,
                      struct mu_evidence_list *list, struct mu_err *err)
{
    if (list->parts == 0)
        return true;
    if (!mu_store_takes(store, folder))
        return save_in_folder(store, folder, from, list, err);
    for (size_t i = 0; i < list->parts; i++) {
        struct mu_evidence_part *part = &list->part[i];
        char path[128];
        path_of(folder, part, path);
        TRY(mu_store_copy(store, path, from, part->offset, part->octets, &part->at, err));
    }
    return true;
}

static bool hash(int fd, size_t size, char sha256[MU_DIGEST_TEXT], struct mu_err *err)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return mu_fail_sys(err, "cannot read what a command printed");
    mu_digest_text((struct mu_bytes){ map, size }, sha256);
    munmap(map, size);
    return true;
}

bool mu_evidence_save_output(struct mu_store *store, const char *folder, unsigned number, int from,
                             size_t max, struct mu_evidence_list *list, struct mu_err *err)
{
    struct stat st;
    if (fstat(from, &st) != 0)
        return mu_fail_sys(err, "cannot read what a command printed");
    size_t size = (size_t) st.st_size < max ? (size_t) st.st_size : max;
    if (size == 0 || list->parts == MU_PARTS_KEPT)
        return true;
    struct mu_evidence_list one = { .parts = 1 };
    one.part[0] = (struct mu_evidence_part){ .kind = MU_EVIDENCE_COMMAND,
                                             .number = number,
                                             .octets = (int64_t) size };
    TRY(hash(from, size, one.part[0].sha256, err));
    TRY(mu_evidence_save(store, folder, from, &one, err));
    list->part[list->parts++] = one.part[0];
    return true;
}

/* A file of a case whose folder is made when its first file is. Files of an attempt that was cut off
 * are replaced. */
static int create(const struct mu_store *store, const char *folder, const char *path,
                  struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_APPEND;
    int fd = openat(store->dir, path, flags, 0644);
    if (fd < 0 && errno == ENOENT && make_folder(store->dir, folder))
        fd = openat(store->dir, path, flags, 0644);
    if (fd < 0 && errno == EEXIST && unlinkat(store->dir, path, 0) == 0)
        fd = openat(store->dir, path, flags, 0644);
    if (fd < 0)
        mu_fail_sys(err, "cannot create evidence file '%s'", path);
    return fd;
}

/* `fresh`: the file begins. */
static bool write_on(const struct mu_store *store, const char *folder,
                     const struct mu_evidence_part *part, bool fresh, struct mu_bytes bytes,
                     struct mu_err *err)
{
    char path[128];
    path_of(folder, part, path);
    MU_CLEANUP(mu_fd_close)
    int fd = fresh ? create(store, folder, path, err)
                   : openat(store->dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_APPEND);
    if (fd < 0)
        return !fresh ? mu_fail_sys(err, "cannot open evidence file '%s'", path) : false;
    return mu_file_write_all(fd, bytes, err);
}

static struct mu_evidence_part *find_part(struct mu_evidence_list *list,
                                          const struct mu_record *record)
{
    for (size_t i = 0; i < list->parts; i++)
        if (list->part[i].kind == record->kind && list->part[i].number == record->number)
            return &list->part[i];
    return NULL;
}

/* Is there room to hold so much more? */
static bool hold(struct mu_store *store, struct mu_buf *held, struct mu_bytes bytes)
{
    size_t before = held->room, most = before + 2 * (held->n + bytes.n + 256);
    if (held->n + bytes.n > MU_EVIDENCE_HELD
        || (held->n + bytes.n >= before && store->held + most > MU_EVIDENCE_HELD_ALL))
        return false;
    mu_buf_put_bytes(held, bytes);
    store->held += held->room - before;
    return true;
}

static bool begin(struct mu_store *store, const char *folder, struct mu_bytes bytes,
                  struct mu_evidence_part *part, struct mu_buf *held, struct mu_err *err)
{
    part->offset = (int64_t) held->n;
    part->held = mu_store_takes(store, folder) && hold(store, held, bytes);
    return part->held || write_on(store, folder, part, true, bytes, err);
}

/* What is held of a file that has become too large goes into its folder. */
static bool go_on(struct mu_store *store, const char *folder, struct mu_bytes bytes,
                  struct mu_evidence_part *part, struct mu_buf *held, struct mu_err *err)
{
    size_t at = (size_t) part->offset, n = (size_t) part->octets;
    bool last = part->held && at + n == held->n;
    part->octets += (int64_t) bytes.n;
    if (last && hold(store, held, bytes))
        return true;
    if (part->held)
        TRY(write_on(store, folder, part, true, mu_bytes_slice(mu_buf_bytes(held), at, n), err));
    if (last)
        held->n = at;
    part->held = false;
    return write_on(store, folder, part, false, bytes, err);
}

bool mu_evidence_append(struct mu_store *store, const char *folder, const struct mu_record *record,
                        struct mu_bytes bytes, struct mu_evidence_list *list, struct mu_buf *held,
                        bool *sane, struct mu_err *err)
{
    struct mu_evidence_part *part = find_part(list, record);
    bool fresh = part == NULL;
    *sane = record->octets == (int64_t) bytes.n && record->offset == (fresh ? 0 : part->octets)
            && (!fresh || mu_evidence_note(list, record));
    if (!*sane)
        return true;
    return fresh ? begin(store, folder, bytes, &list->part[list->parts - 1], held, err)
                 : go_on(store, folder, bytes, part, held, err);
}

bool mu_evidence_add(struct mu_store *store, const char *folder, enum mu_evidence kind,
                     unsigned number, struct mu_bytes bytes, struct mu_evidence_list *list,
                     struct mu_buf *held, struct mu_err *err)
{
    struct mu_record record = {
        .type = MU_RECORD_PART, .kind = kind, .number = number, .octets = (int64_t) bytes.n
    };
    char digest[MU_DIGEST_TEXT];
    bool sane;
    mu_digest_text(bytes, digest);
    mu_record_put(&record, digest);
    return mu_evidence_append(store, folder, &record, bytes, list, held, &sane, err);
}

bool mu_evidence_settle(struct mu_store *store, const char *folder, struct mu_evidence_list *list,
                        const struct mu_buf *held, struct mu_err *err)
{
    for (size_t i = 0; i < list->parts; i++) {
        struct mu_evidence_part *part = &list->part[i];
        char path[128];
        if (!part->held)
            continue;
        path_of(folder, part, path);
        struct mu_bytes content =
            mu_bytes_slice(mu_buf_bytes(held), (size_t) part->offset, (size_t) part->octets);
        TRY(mu_store_put(store, path, content, &part->at, err));
        part->held = false;
    }
    return true;
}

void mu_evidence_json(struct mu_json *j, const char *folder, const struct mu_evidence_list *list)
{
    mu_json_open(j, "evidence", '{');
    mu_json_text(j, "folder", folder);
    mu_json_open(j, "files", '[');
    for (size_t i = 0; i < list->parts; i++) {
        const struct mu_evidence_part *part = &list->part[i];
        char name[64];
        mu_evidence_name(part->kind, part->number, name, sizeof name);
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "name", name);
        mu_json_text(j, folder != NULL ? "sha256" : "hmac", part->sha256);
        mu_json_number(j, "octets", part->octets);
        if (part->at > 0)
            mu_json_number(j, "at", part->at);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

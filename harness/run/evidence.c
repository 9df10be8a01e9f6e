#include "run/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

bool mu_evidence_note(struct mu_evidence_list *list, const struct mu_record *record)
{
    const char *digest = mu_record_text(record, 0);
    if (list->parts == MU_PARTS_KEPT || record->offset < 0 || record->octets < 0
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

static bool copy(int to, int from, off_t at, int64_t octets, struct mu_err *err)
{
    while (octets > 0) {
        ssize_t n = sendfile(to, from, &at, (size_t) octets);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mu_fail_sys(err, "cannot write evidence");
        if (n == 0)
            return mu_fail(err, MU_ERR_IO, "a job announced evidence that it did not write");
        octets -= n;
    }
    return true;
}

static bool save(int dir, const char *name, int from, off_t at, int64_t octets, struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    MU_CLEANUP(mu_fd_close) int to = openat(dir, name, flags, 0644);
    if (to < 0)
        return mu_fail_sys(err, "cannot create evidence file '%s'", name);
    return copy(to, from, at, octets, err);
}

/* A folder that is left over from a case that was interrupted is emptied by its new files' names. */
static int open_folder(int dir, const char *folder, bool *fresh, struct mu_err *err)
{
    *fresh = mkdirat(dir, folder, 0755) == 0;
    if (!*fresh && errno != EEXIST) {
        mu_fail_sys(err, "cannot create evidence folder '%s'", folder);
        return -1;
    }
    int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        mu_fail_sys(err, "cannot open evidence folder '%s'", folder);
    return fd;
}

bool mu_evidence_save(int dir, const char *folder, int from, const struct mu_evidence_list *list,
                      struct mu_err *err)
{
    if (list->parts == 0)
        return true;
    bool fresh;
    MU_CLEANUP(mu_fd_close) int to = open_folder(dir, folder, &fresh, err);
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

bool mu_evidence_save_output(int dir, const char *folder, unsigned number, int from, size_t max,
                             struct mu_evidence_list *list, struct mu_err *err)
{
    struct stat st;
    if (fstat(from, &st) != 0)
        return mu_fail_sys(err, "cannot read what a command printed");
    size_t size = (size_t) st.st_size < max ? (size_t) st.st_size : max;
    if (size == 0 || list->parts == MU_PARTS_KEPT)
        return true;
    bool fresh;
    MU_CLEANUP(mu_fd_close) int to = open_folder(dir, folder, &fresh, err);
    if (to < 0)
        return false;
    struct mu_evidence_part *part = &list->part[list->parts];
    *part = (struct mu_evidence_part){ .kind = MU_EVIDENCE_COMMAND,
                                       .number = number,
                                       .octets = (int64_t) size };
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, from, 0);
    if (map == MAP_FAILED)
        return mu_fail_sys(err, "cannot read what a command printed");
    mu_digest_text((struct mu_bytes){ map, size }, part->sha256);
    munmap(map, size);
    char name[64];
    mu_evidence_name(part->kind, number, name, sizeof name);
    unlinkat(to, name, 0);
    TRY(save(to, name, from, 0, part->octets, err));
    list->parts++;
    return true;
}

/* A file of a case whose folder is made when its first file is. Files of an attempt that was cut off
 * are replaced. */
static int create(int dir, const char *folder, const char *name, bool first, struct mu_err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_APPEND;
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (first && mkdirat(dir, folder, 0755) != 0 && errno != EEXIST) {
        mu_fail_sys(err, "cannot create evidence folder '%s'", folder);
        return -1;
    }
    int fd = openat(dir, path, flags, 0644);
    if (fd < 0 && errno == EEXIST && unlinkat(dir, path, 0) == 0)
        fd = openat(dir, path, flags, 0644);
    if (fd < 0)
        mu_fail_sys(err, "cannot create evidence file '%s'", path);
    return fd;
}

static int go_on(int dir, const char *folder, const char *name, struct mu_err *err)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = openat(dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_APPEND);
    if (fd < 0)
        mu_fail_sys(err, "cannot open evidence file '%s'", path);
    return fd;
}

static struct mu_evidence_part *find_part(struct mu_evidence_list *list,
                                          const struct mu_record *record)
{
    for (size_t i = 0; i < list->parts; i++)
        if (list->part[i].kind == record->kind && list->part[i].number == record->number)
            return &list->part[i];
    return NULL;
}

bool mu_evidence_append(int dir, const char *folder, const struct mu_record *record,
                        struct mu_bytes bytes, struct mu_evidence_list *list, bool *sane,
                        struct mu_err *err)
{
    struct mu_evidence_part *part = find_part(list, record);
    bool fresh = part == NULL;
    *sane = record->octets == (int64_t) bytes.n && record->offset == (fresh ? 0 : part->octets)
            && (!fresh || mu_evidence_note(list, record));
    if (!*sane)
        return true;
    char name[64];
    mu_evidence_name((enum mu_evidence) record->kind, record->number, name, sizeof name);
    MU_CLEANUP(mu_fd_close)
    int fd =
        fresh ? create(dir, folder, name, list->parts == 1, err) : go_on(dir, folder, name, err);
    if (fd < 0)
        return false;
    if (!fresh)
        part->octets += record->octets;
    return mu_file_write_all(fd, bytes, err);
}

bool mu_evidence_add(int dir, const char *folder, enum mu_evidence kind, unsigned number,
                     struct mu_bytes bytes, struct mu_evidence_list *list, struct mu_err *err)
{
    struct mu_record record = {
        .type = MU_RECORD_PART, .kind = kind, .number = number, .octets = (int64_t) bytes.n
    };
    char digest[MU_DIGEST_TEXT];
    bool sane;
    mu_digest_text(bytes, digest);
    mu_record_put(&record, digest);
    return mu_evidence_append(dir, folder, &record, bytes, list, &sane, err);
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
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
    mu_json_close(j, '}');
}

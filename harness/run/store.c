#include "run/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/tar.h"

bool mu_store_takes(const struct mu_store *store, const char *folder)
{
    return store->tar >= 0 && strncmp(folder, "cases/", 6) == 0;
}

/* What stands behind the last entry that the stream names goes: it belongs to a case that was cut off. */
static bool cut(const struct mu_store *store, struct mu_err *err)
{
    struct stat st;
    if (fstat(store->tar, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "'" MU_TAR_CASES "' is no plain file");
    return ftruncate(store->tar, (off_t) store->end) == 0
           || mu_fail_sys(err, "cannot cut '" MU_TAR_CASES "'");
}

bool mu_store_open(struct mu_store *store, struct mu_arena *arena, int dir, int64_t end,
                   struct mu_err *err)
{
    int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK; /* sendfile() wants no O_APPEND */
    *store = (struct mu_store){ .dir = dir, .pending.arena = arena };
    store->end = end < 0 ? 0 : end;
    store->tar = openat(dir, MU_TAR_CASES, end < 0 ? flags | O_CREAT | O_EXCL : flags, 0644);
    if (store->tar < 0)
        return mu_fail_sys(err, "cannot open '" MU_TAR_CASES "'");
    TRY(end < 0 || cut(store, err));
    return lseek(store->tar, (off_t) store->end, SEEK_SET) >= 0
           || mu_fail_sys(err, "cannot go on with '" MU_TAR_CASES "'");
}

bool mu_store_mend(int dir, int64_t whole, int64_t end, struct mu_err *err)
{
    char block[MU_TAR_BLOCK];
    int64_t octets = end - whole - MU_TAR_BLOCK;
    MU_CLEANUP(mu_fd_close)
    int fd =
        openat(dir, MU_TAR_CASES, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (fd < 0)
        return mu_fail_sys(err, "cannot open '" MU_TAR_CASES "'");
    if (octets < 0 || octets >> 33 != 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "cannot resume: '" MU_TAR_CASES "' has lost %lld octets of what the stream "
                       "names",
                       (long long) (end - whole));
    mu_tar_header("cases/lost", (uint64_t) octets, block);
    if (ftruncate(fd, (off_t) whole) != 0 || lseek(fd, (off_t) whole, SEEK_SET) < 0)
        return mu_fail_sys(err, "cannot cut '" MU_TAR_CASES "'");
    TRY(mu_file_write_all(fd, (struct mu_bytes){ block, sizeof block }, err));
    return ftruncate(fd, (off_t) end) == 0 || mu_fail_sys(err, "cannot mend '" MU_TAR_CASES "'");
}

bool mu_store_flush(struct mu_store *store, struct mu_err *err)
{
    if (store->broken)
        return mu_fail(err, MU_ERR_IO, "'" MU_TAR_CASES "' could not be written before");
    if (store->pending.n == 0)
        return true;
    store->broken = true; /* half an entry may stand there: nothing is put behind it */
    TRY(mu_file_write_all(store->tar, mu_buf_bytes(&store->pending), err));
    store->broken = false;
    store->pending.n = 0;
    return true;
}

static void pad(struct mu_store *store, uint64_t octets)
{
    size_t n = (size_t) (mu_tar_padded(octets) - octets);
    memset(mu_buf_grow(&store->pending, n), 0, n);
}

/* The header of an entry, which is the rest of what is gathered or begins it anew. */
static bool begin(struct mu_store *store, const char *name, uint64_t octets, int64_t *at,
                  struct mu_err *err)
{
    if (store->pending.n + octets > MU_STORE_GATHERED)
        TRY(mu_store_flush(store, err));
    mu_tar_header(name, octets, mu_buf_grow(&store->pending, MU_TAR_BLOCK));
    *at = store->end + MU_TAR_BLOCK;
    store->end = *at + (int64_t) mu_tar_padded(octets);
    return true;
}

bool mu_store_put(struct mu_store *store, const char *name, struct mu_bytes content, int64_t *at,
                  struct mu_err *err)
{
    TRY(begin(store, name, content.n, at, err));
    if (content.n > MU_STORE_GATHERED) {
        TRY(mu_store_flush(store, err));
        store->broken = true;
        TRY(mu_file_write_all(store->tar, content, err));
        store->broken = false;
    } else {
        mu_buf_put_bytes(&store->pending, content);
    }
    pad(store, content.n);
    return true;
}

bool mu_store_send(int to, int from, int64_t offset, int64_t octets, struct mu_err *err)
{
    off_t at = (off_t) offset;
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

bool mu_store_copy(struct mu_store *store, const char *name, int from, int64_t offset,
                   int64_t octets, int64_t *at, struct mu_err *err)
{
    TRY(begin(store, name, (uint64_t) octets, at, err));
    TRY(mu_store_flush(store, err));
    store->broken = true;
    TRY(mu_store_send(store->tar, from, offset, octets, err));
    store->broken = false;
    pad(store, (uint64_t) octets);
    return true;
}

bool mu_store_end(struct mu_store *store, struct mu_err *err)
{
    if (store->tar < 0)
        return true;
    memset(mu_buf_grow(&store->pending, MU_TAR_END), 0, MU_TAR_END);
    return mu_store_flush(store, err);
}

void mu_store_close(struct mu_store *store)
{
    mu_fd_close(&store->tar);
    store->tar = -1;
}

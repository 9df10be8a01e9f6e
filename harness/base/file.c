#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void mu_fd_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

int mu_fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

/* By lseek() and pread() alone, because fstat() is a refused call behind a job's seal. */
bool mu_file_read_fd(struct mu_arena *arena, int fd, const char *name, size_t max,
                     struct mu_bytes *out, struct mu_err *err)
{
    struct mu_where where = { .input = name };
    off_t end = lseek(fd, 0, SEEK_END);
    if (end < 0)
        return mu_fail_sys(err, "cannot read '%s'", name);
    if ((uint64_t) end > max)
        return mu_fail_where(err, where, MU_ERR_LIMIT, "file of %lld bytes passes the limit of %zu",
                             (long long) end, max);
    size_t size = (size_t) end, n = 0;
    char *p = mu_arena_alloc(arena, size + 1);
    while (n < size) {
        ssize_t got = pread(fd, p + n, size - n, (off_t) n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mu_fail_sys(err, "cannot read '%s'", name);
        if (got == 0)
            break;
        n += (size_t) got;
    }
    p[n] = '\0';
    *out = (struct mu_bytes){ p, n };
    return true;
}

bool mu_file_read(struct mu_arena *arena, const char *path, size_t max, struct mu_bytes *out,
                  struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        mu_fail_sys(err, "cannot open '%s'", path);
        err->code = MU_ERR_USAGE;
        return false;
    }
    struct stat st;
    struct mu_where where = { .input = path };
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail_where(err, where, MU_ERR_USAGE, "not a regular file");
    return mu_file_read_fd(arena, fd, path, max, out, err);
}

bool mu_file_write_all(int fd, struct mu_bytes data, struct mu_err *err)
{
    while (data.n > 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mu_fail_sys(err, "cannot write");
        data = mu_bytes_from(data, (size_t) n);
    }
    return true;
}

bool mu_file_replace(const char *path, struct mu_bytes data, unsigned mode, struct mu_err *err)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof temporary, "%s.tmp.%ld", path, (long) getpid());
    if (n < 0 || (size_t) n >= sizeof temporary)
        return mu_fail(err, MU_ERR_USAGE, "file name too long: '%.80s...'", path);
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    MU_CLEANUP(mu_fd_close) int fd = open(temporary, flags, (mode_t) mode);
    if (fd < 0)
        return mu_fail_sys(err, "cannot create '%s'", temporary);
    if (!mu_file_write_all(fd, data, err) || fsync(fd) != 0) {
        int sys = errno;
        unlink(temporary);
        errno = sys;
        return mu_fail_sys(err, "cannot write '%s'", path);
    }
    if (rename(temporary, path) != 0)
        return mu_fail_sys(err, "cannot rename '%s'", temporary);
    return true;
}

const char *mu_file_join(struct mu_arena *arena, const char *dir, const char *name)
{
    if (name[0] == '/' || dir[0] == '\0')
        return mu_arena_strndup(arena, name, strlen(name));
    return mu_arena_printf(arena, "%s/%s", dir, name);
}

const char *mu_file_dirname(struct mu_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ".";
    return slash == path ? "/" : mu_arena_strndup(arena, path, (size_t) (slash - path));
}

bool mu_file_make_dir(const char *path, unsigned mode, struct mu_err *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return mu_fail(err, MU_ERR_USAGE, "directory name too long: '%.80s...'", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, (mode_t) mode) != 0 && errno != EEXIST)
            return mu_fail_sys(err, "cannot create directory '%s'", part);
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "'%s' is not a directory", path);
    return true;
}

const char *mu_file_real(struct mu_arena *arena, const char *path)
{
    char *full = realpath(path, NULL);
    const char *kept = full != NULL ? mu_arena_strndup(arena, full, strlen(full)) : path;
    free(full);
    return kept;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void) st, (void) type, (void) ftw;
    return remove(path);
}

void mu_file_remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int mu_file_open_beneath(int dir, const char *path)
{
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
    return (int) syscall(SYS_openat2, dir, path, &how, sizeof how);
}

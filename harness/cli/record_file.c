#include "cli/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/version.h"
#include "proto/sap_record.h"

/* --- reading what is there ------------------------------------------------------------------------ */

static bool size_of(const struct mu_record_file *file, off_t *size, struct mu_err *err)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return mu_fail_sys(err, "cannot look at '%s'", file->path);
    *size = st.st_size;
    return true;
}

static bool first_line(const struct mu_record_file *file, struct mu_bytes *line, struct mu_err *err)
{
    char *block = mu_arena_alloc(file->arena, MU_RECORD_HEAD_MAX);
    ssize_t n = pread(file->fd, block, MU_RECORD_HEAD_MAX, 0);
    if (n < 0)
        return mu_fail_sys(err, "cannot read '%s'", file->path);
    struct mu_bytes there = { block, (size_t) n };
    size_t lf = mu_bytes_find(there, MU_BYTES("\n"), 0);
    *line = mu_bytes_slice(there, 0, lf != SIZE_MAX ? lf : 0);
    return true;
}

/*
 * Runs with one nonce have one name. What no two runs share is the folder in which their adapters' folders lie:
 * every process of every instance of one run finds it, also after --resume.
 */
static const char *place_of_run(struct mu_arena *arena)
{
    struct statx st;
    const char *own = getenv("MUSTER_SAP_DIR");
    if (own == NULL
        || statx(AT_FDCWD, mu_file_dirname(arena, own), 0, STATX_INO | STATX_BTIME, &st) != 0)
        return "";
    return mu_arena_printf(arena, "%llx-%llx.%x", (unsigned long long) st.stx_ino,
                           (unsigned long long) st.stx_btime.tv_sec, st.stx_btime.tv_nsec);
}

/* How many lives begin in it: only the first line of one begins like that. */
static bool count_lives(const struct mu_record_file *file, uint32_t *lives, struct mu_err *err)
{
    static const char mark[] = MU_SAP_RECORD_MARK;
    char *block = mu_arena_alloc(file->arena, MU_RECORD_HELD);
    size_t same = 0; /* octets of the line that are those of the mark; past its end: decided */
    ssize_t n;
    *lives = 0;
    for (off_t at = 0; (n = pread(file->fd, block, MU_RECORD_HELD, at)) > 0; at += n)
        for (ssize_t i = 0; i < n; i++) {
            if (block[i] == '\n')
                same = 0;
            else if (same < sizeof mark - 1)
                same = block[i] == mark[same] ? same + 1 : sizeof mark;
            if (same == sizeof mark - 1) {
                (*lives)++;
                same = sizeof mark;
            }
        }
    return n == 0 || mu_fail_sys(err, "cannot read '%s'", file->path);
}

/* --- locks ---------------------------------------------------------------------------------------- */

static void lock_line(const struct mu_record_file *file, short how)
{
    struct flock first = { .l_type = how, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
    while (fcntl(file->fd, F_OFD_SETLKW, &first) != 0 && errno == EINTR)
        ;
}

/* A recorder that was killed while it wrote has left half a line: what follows must not be part of it. */
static bool append(const struct mu_record_file *file, struct mu_bytes lines, struct mu_err *err)
{
    off_t size;
    char last = '\n';
    TRY(size_of(file, &size, err));
    if (size > 0 && pread(file->fd, &last, 1, size - 1) == 1 && last != '\n')
        TRY(mu_file_write_all(file->fd, MU_BYTES("\n"), err));
    return mu_file_write_all(file->fd, lines, err);
}

bool mu_record_file_put(struct mu_record_file *file, struct mu_bytes lines, struct mu_err *err)
{
    lock_line(file, F_WRLCK);
    bool ok = append(file, lines, err);
    lock_line(file, F_UNLCK);
    return ok;
}

/* --- beginning ------------------------------------------------------------------------------------ */

bool mu_record_file_open(struct mu_arena *arena, const char *path, struct mu_record_file *file,
                         struct mu_err *err)
{
    struct stat st;
    struct mu_bytes line;
    struct mu_record_file f = { .arena = arena, .path = path, .place = place_of_run(arena) };
    /* Nobody waits here for the other end of a pipe. */
    f.fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
    if (f.fd < 0 || fstat(f.fd, &st) != 0)
        return mu_fail_sys(err, "cannot write '%s'", path);
    if (!S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "cannot write '%s': it is no regular file", path);
    TRY(first_line(&f, &line, err));
    if (st.st_size > 0
        && strcmp(mu_sap_record_member(arena, line, "schema"), MU_SAP_RECORD_SCHEMA) != 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no record of an adapter: it is not written over",
                       path);
    *file = f;
    return true;
}

/* Its first life, or the next; with the lock held. */
static bool place(struct mu_record_file *file, struct mu_bytes hello, struct mu_err *err)
{
    off_t size;
    struct mu_bytes line;
    TRY(size_of(file, &size, err) && first_line(file, &line, err));
    const char *run = mu_sap_record_member(file->arena, hello, "run");
    bool ours = *run != '\0' && strcmp(mu_sap_record_member(file->arena, line, "run"), run) == 0
                && strcmp(mu_sap_record_member(file->arena, line, "place"), file->place) == 0;
    if (size > 0 && !ours) {
        if (flock(file->fd, LOCK_EX | LOCK_NB) != 0)
            return mu_fail(err, MU_ERR_USAGE, "'%s' is being written by another run", file->path);
        if (ftruncate(file->fd, 0) != 0)
            return mu_fail_sys(err, "cannot begin '%s' anew", file->path);
    }
    if (flock(file->fd, LOCK_SH | LOCK_NB) != 0)
        return mu_fail_sys(err, "cannot lock '%s'", file->path);
    TRY(count_lives(file, &file->life, err));
    file->life++;
    return true;
}

bool mu_record_file_begin(struct mu_record_file *file, struct mu_bytes hello, char *const *command,
                          struct mu_err *err)
{
    struct mu_buf out = { .arena = file->arena };
    lock_line(file, F_WRLCK);
    bool ok = place(file, hello, err);
    if (ok) {
        mu_sap_record_head(&out, file->life, hello, file->place, MU_VERSION, command);
        ok = append(file, mu_buf_bytes(&out), err);
    }
    lock_line(file, F_UNLCK);
    return ok;
}

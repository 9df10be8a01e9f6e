#include "run/append.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "run/stream.h"

bool mu_run_lock(int dir, const char *name, bool shared, int *lock, struct mu_err *err)
{
    int flags = (shared ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC | O_NOFOLLOW;
    struct flock wish = { .l_type = shared ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };
    *lock = openat(dir, "run.lock", flags, 0644);
    if (*lock < 0 && shared)
        return true;
    if (*lock < 0)
        return mu_fail_sys(err, "cannot open the lock of '%s'", name);
    if (fcntl(*lock, F_SETLK, &wish) == 0)
        return true;
    if (errno == EACCES || errno == EAGAIN)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is in use: its run is still going on", name);
    return shared || mu_fail_sys(err, "cannot lock '%s'", name);
}

/* Is the run over, and whole? */
static bool check_end(const struct mu_stream_reader *reader, bool opened, bool closed,
                      const char *run, struct mu_err *err)
{
    if (reader->corrupt)
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s' is corrupt at line %llu", run, MU_JOURNAL_NAME,
                       (unsigned long long) reader->lines + 1);
    if (reader->lines == 0 || !opened)
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s' does not begin with an open event", run,
                       MU_JOURNAL_NAME);
    if (reader->rest)
        return mu_fail(err, MU_ERR_USAGE, "'%s/%s' is torn: line %llu is not whole", run,
                       MU_JOURNAL_NAME, (unsigned long long) reader->lines + 1);
    return closed
           || mu_fail(err, MU_ERR_USAGE, "'%s' has no end: the run was killed before it wrote one",
                      run);
}

static bool read_through(struct mu_arena *arena, int fd, const char *run,
                         struct mu_stream_reader *reader, struct mu_err *err)
{
    struct mu_bytes line;
    json_t *event;
    bool opened = false, closed = false;
    mu_stream_start(reader, arena, fd);
    while (mu_stream_next(reader, &line, &event)) {
        const char *what = mu_stream_text(event, "event");
        opened = opened || (reader->lines == 1 && strcmp(what, "open") == 0);
        closed = strcmp(what, "close") == 0 || (closed && mu_stream_opinion(event));
        json_decref(event);
    }
    errno = reader->in.sys;
    if (reader->in.sys != 0)
        return mu_fail_sys(err, "cannot read '%s/%s'", run, MU_JOURNAL_NAME);
    return check_end(reader, opened, closed, run, err);
}

static bool open_all(struct mu_appending *a, struct mu_arena *arena, const char *run,
                     struct mu_err *err)
{
    struct mu_stream_reader reader;
    struct stat st;
    MU_CLEANUP(mu_fd_close)
    int fd = openat(a->dir, MU_JOURNAL_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return mu_fail(err, MU_ERR_USAGE, "'%s' is no folder of a run: it has no %s", run,
                       MU_JOURNAL_NAME);
    TRY(mu_run_lock(a->dir, run, false, &a->lock, err));
    TRY(read_through(arena, fd, run, &reader, err));
    a->end = (int64_t) reader.end;
    return mu_journal_continue(&a->journal, arena, a->dir, a->end, reader.lines, reader.h, err);
}

bool mu_append_open(struct mu_appending *appending, struct mu_arena *arena, const char *run,
                    struct mu_err *err)
{
    *appending = (struct mu_appending){ .dir = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                        .lock = -1,
                                        .journal = { .fd = -1 } };
    if (appending->dir < 0)
        return mu_fail(err, MU_ERR_USAGE, "cannot open the run '%s': %s", run, strerror(errno));
    if (open_all(appending, arena, run, err))
        return true;
    mu_fd_close(&appending->journal.fd);
    mu_fd_close(&appending->lock);
    mu_fd_close(&appending->dir);
    return false;
}

bool mu_append_close(struct mu_appending *appending, bool keep, struct mu_err *err)
{
    bool ok = !keep || mu_journal_sync(&appending->journal, err);
    if (!ok && ftruncate(appending->journal.fd, appending->end) == 0)
        (void) fdatasync(appending->journal.fd);
    mu_fd_close(&appending->journal.fd);
    mu_fd_close(&appending->lock);
    mu_fd_close(&appending->dir);
    return ok;
}

#include "cli/find_runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

struct search {
    struct mu_arena *arena;
    struct mu_found_runs *found;
    size_t folders;
};

static void close_runs(void *self)
{
    const struct mu_found_runs *found = self;
    for (size_t i = 0; i < found->n; i++)
        mu_fd_close(&found->run[i].fd);
}

/* run.jsonl of the folder, a regular file; -1 with errno ENOENT when it has none. */
static int open_stream(int dir)
{
    struct stat status;
    int fd = openat(dir, "run.jsonl", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        errno = ENOENT;
        fd = -1;
    }
    return fd;
}

static bool add(struct search *s, const char *path, int fd, struct mu_err *err)
{
    if (s->found->n == MU_HISTORY_RUNS_MAX) {
        close(fd);
        return mu_fail(err, MU_ERR_LIMIT, "more than %d runs", MU_HISTORY_RUNS_MAX);
    }
    s->found->run[s->found->n++] = (struct mu_history_stream){ path, fd };
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        closedir(*folder);
}

/* The names in a folder but those that begin with a dot, sorted. */
static bool list(struct search *s, int dir, const char *path, const char ***name, size_t *count,
                 struct mu_err *err)
{
    int own = fcntl(dir, F_DUPFD_CLOEXEC, 3);
    MU_CLEANUP(close_folder) DIR *folder = own >= 0 ? fdopendir(own) : NULL;
    size_t n = 0, room = 64;
    const char **all = mu_arena_array(s->arena, room, sizeof(*all));
    const struct dirent *entry;
    if (folder == NULL) {
        mu_fd_close(&own);
        return mu_fail_sys(err, "cannot list the folder '%s'", path);
    }
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (n == MU_HISTORY_FOLDERS)
            return mu_fail(err, MU_ERR_LIMIT, "'%s' holds more than %d names", path,
                           MU_HISTORY_FOLDERS);
        if (n == room) {
            const char **more = mu_arena_array(s->arena, 2 * room, sizeof(*more));
            memcpy(more, all, n * sizeof(*all));
            all = more;
            room *= 2;
        }
        all[n++] = mu_arena_strndup(s->arena, entry->d_name, strlen(entry->d_name));
    }
    qsort(all, n, sizeof(*all), by_name);
    *name = all;
    *count = n;
    return true;
}

/* `dir` is closed by the caller. */
static bool search(struct search *s, int dir, const char *path, int depth, struct mu_err *err)
{
    const char **name = NULL;
    size_t count = 0;
    int fd = open_stream(dir);
    if (fd >= 0)
        return add(s, path, fd, err);
    if (errno != ENOENT && errno != ELOOP)
        return mu_fail_sys(err, "cannot open the run '%s'", path);
    if (depth == MU_HISTORY_DEPTH)
        return true;
    if (++s->folders > MU_HISTORY_FOLDERS)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d folders below '%s'", MU_HISTORY_FOLDERS,
                       path);
    TRY(list(s, dir, path, &name, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_CLEANUP(mu_fd_close)
        int below = openat(dir, name[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (below >= 0)
            TRY(search(s, below, mu_file_join(s->arena, path, name[i]), depth + 1, err));
    }
    return true;
}

bool mu_find_runs(struct mu_arena *arena, const char *const *folder, size_t count,
                  struct mu_found_runs *found, struct mu_err *err)
{
    struct search s = { .arena = arena, .found = found };
    found->n = 0;
    found->run = mu_arena_array(arena, MU_HISTORY_RUNS_MAX, sizeof(*found->run));
    mu_arena_defer(arena, close_runs, found);
    for (size_t i = 0; i < count; i++) {
        MU_CLEANUP(mu_fd_close) int dir = open(folder[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        size_t before = found->n;
        if (dir < 0) {
            mu_fail_sys(err, "cannot open the folder '%s'", folder[i]);
            err->code = MU_ERR_USAGE;
            return false;
        }
        if (!search(&s, dir, folder[i], 0, err)) {
            err->code = err->code == MU_ERR_IO ? MU_ERR_USAGE : err->code;
            return false;
        }
        if (found->n == before)
            return mu_fail(err, MU_ERR_USAGE, "there is no run in '%s': no folder with run.jsonl",
                           folder[i]);
    }
    return true;
}

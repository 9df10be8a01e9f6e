/* The files to check, in their order. Nothing is read here but names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/check.h"

#define STANDARD_INPUT "-"
#define COPY_STEP      (64 * MU_KIB)

/* A folder being listed: its names, sorted by their bytes. */
struct mu_folder {
    struct mu_folder *outer;
    struct mu_arena *arena;
    const char *path;
    const char **name;
    size_t names, next, depth;
};

/* --- names ---------------------------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

/* In a folder: .eml and mbox files, the numbers of MH, and everything in new/ and cur/ of a Maildir. */
static bool is_mail(const struct mu_folder *folder, const char *name)
{
    static const char *const ending[] = { ".eml", ".mbox", ".mbx" };
    for (size_t i = 0; i < MU_COUNT(ending); i++)
        if (ends_in(name, ending[i]))
            return true;
    return name[strspn(name, "0123456789")] == '\0' || ends_in(folder->path, "/cur")
           || ends_in(folder->path, "/new");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* --- folders -------------------------------------------------------------------------------------- */

static bool read_names(struct mu_folder *folder, struct mu_err *err)
{
    DIR *dir = opendir(folder->path);
    size_t room = 0;
    if (dir == NULL)
        return mu_fail_sys(err, "cannot open the folder");
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        if (folder->names == room) {
            room = room == 0 ? 64 : 2 * room;
            const char **more = mu_arena_array(folder->arena, room, sizeof *more);
            if (folder->names > 0)
                memcpy(more, folder->name, folder->names * sizeof *more);
            folder->name = more;
        }
        folder->name[folder->names++] =
            mu_arena_strndup(folder->arena, e->d_name, strlen(e->d_name));
        if (folder->names > MU_FOLDER_ENTRIES)
            break;
    }
    closedir(dir);
    if (folder->names > MU_FOLDER_ENTRIES)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d names in one folder", MU_FOLDER_ENTRIES);
    if (folder->names > 0)
        qsort(folder->name, folder->names, sizeof *folder->name, by_name);
    return true;
}

/* False with a sentence: it cannot be looked into. */
static bool enter(struct mu_check *c, const char *path, struct mu_err *err)
{
    size_t depth = c->folder != NULL ? c->folder->depth + 1 : 0;
    if (depth >= MU_FOLDER_DEPTH)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d folders in each other", MU_FOLDER_DEPTH);
    struct mu_arena *arena = mu_arena_new((size_t) 4 << 30);
    struct mu_folder *folder = mu_new(arena, struct mu_folder);
    *folder = (struct mu_folder){ .outer = c->folder, .arena = arena, .depth = depth };
    folder->path = mu_arena_strndup(arena, path, strlen(path));
    if (!read_names(folder, err)) {
        mu_arena_free(arena);
        return false;
    }
    c->folder = folder;
    return true;
}

static void leave(struct mu_check *c)
{
    struct mu_folder *folder = c->folder;
    c->folder = folder->outer;
    mu_arena_free(folder->arena);
}

void mu_check_files_end(struct mu_check *c)
{
    while (c->folder != NULL)
        leave(c);
    mu_fd_close(&c->standard_input);
}

/* --- the next file -------------------------------------------------------------------------------- */

static bool refuse(struct mu_arena *arena, struct mu_batch_item *item, const struct mu_err *err)
{
    item->why = mu_arena_strndup(arena, err->msg, strlen(err->msg));
    return true;
}

/* What is named, or found in a folder. False: it is no item, but a folder that was entered, or left
 * out. Links are followed, but not from one folder into another: they may lead round in a circle. */
static bool consider(struct mu_check *c, struct mu_arena *arena, const char *path, bool found,
                     struct mu_batch_item *item)
{
    struct stat st, link;
    struct mu_err err;
    *item = (struct mu_batch_item){ .name = path, .fd = -1, .octets = -1 };
    if (strcmp(path, STANDARD_INPUT) == 0 && !found)
        return true;
    if (stat(path, &st) != 0) {
        (void) mu_fail_sys(&err, "cannot open");
        return refuse(arena, item, &err);
    }
    if (!S_ISDIR(st.st_mode))
        return true;
    if (found && lstat(path, &link) == 0 && S_ISLNK(link.st_mode)) {
        (void) mu_fail(&err, MU_ERR_USAGE, "a link to a folder is not followed");
        return refuse(arena, item, &err);
    }
    return !enter(c, path, &err) && refuse(arena, item, &err);
}

/* The next name of the innermost folder. */
static bool from_folder(struct mu_check *c, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_folder *folder = c->folder;
    const char *name = folder->name[folder->next++];
    const char *slash = ends_in(folder->path, "/") ? "" : "/";
    const char *path = mu_arena_printf(arena, "%s%s%s", folder->path, slash, name);
    struct mu_folder *before = c->folder;
    if (!consider(c, arena, path, true, item))
        return false;
    if (item->why == NULL && !is_mail(before, name)) {
        c->count.left_out++;
        return false;
    }
    return true;
}

bool mu_check_next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_check *c = self;
    for (;;) {
        while (c->folder != NULL && c->folder->next == c->folder->names)
            leave(c);
        if (c->folder != NULL) {
            if (from_folder(c, arena, item))
                return true;
        } else if (c->operand == c->args->operands) {
            return false;
        } else if (consider(c, arena, c->args->operand[c->operand++], false, item)) {
            return true;
        }
    }
}

/* --- opening -------------------------------------------------------------------------------------- */

/* From a descriptor into a file without a name: a job needs to move about in what it reads. */
static bool copy(int from, int to, struct mu_err *err)
{
    static char step[COPY_STEP];
    for (;;) {
        ssize_t n = read(from, step, sizeof step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mu_fail_sys(err, "cannot read standard input");
        if (n == 0)
            return true;
        TRY(mu_file_write_all(to, (struct mu_bytes){ step, (size_t) n }, err));
    }
}

static bool open_input(int *fd, struct mu_err *err)
{
    struct stat st;
    const char *dir = getenv("TMPDIR");
    if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)
        && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) {
        *fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        return *fd >= 0 || mu_fail_sys(err, "cannot read standard input");
    }
    int file = open(dir != NULL ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        return mu_fail_sys(err, "cannot make a file to keep standard input in");
    if (!copy(STDIN_FILENO, file, err)) {
        close(file);
        return false;
    }
    *fd = file;
    return true;
}

static bool open_path(const char *path, int *fd, struct mu_err *err)
{
    struct stat st;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return mu_fail_sys(err, "cannot open");
    if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(file);
        return mu_fail(err, MU_ERR_USAGE, "not a regular file");
    }
    *fd = file;
    return true;
}

/* Devices and pipes are not even opened: that alone may do something, or wait. */
static bool is_regular(const char *path, struct mu_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return mu_fail_sys(err, "cannot open");
    return S_ISREG(st.st_mode) || mu_fail(err, MU_ERR_USAGE, "not a regular file");
}

void mu_check_open(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct mu_err err;
    (void) self;
    bool input = strcmp(item->name, STANDARD_INPUT) == 0;
    bool opened = input ? open_input(&item->fd, &err)
                        : is_regular(item->name, &err) && open_path(item->name, &item->fd, &err);
    struct stat st;
    if (opened && fstat(item->fd, &st) == 0 && st.st_size == 0) {
        mu_fd_close(&item->fd);
        item->fd = -1;
        opened = mu_fail(&err, MU_ERR_USAGE, "it is empty");
    }
    if (opened)
        return;
    item->trouble = err.sys == EMFILE || err.sys == ENFILE || err.sys == EIO || err.sys == ENOSPC;
    (void) refuse(arena, item, &err);
}

/* file.h - files that the operator wrote, and files that we write whole. */
#ifndef MU_BASE_FILE_H
#define MU_BASE_FILE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* All of `path` into `arena`. MU_ERR_USAGE when it cannot be opened, MU_ERR_LIMIT past `max`
 * bytes; err->where.input is `path` then. Never a directory, a device or a pipe. */
bool mu_file_read(struct mu_arena *arena, const char *path, size_t max, struct mu_bytes *out,
                  struct mu_err *err) MU_MUST_USE;

/* The same from an open descriptor; `name` for messages. */
bool mu_file_read_fd(struct mu_arena *arena, int fd, const char *name, size_t max,
                     struct mu_bytes *out, struct mu_err *err) MU_MUST_USE;

/* Every byte, whatever signals and short writes do. */
bool mu_file_write_all(int fd, struct mu_bytes data, struct mu_err *err) MU_MUST_USE;

/* Create or replace `path` atomically (temporary file, sync, rename), mode 0644 or 0600. */
bool mu_file_replace(const char *path, struct mu_bytes data, unsigned mode,
                     struct mu_err *err) MU_MUST_USE;

/* "dir/name", or `name` alone when it is absolute; in `arena`. `dir` is a directory or "". */
const char *mu_file_join(struct mu_arena *arena, const char *dir, const char *name);

/* The directory part of `path`, without the last slash; "." when it has none. */
const char *mu_file_dirname(struct mu_arena *arena, const char *path);

/* A descriptor for reading of what lies below `dir` and nowhere else, whatever links lie on the way; never waits.
 * -1 and errno: there is no such thing. */
int mu_file_open_beneath(int dir, const char *path) MU_MUST_USE;

/* mkdir -p; true when it is there afterwards. */
bool mu_file_make_dir(const char *path, unsigned mode, struct mu_err *err) MU_MUST_USE;

/* The whole path of what is there, symbolic links followed; `path` itself when nothing is. */
const char *mu_file_real(struct mu_arena *arena, const char *path);

/* Remove a folder that we made, with all that is in it; symbolic links are not followed. */
void mu_file_remove_tree(const char *path);

/* MU_CLEANUP helper: closes *fd when it is not negative. */
void mu_fd_close(const int *fd);

/* The descriptor, which its MU_CLEANUP variable no longer owns. */
int mu_fd_take(int *fd) MU_MUST_USE;

#endif

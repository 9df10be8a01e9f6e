#include "twin/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

bool mu_store_make(const char *maildir, struct mu_err *err)
{
    static const char *const part[] = { "tmp", "new", "cur" };
    char path[4096];
    for (size_t i = 0; i < MU_COUNT(part); i++) {
        snprintf(path, sizeof path, "%s/%s", maildir, part[i]);
        TRY(mu_file_make_dir(path, 0755, err));
    }
    return true;
}

bool mu_store_deliver(struct mu_arena *arena, const char *maildir, struct mu_bytes message,
                      struct mu_err *err)
{
    static unsigned count; /* of this worker: a part of the unique name */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const char *name = mu_arena_printf(arena, "%lld.M%ldP%ldQ%u.twin", (long long) now.tv_sec,
                                       now.tv_nsec / 1000, (long) getpid(), count++);
    const char *tmp = mu_arena_printf(arena, "%s/tmp/%s", maildir, name);
    const char *fresh = mu_arena_printf(arena, "%s/new/%s", maildir, name);
    MU_CLEANUP(mu_fd_close) int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return mu_fail_sys(err, "cannot create '%s'", tmp);
    TRY(mu_file_write_all(fd, message, err));
    if (rename(tmp, fresh) != 0)
        return mu_fail_sys(err, "cannot rename '%s'", tmp);
    return true;
}

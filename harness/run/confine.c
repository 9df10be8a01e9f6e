#include "run/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* younger than the headers of some systems */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#ifdef MU_SANITIZE /* a program built like us has a shadow of terabytes that it may write to */
#define DATA RLIM_INFINITY
#else
#define DATA MU_PROGRAM_DATA_MAX
#endif

/* Memory that can be written to, not address space: virtual machines reserve much and use little. */
static const struct {
    __rlimit_resource_t resource;
    rlim_t max;
    const char *what;
} limit[] = {
    { RLIMIT_DATA, DATA, "memory" },
    { RLIMIT_FSIZE, MU_PROGRAM_FILE_MAX, "file size" },
    { RLIMIT_NOFILE, MU_PROGRAM_FILES, "open files" },
    { RLIMIT_CORE, 1, "core size" }, /* no file is so small, and none goes through a pipe either */
};

/* The rights that are taken away, by the interface that brought them. */
#define ON_FILES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITING                                                                                    \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR                                 \
     | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR \
     | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO   \
     | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static uint64_t rights_of(int level)
{
    return WRITING | (level >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0)
           | (level >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

int mu_confine_level(void)
{
    long level = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return level > 0 ? (int) level : 0;
}

bool mu_confine_limits(struct mu_err *err)
{
    for (size_t i = 0; i < MU_COUNT(limit); i++) {
        struct rlimit rl, now;
        if (getrlimit(limit[i].resource, &now) != 0)
            return mu_fail_sys(err, "cannot look up the limit of %s", limit[i].what);
        rl.rlim_max = rl.rlim_cur = limit[i].max < now.rlim_max ? limit[i].max : now.rlim_max;
        if (setrlimit(limit[i].resource, &rl) != 0)
            return mu_fail_sys(err, "cannot limit %s", limit[i].what);
    }
    return true;
}

static bool allow(int rules, const char *path, uint64_t rights, struct mu_err *err)
{
    MU_CLEANUP(mu_fd_close) int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path_beneath_attr beneath = { .allowed_access = rights, .parent_fd = fd };
    if (fd < 0
        || syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
        return mu_fail_sys(err, "cannot let it write to '%s'", path);
    return true;
}

bool mu_confine(const char *work, const char *const *writable, struct mu_err *err)
{
    int level = mu_confine_level();
    if (level == 0)
        return true;
    uint64_t rights = rights_of(level);
    struct landlock_ruleset_attr attr = { .handled_access_fs = rights };
    MU_CLEANUP(mu_fd_close)
    int rules = (int) syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0)
        return mu_fail_sys(err, "cannot make rules for what it may write to");
    TRY(allow(rules, work, rights, err));
    TRY(allow(rules, "/dev/null", rights & ON_FILES, err));
    for (size_t i = 0; writable != NULL && writable[i] != NULL; i++)
        TRY(allow(rules, writable[i], rights, err));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        return mu_fail_sys(err, "cannot confine it");
    return true;
}

#include "run/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

#ifdef MU_SANITIZE /* AddressSanitizer reserves terabytes of address space */
#define ADDRESS_SPACE RLIM_INFINITY
#else
#define ADDRESS_SPACE (2 * MU_JOB_ARENA_MAX)
#endif

static const char *const isolation_name[] = { "none", "fork", "full" };

const char *mu_isolation_name(enum mu_isolation isolation)
{
    return isolation_name[isolation];
}

bool mu_isolation_from_name(const char *name, enum mu_isolation *isolation)
{
    for (size_t i = 0; i < MU_COUNT(isolation_name); i++)
        if (strcmp(name, isolation_name[i]) == 0) {
            *isolation = (enum mu_isolation) i;
            return true;
        }
    return false;
}

static const struct {
    __rlimit_resource_t resource;
    rlim_t max;
    const char *what;
} limit[] = {
    { RLIMIT_AS, ADDRESS_SPACE, "address space" },
    { RLIMIT_CPU, MU_JOB_CPU_S, "cpu seconds" },
    { RLIMIT_FSIZE, MU_JOB_FILE_MAX, "file size" },
    { RLIMIT_NOFILE, MU_JOB_DESCRIPTORS, "open files" },
    { RLIMIT_CORE, 0, "core size" },
};

/* clang-format off */
static const int allowed[] = {
    SCMP_SYS(read),          SCMP_SYS(write),           SCMP_SYS(readv),          SCMP_SYS(writev),
    SCMP_SYS(recvfrom),      SCMP_SYS(sendto),          SCMP_SYS(recvmsg),        SCMP_SYS(sendmsg),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),           SCMP_SYS(close),          SCMP_SYS(shutdown),
    SCMP_SYS(brk),           SCMP_SYS(mmap),            SCMP_SYS(munmap),         SCMP_SYS(mremap),
    SCMP_SYS(mprotect),      SCMP_SYS(madvise),         SCMP_SYS(clock_gettime),  SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),  SCMP_SYS(getrandom),       SCMP_SYS(futex),          SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),   SCMP_SYS(getpid),         SCMP_SYS(gettid),
    SCMP_SYS(tgkill),        SCMP_SYS(restart_syscall), SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(fstat),         SCMP_SYS(lseek),           SCMP_SYS(fcntl),          SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),    SCMP_SYS(memfd_create),    SCMP_SYS(ftruncate),      SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),      SCMP_SYS(sched_yield),     SCMP_SYS(getsockname),    SCMP_SYS(getpeername),
#ifdef MU_SANITIZE /* the leak checker and the stack unwinder at exit */
    SCMP_SYS(sigaltstack),   SCMP_SYS(getuid),          SCMP_SYS(getrlimit),      SCMP_SYS(prlimit64),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(readlinkat),
#endif
};

/*
 * Refused, not deadly: libraries look for files (openssl.cnf, gconv, time zones) and ask for the
 * size of the machine (qsort of more than 1 KiB), and manage without.
 */
static const int refused[] = {
    SCMP_SYS(open),   SCMP_SYS(openat),   SCMP_SYS(stat),    SCMP_SYS(newfstatat),
    SCMP_SYS(access), SCMP_SYS(readlink), SCMP_SYS(sysinfo), SCMP_SYS(ioctl),
    SCMP_SYS(uname),
};
/* clang-format on */

bool mu_sandbox_limits(pid_t parent, bool lasting, struct mu_err *err)
{
    for (size_t i = 0; i < MU_COUNT(limit); i++) {
        if (lasting && limit[i].resource == RLIMIT_CPU)
            continue;
        struct rlimit rl = { .rlim_cur = limit[i].max, .rlim_max = limit[i].max };
        if (setrlimit(limit[i].resource, &rl) != 0)
            return mu_fail_sys(err, "cannot limit %s", limit[i].what);
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return mu_fail_sys(err, "cannot tie the job to the coordinator");
    if (getppid() != parent) /* it died between fork and prctl */
        return mu_fail(err, MU_ERR_IO, "the coordinator is gone");
    return true;
}

static void release_filter(scmp_filter_ctx *filter)
{
    seccomp_release(*filter);
}

static bool add_rules(scmp_filter_ctx filter, uint32_t action, const int *call, size_t count,
                      struct mu_err *err)
{
    for (size_t i = 0; i < count; i++) {
        int rc = seccomp_rule_add(filter, action, call[i], 0);
        if (rc < 0)
            return mu_fail(err, MU_ERR_IO, "cannot filter system call %d (%d)", call[i], rc);
    }
    return true;
}

/* The compiled filter: written once before the first fork, read by every job. */
static struct sock_fprog program;

bool mu_sandbox_prepare(struct mu_err *err)
{
    static struct sock_filter code[1024];
    if (program.filter != NULL)
        return true;
    MU_CLEANUP(release_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return mu_fail(err, MU_ERR_IO, "cannot create the system-call filter");
    TRY(add_rules(filter, SCMP_ACT_ALLOW, allowed, MU_COUNT(allowed), err));
    TRY(add_rules(filter, SCMP_ACT_ERRNO(EACCES), refused, MU_COUNT(refused), err));

    int fd = memfd_create("filter", MFD_CLOEXEC);
    ssize_t n = -1;
    if (fd >= 0 && seccomp_export_bpf(filter, fd) == 0)
        n = pread(fd, code, sizeof code, 0);
    if (fd >= 0)
        close(fd);
    if (n <= 0 || (size_t) n >= sizeof code)
        return mu_fail(err, MU_ERR_IO, "cannot export the system-call filter");
    program = (struct sock_fprog){ .len = (unsigned short) ((size_t) n / sizeof code[0]),
                                   .filter = code };
    return true;
}

bool mu_sandbox_seal(struct mu_err *err)
{
    if (program.filter == NULL)
        return mu_fail(err, MU_ERR_IO, "the system-call filter was not prepared");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
        || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        return mu_fail_sys(err, "cannot load the system-call filter");
    return true;
}

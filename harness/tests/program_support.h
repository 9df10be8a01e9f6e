/* program_support.h - for tests of the built program: spawn it, wait with a deadline, read what it said. */
#ifndef MU_TESTS_PROGRAM_SUPPORT_H
#define MU_TESTS_PROGRAM_SUPPORT_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/limits.h"

#define PROGRAM_MS 60000 /* no call of the program may take longer; ASan is slow */

static struct mu_arena *arena;
static const char *program_input = "/dev/null"; /* what the program reads on standard input */
static char home[64]; /* a folder for everything that this program's tests write */

/* What one call of the program said. */
struct said {
    int status; /* exit status; -1: killed by a signal */
    const char *out, *err;
};

struct started {
    pid_t pid;
    const char *out, *err; /* files */
};

static inline const char *in_home(const char *name)
{
    return mu_file_join(arena, home, name);
}

static inline struct mu_bytes content_of(const char *path)
{
    struct mu_bytes text;
    struct mu_err err;
    if (!mu_file_read(arena, path, 256 * MU_MIB, &text, &err))
        ck_abort_msg("%s: %s", path, err.msg);
    return text;
}

static inline const char *text_of(const char *path)
{
    return mu_bytes_dup(arena, content_of(path));
}

static inline void write_file(const char *path, struct mu_bytes data)
{
    struct mu_err err;
    if (!mu_file_replace(path, data, 0644, &err))
        ck_abort_msg("%s: %s", path, err.msg);
}

static inline void write_text(const char *path, const char *text)
{
    write_file(path, mu_bytes_of(text));
}

/* `text` with the first `from` replaced; it must be there. */
static inline const char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "no '%s' in what was to be changed", from);
    return mu_arena_printf(arena, "%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
}

static inline const char *changed_all(const char *text, const char *from, const char *to)
{
    struct mu_buf out = { .arena = arena };
    for (const char *at; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
        mu_buf_put(&out, text, (size_t) (at - text));
        mu_buf_puts(&out, to);
    }
    mu_buf_puts(&out, text);
    return mu_bytes_dup(arena, mu_buf_bytes(&out));
}

/* --- calling the program ---------------------------------------------------------------------- */

#define ARGUMENTS_MAX 40

/* Start `file` with `arg` (NULL-terminated, without its own name) in the source tree. */
static inline struct started start_file(const char *file, const char *const *arg)
{
    static unsigned number;
    struct started s;
    s.out = mu_arena_printf(arena, "%s/said-%d-%u.out", home, (int) getpid(), ++number);
    s.err = mu_arena_printf(arena, "%s/said-%d-%u.err", home, (int) getpid(), number);
    const char *argv[ARGUMENTS_MAX] = { file };
    for (size_t i = 0; arg[i] != NULL; i++) {
        ck_assert_uint_lt(i + 2, ARGUMENTS_MAX);
        argv[i + 1] = arg[i];
    }
    posix_spawn_file_actions_t action;
    posix_spawnattr_t attribute;
    int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_init(&action);
    posix_spawn_file_actions_addopen(&action, 0, program_input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&action, 1, s.out, flags, 0644);
    posix_spawn_file_actions_addopen(&action, 2, s.err, flags | O_APPEND, 0644);
    posix_spawn_file_actions_addchdir_np(&action, MU_SOURCE_DIR);
    posix_spawnattr_init(&attribute);
    posix_spawnattr_setflags(&attribute, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attribute, 0);
    int rc =
        posix_spawn(&s.pid, file, &action, &attribute, (char *const *) (uintptr_t) argv, environ);
    posix_spawnattr_destroy(&attribute);
    posix_spawn_file_actions_destroy(&action);
    ck_assert_int_eq(rc, 0);
    return s;
}

static inline struct started start_program(const char *const *arg)
{
    return start_file(MU_PROGRAM, arg);
}

/* Wait for the end of a child; false: it did not come within `ms`. */
static inline bool ends_within(pid_t pid, int ms, int *status)
{
    int fd = pidfd_open(pid, 0);
    ck_assert_int_ge(fd, 0);
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    int n = poll(&pfd, 1, ms);
    close(fd);
    return n == 1 && waitpid(pid, status, 0) == pid;
}

static inline struct said end_program(struct started s)
{
    int status;
    if (!ends_within(s.pid, PROGRAM_MS, &status)) {
        kill(-s.pid, SIGKILL);
        ck_abort_msg("the program does not end:\n%s", text_of(s.err));
    }
    /* Its group is empty: nothing that it started is left. */
    ck_assert(kill(-s.pid, 0) != 0 && errno == ESRCH);
    return (struct said){ WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(s.out),
                          text_of(s.err) };
}

static inline struct said program(const char *const *arg)
{
    return end_program(start_program(arg));
}

#define MUSTER(...) program((const char *const[]){ __VA_ARGS__, NULL })

/* Words separated by single spaces; "@" at the front of a word is the home folder. */
static inline struct said muster_words(const char *line)
{
    const char *arg[ARGUMENTS_MAX];
    size_t n = 0;
    for (const char *p = line; *p != '\0' && n + 1 < ARGUMENTS_MAX; p += strspn(p, " ")) {
        size_t k = strcspn(p, " ");
        arg[n++] = p[0] == '@' ? mu_arena_printf(arena, "%s%.*s", home, (int) k - 1, p + 1)
                               : mu_arena_strndup(arena, p, k);
        p += k;
    }
    arg[n] = NULL;
    return program(arg);
}

static inline bool matches(const char *text, const char *pattern)
{
    regex_t re;
    ck_assert_int_eq(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
    bool found = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return found;
}

static inline void check_said(const char *name, struct said s, int status, const char *pattern)
{
    ck_assert_msg(s.status == status, "%s: status %d, not %d\n%s%s", name, s.status, status, s.out,
                  s.err);
    ck_assert_msg(pattern == NULL || matches(s.out, pattern) || matches(s.err, pattern),
                  "%s: nothing that matches '%s'\n%s%s", name, pattern, s.out, s.err);
}

/* --- the folder that everything happens in ------------------------------------------------------ */

/* A profile with short deadlines and a suite of `cases`. */
static inline const char *make_profile(const char *name, const char *cases, int operation_ms,
                                       int case_ms)
{
    const char *dir = in_home(name);
    const char *text = text_of(MU_SOURCE_DIR "/profiles/mail-sio-4774/profile.xml");
    text = changed_all(text, "file=\"../rules/", "file=\"" MU_SOURCE_DIR "/profiles/rules/");
    text = changed_all(text, "file=\"../policies/", "file=\"" MU_SOURCE_DIR "/profiles/policies/");
    text = changed(text, "\"operation-ms\" value=\"5000\"",
                   mu_arena_printf(arena, "\"operation-ms\" value=\"%d\"", operation_ms));
    text = changed(text, "\"case-ms\" value=\"30000\"",
                   mu_arena_printf(arena, "\"case-ms\" value=\"%d\"", case_ms));
    const char *suites = strstr(text, "<suite file=");
    ck_assert_ptr_nonnull(suites);
    text = mu_arena_printf(arena, "%.*s<suite file=\"suite.xml\"/>\n</profile>\n",
                           (int) (suites - text), text);
    ck_assert(mkdir(dir, 0755) == 0 || errno == EEXIST);
    write_text(mu_file_join(arena, dir, "profile.xml"), text);
    write_text(mu_file_join(arena, dir, "suite.xml"),
               mu_arena_printf(arena,
                               "<suite xmlns=\"urn:muster:suite:1\" id=\"small\" revision=\"1\">\n"
                               "%s</suite>\n",
                               cases));
    return dir;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void) st, (void) kind, (void) ftw;
    return remove(path);
}

/* Run the suite; its folder with a PKI is made once and removed at the end. */
static inline int run_tests(Suite *suite)
{
    arena = mu_arena_new((size_t) 2 << 30);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* what the program leaves behind comes to us */
    setenv("NO_COLOR", "1", 1);
    snprintf(home, sizeof home, "/tmp/muster-test-XXXXXX");
    if (mkdtemp(home) == NULL
        || system(mu_arena_printf(arena, "'%s' pki new %s/pki >/dev/null", MU_PROGRAM, home)) != 0)
        return EXIT_FAILURE;
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    mu_arena_free(arena);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

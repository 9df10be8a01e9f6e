#include "cli/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

static bool first_line(struct mu_arena *arena, struct mu_bytes text, const char **out)
{
    size_t n = mu_bytes_find(text, MU_BYTES("\n"), 0);
    text = mu_bytes_slice(text, 0, n);
    if (text.n > 0 && text.p[text.n - 1] == '\r')
        text.n--;
    *out = mu_bytes_dup(arena, text);
    return text.n > 0 && text.n <= MU_PASSPHRASE_MAX && memchr(text.p, '\0', text.n) == NULL;
}

/* Until the line ends; a person has no deadline. */
static ssize_t type(int tty, char *line, size_t size)
{
    ssize_t n;
    do
        n = read(tty, line, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool ask(struct mu_arena *arena, const char *key, const char **out, struct mu_err *err)
{
    char line[MU_PASSPHRASE_MAX + 2];
    struct termios echo, silent;
    MU_CLEANUP(mu_fd_close) int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || tcgetattr(tty, &echo) != 0)
        return mu_fail(err, MU_ERR_USAGE,
                       "'%s' is encrypted and there is no terminal to ask for its passphrase: "
                       "--pass-file is wanted",
                       key);
    const char *question = mu_arena_printf(arena, "passphrase of %s: ", key);
    silent = echo;
    silent.c_lflag &= ~(tcflag_t) ECHO;
    silent.c_lflag |= ECHONL;
    TRY(mu_file_write_all(tty, mu_bytes_of(question), err));
    tcsetattr(tty, TCSAFLUSH, &silent);
    ssize_t n = type(tty, line, sizeof line);
    tcsetattr(tty, TCSAFLUSH, &echo);
    return (n > 0 && first_line(arena, (struct mu_bytes){ line, (size_t) n }, out))
           || mu_fail(err, MU_ERR_USAGE, "no passphrase was given for '%s'", key);
}

bool mu_passphrase(struct mu_arena *arena, const char *file, const char *key, const char **out,
                   struct mu_err *err)
{
    struct mu_bytes text;
    if (file == NULL)
        return ask(arena, key, out, err);
    TRY(mu_file_read(arena, file, MU_OPERATOR_FILE_MAX, &text, err));
    return first_line(arena, text, out)
           || mu_fail_where(err, (struct mu_where){ .input = file }, MU_ERR_USAGE,
                            "its first line is no passphrase");
}

/* stream_support.h - what tests of run streams share: an arena a test, streams line by line with their chain, and
 * outputs that are held against those stored. */
#ifndef MU_TESTS_STREAM_SUPPORT_H
#define MU_TESTS_STREAM_SUPPORT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

static struct mu_arena *arena;
static struct mu_err err;

static void setup(void)
{
    arena = mu_arena_new(1024 * MU_MIB);
    err = (struct mu_err){ .code = MU_ERR_NONE };
}

static void teardown(void)
{
    mu_arena_free(arena);
}

/* A stream under construction, with its chain. */
struct stream {
    struct mu_buf text;
    char head[MU_DIGEST_TEXT];
};

/* `line` is an object without its closing brace. */
static inline void add(struct stream *s, const char *line)
{
    const struct mu_bytes piece[] = { mu_bytes_of(s->head), MU_BYTES("\n"), mu_bytes_of(line) };
    unsigned char digest[MU_DIGEST_BYTES];
    mu_digest_pieces(piece, MU_COUNT(piece), digest);
    mu_hex_write(digest, sizeof digest, s->head);
    mu_buf_printf(&s->text, "%s,\"h\":\"%s\"}\n", line, s->head);
}

static inline int file_of(struct mu_bytes text)
{
    int fd = memfd_create("run", MFD_CLOEXEC);
    ck_assert(fd >= 0 && mu_file_write_all(fd, text, &err));
    return fd;
}

/* The same as `path` holds. MU_UPDATE=1 puts it there. */
static inline void check_stored(const char *path, struct mu_bytes got)
{
    struct mu_bytes want;
    if (getenv("MU_UPDATE") != NULL)
        ck_assert_msg(mu_file_replace(path, got, 0644, &err), "%s", err.msg);
    ck_assert_msg(mu_file_read(arena, path, 64 * MU_MIB, &want, &err), "%s", err.msg);
    ck_assert_msg(mu_bytes_equal(got, want), "%s is not what is stored; MU_UPDATE=1 rewrites it",
                  path);
}

#endif

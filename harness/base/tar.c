#include "base/tar.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

/* Where the fields of a header stand: POSIX.1-2017, pax, "ustar Interchange Format". */
#define SIZE_AT     124
#define CHECKSUM_AT 148
#define DIGITS      11 /* of size and time; a NUL or space behind them */

static const struct {
    size_t at;
    const char *text;
} field[] = {
    { 100, "0000644" },     /* mode                                                           */
    { 108, "0000000" },     /* user: root, who owns nothing here                              */
    { 116, "0000000" },     /* group                                                          */
    { 136, "02263523000" }, /* time: 1980-01-01. The stream says when; at zero GNU tar warns  */
    { 148, "        " },    /* checksum: spaces while it is counted                           */
    { 156, "0" },           /* a regular file                                                 */
    { 257, "ustar" },       { 263, "00" }, { 329, "0000000" }, { 337, "0000000" }, /* device */
};

static void put_octal(char *to, unsigned digits, uint64_t number)
{
    while (digits-- > 0) {
        to[digits] = (char) ('0' + (number & 7));
        number >>= 3;
    }
}

void mu_tar_header(const char *name, uint64_t octets, char block[MU_TAR_BLOCK])
{
    size_t n = strlen(name);
    unsigned sum = 0;
    assert(n < MU_TAR_NAME && octets >> 33 == 0);
    memset(block, 0, MU_TAR_BLOCK);
    memcpy(block, name, n);
    for (size_t i = 0; i < MU_COUNT(field); i++)
        memcpy(block + field[i].at, field[i].text, strlen(field[i].text));
    put_octal(block + SIZE_AT, DIGITS, octets);
    for (size_t i = 0; i < MU_TAR_BLOCK; i++)
        sum += (unsigned char) block[i];
    put_octal(block + CHECKSUM_AT, 6, sum);
    block[CHECKSUM_AT + 6] = '\0';
}

/* What there is of `size` octets from `at` on. */
static bool read_at(int fd, char *to, size_t size, uint64_t at, size_t *n, struct mu_err *err)
{
    for (*n = 0; *n < size;) {
        ssize_t got = pread(fd, to + *n, size - *n, (off_t) (at + *n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mu_fail_sys(err, "cannot read");
        if (got == 0)
            break;
        *n += (size_t) got;
    }
    return true;
}

bool mu_tar_read(struct mu_arena *arena, int fd, int64_t at, int64_t octets, size_t max,
                 struct mu_tar_entry *entry, struct mu_err *err)
{
    off_t end = lseek(fd, 0, SEEK_END); /* fstat() is a refused call behind a job's seal */
    if (end < 0)
        return mu_fail_sys(err, "cannot read");
    if (at < MU_TAR_BLOCK || at % MU_TAR_BLOCK != 0 || octets < 0)
        return mu_fail(err, MU_ERR_PEER, "no entry can have %lld octets at %lld",
                       (long long) octets, (long long) at);
    if ((uint64_t) octets > max)
        return mu_fail(err, MU_ERR_LIMIT, "entry of %lld bytes passes the limit of %zu",
                       (long long) octets, max);
    if (at > end || octets > end - at)
        return mu_fail(err, MU_ERR_PEER,
                       "it ends at octet %lld, before the %lld octets of an entry at %lld",
                       (long long) end, (long long) octets, (long long) at);
    size_t size = (size_t) octets, padded = (size_t) mu_tar_padded(size), n;
    char *p = mu_arena_alloc(arena, MU_TAR_BLOCK + padded + 1);
    TRY(read_at(fd, p, MU_TAR_BLOCK + padded, (uint64_t) at - MU_TAR_BLOCK, &n, err));
    struct mu_bytes all = { p, n };
    if (n < MU_TAR_BLOCK + size)
        return mu_fail(err, MU_ERR_PEER, "it was cut while it was read");
    *entry = (struct mu_tar_entry){ mu_bytes_slice(all, 0, MU_TAR_BLOCK),
                                    mu_bytes_slice(all, MU_TAR_BLOCK, size),
                                    mu_bytes_from(all, MU_TAR_BLOCK + size) };
    return true;
}

static bool is_zero(struct mu_bytes bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != '\0')
            return false;
    return true;
}

bool mu_tar_is_sound(const struct mu_tar_entry *entry, const char *name)
{
    char block[MU_TAR_BLOCK];
    if (strlen(name) >= MU_TAR_NAME)
        return false;
    mu_tar_header(name, entry->content.n, block);
    return mu_bytes_equal(entry->header, (struct mu_bytes){ block, sizeof block })
           && entry->padding.n == mu_tar_padded(entry->content.n) - entry->content.n
           && is_zero(entry->padding);
}

bool mu_tar_ends_at(int fd, uint64_t at)
{
    char rest[MU_TAR_END + 1];
    struct mu_err ignored;
    size_t n;
    return read_at(fd, rest, sizeof rest, at, &n, &ignored) && n == MU_TAR_END
           && is_zero((struct mu_bytes){ rest, n });
}

/*
 * tar.h - entries of a POSIX tar (ustar) of which every octet follows from their names, sizes and contents:
 * owner, mode and time are the same in all of them. Any tar unpacks it, and whoever knows what must be in it
 * can say of each octet whether it is as it was written.
 */
#ifndef MU_BASE_TAR_H
#define MU_BASE_TAR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

#define MU_TAR_CASES "cases.tar" /* of a run, beside its stream */

#define MU_TAR_BLOCK 512  /* a header; contents begin and end at multiples of it */
#define MU_TAR_END   1024 /* octets of zero behind the last entry: two blocks    */
#define MU_TAR_NAME  100  /* of a header's name, with its NUL                    */

#define MU_TAR_FILE_MAX                                                                            \
    ((int64_t) 1 << 50) /* octets of a whole tar; numbers of strangers end here */

/* `name` is shorter than MU_TAR_NAME, `octets` less than 8 GiB. */
void mu_tar_header(const char *name, uint64_t octets, char block[MU_TAR_BLOCK]);

/* What a content of so many octets takes. */
static inline uint64_t mu_tar_padded(uint64_t octets)
{
    return (octets + MU_TAR_BLOCK - 1) & ~(uint64_t) (MU_TAR_BLOCK - 1);
}

struct mu_tar_entry {
    struct mu_bytes header, content, padding;
};

/* The entry whose content begins at `at`. Numbers come from strangers: MU_ERR_PEER with a sentence when no
 * content can stand there, MU_ERR_LIMIT past `max` octets. The padding may be cut off. */
bool mu_tar_read(struct mu_arena *arena, int fd, int64_t at, int64_t octets, size_t max,
                 struct mu_tar_entry *entry, struct mu_err *err) MU_MUST_USE;

/* Are header and padding of an entry what they must be? */
bool mu_tar_is_sound(const struct mu_tar_entry *entry, const char *name);

/* From `at` to the end of the file: nothing but MU_TAR_END octets of zero? */
bool mu_tar_ends_at(int fd, uint64_t at);

#endif

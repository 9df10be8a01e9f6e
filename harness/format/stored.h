/*
 * stored.h - a message as a file keeps it, and as it goes over the wire.
 *
 * A file in which every line ends in a lone LF is the local form of a message: on the wire its lines
 * end in CRLF, and that is what is read. Where there is one CRLF the file is taken as the wire had it,
 * bare LFs and all. In an mbox (mboxrd, RFC 4155 and its relatives) a line "From " begins a message
 * at the start of the file or after an empty line, which belongs to the mbox; lines of ">" and "From "
 * in a message were quoted by one ">" more. mboxo, which quotes "From " alone, is read the same way.
 */
#ifndef MU_FORMAT_STORED_H
#define MU_FORMAT_STORED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* Where a line begins in the one form and in the other. */
struct mu_stored_line {
    size_t stored, wire;
};

struct mu_stored {
    struct mu_bytes stored, wire;
    bool local;                  /* line ends were LF, and are CRLF in `wire` */
    bool mbox;                   /* it stands in an mbox                      */
    struct mu_stored_line *line; /* one of so many; none where both forms are one */
    size_t lines;
};

/* `wire` borrows from `stored` where both are the same. */
void mu_stored_read(struct mu_arena *arena, struct mu_bytes stored, bool mbox,
                    struct mu_stored *out);

/* Where the octet at `wire` of the wire form stands in the stored form. */
size_t mu_stored_offset(const struct mu_stored *message, size_t wire);

/* Does a file that begins so hold an mbox? No header field can be named "From ". */
bool mu_mbox_is(struct mu_bytes start);

/* Where the next From_ line behind the beginning of `window` begins; SIZE_MAX: none begins before the
 * last MU_MBOX_TAIL bytes. */
size_t mu_mbox_find(struct mu_bytes window);

/* How many of `text`, which a From_ line or the end of the file follows, belong to the message. */
size_t mu_mbox_trim(struct mu_bytes text);

#define MU_MBOX_TAIL 8 /* bytes of what is looked for: LF CR LF "From " */

#endif

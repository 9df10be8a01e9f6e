/*
 * mail.h - RFC 5322 header fields and MIME structure (RFC 2045, 2046) with byte offsets.
 *
 * Reading never fails and throws nothing away: what is wrong becomes a defect with its offset, and
 * the text around it stays. Everything is borrowed from the message or lives in the arena. Offsets
 * count from the first byte of the whole message. Nesting is bounded by MU_MIME_DEPTH_MAX, time is
 * linear in the size of the message.
 *
 * Line ends. Only CRLF is one (RFC 5322 2.3). A bare LF is a defect, but ends a line for structure all
 * the same, in header blocks and before boundaries: that is how nearly all readers behind a relay take
 * it, so what they would see is seen and judged here, too. A bare CR is a defect and ends nothing.
 *
 * Header blocks end at the first empty line, at a boundary of an enclosing multipart, or with the
 * octets. A line without colon is kept as a field without a name ("no-colon"); "no-blank-line" is a
 * block that has such a line and never an empty one. A header block alone, without body, is legal.
 * Fields past a limit are no longer listed, but counted ("header-limit").
 *
 * Boundaries count when nothing but white space follows them on their line, so that no boundary can be
 * taken for a longer one; a line that merely begins with an open one, or comes after the closing
 * delimiter, is text and "bad-boundary". A boundary of an outer multipart ends what is open inside.
 * A part's body ends before the line end that precedes the boundary (RFC 2046 5.1.1).
 *
 * message/rfc822 and message/global have one child, the message inside; not where they are encoded,
 * which RFC 2046 5.2.1 forbids ("bad-encoding"). Past a limit a container is a leaf, further parts are
 * text of their multipart. Past MU_DEFECTS_MAX a defect is counted with the first one of its kind.
 */
#ifndef MU_FORMAT_MAIL_H
#define MU_FORMAT_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

struct mu_header {
    struct mu_bytes name; /* as written                                                        */
    struct mu_bytes
        raw;         /* after the colon, to the end of the field, folds and last line end in it */
    const char *key; /* name in lower case; NULL when it cannot be an XML name
                              ([a-z][a-z0-9-]{0,63})                                            */
    struct mu_bytes value; /* unfolded: each fold (line end + white space) one space, trimmed    */
    size_t offset;         /* of the name                                                        */
    size_t value_offset;   /* of the first byte after the colon                                  */
    size_t octets;         /* of the whole field with its line ends                              */
    uint32_t index;        /* in its block, 1-based                                              */
    uint32_t lines;        /* physical lines                                                     */
    uint32_t longest_line; /* octets without line end                                            */
};

struct mu_part {
    const char *path;   /* "1", "1.2", "1.2.1"; the message itself is part "1"                   */
    size_t offset;      /* of its header block (message: 0)                                      */
    size_t body_offset; /* of its body                                                           */
    struct mu_bytes body; /* octets as they were on the wire                                     */
    const struct mu_header *header; /* of this part; the message's own for part "1"              */
    size_t headers;
    const char *type; /* "text/plain", lower case; the default of its place when absent or bad */
    struct mu_bytes charset;  /* parameter; n == 0 when absent                                   */
    struct mu_bytes boundary; /* n == 0 when not a multipart                                     */
    const char *encoding; /* "7bit", "8bit", "base64", ... lower case; unknown words kept        */
    bool unknown_encoding;
    bool closed; /* multipart: the closing boundary was found; others: true                      */
    const struct mu_part *part; /* children                                                      */
    size_t parts;
    uint32_t lines, longest_line; /* of the body on the wire, octets without line end            */
};

/* kinds: "bare-lf" "bare-cr" "nul" "eight-bit-header" "long-line" "no-colon" "bad-name"
 * "space-before-colon" "blank-fold" "no-blank-line" "unterminated-line" "header-limit"
 * "part-limit" "depth-limit" "no-boundary" "missing-boundary" "unclosed-boundary" "bad-boundary"
 * "bad-content-type" "bad-encoding" "base64" "quoted-printable" "eight-bit-body" */
struct mu_defect {
    const char *kind;
    const char *part; /* path, "" for the header block of the message       */
    size_t offset;    /* of the first                                       */
    uint32_t count;   /* how many of the kind in this place                 */
};

struct mu_mail {
    struct mu_bytes bytes;
    struct mu_part top; /* path "1"; its headers are the message's                               */
    const struct mu_defect *defect;
    size_t defects;
    uint32_t longest_line;
    size_t eight_bit_headers;     /* fields with octets above 127, of all header blocks          */
    size_t bare_lf, bare_cr, nul; /* over the whole message                                      */
};

const struct mu_mail *mu_mail_read(struct mu_arena *arena, struct mu_bytes message);

/* The body with its transfer encoding undone (tolerantly); borrowed when there was none, or one that
 * nobody knows. */
struct mu_bytes mu_part_decode(struct mu_arena *arena, const struct mu_part *part);

/* First header of the block whose key is `key`, or NULL. */
const struct mu_header *mu_header_find(const struct mu_part *part, const char *key);

/* RFC 2047 encoded-words in `text`: are there any, and at which offset. Recognised, never obeyed
 * inside parameters. */
bool mu_mail_has_encoded_word(struct mu_bytes text, size_t *at);

/* RFC 5322 3.3 date-time, strict (a day of the week must be the right one); `tolerant` also takes
 * one-digit hours, obsolete zones (4.3) and wrong days of the week. *seconds is Unix time. */
bool mu_mail_date(struct mu_bytes text, bool tolerant, int64_t *seconds);

/* "Mon, 23 Nov 2026 10:15:00 +0000" for Unix time `seconds`. */
const char *mu_mail_date_write(struct mu_arena *arena, int64_t seconds);

#endif

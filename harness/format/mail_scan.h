/*
 * mail_scan.h - what the files of the mail reader share; nobody else includes it.
 *
 * One pass over the message, line by line, with the open entities on a stack of bounded height. Each
 * entity collects the defects of its own lines; a slot per kind makes counting one more of them
 * constant work.
 */
#ifndef MU_FORMAT_MAIL_SCAN_H
#define MU_FORMAT_MAIL_SCAN_H

#include "base/limits.h"
#include "format/mail.h"

#define MU_MAIL_LINE_MAX 998 /* octets without line end; RFC 5322 2.1.1 */

enum mu_mail_kind {
    MU_MAIL_BARE_LF,
    MU_MAIL_BARE_CR,
    MU_MAIL_NUL,
    MU_MAIL_EIGHT_BIT_HEADER,
    MU_MAIL_LONG_LINE,
    MU_MAIL_NO_COLON,
    MU_MAIL_BAD_NAME,
    MU_MAIL_SPACE_BEFORE_COLON,
    MU_MAIL_BLANK_FOLD,
    MU_MAIL_NO_BLANK_LINE,
    MU_MAIL_UNTERMINATED_LINE,
    MU_MAIL_HEADER_LIMIT,
    MU_MAIL_PART_LIMIT,
    MU_MAIL_DEPTH_LIMIT,
    MU_MAIL_NO_BOUNDARY,
    MU_MAIL_MISSING_BOUNDARY,
    MU_MAIL_UNCLOSED_BOUNDARY,
    MU_MAIL_BAD_BOUNDARY,
    MU_MAIL_BAD_CONTENT_TYPE,
    MU_MAIL_BAD_ENCODING,
    MU_MAIL_BASE64,
    MU_MAIL_QUOTED_PRINTABLE,
    MU_MAIL_EIGHT_BIT_BODY,
    MU_MAIL_KINDS
};

enum mu_mail_form { MU_MAIL_LEAF, MU_MAIL_MULTIPART, MU_MAIL_MESSAGE };

/* One open entity. */
struct mu_mail_frame {
    struct mu_part part;   /* becomes its parent's child when it is closed              */
    struct mu_part *child; /* those that are closed already                             */
    size_t room;           /* of `child`                                                */
    enum mu_mail_form form;
    bool boundary_seen;
    uint32_t first_line;     /* lines before its body, in the message                     */
    uint32_t header_longest; /* octets of the longest line of its header block            */
    const char *place;       /* path that its defects name now                            */
    unsigned char slot[MU_MAIL_KINDS]; /* 1 + index of the defect of this kind; 0: none yet     */
};

struct mu_mail_scan {
    struct mu_arena *arena;
    const char *p;
    size_t n, at;   /* the octets, and how many of them are read                 */
    size_t checked; /* octets before this one were looked at for NUL and 8 bit   */
    struct mu_mail *mail;
    struct mu_defect *defect;
    size_t defect_room;
    size_t entities;
    uint32_t lines;           /* read so far                                               */
    bool empty, before_empty; /* was the last line empty, and the one before it?           */
    unsigned depth;           /* frames in use; multiparts among them                      */
    unsigned multiparts;
    struct mu_mail_frame frame[MU_MIME_DEPTH_MAX + 2];
};

struct mu_mail_line {
    size_t offset, n; /* of the text without its line end */
};

static inline struct mu_mail_frame *mu_mail_top(struct mu_mail_scan *s)
{
    return &s->frame[s->depth - 1];
}

/* Count one more defect of `kind` in the entity being read. */
void mu_mail_note(struct mu_mail_scan *s, enum mu_mail_kind kind, size_t offset, uint32_t count);

/* The next line; what is wrong with it is noted. There is one. */
struct mu_mail_line mu_mail_take_line(struct mu_mail_scan *s);

/* Is the line at `offset` a delimiter of an open multipart? */
bool mu_mail_at_delimiter(const struct mu_mail_scan *s, size_t offset);

/* Octets above 127 in `b`, and where the first one stands. */
size_t mu_mail_eight_bit(struct mu_bytes b, size_t *first);

/* Count and note the NULs in `n` octets from `offset` on. */
void mu_mail_note_nul(struct mu_mail_scan *s, size_t offset, size_t n);

/* Read the header block of the top frame: up to and with the empty line, or up to a delimiter. */
void mu_mail_read_header(struct mu_mail_scan *s);

/* Type, charset, boundary and encoding of the top frame from its header fields. */
void mu_mail_read_type(struct mu_mail_scan *s, const char *default_type);

/* Offset in `body` of the first octet that base64 or quoted-printable does not allow; SIZE_MAX. */
size_t mu_mail_base64_defect(struct mu_bytes body);
size_t mu_mail_quoted_printable_defect(struct mu_bytes body);

#endif

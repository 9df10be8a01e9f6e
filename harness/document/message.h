/*
 * message.h - the abstract message: what a fixture says is to be sent, before it has octets.
 *
 * fixtures/messages/<name>.xml and fixtures/labels/<name>.xml are read by the job before it seals.
 * Encoding is deterministic: same message, token, seed and test time, same octets.
 */
#ifndef MU_DOCUMENT_MESSAGE_H
#define MU_DOCUMENT_MESSAGE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "format/label.h"

struct mu_field {
    const char *name; /* as written on the wire */
    struct mu_bytes value;
};

struct mu_body_part {
    const char *type;        /* "text/plain; charset=utf-8" */
    const char *encoding;    /* "7bit", "8bit", "base64", "quoted-printable" */
    const char *file_name;   /* attachment; NULL inline */
    struct mu_bytes content; /* decoded; LF line ends become CRLF on encoding */
};

/* Where a profile wants the label and the marking of a message. */
struct mu_places {
    bool label;                                    /* in SIO-Label                               */
    bool sio_label, keywords, first_line, subject; /* the marking                                */
    const char *const *field; /* header fields that hold the marking and nothing else, as written */
    size_t fields;
};

struct mu_message {
    const char *subject;
    struct mu_field *field; /* further header fields, in order */
    size_t fields;
    struct mu_body_part *part;
    size_t parts;
    bool alternative; /* the parts say the same in several ways (RFC 2046 5.1.4) */

    struct mu_label *label;        /* NULL: unlabelled */
    const char *marking;           /* UTF-8; NULL: none */
    const char *fgcolor, *bgcolor; /* NULL: none */
    bool
        first_line; /* the marking stands as first line of the text part, whatever the places say */
    const struct mu_places *places; /* NULL: label and marking in SIO-Label */

    /* Filled for each sending. */
    const char *from, *to;  /* addresses */
    const char *message_id; /* without brackets */
    int64_t date;           /* Unix time */
};

/* A message fixture; `path` names the file. MU_ERR_PROFILE with its place. */
bool mu_message_load(struct mu_arena *arena, const char *path, struct mu_message *message,
                     struct mu_err *err) MU_MUST_USE;

/* Label, marking and colours of a label fixture into `message`, in place of those it has. */
bool mu_message_load_label(struct mu_arena *arena, const char *path, struct mu_message *message,
                           struct mu_err *err) MU_MUST_USE;

/* The first text with the first line that the message asks for, decoded, with CRLF line ends. */
struct mu_bytes mu_message_text(struct mu_arena *arena, const struct mu_message *message);

/* RFC 5322 octets with CRLF line ends. */
struct mu_bytes mu_message_encode(struct mu_arena *arena, const struct mu_message *message);

#endif

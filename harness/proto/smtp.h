/*
 * smtp.h - SMTP (RFC 5321) as a client, one message at a time, so that a case can misbehave.
 *
 * The client observes. Whatever the peer does ends as a struct mu_observation and the function
 * returns true: a refusal with its stage, class, code and text; silence; a broken connection; TLS
 * that failed; and bytes that are not SMTP, which end the session as CLOSED with class PROTOCOL.
 * False means that the harness itself could not go on.
 *
 * Every command and reply stands in the transcript; TLS and content stand there as notes of ours.
 */
#ifndef MU_PROTO_SMTP_H
#define MU_PROTO_SMTP_H

#include "core/adapter.h"
#include "core/transcript.h"
#include "net/stream.h"

/* One reply, all its lines; RFC 5321 4.2, RFC 2034. */
struct mu_smtp_reply {
    int code;                    /* 200 to 559                                                */
    int status[3];               /* enhanced status code of the last line; all 0: none        */
    const struct mu_bytes *line; /* texts behind the code, the enhanced status still in them  */
    size_t lines;                /* at least 1                                                */
};

/* Read a whole reply, strictly: the same code in every line, no control characters, at most
 * MU_REPLY_LINES_MAX lines. MU_ERR_PEER otherwise. */
bool mu_smtp_read_reply(struct mu_stream *s, struct mu_transcript *said,
                        struct mu_smtp_reply *reply, struct mu_err *err) MU_MUST_USE;

/* What a refusal at `stage` is about, by its enhanced status, else by its code. */
enum mu_class mu_smtp_classify(const struct mu_smtp_reply *reply);

/* Service extensions, in the order of their keyword table. */
enum mu_smtp_extension {
    MU_SMTP_PIPELINING,          /* RFC 2920 */
    MU_SMTP_SIZE,                /* RFC 1870 */
    MU_SMTP_STARTTLS,            /* RFC 3207 */
    MU_SMTP_ENHANCEDSTATUSCODES, /* RFC 2034 */
    MU_SMTP_8BITMIME,            /* RFC 6152 */
    MU_SMTP_SMTPUTF8,            /* RFC 6531 */
    MU_SMTP_DSN,                 /* RFC 3461 */
    MU_SMTP_EXTENSIONS,
};

const char *mu_smtp_keyword(enum mu_smtp_extension extension);

struct mu_smtp_client {
    struct mu_stream *stream;
    struct mu_transcript *said;
    const char *helo;
    unsigned offers;     /* 1u << extension, of the last EHLO; nothing from before TLS remains  */
    uint64_t size_limit; /* announced by SIZE; 0: none                                          */
    bool alive;          /* another message can be sent                                         */
    bool dirty;          /* a transaction was left open: RSET first                             */
};

/*
 * Greeting, EHLO, and TLS as `opening` says, on a connected stream whose pace is set. The client is
 * alive and seen->outcome is NONE when the session stands. When a command injected before TLS
 * (opening->inject) was obeyed, that is ALTERED at stage SESSION, and the session is over.
 */
bool mu_smtp_open(struct mu_smtp_client *client, const struct mu_opening *opening,
                  struct mu_buf *keys, struct mu_observation *seen, struct mu_err *err) MU_MUST_USE;

/* Deliver one message. ACCEPTED when the end of data was answered by 2yz. */
bool mu_smtp_send(struct mu_smtp_client *client, const struct mu_submission *submission,
                  struct mu_observation *seen, struct mu_err *err) MU_MUST_USE;

/* QUIT, best effort within MU_SMTP_GOODBYE_MS, and close. */
void mu_smtp_quit(struct mu_smtp_client *client);

/* What the failure `err` of a stream means when it happened at `stage`; false when it is ours. */
bool mu_smtp_observe_failure(const struct mu_stream *s, enum mu_stage stage,
                             const struct mu_err *err, struct mu_observation *seen);

#endif

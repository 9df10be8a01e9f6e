/*
 * smtp_server.h - SMTP (RFC 5321) as a server, for receptions and for the twin.
 *
 * One call serves one connection to its end. Commands are read strictly and answered; content is
 * taken octet by octet up to CRLF.CRLF and nothing else. What to think of a message is asked of the
 * hooks. Replies to pipelined commands leave together (RFC 2920). What a client has sent behind
 * STARTTLS in clear is thrown away and noted in the transcript (RFC 3207 5).
 *
 * What the client does is never an error: session->ended says how the connection went.
 */
#ifndef MU_PROTO_SMTP_SERVER_H
#define MU_PROTO_SMTP_SERVER_H

#include "core/adapter.h"
#include "core/transcript.h"
#include "net/stream.h"
#include "proto/smtp.h"

/* What a hook wants said; code 0: the usual yes. `text` begins with the enhanced status code. */
struct mu_smtp_answer {
    int code; /* 421 and 221 end the connection                                               */
    const char *text;
};

/* The connection as hooks see it. Strings live in stream->arena. */
struct mu_smtp_session {
    struct mu_stream *stream;
    struct mu_transcript *said;
    const struct mu_smtp_server *server;
    struct mu_bytes client;      /* what EHLO or HELO said; n == 0: nothing yet                 */
    bool extended;               /* it was EHLO                                                */
    bool in_transaction;         /* MAIL was taken                                             */
    struct mu_envelope envelope; /* of this transaction; at on_rcpt the last `to` is the new one */
    bool smtputf8;
    uint64_t declared; /* SIZE=; 0: not said                                                   */
    struct mu_bytes content;
    unsigned messages; /* contents answered, whatever the answer                               */
    unsigned errors;
    bool shunned; /* greeted with 554: nothing but QUIT is served                         */
    bool over;
    bool injected;       /* something came in clear behind STARTTLS                              */
    size_t prelude;      /* utterances before the first transaction                              */
    size_t transaction;  /* utterance with which this one began                                 */
    enum mu_stage stage; /* furthest                                                           */
    struct mu_observation ended;
};

/* Return false only when the harness itself is in trouble. */
typedef bool mu_smtp_hook(void *self, struct mu_smtp_session *session,
                          struct mu_smtp_answer *answer, struct mu_err *err);

struct mu_smtp_server {
    const char *name;         /* in the greeting                                              */
    const struct mu_tls *tls; /* NULL: none                                                   */
    enum mu_tls_mode mode;
    bool demand_tls;        /* MAIL before STARTTLS is answered 530                         */
    uint64_t size_max;      /* octets of one content; 0: MU_MESSAGE_MAX                     */
    bool cut, size_ignored; /* a bad server: cuts what is longer, or takes it all the same     */
    bool obey_injected;     /* a bad server: obeys after the handshake what came before it     */
    bool any_end;           /* a bad server: takes every end of core/end_of_data.h for the end */
    const char *hide;       /* EHLO keywords not offered, space separated; NULL             */
    const struct mu_script *script; /* NULL: behaves                                          */
    struct mu_buf *keys; /* NSS key log lines; NULL                                      */
    void *self;
    mu_smtp_hook *on_connect, *on_mail, *on_rcpt, *on_content; /* NULL: the usual yes         */
};

/* Serve until the client is gone or the stream's time is over; the stream's pace is set. `session`
 * is filled in the process and stays readable afterwards. The stream is closed at the end. */
bool mu_smtp_serve(struct mu_stream *s, const struct mu_smtp_server *server,
                   struct mu_transcript *said, struct mu_smtp_session *session,
                   struct mu_err *err) MU_MUST_USE;

/* The dialogue of the current message: what was said before the first one, then its own part. */
const struct mu_utterance *mu_smtp_dialogue(const struct mu_smtp_session *session, size_t *says);

/* Is `extension` offered at this moment? */
bool mu_smtp_server_offers(const struct mu_smtp_session *session, enum mu_smtp_extension extension);

/* Read the arguments of MAIL ("FROM:", 4.1.1.2) or RCPT ("TO:", 4.1.1.3) into the envelope; an
 * answer other than 0 says what is wrong with them. */
void mu_smtp_read_mail(struct mu_smtp_session *session, struct mu_bytes arguments,
                       struct mu_smtp_answer *answer);
void mu_smtp_read_rcpt(struct mu_smtp_session *session, struct mu_bytes arguments,
                       struct mu_smtp_answer *answer);

#endif

/*
 * stream.h - bytes to and from one peer, in clear or over TLS, always against a deadline.
 *
 * Calls look blocking and are: underneath, the socket is non-blocking and each wait is one poll()
 * for the time that is left, so a peer that drips one byte a second cannot outlive the deadline.
 * Deadlines are absolute, in mu_clock_ms() milliseconds; mu_stream_pace() gives each operation one
 * of its own inside that of the whole conversation.
 *
 * What is put is collected and goes out in one write as soon as something has to be awaited from
 * the peer, or at mu_stream_flush(): so pipelined commands and replies share packets by themselves.
 *
 * Errors: MU_ERR_CLOSED the peer is gone; MU_ERR_DEADLINE; MU_ERR_TLS the library refused or the
 * peer sent an alert (tls.alert, also when it comes long after the handshake, as a TLS 1.3 server's
 * refusal of our certificate does); MU_ERR_PEER the bytes are not what the protocol allows;
 * MU_ERR_IO everything else.
 *
 * System calls: recvfrom, sendto, poll, fcntl, setsockopt, close; nothing is opened.
 */
#ifndef MU_NET_STREAM_H
#define MU_NET_STREAM_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "core/facts.h"

struct ssl_st;
struct mu_tls;
struct mu_control_peer;

struct mu_stream {
    struct mu_arena *arena;
    int fd;             /* -1 once closed                                                     */
    struct ssl_st *ssl; /* NULL while the stream is in clear                                  */
    uint64_t deadline_ms;
    uint64_t last_ms;      /* deadline of the whole conversation                              */
    uint32_t operation_ms; /* of one operation; 0: the whole conversation                     */
    struct mu_tls_facts tls;
    bool tls_began; /* a handshake was tried: nothing is said in clear any more           */
    bool ended;     /* the peer ended the stream                                          */
    bool truncated; /* and did so inside TLS without close_notify (RFC 8446 6.1)          */
    uint64_t protected_octets; /* application data that came over TLS                         */
    bool any_end;        /* a bad receiver: content ends at every end of core/end_of_data.h      */
    bool starved;        /* the last read of the library found the socket empty                */
    unsigned idle_reads; /* TLS reads in a row that brought nothing                           */
    struct mu_buf *keys; /* NSS key log lines; NULL: not wanted                               */
    const struct mu_control_peer *peer; /* of the control plane: whom we expect; else NULL      */
    struct mu_buf out; /* put and not yet sent                                               */
    char *buffer;      /* MU_STREAM_BUFFER; unread bytes are buffer[begin..end)              */
    size_t begin, end;
};

/* Take over `fd` until `arena` is freed or mu_stream_close(). */
struct mu_stream *mu_stream_new(struct mu_arena *arena, int fd, uint64_t deadline_ms) MU_MUST_USE;

/* From now on: `operation_ms` from here, but never past the end of the conversation. */
void mu_stream_pace(struct mu_stream *s);

/* How to secure a stream. */
struct mu_tls_start {
    const struct mu_tls *tls; /* whose need says which side we are                            */
    const char *host;         /* client: name or address checked against the certificate, name sent
                           as SNI; NULL: neither                                              */
    bool ask_nothing;    /* server: ask for no certificate, whatever the context says          */
    struct mu_buf *keys; /* NSS key log lines go here; NULL: nowhere                          */
};

/*
 * Handshake. s->tls is filled whether it ends well or not. MU_ERR_PEER when clear bytes wait in
 * the buffer: whatever was sent before TLS must not be taken for something said inside (RFC 3207 5).
 */
bool mu_stream_start_tls(struct mu_stream *s, const struct mu_tls_start *start,
                         struct mu_err *err) MU_MUST_USE;

/* Everything the peer has already sent in clear, taken out of the way; borrowed until the next
 * read. For a server that has read STARTTLS: these bytes were injected. */
struct mu_bytes mu_stream_discard(struct mu_stream *s);

/* Collect; sends only when MU_STREAM_WRITE is reached. */
bool mu_stream_put(struct mu_stream *s, struct mu_bytes data, struct mu_err *err) MU_MUST_USE;
bool mu_stream_flush(struct mu_stream *s, struct mu_err *err) MU_MUST_USE;

/* One line without its CRLF, copied to the arena. MU_ERR_PEER for a bare LF or past MU_LINE_MAX. */
bool mu_stream_line(struct mu_stream *s, struct mu_bytes *line, struct mu_err *err) MU_MUST_USE;

/* Can a line be read without waiting? */
bool mu_stream_has_line(const struct mu_stream *s);

/* What is in the buffer, at least one byte; the caller moves s->begin past what it takes. */
bool mu_stream_more(struct mu_stream *s, struct mu_bytes *chunk, struct mu_err *err) MU_MUST_USE;

/* SMTP content: octets up to CRLF.CRLF, and only that, as they are but for the dots undone
 * (RFC 5321 4.5.2); s->any_end is for twins that sin. What is past `max` octets is read and dropped. */
struct mu_content {
    struct mu_bytes octets;
    uint64_t size; /* how many there were, also those dropped                                 */
};

bool mu_stream_content(struct mu_stream *s, size_t max, size_t expected, struct mu_content *content,
                       struct mu_err *err) MU_MUST_USE;

/* Double the dots of `content` (RFC 5321 4.5.2) and put it, without an end of data. */
bool mu_stream_put_content(struct mu_stream *s, struct mu_bytes content,
                           struct mu_err *err) MU_MUST_USE;

/* What can be done without waiting, past the buffers above: *got and *sent are 0 when nothing can be.
 * What was tried in vain is to be tried again with the same octets in front (SSL_write(3)). */
bool mu_stream_try_read(struct mu_stream *s, char *to, size_t room, size_t *got,
                        struct mu_err *err) MU_MUST_USE;
bool mu_stream_try_write(struct mu_stream *s, struct mu_bytes data, size_t *sent,
                         struct mu_err *err) MU_MUST_USE;

/* Send what was put, close_notify, close; best effort and without waiting. May be called twice. */
void mu_stream_close(struct mu_stream *s);

#endif

/*
 * adapter.h - how the harness talks to a system under test. Implementers read this file.
 *
 * An adapter is a constant table of functions that observe and never judge. As a client the engine
 * calls open, then send any number of times, then close; leg() may be called after any of them.
 * What the peer does, be it silence, refusal, a TLS failure or broken syntax, is an observation and
 * the function returns true; false means that the harness itself could not go on.
 *
 * All functions run in a job; after the seal they use the descriptors of the seat and nothing else.
 */
#ifndef MU_CORE_ADAPTER_H
#define MU_CORE_ADAPTER_H

#include "core/endpoint.h"
#include "core/script.h"
#include "core/seat.h"
#include "core/tls_profile.h"

struct mu_session; /* one conversation; each adapter defines its own                   */
struct mu_tls;     /* a ready TLS context, made before the first fork; defined in net/ */

/* How to be a client or a server over TLS. */
struct mu_tls_need {
    const struct mu_tls_profile *profile;
    struct mu_identity identity; /* certificate NULL: present none        */
    const char *anchors;         /* PEM file of trusted roots             */
    const char *crl;             /* PEM file of revocation lists, or NULL */
    bool server;
    bool defective; /* a bad identity on purpose: load it whatever it is (own security level) */
    bool ask;       /* server: ask for a client certificate                                   */
    bool demand;    /* server: and end the handshake without one                              */
};

/* One message to hand to the peer. */
struct mu_submission {
    const char *from;      /* reverse-path without brackets; "" is the null path */
    const char *const *to; /* forward-paths                                      */
    size_t tos;
    struct mu_bytes content; /* octets; dots are doubled on the way, nothing else is touched */
    const char *ret, *envid; /* RFC 3461: "FULL"/"HDRS", xtext; NULL: not said               */
    const char *notify;      /* RFC 3461: "FAILURE,DELAY"; NULL                              */
    bool smtputf8;           /* say SMTPUTF8                                                 */
    bool no_8bitmime;        /* leave BODY=8BITMIME out even when the content is 8-bit       */
    const char *end;         /* end of data instead of CRLF.CRLF, for smuggling; NULL        */
};

/* How to open. */
struct mu_opening {
    const struct mu_endpoint *endpoint;
    unsigned endpoint_index;  /* for mu_seat_dial                                 */
    int fd;                   /* already connecting socket, or -1: dial           */
    const struct mu_tls *tls; /* NULL: stay in clear                              */
    bool skip_starttls;       /* go on in clear where STARTTLS is due             */
    bool inject;              /* a command in the packet of STARTTLS (RFC 3207 5) */
    const char *helo;         /* our name                                         */
};

struct mu_adapter {
    const char *name;    /* "smtp": [a-z0-9-], as profiles and SUT files write it */
    const char *summary; /* one line for `muster list adapters`                   */

    /* Make a TLS context; in the coordinator, before the first fork. NULL: the carrier has no TLS. */
    bool (*prepare)(struct mu_arena *arena, const struct mu_tls_need *need, struct mu_tls **tls,
                    struct mu_err *err);

    /* Connect, secure, greet. *session is set whenever true is returned; seen->outcome is NONE when
     * the session stands. NULL: the adapter cannot deliver. */
    bool (*open)(struct mu_seat *seat, const struct mu_opening *opening,
                 struct mu_session **session, struct mu_observation *seen, struct mu_err *err);

    /* Deliver one message; seen->outcome is ACCEPTED, REFUSED, CLOSED or SILENT. */
    bool (*send)(struct mu_session *session, const struct mu_submission *submission,
                 struct mu_observation *seen, struct mu_err *err);

    /* Can another message be sent on this session? */
    bool (*alive)(const struct mu_session *session);

    /* Say goodbye as the protocol asks, best effort, at most 200 ms. */
    void (*close)(struct mu_session *session);

    /* What was said so far, without a message; valid until the next call. */
    const struct mu_leg *(*leg)(const struct mu_session *session);

    /* Be the server on one accepted connection (or the reader of one delivered file): find the
     * case of each message by its token, hand the legs over. Parcels carry everything observed; a
     * connection that ends without a message is handed over to `owner` when that is not -1. */
    bool (*serve)(struct mu_seat *seat, const struct mu_endpoint *endpoint,
                  const struct mu_tls *tls, const struct mu_script *script, int fd, int owner,
                  struct mu_err *err);
};

#endif

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

/* What a context of less care leaves out or adds; for the twin that sins, never for the harness. */
enum mu_tls_lax {
    MU_TLS_LAX_DATES = 1 << 0,      /* certificates count before and after their time    */
    MU_TLS_LAX_ISSUER = 1 << 1,     /* ... of every issuer                               */
    MU_TLS_LAX_PURPOSE = 1 << 2,    /* ... whatever they are for                         */
    MU_TLS_LAX_REVOCATION = 1 << 3, /* ... also when they were revoked                   */
    MU_TLS_LAX_NAME = 1 << 4,       /* ... whoever they name                             */
    MU_TLS_LAX_STRENGTH = 1 << 5,   /* ... with short keys and old digests               */
    MU_TLS_LAX_CHAIN = 1 << 6,      /* ... whatever their authorities may sign            */
    MU_TLS_LAX_ALL = (1 << 7) - 1,
    MU_TLS_LAX_NO_SNI = 1 << 7,    /* a client does not say which server it wants       */
    MU_TLS_LAX_NO_EMS = 1 << 8,    /* no extended master secret (RFC 7627)              */
    MU_TLS_LAX_HEARTBEAT = 1 << 9, /* a client offers heartbeat (RFC 6520)              */
    MU_TLS_LAX_EARLY = 1 << 10,    /* tickets allow early data (RFC 8446 4.2.10)        */
};

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
    unsigned lax;   /* enum mu_tls_lax; of a context that mu_tls_new_strict() makes           */
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
    const char
        *end; /* a false end of data (core/end_of_data.h) with a second transaction behind it */
    const struct mu_submission *smuggled; /* that transaction: content to whoever reads RFC 5321;
                                             with `end`, otherwise NULL */
};

/* How to open. */
struct mu_opening {
    const struct mu_endpoint *endpoint;
    unsigned endpoint_index;  /* for mu_seat_dial                                 */
    int fd;                   /* already connecting socket, or -1: dial           */
    const struct mu_tls *tls; /* NULL: stay in clear                              */
    bool skip_starttls;       /* go on in clear where STARTTLS is due             */
    bool inject;              /* a command in the packet of STARTTLS (RFC 3207 5) */
    bool helo_after_tls;      /* HELO where EHLO is due again (RFC 3207 4.2)      */
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

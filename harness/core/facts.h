/*
 * facts.h - what was said on one leg of an exchange, before anything is decoded or judged.
 *
 * A leg is filled by whoever held the connection (an adapter, a reception) and read by the document
 * builder. Strings hold foreign bytes and are kept as such. Everything lives in one arena.
 */
#ifndef MU_CORE_FACTS_H
#define MU_CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Subject alternative names, by their type word: "dns", "ip", "email", "uri", "xmpp", "dn". */
struct mu_san {
    const char *type;
    struct mu_bytes value;
};

/* One certificate that the peer sent; RFC 5280. */
struct mu_certificate {
    struct mu_bytes subject, issuer; /* one-line RFC 2253 names */
    const char *not_before;          /* "2026-11-23T10:15:00Z"  */
    const char *not_after;
    const char *key;       /* "EC P-256", "RSA 2048", "Ed25519"                              */
    const char *signature; /* signature algorithm of the certificate: "ecdsa-with-SHA256"    */
    const char *eku;       /* extended key usages, space separated short names; NULL: absent */
    const struct mu_san *san;
    size_t sans;
    const struct mu_san *source; /* where to look it up: "crl" (distribution points), "aia" */
    size_t sources;
};

/* What a client offered in its ClientHello, in its order; RFC 8446 4.1.2. */
struct mu_tls_offer {
    const uint16_t *version; /* supported_versions, else the legacy version */
    size_t versions;
    const uint16_t *suite;
    size_t suites;
    const uint16_t *group;
    size_t groups;
    const uint16_t *sigalg;
    size_t sigalgs;
    const uint16_t *extension; /* every extension type */
    size_t extensions;
    struct mu_bytes server_name; /* n == 0: no SNI */
    const struct mu_bytes *alpn;
    size_t alpns;
    const uint8_t *compression;
    size_t compressions;
};

struct mu_tls_facts {
    bool used;           /* the leg was protected                               */
    bool complete;       /* the handshake ended well on our side                */
    const char *version; /* "TLSv1.3"; NULL when the handshake never got so far */
    const char *suite;   /* IANA name                                           */
    const char *group;   /* "x25519"; NULL when unknown                         */
    bool resumed;
    bool server;                /* we were the server                                        */
    bool client_certificate;    /* the client proved one                                     */
    bool certificate_request;   /* the server asked for one                                  */
    const char *verified;       /* "ok", or the reason why the peer's chain was not accepted */
    const char *failure;        /* library's reason when the handshake failed; NULL          */
    int alert;                  /* TLS alert received from the peer, 0 when none             */
    uint32_t ticket_lifetime_s; /* longest ticket lifetime hint seen; 0 when none            */
    uint32_t ticket_early_data; /* most octets of early data that a ticket allows            */
    const struct mu_certificate *peer; /* leaf first */
    size_t peers;
    const struct mu_tls_offer *offer; /* NULL when we were the client */
};

enum mu_direction { MU_SENT, MU_RECEIVED };

/* One line of the dialogue, without its line end; DATA content stands as one entry, its text a
 * summary written by us. */
struct mu_utterance {
    enum mu_direction direction;
    bool ours;      /* text was written by us about what went over the wire (TLS, DATA, waits) */
    bool clear;     /* said before TLS                                                         */
    uint32_t at_ms; /* since the case or connection began                                      */
    struct mu_bytes text;
};

/* What an SMTP transaction carried beside the content; RFC 5321, RFC 3461. */
struct mu_envelope {
    struct mu_bytes from;            /* without angle brackets; n == 0: the null reverse-path */
    bool null_from;                  /* MAIL FROM:<> was said                                 */
    struct mu_bytes from_parameters; /* as said: "SIZE=1234 BODY=8BITMIME RET=HDRS"           */
    const struct mu_bytes *to;
    const struct mu_bytes *to_parameters; /* one each */
    size_t tos;
};

struct mu_leg {
    const char *carrier; /* "smtp", "maildir", "file"                          */
    const char *name;    /* the id that a step gave it: "m", "out"             */
    bool collected;      /* the harness received this leg                      */
    bool bounce;         /* came to the return path with the null reverse-path */
    struct mu_tls_facts tls;
    const struct mu_utterance *said;
    size_t says;
    struct mu_envelope envelope;
    bool has_message;
    struct mu_bytes message; /* the content as it was on the wire, dots undone */
    bool local;              /* of a file: its line ends were LF, and are CRLF here */
};

#endif

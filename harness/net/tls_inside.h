/* tls_inside.h - what the files of net/ know of TLS and nobody else does. */
#ifndef MU_NET_TLS_INSIDE_H
#define MU_NET_TLS_INSIDE_H

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "net/stream.h"
#include "net/tls.h"

struct mu_tls {
    SSL_CTX *ctx;
    BIO_METHOD *socket; /* reads and writes a mu_stream without signals                        */
    bool server, asks, identified;
    bool observer; /* verification is written down, not obeyed                                  */
    unsigned lax;  /* enum mu_tls_lax                                                           */
    const char *anchors; /* path of the trusted roots, for sentences; NULL: none                */
};

/* An SSL that talks through `s`; owned by the stream. */
bool mu_tls_attach(const struct mu_tls_start *start, struct mu_stream *s, struct mu_err *err);

/* Callbacks that write s->tls while the connection lives; they find the stream by app data. */
void mu_tls_watch(SSL_CTX *ctx, bool server, bool observer);

/* Obey verification but for what `lax` (enum mu_tls_lax) leaves out, and offer what it adds. */
bool mu_tls_relax(SSL_CTX *ctx, unsigned lax);

/* Is what the library found (X509_V_ERR_...) left out by `lax`? */
bool mu_tls_forgives(unsigned lax, int error);

/* Write this connection's secrets to s->keys from now on. */
void mu_tls_keys(SSL *ssl);

/* What only the end of the handshake shows: version, suite, chain. */
void mu_tls_collect(struct mu_stream *s);

/* Read a ClientHello (RFC 8446 4.1.2, the handshake message with its four octets of header) as far
 * as it can be read: what is cut short or lies about its lengths ends the list it stands in. */
void mu_tls_offer_parse(struct mu_arena *arena, struct mu_bytes hello, struct mu_tls_offer *offer);

#endif

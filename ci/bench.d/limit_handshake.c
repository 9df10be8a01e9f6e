/*
 * limit_handshake PKI tuned|defaults|both COUNT [ROUNDS] - mutual TLS 1.3 handshakes on P-256 in memory,
 * both ends in one process, one record each way after. "both" takes both set-ups in turn, ROUNDS
 * times. Prints "<set-up> <handshakes a second> <microseconds each>" a line.
 */
#include <openssl/bio.h>
#include <stdio.h>
#include <string.h>

#include "limit.h"

static const char *const set_up_name[] = { "tuned", "defaults" };

struct ends {
    SSL_CTX *client, *server;
};

static struct ends make(const char *pki, enum limit_set_up set_up)
{
    return (struct ends){ limit_tls(pki, "sender", false, set_up, false),
                          limit_tls(pki, "server", true, set_up, false) };
}

static bool step(SSL *ssl)
{
    int rc = SSL_do_handshake(ssl);
    int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, rc);
    if (why != SSL_ERROR_NONE && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        limit_die("the handshake failed");
    return rc == 1;
}

/* The client's first read takes in the tickets that the server may have sent. */
static void say(SSL *from, SSL *to)
{
    char octet = 'x';
    if (SSL_write(from, &octet, 1) != 1 || SSL_read(to, &octet, 1) != 1)
        limit_die("the connection does not carry data");
}

static void shake(const struct ends *ends)
{
    BIO *near, *far;
    SSL *client = SSL_new(ends->client), *server = SSL_new(ends->server);
    if (client == NULL || server == NULL || BIO_new_bio_pair(&near, 0, &far, 0) != 1)
        limit_die("cannot make a connection");
    SSL_set_bio(client, near, near);
    SSL_set_bio(server, far, far);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (bool c = false, s = false; !c || !s;) {
        c = step(client);
        s = step(server);
    }
    say(client, server);
    say(server, client);
    SSL_free(client);
    SSL_free(server);
}

static void time_shakes(const struct ends *ends, const char *name, long count)
{
    uint64_t from = limit_now();
    for (long i = 0; i < count; i++)
        shake(ends);
    double us = (double) (limit_now() - from) / 1e3 / (double) count;
    printf("%s %.1f %.1f\n", name, 1e6 / us, us);
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5)
        limit_die("usage: limit_handshake PKI tuned|defaults|both COUNT [ROUNDS]");
    long count = limit_count(argv[3]), rounds = argc == 5 ? limit_count(argv[4]) : 1;
    bool both = strcmp(argv[2], "both") == 0;
    limit_pin();
    for (long r = 0; r < rounds; r++)
        for (int s = LIMIT_TUNED; s <= LIMIT_DEFAULTS; s++) {
            if (!both && strcmp(argv[2], set_up_name[s]) != 0)
                continue;
            struct ends ends = make(argv[1], (enum limit_set_up) s);
            time_shakes(&ends, set_up_name[s], count);
            SSL_CTX_free(ends.client);
            SSL_CTX_free(ends.server);
        }
    return 0;
}

/*
 * limit_exchange PKI MESSAGE SCHEMA RULES COUNT - the least that a program does for one case: a TCP
 * connection, STARTTLS, mutual TLS 1.3 with revocation lists, one message by SMTP with both ends on
 * one core, and the bare validation of that message. No journal, no evidence, no jobs.
 * Prints "exchange <cases a second> <microseconds each>".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limit.h"

#define EHLO_CLEAR "250-limit\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250 STARTTLS\r\n"
#define EHLO_TLS   "250-limit\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250 8BITMIME\r\n"
#define ENVELOPE   "MAIL FROM:<a@eu.test>\r\nRCPT TO:<b@nato.test>\r\nDATA\r\n"
#define TAKEN      "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go ahead\r\n"

/* One end of a connection. */
struct end {
    int fd;
    SSL *ssl; /* NULL: in the clear */
    char said[1 << 17];
};

static void put(struct end *e, const char *p, size_t n)
{
    if (e->ssl != NULL ? SSL_write(e->ssl, p, (int) n) != (int) n
                       : write(e->fd, p, n) != (ssize_t) n)
        limit_die("cannot write");
}

static void puts_to(struct end *e, const char *text)
{
    put(e, text, strlen(text));
}

/* Both ends are ours: what is awaited ends with known octets. */
static void await(struct end *e, const char *last)
{
    size_t n = 0, want = strlen(last);
    while (n < want || memcmp(e->said + n - want, last, want) != 0) {
        ssize_t got = e->ssl != NULL ? SSL_read(e->ssl, e->said + n, (int) (sizeof e->said - n))
                                     : read(e->fd, e->said + n, sizeof e->said - n);
        if (got <= 0)
            limit_die("the other end went away");
        n += (size_t) got;
    }
}

static void secure(struct end *e, SSL_CTX *ctx, bool server)
{
    e->ssl = SSL_new(ctx);
    if (e->ssl == NULL || SSL_set_fd(e->ssl, e->fd) != 1
        || (server ? SSL_accept(e->ssl) : SSL_connect(e->ssl)) != 1)
        limit_die("the handshake failed");
}

static void hang_up(struct end *e)
{
    SSL_shutdown(e->ssl);
    SSL_free(e->ssl);
    close(e->fd);
}

static void no_delay(int fd)
{
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
}

static void serve(struct end *e, SSL_CTX *ctx)
{
    no_delay(e->fd);
    e->ssl = NULL;
    puts_to(e, "220 limit ESMTP\r\n");
    await(e, "\r\n");
    puts_to(e, EHLO_CLEAR);
    await(e, "STARTTLS\r\n");
    puts_to(e, "220 go ahead\r\n");
    secure(e, ctx, true);
    await(e, "\r\n");
    puts_to(e, EHLO_TLS);
    await(e, "DATA\r\n");
    puts_to(e, TAKEN);
    await(e, "\r\n.\r\n");
    puts_to(e, "250 2.0.0 taken\r\n");
    await(e, "QUIT\r\n");
    puts_to(e, "221 bye\r\n");
    hang_up(e);
}

static void deliver(struct end *e, SSL_CTX *ctx, const struct sockaddr_in *to,
                    const struct limit_message *content)
{
    e->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (e->fd < 0 || connect(e->fd, (const struct sockaddr *) to, sizeof *to) != 0)
        limit_die("cannot connect");
    no_delay(e->fd);
    e->ssl = NULL;
    await(e, "\r\n");
    puts_to(e, "EHLO limit\r\n");
    await(e, "STARTTLS\r\n");
    puts_to(e, "STARTTLS\r\n");
    await(e, "\r\n");
    secure(e, ctx, false);
    puts_to(e, "EHLO limit\r\n");
    await(e, "8BITMIME\r\n");
    puts_to(e, ENVELOPE);
    await(e, "354 go ahead\r\n");
    put(e, content->octets, content->n);
    await(e, "taken\r\n");
    puts_to(e, "QUIT\r\n");
    await(e, "bye\r\n");
    hang_up(e);
}

static _Noreturn void serve_all(int listener, SSL_CTX *ctx)
{
    static struct end end;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        end.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (end.fd < 0)
            limit_die("cannot accept");
        serve(&end, ctx);
    }
}

/* The other end, in a process of its own on the same core. */
static pid_t start_server(const char *pki, struct sockaddr_in *at)
{
    socklen_t size = sizeof *at;
    *at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) at, size) != 0
        || listen(listener, 16) != 0 || getsockname(listener, (struct sockaddr *) at, &size) != 0)
        limit_die("cannot listen");
    pid_t pid = fork();
    if (pid < 0)
        limit_die("cannot fork");
    if (pid == 0)
        serve_all(listener, limit_tls(pki, "server", true, LIMIT_TUNED, true));
    close(listener);
    return pid;
}

/* The message as it goes over the wire: with the dot that ends it. */
static struct limit_message with_dot(const struct limit_message *message)
{
    struct limit_message content = { malloc(message->n + 3), message->n + 3 };
    if (content.octets == NULL)
        limit_die("out of memory");
    memcpy(content.octets, message->octets, message->n);
    memcpy(content.octets + message->n, ".\r\n", 3);
    return content;
}

int main(int argc, char **argv)
{
    static struct end end;
    struct sockaddr_in to;
    if (argc != 6)
        limit_die("usage: limit_exchange PKI MESSAGE SCHEMA RULES COUNT");
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    signal(SIGPIPE, SIG_IGN);
    limit_pin();
    struct limit_message message = limit_read(argv[2]), content = with_dot(&message);
    struct limit_check *check = limit_check_new(argv[3], limit_count(argv[4]));
    SSL_CTX *ctx = limit_tls(argv[1], "sender", false, LIMIT_TUNED, true);
    long count = limit_count(argv[5]);
    pid_t server = start_server(argv[1], &to);
    deliver(&end, ctx, &to, &content); /* when both ends are up and warm, the time begins */
    uint64_t from = limit_now();
    for (long i = 0; i < count; i++) {
        deliver(&end, ctx, &to, &content);
        limit_check(check, &message);
    }
    double us = (double) (limit_now() - from) / 1e3 / (double) count;
    printf("exchange %.1f %.1f\n", 1e6 / us, us);
    kill(server, SIGKILL);
    return 0;
}

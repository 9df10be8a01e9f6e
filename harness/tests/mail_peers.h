/* mail_peers.h - small systems under test for tests of the built program: each a child process that
 * speaks just enough SMTP in clear, and misbehaves where its script says so. */
#ifndef MU_TESTS_MAIL_PEERS_H
#define MU_TESTS_MAIL_PEERS_H

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"

#define PEER_LIFE_S 50 /* no peer outlives a test that forgot it */

static inline struct sockaddr_in peer_address(int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* Listen at a port of the kernel's choice. */
static inline int peer_listen(int *port)
{
    struct sockaddr_in a = peer_address(0);
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(fd >= 0 && bind(fd, (struct sockaddr *) &a, sizeof a) == 0 && listen(fd, 64) == 0
              && getsockname(fd, (struct sockaddr *) &a, &size) == 0);
    *port = ntohs(a.sin_port);
    return fd;
}

/* A port for somebody else to listen at, below those that the kernel hands out. */
static inline int peer_free_port(void)
{
    for (int i = 0; i < 500; i++) {
        int on = 1, port = 10000 + (getpid() * 37 + i * 7919) % 10000;
        struct sockaddr_in a = peer_address(port);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bool free = bind(fd, (struct sockaddr *) &a, sizeof a) == 0 && listen(fd, 1) == 0;
        close(fd);
        if (free)
            return port;
    }
    ck_abort_msg("no free port");
}

static inline void peer_say(int fd, const char *text, size_t n)
{
    for (ssize_t k; n > 0; text += k, n -= (size_t) k)
        if ((k = write(fd, text, n)) <= 0)
            return;
}

/* Bytes of one connection that were read and not yet used. */
struct peer_input {
    int fd;
    size_t n;
    char text[256 * 1024];
};

/* Take what stands before and with `end` into `out` (NULL: nobody wants it); false at the end. */
static inline bool peer_take(struct peer_input *in, const char *end, char *out, size_t room)
{
    for (;;) {
        char *at = memmem(in->text, in->n, end, strlen(end));
        if (at != NULL) {
            size_t n = (size_t) (at - in->text) + strlen(end);
            if (out != NULL)
                snprintf(out, room, "%.*s", (int) n, in->text);
            memmove(in->text, in->text + n, in->n -= n);
            return true;
        }
        ssize_t n = read(in->fd, in->text + in->n, sizeof in->text - in->n);
        if (n <= 0)
            return false;
        in->n += (size_t) n;
    }
}

/* Until the other side hangs up. */
static inline void peer_wait(int fd)
{
    char rest[4096];
    while (read(fd, rest, sizeof rest) > 0)
        ;
}

static inline void peer_reset(int fd)
{
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* --- receivers -------------------------------------------------------------------------------------- */

struct peer_script {
    bool tls;         /* offers STARTTLS, and is asked for it after EHLO                     */
    unsigned at;      /* which reply is another one                                          */
    const char *with; /* that reply; from a '!' on: silent drip close reset nul endless megabyte */
    unsigned from;    /* the first connection on which it is so                              */
    const char *mood; /* instead: 'x' for each connection on which it is so; past it, none is */
    unsigned connections; /* how many are taken before it goes; 0: all                           */
};

/* What stands in `with`. Returns whether the dialogue goes on. */
static inline bool peer_play(int fd, const char *with)
{
    static const char greeting[] = "220 peer.test is there and takes its time\r\n";
    static char megabyte[1024 * 1024];
    size_t plain = strcspn(with, "!");
    const char *word = with + plain;
    peer_say(fd, with, plain);
    if (*word == '\0')
        return true;
    if (strcmp(word, "!drip") == 0)
        for (const char *p = greeting; *p != '\0' && write(fd, p, 1) == 1; p++)
            poll(NULL, 0, 50);
    if (strcmp(word, "!nul") == 0)
        peer_say(fd, "220 peer\0.test\r\n", 16);
    while (strcmp(word, "!endless") == 0 && write(fd, "250-more\r\n", 10) == 10)
        ;
    if (strcmp(word, "!megabyte") == 0) {
        memset(megabyte, 'x', sizeof megabyte);
        peer_say(fd, megabyte, sizeof megabyte);
    }
    if (strcmp(word, "!reset") == 0)
        peer_reset(fd);
    else if (strcmp(word, "!close") != 0)
        peer_wait(fd);
    return false;
}

static inline void peer_serve(int fd, const struct peer_script *script, bool misbehaves)
{
    static const char *const usual[] = {
        "220 peer.test\r\n", "250-peer.test\r\n250 8BITMIME\r\n",
        "250 2.1.0 ok\r\n",  "250 2.1.5 ok\r\n",
        "354 go on\r\n",     "250 2.0.0 ok\r\n",
        "221 2.0.0 bye\r\n",
    };
    static struct peer_input in;
    in.fd = fd;
    in.n = 0;
    for (unsigned i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        const char *reply = script->tls && i == 1 ? "250-peer.test\r\n250 STARTTLS\r\n" : usual[i];
        if (misbehaves && i == script->at)
            reply = script->with;
        if (!peer_play(fd, reply) || !peer_take(&in, i == 4 ? "\r\n.\r\n" : "\r\n", NULL, 0))
            return;
    }
}

static inline pid_t peer_child(void)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(SIGPIPE, SIG_IGN);
        signal(SIGTERM, SIG_DFL);
        alarm(PEER_LIFE_S);
    }
    return pid;
}

/* Serve one connection after the other; a byte into `ready` for each that the script is for. */
static inline pid_t peer_fork(int listener, const struct peer_script *script, int ready)
{
    pid_t pid = peer_child();
    if (pid != 0)
        return pid;
    for (unsigned i = 0; script->connections == 0 || i < script->connections; i++) {
        int fd = accept(listener, NULL, NULL);
        if (i + 1 == script->connections)
            close(listener);
        bool misbehaves = script->mood == NULL ? i >= script->from
                                               : i < strlen(script->mood) && script->mood[i] == 'x';
        if (ready >= 0 && misbehaves && write(ready, "x", 1) != 1)
            _exit(1);
        peer_serve(fd, script, misbehaves);
        close(fd);
    }
    _exit(0);
}

static inline void peer_end(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

/* --- relays ---------------------------------------------------------------------------------------- */

enum relay_how {
    RELAY_DELIVER,
    RELAY_BOUNCE,   /* a report to the return path, instead of the message                       */
    RELAY_WITHHOLD, /* takes it and forgets it                                                   */
    RELAY_TWICE,
    RELAY_LATE,    /* refuses it, and delivers it all the same once the verdict is written      */
    RELAY_FOREIGN, /* delivers it, and a message of somebody else                               */
};

struct relay_script {
    unsigned batch;     /* how many first messages leave together, in one connection             */
    enum relay_how how; /* what becomes of them; later ones are markers, which it just delivers  */
    int collect;        /* port */
    const char *stream; /* run.jsonl */
};

struct relay_mail {
    char from[300], to[300];
    char content[64 * 1024]; /* with its dots, and with the last one */
};

/* The path in "MAIL FROM:<path> ...". */
static inline void relay_path(const char *line, char *path, size_t room)
{
    const char *from = strchr(line, '<');
    ck_assert_ptr_nonnull(from);
    snprintf(path, room, "%.*s", (int) strcspn(from + 1, ">"), from + 1);
}

static inline bool relay_receive(int fd, struct relay_mail *mail, bool refuse)
{
    static struct peer_input in;
    char line[600];
    in.fd = fd;
    in.n = 0;
    bool ok = peer_play(fd, "220 relay.test\r\n") && peer_take(&in, "\r\n", NULL, 0)
              && peer_play(fd, "250-relay.test\r\n250 8BITMIME\r\n")
              && peer_take(&in, "\r\n", line, sizeof line);
    if (!ok || strncmp(line, "MAIL", 4) != 0)
        return false;
    relay_path(line, mail->from, sizeof mail->from);
    if (!peer_play(fd, "250 2.1.0 ok\r\n") || !peer_take(&in, "\r\n", line, sizeof line))
        return false;
    relay_path(line, mail->to, sizeof mail->to);
    return peer_play(fd, "250 2.1.5 ok\r\n") && peer_take(&in, "\r\n", NULL, 0)
           && peer_play(fd, "354 go on\r\n")
           && peer_take(&in, "\r\n.\r\n", mail->content, sizeof mail->content)
           && peer_play(fd, refuse ? "550 5.7.1 no\r\n" : "250 2.0.0 ok\r\n");
}

static inline int relay_dial(int port, struct peer_input *in)
{
    struct sockaddr_in a = peer_address(port);
    in->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    in->n = 0;
    if (connect(in->fd, (struct sockaddr *) &a, sizeof a) != 0 || !peer_take(in, "\r\n", NULL, 0))
        _exit(4);
    return in->fd;
}

/* One command and its whole reply; anything but yes ends the relay. */
static inline void relay_command(struct peer_input *in, const char *text)
{
    char line[600];
    peer_say(in->fd, text, strlen(text));
    do
        if (!peer_take(in, "\r\n", line, sizeof line))
            _exit(5);
    while (line[3] == '-');
    if (line[0] > '3')
        _exit(6);
}

static inline void relay_send(struct peer_input *in, const char *from, const char *to,
                              const char *content)
{
    char line[700];
    snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", from);
    relay_command(in, line);
    snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", to);
    relay_command(in, line);
    relay_command(in, "DATA\r\n");
    relay_command(in, content);
}

static inline void relay_deliver(const struct relay_script *script, enum relay_how how,
                                 const struct relay_mail *mail, unsigned n)
{
    static const char letter[] = "From: a@a.test\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 10:15:00 "
                                 "+0000\r\n\r\nText.\r\n.\r\n";
    static struct peer_input in;
    if (how == RELAY_WITHHOLD)
        return;
    relay_dial(script->collect, &in);
    relay_command(&in, "EHLO relay.test\r\n");
    if (how == RELAY_FOREIGN)
        relay_send(&in, "x@x.test", "stranger@a.test", letter);
    for (unsigned i = 0; i < n; i++) {
        if (how == RELAY_BOUNCE)
            relay_send(&in, "", mail[i].from, letter);
        else
            relay_send(&in, mail[i].from, mail[i].to, mail[i].content);
        if (how == RELAY_TWICE)
            relay_send(&in, mail[i].from, mail[i].to, mail[i].content);
    }
    relay_command(&in, "QUIT\r\n");
    close(in.fd);
}

/* Wait until the run has written a verdict. */
static inline void relay_wait(const char *path)
{
    static char text[1024 * 1024];
    for (int i = 0; i < 10000; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : 0;
        close(fd);
        if (n > 0 && memmem(text, (size_t) n, "{\"event\":\"verdict\"", 18) != NULL)
            return;
        poll(NULL, 0, 1);
    }
    _exit(7);
}

static inline pid_t relay_fork(int listener, const struct relay_script *script,
                               struct mu_arena *arena)
{
    pid_t pid = peer_child();
    if (pid != 0)
        return pid;
    struct relay_mail *mail = mu_arena_array(arena, 64, sizeof *mail);
    for (unsigned n = 0, first = 0; n < 64;) {
        bool begins = n < script->batch;
        int fd = accept(listener, NULL, NULL);
        bool whole = relay_receive(fd, &mail[n], begins && script->how == RELAY_LATE);
        close(fd);
        if (!whole)
            continue;
        if (++n < script->batch)
            continue;
        if (begins && script->how == RELAY_LATE)
            relay_wait(script->stream);
        relay_deliver(script, begins ? script->how : RELAY_DELIVER, &mail[first], n - first);
        first = n;
    }
    _exit(0);
}

#endif

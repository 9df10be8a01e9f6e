#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/tls_inside.h"

static void close_stream(void *object)
{
    mu_stream_close(object);
}

struct mu_stream *mu_stream_new(struct mu_arena *arena, int fd, uint64_t deadline_ms)
{
    struct mu_stream *s = mu_new(arena, struct mu_stream);
    s->arena = arena;
    s->fd = fd;
    s->deadline_ms = s->last_ms = deadline_ms;
    s->out.arena = arena;
    s->buffer = mu_arena_alloc(arena, MU_STREAM_BUFFER);
    (void) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    mu_arena_defer(arena, close_stream, s);
    return s;
}

void mu_stream_pace(struct mu_stream *s)
{
    uint64_t end = mu_clock_ms() + s->operation_ms;
    s->deadline_ms = s->operation_ms != 0 && end < s->last_ms ? end : s->last_ms;
}

static bool wait_for(struct mu_stream *s, short events, struct mu_err *err)
{
    struct pollfd pfd = { .fd = s->fd, .events = events };
    for (;;) {
        int left = mu_clock_left(s->deadline_ms);
        if (left == 0)
            return mu_fail(err, MU_ERR_DEADLINE, "peer did not answer in time");
        int n = poll(&pfd, 1, left);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return mu_fail_sys(err, "cannot wait for the peer");
    }
}

static bool closed(struct mu_stream *s, struct mu_err *err)
{
    s->ended = true;
    return mu_fail(err, MU_ERR_CLOSED, "peer closed the stream");
}

static bool gone(int sys)
{
    return sys == EPIPE || sys == ECONNRESET || sys == ENOTCONN || sys == ETIMEDOUT;
}

/* The library gave up: an end without close_notify, a lost connection, or a reason of its own. */
static bool fail_tls(struct mu_stream *s, int error, struct mu_err *err)
{
    unsigned long code = ERR_peek_error();
    if ((error == SSL_ERROR_SYSCALL && code == 0)
        || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        s->truncated = s->tls.complete;
        ERR_clear_error();
        return closed(s, err);
    }
    const char *why = ERR_reason_error_string(code);
    ERR_clear_error();
    mu_fail(err, MU_ERR_TLS, "%s", why != NULL ? why : "connection lost");
    if (s->tls.failure == NULL)
        s->tls.failure = mu_arena_strndup(s->arena, err->msg, strlen(err->msg));
    return false;
}

/* A server that sends tickets and keeps Nagle's algorithm on holds its first reply back until our
 * delayed acknowledgement, 40 ms: until that reply is there, acknowledge at once. The kernel forgets
 * the option with everything we send. */
static void acknowledge(struct mu_stream *s)
{
    if (s->tls.complete && !s->tls.server && s->protected_octets == 0)
        (void) setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &(int){ 1 }, sizeof(int));
}

/* What to do after SSL_xxx() returned `ret` <= 0: wait and return true to try again, or give up.
 * Records that bring nothing (KeyUpdate, tickets) come back here read by read and are counted. */
static bool retry_tls(struct mu_stream *s, int ret, struct mu_err *err)
{
    int error = SSL_get_error(s->ssl, ret);
    if (error == SSL_ERROR_WANT_READ) {
        if (s->starved) {
            acknowledge(s);
            return wait_for(s, POLLIN, err);
        }
        if (++s->idle_reads > MU_TLS_POST_MAX)
            return mu_fail(err, MU_ERR_PEER,
                           "peer sent more than %d TLS records in a row that "
                           "bring nothing",
                           MU_TLS_POST_MAX);
        return true;
    }
    if (error == SSL_ERROR_WANT_WRITE)
        return wait_for(s, POLLOUT, err);
    if (error == SSL_ERROR_ZERO_RETURN)
        return closed(s, err);
    return fail_tls(s, error, err);
}

bool mu_stream_start_tls(struct mu_stream *s, const struct mu_tls_start *start, struct mu_err *err)
{
    TRY(mu_stream_flush(s, err));
    if (s->begin != s->end)
        return mu_fail(err, MU_ERR_PEER, "peer sent clear text after it agreed to TLS");
    s->tls_began = true;
    TRY(mu_tls_attach(start, s, err));

    int ret;
    ERR_clear_error();
    while (s->starved = false, (ret = SSL_do_handshake(s->ssl)) != 1) {
        if (!retry_tls(s, ret, err)) {
            mu_tls_collect(s);
            return false;
        }
    }
    s->idle_reads = 0;
    s->tls.complete = true;
    mu_tls_collect(s);
    return true;
}

/* At most once; *sent is 0 when the peer could not take more yet and was waited for. */
static bool write_some(struct mu_stream *s, const char *p, size_t size, size_t *sent,
                       struct mu_err *err)
{
    *sent = 0;
    if (s->fd < 0)
        return closed(s, err);
    if (s->ssl != NULL) {
        ERR_clear_error();
        s->starved = false;
        int ret = SSL_write_ex(s->ssl, p, size, sent);
        return ret == 1 || retry_tls(s, ret, err);
    }
    ssize_t n = send(s->fd, p, size, MSG_NOSIGNAL);
    if (n >= 0)
        *sent = (size_t) n;
    else if (errno == EAGAIN)
        return wait_for(s, POLLOUT, err);
    else if (gone(errno))
        return closed(s, err);
    else if (errno != EINTR)
        return mu_fail_sys(err, "cannot write to the peer");
    return true;
}

static bool write_all(struct mu_stream *s, const char *p, size_t size, struct mu_err *err)
{
    while (size > 0) {
        size_t sent;
        TRY(write_some(s, p, size, &sent, err));
        p += sent;
        size -= sent;
    }
    return true;
}

bool mu_stream_flush(struct mu_stream *s, struct mu_err *err)
{
    size_t n = s->out.n;
    s->out.n = 0; /* also when it fails: nothing is sent twice */
    return write_all(s, s->out.p, n, err);
}

bool mu_stream_put(struct mu_stream *s, struct mu_bytes data, struct mu_err *err)
{
    if (s->out.n + data.n > MU_STREAM_WRITE) {
        TRY(mu_stream_flush(s, err));
        if (data.n > MU_STREAM_WRITE)
            return write_all(s, data.p, data.n, err);
    }
    mu_buf_put_bytes(&s->out, data);
    return true;
}

/* As many bytes as are there, at least one, at most `room`. */
static bool read_some(struct mu_stream *s, char *to, size_t room, size_t *got, struct mu_err *err)
{
    /* A peer that hung up before it took our bytes may have said why: an alert, a 421. */
    if (!mu_stream_flush(s, err) && err->code != MU_ERR_CLOSED)
        return false;
    for (;;) {
        if (s->fd < 0)
            return closed(s, err);
        if (s->ssl != NULL) {
            ERR_clear_error();
            s->starved = false;
            int ret = SSL_read_ex(s->ssl, to, room, got);
            if (ret == 1) {
                s->idle_reads = 0;
                s->protected_octets += *got;
                return true;
            }
            TRY(retry_tls(s, ret, err));
            continue;
        }
        ssize_t n = recv(s->fd, to, room, 0);
        if (n > 0) {
            *got = (size_t) n;
            return true;
        }
        if (n == 0 || gone(errno))
            return closed(s, err);
        if (errno == EAGAIN)
            TRY(wait_for(s, POLLIN, err));
        else if (errno != EINTR)
            return mu_fail_sys(err, "cannot read from the peer");
    }
}

/* Add at least one byte to the buffer, making room where there is none behind. */
static bool fill(struct mu_stream *s, struct mu_err *err)
{
    if (s->begin > 0) {
        memmove(s->buffer, s->buffer + s->begin, s->end - s->begin);
        s->end -= s->begin;
        s->begin = 0;
    }
    size_t got = 0;
    TRY(read_some(s, s->buffer + s->end, MU_STREAM_BUFFER - s->end, &got, err));
    s->end += got;
    return true;
}

struct mu_bytes mu_stream_discard(struct mu_stream *s)
{
    if (s->begin == s->end)
        s->begin = s->end = 0;
    if (s->ssl == NULL && s->fd >= 0 && s->end < MU_STREAM_BUFFER) {
        ssize_t n = recv(s->fd, s->buffer + s->end, MU_STREAM_BUFFER - s->end, MSG_DONTWAIT);
        s->end += n > 0 ? (size_t) n : 0;
    }
    struct mu_bytes rest = { s->buffer + s->begin, s->end - s->begin };
    s->begin = s->end;
    return rest;
}

bool mu_stream_has_line(const struct mu_stream *s)
{
    return s->begin < s->end && memchr(s->buffer + s->begin, '\n', s->end - s->begin) != NULL;
}

bool mu_stream_line(struct mu_stream *s, struct mu_bytes *line, struct mu_err *err)
{
    char *lf;
    size_t seen = 0; /* bytes already searched */
    while ((lf = memchr(s->buffer + s->begin + seen, '\n', s->end - s->begin - seen)) == NULL) {
        seen = s->end - s->begin;
        if (seen >= MU_LINE_MAX)
            return mu_fail(err, MU_ERR_PEER, "peer sent a line of more than %d bytes", MU_LINE_MAX);
        TRY(fill(s, err));
    }
    const char *start = s->buffer + s->begin;
    size_t n = (size_t) (lf - start);
    s->begin += n + 1;
    if (n + 1 > MU_LINE_MAX)
        return mu_fail(err, MU_ERR_PEER, "peer sent a line of more than %d bytes", MU_LINE_MAX);
    if (n == 0 || start[n - 1] != '\r')
        return mu_fail(err, MU_ERR_PEER, "peer ended a line with a bare LF");
    *line = (struct mu_bytes){ mu_arena_strndup(s->arena, start, n - 1), n - 1 };
    return true;
}

/* Whoever may not wait has no time left: wait_for() ends at once then. */
static bool try_some(struct mu_stream *s, char *to, struct mu_bytes from, size_t room,
                     size_t *count, struct mu_err *err)
{
    uint64_t deadline_ms = s->deadline_ms;
    struct mu_err why;
    s->deadline_ms = 0;
    bool done = to != NULL ? read_some(s, to, room, count, &why)
                           : write_some(s, from.p, from.n, count, &why);
    s->deadline_ms = deadline_ms;
    if (done)
        return true;
    *count = 0;
    if (why.code != MU_ERR_DEADLINE)
        *err = why;
    return why.code == MU_ERR_DEADLINE;
}

bool mu_stream_try_read(struct mu_stream *s, char *to, size_t room, size_t *got, struct mu_err *err)
{
    return try_some(s, to, (struct mu_bytes){ NULL, 0 }, room, got, err);
}

bool mu_stream_try_write(struct mu_stream *s, struct mu_bytes data, size_t *sent,
                         struct mu_err *err)
{
    return try_some(s, NULL, data, 0, sent, err);
}

void mu_stream_close(struct mu_stream *s)
{
    if (s->fd < 0)
        return;
    s->deadline_ms = 0; /* nothing here may wait */
    struct mu_err ignored;
    (void) (mu_stream_flush(s, &ignored) && s->ssl != NULL && SSL_is_init_finished(s->ssl)
            && SSL_shutdown(s->ssl) >= 0);
    ERR_clear_error();
    SSL_free(s->ssl);
    s->ssl = NULL;
    close(s->fd);
    s->fd = -1;
}

bool mu_stream_more(struct mu_stream *s, struct mu_bytes *chunk, struct mu_err *err)
{
    if (s->begin == s->end) {
        s->begin = s->end = 0;
        TRY(fill(s, err));
    }
    *chunk = (struct mu_bytes){ s->buffer + s->begin, s->end - s->begin };
    return true;
}

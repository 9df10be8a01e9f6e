#include "proto/sap_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "net/tls_control.h"
#include "proto/sap_tls.h"

struct descriptors {
    int in, out;
};

static bool gone(int sys)
{
    return sys == EPIPE || sys == ECONNRESET;
}

static bool read_descriptor(void *self, char *to, size_t room, size_t *got, struct mu_err *err)
{
    const struct descriptors *d = self;
    ssize_t n;
    while ((n = read(d->in, to, room)) < 0 && errno == EINTR)
        ;
    if (n == 0 || (n < 0 && gone(errno)))
        return mu_fail(err, MU_ERR_CLOSED, "the adapter closed its output");
    if (n < 0 && errno != EAGAIN)
        return mu_fail_sys(err, "cannot read from the adapter");
    *got = n > 0 ? (size_t) n : 0;
    return true;
}

static bool write_descriptor(void *self, struct mu_bytes data, size_t *sent, struct mu_err *err)
{
    const struct descriptors *d = self;
    ssize_t n;
    while ((n = write(d->out, data.p, data.n)) < 0 && errno == EINTR)
        ;
    if (n < 0 && gone(errno))
        return mu_fail(err, MU_ERR_CLOSED, "the adapter closed its input");
    if (n < 0 && errno != EAGAIN)
        return mu_fail_sys(err, "cannot write to the adapter");
    *sent = n > 0 ? (size_t) n : 0;
    return true;
}

static void close_descriptors(void *self)
{
    struct descriptors *d = self;
    if (d->in >= 0)
        close(d->in);
    if (d->out >= 0 && d->out != d->in)
        close(d->out);
    d->in = d->out = -1;
}

void mu_sap_wire_descriptors(struct mu_arena *arena, int in, int out, struct mu_sap_wire *wire)
{
    struct descriptors *d = mu_new(arena, struct descriptors);
    *d = (struct descriptors){ in, out };
    (void) fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
    (void) fcntl(out, F_SETFL, fcntl(out, F_GETFL) | O_NONBLOCK);
    mu_arena_defer(arena, close_descriptors, d);
    *wire = (struct mu_sap_wire){
        .self = d,
        .in = in,
        .out = out,
        .read = read_descriptor,
        .write = write_descriptor,
        .close = close_descriptors,
    };
}

static bool read_stream(void *self, char *to, size_t room, size_t *got, struct mu_err *err)
{
    if (mu_stream_try_read(self, to, room, got, err))
        return true;
    mu_control_explain(self, err); /* whoever dialled is refused only now */
    return false;
}

static bool write_stream(void *self, struct mu_bytes data, size_t *sent, struct mu_err *err)
{
    return mu_stream_try_write(self, data, sent, err);
}

static void close_stream(void *self)
{
    mu_stream_close(self);
}

void mu_sap_wire_stream(struct mu_stream *stream, struct mu_sap_wire *wire)
{
    *wire = (struct mu_sap_wire){
        .self = stream,
        .in = stream->fd,
        .out = stream->fd,
        .buffers = true,
        .read = read_stream,
        .write = write_stream,
        .close = close_stream,
    };
}

bool mu_sap_wire_open(struct mu_arena *arena, const struct mu_sap_opening *opening,
                      uint64_t deadline_ms, struct mu_sap_wire *wire, struct mu_err *err)
{
    if (opening->way != MU_SAP_DIAL && opening->way != MU_SAP_LISTEN) {
        mu_sap_wire_descriptors(arena, opening->in, opening->out, wire);
        return true;
    }
    struct mu_stream *stream;
    TRY(mu_sap_tls_open(arena, opening, deadline_ms, &stream, err));
    mu_sap_wire_stream(stream, wire);
    return true;
}

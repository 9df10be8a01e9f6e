/*
 * sap_wire.h - what carries the lines of SAP/1: descriptors, or a stream over TLS.
 *
 * Nothing here waits. Whoever writes has to read meanwhile: an adapter that waits until its replies
 * are taken takes no requests, so two sides that both only write would wait for each other for ever.
 */
#ifndef MU_PROTO_SAP_WIRE_H
#define MU_PROTO_SAP_WIRE_H

#include "core/sap.h"
#include "net/stream.h"

struct mu_sap_wire {
    void *self;
    int in, out;  /* to poll for reading and for writing; may be the same       */
    bool buffers; /* has octets in hand that the descriptor does not show: read first, then poll */
    /* *got is 0 when nothing is there now. MU_ERR_CLOSED when nothing will come any more. */
    bool (*read)(void *self, char *to, size_t room, size_t *got, struct mu_err *err);
    /* *sent is 0 when nothing can be taken now. */
    bool (*write)(void *self, struct mu_bytes data, size_t *sent, struct mu_err *err);
    void (*close)(void *self); /* may be called twice */
};

/* Pipes or a socket; both are closed with the arena or by close(). */
void mu_sap_wire_descriptors(struct mu_arena *arena, int in, int out, struct mu_sap_wire *wire);

/* A stream that has done its handshake. */
void mu_sap_wire_stream(struct mu_stream *stream, struct mu_sap_wire *wire);

/* What `opening` says; over TLS with the handshake, done by `deadline_ms`. */
bool mu_sap_wire_open(struct mu_arena *arena, const struct mu_sap_opening *opening,
                      uint64_t deadline_ms, struct mu_sap_wire *wire,
                      struct mu_err *err) MU_MUST_USE;

#endif

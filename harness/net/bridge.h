/* bridge.h - octets between a stream and a program's descriptors, both ways, until one side ends. */
#ifndef MU_NET_BRIDGE_H
#define MU_NET_BRIDGE_H

#include "net/stream.h"

struct mu_bridge {
    struct mu_stream *stream;
    int to, from; /* the program reads from `to` and writes to `from`; owned by the caller */
    uint64_t sent, brought; /* octets: to the stream, and from it                         */
    bool peer_ended;        /* the stream ended first, else the program closed its output */
};

/* Relay until the program has closed its output, or MU_BRIDGE_END_MS after the stream has ended; then
 * bridge->to is closed (-1), so that the program notices. Waits as long as both sides are quiet: a
 * bridge has no business of its own. False when the stream broke: not for its mere end. */
bool mu_bridge(struct mu_bridge *bridge, struct mu_err *err) MU_MUST_USE;

#endif

/* warm.h - what the TLS library does but once, done before the first fork. */
#ifndef MU_NET_WARM_H
#define MU_NET_WARM_H

/* A mutual TLS 1.3 handshake in memory: methods are fetched, decoders found and pages touched in the
 * coordinator, and each forked job finds them done. Costs 3 ms; what fails is done later, by the
 * job. */
void mu_net_warm(void);

#endif

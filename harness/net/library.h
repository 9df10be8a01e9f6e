/* library.h - the TLS library as a whole: started without its configuration files, and named. */
#ifndef MU_NET_LIBRARY_H
#define MU_NET_LIBRARY_H

/* Once a process, before anything else of OpenSSL: no openssl.cnf, no environment, error texts and
 * random numbers ready, so that a sealed job opens nothing. */
void mu_net_start(void);

/* "3.0.22"; the version that runs, not the one compiled against. */
const char *mu_net_library_version(void);

#endif

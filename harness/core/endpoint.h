/* endpoint.h - where a system under test listens or delivers, and who we are there. Plain data from
 * the SUT file; addresses are numeric, because resolving names would mean reading DNS replies. */
#ifndef MU_CORE_ENDPOINT_H
#define MU_CORE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

enum mu_tls_mode { MU_TLS_CLEAR, MU_TLS_STARTTLS, MU_TLS_IMPLICIT };

struct mu_address {
    const char *text; /* "127.0.0.1:26525", "[::1]:26525"; port 0 asks the kernel when listening */
    struct sockaddr_storage sa;
    socklen_t size;
};

/* Read "a.b.c.d:port" or "[v6]:port". MU_ERR_PROFILE otherwise. `text` is borrowed. */
bool mu_address_parse(const char *text, struct mu_address *address, struct mu_err *err) MU_MUST_USE;

/* Its port; and the same address with another port. */
uint16_t mu_address_port(const struct mu_address *address);
void mu_address_set_port(struct mu_address *address, uint16_t port);
/* "127.0.0.1", "::1": without port and brackets. */
void mu_address_host(const struct mu_address *address, char *text, size_t size);

/* Whom we expect at the other end of the control plane: an adapter, or the harness. */
#define MU_CONTROL_ALPN    "muster-sap/1"
#define MU_CONTROL_HARNESS "urn:muster:harness"
#define MU_CONTROL_SUT     "urn:muster:sut:" /* and the id */

struct mu_control_peer {
    const char *uri;  /* stands among the alternative names of its certificate; NULL: any     */
    const char *pins; /* its key is one of these: "sha256:hex sha256:hex"; NULL: one of our PKI */
    const char *name; /* of a server: DNS name or address in its certificate; NULL: any       */
};

/* MU_ERR_PROFILE unless `text` is a list of pins, separated by spaces. */
bool mu_pins_check(const char *text, struct mu_err *err) MU_MUST_USE;

struct mu_endpoint {
    const char *carrier;       /* adapter name: "smtp", "maildir"                 */
    struct mu_address address; /* smtp                                            */
    const char *tls_name;      /* expected in the peer's certificate; sent as SNI */
    enum mu_tls_mode tls;
    const char *path;      /* maildir: the folder that holds new/ and cur/ */
    struct mu_where where; /* of the carrier's name in the SUT file        */
    unsigned opened_by;    /* number of the adapter that opens it, plus 1; 0: it is just there.
                              Of its answer only the port is taken over */
};

/* PEM files. */
struct mu_identity {
    const char *certificate; /* leaf first, then intermediates; NULL: none */
    const char *key;
};

#endif

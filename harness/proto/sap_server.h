/*
 * sap_server.h - the adapter's side of SAP/1 in C: whoever has functions that answer has an adapter.
 *
 * Here are the handshake, the probes, blobs, and the strictness that the harness counts on: a member of
 * a request that is not known is refused (but for names that begin "x-"), so that no new obligation is
 * passed over in silence. One request is answered at a time; what is already there is answered before
 * replies are sent, so that many share a write.
 */
#ifndef MU_PROTO_SAP_SERVER_H
#define MU_PROTO_SAP_SERVER_H

#include "core/sap.h"

struct mu_sap_session;

/* One request while it is answered. `reply` is empty and says that all went well; whatever is put into
 * it belongs to `arena` or lives longer. Members that the operation does not give are left out. */
struct mu_sap_turn {
    void *self;
    struct mu_arena *arena;
    const struct mu_sap_request *request;
    struct mu_sap_reply *reply;
    struct mu_sap_session *session;
};

/* What configure brings. */
struct mu_sap_given {
    const struct mu_bytes *policy;
    size_t policies;
    const char *time; /* NULL: the clock                             */
    bool *installed;  /* to be set for each policy that is in use now */
};

struct mu_sap_server {
    struct mu_sap_hello
        hello; /* what is said of adapter and system: names, roles, capabilities with
                                * details, in_flight, each_op */
    void *self;
    /* By operation; NULL: unsupported. begin, end and reset may be NULL and then do nothing. */
    void (*answer[MU_SAP_OPS])(struct mu_sap_turn *turn);
    /* NULL: what is handed over is taken and not used. */
    void (*configure)(struct mu_sap_turn *turn, struct mu_sap_given *given);
};

/* Answer until bye (true) or until the harness hangs up or breaks the protocol (false). */
bool mu_sap_serve(const struct mu_sap_server *server, int in, int out, struct mu_err *err);

/* Say something unasked; goes out with the next replies. */
void mu_sap_tell(struct mu_sap_session *session, const struct mu_sap_event *event);

/* Fill in that it was not done. `error` is not MU_SAP_OK. */
void mu_sap_refuse(struct mu_sap_turn *turn, enum mu_sap_error error, const char *message);

#endif

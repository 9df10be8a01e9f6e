/* sap_session.h - what the files of the adapter's side share. */
#ifndef MU_PROTO_SAP_SESSION_H
#define MU_PROTO_SAP_SESSION_H

#include "proto/sap_line.h"
#include "proto/sap_server.h"
#include "proto/sap_value.h"

/* Octets under the name of their digest, whole or on their way. */
struct mu_sap_blob {
    struct mu_arena *arena; /* NULL: no blob here */
    char name[MU_SAP_DIGEST_TEXT];
    char *octets;
    size_t len, have;
};

struct mu_sap_session {
    const struct mu_sap_server *server;
    struct mu_sap_lines lines;
    size_t peer_line;
    bool greeted, ended;
    struct mu_sap_blob blob[MU_SAP_BLOBS_MAX];
    size_t next_blob;
};

/* sap_server.c: does the adapter do this, or do we for it? */
bool mu_sap_offered(const struct mu_sap_session *session, enum mu_sap_op op);

/* sap_server_request.c: is the request one that the tables know, and what does it ask? False with the
 * error filled in. */
bool mu_sap_check_request(struct mu_sap_turn *turn, const json_t *object, enum mu_sap_op *op);
bool mu_sap_read_request(struct mu_sap_turn *turn, const json_t *object,
                         struct mu_sap_request *request);
bool mu_sap_read_given(struct mu_sap_turn *turn, const json_t *object, struct mu_sap_given *given);

/* sap_server_reply.c: members of the result, in the order of the table. */
void mu_sap_put_result(struct mu_sap_session *session, struct mu_json *j, enum mu_sap_op op,
                       const struct mu_sap_reply *reply);
void mu_sap_put_error(struct mu_json *j, const struct mu_sap_reply *reply);

/* sap_server_blob.c */
bool mu_sap_blob_find(struct mu_sap_session *session, const char *name, struct mu_bytes *octets);
void mu_sap_blob_keep(struct mu_sap_session *session, struct mu_bytes octets);
void mu_sap_blob_take(struct mu_sap_turn *turn, const json_t *object); /* blob.put */
void mu_sap_blob_give(struct mu_sap_turn *turn, const json_t *object); /* blob.get */
void mu_sap_blobs_free(struct mu_sap_session *session);

#endif

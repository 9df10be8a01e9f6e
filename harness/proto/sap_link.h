/*
 * sap_link.h - one adapter after its handshake, as the files of the client know it.
 *
 * A request that is out is a row of `pending`; its reply takes the row away, so that an id is answered
 * once and no other id can be. Where a reply is awaited in the middle of something (a case that has to
 * be opened, a blob), replies to other requests are parked until somebody asks for them.
 */
#ifndef MU_PROTO_SAP_LINK_H
#define MU_PROTO_SAP_LINK_H

#include "proto/sap_line.h"
#include "proto/sap_value.h"

#define MU_SAP_OURS   (-1)
#define MU_SAP_NOBODY (-2) /* the channel hung up */

/* A request that is out. */
struct mu_sap_pending {
    uint64_t id, deadline_ms;
    enum mu_sap_op op;
    bool own;            /* of the link itself: nobody else waits for its reply             */
    bool cancelled;      /* cancel was sent                                                 */
    bool effect;         /* its adapter has told of something done                          */
    int channel;         /* descriptor that it came over, or MU_SAP_OURS, MU_SAP_NOBODY     */
    uint64_t foreign_id; /* its id there                                   */
    char token[MU_SAP_TOKEN_MAX + 1]; /* "": of no case                                */
    struct mu_buf line;               /* as it went out; only where a transcript is kept */
};

/* A reply that came while another was awaited. */
struct mu_sap_parked {
    struct mu_sap_parked *next;
    json_t *object;
    struct mu_sap_pending asked;
    struct mu_bytes line;
};

struct mu_sap_open_case {
    char token[MU_SAP_TOKEN_MAX + 1];
    int channel;
};

struct mu_sap_events;  /* sap_event.c   */
struct mu_sap_channel; /* sap_channel.c */

struct mu_sap_link {
    struct mu_arena *arena;
    struct mu_sap_lines lines;
    enum mu_sap_way way;
    uint64_t last_id;
    uint32_t in_flight, operation_ms;
    bool each_op;
    size_t peer_line;      /* longest line that the adapter takes            */
    unsigned may_be_noise; /* lines that are tolerated though they are no JSON */
    unsigned noise;        /* how many there were                             */
    struct mu_sap_pending *pending;
    size_t pendings, own; /* rows; how many of them are the link's own */
    size_t begun;         /* where the line that is being written begins */
    struct mu_sap_parked *parked, **parked_end;
    struct mu_sap_open_case *open_case;
    size_t open_cases;
    struct mu_sap_events *events;
    struct mu_sap_channel *channel;
    size_t channels;
    struct mu_err broken; /* MU_ERR_NONE: still good */
    struct mu_buf *transcript;
    struct mu_bytes refused; /* the line that broke it, as far as it is kept */
};

/* --- sap_link.c: lines out, lines in --- */

/* Begin a request of the link's own: its row, and the object open for its members. NULL with
 * MU_ERR_LIMIT. */
struct mu_sap_pending *mu_sap_begin(struct mu_sap_link *link, enum mu_sap_op op, const char *name,
                                    uint32_t deadline_ms, struct mu_json *j, struct mu_err *err);
/* Its last line. Nothing is sent yet. MU_ERR_LIMIT when it is longer than the adapter takes. */
bool mu_sap_finish(struct mu_sap_link *link, struct mu_sap_pending *asked, struct mu_json *j,
                   struct mu_err *err) MU_MUST_USE;

/* The next reply and the request that it answers; *object NULL when none came by the deadline. The
 * caller owns *object. Events are taken care of. */
bool mu_sap_arrive(struct mu_sap_link *link, uint64_t deadline_ms, json_t **object,
                   struct mu_sap_pending *asked, struct mu_bytes *line,
                   struct mu_err *err) MU_MUST_USE;

/* Send what was put and await the reply to this request; others are parked. *reply belongs to `arena`. */
bool mu_sap_await(struct mu_sap_link *link, struct mu_arena *arena,
                  const struct mu_sap_pending *asked, json_t **reply,
                  struct mu_err *err) MU_MUST_USE;

/* Its result, NULL when it has none; MU_ERR_PEER with the adapter's own words when it says not ok. */
bool mu_sap_result(struct mu_sap_link *link, const json_t *reply, const char *op,
                   const json_t **result, struct mu_err *err) MU_MUST_USE;

/* A request whose time is over and whose cancel was not answered either. Its row is gone then. */
bool mu_sap_dead(struct mu_sap_link *link, struct mu_sap_pending *asked);

struct mu_sap_pending *mu_sap_find(struct mu_sap_link *link, uint64_t id);
void mu_sap_forget(struct mu_sap_link *link, struct mu_sap_pending *asked);
void mu_sap_keep(struct mu_sap_link *link, const char *side, struct mu_bytes line);

/* Keep the line that breaks the link, where lines are kept. Returns false. */
bool mu_sap_refused(struct mu_sap_link *link, struct mu_bytes line);

/* Say in which line it was wrong, unless a place is known already. Returns false. */
bool mu_sap_blame(const struct mu_sap_link *link, struct mu_err *err);

/* --- sap_reply.c --- */

/* Decode. `object` belongs to `arena` already. */
bool mu_sap_decode(struct mu_sap_link *link, struct mu_arena *arena, json_t *object,
                   const struct mu_sap_pending *asked, struct mu_sap_reply *reply,
                   struct mu_err *err) MU_MUST_USE;

/* A result without anything around it, or an error, of whoever has no link. */
bool mu_sap_decode_bare(struct mu_arena *arena, json_t *object, enum mu_sap_op op,
                        struct mu_sap_reply *reply, struct mu_err *err) MU_MUST_USE;

/* --- sap_filter.c --- */

struct mu_bytes mu_sap_filter_input(struct mu_arena *arena, const struct mu_sap_request *request);
bool mu_sap_filter_reply(struct mu_arena *arena, enum mu_sap_op op, struct mu_bytes output,
                         struct mu_sap_reply *reply, struct mu_err *err) MU_MUST_USE;

/* --- sap_request.c --- */

/* The members that are the operation's own. */
void mu_sap_put_members(struct mu_json *j, const struct mu_sap_request *request);

bool mu_sap_put(struct mu_sap_link *link, const struct mu_sap_request *request, uint64_t *id,
                struct mu_err *err) MU_MUST_USE;

/* --- sap_case.c: cases that are opened and closed, and giving up --- */

bool mu_sap_case_open(struct mu_sap_link *link, const char *token, int channel,
                      struct mu_err *err) MU_MUST_USE;
bool mu_sap_case_end(struct mu_sap_link *link, const char *token, struct mu_err *err) MU_MUST_USE;
bool mu_sap_cancel(struct mu_sap_link *link, uint64_t id, struct mu_err *err) MU_MUST_USE;

/* --- sap_blob.c --- */

/* Put octets ahead of the request that names them. */
bool mu_sap_blob_ahead(struct mu_sap_link *link, struct mu_bytes data,
                       struct mu_err *err) MU_MUST_USE;
/* The octets, fetched where they are a blob. */
bool mu_sap_fetch(struct mu_sap_link *link, struct mu_arena *arena, const json_t *value,
                  struct mu_bytes *data, struct mu_err *err) MU_MUST_USE;

/* --- sap_hello.c --- */

bool mu_sap_shake(struct mu_sap_link *link, const struct mu_sap_opening *opening,
                  struct mu_sap_hello *hello, struct mu_err *err) MU_MUST_USE;

/* --- sap_event.c --- */

void mu_sap_events_start(struct mu_sap_link *link);
bool mu_sap_event_came(struct mu_sap_link *link, const json_t *object,
                       struct mu_err *err) MU_MUST_USE;
bool mu_sap_event(struct mu_sap_link *link, struct mu_arena *arena, const char *token,
                  struct mu_sap_event *event);

/* --- sap_channel.c --- */

bool mu_sap_attach(struct mu_sap_link *link, int fd, struct mu_err *err) MU_MUST_USE;
size_t mu_sap_channels(const struct mu_sap_link *link, int *fd, size_t room);
bool mu_sap_relay(struct mu_sap_link *link, struct mu_err *err) MU_MUST_USE;
/* A reply to a request that came over a channel. */
void mu_sap_channel_reply(struct mu_sap_link *link, json_t *object,
                          const struct mu_sap_pending *asked);
/* An event of a case of a channel; false: it is none. */
bool mu_sap_channel_event(struct mu_sap_link *link, const json_t *object, const char *token);

#endif

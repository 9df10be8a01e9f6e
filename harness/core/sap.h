/*
 * sap.h - the adapter protocol SAP/1 as data: operations, errors, what is asked and what is said.
 *
 * A system under test is plugged in by a program, the adapter, that answers operations with what it
 * observed and never with a verdict. Requests and replies are one JSON object a line; proto/ reads
 * and writes them, suite/ asks and judges, run/ starts the program. They share this file.
 * The tables here are the one source of docs/adapter-protocol.md, of the schema and of the checks.
 */
#ifndef MU_CORE_SAP_H
#define MU_CORE_SAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "core/endpoint.h"
#include "core/observation.h"

#define MU_SAP_VERSION 1

struct mu_label; /* format/label.h */

enum mu_sap_op {
    MU_SAP_HELLO,
    MU_SAP_PROBE,
    MU_SAP_CONFIGURE,
    MU_SAP_BEGIN,
    MU_SAP_END,
    MU_SAP_RESET,
    MU_SAP_LABEL_PARSE,
    MU_SAP_LABEL_MAKE,
    MU_SAP_MARK_RENDER,
    MU_SAP_MARK_PARSE,
    MU_SAP_DECIDE,
    MU_SAP_MAP,
    MU_SAP_OPEN,
    MU_SAP_CLOSE,
    MU_SAP_SEND,
    MU_SAP_AWAIT,
    MU_SAP_RELAY_STAT,
    MU_SAP_BLOB_PUT,
    MU_SAP_BLOB_GET,
    MU_SAP_CANCEL,
    MU_SAP_BYE,
    MU_SAP_OPS,
};

/* Roles an adapter can offer, as bits; the first three are those of core/words and of SUT files. */
enum mu_sap_role {
    MU_SAP_SENDER = 1 << 0,
    MU_SAP_RECEIVER = 1 << 1,
    MU_SAP_RELAY = 1 << 2,
    MU_SAP_VALIDATOR = 1 << 3,
    MU_SAP_LABELLER = 1 << 4,
    MU_SAP_POLICY = 1 << 5,
    MU_SAP_EVERY_ROLE = (1 << 6) - 1,
    MU_SAP_EXCHANGE = MU_SAP_SENDER | MU_SAP_RECEIVER | MU_SAP_RELAY,
};

/* Why an operation was not done. */
enum mu_sap_error {
    MU_SAP_OK,
    MU_SAP_UNSUPPORTED, /* names the capability; only before any effect */
    MU_SAP_BAD_REQUEST,
    MU_SAP_PRECONDITION,
    MU_SAP_BUSY,
    MU_SAP_DEADLINE,
    MU_SAP_SUT_UNREACHABLE,
    MU_SAP_SUT_CRASH,
    MU_SAP_ADAPTER_FAULT,
    MU_SAP_CANCELLED,
    MU_SAP_LIMIT,
    MU_SAP_ERRORS,
};

/* One operation to ask for. What an operation does not take is NULL, empty or 0. */
struct mu_sap_request {
    enum mu_sap_op op;
    const char *token;     /* blind name of the case: says nothing of it                        */
    uint32_t deadline_ms;  /* from now                                                          */
    struct mu_bytes label; /* label.parse, mark.render, decide, map: octets of the label        */
    const struct mu_label
        *abstract; /* label.make, send: what it is to say                         */
    struct mu_bytes
        clearance;        /* decide: octets of the clearance                                   */
    const char *policy;   /* map: name of the policy wanted; mark.parse: of the policy         */
    const char *language; /* mark.render, mark.parse: "en"                                     */
    const char *place;    /* mark.render, mark.parse: "page-top", "portion", "first-line" ...  */
    const char *text;     /* mark.parse: the marking                                           */
    const char *time;     /* decide, label.parse: instead of the run's test time               */
    const char *from, *to, *subject,
        *nonce;           /* send, await                                         */
    const char *marking;  /* send                                                              */
    struct mu_bytes body; /* send: text; await: nothing                                        */
    const char *endpoint; /* open, close: the harness's name of it                             */
    const char *mode;     /* open: "listen" or "connect"                                       */
    const char *carrier, *tls, *host, *tls_name; /* open                                       */
    uint16_t port; /* open: the one wanted; 0 of listen: any                            */
};

/* What an adapter observed. Strings are the adapter's, any UTF-8; they live in the arena given. */
struct mu_sap_reply {
    uint64_t id;
    enum mu_sap_op op;            /* that it answers                                    */
    enum mu_sap_error error;      /* MU_SAP_OK: the rest is an observation              */
    struct mu_observation seen;   /* outcome, stage, class, native                      */
    const struct mu_label *label; /* label.parse, mark.parse, map, await: what it understood */
    struct mu_bytes octets;       /* label.make, map: the label; await: what the SUT has */
    const char *text;             /* mark.render, await: the marking                    */
    const char *decision;         /* decide: "permit" or "deny"                         */
    const char *message_id;       /* send                                               */
    const char *body_sha256;      /* await: "sha256:..."                                */
    struct mu_sap_passed *passed; /* relay.stat                                        */
    size_t passages;
    const char *host;     /* open: where the system is reached, or delivers     */
    uint64_t port;        /* open: as the adapter says it, any number           */
    const char **warning; /* what it found odd and let pass                     */
    size_t warnings;
    const char *cap;            /* unsupported: which                                 */
    const char *message, *hint; /* errors                                             */
    uint32_t ms;                /* that the SUT took, as the adapter says; 0: not said */
    bool unknown_members;       /* it said more than this version knows               */
    /* The two lines without their LF, for the evidence of the case: only where a transcript is kept,
     * and only until the next call. */
    struct mu_bytes asked, answered;
};

/* A question and its answer as the evidence of a case has them. */
struct mu_sap_stored {
    enum mu_sap_op op;
    const char *token;    /* blind name of the case; NULL: a filter was asked               */
    const void *question; /* what else stands in it, for who compares it                    */
    const char *input;    /* what a filter read, safe text; NULL: none was asked            */
    bool answered;        /* there is a reply, or why it is none                            */
    bool elsewhere;       /* it came as a blob, which no line holds                         */
    const char *why;
    struct mu_sap_reply reply;
};

/* What a relay did with one message. */
struct mu_sap_passed {
    const char *nonce;
    struct mu_observation seen;
};

/* What an adapter says unasked. */
enum mu_sap_event_kind { MU_SAP_LOG, MU_SAP_EVIDENCE, MU_SAP_STATE, MU_SAP_WARN, MU_SAP_EVENTS };

struct mu_sap_event {
    enum mu_sap_event_kind kind;
    const char *token;       /* of the case; NULL: of none    */
    uint64_t id;             /* of the request; 0: of none    */
    const char *name, *text; /* NULL where it says none       */
    struct mu_bytes data;    /* evidence                      */
};

/* A capability that was claimed (or refused) at hello. */
struct mu_sap_cap {
    const char *name;
    bool unsupported;    /* {"status":"unsupported"} */
    const char *note;    /* NULL */
    const char *details; /* canonical JSON of the rest: "{\"v\":[\"1.0\"]}" */
};

/* What stands in the reply to hello, and what the probes showed. */
struct mu_sap_hello {
    const char *adapter_name, *adapter_version, *language;
    const char *sut_name, *sut_version, *sut_build, *sut_owner, *label_ceiling;
    unsigned roles; /* enum mu_sap_role */
    uint32_t in_flight;
    bool each_op; /* "isolation":"op": no begin and end around single operations */
    struct mu_sap_cap *cap;
    size_t caps;
    int64_t skew_ms; /* clock of the adapter less ours */
    const char **
        lint; /* what is wrong with the capabilities, one sentence each; advice begins "advice: " */
    size_t lints;
    const char
        *outside;    /* a sentence: it was not made for this suite; NULL: it was, or says nothing */
    char digest[65]; /* of everything above but the skew: must not change within a run */
};

/* --- tables ---------------------------------------------------------------------------------------- */

/* A member of a request, of a result or of something inside one. Types are words of
 * mu_sap_type_at(); "object" and "list of objects" say in `inner` what is in them. */
struct mu_sap_field {
    const char *name, *type, *summary;
    bool required;
    const struct mu_sap_field *inner; /* name NULL past the last */
};

/* The words for types, with what they are on the wire; name NULL past the last. */
const struct mu_sap_field *mu_sap_types(void);
/* Members that requests and replies of every operation have. */
const struct mu_sap_field *mu_sap_request_members(void);
const struct mu_sap_field *mu_sap_reply_members(void);
/* The abstract label, and one of its categories. */
const struct mu_sap_field *mu_sap_label_members(void);
/* Lines that an adapter sends unasked. */
const struct mu_sap_field *mu_sap_event_members(void);

struct mu_sap_op_row {
    const char *name;                          /* "label.parse" */
    unsigned roles;                            /* who must know it */
    const char *summary;                       /* one sentence */
    const struct mu_sap_field *param, *result; /* name NULL past the last */
    const char *timeout;                       /* "timeout:label.parse": the reason code */
};
const struct mu_sap_op_row *mu_sap_op(enum mu_sap_op op);
bool mu_sap_op_from_name(const char *name, enum mu_sap_op *op);
const char *mu_sap_error_name(enum mu_sap_error error);
const char *mu_sap_error_summary(enum mu_sap_error error);
bool mu_sap_error_from_name(const char *name, enum mu_sap_error *error);
const char *mu_sap_role_name(unsigned bit); /* NULL: no single role */
bool mu_sap_role_from_name(const char *name, unsigned *bit);

/* What the wire calls an outcome: "rejected" is MU_OUTCOME_REFUSED, "quarantined" MU_OUTCOME_WITHHELD. */
const char *mu_sap_outcome_name(enum mu_outcome outcome); /* NULL: the wire has no word for it */
bool mu_sap_outcome_from_name(const char *name, enum mu_outcome *outcome);

/* Reason codes that an adapter can be blamed with; name NULL past the last. */
const struct mu_sap_field *mu_sap_reasons(void);

/* Capabilities with what they imply: one table for SUT files, suites, hello and the docs. */
struct mu_capability {
    const char *name, *summary;
    const char *implies;  /* space separated, "a|b" for one of them; "" */
    const char *excludes; /* space separated; ""                        */
    unsigned roles;       /* that it makes sense for; 0: any            */
};
const struct mu_capability *mu_capability_at(size_t i); /* NULL past the last */
const struct mu_capability *mu_capability_find(const char *name);
const char *mu_capability_nearest(const char *name); /* NULL: none is near */

/* What is wrong with a set of claims: implications and contradictions; as "advice: ..." unknown names
 * (those that begin "x-" are free) and capabilities that fit none of the roles. Returns how many. */
size_t mu_capability_lint(struct mu_arena *arena, const struct mu_sap_cap *cap, size_t caps,
                          unsigned roles, const char ***lint);

/* --- the link: how a job asks -------------------------------------------------------------------- */

struct mu_seat;
struct mu_sap_link; /* one adapter after its handshake */
struct mu_tls;

enum mu_sap_way {
    MU_SAP_PIPES,   /* descriptors 3 and 4 of the child                         */
    MU_SAP_STDIO,   /* its 0 and 1: up to 64 lines that are no JSON before hello */
    MU_SAP_DIAL,    /* we connect: mutual TLS                                   */
    MU_SAP_LISTEN,  /* it connects: mutual TLS                                  */
    MU_SAP_FILTER,  /* no protocol: one process a case, stdin to one JSON line  */
    MU_SAP_CHANNEL, /* over the job that holds the link: no handshake           */
};

/* What a link is opened with. */
struct mu_sap_opening {
    enum mu_sap_way way;
    int in, out;              /* descriptors, both the socket where there is one              */
    const struct mu_tls *tls; /* DIAL, LISTEN: made by prepare()              */
    const struct mu_control_peer *peer; /* DIAL, LISTEN: whom we expect there           */
    const char *suite, *suite_digest, *run_id, *nonce;
    uint32_t operation_ms;
    bool allow_empty_caps;
    const struct mu_bytes *policy; /* configure: policies as files, clearances, test time */
    size_t policies;
    const char *test_time;
    struct mu_buf *transcript; /* lines of both sides; NULL: not wanted */
};

/* False with MU_ERR_PEER: the adapter broke the protocol, with MU_ERR_CLOSED: it is gone, with
 * MU_ERR_DEADLINE. All three are the adapter's, never the SUT's; err->msg says what, and the reason
 * code is mu_sap_reason(). */
struct mu_sap_calls {
    /* A TLS context for DIAL (`server` false) or LISTEN, from the folder of the control plane's PKI;
     * before the first fork, and shared by all links. */
    bool (*prepare)(struct mu_arena *arena, const char *pki, bool server, struct mu_tls **tls,
                    struct mu_err *err);
    /* Shake hands, probe, configure. *hello is set when true is returned. Over a channel none of that
     * is done: hello is empty but for in_flight and each_op. */
    bool (*open)(struct mu_seat *seat, const struct mu_sap_opening *opening,
                 struct mu_sap_link **link, struct mu_sap_hello *hello, struct mu_err *err);
    /* Collect a request for the next write; *id is what the reply will bear. MU_ERR_LIMIT when as many
     * as hello.in_flight are out. Where the adapter isolates cases, the first request of a token opens
     * its case; octets too many for a line go ahead of it: in both cases replies are awaited here. */
    bool (*put)(struct mu_sap_link *link, const struct mu_sap_request *request, uint64_t *id,
                struct mu_err *err);
    bool (*flush)(struct mu_sap_link *link, struct mu_err *err);
    /* The next reply, in any order, its strings in `arena`; *there false when none came by the
     * deadline (0: do not wait). Events are kept on the way. A request that is not answered in time is
     * cancelled; when that is not answered either, its reply is MU_SAP_DEADLINE and the link is done
     * for: the next call says MU_ERR_DEADLINE. */
    bool (*next)(struct mu_sap_link *link, struct mu_arena *arena, uint64_t deadline_ms,
                 struct mu_sap_reply *reply, bool *there, struct mu_err *err);
    bool (*cancel)(struct mu_sap_link *link, uint64_t id, struct mu_err *err);
    /* Nothing more is asked for this case. Where the adapter isolates cases it is closed. */
    bool (*end)(struct mu_sap_link *link, const char *token, struct mu_err *err);
    /* The oldest event of this case (NULL: of any), its strings in `arena`; false: there is none. */
    bool (*event)(struct mu_sap_link *link, struct mu_arena *arena, const char *token,
                  struct mu_sap_event *event);
    /* The descriptor to poll, and is there a line already read? Ask ready() before polling. */
    int (*fd)(const struct mu_sap_link *link);
    bool (*ready)(const struct mu_sap_link *link);
    /* The line that broke the link, as it came, at most MU_OUTPUT_KEPT of it; empty: it was no line, or
     * no transcript is kept. */
    struct mu_bytes (*refused)(const struct mu_sap_link *link);
    /* Another job asks over `channel` from now on: its requests go to the adapter with ids of this
     * link, replies and events of its cases go back. When it hangs up its cases are closed. */
    bool (*attach)(struct mu_sap_link *link, int channel, struct mu_err *err);
    /* Pass on what has come over channels, without waiting; to be called when one can be read. Their
     * descriptors are the first of `fd`, at most `room`; returns how many there are. */
    size_t (*channels)(const struct mu_sap_link *link, int *fd, size_t room);
    bool (*relay)(struct mu_sap_link *link, struct mu_err *err);
    /* bye, best effort. */
    void (*close)(struct mu_sap_link *link);
    /* A filter speaks no protocol. What it reads of a request: the octets of the label, the marking to
     * be read, or where there is more than that the request's own members as one object. */
    struct mu_bytes (*filter_input)(struct mu_arena *arena, const struct mu_sap_request *request);
    /* What it wrote: one line, the members of the result; or {"error":{"code":...}}. */
    bool (*filter_reply)(struct mu_arena *arena, enum mu_sap_op op, struct mu_bytes output,
                         struct mu_sap_reply *reply, struct mu_err *err);
};

/* A row of mu_sap_reasons(): "adapter:crash", "adapter:framing", "timeout:label.parse" ... */
const char *mu_sap_reason(const struct mu_err *err, enum mu_sap_op op);

/* The sentence of `err`, with the line and the octet that are wrong where it has them. */
const char *mu_sap_sentence(struct mu_arena *arena, const struct mu_err *err);

#endif

/*
 * sap_check_talk.h - the raw side of a talk with an adapter that is being checked: octets out, lines in,
 * and what was sent and what came kept in words for whoever reads the result.
 *
 * Unlike the client of a run it sends what no harness should, and forgives nothing: a check is about
 * the line itself. Used by the sap_check_*.c files alone, in a sealed job.
 */
#ifndef MU_PROTO_SAP_CHECK_TALK_H
#define MU_PROTO_SAP_CHECK_TALK_H

#include <jansson.h>
#include <stdint.h>

#include "base/digest.h"
#include "proto/sap_check.h"

struct mu_talk {
    struct mu_arena *arena;
    const struct mu_sap_check_task *task;
    int in, out;         /* -1: closed                                                 */
    struct mu_buf heard; /* octets read and not yet taken as a line                    */
    size_t taken;        /* of them                                                    */
    uint64_t next_id;
    bool quiet;                 /* what is sent and what comes is not shown                   */
    bool ended;                 /* it has closed its side                                     */
    size_t silences;            /* waits in a row that nothing came of                        */
    size_t events;              /* lines with "ev" that came on the way                       */
    json_t *waiting;            /* array: replies that came before they were asked for        */
    struct mu_sap_checked *now; /* of the check that is being made: sent, came, why        */

    /* What earlier checks have found out. */
    json_t *first, *hello;       /* the reply to hello and its result; NULL: there was none    */
    char digest[MU_DIGEST_TEXT]; /* of the result                                          */
    unsigned roles;
    size_t in_flight;
    bool each_op;
    size_t preamble; /* lines that came before the first object              */
    uint32_t noise;  /* how many more of them may come                       */
    int64_t clock_ms;
    json_t *burst, *answers; /* requests that were sent together, and their replies         */
    int64_t port;            /* that it opened; 0: none                                    */
    const char *odd;         /* a member of a result that the protocol does not know       */
};

void mu_talk_start(struct mu_talk *t, struct mu_arena *arena, const struct mu_sap_check_task *task,
                   int in, int out);

/* jansson's objects live as long as the talk. */
json_t *mu_talk_keep(struct mu_talk *t, json_t *value);

/* The check does not hold, and why; always false. */
bool mu_talk_no(struct mu_talk *t, const char *fmt, ...) MU_PRINTF(2, 3);
/* It does not apply to this adapter; always true. */
bool mu_talk_skip(struct mu_talk *t, const char *why);

/* Send octets as they are; false (and the check does not hold) when it does not take them in time. */
bool mu_talk_send(struct mu_talk *t, struct mu_bytes octets) MU_MUST_USE;
/* The next line without its LF by then; *there false when none came, at the end, too. */
bool mu_talk_line(struct mu_talk *t, uint64_t wait_ms, struct mu_bytes *line, bool *there);
/* The next line must come, and be one JSON object as the protocol wants it. */
bool mu_talk_object(struct mu_talk *t, uint64_t wait_ms, json_t **object) MU_MUST_USE;
/* What a line must be: strict JSON, an object. */
bool mu_talk_parse(struct mu_talk *t, struct mu_bytes line, json_t **object) MU_MUST_USE;
/* Both descriptors are closed. */
void mu_talk_end(struct mu_talk *t);
/* No more to say: the adapter reads the end of its input. */
void mu_talk_hang_up(struct mu_talk *t);

/* A request with the next id: operation, then members as json_pack() takes them ("s:s" pairs inside
 * braces, or NULL). Kept. */
json_t *mu_talk_request(struct mu_talk *t, const char *op, const char *fmt, ...);
/* One line of it. */
struct mu_bytes mu_talk_write(struct mu_talk *t, const json_t *object);
/* Send it and wait for the reply with its id; replies to others are put aside, events are passed. */
bool mu_talk_put(struct mu_talk *t, const json_t *request) MU_MUST_USE;
bool mu_talk_take(struct mu_talk *t, const json_t *request, uint64_t wait_ms,
                  json_t **reply) MU_MUST_USE;
bool mu_talk_ask(struct mu_talk *t, const json_t *request, json_t **reply) MU_MUST_USE;

/* What a reply must be, as a check says it. */
bool mu_talk_done(struct mu_talk *t, const json_t *reply, json_t **result) MU_MUST_USE;
bool mu_talk_failed(struct mu_talk *t, const json_t *reply, const char *codes) MU_MUST_USE;
/* Ask, and both. */
bool mu_talk_result(struct mu_talk *t, const json_t *request, json_t **result) MU_MUST_USE;
bool mu_talk_refused(struct mu_talk *t, const json_t *request, const char *codes) MU_MUST_USE;

/* A member that must be a string that is not empty. */
bool mu_talk_text(struct mu_talk *t, const json_t *object, const char *name,
                  const char **text) MU_MUST_USE;

#endif

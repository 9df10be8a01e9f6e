/*
 * sap_replay.h - a record as a replay uses it: what was asked, in which life, and what came back.
 *
 * sap_replay_read.c makes it of the file; sap_replay.c answers from it. Both are sealed.
 */
#ifndef MU_PROTO_SAP_REPLAY_H
#define MU_PROTO_SAP_REPLAY_H

#include <jansson.h>

#include "proto/sap_record.h"

struct mu_replay_reply {
    json_t *line;
    uint32_t after; /* requests of its life that came before it */
    bool late;      /* it came after cancel                     */
    struct mu_replay_reply *next;
};

/* One question in one life. */
struct mu_replay_asked {
    uint32_t life;                  /* index                                              */
    uint32_t times, taken;          /* how often it was asked: of the adapter, of us      */
    struct mu_replay_reply *reply;  /* the next to be given; NULL: none came              */
    struct mu_replay_reply *latest; /* given last, and again when asked more often        */
    struct mu_replay_reply **end;
    struct mu_replay_asked *next; /* the same question in a later life                  */
};

struct mu_replay_life {
    json_t *hello;     /* the reply to it; NULL: none came                       */
    json_t *open;      /* while it is read: id: what it asks, as an address      */
    json_t *cancelled; /* while it is read: ids                                  */
    struct mu_bytes
        refused; /* the first of its lines that the protocol does not allow, with its LF */
    uint32_t refused_after;  /* requests that came before that                         */
    uint32_t requests;       /* that it was asked                                      */
    uint32_t left;           /* of these, what we were not asked                       */
    uint32_t cut;            /* line of the file that is cut off; 0: none              */
    int status;              /* of its end, as an exit status                          */
    bool bye, closed, ended; /* it was said; the harness hung up; the adapter did      */
};

struct mu_sap_replay {
    struct mu_arena *arena;
    json_t *known;     /* question: its first struct mu_replay_asked, as an address */
    const char *nonce; /* of the record; NULL                                      */
    struct mu_replay_life *life;
    size_t lives, room;
    /* Answering. */
    size_t at;     /* life that is played; `lives`: none is left                    */
    bool settled;  /* what was asked shows that it is the right one                 */
    bool foreign;  /* another nonce: nothing of this will be found                  */
    bool doomed;   /* an answer is kept back because that life ended in want of it  */
    int status;    /* and how                                                       */
    json_t *held;  /* id: the late reply, given with cancel                         */
    json_t *early; /* list of replies whose time has not come: [after, reply]       */
    bool loose;    /* what is asked comes in another order: replies are not held    */
    size_t missed; /* questions without an answer                                   */
    uint32_t cut;  /* line of the file in which it is cut off; 0: it is whole       */
    const char *name;
};

/* What a request asks, as text that is the same whenever the same is asked. */
const char *mu_replay_question(struct mu_arena *arena, const json_t *request);

/* A member that is text, or "". */
const char *mu_replay_text(const json_t *object, const char *name);

/* "id" of a line as a name. */
const char *mu_replay_id(struct mu_arena *arena, const json_t *line, const char *member);

/* What a table of addresses holds under a name; NULL. */
void *mu_replay_find(const json_t *table, const char *name);

/* It ended of itself, in the middle of a run. */
bool mu_replay_dies(const struct mu_replay_life *life);

/* It ended as no life should, so that it matters what was in hand. */
bool mu_replay_breaks(const struct mu_replay_life *life);

#endif

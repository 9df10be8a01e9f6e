/* engine_serve.h - cases in hand of a job that serves an adapter; inside the engine only. */
#ifndef MU_SUITE_ENGINE_SERVE_H
#define MU_SUITE_ENGINE_SERVE_H

#include "suite/engine_case.h"

/* One case in hand: it waits for the answer to one request. */
struct mu_hand {
    bool busy;
    struct mu_order_case order;
    struct mu_arena *arena; /* of the attempt; replies join it */
    struct mu_engine_case *e;
    size_t at;                /* the step to go on with                              */
    const struct mu_ask *ask; /* that is out                                         */
    uint64_t id;              /* of its request; 0: none is out                      */
    uint64_t deadline_ms;     /* when somebody must look whether the answer is late  */
};

struct mu_server {
    const struct mu_engine *engine;
    struct mu_seat *seat;
    struct mu_sap_link *link;
    struct mu_sap_hello hello;
    struct mu_buf transcript;
    struct mu_hand *hand;
    size_t room, hands;
    enum mu_sap_op late;      /* the operation that was answered too late last */
    const char *broken, *why; /* a reason code, and a sentence; NULL: the link stands */
};

/* The adapter broke: true, and s->broken says how. False: something else did. MU_SAP_OPS: while no one
 * operation was waited for. */
bool mu_server_broke(struct mu_server *s, enum mu_sap_op op, const struct mu_err *why,
                     struct mu_err *err) MU_MUST_USE;

/* engine_open.c: what the SUT file says that this adapter opens, all of it; and the end of it. */
bool mu_server_open(struct mu_server *s, size_t p, struct mu_err *err) MU_MUST_USE;
bool mu_server_close(struct mu_server *s, size_t p, struct mu_err *err) MU_MUST_USE;

/* Steps up to the next ask, which is put, or to the end of the case. */
bool mu_hand_go_on(struct mu_server *s, struct mu_hand *h, struct mu_err *err) MU_MUST_USE;
/* A reply, which lives in `arena`; it is the hand's from now on, or gone. */
bool mu_hand_take(struct mu_server *s, struct mu_arena *arena, const struct mu_sap_reply *reply,
                  struct mu_err *err) MU_MUST_USE;
/* The adapter is broken: nothing in hand will be answered. */
bool mu_hands_lost(struct mu_server *s, struct mu_err *err) MU_MUST_USE;

#endif

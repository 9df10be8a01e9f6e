/* sap_link.h - for tests of the adapter protocol: one link, as a job has it. */
#ifndef MU_TESTS_SAP_LINK_H
#define MU_TESTS_SAP_LINK_H

#include "tests/sap_peers.h"

static struct mu_arena *arena;
static struct mu_seat seat;
static struct mu_sap_link *link_;
static struct mu_sap_hello hello;
static struct mu_err err;
static pid_t child;

static inline void setup(void)
{
    arena = mu_arena_new(1024 * MU_MIB);
    seat = (struct mu_seat){ .arena = arena, .deadline_ms = UINT64_MAX };
    err = (struct mu_err){ .code = MU_ERR_NONE };
}

static inline void teardown(void)
{
    mu_arena_free(arena);
}

static inline void start(void (*peer)(int fd, const void *script), const void *script,
                         struct mu_buf *transcript)
{
    int fd = peer_start(&child, peer, script);
    struct mu_sap_opening opening = {
        .in = fd, .out = fd, .nonce = "n", .operation_ms = 2000, .transcript = transcript
    };
    ck_assert_msg(mu_sap_calls.open(&seat, &opening, &link_, &hello, &err), "%s", err.msg);
}

static inline uint64_t put(const struct mu_sap_request *request)
{
    uint64_t id;
    ck_assert_msg(mu_sap_calls.put(link_, request, &id, &err), "%s", err.msg);
    return id;
}

static inline bool next(struct mu_sap_reply *reply)
{
    bool there = false;
    return mu_sap_calls.flush(link_, &err)
           && mu_sap_calls.next(link_, arena, mu_clock_ms() + 5000, reply, &there, &err) && there;
}

static const struct mu_sap_request parse = { .op = MU_SAP_LABEL_PARSE,
                                             .token = "t1",
                                             .label = { "<l/>", 4 } };

#endif

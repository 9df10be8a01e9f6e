/*
 * What an adapter opens: it is asked once it has been greeted, before any case, and asked to close before
 * it is sent home.
 *
 * Of its answer the port is taken over and nothing else: who named another host would lead us anywhere.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "suite/engine_serve.h"

static const char *const tls_word[] = { "none", "starttls", "implicit" }; /* enum mu_tls_mode */

/* The answer to one request of ours; false: it broke, or something else did. */
static bool ask(struct mu_server *s, const struct mu_sap_request *request,
                struct mu_sap_reply *reply, struct mu_err *err)
{
    const struct mu_sap_calls *sap = s->engine->o.sap;
    uint64_t id, deadline_ms = mu_clock_ms() + request->deadline_ms + 2UL * MU_SAP_CANCEL_MS;
    bool there = false;
    struct mu_err why;
    *reply = (struct mu_sap_reply){ .op = request->op };
    if (!sap->put(s->link, request, &id, &why) || !sap->flush(s->link, &why)
        || !sap->next(s->link, s->seat->arena, deadline_ms, reply, &there, &why))
        return mu_server_broke(s, request->op, &why, err);
    if (there && reply->error != MU_SAP_DEADLINE && reply->error != MU_SAP_CANCELLED)
        return true;
    s->broken = mu_sap_op(request->op)->timeout;
    s->why =
        mu_arena_printf(s->seat->arena, "no answer to %s in time", mu_sap_op(request->op)->name);
    return true;
}

static bool misses(struct mu_server *s, const char *reason, const char *why)
{
    s->broken = reason;
    s->why = why;
    return false;
}

/* Is the answer one that the SUT file allows? */
static bool fits(struct mu_server *s, const struct mu_sap_request *asked,
                 const struct mu_sap_reply *r)
{
    struct mu_arena *arena = s->seat->arena;
    const char *name = mu_sap_op(asked->op)->name;
    if (r->error != MU_SAP_OK) {
        const char *code = mu_sap_error_name(r->error),
                   *said = r->message != NULL ? r->message : "";
        return misses(s,
                      r->error == MU_SAP_UNSUPPORTED ? "adapter:capabilities"
                                                     : mu_arena_printf(arena, "adapter:%s", code),
                      mu_arena_printf(arena, "%s: %s %s", name, code,
                                      mu_text_line(arena, mu_bytes_of(said))));
    }
    if (asked->op == MU_SAP_CLOSE)
        return true;
    if (r->host == NULL || strcmp(r->host, asked->host) != 0)
        return misses(
            s, "adapter:endpoint",
            mu_arena_printf(arena, "it was to open %s, and opened '%s'", asked->host,
                            mu_text_line(arena, mu_bytes_of(r->host != NULL ? r->host : ""))));
    if (r->port < 1 || r->port > UINT16_MAX || (asked->port != 0 && r->port != asked->port))
        return misses(
            s, "adapter:endpoint",
            mu_arena_printf(arena, "it opened port %llu, which is %s", (unsigned long long) r->port,
                            r->port >= 1 && r->port <= UINT16_MAX ? "not the one that was asked for"
                                                                  : "none"));
    return true;
}

/* One place of the SUT file, asked for with its name there. */
static void request_of(struct mu_server *s, const struct mu_endpoint *e, const char *mode,
                       size_t number, struct mu_sap_request *request)
{
    char host[64];
    mu_address_host(&e->address, host, sizeof host);
    *request = (struct mu_sap_request){
        .op = MU_SAP_OPEN,
        .deadline_ms = s->engine->o.profile->operation_ms,
        .endpoint = mu_arena_printf(s->seat->arena, "%s-%zu", mode, number + 1),
        .mode = mode,
        .carrier = e->carrier,
        .tls = tls_word[e->tls],
        .tls_name = e->tls_name,
        .host = mu_arena_strndup(s->seat->arena, host, strlen(host)),
        .port = mu_address_port(&e->address),
    };
}

/* `close` only needs the name. */
static bool ask_one(struct mu_server *s, const struct mu_endpoint *e, const char *mode,
                    size_t number, enum mu_sap_op op, struct mu_sap_reply *reply,
                    struct mu_err *err)
{
    struct mu_sap_request request;
    request_of(s, e, mode, number, &request);
    request.op = op;
    if (op == MU_SAP_CLOSE && request.deadline_ms > MU_OPERATION_MS) /* the run waits no longer */
        request.deadline_ms = MU_OPERATION_MS;
    TRY(ask(s, &request, reply, err));
    if (s->broken == NULL)
        (void) fits(s, &request, reply);
    return true;
}

static bool each(struct mu_server *s, size_t p, enum mu_sap_op op, struct mu_err *err)
{
    const struct mu_sut *sut = s->engine->o.sut;
    struct mu_sap_reply reply;
    for (size_t i = 0; i < sut->endpoints + sut->addresses && s->broken == NULL; i++) {
        bool listens = i < sut->endpoints;
        size_t number = listens ? i : i - sut->endpoints;
        const struct mu_endpoint *e = listens ? &sut->endpoint[number] : &sut->address[number];
        if (e->opened_by == 0 || s->engine->program_of[e->opened_by - 1] != (int) p)
            continue;
        TRY(ask_one(s, e, listens ? "listen" : "connect", number, op, &reply, err));
        if (s->broken == NULL && listens && op == MU_SAP_OPEN)
            mu_seat_opened(s->seat, (uint32_t) p, (uint32_t) number, (uint16_t) reply.port);
    }
    return true;
}

bool mu_server_open(struct mu_server *s, size_t p, struct mu_err *err)
{
    return each(s, p, MU_SAP_OPEN, err);
}

bool mu_server_close(struct mu_server *s, size_t p, struct mu_err *err)
{
    return each(s, p, MU_SAP_CLOSE, err);
}

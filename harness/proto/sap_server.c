#include "proto/sap_server.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "proto/sap_session.h"

#define TURN_MAX     (MU_SAP_BLOB_MAX + 64 * MU_MIB) /* bytes of memory for one request */
#define ANSWERS_HELD 12                              /* of the 32 that are usually asked at once */

void mu_sap_refuse(struct mu_sap_turn *turn, enum mu_sap_error error, const char *message)
{
    turn->reply->error = error;
    turn->reply->message = message;
}

void mu_sap_tell(struct mu_sap_session *session, const struct mu_sap_event *event)
{
    static const char *const kind[MU_SAP_EVENTS] = { "log", "evidence", "state", "warn" };
    struct mu_json j = { .out = &session->lines.out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "ev", kind[event->kind]);
    mu_json_text(&j, "case", event->token);
    if (event->id != 0)
        mu_json_number(&j, "id", (int64_t) event->id);
    mu_json_text(&j, "name", event->name);
    mu_json_text(&j, "text", event->text);
    if (event->data.n > 0)
        mu_sap_put_octets(&j, "data", event->data);
    mu_json_close(&j, '}');
    mu_buf_putc(&session->lines.out, '\n');
}

/* --- the handshake -------------------------------------------------------------------------------- */

static void put_names(struct mu_json *j, const struct mu_sap_hello *h)
{
    mu_json_open(j, "adapter", '{');
    mu_json_text(j, "name", h->adapter_name);
    mu_json_text(j, "version", h->adapter_version);
    mu_json_text(j, "lang", h->language);
    mu_json_close(j, '}');
    mu_json_open(j, "sut", '{');
    mu_json_text(j, "name", h->sut_name);
    mu_json_text(j, "version", h->sut_version);
    mu_json_text(j, "build", h->sut_build);
    mu_json_text(j, "owner", h->sut_owner);
    mu_json_text(j, "label_ceiling", h->label_ceiling);
    mu_json_close(j, '}');
}

static void put_caps(struct mu_json *j, const struct mu_sap_hello *h)
{
    mu_json_open(j, "caps", '{');
    for (size_t i = 0; i < h->caps; i++) {
        const struct mu_sap_cap *cap = &h->cap[i];
        if (cap->unsupported) {
            mu_json_open(j, cap->name, '{');
            mu_json_text(j, "status", "unsupported");
            mu_json_text(j, "note", cap->note);
            mu_json_close(j, '}');
        } else {
            mu_json_raw(j, cap->name, cap->details != NULL ? cap->details : "{}");
        }
    }
    mu_json_close(j, '}');
}

static void put_hello(struct mu_json *j, const struct mu_sap_hello *h)
{
    mu_json_number(j, "sap", MU_SAP_VERSION);
    put_names(j, h);
    mu_json_open(j, "roles", '[');
    for (unsigned bit = 1; bit < MU_SAP_EVERY_ROLE; bit <<= 1)
        if ((h->roles & bit) != 0)
            mu_json_text(j, NULL, mu_sap_role_name(bit));
    mu_json_close(j, ']');
    mu_json_number(j, "max_inflight", h->in_flight);
    mu_json_text(j, "isolation", h->each_op ? "op" : "case");
    put_caps(j, h);
    mu_json_open(j, "limits", '{');
    mu_json_number(j, "max_line", (int64_t) MU_SAP_LINE_MAX);
    mu_json_close(j, '}');
}

static void greet(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    const json_t *versions = json_object_get(object, "sap");
    bool common = false;
    for (size_t i = 0; i < json_array_size(versions); i++)
        common |= json_integer_value(json_array_get(versions, i)) == MU_SAP_VERSION;
    if (turn->session->greeted) {
        mu_sap_refuse(turn, MU_SAP_PRECONDITION, "hello was said before");
    } else if (!common) {
        mu_sap_refuse(turn, MU_SAP_UNSUPPORTED, "no version in common: this adapter speaks SAP/1");
    } else {
        turn->session->greeted = true;
        put_hello(result, &turn->session->server->hello);
    }
}

static void probe(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    const char *kind = json_string_value(json_object_get(object, "kind"));
    struct mu_sap_octets data;
    struct mu_err err;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (strcmp(kind, "clock") == 0)
        mu_json_number(result, "unix_ms", (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000);
    else if (strcmp(kind, "echo") != 0)
        mu_sap_refuse(turn, MU_SAP_UNSUPPORTED, "no such probe");
    else if (!mu_sap_read_octets(turn->arena, json_object_get(object, "data"), &data, &err)
             || data.blob != NULL)
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, "an echo of nothing");
    else
        mu_sap_put_octets(result, "data", data.data);
}

static void configure(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    const struct mu_sap_server *server = turn->session->server;
    struct mu_sap_given given;
    if (!mu_sap_read_given(turn, object, &given))
        return;
    if (server->configure != NULL)
        server->configure(turn, &given);
    mu_json_open(result, "installed", '[');
    for (size_t i = 0; i < given.policies; i++) {
        char name[MU_SAP_DIGEST_TEXT];
        mu_sap_blob_name(given.policy[i], name);
        if (given.installed[i])
            mu_json_text(result, NULL, name);
    }
    mu_json_close(result, ']');
}

/* --- one request ------------------------------------------------------------------------------------ */

static void nothing(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    (void) turn, (void) object, (void) result;
}

static void take_blob(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    (void) result;
    mu_sap_blob_take(turn, object);
}

static void give_blob(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    (void) result;
    mu_sap_blob_give(turn, object);
}

static void part(struct mu_sap_turn *turn, const json_t *object, struct mu_json *result)
{
    (void) object, (void) result;
    turn->session->ended = true;
}

/* What is answered here; members that the tables do not give from a reply are written at once. */
static void (*const built_in[MU_SAP_OPS])(struct mu_sap_turn *turn, const json_t *object,
                                          struct mu_json *result) = {
    [MU_SAP_HELLO] = greet,        [MU_SAP_PROBE] = probe,        [MU_SAP_CONFIGURE] = configure,
    [MU_SAP_BLOB_PUT] = take_blob, [MU_SAP_BLOB_GET] = give_blob, [MU_SAP_CANCEL] = nothing,
    [MU_SAP_BYE] = part,
};

/* May be left to us where the adapter has nothing to do for it. */
static bool is_optional(enum mu_sap_op op)
{
    return op == MU_SAP_BEGIN || op == MU_SAP_END || op == MU_SAP_RESET;
}

bool mu_sap_offered(const struct mu_sap_session *session, enum mu_sap_op op)
{
    return session->server->answer[op] != NULL || built_in[op] != NULL || is_optional(op);
}

static void answer(struct mu_sap_turn *turn, const json_t *object, enum mu_sap_op op,
                   struct mu_json *result)
{
    const struct mu_sap_server *server = turn->session->server;
    struct mu_sap_request *request = mu_new(turn->arena, struct mu_sap_request);
    request->op = op;
    turn->request = request;
    if (!turn->session->greeted && op != MU_SAP_HELLO) {
        mu_sap_refuse(turn, MU_SAP_PRECONDITION, "hello comes first");
    } else if (server->answer[op] != NULL) {
        if (mu_sap_read_request(turn, object, request))
            server->answer[op](turn);
    } else if (built_in[op] != NULL) {
        built_in[op](turn, object, result);
    }
}

/* The result is written where the line ends, and taken back when it turns out to be an error. */
static void put_reply(struct mu_sap_turn *turn, const json_t *object, json_int_t id)
{
    struct mu_buf *out = &turn->session->lines.out;
    struct mu_buf told = { .arena = turn->arena };
    struct mu_json result = { .out = &told }, j = { .out = out };
    enum mu_sap_op op;
    if (mu_sap_check_request(turn, object, &op)) {
        answer(turn, object, op, &result);
        if (turn->reply->error == MU_SAP_OK)
            mu_sap_put_result(turn->session, &result, op, turn->reply);
    }
    bool ok = turn->reply->error == MU_SAP_OK;
    mu_json_open(&j, NULL, '{');
    mu_json_number(&j, "id", id);
    mu_json_bool(&j, "ok", ok);
    mu_json_open(&j, ok ? "result" : "error", '{');
    if (ok)
        mu_buf_put_bytes(out, mu_buf_bytes(&told));
    else
        mu_sap_put_error(&j, turn->reply);
    mu_json_close(&j, '}');
    mu_json_close(&j, '}');
    mu_buf_putc(out, '\n');
}

static bool take_turn(struct mu_sap_session *session, struct mu_bytes line, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(TURN_MAX);
    struct mu_sap_reply reply = { .error = MU_SAP_OK };
    struct mu_sap_turn turn = {
        .self = session->server->self,
        .arena = arena,
        .reply = &reply,
        .session = session,
    };
    json_t *object;
    bool taken = mu_sap_json_in(arena, line, session->lines.count, &object, err);
    const json_t *id = taken ? json_object_get(object, "id") : NULL;
    if (taken && !json_is_integer(id))
        taken = mu_fail(err, MU_ERR_PEER, "a request without its id");
    if (taken)
        put_reply(&turn, object, json_integer_value(id));
    mu_arena_free(arena);
    return taken;
}

/* Answers leave together, but not so many of them that whoever asks has nothing to do meanwhile. */
static bool serve(struct mu_sap_session *session, struct mu_err *err)
{
    for (unsigned held = 0; !session->ended;) {
        struct mu_bytes line;
        bool there;
        if (held == ANSWERS_HELD || !mu_sap_has_line(&session->lines)) {
            TRY(mu_sap_flush(&session->lines, UINT64_MAX, err));
            held = 0;
        }
        TRY(mu_sap_line(&session->lines, UINT64_MAX, &line, &there, err));
        if (there)
            TRY(take_turn(session, line, err));
        held += there;
    }
    return mu_sap_flush(&session->lines, UINT64_MAX, err);
}

bool mu_sap_serve(const struct mu_sap_server *server, int in, int out, struct mu_err *err)
{
    struct mu_arena *arena = mu_arena_new(MU_JOB_ARENA_MAX);
    struct mu_sap_session *session = mu_new(arena, struct mu_sap_session);
    struct mu_sap_wire wire;
    session->server = server;
    mu_sap_wire_descriptors(arena, in, out, &wire);
    mu_sap_lines_start(&session->lines, arena, &wire);
    bool done = serve(session, err);
    mu_sap_blobs_free(session);
    mu_arena_free(arena);
    return done;
}

/* An adapter that says what another one has said. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text_safe.h"
#include "core/sap.h"
#include "proto/sap_line.h"
#include "proto/sap_record.h"

struct mu_sap_replay {
    struct mu_arena *arena;
    json_t *known;     /* what is asked: list of the replies, in the order in which they came */
    json_t *asked;     /* while it is read: id: what was asked with it last                    */
    json_t *hello;     /* the reply to it                                                      */
    const char *nonce; /* of the record; NULL                                                */
    size_t missed;
};

static void drop(void *value)
{
    json_decref(value);
}

static json_t *keep(struct mu_arena *arena, json_t *value)
{
    mu_arena_defer(arena, drop, value);
    return value;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* What a request asks, as text that is the same whenever the same is asked. */
static const char *question(struct mu_arena *arena, const json_t *request)
{
    json_t *bare = json_copy((json_t *) (uintptr_t) request);
    json_object_del(bare, "id");
    json_object_del(bare, "deadline_ms");
    char *text = json_dumps(bare, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    const char *kept =
        mu_arena_strndup(arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    free(text);
    json_decref(bare);
    return kept;
}

static const char *id_of(struct mu_arena *arena, const json_t *line)
{
    return mu_arena_printf(arena, "%" JSON_INTEGER_FORMAT,
                           json_integer_value(json_object_get(line, "id")));
}

void mu_sap_replay_start(void)
{
    json_object_seed(0);
}

/* --- reading a record ----------------------------------------------------------------------------- */

static void note_request(struct mu_sap_replay *r, const json_t *line)
{
    json_object_set_new(r->asked, id_of(r->arena, line), json_string(question(r->arena, line)));
}

static void note_reply(struct mu_sap_replay *r, json_t *line)
{
    const char *what = text_of(r->asked, id_of(r->arena, line));
    json_t *ask = json_loads(what, 0, NULL);
    bool hello = strcmp(text_of(ask, "op"), "hello") == 0;
    json_decref(ask);
    if (hello && r->hello == NULL)
        r->hello = line;
    json_t *replies = json_object_get(r->known, what);
    if (replies == NULL) {
        replies = json_array();
        json_object_set_new(r->known, what, replies);
    }
    json_array_append(replies, line);
}

/* Lines that the protocol would refuse, and events, tell nothing that could be asked for. */
static void note(struct mu_sap_replay *r, const json_t *entry)
{
    json_t *line;
    struct mu_err ignored;
    const json_t *text = json_object_get(entry, "line");
    struct mu_bytes octets = { json_string_value(text), json_string_length(text) };
    if (octets.p == NULL || !mu_sap_json_in(r->arena, octets, 1, &line, &ignored))
        return;
    if (!json_is_integer(json_object_get(line, "id")) || json_object_get(line, "ev") != NULL)
        return;
    if (strcmp(text_of(entry, "from"), "harness") == 0)
        note_request(r, line);
    else
        note_reply(r, line);
}

static bool read_entry(struct mu_sap_replay *r, struct mu_bytes line, struct mu_where where,
                       struct mu_err *err)
{
    json_error_t why;
    json_t *entry = keep(r->arena, json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &why));
    if (!json_is_object(entry))
        return mu_fail_where(err, where, MU_ERR_PROFILE, "this is no line of a record");
    if (where.line > 1) {
        note(r, entry);
        return true;
    }
    if (strcmp(text_of(entry, "schema"), MU_SAP_RECORD_SCHEMA) != 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE,
                             "this is no record of an adapter: "
                             "'schema' is not '%s'",
                             MU_SAP_RECORD_SCHEMA);
    r->nonce = json_string_value(json_object_get(entry, "nonce"));
    return true;
}

bool mu_sap_replay_load(struct mu_arena *arena, struct mu_bytes record, const char *name,
                        struct mu_sap_replay **replay, struct mu_err *err)
{
    struct mu_sap_replay *r = mu_new(arena, struct mu_sap_replay);
    *r = (struct mu_sap_replay){ .arena = arena };
    r->known = keep(arena, json_object());
    r->asked = keep(arena, json_object());
    struct mu_where where = { .input = name, .line = 1 };
    for (size_t at = 0; at < record.n; where.line++) {
        size_t lf = mu_bytes_find(record, MU_BYTES("\n"), at);
        if (lf == SIZE_MAX)
            break; /* the writer was ended: what stands before is good */
        TRY(read_entry(r, mu_bytes_slice(record, at, lf - at), where, err));
        at = lf + 1;
    }
    if (r->hello == NULL)
        return mu_fail_where(err, ((struct mu_where){ .input = name }), MU_ERR_PROFILE,
                             "no reply to hello stands in this record");
    *replay = r;
    return true;
}

/* --- answering ------------------------------------------------------------------------------------ */

static json_t *failed(const char *code, const char *message)
{
    return json_pack("{s:b,s:{s:s,s:s}}", "ok", 0, "error", "code", code, "message", message);
}

static json_t *done(json_t *result)
{
    return json_pack("{s:b,s:o}", "ok", 1, "result", result);
}

static json_t *probe(const json_t *request)
{
    struct timespec now;
    json_t *data = json_object_get(request, "data");
    clock_gettime(CLOCK_REALTIME, &now);
    if (strcmp(text_of(request, "kind"), "clock") == 0)
        return done(
            json_pack("{s:I}", "unix_ms", (json_int_t) now.tv_sec * 1000 + now.tv_nsec / 1000000));
    if (strcmp(text_of(request, "kind"), "echo") == 0 && data != NULL)
        return done(json_pack("{s:O}", "data", data));
    return failed("bad-request", "a probe is an echo or a clock");
}

/* As the record has it; asked more often than there, the last one again. */
static json_t *recorded(struct mu_sap_replay *r, const char *what)
{
    json_t *replies = json_object_get(r->known, what);
    if (json_array_size(replies) == 0)
        return NULL;
    json_t *reply = json_copy(json_array_get(replies, 0));
    if (json_array_size(replies) > 1)
        json_array_remove(replies, 0);
    return reply;
}

static void miss(struct mu_sap_replay *r, int say, const char *what)
{
    if (++r->missed <= MU_SAP_REPLAY_SAID)
        dprintf(say, "replay: the record has no answer to %.200s\n",
                mu_text_line(r->arena, mu_bytes_of(what)));
}

static json_t *answer_op(struct mu_sap_replay *r, const json_t *request, int say)
{
    enum mu_sap_op op;
    if (!mu_sap_op_from_name(text_of(request, "op"), &op))
        return failed("unsupported", "there is no such operation");
    if (op == MU_SAP_HELLO && r->nonce != NULL && strcmp(text_of(request, "nonce"), r->nonce) != 0)
        dprintf(say,
                "replay: the nonce of this run is not that of the record: little will be found\n");
    if (op == MU_SAP_HELLO)
        return json_copy(r->hello);
    if (op == MU_SAP_PROBE)
        return probe(request);
    if (op == MU_SAP_CANCEL || op == MU_SAP_BYE)
        return done(json_object());
    const char *what = question(r->arena, request);
    json_t *reply = recorded(r, what);
    if (reply == NULL) {
        miss(r, say, what);
        /* Whoever is only greeted is not told of policies, and need not be configured. */
        return failed(op == MU_SAP_CONFIGURE ? "unsupported" : "adapter-fault",
                      "the record has no answer to this");
    }
    return reply;
}

static void answer(struct mu_sap_replay *r, struct mu_bytes line, int say, struct mu_buf *out,
                   bool *bye)
{
    json_t *request = NULL, *reply;
    struct mu_err why;
    if (!mu_sap_json(line, 1, &request, &why))
        reply = failed("bad-request", why.msg);
    else if (!json_is_integer(json_object_get(request, "id")))
        reply = failed("bad-request", "a request has an id that is a number");
    else
        reply = answer_op(r, request, say);
    json_t *id = json_object_get(request, "id");
    json_object_set(reply, "id", json_is_integer(id) ? id : json_null());
    *bye = strcmp(text_of(request, "op"), "bye") == 0;
    char *text = json_dumps(reply, JSON_COMPACT);
    mu_buf_puts(out, text != NULL ? text : "{}");
    mu_buf_putc(out, '\n');
    free(text);
    json_decref(reply);
    json_decref(request);
}

bool mu_sap_replay_serve(struct mu_sap_replay *replay, int in, int out, int say, struct mu_err *err)
{
    struct mu_sap_wire wire;
    struct mu_sap_lines lines;
    bool bye = false;
    mu_sap_wire_descriptors(replay->arena, in, out, &wire);
    mu_sap_lines_start(&lines, replay->arena, &wire);
    while (!bye) {
        struct mu_bytes line;
        bool there;
        TRY(mu_sap_line(&lines, mu_clock_ms() + MU_SAP_REPLAY_MS, &line, &there, err));
        if (!there)
            return mu_fail(err, MU_ERR_DEADLINE, "the harness has said nothing for a day");
        answer(replay, line, say, &lines.out, &bye);
        TRY(mu_sap_flush(&lines, mu_clock_ms() + MU_SAP_REPLAY_MS, err));
    }
    return true;
}

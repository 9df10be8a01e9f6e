/* Deadlines, cancel, and octets that are too many for one line. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "format/label.h"
#include "proto/sap_check_inside.h"

#define PIECE ((size_t) 48 * MU_KIB)
#define LARGE (2 * PIECE + 1000) /* octets: more than one line takes, in three pieces */

static json_t *request_echo(struct mu_talk *t, const char *text)
{
    return mu_talk_request(t, "probe", "{s:s,s:o}", "kind", "echo", "data",
                           mu_sap_octets(t, mu_bytes_of(text)));
}

/* The reply is a result, or one of these errors. */
static bool done_or(struct mu_talk *t, const json_t *request, const char *codes)
{
    json_t *reply, *result;
    TRY(mu_talk_take(t, request, t->task->wait_ms, &reply));
    if (json_is_false(json_object_get(reply, "ok")))
        return mu_talk_failed(t, reply, codes);
    return mu_talk_done(t, reply, &result);
}

bool mu_try_deadline(struct mu_talk *t)
{
    json_t *request = request_echo(t, "in a millisecond");
    json_object_set_new(request, "deadline_ms", json_integer(1));
    return mu_talk_put(t, request) && done_or(t, request, "deadline");
}

static json_t *request_cancel(struct mu_talk *t, const json_t *request)
{
    return mu_talk_request(t, "cancel", "{s:O}", "of", json_object_get(request, "id"));
}

/* Whoever comes first, both are answered, and once. */
bool mu_try_cancel(struct mu_talk *t)
{
    json_t *request = request_echo(t, "to be given up"), *cancel = request_cancel(t, request);
    struct mu_buf lines = { .arena = t->arena };
    if (t->in_flight < 2)
        return mu_talk_skip(t, "it takes one request at a time");
    mu_buf_put_bytes(&lines, mu_talk_write(t, request));
    mu_buf_put_bytes(&lines, mu_talk_write(t, cancel));
    TRY(mu_talk_send(t, mu_buf_bytes(&lines)));
    return done_or(t, request, "cancelled") && done_or(t, cancel, "precondition");
}

bool mu_try_cancel_late(struct mu_talk *t)
{
    json_t *request = request_echo(t, "answered"), *reply;
    TRY(mu_talk_ask(t, request, &reply));
    json_t *cancel = request_cancel(t, request);
    return mu_talk_put(t, cancel) && done_or(t, cancel, "precondition");
}

/* --- blobs ---------------------------------------------------------------------------------------- */

/* The label of the task behind enough white space to be large. */
static struct mu_bytes large_label(struct mu_talk *t)
{
    struct mu_bytes label = mu_label_write(t->arena, t->task->label);
    char *octets = mu_arena_alloc(t->arena, LARGE);
    memset(octets, ' ', LARGE);
    for (size_t i = 0; i < LARGE; i += 80)
        octets[i] = '\n';
    memcpy(octets, label.p, label.n);
    return (struct mu_bytes){ octets, LARGE };
}

static bool put(struct mu_talk *t, struct mu_bytes whole, const char *digest, size_t at,
                json_t **reply)
{
    json_t *request = mu_talk_request(t, "blob.put", "{s:s,s:I,s:I,s:o}", "blob", digest, "len",
                                      (json_int_t) whole.n, "offset", (json_int_t) at, "data",
                                      mu_sap_octets(t, mu_bytes_slice(whole, at, PIECE)));
    return mu_talk_ask(t, request, reply);
}

const char *mu_sap_digest(struct mu_talk *t, struct mu_bytes octets)
{
    char text[MU_DIGEST_TEXT];
    mu_digest_text(octets, text);
    return mu_arena_printf(t->arena, "sha256:%s", text);
}

json_t *mu_sap_blob(struct mu_talk *t, struct mu_bytes whole)
{
    const char *digest = mu_sap_digest(t, whole);
    json_t *reply, *result;
    for (size_t at = 0; at < whole.n; at += PIECE)
        if (!put(t, whole, digest, at, &reply) || !mu_talk_done(t, reply, &result))
            return NULL;
    return json_pack("{s:s,s:I}", "blob", digest, "len", (json_int_t) whole.n);
}

static json_t *parse_blob(struct mu_talk *t, json_t *blob)
{
    return mu_talk_request(t, "label.parse", "{s:{s:s,s:o}}", "label", "syntax", MU_SAP_SYNTAX,
                           "data", blob);
}

static bool takes_labels(struct mu_talk *t)
{
    return mu_sap_offers(t, MU_SAP_VALIDATOR)
           || !mu_talk_skip(t, "no operation that it has takes so many octets");
}

bool mu_try_blob(struct mu_talk *t)
{
    json_t *result;
    if (!takes_labels(t))
        return true;
    json_t *blob = mu_sap_blob(t, large_label(t));
    TRY(blob != NULL && mu_talk_result(t, parse_blob(t, blob), &result));
    const char *outcome = json_string_value(json_object_get(result, "outcome"));
    return (outcome != NULL && strcmp(outcome, "accepted") == 0)
           || mu_talk_no(t, "a valid label in a blob is '%.40s', not accepted",
                         outcome != NULL ? outcome : "");
}

bool mu_try_blob_digest(struct mu_talk *t)
{
    json_t *reply = NULL;
    struct mu_bytes whole = large_label(t);
    const char *digest = mu_sap_digest(t, MU_BYTES("something else"));
    if (!takes_labels(t))
        return true;
    for (size_t at = 0; at < whole.n; at += PIECE)
        TRY(put(t, whole, digest, at, &reply));
    return mu_talk_failed(t, reply, "bad-request");
}

bool mu_try_blob_unknown(struct mu_talk *t)
{
    const char *digest = mu_sap_digest(t, MU_BYTES("never put"));
    return !takes_labels(t)
           || mu_talk_refused(t, parse_blob(t, json_pack("{s:s,s:i}", "blob", digest, "len", 9)),
                              "bad-request precondition");
}

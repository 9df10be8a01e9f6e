#include "proto/sap_link.h"

#include "base/clock.h"
#include "base/text_safe.h"

#define ROWS_MAX (MU_SAP_IN_FLIGHT_MAX + 64) /* room for what the link asks itself */

bool mu_sap_blame(const struct mu_sap_link *link, struct mu_err *err)
{
    if (err->code == MU_ERR_PEER && err->where.input == NULL)
        err->where = (struct mu_where){ MU_SAP_PROTOCOL, link->lines.count, 0 };
    return false;
}

/* --- out ---------------------------------------------------------------------------------------- */

void mu_sap_keep(struct mu_sap_link *link, const char *side, struct mu_bytes line)
{
    if (link->transcript == NULL)
        return;
    struct mu_buf *out = link->transcript;
    if (out->n + line.n > MU_TRANSCRIPT_MAX)
        return;
    mu_buf_printf(out, "{\"%s\":", side);
    mu_buf_put_bytes(out, line);
    mu_buf_puts(out, "}\n");
}

struct mu_sap_pending *mu_sap_find(struct mu_sap_link *link, uint64_t id)
{
    for (size_t i = 0; i < link->pendings; i++)
        if (link->pending[i].id == id)
            return &link->pending[i];
    return NULL;
}

/* The row goes behind the last, where the next request finds its memory again. */
void mu_sap_forget(struct mu_sap_link *link, struct mu_sap_pending *asked)
{
    struct mu_sap_pending *last = &link->pending[--link->pendings];
    link->own -= asked->own;
    struct mu_sap_pending gone = *asked;
    *asked = *last;
    *last = gone;
}

struct mu_sap_pending *mu_sap_begin(struct mu_sap_link *link, enum mu_sap_op op, const char *name,
                                    uint32_t deadline_ms, struct mu_json *j, struct mu_err *err)
{
    if (link->pendings == ROWS_MAX) {
        mu_fail(err, MU_ERR_LIMIT, "%d requests are out", ROWS_MAX);
        return NULL;
    }
    struct mu_sap_pending *asked = &link->pending[link->pendings++];
    struct mu_buf line = asked->line;
    line.n = 0;
    *asked = (struct mu_sap_pending){ .id = ++link->last_id,
                                      .deadline_ms = mu_clock_ms() + deadline_ms,
                                      .op = op,
                                      .own = true,
                                      .channel = MU_SAP_OURS,
                                      .line = line };
    link->own++;
    link->begun = link->lines.out.n;
    *j = (struct mu_json){ .out = &link->lines.out };
    mu_json_open(j, NULL, '{');
    mu_json_number(j, "id", (int64_t) asked->id);
    mu_json_text(j, "op", name);
    return asked;
}

bool mu_sap_finish(struct mu_sap_link *link, struct mu_sap_pending *asked, struct mu_json *j,
                   struct mu_err *err)
{
    struct mu_buf *out = &link->lines.out;
    mu_json_close(j, '}');
    struct mu_bytes line = { out->p + link->begun, out->n - link->begun };
    if (line.n >= link->peer_line) {
        out->n = link->begun;
        mu_sap_forget(link, asked);
        return mu_fail(err, MU_ERR_LIMIT, "a request of %zu bytes: the adapter takes %zu", line.n,
                       link->peer_line);
    }
    if (link->transcript != NULL) {
        mu_sap_keep(link, "asked", line);
        asked->line.arena = link->arena;
        mu_buf_put_bytes(&asked->line, line);
    }
    mu_buf_putc(out, '\n');
    return true;
}

/* --- in ----------------------------------------------------------------------------------------- */

static bool give_up(struct mu_sap_link *link, struct mu_sap_pending *asked, struct mu_err *err)
{
    uint64_t id = asked->id;
    struct mu_json j;
    asked->cancelled = true;
    asked->deadline_ms = mu_clock_ms() + MU_SAP_CANCEL_MS;
    struct mu_sap_pending *cancel = mu_sap_begin(
        link, MU_SAP_CANCEL, mu_sap_op(MU_SAP_CANCEL)->name, MU_SAP_CANCEL_MS, &j, err);
    TRY(cancel != NULL);
    mu_json_number(&j, "of", (int64_t) id);
    TRY(mu_sap_finish(link, cancel, &j, err));
    return mu_sap_flush(&link->lines, mu_clock_ms() + MU_SAP_CANCEL_MS, err);
}

bool mu_sap_cancel(struct mu_sap_link *link, uint64_t id, struct mu_err *err)
{
    struct mu_sap_pending *asked = mu_sap_find(link, id);
    return asked == NULL || asked->cancelled || give_up(link, asked, err);
}

/* Cancel what has run out of time. *next_ms is when something will next, 0 when nothing can; *dead: a
 * cancel was not answered either. */
static bool expire(struct mu_sap_link *link, uint64_t *next_ms, bool *dead, struct mu_err *err)
{
    uint64_t now = mu_clock_ms();
    *next_ms = 0;
    *dead = false;
    for (size_t i = 0; i < link->pendings; i++) {
        struct mu_sap_pending *p = &link->pending[i];
        if (p->own)
            continue;
        if (p->deadline_ms <= now && p->cancelled)
            *dead = true;
        else if (p->deadline_ms <= now)
            TRY(give_up(link, p, err));
        if (*next_ms == 0 || p->deadline_ms < *next_ms)
            *next_ms = p->deadline_ms;
    }
    return true;
}

bool mu_sap_dead(struct mu_sap_link *link, struct mu_sap_pending *asked)
{
    uint64_t now = mu_clock_ms();
    for (size_t i = 0; i < link->pendings; i++) {
        struct mu_sap_pending *p = &link->pending[i];
        if (!p->own && p->cancelled && p->deadline_ms <= now) {
            *asked = *p;
            mu_sap_forget(link, p);
            return true;
        }
    }
    return false;
}

/* The row that a line answers, taken out of the table. */
static bool match(struct mu_sap_link *link, const json_t *object, struct mu_sap_pending *asked,
                  struct mu_err *err)
{
    uint64_t id;
    const json_t *member = json_object_get(object, "id");
    if (member == NULL)
        return mu_fail(err, MU_ERR_PEER, "neither a reply ('id') nor an event ('ev')");
    TRY(mu_sap_read_number(member, "id", &id, err));
    struct mu_sap_pending *row = mu_sap_find(link, id);
    if (row == NULL)
        return mu_fail(err, MU_ERR_PEER,
                       id == 0 || id > link->last_id
                           ? "an answer to request %llu, which was not put"
                           : "a second answer to request %llu",
                       (unsigned long long) id);
    *asked = *row;
    mu_sap_forget(link, row);
    return true;
}

/* What one line is: a reply that somebody awaits (*object stays), or nothing more to do. */
static bool sort_line(struct mu_sap_link *link, json_t **object, struct mu_sap_pending *asked,
                      struct mu_err *err)
{
    bool mine = false, done;
    if (json_object_get(*object, "ev") != NULL) {
        done = mu_sap_event_came(link, *object, err);
    } else {
        done = match(link, *object, asked, err);
        if (done && asked->channel != MU_SAP_OURS)
            mu_sap_channel_reply(link, *object, asked);
        else
            mine = done && asked->op != MU_SAP_CANCEL;
    }
    if (!mine) {
        json_decref(*object);
        *object = NULL;
    }
    return done || mu_sap_blame(link, err);
}

/* The next line by the deadline, or none when a request is dead; what runs out of time meanwhile is
 * cancelled. */
static bool next_line(struct mu_sap_link *link, uint64_t deadline_ms, struct mu_bytes *line,
                      bool *there, struct mu_err *err)
{
    if (mu_sap_has_line(&link->lines))
        return mu_sap_line(&link->lines, 0, line, there, err);
    for (*there = false;;) {
        uint64_t expiry;
        bool dead;
        TRY(expire(link, &expiry, &dead, err));
        if (dead)
            return true;
        bool sooner = expiry != 0 && expiry < deadline_ms;
        TRY(mu_sap_line(&link->lines, sooner ? expiry : deadline_ms, line, there, err));
        if (*there || deadline_ms == 0 || mu_clock_left(deadline_ms) == 0)
            return true;
    }
}

/* A transcript is JSON Lines, whatever came. */
static void keep_garbled(struct mu_sap_link *link, struct mu_bytes line)
{
    struct mu_buf text = { .arena = link->arena };
    struct mu_json j = { .out = &text };
    if (link->transcript == NULL)
        return;
    mu_json_bytes(&j, NULL, line);
    mu_sap_keep(link, "garbled", mu_buf_bytes(&text));
}

bool mu_sap_refused(struct mu_sap_link *link, struct mu_bytes line)
{
    if (link->transcript == NULL)
        return false;
    line = mu_bytes_slice(line, 0, MU_OUTPUT_KEPT);
    link->refused = (struct mu_bytes){ mu_bytes_dup(link->arena, line), line.n };
    return false;
}

bool mu_sap_arrive(struct mu_sap_link *link, uint64_t deadline_ms, json_t **object,
                   struct mu_sap_pending *asked, struct mu_bytes *line, struct mu_err *err)
{
    bool there;
    *object = NULL;
    while (*object == NULL) {
        TRY(next_line(link, deadline_ms, line, &there, err));
        if (!there)
            return true;
        if (!mu_sap_json(*line, link->lines.count, object, err)) {
            keep_garbled(link, *line);
            if (link->noise == link->may_be_noise)
                return mu_sap_refused(link, *line);
            link->noise++;
            continue;
        }
        mu_sap_keep(link, "answered", *line);
        if (!sort_line(link, object, asked, err))
            return mu_sap_refused(link, *line);
    }
    return true;
}

/* --- a reply that is awaited ---------------------------------------------------------------------- */

static void give_back(void *object)
{
    json_decref(object);
}

static void park(struct mu_sap_link *link, json_t *object, const struct mu_sap_pending *asked,
                 struct mu_bytes line)
{
    struct mu_sap_parked *parked = mu_new(link->arena, struct mu_sap_parked);
    *parked = (struct mu_sap_parked){ .object = object, .asked = *asked };
    if (link->transcript != NULL) {
        parked->line = (struct mu_bytes){ mu_bytes_dup(link->arena, line), line.n };
        parked->asked.line.p =
            mu_bytes_dup(link->arena, mu_buf_bytes(&asked->line)); /* the row is used again */
    }
    *link->parked_end = parked;
    link->parked_end = &parked->next;
}

bool mu_sap_await(struct mu_sap_link *link, struct mu_arena *arena,
                  const struct mu_sap_pending *asked, json_t **reply, struct mu_err *err)
{
    uint64_t id = asked->id, deadline_ms = asked->deadline_ms;
    const struct mu_sap_op_row *op = mu_sap_op(asked->op);
    struct mu_sap_pending row = { .id = 0 };
    struct mu_bytes line;
    TRY(mu_sap_flush(&link->lines, deadline_ms, err));
    for (;;) {
        json_t *object;
        TRY(mu_sap_arrive(link, deadline_ms, &object, &row, &line, err));
        if (object == NULL)
            return mu_fail_where(err, ((struct mu_where){ .input = op->timeout }), MU_ERR_DEADLINE,
                                 "the adapter did not answer %s in time", op->name);
        if (row.id != id) {
            park(link, object, &row, line);
            continue;
        }
        mu_arena_defer(arena, give_back, object);
        *reply = object;
        return true;
    }
}

bool mu_sap_result(struct mu_sap_link *link, const json_t *reply, const char *op,
                   const json_t **result, struct mu_err *err)
{
    const json_t *ok = json_object_get(reply, "ok");
    *result = json_object_get(reply, "result");
    if (json_is_true(ok) && (*result == NULL || json_is_object(*result)))
        return true;
    if (!json_is_false(ok))
        return mu_fail(err, MU_ERR_PEER, "the reply to %s has no 'ok' with a 'result'", op);
    const json_t *error = json_object_get(reply, "error");
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    if (message == NULL)
        message = code != NULL ? code : "it gives no reason";
    return mu_fail(err, MU_ERR_PEER, "the adapter does not do %s: %s", op,
                   mu_text_line(link->arena, mu_bytes_of(message)));
}

/* Reading what an adapter has said, to say it again. */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"
#include "core/sap.h"
#include "proto/sap_line.h"
#include "proto/sap_replay.h"

/* --- words ---------------------------------------------------------------------------------------- */

const char *mu_replay_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

const char *mu_replay_question(struct mu_arena *arena, const json_t *request)
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

const char *mu_replay_id(struct mu_arena *arena, const json_t *line, const char *member)
{
    return mu_arena_printf(arena, "%" JSON_INTEGER_FORMAT,
                           json_integer_value(json_object_get(line, member)));
}

/* jansson's table is a good one; its values are our addresses. */
void *mu_replay_find(const json_t *table, const char *name)
{
    return (void *) (uintptr_t) json_integer_value(json_object_get(table, name));
}

static void put(json_t *table, const char *name, const void *what)
{
    json_object_set_new(table, name, json_integer((json_int_t) (uintptr_t) what));
}

bool mu_replay_dies(const struct mu_replay_life *life)
{
    return life->ended && !life->bye && !life->closed;
}

bool mu_replay_breaks(const struct mu_replay_life *life)
{
    return mu_replay_dies(life) || (life->closed && !life->bye);
}

static void drop(void *value)
{
    json_decref(value);
}

static json_t *keep(struct mu_arena *arena, json_t *value)
{
    mu_arena_defer(arena, drop, value);
    return value;
}

/* --- lines of the protocol ------------------------------------------------------------------------ */

/* A question in this life; the first time in any life it is made. */
static struct mu_replay_asked *asked_in(struct mu_sap_replay *r, const char *what, uint32_t life)
{
    struct mu_replay_asked *first = mu_replay_find(r->known, what), *last = NULL;
    for (struct mu_replay_asked *a = first; a != NULL; a = a->next) {
        if (a->life == life)
            return a;
        last = a;
    }
    struct mu_replay_asked *made = mu_new(r->arena, struct mu_replay_asked);
    made->life = life;
    made->end = &made->reply;
    if (last != NULL)
        last->next = made;
    else
        put(r->known, what, made);
    return made;
}

static void note_request(struct mu_sap_replay *r, uint32_t number, const json_t *line)
{
    struct mu_replay_life *life = &r->life[number];
    const char *id = mu_replay_id(r->arena, line, "id"), *name = mu_replay_text(line, "op");
    enum mu_sap_op op;
    bool known = mu_sap_op_from_name(name, &op);
    json_object_del(life->open, id);
    if (known && op == MU_SAP_CANCEL)
        json_object_set_new(life->cancelled, mu_replay_id(r->arena, line, "of"), json_true());
    if (known && (op == MU_SAP_CANCEL || op == MU_SAP_BYE)) {
        life->bye = life->bye || op == MU_SAP_BYE;
        return;
    }
    life->left = ++life->requests;
    if (!known || op == MU_SAP_PROBE)
        return;
    struct mu_replay_asked *asked =
        asked_in(r, op == MU_SAP_HELLO ? "hello" : mu_replay_question(r->arena, line), number);
    asked->times++;
    put(life->open, id, asked);
}

static void note_reply(struct mu_sap_replay *r, struct mu_replay_life *life, json_t *line)
{
    const char *id = mu_replay_id(r->arena, line, "id");
    struct mu_replay_asked *asked = mu_replay_find(life->open, id);
    if (asked == NULL || life->refused.p != NULL) /* after that nobody listened */
        return;
    json_object_del(life->open, id);
    if (life->hello == NULL && mu_replay_find(r->known, "hello") != NULL
        && asked == asked_in(r, "hello", (uint32_t) (life - r->life)))
        life->hello = line;
    struct mu_replay_reply *reply = mu_new(r->arena, struct mu_replay_reply);
    reply->line = line;
    reply->after = life->requests;
    reply->late = json_object_get(life->cancelled, id) != NULL;
    *asked->end = reply;
    asked->end = &reply->next;
}

/* Events tell nothing that could be asked for; what the protocol refuses is kept to be said again. */
static void note_line(struct mu_sap_replay *r, uint32_t number, bool harness, struct mu_bytes said,
                      bool half)
{
    json_t *line;
    struct mu_err ignored;
    struct mu_replay_life *life = &r->life[number];
    if (!mu_sap_json_in(r->arena, said, 1, &line, &ignored)) {
        if (!harness && life->refused.p == NULL && life->hello != NULL) {
            char *text = mu_arena_alloc(r->arena, said.n + 1);
            memcpy(text, said.p, said.n);
            text[said.n] = '\n';
            life->refused = (struct mu_bytes){ text, said.n + !half };
            life->refused_after = life->requests;
        }
        return;
    }
    if (!json_is_integer(json_object_get(line, "id")) || json_object_get(line, "ev") != NULL)
        return;
    if (harness)
        note_request(r, number, line);
    else
        note_reply(r, life, line);
}

/* --- lines of the file ---------------------------------------------------------------------------- */

static bool begin_life(struct mu_sap_replay *r, const json_t *entry, struct mu_where where,
                       struct mu_err *err)
{
    const json_t *number = json_object_get(entry, "life");
    if (strcmp(mu_replay_text(entry, "schema"), MU_SAP_RECORD_SCHEMA) != 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE,
                             "this is no record of an adapter: 'schema' is not '%s'",
                             MU_SAP_RECORD_SCHEMA);
    if (number != NULL && json_integer_value(number) != (json_int_t) r->lives + 1)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "here begins life %zu, and no other",
                             r->lives + 1);
    if (r->lives == MU_SAP_LIVES_MAX)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "a record of more than %d lives",
                             MU_SAP_LIVES_MAX);
    if (r->lives + 1 >= r->room) { /* one behind the last is that of nobody */
        size_t room = 2 * r->room + 16;
        struct mu_replay_life *life = mu_arena_array(r->arena, room, sizeof *life);
        if (r->lives > 0)
            memcpy(life, r->life, r->lives * sizeof *life);
        r->life = life;
        r->room = room;
    }
    struct mu_replay_life *life = &r->life[r->lives++];
    life->open = keep(r->arena, json_object());
    life->cancelled = keep(r->arena, json_object());
    if (r->nonce == NULL)
        r->nonce = json_string_value(json_object_get(entry, "nonce"));
    return true;
}

static bool note_event(struct mu_replay_life *life, const json_t *entry)
{
    const char *event = mu_replay_text(entry, "event");
    const json_t *exited = json_object_get(entry, "exit");
    if (strcmp(event, "harness-closed") == 0)
        return life->closed = true;
    if (strcmp(event, "adapter-closed") == 0)
        return life->ended = true;
    if (strcmp(event, "ended") != 0)
        return false;
    life->ended = true;
    /* What a shell would say of a signal. */
    life->status = json_is_integer(exited)
                       ? (int) (json_integer_value(exited) & 0xff)
                       : 128 + (int) (json_integer_value(json_object_get(entry, "signal")) & 0x7f);
    return true;
}

static bool note_entry(struct mu_sap_replay *r, uint32_t number, const json_t *entry)
{
    const char *from = mu_replay_text(entry, "from");
    const json_t *text = json_object_get(entry, "line"), *b64 = json_object_get(entry, "b64");
    bool harness = strcmp(from, "harness") == 0;
    if (*from == '\0')
        return note_event(&r->life[number], entry);
    if ((!harness && strcmp(from, "adapter") != 0) || json_is_string(text) == json_is_string(b64))
        return false;
    struct mu_bytes said = { json_string_value(text), json_string_length(text) };
    size_t at;
    if (said.p == NULL
        && mu_base64_read(r->arena,
                          (struct mu_bytes){ json_string_value(b64), json_string_length(b64) },
                          &said, &at)
               != MU_BASE64_OK)
        return false;
    note_line(r, number, harness, said, json_is_true(json_object_get(entry, "half")));
    return true;
}

/* A recorder that was killed leaves the beginning of a line, which is the last of its life. */
static bool cut_off(struct mu_sap_replay *r, struct mu_bytes line, struct mu_where where)
{
    static const char begins[] = "{\"life\":";
    size_t n = line.n < sizeof begins - 1 ? line.n : sizeof begins - 1;
    if (where.line == 1 || line.n == 0 || memcmp(line.p, begins, n) != 0
        || memchr(line.p, '\0', line.n) != NULL || line.p[line.n - 1] == '}')
        return false;
    char *text = mu_bytes_dup(r->arena, mu_bytes_slice(line, n, 12));
    size_t life = strtoul(text, NULL, 10);
    if (life >= 1 && life <= r->lives)
        r->life[life - 1].cut = where.line;
    r->cut = where.line;
    return true;
}

static bool life_of(const struct mu_sap_replay *r, const json_t *entry, struct mu_where where,
                    uint32_t *number, struct mu_err *err)
{
    const json_t *said = json_object_get(entry, "life");
    json_int_t life = said == NULL ? (json_int_t) r->lives : json_integer_value(said);
    if (life < 1 || life > (json_int_t) r->lives)
        return mu_fail_where(err, where, MU_ERR_PROFILE, "no such life has begun in this record");
    *number = (uint32_t) life - 1;
    if (r->life[*number].cut != 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE,
                             "life %u was cut off in line %u, and goes on here", *number + 1,
                             r->life[*number].cut);
    return true;
}

static bool read_entry(struct mu_sap_replay *r, struct mu_bytes line, struct mu_where where,
                       struct mu_err *err)
{
    json_error_t why;
    uint32_t number;
    json_t *entry = keep(r->arena, json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &why));
    if (!json_is_object(entry) && cut_off(r, line, where))
        return true;
    if (!json_is_object(entry))
        return mu_fail_where(err, where, MU_ERR_PROFILE, "this is no line of a record");
    if (where.line == 1 || json_object_get(entry, "schema") != NULL)
        return begin_life(r, entry, where, err);
    TRY(life_of(r, entry, where, &number, err));
    return note_entry(r, number, entry)
           || mu_fail_where(err, where, MU_ERR_PROFILE,
                            "a line of a record says who said what, or what happened");
}

static bool anybody_greets(const struct mu_sap_replay *r)
{
    for (size_t i = 0; i < r->lives; i++)
        if (r->life[i].hello != NULL || mu_replay_dies(&r->life[i]))
            return true;
    return false;
}

bool mu_sap_replay_load(struct mu_arena *arena, struct mu_bytes record, const char *name,
                        uint32_t life, struct mu_sap_replay **replay, struct mu_err *err)
{
    struct mu_sap_replay *r = mu_new(arena, struct mu_sap_replay);
    *r = (struct mu_sap_replay){ .arena = arena, .name = name };
    r->known = keep(arena, json_object());
    r->held = keep(arena, json_object());
    r->early = keep(arena, json_array());
    struct mu_where where = { .input = name, .line = 1 };
    for (size_t at = 0; at < record.n; where.line++) {
        size_t lf = mu_bytes_find(record, MU_BYTES("\n"), at);
        if (lf == SIZE_MAX) {
            r->cut = where.line; /* the writer was ended: what stands before is good */
            break;
        }
        TRY(read_entry(r, mu_bytes_slice(record, at, lf - at), where, err));
        at = lf + 1;
    }
    if (r->lives == 0)
        return mu_fail_where(err, where, MU_ERR_PROFILE,
                             "this is no record of an adapter: it has not one whole line");
    if (!anybody_greets(r))
        return mu_fail_where(err, where, MU_ERR_PROFILE,
                             "the record ends here, and no reply to hello stands in it");
    r->at = life <= r->lives ? life - 1 : r->lives;
    *replay = r;
    return true;
}

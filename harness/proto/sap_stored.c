/* Questions and answers that lie in the evidence of a case, read as they were read when they came. */
#include "base/text_safe.h"
#include "proto/sap.h"
#include "proto/sap_link.h"

struct reading {
    struct mu_arena *arena;
    struct mu_sap_stored *out;
    size_t room, n;
    uint64_t *id; /* of each question */
    bool filter;  /* what follows is what a filter wrote */
};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Octets that went as a blob stand in no line. */
static bool has_blob(const json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *) (uintptr_t) object, name, value)
    {
        if (strcmp(name, "blob") == 0 || (json_is_object(value) && has_blob(value)))
            return true;
    }
    return false;
}

static void drop(void *value)
{
    json_decref(value);
}

static const json_t *members(struct mu_arena *arena, const json_t *question)
{
    static const char *const head[] = { "id", "op", "case", "deadline_ms" };
    json_t *bare = json_copy((json_t *) (uintptr_t) question);
    mu_arena_defer(arena, drop, bare);
    for (size_t i = 0; i < MU_COUNT(head); i++)
        json_object_del(bare, head[i]);
    return bare;
}

static bool take_question(struct reading *r, const json_t *line, const char *op, struct mu_err *err)
{
    if (r->n == r->room)
        return mu_fail(err, MU_ERR_LIMIT, "more questions than one case asks");
    struct mu_sap_stored *s = &r->out[r->n];
    *s = (struct mu_sap_stored){ .input = text_of(line, "input") };
    if (!mu_sap_op_from_name(op, &s->op))
        return mu_fail(err, MU_ERR_PEER, "a question of an unknown kind");
    r->id[r->n++] = (uint64_t) json_integer_value(json_object_get(line, "id"));
    r->filter = s->input != NULL;
    if (r->filter)
        return true;
    s->token = text_of(line, "case");
    s->question = members(r->arena, line);
    return s->token != NULL || mu_fail(err, MU_ERR_PEER, "a question without its case");
}

static void unreadable(struct reading *r, struct mu_sap_stored *s, const struct mu_err *why)
{
    s->why = mu_arena_printf(r->arena, "%s", why->msg);
}

static bool take_answer(struct reading *r, json_t *line, struct mu_err *err)
{
    struct mu_err why;
    uint64_t id = (uint64_t) json_integer_value(json_object_get(line, "id"));
    for (size_t i = 0; i < r->n; i++) {
        struct mu_sap_stored *s = &r->out[i];
        const struct mu_sap_pending asked = { .id = id, .op = s->op };
        if (r->id[i] != id || s->answered)
            continue;
        s->answered = true;
        s->elsewhere = has_blob(line);
        if (!s->elsewhere && !mu_sap_decode(NULL, r->arena, line, &asked, &s->reply, &why))
            unreadable(r, s, &why);
        return true;
    }
    return mu_fail(err, MU_ERR_PEER, "an answer to nothing that was asked");
}

static bool take_line(struct reading *r, struct mu_bytes line, struct mu_err *err)
{
    json_t *object;
    TRY(mu_sap_json_in(r->arena, line, 1, &object, err));
    const char *op = text_of(object, "op");
    if (json_object_get(object, "ev") != NULL) /* what it said unasked */
        return true;
    return op != NULL ? take_question(r, object, op, err) : take_answer(r, object, err);
}

static void take_output(struct reading *r, struct mu_bytes line)
{
    struct mu_err why;
    struct mu_sap_stored *s = &r->out[r->n - 1];
    r->filter = false;
    s->answered = true;
    if (!mu_sap_filter_reply(r->arena, s->op, line, &s->reply, &why))
        unreadable(r, s, &why);
}

bool mu_sap_stored_read(struct mu_arena *arena, struct mu_bytes lines, struct mu_sap_stored *out,
                        size_t room, size_t *n, struct mu_err *err)
{
    struct reading r = { .arena = arena, .out = out, .room = room };
    r.id = mu_arena_array(arena, room + 1, sizeof *r.id);
    while (lines.n > 0) {
        size_t end = mu_bytes_find(lines, MU_BYTES("\n"), 0);
        struct mu_bytes line = mu_bytes_slice(lines, 0, end);
        if (r.filter)
            take_output(&r, line);
        else
            TRY(take_line(&r, line, err));
        lines = mu_bytes_from(lines, end == SIZE_MAX ? lines.n : end + 1);
    }
    *n = r.n;
    return true;
}

bool mu_sap_stored_asks(struct mu_arena *arena, const struct mu_sap_stored *stored,
                        const struct mu_sap_request *request)
{
    struct mu_buf text = { .arena = arena };
    struct mu_json j = { .out = &text };
    struct mu_err ignored;
    json_t *wanted;
    if (stored->op != request->op)
        return false;
    if (stored->input != NULL)
        return strcmp(stored->input, mu_text_line(arena, mu_sap_filter_input(arena, request))) == 0;
    mu_json_open(&j, NULL, '{');
    mu_sap_put_members(&j, request);
    mu_json_close(&j, '}');
    return strcmp(stored->token, request->token) == 0
           && mu_sap_json_in(arena, mu_buf_bytes(&text), 1, &wanted, &ignored)
           && json_equal(wanted, (json_t *) (uintptr_t) stored->question);
}

/* A reply into what was observed: one table of members, held to what the operation gives. */
#include "base/digest.h"
#include "base/text_safe.h"
#include "proto/sap_link.h"

struct reader {
    struct mu_sap_link *link;
    struct mu_arena *arena;
    struct mu_sap_reply *reply;
    const char *name; /* of the member */
};

static bool unknown_word(struct reader *r, const char *word, struct mu_err *err)
{
    return mu_fail(err, MU_ERR_PEER, "'%s' has no word '%s'", r->name,
                   mu_text_line(r->arena, mu_bytes_of(word)));
}

static bool read_outcome(struct reader *r, const json_t *value, struct mu_observation *seen,
                         struct mu_err *err)
{
    const char *word;
    TRY(mu_sap_read_text(value, r->name, &word, err));
    return mu_sap_outcome_from_name(word, &seen->outcome) || unknown_word(r, word, err);
}

static bool read_stage(struct reader *r, const json_t *value, struct mu_observation *seen,
                       struct mu_err *err)
{
    const char *word;
    TRY(mu_sap_read_text(value, r->name, &word, err));
    return mu_stage_from_name(word, &seen->stage) || unknown_word(r, word, err);
}

static bool read_class(struct reader *r, const json_t *value, struct mu_observation *seen,
                       struct mu_err *err)
{
    const char *word;
    TRY(mu_sap_read_text(value, r->name, &word, err));
    return mu_class_from_name(word, &seen->class) || unknown_word(r, word, err);
}

static bool read_native(struct reader *r, const json_t *value, struct mu_observation *seen,
                        struct mu_err *err)
{
    const char *text;
    TRY(mu_sap_read_text(value, r->name, &text, err));
    size_t n = strlen(text);
    n = n < sizeof seen->native ? n : sizeof seen->native - 1;
    memcpy(seen->native, text, n);
    seen->native[n] = '\0';
    return true;
}

/* Members of an observation. */
static const struct {
    const char *name;
    bool (*read)(struct reader *r, const json_t *value, struct mu_observation *seen,
                 struct mu_err *err);
} seen_row[] = {
    { "outcome", read_outcome },
    { "stage", read_stage },
    { "class", read_class },
    { "native", read_native },
};

static bool read_seen(struct reader *r, const json_t *value, struct mu_observation *seen,
                      bool *known, struct mu_err *err)
{
    *known = true;
    for (size_t i = 0; i < MU_COUNT(seen_row); i++)
        if (strcmp(seen_row[i].name, r->name) == 0)
            return seen_row[i].read(r, value, seen, err);
    *known = false;
    return true;
}

/* --- the other members ----------------------------------------------------------------------------- */

static bool read_label(struct reader *r, const json_t *value, struct mu_err *err)
{
    struct mu_label *label;
    TRY(mu_sap_read_label(r->arena, value, &label, &r->reply->unknown_members, err));
    r->reply->label = label;
    return true;
}

static bool read_data(struct reader *r, const json_t *value, struct mu_err *err)
{
    struct mu_sap_octets octets;
    if (r->link != NULL)
        return mu_sap_fetch(r->link, r->arena, value, &r->reply->octets, err);
    TRY(mu_sap_read_octets(r->arena, value, &octets, err));
    if (octets.blob != NULL)
        return mu_fail(err, MU_ERR_PEER, "a blob, and nobody to ask for it");
    r->reply->octets = octets.data;
    return true;
}

static bool read_text(struct reader *r, const json_t *value, struct mu_err *err)
{
    return mu_sap_read_text(value, r->name, &r->reply->text, err);
}

static bool read_decision(struct reader *r, const json_t *value, struct mu_err *err)
{
    const char *word;
    TRY(mu_sap_read_text(value, r->name, &word, err));
    bool permit = strcmp(word, "permit") == 0 || strcmp(word, "allow") == 0;
    if (!permit && strcmp(word, "deny") != 0)
        return unknown_word(r, word, err);
    r->reply->decision = permit ? "permit" : "deny";
    r->reply->seen.outcome = permit ? MU_OUTCOME_ACCEPTED : MU_OUTCOME_REFUSED;
    return true;
}

static bool read_message_id(struct reader *r, const json_t *value, struct mu_err *err)
{
    return mu_sap_read_text(value, r->name, &r->reply->message_id, err);
}

static bool read_digest(struct reader *r, const json_t *value, struct mu_err *err)
{
    const char *text;
    TRY(mu_sap_read_text(value, r->name, &text, err));
    if (!mu_sap_is_digest(text))
        return mu_fail(err, MU_ERR_PEER, "'%s' is no sha256: with 64 hexadecimal digits", r->name);
    if (strcmp(r->name, "body_sha256") == 0)
        r->reply->body_sha256 = text;
    return true;
}

static bool read_warnings(struct reader *r, const json_t *value, struct mu_err *err)
{
    if (!json_is_array(value))
        return mu_fail(err, MU_ERR_PEER, "'%s' is no array", r->name);
    size_t count = json_array_size(value);
    const char **text = mu_arena_array(r->arena, count + 1, sizeof *text);
    for (size_t i = 0; i < count; i++)
        TRY(mu_sap_read_text(json_array_get(value, i), r->name, &text[i], err));
    r->reply->warning = text;
    r->reply->warnings = count;
    return true;
}

static bool read_passage(struct reader *r, const json_t *value, struct mu_sap_passed *passed,
                         struct mu_err *err)
{
    json_t *member;
    if (!json_is_object(value))
        return mu_fail(err, MU_ERR_PEER, "a message of 'messages' is no object");
    json_object_foreach((json_t *) (uintptr_t) value, r->name, member)
    {
        bool known;
        TRY(read_seen(r, member, &passed->seen, &known, err));
        if (strcmp(r->name, "nonce") == 0)
            TRY(mu_sap_read_text(member, r->name, &passed->nonce, err));
        else
            r->reply->unknown_members |= !known;
    }
    return passed->nonce != NULL || mu_fail(err, MU_ERR_PEER, "a message without its 'nonce'");
}

static bool read_messages(struct reader *r, const json_t *value, struct mu_err *err)
{
    if (!json_is_array(value))
        return mu_fail(err, MU_ERR_PEER, "'%s' is no array", r->name);
    r->reply->passages = json_array_size(value);
    r->reply->passed = mu_arena_array(r->arena, r->reply->passages + 1, sizeof *r->reply->passed);
    for (size_t i = 0; i < r->reply->passages; i++)
        TRY(read_passage(r, json_array_get(value, i), &r->reply->passed[i], err));
    return true;
}

static bool read_host(struct reader *r, const json_t *value, struct mu_err *err)
{
    return mu_sap_read_text(value, r->name, &r->reply->host, err);
}

static bool read_port(struct reader *r, const json_t *value, struct mu_err *err)
{
    return mu_sap_read_number(value, r->name, &r->reply->port, err);
}

static bool pass_by(struct reader *r, const json_t *value, struct mu_err *err)
{
    (void) r, (void) value, (void) err;
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct reader *r, const json_t *value, struct mu_err *err);
} member_row[] = {
    { "label", read_label },
    { "data", read_data },
    { "text", read_text },
    { "marking", read_text },
    { "decision", read_decision },
    { "message_id", read_message_id },
    { "body_sha256", read_digest },
    { "sent_sha256", read_digest },
    { "warnings", read_warnings },
    { "messages", read_messages },
    { "host", read_host },
    { "port", read_port },
    { "logs", pass_by },
    { "counters", pass_by },
};

static const struct mu_sap_field *field_of(const struct mu_sap_field *field, const char *name)
{
    for (; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

static bool read_member(struct reader *r, const json_t *value, struct mu_err *err)
{
    bool known;
    TRY(read_seen(r, value, &r->reply->seen, &known, err));
    for (size_t i = 0; !known && i < MU_COUNT(member_row); i++)
        if (strcmp(member_row[i].name, r->name) == 0)
            return member_row[i].read(r, value, err);
    return true;
}

static bool read_result(struct reader *r, enum mu_sap_op op, const json_t *result,
                        struct mu_err *err)
{
    const struct mu_sap_field *fields = mu_sap_op(op)->result;
    json_t *value;
    if (result != NULL && !json_is_object(result))
        return mu_fail(err, MU_ERR_PEER, "'result' is no object");
    json_object_foreach((json_t *) (uintptr_t) result, r->name, value)
    {
        if (field_of(fields, r->name) == NULL)
            r->reply->unknown_members = true;
        else
            TRY(read_member(r, value, err));
    }
    for (const struct mu_sap_field *f = fields; f->name != NULL; f++)
        if (f->required && json_object_get(result, f->name) == NULL)
            return mu_fail(err, MU_ERR_PEER, "the result of %s has no '%s'", mu_sap_op(op)->name,
                           f->name);
    return true;
}

/* --- errors ---------------------------------------------------------------------------------------- */

/* Told before anything was done, or never: whoever has begun and cannot go on is at fault itself. */
static void check_unsupported(struct mu_sap_reply *reply, bool effect)
{
    if (reply->error != MU_SAP_UNSUPPORTED || !effect)
        return;
    reply->error = MU_SAP_ADAPTER_FAULT;
    reply->message = "it said 'unsupported' after it had told of an effect";
}

static bool read_error(struct reader *r, const json_t *error, bool effect, struct mu_err *err)
{
    const struct {
        const char *name, **to;
    } text[] = {
        { "cap", &r->reply->cap },
        { "message", &r->reply->message },
        { "hint", &r->reply->hint },
    };
    const char *code;
    r->name = "code";
    if (!json_is_object(error))
        return mu_fail(err, MU_ERR_PEER, "not ok, and no object 'error'");
    TRY(mu_sap_read_text(json_object_get(error, r->name), r->name, &code, err));
    if (!mu_sap_error_from_name(code, &r->reply->error))
        return unknown_word(r, code, err);
    for (size_t i = 0; i < MU_COUNT(text); i++) {
        const json_t *value = json_object_get(error, text[i].name);
        if (value != NULL)
            TRY(mu_sap_read_text(value, text[i].name, text[i].to, err));
    }
    check_unsupported(r->reply, effect);
    return true;
}

static bool read_head(struct reader *r, json_t *object, bool *ok, const json_t **result,
                      const json_t **error, struct mu_err *err)
{
    json_t *value;
    const json_t *said = NULL;
    uint64_t ms;
    json_object_foreach(object, r->name, value)
    {
        if (strcmp(r->name, "ok") == 0) {
            said = value;
        } else if (strcmp(r->name, "result") == 0) {
            *result = value;
        } else if (strcmp(r->name, "error") == 0) {
            *error = value;
        } else if (strcmp(r->name, "ms") == 0) {
            TRY(mu_sap_read_number(value, r->name, &ms, err));
            r->reply->ms = ms < UINT32_MAX ? (uint32_t) ms : UINT32_MAX;
        } else if (strcmp(r->name, "id") != 0) {
            r->reply->unknown_members = true;
        }
    }
    if (!json_is_boolean(said))
        return mu_fail(err, MU_ERR_PEER, "a reply without 'ok'");
    *ok = json_is_true(said);
    return true;
}

bool mu_sap_decode(struct mu_sap_link *link, struct mu_arena *arena, json_t *object,
                   const struct mu_sap_pending *asked, struct mu_sap_reply *reply,
                   struct mu_err *err)
{
    struct reader r = { .link = link, .arena = arena, .reply = reply };
    const json_t *result = NULL, *error = NULL;
    bool ok = false;
    *reply = (struct mu_sap_reply){ .id = asked->id, .op = asked->op };
    TRY(read_head(&r, object, &ok, &result, &error, err));
    if (!ok)
        return read_error(&r, error, asked->effect || result != NULL, err);
    return read_result(&r, asked->op, result, err);
}

bool mu_sap_decode_bare(struct mu_arena *arena, json_t *object, enum mu_sap_op op,
                        struct mu_sap_reply *reply, struct mu_err *err)
{
    struct reader r = { .arena = arena, .reply = reply };
    const json_t *error = json_object_get(object, "error");
    *reply = (struct mu_sap_reply){ .op = op };
    return error != NULL ? read_error(&r, error, false, err) : read_result(&r, op, object, err);
}

/* A request held to the tables of core/sap_ops.c, and read. */
#include "base/text_safe.h"
#include "proto/sap_session.h"

static bool refuse(struct mu_sap_turn *turn, const char *what, const char *name)
{
    mu_sap_refuse(turn, MU_SAP_BAD_REQUEST,
                  mu_arena_printf(turn->arena, "%s '%s'", what,
                                  mu_text_line(turn->arena, mu_bytes_of(name))));
    return false;
}

/* --- is it what the table says? -------------------------------------------------------------------- */

static bool is_texts(const json_t *value)
{
    bool fits = json_is_array(value);
    for (size_t i = 0; fits && i < json_array_size(value); i++)
        fits = json_is_string(json_array_get(value, i));
    return fits;
}

static bool is_numbers(const json_t *value)
{
    bool fits = json_is_array(value);
    for (size_t i = 0; fits && i < json_array_size(value); i++)
        fits = json_is_integer(json_array_get(value, i));
    return fits;
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_array(const json_t *value)
{
    return json_is_array(value);
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_digest(const json_t *value)
{
    return json_is_string(value) && mu_sap_is_digest(json_string_value(value));
}

static bool is_number(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static const struct {
    const char *type;
    bool (*fits)(const json_t *value);
} type_row[] = {
    { "text", is_text },
    { "time", is_text },
    { "number", is_number },
    { "digest", is_digest },
    { "bytes", is_object },
    { "octets", is_object },
    { "label", is_object },
    { "object", is_object },
    { "list of text", is_texts },
    { "list of numbers", is_numbers },
    { "list of octets", is_array },
};

static bool fits(const struct mu_sap_field *field, const json_t *value)
{
    for (size_t i = 0; i < MU_COUNT(type_row); i++)
        if (strcmp(type_row[i].type, field->type) == 0)
            return type_row[i].fits(value);
    return false;
}

static const struct mu_sap_field *find(const struct mu_sap_field *field, const char *name)
{
    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    return field->name != NULL ? field : NULL;
}

static bool check_members(struct mu_sap_turn *turn, const json_t *object,
                          const struct mu_sap_field *common, const struct mu_sap_field *own)
{
    static const struct mu_sap_field none[] = { { .name = NULL } };
    const struct mu_sap_field *const set[] = { common != NULL ? common : none, own };
    const char *name;
    json_t *value;
    json_object_foreach((json_t *) (uintptr_t) object, name, value)
    {
        const struct mu_sap_field *field = find(set[0], name);
        if (field == NULL)
            field = find(own, name);
        if (field == NULL && strncmp(name, "x-", 2) != 0)
            return refuse(turn, "an unknown member", name);
        if (field != NULL && !fits(field, value))
            return refuse(turn, "the wrong type of", name);
        if (field != NULL && field->inner != NULL
            && !check_members(turn, value, NULL, field->inner))
            return false;
    }
    for (size_t s = 0; s < MU_COUNT(set); s++)
        for (const struct mu_sap_field *f = set[s]; f->name != NULL; f++)
            if (f->required && json_object_get(object, f->name) == NULL)
                return refuse(turn, "without the member", f->name);
    return true;
}

bool mu_sap_check_request(struct mu_sap_turn *turn, const json_t *object, enum mu_sap_op *op)
{
    const char *name = json_string_value(json_object_get(object, "op"));
    if (name == NULL)
        return refuse(turn, "without the member", "op");
    if (!mu_sap_op_from_name(name, op)) {
        mu_sap_refuse(turn, MU_SAP_UNSUPPORTED, "no such operation");
        turn->reply->cap = name;
        return false;
    }
    if (!mu_sap_offered(turn->session, *op)) { /* before anything else of it is looked at */
        mu_sap_refuse(turn, MU_SAP_UNSUPPORTED, "this adapter does not do that");
        turn->reply->cap = mu_sap_op(*op)->name;
        return false;
    }
    return check_members(turn, object, mu_sap_request_members(), mu_sap_op(*op)->param);
}

/* --- what it asks ---------------------------------------------------------------------------------- */

static bool read_bytes(struct mu_sap_turn *turn, const json_t *value, struct mu_bytes *data)
{
    struct mu_sap_octets octets;
    struct mu_err err;
    if (!mu_sap_read_octets(turn->arena, value, &octets, &err)) {
        mu_sap_refuse(turn, MU_SAP_BAD_REQUEST, mu_arena_printf(turn->arena, "%s", err.msg));
        return false;
    }
    *data = octets.data;
    if (octets.blob == NULL || mu_sap_blob_find(turn->session, octets.blob, data))
        return true;
    mu_sap_refuse(turn, MU_SAP_PRECONDITION, "a blob that was not put");
    return false;
}

static bool read_document(struct mu_sap_turn *turn, const json_t *value, struct mu_bytes *data)
{
    static const struct mu_sap_field member[] = {
        { "syntax", "text", "", true, NULL },
        { "data", "bytes", "", true, NULL },
        { .name = NULL },
    };
    return check_members(turn, value, NULL, member)
           && read_bytes(turn, json_object_get(value, "data"), data);
}

static bool read_abstract(struct mu_sap_turn *turn, const json_t *value,
                          const struct mu_label **label)
{
    struct mu_label *read;
    struct mu_err err;
    bool unknown = false;
    if (mu_sap_read_label(turn->arena, value, &read, &unknown, &err) && !unknown) {
        *label = read;
        return true;
    }
    mu_sap_refuse(turn, MU_SAP_BAD_REQUEST,
                  unknown ? "an unknown member of a label"
                          : mu_arena_printf(turn->arena, "%s", err.msg));
    return false;
}

static void read_texts(const json_t *object, struct mu_sap_request *r)
{
    const struct {
        const char *name, **to;
    } row[] = {
        { "case", &r->token },        { "policy", &r->policy },
        { "language", &r->language }, { "place", &r->place },
        { "text", &r->text },         { "time", &r->time },
        { "from", &r->from },         { "to", &r->to },
        { "subject", &r->subject },   { "nonce", &r->nonce },
        { "marking", &r->marking },   { "endpoint", &r->endpoint },
        { "mode", &r->mode },         { "carrier", &r->carrier },
        { "tls", &r->tls },           { "host", &r->host },
        { "tls_name", &r->tls_name },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        *row[i].to = json_string_value(json_object_get(object, row[i].name));
}

bool mu_sap_read_request(struct mu_sap_turn *turn, const json_t *object,
                         struct mu_sap_request *request)
{
    const json_t *label = json_object_get(object, "label");
    const json_t *clearance = json_object_get(object, "clearance");
    const json_t *body = json_object_get(object, "body");
    bool abstract = request->op == MU_SAP_LABEL_MAKE || request->op == MU_SAP_SEND;
    read_texts(object, request);
    json_int_t ms = json_integer_value(json_object_get(object, "deadline_ms"));
    json_int_t port = json_integer_value(json_object_get(object, "port"));
    request->deadline_ms = ms < UINT32_MAX ? (uint32_t) ms : UINT32_MAX;
    if (port > UINT16_MAX)
        return refuse(turn, "no port in", "port");
    request->port = (uint16_t) port;
    if (label != NULL && abstract)
        TRY(read_abstract(turn, label, &request->abstract));
    if (label != NULL && !abstract)
        TRY(read_document(turn, label, &request->label));
    if (clearance != NULL)
        TRY(read_document(turn, clearance, &request->clearance));
    return body == NULL || read_bytes(turn, body, &request->body);
}

bool mu_sap_read_given(struct mu_sap_turn *turn, const json_t *object, struct mu_sap_given *given)
{
    const json_t *list = json_object_get(object, "policies");
    struct mu_bytes *policy =
        mu_arena_array(turn->arena, json_array_size(list) + 1, sizeof *policy);
    *given = (struct mu_sap_given){
        .policy = policy,
        .policies = json_array_size(list),
        .time = json_string_value(json_object_get(object, "time")),
        .installed = mu_arena_array(turn->arena, json_array_size(list) + 1, sizeof(bool)),
    };
    for (size_t i = 0; i < given->policies; i++)
        TRY(read_document(turn, json_array_get(list, i), &policy[i]));
    return true;
}

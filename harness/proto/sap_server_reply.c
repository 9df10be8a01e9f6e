/* What was observed as members of a result, in the order of the operation's table. */
#include "proto/sap_session.h"

static void put_outcome(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "outcome", mu_sap_outcome_name(r->seen.outcome));
}

static void put_stage(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    if (r->seen.stage != MU_STAGE_NONE)
        mu_json_text(j, "stage", mu_stage_name(r->seen.stage));
}

static void put_class(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    if (r->seen.class != MU_CLASS_NONE)
        mu_json_text(j, "class", mu_class_name(r->seen.class));
}

static void put_native(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    if (r->seen.native[0] != '\0')
        mu_json_text(j, "native", r->seen.native);
}

static void put_label(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    if (r->label != NULL)
        mu_sap_put_label(j, "label", r->label);
}

static void put_data(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    if (r->octets.p == NULL)
        return;
    if (r->octets.n > MU_SAP_INLINE_MAX)
        mu_sap_blob_keep(s, r->octets);
    mu_sap_put_octets(j, "data", r->octets);
}

static void put_text(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "text", r->text);
}

static void put_marking(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "marking", r->text);
}

static void put_decision(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "decision", r->decision);
}

static void put_message_id(struct mu_sap_session *s, struct mu_json *j,
                           const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "message_id", r->message_id);
}

static void put_body_sha256(struct mu_sap_session *s, struct mu_json *j,
                            const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "body_sha256", r->body_sha256);
}

static void put_warnings(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    if (r->warnings == 0)
        return;
    mu_json_open(j, "warnings", '[');
    for (size_t i = 0; i < r->warnings; i++)
        mu_json_text(j, NULL, r->warning[i]);
    mu_json_close(j, ']');
}

static void put_messages(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    mu_json_open(j, "messages", '[');
    for (size_t i = 0; i < r->passages; i++) {
        const struct mu_sap_reply one = { .seen = r->passed[i].seen };
        mu_json_open(j, NULL, '{');
        mu_json_text(j, "nonce", r->passed[i].nonce);
        put_outcome(s, j, &one);
        put_stage(s, j, &one);
        put_class(s, j, &one);
        put_native(s, j, &one);
        mu_json_close(j, '}');
    }
    mu_json_close(j, ']');
}

static void put_host(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_text(j, "host", r->host);
}

static void put_port(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r)
{
    (void) s;
    mu_json_number(j, "port", (int64_t) r->port);
}

static const struct {
    const char *name;
    void (*put)(struct mu_sap_session *s, struct mu_json *j, const struct mu_sap_reply *r);
} member_row[] = {
    { "outcome", put_outcome },
    { "stage", put_stage },
    { "class", put_class },
    { "native", put_native },
    { "label", put_label },
    { "data", put_data },
    { "text", put_text },
    { "marking", put_marking },
    { "decision", put_decision },
    { "message_id", put_message_id },
    { "body_sha256", put_body_sha256 },
    { "warnings", put_warnings },
    { "messages", put_messages },
    { "host", put_host },
    { "port", put_port },
};

void mu_sap_put_result(struct mu_sap_session *session, struct mu_json *j, enum mu_sap_op op,
                       const struct mu_sap_reply *reply)
{
    for (const struct mu_sap_field *f = mu_sap_op(op)->result; f->name != NULL; f++)
        for (size_t i = 0; i < MU_COUNT(member_row); i++)
            if (strcmp(member_row[i].name, f->name) == 0)
                member_row[i].put(session, j, reply);
}

void mu_sap_put_error(struct mu_json *j, const struct mu_sap_reply *reply)
{
    mu_json_text(j, "code", mu_sap_error_name(reply->error));
    mu_json_text(j, "message", reply->message);
    mu_json_text(j, "cap", reply->cap);
    mu_json_text(j, "hint", reply->hint);
}

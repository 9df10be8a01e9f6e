/* A request of a job as a line. */
#include "proto/sap_link.h"

#include "base/clock.h"

/* What a member is made of; `label` is octets with their syntax where they are asked about, and what
 * it is to say where one is made. */
static void put_label(struct mu_json *j, const struct mu_sap_request *r)
{
    if (r->op == MU_SAP_LABEL_MAKE || r->op == MU_SAP_SEND) {
        if (r->abstract != NULL)
            mu_sap_put_label(j, "label", r->abstract);
    } else {
        mu_sap_put_document(j, "label", "adatp-4774", r->label);
    }
}

static void put_clearance(struct mu_json *j, const struct mu_sap_request *r)
{
    mu_sap_put_document(j, "clearance", "adatp-4774-clearance", r->clearance);
}

static void put_body(struct mu_json *j, const struct mu_sap_request *r)
{
    mu_sap_put_octets(j, "body", r->body);
}

static void put_syntax(struct mu_json *j, const struct mu_sap_request *r)
{
    (void) r;
    mu_json_text(j, "syntax", "adatp-4774");
}

#define TEXT(member)                                                                               \
    static void put_##member(struct mu_json *j, const struct mu_sap_request *r)                    \
    {                                                                                              \
        mu_json_text(j, #member, r->member);                                                       \
    }
TEXT(policy)
TEXT(language)
TEXT(place)
TEXT(text)
TEXT(time)
TEXT(from)
TEXT(to)
TEXT(subject)
TEXT(nonce)
TEXT(marking)
TEXT(endpoint)
TEXT(mode)
TEXT(carrier)
TEXT(tls)
TEXT(host)
TEXT(tls_name)

/* The one probe that jobs put: is anybody there? */
static void put_kind(struct mu_json *j, const struct mu_sap_request *r)
{
    (void) r;
    mu_json_text(j, "kind", "clock");
}

static void put_port(struct mu_json *j, const struct mu_sap_request *r)
{
    mu_json_number(j, "port", r->port);
}

static const struct {
    const char *name;
    void (*put)(struct mu_json *j, const struct mu_sap_request *r);
} member_row[] = {
    { "label", put_label },       { "clearance", put_clearance }, { "policy", put_policy },
    { "language", put_language }, { "place", put_place },         { "text", put_text },
    { "time", put_time },         { "from", put_from },           { "to", put_to },
    { "subject", put_subject },   { "nonce", put_nonce },         { "marking", put_marking },
    { "body", put_body },         { "syntax", put_syntax },       { "endpoint", put_endpoint },
    { "mode", put_mode },         { "carrier", put_carrier },     { "tls", put_tls },
    { "host", put_host },         { "port", put_port },           { "tls_name", put_tls_name },
    { "kind", put_kind },
};

/* The members of the operation, in the order of its table. */
void mu_sap_put_members(struct mu_json *j, const struct mu_sap_request *r)
{
    for (const struct mu_sap_field *f = mu_sap_op(r->op)->param; f->name != NULL; f++)
        for (size_t i = 0; i < MU_COUNT(member_row); i++)
            if (strcmp(member_row[i].name, f->name) == 0)
                member_row[i].put(j, r);
}

/* Whatever has to be there before the request itself. */
static bool prepare(struct mu_sap_link *link, const struct mu_sap_request *r, struct mu_err *err)
{
    const struct mu_bytes octets[] = { r->label, r->clearance, r->body };
    if (!link->each_op && r->token != NULL && r->op != MU_SAP_BEGIN && r->op != MU_SAP_END)
        TRY(mu_sap_case_open(link, r->token, MU_SAP_OURS, err));
    for (size_t i = 0; i < MU_COUNT(octets); i++)
        if (octets[i].n > MU_SAP_INLINE_MAX)
            TRY(mu_sap_blob_ahead(link, octets[i], err));
    return true;
}

bool mu_sap_put(struct mu_sap_link *link, const struct mu_sap_request *request, uint64_t *id,
                struct mu_err *err)
{
    if (link->pendings - link->own >= link->in_flight)
        return mu_fail(err, MU_ERR_LIMIT, "%u requests are out", link->in_flight);
    if (request->token != NULL && strlen(request->token) > MU_SAP_TOKEN_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "a token of more than %d bytes", MU_SAP_TOKEN_MAX);
    TRY(prepare(link, request, err));

    struct mu_json j;
    uint32_t ms = request->deadline_ms != 0 ? request->deadline_ms : link->operation_ms;
    struct mu_sap_pending *asked =
        mu_sap_begin(link, request->op, mu_sap_op(request->op)->name, ms, &j, err);
    TRY(asked != NULL);
    asked->own = false;
    link->own--;
    if (request->token != NULL)
        memcpy(asked->token, request->token, strlen(request->token) + 1);
    mu_json_text(&j, "case", request->token);
    mu_json_number(&j, "deadline_ms", ms);
    mu_sap_put_members(&j, request);
    TRY(mu_sap_finish(link, asked, &j, err));
    *id = link->last_id;
    return true;
}

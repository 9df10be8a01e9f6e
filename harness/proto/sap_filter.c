/* A filter: one process a question, no protocol. */
#include "proto/sap_link.h"

/* Is a request more than octets or a text? */
static bool has_members(enum mu_sap_op op)
{
    return op != MU_SAP_LABEL_PARSE && op != MU_SAP_MARK_RENDER && op != MU_SAP_MAP
           && op != MU_SAP_MARK_PARSE;
}

struct mu_bytes mu_sap_filter_input(struct mu_arena *arena, const struct mu_sap_request *request)
{
    if (request->op == MU_SAP_MARK_PARSE)
        return mu_bytes_of(request->text);
    if (!has_members(request->op))
        return request->label;
    struct mu_buf out = { .arena = arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_sap_put_members(&j, request);
    mu_json_close(&j, '}');
    mu_buf_puts(&out, "\n");
    return mu_buf_bytes(&out);
}

bool mu_sap_filter_reply(struct mu_arena *arena, enum mu_sap_op op, struct mu_bytes output,
                         struct mu_sap_reply *reply, struct mu_err *err)
{
    json_t *object;
    struct mu_bytes line = output;
    if (line.n > 0 && line.p[line.n - 1] == '\n')
        line.n--;
    if (line.n == 0)
        return mu_fail(err, MU_ERR_PEER, "it wrote nothing");
    if (memchr(line.p, '\n', line.n) != NULL)
        return mu_fail(err, MU_ERR_PEER, "it wrote more than one line");
    TRY(mu_sap_json_in(arena, line, 1, &object, err));
    return mu_sap_decode_bare(arena, object, op, reply, err);
}

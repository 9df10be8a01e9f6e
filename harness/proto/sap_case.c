/* Adapters that isolate cases want each opened and closed. */
#include "proto/sap_link.h"

static size_t find_case(const struct mu_sap_link *link, const char *token)
{
    size_t i = 0;
    while (i < link->open_cases && strcmp(link->open_case[i].token, token) != 0)
        i++;
    return i;
}

/* One operation that only says where a case begins or ends. */
static bool say(struct mu_sap_link *link, enum mu_sap_op op, const char *token, struct mu_err *err)
{
    struct mu_arena *scratch = mu_arena_new(4 * MU_SAP_LINE_MAX);
    const char *name = mu_sap_op(op)->name;
    const json_t *result;
    json_t *reply;
    struct mu_json j;
    struct mu_sap_pending *asked = mu_sap_begin(link, op, name, link->operation_ms, &j, err);
    bool done = asked != NULL;
    if (done) {
        mu_json_text(&j, "case", token);
        mu_json_number(&j, "deadline_ms", link->operation_ms);
        done = mu_sap_finish(link, asked, &j, err)
               && mu_sap_await(link, scratch, asked, &reply, err)
               && (mu_sap_result(link, reply, name, &result, err) || mu_sap_blame(link, err));
    }
    mu_arena_free(scratch);
    return done;
}

bool mu_sap_case_open(struct mu_sap_link *link, const char *token, int channel, struct mu_err *err)
{
    if (find_case(link, token) < link->open_cases)
        return true;
    if (link->open_cases == MU_SAP_IN_FLIGHT_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "%d cases are open", MU_SAP_IN_FLIGHT_MAX);
    TRY(say(link, MU_SAP_BEGIN, token, err));
    struct mu_sap_open_case *row = &link->open_case[link->open_cases++];
    row->channel = channel;
    memcpy(row->token, token, strlen(token) + 1);
    return true;
}

bool mu_sap_case_end(struct mu_sap_link *link, const char *token, struct mu_err *err)
{
    size_t i = find_case(link, token);
    if (i == link->open_cases)
        return true;
    link->open_cases--;
    struct mu_sap_open_case closing = link->open_case[i]; /* the token may be this row's */
    link->open_case[i] = link->open_case[link->open_cases];
    return say(link, MU_SAP_END, closing.token, err);
}

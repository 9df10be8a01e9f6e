/* What surrounds the questions: configure, the opening and closing of cases, reset. */
#include <string.h>

#include "proto/sap_check_inside.h"

/* What it says that it has installed is what it was given, and all of it. */
static bool is_installed(struct mu_talk *t, const json_t *installed, size_t policies)
{
    if (!json_is_array(installed))
        return mu_talk_no(t, "the result has no list 'installed'");
    if (json_array_size(installed) != policies)
        return mu_talk_no(t, "%zu files are said to be installed, of %zu",
                          json_array_size(installed), policies);
    for (size_t p = 0; p < policies; p++) {
        const char *digest = mu_sap_digest(t, t->task->policy[p]);
        bool found = false;
        for (size_t i = 0; i < policies; i++) {
            const char *said = json_string_value(json_array_get(installed, i));
            found = found || (said != NULL && strcmp(said, digest) == 0);
        }
        if (!found)
            return mu_talk_no(t, "the digest of file %zu is not among those installed", p + 1);
    }
    return true;
}

/* Policies are given to who says that it takes some. */
bool mu_try_configure(struct mu_talk *t)
{
    bool takes = json_object_get(json_object_get(t->hello, "caps"), "spif.xml") != NULL;
    size_t policies = takes ? t->task->policies : 0;
    json_t *all = mu_talk_keep(t, json_array()), *reply, *result;
    for (size_t i = 0; i < policies; i++) {
        json_t *blob = mu_sap_blob(t, t->task->policy[i]);
        TRY(blob != NULL);
        json_array_append_new(all, json_pack("{s:s,s:o}", "syntax", MU_SAP_SPIF, "data", blob));
    }
    TRY(mu_talk_ask(
        t,
        mu_talk_request(t, "configure", "{s:O,s:s}", "policies", all, "time", t->task->test_time),
        &reply));
    if (policies == 0 && json_is_false(json_object_get(reply, "ok")))
        return mu_talk_failed(t, reply, "unsupported");
    return mu_talk_done(t, reply, &result)
           && is_installed(t, json_object_get(result, "installed"), policies);
}

static bool of_case(struct mu_talk *t, const char *op, const char *token, const char *error)
{
    json_t *request = mu_talk_request(t, op, "{s:s}", "case", token), *result;
    if (t->each_op)
        return mu_talk_skip(t, "its isolation is 'op': no case is opened or closed");
    return error != NULL ? mu_talk_refused(t, request, error) : mu_talk_result(t, request, &result);
}

bool mu_try_begin(struct mu_talk *t)
{
    return of_case(t, "begin", MU_SAP_CHECK_TOKEN, NULL);
}

bool mu_try_end(struct mu_talk *t)
{
    return of_case(t, "end", MU_SAP_CHECK_TOKEN, NULL);
}

bool mu_try_end_unknown(struct mu_talk *t)
{
    return of_case(t, "end", "00000000000000000000ffff", "precondition bad-request");
}

bool mu_try_reset(struct mu_talk *t)
{
    json_t *result;
    return mu_talk_result(t, mu_talk_request(t, "reset", NULL), &result);
}

/* Each operation that the adapter's roles bring with them, once well and once ill asked. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "format/label.h"
#include "proto/sap_check_inside.h"
#include "proto/sap_value.h"

/* --- inputs --------------------------------------------------------------------------------------- */

static json_t *octets_of(struct mu_talk *t, const char *syntax, struct mu_bytes octets)
{
    return json_pack("{s:s,s:o}", "syntax", syntax, "data", mu_sap_octets(t, octets));
}

/* The label of the task as octets, made at another moment: second `n` of its minute. */
static struct mu_bytes label_octets(struct mu_talk *t, unsigned n, const char **created)
{
    struct mu_label label = *t->task->label;
    const char *was = label.created;
    char *now = mu_arena_strndup(t->arena, was, strlen(was));
    if (strlen(now) >= sizeof "2026-01-12T08:00:00" - 1) {
        now[17] = (char) ('0' + n / 10 % 6);
        now[18] = (char) ('0' + n % 10);
    }
    label.created = now;
    if (created != NULL)
        *created = now;
    return mu_label_write(t->arena, &label);
}

static json_t *label_value(struct mu_talk *t, unsigned n)
{
    return octets_of(t, MU_SAP_SYNTAX, label_octets(t, n, NULL));
}

/* Half of a label is none. */
static json_t *cut_value(struct mu_talk *t)
{
    struct mu_bytes whole = label_octets(t, 0, NULL);
    return octets_of(t, MU_SAP_SYNTAX, mu_bytes_slice(whole, 0, whole.n / 2));
}

/* Operations of one case bear its token; where every operation is a case of its own, that is enough. */
static json_t *ask_for(struct mu_talk *t, enum mu_sap_op op, json_t *members)
{
    json_t *request = mu_talk_request(t, mu_sap_op(op)->name, "{s:s}", "case", MU_SAP_CHECK_TOKEN);
    json_object_update(request, members);
    json_decref(members);
    return request;
}

/* --- what comes back ------------------------------------------------------------------------------ */

/* Ask, and hold the result to the table of the protocol. */
static bool observed(struct mu_talk *t, enum mu_sap_op op, json_t *members, json_t **result)
{
    const char *unknown;
    TRY(mu_talk_result(t, ask_for(t, op, members), result));
    TRY(mu_sap_members(t, *result, mu_sap_op(op)->result, "result", &unknown));
    if (unknown != NULL && t->odd == NULL)
        t->odd = mu_arena_printf(t->arena, "%s of %s", unknown, mu_sap_op(op)->name);
    return true;
}

static const char *word(const json_t *result, const char *name)
{
    const char *text = json_string_value(json_object_get(result, name));
    return text != NULL ? text : "";
}

static bool accepted(struct mu_talk *t, const json_t *result, const char *member)
{
    if (strcmp(word(result, "outcome"), "accepted") != 0)
        return mu_talk_no(t, "a valid input is '%.40s', not accepted", word(result, "outcome"));
    return json_object_get(result, member) != NULL
           || mu_talk_no(t, "the result has no '%s', which goes with accepted", member);
}

static bool rejected(struct mu_talk *t, const json_t *result)
{
    if (strcmp(word(result, "outcome"), "rejected") != 0)
        return mu_talk_no(t, "the outcome is '%.40s', not rejected", word(result, "outcome"));
    return word(result, "class")[0] != '\0' || mu_talk_no(t, "rejected, and no class says why");
}

/* Rejected by the system, or by the adapter: but not accepted. */
static bool not_accepted(struct mu_talk *t, enum mu_sap_op op, json_t *members)
{
    json_t *reply, *result;
    TRY(mu_talk_ask(t, ask_for(t, op, members), &reply));
    if (json_is_false(json_object_get(reply, "ok")))
        return mu_talk_failed(t, reply, "bad-request limit precondition");
    TRY(mu_talk_done(t, reply, &result));
    const char *decision = word(result, "decision");
    if (decision[0] != '\0')
        return strcmp(decision, "deny") == 0
               || mu_talk_no(t, "the decision is '%.40s', not deny", decision);
    return rejected(t, result);
}

static bool offers(struct mu_talk *t, enum mu_sap_op op)
{
    return mu_sap_offers(t, mu_sap_op(op)->roles)
           || !mu_talk_skip(t, "no role that it offers has this operation");
}

/* --- label.parse ---------------------------------------------------------------------------------- */

static bool parse(struct mu_talk *t, json_t *label, json_t **result)
{
    return observed(t, MU_SAP_LABEL_PARSE, json_pack("{s:o}", "label", label), result);
}

bool mu_try_parse(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_LABEL_PARSE))
        return true;
    return parse(t, label_value(t, 0), &result) && accepted(t, result, "label");
}

bool mu_try_parse_cut(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_LABEL_PARSE))
        return true;
    return parse(t, cut_value(t), &result) && rejected(t, result);
}

bool mu_try_parse_nothing(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_LABEL_PARSE))
        return true;
    return parse(t, octets_of(t, MU_SAP_SYNTAX, MU_BYTES("")), &result) && rejected(t, result);
}

/* What was new in the question must stand in the answer: a table of answers would not know it. */
bool mu_try_parse_salt(struct mu_talk *t)
{
    if (!offers(t, MU_SAP_LABEL_PARSE))
        return true;
    for (unsigned n = 1; n < 60; n += 19) {
        json_t *result;
        const char *created;
        struct mu_bytes octets = label_octets(t, n, &created);
        TRY(parse(t, octets_of(t, MU_SAP_SYNTAX, octets), &result));
        TRY(accepted(t, result, "label"));
        const char *said = word(json_object_get(result, "label"), "created");
        if (strcmp(said, created) != 0)
            return mu_talk_no(t, "'created' of the label is '%.40s', not '%s'", said, created);
    }
    return true;
}

bool mu_try_parse_same(struct mu_talk *t)
{
    json_t *first, *second;
    if (!offers(t, MU_SAP_LABEL_PARSE))
        return true;
    TRY(parse(t, label_value(t, 7), &first) && parse(t, label_value(t, 7), &second));
    return json_equal(first, second) || mu_talk_no(t, "the same label twice, two observations");
}

/* --- labeller ------------------------------------------------------------------------------------- */

static json_t *abstract(struct mu_talk *t, const char *policy)
{
    struct mu_label label = *t->task->label;
    struct mu_buf text = { .arena = t->arena };
    struct mu_json j = { .out = &text };
    if (policy != NULL) {
        label.policy = policy;
        label.policy_uri = NULL;
    }
    mu_sap_put_label(&j, NULL, &label);
    return json_loadb(text.p, text.n, 0, NULL);
}

static json_t *make_of(struct mu_talk *t, const char *policy)
{
    return json_pack("{s:o,s:s}", "label", abstract(t, policy), "syntax", MU_SAP_SYNTAX);
}

bool mu_try_make(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_LABEL_MAKE))
        return true;
    return observed(t, MU_SAP_LABEL_MAKE, make_of(t, NULL), &result) && accepted(t, result, "data");
}

bool mu_try_make_bad(struct mu_talk *t)
{
    return !offers(t, MU_SAP_LABEL_MAKE)
           || not_accepted(t, MU_SAP_LABEL_MAKE, make_of(t, "NO SUCH POLICY"));
}

static json_t *render_of(json_t *label)
{
    return json_pack("{s:o,s:s,s:s}", "label", label, "language", "en", "place", "page-top");
}

bool mu_try_render(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_MARK_RENDER))
        return true;
    return observed(t, MU_SAP_MARK_RENDER, render_of(label_value(t, 0)), &result)
           && accepted(t, result, "text");
}

bool mu_try_render_bad(struct mu_talk *t)
{
    return !offers(t, MU_SAP_MARK_RENDER)
           || not_accepted(t, MU_SAP_MARK_RENDER, render_of(cut_value(t)));
}

static json_t *marking_of(struct mu_talk *t, const char *text)
{
    return json_pack("{s:s,s:s,s:s,s:s}", "text", text, "policy", t->task->label->policy,
                     "language", "en", "place", "page-top");
}

bool mu_try_marking(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_MARK_PARSE))
        return true;
    return observed(t, MU_SAP_MARK_PARSE, marking_of(t, t->task->marking), &result)
           && accepted(t, result, "label");
}

bool mu_try_marking_bad(struct mu_talk *t)
{
    return !offers(t, MU_SAP_MARK_PARSE)
           || not_accepted(t, MU_SAP_MARK_PARSE, marking_of(t, "ZQ FUCHSIA OTTER"));
}

/* --- policy --------------------------------------------------------------------------------------- */

static json_t *decide_of(struct mu_talk *t, json_t *label)
{
    return json_pack("{s:o,s:o}", "label", label, "clearance",
                     octets_of(t, MU_SAP_SYNTAX, t->task->clearance));
}

bool mu_try_decide(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_DECIDE))
        return true;
    TRY(observed(t, MU_SAP_DECIDE, decide_of(t, label_value(t, 0)), &result));
    return strcmp(word(result, "decision"), "permit") == 0
           || mu_talk_no(t, "the clearance is enough, and the decision is '%.40s'",
                         word(result, "decision"));
}

bool mu_try_decide_bad(struct mu_talk *t)
{
    return !offers(t, MU_SAP_DECIDE) || not_accepted(t, MU_SAP_DECIDE, decide_of(t, cut_value(t)));
}

bool mu_try_map(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_MAP))
        return true;
    TRY(observed(t, MU_SAP_MAP,
                 json_pack("{s:o,s:s}", "label", label_value(t, 0), "policy", t->task->to_policy),
                 &result));
    return strcmp(word(result, "outcome"), "accepted") != 0 || accepted(t, result, "label");
}

bool mu_try_map_bad(struct mu_talk *t)
{
    return !offers(t, MU_SAP_MAP)
           || not_accepted(
               t, MU_SAP_MAP,
               json_pack("{s:o,s:s}", "label", label_value(t, 0), "policy", "NO SUCH POLICY"));
}

/* --- exchange ------------------------------------------------------------------------------------- */

/* Nobody may be there to exchange anything with: what can be asked is what cannot be done. */
bool mu_try_send(struct mu_talk *t)
{
    if (!offers(t, MU_SAP_SEND))
        return true;
    return mu_talk_refused(t, ask_for(t, MU_SAP_SEND, json_pack("{s:s}", "subject", "no body")),
                           "bad-request");
}

bool mu_try_await(struct mu_talk *t)
{
    json_t *reply, *result;
    if (!offers(t, MU_SAP_AWAIT))
        return true;
    json_t *request = ask_for(
        t, MU_SAP_AWAIT,
        json_pack("{s:s,s:i}", "nonce", t->task->nonce, "deadline_ms", (int) t->task->wait_ms / 4));
    TRY(mu_talk_ask(t, request, &reply));
    if (json_is_false(json_object_get(reply, "ok")))
        return mu_talk_failed(t, reply, "deadline sut-unreachable");
    TRY(mu_talk_done(t, reply, &result));
    return strcmp(word(result, "outcome"), "none") == 0
           || mu_talk_no(t, "a message that nobody sent is '%.40s'", word(result, "outcome"));
}

bool mu_try_relay(struct mu_talk *t)
{
    json_t *result;
    if (!offers(t, MU_SAP_RELAY_STAT))
        return true;
    return observed(t, MU_SAP_RELAY_STAT, json_pack("{s:s}", "nonce", t->task->nonce), &result);
}

/* --- what it does not offer ----------------------------------------------------------------------- */

bool mu_try_not_offered(struct mu_talk *t)
{
    bool asked = false;
    for (int op = MU_SAP_LABEL_PARSE; op <= MU_SAP_RELAY_STAT; op++) {
        const struct mu_sap_op_row *row = mu_sap_op((enum mu_sap_op) op);
        if (mu_sap_offers(t, row->roles))
            continue;
        asked = true;
        TRY(mu_talk_refused(t, ask_for(t, (enum mu_sap_op) op, json_object()), "unsupported"));
    }
    return asked || mu_talk_skip(t, "it offers every role");
}

bool mu_try_result_members(struct mu_talk *t)
{
    return t->odd == NULL || mu_talk_no(t, "the protocol knows no member %.60s", t->odd);
}
